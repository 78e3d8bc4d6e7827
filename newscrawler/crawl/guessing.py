"""Which addresses to guess next: numbers between known articles, under the folders their neighbours imply.

Pure: known points and what was tried go in, the next few guesses come out. Nothing is remembered besides, so
a crawl that was killed goes on where it was. The rules, in the order in which they are asked:

1. Where two neighbours stand in different folders and far apart, the middle is asked: the border shows itself
   by halving, and then each number between has one folder.
2. Every number within REACH of a known article, the newest first, under its likeliest folder; the other
   folder of a border only when all of these are known.
3. Behind REACH numbers without a page in a row lies a stretch that was used for other things: only each
   GRID-th number of it is asked. Where that finds an article, rule 2 goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, chain, pairwise
from math import inf
from statistics import median_low

from newscrawler.identity import month_of

REACH = 50
"""With one article in three numbers, so many misses in a row are one chance in a thousand million."""

GRID = 64

AT_ONCE = 50
"""Guesses that are out at a time: what they find decides the next ones."""

SPLIT = 24
"""A border this narrow is asked for number by number."""

ENOUGH = 3
"""So many articles of a folder say where it lies."""

_SPREAD = (0, 1, -1, 3, -3, 7, -7, 15, -15, 31, -31, 63)
"""Where a number is looked for beside the place that was reckoned: holes are seldom so wide."""

Guess = tuple[int, str]
"""A number and its folder."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sequence around a month."""

    points: Sequence[Guess]
    """Numbers that are articles with their folders, in order of the numbers: those of the month, and of the
    next folders below and above it that have any."""
    tried: Collection[Guess]
    """What was asked for and has no page, or has not answered."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """For numbers below all that is known: how many there are a day, and of which day the lowest is."""

    per_day: float
    lowest_on: date


def next_guesses(
    known: Known, months: tuple[str, str], month: str, reckoning: Reckoning, *, thorough: bool = False
) -> list[Guess]:
    """At most AT_ONCE guesses for ``month`` (YYYY-MM); none left: the month is done as far as it can be.

    ``months``: the first and the last that are wanted; other folders are asked only to find the borders.
    ``thorough``: every number, also where stretches seem empty.
    """
    found = _in_turn(known, months, month, reckoning, thorough)
    once = {number: (number, folder) for number, folder in reversed(found)}
    return [guess for guess in found if once[guess[0]] == guess][:AT_ONCE]


def _in_turn(
    known: Known, months: tuple[str, str], month: str, reckoning: Reckoning, thorough: bool
) -> list[Guess]:
    """The guesses of the first rule that has any; a number may be among them under several folders."""
    points = without_strays(known.points)
    taken = {number for number, _ in known.points}
    if points and month_of(points[0][1]) >= month:
        lower = [guess for guess in _below(points[0], known.tried, reckoning) if guess[0] not in taken]
        if lower:
            return lower
    gaps = [gap for gap in _gaps(points) if gap.touches(month)]
    halves = [guess for gap in gaps if gap.is_wide for guess in gap.halve(known.tried)]
    if halves:
        return halves

    def wanted(numbers: Callable[[_Gap], Iterator[int]]) -> list[Guess]:
        """The next guesses among ``numbers`` of each gap, in the likelier of two folders first."""
        likely: list[Guess] = []
        rest: list[Guess] = []
        for gap in reversed(gaps):
            for number in numbers(gap):
                if number in taken:
                    continue
                folders = [f for f in gap.folders_of(number) if months[0] <= month_of(f) <= months[1]]
                left = [f for f in folders if (number, f) not in known.tried]
                if left:
                    (likely if left[0] == folders[0] else rest).append((number, left[0]))
                    if len(likely) == AT_ONCE:
                        return likely
        return likely or rest

    if thorough:
        return wanted(_Gap.every)
    return wanted(_Gap.near) or wanted(_Gap.far)


def _gaps(points: Sequence[Guess]) -> Iterator[_Gap]:
    """What lies between neighbours; close to a border either folder may be, whatever the next ones say."""
    borders = [(a[0], b[0], {a[1], b[1]}) for a, b in pairwise(points) if a[1] != b[1]]
    near = 0
    for (low, first), (high, last) in pairwise(points):
        if high - low < 2:
            continue
        while near < len(borders) and borders[near][1] < low - REACH:
            near += 1
        own = (first,) if first == last else tuple(span(first, last)) if first < last else (last, first)
        others: set[str] = set()
        for begin, _, folders in borders[near:]:
            if begin > high + REACH:
                break
            others |= folders
        yield _Gap(low, high, own, tuple(sorted(others.difference(own))))


@dataclass(frozen=True, slots=True)
class _Gap:
    """The numbers between two neighbours."""

    low: int
    high: int
    folders: tuple[str, ...]
    """The folders that they may stand in, in order of time."""
    others: tuple[str, ...] = ()
    """Those of a border close by: ids are given before it and published after it."""

    @property
    def inside(self) -> int:
        """How many numbers there are."""
        return self.high - self.low - 1

    @property
    def is_wide(self) -> bool:
        """Whether halving it costs less than asking for each number."""
        return len(self.folders) > 1 and self.inside > SPLIT

    def touches(self, month: str) -> bool:
        """Whether any of it may stand in ``month``."""
        return any(month_of(folder) == month for folder in (*self.folders, *self.others))

    def every(self) -> Iterator[int]:
        """Its numbers, the newest first."""
        return iter(range(self.high - 1, self.low, -1))

    def near(self) -> Iterator[int]:
        """Those within REACH of a neighbour: a gap may be a thousand million wide, and is not walked."""
        if self.inside <= 2 * REACH:
            return self.every()
        return chain(range(self.high - 1, self.high - REACH - 1, -1), range(self.low + REACH, self.low, -1))

    def far(self) -> Iterator[int]:
        """Each GRID-th of the others."""
        last = (self.high - REACH - 1) // GRID * GRID
        return iter(range(last, self.low + REACH, -GRID))

    def folders_of(self, number: int) -> list[str]:
        """Its folders, the likeliest for ``number`` first."""
        place = (number - self.low) / (self.high - self.low) * len(self.folders) - 0.5
        nearest = sorted(range(len(self.folders)), key=lambda n: abs(n - place))
        return [self.folders[n] for n in nearest] + [*self.others]

    def halve(self, tried: Collection[Guess]) -> list[Guess]:
        """The number to split it by; none when it was split into pieces that are not worth it."""
        asked = sorted({number for number, _ in tried if self.low < number < self.high})
        for number in asked:
            for folder in self.folders_of(number)[:2]:
                if (number, folder) not in tried:
                    return [(number, folder)]
        size, begin = max((b - a, a) for a, b in pairwise([self.low, *asked, self.high]))
        if size <= (GRID if self.inside > 4 * GRID else SPLIT):
            return []
        middle = begin + size // 2
        return [(middle, self.folders_of(middle)[0])]


def _below(lowest: Guess, tried: Collection[Guess], reckoning: Reckoning) -> list[Guess]:
    """Guesses for the folder before that of ``lowest``, below which nothing is known; none: all in vain.

    First where the reckoning says, then nearer, since a pace changes with the years.
    """
    number, folder = lowest
    before = earlier(folder)
    days = max(1.0, (reckoning.lowest_on - middle_of(before)).days)
    for part in (1.0, 0.7, 0.5, 0.3, 0.15):
        place = number - max(1, round(part * days * reckoning.per_day))
        for candidate in (before, folder, earlier(before)):
            guesses = [(place + beside, candidate) for beside in _SPREAD if 0 < place + beside < number]
            left = [guess for guess in guesses if guess not in tried]
            if left:
                return left[:4]
    # Step by step then, as long as there is anything beside what is known.
    steps = [(n, f) for f in (folder, before) for n in range(number - 1, max(0, number - 1 - REACH), -1)]
    return [step for step in steps if step not in tried][:AT_ONCE]


def without_strays(points: Sequence[Guess]) -> list[Guess]:
    """``points`` without those that no other folder's bear out: wrong links, typing errors.

    Around a border months may mix; nothing of a month lies beyond the middle of another.
    """
    numbers: dict[str, list[int]] = {}
    for number, folder in points:
        numbers.setdefault(folder, []).append(number)
    folders = sorted(numbers)
    middles = [median_low(numbers[f]) if len(numbers[f]) >= ENOUGH else None for f in folders]
    above = [0, *accumulate((m or 0 for m in middles), max)]
    below = [inf, *accumulate((m or inf for m in reversed(middles)), min)]
    at = {folder: n for n, folder in enumerate(folders)}
    return [(n, f) for n, f in points if above[at[f]] < n < below[len(folders) - at[f] - 1]]


def reckon(dated: Sequence[tuple[int, date]]) -> Reckoning:
    """How numbers rise with time, by articles (number and day, in order) of which some are days apart."""
    (low, first), (high, last) = dated[0], dated[-1]
    return Reckoning(max(1.0, high - low) / max(1, (last - first).days), first)


# --- folders: months (2025-09) or days (20250930), as the site writes them ---------------------------------


def middle_of(folder: str) -> date:
    """The day in the middle of a month, or the day itself; ValueError for what is neither."""
    digits = re.sub(r"\D", "", folder)
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8] or 15))


def months_back(first: str, last: str) -> Iterator[str]:
    """The months from ``last`` back to ``first``, YYYY-MM."""
    return reversed(list(span(first, last)))


def folders_in(month: str, like: str) -> list[str]:
    """The folders of ``month`` (YYYY-MM) in the form of ``like``, the newest first."""
    if not _is_day(like):
        return [_like(like, middle_of(month))]
    first = middle_of(month).replace(day=1)
    days = (first + timedelta(days=n) for n in range(31))
    return [_like(like, day) for day in days if day.month == first.month][::-1]


def earlier(folder: str) -> str:
    """The folder before."""
    return _like(folder, _before(folder, middle_of(folder)))


def span(first: str, last: str) -> Iterator[str]:
    """All folders from ``first`` to ``last``, written as ``last`` is."""
    begin, found = middle_of(first), [middle_of(last)]
    while found[-1] > begin:
        found.append(_before(last, found[-1]))
    return (_like(last, day) for day in reversed(found))


def _before(folder: str, day: date) -> date:
    """The day before, or the middle of the month before, as ``folder`` is the one or the other."""
    return (
        day - timedelta(days=1)
        if _is_day(folder)
        else (day.replace(day=1) - timedelta(days=1)).replace(day=15)
    )


def _is_day(folder: str) -> bool:
    return len(re.sub(r"\D", "", folder)) == 8


def _like(folder: str, day: date) -> str:
    """``day`` in the form of ``folder``."""
    separator = folder[4] if not folder[4].isdigit() else ""
    return day.strftime(separator.join(["%Y", "%m", "%d"] if _is_day(folder) else ["%Y", "%m"]))
