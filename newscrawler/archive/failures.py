"""What failed in each crawl: a row for each class and address, written in the transaction that notes it.

The ledger says how an address stands now, and forgets why it failed once it is had; this says what a
crawl met. Rows are kept for KEPT_DAYS.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive.rows import transaction

Kind = Literal["article", "listing"]

KEPT_DAYS = 90
"""An address fails at most 14 times in a row, a listing once a crawl: so much is little."""


@dataclass(frozen=True, slots=True)
class Failed:
    """One address that failed in one crawl."""

    crawl: int
    failed_at: str
    """ISO 8601 UTC."""
    error: str
    """Its class, one of newscrawler.archive.ledger_list.ERROR_CLASSES."""
    kind: Kind
    url: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many addresses failed in one way in one crawl."""

    crawl: int
    started_at: str
    """ISO 8601 UTC."""
    error: str
    addresses: int


def note(
    connection: sqlite3.Connection,
    crawl_id: int | None,
    error: str,
    url: str,
    detail: str | None,
    now: str,
    kind: Kind = "article",
) -> None:
    """``url`` failed in this crawl; inside the caller's transaction. Without a crawl nothing is noted.

    The same class of the same address counts once a crawl, with what was said last.
    """
    if crawl_id is None:
        return
    connection.execute(
        "INSERT INTO failures(crawl_id, class, url, kind, detail, failed_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET detail = excluded.detail, failed_at = excluded.failed_at",
        (crawl_id, error, url, kind, detail or None, now),
    )


def note_listing(
    database: Database, crawl_id: int | None, error: str, url: str, detail: str, *, now: datetime
) -> None:
    """The listing at ``url`` could not be read; every crawl asks for it again."""
    with transaction(database) as connection:
        note(connection, crawl_id, error, url, detail, clock.iso(now), "listing")


def drop_old(connection: sqlite3.Connection, now: datetime) -> None:
    """Take out the rows of crawls that began more than KEPT_DAYS ago: looked for from the oldest kept on."""
    connection.execute(
        "DELETE FROM failures WHERE crawl_id < (SELECT id FROM crawl_runs"
        " WHERE id >= (SELECT min(crawl_id) FROM failures) AND started_at >= ? ORDER BY id LIMIT 1)",
        (clock.iso(now - timedelta(days=KEPT_DAYS)),),
    )


def last_crawl(database: Database) -> int | None:
    """The newest crawl; None before the first."""
    found: int | None = database.conn.execute("SELECT max(id) FROM crawl_runs").fetchone()[0]
    return found


def failed(
    database: Database,
    errors: Sequence[str] = (),
    crawl: int | None = None,
    limit: int | None = None,
) -> Iterator[Failed]:
    """What failed, the newest crawl first; ``errors`` and ``crawl`` restrict it."""
    where, values = _where(errors, crawl)
    rows = database.conn.execute(
        f"SELECT crawl_id, failed_at, class, kind, url, detail FROM failures{where}"
        " ORDER BY crawl_id DESC, class, url LIMIT ?",
        [*values, -1 if limit is None else limit],
    )
    return (Failed(*row) for row in rows)


def counts(
    database: Database,
    errors: Sequence[str] = (),
    crawl: int | None = None,
    limit: int | None = None,
) -> list[Counted]:
    """How many addresses failed in each crawl and class, the newest crawl first, then the most."""
    where, values = _where(errors, crawl)
    rows = database.conn.execute(
        "SELECT f.crawl_id, (SELECT started_at FROM crawl_runs WHERE id = f.crawl_id), f.class, count(*)"
        f" FROM failures f{where} GROUP BY f.crawl_id, f.class"
        " ORDER BY f.crawl_id DESC, count(*) DESC, f.class LIMIT ?",
        [*values, -1 if limit is None else limit],
    )
    return [Counted(*row) for row in rows]


def _where(errors: Sequence[str], crawl: int | None) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    if errors:
        parts.append(f"class IN ({','.join('?' * len(errors))})")
        values.extend(errors)
    if crawl is not None:
        parts.append("crawl_id = ?")
        values.append(crawl)
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def forget(connection: sqlite3.Connection, urls: Iterable[str]) -> None:
    """Take out what is said of these addresses."""
    connection.executemany("DELETE FROM failures WHERE url = ?", [(url,) for url in urls])
