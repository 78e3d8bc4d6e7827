"""When an address is asked for again: after a failure, and to see whether an article changed. Pure.

Deterministic: the jitter of a back-off is drawn from the address and the attempt, so that equal runs
under ``NEWSCRAWLER_NOW`` are equal.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newscrawler import clock
from newscrawler.items import DEFAULT_ZONE

_MINUTES = (0, 30, 60, 120, 240, 480, 960, 1440, 2880, 5760, 10080)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in _MINUTES)
"""Wait after the first, second… failure in a row; the last one is repeated. The next crawl tries at once."""

JITTER = 0.1
"""Share of a wait by which it is shortened or lengthened: what failed together is not to come together."""

MOST_ATTEMPTS = 14
"""Failures in a row after which an address is given up: about five weeks of trying."""


def retry_at(now: datetime, attempts: int, key: int, not_before: datetime | None = None) -> datetime:
    """When an address is due that has failed ``attempts`` times in a row, the last time ``now`` (aware).

    ``key`` is its identity.key64; ``not_before`` what the site asked for (Retry-After).
    """
    wait = BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]
    drawn = random.Random(f"{key}:{attempts}").uniform(1 - JITTER, 1 + JITTER)
    due = now + timedelta(seconds=round(wait.total_seconds() * drawn))
    return max(due, not_before) if not_before is not None else due


def next_visit(
    now: datetime,
    after: Sequence[timedelta],
    *,
    published_at: str | None,
    precision: str | None,
    first_seen_at: str,
    zone: str = DEFAULT_ZONE,
) -> str | None:
    """When an article that was looked at ``now`` is looked at again: the next of its moments (ISO 8601 UTC).

    ``after``: the moments, counted from publication (``published_at`` and ``precision`` as the archive
    has them). None: the last one is over.
    """
    start = _published(published_at, precision, datetime.fromisoformat(first_seen_at), zone)
    coming = [start + span for span in after if start + span > now]
    return clock.iso(min(coming)) if coming else None


def _published(published_at: str | None, precision: str | None, first_seen: datetime, zone: str) -> datetime:
    """The latest moment at which the article can have been published: never after it was first seen.

    A day alone (or an hour, which is kept as one) is over at its midnight.
    """
    if not published_at:
        return first_seen
    try:
        moment = datetime.fromisoformat(published_at)
    except ValueError:
        return first_seen
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    if len(published_at) == 10 or precision == "day":
        moment += timedelta(days=1)
    return min(moment.astimezone(UTC), first_seen)


def spans(hours: Iterable[object]) -> tuple[timedelta, ...]:
    """The setting REVISIT_AFTER_HOURS, numbers or their texts, in order; ValueError names what is wrong."""
    found = []
    for value in hours:
        try:
            number = float(str(value))
        except ValueError:
            number = 0.0
        if not 0 < number <= 1_000_000:
            raise ValueError(
                f"REVISIT_AFTER_HOURS: {value!r} is no number of hours; expected such as 1,24,168"
            )
        found.append(timedelta(seconds=round(number * 3600)))
    return tuple(sorted(found))
