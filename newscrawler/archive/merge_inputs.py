"""The archives that are to be one, opened for reading: also older ones, and crashed or read-only copies."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from shlex import quote
from typing import Any

from sqlite_utils import Database

from newscrawler.archive.copying import copied
from newscrawler.archive.errors import ArchiveCorrupt, ArchiveUnwritable, OlderArchive, explain
from newscrawler.archive.filesystem import beside
from newscrawler.archive.open import open_archive


@dataclass(slots=True)
class Input:
    """One of the archives; its connection reads one moment of it."""

    number: int
    path: Path
    """As it was named: its raw pages lie beside it."""
    database: Database
    is_target: bool = False
    """Whether it is the archive that is to hold the union."""
    crawls: dict[int, int] = field(default_factory=dict)
    """Id of a crawl here -> in the union."""

    @property
    def connection(self) -> sqlite3.Connection:
        """Over which it is read."""
        return self.database.conn

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def crawl(self, number: int | None) -> int | None:
        """The crawl in the union."""
        return None if number is None else self.crawls.get(number)


def refuse(path: Path) -> None:
    """Raise the error of what can be no input, before anything is made or locked."""
    with suppress(OlderArchive, ArchiveUnwritable):  # these may yet be read from a copy
        open_archive(path, create=False, read_only=True).close()


def opened(number: int, path: Path, work: Path, *, is_target: bool = False) -> Input:
    """The archive at ``path``, checked by SQLite, from now on as it is now; copies of it lie in ``work``.

    Raises ArchiveError with a sentence that names the file.
    """
    try:
        database = _database(path, work / f"input-{number}.db")
        try:
            database.conn.execute("BEGIN")
            database.conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            (said,) = database.conn.execute("PRAGMA quick_check(1)").fetchone()
        except BaseException:
            database.close()
            raise
    except sqlite3.Error as error:
        raise explain(error, str(path)) from error
    if said != "ok":
        database.close()
        raise explain_damage(path, said)
    return Input(number, path, database, is_target)


def explain_damage(path: Path, said: str) -> ArchiveCorrupt:
    """The error of an archive of which SQLite said that."""
    return ArchiveCorrupt(
        f"{path} is damaged ({said.splitlines()[-1]}). Merge a whole copy of it instead, or what can be read:"
        f" sqlite3 {quote(str(path))} .recover | sqlite3 recovered.db,"
        " then newscrawler check --archive recovered.db"
    )


def _database(path: Path, copy: Path) -> Database:
    try:
        return open_archive(path, create=False, read_only=True)
    except OlderArchive:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection,
            copied(connection, copy),
        ):
            pass
    except ArchiveUnwritable:  # SQLite wants to make files beside one that was not closed
        shutil.copyfile(path, copy)
        with suppress(FileNotFoundError):
            shutil.copyfile(beside(path, "-wal"), f"{copy}-wal")
    open_archive(copy, create=False).close()
    return open_archive(copy, create=False, read_only=True)


Rows = list[tuple["Input", tuple[Any, ...]]]


def together(inputs: Sequence[Input], sql: str) -> Iterator[Rows]:
    """Rows of all ``inputs`` with the same first column, read as they are taken; ``sql`` orders by it."""

    def keyed(one: Input) -> Iterator[tuple[Any, int, Input, tuple[Any, ...]]]:
        return ((row[0], one.number, one, row) for row in one.connection.execute(sql))

    rows = merge(*map(keyed, inputs), key=itemgetter(0, 1))
    for _, group in groupby(rows, key=itemgetter(0)):
        yield [(one, row) for _, _, one, row in group]
