"""Repeated records: which links of a page are the titles of one list.

Title links of one list share their way up the tree (tags and class words); counts of comments, tags
and section names stand elsewhere in the record and so fall into groups of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from newscrawler.extract import entries, headed, markers
from newscrawler.extract.document import HEADING_TAGS, Block, Document, Link

MIN_TITLE = 6
"""Without knowledge of the address shape, a shorter link text is no headline."""
MEAN, SHORT = 7, 4.5
"""The titles of a list are longer on average; those in headings at least so long."""
MIN_RECORDS = 3
MIN_BOXES = 3
"""Fewer boxes of one kind are no home page in groups."""
BEFORE = 3
"""So many lines of an entry may stand before its title."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}(?:/\S*)?", re.ASCII)
OVER, MENU_NAME = 2, 14
"""So many lines over a list, none longer, may be its name."""
_STATES = frozenset(
    ("odd", "even", "first", "last", "alt", "active", "current", "cur", "on", "top", "new", "hot")
)
"""Class words that say where or in what state an entry of a list is."""
STEPS = 5
"""How many boxes upwards make a link's signature."""


@dataclass(slots=True)
class Records:
    """One list: its title links as (address, text), the blocks it covers, and how much it looks like
    the main list.
    """

    titles: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    score: float = 0.0
    heading: bool = False
    ranked: bool = False
    """It is called a ranking, hot, or recommended."""

    @property
    def first(self) -> int:
        """The first block."""
        return self.blocks[0]

    last: int = 0
    """One past the last block."""


def record_lists(document: Document, is_article: Callable[[str], bool] | None) -> list[Records]:
    """All lists of the page, the likeliest main list first."""
    groups: dict[tuple[object, ...], list[tuple[Link, str]]] = {}
    for link in document.links:
        text = link.text
        if link.block >= len(document.blocks) or document.blocks[link.block].hidden:
            continue
        url = document.absolute(link.href)
        if url is None or (is_article is not None and not is_article(url)):
            continue
        shortest = 2 if is_article is not None else _shortest(document, link)
        if len(text) < shortest or markers.is_read_more(text):
            continue
        groups.setdefault(_signature(document, link), []).append((link, url))
    found: list[Records] = []
    for members in groups.values():
        if is_article is None:
            members = _without_names(members)
        found.extend(_lists(document, members, known=is_article is not None))
    found.sort(key=lambda records: -records.score)
    return _merge(found)


def _without_names(members: list[tuple[Link, str]]) -> list[tuple[Link, str]]:
    """``members`` without the names of channels, that come back with some titles, and of other sites."""
    often = Counter(url for _, url in members)
    return [
        (link, url)
        for link, url in members
        if not (often[url] >= MIN_RECORDS and len(link.text) <= MENU_NAME) and not _HOST.fullmatch(link.text)
    ]


def begin(document: Document, records: Records) -> int:
    """Where the list's first entry begins: a date or a picture's line may stand before its title, in the
    box that holds no other title.
    """
    start = records.first
    others = [block for block in records.blocks if block > start]
    if not others:
        return start
    nodes, node = document.nodes, document.blocks[start].node
    while node >= 0 and nodes.last[node] <= others[0] and records.first - nodes.first[node] <= BEFORE:
        start, node = nodes.first[node], nodes.parent[node]
    return start


def _signature(document: Document, link: Link) -> tuple[object, ...]:
    way: list[object] = []
    for node in document.ancestors(document.blocks[link.block].node)[:STEPS]:
        way.append((document.nodes.tag[node], _stem(document.nodes.words[node])))
    return tuple(way)


def _shortest(document: Document, link: Link) -> int:
    """A heading may be short; what is else as short is a menu word or a tag."""
    return entries.MIN_TITLE if document.blocks[link.block].tag in HEADING_TAGS else MIN_TITLE


def _stem(words: str) -> str:
    """The first class word without its numbers (item-1, item-2 are one kind); odd and even are no kinds."""
    first = words.split(" ", 1)[0].strip().rstrip("0123456789_-")
    return "" if first in _STATES else first


def _lists(document: Document, members: list[tuple[Link, str]], *, known: bool) -> list[Records]:
    """One signature's links cut into lists: a box of its own for each three or more of them, like boxes
    joined.
    """
    boxes: dict[int, Records] = {}
    kin: dict[int, int] = {}
    counts: dict[int, int] = {}
    for link, _ in members:
        for node in document.ancestors(document.blocks[link.block].node):
            counts[node] = counts.get(node, 0) + 1
    for link, url in members:
        chain = document.ancestors(document.blocks[link.block].node)
        box = next(
            (node for node in chain if counts[node] >= min(MIN_RECORDS, len(members))),
            chain[-1] if chain else -1,
        )
        if box not in kin:
            kin[box] = _kin(document, box)
        place = kin[box]
        records = boxes.setdefault(place, Records())
        records.titles.append((url, link.text))
        records.blocks.append(link.block)
        block = document.blocks[link.block]
        records.heading = records.heading or block.tag in HEADING_TAGS
        records.last = max(records.last, _record_end(document, link, counts))
    lists = _grouped(document, list(boxes.values()))
    for records in lists:
        records.score = _score(document, records, known=known)
    return [records for records in lists if records.score > 0]


def _grouped(document: Document, lists: list[Records]) -> list[Records]:
    """The boxes of a home page, each under its channel's name, are one list, and so are those of several
    days; all others stay apart.
    """
    days = [
        records
        for records in lists
        if any(
            headed.is_day(document, block, records.first)
            for block in document.blocks[max(0, records.first - OVER) : records.first]
        )
    ]
    if len(days) > 1:
        return _joined(lists, days)
    boxes = [
        records
        for records in lists
        if len(records.titles) >= MIN_RECORDS
        and _headed(document, records)
        and not _ranked(document, records)
    ]
    sizes = sorted(len(records.titles) for records in boxes)
    if len(boxes) < MIN_BOXES or sizes[-1] > 2 * sizes[len(sizes) // 2]:
        return lists
    return _joined(lists, boxes)


def _joined(lists: list[Records], boxes: list[Records]) -> list[Records]:
    whole = Records(heading=any(records.heading for records in boxes))
    for records in sorted(boxes, key=lambda records: records.first):
        whole.titles.extend(records.titles)
        whole.blocks.extend(records.blocks)
        whole.last = max(whole.last, records.last)
    taken = set(map(id, boxes))
    return [whole, *(records for records in lists if id(records) not in taken)]


def _over(document: Document, records: Records) -> Sequence[Block]:
    """The short lines right over a list."""
    above = document.blocks[max(0, records.first - OVER) : records.first]
    return [block for block in above if len(block.text) <= MENU_NAME and not block.hidden]


def _headed(document: Document, records: Records) -> bool:
    """True for a list under a short line that could be a channel's name."""
    return any(any(map(str.isalpha, block.text)) for block in _over(document, records))


def _ranked(document: Document, records: Records) -> bool:
    """True for a list that is called a ranking, hot, or recommended."""
    return any(markers.RANKING.search(block.said) for block in _over(document, records))


def _kin(document: Document, box: int) -> int:
    """Boxes of one kind in one parent are one list (a list cut into several ul); those with class words
    where nothing stands between them.
    """
    if box < 0:
        return box
    nodes = document.nodes
    parent = nodes.parent[box]
    if parent < 0 or document.nodes.tag[parent] in ("body", "html"):
        return -2 - box
    if nodes.tag[box] not in ("ul", "ol", "tbody", "table", "dl"):
        return -2 - box
    alike = (
        node
        for node in range(parent + 1, len(nodes.tag))
        if nodes.parent[node] == parent
        and nodes.tag[node] == nodes.tag[box]
        and nodes.words[node] == nodes.words[box]
    )
    bare = not nodes.words[box].strip()
    touching = any(
        nodes.first[node] == nodes.last[box] or nodes.last[node] == nodes.first[box] for node in alike
    )
    return parent if bare or touching else -2 - box


def _record_end(document: Document, link: Link, counts: dict[int, int]) -> int:
    """Where the record around a title link ends."""
    end = link.block + 1
    for node in document.ancestors(document.blocks[link.block].node):
        if counts[node] > 1:
            return max(end, min(document.nodes.last[node], end + 8)) if end == link.block + 1 else end
        end = document.nodes.last[node]
    return end


def _score(document: Document, records: Records, *, known: bool) -> float:
    distinct: dict[str, str] = {}
    for url, text in records.titles:
        distinct.setdefault(url, text)
    mean = sum(map(len, distinct.values())) / len(distinct)
    if not known and (len(distinct) < 2 or mean < (SHORT if records.heading else MEAN)):
        return 0.0
    score = sum(max(1.0, min(len(text), 30) - 5.0) for text in distinct.values())
    chain = document.ancestors(document.blocks[records.first].node)
    for node in chain:
        words = document.nodes.words[node]
        if document.nodes.tag[node] in ("aside", "footer", "nav"):
            score *= 0.3
        elif len(words) > 1 and markers.is_side_box(words):
            score *= 0.6
    records.ranked = _ranked(document, records)
    if records.ranked:
        score *= 0.3
    return score * (1.3 if records.heading else 1.0) * (0.8 if mean > 45 else 1.0)


def _merge(found: list[Records]) -> list[Records]:
    """Lists over the same addresses are one: the headed, else the first. Those that stand among each other
    (title link and summary link of each record) cover the same blocks; others are a ranking of this list.
    """
    kept: list[Records] = []
    for records in found:
        urls = {url for url, _ in records.titles}
        twin = next((k for k in kept if len(urls & {u for u, _ in k.titles}) >= 0.6 * len(urls)), None)
        if twin is None:
            kept.append(records)
        elif records.blocks[-1] > twin.first and records.first < twin.last:
            twin.last = max(twin.last, records.last)
            twin.blocks = sorted({*twin.blocks, *records.blocks})
    return kept
