"""The index of near-duplicates: which texts stand under the same phrases, in three tables.

``near_texts`` numbers the texts in the order in which they came and holds their marks and facts. Where a
phrase is found stands in ``near_phrases``, and for the latest texts in ``near_recent``. Phrases are hashes:
the eight of a text stand on eight pages of a large table, each to be read, logged, and written by the
checkpoint. So they gather in a small table, and with the coming of texts it is emptied into the large one, a
stretch of phrases after the other: several then go to the same page. Which stretch is next follows from the
number of the text, so there is nothing to keep, and never a pause.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from newscrawler.archive import alike
from newscrawler.archive.alike import Text
from newscrawler.identity import SHORT_TEXT

LISTED = 32
"""Most texts taken from a list of one phrase, the latest: what stands in more is boilerplate."""

LOOKED_AT = 24
"""Most texts whose marks are compared with those of a new one."""

EVERY = 8
"""With every so many texts a stretch goes over to the large table: each is a statement or two."""

STRETCHES = 1024
"""In how many stretches the small table is emptied: it holds the phrases of some EVERY * STRETCHES / 2 texts.
More would spare pages of the large table, and make the small one too large to be on few pages itself."""

_WIDTH = 2**32 // STRETCHES

EVERYWHERE = "(SELECT phrase, text_id FROM near_recent UNION ALL SELECT phrase, text_id FROM near_phrases)"
"""Both tables of phrases, for a FROM."""


def sketch(text: Text) -> list[int]:
    """The phrases a text stands under; none for one so short that its key holds the title, too."""
    return [] if len(text.normal) < SHORT_TEXT else text.sketch


def enter(
    connection: sqlite3.Connection, text_key: int, phrases: Sequence[int], marks: bytes, facts: bytes | None
) -> None:
    """Take in a text that is not in the index: its ``sketch``, marks and facts, both as written.

    Without ``facts`` they are not measured yet: note_facts().
    """
    number = connection.execute(
        "INSERT INTO near_texts(text_key, marks, facts) VALUES (?, ?, ?)", (text_key, marks, facts)
    ).lastrowid
    assert number is not None
    connection.executemany(
        "INSERT OR IGNORE INTO near_recent(phrase, text_id) VALUES (?, ?)",
        [(phrase, number) for phrase in phrases],
    )
    if number % EVERY == 0:
        _settle(connection, number // EVERY % STRETCHES)


def _settle(connection: sqlite3.Connection, stretch: int) -> None:
    """Move a stretch of the small table to the large one."""
    begins = stretch * _WIDTH - 2**31
    ends = begins + _WIDTH - 1
    # OR IGNORE: a statement that may fail half way is one for which SQLite takes a savepoint, and then FTS5
    # writes out what it has gathered.
    connection.execute(
        "INSERT OR IGNORE INTO near_phrases(phrase, text_id)"
        " SELECT phrase, text_id FROM near_recent WHERE phrase BETWEEN ? AND ? ORDER BY phrase, text_id",
        (begins, ends),
    )
    connection.execute("DELETE FROM near_recent WHERE phrase BETWEEN ? AND ?", (begins, ends))


def take_out(connection: sqlite3.Connection, text_key: int, text: Text) -> None:
    """Take a text out; nothing if it is not in."""
    phrases = sketch(text)
    number = _number(connection, text_key, phrases)
    if number is None:
        return
    for table in ("near_recent", "near_phrases"):
        connection.executemany(
            f"DELETE FROM {table} WHERE phrase = ? AND text_id = ?", [(phrase, number) for phrase in phrases]
        )
    connection.execute("DELETE FROM near_texts WHERE id = ?", (number,))


def _number(connection: sqlite3.Connection, text_key: int, phrases: list[int]) -> int | None:
    """The number of a text, found under the phrase that stands in the fewest.

    An index on ``text_key`` would be a ninth page for each text that comes, for the few that go.
    """
    if not phrases:
        return None

    def length(phrase: int) -> int:
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {EVERYWHERE} WHERE phrase = ? LIMIT 1000)"
        return int(connection.execute(sql, (phrase,)).fetchone()[0])

    row = connection.execute(
        f"SELECT t.id FROM {EVERYWHERE} p CROSS JOIN near_texts t ON t.id = p.text_id"
        " WHERE p.phrase = ? AND t.text_key = ?",
        (min(phrases, key=length), text_key),
    ).fetchone()
    return None if row is None else int(row[0])


def clear(connection: sqlite3.Connection) -> None:
    """Empty the index."""
    for table in ("near_texts", "near_recent", "near_phrases"):
        connection.execute(f"DELETE FROM {table}")


def note_facts(connection: sqlite3.Connection, number: int, facts: bytes) -> None:
    """Keep the facts, as written, of a text that came in without."""
    connection.execute("UPDATE near_texts SET facts = ? WHERE id = ?", (facts, number))


class Known(NamedTuple):
    """What the index knows of a text that has marks in common with another one."""

    number: int
    text_key: int
    common: int
    """How many marks, at least as many as alike.in_common() asks for."""
    facts: bytes | None
    """As written; None: not measured yet."""


def in_common(connection: sqlite3.Connection, text: Text) -> list[Known]:
    """The texts that have enough marks in common with ``text`` to be compared with it.

    Marks are looked at of those that share most phrases with it, and of phrases the rarest: each counts by
    the length of its list, as far as it is read. Of the rest the latest are taken.
    """
    phrases = sketch(text)
    shared: dict[int, float] = defaultdict(float)
    # The phrases of a template have one list: it is taken apart once.
    for (listed,), times in Counter(connection.execute(_lists(len(phrases)), phrases)).items():
        numbers = listed.split(",") if listed else ()
        weight = times / max(1, len(numbers))
        for number in map(int, numbers):
            shared[number] += weight
    if not shared:
        return []
    nearest = sorted(shared, reverse=True)
    nearest.sort(key=shared.__getitem__, reverse=True)
    del nearest[LOOKED_AT:]
    nearest += [0] * (LOOKED_AT - len(nearest))  # always the same statement
    marks = ",".join("?" * LOOKED_AT)
    rows = connection.execute(
        f"SELECT id, text_key, facts, marks FROM near_texts WHERE id IN ({marks})", nearest
    )
    return [
        Known(number, key, common, facts)
        for number, key, facts, kept in rows
        if (common := alike.in_common(text.marks, kept))
    ]


@cache
def _lists(count: int) -> str:
    """The lists of ``count`` phrases in one statement, each a row: a row for each text takes twice as long.

    Of each the latest texts, their numbers in no order.
    """

    def latest(table: str, number: int) -> str:
        listed = f"SELECT text_id FROM {table} WHERE phrase = ?{number} ORDER BY text_id DESC LIMIT {LISTED}"
        return f"SELECT text_id FROM ({listed})"

    return " UNION ALL ".join(
        "SELECT group_concat(text_id) FROM"
        f" ({latest('near_recent', number)} UNION ALL {latest('near_phrases', number)})"
        for number in range(1, count + 1)
    )
