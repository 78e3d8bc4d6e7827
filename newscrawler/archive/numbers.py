"""Which number of which sequence each address of the ledger is (identity.numbered), for gaps and backfill.

Addresses that pages show are numbered as they are written. Rows of other origin (redirects, older
releases, other programs) are numbered when the archive is next opened for writing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive.rows import site_id, transaction

NO_SEQUENCE = 0
"""The ``sequence_id`` of an address that holds no number; NULL: nobody has looked yet."""

_EVERY = 20_000

Progress = Callable[[int], object]


def place_of(connection: sqlite3.Connection, url: str) -> tuple[int, str | None, int | None]:
    """Sequence (made when it is new), folder and number of the canonical address ``url``."""
    found = identity.numbered(url)
    if found is None:
        return NO_SEQUENCE, None, None
    return sequence_id(connection, found), found.folder, found.number


def sequence_id(connection: sqlite3.Connection, place: identity.Numbered) -> int:
    """The id of the sequence that ``place`` is in, made when it is new."""
    row = connection.execute("SELECT id FROM sequences WHERE pattern = ?", (place.sequence,)).fetchone()
    if row is None:
        site = site_id(connection, identity.site_of(place.url))
        row = connection.execute(
            "INSERT INTO sequences(site_id, pattern) VALUES (?, ?) RETURNING id", (site, place.sequence)
        ).fetchone()
    return int(row[0])


def is_missing(database: Database) -> bool:
    """Whether there are rows that nobody has numbered yet."""
    return bool(
        database.execute("SELECT EXISTS (SELECT 1 FROM ledger WHERE sequence_id IS NULL)").fetchone()[0]
    )


def fill(database: Database, progress: Progress | None = None) -> None:
    """Number the rows that are not yet, in transactions of _EVERY: 15 seconds for a million and a half."""
    while True:
        with transaction(database) as connection:
            rows = connection.execute(
                "SELECT id, url FROM ledger WHERE sequence_id IS NULL LIMIT ?", (_EVERY,)
            ).fetchall()
            connection.executemany(
                "UPDATE ledger SET sequence_id = ?, folder = ?, number = ? WHERE id = ?",
                [(*place_of(connection, url), row) for row, url in rows],
            )
        if progress is not None:
            progress(len(rows))
        if len(rows) < _EVERY:
            return
