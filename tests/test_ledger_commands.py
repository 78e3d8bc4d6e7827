"""``newscrawler ledger`` and ``retry``, as their readers try them, and the queries behind them."""

from __future__ import annotations

import ast
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawler.archive import ArchiveLock, open_archive, unstored
from newscrawler.archive.crawls import begin_crawl
from newscrawler.archive.ledger import Discovery, discover, lookup
from newscrawler.archive.ledger_list import ERROR_CLASSES, STATES, Entry, Wanted, count_by_state, entries
from newscrawler.archive.retry import RETRIED, retry
from newscrawler.archive.store import quarantine_page, store_article
from newscrawler.archive.visits import fail, mark, mark_gone
from newscrawler.extract import unfit
from newscrawler.items import Article, Page
from newscrawler.report import ledger as report
from tests.archives import url
from tests.conftest import ROOT, rows
from tests.conftest import newscrawler as run

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
LISTING = "https://www.itbear.com.cn/ai/"


def stored(number: int) -> Article:
    page = Page(url=url(number), body=b"")
    return Article(url=url(number), site="itbear", title="题", body="文" * 80, page=page)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """1 archived, 2 archived and gone, 3 gone, 4 timeout, 5 dns and given up, 6 no article, 7 untried."""
    path = tmp_path / "archive.db"
    with open_archive(path) as database:
        crawl = begin_crawl(database, "itbear", "{}", now=NOW, pid=1, host="here")
        found = [Discovery(url(n), "listing", LISTING, f"第{n}号", None, "2025-10-01") for n in range(1, 8)]
        discover(database, found, site="itbear", crawl_id=crawl, now=NOW)
        for number in (1, 2):
            store_article(database, stored(number), seen_at=NOW, crawl_id=crawl)
        for number in (2, 3):
            mark_gone(database, url(number), now=NOW, crawl_id=crawl)
        detail = "User timeout caused connection failure"
        timeout = {"error": "timeout", "detail": detail, "due_at": LATER}
        mark(database, url(4), "pending", now=NOW, crawl_id=crawl, **timeout)  # type: ignore[arg-type]
        mark(database, url(5), "failed", error="dns", detail="no such host", now=NOW, crawl_id=crawl)
        quarantine_page(database, Page(url=url(6), body=b"x"), "soft_404", seen_at=NOW, crawl_id=crawl)
    return path


@pytest.fixture
def opened(archive: Path) -> Iterator[Database]:
    with open_archive(archive) as database:
        yield database


def numbers(database: Database, wanted: Wanted, limit: int | None = None) -> list[int]:
    return [
        int(entry.url.rpartition("/")[2].removesuffix(".html")) for entry in entries(database, wanted, limit)
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), [7, 6, 5, 4, 3, 2, 1]),
        (Wanted(states=["pending"]), [7, 4]),
        (Wanted(states=["archived", "failed"]), [5, 1]),
        (Wanted(errors=["timeout", "soft_404"]), [6, 4]),
        (Wanted(sites=["itbear"], states=["gone"]), [3, 2]),
        (Wanted(sites=["elsewhere"]), []),
        (Wanted(text="/4.html"), [4]),
        (Wanted(text="http://m.itbear.com.cn/html/2025-09/4.html?from=x"), [4]),
        (Wanted(text="https://www.itbear.com.cn/html/2025-09"), [7, 6, 5, 4, 3, 2, 1]),
        (Wanted(text="100%"), []),
        (Wanted(due_at=NOW), [7]),
        (Wanted(due_at=LATER), [7, 4]),
    ],
)
def test_filters(opened: Database, wanted: Wanted, expected: list[int]) -> None:
    assert numbers(opened, wanted) == expected
    assert numbers(opened, wanted, 1) == expected[:1]
    assert sum(count_by_state(opened, wanted).values()) == len(expected)


def test_rows_in_words_fit_the_terminal(opened: Database) -> None:
    lines = list(report.as_text(entries(opened, Wanted()), now=NOW.isoformat(), columns=60))
    assert all(report.cut(line, 60) == " ".join(line.split()) for line in lines if line.startswith(" "))
    text = "\n".join(lines)
    assert "pending, 1 failure: timeout; due 2025-10-01 18:00" in text
    assert "User timeout caused connection failure" in text
    assert "failed, 1 failure: dns; since 2025-10-01 12:00" in text
    assert "found 2025-10-01 12:00 on https://www.itbear.com.cn/ai/" in text
    assert "第4号" in text
    counts = count_by_state(opened, Wanted())
    assert report.counted(counts, 2).startswith("7 addresses: pending 2, archived 1, gone 2, failed 1, quar")
    assert report.counted(counts, 2).endswith("2 shown, --limit 0 shows all")


def test_for_programs(archive: Path) -> None:
    table = run("ledger", "--state", "pending", cwd=archive.parent)
    assert (table.returncode, table.stderr) == (0, "")
    head, *lines = (line.split("\t") for line in table.stdout.splitlines())
    assert head == [field.name for field in fields(Entry)]
    assert [dict(zip(head, line, strict=True))["url"] for line in lines] == [url(7), url(4)]
    listed = run("ledger", "--error", "timeout", "--json", cwd=archive.parent)
    (row,) = json.loads(listed.stdout)
    assert (row["url"], row["attempts"], row["due_at"]) == (url(4), 1, "2025-10-01T10:00:00+00:00")
    none = run("ledger", "--url", "nowhere", "--json", cwd=archive.parent)
    assert (none.returncode, json.loads(none.stdout)) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["ledger", "--state", "penidng"], ["penidng", *STATES]),
        (["ledger", "--error", "timeuot"], ["timeuot", "timeout (1)", "dns (1)"]),
        (["ledger", "--site", "nowhere"], ["nowhere", "itbear"]),
        (["retry", "timeuot"], ["timeuot", "timeout (1)"]),
        (["retry", "--state", "archived"], ["archived", *RETRIED]),
        (["retry", "--url", url(99)], [url(99), "not in the ledger"]),
        (["retry"], ["timeout (1)", "--state"]),
    ],
)
def test_what_is_unknown_is_code_2_and_the_known_ones(
    archive: Path, arguments: list[str], named: list[str]
) -> None:
    before = archive.read_bytes()
    done = run(*arguments, cwd=archive.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert all(word in done.stderr for word in named), done.stderr
    assert archive.read_bytes() == before


@pytest.mark.parametrize("command", [["ledger"], ["retry", "timeout"], ["retry", "timeout", "--dry-run"]])
def test_without_an_archive(tmp_path: Path, command: list[str]) -> None:
    done = run(*command, cwd=tmp_path)
    assert done.returncode == 1
    assert "archive.db does not exist" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing was made, also no lock"


def test_retry_makes_a_class_due_and_changes_nothing_else(archive: Path) -> None:
    tables = [table["name"] for table in rows(archive, "select name from sqlite_master where type = 'table'")]
    others = {table: rows(archive, f"select * from {table}") for table in tables if table != "ledger"}
    before = {row["url"]: row for row in rows(archive, "select * from ledger")}
    done = run("retry", "timeout", "dns", cwd=archive.parent, NEWSCRAWLER_NOW=LATER.isoformat())
    assert done.returncode == 0, done.stderr
    assert "1  dns (failed)" in done.stdout
    assert "1  timeout (pending)" in done.stdout
    assert "2 addresses are due at once. To fetch them:\n  scrapy crawl itbear\n" in done.stdout
    after = {row["url"]: row for row in rows(archive, "select * from ledger")}
    for number, changed_at in ((4, NOW), (5, LATER)):
        wanted = {"state": "pending", "attempts": 0, "due_at": None, "changed_at": changed_at.isoformat()}
        assert after.pop(url(number)) == {**before.pop(url(number)), **wanted}
    assert after == before
    assert {table: rows(archive, f"select * from {table}") for table in others} == others
    again = run("retry", "timeout", "dns", cwd=archive.parent)
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing to do")


def test_a_dry_run_writes_nothing_and_takes_no_lock(archive: Path) -> None:
    before = archive.read_bytes()
    with ArchiveLock(archive):
        done = run("retry", "--state", "failed", "--dry-run", cwd=archive.parent)
    assert done.returncode == 0, done.stderr
    assert "1 address would be due at once. Nothing was written." in done.stdout
    assert archive.read_bytes() == before


def test_retry_of_what_is_archived_is_a_revisit(opened: Database) -> None:
    done = retry(opened, Wanted(states=["gone"]), now=LATER)
    assert [(k.state, k.error, k.addresses, k.revisits) for k in done.kinds] == [("gone", None, 2, 1)]
    had, not_had = (lookup(opened, [url(n)])[url(n)] for n in (2, 3))
    assert (had.state, had.due_at, had.changed_at) == ("unchanged", LATER.isoformat(), LATER.isoformat())
    assert (not_had.state, not_had.due_at, not_had.attempts) == ("pending", None, 0)
    (news,) = opened.query("select * from news where url = ?", [url(2)])
    assert (news["gone_at"], news["body"]) == (NOW.isoformat(), "文" * 80)
    assert opened.table("absences").count_where("back_at is null") == 1
    assert retry(opened, Wanted(states=["gone"]), now=LATER).addresses == 0


def test_retry_of_a_revisit_that_fails(opened: Database) -> None:
    fail(opened, url(1), error="timeout", detail="late", now=NOW)
    done = retry(opened, Wanted(errors=["timeout"]), now=LATER)
    assert {(k.state, k.addresses, k.revisits) for k in done.kinds} == {("archived", 1, 1), ("pending", 1, 0)}
    row = lookup(opened, [url(1)])[url(1)]
    assert (row.state, row.attempts, row.last_error) == ("archived", 0, None)
    assert (row.due_at, row.changed_at) == (LATER.isoformat(), NOW.isoformat())
    assert retry(opened, Wanted(sites=["itbear"], errors=["timeout"]), now=LATER).addresses == 0


def test_retry_by_address_in_any_form(opened: Database) -> None:
    mobile = url(6).replace("www.", "m.")
    assert retry(opened, Wanted(), [mobile, url(1)], now=LATER).addresses == 1, "1 is archived: not a failure"
    assert lookup(opened, [url(6)])[url(6)].state == "pending"
    assert retry(opened, Wanted(states=["failed"]), [url(4)], now=LATER).addresses == 0


def test_retry_while_a_crawl_runs_names_it(archive: Path) -> None:
    with ArchiveLock(archive, command="scrapy crawl itbear"):
        done = run("retry", "timeout", cwd=archive.parent)
    assert (done.returncode, done.stdout) == (75, "")
    assert "scrapy crawl itbear" in done.stderr
    assert done.stderr.count("\n") == 1
    assert rows(archive, "select attempts from ledger where url = ?", url(4)) == [{"attempts": 1}]


@pytest.mark.parametrize("command", [("retry", "timeout"), ("forget", "--yes", url(1))])
def test_another_program_that_writes_is_said(archive: Path, command: tuple[str, ...]) -> None:
    """One that knows nothing of our lock: a shell of SQLite, a script."""
    with closing(sqlite3.connect(archive, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = run(*command, cwd=archive.parent)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "archive.db is locked by another program" in done.stderr


def test_a_crawl_fetches_what_was_retried(tmp_path: Path) -> None:
    from newscrawler.replica import Replica
    from tests.conftest import crawl

    path = tmp_path / "archive.db"
    with Replica(articles=30, seed=2, faults=False, weight=1) as site:
        assert crawl(path, site=site).returncode == 0
        with open_archive(path) as database:
            lost = database.execute("select url from ledger order by id limit 1").fetchone()[0]
            mark(database, lost, "failed", error="timeout", now=NOW)
        assert run("retry", "timeout", cwd=tmp_path).returncode == 0
        assert crawl(path, site=site).returncode == 0
    assert rows(path, "select state, last_error from ledger where url = ?", lost) == [
        {"state": "unchanged", "last_error": None}
    ]


def test_every_class_has_words() -> None:
    reasons = ("EMPTY", "SOFT_404", "LOGIN_WALL", "NO_BODY", "NO_DATELINE", "CHARSET", "NOT_AN_ARTICLE")
    named = {getattr(unfit, name) for name in reasons} | {unstored.CLASS}
    source = ast.parse((ROOT / "newscrawler" / "crawl" / "failures.py").read_text(encoding="utf-8"))
    for node in ast.walk(source):
        if isinstance(node, ast.Assign | ast.AnnAssign) and "_BY_TYPE" in ast.unparse(node):
            pairs = [pair for pair in ast.walk(node) if isinstance(pair, ast.Tuple) and len(pair.elts) == 2]
            named |= {
                pair.elts[1].value
                for pair in pairs
                if isinstance(pair.elts[1], ast.Constant) and isinstance(pair.elts[1].value, str)
            }
    assert len(named) > 10
    assert named <= set(ERROR_CLASSES)


@pytest.mark.parametrize(
    "wanted", [Wanted(states=["pending", "failed"]), Wanted(states=["gone"], due_at=NOW)]
)
def test_few_are_found_by_an_index(opened: Database, wanted: Wanted) -> None:
    steps: list[str] = []
    opened.conn.set_trace_callback(steps.append)
    list(entries(opened, wanted, 20))
    opened.conn.set_trace_callback(None)
    plan = [row[3] for row in opened.execute(f"EXPLAIN QUERY PLAN {steps[0]}")]
    assert any("SEARCH l USING INDEX idx_ledger_state" in step for step in plan), plan


@pytest.mark.parametrize(
    ("table", "title", "facets", "said"),
    [
        ("ledger", "Ledger", ["state", "last_error"], "newscrawler retry"),
        ("crawl_runs", "Crawls", ["exit_code", "reason"], "Times in UTC"),
        ("channels", "Listing channels", [], "as far as it had to be"),
        ("quarantine", "Quarantine", ["reason"], "size in bytes"),
    ],
)
def test_tables_of_the_crawl_in_datasette(
    archive: Path, table: str, title: str, facets: list[str], said: str
) -> None:
    import asyncio

    from newscrawler.explore.server import archive_datasette

    datasette = archive_datasette(archive)
    try:
        html = asyncio.run(datasette.client.get(f"/archive/{table}")).text
        shown = asyncio.run(datasette.client.get(f"/archive/{table}.json")).json()
        home = asyncio.run(datasette.client.get("/archive")).text
    finally:
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()
    assert f'href="/archive/{table}"' in home
    assert title in html
    assert said in html
    assert list(shown["facet_results"]) == facets
