"""Is it an article at all? What fits nothing is kept apart, raw, with its reason; never a guess."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import ledger, visits, yields
from newscrawler.archive.absent import mark_absent
from newscrawler.archive.quarantine import quarantine_page
from newscrawler.archive.session import session_of
from newscrawler.identity import canonical, is_home
from newscrawler.items import Article


class Judge:
    """Decision: article, quarantine, or older than the user asked for."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Judge:
        return cls(crawler)

    async def process_item(self, item: object) -> object:
        """Articles pass; DropItem for the rest, after it was written down."""
        if not isinstance(item, Article) or item.page is None:
            return item
        session, reason = session_of(self.crawler), unfit(item)
        if _nothing_there(item, reason) and await self._never_existed(item):
            raise DropItem(f"{item.url}: a guessed address without a page")
        session.tally.pages_judged += 1
        if reason is not None:
            await self._quarantine(item, reason)
        session.tally.pages_fit += 1
        await self._check_since(item)
        self.crawler.stats.inc_value("newscrawler/judge/article")
        return item

    async def _never_existed(self, item: Article) -> bool:
        """Whether it was only guessed (backfill): that it does not exist is said with status 200, too."""
        session, page = session_of(self.crawler), item.page
        if page is None or session.crawl_id is None:
            return False  # a kept page that is read again: nobody asks, so nobody guesses
        urls, crawl_id = {canonical(url) for url in (page.url, *dict(page.aliases))}, session.crawl_id
        absent = await session.write(lambda db: mark_absent(db, *urls, crawl_id=crawl_id))
        for url in absent:
            session.tally.note(url, "absent")
            self.crawler.stats.inc_value("newscrawler/article/absent")
        return bool(absent)

    async def _quarantine(self, item: Article, reason: str) -> None:
        page, session, now = item.page, session_of(self.crawler), clock.now()
        assert page is not None
        detail, crawl_id, url = item.found_by.get("reason"), session.crawl_id, item.url
        gone, imported = reason in {"soft_404", "redirected_home"}, session.imported_at is not None

        def job(db: Database) -> None:
            quarantine_page(
                *(db, page, reason, detail), seen_at=now, crawl_id=crawl_id, imported=imported, gone=gone
            )
            yields.note(db.conn, item, series=session.series, crawl_id=crawl_id, reason=reason)

        await session.write(job)
        session.tally.note(url, "quarantined")
        self.crawler.stats.inc_value(f"newscrawler/judge/quarantined/{reason}")
        raise DropItem(f"{url}: {reason}; kept apart in the table quarantine")

    async def _check_since(self, item: Article) -> None:
        since = getattr(getattr(self.crawler.spider, "arguments", None), "since", None)
        if not since or not item.published_at or item.published_at[:10] >= since:
            return
        session, now, url = session_of(self.crawler), clock.now(), item.url
        known = session.known([url]).get(url)
        if known is not None and known.state in {"archived", "unchanged"}:
            return  # it is stored already; pending would say that it is not
        day, run = item.published_at[:10], session.crawl_id
        await session.write(
            lambda db: visits.mark(
                db, url, "pending", error=ledger.BEFORE_SINCE, detail=day, due_at=now, now=now, crawl_id=run
            )
        )
        session.tally.note(url, ledger.BEFORE_SINCE)
        self.crawler.stats.inc_value("newscrawler/judge/before_since")
        raise DropItem(f"{url}: published {day}, before since={since}")


def _nothing_there(item: Article, reason: str | None) -> bool:
    """Whether the page is what a site shows that answers every address."""
    return reason == "soft_404" or (reason is not None and is_home(item.url))


def unfit(item: Article) -> str | None:
    """Why ``item`` is no article, or None: what the extraction says, or an address that is a home page."""
    return "redirected_home" if is_home(item.url) else item.reason
