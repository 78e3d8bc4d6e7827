"""The public views: exactly the columns of the contract, and fast by what the contract promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawler.archive import open_archive
from newscrawler.archive.crawls import begin_crawl, finish_crawl
from newscrawler.archive.describe import count_summary
from newscrawler.archive.store import store_article
from newscrawler.items import Article, RelatedItem

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)

CONTRACT = {
    "news": "id url site title body published_at source editor author category first_seen_at last_seen_at"
    " revision duplicate_of gone_at",
    "related_items": "seen_at page_url position item_url item_title item_summary item_date last_seen_at",
    "near_duplicates": "url first_url similarity",
    "crawls": "started_at finished_at spider reason requests new updated unchanged failed",
}


@pytest.fixture(params=["fresh", "analyzed"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An archive of 300 articles, with and without the statistics that PRAGMA optimize leaves."""
    with open_archive(tmp_path / "archive.db") as database, database.atomic():
        for number in range(300):
            article = Article(
                url=f"https://www.itbear.com.cn/html/2025-09/{960000 + number}.html",
                site=("itbear", "elsewhere", "third")[number % 29 % 3],
                title=f"标题{number}",
                body=f"第{number}篇正文。" * 10,
                published_at=f"2025-09-{1 + number % 30:02}T08:00:00+08:00",
                source=("互联网", "新华社", "ITBEAR")[number % 3],
                related=[
                    RelatedItem(n, f"热门{n}", f"https://www.itbear.com.cn/html/2025-09/{960000 + n}.html")
                    for n in range(1, 8)
                ],
            )
            store_article(database, article, seen_at=NOW)
        if request.param == "analyzed":
            database.execute("ANALYZE")
        yield database


def plan(database: Database, sql: str) -> list[str]:
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}")]


@pytest.mark.parametrize("view", list(CONTRACT))
def test_columns_are_those_of_the_contract_in_order(archive: Database, view: str) -> None:
    columns = [column[0] for column in archive.execute(f"SELECT * FROM {view}").description]
    assert columns == CONTRACT[view].split()


@pytest.mark.parametrize(
    ("sql", "first_step"),
    [
        ("SELECT * FROM news WHERE url = 'x'", "SEARCH a USING INDEX idx_articles_url (url=?)"),
        ("SELECT * FROM news WHERE id = 1", "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)"),
        ("SELECT * FROM news ORDER BY id DESC LIMIT 20", "SCAN a"),
        (
            "SELECT * FROM news WHERE published_at BETWEEN '2025-09' AND '2025-10' ORDER BY published_at",
            "SEARCH a USING INDEX idx_articles_published_at (published_at>? AND published_at<?)",
        ),
        (
            "SELECT * FROM news ORDER BY published_at DESC LIMIT 20",
            "SCAN a USING INDEX idx_articles_published_at",
        ),
        (
            "SELECT * FROM related_items WHERE page_url = 'x'",
            "SEARCH a USING COVERING INDEX idx_articles_url (url=?)",
        ),
        (
            "SELECT * FROM related_items WHERE seen_at BETWEEN '2025-09-30' AND '2025-10-01'",
            "SEARCH b USING INDEX idx_blocks_seen_at (seen_at>? AND seen_at<?)",
        ),
        ("SELECT * FROM related_items WHERE item_url = 'x'", "SEARCH l USING INDEX idx_links_url (url=?)"),
    ],
)
def test_promised_queries_use_indexes(archive: Database, sql: str, first_step: str) -> None:
    steps = [step for step in plan(archive, sql) if "SUBQUERY" not in step]
    assert steps[0] == first_step
    # Everything after the first step is a look-up; nothing is sorted or materialised.
    assert all(step.startswith("SEARCH ") for step in steps[1:]), steps


def test_counting_news_reads_no_bodies(archive: Database) -> None:
    assert not any(
        "bodies" in step or "sightings" in step for step in plan(archive, "SELECT count(*) FROM news")
    )


def test_values_have_the_form_of_the_contract(archive: Database) -> None:
    row = next(iter(archive.query("SELECT * FROM news WHERE title = '标题29'")))
    assert row["published_at"] == "2025-09-30T08:00:00+08:00"
    assert (row["site"], row["source"], row["revision"]) == ("itbear", "ITBEAR", 1)
    assert row["first_seen_at"] == row["last_seen_at"] == "2025-10-01T04:00:00+00:00"
    assert row["duplicate_of"] is row["gone_at"] is row["editor"] is None
    item = next(iter(archive.query("SELECT * FROM related_items WHERE page_url = ?", [row["url"]])))
    assert (item["position"], item["item_title"], item["item_summary"]) == (1, "热门1", None)


def test_near_duplicates_is_there_and_empty(archive: Database) -> None:
    assert list(archive.query("SELECT * FROM near_duplicates")) == []


def test_a_crawl_has_a_row_from_its_beginning_and_a_dead_one_is_closed(archive: Database) -> None:
    first = begin_crawl(archive, "itbear", "{}", now=NOW, pid=1, host="a")
    assert list(archive.query("SELECT spider, finished_at FROM crawls")) == [
        {"spider": "itbear", "finished_at": None}
    ]
    late = Article(
        url="https://www.itbear.com.cn/html/2025-10/1.html", site="itbear", title="晚", body="晚" * 80
    )
    store_article(archive, late, seen_at=NOW + timedelta(minutes=7), crawl_id=first)
    second = begin_crawl(archive, "itbear", "{}", now=NOW + timedelta(hours=1), pid=2, host="a")
    finish_crawl(
        archive,
        second,
        reason="finished",
        requests=10,
        new=3,
        updated=1,
        unchanged=4,
        failed=0,
        quarantined=0,
        exit_code=0,
        now=NOW + timedelta(hours=2),
    )
    dead, done = archive.query("SELECT * FROM crawls ORDER BY started_at")
    assert (dead["reason"], dead["finished_at"], dead["new"]) == (
        "interrupted",
        "2025-10-01T04:07:00+00:00",
        1,
    )
    assert (done["reason"], done["requests"], done["new"], done["unchanged"]) == ("finished", 10, 3, 4)
    summary = count_summary(archive)
    assert (summary.articles, summary.related_items) == (301, 2100)
    assert (summary.first_day, summary.last_day) == ("2025-09-01", "2025-09-30")
    assert summary.last_crawl is not None
    assert summary.last_crawl["reason"] == "finished"


def test_every_table_and_view_is_described(archive: Database) -> None:
    text = (Path(__file__).parent.parent / "docs" / "archive.md").read_text(encoding="utf-8")
    names = {name for name in archive.table_names() if not name.startswith(("sqlite_", "_"))}
    assert [name for name in sorted({*names, *archive.view_names()}) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("column", ["url", "first_url"])
def test_near_duplicates_of_an_address_scan_no_table(archive: Database, column: str) -> None:
    steps = plan(archive, f"SELECT * FROM near_duplicates WHERE {column} = 'x'")
    assert [step for step in steps if step.startswith("SCAN")] == []
