"""The related block: found by its heading (更多热门内容 and its sisters) or by the shape of its items.

Class names are not asked for the decision: they are the first thing that a redesign changes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from newscrawler.extract import entries, markers, signs
from newscrawler.extract.blocks import CUT
from newscrawler.extract.document import HEADING_TAGS, Block, Document
from newscrawler.extract.entries import Entry
from newscrawler.extract.traditional import simplified

MIN_ITEMS = 2
LONGEST_HEADING = 24
ENOUGH = 4
"""So many groups behind the text are looked at; the rest of a page is side bars and foot."""
SAMPLE = 4
"""So many items tell whether a group is made of teasers; the rest is read when the group is chosen."""


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

    @property
    def teasers(self) -> float:
        """The share of items with a cut summary, of those read."""
        known = [entries.is_cut(item.summary) for item in self.items if item.read]
        return sum(known) / len(known) if known else 0.0

    @property
    def hot(self) -> bool:
        """True for a list of the hottest or newest articles: every page carries the same."""
        return markers.SIDE_HEADING.fullmatch(simplified(self.heading or "")) is not None


_HEADING = signs.Worded(markers.RELATED_HEADING)
_OTHER_SECTION = signs.Worded(markers.OTHER_SECTION)


@lru_cache(maxsize=1024)
def _is_heading(text: str) -> bool:
    return _HEADING.fullmatch(text.replace(" ", "")) is not None


@lru_cache(maxsize=1024)
def _is_other_section(text: str) -> bool:
    return _OTHER_SECTION.fullmatch(text) is not None


def is_heading(block: Block) -> bool:
    """A short line that is nothing but the heading of a related block."""
    said = block.said
    if len(said) > LONGEST_HEADING or signs.beginning(said) not in _HEADING.begins:
        return False
    return _is_heading(said) or (bool(block.cut) and not block.links and _are_tabs(block))


def _are_tabs(block: Block) -> bool:
    """Headings beside each other (相关推荐 热点推荐), each an element of its own."""
    if block.cut.count(CUT) < 3:
        return False  # one element
    return all(map(_is_heading, filter(str.strip, (piece for piece, _ in block.pieces))))


def is_other_section(block: Block) -> bool:
    """A short line that begins another section (comments, friend links, tag cloud)."""
    said = block.said
    return len(said) <= 16 and signs.beginning(said) in _OTHER_SECTION.begins and _is_other_section(said)


def groups(
    document: Document,
    zone: ZoneInfo,
    now: datetime,
    start: int,
    text_end: int | None,
    stop: int | None = None,
) -> list[Group]:
    """The related blocks from block ``start`` on, in page order; behind ``text_end`` no more than ENOUGH."""
    found: list[Group] = []
    blocks = document.blocks
    index = start
    behind = 0
    limit = len(blocks) if stop is None else stop
    channels: set[str] | None = None
    while index < limit and behind < ENOUGH:
        block = blocks[index]
        index += 1
        if block.hidden:
            continue
        if not is_heading(block):
            if len(block.links) >= MIN_ITEMS and (group := _in_line(document, block)):
                found.append(group)
            continue
        channels = _channels(document) if channels is None else channels
        group = _under(document, block, channels, zone, now)
        if group is not None:
            found.append(group)
            behind += text_end is not None and group.first >= text_end
            index = max(group.last, index)
    return found


def _in_line(document: Document, block: Block) -> Group | None:
    """The group of a line that is a heading and its links (更多精彩：… | …)."""
    heading = block.said[: block.text.find(block.links[0].text)].strip()
    if not 2 <= len(heading) <= LONGEST_HEADING or heading[-1] not in ":：" or not _is_heading(heading):
        return None
    links = [link for link in block.links if len(link.text) >= TITLE]
    items = [
        Entry(url, link, block.index, block.index + 1, title=link.text, read=True)
        for link in links
        if (url := document.absolute(link.href))
    ]
    if len(items) < MIN_ITEMS or len(items) < len(block.links):
        return None
    return Group(heading, block.index, block.index + 1, items, "heading")


def _under(
    document: Document, heading: Block, channels: set[str], zone: ZoneInfo, now: datetime
) -> Group | None:
    """The group under ``heading``: in the smallest box around it that holds links behind it."""
    nodes = document.nodes
    node, last = heading.node, heading.index + 1
    for _ in range(5):
        if node < 0 or nodes.tag[node] == "body":
            break
        before, last = last, _section_end(document, heading, last, nodes.last[node])
        if last > before:
            items = entries.split(
                document,
                heading.index + 1,
                last,
                zone,
                now,
                limit=40,
                without=channels,
                read=SAMPLE,
            )
            if bylines := _bylines(items):
                items = entries.split(
                    document, heading.index + 1, last, zone, now,
                    limit=40, without=channels | bylines, read=SAMPLE,
                )  # fmt: skip
            items = [item for item in items if not item.title.startswith(("http://", "https://", "www."))]
            items = [item for item in items if not signs.BUTTON.matches(simplified(item.title))]
            if len(items) >= MIN_ITEMS or (len(items) == 1 and (items[0].rich or len(items[0].title) >= 10)):
                weak = heading.said.strip(" :：>") in markers.WEAK_HEADINGS
                end = max(item.last for item in items)
                end = _swallow(document, end, last)
                return Group(heading.text, heading.index, end, items, "heading", weak)
        if nodes.last[node] > last:
            break
        node = nodes.parent[node]
    return None


NAME, TITLE = 8, 10
"""A link beside titles is a name up to the first length; a text is a title from the second on."""


def _bylines(items: list[Entry]) -> set[str]:
    """The addresses of authors beside the titles: short texts that lead into other folders."""
    titles = {_folder(item.url) for item in items if len(item.title) >= TITLE}
    names = {item.url for item in items if len(item.title) <= NAME and _folder(item.url) not in titles}
    return names if titles and len(names) * 3 <= len(items) * 2 else set()


def _folder(url: str) -> str:
    """Host and first folder of an address."""
    return "/".join(url.split("/", 4)[2:4])


CHANNEL = 6
"""A link of no more characters that comes back with the same text and address is a channel's name."""


def _channels(document: Document) -> set[str]:
    """The addresses of channels, whose names may stand before each title (人工智能), and the page's own."""
    names = Counter([(link.text, link.href) for link in document.links if 0 < len(link.text) <= CHANNEL])
    own = {document.url, document.absolute(document.canonical or "") or ""}
    return own | {document.absolute(href) or "" for (_, href), count in names.items() if count > 1}


def _section_end(document: Document, heading: Block, start: int, limit: int) -> int:
    """Where the section under ``heading`` ends within ``limit``: at the next heading or at running text.
    It is known to reach to ``start``.
    """
    previous_link = start > heading.index + 1 and bool(document.blocks[start - 1].links)
    blocks = document.blocks
    for index in range(start, limit):  # no slice: many headings may stand before one long section
        block = blocks[index]
        if block.tag in HEADING_TAGS and not block.links:
            if index == heading.index + 1:
                return index  # two headings in a row: nothing stands under the first
            if len(block.text) <= LONGEST_HEADING and markers.SIDE_HEADING.fullmatch(block.said):
                return index
        if is_other_section(block) or (not block.links and is_heading(block)) or block.tag == "h1":
            return index
        if block.tag == heading.tag and block.tag in HEADING_TAGS and not block.links:
            return index
        if (
            block.marks >= 2
            and block.plain >= 60
            and not block.links
            and not entries.is_cut(block.text)
            and not previous_link
        ):
            return index
        if len(block.text) < 400 and (signs.is_notice(block.said) or signs.EDITOR.matches(block.said)):
            return index
        previous_link = bool(block.links)
    return max(start, limit)


def _swallow(document: Document, end: int, limit: int) -> int:
    """Dates and buttons that still belong to the last item."""
    while end < limit and (
        entries.is_date(document.blocks[end]) or signs.BUTTON.matches(document.blocks[end].said)
    ):
        end += 1
    return end
