"""The pipelines on a real archive, without a crawl: pages in, rows out, every leave counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import DropItem
from scrapy.utils.misc import load_object
from scrapy.utils.project import get_project_settings
from scrapy.utils.test import get_crawler

from newscrawler.archive import session as sessions
from newscrawler.items import Article, ListingEntry, Page
from spiders.itbear import ItbearSpider
from tests.conftest import rows
from tests.test_cli import PAGE

URL = "https://www.itbear.com.cn/html/2025-09/960596.html"


class Flow:
    """The pipeline table of the settings, in its order, on one archive."""

    def __init__(self, archive: Path, **arguments: str) -> None:
        self.archive = archive
        self.crawler = get_crawler(ItbearSpider, {"EXTENSIONS": {}})
        self.crawler.spider = ItbearSpider(**arguments)
        self.session = sessions.Session(archive)
        sessions.register(self.crawler, self.session)
        table = get_project_settings().getdict("ITEM_PIPELINES")
        self.steps = [load_object(path).from_crawler(self.crawler) for path in sorted(table, key=table.get)]

    def bring(self, page: object) -> Any:
        """Run one item through; the item that left at the end, or the DropItem that stopped it."""
        return asyncio.run(self._through(page))

    async def _through(self, item: Any) -> Any:
        for step in self.steps:
            try:
                result = step.process_item(item)
                item = await result if asyncio.iscoroutine(result) else result
            except DropItem as dropped:
                return dropped
        return item

    def stats(self) -> dict[str, Any]:
        return {
            name.removeprefix("newscrawler/"): value
            for name, value in self.crawler.stats.get_stats().items()
            if name.startswith("newscrawler/")
        }

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return rows(self.archive, sql)


@pytest.fixture
def flow(tmp_path: Path) -> Iterator[Flow]:
    made = Flow(tmp_path / "archive.db")
    yield made
    made.session.close()


def page(body: str | bytes = PAGE, url: str = URL, **more: Any) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return Page(
        url, raw, "text/html; charset=utf-8", fetched_at="2025-10-01T00:00:00+00:00", site="itbear", **more
    )


def test_the_table_reads_in_flow_order() -> None:
    table = get_project_settings().getdict("ITEM_PIPELINES")
    names = [path.split(".")[1] for path in sorted(table, key=table.get)]
    assert (
        names == ["separate", "normalise", "judge", "dedupe", "archive"] == [p.split(".")[1] for p in table]
    )


def test_a_page_becomes_an_article_with_its_related_items(flow: Flow) -> None:
    article = flow.bring(page(url="http://m.itbear.com.cn/html/2025-09/960596.html?from=app"))
    assert isinstance(article, Article)
    assert (article.url, article.revision, article.duplicate_of) == (URL, 1, None)
    news = flow.rows("select url, title, source, editor, category, published_at from news")
    assert news == [
        {
            "url": URL, "title": "折叠屏手机价格再降", "source": "测试报", "editor": "小王",
            "category": "数字家电", "published_at": "2025-09-30T08:01:02+08:00",
        }
    ]  # fmt: skip
    related = flow.rows("select position, item_url, item_date from related_items order by position")
    assert [r["position"] for r in related] == [1, 2, 3]
    assert related[0]["item_url"] == "https://www.itbear.com.cn/html/2025-09/1.html"
    aliases = flow.rows("select url, reason from aliases")
    assert aliases == [{"url": "http://m.itbear.com.cn/html/2025-09/960596.html?from=app", "reason": "http"}]


@pytest.mark.parametrize(
    ("body", "more", "reason"),
    [
        (b"", {}, "empty"),
        (
            "<html><title>404</title><body><h1>页面不存在</h1><p>您访问的页面不存在或已被删除</p></body></html>",
            {},
            "soft_404",
        ),
        (b"%PDF-1.7 ...", {}, "not_html"),
        (PAGE, {"url": "https://www.itbear.com.cn/"}, "redirected_home"),
        (
            "<html><body><a href='/ai/'>人工智能</a></body></html>",
            {"url": "https://x.example/"},
            "redirected_home",
        ),
    ],
)
def test_what_is_no_article_is_kept_apart_raw(
    flow: Flow, body: str | bytes, more: dict[str, Any], reason: str
) -> None:
    left = flow.bring(page(body, **more))
    assert isinstance(left, DropItem)
    assert flow.rows("select * from news") == []
    kept = flow.rows(
        "select q.reason, p.payload from quarantine q join quarantine_parts p on p.quarantine_id = q.id"
    )
    assert [k["reason"] for k in kept] == [reason]
    assert flow.stats()[f"judge/quarantined/{reason}"] == 1
    assert flow.session.tally.counts() == {"quarantined": 1}


def test_an_article_may_be_a_number_behind_the_home_pages_address(flow: Flow) -> None:
    left = flow.bring(page(PAGE, url="https://x.example/?p=960596"))
    assert not isinstance(left, DropItem)


def test_the_same_article_again_in_this_crawl_leaves_a_count_and_its_alias(flow: Flow) -> None:
    flow.bring(page())
    left = flow.bring(page(url=URL.replace("www", "m"), aliases=[(URL + "?from=x", "query")]))
    assert isinstance(left, DropItem)
    assert flow.stats()["dedupe/again_in_this_crawl"] == 1
    assert {a["reason"] for a in flow.rows("select reason from aliases")} == {"mobile", "query"}


def test_an_unchanged_article_writes_its_sighting_alone(flow: Flow) -> None:
    flow.bring(page())
    before = flow.rows("select * from articles")
    flow.steps[3] = type(flow.steps[3]).from_crawler(flow.crawler)  # another crawl
    left = flow.bring(page())
    assert isinstance(left, DropItem)
    assert flow.rows("select * from articles") == before
    assert flow.stats()["archive/unchanged"] == 1


def test_a_changed_article_keeps_what_it_said(flow: Flow) -> None:
    flow.bring(page())
    article = flow.bring(page(PAGE.replace("最低的一款已经不到四千元", "最低的一款已经不到三千元")))
    assert article.revision == 2
    assert "四千元" in flow.rows("select body from revisions")[0]["body"]
    assert "三千元" in flow.rows("select body from news")[0]["body"]


def test_the_listing_dates_an_article_that_does_not_say(flow: Flow) -> None:
    silent = PAGE.replace("时间：2025-09-30 08:01:02 ", "")
    flow.bring(page(silent, listed=ListingEntry(URL, "折叠屏手机价格再降", None, "2025-09-29")))
    assert flow.rows("select published_at from news") == [{"published_at": "2025-09-29"}]
    assert flow.stats()["normalise/date_from_listing"] == 1


def test_since_does_not_make_what_is_archived_pending(tmp_path: Path) -> None:
    """``full`` asks for known articles again, also where the list beside ``since`` has no dates."""
    archive = tmp_path / "archive.db"
    for since in ({}, {"since": "2025-10-01"}):
        flow = Flow(archive, **since)
        flow.bring(page())
        assert flow.rows("select state from ledger")[0]["state"] in {"archived", "unchanged"}
        flow.session.close()


def test_since_keeps_an_older_article_out_and_says_so(tmp_path: Path) -> None:
    flow = Flow(tmp_path / "archive.db", since="2025-10-01")
    try:
        assert isinstance(flow.bring(page()), DropItem)
        assert flow.rows("select * from news") == []
        assert flow.rows("select state, last_error from ledger") == [
            {"state": "pending", "last_error": "before_since"}
        ]
        assert flow.stats()["judge/before_since"] == 1
    finally:
        flow.session.close()


def test_items_of_other_kinds_pass_untouched(flow: Flow) -> None:
    thing = {"an": "item of somebody else's"}
    assert flow.bring(thing) is thing
