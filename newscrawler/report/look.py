"""Everything that ``newscrawler status`` looks at: the archive's figures, its files, its disk, its lock."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from newscrawler import clock
from newscrawler.archive.filesystem import beside
from newscrawler.archive.open import open_archive
from newscrawler.archive.status import Crawl, Facts, Holder, Limits, gather, holder_of
from newscrawler.report.words import ZONE

STUCK = timedelta(days=3)
"""What has failed in one way for longer than this is not passing by itself."""

FORGOTTEN = timedelta(days=30)
"""What was given up longer ago is history: nobody is reminded of it for ever."""

UNTOUCHED = timedelta(days=7)
"""What has been due for longer than this without one try: the crawls do not come to it."""

ENDED_WELL = frozenset({0, 4, 6})
"""Exit codes of crawls that read the listings to the end that was asked for."""

FEW = 3
"""Below so many successful crawls there is no usual interval."""


@dataclass(frozen=True, slots=True)
class Files:
    """Room on the disk, in bytes."""

    database: int
    wal: int
    """The write-ahead log; part of the database until it is copied back."""
    pages: int
    """Raw pages in ``<archive>.pages``."""
    free: int


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at ``now``."""

    archive: str
    now: datetime
    facts: Facts
    files: Files
    holder: Holder | None

    @property
    def bytes_per_article(self) -> float | None:
        """Everything on the disk, shared among the articles; None without any."""
        articles = self.facts.articles
        return (self.files.database + self.files.wal + self.files.pages) / articles if articles else None

    @property
    def new_per_day(self) -> float | None:
        """Mean of the whole days since the first that brought anything; None before the second day."""
        whole = [day.new for day in reversed(self.facts.days[1:])]
        begun = next((place for place, new in enumerate(whole) if new), None)
        return statistics.mean(whole[begun:]) if begun is not None else None

    @property
    def growth_per_day(self) -> float | None:
        """Bytes, by the mean day and the mean article."""
        each, many = self.bytes_per_article, self.new_per_day
        return each * many if each is not None and many is not None else None

    def is_running(self, crawl: Crawl) -> bool:
        """Whether ``crawl`` is the one that the holder of the lock is doing."""
        newest = self.facts.crawls[0]
        return self.holder is not None and crawl.finished_at is None and crawl.id == newest.id


def look(archive: Path, *, now: datetime) -> Look:
    """Look at ``archive`` as of ``now`` (aware); writes nothing and keeps no lock.

    Raises the ArchiveErrors of open_archive().
    """
    limits = Limits(
        stuck=clock.iso(now - STUCK),
        forgotten=clock.iso(now - FORGOTTEN),
        untouched=clock.iso(now - UNTOUCHED),
    )
    holder = holder_of(archive)  # before the rows: a crawl that ends in between is then seen as ended
    with open_archive(archive, create=False, read_only=True) as database:
        facts = gather(database, now=now, zone=ZONE, limits=limits)
    return Look(str(archive), now, facts, _files(archive), holder)


def usual_interval(crawls: list[Crawl]) -> timedelta | None:
    """The median time from one successful crawl's start to the next, of the last 50; None when few."""
    good = [crawl.started_at for crawl in crawls if crawl.exit_code in ENDED_WELL][:50]
    if len(good) < FEW:
        return None
    starts = [datetime.fromisoformat(start).timestamp() for start in good]
    return timedelta(seconds=statistics.median(later - earlier for later, earlier in pairwise(starts)))


def _files(archive: Path) -> Files:
    return Files(
        database=_size(archive),
        wal=_size(beside(archive, "-wal")),
        pages=sum(_size(file) for file in beside(archive, ".pages").rglob("*")),
        free=shutil.disk_usage(beside(archive.absolute(), "").parent).free,
    )


def _size(file: Path) -> int:
    """Bytes of a plain file; 0 when there is none (any more)."""
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:
        return 0
