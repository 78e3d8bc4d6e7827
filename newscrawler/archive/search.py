"""The full-text index: titles and bodies of articles, titles of related items; who writes it, who asks it.

Two contentless FTS5 tables, ``articles_fts`` and ``links_fts``, whose rowids are the ids of ``articles``
and ``links``. They hold words alone (terms.spaced), so nothing is stored twice, and a foreign program can
read and copy the file without our functions. SQLite before 3.43 takes words out of such a table only when
told which: remove() must run while the old text is still there, in the transaction that changes it.
No triggers: a foreign program's write would need our folding. check() finds what such a write did.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlite_utils import Database

from newscrawler.archive.rows import transaction
from newscrawler.archive.terms import Question, spaced

TITLE_WEIGHT = 10.0
"""A word in the title counts as much as ten in the body, where the best comes first."""

Progress = Callable[[int], object]
"""Told the number of texts done since the last time."""

_EVERY = 500
"""Texts between two reports of progress."""

_MERGED_PAGES = 64
"""Pages of an index (4 KB) that a step of merging writes: 5 CPU-ms."""


# Writing, in the caller's transaction


def add(connection: sqlite3.Connection, article_id: int) -> None:
    """Take the article into the index as it stands in its tables."""
    for row in _texts(connection, article_id):
        connection.execute("INSERT INTO articles_fts(rowid, title, body) VALUES (?, ?, ?)", row)


def remove(connection: sqlite3.Connection, article_id: int) -> None:
    """Take the article out of the index, before its title, body or row changes; nothing if it is not in."""
    if connection.execute("SELECT 1 FROM articles_fts_docsize WHERE id = ?", (article_id,)).fetchone():
        for row in _texts(connection, article_id):
            connection.execute(
                "INSERT INTO articles_fts(articles_fts, rowid, title, body) VALUES ('delete', ?, ?, ?)", row
            )


def add_link(connection: sqlite3.Connection, link_id: int, title: str) -> None:
    """Take a related item into the index; its title never changes."""
    connection.execute("INSERT INTO links_fts(rowid, title) VALUES (?, ?)", (link_id, spaced(title)))


def remove_link(connection: sqlite3.Connection, link_id: int, title: str) -> None:
    """Take a related item with its ``title`` out of the index."""
    connection.execute(
        "INSERT INTO links_fts(links_fts, rowid, title) VALUES ('delete', ?, ?)", (link_id, spaced(title))
    )


def merge_some(connection: sqlite3.Connection) -> bool:
    """Merge the segments of both indexes a little further, where 16 of one size have gathered.

    Whether there was anything to merge.
    """
    before = connection.total_changes
    for table in _TABLES:
        connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('merge', ?)", (_MERGED_PAGES,))
    return connection.total_changes - before > len(_TABLES)  # each statement itself counts as one


def _texts(connection: sqlite3.Connection, article_id: int | None = None) -> Iterator[tuple[int, str, str]]:
    """Id, title and body of one article or of all, as the index holds them."""
    rows = connection.execute(
        "SELECT a.id, a.title, b.body FROM articles a LEFT JOIN bodies b ON b.article_id = a.id"
        + (" WHERE a.id = ?" if article_id is not None else " ORDER BY a.id"),
        () if article_id is None else (article_id,),
    )
    return ((number, spaced(title or ""), spaced(body or "")) for number, title, body in rows)


# Asking


@dataclass(frozen=True, slots=True)
class Found:
    """An article that was found."""

    id: int
    url: str
    title: str | None
    published_at: str | None
    source: str | None
    body: str


@dataclass(frozen=True, slots=True)
class FoundItem:
    """A related item whose title was found."""

    id: int
    url: str
    title: str
    summary: str | None
    date: str | None
    article_id: int | None
    """The archived article that it leads to."""


def articles(
    database: Database, question: Question, *, limit: int | None = None, best_first: bool = False
) -> Iterator[Found]:
    """The articles that answer ``question``, newest first, read as they are taken.

    ``best_first`` orders by how often the words occur and how rare they are; that reads all that is found.
    """
    order = "bm25(articles_fts, ?2, 1.0), f.rowid DESC" if best_first else "f.rowid DESC"
    # CROSS JOIN: SQLite keeps the order of the tables, so the index is read from its newest end.
    rows = database.conn.execute(
        "SELECT a.id, a.url, a.title, a.published_at, s.name, coalesce(b.body, '')"
        " FROM articles_fts f CROSS JOIN articles a ON a.id = f.rowid"
        " LEFT JOIN bodies b ON b.article_id = a.id LEFT JOIN sources s ON s.id = a.source_id"
        f" WHERE articles_fts MATCH ?1 ORDER BY {order} LIMIT ?3",
        (question.match(), TITLE_WEIGHT, -1 if limit is None else limit),
    )
    return (Found(*row) for row in rows)


def related_items(database: Database, question: Question, *, limit: int | None = None) -> Iterator[FoundItem]:
    """The related items whose titles answer ``question``, each once, last seen first among the new."""
    rows = database.conn.execute(
        "SELECT l.id, l.url, l.title, l.summary, l.date, l.article_id"
        " FROM links_fts f CROSS JOIN links l ON l.id = f.rowid"
        " WHERE links_fts MATCH ? ORDER BY f.rowid DESC LIMIT ?",
        (question.match(), -1 if limit is None else limit),
    )
    return (FoundItem(*row) for row in rows)


# Making anew and checking

_TABLES = {"articles_fts": "title, body", "links_fts": "title"}
_NAMES = {"articles_fts": "article", "links_fts": "related item"}
_OPTIONS = "content='', tokenize='ascii'"


def rebuild(database: Database, progress: Progress | None = None) -> None:
    """Make both indexes anew from the tables, in one transaction."""
    with transaction(database) as connection:
        for table in _TABLES:
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('delete-all')")
        _fill(connection, "main.", progress)


def is_missing(database: Database) -> bool:
    """True for an archive that was filled before there was an index; asked at every opening."""
    return bool(
        database.conn.execute(
            "SELECT (EXISTS (SELECT 1 FROM articles) AND NOT EXISTS (SELECT 1 FROM articles_fts_docsize))"
            " OR (EXISTS (SELECT 1 FROM links) AND NOT EXISTS (SELECT 1 FROM links_fts_docsize))"
        ).fetchone()[0]
    )


def _fill(connection: sqlite3.Connection, prefix: str, progress: Progress | None) -> None:
    """Write every text into the two tables whose names begin with ``prefix``."""
    links = connection.execute("SELECT id, title FROM links ORDER BY id")
    for sql, texts in (
        (f"INSERT INTO {prefix}articles_fts(rowid, title, body) VALUES (?, ?, ?)", _texts(connection)),
        (
            f"INSERT INTO {prefix}links_fts(rowid, title) VALUES (?, ?)",
            ((number, spaced(title)) for number, title in links),
        ),
    ):
        while batch := list(islice(texts, _EVERY)):
            connection.executemany(sql, batch)
            if progress is not None:
                progress(len(batch))


def check(database: Database, progress: Progress | None = None) -> list[str]:
    """What is wrong with the indexes, a sentence each; empty: a word is found where it stands, nowhere else.

    Makes a second index of all texts beside the archive (in SQLite's temporary files, as large as the
    first and as long in the making) and compares the two word by word. Writes nothing to the archive.
    """
    connection = database.conn
    connection.execute("SAVEPOINT search_check")  # one moment of the archive, also while a crawl writes
    try:
        for table, columns in _TABLES.items():
            connection.execute(f"CREATE VIRTUAL TABLE temp.fresh_{table} USING fts5({columns}, {_OPTIONS})")
            for name, schema in ((table, "main"), (f"fresh_{table}", "temp")):
                connection.execute(
                    f"CREATE VIRTUAL TABLE temp.words_of_{name} USING fts5vocab({schema}, {name}, 'instance')"
                )
        _fill(connection, "temp.fresh_", progress)
        return [problem for table in _TABLES for problem in _differences(connection, table)]
    except sqlite3.DatabaseError as error:
        if "malformed" not in str(error):
            raise
        return ["The search index is damaged: SQLite cannot read it to its end."]
    finally:
        connection.execute("ROLLBACK TO search_check")
        connection.execute("RELEASE search_check")


def _differences(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    """Sentences on how ``table`` differs from the one made anew."""
    ours, fresh = f"main.{table}_docsize", f"temp.fresh_{table}_docsize"
    name = _NAMES[table]
    for words, sql in (
        ("not in the search index", f"SELECT id FROM {fresh} EXCEPT SELECT id FROM {ours}"),
        ("in the search index and nowhere else", f"SELECT id FROM {ours} EXCEPT SELECT id FROM {fresh}"),
        (
            "in the search index with another text",
            f"SELECT f.id FROM {fresh} f JOIN {ours} o ON o.id = f.id WHERE o.sz <> f.sz",
        ),
    ):
        count, first = connection.execute(f"SELECT count(*), min(id) FROM ({sql})").fetchone()
        if count:
            yield f"{count:,} {name}{'s' if count > 1 else ''} {words}, the first is {first}."
    # A sum over all places of a word: text and position are in it, so it tells any two indexes apart.
    ours, fresh = (
        "SELECT term, count(*), sum(doc % 1000003 * (offset + 1) * 2 + (col = 'title'))"
        f" FROM temp.words_of_{of} GROUP BY term"
        for of in (table, f"fresh_{table}")
    )
    for words, sql in (
        ("that no text has there", f"{ours} EXCEPT {fresh}"),
        ("that the texts have elsewhere", f"{fresh} EXCEPT {ours}"),
    ):
        count, first = connection.execute(f"SELECT count(*), min(term) FROM ({sql})").fetchone()
        if count:
            yield f"The search index of {name}s has places of {count:,} words {words}, one is {first!r}."
