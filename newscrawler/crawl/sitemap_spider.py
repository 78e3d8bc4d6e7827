"""Sitemaps: those that robots.txt names, and those given as start pages; the files of an index, newest first.

How much of one is read: sitemap_walk.py. What a backfill reads of them: sitemaps.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from newscrawler import clock, identity
from newscrawler.archive import channels
from newscrawler.crawl import paging, sitemap_walk
from newscrawler.crawl.articles import LISTINGS, OLDER_LISTINGS
from newscrawler.crawl.channels import NO_LISTING
from newscrawler.crawl.conditional import (
    Validators,
    ask_if_changed,
    is_unmodified,
    validators_of,
    whole_page_instead,
)
from newscrawler.crawl.failures import INTERRUPTED, classify
from newscrawler.crawl.learning import LearningSpider
from newscrawler.crawl.listings import day_of
from newscrawler.crawl.responses import content_type, ends_early
from newscrawler.crawl.sitemap_walk import Reading
from newscrawler.extract.kind import kind_of
from newscrawler.extract.sitemap import Sitemap, SitemapEntry, absolute, read_sitemap
from newscrawler.items import ListingEntry

AT_ONCE = 1000
"""Addresses that are written to the ledger in one transaction."""

DEEPEST = 2
"""An index may lead to an index, against the rules, but no farther."""

REFUSALS = frozenset({"http_4xx", "robots", "offsite", "not_a_sitemap"})
"""Failures that are an answer: the sitemap is not asked for again for NO_LISTING."""


class SitemapSpider(LearningSpider):
    """What every spider of ours does with sitemaps."""

    max_sitemaps: ClassVar[int] = 10
    """Sitemaps that the robots.txt of one crawl's hosts may name."""

    def __init__(self, *args: Any, **arguments: Any) -> None:
        super().__init__(*args, **arguments)
        self._named: dict[str, None] = {}
        """Sitemaps that robots.txt names and that were not looked at yet."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's constructor; ArgumentError for an unknown or malformed argument."""
        self = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)
        return self

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Note the sitemaps of a host's robots.txt; the one of Protego, Scrapy's parser, knows them."""
        for line in getattr(getattr(robotparser, "rp", None), "sitemaps", ()):
            if url := absolute(request.url, line):
                self._named.setdefault(url)

    # --- asking ---------------------------------------------------------------------------------

    def _sitemaps(self) -> list[Request]:
        """Ask for the sitemaps that robots.txt names, where the crawl is of a site and not of a channel."""
        named, self._named = list(self._named), {}
        if not self.settings.getbool("FOLLOW_SITEMAPS") or not any(map(self.is_home, self.start_urls)):
            return []
        found = []
        for url in named[: self.max_sitemaps]:
            if not self._allowed(url):
                self._count("sitemap/foreign")
            elif identity.canonical(url) not in self._listings:
                reading, state = self._begin(url)
                if sitemap_walk.rests(state, reading, clock.now()):
                    self._count("sitemap/resting")
                else:
                    found.append(self._sitemap_request(url, reading, state))
        return found

    def _begin(self, url: str, *, start: bool = False) -> tuple[Reading, channels.Channel | None]:
        root, settings, asked = identity.canonical(url), self.settings, self.arguments
        state = channels.channel_state(self._session.reader, root)
        bounds = sitemap_walk.Asked(
            since=asked.since,
            full=asked.full,
            max_files=asked.max_listing_pages,
            files=settings.getint("SITEMAP_FILES"),
            first=settings.getint("LISTING_PAGES_FIRST"),
            days=settings.getint("SITEMAP_DAYS"),
        )
        reading = sitemap_walk.begin(root, state, bounds, clock.now(), ZoneInfo(self.zone), start=start)
        return reading, state

    def _sitemap_request(
        self,
        url: str,
        reading: Reading,
        state: channels.Channel | None,
        lastmod: str | None = None,
        depth: int = 0,
    ) -> Request:
        own = identity.canonical(url)
        self._listings.add(own)
        request = Request(
            url,
            callback=self.parse_sitemap,
            errback=self.sitemap_failed,
            priority=OLDER_LISTINGS if depth else LISTINGS,
            cb_kwargs={"own": own, "reading": reading, "lastmod": lastmod, "depth": depth},
            dont_filter=True,
        )
        asks = reading.new_only and state is not None and state.read_at is not None
        return ask_if_changed(
            request, Validators(state.etag, state.last_modified) if asks and state else Validators()
        )

    # --- answers --------------------------------------------------------------------------------

    async def parse_listing(
        self, response: Response, walk: paging.Walk, home: bool
    ) -> AsyncIterator[Request]:
        """A listing page, unless it turns out to be a sitemap: a start page, or a link of the navigation."""
        sitemap = not walk.pages and not walk.announced and response.status == 200
        if sitemap and kind_of(response.body) == "sitemap":
            reading, _ = self._begin(walk.channel, start=walk.channel in self.start_urls)
            answer = self.parse_sitemap(response, reading.root, reading)
        else:
            answer = super().parse_listing(response, walk, home)
        async for request in answer:
            yield request

    async def parse_sitemap(
        self,
        response: Response,
        own: str,
        reading: Reading,
        lastmod: str | None = None,
        depth: int = 0,
    ) -> AsyncIterator[Request]:
        """One file: its articles go to the ledger, then are asked for; an index leads to further files.

        ``own``: its canonical address. ``lastmod``: what its index says of it.
        """
        now = clock.now()
        if other := whole_page_instead(response):
            yield other
            return
        if is_unmodified(response):
            self._count("sitemap/not_modified")
            self._note_known(reading)
            state = channels.channel_state(self._session.reader, own)
            known = Validators(state.etag, state.last_modified) if state else Validators()
            await self._file_read(reading, own, lastmod, known, now)
            return
        sitemap = read_sitemap(response.body, response.url, content_type(response), zone=self.zone)
        if sitemap.kind is None:
            await self._file_lost(reading, own, "not_a_sitemap", "answers, but not with a sitemap")
            return
        self._count("sitemap/read")
        whole = not (sitemap.cut or ends_early(response))
        if not whole:
            self._count("sitemap/cut")
        if sitemap.kind == "index":
            self._note_known(reading)
            for request in self._files(sitemap, reading, depth):
                yield request
        else:
            async for request in self._entries(sitemap, reading, response.url, now):
                yield request
        await self._file_read(reading, own, lastmod, validators_of(response), now, whole=whole)

    def _note_known(self, reading: Reading) -> None:
        """A start page that leads to nothing new was read nevertheless; the site is the one we know."""
        if reading.start:
            self._session.tally.listings_read += 1
            self._session.tally.known_seen += 1

    def _files(self, sitemap: Sitemap, reading: Reading, depth: int) -> Iterable[Request]:
        """The files of an index that are to be read now."""
        found = {e.url: e for e in sitemap.entries if self._allowed(e.url)}
        found = {url: e for url, e in found.items() if identity.canonical(url) not in self._listings}
        if depth >= DEEPEST:
            found = {}
        states = {url: channels.channel_state(self._session.reader, identity.canonical(url)) for url in found}
        known = {url: state for url, state in states.items() if state is not None}
        for url in reading.files(found.values(), known, ZoneInfo(self.zone)):
            yield self._sitemap_request(url, reading, states[url], found[url].lastmod, depth + 1)

    async def _entries(
        self, sitemap: Sitemap, reading: Reading, url: str, now: datetime
    ) -> AsyncIterator[Request]:
        self._learn(sitemap.entries)
        wanted = reading.entries(sitemap.entries, ZoneInfo(self.zone))
        for start in range(0, len(wanted), AT_ONCE):
            found: dict[str, tuple[str, ListingEntry, str]] = {}
            for entry in wanted[start : start + AT_ONCE]:
                if self._is_in_sitemap(entry):
                    own, day = identity.canonical(entry.url), (entry.published or "")[:10] or None
                    found.setdefault(
                        own, (own, ListingEntry(entry.url, entry.title or "", date=day), entry.url)
                    )
            rows = self._session.known(found)
            self._session.tally.listings_read += bool(found)
            self._session.tally.known_seen += len(rows)
            new = [
                one for one in found.values() if not self._is_too_old(one[1].date or day_of(rows.get(one[0])))
            ]
            # Known ones are left alone: a sitemap names for years what is gone.
            new = [one for one in new if one[0] not in rows or rows[one[0]].state == "pending"]
            await self._discover(new, {}, url, now, how="sitemap")
            for own, listed, linked in new:
                if self._is_due(rows.get(own), now) and self._take(own):
                    yield self._article_request(own, listed, linked=linked)

    def _is_in_sitemap(self, entry: SitemapEntry) -> bool:
        """Whether an entry is an article."""
        return self.is_article(entry.url)

    async def sitemap_failed(self, failure: Failure) -> None:
        """A file that could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        kind, detail = classify(failure)
        reading: Reading = request.cb_kwargs["reading"]
        if kind == INTERRUPTED:
            reading.whole = False
            return
        await self._file_lost(reading, request.cb_kwargs["own"], kind, detail)

    # --- how far they are known -----------------------------------------------------------------

    async def _file_read(
        self,
        reading: Reading,
        own: str,
        lastmod: str | None,
        known: Validators,
        now: datetime,
        *,
        whole: bool = True,
    ) -> None:
        """Note that a file was read; the root when all that it leads to was."""
        reading.whole = reading.whole and whole
        reading.waiting -= 1
        if own == reading.root:
            reading.validators = known
        elif whole:
            await self._session.write(
                lambda db: channels.note_sitemap(
                    *(db, own, now),
                    lastmod=lastmod,
                    etag=known.etag,
                    last_modified=known.last_modified,
                    reached=reading.reached,
                )
            )
        await self._reading_ended(reading, now)

    async def _file_lost(self, reading: Reading, own: str, kind: str, detail: str) -> None:
        """A sitemap that was read before, or that the user named, is missed; any other is only counted."""
        self._count(f"sitemap/failed/{kind}")
        state = channels.channel_state(self._session.reader, own)
        was_read = reading.start or (state is not None and state.read_at is not None)
        await self._missed(own, kind, detail, was_read=was_read)
        reading.whole = False
        reading.waiting -= 1
        if own == reading.root and kind in REFUSALS:
            reading.rest = NO_LISTING
        await self._reading_ended(reading, clock.now())

    async def _reading_ended(self, reading: Reading, now: datetime) -> None:
        if reading.waiting:
            return
        until = now + (reading.rest or timedelta(hours=self.settings.getint("SITEMAP_HOURS")))
        known = reading.validators

        def job(db: Any) -> None:
            if reading.whole:
                channels.note_sitemap(
                    *(db, reading.root, now),
                    recheck_at=until,
                    etag=known.etag,
                    last_modified=known.last_modified,
                    reached=reading.reached,
                )
            else:
                channels.rest(db, reading.root, "sitemap", now, until)

        await self._session.write(job)
