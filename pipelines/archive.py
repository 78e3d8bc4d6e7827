"""One transaction per batch of articles; an article goes on only when it is durable."""

from __future__ import annotations

from datetime import datetime

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import follow, ledger, schedule, yields
from newscrawler.archive.session import session_of
from newscrawler.archive.store import Stored, store_article
from newscrawler.archive.tombstones import ForgottenAddressError
from newscrawler.items import Article


class Archive:
    """Decision: none; it writes. ``process_item`` returns after the commit, so item_scraped means durable."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        settings = crawler.settings
        self.revisit_after = schedule.spans(settings.getlist("REVISIT_AFTER_HOURS"))
        self.follow_days = (
            settings.getint("FOLLOW_RELATED_DAYS") if settings.getbool("FOLLOW_RELATED") else None
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Archive:
        return cls(crawler)

    async def process_item(self, item: object) -> object:
        """New and updated articles go on to the feeds; DropItem for unchanged ones, once sighted."""
        if not isinstance(item, Article):
            return item
        session, now = session_of(self.crawler), clock.now()
        article, crawl_id = item, session.crawl_id
        promoted = self._promoted(article, now)

        def job(db: Database) -> Stored:
            stored = store_article(
                *(db, article),
                seen_at=now,
                crawl_id=crawl_id,
                revisit_after=self.revisit_after,
                imported_at=session.imported_at,
            )
            if stored.outcome == "new":
                yields.note(db.conn, article, series=session.series, crawl_id=crawl_id, article_id=stored.id)
            ledger.discover(db, promoted, site=article.site, crawl_id=crawl_id, now=now)
            return stored

        try:
            stored = await session.write(job)
        except ForgottenAddressError as forgotten:  # had by an address that nobody had met before
            self.crawler.stats.inc_value("newscrawler/archive/forgotten")
            session.tally.note(item.url, "disallowed")
            raise DropItem(str(forgotten)) from None
        session.tally.note(item.url, stored.outcome)
        self.crawler.stats.inc_value(f"newscrawler/archive/{stored.outcome}")
        if stored.outcome == "unchanged":
            raise DropItem(f"{item.url}: unchanged")
        item.revision, item.duplicate_of = stored.revision, stored.duplicate_of
        item.first_seen_at = stored.first_seen_at
        return item

    def _promoted(self, article: Article, now: datetime) -> list[ledger.Discovery]:
        """The related items that are to be followed."""
        is_article = getattr(self.crawler.spider, "is_article", None)
        if self.follow_days is None or is_article is None:
            return []
        return follow.promoted(article, is_article, now=now, days=self.follow_days)
