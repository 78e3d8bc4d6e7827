"""How much of a sitemap is read: one Reading per sitemap and crawl, decisions only.

An ordinary crawl wants what is new: of each file what is not older than ``days``, counted from the last time
all of it was read, and of an index only the files whose ``lastmod`` moved since they were read to their end.
``since`` wants what is not older than its day, ``full`` and a sitemap given as a start page want all of it;
where an earlier crawl has read that far already, these want what is new, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newscrawler import clock
from newscrawler.archive.channels import Channel
from newscrawler.crawl.conditional import Validators
from newscrawler.extract.sitemap import SitemapEntry, is_older, newest_first, time_of

BEGINNING = "0001-01-01"
"""The day down to which who has read everything has read."""

MOST = 1000
"""Addresses of one file that an ordinary crawl takes: some sites state the time of making for all they have.
A file with more undated ones is history, too: none of them is taken."""

NOTHING = Validators()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user and the settings say of the sitemaps of a crawl."""

    since: str | None = None
    """YYYY-MM-DD."""
    full: bool = False
    max_files: int | None = None
    """Files of an index (the argument ``max_listing_pages``)."""
    files: int = 5
    """SITEMAP_FILES."""
    first: int = 20
    """LISTING_PAGES_FIRST: files of an index given as a start page that one crawl reads."""
    days: int = 2
    """SITEMAP_DAYS."""


@dataclass(slots=True)
class Reading:
    """A sitemap, with the files of an index, as one crawl reads it."""

    root: str
    """Its canonical address."""
    start: bool
    """The user named it."""
    horizon: datetime | None
    """What is older is not wanted; None: everything is."""
    new_only: bool
    """An ordinary reading: as much as was wanted before is in the ledger."""
    needed: str | None
    """The day down to which a file must have been read to be skipped; None: any will do."""
    full: bool
    left: int | None
    """Files of an index that may still be asked for; None: any number."""
    waiting: int = 1
    """Files that are asked for and not read yet, the root included."""
    whole: bool = True
    """Nothing was lost or left out so far."""
    validators: Validators = NOTHING
    """Of the root, by what to ask next time whether it changed."""
    rest: timedelta | None = None
    """How long it is not asked for when that is not SITEMAP_HOURS."""

    @property
    def reached(self) -> str:
        """The day down to which this reading takes addresses, rather a day too late than early."""
        if self.horizon is None:
            return BEGINNING
        return (self.horizon.astimezone(UTC) + timedelta(days=1)).date().isoformat()

    def files(self, found: Iterable[SitemapEntry], known: Mapping[str, Channel], zone: ZoneInfo) -> list[str]:
        """Those files of an index that are to be read now, the newest first.

        ``known``: what earlier crawls noted of some, by address. Files that state no time and were read
        before come last.
        """
        wanted = [file for file in newest_first(found) if self._wants(file, known.get(file.url), zone)]
        wanted.sort(key=lambda file: time_of(file) is None and file.url in known)
        if self.left is not None:
            self.whole = self.whole and len(wanted) <= self.left
            wanted = wanted[: self.left]
            self.left -= len(wanted)
        self.waiting += len(wanted)
        return [file.url for file in wanted]

    def _wants(self, file: SitemapEntry, known: Channel | None, zone: ZoneInfo) -> bool:
        if self.horizon is not None and is_older(time_of(file), self.horizon, zone):
            return False
        if self.full or known is None or not (known.lastmod and file.lastmod):
            return True
        deep = self.needed is None or (known.reached_since or self.needed) <= self.needed
        return file.lastmod > known.lastmod or not deep

    def entries(self, found: Iterable[SitemapEntry], zone: ZoneInfo) -> list[SitemapEntry]:
        """Those addresses of a file that are wanted, the newest first."""
        if self.horizon is None:
            return newest_first(found)
        wanted = [entry for entry in newest_first(found) if not is_older(time_of(entry), self.horizon, zone)]
        dated = [entry for entry in wanted if time_of(entry) is not None]
        if len(wanted) - len(dated) > MOST:
            wanted = dated
        if self.new_only and len(wanted) > MOST:
            self.whole = False
            wanted = wanted[:MOST]
        return wanted


def begin(
    root: str, state: Channel | None, asked: Asked, now: datetime, zone: ZoneInfo, *, start: bool = False
) -> Reading:
    """The reading of the sitemap at ``root`` (canonical), of which ``state`` is known."""
    last = datetime.fromisoformat(state.read_at) if state is not None and state.read_at else None
    reached = state.reached_since if state is not None and last is not None else None
    needed = asked.since or (BEGINNING if asked.full or start else None)
    new_only = needed is None or (not asked.full and reached is not None and reached <= needed)
    horizon: datetime | None = min(last or now, now) - timedelta(days=asked.days)
    if asked.since:
        day = datetime.fromisoformat(asked.since).replace(tzinfo=zone)
        horizon = max(horizon, day) if new_only and horizon is not None else day
    elif not new_only:
        horizon = None
    usual = asked.files if new_only else asked.first if start and not asked.since else None
    left = asked.max_files or (None if asked.full else usual)
    return Reading(root, start, horizon, new_only, None if new_only else needed, asked.full, left)


def rests(state: Channel | None, reading: Reading, now: datetime) -> bool:
    """Whether the sitemap is not to be asked for yet."""
    if state is None or not state.recheck_at or reading.full or reading.start:
        return False
    return state.recheck_at > clock.iso(now) and (reading.new_only or not state.read_at)
