"""What a crawl takes from the ledger: pending addresses, followed related items, due revisits; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive.ledger import RECHECK, SELECT, LedgerRow

RECHECKS_END = 3 * RECHECK
"""What was gone, no article or disallowed is due no more by itself so long after it became so: two tries."""


def _select(index: str) -> str:
    """The rows in the order of a partial index of m003 (its condition is to be repeated, word for word).

    Named, since the planner would take the index on state, site and time: all that is pending for nothing.
    """
    return SELECT.replace("FROM ledger l", f"FROM ledger l INDEXED BY idx_ledger_due_{index}")


_AT_SITE = "l.site_id = (SELECT id FROM sites WHERE name = :site)"


def pending(
    database: Database, site: str, now: datetime, limit: int = 1000, *, related: bool = False
) -> list[LedgerRow]:
    """What is pending at ``site`` and due at ``now``, the longest due first, then in order of discovery.

    ``related``: what only related items showed, instead of all the rest.
    """
    select, which = (_select("related"), "IS") if related else (_select("pending"), "IS NOT")
    rows = database.conn.execute(
        f"{select} WHERE l.state = 'pending' AND l.discovered_as {which} 'related' AND {_AT_SITE}"
        " AND (l.due_at IS NULL OR l.due_at <= :now) ORDER BY l.due_at, l.id LIMIT :limit",
        {"site": site, "now": clock.iso(now), "limit": limit},
    )
    return [LedgerRow(*row) for row in rows]


def rechecks(database: Database, site: str, now: datetime, limit: int) -> list[LedgerRow]:
    """At most ``limit`` addresses of ``site`` that were gone, no article or disallowed, due at ``now``.

    Only in their first days as such (RECHECKS_END): a glitch is over by then, and on a busy site no listing
    that a crawl reads shows them any more. Later a listing must show them.
    """
    rows = database.conn.execute(
        f"{SELECT} WHERE l.state IN ('gone', 'quarantined', 'disallowed') AND {_AT_SITE} AND l.due_at <= :now"
        " AND julianday(l.due_at) - julianday(l.changed_at) < :days ORDER BY l.changed_at DESC LIMIT :limit",
        {"site": site, "now": clock.iso(now), "days": RECHECKS_END / timedelta(days=1), "limit": limit},
    )
    return [LedgerRow(*row) for row in rows]


def revisits(
    database: Database, site: str, now: datetime, limit: int, *, since: str | None = None
) -> list[LedgerRow]:
    """At most ``limit`` archived articles of ``site`` whose revisit is due at ``now``.

    When more are due, one half are those that came due last (young articles change most, and a long
    pause must not make them late), the other half those that wait longest. ``since`` (YYYY-MM-DD)
    leaves out what was published before.
    """
    found: dict[str, LedgerRow] = {}
    for direction, most in (("DESC", limit - limit // 2), ("ASC", limit)):
        rows = database.conn.execute(
            f"{_select('revisits')} LEFT JOIN articles a ON a.url_key = l.url_key"
            " WHERE l.state IN ('archived', 'unchanged') AND l.due_at IS NOT NULL"
            f" AND {_AT_SITE} AND l.due_at <= :now"
            " AND (:since IS NULL OR a.published_date IS NULL OR a.published_date >= :since)"
            f" ORDER BY l.due_at {direction} LIMIT :limit",
            {"site": site, "now": clock.iso(now), "since": since, "limit": most},
        )
        for row in rows:
            if len(found) < limit:
                found.setdefault(row[0], LedgerRow(*row))
    return sorted(found.values(), key=lambda row: row.due_at or "")


def known_articles(
    database: Database, site: str, batch: int = 500, *, since: str | None = None
) -> Iterator[str]:
    """The addresses of every archived article of ``site``, newest first, read in steps of ``batch``.

    ``since`` (YYYY-MM-DD) leaves out what was published before.
    """
    below = 1 << 62
    while True:
        rows = database.conn.execute(
            "SELECT id, url, published_date FROM articles WHERE id < ?"
            " AND site_id = (SELECT id FROM sites WHERE name = ?) ORDER BY id DESC LIMIT ?",
            (below, site, batch),
        ).fetchall()
        yield from (url for _, url, day in rows if not (since and day and day < since))
        if len(rows) < batch:
            return
        below = rows[-1][0]
