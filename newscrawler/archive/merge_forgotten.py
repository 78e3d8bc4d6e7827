"""What one archive has forgotten stays forgotten in the union: whose addresses these are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from newscrawler import identity
from newscrawler.archive.merge_inputs import Input
from newscrawler.archive.tombstones import DERIVED
from newscrawler.identity import key64


class Forgotten:
    """The addresses that have a tombstone in one of ``inputs``, with all that is known to have led to them.

    Tombstones are few: takedowns, each with its aliases. One that follows from an alias alone has no time of
    its own: an archive that is merged later may have forgotten the article earlier, and the union does not
    keep which article the alias led to.
    """

    def __init__(self, inputs: Sequence[Input]) -> None:
        self.at: dict[int, tuple[str, str]] = {}
        """Key of an address -> the address, and when it was forgotten.

        The earliest, ISO 8601 UTC; DERIVED for what merely led there.
        """
        laid = [row for one in inputs for row in one.rows("SELECT url, forgotten_at FROM tombstones")]
        new = sorted(laid, key=lambda row: (row[1] == DERIVED, row[1]))
        while new:
            fresh = [url for url, at in new if self._lay(url, at)]
            new = [(form, DERIVED) for url in fresh for one in inputs for form in _led_to(one, url)]

    def _lay(self, url: str, at: str) -> bool:
        """Whether this address is new."""
        if key64(url) in self:
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
