"""A copy of an archive, and of the raw pages that it points to, while a crawl runs.

The database is copied first, then the pages: files of raw pages are only appended to, so all that the
copy names is among them. The copy gets its name last, and so is whole when it is there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from newscrawler.archive import captures
from newscrawler.archive.copying import copied, sync
from newscrawler.archive.errors import ArchiveError, ArchiveMissing
from newscrawler.archive.filesystem import beside
from newscrawler.archive.lock import ArchiveLock
from newscrawler.archive.open import open_archive, refuse_foreign
from newscrawler.archive.pages import folder_of

_CHUNK = 1 << 20

Bar = Callable[[str, int, str], AbstractContextManager[Callable[[int], object]]]


@dataclass(slots=True)
class Backup:
    """What was copied."""

    target: Path
    size: int = 0
    """Of the database, in bytes."""
    files: int = 0
    """Files of raw pages that the copy points to."""
    linked: int = 0
    """Of them those that are the same file under a second name: no room taken."""
    kept: int = 0
    """…and those that an earlier copy had brought already."""
    missing: list[str] = field(default_factory=list)
    """Files that the archive points to and that are not there, or too short."""


def back_up(archive: Path, target: Path, bar: Bar, *, pages: bool) -> Backup:
    """Copy ``archive`` to the file ``target``, with ``pages`` also its raw pages to ``<target>.pages``.

    Takes no lock. An older copy at ``target`` is replaced when the new one is whole.
    Raises ArchiveError, naming what is in the way.
    """
    _check_target(archive, target)
    done = Backup(target)
    try:
        with (
            closing(open_archive(archive, create=False, read_only=True).conn) as connection,
            _pages_bar(bar) as progress,
            copied(connection, target, progress) as partial,
        ):
            done.size = partial.stat().st_size
            if pages:
                _copy_pages(folder_of(archive), partial, folder_of(target), done, bar)
    except (OSError, sqlite3.Error) as error:
        raise ArchiveError(
            f"{archive} could not be copied to {target} ({error}); an older copy there is as it was. "
            f"Look at: df -h {target.parent}"
        ) from error
    return done


def _check_target(archive: Path, target: Path) -> None:
    """Refuse a target that is no place for a copy, or an archive in use."""
    if not target.parent.is_dir():
        raise ArchiveMissing(f"There is no folder {target.parent}. Make it first: mkdir -p {target.parent}")
    if not target.exists():
        return
    if not target.is_file() or (archive.exists() and target.samefile(archive)):
        raise ArchiveError(f"{target} is no place for a copy of {archive}; name another file.")
    refuse_foreign(target)
    logs = [beside(target, end) for end in ("-wal", "-journal")]
    if any(log.exists() and log.stat().st_size for log in logs) or ArchiveLock(target).holder() is not None:
        raise ArchiveError(f"{target} is in use; name another file, or wait until nobody has it open.")


@contextmanager
def _pages_bar(bar: Bar) -> Iterator[Callable[[int, int], object]]:
    """A bar whose length is known with the first step: percent."""
    before = 0
    with bar("copying", 100, "%") as progress:

        def step(done: int, total: int) -> None:
            nonlocal before
            percent = 100 * done // max(1, total)
            progress(percent - before)
            before = percent

        yield step


def _copy_pages(source: Path, partial: Path, target: Path, done: Backup, bar: Bar) -> None:
    """The files that the copy at ``partial`` points to, as long as it needs them."""
    with closing(sqlite3.connect(f"{partial.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        copy = Database(connection, execute_plugins=False)
        needed = {name: captures.end_of(copy, name) for name in captures.files(copy)}
    done.files = len(needed)
    if not needed:
        return
    target.mkdir(exist_ok=True)
    newest = max(needed)
    with bar("copying raw pages", len(needed), "file") as progress:
        for name, length in needed.items():
            _copy_file(source / name, target / name, length, done, may_link=name != newest)
            progress(1)
    sync(target)
    sync(target.parent)


def _copy_file(source: Path, target: Path, length: int, done: Backup, *, may_link: bool) -> None:
    """``length`` bytes of ``source``; a second name for it where it is whole and nobody appends any more."""
    size = source.stat().st_size if source.exists() else -1
    if size < length:
        done.missing.append(source.name)
        return
    if target.exists() and _is_same(source, target, length):
        done.kept += 1
        return
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        if may_link and size == length and _link(source, partial):
            done.linked += 1
        else:
            _copy_bytes(source, partial, length)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _is_same(source: Path, target: Path, length: int) -> bool:
    """Whether an earlier copy is what this one would be: same file, or same length and time."""
    ours, copy = source.stat(), target.stat()
    same_time = ours.st_size == copy.st_size == length and ours.st_mtime_ns == copy.st_mtime_ns
    return same_time or target.samefile(source)


def _link(source: Path, target: Path) -> bool:
    """False where there are no hard links: another disk, a file system without them."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def _copy_bytes(source: Path, target: Path, length: int) -> None:
    with source.open("rb") as read, target.open("wb") as write:
        while length and (piece := read.read(min(_CHUNK, length))):
            write.write(piece)
            length -= len(piece)
        write.flush()
        os.fsync(write.fileno())
    shutil.copystat(source, target)
