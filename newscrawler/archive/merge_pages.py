"""Raw pages of several archives as those of one: the records are copied, each row points to its record.

What the target has stays where it is, so that its rows are true before and after. The others' records go
behind it, into a file that takes the old one's place when it is whole.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from newscrawler.archive import captures, dayfile, warc
from newscrawler.archive.captures import Capture
from newscrawler.archive.lock import ArchiveLock
from newscrawler.archive.merge_forgotten import Forgotten
from newscrawler.archive.merge_inputs import Input
from newscrawler.archive.pages import folder_of
from newscrawler.identity import key64

Progress = Callable[[int], object]

_ROW = ("url", "fetched_at", "kind", "status", "record", "file", "offset", "length", "digest", "size")
_ABOUT = ("content_type", "article_key", "part", "crawl_id")


@dataclass(slots=True)
class Joined:
    """What became of the raw pages."""

    copied: int = 0
    """Records that were copied."""
    lost: dict[str, int] = field(default_factory=dict)
    """Archive -> how many of its rows point to what is not there, or not readable, and no other has it."""
    files: list[Path] = field(default_factory=list)
    """Made, to be put into the target's folder."""


@dataclass(slots=True)
class _Record:
    """A record that the union has."""

    number: int
    """In ``scratch.pages``."""
    member: Callable[[], bytes]
    """Reads it again."""


class _Day:
    """One day's file of the union, made in ``work`` when something is to be added to the one in ``base``."""

    def __init__(self, name: str, base: Path, work: Path) -> None:
        self.path = work / name
        self._base = base / name
        self._file: BinaryIO | None = None
        self._known: dict[tuple[Any, ...], list[_Record]] = {}
        """What rows say of a record -> the records of which they say so."""
        self.infos: set[bytes] = set()
        """The warcinfo records that it has."""

    def append(self, member: bytes) -> int:
        """Where ``member`` was put."""
        if self._file is None:
            self.path.parent.mkdir(exist_ok=True)
            if self._base.exists():
                shutil.copyfile(self._base, self.path)
            self._file = self.path.open("ab")
        offset = self._file.seek(0, os.SEEK_END)
        self._file.write(member)
        return offset

    def number_of(self, capture: Capture, member: bytes) -> int | None:
        """The record that is this very one; None: it is not there yet."""
        alike = self._known.get(_told(capture), [])
        return next((record.number for record in alike if record.member() == member), None)

    def add(self, capture: Capture, number: int, source: Path) -> None:
        """The record ``number`` is there; it can be read again at the place of ``capture`` in ``source``."""

        def member() -> bytes:
            with source.open("rb") as file:
                file.seek(capture.offset)
                return file.read(capture.length)

        self._known.setdefault(_told(capture), []).append(_Record(number, member))

    def close(self) -> bool:
        """Have it on the disk; whether anything was added."""
        if self._file is None:
            return False
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return True


class Pages:
    """Copies the raw pages of ``inputs``, and writes their rows into the union."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        inputs: Sequence[Input],
        forgotten: Forgotten,
        base: Path,
        work: Path,
    ) -> None:
        self._connection = connection
        self._inputs = inputs
        self._forgotten = forgotten
        self._base = base
        self._work = work
        self.joined = Joined()
        columns = ", ".join((*_ROW, *_ABOUT))
        connection.execute(
            f"CREATE TABLE scratch.pages"
            f" (number INTEGER PRIMARY KEY, {columns}, input, from_file, from_offset)"
        )
        connection.execute(
            "CREATE TABLE scratch.missed (archive, url_key, fetched_at, record, status, digest, length)"
        )
        connection.execute(
            "CREATE TABLE scratch.places (input, file, offset, number, PRIMARY KEY (input, file, offset))"
        )

    def write(self, progress: Progress) -> Joined:
        """All of them, day by day."""
        names = {name for one in self._inputs for name in captures.files(one.database)}
        names |= {name for one in self._inputs for name in dayfile.names_in(folder_of(one.path))}
        for name in sorted(names):
            day = _Day(name, self._base, self._work)
            try:
                for one in self._inputs:
                    self._take(one, name, day, progress)
            finally:
                if day.close():
                    self.joined.files.append(day.path)
        self._write_rows()
        self._count_lost()
        return self.joined

    def _take(self, one: Input, name: str, day: _Day, progress: Progress) -> None:
        """The records of one archive's file that ``day`` has not yet."""
        path = folder_of(one.path) / name
        try:
            file = path.open("rb")
        except OSError:
            for missing in captures.in_file(one.database, name):
                self._miss(one, missing)
            return
        with file:
            for capture, member in self._records(one, path, file):
                if capture is None:
                    if member not in day.infos and not one.is_target:
                        day.append(member)
                    day.infos.add(member)
                    continue
                progress(1)
                self._add(one, capture, member, day)

    def _records(self, one: Input, path: Path, file: BinaryIO) -> Iterator[tuple[Capture | None, bytes]]:
        """The records of a file in order, each with its row; None for what says how they were fetched."""
        end = 0
        for capture in captures.in_file(one.database, path.name):
            if capture.offset > end:
                for found in dayfile.members(path, tail := dayfile.Tail(end)):
                    if tail.end > capture.offset:
                        break
                    if _is_info(found.data):
                        yield None, found.data
            end = max(end, capture.end)
            if self._is_forgotten(capture):
                self._leave_out(one, capture)
            elif (member := _member(file, capture, whole=not one.is_target)) is None:
                self._miss(one, capture)
            else:
                yield capture, member
        if not one.is_target and ArchiveLock(one.path).holder() is None:
            yield from self._rowless(one, path, end)

    def _rowless(self, one: Input, path: Path, end: int) -> Iterator[tuple[Capture | None, bytes]]:
        """What a crash left behind the last row."""
        erased = {row[0] for row in one.rows("SELECT offset FROM erasures WHERE file = ?", (path.name,))}
        for found in dayfile.members(path, dayfile.Tail(end)):
            capture = captures.from_record(one.database, found.data, path.name, found.offset)
            if _is_info(found.data):
                yield None, found.data
            elif capture is not None and found.offset not in erased and not self._is_forgotten(capture):
                yield capture, found.data

    def _is_forgotten(self, capture: Capture) -> bool:
        return capture.article_key in self._forgotten or key64(capture.url) in self._forgotten

    def _miss(self, one: Input, capture: Capture) -> None:
        """Its record is not there; another archive may have it."""
        if not self._is_forgotten(capture):
            values = (str(one.path), key64(capture.url), *_told(capture)[1:])
            self._connection.execute("INSERT INTO scratch.missed VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def _leave_out(self, one: Input, capture: Capture) -> None:
        """What was forgotten is not copied; where it stands already it is overwritten afterwards."""
        if one.is_target:
            self._connection.execute(
                "INSERT INTO erasures(file, offset, length) VALUES (?, ?, ?)",
                (capture.file, capture.offset, capture.length),
            )

    def _add(self, one: Input, capture: Capture, member: bytes, day: _Day) -> None:
        number = None if one.is_target else day.number_of(capture, member)
        place = (one.number, capture.file, capture.offset)
        mapped = replace(capture, crawl_id=one.crawl(capture.crawl_id))
        if number is None:
            if not one.is_target:
                mapped = replace(mapped, offset=day.append(member))
                self.joined.copied += 1
            values = [getattr(mapped, name) for name in (*_ROW, *_ABOUT)]
            row = self._connection.execute(
                f"INSERT INTO scratch.pages VALUES (NULL, {', '.join('?' * (len(values) + 3))})"
                " RETURNING number",
                (*values, one.number, *(capture.refers_to or (None, None))),
            ).fetchone()
            number = int(row[0])
            day.add(capture, number, folder_of(one.path) / capture.file)
        else:  # one of the two may have been given its row after a crash
            self._connection.execute(
                "UPDATE scratch.pages SET crawl_id = ifnull(crawl_id, ?),"
                " article_key = ifnull(article_key, ?) WHERE number = ?",
                (mapped.crawl_id, capture.article_key, number),
            )
        self._connection.execute("INSERT INTO scratch.places VALUES (?, ?, ?, ?)", (*place, number))

    def _count_lost(self) -> None:
        """What is in no archive."""
        rows = self._connection.execute(
            "SELECT archive, count(*) FROM scratch.missed m WHERE NOT EXISTS (SELECT 1 FROM captures c"
            " WHERE c.url_key = m.url_key AND c.fetched_at = m.fetched_at AND c.record = m.record"
            " AND c.status = m.status AND c.digest IS m.digest AND c.length = m.length) GROUP BY archive"
        )
        self.joined.lost = dict(rows.fetchall())

    def _write_rows(self) -> None:
        """In the order in which they were fetched."""
        columns = ", ".join((*_ROW, *_ABOUT))
        execute = self._connection.execute
        execute(
            "CREATE TABLE scratch.order_of_pages AS SELECT number, row_number() OVER"
            " (ORDER BY fetched_at, file, input, offset) AS id FROM scratch.pages"
        )
        execute("CREATE UNIQUE INDEX scratch.by_number ON order_of_pages(number)")
        keyed = self._connection.execute(
            f"SELECT o.id, {columns} FROM scratch.order_of_pages o"
            " JOIN scratch.pages p ON p.number = o.number ORDER BY o.id"
        )
        marks = ", ".join("?" * (len(_ROW) + len(_ABOUT) + 2))
        self._connection.executemany(
            f"INSERT INTO captures(id, url_key, {columns}) VALUES ({marks})",
            ((number, key64(url), url, *rest) for number, url, *rest in keyed),
        )
        execute(
            "UPDATE captures SET refers_to = r.target FROM (SELECT o.id, t.id AS target FROM scratch.pages p"
            " JOIN scratch.order_of_pages o ON o.number = p.number JOIN scratch.places x ON x.input = p.input"
            " AND x.file = p.from_file AND x.offset = p.from_offset"
            " JOIN scratch.order_of_pages t ON t.number = x.number) r WHERE r.id = captures.id"
        )
        execute(  # what it repeats may be lost in one archive and kept in another
            "UPDATE captures SET refers_to = (SELECT max(o.id) FROM captures o"
            " WHERE o.url_key = captures.url_key AND o.digest = captures.digest"
            " AND o.record = 'response' AND o.status = 200)"
            " WHERE record = 'revisit' AND refers_to IS NULL AND digest IS NOT NULL"
        )


def _told(capture: Capture) -> tuple[Any, ...]:
    """What a row says of its record, wherever it stands."""
    c = capture
    return c.url, c.fetched_at, c.record, c.status, c.digest, c.length


def _member(file: BinaryIO, capture: Capture, *, whole: bool) -> bytes | None:
    """The record of ``capture``, read and looked at when it is to be copied (``whole``); None: not there."""
    file.seek(capture.offset if whole else max(0, capture.end - 1))
    data = file.read(capture.length if whole else 1)
    if not whole:
        return data or None
    try:
        return data if warc.read(data).url == capture.url else None
    except warc.NoRecord:
        return None


def _is_info(member: bytes) -> bool:
    try:
        return warc.read(member).kind == "warcinfo"
    except warc.NoRecord:
        return False
