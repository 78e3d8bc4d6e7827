"""What one archive has forgotten stays forgotten in the union: whose addresses these are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from newscrawler import identity
from newscrawler.archive.merge_inputs import Input
from newscrawler.identity import key64


class Forgotten:
    """The addresses that have a tombstone in one of ``inputs``, with all that is known to have led to them.

    Tombstones are few: takedowns, each with its aliases.
    """

    def __init__(self, inputs: Sequence[Input]) -> None:
        self.at: dict[int, tuple[str, str]] = {}
        """Key of an address -> the address, and when it was forgotten (the earliest, ISO 8601 UTC)."""
        new: list[tuple[str, str]] = []
        for one in inputs:
            new += one.rows("SELECT url, forgotten_at FROM tombstones")
        while new:
            fresh = [(url, at) for url, at in new if self._lay(url, at)]
            new = [(form, at) for url, at in fresh for one in inputs for form in _led_to(one, url)]

    def _lay(self, url: str, at: str) -> bool:
        """Whether this says anything new."""
        known = self.at.get(key64(url))
        if known is not None and known[1] <= at:
            return False
        self.at[key64(url)] = url, at
        return True

    def write(self, connection: sqlite3.Connection) -> None:
        """Lay the tombstones in the union."""
        connection.executemany(
            "INSERT INTO tombstones(url_key, url, forgotten_at) VALUES (?, ?, ?)",
            [
                (key, url, at)
                for key, (url, at) in sorted(self.at.items(), key=lambda item: (item[1][1], item[1][0]))
            ],
        )

    def __contains__(self, key: int | None) -> bool:
        return key in self.at

    def shows(self, url: str) -> bool:
        """Whether ``url``, as it was linked, is such an address."""
        return bool(self.at) and any(key64(form) in self.at for form in (url, _canonical(url)))


def _led_to(one: Input, url: str) -> Iterable[str]:
    """The aliases of the article at ``url``, with their canonical forms."""
    aliases = one.rows(
        "SELECT l.url FROM aliases l JOIN articles a ON a.id = l.article_id WHERE a.url_key = ?",
        (key64(url),),
    )
    return [form for (alias,) in aliases for form in dict.fromkeys((alias, _canonical(alias)))]


def _canonical(url: str) -> str:
    try:
        return identity.canonical(url)
    except ValueError:
        return url
