"""Troubles: what changed at a site, from when to when; and the notices that tell of them.

A trouble is known by its series, its kind and its subject, and lasts until the pages are again as they were,
or somebody accepts it as how the site is now. newscrawler.alarm finds them; here they are kept.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive.rows import transaction
from newscrawler.archive.yields import series_id

FORGOTTEN_ADDRESS = "(an address that was forgotten)"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that changed at a site; times ISO 8601 UTC."""

    kind: str
    """``field``, ``rule``, ``length``, ``layout``, ``quarantine``, ``silence`` or ``scarce``."""
    subject: str
    sentence: str
    """What changed, in one sentence."""
    began_at: str
    """As far as the pages show."""
    first_crawl_id: int
    """The crawl of the first page that showed it."""
    pages: int
    """So many of the newest pages were looked at together to see it; 0: it is no matter of pages."""
    place: str = ""
    """The template that shows it; empty: all, or it is no matter of templates."""
    examples: tuple[str, ...] = ()
    """Addresses."""
    command: str = ""
    """What to type to look at it."""
    id: int = 0
    series: str = ""
    found_at: str = ""
    ended_at: str | None = None
    """None while it lasts."""
    accepted_at: str | None = None
    found_crawl_id: int = 0
    last_crawl_id: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """By which it is known within its series."""
        return self.kind, self.subject


_COLUMNS = (
    "t.kind, t.subject, t.sentence, t.began_at, t.first_crawl_id, t.pages, t.place, t.examples, t.command,"
    " t.id, s.name, t.found_at, t.ended_at, t.accepted_at, t.found_crawl_id, t.last_crawl_id"
)
_FROM = "FROM troubles t JOIN series s ON s.id = t.series_id"


def of_series(database: Database, series: str) -> list[Trouble]:
    """Every trouble that the series ever had, the oldest first."""
    return _troubles(database, f"{_FROM} WHERE s.name = ? ORDER BY t.id", (series,))


def lasting(database: Database) -> list[Trouble]:
    """The troubles that last, of all series, the oldest first."""
    return _troubles(database, f"{_FROM} WHERE t.ended_at IS NULL ORDER BY +t.id", ())


def newest(database: Database, limit: int | None) -> list[Trouble]:
    """All troubles, the newest first, at most ``limit``."""
    return _troubles(database, f"{_FROM} ORDER BY t.id DESC LIMIT ?", (-1 if limit is None else limit,))


def begin(database: Database, series: str, found: Trouble, *, crawl_id: int, now: datetime) -> Trouble:
    """``found`` was seen for the first time, by this crawl; it is returned as it is kept."""
    moment = clock.iso(now)
    with transaction(database) as connection:
        row = connection.execute(
            "INSERT INTO troubles(series_id, kind, subject, began_at, found_at, first_crawl_id,"
            " found_crawl_id, last_crawl_id, pages, place, sentence, examples, command)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                *(series_id(connection, series), found.kind, found.subject, found.began_at, moment),
                *(found.first_crawl_id, crawl_id, crawl_id, found.pages, found.place, found.sentence),
                *(json.dumps(found.examples, ensure_ascii=False), found.command),
            ),
        ).fetchone()
    return replace(
        found,
        id=int(row[0]),
        series=series,
        found_at=moment,
        found_crawl_id=crawl_id,
        last_crawl_id=crawl_id,
    )


def goes_on(database: Database, trouble: Trouble, *, crawl_id: int) -> None:
    """This crawl brought something, and the trouble lasts."""
    with transaction(database) as connection:
        connection.execute("UPDATE troubles SET last_crawl_id = ? WHERE id = ?", (crawl_id, trouble.id))


def end(database: Database, trouble: Trouble, *, now: datetime) -> Trouble:
    """The pages are again as they were."""
    with transaction(database) as connection:
        connection.execute("UPDATE troubles SET ended_at = ? WHERE id = ?", (clock.iso(now), trouble.id))
    return replace(trouble, ended_at=clock.iso(now))


def accept(database: Database, ids: Sequence[int], *, now: datetime) -> list[Trouble]:
    """What these troubles that last show is how the site is from now on; returns those that were accepted."""
    moment = clock.iso(now)
    accepted = [trouble for trouble in lasting(database) if trouble.id in set(ids)]
    with transaction(database) as connection:
        connection.executemany(
            "UPDATE troubles SET ended_at = ?1, accepted_at = ?1 WHERE id = ?2",
            [(moment, trouble.id) for trouble in accepted],
        )
    return [replace(trouble, ended_at=moment, accepted_at=moment) for trouble in accepted]


def _troubles(database: Database, rest: str, values: tuple[object, ...]) -> list[Trouble]:
    rows = [Trouble(*row) for row in database.conn.execute(f"SELECT {_COLUMNS} {rest}", values)]
    return [replace(row, examples=tuple(json.loads(str(row.examples)))) for row in rows]


# --- notices ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """A report that is to be delivered by one way."""

    id: int
    way: str
    subject: str
    text: str
    attempts: int


def write_notices(
    database: Database, ways: Iterable[str], subject: str, text: str, *, crawl_id: int, now: datetime
) -> None:
    """One notice for each way; inside the transaction that notes the troubles, so that none is lost."""
    with transaction(database) as connection:
        connection.executemany(
            "INSERT INTO notices(crawl_id, way, subject, text, created_at) VALUES (?, ?, ?, ?, ?)",
            [(crawl_id, way, subject, text, clock.iso(now)) for way in ways],
        )


def waiting(database: Database, ways: Iterable[str]) -> list[Notice]:
    """The notices for ``ways`` that were not delivered yet, the oldest first."""
    wanted = list(ways)
    rows = database.conn.execute(
        "SELECT id, way, subject, text, attempts FROM notices WHERE sent_at IS NULL"
        f" AND way IN ({','.join('?' * len(wanted))}) ORDER BY id",
        wanted,
    )
    return [Notice(*row) for row in rows]


def tried(database: Database, notice: Notice, error: str | None, *, now: datetime) -> None:
    """``notice`` was delivered; with ``error`` it was not, and is tried again by the next crawl."""
    with transaction(database) as connection:
        connection.execute(
            "UPDATE notices SET attempts = attempts + 1, last_error = ?, sent_at = ? WHERE id = ?",
            (error, None if error else clock.iso(now), notice.id),
        )


def undelivered(database: Database) -> int:
    """How many notices wait after a failed attempt."""
    return int(
        database.conn.execute(
            "SELECT count(*) FROM notices WHERE sent_at IS NULL AND attempts > 0"
        ).fetchone()[0]
    )


def forget(connection: sqlite3.Connection, urls: Iterable[str]) -> None:
    """Take these addresses out of examples and notices."""
    for url in urls:
        for table, column in (
            ("troubles", "examples"),
            ("troubles", "command"),
            ("troubles", "sentence"),
            ("notices", "text"),
        ):
            connection.execute(
                f"UPDATE {table} SET {column} = replace({column}, ?1, ?2) WHERE instr({column}, ?1)",
                (url, FORGOTTEN_ADDRESS),
            )
