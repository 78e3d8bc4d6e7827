"""The ITBEAR family: home pages -> channel listings -> article pages. A site is a leaf of it.

A leaf gives ``name`` and ``home_pages``; everything else is found on the pages. Hooks that a leaf
may override: ``is_article``, ``is_channel``, ``page_hints``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider

from newscrawler import clock, identity
from newscrawler.archive import frontier, ledger
from newscrawler.archive.absent import GUESSED
from newscrawler.archive.session import is_registered
from newscrawler.crawl import budget
from newscrawler.crawl.articles import PENDING, RELATED, REVISITS
from newscrawler.crawl.backfill import Backfill
from newscrawler.crawl.conditional import Validators
from newscrawler.crawl.listings import day_of
from newscrawler.crawl.scheduler import NOTHING_IN_LINE
from newscrawler.crawl.sitemap_spider import SitemapSpider
from newscrawler.items import ListingEntry

PENDING_AT_ONCE = 20_000
"""Most pending addresses that one crawl takes up: five hours at the polite pace."""

REVISITS_AT_ONCE = 100
"""How many known articles ``full`` asks for whenever nothing else is left to be asked for."""


class NewsFamily(SitemapSpider):
    """A site of listing pages and article pages: in what order a crawl takes them.

    What is pending, then the listings and feeds with their articles. When nothing of that is left: the
    sitemaps that robots.txt names, then related items that no listing showed (FOLLOW_RELATED), then what was
    gone or no article, and the revisits that are due. With ``backfill`` nothing of this: see backfill.py.
    """

    def __init__(self, *args: Any, **arguments: Any) -> None:
        super().__init__(*args, **arguments)
        self._backfill = Backfill(self) if self.arguments.backfill else None
        self._followed = 0
        self._revisited = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's constructor; ArgumentError for an unknown or malformed argument."""
        self = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(self.nothing_left, signals.spider_idle)
        return self

    async def start(self) -> AsyncIterator[Request]:
        """Pending addresses first, then the listings; with ``full`` every known article at the end."""
        # With JOBDIR Scrapy keeps this dict for the next start, as it keeps the requests in its queue.
        self._seen = getattr(self, "state", {}).setdefault("asked_for", self._seen)
        if self._backfill:
            return  # it only fills: see nothing_left()
        for row in self._pending():
            yield self._request_for(row, RELATED if row.discovered_as == GUESSED else PENDING)
        for url in self.start_urls:
            yield self._first_page(url, home=self.is_home(url))
        if self.arguments.full:
            for number, url in enumerate(self._all_known()):
                if number % REVISITS_AT_ONCE == 0:  # Scrapy takes all that start() has at once: millions
                    await self.crawler.signals.wait_for(NOTHING_IN_LINE)
                if self._take(url):
                    yield self._article_request(url, None, priority=REVISITS)

    def nothing_left(self) -> None:
        """Go on with what comes after new articles, as far as the budgets of a crawl allow."""
        if not is_registered(self.crawler):
            return  # scrapy shell, check and parse touch no archive
        if budget.is_over(self.crawler):
            raise CloseSpider(budget.REASON)
        if self._backfill:
            self._backfill.go_on()
            return
        later = self._sitemaps() or list(self._related()) or self._once_more()
        for request in later:
            self.crawler.engine.crawl(request)
        if later:
            raise DontCloseSpider

    def closed(self, reason: str) -> None:
        """A job that came to its end (JOBDIR) leaves nothing that its next start must not ask for."""
        if reason == "finished":
            self._seen.clear()
        if self._strange and not self._session.tally.listings_read:
            self._session.tally.problems.append(self._strange)

    async def _discover(
        self,
        found: list[tuple[str, ListingEntry, str]],
        rows: dict[str, ledger.LedgerRow],
        listing_url: str,
        now: datetime,
        how: str = "listing",
    ) -> None:
        """Write what a listing brought; the day's budget of a backfill pays for what is new."""
        await super()._discover(found, rows, listing_url, now, how)
        if self._backfill:
            self._backfill.spend(sum(url not in rows for url, _, _ in found))

    # --- what the ledger has --------------------------------------------------------------------

    @property
    def _sites(self) -> list[str]:
        return sorted({identity.site_of(url) for url in self.start_urls})

    def _pending(self) -> Iterator[ledger.LedgerRow]:
        for site in self._sites:
            for row in frontier.pending(self._session.reader, site, clock.now(), PENDING_AT_ONCE):
                if not self._is_too_old(day_of(row)) and self._take(row.url):
                    yield row

    def _all_known(self) -> Iterator[str]:
        for site in self._sites:
            yield from frontier.known_articles(self._session.reader, site, since=self.arguments.since)

    def _related(self) -> Iterator[Request]:
        """Addresses that only related items showed; what they promote in turn comes next, in the budget."""
        if not self.settings.getbool("FOLLOW_RELATED"):
            return
        most = self.settings.getint("FOLLOW_RELATED_PER_CRAWL")
        for site in self._sites:
            rows = frontier.pending(self._session.reader, site, clock.now(), PENDING_AT_ONCE, related=True)
            for row in rows:
                if self._followed < most and not self._is_too_old(day_of(row)) and self._take(row.url):
                    self._followed += 1
                    self._count("related/asked")
                    yield self._request_for(row, RELATED)

    def _once_more(self) -> list[Request]:
        """What is looked at again, once in a crawl, and at most REVISITS_PER_CRAWL of each kind."""
        if self._revisited:
            return []
        self._revisited = True
        return [*self._rechecks(), *self._revisits()]

    def _rechecks(self) -> Iterator[Request]:
        """What was gone, no article or disallowed a day ago, also where no listing shows it any more."""
        left = self.settings.getint("REVISITS_PER_CRAWL")
        for site in self._sites:
            rows = frontier.rechecks(self._session.reader, site, clock.now(), left)
            left -= len(rows)
            for row in rows:
                if not self.is_article(row.url) or self._is_too_old(day_of(row)):
                    continue  # what an article was redirected to may be any page
                if self._take(row.url):
                    self._count("recheck/asked")
                    yield self._request_for(row, REVISITS, again=True)

    def _revisits(self) -> Iterator[Request]:
        """Archived articles whose time has come."""
        if not self.settings.getlist("REVISIT_AFTER_HOURS"):
            return
        left = self.settings.getint("REVISITS_PER_CRAWL")
        for site in self._sites:
            rows = frontier.revisits(
                self._session.reader, site, clock.now(), left, since=self.arguments.since
            )
            left -= len(rows)
            for row in rows:
                if self._take(row.url):
                    self._count("revisit/asked")
                    # With full the page is wanted, whatever the site says of it.
                    known = Validators() if self.arguments.full else Validators(row.etag, row.last_modified)
                    yield self._article_request(row.url, None, priority=REVISITS, known=known)

    def _request_for(self, row: ledger.LedgerRow, priority: int, *, again: bool = False) -> Request:
        """Ask for an address as the ledger remembers it to have been shown."""
        linked = row.linked.split("\n")[0] if row.linked else None
        entry = ListingEntry(linked or row.url, row.title or "", row.summary, row.date)
        return self._article_request(row.url, entry, linked=linked, priority=priority, again=again)
