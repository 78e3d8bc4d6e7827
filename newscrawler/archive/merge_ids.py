"""The ids of the union's articles: a function of the addresses and of what ids they had, of no order."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from newscrawler.archive.merge_forgotten import Forgotten
from newscrawler.archive.merge_inputs import Input
from newscrawler.identity import ID_SHIFT

_HASH = (1 << ID_SHIFT) - 1

CLASHES = 1024
"""An id so far behind its address's own is none that a clash made; it is kept as it is."""


def own_id(number: int, url_key: int) -> int:
    """The id that the article would have had without a clash: its second, and its address's bits."""
    behind = (number - (url_key & _HASH)) & _HASH
    return number - behind if behind < CLASHES else number


def assign(connection: sqlite3.Connection, inputs: Sequence[Input], forgotten: Forgotten) -> int:
    """Fill ``scratch.ids`` (id, url_key) with every article of the union; returns how many there are.

    An id never changes, unless two archives gave one address different ones: then the smaller stands. Of
    addresses that claim the same id the first by address has it, the others the next that are free.
    """
    connection.execute("CREATE TABLE scratch.wanted (url_key INTEGER PRIMARY KEY, own INTEGER, url TEXT)")
    connection.execute("CREATE TABLE scratch.ids (id INTEGER PRIMARY KEY, url_key INTEGER)")
    for one in inputs:
        rows = one.connection.execute("SELECT id, url_key, url FROM articles ORDER BY id")
        connection.executemany(
            "INSERT INTO scratch.wanted VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET own = min(own, excluded.own)",
            ((key, own_id(number, key), url) for number, key, url in rows if key not in forgotten),
        )
    last, count = -1, 0
    for key, own in connection.execute(
        "SELECT url_key, own FROM scratch.wanted ORDER BY own, url"
    ).fetchall():
        last, count = max(own, last + 1), count + 1
        connection.execute("INSERT INTO scratch.ids VALUES (?, ?)", (last, key))
    return count
