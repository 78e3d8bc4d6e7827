"""The rows of kept pages: which file holds which answer, where in it, and for which article it came."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive.warc import NoRecord, Original, read

Kind = Literal["article", "listing"]


@dataclass(frozen=True, slots=True)
class Capture:
    """An answer as it is kept; the columns of the table ``captures`` in their order, ``refers_to`` apart."""

    url: str
    """As it was asked for."""
    fetched_at: str
    """ISO 8601 UTC."""
    kind: Kind
    """What was asked for: an article (or a part of one), or a listing."""
    status: int
    record: str
    """``response``, or ``revisit``: nothing but headers, the payload is where ``refers_to`` is."""
    file: str
    """In the folder ``<archive>.pages``."""
    offset: int
    """Where its gzip member begins in the file, in bytes…"""
    length: int
    """…and how long it is."""
    digest: str | None
    """Of the payload, as it came (compressed, if it was); None for a 304."""
    size: int
    """Of the payload that came, in bytes."""
    content_type: str | None = None
    article_key: int | None = None
    """key64 of the canonical address for which it was asked: the ``url_key`` of an article or an alias."""
    part: int = 1
    """Which part of the article, from 1."""
    crawl_id: int | None = None
    refers_to: tuple[str, int] | None = None
    """File and offset of the record that holds the payload of a revisit."""

    @property
    def end(self) -> int:
        """Where the next record begins."""
        return self.offset + self.length


_COLUMNS = [field.name for field in fields(Capture) if field.name != "refers_to"]
_SELECT = f"SELECT {', '.join(f'c.{name}' for name in _COLUMNS)}, o.file, o.offset"
_FROM = " FROM captures c LEFT JOIN captures o ON o.id = c.refers_to"


def insert(connection: sqlite3.Connection, captures: Iterable[Capture]) -> None:
    """Add the rows, in order: a revisit may refer to one of those before it."""
    names = ["url_key", *_COLUMNS]
    statement = (
        f"INSERT INTO captures({', '.join(names)}, refers_to) VALUES ({', '.join('?' * len(names))},"
        " (SELECT id FROM captures WHERE file = ? AND offset = ?))"
    )
    for capture in captures:
        values = [getattr(capture, name) for name in _COLUMNS]
        where = capture.refers_to or (None, None)
        connection.execute(statement, (identity.key64(capture.url), *values, *where))


def original_of(
    database: Database, url: str, digest: str | None, *, file: str | None = None
) -> Capture | None:
    """The newest kept page of ``url`` with this payload, or with any for None; only in ``file`` if given."""
    rows = _select(
        database,
        "c.url_key = ? AND c.record = 'response' AND c.status = 200 AND (?2 IS NULL OR c.digest = ?2)"
        " AND (?3 IS NULL OR c.file = ?3) ORDER BY c.id DESC LIMIT 1",
        (identity.key64(url), digest, file),
    )
    return rows[0] if rows else None


def is_kept(database: Database, url: str, fetched_at: datetime, digest: str) -> bool:
    """Whether what ``url`` answered at that moment, with this payload, is kept already."""
    return bool(
        _select(
            database,
            "c.url_key = ? AND c.fetched_at = ? AND c.digest = ? LIMIT 1",
            (identity.key64(url), clock.iso(fetched_at), digest),
        )
    )


def at(database: Database, file: str, offset: int) -> Capture | None:
    """The row of the record that begins there."""
    rows = _select(database, "c.file = ? AND c.offset = ?", (file, offset))
    return rows[0] if rows else None


def in_file(database: Database, file: str) -> Iterator[Capture]:
    """The rows of ``file`` in the order of their records, read as they are taken."""
    condition = "c.file = ? AND c.offset >= ? ORDER BY c.offset LIMIT 500"
    offset = 0
    while rows := _select(database, condition, (file, offset)):
        yield from rows
        offset = rows[-1].offset + 1


def captures_of(database: Database, url: str) -> list[Capture]:
    """Everything that was kept of the article at the canonical address ``url``, in the order of being kept.

    Also what was fetched under another address that led to it.
    """
    return _select(
        database,
        "c.article_key IN (SELECT ?1 UNION SELECT al.url_key FROM aliases al JOIN articles a"
        " ON a.id = al.article_id WHERE a.url_key = ?1) ORDER BY c.id",
        (identity.key64(url),),
    )


def _select(database: Database, condition: str, values: tuple[object, ...]) -> list[Capture]:
    return [
        Capture(*[*row[:-2], (row[-2], row[-1]) if row[-2] else None])
        for row in database.conn.execute(f"{_SELECT}{_FROM} WHERE {condition}", values)
    ]


def files(database: Database) -> list[str]:
    """The names of all files that rows point into, in order; a look into the index for each."""
    found: list[str] = []
    while True:
        row = database.conn.execute(
            "SELECT min(file) FROM captures WHERE file > ?", (found[-1] if found else "",)
        ).fetchone()
        if row[0] is None:
            return found
        found.append(row[0])


def end_of(database: Database, file: str) -> int:
    """Where the last record of ``file`` that has a row ends; 0 without any."""
    row = database.conn.execute(
        "SELECT offset + length FROM captures WHERE file = ? ORDER BY offset DESC LIMIT 1", (file,)
    ).fetchone()
    return int(row[0]) if row else 0


def drop(connection: sqlite3.Connection, file: str, *, beyond: int = 0) -> int:
    """Take out the rows of ``file`` whose records end beyond that many bytes; returns how many."""
    return remove(connection, "file = ? AND offset + length > ?", (file, beyond))


def remove(connection: sqlite3.Connection, condition: str, values: Sequence[object]) -> int:
    """Take out the rows that fit; a revisit elsewhere that referred to one of them refers to nothing."""
    gone = f"FROM captures WHERE {condition}"
    connection.execute(
        f"UPDATE captures SET refers_to = NULL WHERE refers_to IN (SELECT id {gone})", tuple(values)
    )
    return connection.execute(f"DELETE {gone}", tuple(values)).rowcount


def is_needed(database: Database, file: str, before: str) -> bool:
    """Whether a revisit in a file that is not ``before`` refers to a payload in ``file``."""
    row = database.conn.execute(
        "SELECT EXISTS (SELECT 1 FROM captures o JOIN captures c ON c.refers_to = o.id"
        " WHERE o.file = ? AND c.file >= ?)",
        (file, before),
    ).fetchone()
    return bool(row[0])


def from_record(database: Database, member: bytes, file: str, offset: int) -> Capture | None:
    """The row of a record that lost its own in a crash; None for what has none (warcinfo, foreign kinds).

    For which article it was fetched follows from its address. Its payload's home is looked up anew.
    """
    try:
        record = read(member)
        if record.kind not in {"response", "revisit"} or not record.url:
            return None
        address = identity.address(record.url)
        fetched_at = clock.iso(datetime.fromisoformat(record.fetched_at))
    except (NoRecord, ValueError):
        return None
    known = original_of(database, record.url, record.digest) if record.kind == "revisit" else None
    return Capture(
        url=record.url,
        fetched_at=fetched_at,
        kind="article" if address.is_article else "listing",
        status=record.status,
        record=record.kind,
        file=file,
        offset=offset,
        length=len(member),
        digest=record.digest,
        size=int(record.header("Content-Length") or 0),
        content_type=record.header("Content-Type"),
        article_key=identity.key64(address.url) if address.is_article else None,
        part=address.part,
        refers_to=(known.file, known.offset) if known else None,
    )


def as_original(capture: Capture) -> Original:
    """``capture`` as a WARC record refers to it."""
    return Original(capture.url, capture.fetched_at)
