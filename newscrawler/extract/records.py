"""Repeated records: which links of a page are the titles of one list.

Title links of one list share their way up the tree (tags and class words); counts of comments, tags
and section names stand elsewhere in the record and so fall into groups of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from newscrawler.extract import markers
from newscrawler.extract.document import HEADING_TAGS, Document, Link

MIN_TITLE = 6
"""Without knowledge of the address shape, a shorter link text is no headline."""
MIN_RECORDS = 3
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
        if len(text) < (2 if is_article is not None else MIN_TITLE) or markers.READ_MORE.fullmatch(text):
            continue
        groups.setdefault(_signature(document, link), []).append((link, url))
    found: list[Records] = []
    for members in groups.values():
        found.extend(_lists(document, members, known=is_article is not None))
    found.sort(key=lambda records: -records.score)
    return _merge(found)


def _signature(document: Document, link: Link) -> tuple[object, ...]:
    way: list[object] = []
    for node in document.ancestors(document.blocks[link.block].node)[:STEPS]:
        box = document.nodes[node]
        way.append((box.tag, _stem(box.words)))
    return tuple(way)


def _stem(words: str) -> str:
    """The first class word without its numbers (item-1, item-2 are one kind)."""
    first = words.split(" ", 1)[0].strip()
    return first.rstrip("0123456789_-")


def _lists(document: Document, members: list[tuple[Link, str]], *, known: bool) -> list[Records]:
    """One signature's links cut into lists: a box of its own for each three or more of them, like boxes
    joined.
    """
    boxes: dict[int, Records] = {}
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
        place = _kin(document, box)
        records = boxes.setdefault(place, Records())
        records.titles.append((url, link.text))
        records.blocks.append(link.block)
        block = document.blocks[link.block]
        records.heading = records.heading or block.tag in HEADING_TAGS
        records.last = max(records.last, _record_end(document, link, counts))
    for records in boxes.values():
        records.score = _score(document, records, known=known)
    return [records for records in boxes.values() if records.score > 0]


def _kin(document: Document, box: int) -> int:
    """Boxes of one kind in one parent are one list (a list cut into several ul)."""
    if box < 0:
        return box
    node = document.nodes[box]
    parent = node.parent
    if parent < 0 or document.nodes[parent].tag in ("body", "html"):
        return -2 - box
    return parent if node.tag in ("ul", "ol", "tbody", "table", "dl") and not node.words.strip() else -2 - box


def _record_end(document: Document, link: Link, counts: dict[int, int]) -> int:
    """Where the record around a title link ends."""
    end = link.block + 1
    for node in document.ancestors(document.blocks[link.block].node):
        if counts[node] > 1:
            return max(end, min(document.nodes[node].last, end + 8)) if end == link.block + 1 else end
        end = document.nodes[node].last
    return end


def _score(document: Document, records: Records, *, known: bool) -> float:
    distinct: dict[str, str] = {}
    for url, text in records.titles:
        distinct.setdefault(url, text)
    mean = sum(map(len, distinct.values())) / len(distinct)
    if not known and (len(distinct) < 2 or mean < 7):
        return 0.0
    score = sum(max(1.0, min(len(text), 30) - 5.0) for text in distinct.values())
    chain = document.ancestors(document.blocks[records.first].node)
    for node in chain:
        box = document.nodes[node]
        if box.tag in ("aside", "footer", "nav"):
            score *= 0.3
        elif len(box.words) > 1 and markers.SIDE_WORDS.search(box.words):
            score *= 0.6
    return score * (1.3 if records.heading else 1.0) * (0.8 if mean > 45 else 1.0)


def _merge(found: list[Records]) -> list[Records]:
    """Lists over the same addresses (title link and summary link of each record) are one: the headed,
    else the first.
    """
    kept: list[Records] = []
    for records in found:
        urls = {url for url, _ in records.titles}
        twin = next((k for k in kept if len(urls & {u for u, _ in k.titles}) >= 0.6 * len(urls)), None)
        if twin is None:
            kept.append(records)
        else:
            twin.last = max(twin.last, records.last)
            twin.blocks = sorted({*twin.blocks, *records.blocks})
    return kept
