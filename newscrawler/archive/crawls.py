"""A row for every crawl, from its first moment on, so that one that died is seen too."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import failures
from newscrawler.archive.rows import transaction

INTERRUPTED = "interrupted"
"""The reason of a crawl that never came to its end: killed, power cut."""

IMPORT, REEXTRACT = NO_CRAWLS = ("import-warc", "reextract")
"""The ``spider`` of runs that fetched nothing: they took in others' pages, or those that were kept apart."""


def begin_crawl(
    database: Database,
    spider: str,
    arguments: str,
    *,
    now: datetime,
    pid: int,
    host: str,
    rules: str | None = None,
) -> int:
    """Add the row of a crawl that begins at ``now`` and return its id; ``arguments`` is JSON.

    ``rules``: the version of the rules that reads its pages.

    The caller holds the archive's lock, so every crawl still open is dead: it is closed as interrupted.
    """
    moment = clock.iso(now)
    with transaction(database) as connection:
        close_dead_crawls(connection, moment)
        failures.drop_old(connection, now)
        row = connection.execute(
            "INSERT INTO crawl_runs(started_at, alive_at, spider, arguments, pid, host, rules)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (moment, moment, spider, arguments, pid, host, rules),
        ).fetchone()
    return int(row[0])


def close_dead_crawls(connection: sqlite3.Connection, now: str) -> int:
    """End every open crawl at its last sign of life (at most ``now``); returns how many there were.

    Never before it began, whatever the clock did meanwhile. Its new articles are counted from the
    articles themselves; the other counts died with it.
    """
    return connection.execute(
        "UPDATE crawl_runs SET reason = ?1, finished_at = max(started_at, min(?2, max(coalesce(alive_at, ''),"
        " coalesce((SELECT max(first_seen_at) FROM articles WHERE first_crawl_id = crawl_runs.id), '')))),"
        " new = (SELECT count(*) FROM articles WHERE first_crawl_id = crawl_runs.id)"
        " WHERE finished_at IS NULL",
        (INTERRUPTED, now),
    ).rowcount


def last_before(connection: sqlite3.Connection, moment: str) -> int:
    """The id of the last crawl that began before ``moment`` (ISO 8601 UTC); 0: there is none.

    After some years crawls are a hundred thousand rows, with their statistics; the newest come first.
    """
    row = connection.execute(
        "SELECT id FROM crawl_runs WHERE started_at < ? ORDER BY id DESC LIMIT 1", (moment,)
    ).fetchone()
    return int(row[0]) if row else 0


def began_at(database: Database, crawl_id: int) -> str:
    """When a crawl began (ISO 8601 UTC)."""
    row = database.conn.execute("SELECT started_at FROM crawl_runs WHERE id = ?", (crawl_id,)).fetchone()
    return str(row[0])


def heartbeat(database: Database, crawl_id: int, *, now: datetime) -> None:
    """The crawl is alive: should it die, this is when it ended."""
    with transaction(database) as connection:
        connection.execute(
            "UPDATE crawl_runs SET alive_at = max(coalesce(alive_at, ''), ?) WHERE id = ?",
            (clock.iso(now), crawl_id),
        )


def finish_crawl(
    database: Database,
    crawl_id: int,
    *,
    reason: str,
    requests: int,
    new: int,
    updated: int,
    unchanged: int,
    failed: int,
    quarantined: int,
    exit_code: int,
    stats_json: str | None = None,
    now: datetime,
) -> None:
    """Close the row of crawl ``crawl_id``; ``failed`` and the other counts are of distinct addresses.

    A clock that was set back meanwhile ends it at its beginning, not before.
    """
    moment = clock.iso(now)
    with transaction(database) as connection:
        connection.execute(
            "UPDATE crawl_runs SET finished_at = max(started_at, ?), alive_at = ?, reason = ?, requests = ?,"
            " new = ?, updated = ?, unchanged = ?, failed = ?, quarantined = ?, exit_code = ?, stats = ?"
            " WHERE id = ?",
            (
                *(moment, moment, reason, requests, new, updated, unchanged, failed, quarantined),
                *(exit_code, stats_json, crawl_id),
            ),
        )
