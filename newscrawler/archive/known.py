"""What is known of a sequence of ids: its folders, its articles, what was asked in vain; reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive.absent import GUESSED
from newscrawler.archive.ledger import SELECT, LedgerRow

UNSURE = ("pending", "failed", "disallowed")
"""States in which a guess says nothing of whether there is a page."""

_IN = 500

Point = tuple[int, str]
"""A number and its folder."""


class Sequence(NamedTuple):
    """Ids of a site that rise with time."""

    id: int
    pattern: str
    """The address, with ``{folder}`` and ``{number}`` in it."""

    def url(self, point: Point) -> str:
        """The canonical address of a number in a folder."""
        return identity.Numbered(self.pattern, point[1], point[0]).url

    @property
    def host(self) -> str:
        """Its host, which names it."""
        return self.pattern.split("/")[2]


def sequences(database: Database, site: str) -> list[Sequence]:
    """The sequences of ``site`` that the archive has met, by host and shape."""
    rows = database.conn.execute(
        "SELECT id, pattern FROM sequences WHERE site_id = (SELECT id FROM sites WHERE name = ?)", (site,)
    )
    return sorted((Sequence(*row) for row in rows), key=lambda sequence: (sequence.host, sequence.pattern))


def folders(database: Database, sequence: int) -> list[str]:
    """The folders of which the ledger has addresses, in order of time; a seek each, however many rows."""
    rows = database.conn.execute(
        "WITH RECURSIVE f(folder) AS (SELECT min(folder) FROM ledger WHERE sequence_id = :sequence"
        " AND sequence_id > 0 UNION ALL SELECT (SELECT min(folder) FROM ledger WHERE sequence_id = :sequence"
        " AND sequence_id > 0 AND folder > f.folder) FROM f WHERE f.folder IS NOT NULL)"
        " SELECT folder FROM f WHERE folder IS NOT NULL",
        {"sequence": sequence},
    )
    return [folder for (folder,) in rows]


def points(database: Database, sequence: int, folder: str) -> list[Point]:
    """The numbers of ``folder`` that are articles, as far as anybody knows, in their order.

    Whatever a page showed, and guesses that the site answered with a page.
    """
    rows = database.conn.execute(
        "SELECT number FROM ledger WHERE sequence_id = ? AND sequence_id > 0 AND folder = ?"
        " AND (state IN ('archived', 'unchanged', 'gone', 'quarantined') OR discovered_as IS NOT ?)"
        " ORDER BY number",
        (sequence, folder, GUESSED),
    )
    return [(number, folder) for (number,) in rows]


def tried(database: Database, sequence: int, first: str, last: str) -> set[Point]:
    """What was guessed in the folders from ``first`` to ``last`` and has no page, or has not answered."""
    span = (sequence, first, last)
    states = ",".join(f"'{state}'" for state in UNSURE)
    return {
        *database.conn.execute(
            "SELECT number, folder FROM absent WHERE sequence_id = ? AND folder BETWEEN ? AND ?", span
        ),
        *database.conn.execute(
            "SELECT number, folder FROM ledger WHERE sequence_id = ? AND folder BETWEEN ? AND ?"
            f" AND guessed = 1 AND discovered_as = '{GUESSED}' AND state IN ({states})",
            span,
        ),
    }


def days_of(database: Database, urls: Iterable[str]) -> dict[str, date]:
    """When articles were published (canonical addresses), by their pages or by a listing."""
    keys = {identity.key64(url): url for url in urls}
    found = {}
    for key, day in database.conn.execute(
        "SELECT l.url_key, coalesce(a.published_date, l.date) FROM ledger l"
        f" LEFT JOIN articles a ON a.url_key = l.url_key WHERE l.url_key IN ({','.join('?' * len(keys))})",
        list(keys),
    ):
        if day:
            found[keys[key]] = date.fromisoformat(day)
    return found


def pending(database: Database, sequence: int, folder: str, now: datetime, limit: int) -> list[LedgerRow]:
    """What is pending in ``folder`` and due at ``now``, the highest number first; also related items."""
    rows = database.conn.execute(
        f"{SELECT} WHERE l.sequence_id = ? AND l.sequence_id > 0 AND l.folder = ? AND l.state = 'pending'"
        " AND (l.due_at IS NULL OR l.due_at <= ?) ORDER BY l.number DESC LIMIT ?",
        (sequence, folder, clock.iso(now), limit),
    )
    return [LedgerRow(*row) for row in rows]


def promoted(database: Database, sequence: Sequence, folder: str, limit: int) -> list[tuple[str, str]]:
    """Addresses (canonical) and titles of ``folder`` that related items showed and the ledger lacks."""
    begin = sequence.pattern.partition("{folder}")[0] + folder
    found: dict[str, str] = {}
    for url, title in database.conn.execute(
        "SELECT url, title FROM links WHERE url >= ? AND url < ? AND article_id IS NULL",
        (begin, begin + "\uffff"),
    ):
        place = identity.numbered(url)
        if place is not None and (place.sequence, place.folder) == (sequence.pattern, folder):
            found.setdefault(url, title)
    fresh = list(found)
    for start in range(0, len(fresh), _IN):
        chunk = fresh[start : start + _IN]
        marks = ",".join("?" * len(chunk))
        for (url,) in database.conn.execute(
            f"SELECT url FROM ledger WHERE url_key IN ({marks})", [identity.key64(url) for url in chunk]
        ):
            del found[url]
    return list(found.items())[:limit]
