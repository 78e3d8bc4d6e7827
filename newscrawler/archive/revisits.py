"""Archived articles looked at again: not changed (304), or not to be had this time. The text stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive import schedule
from newscrawler.archive.related import NEWEST
from newscrawler.archive.rows import transaction
from newscrawler.items import DEFAULT_ZONE


def due_after(
    connection: sqlite3.Connection, article_id: int, now: datetime, after: Sequence[timedelta], zone: str
) -> str | None:
    """When the archived article is to be looked at again after a visit ``now``; None: never."""
    if not after:
        return None
    published_at, precision, first_seen_at = connection.execute(
        "SELECT published_at, published_precision, first_seen_at FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    return schedule.next_visit(
        now, after, published_at=published_at, precision=precision, first_seen_at=first_seen_at, zone=zone
    )


def record_unmodified(
    database: Database,
    url: str,
    *,
    seen_at: datetime,
    after: Sequence[timedelta],
    crawl_id: int | None = None,
    zone: str = DEFAULT_ZONE,
) -> bool:
    """The site says that the page at ``url`` is what we have (304): sighted and fetched at ``seen_at``.

    It is therefore there, if it was gone, and its related block was seen again too. ``after``: the moments
    of its revisits. False when there is no such article (nothing is written then).
    """
    now = clock.iso(seen_at)
    with transaction(database) as connection:
        row = connection.execute(
            "SELECT id FROM articles WHERE url_key = ?", (identity.key64(url),)
        ).fetchone()
        if row is None:
            return False
        connection.execute(
            "UPDATE sightings SET last_seen_at = max(last_seen_at, ?1),"
            " last_fetched_at = max(last_fetched_at, ?1), last_crawl_id = ?2 WHERE article_id = ?3",
            (now, crawl_id, row[0]),
        )
        connection.execute("UPDATE articles SET gone_at = NULL WHERE id = ? AND gone_at IS NOT NULL", row)
        connection.execute(
            "UPDATE absences SET back_at = ? WHERE article_id = ? AND back_at IS NULL", (now, row[0])
        )
        connection.execute(
            f"UPDATE blocks SET last_seen_at = max(last_seen_at, ?) WHERE id = ({NEWEST})",
            (now, row[0]),
        )
        connection.execute(
            "UPDATE ledger SET changed_at = CASE state WHEN 'unchanged' THEN changed_at ELSE ? END,"
            " state = 'unchanged', attempts = 0, last_error = NULL, detail = NULL, due_at = ?,"
            " last_crawl_id = ? WHERE url_key = ?",
            (now, due_after(connection, row[0], seen_at, after, zone), crawl_id, identity.key64(url)),
        )
    return True


def visit_failed(
    connection: sqlite3.Connection,
    url: str,
    error: str,
    detail: str,
    *,
    now: datetime,
    crawl_id: int | None,
    most: int = schedule.MOST_ATTEMPTS,
    not_before: datetime | None = None,
) -> bool:
    """An archived article could not be had at ``now``: it is looked at again later, ``most`` times in a row.

    Inside the caller's transaction. False, and nothing written, when the ledger does not say archived.
    """
    key = identity.key64(url)
    row = connection.execute(
        "SELECT attempts FROM ledger WHERE url_key = ? AND state IN ('archived', 'unchanged')", (key,)
    ).fetchone()
    if row is None:
        return False
    attempts = row[0] + 1
    due_at = clock.iso(schedule.retry_at(now, attempts, key, not_before)) if attempts < most else None
    connection.execute(
        "UPDATE ledger SET attempts = ?, last_error = ?, detail = ?, due_at = ?, last_crawl_id = ?"
        " WHERE url_key = ?",
        (attempts, error, detail, due_at, crawl_id, key),
    )
    return True
