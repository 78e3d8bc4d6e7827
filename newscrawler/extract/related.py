"""The related block: found by its heading (更多热门内容 and its sisters) or by the shape of its items.

Class names are not asked for the decision: they are the first thing that a redesign changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from newscrawler.extract import entries, markers
from newscrawler.extract.document import HEADING_TAGS, Block, Document
from newscrawler.extract.entries import Entry

MIN_ITEMS = 2
ENOUGH = 4
"""So many groups behind the text are looked at; the rest of a page is side bars and foot."""
SAMPLE = 4
"""So many items tell whether a group is made of teasers; the rest is read when the group is chosen."""
SHAPE_ITEMS = 3
"""So many siblings of title link with a cut summary or a date are a related block without any heading."""


@dataclass(slots=True)
class Group:
    """A block of links under one heading: the blocks ``first`` … ``last`` (exclusive), the heading
    included.
    """

    heading: str | None
    first: int
    last: int
    items: list[Entry]
    rule: str
    weak: bool = False

    @property
    def richness(self) -> float:
        """The share of items that have a summary or a date, of those read."""
        known = [item.rich for item in self.items if item.read]
        return sum(known) / len(known) if known else 0.0


_DATED = re.compile(r"\d{1,2}[-/月.]\d{1,2}|前|昨")


@lru_cache(maxsize=8192)
def _is_heading(text: str) -> bool:
    return markers.RELATED_HEADING.fullmatch(text.replace(" ", "")) is not None


@lru_cache(maxsize=8192)
def _is_other_section(text: str) -> bool:
    return markers.OTHER_SECTION.fullmatch(text) is not None


def is_heading(block: Block) -> bool:
    """A short line that is nothing but the heading of a related block."""
    return len(block.text) <= 24 and _is_heading(block.text)


def is_other_section(block: Block) -> bool:
    """A short line that begins another section (comments, friend links, tag cloud)."""
    return len(block.text) <= 16 and _is_other_section(block.text)


def groups(
    document: Document, zone: ZoneInfo, now: datetime, start: int, text_end: int | None
) -> list[Group]:
    """The related blocks from block ``start`` on, in page order; behind ``text_end`` no more than ENOUGH."""
    found: list[Group] = []
    blocks = document.blocks
    index = start
    behind = 0
    while index < len(blocks) and behind < ENOUGH:
        block = blocks[index]
        index += 1
        if block.hidden or not is_heading(block):
            continue
        group = _under(document, block, zone, now)
        if group is not None:
            found.append(group)
            behind += text_end is not None and group.first >= text_end
            index = max(group.last, index)
    return found


def _under(document: Document, heading: Block, zone: ZoneInfo, now: datetime) -> Group | None:
    """The group under ``heading``: in the smallest box around it that holds links behind it."""
    nodes = document.nodes
    node = heading.node
    for _ in range(5):
        if node < 0 or nodes[node].tag == "body":
            break
        last = _section_end(document, heading, nodes[node].last)
        if last - heading.index > 1:
            items = entries.split(document, heading.index + 1, last, zone, now, limit=40, read=SAMPLE)
            items = [item for item in items if not markers.BUTTON_LINE.fullmatch(item.title)]
            if len(items) >= MIN_ITEMS or (len(items) == 1 and (items[0].rich or len(items[0].title) >= 10)):
                weak = heading.text.strip(" :：>") in markers.WEAK_HEADINGS
                end = max(item.last for item in items)
                end = _swallow(document, end, last)
                return Group(heading.text, heading.index, end, items, "heading", weak)
        if nodes[node].last > last:
            break
        node = nodes[node].parent
    return None


def _section_end(document: Document, heading: Block, limit: int) -> int:
    """Where the section under ``heading`` ends within ``limit``: at the next heading or at running text."""
    previous_link = False
    for block in document.blocks[heading.index + 1 : limit]:
        if is_other_section(block) or (is_heading(block) and not block.links) or block.tag in ("h1",):
            return block.index
        if block.tag == heading.tag and block.tag in HEADING_TAGS and not block.links:
            return block.index
        if (
            block.marks >= 2
            and block.plain >= 60
            and not block.links
            and not entries.is_cut(block.text)
            and not previous_link
        ):
            return block.index
        if len(block.text) < 400 and (
            markers.NOTICE_LINE.fullmatch(block.text) or markers.EDITOR_LINE.fullmatch(block.text)
        ):
            return block.index
        previous_link = bool(block.links)
    return limit


def _swallow(document: Document, end: int, limit: int) -> int:
    """Dates and buttons that still belong to the last item."""
    while end < limit and (
        entries.is_date(document.blocks[end]) or markers.BUTTON_LINE.fullmatch(document.blocks[end].text)
    ):
        end += 1
    return end


def is_own(group: Group, first: int, last: int) -> bool:
    """True for a group that needs no other beside it: teasers, or a full list right under the text."""
    if group.richness >= 0.5:
        return True
    side = group.weak or markers.SIDE_HEADING.fullmatch(group.heading or "") is not None
    return not side and len(group.items) >= SHAPE_ITEMS and first <= group.first <= last + 25


def by_shape(
    document: Document, first: int, zone: ZoneInfo, now: datetime, stop: int | None = None
) -> Group | None:
    """A related block without a heading: three or more teasers in a row behind block ``first``."""
    limit = min(len(document.blocks), first + 150) if stop is None else stop
    signs = 0
    for block in document.blocks[first:limit]:
        signs += (
            block.text.endswith(("…", "..."))
            or entries.is_date(block)
            or bool(block.links and _DATED.search(block.text))
        )
    if signs < SHAPE_ITEMS:
        return None
    run: list[Entry] = []
    for entry in entries.split(document, first, limit, zone, now, limit=60):
        if _teaser(document, entry) and (not run or entry.first - run[-1].last <= 2):
            run.append(entry)
            continue
        if len(run) >= SHAPE_ITEMS:
            break
        run = [entry] if _teaser(document, entry) else []
    if len(run) < SHAPE_ITEMS:
        return None
    return Group(None, run[0].first, run[-1].last, run, "shape")


def _teaser(document: Document, entry: Entry) -> bool:
    """A compact entry with a summary or a date; an entry that swallows running text is none."""
    if not entry.rich or entry.last - entry.first > 8 or len(entry.title) < 6:
        return False
    return sum(b.plain for b in document.blocks[entry.first : entry.last]) <= 400


def choose(
    found: list[Group], document: Document, body_node: int, body_first: int, body_last: int
) -> Group | None:
    """The article's own related block among all: teasers before bare links, near the body, not in a
    side bar.
    """
    best: tuple[float, Group] | None = None
    column = {n for n in document.ancestors(body_node, 3) if document.nodes[n].tag not in ("body", "html")}
    for order, group in enumerate(found):
        if group.first < body_first or (group.weak and not group.richness):
            continue
        chain = document.ancestors(document.blocks[group.first].node)
        beside = bool(column.intersection(chain[:4]))
        inside = body_node in chain
        if not group.richness and not inside and markers.SIDE_HEADING.fullmatch(group.heading or ""):
            continue
        score = 2.0 * group.richness - 0.15 * order + 0.5 * beside
        if any(
            len(document.nodes[n].words) > 1 and markers.is_side_box(document.nodes[n].words)
            for n in chain[:5]
        ):
            score -= 1.5
        if group.first <= body_last + 25:
            score += 1.0
        if best is None or score > best[0]:
            best = (score, group)
    return best[1] if best is not None else None
