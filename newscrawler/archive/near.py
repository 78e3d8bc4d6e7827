"""Near-duplicates: what the index brings together, the pairs that are found so, the clusters they form.

The unit is the text, not the article: exact copies share one (``content_key``), represented by the
earliest of them. All that is kept is a function of the texts and their times, not of the order in which they
came: a pair is judged by its two texts alone, and clusters are made anew from the pairs of whatever a
newcomer touches. Only the bounds below, which keep the cost of an article flat, could tell an order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from newscrawler.archive import alike, near_index
from newscrawler.archive.alike import Facts, Text
from newscrawler.archive.clusters import clusters
from newscrawler.archive.duplicates import Rank, rank
from newscrawler.archive.near_index import Known

COMPARED = 6
"""Most texts that a new one is compared with."""

CONNECTED = 100
"""Most texts that are looked at to make clusters anew."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The article that represents a text: the earliest with it."""

    id: int
    rank: Rank


def add(connection: sqlite3.Connection, text_key: int | None, body: str) -> None:
    """Take the text of a stored article into the index and find its near-duplicates.

    Call it when the article's rows are written and its exact copies have found their head; a text that
    is known already only has its cluster made anew.
    """
    if text_key is None:
        return
    if _is_shared(connection, text_key):
        regroup(connection, text_key)
    else:
        _enter(connection, text_key, body)


def _enter(connection: sqlite3.Connection, text_key: int, body: str) -> None:
    """Take a text in that is not in the index."""
    text = Text(body)
    phrases = near_index.sketch(text)
    if not phrases:
        return
    candidates = _candidates(connection, text)
    # Numbers and names of a text that is like no other are measured when one comes that is like it.
    facts = text.facts.written if candidates else None
    near_index.enter(connection, text_key, phrases, alike.written(text.marks), facts)
    if sum([_pair(connection, text_key, text, other) for other in candidates]):
        regroup(connection, text_key)


def rebuild(connection: sqlite3.Connection, progress: Callable[[int], object]) -> None:
    """Make everything anew from the texts, in the caller's transaction; told of each text."""
    for table in ("near_duplicate_links", "near_pairs"):
        connection.execute(f"DELETE FROM {table}")
    near_index.clear(connection)
    rows = connection.execute(
        "SELECT a.content_key, b.body FROM articles a JOIN bodies b ON b.article_id = a.id"
        " WHERE a.duplicate_of IS NULL AND a.content_key IS NOT NULL ORDER BY a.id"
    )
    for text_key, body in rows:
        _enter(connection, text_key, body)
        progress(1)


def remove(connection: sqlite3.Connection, text_key: int | None, body: str) -> None:
    """Take the text ``body`` out of the index when no article has it any more.

    Call it when the article that had it has another one, or is gone, and its copies have a new head.
    """
    if text_key is None:
        return
    if _head(connection, text_key) is not None:
        regroup(connection, text_key)
        return
    near_index.take_out(connection, text_key, Text(body))
    pairs = connection.execute("SELECT other_key FROM near_pairs WHERE text_key = ?", (text_key,))
    others = [other for (other,) in pairs]
    connection.executemany(
        "DELETE FROM near_pairs WHERE text_key = ? AND other_key = ?",
        [pair for other in others for pair in ((text_key, other), (other, text_key))],
    )
    for other in others[:CONNECTED]:
        regroup(connection, other)


def replace(
    connection: sqlite3.Connection, article_id: int, old_body: str, old_key: int | None, new_key: int | None
) -> None:
    """Bring all in line after the article got another text than ``old_body``, or another time alone."""
    if old_key == new_key:
        regroup(connection, new_key)
        return
    # Links say nothing of texts: those from and to this article are of the text that it had.
    connection.execute(
        "DELETE FROM near_duplicate_links WHERE article_id = ?1 OR first_id = ?1", (article_id,)
    )
    remove(connection, old_key, old_body)
    (body,) = connection.execute("SELECT body FROM bodies WHERE article_id = ?", (article_id,)).fetchone()
    add(connection, new_key, body)


def regroup(connection: sqlite3.Connection, text_key: int | None) -> None:
    """Make the clusters around a text anew; writes only what changes."""
    if text_key is None:
        return
    pairs = _component(connection, text_key)
    if len(pairs) == 1 and not _linked(connection, text_key):
        return
    heads = {key: head for key in pairs if (head := _head(connection, key)) is not None}
    before = {row[0]: (row[1], row[2]) for key in pairs for row in _linked(connection, key)}

    @cache
    def text_of(key: int) -> Text:
        return _read(connection, key)

    def kinship(first: int, other: int) -> float | None:
        known = before.get(heads[other].id)
        if known is not None and known[0] == heads[first].id:
            return known[1]  # of two texts it is always the same
        return alike.kinship(text_of(first), text_of(other))

    found = clusters({key: head.rank for key, head in heads.items()}, pairs, kinship)
    after = {heads[key].id: (heads[first].id, similarity) for key, (first, similarity) in found.items()}
    _write(connection, before, after)


def is_in_part(connection: sqlite3.Connection, text_key: int) -> bool:
    """Whether a text is connected with so many others that its cluster is made of a part of them.

    Which part depends on where it began, so that links of such a family are right in more than one way.
    """
    return len(_component(connection, text_key)) >= CONNECTED


def _write(
    connection: sqlite3.Connection,
    before: dict[int, tuple[int, float]],
    after: dict[int, tuple[int, float]],
) -> None:
    """Make the links of the articles concerned ``after``, where they differ."""
    # No upsert: for this one SQLite takes a savepoint, and FTS5 then writes out what it has gathered.
    connection.executemany(
        "DELETE FROM near_duplicate_links WHERE article_id = ?",
        [(article,) for article, link in before.items() if after.get(article) != link],
    )
    connection.executemany(
        "INSERT INTO near_duplicate_links(article_id, first_id, similarity) VALUES (?, ?, ?)",
        [(article, *link) for article, link in after.items() if before.get(article) != link],
    )


def _pair(connection: sqlite3.Connection, text_key: int, text: Text, known: Known) -> bool:
    """Whether the two are near-duplicates; then they are kept as a pair, in both directions."""
    other = None
    if known.facts is not None:
        facts = Facts.read(known.facts)
    else:
        other = _read(connection, known.text_key)
        facts = other.facts
    similarity = 0.0
    if alike.tell_the_same(text.facts, facts):
        similarity = alike.similarity(text, other or _read(connection, known.text_key))
    if similarity < alike.ALIKE:
        if known.facts is None:  # the next that is like it need not read it
            near_index.note_facts(connection, known.number, facts.written)
        return False
    measured = (similarity, *alike.compare_numbers(text.facts, facts))
    connection.executemany(
        "INSERT INTO near_pairs(text_key, other_key, similarity, numbers, numbers_same)"
        " VALUES (?, ?, ?, ?, ?)",
        [(text_key, known.text_key, *measured), (known.text_key, text_key, *measured)],
    )
    return True


# Reading


def _is_shared(connection: sqlite3.Connection, text_key: int) -> bool:
    """Whether more than one article has the text: then it is in the index."""
    asked = "SELECT count(*) FROM (SELECT 1 FROM articles WHERE content_key = ? LIMIT 2)"
    return bool(connection.execute(asked, (text_key,)).fetchone()[0] > 1)


def _candidates(connection: sqlite3.Connection, text: Text) -> list[Known]:
    """The texts that have most phrases in common with this one, best first.

    Those with equally many are taken all or none: what many texts have in common with a new one is
    common, and which of them would be taken were chance. Only the best are never none.
    """
    found = sorted(near_index.in_common(connection, text), key=lambda known: (-known.common, known.text_key))
    if len(found) <= COMPARED:
        return found
    best = found[:COMPARED]
    return [known for known in best if known.common > found[COMPARED].common] or best


def _read(connection: sqlite3.Connection, text_key: int) -> Text:
    """The text by its key, of whichever article represents it."""
    (body,) = connection.execute(
        "SELECT b.body FROM articles a JOIN bodies b ON b.article_id = a.id"
        " WHERE a.content_key = ? AND a.duplicate_of IS NULL",
        (text_key,),
    ).fetchone()
    return Text(body)


def _head(connection: sqlite3.Connection, text_key: int) -> _Head | None:
    """The earliest article with the text; None when there is none."""
    row = connection.execute(
        "SELECT id, published_at, url FROM articles WHERE content_key = ? AND duplicate_of IS NULL",
        (text_key,),
    ).fetchone()
    return None if row is None else _Head(row[0], rank(row[1], row[2]))


def _linked(connection: sqlite3.Connection, text_key: int) -> list[tuple[int, int, float]]:
    """The links of articles with the text: one, and where the head has just changed that of the old head."""
    return connection.execute(
        "SELECT n.article_id, n.first_id, n.similarity FROM articles a"
        " JOIN near_duplicate_links n ON n.article_id = a.id WHERE a.content_key = ?",
        (text_key,),
    ).fetchall()


def _neighbours(connection: sqlite3.Connection, text_key: int) -> dict[int, float]:
    """The near-duplicates of a text with their similarity."""
    return dict(
        connection.execute(
            "SELECT other_key, similarity FROM near_pairs WHERE text_key = ? LIMIT ?", (text_key, CONNECTED)
        )
    )


def _component(connection: sqlite3.Connection, text_key: int) -> dict[int, dict[int, float]]:
    """All texts that pairs connect with this one, each with its near-duplicates."""
    pairs: dict[int, dict[int, float]] = {}
    waiting = [text_key]
    for key in waiting:
        if key in pairs or len(pairs) >= CONNECTED:
            continue
        pairs[key] = _neighbours(connection, key)
        waiting.extend(pairs[key])
    return pairs
