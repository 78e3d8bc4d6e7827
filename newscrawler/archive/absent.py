"""Addresses that were guessed: pending in the ledger until the site answers, then known or absent.

A guess is a row of the ledger like any other before its request leaves, so that a crash loses nothing. When
the site says that there is no such page, the row moves to ``absent`` in one transaction: it is no article
that went, no failure, and is never asked for again. Its row is a tenth of one of the ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive.crawls import last_before
from newscrawler.archive.numbers import place_of
from newscrawler.archive.rows import transaction

_ONE = "absent WHERE sequence_id = (SELECT id FROM sequences WHERE pattern = ?) AND folder = ? AND number = ?"

GUESSED = "guessed"
"""``discovered_as`` of an address that no page had shown when it was asked for."""


def guesses_among(connection: sqlite3.Connection, urls: Iterable[str]) -> list[str]:
    """Those of ``urls`` (canonical) that are guesses of which nobody knows whether they exist."""
    keys = [identity.key64(url) for url in urls]
    marks = ",".join("?" * len(keys))
    return [
        url
        for (url,) in connection.execute(
            f"SELECT url FROM ledger WHERE url_key IN ({marks}) AND discovered_as = ? AND state IN"
            " ('pending', 'failed', 'disallowed')",
            (*keys, GUESSED),
        )
    ]


def mark_absent(database: Database, *urls: str, crawl_id: int | None = None) -> list[str]:
    """The site has no page at these canonical addresses: returns the guesses among them, absent from now on.

    The others are left as they are.
    """
    with transaction(database) as connection:
        guesses = guesses_among(connection, urls)
        for url in guesses:
            connection.execute("DELETE FROM ledger WHERE url_key = ?", (identity.key64(url),))
            connection.execute(
                "INSERT INTO absent(sequence_id, folder, number, crawl_id) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (*place_of(connection, url), crawl_id),
            )
    return guesses


def appeared(connection: sqlite3.Connection, urls: Iterable[str]) -> None:
    """The ledger has these addresses, so they are not absent, whatever they were when they were asked for.

    For whoever adds a row to the ledger, in the same transaction: no number stands in both tables.
    """
    for url in urls:
        found = identity.numbered(url)
        if found is None:
            continue
        one = (found.sequence, found.folder, found.number)
        # Looked for first, no sequence made: where SQLite takes a savepoint FTS5 writes out what it has.
        if connection.execute(f"SELECT 1 FROM {_ONE}", one).fetchone() is not None:
            connection.execute(f"DELETE FROM {_ONE}", one)


def asked_since(database: Database, moment: datetime) -> int:
    """How many addresses crawls with ``backfill`` that began at ``moment`` or later brought to the ledger.

    By their rows alone, so that a crawl that was killed counts as well.
    """
    crawls = "SELECT id FROM crawl_runs WHERE id > :before AND instr(arguments, '\"backfill\"') > 0"
    # The newest rows are the last ones; nothing before the first crawl of the day can be from it.
    found = database.conn.execute(
        f"SELECT (SELECT count(*) FROM absent WHERE crawl_id IN ({crawls}))"
        f" + (SELECT count(*) FROM ledger WHERE first_crawl_id IN ({crawls}) AND id >"
        " ifnull((SELECT id FROM ledger WHERE discovered_at < :moment ORDER BY id DESC LIMIT 1), 0))",
        {"moment": clock.iso(moment), "before": last_before(database.conn, clock.iso(moment))},
    ).fetchone()
    return int(found[0])
