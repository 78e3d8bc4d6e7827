"""A takedown: an article leaves the archive with all that was kept of it, for good, and never comes back.

One transaction takes out the rows and lays the tombstones; then the raw pages are overwritten (erase.py),
and the words leave the search index, the file and its log for good.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive import (
    absent,
    captures,
    counts,
    duplicates,
    erase,
    failures,
    near,
    search,
    tombstones,
    troubles,
    yields,
)
from newscrawler.archive.history import articles_at
from newscrawler.archive.pages import folder_of
from newscrawler.archive.related import forget_link
from newscrawler.archive.rows import site_id, transaction

_OF_ARTICLE = (
    *("images", "revisions", "moments", "corrections", "proposals", "absences", "sightings", "aliases"),
)
"""Tables of which an article's rows merely go."""

_COLUMNS = {
    "sources": "source_id",
    "editors": "editor_id",
    "authors": "author_id",
    "categories": "category_id",
}


@dataclass(slots=True)
class Removed:
    """What was taken out for one address, or would be."""

    url: str
    """Canonical."""
    title: str | None = None
    is_article: bool = False
    rows: dict[str, int] = field(default_factory=dict)
    """Table -> how many rows."""


def addresses_of(database: Database, url: str) -> list[str]:
    """The canonical addresses that are meant by ``url``: of its articles, else its own. ValueError: none."""
    return articles_at(database, url) or [identity.canonical(url)]


def preview(database: Database, url: str) -> Removed:
    """What forget() would take out of the larger tables for the canonical address ``url``; reads only."""
    connection = database.conn
    row = connection.execute(
        "SELECT id, title FROM articles WHERE url_key = ?", (identity.key64(url),)
    ).fetchone()
    number, title = row or (None, None)
    addresses = _addresses(connection, url, number)
    keys = _keys(addresses)
    found = Removed(url, title, row is not None)
    for table, condition in (("captures", _CAPTURES), ("quarantine", "url_key IN ({})")):
        sql = f"SELECT count(*) FROM {table} WHERE {condition.format(_marks(keys))}"
        found.rows[table] = connection.execute(sql, _values(condition, keys)).fetchone()[0]
    found.rows["links"] = len(_links(connection, addresses, number))
    for table in ("revisions", "aliases"):
        sql = f"SELECT count(*) FROM {table} WHERE article_id = ?"
        found.rows[table] = connection.execute(sql, (number,)).fetchone()[0]
    return found


def forget(database: Database, url: str, *, now: datetime) -> Removed:
    """Take out all that is kept of the canonical address ``url``, in one transaction, and lay tombstones.

    Its raw pages are noted for erase_pages(); scrub() makes the rest unreadable in the file.
    """
    database.conn.execute("PRAGMA secure_delete = ON")
    moment = clock.iso(now)
    with transaction(database) as connection:
        removed = preview(database, url)
        row = connection.execute(
            "SELECT id FROM articles WHERE url_key = ?", (identity.key64(url),)
        ).fetchone()
        number = row[0] if row else None
        addresses = _addresses(connection, url, number)
        keys = _keys(addresses)
        tombstones.lay(connection, addresses, moment)
        _remove_captures(connection, keys)
        _remove_links(connection, addresses, number)
        if number is not None:
            _remove_article(connection, number)
        _remove_quarantined(connection, keys)
        failures.forget(connection, addresses)
        troubles.forget(connection, addresses)
        _close_in_ledger(connection, addresses, moment)
    return removed


def erase_pages(database: Database, archive: Path) -> list[erase.Place]:
    """Overwrite the raw pages that forget() noted; returns those that are left, whose file is not there."""
    done = erase.overwrite(folder_of(archive), erase.pending(database))
    erase.settle(database, done)
    return erase.pending(database)


def scrub(database: Database) -> bool:
    """Take what was deleted out of the search index, the file and its log for good.

    False when somebody reads the archive, so that the log could not be emptied yet.
    """
    connection = database.conn
    for table in ("articles_fts", "links_fts"):  # deleted words stay in older segments until these are merged
        connection.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _addresses(connection: sqlite3.Connection, url: str, number: int | None) -> list[str]:
    """``url`` and its aliases with their canonical forms, but for those that lead to another article, too."""
    aliases = connection.execute("SELECT url FROM aliases WHERE article_id = ? ORDER BY id", (number,))
    forms = [form for (alias,) in aliases.fetchall() for form in (alias, _canonical(alias))]
    others = (
        "SELECT EXISTS (SELECT 1 FROM articles WHERE url_key = ?1 AND id IS NOT ?2)"
        " OR EXISTS (SELECT 1 FROM aliases WHERE url_key = ?1 AND article_id IS NOT ?2)"
    )
    own = [
        form for form in forms if not connection.execute(others, (identity.key64(form), number)).fetchone()[0]
    ]
    return list(dict.fromkeys([url, *own]))


def _canonical(url: str) -> str:
    try:
        return identity.canonical(url)
    except ValueError:
        return url


def _keys(addresses: list[str]) -> list[int]:
    return [identity.key64(url) for url in addresses]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


_CAPTURES = "article_key IN ({0}) OR url_key IN ({0})"


def _values(condition: str, keys: list[int]) -> list[int]:
    """The keys as often as ``condition`` asks for them."""
    return keys * (condition.count("{"))


def _remove_captures(connection: sqlite3.Connection, keys: list[int]) -> None:
    """The rows go, and the places of the records are noted."""
    where, values = _CAPTURES.format(_marks(keys)), _values(_CAPTURES, keys)
    connection.execute(
        f"INSERT INTO erasures(file, offset, length) SELECT file, offset, length FROM captures WHERE {where}",
        values,
    )
    captures.remove(connection, where, values)


def _links(connection: sqlite3.Connection, addresses: list[str], number: int | None) -> list[int]:
    """Related items that show one of the addresses, or led to the article."""
    rows = connection.execute(
        "SELECT id FROM links WHERE article_id = ?"
        f" UNION SELECT id FROM links WHERE url IN ({_marks(addresses)})",
        [number, *addresses],
    )
    return [row[0] for row in rows]


def _remove_links(connection: sqlite3.Connection, addresses: list[str], number: int | None) -> None:
    """What other articles' blocks showed of it: the place in the block stays empty."""
    for link_id in _links(connection, addresses, number):
        connection.execute("DELETE FROM block_items WHERE link_id = ?", (link_id,))
        forget_link(connection, link_id)


def _remove_article(connection: sqlite3.Connection, number: int) -> None:
    """Every row of the article; its copies and relatives are grouped anew without it."""
    search.remove(connection, number)  # while its text is there
    counts.count_out(connection, counts.counted(connection, number))
    _remove_blocks(connection, number)
    names = _names(connection, number)
    content_key, body = connection.execute(
        "SELECT a.content_key, b.body FROM articles a LEFT JOIN bodies b ON b.article_id = a.id"
        " WHERE a.id = ?",
        (number,),
    ).fetchone()
    yields.forget(connection, number)
    for table in (*_OF_ARTICLE, "bodies"):
        connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (number,))
    connection.execute("DELETE FROM near_duplicate_links WHERE article_id = ?1 OR first_id = ?1", (number,))
    connection.execute("UPDATE articles SET duplicate_of = NULL WHERE duplicate_of = ?", (number,))
    connection.execute("DELETE FROM articles WHERE id = ?", (number,))
    duplicates.regroup(connection, content_key)
    near.remove(connection, content_key, body or "")
    _remove_names(connection, names)


def _remove_blocks(connection: sqlite3.Connection, number: int) -> None:
    of_article = "SELECT id FROM blocks WHERE article_id = ?"
    links = connection.execute(
        f"SELECT DISTINCT link_id FROM block_items WHERE block_id IN ({of_article})", (number,)
    ).fetchall()
    for table in ("block_items", "block_moments"):
        connection.execute(f"DELETE FROM {table} WHERE block_id IN ({of_article})", (number,))
    connection.execute("DELETE FROM blocks WHERE article_id = ?", (number,))
    for (link_id,) in links:
        forget_link(connection, link_id)


def _names(connection: sqlite3.Connection, number: int) -> list[tuple[str, int]]:
    """(table, id) of every name that the article or a revision of it has."""
    return [
        (table, name)
        for table, column in _COLUMNS.items()
        for (name,) in connection.execute(
            f"SELECT {column} FROM articles WHERE id = ?1 AND {column} IS NOT NULL"
            f" UNION SELECT {column} FROM revisions WHERE article_id = ?1 AND {column} IS NOT NULL",
            (number,),
        ).fetchall()
    ]


def _remove_names(connection: sqlite3.Connection, names: list[tuple[str, int]]) -> None:
    """Names that no other article has."""
    for table, name in names:
        column = _COLUMNS[table]
        connection.execute(
            f"DELETE FROM {table} WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM articles WHERE {column} = ?1)"
            f" AND NOT EXISTS (SELECT 1 FROM revisions WHERE {column} = ?1)",
            (name,),
        )


def _remove_quarantined(connection: sqlite3.Connection, keys: list[int]) -> None:
    pages = f"SELECT id FROM quarantine WHERE url_key IN ({_marks(keys)})"
    connection.execute(f"DELETE FROM quarantine_parts WHERE quarantine_id IN ({pages})", keys)
    connection.execute(f"DELETE FROM quarantine WHERE url_key IN ({_marks(keys)})", keys)


def _close_in_ledger(connection: sqlite3.Connection, addresses: list[str], now: str) -> None:
    """No crawl asks for them again; what listings said of them goes, too."""
    for url in addresses:
        own = _canonical(url)
        connection.execute(
            "INSERT INTO ledger(url_key, url, site_id, state, discovered_at, last_error, changed_at)"
            " VALUES (?, ?, ?, 'disallowed', ?, ?, ?) ON CONFLICT(url_key) DO UPDATE SET"
            " state = excluded.state, last_error = excluded.last_error, changed_at = excluded.changed_at,"
            " attempts = 0, detail = NULL, due_at = NULL, title = NULL, summary = NULL, date = NULL,"
            " linked = NULL, etag = NULL, last_modified = NULL",
            (
                *(identity.key64(own), own, site_id(connection, identity.site_of(own)), now),
                *(tombstones.FORGOTTEN, now),
            ),
        )
        absent.appeared(connection, [own])
