"""One spelling for what means the same: the canonical address, the addresses it is also known by."""

from __future__ import annotations

from scrapy.crawler import Crawler

from newscrawler.extract.canonical import believed
from newscrawler.identity import address
from newscrawler.items import Article


class Normalise:
    """Decision: under which address the article stands."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Normalise:
        return cls(crawler)

    def process_item(self, item: object) -> object:
        """Make the address canonical, keep every other form that was met, and fill gaps from the listing."""
        if not isinstance(item, Article) or item.page is None:
            return item
        fetched = address(item.url)
        item.site = item.page.site or fetched.site
        if item.url != fetched.url:
            self._alias(item, item.url, (fetched.reasons or ("form",))[0])
        stated = believed(fetched.url, item.canonical)
        if stated is not None:
            self._alias(item, fetched.url, "canonical")
            self.crawler.stats.inc_value("newscrawler/normalise/canonical_believed")
        item.url = stated or fetched.url
        self._from_listing(item)
        return item

    def _alias(self, item: Article, url: str, reason: str) -> None:
        assert item.page is not None
        if all(known != url for known, _ in item.page.aliases):
            item.page.aliases.append((url, reason))

    def _from_listing(self, item: Article) -> None:
        """A listing that dates and names the article helps where the page itself is silent."""
        assert item.page is not None
        listed = item.page.listed
        if listed is None:
            return
        if item.published_at is None and listed.date:
            item.published_at, item.published_precision = listed.date, "day"
            item.found_by["published_at"] = "listing"
            self.crawler.stats.inc_value("newscrawler/normalise/date_from_listing")
        if not item.title and listed.title:
            item.title, item.found_by["title"] = listed.title, "listing"
            self.crawler.stats.inc_value("newscrawler/normalise/title_from_listing")
