"""The one clock of a run.

Everything that asks for the time asks here, so that ``NEWSCRAWLER_NOW`` (ISO 8601,
with an offset; without one it is taken as UTC) can replace it in tests and replays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache

ENVIRONMENT_VARIABLE = "NEWSCRAWLER_NOW"


_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


class ClockError(ValueError):
    """The variable holds no time; the message names it."""


def now() -> datetime:
    """The current time in UTC, to the second; standing_at() wins, then ``NEWSCRAWLER_NOW``.

    Raises ClockError with the variable's name when its value is not ISO 8601.
    """
    standing = _standing.get()
    if standing is not None:
        return standing
    given = os.environ.get(ENVIRONMENT_VARIABLE)
    return _read(given) if given else datetime.now(UTC).replace(microsecond=0)


@lru_cache(maxsize=1)
def _read(given: str) -> datetime:
    """The time that the variable names."""
    try:
        parsed = datetime.fromisoformat(given)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=UTC)
        return parsed.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise ClockError(
            f"{ENVIRONMENT_VARIABLE}={given!r} is not a time; "
            "expected ISO 8601 such as 2025-09-30T23:57:37+08:00"
        ) from None


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """In this thread or task it is ``moment`` (aware): what was fetched then is read as it was then."""
    token = _standing.set(moment.astimezone(UTC).replace(microsecond=0))
    try:
        yield
    finally:
        _standing.reset(token)


def iso(moment: datetime) -> str:
    """``moment`` (aware) as ISO 8601 UTC, ``2025-09-30T15:57:37+00:00``: sorts as text."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
