"""The ledger: discovered addresses, what is pending, what became of them; channels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import open_archive
from newscrawler.archive.channels import channel_state, complete_channel, note_channel
from newscrawler.archive.crawls import begin_crawl
from newscrawler.archive.frontier import pending
from newscrawler.archive.ledger import Discovery, discover, lookup
from newscrawler.archive.revisits import record_unmodified
from newscrawler.archive.store import quarantine_page, record_sightings, store_article
from newscrawler.archive.visits import mark, mark_gone
from newscrawler.items import Article, Page
from tests.archives import url

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
LISTING = "https://www.itbear.com.cn/"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    with open_archive(tmp_path / "archive.db") as database:
        yield database


def found(archive: Database, *entries: Discovery, now: datetime = NOW) -> set[str]:
    return discover(archive, entries, site="itbear", crawl_id=None, now=now)


def test_a_cut_title_gives_way_to_a_longer_one_whatever_the_order(archive: Database) -> None:
    titles = ["新款手机发布…", "新款手机发布：电池更大，价格不变", "新款手机发布：电池…"]
    for number, order in enumerate((titles, titles[::-1])):
        for title in order:
            found(archive, Discovery(url(number), title=title))
        assert lookup(archive, [url(number)])[url(number)].title == titles[1]


def test_discovering_adds_once_and_fills_in_what_was_missing(archive: Database) -> None:
    crawl = begin_crawl(archive, "itbear", "{}", now=NOW, pid=1, host="a")
    entries = [Discovery(url(1), "listing", LISTING, "题", None, "2025-09-30"), Discovery(url(2), "related")]
    assert discover(archive, entries, site="itbear", crawl_id=crawl, now=NOW) == {url(1), url(2)}
    again = Discovery(url(1), "related", url(2), "别的", "摘要", "2025-01-01")
    assert found(archive, again, again, Discovery(url(3)), now=NOW + timedelta(days=1)) == {url(3)}
    row = lookup(archive, [url(1)])[url(1)]
    assert (row.title, row.summary, row.date) == ("题", "摘要", "2025-09-30")
    assert (row.site, row.state, row.discovered_on, row.discovered_as) == (
        "itbear",
        "pending",
        LISTING,
        "listing",
    )
    assert (row.discovered_at, row.first_crawl_id) == ("2025-10-01T04:00:00+00:00", crawl)
    assert found(archive) == set()


def test_discovering_what_is_known_writes_nothing(archive: Database) -> None:
    entries = [Discovery(url(n), title="题") for n in range(20)]
    found(archive, *entries)
    before = archive.conn.total_changes
    assert found(archive, *entries) == set()
    assert archive.conn.total_changes == before


def test_a_finished_state_is_never_downgraded(archive: Database) -> None:
    found(archive, Discovery(url(1)))
    store_article(archive, Article(url=url(1), site="itbear", title="题", body="文" * 80), seen_at=NOW)
    found(archive, Discovery(url(1), title="晚来"))
    row = lookup(archive, [url(1)])[url(1)]
    assert (row.state, row.title, row.is_finished) == ("archived", "晚来", True)
    with pytest.raises(ValueError, match="store_article"):
        mark(archive, url(2), "archived", now=NOW)


def test_failures_count_and_wait_until_they_are_due(archive: Database) -> None:
    found(archive, *(Discovery(url(n)) for n in range(4)))
    later = NOW + timedelta(minutes=10)
    for _ in range(2):
        mark(archive, url(1), "pending", error="http_503", detail="Retry-After 600", due_at=later, now=NOW)
    mark(archive, url(2), "failed", error="dns", now=NOW)
    assert [row.url for row in pending(archive, "itbear", NOW)] == [url(0), url(3)]
    assert [row.url for row in pending(archive, "itbear", later)] == [url(0), url(3), url(1)]
    assert pending(archive, "elsewhere", later) == []
    assert len(pending(archive, "itbear", later, 1)) == 1
    row = lookup(archive, [url(1)])[url(1)]
    assert (row.attempts, row.last_error, row.detail) == (2, "http_503", "Retry-After 600")
    store_article(archive, Article(url=url(1), site="itbear", title="题", body="文" * 80), seen_at=later)
    row = lookup(archive, [url(1)])[url(1)]
    assert (row.state, row.attempts, row.last_error, row.due_at) == ("archived", 0, None, None)


def test_an_unknown_address_can_be_marked_and_validators_are_kept(archive: Database) -> None:
    mark(archive, url(9), "unchanged", etag='"a"', last_modified="Tue", now=NOW)
    mark(archive, url(9), "disallowed", error="robots", now=NOW)
    row = lookup(archive, [url(9)])[url(9)]
    assert (row.state, row.etag, row.last_modified, row.attempts) == ("disallowed", '"a"', "Tue", 1)
    mark(archive, url(8), "pending", error="reset", now=NOW)
    assert lookup(archive, [url(8)])[url(8)].attempts == 1


def test_gone_keeps_the_text_and_coming_back_ends_it(archive: Database) -> None:
    article = Article(url=url(1), site="itbear", title="题", body="文" * 80)
    store_article(archive, article, seen_at=NOW)
    mark_gone(archive, url(1), now=NOW + timedelta(days=1))
    mark_gone(archive, url(1), now=NOW + timedelta(days=2))
    mark_gone(archive, url(2), now=NOW)
    (row,) = archive.query("SELECT * FROM news")
    assert (row["gone_at"], row["body"]) == ("2025-10-02T04:00:00+00:00", "文" * 80)
    assert {r.state for r in lookup(archive, [url(1), url(2)]).values()} == {"gone"}
    stored = store_article(archive, article, seen_at=NOW + timedelta(days=3))
    assert (stored.outcome, stored.revision) == ("unchanged", 1)
    (row,) = archive.query("SELECT * FROM news")
    assert row["gone_at"] is None
    assert list(archive.query("SELECT gone_at, back_at FROM absences")) == [
        {"gone_at": "2025-10-02T04:00:00+00:00", "back_at": "2025-10-04T04:00:00+00:00"}
    ]


def test_a_page_that_did_not_change_is_there(archive: Database) -> None:
    store_article(archive, Article(url=url(1), site="itbear", title="题", body="文" * 80), seen_at=NOW)
    mark_gone(archive, url(1), now=NOW + timedelta(days=1))
    assert record_unmodified(archive, url(1), seen_at=NOW + timedelta(days=2), after=())
    assert list(archive.query("SELECT gone_at FROM news")) == [{"gone_at": None}]
    assert list(archive.query("SELECT back_at FROM absences")) == [{"back_at": "2025-10-03T04:00:00+00:00"}]
    assert lookup(archive, [url(1)])[url(1)].state == "unchanged"


def test_sightings_move_forward_only_and_touch_nothing_else(archive: Database) -> None:
    store_article(archive, Article(url=url(1), site="itbear", title="题", body="文" * 80), seen_at=NOW)
    before = list(archive.query("SELECT * FROM articles"))
    assert record_sightings(archive, [url(1), url(2)], NOW + timedelta(hours=1)) == 1
    assert record_sightings(archive, [url(1)], NOW - timedelta(hours=1)) == 1
    assert list(archive.query("SELECT last_seen_at, last_fetched_at FROM sightings")) == [
        {"last_seen_at": "2025-10-01T05:00:00+00:00", "last_fetched_at": "2025-10-01T04:00:00+00:00"}
    ]
    assert list(archive.query("SELECT * FROM articles")) == before


def test_quarantine_settles_the_address(archive: Database) -> None:
    found(archive, Discovery(url(1)))
    quarantine_page(archive, Page(url=url(1), body=b"?", site="itbear"), "soft_404", "title", seen_at=NOW)
    row = lookup(archive, [url(1)])[url(1)]
    assert (row.state, row.last_error, row.detail) == ("quarantined", "soft_404", "title")
    assert pending(archive, "itbear", NOW) == []


def test_a_page_that_says_that_it_does_not_exist_is_gone_where_there_was_an_article(
    archive: Database,
) -> None:
    store_article(archive, Article(url=url(1), site="itbear", title="题", body="文" * 80), seen_at=NOW)
    found(archive, Discovery(url(2)))
    error_page = "https://www.itbear.com.cn/404.html"
    led = Page(error_page, b"?", aliases=[(url(1), "redirect"), (url(2), "redirect")])
    quarantine_page(archive, led, "soft_404", seen_at=NOW, gone=True)  # a kept page, read again
    assert list(archive.query("SELECT gone_at FROM news")) == [{"gone_at": None}]
    crawl = begin_crawl(archive, "itbear", "{}", now=NOW, pid=1, host="a")
    for day in (1, 2):
        seen_at = NOW + timedelta(days=day)
        quarantine_page(archive, led, "soft_404", seen_at=seen_at, crawl_id=crawl, gone=True)
        rows = lookup(archive, [url(1), url(2), error_page])
        assert [rows[one].state for one in (url(1), url(2), error_page)] == ["gone", *["quarantined"] * 2]
        assert rows[url(1)].due_at == clock.iso(NOW + timedelta(days=day + 1))
        news = next(iter(archive.query("SELECT gone_at, body FROM news")))
        assert (news["gone_at"], news["body"]) == ("2025-10-02T04:00:00+00:00", "文" * 80)
    seen_at = NOW + timedelta(days=3)
    quarantine_page(archive, Page(url(1), b"?"), "soft_404", seen_at=seen_at, crawl_id=crawl, gone=True)
    assert lookup(archive, [url(1)])[url(1)].state == "gone"
    store_article(
        archive,
        Article(url=url(1), site="itbear", title="题", body="文" * 80),
        seen_at=NOW + timedelta(days=4),
    )
    assert list(archive.query("SELECT gone_at FROM news")) == [{"gone_at": None}]


def test_a_channel_is_complete_only_when_a_crawl_says_so(archive: Database) -> None:
    crawl = begin_crawl(archive, "itbear", "{}", now=NOW, pid=1, host="a")
    assert channel_state(archive, LISTING) is None
    note_channel(archive, LISTING, now=NOW)
    note_channel(archive, LISTING, title="资讯", now=NOW)
    state = channel_state(archive, LISTING)
    assert state is not None
    assert (state.title, state.completed_at, state.last_completed_crawl_id) == ("资讯", None, None)
    complete_channel(archive, LISTING, crawl, NOW + timedelta(hours=1))
    state = channel_state(archive, LISTING)
    assert state is not None
    assert (state.completed_at, state.last_completed_crawl_id) == ("2025-10-01T05:00:00+00:00", crawl)
