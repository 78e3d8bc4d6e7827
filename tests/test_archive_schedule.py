"""When addresses are asked for again: pure schedules, and the queries that read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import follow, frontier, ledger, open_archive, schedule, visits
from newscrawler.archive.quarantine import quarantine_page
from newscrawler.archive.revisits import record_unmodified
from newscrawler.archive.store import store_article
from newscrawler.items import Article, Page, RelatedItem
from tests.archives import url

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
HOURS = schedule.spans([1, 24, 168, 720])


def article(number: int, published_at: str | None = "2025-10-01T11:30:00+08:00", **more: object) -> Article:
    return Article(
        url(number),
        "itbear",
        f"题{number}",
        f"文{number}" * 40,
        published_at=published_at,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    with open_archive(tmp_path / "archive.db") as database:
        yield database


def row(archive: Database, number: int) -> ledger.LedgerRow:
    return ledger.lookup(archive, [url(number)])[url(number)]


def test_the_first_failure_is_due_at_once_and_then_about_twice_as_late_each_time() -> None:
    waits = [(schedule.retry_at(NOW, n, 7) - NOW).total_seconds() / 3600 for n in range(1, 15)]
    about = [0, 0.5, 1, 2, 4, 8, 16, 24, 48, 96, 168, 168, 168, 168]
    assert waits == [pytest.approx(hours, rel=0.11) for hours in about]
    assert sum(waits) / 24 == pytest.approx(36, rel=0.1)


def test_jitter_differs_by_address_and_attempt_and_never_by_run() -> None:
    due = [schedule.retry_at(NOW, 5, key) for key in range(20)]
    assert due == [schedule.retry_at(NOW, 5, key) for key in range(20)]
    assert len(set(due)) > 10


def test_what_the_site_asks_for_is_waited_for() -> None:
    asked = NOW + timedelta(hours=3)
    assert schedule.retry_at(NOW, 1, 7, asked) == asked
    assert schedule.retry_at(NOW, 8, 7, asked) > asked


@pytest.mark.parametrize(
    ("published", "precision", "first_seen", "now", "due"),
    [
        ("2025-10-01T12:00:00+08:00", "second", "04:10", "04:10", "2025-10-01T05:00:00+00:00"),
        ("2025-10-01T12:00:00+08:00", "minute", "04:10", "05:00", "2025-10-02T04:00:00+00:00"),
        ("2025-09-24T12:00:00+08:00", "second", "04:10", "04:10", "2025-10-24T04:00:00+00:00"),
        ("2025-08-01T12:00:00+08:00", "second", "04:10", "04:10", None),
        (None, None, "04:10", "04:10", "2025-10-01T05:10:00+00:00"),
        # A day alone, seen on that day: not published later than it was seen.
        ("2025-10-01", "day", "04:10", "04:10", "2025-10-01T05:10:00+00:00"),
        # A day that was over: at its end at the latest, which is 16:00 UTC.
        ("2025-09-30", "day", "04:10", "04:10", "2025-10-01T16:00:00+00:00"),
        # A date ahead of the clock is none.
        ("2026-10-01T12:00:00+08:00", "second", "04:10", "04:10", "2025-10-01T05:10:00+00:00"),
        ("nonsense", None, "04:10", "04:10", "2025-10-01T05:10:00+00:00"),
    ],
)
def test_the_next_moment_after_publication(
    published: str | None, precision: str | None, first_seen: str, now: str, due: str | None
) -> None:
    found = schedule.next_visit(
        datetime.fromisoformat(f"2025-10-01T{now}:00+00:00"),
        HOURS,
        published_at=published,
        precision=precision,
        first_seen_at=f"2025-10-01T{first_seen}:00+00:00",
    )
    assert found == due


@given(some.integers(0, 10**7), some.lists(some.floats(0.5, 2000), max_size=6))
def test_a_next_visit_is_always_ahead_and_there_are_only_so_many(late: int, hours: list[float]) -> None:
    now, after = NOW + timedelta(seconds=late), schedule.spans(hours)
    for count in range(len(hours) + 1):
        due = schedule.next_visit(now, after, published_at=None, precision=None, first_seen_at=clock.iso(NOW))
        if due is None:
            return
        now = max(datetime.fromisoformat(due), now + timedelta(seconds=1))
        assert count < len(hours)


def test_settings_of_revisits_are_read_strictly() -> None:
    assert schedule.spans(["24", "1"]) == (timedelta(hours=1), timedelta(hours=24))
    for wrong in ("soon", "0", "-1", "nan"):
        with pytest.raises(ValueError, match="REVISIT_AFTER_HOURS"):
            schedule.spans([wrong])


def test_failures_wait_longer_each_time_and_end_as_failed(archive: Database) -> None:
    ledger.discover(archive, [ledger.Discovery(url(1))], site="itbear", crawl_id=None, now=NOW)
    for attempt in (1, 2, 3):
        visits.fail(archive, url(1), error="http_5xx", detail="HTTP 500", most=4, now=NOW)
        got = row(archive, 1)
        assert (got.state, got.attempts, got.last_error) == ("pending", attempt, "http_5xx")
        assert (got.due_at or "") >= clock.iso(NOW)
        assert bool(frontier.pending(archive, "itbear", NOW)) == (attempt == 1)
    visits.fail(archive, url(1), error="http_5xx", detail="HTTP 500", most=4, now=NOW)
    got = row(archive, 1)
    assert (got.state, got.attempts, got.due_at) == ("failed", 4, None)
    assert not frontier.pending(archive, "itbear", NOW + timedelta(days=999))


def test_a_page_that_was_merely_too_old_has_not_failed(archive: Database) -> None:
    visits.mark(archive, url(1), "pending", error=ledger.BEFORE_SINCE, detail="2025-09-01", now=NOW)
    visits.mark(archive, url(1), "pending", error=ledger.BEFORE_SINCE, detail="2025-09-01", now=NOW)
    assert row(archive, 1).attempts == 0
    visits.fail(archive, url(1), error="reset", detail="", now=NOW)
    assert row(archive, 1).attempts == 1


def test_storing_an_article_says_when_it_is_due_again(archive: Database) -> None:
    store_article(archive, article(1), seen_at=NOW, revisit_after=HOURS)
    assert row(archive, 1).due_at == "2025-10-01T04:30:00+00:00"
    store_article(archive, article(1), seen_at=NOW + timedelta(hours=2), revisit_after=HOURS)
    assert (row(archive, 1).state, row(archive, 1).due_at) == ("unchanged", "2025-10-02T03:30:00+00:00")
    store_article(archive, article(2), seen_at=NOW)
    assert row(archive, 2).due_at is None


def test_validators_are_those_of_the_last_answer(archive: Database) -> None:
    page = Page(url(1), b"", site="itbear", etag='"a"', last_modified="Wed")
    store_article(archive, article(1, page=page), seen_at=NOW)
    assert (row(archive, 1).etag, row(archive, 1).last_modified) == ('"a"', "Wed")
    store_article(archive, article(1, page=Page(url(1), b"", site="itbear")), seen_at=NOW)
    assert (row(archive, 1).etag, row(archive, 1).last_modified) == (None, None)


def test_not_modified_is_a_sighting_and_nothing_else(archive: Database) -> None:
    related = [RelatedItem(1, "旧闻", url(9))]
    store_article(archive, article(1, related=related), seen_at=NOW, revisit_after=HOURS)
    before = list(archive.query("SELECT * FROM articles"))
    later = NOW + timedelta(minutes=30)
    assert record_unmodified(archive, url(1), seen_at=later, after=HOURS)
    assert list(archive.query("SELECT * FROM articles")) == before
    (sighting,) = archive.query("SELECT * FROM sightings")
    assert (sighting["last_seen_at"], sighting["last_fetched_at"]) == (clock.iso(later), clock.iso(later))
    (block,) = archive.query("SELECT * FROM blocks")
    assert block["last_seen_at"] == clock.iso(later)
    assert (row(archive, 1).state, row(archive, 1).due_at) == ("unchanged", "2025-10-02T03:30:00+00:00")
    assert not record_unmodified(archive, url(5), seen_at=later, after=HOURS)


def test_an_archived_article_stays_archived_when_a_revisit_fails(archive: Database) -> None:
    store_article(archive, article(1), seen_at=NOW, revisit_after=HOURS)
    later = NOW + timedelta(hours=1)
    visits.fail(archive, url(1), error="timeout", detail="slow", most=3, now=later)
    got = row(archive, 1)
    assert (got.state, got.attempts, got.due_at, got.last_error) == (
        "archived", 1, clock.iso(later), "timeout",
    )  # fmt: skip
    assert [r.url for r in frontier.revisits(archive, "itbear", later, 9)] == [url(1)]
    assert not frontier.pending(archive, "itbear", later)
    maintenance = Page(url(1), b"back soon", site="itbear")
    quarantine_page(archive, maintenance, "not_an_article", "short", seen_at=later)
    got = row(archive, 1)
    assert (got.state, got.attempts, got.last_error) == ("archived", 2, "not_an_article")
    assert archive.execute("SELECT count(*) FROM quarantine").fetchone() == (1,)
    visits.fail(archive, url(1), error="robots", detail="", disallowed=True, most=3, now=later)
    assert (row(archive, 1).state, row(archive, 1).due_at) == ("archived", None)
    store_article(archive, article(1), seen_at=later + timedelta(days=1), revisit_after=HOURS)
    assert (row(archive, 1).attempts, row(archive, 1).last_error) == (0, None)


def test_due_revisits_take_the_latest_and_the_longest_due(archive: Database) -> None:
    for number in range(10):
        seen_at = NOW + timedelta(hours=number)
        store_article(archive, article(number, published_at=None), seen_at=seen_at, revisit_after=HOURS)
    now = NOW + timedelta(hours=10)

    def due(limit: int, **more: str) -> list[int]:
        found = frontier.revisits(archive, "itbear", now, limit, **more)
        return [int(r.url.split("/")[-1].removesuffix(".html")) for r in found]

    assert due(99) == list(range(10))
    assert due(4) == [0, 1, 8, 9]
    assert due(1) == [9]
    assert due(0) == []
    assert frontier.revisits(archive, "elsewhere", now, 9) == []


def test_revisits_with_since_leave_older_articles_alone(archive: Database) -> None:
    for number, day in ((1, "2025-09-30"), (2, "2025-10-01"), (3, None)):
        store_article(archive, article(number, published_at=day), seen_at=NOW, revisit_after=HOURS)
    found = frontier.revisits(archive, "itbear", NOW + timedelta(days=99), 9, since="2025-10-01")
    assert {r.url for r in found} == {url(2), url(3)}
    assert set(frontier.known_articles(archive, "itbear", since="2025-10-01")) == {url(2), url(3)}


@pytest.mark.parametrize(
    ("what", "index"),
    [
        ("pending", "idx_ledger_due_pending (site_id=?)"),
        ("related", "idx_ledger_due_related (site_id=?)"),
        ("revisits", "idx_ledger_due_revisits (site_id=? AND due_at>? AND due_at<?)"),
    ],
)
def test_what_a_crawl_takes_is_found_without_a_sort_or_a_scan(
    archive: Database, what: str, index: str
) -> None:
    steps: list[str] = []
    archive.conn.set_trace_callback(steps.append)
    if what == "revisits":
        frontier.revisits(archive, "itbear", NOW, 100)
    else:
        frontier.pending(archive, "itbear", NOW, related=what == "related")
    archive.conn.set_trace_callback(None)
    for step in steps:
        plan = [r[3] for r in archive.execute(f"EXPLAIN QUERY PLAN {step}")]
        assert f"SEARCH l USING INDEX {index}" in plan, plan
        last_term = "USE TEMP B-TREE FOR LAST TERM OF ORDER BY"  # rows that are due at the same second
        assert not any(p.startswith("SCAN") or ("TEMP B-TREE" in p and p != last_term) for p in plan), plan


def test_only_young_articles_of_the_site_are_followed() -> None:
    items = [
        RelatedItem(1, "新", url(1), date="2025-09-20"),
        RelatedItem(2, "旧", url(2), date="2025-08-20"),
        RelatedItem(3, "无日期", f"{url(3)}?from=hot"),
        RelatedItem(4, "外站", "https://else.example/html/2025-09/4.html", date="2025-09-30"),
        RelatedItem(5, "栏目", "https://www.itbear.com.cn/ai/", date="2025-09-30"),
    ]

    def promoted(published_at: str | None) -> list[str]:
        carrier = article(100, published_at, related=items)
        found = follow.promoted(carrier, lambda u: "itbear.com.cn/html" in u, now=NOW, days=30)
        assert all((d.how, d.found_on) == ("related", url(100)) for d in found)
        return [d.url for d in found]

    assert promoted("2025-10-01") == [url(1), url(3)]
    assert promoted(None) == [url(1), url(3)]
    assert promoted("2025-06-01") == [url(1)]


def test_what_a_listing_shows_later_counts_as_found_there(archive: Database) -> None:
    def found(how: str, crawl: int | None) -> ledger.LedgerRow:
        entry = ledger.Discovery(url(1), how, "https://www.itbear.com.cn/")
        ledger.discover(archive, [entry], site="itbear", crawl_id=crawl, now=NOW)
        return row(archive, 1)

    first = found("related", None)
    assert (first.discovered_as, first.first_crawl_id) == ("related", None)
    assert not frontier.pending(archive, "itbear", NOW)
    assert len(frontier.pending(archive, "itbear", NOW, related=True)) == 1
    archive["crawl_runs"].insert({"id": 5, "started_at": clock.iso(NOW), "spider": "itbear"})
    assert (found("listing", 5).discovered_as, row(archive, 1).first_crawl_id) == ("listing", 5)
    assert found("related", None).discovered_as == "listing"
    assert row(archive, 1).first_as == "related"  # where it was first seen is kept besides
    assert len(frontier.pending(archive, "itbear", NOW)) == 1
