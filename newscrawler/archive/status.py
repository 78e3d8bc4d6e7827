"""How an archive fares, in figures, over a connection that only reads: what ``newscrawler status`` tells.

Every query here goes by an index or looks at the newest rows alone, so that an archive of a million
articles answers within a second (benchmarks/status.py; tests/test_status.py holds the query plans).
Times are ISO 8601 UTC; days are those of the zone that is given.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import troubles
from newscrawler.archive.crawls import last_before
from newscrawler.archive.ledger import BEFORE_SINCE
from newscrawler.archive.lock import held_by
from newscrawler.archive.troubles import Trouble

CRAWLS = 1000
"""So many of the newest crawls are looked at: three weeks of one every half hour."""

DAYS = 14
"""Days of new articles, today included."""

DATED_DAYS = 7
"""Days whose completeness is told, today included."""

FAILURE_STAT = "newscrawler/article/failed/"
"""A crawl's statistics begin so where they count failures; then comes the class."""

AGES = (("under an hour", 0.0), ("under a day", 1 / 24), ("under a week", 1.0), ("older", 7.0))
"""Ages of what is pending, in words, and the days from which each begins."""


@dataclass(frozen=True, slots=True)
class Crawl:
    """A crawl, newest first in a report; counts are of distinct addresses."""

    id: int
    spider: str
    started_at: str
    finished_at: str | None
    """None while it runs, and of one that died and was not closed yet."""
    alive_at: str | None
    reason: str | None
    exit_code: int | None
    """None of one that died."""
    requests: int | None
    new: int | None
    updated: int | None
    unchanged: int | None
    failed: int | None
    quarantined: int | None
    pid: int | None
    host: str | None


@dataclass(frozen=True, slots=True)
class Failures:
    """The addresses that fail in one way and are not archived yet."""

    error: str
    pending: int
    """They are tried again."""
    failed: int
    """They were given up."""
    since: str
    """When the oldest of them was found, or given up."""
    url: str
    """An example, the last that was found,"""
    detail: str | None
    """and what it said."""
    old: int
    """How many have been failing for more than ``Limits.stuck``, and were not given up long ago."""
    by_day: list[int] = field(default_factory=list)
    """How often crawls met it, a number for each 24 hours, the last 24 first."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still to be fetched."""

    total: int
    due: int
    ages: dict[str, int]
    """AGES in words -> how many have been pending so long."""
    oldest_at: str | None
    oldest_url: str | None
    related: int
    """Among them: related items that no listing showed, taken within a budget of their own."""
    unwanted: int
    """Not among them: older than a crawl with ``since`` asked for."""
    untouched: int
    """Among them: due since before ``Limits.untouched`` and never even tried; related items apart."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the site: what came in on it, and what became of the articles dated so."""

    day: str
    """YYYY-MM-DD"""
    new: int
    """Articles archived on it."""
    dated: int | None = None
    """Addresses that listings dated so; None where that is not told (DATED_DAYS)."""
    archived: int | None = None
    """How many of them are archived."""
    missing: dict[str, int] = field(default_factory=dict)
    """Why the others are not: class or state -> how many."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Pages that were no article."""

    total: int
    by_day: list[int]
    """How many came in each 24 hours, the last 24 first (of the newest rows alone)."""
    reasons: dict[str, int]
    """Reason -> how many came within a week."""
    url: str | None
    """The last of them."""


@dataclass(frozen=True, slots=True)
class Revisits:
    """Archived articles that are to be looked at again."""

    due: int
    waiting: int
    next_at: str | None


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something counts as old; moments as ISO 8601 UTC."""

    stuck: str
    forgotten: str
    """What was given up before this is history."""
    untouched: str


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds the archive's lock, by what it wrote there; None: not written yet."""

    pid: int | None = None
    host: str | None = None
    started_at: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the archive itself can say."""

    articles: int
    first_day: str | None
    last_day: str | None
    crawls: list[Crawl]
    days: list[Day]
    """The newest first."""
    pending: Pending
    failures: list[Failures]
    quarantine: Quarantine
    revisits: Revisits
    troubles: list[Trouble]
    """What is not at a site as it was."""
    bytes_used: int
    """The database's pages, the write-ahead log apart."""


def holder_of(archive: Path) -> Holder | None:
    """Who holds the lock of ``archive`` now; None when nobody does. Keeps no lock itself."""
    said: dict[str, Any] | None = held_by(archive)
    if said is None:
        return None
    return Holder(*(said.get(name) for name in ("pid", "host", "started_at", "command")))


def gather(database: Database, *, now: datetime, zone: ZoneInfo, limits: Limits) -> Facts:
    """Everything at ``now`` (aware), from one moment of the archive, whatever a crawl writes meanwhile."""
    connection = database.conn
    connection.execute("BEGIN")  # one snapshot for all that follows
    try:
        return Facts(
            articles=_figure(connection, "SELECT count(*) FROM articles"),
            # Two statements: SQLite takes the end of an index only when min() or max() stands alone.
            first_day=_figure(connection, "SELECT min(published_date) FROM articles"),
            last_day=_figure(connection, "SELECT max(published_date) FROM articles"),
            crawls=_crawls(connection),
            days=_days(connection, now, zone),
            pending=_pending(connection, now, limits),
            failures=_failures(connection, now, limits),
            quarantine=_quarantine(connection, now),
            revisits=_revisits(connection, clock.iso(now)),
            troubles=troubles.lasting(database),
            bytes_used=_figure(connection, "PRAGMA page_count") * _figure(connection, "PRAGMA page_size"),
        )
    finally:
        connection.execute("ROLLBACK")


def _figure(connection: sqlite3.Connection, sql: str, *values: object) -> Any:
    """The only value of the only row."""
    row = connection.execute(sql, values).fetchone()
    return row[0] if row else None


def _crawls(connection: sqlite3.Connection) -> list[Crawl]:
    """The newest CRAWLS, newest first."""
    return [
        Crawl(*row)
        for row in connection.execute(
            "SELECT id, spider, started_at, finished_at, alive_at, reason, exit_code, requests, new, updated,"
            " unchanged, failed, quarantined, pid, host FROM crawl_runs ORDER BY id DESC LIMIT ?",
            (CRAWLS,),
        )
    ]


def _days(connection: sqlite3.Connection, now: datetime, zone: ZoneInfo) -> list[Day]:
    today = now.astimezone(zone).date()
    days = [(today - timedelta(days=back)).isoformat() for back in range(DAYS)]
    new = _new_by_day(connection, date.fromisoformat(days[-1]), zone)
    dated = _dated(connection, days[DATED_DAYS - 1], days[0])
    return [
        _day(day, new[day], dated.get(day, Counter()) if back < DATED_DAYS else None)
        for back, day in enumerate(days)
    ]


def _day(day: str, new: int, became: Counter[str] | None) -> Day:
    if became is None:
        return Day(day, new)
    missing = {why: number for why, number in became.most_common() if why != "archived"}
    return Day(day, new, became.total(), became["archived"], missing)


def _new_by_day(connection: sqlite3.Connection, first: date, zone: ZoneInfo) -> Counter[str]:
    """Day of ``zone`` -> articles first seen on it, from the day ``first`` on.

    By the crawls of those days, since there is no index on the time of an article: the last crawl that
    began before may have run into the first day. Hours are counted by SQLite and put into days here,
    where the zone is known; zones of half hours would be half an hour wrong.
    """
    begin = clock.iso(datetime(first.year, first.month, first.day, tzinfo=zone))
    counts: Counter[str] = Counter()
    for hour, number in connection.execute(
        "SELECT substr(first_seen_at, 1, 13), count(*) FROM articles"
        " WHERE first_crawl_id >= ? AND first_seen_at >= ? GROUP BY 1",
        (last_before(connection, begin), begin),
    ):
        moment = datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC)
        counts[moment.astimezone(zone).date().isoformat()] += number
    return counts


def _dated(connection: sqlite3.Connection, first: str, last: str) -> dict[str, Counter[str]]:
    """Day -> what became of the addresses that listings dated so: archived, or why not."""
    days: dict[str, Counter[str]] = {}
    for day, became, number in connection.execute(
        "SELECT l.date, CASE WHEN l.state IN ('archived', 'unchanged')"
        " OR EXISTS (SELECT 1 FROM articles a WHERE a.url_key = l.url_key) THEN 'archived'"
        " ELSE coalesce(l.last_error, l.state) END, count(*)"
        " FROM ledger l WHERE l.date BETWEEN ? AND ? AND l.last_error IS NOT ? GROUP BY 1, 2",
        (first, last, BEFORE_SINCE),
    ):
        days.setdefault(day, Counter())[became] += number
    return days


def _pending(connection: sqlite3.Connection, now: datetime, limits: Limits) -> Pending:
    moment = clock.iso(now)
    starts = [clock.iso(now - timedelta(days=days)) for _, days in AGES[1:]]
    unwanted = _figure(
        connection, "SELECT count(*) FROM ledger WHERE state = 'pending' AND last_error = ?", BEFORE_SINCE
    )
    older = "".join(", sum(changed_at <= ?)" for _ in AGES[1:])
    wanted = "FROM ledger WHERE state = 'pending' AND last_error IS NOT ?"
    is_due = "(due_at IS NULL OR due_at <= ?)"
    is_related = "discovered_as IS 'related'"
    total, due, related, untouched, oldest, *since = connection.execute(
        f"SELECT count(*), sum({is_due}), sum({is_related}),"
        f" sum(attempts = 0 AND {is_due} AND changed_at <= ? AND NOT {is_related}),"
        f" min(changed_at){older} {wanted}",
        (moment, moment, limits.untouched, *starts, BEFORE_SINCE),
    ).fetchone()
    at_least = [total, *(number or 0 for number in since), 0]
    ages = {name: at_least[n] - at_least[n + 1] for n, (name, _) in enumerate(AGES)}
    url = _figure(connection, f"SELECT url {wanted} AND changed_at = ? LIMIT 1", BEFORE_SINCE, oldest)
    return Pending(total, due or 0, ages, oldest, url, related or 0, unwanted, untouched or 0)


def _failures(connection: sqlite3.Connection, now: datetime, limits: Limits) -> list[Failures]:
    by_day = _failures_by_day(connection, now)
    found = []
    for error, pending, failed, since, old, newest in connection.execute(
        "SELECT last_error, sum(state = 'pending'), sum(state = 'failed'), min(changed_at),"
        " sum(changed_at <= ? AND (state = 'pending' OR changed_at >= ?)), max(id)"
        " FROM ledger WHERE state IN ('pending', 'failed') AND last_error IS NOT NULL AND last_error <> ?"
        " AND (attempts > 0 OR state = 'failed') GROUP BY last_error ORDER BY count(*) DESC, last_error",
        (limits.stuck, limits.forgotten, BEFORE_SINCE),
    ).fetchall():
        url, detail = connection.execute("SELECT url, detail FROM ledger WHERE id = ?", (newest,)).fetchone()
        found.append(Failures(error, pending, failed, since, url, detail, old, by_day.get(error, [])))
    return found


def _failures_by_day(connection: sqlite3.Connection, now: datetime) -> dict[str, list[int]]:
    """Class -> how often the crawls of the last 8 days met it, a number for each 24 hours."""
    classes: dict[str, list[int]] = {}
    for started_at, stats in connection.execute(
        "SELECT started_at, stats FROM crawl_runs WHERE id > (SELECT max(id) FROM crawl_runs) - ?"
        " AND failed > 0 AND started_at > ? AND stats IS NOT NULL",
        (CRAWLS, clock.iso(now - timedelta(days=8))),
    ):
        back = _days_back(started_at, now)
        for name, number in json.loads(stats).items():
            if name.startswith(FAILURE_STAT) and 0 <= back < 8:
                classes.setdefault(name.removeprefix(FAILURE_STAT), [0] * 8)[back] += number
    return classes


def _days_back(moment: str, now: datetime) -> int:
    """How many whole days ``moment`` (ISO 8601 UTC) is before ``now``; what is ahead counts as today."""
    return max(0, (now - datetime.fromisoformat(moment)).days)


def _quarantine(connection: sqlite3.Connection, now: datetime) -> Quarantine:
    by_day, reasons, last = [0] * 8, Counter[str](), None
    for reason, seen, url in connection.execute(
        "SELECT reason, first_seen_at, url FROM quarantine ORDER BY id DESC LIMIT 5000"
    ):
        back = _days_back(seen, now)
        last = last or url
        if back < len(by_day):
            by_day[back] += 1
            reasons[reason] += 1
    total = _figure(connection, "SELECT count(*) FROM quarantine")
    return Quarantine(total, by_day, dict(reasons.most_common()), last)


def _revisits(connection: sqlite3.Connection, now: str) -> Revisits:
    # Site by site: the index is on state, site and time, in this order.
    of_articles = (
        "FROM ledger WHERE state IN ('archived', 'unchanged')"
        " AND site_id IN (SELECT id FROM sites) AND due_at"
    )
    due = _figure(connection, f"SELECT count(*) {of_articles} <= ?", now)
    waiting, next_at = connection.execute(
        f"SELECT count(*), min(due_at) {of_articles} > ?", (now,)
    ).fetchone()
    return Revisits(due, waiting, next_at)
