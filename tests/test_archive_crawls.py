"""Crawls are a row each, for ever: what is asked of them does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import absent, failures, open_archive, yields
from newscrawler.archive.crawls import last_before
from newscrawler.archive.rows import transaction

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
CRAWLS = 3000
"""The last of them a minute before NOW, one every half hour."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_archive(tmp_path / "archive.db") as database:
        with transaction(database) as connection:
            connection.executemany(
                "INSERT INTO crawl_runs(started_at, spider, arguments) VALUES (?, 'itbear', '{}')",
                ((began(number),) for number in range(1, CRAWLS + 1)),
            )
        yield database


def began(crawl: int) -> str:
    return clock.iso(NOW - timedelta(minutes=1 + 30 * (CRAWLS - crawl)))


def test_the_last_crawl_before_a_moment(database: Database) -> None:
    assert last_before(database.conn, began(2999)) == 2998
    assert last_before(database.conn, began(1)) == 0
    assert last_before(database.conn, clock.iso(NOW)) == CRAWLS
    assert yields.begun_since(database, began(2998)) == [began(number) for number in (2998, 2999, 3000)]


def test_failures_go_after_ninety_days(database: Database) -> None:
    for crawl in (1, 2000, CRAWLS):
        failures.note(database.conn, crawl, "timeout", "https://a.example/1", None, began(crawl))
    failures.drop_old(database.conn, NOW)
    assert [row.crawl for row in failures.failed(database)] == [CRAWLS, 2000, 1]
    failures.drop_old(database.conn, NOW + timedelta(days=60))
    assert [row.crawl for row in failures.failed(database)] == [CRAWLS, 2000]
    failures.drop_old(database.conn, NOW + timedelta(days=80))
    assert [row.crawl for row in failures.failed(database)] == [CRAWLS]


@pytest.mark.parametrize(
    "ask",
    [
        lambda database: failures.drop_old(database.conn, NOW + timedelta(days=60)),
        lambda database: yields.begun_since(database, began(CRAWLS - 3)),
        lambda database: absent.asked_since(database, NOW - timedelta(hours=2)),
    ],
    ids=["drop_old", "begun_since", "asked_since"],
)
def test_what_each_crawl_asks_of_those_before_is_soon_answered(
    database: Database, ask: Callable[[Database], object]
) -> None:
    """Steps of SQLite's machine: a row that is looked at costs some."""
    failures.note(database.conn, CRAWLS - 1, "timeout", "https://a.example/1", None, began(CRAWLS - 1))
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    database.conn.set_progress_handler(count, 1)
    ask(database)
    assert steps < CRAWLS
