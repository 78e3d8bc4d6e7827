"""The one way to open an archive: checks the file, sets SQLite up, migrates, renews the views."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database
from tqdm import tqdm

from newscrawler.archive import numbers, search
from newscrawler.archive.copying import copied
from newscrawler.archive.errors import (
    HOW_TO_NAME,
    ArchiveError,
    ArchiveMissing,
    ArchiveUnwritable,
    ForeignDatabase,
    NewerArchive,
    NotADatabase,
    OlderArchive,
    SqliteTooOld,
    explain,
    is_busy,
)
from newscrawler.archive.filesystem import beside, refuse_network_file_system
from newscrawler.archive.migrations import APPLICATION_ID, migrations
from newscrawler.archive.rows import transaction
from newscrawler.archive.views import renew_views

SQLITE_FLOOR = (3, 37, 0)
"""STRICT tables came with 3.37 (RETURNING with 3.35, upserts with 3.24)."""

SMALLEST_DATABASE = 512
"""One page of the smallest size SQLite knows, in bytes."""

PAGE_SIZE = 4096
"""Of new archives, in bytes; SQLite's own default, so that copies keep it. A long text leaves no rest of a
page unused, and an article, which touches some fifty pages of a large archive, writes as little as can be."""

BUSY_MS = 200
"""How long SQLite itself waits for a lock. Short: who must wait longer loops, and hears signals."""

OPENING_PATIENCE = 5.0
"""Seconds to go on trying to open, where another process may be making the same archive."""

CACHE_KIB = 16384
"""Page cache of one connection; Debian's default of 2 MB thrashes on the indexes of a large archive."""

WAL_LIMIT = 64 * 1024 * 1024
"""At what size in bytes a commit folds the -wal file into the archive, where the writer found no pause to do
so (upkeep.py), and to what size it is cut back after a long reader made it grow."""


def open_archive(path: str | Path, *, create: bool = True, read_only: bool = False) -> Database:
    """Open the archive at ``path`` and return it ready for use, in autocommit mode.

    ``create=False`` refuses a file that is missing or empty; ``read_only=True`` implies it and never
    writes. An archive of an older release is copied to ``<archive>.before-<migration>`` and migrated.
    Opening an archive that is up to date writes nothing. The caller closes the result.

    Raises a subclass of ArchiveError; a file that is not ours is left as it was, byte for byte.
    """
    path = Path(path)
    if sqlite3.sqlite_version_info < SQLITE_FLOOR:
        floor = ".".join(map(str, SQLITE_FLOOR))
        raise SqliteTooOld(
            f"Python's SQLite is {sqlite3.sqlite_version}, "
            f"newscrawler needs {floor} or newer to open {path}. Use a newer Python; this shows its SQLite: "
            "python3 -c 'import sqlite3; print(sqlite3.sqlite_version)'"
        )
    is_new = _check_place(path, create=create and not read_only, read_only=read_only)
    if not is_new:
        _check_ours(path)
    give_up = time.monotonic() + OPENING_PATIENCE
    while True:
        try:
            return _open(path, read_only)
        except sqlite3.Error as error:
            if not is_busy(error) or time.monotonic() > give_up:
                raise explain(error, str(path)) from error
            time.sleep(BUSY_MS / 1000)


def _open(path: Path, read_only: bool) -> Database:
    connection = _connect(path, read_only)
    try:
        database = Database(connection, execute_plugins=False)
        _set_up(database, path, read_only)
    except BaseException:
        connection.close()
        raise
    return database


def refuse_foreign(path: str | Path) -> None:
    """Raise open_archive()'s error for a file that is no archive of ours; touches nothing, takes no lock.

    What does not exist, or cannot be read, is left to open_archive().
    """
    path = Path(path)
    if path.is_file() and path.stat().st_size and os.access(path, os.R_OK):
        _check_ours(path)


def pending_migrations(path: str | Path) -> list[str]:
    """The migrations that opening the archive for writing would apply, by name; touches nothing.

    Raises a subclass of ArchiveError as open_archive() does.
    """
    path = Path(path)
    _check_place(path, create=False, read_only=True)
    _check_ours(path)
    try:
        with closing(_connect(path, read_only=True)) as connection:
            return _pending(Database(connection, execute_plugins=False), path)
    except sqlite3.Error as error:
        raise explain(error, str(path)) from error


def copy_before(path: Path, pending: list[str]) -> Path:
    """Where the archive is copied to before ``pending`` migrations."""
    return path.with_name(f"{path.name}.before-{pending[0]}")


def _check_place(path: Path, *, create: bool, read_only: bool) -> bool:
    """Refuse a place where no archive can be; True when there is no archive yet and one may be made."""
    folder = beside(path, "").parent
    if not folder.is_dir():
        raise ArchiveMissing(f"There is no folder {folder} for {path.name}. Make it first: mkdir -p {folder}")
    refuse_network_file_system(path)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        size = None
    except OSError as error:
        raise ArchiveUnwritable(
            f"{path} cannot be looked at ({error.strerror}); see: ls -ld {folder}"
        ) from None
    if size is not None and not path.is_file():
        advice = f"the archive inside it, {path / 'archive.db'}" if path.is_dir() else "another file"
        raise NotADatabase(f"{path} is not a file; expected the archive. Name {advice}: {HOW_TO_NAME}")
    if size and size < SMALLEST_DATABASE:  # SQLite takes such a file for an empty database and overwrites it
        raise NotADatabase(
            f"{path} is not a SQLite database but {size} bytes of something; expected an archive made by "
            f"newscrawler. Name another file ({HOW_TO_NAME}) or move this one away."
        )
    if not size and not create:
        state = "is empty" if size == 0 else "does not exist"
        raise ArchiveMissing(
            f"{path} {state}; expected an archive made by newscrawler. Make one with: scrapy crawl itbear, "
            f"or name the right file (--archive FILE, NEWSCRAWLER_ARCHIVE)."
        )
    if size is not None and not os.access(path, os.R_OK):
        raise ArchiveUnwritable(f"{path} cannot be read by this user. Look at: ls -l {path}")
    if not read_only:
        for place in (folder, path) if size is not None else (folder,):
            if not os.access(place, os.W_OK):
                raise ArchiveUnwritable(
                    f"{place} is read-only for this user; the archive and the files beside it "
                    "must be writable. "
                    f"Look at: ls -ld {place}, or set ARCHIVE_PATH to another place."
                )
    return not size


def _check_ours(path: Path) -> None:
    """Refuse a file that some other program made, without taking a lock or making a file beside it.

    ``immutable`` reads the database file alone. Our mark and our tables are written by one transaction
    and both begin on page 1, so a file with tables and without our mark was never ours.
    """
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
    try:
        # Else a file shorter than page 1 says is refused as damaged. A full disk or a kill in the middle of a
        # checkpoint leaves it so, and with its log, which is not read here, nothing is missing.
        connection.execute("PRAGMA writable_schema = ON")
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        if mark == APPLICATION_ID:
            return
        tables = [] if mark else connection.execute("SELECT name FROM sqlite_master LIMIT 3").fetchall()
    except sqlite3.DatabaseError as error:
        raise explain(error, str(path)) from error
    finally:
        connection.close()
    if mark or tables:
        what = f"application_id {mark}" if mark else f"tables such as {', '.join(name for (name,) in tables)}"
        raise ForeignDatabase(
            f"{path} is a SQLite database of another program ({what}), not an archive of newscrawler; it was "
            f"not touched. Name another file: {HOW_TO_NAME}"
        )


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    target = f"{path.resolve().as_uri()}?mode=ro" if read_only else str(path)
    return sqlite3.connect(target, uri=read_only, timeout=BUSY_MS / 1000, isolation_level=None)


def _set_up(database: Database, path: Path, read_only: bool) -> None:
    """Settings, then migrations, then views; the order matters, see the comments."""
    connection = database.conn
    # Whether an older release made it must be known before anything is written.
    pending = _pending(database, path)
    if read_only:
        if pending:
            raise OlderArchive(
                f"{path} was made by an older newscrawler and is open for reading only. The next crawl"
                f" brings it up to date, or now: newscrawler migrate --archive {path}"
            )
    else:
        _lay_out(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
    page_size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_LIMIT // page_size}")
    if not read_only:
        if pending:
            _migrate(database, path, pending)
        if search.is_missing(database):  # migrated just now, or before by sqlite-utils migrate
            with tqdm(desc=f"making the search index of {path.name}", unit=" texts", disable=None) as bar:
                search.rebuild(database, bar.update)
        if numbers.is_missing(database):
            with tqdm(desc=f"numbering the addresses of {path.name}", unit=" addresses", disable=None) as bar:
                numbers.fill(database, bar.update)
        renew_views(database)


def _lay_out(connection: sqlite3.Connection) -> None:
    """Page size of a file that is empty yet, and the journal, which copies by backup programs may have lost.

    Writes nothing when both are as they should be.
    """
    pages, journal = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "journal_mode")
    )
    if not pages:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    if journal != "wal":
        connection.execute("PRAGMA journal_mode = WAL")


def _pending(database: Database, path: Path) -> list[str]:
    """Names of the migrations still to be applied; NewerArchive when it has some we do not know."""
    applied = {migration.name for migration in migrations.applied(database)}
    known = [migration.name for migration in migrations._migrations]
    unknown = sorted(applied.difference(known))
    if unknown:
        raise NewerArchive(
            f"{path} was made by a newer newscrawler (it has {', '.join(unknown)}, unknown to this one). "
            f"Update with: pip install --upgrade newscrawler"
        )
    return [name for name in known if name not in applied]


def _migrate(database: Database, path: Path, pending: list[str]) -> None:
    """Apply what is pending, all or nothing, after a copy when the archive already holds something."""
    if len(pending) < len(migrations._migrations):
        _back_up(database.conn, copy_before(path, pending))
    with transaction(database):  # apply() looks again at what is pending: another process may have been first
        migrations.apply(database)


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    """A consistent copy at ``target``, complete and on the disk before it gets its name."""
    try:
        with copied(connection, target):
            pass
    except (OSError, sqlite3.Error) as error:
        raise ArchiveError(
            f"No copy could be made before bringing the archive up to date ({target}: {error}), "
            "so nothing was "
            f"changed. Make space in its folder (df -h {target.parent}) and try again."
        ) from error
