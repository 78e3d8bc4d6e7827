"""One transaction per batch of articles; an article goes on only when it is durable."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawler import clock
from newscrawler.archive.session import session_of
from newscrawler.archive.store import store_article
from newscrawler.items import Article


class Archive:
    """Decision: none; it writes. ``process_item`` returns after the commit, so item_scraped means durable."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Archive:
        return cls(crawler)

    async def process_item(self, item: object) -> object:
        """New and updated articles go on to the feeds; DropItem for unchanged ones, once sighted."""
        if not isinstance(item, Article):
            return item
        session, now = session_of(self.crawler), clock.now()
        article, crawl_id = item, session.crawl_id
        stored = await session.write(lambda db: store_article(db, article, seen_at=now, crawl_id=crawl_id))
        session.tally.note(item.url, stored.outcome)
        self.crawler.stats.inc_value(f"newscrawler/archive/{stored.outcome}")
        if stored.outcome == "unchanged":
            raise DropItem(f"{item.url}: unchanged")
        item.revision, item.duplicate_of = stored.revision, stored.duplicate_of
        item.first_seen_at = stored.first_seen_at
        return item
