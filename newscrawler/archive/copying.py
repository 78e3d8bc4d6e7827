"""A consistent copy of a database that others may write to meanwhile: on the disk before it has its name."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

STEP = 1024
"""Pages that are written in one go; after each a signal is heard and progress told."""


@contextlib.contextmanager
def copied(
    connection: sqlite3.Connection,
    target: Path,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Iterator[Path]:
    """Copy the database of ``connection`` and give the copy's provisional file, to be looked at.

    It becomes ``target`` when the block ends, and goes away when the block fails. ``progress`` is told the
    pages done and the pages there are. Raises OSError and sqlite3.Error.
    """
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        _copy(connection, partial, progress)
        yield partial
        sync(partial)
        partial.replace(target)
        sync(target.parent)  # the name too must be there before anybody relies on it
    finally:
        partial.unlink(missing_ok=True)  # half a copy: no room, or a signal


def _copy(connection: sqlite3.Connection, partial: Path, progress: Callable[[int, int], object]) -> None:
    """One state of the database: a read transaction holds it, else each commit of others begins it anew."""
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            connection.backup(copy, pages=STEP, progress=lambda _, left, total: progress(total - left, total))
        finally:
            connection.execute("ROLLBACK")
        copy.execute(
            "PRAGMA journal_mode = DELETE"
        )  # one file, readable also in a folder that is not writable


def sync(path: Path) -> None:
    """Have the file or folder (the names that were made in it or taken out of it) at ``path`` on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
