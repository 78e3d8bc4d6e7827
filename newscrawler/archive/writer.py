"""The writer thread: it alone writes, and commits whatever has gathered in one transaction.

Why a thread and group commit: with ``synchronous=FULL`` every commit waits for the disk. Taking all
jobs that came while the last commit ran makes that wait one for many, and the crawl never stalls on it.
Why not on a timer: a job that waits for the clock holds one of Scrapy's few item slots.
In the pauses between jobs it does what would hold up a commit: see upkeep.py.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from newscrawler.archive.errors import (
    ArchiveBusy,
    ArchiveError,
    ArchiveFailed,
    explain,
    is_busy,
    is_storage_failure,
)
from newscrawler.archive.open import open_archive
from newscrawler.archive.upkeep import PAUSE, Upkeep

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds to wait for another program's write (a ``sqlite-utils`` transaction, a VACUUM) before giving up."""

BATCH = 500
"""Most jobs in one transaction: bounds what a failing commit takes with it, and the log's growth."""

_Work = tuple[Callable[[Database], Any], Future[Any]]
_Outcome = tuple[Any, BaseException | None]


class Writer:
    """Opens the archive at ``path`` in a thread of its own; raises open_archive()'s errors.

    submit() may be called from any thread. Every future it returned is resolved, failed or was
    cancelled by its owner before its job began: none is forgotten. Always close() (or use ``with``).
    """

    def __init__(self, path: str | Path, *, patience: float = PATIENCE, batch: int = BATCH) -> None:
        self.path = Path(path)
        self.failed: ArchiveError | None = None
        """Why nothing can be written any more; None while all is well."""
        self.commits = 0
        self.before_commit: Callable[[Database], None] = lambda database: None
        """Called in the thread, inside each transaction just before its COMMIT, and once for it. What it
        raises undoes the transaction and ends the writer."""
        self._patience = patience
        self._batch = batch
        self._waiting: deque[_Work] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._abandoned = threading.Event()
        self._optimize = True
        self._opened_inode: tuple[int, int] | None = None
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="archive-writer", daemon=True)
        self._thread.start()
        try:
            opened.result()
        except BaseException:  # it could not open, or we are interrupted while it does
            with self._wake:
                self._closing = True
                self._wake.notify()
            self._thread.join(timeout=1.0)
            raise

    def submit(self, job: Callable[[Database], T]) -> Future[T]:
        """Have ``job`` run inside the next transaction; the future resolves after its COMMIT.

        A job that raises is rolled back alone, and its future carries the exception. When it shared its
        transaction, the others were rolled back too and are run again: a job changes nothing but the
        database. Raises ArchiveError at once when the writer has failed or was closed.
        """
        future: Future[T] = Future()
        with self._wake:
            if self.failed is not None:
                raise self.failed
            if self._closing:
                raise ArchiveError(
                    f"The writer of {self.path} is closed; nothing more can be stored in this run."
                )
            self._waiting.append((job, future))
            self._wake.notify()
        return future

    def close(self, *, patience: float | None = None, optimize: bool = True) -> None:
        """Finish what was submitted, fold the log into the file, end the thread. Safe to call twice.

        ``patience`` (seconds) shortens the wait for another program's lock from now on.
        Does not raise for a failed writer; look at ``failed``.
        """
        with self._wake:
            self._closing = True
            self._optimize = self._optimize and optimize
            if patience is not None:
                self._patience = min(self._patience, patience)
            self._wake.notify()
        self._thread.join()

    def hurry(self, patience: float) -> None:
        """Wait at most ``patience`` seconds for another program's lock from now on; a signal may call it."""
        self._patience = min(self._patience, patience)

    def abandon(self) -> None:
        """Stop without waiting for anybody: what is in a running transaction is committed, the rest fails."""
        self._abandoned.set()
        self.close(patience=0.0, optimize=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Everything below runs in the thread.

    def _run(self, opened: Future[None]) -> None:
        try:
            database = open_archive(self.path)
            self._opened_inode = _inode(self.path)
        except BaseException as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        upkeep = Upkeep(database)
        try:
            while (batch := self._take(PAUSE if upkeep.is_due else None)) is not None:
                if not batch:
                    upkeep.step()
                else:
                    self._write(database, batch)
                    upkeep.committed()
        except BaseException as error:  # never expected; whoever waits must not wait for ever
            self._give_up(
                error if isinstance(error, ArchiveError) else ArchiveFailed(f"The writer broke: {error!r}")
            )
        finally:
            self._end(database)

    def _take(self, pause: float | None) -> list[_Work] | None:
        """Wait for work and take all there is, up to the batch limit; None when closed and done.

        Empty when for ``pause`` seconds there was none.
        """
        with self._wake:
            while not self._waiting and not self._closing:
                if not self._wake.wait(pause):
                    return []
            if self._abandoned.is_set() and self._waiting:
                raise ArchiveError(
                    f"Writing to {self.path} was stopped; what was not stored is still pending."
                )
            if not self._waiting:
                return None
            return [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]

    def _write(self, database: Database, batch: list[_Work]) -> None:
        """One transaction for ``batch``, then its futures."""
        batch = [work for work in batch if work[1].set_running_or_notify_cancel()]
        if not batch:
            return
        try:
            done = self._commit(database, batch)
        except ArchiveError as error:
            self._fail(database.conn, batch, error)
            return
        except sqlite3.Error as error:
            self._fail(database.conn, batch, explain(error, str(self.path)))
            return
        except BaseException as error:
            self._fail(database.conn, batch, ArchiveFailed(f"Writing {self.path} failed: {error!r}"))
            return
        self.commits += 1
        for (_, future), (result, failure) in zip(batch, done, strict=True):
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _commit(self, database: Database, batch: list[_Work]) -> list[_Outcome]:
        """Run and commit ``batch``; what each job returned or why it was rolled back.

        First without savepoints, which cost a third of the whole: SQLite copies every page that a
        savepoint touches first. Only when a job fails is the batch rolled back and run again with them.
        """
        connection = database.conn
        self._patiently(connection, "BEGIN IMMEDIATE")
        done: list[_Outcome] = []
        try:
            for job, _ in batch:
                done.append((job(database), None))
        except BaseException as error:
            if is_storage_failure(error) or not connection.in_transaction:
                raise
            connection.execute("ROLLBACK")
            if len(batch) == 1:
                return [(None, error)]
            self._patiently(connection, "BEGIN IMMEDIATE")
            done = [_guarded(database, job) for job, _ in batch]
        self.before_commit(database)
        self._refuse_moved()
        self._patiently(connection, "COMMIT")
        return done

    def _refuse_moved(self) -> None:
        """Raise ArchiveFailed when the file is no longer at its path: SQLite would go on writing unseen."""
        try:
            here = _inode(self.path)
        except OSError:
            here = None
        if here != self._opened_inode:
            raise ArchiveFailed(
                f"{self.path} was moved, removed or replaced while it was written; nothing more is stored. "
                f"Put it back (with its -wal file), then crawl again."
            )

    def _patiently(self, connection: sqlite3.Connection, statement: str) -> None:
        """Execute ``statement``, waiting for other writers in short steps until patience or we are ended."""
        begun = time.monotonic()
        while True:
            try:
                connection.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
                waited = time.monotonic() - begun
                if waited >= self._patience or self._abandoned.is_set():
                    raise ArchiveBusy(
                        f"{self.path} was locked by another program for {waited:.0f} seconds; "
                        "nothing of this was "
                        f"stored, it stays pending. See who uses it (fuser -v {self.path}), then crawl again."
                    ) from error

    def _fail(self, connection: sqlite3.Connection, batch: list[_Work], error: ArchiveError) -> None:
        """Nothing of ``batch`` was stored: say so to each, and take no more."""
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        self._give_up(error)
        for _, future in batch:
            future.set_exception(error)

    def _give_up(self, error: ArchiveError) -> None:
        """From now on refuse; fail all that still waits."""
        with self._wake:
            self.failed = error
            self._closing = True
            waiting, self._waiting = list(self._waiting), deque()
        for _, future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)

    def _end(self, database: Database) -> None:
        """Planner statistics and an empty log are a courtesy: what fails here fails nothing."""
        with suppress(sqlite3.Error):
            if self._optimize and self.failed is None:
                database.conn.execute("PRAGMA analysis_limit = 1000")
                database.conn.execute("PRAGMA optimize")
                database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()


def _guarded(database: Database, job: Callable[[Database], Any]) -> _Outcome:
    """Run ``job`` in a savepoint; when it fails, it alone is rolled back.

    Raises when the disk or the file is at fault: then the whole transaction is lost.
    """
    connection = database.conn
    connection.execute("SAVEPOINT job")
    try:
        result = job(database)
    except BaseException as error:
        if is_storage_failure(error) or not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        return None, error
    connection.execute("RELEASE job")
    return result, None


def _inode(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
