"""Entries whose title is no link: an empty link over the whole card, a picture, a button 查看详情 ("see
details") is all that leads to the article.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from newscrawler.extract import entries, markers
from newscrawler.extract.document import HEADING_TAGS, Block, Document, Link
from newscrawler.extract.entries import Entry

LEAST = 3
"""Fewer headings of one kind are no list."""


def cards(
    document: Document, zone: ZoneInfo, now: datetime, is_article: Callable[[str], bool] | None
) -> list[Entry]:
    """The entries of the longest list of headings that have one address each, in page order."""
    headings = [
        block
        for block in document.blocks
        if block.tag in HEADING_TAGS
        and not block.links
        and not block.hidden
        and len(block.text) >= entries.MIN_TITLE
    ]
    ways = [
        (link, url)
        for link in document.links
        if (not link.text or markers.is_read_more(link.text))
        and (url := document.absolute(link.href))
        and (is_article is None or is_article(url))
    ]
    if len(headings) < LEAST or len(ways) < LEAST:
        return []
    boxes = _boxes(document, headings)
    behind = not any(link.block == boxes[0][0] for link, _ in ways)
    kinds: dict[str, dict[str, Entry]] = {}
    for heading, (first, last) in zip(headings, boxes, strict=True):
        inside = {url: link for link, url in ways if _is_inside(link, first, last, behind)}
        if len(inside) == 1:
            (url, link), *_ = inside.items()
            entry = Entry(url, link, first, last, title=heading.text)
            kinds.setdefault(heading.tag, {}).setdefault(url, entry)
    found = list(max(kinds.values(), key=len, default={}).values())
    if len(found) < LEAST:
        return []
    for entry in found:
        entries.fill(document, entry, zone, now)
    return found


def _boxes(document: Document, headings: list[Block]) -> list[tuple[int, int]]:
    """The blocks of the largest box around each heading that holds no other."""
    nodes = document.nodes
    places = [-1, *(block.index for block in headings), len(document.blocks)]
    found = []
    for (before, _), (here, after) in zip(pairwise(places), pairwise(places[1:]), strict=False):
        node, first, last = document.blocks[here].node, here, here + 1
        while node >= 0 and nodes.first[node] > before and nodes.last[node] <= after:
            first, last = nodes.first[node], nodes.last[node]
            node = nodes.parent[node]
        found.append((first, last))
    return found


def _is_inside(link: Link, first: int, last: int, behind: bool) -> bool:
    """Whether a link stands in a box. One without text is known by the block that follows it: at the end of a
    box that is the next one's first.
    """
    if link.text or not behind:
        return first <= link.block < last
    return first < link.block <= last
