"""The gaps of one month, day by day: an id without a day of its own has that of its neighbours."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from itertools import pairwise

from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive.gaps import STATES, Span, Track
from newscrawler.archive.known import folders, sequences

_COLUMN_OF = {state: name for name, states in STATES.items() for state in states}


Known = tuple[int, str, int | None, str | None]
"""Number, state, whether it was guessed, day."""


def days(database: Database, track: Track, month: str) -> list[Span]:
    """The days of ``month`` of ``track``, the newest first; empty where nothing of it is known."""
    span = next((span for span in track.months if span.name == month), None)
    if span is None:
        return []
    sequence = next(s for s in sequences(database, track.site) if s.pattern == track.pattern)
    inside = [f for f in folders(database, sequence.id) if identity.month_of(f) == month]
    known: list[Known] = []
    asked: set[int] = set()
    for folder in inside:
        known += database.conn.execute(
            "SELECT l.number, l.state, l.guessed, coalesce(a.published_date, l.date) FROM ledger l"
            " LEFT JOIN articles a ON a.url_key = l.url_key WHERE l.sequence_id = ? AND l.sequence_id > 0"
            " AND l.folder = ? AND l.number BETWEEN ? AND ?",
            (sequence.id, folder, span.first, span.last),
        )
        asked |= {
            number
            for (number,) in database.conn.execute(
                "SELECT number FROM absent WHERE sequence_id = ? AND folder = ? AND number BETWEEN ? AND ?",
                (sequence.id, folder, span.first, span.last),
            )
        }
    return _by_day(sorted(known), asked - {number for number, *_ in known}, month)


def _by_day(known: list[Known], asked: set[int], month: str) -> list[Span]:
    dated = [(number, day) for number, _, _, day in known if day and day.startswith(month)]
    if not dated:
        return []
    numbers = [number for number, _ in dated]
    days: dict[str, Span] = {}

    def span_of(number: int, day: str | None = None) -> Span:
        """The day of ``number``: its own, else that of the next above it that has one."""
        if not day or not day.startswith(month):
            day = dated[min(bisect_left(numbers, number), len(dated) - 1)][1]
        return days.setdefault(day, Span(day, number, number))

    for number, state, guessed, day in known:
        span, column = span_of(number, day), _COLUMN_OF[state]
        span.first, span.last = min(span.first, number), max(span.last, number)
        setattr(span, column, getattr(span, column) + 1)
        span.hits += bool(guessed) and column in {"archived", "gone"}
    for number in asked:
        span_of(number).absent += 1
    taken = sorted({number for number, *_ in known} | asked)
    for low, high in pairwise(taken):
        if high - low > 1:
            _share_out(span_of(low), span_of(high), high - low - 1, days)
    return sorted(days.values(), key=lambda span: span.name, reverse=True)


def _share_out(low: Span, high: Span, untried: int, days: dict[str, Span]) -> None:
    """Ids between two neighbours belong to their days and those between, to each alike."""
    first, last = sorted((date.fromisoformat(low.name), date.fromisoformat(high.name)))
    names = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    for at, name in enumerate(names):
        part = untried * (at + 1) // len(names) - untried * at // len(names)
        span = days.setdefault(name, Span(name, low.last, high.first))
        span.untried += part
