"""Sitemaps for a backfill: which of them may hold articles of some months, and which addresses those are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawler import identity
from newscrawler.archive.ledger import Discovery
from newscrawler.crawl.articles import OLDER_LISTINGS
from newscrawler.crawl.responses import content_type
from newscrawler.extract.sitemap import SitemapEntry, read_sitemap

if TYPE_CHECKING:
    from newscrawler.crawl.family import NewsFamily

USUAL = "/sitemap.xml"
"""Where a sitemap is looked for besides those that robots.txt names."""

SITEMAP = "sitemap"
"""``discovered_as`` of what one showed: no listing, whose walks end where listings were read."""

MOST = 500
"""Sitemaps that one crawl reads."""

_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?:[-_/]?[0-3]\d)?(?!\d)")
"""A month or a day in the name of a sitemap."""


class Sitemaps:
    """What the sitemaps of a spider's site say of ``months`` (first and last, YYYY-MM)."""

    def __init__(self, spider: NewsFamily, months: tuple[str, str]) -> None:
        self.spider, self.months = spider, months
        self._found: list[Discovery] = []
        self._todo = [urljoin(start, USUAL) for start in spider.start_urls]
        self._asked: set[str] = set()

    def requests(self) -> list[Request]:
        """Those that are known and were not asked for; take() when all have answered."""
        known = dict.fromkeys([*self._todo, *self.spider._named])
        fresh = [url for url in known if url not in self._asked and self._allowed(url)]
        fresh = fresh[: MOST - len(self._asked)]
        self._todo.clear()
        self._asked.update(fresh)
        return [
            Request(url, self._parse, errback=self._failed, priority=OLDER_LISTINGS, dont_filter=True)
            for url in fresh
        ]

    def take(self, most: int) -> list[Discovery]:
        """At most so many of the addresses that were found, the newest first; each is given once."""
        return [self._found.pop() for _ in range(min(most, len(self._found)))]

    async def _parse(self, response: Response) -> None:
        sitemap = read_sitemap(response.body, response.url, content_type(response))
        self._count(sitemap.kind or "none")
        if sitemap.kind == "index":
            self._todo += children(sitemap.entries, self.months)
        elif sitemap.kind == "urlset":
            self._found += self._articles(sitemap.entries, response.url)
            self._found.sort(key=_age)

    async def _failed(self, failure: Failure) -> None:
        """Most sites have none where it usually is; that is no failure."""
        self._count("not_had")

    def _articles(self, entries: Iterable[SitemapEntry], page: str) -> Iterator[Discovery]:
        for entry in entries:
            if self.spider.is_article(entry.url):
                url, day = identity.canonical(entry.url), (entry.published or entry.lastmod or "")[:10]
                place = identity.numbered(url)
                month = identity.month_of(place.folder) if place else day[:7]
                if not month or self.months[0] <= month <= self.months[1]:
                    date = (entry.published or "")[:10] or None
                    yield Discovery(url, SITEMAP, page, entry.title, date=date, linked=entry.url)

    def _allowed(self, url: str) -> bool:
        return self.spider._allowed(url)

    def _count(self, what: str) -> None:
        self.spider.crawler.stats.inc_value(f"newscrawler/sitemap/{what}")


def _age(entry: Discovery) -> tuple[str, int]:
    """What sorts by time of publication, as far as the address or the sitemap says it."""
    place = identity.numbered(entry.url)
    return (identity.month_of(place.folder), place.number) if place else (entry.date or "", 0)


def children(entries: Iterable[SitemapEntry], months: tuple[str, str]) -> Iterator[str]:
    """The sitemaps of an index that may hold articles of ``months``.

    By the month in its name where there is one; else by when it last changed, since nothing younger is in
    it; one that says neither is read.
    """
    for entry in entries:
        named = _MONTH.search(entry.url.rpartition("/")[2])
        if named is not None:
            if months[0] <= f"{named[1]}-{named[2]}" <= months[1]:
                yield entry.url
        elif not entry.lastmod or entry.lastmod[:7] >= months[0]:
            yield entry.url
