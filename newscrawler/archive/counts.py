"""Counts kept beside the articles, in the article's own transaction; how to prove and to rebuild them.

``counts_by_day`` and ``counts_by_name`` answer in a millisecond what counting a million articles by
source takes a quarter of a second for. In both, 0 and '' stand for what an article does not say.
Statements of our own rather than triggers: those cost 0.08 CPU-ms an article, a third of all storing;
these cost too little to see.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from newscrawler.archive.rows import transaction

_DAY = "SELECT ifnull(published_date, ''), ifnull(source_id, 0), count(*) FROM articles GROUP BY 1, 2"
_NAME = (
    "SELECT ifnull(source_id, 0), ifnull(category_id, 0), ifnull(editor_id, 0), ifnull(site_id, 0), count(*)"
    " FROM articles GROUP BY 1, 2, 3, 4"
)
COUNTED = {"counts_by_day": _DAY, "counts_by_name": _NAME}
"""Table of counts -> the query whose answer it holds."""


COLUMNS = ("published_date", "source_id", "category_id", "editor_id", "site_id")
"""What a change of moves an article from one count to another."""


def count_in(connection: sqlite3.Connection, values: Mapping[str, Any]) -> None:
    """Count an article with these COLUMNS in; to be called by whatever adds one."""
    day, source, category, editor, site = _keys(values)
    connection.execute(
        "INSERT INTO counts_by_day VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET articles = articles + 1",
        (day, source),
    )
    connection.execute(
        "INSERT INTO counts_by_name VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET articles = articles + 1",
        (source, category, editor, site),
    )


def count_out(connection: sqlite3.Connection, values: Mapping[str, Any]) -> None:
    """Count an article with these COLUMNS out: it is another one now, or gone from the archive."""
    day, source, category, editor, site = _keys(values)
    for table, where, keys in (
        ("counts_by_day", "published_date = ? AND source_id = ?", (day, source)),
        (
            "counts_by_name",
            "source_id = ? AND category_id = ? AND editor_id = ? AND site_id = ?",
            (source, category, editor, site),
        ),
    ):
        connection.execute(f"UPDATE {table} SET articles = articles - 1 WHERE {where}", keys)
        connection.execute(f"DELETE FROM {table} WHERE {where} AND articles = 0", keys)


def counted(connection: sqlite3.Connection, article_id: int) -> dict[str, Any]:
    """The COLUMNS of an archived article, as count_in() and count_out() take them."""
    row = connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    return dict(zip(COLUMNS, row, strict=True))


def _keys(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The keys of both tables: what is not known is '' or 0."""
    return (values["published_date"] or "", *(values[column] or 0 for column in COLUMNS[1:]))


def wrong_counts(database: Database) -> int:
    """How many rows of the tables of counts are missing, too many, or say another number; reads only."""
    wrong = 0
    for table, query in COUNTED.items():
        for left, right in ((query, f"SELECT * FROM {table}"), (f"SELECT * FROM {table}", query)):
            sql = f"SELECT count(*) FROM (SELECT * FROM ({left}) EXCEPT SELECT * FROM ({right}))"
            wrong += int(database.execute(sql).fetchone()[0])
    return wrong


def rebuild_counts(database: Database) -> None:
    """Count all articles again, in one transaction: some seconds for a million."""
    with transaction(database) as connection:
        for table, query in COUNTED.items():
            connection.execute(f"DELETE FROM {table}")
            connection.execute(f"INSERT INTO {table} {query}")
