"""``newscrawler status``: its figures, what it says needs a person, and that it disturbs nobody."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from newscrawler.archive import ArchiveLock, lock, open_archive
from newscrawler.archive import status as facts
from newscrawler.archive.crawls import begin_crawl, finish_crawl, heartbeat
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.store import quarantine_page, store_article
from newscrawler.archive.visits import mark, mark_gone
from newscrawler.crawl.outcome import MEANING
from newscrawler.items import Article, Page
from newscrawler.report import needs as rules
from newscrawler.report import status as report
from newscrawler.report.look import Files, Look, look
from newscrawler.report.words import cut, fit, for_archive, size, span, width
from tests.archives import url
from tests.conftest import newscrawler as run

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
"""Noon of 1 October at the site."""
HALF_HOUR = timedelta(minutes=30)
ROOM = Files(database=2**24, wal=0, pages=0, free=2**40)


def article(number: int, published: str = "2025-10-01T08:00:00+08:00") -> Article:
    page = Page(url=url(number), body=b"")
    return Article(
        url=url(number), site="itbear", title="题", body="文" * 80, published_at=published, page=page
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with open_archive(path) as opened:
        yield opened


def crawled(
    database: Database, at: datetime, *, exit_code: int = 0, reason: str = "finished", **given: Any
) -> int:
    """A crawl of two minutes that began at ``at``."""
    crawl = begin_crawl(database, "itbear", "{}", now=at, pid=1, host="here")
    counts = {"new": 0, "updated": 0, "unchanged": 0, "failed": 0, "quarantined": 0, **given}
    end = at + timedelta(minutes=2)
    finish_crawl(database, crawl, reason=reason, requests=9, exit_code=exit_code, now=end, **counts)
    return crawl


def history(database: Database, until: datetime = NOW, days: float = 4) -> int:
    """Successful crawls every half hour for ``days``, the last one just before ``until``; its id."""
    crawl = 0
    for back in range(round(days * 48), 0, -1):
        crawl = crawled(database, until - back * HALF_HOUR)
    return crawl


def found(
    database: Database, *several: int, day: str = "2025-10-01", at: datetime = NOW, **given: Any
) -> None:
    entries = [
        Discovery(url(number), given.get("how", "listing"), None, "题", None, day) for number in several
    ]
    discover(database, entries, site="itbear", crawl_id=None, now=at)


def seen(path: Path, now: datetime = NOW, files: Files = ROOM) -> Look:
    """What is looked at, on a disk with room."""
    looked = look(path, now=now)
    return Look(looked.archive, looked.now, looked.facts, files, looked.holder)


def wanted(path: Path, now: datetime = NOW, files: Files = ROOM) -> list[str]:
    return [need.sentence for need in rules.needs(seen(path, now, files))]


# The figures


def test_days_are_those_of_the_site(path: Path, database: Database) -> None:
    for number, at in enumerate(
        (datetime(2025, 9, 30, 15, 59, tzinfo=UTC), datetime(2025, 9, 30, 16, 1, tzinfo=UTC), NOW)
    ):
        crawl = crawled(database, at)
        store_article(database, article(number), seen_at=at, crawl_id=crawl)
    days = {day.day: day.new for day in seen(path).facts.days}
    assert (days["2025-10-01"], days["2025-09-30"], days["2025-09-29"]) == (2, 1, 0)
    assert len(days) == 14


def test_completeness_says_what_is_missing_and_why(path: Path, database: Database) -> None:
    crawl = crawled(database, NOW)
    found(database, *range(10))
    found(database, 20, day="2025-09-30")
    found(database, 21, day="2025-01-01")
    for number in (0, 1, 2, 3):
        store_article(database, article(number), seen_at=NOW, crawl_id=crawl)
    mark_gone(database, url(3), now=NOW)  # its text is kept: archived
    mark_gone(database, url(4), now=NOW)
    mark(database, url(5), "pending", error="timeout", now=NOW)
    mark(database, url(6), "failed", error="timeout", now=NOW)
    mark(database, url(7), "pending", error="before_since", detail="2025-09-01", now=NOW)
    quarantine_page(database, Page(url=url(8), body=b"x"), "soft_404", seen_at=NOW)
    today, yesterday, *_ = seen(path).facts.days
    assert (today.dated, today.archived) == (9, 4)
    assert today.missing == {"timeout": 2, "gone": 1, "pending": 1, "soft_404": 1}
    assert (yesterday.dated, yesterday.archived, yesterday.missing) == (1, 0, {"pending": 1})


def test_pending_by_age_and_failures_by_class(path: Path, database: Database) -> None:
    for number, age in enumerate((0, 2, 30, 200)):
        found(database, number, at=NOW - timedelta(hours=age))
    found(database, 10, how="related")
    mark(database, url(2), "pending", error="timeout", detail="late", due_at=NOW + HALF_HOUR, now=NOW)
    mark(database, url(3), "failed", error="timeout", detail="too late", now=NOW - timedelta(hours=1))
    looked = seen(path).facts
    assert looked.pending.ages == {"under an hour": 2, "under a day": 1, "under a week": 1, "older": 0}
    assert (looked.pending.total, looked.pending.due, looked.pending.related) == (4, 3, 1)
    assert (looked.pending.oldest_url, looked.pending.untouched) == (url(2), 0)
    (failures,) = looked.failures
    assert (failures.error, failures.pending, failures.failed) == ("timeout", 1, 1)
    assert (failures.url, failures.detail) == (url(3), "too late")
    assert failures.since == "2025-09-29T22:00:00+00:00"


def test_revisits_and_quarantine(path: Path, database: Database) -> None:
    for number in range(3):
        store_article(database, article(number), seen_at=NOW)
    for number, due in ((0, NOW), (1, NOW + HALF_HOUR)):
        database.execute("update ledger set due_at = ? where url = ?", [due.isoformat(), url(number)])
    database.execute("update ledger set due_at = null where url = ?", [url(2)])
    database.conn.commit()
    quarantine_page(database, Page(url=url(8), body=b"x"), "soft_404", seen_at=NOW - timedelta(days=2))
    looked = seen(path).facts
    assert (looked.revisits.due, looked.revisits.waiting) == (1, 1)
    assert looked.revisits.next_at == (NOW + HALF_HOUR).isoformat()
    assert (looked.quarantine.total, looked.quarantine.by_day[:3]) == (1, [0, 0, 1])


def test_growth_is_by_whole_days(path: Path, database: Database) -> None:
    for number in range(6):
        at = NOW - timedelta(days=1 + number % 2)
        store_article(database, article(number), seen_at=at, crawl_id=crawled(database, at))
    looked = seen(path)
    assert looked.new_per_day == 3
    assert looked.growth_per_day == pytest.approx(2**24 / 2)


# What needs a person


def test_a_healthy_archive_needs_nobody(path: Path, database: Database) -> None:
    crawl = history(database)
    store_article(database, article(1), seen_at=NOW, crawl_id=crawl)
    mark(database, url(2), "pending", error="timeout", now=NOW - timedelta(days=5))
    assert wanted(path) == []
    assert wanted(path, NOW + timedelta(hours=2)) == [], "late is not silent"


def test_an_archive_without_crawls_needs_nobody(path: Path, database: Database) -> None:
    assert wanted(path) == []


@pytest.mark.parametrize("code", [1, 3, 5])
def test_a_crawl_that_ended_badly(path: Path, database: Database, code: int) -> None:
    history(database)
    crawled(database, NOW - HALF_HOUR, exit_code=code, reason="archive_error")
    (sentence,) = wanted(path)
    assert f"code {code}" in sentence
    crawled(database, NOW)
    assert wanted(path) == []


@pytest.mark.parametrize("code", [0, 4, 130])
def test_other_endings_pass_by_themselves(path: Path, database: Database, code: int) -> None:
    history(database)
    crawled(database, NOW - HALF_HOUR, exit_code=code)
    assert wanted(path) == []


def test_dying_once_is_an_accident_twice_a_need(path: Path, database: Database) -> None:
    history(database)
    for at in (NOW - HALF_HOUR, NOW):
        begin_crawl(database, "itbear", "{}", now=at, pid=1, host="here")
    (sentence,) = wanted(path, NOW + HALF_HOUR)
    assert "died" in sentence
    database.execute("delete from crawl_runs where id = (select max(id) from crawl_runs)")
    database.conn.commit()
    assert wanted(path) == []


def test_silence_is_measured_by_the_archives_own_habit(path: Path, database: Database) -> None:
    history(database)
    (sentence,) = wanted(path, NOW + timedelta(hours=4))
    assert "no successful crawl for 4 h 28 min" in sentence
    assert "every 30 min" in sentence
    database.execute("delete from crawl_runs where id % 48 <> 0")
    database.conn.commit()
    assert wanted(path, NOW + timedelta(hours=70)) == [], "once a day is usual here"


def test_failures_that_last_and_failures_that_rise(path: Path, database: Database) -> None:
    history(database)
    old = NOW - timedelta(days=4)
    found(database, *range(4), at=old)
    for number in range(4):
        mark(database, url(number), "pending", error="tls", now=old)
    assert wanted(path) == [], "four pages of a site may well be broken"
    mark(database, url(4), "pending", error="tls", now=old)
    (sentence,) = wanted(path)
    assert "5 addresses failed with tls" in sentence
    assert "since 2025-09-27 12:00" in sentence
    database.execute("update ledger set state = 'failed', changed_at = '2025-01-01T00:00:00+00:00'")
    database.conn.commit()
    assert wanted(path) == [], "given up long ago: history"


def test_a_class_that_rises(path: Path, database: Database) -> None:
    history(database)
    mark_many(database, "reset", 20)
    stats = json.dumps({f"{facts.FAILURE_STAT}reset": 20})
    database.execute("update crawl_runs set failed = 20, stats = ? where id = 192", [stats])
    database.conn.commit()
    (sentence,) = wanted(path)
    assert "reset" in sentence
    assert "rising: 20 in 24 hours, 0.0 a day before" in sentence
    usual = json.dumps({f"{facts.FAILURE_STAT}reset": 1})
    database.execute("update crawl_runs set failed = 1, stats = ? where id < 150", [usual])
    database.conn.commit()
    assert wanted(path) == []


def mark_many(database: Database, error: str, count: int) -> None:
    for number in range(count):
        mark(database, url(1000 + number), "pending", error=error, now=NOW)


def test_what_is_never_tried(path: Path, database: Database) -> None:
    history(database)
    found(database, 1, at=NOW - timedelta(days=8))
    (sentence,) = wanted(path)
    assert "1 address" in sentence
    assert "never tried" in sentence
    (need,) = rules.needs(seen(path))
    assert need.command.startswith("scrapy crawl itbear -s")
    database.execute("update crawl_runs set spider = 'techradar' where id % 2")
    database.conn.commit()
    (need,) = rules.needs(seen(path))
    assert need.command.startswith("scrapy crawl SPIDER -s"), "whose addresses they are nobody knows"
    database.execute("update crawl_runs set spider = 'techradar'")
    database.conn.commit()
    (need,) = rules.needs(seen(path))
    assert need.command.startswith("scrapy crawl techradar -s")
    database.execute("update ledger set discovered_as = 'related'")
    database.conn.commit()
    assert wanted(path) == [], "related items have a budget of their own"


def test_quarantine_that_grows(path: Path, database: Database) -> None:
    history(database)
    for number in range(12):
        quarantine_page(database, Page(url=url(number), body=b"x"), "no_body", seen_at=NOW)
    (sentence,) = wanted(path)
    assert "12 pages in 24 hours" in sentence
    for number in range(300):
        store_article(database, article(500 + number), seen_at=NOW, crawl_id=192)
    assert wanted(path) == [], "twelve beside three hundred articles are no new layout"


def test_a_full_disk_and_a_log_that_grows(path: Path, database: Database) -> None:
    history(database)
    (sentence,) = wanted(path, files=Files(2**24, 0, 0, free=2**29))
    assert "512 MiB free" in sentence
    (sentence,) = wanted(path, files=Files(2**24, 2**31, 0, free=2**40))
    assert "write-ahead log has grown to 2.0 GiB" in sentence
    for number in range(4):
        at = NOW - timedelta(days=1)
        store_article(database, article(number), seen_at=at, crawl_id=100)
    (sentence,) = wanted(path, files=Files(2**33, 0, 0, free=2**35))
    assert "room for 4 days" in sentence


def test_a_holder_without_a_sign_of_life(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWLER_NOW", NOW.isoformat())
    history(database, NOW - HALF_HOUR)
    with ArchiveLock(path, command="scrapy crawl itbear"):
        crawl = begin_crawl(database, "itbear", "{}", now=NOW, pid=os.getpid(), host="here")
        heartbeat(database, crawl, now=NOW + timedelta(minutes=5))
        assert wanted(path, NOW + timedelta(minutes=15)) == []
        (need,) = rules.needs(seen(path, NOW + timedelta(minutes=25)))
        assert "scrapy crawl itbear" in need.sentence
        assert need.command.startswith(f"kill {os.getpid()} ")
        lines = list(report.as_text(seen(path, NOW + timedelta(minutes=6)), []))
        assert any(line.endswith("  running") for line in lines)
    assert wanted(path, NOW + timedelta(minutes=25)) == [], "dead, not hanging: the next crawl closes its row"
    lock.lock_path(path).write_text("not JSON")
    assert look(path, now=NOW).holder is None


def test_every_ending_is_one_of_the_contract() -> None:
    assert set(rules.ENDINGS) <= set(report.ENDINGS) <= set(MEANING)


# The command


def test_the_screen_fits_and_the_code_says_whether_a_person_is_needed(path: Path, database: Database) -> None:
    crawl = history(database, days=2)
    found(database, 1, 2, 3, 4)
    store_article(database, article(1), seen_at=NOW, crawl_id=crawl)
    for number, error in ((2, "timeout"), (3, "http_5xx")):
        mark(database, url(number), "pending", error=error, detail="d" * 200, now=NOW)
    quarantine_page(database, Page(url=url(4), body=b"x"), "soft_404", seen_at=NOW)
    database.conn.close()
    well = run("status", cwd=path.parent, NEWSCRAWLER_NOW=NOW.isoformat())
    assert (well.returncode, well.stderr) == (0, "")
    assert all(width(line) <= 80 for line in well.stdout.splitlines())
    assert len(well.stdout.splitlines()) < 40
    for words in (
        "archive.db: 1 article, 2025-10-01 to 2025-10-01",
        "It is 2025-10-01 12:00 in Asia/Shanghai",
        "Usually one every 30 min",
        "25.0%  1 http_5xx, 1 soft_404, 1 t",
        "Pending    2, 2 due now: 2 under an hour",
        "Failing    1 timeout",
        "Quarantine 1 page; this week 1 soft_404",
        "Nothing needs a person.",
    ):
        assert words in well.stdout, words
    quiet = run("status", "--quiet", cwd=path.parent, NEWSCRAWLER_NOW=NOW.isoformat())
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    late = (NOW + timedelta(days=1)).isoformat()
    ill = run("status", "--quiet", cwd=path.parent, NEWSCRAWLER_NOW=late)
    assert ill.returncode == 1
    assert ill.stdout.startswith("NEEDS A PERSON: itbear has had no successful crawl for 24 h")
    assert "  -> scrapy crawl itbear   #" in ill.stdout
    other = run("status", "--quiet", "--archive", str(path), cwd=path.parent, NEWSCRAWLER_NOW=late)
    assert f"  -> scrapy crawl itbear -s ARCHIVE_PATH={path}   #" in other.stdout
    said = run("status", "--json", cwd=path.parent, NEWSCRAWLER_NOW=late)
    assert said.returncode == 1
    whole = json.loads(said.stdout)
    assert whole["needs_a_person"][0]["command"].startswith("scrapy crawl itbear")
    assert whole["days"][1]["missing"] == {"http_5xx": 1, "soft_404": 1, "timeout": 1}
    assert whole["files"]["database"] == path.stat().st_size


def test_it_takes_no_lock_and_reads_beside_a_writer(path: Path, database: Database) -> None:
    crawled(database, NOW)
    with ArchiveLock(path):
        database.execute("begin immediate")
        database.execute("update crawl_runs set new = 7")
        done = run("status", cwd=path.parent, NEWSCRAWLER_NOW=NOW.isoformat())
        assert (done.returncode, done.stderr) == (0, "")
        database.execute("rollback")


def test_no_archive_is_code_2_and_makes_none(tmp_path: Path) -> None:
    done = run("status", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "archive.db does not exist" in done.stderr
    assert not list(tmp_path.iterdir())
    (tmp_path / "archive.db").write_text("no database, whatever its name says" * 30)
    assert run("status", cwd=tmp_path).returncode == 1


def test_an_archive_without_anything(path: Path, database: Database) -> None:
    text = "\n".join(report.as_text(seen(path), []))
    assert "No crawl yet. Start one: scrapy crawl itbear" in text


def test_no_query_walks_a_large_table(path: Path, database: Database) -> None:
    steps: list[str] = []
    database.conn.set_trace_callback(steps.append)
    moment = NOW.isoformat()
    facts.gather(database, now=NOW, zone=report.ZONE, limits=facts.Limits(moment, moment, moment))
    database.conn.set_trace_callback(None)
    asked = [step for step in steps if step.upper().startswith("SELECT")]
    assert len(asked) > 10
    for query in asked:
        plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}")]
        walked = [step for step in plan if step.startswith("SCAN") and "COVERING INDEX" not in step]
        small = ("crawl_runs", "sites", "quarantine", "SCAN articles USING INDEX idx_articles_published_date")
        small += ("idx_troubles_open",)  # of those that last alone
        assert all(any(name in step for name in small) for step in walked), (query, plan)


def test_words() -> None:
    assert [span(seconds) for seconds in (5, 119, 120, 7200, 12000, 200_000)] == [
        "5 s", "119 s", "2 min", "2 h", "3 h 20 min", "2 days",
    ]  # fmt: skip
    assert [size(octets) for octets in (7, 16_800, 2**30 * 2.1)] == ["7 B", "16.4 KiB", "2.1 GiB"]
    assert (cut("固态电池 与\n机器人", 10), cut("短", 2)) == ("固态电池…", "短")
    assert fit("  a", 3) == "  a"


def test_commands_name_the_archive_that_is_not_the_usual_one() -> None:
    command = "newscrawler try URL   # then: newscrawler retry timeout"
    assert for_archive(command, None) == command
    assert for_archive(command, "my news.db") == f"{command} --archive 'my news.db'"
    look = "newscrawler ledger --state quarantined   # as it should be: newscrawler troubles --accept 3"
    assert for_archive(look, "b.db").count("--archive b.db") == 2
    assert for_archive("journalctl --since -2d", "b.db") == "journalctl --since -2d"
