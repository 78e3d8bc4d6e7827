"""``time`` elements: their ``datetime`` says what the shown text leaves out, as long as the two agree."""

from __future__ import annotations

import re
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


def refine(
    document: Document, shown: Moment, raw: str, blocks: Iterable[int], zone: ZoneInfo, now: datetime
) -> Moment:
    """``shown`` with what the ``datetime`` of a ``time`` element in ``blocks`` adds: seconds to a minute,
    a clock time to a day, a time to a text such as 3小时前 (three hours ago), the site's clock to another.
    ``raw`` is the line that it stands in.
    """
    wanted = set(blocks)
    stated = [found for block, found in _stated(document, zone, now) if block in wanted]
    if shown.kind == "relative" and len(stated) == 1:
        return replace(stated[0], start=shown.start, end=shown.end)
    if shown.kind == "relative" and not stated:
        return _titled(document, raw, zone, now) or shown
    for found in stated:
        if shown.kind == "short" and _agree(shown, found) and found.day != shown.day:
            return replace(found, start=shown.start, end=shown.end)
        if by_own_clock(shown, found):
            return replace(found, start=shown.start, end=shown.end)
        if _FINER[found.precision] > _FINER[shown.precision] and _agree(shown, found):
            return replace(found, start=shown.start, end=shown.end)
    return shown


def by_own_clock(shown: Moment, stated: Moment) -> bool:
    """True when ``shown`` is what ``stated`` says by the clock it was stated in."""
    if not stated.printed or shown.kind != "full":
        return False
    if shown.precision == "day":
        return stated.printed[:10] == shown.iso and MIDNIGHT not in stated.printed
    return stated.printed[:16] == shown.iso[:16]


def first(document: Document, blocks: range, zone: ZoneInfo, now: datetime) -> tuple[Moment, int] | None:
    """The time that the first ``time`` element in ``blocks`` states, and its block."""
    for block, text in document.times:
        if block in blocks and (found := moment.find(text, zone, now)) is not None:
            return found, block
    return None


_TITLED = re.compile(
    r"""(?:title|data-[\w-]{2,20})=["']\s?((?:19|20)\d\d[^"'<>]{6,30})["'][^<>]{0,200}>([^<>]{2,40})<"""
)
"""A time in an attribute of the element that shows 3小时前 (three hours ago)."""


def _titled(document: Document, raw: str, zone: ZoneInfo, now: datetime) -> Moment | None:
    for match in _TITLED.finditer(document.decoded.text):
        shown = match[2].strip()
        if shown and shown in raw and moment.find(moment.fold(shown), zone, now, loose=True) is not None:
            return moment.find(match[1], zone, now)
    return None


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
