"""What became of an address that was visited: written into its row of the ledger."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive import failures, schedule
from newscrawler.archive.absent import appeared
from newscrawler.archive.ledger import BEFORE_SINCE, RECHECK, State, lookup
from newscrawler.archive.revisits import visit_failed
from newscrawler.archive.rows import site_id, transaction
from newscrawler.archive.tombstones import FORGOTTEN

Settled = Literal["archived", "unchanged", "quarantined"]


def mark(
    database: Database,
    url: str,
    state: State,
    *,
    error: str | None = None,
    detail: str | None = None,
    due_at: datetime | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    now: datetime,
    crawl_id: int | None = None,
) -> None:
    """Write what became of the canonical address ``url``; it is added when the ledger does not know it.

    With ``error`` (its class) it counts as a failed attempt; without, and for what is merely older than
    ``since``, the attempts start again at 0. A failed visit is fail()'s to write.
    ``due_at``: not to be visited before. Validators are kept when none are given.
    Raises ValueError for ``archived``: only storing the article may say so.
    """
    if state == "archived":
        raise ValueError("only store_article() writes 'archived', in the article's transaction")
    moment = clock.iso(now)
    with transaction(database) as connection:
        connection.execute(
            "INSERT INTO ledger(url_key, url, site_id, state, discovered_at, discovered_as, "
            "first_crawl_id, attempts,"
            " last_error, detail, due_at, etag, last_modified, changed_at, last_crawl_id)"
            " VALUES (?, ?, ?, ?, ?, 'start', ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT(url_key) DO UPDATE SET state = excluded.state,"
            " attempts = CASE WHEN excluded.attempts = 0 THEN 0 ELSE attempts + 1 END,"
            " last_error = excluded.last_error, detail = excluded.detail, due_at = excluded.due_at,"
            " etag = coalesce(excluded.etag, etag), last_modified = "
            "coalesce(excluded.last_modified, last_modified),"
            " changed_at = CASE WHEN state = excluded.state THEN changed_at ELSE excluded.changed_at END,"
            " last_crawl_id = excluded.last_crawl_id",
            (
                *(
                    identity.key64(url),
                    url,
                    site_id(connection, identity.site_of(url)),
                    state,
                    moment,
                    crawl_id,
                ),
                *(
                    int(error not in {None, BEFORE_SINCE}),
                    error,
                    detail,
                    clock.iso(due_at) if due_at else None,
                ),
                *(etag, last_modified, moment, crawl_id),
            ),
        )
        appeared(connection, [url])


def fail(
    database: Database,
    url: str,
    *,
    error: str,
    detail: str,
    disallowed: bool = False,
    not_before: datetime | None = None,
    most: int = schedule.MOST_ATTEMPTS,
    now: datetime,
    crawl_id: int | None = None,
) -> None:
    """A visit of the canonical address ``url`` failed: when it is tried again (archive/schedule.py).

    It is pending until then, and ``failed`` after ``most`` failures in a row; what robots.txt forbids
    (``disallowed``) may be tried again after RECHECK. An archived article stays archived: only its next
    revisit moves. ``not_before``: what the site asked for.
    """
    with transaction(database) as connection:
        row = lookup(database, [url]).get(url)
        if not (disallowed and row is not None and row.state == "disallowed"):  # said once
            failures.note(connection, crawl_id, error, url, detail, clock.iso(now))
        if visit_failed(
            connection,
            url,
            *(error, detail),
            now=now,
            crawl_id=crawl_id,
            most=most,
            not_before=not_before,
        ):
            return
        attempts = (row.attempts if row else 0) + 1
        state: State = "pending"
        due_at: datetime | None = schedule.retry_at(now, attempts, identity.key64(url), not_before)
        if disallowed:
            state, due_at = "disallowed", now + RECHECK
        elif attempts >= most:
            state, due_at = "failed", None
        mark(database, url, state, error=error, detail=detail, due_at=due_at, now=now, crawl_id=crawl_id)


def mark_gone(database: Database, url: str, *, now: datetime, crawl_id: int | None = None) -> None:
    """The site no longer has ``url`` (404, 410): the ledger says so, and the article, when there is one.

    The text stays. The first time it was found gone is kept; storing the article again ends the absence.
    """
    moment = clock.iso(now)
    with transaction(database) as connection:
        mark(database, url, "gone", due_at=now + RECHECK, now=now, crawl_id=crawl_id)
        row = connection.execute(
            "UPDATE articles SET gone_at = ? WHERE url_key = ? AND gone_at IS NULL RETURNING id",
            (moment, identity.key64(url)),
        ).fetchone()
        if row is not None:
            connection.execute("INSERT INTO absences(article_id, gone_at) VALUES (?, ?)", (row[0], moment))


def keep_gone(connection: sqlite3.Connection, url: str, article_id: int, seen_at: str) -> None:
    """An article that is imported as of ``seen_at``: gone, when the site was found without it after that."""
    row = connection.execute(
        "SELECT changed_at FROM ledger WHERE url_key = ? AND state = 'gone' AND changed_at > ?",
        (identity.key64(url), seen_at),
    ).fetchone()
    if row is not None:
        connection.execute("UPDATE articles SET gone_at = ? WHERE id = ?", (row[0], article_id))
        connection.execute("INSERT INTO absences(article_id, gone_at) VALUES (?, ?)", (article_id, row[0]))


def knows_better(connection: sqlite3.Connection, url: str, seen_at: str) -> bool:
    """Whether ``url`` was an article, or became what it is in the ledger after ``seen_at``."""
    row = connection.execute(
        "SELECT 1 FROM ledger WHERE url_key = ?"
        " AND (state IN ('archived', 'unchanged') OR (state <> 'pending' AND changed_at > ?))",
        (identity.key64(url), seen_at),
    ).fetchone()
    return row is not None


def settle(
    connection: sqlite3.Connection,
    url: str,
    site: int,
    state: Settled,
    now: str,
    crawl_id: int | None,
    *,
    error: str | None = None,
    detail: str | None = None,
    due_at: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """For the storing modules, inside their transaction: ``url`` reached ``state`` at ``now`` (ISO 8601 UTC).

    Writes nothing when the ledger says so already. ``site`` is the id in ``sites``. ``etag`` and
    ``last_modified`` are of this very answer: what it did not say is forgotten. An archived article that
    is unfit today (``quarantined``) stays archived, and is looked at again as after a failure.
    """
    if state == "quarantined" and visit_failed(
        connection, url, error or state, detail or "", now=datetime.fromisoformat(now), crawl_id=crawl_id
    ):
        return
    connection.execute(
        "INSERT INTO ledger(url_key, url, site_id, state, discovered_at, discovered_as, "
        "first_crawl_id, last_error, detail, due_at, changed_at, last_crawl_id, etag, last_modified)"
        " VALUES (?, ?, ?, ?, ?, 'start', ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(url_key) DO UPDATE SET state = excluded.state, attempts = 0,"
        " last_error = excluded.last_error, detail = excluded.detail, due_at = excluded.due_at,"
        " etag = excluded.etag, last_modified = excluded.last_modified,"
        " changed_at = CASE WHEN state = excluded.state THEN changed_at ELSE excluded.changed_at END,"
        " last_crawl_id = excluded.last_crawl_id"
        " WHERE state <> excluded.state OR last_error IS NOT excluded.last_error"
        " OR due_at IS NOT excluded.due_at OR attempts <> 0"
        " OR etag IS NOT excluded.etag OR last_modified IS NOT excluded.last_modified",
        (
            *(identity.key64(url), url, site, state, now, crawl_id, error, detail, due_at, now, crawl_id),
            *(etag, last_modified),
        ),
    )
    appeared(connection, [url])


def settle_alias(
    connection: sqlite3.Connection, url: str, led_to: str, state: Settled, now: str, crawl_id: int | None
) -> None:
    """The same for an address that led to another one, ``led_to``, which has just been settled.

    Never adds a row. No article, and not had before: it is tried again when that page is, since what is
    only shown for now (maintenance) must not cost the article. An archived article stays archived, and is
    looked at again when the other one is.
    """
    error, due_at = connection.execute(
        "SELECT last_error, due_at FROM ledger WHERE url_key = ?", (identity.key64(led_to),)
    ).fetchone() or (None, None)
    detail, moment = f"leads to {led_to}", datetime.fromisoformat(now)
    if state == "quarantined":
        if visit_failed(connection, url, error or state, detail, now=moment, crawl_id=crawl_id):
            return
        due_at = clock.iso(moment + RECHECK)
    connection.execute(
        "UPDATE ledger SET attempts = 0, last_error = ?1, detail = ?2, last_crawl_id = ?3,"
        " due_at = CASE WHEN ?4 = 'quarantined' OR (state IN ('archived', 'unchanged')"
        " AND due_at IS NOT NULL) THEN ?5 END,"
        " changed_at = CASE WHEN state IN (?4, 'archived', 'unchanged') THEN changed_at ELSE ?6 END,"
        " state = CASE WHEN state IN ('archived', 'unchanged') THEN state ELSE ?4 END"
        " WHERE url_key = ?7 AND last_error IS NOT ?8",
        (
            *((error, detail) if state == "quarantined" else (None, None)),
            *(crawl_id, state, due_at, now, identity.key64(url), FORGOTTEN),
        ),
    )
