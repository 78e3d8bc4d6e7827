"""What can go wrong with an archive, in words for the person who typed the command.

Every message names the file, what was expected of it and what to type next.
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

HOW_TO_NAME = "--archive FILE; scrapy crawl: -s ARCHIVE_PATH=FILE"
"""What a sentence says to whoever named a file that is no archive."""


class ArchiveError(Exception):
    """Anything that keeps us from using an archive; ``str()`` of it is ready to be shown."""


class NotADatabase(ArchiveError):
    """The file is no SQLite database (or no plain file at all)."""


class ForeignDatabase(ArchiveError):
    """A SQLite database that some other program made; it is never touched."""


class NewerArchive(ArchiveError):
    """The archive was made by a newer newscrawler than this one."""


class OlderArchive(ArchiveError):
    """The archive needs migrations, and it was to be opened for reading only."""


class ArchiveMissing(ArchiveError):
    """There is no such file, or no such folder."""


class ArchiveUnwritable(ArchiveError):
    """The file or its folder cannot be read or written by this user."""


class ArchiveCorrupt(ArchiveError):
    """SQLite finds the file damaged."""


class NetworkFileSystem(ArchiveError):
    """The file lies on a network file system, where SQLite's locks and WAL cannot be trusted."""


class SqliteTooOld(ArchiveError):
    """The SQLite that Python was built with is below our floor."""


class ArchiveBusy(ArchiveError):
    """Another program held the write lock longer than we were told to wait."""


class ArchiveFailed(ArchiveError):
    """Writing failed for a reason that will not pass by itself: disk full, I/O error, damage."""


class LockHeld(ArchiveError):
    """Another process works on this archive; ``holder`` says who (may be empty)."""

    def __init__(self, message: str, holder: dict[str, object]) -> None:
        super().__init__(message)
        self.holder = holder


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when nothing more can be written: a full disk, a quota, a limit on files."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_STORAGE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
}


def primary_code(error: BaseException) -> int:
    """SQLite's primary result code of ``error``; 0 when it carries none (a fault of Python's own).

    A text that is no UTF-8 is Python's own to find and damage of the file: none is written.
    """
    if isinstance(error, sqlite3.OperationalError) and "decode to UTF-8" in str(error):
        return sqlite3.SQLITE_CORRUPT
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_busy(error: BaseException) -> bool:
    """True when another connection holds the lock: waiting may help."""
    return primary_code(error) in _BUSY


def is_storage_failure(error: BaseException) -> bool:
    """True when the file or the disk is at fault, not the statement: no later write can be trusted."""
    return primary_code(error) in _STORAGE


def as_archive_error(error: BaseException | None, path: str) -> ArchiveError | None:
    """``error`` as an ArchiveError when the archive is at fault, None when a page or a program is.

    Of SQLite's errors those of the disk, the file and its locks count; a constraint that fails does not.
    """
    if isinstance(error, ArchiveError):
        return error
    if isinstance(error, sqlite3.Error) and (is_busy(error) or is_storage_failure(error)):
        return explain(error, path)
    return None


def explain(error: sqlite3.Error, path: str) -> ArchiveError:
    """The ArchiveError that says what ``error`` means for the archive at ``path``."""
    code = primary_code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return NotADatabase(
            f"{path} is not a SQLite database; expected an archive made by newscrawler. "
            f"Name another file ({HOW_TO_NAME}) or move this one away."
        )
    if code == sqlite3.SQLITE_CORRUPT:
        what = str(error).partition(" with text")[0]  # none of the bytes
        return ArchiveCorrupt(
            f"{path} is damaged ({what}). Copy your last backup over it, or save what can be read: "
            f"sqlite3 {path} .recover | sqlite3 recovered.db"
        )
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return ArchiveUnwritable(
            f"{path} cannot be opened ({error}). It and its folder must be writable (SQLite keeps two files "
            f"beside it); look at: ls -ld {Path(path).parent} {path}, or set ARCHIVE_PATH to another place."
        )
    if code in _BUSY:
        return ArchiveBusy(
            f"{path} is locked by another program that writes to it; try again when it is done."
        )
    if code == sqlite3.SQLITE_FULL:
        return ArchiveFailed(
            f"No room left to write {path} ({error}). Make space (df -h shows where), then start the crawl "
            f"again: what was committed is kept, the rest is still pending."
        )
    if code == sqlite3.SQLITE_ERROR:  # the statement does not fit the tables
        return ArchiveFailed(
            f"{path} does not have the tables that newscrawler expects ({error}): another program changed"
            " them, or a version between two releases made them. Nothing was changed; put a copy back, or"
            " begin a new archive and bring in the raw pages: newscrawler import-warc --archive new.db"
            f" {path}.pages/*.warc.gz"
        )
    return ArchiveFailed(
        f"{path} cannot be read or written: {error}. It keeps all that was committed before; is the disk"
        f" full, or sick? df -h {Path(path).absolute().parent}"
    )
