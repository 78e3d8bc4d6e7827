"""Which articles a command is about: of a site, published since a day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlite_utils import Database

_STEP = 1000


@dataclass(frozen=True, slots=True)
class Selection:
    """All articles, or those that fit."""

    site: str | None = None
    since: str | None = None
    """YYYY-MM-DD: published on that day or later; undated ones by the day they were first seen."""

    def as_json(self) -> str:
        """The same text for the same selection."""
        return json.dumps(asdict(self), sort_keys=True)

    def condition(self) -> tuple[str, dict[str, str | None]]:
        """SQL over ``articles a``, and its parameters."""
        return (
            "(:site IS NULL OR a.site_id = (SELECT id FROM sites WHERE name = :site))"
            " AND (:since IS NULL OR ifnull(a.published_date, substr(a.first_seen_at, 1, 10)) >= :since)",
            asdict(self),
        )


def count(database: Database, selection: Selection) -> int:
    """How many articles fit."""
    condition, values = selection.condition()
    row = database.conn.execute(f"SELECT count(*) FROM articles a WHERE {condition}", values).fetchone()
    return int(row[0])


def ids(database: Database, selection: Selection, after: int = 0) -> Iterator[tuple[int, str, str | None]]:
    """(id, address, the spider that found it) of the articles that fit, by id, behind ``after``.

    Read in steps: nobody holds a transaction open while pages are read.
    """
    condition, values = selection.condition()
    while True:
        rows = database.conn.execute(
            "SELECT a.id, a.url, r.spider FROM articles a LEFT JOIN crawl_runs r ON r.id = a.first_crawl_id"
            f" WHERE a.id > :after AND {condition} ORDER BY a.id LIMIT {_STEP}",
            {**values, "after": after},
        ).fetchall()
        yield from rows
        if len(rows) < _STEP:
            return
        after = rows[-1][0]


def kept_apart(database: Database, selection: Selection) -> Iterator[int]:
    """The newest page in quarantine of each address that is nothing else yet; ``since`` is the caller's."""
    rows = database.conn.execute(
        "SELECT max(q.id) FROM quarantine q JOIN ledger l ON l.url_key = q.url_key"
        " WHERE l.state = 'quarantined' AND (:site IS NULL OR q.site_id ="
        " (SELECT id FROM sites WHERE name = :site)) GROUP BY q.url_key ORDER BY 1",
        asdict(selection),
    ).fetchall()
    return (row[0] for row in rows)


def has_site(database: Database, site: str) -> bool:
    """Whether the archive knows a site of that name."""
    return database.conn.execute("SELECT 1 FROM sites WHERE name = ?", (site,)).fetchone() is not None
