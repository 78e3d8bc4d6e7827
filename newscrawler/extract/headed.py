"""What stands over the entries of a list and belongs to them: a day in a heading, a top story."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newscrawler.extract import entries, markers, moment
from newscrawler.extract.document import HEADING_TAGS, Block, Document
from newscrawler.extract.entries import Entry

ABOVE = 2
"""So many blocks above the first entry the first day is looked for."""
REACH = 14
"""A top story stands no more blocks above the list."""
TOP = 3
"""So many stories may stand over a list."""
_PERIOD = re.compile(
    r"[【\[(]?(?P<year>(?:19|20)\d\d)\s*(?:年|[-/.](?=\s*\d))?\s*(?P<month>1[0-2]|0?[1-9])?\s*月?份?[】\])]?"
    r"\s*(?:[(（\[]?\s*(?:共\s*)?\d{1,4}\s*篇?(?:文章)?\s*[)）\]]?)?"
)
"""2024, 2025年9月, 2025-09 (12): over the entries of a year or a month."""
_DAY = re.compile(r"\W*(?P<day>\d{1,2})\s*[日号]?\W*")
_DAY_TAGS = HEADING_TAGS | {"dt", "th", "caption"}


def days(document: Document, found: list[Entry], zone: ZoneInfo, now: datetime) -> None:
    """Give the entries under a heading that is nothing but a day this day.

    Only where such headings, the first of them over the first entry, are what dates the list: an entry's
    own date counts for more.
    """
    if not found:
        return
    first, last = found[0].first, max(entry.last for entry in found)
    headings: list[tuple[int, str]] = []
    for block in document.blocks[max(0, first - ABOVE) : last]:
        if is_day(document, block, block.index + 1):
            read = moment.find(moment.fold(block.text), zone, now, loose=True)
            if read is not None:
                headings.append((block.index, read.day))
    if not headings or headings[0][0] > found[0].link.block:
        _periods(document, found)
        return
    dated = sum(entry.date is not None for entry in found)
    tagged = document.blocks[headings[0][0]].tag in _DAY_TAGS
    if dated > len(headings) or (len(headings) >= len(found) and not tagged):
        return
    for entry in found:
        place = bisect_left(headings, (entry.link.block, ""))
        entry.date = headings[place - 1][1] if place else entry.date


def _periods(document: Document, found: list[Entry]) -> None:
    """Give the entries of an archive the year or month that they stand under, where their own line has no
    more than the day: 2024 over 12-30, 2025年9月 over 28日.
    """
    first, last = found[0].first, max(entry.last for entry in found)
    periods: list[tuple[int, str, str]] = []
    for block in document.blocks[max(0, first - ABOVE) : last]:
        text = block.text
        if (
            len(text) <= 24
            and text[:1] in "12【[("
            and not block.hidden
            and (read := _PERIOD.fullmatch(text))
        ):
            periods.append((block.index, read["year"], read["month"] or ""))
    if not periods or periods[0][0] > found[0].link.block:
        return
    for entry in found:
        if entry.exact:
            continue
        _, year, month = periods[bisect_left(periods, (entry.link.block, "", "")) - 1]
        day = entry.date[5:] if entry.yearless and entry.date else None
        if day is None and month and entry.date is None and (own := _own_day(document, entry)):
            day = f"{int(month):02d}-{own:02d}"
        if day is not None and (not month or int(month) == int(day[:2])):
            with suppress(ValueError):  # February 29
                entry.date = date.fromisoformat(f"{year}-{day}").isoformat()


def _own_day(document: Document, entry: Entry) -> int | None:
    """The day of the month that stands right before the entry's title."""
    block = document.blocks[entry.link.block]
    before = block.text.partition(entry.link.text)[0]
    if not before and block.index > entry.first:
        before = document.blocks[block.index - 1].text
    read = _DAY.fullmatch(before) if len(before) <= 8 else None
    return int(read["day"]) if read and 1 <= int(read["day"]) <= 31 else None


def is_day(document: Document, block: Block, over: int) -> bool:
    """True for a heading over block ``over`` that is nothing but a day: named so by its tag, or in one box
    with what follows it.
    """
    if block.links or block.hidden or not entries.is_date(block):
        return False
    parent = document.nodes.parent[block.node] if block.node >= 0 else -1
    return block.tag in _DAY_TAGS or (
        block.tag in ("div", "p") and parent >= 0 and document.nodes.last[parent] > over
    )


def top_stories(document: Document, found: list[Entry], zone: ZoneInfo, now: datetime) -> list[Entry]:
    """Stories set in a heading over the list, whose addresses have the shape of the list's own."""
    shapes = Counter(_shape(entry.url) for entry in found)
    if len(found) < 2 or not shapes:
        return []
    usual, count = shapes.most_common(1)[0]
    if count * 2 < len(found) or not any(c == "0" for c in usual):
        return []
    known = {entry.url for entry in found}
    start = max(0, found[0].first - REACH)
    wanted: set[str] = set()
    for block in document.blocks[start : found[0].first]:
        if block.hidden or not _is_heading(document, block) or _beside(document, block):
            continue
        for link in block.links:
            url = document.absolute(link.href)
            if url and url not in known and _shape(url) == usual and len(link.text) >= entries.MIN_TITLE:
                wanted.add(url)
    if not 1 <= len(wanted) <= TOP:
        return []
    above = entries.split(document, start, found[0].first, zone, now, only=wanted)
    kept: dict[str, Entry] = {}
    for entry in above:
        kept.setdefault(entry.url, entry)
    return list(kept.values())


def goes_on(document: Document, found: list[Entry], below: list[Entry]) -> bool:
    """True for a plain list under one with summaries that goes on with what is older: every entry of both is
    dated, none below is newer, and their addresses have one shape.
    """
    if (
        len(below) < 2
        or below[0].first < found[-1].first
        or _beside(document, document.blocks[below[0].first])
    ):
        return False
    above, under = [e.date for e in found if e.date], [e.date for e in below if e.date]
    if len(above) < len(found) or len(under) < len(below) or max(under) > min(above):
        return False
    shapes = {_shape(entry.url) for entry in found}
    return all(_shape(entry.url) in shapes for entry in below)


def _shape(url: str) -> str:
    """An address with its numbers made one: articles of one site share it."""
    parts = urlsplit(url)
    return f"{parts.netloc}{re.sub(r'[0-9]+', '0', parts.path)}"


def _is_heading(document: Document, block: Block) -> bool:
    chain = document.ancestors(block.node, 2)
    return any(document.nodes.tag[node] in HEADING_TAGS for node in chain)


def _beside(document: Document, block: Block) -> bool:
    """True inside a side bar or a footer."""
    for node in document.ancestors(block.node, 6):
        tag, words = document.nodes.tag[node], document.nodes.words[node]
        if tag in ("aside", "footer", "nav") or (len(words) > 1 and markers.is_side_box(words)):
            return True
    return False
