"""A process's hold on an archive while it crawls: lock, writer thread, reading connection, tally.

Sessions are registered under the object that owns the run (Scrapy's crawler), so that the crawl
and the pipelines meet on the same one without knowing each other.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlite_utils import Database

from newscrawler.archive import ledger
from newscrawler.archive.keytable import KeyTable
from newscrawler.archive.lock import ArchiveLock
from newscrawler.archive.open import open_archive, refuse_foreign
from newscrawler.archive.pages import PageStore
from newscrawler.archive.recovery import recover
from newscrawler.archive.writer import Writer
from newscrawler.identity import key64

T = TypeVar("T")

READER_CACHE_KIB = 2048
"""Page cache of the connection that looks addresses up, 20 of a listing at a time. A larger one would fill
with the ledger in the course of a crawl, and what it lacks the system has in memory."""

_sessions: WeakKeyDictionary[object, Session] = WeakKeyDictionary()


class Tally:
    """What became of each distinct address of this run; the last word on an address counts."""

    def __init__(self) -> None:
        self._last = KeyTable("b")
        """Key of an address -> which of the outcomes, from 1 on."""
        self._outcomes = [""]
        self._counts: Counter[str] = Counter()
        self.listings_read = 0
        self.needs_listings = True
        """Whether a crawl that read none has failed; one that fills gaps may have none to read."""
        self.pages_judged = 0
        """Article pages that reached a verdict, fit or not."""
        self.pages_fit = 0
        self.known_seen = 0
        """Archived articles that the listings still showed: the site is the one we know."""
        self.problems: list[str] = []
        """What to tell the user of, one line each (listings that could not be had)."""
        self.troubles = 0
        """What is not at the site as it was, found by this crawl or lasting."""
        self.errors: Counter[str] = Counter()
        """Error class -> how often, retries apart."""

    def note(self, url: str, outcome: str) -> None:
        """``outcome``: new, updated, unchanged, failed, quarantined, gone, absent, disallowed…"""
        key = key64(url)
        if before := self._last.get(key):
            self._counts[self._outcomes[before]] -= 1
        if outcome not in self._outcomes:
            self._outcomes.append(outcome)
        self._last.put(key, self._outcomes.index(outcome))
        self._counts[outcome] += 1

    def outcome_of(self, url: str) -> str | None:
        """What was noted of ``url`` last."""
        return self._outcomes[self._last.get(key64(url))] or None

    def counts(self) -> Counter[str]:
        """Outcome -> number of distinct addresses."""
        return +self._counts


class Session:
    """Opens the archive at ``path``, takes its lock and starts its writer.

    Raises the ArchiveErrors of open_archive() and ArchiveLock. Always close().
    """

    def __init__(self, path: Path, *, lock: ArchiveLock | None = None, command: str = "") -> None:
        self.path = path
        self.lock = lock or ArchiveLock(path, command=command)
        self.crawl_id: int | None = None
        self.imported_at: datetime | None = None
        """When the pages of this run are brought in, where they were fetched elsewhere and before."""
        self.series: str | None = None
        """The series of this crawl, when it is an ordinary one (newscrawler.archive.yields)."""
        self.tally = Tally()
        refuse_foreign(path)  # before the lock's file is made beside what is not ours
        self.lock.acquire()
        try:
            open_archive(path).conn.close()  # migrations and views, before anyone reads
            self.reader: Database = open_archive(path, create=False, read_only=True)
            self.reader.conn.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
        except BaseException:
            self.lock.release()
            raise
        try:
            self.writer = Writer(path)
        except BaseException:
            self.reader.conn.close()
            self.lock.release()
            raise
        self.pages = PageStore(path, self.reader)
        self.writer.before_commit = self.pages.before_commit
        try:
            self.recovered = recover(self.pages.folder, self.reader, self.writer)
        except BaseException:
            self.close()
            raise

    async def write(self, job: Callable[[Database], T]) -> T:
        """Run ``job`` inside the writer's next transaction; returns after its commit."""
        return await asyncio.wrap_future(self.writer.submit(job))

    def known(self, urls: Iterable[str]) -> dict[str, ledger.LedgerRow]:
        """What the ledger has of these canonical addresses."""
        return ledger.lookup(self.reader, urls)

    def close(self) -> None:
        """Finish what was submitted, then let go of everything. Safe to call twice."""
        self.pages.end(self.writer)
        self.reader.conn.close()  # first: the writer's connection, closed last, leaves no -wal file behind
        try:
            self.writer.close()
        finally:
            self.lock.release()


def register(owner: object, session: Session) -> None:
    """Make ``session`` the one of ``owner``."""
    _sessions[owner] = session


def is_registered(owner: object) -> bool:
    """Whether ``owner`` has a session."""
    return owner in _sessions


def session_of(owner: object) -> Session:
    """The session of ``owner``; RuntimeError when there is none (the Recorder extension is off)."""
    try:
        return _sessions[owner]
    except KeyError:
        raise RuntimeError(
            "no archive is open for this run; 'scrapy crawl' opens one (newscrawler.crawl.commands.crawl)"
        ) from None
