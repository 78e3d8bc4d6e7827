"""The same article met twice in one crawl (two addresses, a redirect) is archived once."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawler import clock
from newscrawler.archive.keytable import KeyTable
from newscrawler.archive.session import session_of
from newscrawler.archive.store import record_aliases
from newscrawler.identity import fingerprint, key64
from newscrawler.items import Article


class Dedupe:
    """Decision: whether this crawl has brought this very text under this address before."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._brought = KeyTable("q")
        """Key of the canonical address -> fingerprint of the text it brought."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Dedupe:
        return cls(crawler)

    async def process_item(self, item: object) -> object:
        """The first copy passes; DropItem for the next one, after its addresses were kept as aliases."""
        if not isinstance(item, Article) or item.page is None:
            return item
        key, text = key64(item.url), fingerprint(item.title or "", item.body)
        if self._brought.get(key) != text:
            self._brought.put(key, text)
            return item
        article, session, now = item, session_of(self.crawler), clock.now()
        crawl_id = session.crawl_id
        await session.write(lambda db: record_aliases(db, article, seen_at=now, crawl_id=crawl_id))
        self.crawler.stats.inc_value("newscrawler/dedupe/again_in_this_crawl")
        raise DropItem(f"{item.url}: met again in this crawl")
