"""Making failures due again at once: the one change of the ledger that a person asks for."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive.crawls import NO_CRAWLS
from newscrawler.archive.ledger_list import Wanted, condition, key_of
from newscrawler.archive.rows import transaction
from newscrawler.archive.tombstones import FORGOTTEN

RETRIED = ("pending", "failed", "quarantined", "gone", "disallowed")
"""States that can be asked for again; the others are archived, and only a revisit of theirs can fail."""

_LATER = (
    f"NOT (l.state = 'pending' AND l.attempts = 0 AND l.due_at IS NULL) AND l.last_error IS NOT '{FORGOTTEN}'"
)
"""What is not due at once anyway, nor forgotten on purpose."""


@dataclass(frozen=True, slots=True)
class Retried:
    """How many addresses of one kind were made due."""

    state: str
    """What they were before."""
    error: str | None
    """The class of their last error."""
    addresses: int
    revisits: int
    """How many of them are archived: looked at again as revisits, their text untouched."""


@dataclass(frozen=True, slots=True)
class Retry:
    """What a retry came to."""

    kinds: list[Retried]
    spiders: list[str]
    """The spiders that fetch them, by the crawls that knew them."""

    @property
    def addresses(self) -> int:
        """All of them."""
        return sum(kind.addresses for kind in self.kinds)


def unknown_addresses(database: Database, urls: Sequence[str]) -> list[str]:
    """Those of ``urls`` that the ledger does not have in any form (or that are no addresses at all)."""
    return [url for url in urls if key_of(database, url) is None]


def retry(
    database: Database, wanted: Wanted, urls: Sequence[str] = (), *, now: datetime, dry_run: bool = False
) -> Retry:
    """Make the rows of ``wanted`` (of ``urls`` alone, when given) due at once, as of ``now`` (aware).

    They become pending, without attempts and without a due time; class and detail of the last failure
    stay until the next visit. An address whose article is archived becomes ``unchanged`` with a revisit
    due ``now``: pending would say that it is not had. No article is touched, also none that is gone.
    Without ``wanted.states`` these are the RETRIED ones and archived articles whose revisits fail.
    ``dry_run`` counts and writes nothing. To be called by the holder of the archive's lock.
    """
    where, values = condition(database, wanted)
    if not wanted.states:
        states = ",".join(f"'{state}'" for state in RETRIED)
        where += f"{' AND' if where else ' WHERE'} (l.state IN ({states}) OR l.attempts > 0)"
    where += f" AND {_LATER}"
    if urls:
        where += f" AND l.url_key IN ({','.join('?' * len(urls))})"
        values += [key_of(database, url) for url in urls]
    with nullcontext(database.conn) if dry_run else transaction(database) as connection:
        kinds = connection.execute(
            "SELECT l.state, l.last_error, count(*), count(a.id)"
            f" FROM ledger l LEFT JOIN articles a ON a.url_key = l.url_key{where}"
            " GROUP BY 1, 2 ORDER BY 3 DESC, 2, 1",
            values,
        ).fetchall()
        spiders = connection.execute(
            "SELECT DISTINCT spider FROM crawl_runs WHERE id IN"
            f" (SELECT coalesce(l.last_crawl_id, l.first_crawl_id) FROM ledger l{where})"
            " AND spider NOT IN (?, ?) ORDER BY spider",
            [*values, *NO_CRAWLS],
        ).fetchall()
        if not dry_run:
            _make_due(connection, where, values, clock.iso(now))
    return Retry([Retried(*kind) for kind in kinds], [name for (name,) in spiders])


def _make_due(connection: sqlite3.Connection, where: str, values: list[object], now: str) -> None:
    """The archived ones first: they are then no longer meant, and so left alone by the second statement."""
    archived = "EXISTS (SELECT 1 FROM articles a WHERE a.url_key = l.url_key)"
    connection.execute(
        "UPDATE ledger AS l SET attempts = 0, last_error = NULL, detail = NULL, due_at = ?,"
        " changed_at = CASE WHEN state IN ('archived', 'unchanged') THEN changed_at ELSE ? END,"
        f" state = CASE state WHEN 'archived' THEN 'archived' ELSE 'unchanged' END{where} AND {archived}",
        [now, now, *values],
    )
    connection.execute(
        "UPDATE ledger AS l SET attempts = 0, due_at = NULL,"
        f" changed_at = CASE WHEN state = 'pending' THEN changed_at ELSE ? END, state = 'pending'{where}",
        [now, *values],
    )
