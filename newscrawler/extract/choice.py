"""Which block of links is the article's own: the one under a related heading, else the one of related
shape, never what every page of the site carries alike.
"""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from newscrawler.extract import entries, markers
from newscrawler.extract.document import Document
from newscrawler.extract.entries import Entry
from newscrawler.extract.related import Group, groups

SHAPE_ITEMS = 3
"""So many siblings of title link with a cut summary or a date are a related block without any heading."""
NEAR = 25
"""So many blocks behind the text a block of links is still the article's."""
TEASER = 6
"""The title of a teaser is no shorter."""
SECTION_NAME = 8
"""A line of no more characters above a list of links names it."""
_DATED = re.compile(r"\d{1,2}[-/月.]\d{1,2}|前|昨")


def is_own(document: Document, group: Group, body_node: int, first: int, last: int) -> bool:
    """True for a group that needs no other beside it: teasers, or a full list right under the text."""
    if not _may_be_chosen(document, group, body_node):
        return False
    if group.richness >= 0.5:
        return True
    return not group.weak and len(group.items) >= SHAPE_ITEMS and first <= group.first <= last + NEAR


def by_shape(
    document: Document,
    first: int,
    zone: ZoneInfo,
    now: datetime,
    body_node: int,
    text_end: int,
) -> Group | None:
    """A related block without a heading: three or more teasers in a row behind block ``first``."""
    limit = min(len(document.blocks), first + 150)
    signs = 0
    for block in document.blocks[first:limit]:
        signs += (
            block.text.endswith(("…", "..."))
            or entries.is_date(block)
            or bool(block.links and _DATED.search(block.text))
        )
        if signs == SHAPE_ITEMS:
            break
    else:
        return None
    run: list[Entry] = []
    for entry in entries.split(document, first, limit, zone, now, limit=60, read=0):
        compact = _is_compact(document, entry) and not in_side_box(document, entry.first, body_node)
        if (compact or not entries.is_titled(document, entry)) and not entries.complete(
            document, [entry], zone, now
        ):
            continue  # read where it may be a teaser: reading all of them took most of the time
        teaser = compact and entry.rich and len(entry.title) >= TEASER
        if teaser and (not run or entry.first - run[-1].last <= 2):
            run.append(entry)
            continue
        if _is_block(document, first, run, body_node, text_end):
            break
        run = [entry] if teaser else []
    if not _is_block(document, first, run, body_node, text_end):
        return None
    return Group(None, run[0].first, run[-1].last, run, "shape")


def _is_block(document: Document, first: int, run: list[Entry], body_node: int, text_end: int) -> bool:
    """True for a run of teasers that is the article's: under no hot heading, and where only dates, no cut
    summaries, speak for it, right behind the text, in its column, under no heading of another section.
    """
    if len(run) < SHAPE_ITEMS or _headed_hot(document, first, run):
        return False
    if sum(entries.is_cut(entry.summary) for entry in run) * 2 >= len(run):
        return True
    begin = run[0].first
    beside = _in_column(document, begin, body_node)
    above = document.blocks[begin - 1]
    headed = begin > text_end and not above.links and not above.marks and len(above.text) <= SECTION_NAME
    return begin <= text_end + NEAR and beside and not headed


def _headed_hot(document: Document, first: int, run: list[Entry]) -> bool:
    """True for a run of entries under the heading of a hot or newest list."""
    for block in reversed(document.blocks[max(first, run[0].first - 3) : run[0].first + 1]):
        if len(block.text) <= 24 and not block.links and markers.SIDE_HEADING.fullmatch(block.said):
            return True
    return False


def _is_compact(document: Document, entry: Entry) -> bool:
    """An entry as long as a teaser; one that swallows running text is none."""
    if entry.last - entry.first > 8:
        return False
    return sum([b.plain for b in document.blocks[entry.first : entry.last]]) <= 400


def in_side_box(document: Document, index: int, body_node: int = -1) -> bool:
    """True inside an aside, a menu or a foot, or in a box that is named so, and that does not hold the
    text as well.
    """
    around = document.ancestors(body_node) if body_node >= 0 else ()
    for node in document.ancestors(document.blocks[index].node, 5):
        if node in around:
            break
        tag, words = document.nodes.tag[node], document.nodes.words[node]
        if tag in ("aside", "nav", "footer") or (len(words) > 1 and markers.is_side_box(words)):
            return True
    return False


def _in_column(document: Document, index: int, body_node: int) -> bool:
    """True for a block in one of the boxes right around the text's; where the page has none, anywhere."""
    column = [n for n in document.ancestors(body_node, 3) if document.nodes.tag[n] not in ("body", "html")]
    return not column or not set(column).isdisjoint(document.ancestors(document.blocks[index].node))


def _may_be_chosen(document: Document, group: Group, body_node: int) -> bool:
    """False for what every page of a site carries alike: hot and newest lists beside the text.

    Under such a heading only teasers in the text's own column are the article's; without any heading the
    list above it must not be one.
    """
    if not group.hot and group.heading is not None:
        return True
    whole = body_node < 0 or document.nodes.tag[body_node] in ("body", "html")
    inside = not whole and body_node in document.ancestors(document.blocks[group.first].node)
    if in_side_box(document, group.first, -1 if whole else body_node):
        return False
    if group.hot:
        return inside or (group.teasers >= 0.5 and _in_column(document, group.first, body_node))
    return True


def choose(
    found: list[Group], document: Document, body_node: int, body_first: int, body_last: int
) -> Group | None:
    """The article's own related block among all: teasers before bare links, near the body, not in a
    side bar.
    """
    best: tuple[float, Group] | None = None
    column = {n for n in document.ancestors(body_node, 3) if document.nodes.tag[n] not in ("body", "html")}
    for order, group in enumerate(found):
        if group.first < body_first or (group.weak and not group.richness):
            continue
        if not _may_be_chosen(document, group, body_node):
            continue
        chain = document.ancestors(document.blocks[group.first].node)
        score = 2.0 * group.richness - 0.15 * order + 0.5 * bool(column.intersection(chain[:4]))
        if in_side_box(document, group.first):
            score -= 1.5
        if group.first <= body_last + NEAR:
            score += 1.0
        if best is None or score > best[0]:
            best = (score, group)
    return best[1] if best is not None else None


def before(document: Document, end: int, zone: ZoneInfo, now: datetime) -> Group | None:
    """A related block above the text, where none stands behind it: under a heading of its own, of teasers
    or with dates, in no side bar.
    """
    for group in groups(document, zone, now, 0, None, end):
        if group.last > end or group.weak or group.hot or group.richness < 0.5:
            continue
        if not in_side_box(document, group.first):
            return group
    return None
