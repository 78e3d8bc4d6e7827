"""When something new should have come: hours and weekdays against the site's own. Pure.

A holiday brings a tenth of the usual, and may last eight days. So of what a silence should have brought, its
first eight days count for a tenth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from newscrawler.alarm.odds import poisson_at_most

HOLIDAY = timedelta(days=8)
QUIET = 0.1
"""What a holiday leaves of the usual."""
UNLIKELY, NOT_YET_OVER = 1e-5, 0.01
"""Less likely than the first begins a trouble; less likely than the second goes on with it."""
PAST = timedelta(days=28)
"""So much of the past is the usual,"""
LEAST_PAST = timedelta(days=14)
"""and less than this is none."""
LEAST_NEW = 30
"""Nor are fewer new addresses than this."""
SPANS = tuple(timedelta(days=days) for days in (1, 2, 4, 8, 16))
"""The last days in which the whole site may have brought too little."""
UNSEEN = timedelta(days=1)
"""Nobody looked for longer than this: what came meanwhile may have left the listings."""

HOUR = timedelta(hours=1)


def week_of(hours: Mapping[str, float], until: datetime) -> list[float] | None:
    """What each of a week's 168 hours (Monday 0:00 UTC first) usually brings; None: too little is known.

    ``hours``: hour (UTC, YYYY-MM-DDTHH) -> how many; of them the PAST before ``until`` (aware) counts.
    """
    begin = until - PAST
    known = {moment: n for hour, n in hours.items() if begin <= (moment := _moment(hour)) < until}
    first = min(map(_moment, hours), default=until)
    seen = min(until - first, PAST)
    if seen < LEAST_PAST or sum(known.values()) < LEAST_NEW:
        return None
    week = [0.0] * 168
    for moment, n in known.items():
        week[_place(moment)] += n
    weeks = seen / timedelta(days=7)
    return [n / weeks for n in week]


def due(week: list[float], begin: datetime, end: datetime) -> float:
    """How many should have come from ``begin`` to ``end`` (aware), were some of it a holiday."""
    total, moment = 0.0, begin
    while moment < end:
        share = min(HOUR, end - moment) / HOUR
        total += week[_place(moment)] * share * (QUIET if moment < begin + HOLIDAY else 1.0)
        moment += HOUR
    return total


def silent_since(hours: Mapping[str, float], now: datetime) -> datetime | None:
    """The end of the last hour that brought something, when nothing came for too long since; else None."""
    if not hours:
        return None
    last = _moment(max(hours)) + HOUR
    week = week_of(hours, last)
    if week is None or poisson_at_most(0, due(week, last, now)) >= UNLIKELY:
        return None
    return last


def scarce_for(
    hours: Mapping[str, float], looked: Sequence[datetime], now: datetime, unlikely: float = UNLIKELY
) -> tuple[timedelta, float, float] | None:
    """(the last days in which far too little came, how many did, how many were usual); None: none did.

    ``looked``: when crawls began, in order. Days in which nobody looked for long say nothing of the site.
    """
    for span in SPANS:
        begin = now - span
        week = week_of(hours, begin)
        if week is None or not _looked_through(looked, begin, now):
            return None
        came = sum(n for hour, n in hours.items() if _moment(hour) + HOUR > begin)
        if poisson_at_most(round(came), due(week, begin, now)) < unlikely:
            return span, came, sum(week) * (span / timedelta(days=7))
    return None


def _looked_through(looked: Sequence[datetime], begin: datetime, now: datetime) -> bool:
    """Whether crawls began all the time between, and before."""
    between = [moment for moment in looked if begin - UNSEEN <= moment <= now]
    return len(between) > 1 and all(
        later - earlier <= UNSEEN for earlier, later in pairwise([begin, *between, now]) if later > begin
    )


def _moment(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC)


def _place(moment: datetime) -> int:
    moment = moment.astimezone(UTC)
    return moment.weekday() * 24 + moment.hour
