"""The check at a crawl's end: what it and those before it brought, held against the site's own history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.alarm import pages, rhythm, words
from newscrawler.alarm.traits import Trait
from newscrawler.archive import crawls, troubles, yields
from newscrawler.archive import rhythm as hours
from newscrawler.archive.rows import transaction
from newscrawler.archive.troubles import Trouble
from newscrawler.archive.yields import Yield

HISTORY = 1200
"""So many of the newest pages are looked at."""
LEARNT = timedelta(days=7)
"""A new template beside which nothing fell away is a known one after this."""
PAGE_KINDS = frozenset({"field", "rule", "length", "quarantine"})
REMEMBERED = rhythm.PAST + max(rhythm.SPANS) + timedelta(days=7)


@dataclass(slots=True)
class Changes:
    """What a crawl's check came to."""

    begun: list[Trouble] = field(default_factory=list)
    over: list[Trouble] = field(default_factory=list)
    lasting: list[Trouble] = field(default_factory=list)
    """Those of earlier crawls that go on."""

    @property
    def is_news(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.begun or self.over)

    @property
    def are_lasting(self) -> bool:
        """Whether anything is as it should not be now: exit code 6."""
        return bool(self.begun or self.lasting)


def check(
    database: Database,
    series: str,
    crawl_id: int,
    *,
    now: datetime,
    ways: Sequence[str] = (),
    archive: str = "",
) -> Changes:
    """Compare, note what began and what is over, and write the notices, all in one transaction.

    ``ways``: how people are told (newscrawler.alarm.ways), each once of a beginning and of an end.
    """
    with transaction(database):
        known = troubles.of_series(database, series)
        changes = Changes()
        found = {trouble.key: trouble for trouble in _found(database, series, crawl_id, known, now)}
        for trouble in known:
            if trouble.ended_at is not None:
                continue
            if _is_over(database, series, trouble, known, crawl_id, now):
                changes.over.append(troubles.end(database, trouble, now=now))
            else:
                troubles.goes_on(database, trouble, crawl_id=crawl_id)
                changes.lasting.append(trouble)
        lasting = {trouble.key for trouble in changes.lasting} | {trouble.key for trouble in changes.over}
        for key, trouble in found.items():
            if key not in lasting:
                changes.begun.append(troubles.begin(database, series, trouble, crawl_id=crawl_id, now=now))
        if changes.is_news and ways:
            text = "\n".join(report_of(series, changes, archive=archive, now=now))
            subject = words.headline(series, changes.begun, changes.over)
            troubles.write_notices(database, ways, subject, text, crawl_id=crawl_id, now=now)
    return changes


def report_of(series: str, changes: Changes, *, archive: str, now: datetime) -> Iterator[str]:
    """The report, line by line."""
    return words.report(
        series, changes.begun, changes.over, changes.lasting, archive=archive, at=clock.iso(now)
    )


def _found(
    database: Database, series: str, crawl_id: int, known: Sequence[Trouble], now: datetime
) -> Iterator[Trouble]:
    rows = yields.newest(database, series, HISTORY)
    if rows and rows[0].crawl_id == crawl_id:  # else nothing came that was not looked at before
        yield from _in_pages(database, rows, known)
    lasting = {trouble.key for trouble in known if trouble.ended_at is None}
    scarce = _scarcity(database, known, crawl_id, now)
    if scarce is not None:
        yield scarce
    if scarce is None and ("scarce", "site") not in lasting:  # then every listing is silent
        yield from _silence(database, crawl_id, known, now)


def _in_pages(database: Database, rows: Sequence[Yield], known: Sequence[Trouble]) -> Iterator[Trouble]:
    began: Callable[[int], str] = lambda number: crawls.began_at(database, number)  # noqa: E731
    kept_apart: Callable[[int, int], list[str]] = lambda number, most: yields.kept_apart_in(  # noqa: E731
        database, number, most
    )
    lasting: set[Trait] = {trouble.key for trouble in known if trouble.ended_at is None}
    templates = {trouble.subject for trouble in known if trouble.kind == "layout"}
    found = [*pages.unseen(rows, templates), *pages.fallen(rows, known, lasting)]
    for what in found:
        yield words.of_pages(what, began, kept_apart)


def _is_over(
    database: Database,
    series: str,
    trouble: Trouble,
    known: Sequence[Trouble],
    crawl_id: int,
    now: datetime,
) -> bool:
    if trouble.kind == "silence":
        read = {channel.url: channel for channel in hours.read_in(database, crawl_id)}
        channel = read.get(trouble.subject)
        return channel is not None and max(channel.hours, default="") > trouble.found_at[:13]
    if trouble.kind == "scarce":
        scarce = _scarcity(database, known, crawl_id, now, rhythm.NOT_YET_OVER)
        return scarce is None and bool(hours.read_in(database, crawl_id))
    rows = yields.newest(database, series, HISTORY)
    if trouble.kind == "layout":
        if not any(row.layout == trouble.subject for row in rows[: pages.STRETCHES[1]]):
            return True
        others = any(t.ended_at is None and t.kind in PAGE_KINDS for t in known)
        return not others and now - datetime.fromisoformat(trouble.found_at) >= LEARNT
    if not rows or rows[0].crawl_id <= trouble.last_crawl_id:
        return False
    before = yields.newest(database, series, HISTORY, before=trouble.first_crawl_id)
    return pages.is_over(rows, before, trouble)


def _silence(database: Database, crawl_id: int, known: Sequence[Trouble], now: datetime) -> Iterator[Trouble]:
    accepted = {trouble.subject: trouble for trouble in known if trouble.accepted_at}
    for channel in hours.read_in(database, crawl_id):
        last = rhythm.silent_since(channel.hours, now)
        if last is None:
            continue
        before = accepted.get(channel.url)
        if before is not None and clock.iso(last) <= before.found_at:
            continue  # the same silence still
        yield words.of_silence(channel.url, last, crawl_id)


def _scarcity(
    database: Database,
    known: Sequence[Trouble],
    crawl_id: int,
    now: datetime,
    unlikely: float = rhythm.UNLIKELY,
) -> Trouble | None:
    """All channels that this crawl read, together: what it did not read is left out of the past, too."""
    accepted = [t.found_at for t in known if t.accepted_at and t.kind == "scarce"]  # counted anew from there
    since = max([clock.iso(now - REMEMBERED), *accepted])
    site: defaultdict[str, float] = defaultdict(float)
    for channel in hours.read_in(database, crawl_id):
        for hour, new in channel.hours.items():
            if hour >= since[:13]:
                site[hour] += new
    looked = [datetime.fromisoformat(moment) for moment in yields.begun_since(database, since)]
    scarce = rhythm.scarce_for(site, looked, now, unlikely)
    return None if scarce is None else words.of_scarcity(*scarce, now, crawl_id)
