"""The ITBEAR family: home pages -> channel listings -> article pages. A site is a leaf of it.

A leaf gives ``name`` and ``home_pages``; everything else is found on the pages. Hooks that a leaf
may override: ``is_article``, ``is_channel``, ``page_hints``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawler import clock, identity
from newscrawler.archive import channels, ledger
from newscrawler.archive.store import record_sightings
from newscrawler.crawl import paging
from newscrawler.crawl.articles import (
    LISTINGS,
    OLDER_LISTINGS,
    PENDING,
    REVISITS,
    ArticleSpider,
    first_failure,
)
from newscrawler.crawl.failures import INTERRUPTED, classify
from newscrawler.crawl.responses import content_type, ends_early
from newscrawler.extract import Listing, read_listing
from newscrawler.items import ListingEntry

PENDING_AT_ONCE = 20_000
"""Most pending addresses that one crawl takes up: five hours at the polite pace."""


RECHECKED = frozenset({"gone", "quarantined", "disallowed"})
"""States of addresses that are tried again, a day later, where a listing still shows them."""

REVISITS_AT_ONCE = 100
"""How many known articles ``full`` asks for whenever nothing else is left to be asked for."""

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


class NewsFamily(ArticleSpider):
    """A site of listing pages and article pages."""

    max_channels: ClassVar[int] = 80
    """A navigation with more links than this is no navigation."""

    def __init__(self, *args: Any, **arguments: Any) -> None:
        super().__init__(*args, **arguments)
        self._listings: set[str] = set()

    # --- hooks of a site ----------------------------------------------------------------------

    def is_channel(self, url: str, title: str) -> bool:
        """Whether a link of the navigation may lead to a channel's listing (栏目)."""
        return self._allowed(url) and not self.is_article(url)

    # --- where a crawl starts -----------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        """Pending addresses first, then the listings; with ``full`` every known article at the end."""
        # With JOBDIR Scrapy keeps this dict for the next start, as it keeps the requests in its queue.
        self._seen = getattr(self, "state", {}).setdefault("seen", self._seen)
        for row in self._pending():
            yield self._article_request(row.url, _entry_of(row), linked=_first_link(row), priority=PENDING)
        for url in self.start_urls:
            yield self._listing_request(url, home=_is_home(url))
        if self.arguments.full:
            for number, url in enumerate(self._all_known()):
                if number % REVISITS_AT_ONCE == 0:  # Scrapy takes all that start() has at once: millions
                    await self.crawler.signals.wait_for(signals.scheduler_empty)
                if self._take(url):
                    yield self._article_request(url, None, priority=REVISITS)

    def closed(self, reason: str) -> None:
        """A job that came to its end (JOBDIR) leaves nothing that its next start must not ask for."""
        if reason == "finished":
            self._seen.clear()

    def _pending(self) -> Iterator[ledger.LedgerRow]:
        for site in sorted({identity.site_of(url) for url in self.start_urls}):
            for row in ledger.pending(self._session.reader, site, clock.now(), PENDING_AT_ONCE):
                if not self._is_too_old(_day_of(row)) and self._take(row.url):
                    yield row

    def _all_known(self) -> Iterator[str]:
        for site in sorted({identity.site_of(url) for url in self.start_urls}):
            yield from ledger.known_articles(self._session.reader, site)

    # --- listings -----------------------------------------------------------------------------

    def _listing_request(
        self,
        url: str,
        *,
        home: bool = False,
        walk: paging.Walk | None = None,
        twin_for: tuple[str, str] | None = None,
    ) -> Request:
        walk = walk or self._new_walk(url)
        walk.addresses.add(url)
        self._listings.add(identity.canonical(url))
        return Request(
            url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            priority=OLDER_LISTINGS if walk.pages else LISTINGS,
            cb_kwargs={"walk": walk, "home": home},
            meta={"twin_for": twin_for} if twin_for else {},
            dont_filter=True,
        )

    def _new_walk(self, url: str) -> paging.Walk:
        asked, settings = self.arguments, self.settings
        first = settings.getint("LISTING_PAGES_FIRST")
        state = channels.channel_state(self._session.reader, identity.canonical(url))
        completed = state is not None and state.last_completed_crawl_id is not None
        return paging.Walk(
            channel=url,
            limit=paging.limit_of(
                asked=asked.max_listing_pages,
                since=asked.since,
                full=asked.full,
                completed=completed,
                first=first,
            ),
            stop_at_known=completed and not asked.full and not asked.since,
            undated_limit=first if asked.since else None,
            margin=settings.getint("LISTING_MARGIN"),
        )

    async def parse_listing(
        self, response: Response, walk: paging.Walk, home: bool
    ) -> AsyncIterator[Request]:
        """One listing page: its articles go to the ledger, then are asked for, then the next older page."""
        now = clock.now()
        listing = self._read_listing(response, now)
        self._count("listing/read")
        if ends_early(response):
            walk.cut_short = True
            self._listing_lost(response.url, "short_body", "the connection ended before the listing did")
        found = self._articles_of(listing, response.url)
        if found:
            self._session.tally.listings_read += 1
        rows = self._session.known(url for url, _, _ in found)
        wanted = [
            (url, entry, linked)
            for url, entry, linked in found
            if not self._is_too_old(entry.date) and not self._is_too_old(_day_of(rows.get(url)))
        ]
        await self._discover(wanted, rows, response.url, now)
        for url, entry, linked in wanted:
            if self._is_due(rows.get(url), now) and self._take(url):
                yield self._article_request(url, entry, linked=linked, again=_is_settled(rows.get(url)))
        if home:
            for request in self._channel_requests(listing):
                yield request
        async for request in self._next_page(response, listing, walk, found, rows, now):
            yield request

    def _read_listing(self, response: Response, now: datetime) -> Listing:
        return read_listing(
            response.body,
            response.url,
            content_type(response),
            fetched_at=now,
            zone=self.zone,
            is_article=self.is_article,
        )

    def _articles_of(self, listing: Listing, base: str) -> list[tuple[str, ListingEntry, str]]:
        """(canonical address, entry, address as linked) of each article on the page, once, in its order."""
        found: dict[str, tuple[str, ListingEntry, str]] = {}
        for entry in [*listing.entries, *listing.others]:
            linked = urljoin(base, entry.url)
            if self.is_article(linked):
                url = identity.canonical(linked)
                found.setdefault(url, (url, entry, linked))
            else:
                self._count("listing/not_an_article_address")
        return list(found.values())

    async def _discover(
        self,
        found: list[tuple[str, ListingEntry, str]],
        rows: dict[str, ledger.LedgerRow],
        listing_url: str,
        now: datetime,
    ) -> None:
        """Write what the page brought before any request leaves; known articles are sighted."""
        crawl_id, site = self._session.crawl_id, identity.site_of(listing_url)
        discoveries = [
            ledger.Discovery(url, "listing", listing_url, e.title, e.summary, e.date, linked)
            for url, e, linked in found
        ]
        sighted = [url for url in rows if rows[url].state in {"archived", "unchanged"}]
        self._session.tally.known_seen += len(sighted)
        if not discoveries:
            return

        def job(db: Any) -> None:
            ledger.discover(db, discoveries, site=site, crawl_id=crawl_id, now=now)
            if sighted:
                record_sightings(db, sighted, now)

        await self._session.write(job)

    def _is_due(self, row: ledger.LedgerRow | None, now: datetime) -> bool:
        if row is None or self.arguments.full:
            return True
        if row.state in RECHECKED:  # still shown, so perhaps it is back
            return row.due_at is not None and row.due_at <= clock.iso(now)
        return row.state == "pending" and (row.due_at is None or row.due_at <= clock.iso(now))

    def _is_too_old(self, day: str | None) -> bool:
        since = self.arguments.since
        if since and day and day < since:
            self._count("listing/before_since")
            return True
        return False

    def _channel_requests(self, listing: Listing) -> Iterator[Request]:
        links = [(url, title) for url, title in listing.menu if self.is_channel(url, title)]
        for url, _title in links[: self.max_channels]:
            if identity.canonical(url) not in self._listings:
                yield self._listing_request(url)

    async def _next_page(
        self,
        response: Response,
        listing: Listing,
        walk: paging.Walk,
        found: list[tuple[str, ListingEntry, str]],
        rows: dict[str, ledger.LedgerRow],
        now: datetime,
    ) -> AsyncIterator[Request]:
        state = channels.channel_state(self._session.reader, identity.canonical(walk.channel))
        reached = state.last_completed_crawl_id if state else None
        dated, too_old = paging.too_old((entry.date for entry in listing.entries), self.arguments.since)
        page = paging.Seen(
            keys=frozenset(identity.key64(url) for url, _, _ in found),
            unreached=frozenset(
                identity.key64(url) for url, _, _ in found if not _is_reached(rows.get(url), reached)
            ),
            entries=len(listing.entries),
            dated=dated,
            too_old=too_old,
        )
        next_url = urljoin(response.url, listing.next) if listing.next else None
        if next_url is not None and not self._allowed(next_url):
            next_url = None
        verdict = walk.verdict(page, next_url)
        if verdict is None and next_url is not None:
            yield self._listing_request(next_url, walk=walk)
            return
        self._count(f"listing/ended/{verdict}")
        complete = paging.counts_as_complete(verdict or "", asked=self.arguments.max_listing_pages)
        if complete and not walk.cut_short:
            channel, crawl_id = identity.canonical(walk.channel), self._session.crawl_id
            await self._session.write(lambda db: channels.complete_channel(db, channel, crawl_id, now))

    async def listing_failed(self, failure: Failure) -> AsyncIterator[Request]:
        """A listing page that could not be had: its mobile twin, else a failure of this crawl."""
        request: Request = failure.request  # type: ignore[attr-defined]
        kind, detail = classify(failure)
        if kind == INTERRUPTED:
            return
        twin = self._twin_of(request, kind)
        walk: paging.Walk = request.cb_kwargs["walk"]
        if twin:
            self._count("listing/twin")
            yield self._listing_request(
                twin, home=request.cb_kwargs["home"], walk=walk, twin_for=(kind, detail)
            )
            return
        kind, detail = first_failure(request, kind, detail)
        self._count(f"listing/failed/{kind}")
        if kind in {"http_4xx", "robots"} and walk.pages == 0 and request.url not in self.start_urls:
            return  # a link of the navigation that leads nowhere is no failure of ours
        self._listing_lost(request.url, kind, detail)

    def _listing_lost(self, url: str, kind: str, detail: str) -> None:
        self._session.tally.note(url, "failed")
        self._session.tally.errors[kind] += 1
        self._session.tally.problems.append(f"{url}: {detail}")


def _is_reached(row: ledger.LedgerRow | None, completed_crawl: int | None) -> bool:
    """Whether a completed crawl of the channel had this address (in the ledger since then or before)."""
    if row is None or completed_crawl is None or row.first_crawl_id is None:
        return False
    return row.first_crawl_id <= completed_crawl


def _day_of(row: ledger.LedgerRow | None) -> str | None:
    """When the article was published, as far as the ledger knows: its page's word goes before a listing's."""
    if row is None:
        return None
    return row.detail if row.last_error == ledger.BEFORE_SINCE else row.date


def _is_settled(row: ledger.LedgerRow | None) -> bool:
    return row is not None and row.state in RECHECKED


def _first_link(row: ledger.LedgerRow) -> str | None:
    return row.linked.split("\n")[0] if row.linked else None


def _entry_of(row: ledger.LedgerRow) -> ListingEntry:
    """What the ledger remembers a listing to have said of an address."""
    return ListingEntry(_first_link(row) or row.url, row.title or "", row.summary, row.date)


def _is_home(url: str) -> bool:
    return urlsplit(url).path.lower() in HOME_PATHS
