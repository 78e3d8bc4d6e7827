"""Is an archive whole? All that its tables, indexes and raw pages must keep to is asked of each of them.

Reads only and takes no lock, also while a crawl runs. Each question is put to one moment of the archive;
raw pages are only ever appended to, so what their rows say must be true whenever it is looked at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive import check_pages, check_texts, counts, search
from newscrawler.archive.problems import Problem

Progress = Callable[[int], object]
"""Told the number of things done since the last time."""

Bar = Callable[[str, int, str], AbstractContextManager[Progress]]
"""(what is done, how many there are, of what) -> what is told of each."""

MOST_LINES = 100
"""Lines of SQLite's own complaints that are asked for."""

RULES: dict[str, str] = {
    "no_body": "FROM articles a WHERE NOT EXISTS (SELECT 1 FROM bodies b WHERE b.article_id = a.id)",
    "no_sighting": "FROM articles a WHERE NOT EXISTS (SELECT 1 FROM sightings s WHERE s.article_id = a.id)",
    "revisions": "FROM articles a LEFT JOIN (SELECT article_id, count(*) AS number, max(revision) AS last"
    " FROM revisions GROUP BY article_id) r ON r.article_id = a.id"
    " WHERE ifnull(r.number, 0) <> a.revision - 1 OR ifnull(r.last, 0) <> a.revision - 1",
    "images": "FROM images i JOIN articles a ON a.id = i.article_id"
    " WHERE i.revision NOT BETWEEN 1 AND a.revision",
    "moments": "FROM moments m JOIN articles a ON a.id = m.article_id"
    " WHERE m.revision NOT BETWEEN 1 AND a.revision",
    "absences": "FROM articles a WHERE a.gone_at IS NOT"
    " (SELECT min(gone_at) FROM absences b WHERE b.article_id = a.id AND b.back_at IS NULL)",
    "aliases": "FROM aliases l JOIN articles a ON a.id = l.article_id WHERE l.url_key = a.url_key",
    "links": "FROM links l JOIN articles a ON a.url = l.url WHERE l.article_id IS NULL",
    "ledger_missing": "FROM articles a WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.url_key = a.url_key)",
}
"""Kind of problem -> the rows that have it; ``a`` is the article concerned."""

_KEYED = ("articles", "aliases", "ledger", "captures", "quarantine")
"""Tables with an address and its key."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what is wrong with it."""

    articles: int
    pages: int
    problems: list[Problem]


def check(database: Database, archive: Path, bar: Bar) -> Checked:
    """Look at everything; ``database`` is ``archive``, opened for reading."""
    connection = database.conn
    articles, pages = (
        int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        for table in ("articles", "captures")
    )
    problems = list(_file(connection, bar))
    if not any(problem.kind == "integrity" for problem in problems):  # else no answer could be believed
        problems += _rows(database, bar)
        with bar("comparing the search index", _texts(connection), "text") as progress:
            problems += [Problem("search", 1, sentence) for sentence in search.check(database, progress)]
        problems += check_texts.check(database, articles, bar)
        with bar("reading raw pages", pages, "page") as progress:
            problems += check_pages.check(database, archive, progress)
    return Checked(articles, pages, problems)


def _texts(connection: sqlite3.Connection) -> int:
    """How many texts the search index holds."""
    sql = "SELECT (SELECT count(*) FROM articles) + (SELECT count(*) FROM links)"
    return int(connection.execute(sql).fetchone()[0])


def _file(connection: sqlite3.Connection, bar: Bar) -> Iterator[Problem]:
    """What SQLite itself finds."""
    with bar("asking SQLite", 2, "question") as progress:
        said = [line for (line,) in connection.execute(f"PRAGMA integrity_check({MOST_LINES})")]
        progress(1)
        if said != ["ok"]:
            yield Problem("integrity", len(said), said[0])
        foreign = connection.execute("PRAGMA foreign_key_check").fetchall()
        progress(1)
        if foreign:
            table, row, parent, _ = foreign[0]
            yield Problem("foreign_keys", len(foreign), f"{table} {row} -> {parent}")


def _rows(database: Database, bar: Bar) -> Iterator[Problem]:
    """Rows that lack what belongs to them, and counts that are not those of the articles."""
    connection = database.conn
    with bar("comparing tables", len(RULES) + len(_KEYED) + 2, "question") as progress:
        for kind, rows in RULES.items():
            count, example = connection.execute(f"SELECT count(*), min(a.url) {rows}").fetchone()
            if count:
                yield Problem(kind, count, example)
            progress(1)
        unfinished = connection.execute("SELECT count(*), min(file) FROM erasures").fetchone()
        if unfinished[0]:
            yield Problem("erasures", *unfinished)
        lost = lost_addresses(connection)
        if lost:
            yield Problem("ledger_lost", len(lost), lost[0])
        progress(1)
        wrong = counts.wrong_counts(database)
        if wrong:
            yield Problem("counts", wrong)
        progress(1)
        for table in _KEYED:
            keyed = connection.execute(f"SELECT url, url_key FROM {table}")
            yield from _wrong_keys(table, keyed)
            progress(1)


def _wrong_keys(table: str, rows: Iterable[tuple[str, int]]) -> Iterator[Problem]:
    """Addresses that cannot be found by their key."""
    wrong = [url for url, key in rows if identity.key64(url) != key]
    if wrong:
        yield Problem("keys", len(wrong), f"{table}: {wrong[0]}")


def lost_addresses(connection: sqlite3.Connection) -> list[str]:
    """What the ledger says to be archived and is not: neither an article's address nor led to one."""
    lost = [
        url
        for (url,) in connection.execute(
            "SELECT l.url FROM ledger l WHERE l.state IN ('archived', 'unchanged')"
            " AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.url_key = l.url_key)"
            " AND NOT EXISTS (SELECT 1 FROM aliases s WHERE s.url_key = l.url_key) ORDER BY l.id"
        )
    ]
    if not lost:
        return []
    led = {_canonical(url) for (url,) in connection.execute("SELECT url FROM aliases")}
    return [url for url in lost if url not in led]


def _canonical(url: str) -> str:
    try:
        return identity.canonical(url)
    except ValueError:
        return url
