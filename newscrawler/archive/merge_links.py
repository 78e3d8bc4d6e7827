"""Related items of several archives: each text once, each leading to its article where that is archived."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from newscrawler.archive.merge_forgotten import Forgotten
from newscrawler.archive.merge_inputs import Input


class Links:
    """Writes links into the union as blocks show them: so their ids rise with the articles'."""

    def __init__(self, connection: sqlite3.Connection, inputs: Sequence[Input], forgotten: Forgotten) -> None:
        self._connection = connection
        self._inputs = inputs
        self._forgotten = forgotten
        connection.execute("CREATE TABLE scratch.targets (link_id INTEGER PRIMARY KEY, url TEXT)")

    def id_of(self, text_key: int) -> int | None:
        """The id of the link with this text; None for what was forgotten: its place stays empty."""
        row = self._connection.execute("SELECT id FROM links WHERE text_key = ?", (text_key,)).fetchone()
        if row is not None:
            return int(row[0])
        found = [
            row
            for one in self._inputs
            for row in one.rows(
                "SELECT l.url, l.title, l.summary, l.date, a.url FROM links l"
                " LEFT JOIN articles a ON a.id = l.article_id WHERE l.text_key = ?",
                (text_key,),
            )
        ]
        url, title, summary, date, _ = found[0]
        if self._forgotten.shows(url):
            return None
        row = self._connection.execute(
            "INSERT INTO links(text_key, url, title, summary, date) VALUES (?, ?, ?, ?, ?) RETURNING id",
            (text_key, url, title, summary, date),
        ).fetchone()
        targets = [target for *_, target in found if target not in (None, url)]
        if targets:
            self._connection.execute("INSERT INTO scratch.targets VALUES (?, ?)", (row[0], min(targets)))
        return int(row[0])

    def lead(self) -> None:
        """Have every link lead to its article: the one at its address, else the one an archive knew."""
        self._connection.execute(
            "UPDATE links SET article_id = (SELECT id FROM articles WHERE url = links.url)"
        )
        self._connection.execute(
            "UPDATE links SET article_id = (SELECT a.id FROM scratch.targets t"
            " JOIN articles a ON a.url = t.url WHERE t.link_id = links.id)"
            " WHERE article_id IS NULL AND id IN (SELECT link_id FROM scratch.targets)"
        )
