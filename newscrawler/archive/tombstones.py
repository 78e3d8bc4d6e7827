"""Addresses that were forgotten on purpose: what stood there is never stored again."""

from __future__ import annotations

import sqlite3

from newscrawler.identity import key64

FORGOTTEN = "forgotten"
"""The ``last_error`` of such an address in the ledger; its state is ``disallowed``, and it is never due."""


DERIVED = ""
"""The ``forgotten_at`` of an alias that only another archive than the one that forgot knew (merging)."""


class ForgottenAddressError(ValueError):
    """An article was to be stored at an address that was forgotten on purpose."""


def is_forgotten(connection: sqlite3.Connection, url: str) -> bool:
    """Whether the address ``url`` (canonical, or as it was an alias) has a tombstone."""
    row = connection.execute("SELECT 1 FROM tombstones WHERE url_key = ?", (key64(url),)).fetchone()
    return row is not None


def lay(connection: sqlite3.Connection, urls: list[str], now: str) -> None:
    """Give each of ``urls`` its tombstone; an earlier one keeps its time, if it has one."""
    connection.executemany(
        "INSERT INTO tombstones(url_key, url, forgotten_at) VALUES (?, ?, ?) ON CONFLICT(url_key) DO UPDATE"
        " SET forgotten_at = excluded.forgotten_at WHERE forgotten_at = ?",
        [(key64(url), url, now, DERIVED) for url in urls],
    )
