"""Channels: how far the listing of each is known, and which links of a navigation are any."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from sqlite_utils import Database
from twisted.python.failure import Failure

from newscrawler import clock, extract, identity
from newscrawler.archive import channels, failures, rhythm
from newscrawler.archive.channels import MenuLink
from newscrawler.crawl import paging
from newscrawler.crawl.articles import LISTINGS, OLDER_LISTINGS, ArticleSpider
from newscrawler.crawl.conditional import Validators, ask_if_changed

READ_AGAIN = timedelta(days=1)
"""A first page is read whole at least so often: what was gone may be back on a page that did not change."""

NO_LISTING = timedelta(days=7)
"""How long a link of the navigation that leads to no listing is not asked for."""

REFUSED = timedelta(days=1)
"""The same for one that was a listing before, or that the site refuses without saying that it is gone."""

AS_SCRIPTS_ASK = {"X-Requested-With": "XMLHttpRequest"}
"""Some servers send JSON only to who says that a script asks, as the button's own does."""

HOME_PATHS = frozenset(
    {
        "",
        "/",
        *(
            f"/{name}.{end}"
            for name in ("index", "default")
            for end in ("html", "htm", "shtml", "php", "aspx")
        ),
    }
)
"""Start pages with these paths are home pages: their navigation is followed to the channels."""


class ChannelSpider(ArticleSpider):
    """What every spider of ours knows of a site's channels; listings.py reads their pages."""

    max_channels: ClassVar[int] = 80
    """A navigation with more links than this is no navigation."""
    max_feeds: ClassVar[int] = 20
    """Feeds of one page; some announce one for each label."""

    def __init__(self, *args: Any, **arguments: Any) -> None:
        super().__init__(*args, **arguments)
        self._listings: set[str] = set()

    def is_channel(self, url: str, title: str) -> bool:
        """Whether a link of the navigation may lead to a channel's listing (栏目)."""
        return self._allowed(url) and not self.is_article(url)

    @staticmethod
    def is_home(url: str) -> bool:
        """Whether ``url`` is a home page by its path: its navigation leads to the channels."""
        return urlsplit(url).path.lower() in HOME_PATHS

    # --- asking ---------------------------------------------------------------------------------

    def _first_page(self, url: str, *, home: bool = False, announced: bool = False) -> Request:
        """Ask for a channel's newest page, or whether it changed since a completed walk had it.

        ``announced``: it is a feed, as a page says.
        """
        state = channels.channel_state(self._session.reader, identity.canonical(url))
        walk = paging.new_walk(url, self._asked, self._marks(state))
        walk.announced = announced
        return ask_if_changed(self._listing_request(url, walk, home=home), self._known_of(state, home))

    def _listing_request(
        self, url: str, walk: paging.Walk, *, home: bool = False, twin_for: tuple[str, str] | None = None
    ) -> Request:
        walk.addresses.add(url)
        self._listings.add(identity.canonical(url))
        return Request(
            url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            priority=OLDER_LISTINGS if walk.pages else LISTINGS,
            cb_kwargs={"walk": walk, "home": home},
            meta={"twin_for": twin_for} if twin_for else {},
            headers=AS_SCRIPTS_ASK if walk.guess else None,
            dont_filter=True,
        )

    @property
    def _asked(self) -> paging.Asked:
        asked, settings = self.arguments, self.settings
        return paging.Asked(
            max_pages=asked.max_listing_pages,
            since=asked.since,
            full=asked.full,
            first=settings.getint("LISTING_PAGES_FIRST"),
            margin=settings.getint("LISTING_MARGIN"),
        )

    def _known_of(self, state: channels.Channel | None, home: bool) -> Validators:
        """By what to ask for a first page; nothing where the page itself is needed."""
        asked = self.arguments
        if state is None or state.last_completed_crawl_id is None or state.read_at is None:
            return Validators()
        if asked.full or asked.since or asked.max_listing_pages:
            return Validators()
        if state.read_at <= clock.iso(clock.now() - READ_AGAIN):
            return Validators()
        if home and not channels.menu_of(self._session.reader, state.url):
            return Validators()  # its channels are on the page alone
        return Validators(state.etag, state.last_modified)

    def parse_listing(self, response: Response, walk: paging.Walk, home: bool) -> AsyncIterator[Request]:
        """What a listing page brings; see listings.py."""
        raise NotImplementedError

    def listing_failed(self, failure: Failure) -> AsyncIterator[Request]:
        """A listing page that could not be had; see listings.py."""
        raise NotImplementedError

    # --- which links are channels ---------------------------------------------------------------

    async def _menu(
        self, listing: extract.Listing, page: str, home: bool, now: datetime
    ) -> AsyncIterator[Request]:
        """The channels of a home page and the feeds of any, written down before one is asked for."""
        links = [url for url, title in listing.menu if home and self.is_channel(url, title)]
        menu, feeds = _by_address(links[: self.max_channels]), _by_address(self._feeds(listing))
        if home or feeds:
            await self._session.write(lambda db: channels.note_menu(db, page, menu, now, feeds))
        found = [MenuLink(link) for link in menu.values()] + [MenuLink(feed, True) for feed in feeds.values()]
        for request in self._channel_requests(found, now):
            yield request

    def _feeds(self, listing: extract.Listing) -> list[str]:
        """The feeds that a page announces, on the site's own hosts."""
        own = [url for url in listing.feeds if self._allowed(url)]
        for _ in range(len(listing.feeds) - len(own)):
            self._count("feed/foreign")
        return own[: self.max_feeds]

    def _channel_requests(self, links: list[MenuLink], now: datetime) -> Iterator[Request]:
        """Ask for channels and feeds that this crawl has not asked for, and that are none."""
        urls = {identity.canonical(link.linked) for link in links}
        asleep = set() if self.arguments.full else channels.resting(self._session.reader, urls, now)
        # A backfill wants what is old, and a feed is new.
        follow_feeds = self.settings.getbool("FOLLOW_FEEDS") and not self.arguments.backfill
        for link in links:
            url = identity.canonical(link.linked)
            if url in asleep:
                self._count("feed/resting" if link.is_feed else "listing/resting")
            elif url not in self._listings and (follow_feeds or not link.is_feed):
                yield self._first_page(link.linked, announced=link.is_feed)

    def _was_listing(self, channel: str) -> bool:
        """Whether a crawl has found articles at ``channel`` (canonical)."""
        state = channels.channel_state(self._session.reader, channel)
        return state is not None and state.kind == "listing"

    async def _note_listing(self, walk: paging.Walk, now: datetime) -> None:
        """From its first articles on a channel is one: a day without any is a fault then."""
        if walk.pages:
            return
        channel = identity.canonical(walk.channel)
        state = channels.channel_state(self._session.reader, channel)
        if state is None or state.kind != "listing":
            await self._session.write(lambda db: channels.note_listing(db, channel, now))

    async def _refused(self, url: str, channel: str, kind: str, detail: str) -> None:
        """A link of the navigation that leads nowhere is no failure, unless it led to a listing lately."""
        state = channels.channel_state(self._session.reader, channel)
        lately = clock.iso(clock.now() - NO_LISTING)
        was_listing = state is not None and (state.kind == "listing" or (state.completed_at or "") > lately)
        if was_listing:
            await self._listing_lost(url, kind, detail)
        gone = kind in {"robots", "offsite"} or detail in {"HTTP 404", "HTTP 410"}
        await self._rest(channel, "refused", NO_LISTING if gone and not was_listing else REFUSED, clock.now())

    async def _rest(self, channel: str, kind: channels.Kind, span: timedelta, now: datetime) -> None:
        await self._session.write(lambda db: channels.rest(db, channel, kind, now, now + span))

    # --- how far they are known -----------------------------------------------------------------

    async def _walk_ended(
        self, walk: paging.Walk, verdict: str, url: str, now: datetime, answer: str = "no article"
    ) -> None:
        """Write how far the channel is known now; a page that should have listed articles is a failure.

        ``answer``: what such a page said.
        """
        channel, crawl_id = identity.canonical(walk.channel), self._session.crawl_id
        state = channels.channel_state(self._session.reader, channel)
        was_listing = state is not None and state.kind == "listing"
        if verdict == "not_a_listing" and not walk.cut_short:
            if was_listing:
                await self._listing_lost(url, "empty_listing", "no article on a page that listed some before")
            elif walk.channel not in self.start_urls:
                await self._rest(channel, "not_a_listing", NO_LISTING, now)
        elif verdict == "empty" and not walk.cut_short:
            await self._listing_lost(url, "empty_listing", f"{answer} on a page that the one before leads to")
            await self._session.write(lambda db: channels.note_empty(db, channel, walk.pages, now))
        complete = paging.completes(walk, verdict, self._asked)
        since = paging.reaches_since(walk, verdict, self._asked, self._marks(state))

        def job(db: Database) -> None:
            if complete:
                if self._session.series is not None:
                    looked_before = state.completed_at if state is not None else None
                    rhythm.note(db, channel, walk.new, looked_before=looked_before, now=now)
                channels.complete_channel(
                    *(db, channel, crawl_id, now), etag=walk.etag, last_modified=walk.last_modified
                )
            if since:
                channels.reach_since(db, channel, since, crawl_id, now)

        if complete or since:
            await self._session.write(job)

    def _marks(self, state: channels.Channel | None) -> paging.Marks:
        if state is None:
            return paging.Marks()
        reader = self._session.reader
        completed = channels.covered_by(reader, state.last_completed_crawl_id)
        since = channels.covered_by(reader, state.since_crawl_id)
        return paging.Marks(completed, since, state.reached_since if since else None, state.empty_pages)

    async def _missed(self, url: str, kind: str, detail: str, *, was_read: bool) -> None:
        """A feed or a sitemap that cannot be read; noted in any case, a failure where it was read before."""
        if was_read:
            await self._listing_lost(url, kind, detail)
            return
        now, crawl_id = clock.now(), self._session.crawl_id
        await self._session.write(lambda db: failures.note_listing(db, crawl_id, kind, url, detail, now=now))

    async def _listing_lost(self, url: str, kind: str, detail: str) -> None:
        session, now = self._session, clock.now()
        session.tally.note(url, "failed")
        session.tally.errors[kind] += 1
        session.tally.problems.append(f"{url}: {detail}")
        crawl_id = session.crawl_id
        await session.write(lambda db: failures.note_listing(db, crawl_id, kind, url, detail, now=now))


def _by_address(links: list[str]) -> dict[str, str]:
    """Canonical address -> the first form in which it is linked, in the order of ``links``."""
    found: dict[str, str] = {}
    for link in links:
        found.setdefault(identity.canonical(link), link)
    return found
