"""Listing pages: what they show goes to the ledger, then is asked for, then the next older page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawler import clock, extract, identity
from newscrawler.archive import channels, ledger
from newscrawler.archive.store import record_sightings
from newscrawler.archive.tombstones import FORGOTTEN
from newscrawler.crawl import paging
from newscrawler.crawl.articles import first_failure
from newscrawler.crawl.channels import NO_LISTING, REFUSED, ChannelSpider
from newscrawler.crawl.conditional import is_unmodified, validators_of, whole_page_instead
from newscrawler.crawl.failures import INTERRUPTED, classify
from newscrawler.crawl.jump import MISSING, Jump, lies_above
from newscrawler.crawl.responses import content_type, ends_early
from newscrawler.items import ListingEntry

RECHECKED = frozenset({"gone", "quarantined", "disallowed"})
"""States of addresses that are tried again, a day later, where a listing still shows them."""


class ListingSpider(ChannelSpider):
    """What every spider of ours does with a channel's listing."""

    last_day: str | None = None
    """YYYY-MM-DD: the listings of a backfill are read from here downwards; what is newer is left out."""
    _strange = ""
    """What is to be said of the first page without a link to an article, where no other page had any."""

    async def parse_listing(
        self, response: Response, walk: paging.Walk, home: bool
    ) -> AsyncIterator[Request]:
        """One listing page: its articles go to the ledger, then are asked for, then the next older page."""
        now = clock.now()
        if other := whole_page_instead(response):
            yield other
            return
        if is_unmodified(response):
            async for request in self._unmodified(walk, home, now):
                yield request
            return
        listing = self._read_listing(response, now)
        if walk.announced and listing.kind != "feed":
            await self._no_feed(response.url, identity.canonical(walk.channel), now)
            return
        self._count(f"{listing.kind}/read")
        if ends_early(response):
            walk.cut_short = True
            await self._listing_lost(
                response.url, "short_body", "the connection ended before the listing did"
            )
        if not walk.pages:
            walk.etag, walk.last_modified = validators_of(response)
        found = self._articles_of(listing, response.url)
        if found:
            self._session.tally.listings_read += 1
            await self._note_listing(walk, now)
        elif listing.links and not self._strange:
            self._strange = (
                f"{response.url}: none of its {len(listing.links)} links has the address of an article as"
                f" the spider {self.name} knows them; docs/adding-a-site.md says how to describe them"
            )
        rows = self._session.known(url for url, _, _ in found)
        wanted = [
            (url, entry, linked)
            for url, entry, linked in found
            if not self._is_too_old(entry.date) and not self._is_too_old(day_of(rows.get(url)))
        ]
        if walk.is_searching:  # noted out of turn, these pages would look as if all above them were known
            wanted = []
        await self._discover(wanted, rows, response.url, now, how=listing.kind)
        for url, entry, linked in wanted:
            if self._is_due(rows.get(url), now) and self._take(url):
                yield self._article_request(url, entry, linked=linked, again=_is_settled(rows.get(url)))
        if home or not walk.pages:
            async for request in self._menu(listing, identity.canonical(walk.channel), home, now):
                yield request
        async for request in self._next_page(response, listing, walk, found, rows, now):
            yield request

    async def _unmodified(self, walk: paging.Walk, home: bool, now: datetime) -> AsyncIterator[Request]:
        """The first page is what a completed walk had: the walk ends before it began, and is complete."""
        self._count("listing/not_modified")
        self._session.tally.listings_read += 1
        self._session.tally.known_seen += 1
        channel, crawl_id = identity.canonical(walk.channel), self._session.crawl_id
        await self._session.write(lambda db: channels.still_complete(db, channel, crawl_id, now))
        for request in self._channel_requests(channels.menu_of(self._session.reader, channel), now):
            yield request

    def _read_listing(self, response: Response, now: datetime) -> extract.Listing:
        return extract.read_listing(
            response.body,
            response.url,
            content_type(response),
            fetched_at=now,
            zone=self.zone,
            is_article=self.is_article,
        )

    def _articles_of(self, listing: extract.Listing, base: str) -> list[tuple[str, ListingEntry, str]]:
        """(canonical address, entry, address as linked) of each article on the page, once, in its order."""
        found: dict[str, tuple[str, ListingEntry, str]] = {}
        for entry in [*listing.entries, *listing.others]:
            linked = urljoin(base, entry.url)
            if self._is_listed(linked, listing):
                url = identity.canonical(linked)
                found.setdefault(url, (url, entry, linked))
            else:
                self._count("listing/not_an_article_address")
        return list(found.values())

    def _is_listed(self, url: str, listing: extract.Listing) -> bool:
        """Whether an entry's address (absolute) is an article's."""
        return self.is_article(url)

    async def _no_feed(self, url: str, channel: str, now: datetime) -> None:
        """What was announced as a feed is none: it rests; a failure where it was one before."""
        self._count("feed/not_a_feed")
        was_feed = self._was_listing(channel)
        await self._missed(url, "not_a_feed", "answers, but not with a feed", was_read=was_feed)
        await self._rest(channel, "not_a_listing", REFUSED if was_feed else NO_LISTING, now)

    async def _discover(
        self,
        found: list[tuple[str, ListingEntry, str]],
        rows: dict[str, ledger.LedgerRow],
        listing_url: str,
        now: datetime,
        how: str = "listing",
    ) -> None:
        """Write what the page brought before any request leaves; known articles are sighted."""
        crawl_id, site = self._session.crawl_id, identity.site_of(listing_url)
        discoveries = [
            ledger.Discovery(url, how, listing_url, e.title, e.summary, e.date, linked)
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
        if row is not None and row.last_error == FORGOTTEN:
            return False
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
        return bool(self.last_day and day and day > self.last_day)

    async def _next_page(
        self,
        response: Response,
        listing: extract.Listing,
        walk: paging.Walk,
        found: list[tuple[str, ListingEntry, str]],
        rows: dict[str, ledger.LedgerRow],
        now: datetime,
    ) -> AsyncIterator[Request]:
        dated, too_old = paging.too_old((entry.date for entry in listing.entries), self.arguments.since)
        reached = {url for url, _, _ in found if _is_reached(rows.get(url), walk.reached)}
        own = {id(entry) for entry in listing.entries}
        shown = [url for url, entry, _ in found if id(entry) in own]
        page = paging.Seen(
            keys=frozenset(identity.key64(url) for url, _, _ in found),
            unreached=frozenset(identity.key64(url) for url, _, _ in found if url not in reached),
            entries=len(listing.entries),
            dated=dated,
            too_old=too_old,
            tail=len(list(takewhile(reached.__contains__, reversed(shown)))),
        )
        next_url = self._way_on(response.url, listing, now)
        if walk.is_searching:
            walk.addresses.clear()  # it leads to pages that were looked at before
        verdict = walk.verdict(page, next_url)
        if self.last_day:
            is_above = lies_above(
                [entry.date for entry in listing.entries if entry.date],
                self.last_day,
                all_known=bool(found) and all(url in rows for url, _, _ in found),
            )
            verdict, next_url = _skipped(walk, verdict, next_url, is_above, is_missing=not found)
        if verdict is None and next_url is not None:
            walk.guess = not listing.next and walk.jump is None
            yield self._listing_request(next_url, walk)
            return
        if (
            listing.kind == "feed"
            and not listing.entries
            and self._was_listing(identity.canonical(walk.channel))
        ):
            verdict = "end"  # a quiet day, not a fault
            self._session.tally.listings_read += 1
        self._count(f"listing/ended/{verdict}")
        await self._walk_ended(walk, verdict or "", response.url, now)

    def _way_on(self, base: str, listing: extract.Listing, now: datetime) -> str | None:
        """The next older page: the one that is linked, else the one that a button or a number implies."""
        if listing.kind != "listing" or not (listing.next or listing.more):
            return None
        url = urljoin(base, listing.next or listing.more or "")
        if not self._allowed(url):
            return None
        if not listing.next and not self.arguments.full:
            own = identity.canonical(url)
            if self.is_article(url) or channels.resting(self._session.reader, [own], now):
                return None
        return url

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
            yield self._listing_request(twin, walk, home=request.cb_kwargs["home"], twin_for=(kind, detail))
            return
        kind, detail = first_failure(request, kind, detail)
        if walk.jump is not None and walk.is_searching and kind == "http_4xx":
            verdict, older = _skipped(walk, None, None, is_above=False, is_missing=True)
            if older is not None:
                yield self._listing_request(older, walk)
            else:
                await self._walk_ended(walk, verdict or "", request.url, clock.now())
            return
        self._count(f"listing/failed/{kind}")
        # Who cannot be asked just now (no robots.txt to be had) has refused nothing.
        refused = kind in {"http_4xx", "offsite"} or (kind == "robots" and not _seconds_of(failure))
        if refused and walk.guess:
            self._count("listing/no_more")
            if walk.pages == 1:  # what the button seemed to say was wrong
                await self._rest(identity.canonical(request.url), "refused", NO_LISTING, clock.now())
            await self._walk_ended(walk, "end", request.url, clock.now())
            return
        if detail in {"HTTP 404", "HTTP 410"} and walk.pages and not walk.is_searching:
            verdict = walk.missing()  # a pager may lead on from a list's last page
            self._count(f"listing/ended/{verdict}")
            await self._walk_ended(walk, verdict, request.url, clock.now(), detail)
            return
        if refused and walk.pages == 0 and walk.channel not in self.start_urls:
            await self._refused(request.url, identity.canonical(walk.channel), kind, detail)
            return
        await self._listing_lost(request.url, kind, detail)


def _skipped(
    walk: paging.Walk, verdict: str | None, next_url: str | None, is_above: bool, is_missing: bool
) -> tuple[str | None, str | None]:
    """Verdict and next page of a walk that skips what lies above the days that are wanted."""
    walk.cut_short = True  # it says nothing of how far the channel is known
    if walk.jump is None and walk.pages == 1 and verdict is None and next_url is not None and is_above:
        walk.jump = Jump.begin(next_url)
        return None, next_url
    if walk.jump is None or not walk.is_searching:
        return verdict, next_url
    verdict, next_url = walk.jump.step(is_above, MISSING if is_missing else verdict)
    if walk.jump.is_done:  # from here on it is an ordinary walk, also over pages that were looked at
        walk.keys.clear()
        walk.addresses.clear()
    return verdict, next_url


def _seconds_of(failure: Failure) -> float:
    """How long a host is to be left alone."""
    return float(getattr(failure.value, "seconds", 0.0))


def _is_reached(row: ledger.LedgerRow | None, crawl: int | None) -> bool:
    """Whether a listing had shown this address by the time of ``crawl``, the mark of the walk."""
    if row is None or crawl is None or row.first_crawl_id is None or row.discovered_as != "listing":
        return False
    return row.first_crawl_id <= crawl


def day_of(row: ledger.LedgerRow | None) -> str | None:
    """When the article was published, as far as the ledger knows: its page's word goes before a listing's."""
    if row is None:
        return None
    return row.detail if row.last_error == ledger.BEFORE_SINCE else row.date


def _is_settled(row: ledger.LedgerRow | None) -> bool:
    return row is not None and row.state in RECHECKED
