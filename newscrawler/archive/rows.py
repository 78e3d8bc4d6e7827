"""Small things that the writing modules share: a transaction, the id of a name, rows of an article."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlite_utils import Database

from newscrawler.items import Article, Image

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

NameTable = Literal["sites", "sources", "editors", "authors", "categories"]


@contextmanager
def transaction(database: Database) -> Iterator[sqlite3.Connection]:
    """The connection inside a transaction: the caller's (the writer's savepoint), else one of our own."""
    connection = database.conn
    if connection.in_transaction:
        yield connection
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def name_id(connection: sqlite3.Connection, table: NameTable, name: str | None) -> int | None:
    """The id of ``name`` in one of the name tables, made when it is new; None for no name.

    Not cached: an id that was rolled back with its job would live on in the cache.
    """
    if not name:
        return None
    row = connection.execute(f"SELECT id FROM {table} WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = connection.execute(f"INSERT INTO {table}(name) VALUES (?) RETURNING id", (name,)).fetchone()
    return int(row[0])


def name_ids(
    connection: sqlite3.Connection,
    *,
    source: str | None,
    editor: str | None,
    author: str | None,
    category: str | None,
) -> dict[str, int | None]:
    """The ids of an article's names by its columns, asked for in one statement; new ones are made."""
    found = connection.execute(
        "SELECT (SELECT id FROM sources WHERE name = ?), (SELECT id FROM editors WHERE name = ?),"
        " (SELECT id FROM authors WHERE name = ?), (SELECT id FROM categories WHERE name = ?)",
        (source, editor, author, category),
    ).fetchone()
    named: list[tuple[str, NameTable, str | None]] = [
        ("source_id", "sources", source),
        ("editor_id", "editors", editor),
        ("author_id", "authors", author),
        ("category_id", "categories", category),
    ]
    return {
        column: name_id(connection, table, name) if number is None else number
        for (column, table, name), number in zip(named, found, strict=True)
    }


def site_id(connection: sqlite3.Connection, site: str) -> int:
    """The id of the site called ``site`` (never empty)."""
    found = name_id(connection, "sites", site or "unknown")
    assert found is not None
    return found


def as_json(value: object) -> str | None:
    """``value`` as compact JSON with its Chinese readable; None for what is empty."""
    return _JSON.encode(value) if value else None


def marks_of(article: Article) -> str | None:
    """The article's marks, None where they say nothing: no other letter than p, or not one a paragraph."""
    marks = article.marks
    if not marks.strip("p") or len(marks) != article.body.count("\n\n") + 1:
        return None
    return marks


def insert_images(
    connection: sqlite3.Connection, article_id: int, revision: int, images: list[Image]
) -> None:
    """The pictures that ``revision`` of the article showed, in order."""
    if images:
        connection.executemany(
            "INSERT INTO images(article_id, revision, position, url, caption, paragraph)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (article_id, revision, position, i.url, i.caption, i.paragraph)
                for position, i in enumerate(images, 1)
            ],
        )
