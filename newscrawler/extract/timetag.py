"""``time`` elements: their ``datetime`` says what the shown text leaves out, as long as the two agree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from newscrawler.extract import moment
from newscrawler.extract.document import Document
from newscrawler.extract.moment import Moment

_FINER = {"day": 0, "minute": 1, "second": 2}
MIDNIGHT = "T00:00:00"
"""The clock time that stands where only a day was known."""


def refine(document: Document, shown: Moment, blocks: Iterable[int], zone: ZoneInfo, now: datetime) -> Moment:
    """``shown`` with what the ``datetime`` of a ``time`` element in ``blocks`` adds: seconds to a minute,
    a clock time to a day, a time to a text such as 3小时前 (three hours ago).
    """
    wanted = set(blocks)
    stated = [found for block, found in _stated(document, zone, now) if block in wanted]
    if shown.kind == "relative" and len(stated) == 1:
        return replace(stated[0], start=shown.start, end=shown.end)
    for found in stated:
        if shown.kind == "short" and _agree(shown, found) and found.day != shown.day:
            return replace(found, start=shown.start, end=shown.end)
        if _FINER[found.precision] > _FINER[shown.precision] and _agree(shown, found):
            return replace(found, start=shown.start, end=shown.end)
    return shown


def only(document: Document, first: int, last: int, zone: ZoneInfo, now: datetime) -> Moment | None:
    """The one time that ``time`` elements in the blocks ``first`` … ``last`` (exclusive) state."""
    times = document.times
    if not times:
        return None
    near = times[bisect_left(times, (first, "")) : bisect_left(times, (last, ""))]
    found = [moment.find(text, zone, now) for _, text in near]
    days = {m.day: m for m in found if m is not None}
    return next(iter(days.values())) if len(days) == 1 else None


def _stated(document: Document, zone: ZoneInfo, now: datetime) -> list[tuple[int, Moment]]:
    read = [(block, moment.find(text, zone, now)) for block, text in document.times]
    return [(block, found) for block, found in read if found is not None]


def _agree(shown: Moment, stated: Moment) -> bool:
    """True when the two name the same time as far as ``shown`` goes; a midnight adds nothing to a day, and
    a day without a year is any year's.
    """
    if shown.kind == "short":
        end = len(stated.day) if shown.precision == "day" else len("2025-09-30T23:57")
        return stated.iso[4:end] == shown.iso[4:end]
    if shown.precision == "day":
        return stated.day == shown.day and MIDNIGHT not in stated.iso
    return stated.iso[:16] == shown.iso[:16]
