"""Fingerprints, exact copies and near-duplicates against the texts that they are of; reads only."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import groupby, islice
from operator import itemgetter

from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive import alike, near, near_index
from newscrawler.archive.alike import Text
from newscrawler.archive.duplicates import rank
from newscrawler.archive.problems import Found, Problem

_EVERY = 500
"""Texts between two reports of progress."""

_BODY = "SELECT b.body FROM articles a JOIN bodies b ON b.article_id = a.id WHERE a.content_key = ? LIMIT 1"


def check(
    database: Database,
    articles: int,
    bar: Callable[[str, int, str], AbstractContextManager[Callable[[int], object]]],
) -> list[Problem]:
    """What is wrong with them; makes a second index of phrases in SQLite's temporary files."""
    connection, found = database.conn, Found()
    connection.execute("SAVEPOINT check_texts")  # one moment of the archive, also while a crawl writes
    try:
        connection.execute(
            "CREATE TABLE temp.fresh_phrases(phrase, text_key, PRIMARY KEY (phrase, text_key)) WITHOUT ROWID"
        )
        connection.execute("CREATE TABLE temp.fresh_texts(text_key INTEGER PRIMARY KEY, marks, facts)")
        with bar("reading texts", articles, "article") as progress:
            _read_texts(connection, found, progress)
        for url in wrong_copies(connection):
            found.add("copies", url)
        problems = [*found.problems(), *_phrases(connection)]
        pairs = connection.execute("SELECT count(*) FROM near_pairs").fetchone()[0] // 2
        with bar("comparing near-duplicates", pairs, "pair") as progress:
            return [*problems, *_pairs(connection, progress), *_links(connection)]
    finally:
        connection.execute("ROLLBACK TO check_texts")
        connection.execute("RELEASE check_texts")


def wrong_fingerprints(connection: sqlite3.Connection) -> Iterator[tuple[int, str, int | None, int | None]]:
    """(id, address, fingerprint of the text, what is kept as such) of articles where the two differ."""
    rows = connection.execute(
        "SELECT a.id, a.url, a.title, a.content_key, b.body FROM articles a"
        " JOIN bodies b ON b.article_id = a.id"
    )
    for number, url, title, kept, body in rows:
        right = _fingerprint(title, body)
        if right != kept:
            yield number, url, right, kept


def _fingerprint(title: str | None, body: str | None) -> int | None:
    return identity.fingerprint(title or "", body) if body else None


def _read_texts(connection: sqlite3.Connection, found: Found, progress: Callable[[int], object]) -> None:
    """Compare every fingerprint, and note under which phrases each text should stand."""
    rows = connection.execute(
        "SELECT a.url, a.title, a.content_key, a.duplicate_of, b.body FROM articles a"
        " JOIN bodies b ON b.article_id = a.id"
    )
    while batch := list(islice(rows, _EVERY)):
        for url, title, kept, duplicate_of, body in batch:
            if _fingerprint(title, body) != kept:
                found.add("fingerprints", url)
            elif kept is not None and duplicate_of is None:
                _note(connection, kept, Text(body))
        progress(len(batch))


def _note(connection: sqlite3.Connection, text_key: int, text: Text) -> None:
    """Write down how the text should stand in the index."""
    phrases = near_index.sketch(text)
    if phrases:
        connection.execute(
            "INSERT OR IGNORE INTO temp.fresh_texts VALUES (?, ?, ?)",
            (text_key, alike.written(text.marks), text.facts.written),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO temp.fresh_phrases VALUES (?, ?)",
            [(phrase, text_key) for phrase in phrases],
        )


def wrong_copies(connection: sqlite3.Connection) -> list[str]:
    """The articles that do not point to the earliest with their text, or point to another text."""
    wrong = [
        url
        for (url,) in connection.execute(
            "SELECT a.url FROM articles a JOIN articles d ON d.id = a.duplicate_of"
            " WHERE a.content_key IS NULL OR a.content_key IS NOT d.content_key"
        )
    ]
    rows = connection.execute(
        "SELECT content_key, id, published_at, url, duplicate_of FROM articles WHERE content_key IN"
        " (SELECT content_key FROM articles WHERE content_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1)"
        " ORDER BY content_key"
    )
    for _, group in groupby(rows, key=itemgetter(0)):
        members = list(group)
        head = min(members, key=lambda member: rank(member[2], member[3]))[1]
        wrong += [url for _, number, _, url, to in members if to != (None if number == head else head)]
    return wrong


def _phrases(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Texts that are not in the index as they are, and phrases of texts that no article has."""
    phrases = (
        f"SELECT text_key, phrase FROM {near_index.EVERYWHERE} p LEFT JOIN near_texts t ON t.id = p.text_id"
    )
    fresh_phrases = "SELECT text_key, phrase FROM temp.fresh_phrases"
    texts, fresh_texts = (
        f"SELECT text_key, marks FROM {table}" for table in ("near_texts", "temp.fresh_texts")
    )
    for rows in (
        f"{fresh_phrases} EXCEPT {phrases}",
        f"{phrases} EXCEPT {fresh_phrases}",
        f"{fresh_texts} EXCEPT {texts}",
        f"{texts} EXCEPT {fresh_texts}",
        "SELECT text_key FROM near_texts t JOIN temp.fresh_texts f USING (text_key) WHERE t.facts <> f.facts",
    ):
        sql = f"SELECT count(DISTINCT ifnull(text_key, 0)), min(text_key) FROM ({rows})"
        count, text_key = connection.execute(sql).fetchone()
        if count:
            row = connection.execute("SELECT min(url) FROM articles WHERE content_key = ?", (text_key,))
            yield Problem("near_texts", count, row.fetchone()[0])
            return


def _pairs(connection: sqlite3.Connection, progress: Callable[[int], object]) -> list[Problem]:
    """Pairs of which a text is gone, or whose similarity is another one."""
    found = Found()
    rows = connection.execute(
        "SELECT p.text_key, p.other_key, p.similarity, o.similarity FROM near_pairs p LEFT JOIN near_pairs o"
        " ON o.text_key = p.other_key AND o.other_key = p.text_key"
        " WHERE p.text_key < p.other_key OR o.text_key IS NULL"
    )
    for one, other, similarity, back in rows:
        bodies = [connection.execute(_BODY, (key,)).fetchone() for key in (one, other)]
        texts = [Text(body[0]) for body in bodies if body is not None]
        if len(texts) < 2 or similarity != back or alike.likeness(*texts) != similarity:
            found.add("near_pairs", f"{one} {other}")
        progress(1)
    return found.problems()


def _links(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Links without a pair, and pairs without a link, but for families that are too large for all links."""
    count, example = connection.execute(
        "SELECT count(*), min(a.url) FROM near_duplicate_links n JOIN articles a ON a.id = n.article_id"
        " WHERE a.duplicate_of IS NOT NULL"
        " OR NOT EXISTS (SELECT 1 FROM near_pairs p WHERE p.text_key = a.content_key)"
    ).fetchone()
    if count:
        yield Problem("near_links", count, example)
    pairs = connection.execute(
        "SELECT p.text_key, p.other_key FROM near_pairs p"
        " WHERE p.text_key < p.other_key AND NOT EXISTS (SELECT 1 FROM articles a"
        " JOIN near_duplicate_links n ON n.article_id = a.id"
        " WHERE a.content_key IN (p.text_key, p.other_key)) ORDER BY 1, 2"
    )
    unlinked = [f"{one} {other}" for one, other in pairs if not near.is_in_part(connection, one)]
    if unlinked:
        yield Problem("near_links", len(unlinked), unlinked[0])
