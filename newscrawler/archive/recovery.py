"""What a crash left in the files of raw pages: found by comparing each file with the end of its last row.

A file longer than its rows: whole records behind them get their row, and what is torn is cut off. A
file shorter than its rows (an older copy was put back): the rows beyond its end are taken out. A file
that is gone as a whole keeps its rows, since it may only be elsewhere for now; reading says so.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from sqlite_utils import Database

from newscrawler.archive import captures, dayfile, erase
from newscrawler.archive.writer import Writer

logger = logging.getLogger(__name__)

BATCH = 100
"""Records that are given rows at a time: a file without any rows is as long as a day."""


@dataclass(slots=True)
class Recovery:
    """What was found and mended, over all files."""

    cut_bytes: int = 0
    """Torn ends, in bytes."""
    adopted: int = 0
    """Whole records that had no row and have one now."""
    lost: int = 0
    """Rows whose record was not there any more."""
    missing: int = 0
    """Files that rows point into and that are not there."""

    def __bool__(self) -> bool:
        return bool(self.cut_bytes or self.adopted or self.lost or self.missing)

    def __str__(self) -> str:
        found = (
            (self.cut_bytes, "bytes of a torn record were cut off"),
            (self.adopted, "whole pages without a row have theirs now"),
            (self.lost, "rows of pages that are not there were taken out"),
            (self.missing, "files of pages are not there"),
        )
        return ", ".join(f"{number} {what}" for number, what in found if number)


def recover(folder: Path, reader: Database, writer: Writer) -> Recovery:
    """Make files and rows agree; the caller holds the lock. Costs a look at each file when all is well.

    Raises ArchiveFailed when a file cannot be read or cut.
    """
    done = Recovery()
    _erase(folder, reader, writer)  # first: a forgotten page at a file's end would get a row again
    there = dayfile.names_in(folder)
    done.missing = len(set(captures.files(reader)) - there)
    for name in sorted(there):
        try:
            _recover_file(folder / name, reader, writer, done)
        except OSError as error:
            raise dayfile.failure(folder / name, error) from error
    if done:
        logger.warning("Raw pages in %s: %s", folder, done)
    return done


def _erase(folder: Path, reader: Database, writer: Writer) -> None:
    """Overwrite what was forgotten before a crash came in between."""
    erased = erase.overwrite(folder, erase.pending(reader))
    if erased:
        writer.submit(lambda db: erase.settle(db, erased)).result()


def _recover_file(path: Path, reader: Database, writer: Writer, done: Recovery) -> None:
    size, name = path.stat().st_size, path.name
    if size < captures.end_of(reader, name):
        done.lost += writer.submit(lambda db: captures.drop(db.conn, name, beyond=size)).result()
    end = captures.end_of(reader, name)
    if size == end:
        return
    dayfile.make_durable(path)  # the program died, not the machine: the end may be in memory alone
    tail = dayfile.Tail(end)
    members = dayfile.members(path, tail)
    while batch := list(islice(members, BATCH)):
        done.adopted += writer.submit(partial(_adopt, name=name, batch=batch)).result()
    if tail.torn:
        done.cut_bytes += dayfile.cut(path, tail)


def _adopt(database: Database, *, name: str, batch: list[dayfile.Member]) -> int:
    """Give whole records their rows; each before the next is looked at, which may refer to it."""
    adopted = 0
    for member in batch:
        capture = captures.from_record(database, member.data, name, member.offset)
        if capture is not None:
            captures.insert(database.conn, [capture])
            adopted += 1
    return adopted
