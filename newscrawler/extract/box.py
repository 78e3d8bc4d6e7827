"""Which box of the page holds the article's text, and how far the text goes on around it.

Each block's running text counts for the boxes around it, less with distance; class and id words are
soft evidence only. The box is nearly always found; its border is the harder half (``border.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial

from parsel import Selector

from newscrawler.extract import entries, markers, related, sentence, signs
from newscrawler.extract.document import HEADING_TAGS, Block, Document, Nodes

TRANSPARENT = frozenset(
    [
        "p",
        "li",
        "ul",
        "ol",
        "dl",
        "dd",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "center",
        "pre",
        "tbody",
        "tr",
        "figure",
        "figcaption",
        "hr",
        "address",
    ]
)
"""Elements that group lines within a body and are not its box."""


@dataclass(slots=True)
class Body:
    """The article's text: the kept blocks, the range they were taken from, and what was cut and why."""

    first: int
    last: int
    kept: list[int] = field(default_factory=list)
    cut: dict[int, str] = field(default_factory=dict)
    node: int = -1


SHORTEST = 10
"""Fewer characters outside links are no running text."""


def prose(block: Block) -> float:
    """How much running text a block holds: characters outside links, where sentence punctuation stands."""
    if block.plain < SHORTEST or block.hidden:
        return 0.0
    size = len(block.text)
    if block.link_chars * 2 > size:
        return 0.0
    if size < 250 and entries.is_cut(_without_button(block)):
        return 0.0  # a teaser of another article
    if block.marks == 0:
        return 0.3 * block.plain if block.plain >= 20 else 0.0
    return float(block.plain)


def _without_button(block: Block) -> str:
    """A block's text without the button at its end that leads to the article (…[详细], "…[more]")."""
    last = block.links[-1].text if block.links else ""
    if not last or not markers.is_read_more(last):
        return block.text
    text, _, behind = block.text.rpartition(last)
    return block.text if any(map(str.isalnum, behind)) else text.rstrip(" [【(（")


def _weights(document: Document) -> list[float]:
    return [prose(block) if block.plain >= SHORTEST else 0.0 for block in document.blocks]


def find(document: Document, title_block: int = -1) -> Body | None:
    """The box with the most running text, each block's text counted for the boxes around it, less with
    distance.
    """
    nodes = document.nodes
    weights = _weights(document)
    if _show_waiting(document, weights):
        weights = _weights(document)
    own: dict[int, float] = {}
    for block, weight in zip(document.blocks, weights, strict=True):
        if weight:
            node = _box_around(nodes, block.node)
            own[node] = own.get(node, 0.0) + weight
    scores: dict[int, float] = {}
    for box, weight in own.items():
        node, steps = box, 0
        while node >= 0 and steps < 4:
            scores[node] = scores.get(node, 0.0) + weight * 0.65**steps * _soft(document, node)
            node = _box_around(nodes, nodes.parent[node])
            steps += 1
    if not scores:
        return None
    top = max(
        scores,
        key=lambda n: (
            scores[n] * (1.0 if nodes.first[n] > title_block or nodes.last[n] > title_block else 0.5)
        ),
    )
    top = _first_alike(document, top, title_block, scores)
    first, last = _grow(document, top, weights)
    return Body(first, last, node=top)


ALIKE = 0.1
"""The first of several articles on a page may be as short as this beside the longest."""


def _first_alike(document: Document, top: int, title_block: int, scores: dict[int, float]) -> int:
    """Where articles follow each other on one page (endless scrolling), the first one behind the headline.

    They stand in boxes of one tag and class, and before the longest, ``top``, comes another headline.
    """
    nodes, blocks = document.nodes, document.blocks
    words = nodes.words[top]
    if not 0 <= title_block < nodes.first[top] or not words.strip():
        return top
    least = ALIKE * scores[top]
    alike = [
        node
        for node, score in scores.items()
        if nodes.words[node] == words
        and nodes.tag[node] == nodes.tag[top]
        and title_block < nodes.last[node] <= nodes.first[top]
        and score >= least
    ]
    if not alike:
        return top
    first = min(alike, key=nodes.first.__getitem__)
    title = blocks[title_block]
    like = (title.tag, nodes.words[title.node])
    if title.tag not in HEADING_TAGS and not like[1].strip():
        return top
    between = blocks[nodes.last[first] : nodes.first[top] + 1]
    return first if any((b.tag, nodes.words[b.node]) == like for b in between) else top


NO_TEXT = 40.0
"""Less running text on a page than this is none."""


def _show_waiting(document: Document, weights: list[float]) -> bool:
    """Takes the text as shown that waits, hidden, in a box named like an article's for a script to show it.

    True where it did. Only on a page that shows no text: what else is hidden (notes on privacy, menus) is no
    article.
    """
    blocks, words = document.blocks, document.nodes.words
    hidden = [block for block in blocks if block.hidden]
    if not hidden:
        return False
    shown = 0.0
    for block, weight in zip(blocks, weights, strict=True):
        if weight and block.marks and not markers.FOOTER_TEXT.search(block.text):
            shown += weight
            if shown >= NO_TEXT:
                return False
    waiting = [
        block
        for block in hidden
        if any(markers.is_good_box(words[n]) for n in document.ancestors(block.node, REACH))
    ]
    for block in waiting:
        block.hidden = False
    return bool(waiting)


def _box_around(nodes: Nodes, node: int) -> int:
    """``node``, or the next one outwards that is more than a group of lines; -1 where there is none."""
    while node >= 0 and nodes.tag[node] in TRANSPARENT:
        node = nodes.parent[node]
    return node


def _soft(document: Document, node: int) -> float:
    """Class and id words as soft evidence."""
    words = document.nodes.words[node]
    tag = document.nodes.tag[node]
    if tag in ("footer", "aside", "nav", "form"):
        return 0.3 if tag != "form" else 0.8
    if markers.is_comment_box(words):
        return 0.25
    if markers.is_good_box(words):
        return 1.1
    if len(words) > 1 and markers.is_bad_box(words):
        return 0.5
    return 1.2 if tag == "article" else 1.0


def _grow(document: Document, top: int, weights: list[float]) -> tuple[int, int]:
    """The box's range, carried on over what stands around it in its parents as long as that is text too.

    A body spread over sibling boxes, or a table behind the text, belongs to the article; comments,
    related links and notices end it.
    """
    nodes, blocks = document.nodes, document.blocks
    first, last = nodes.first[top], nodes.last[top]
    own = sum(weights[first:last])
    alone = all(blocks[i].node == top for i in range(first, last))
    while nodes.parent[top] >= 0 and nodes.tag[nodes.parent[top]] not in ("body", "html"):
        if (nodes.first[nodes.parent[top]], nodes.last[nodes.parent[top]]) != (first, last):
            break
        top = nodes.parent[top]  # a box around nothing else
    parent = nodes.parent[top]
    ends = cache(partial(_ends, document))  # each wider box is looked through from the same place
    for _ in range(REACH):
        if parent < 0 or nodes.tag[parent] == "html":
            break
        end = _text_end(document, last, nodes.last[parent], ends)
        gain = sum(blocks[i].plain for i in range(last, end))
        links = sum(blocks[i].link_chars for i in range(last, end))
        if gain >= max(own * 0.2, 60) and links <= gain * 0.15:
            last = end
        elif alone and parent == nodes.parent[top]:
            last = _next_paragraphs(document, last, end)
        begin = _text_begin(document, nodes.first[parent], first, ends)
        before = sum(weights[begin:first])
        if before >= LEAD:
            first = begin
        if nodes.tag[parent] == "body":
            break
        parent = nodes.parent[parent]
    return first, last


def _next_paragraphs(document: Document, start: int, limit: int) -> int:
    """The paragraphs without links right behind ``start``, and the short lines between them: siblings of a
    box that is one paragraph itself.
    """
    end = start
    for block in document.blocks[start:limit]:
        if sentence.is_paragraph(block):
            end = block.index + 1
        elif block.links or block.hidden or len(block.text) > LINE or block.index > end:
            break
    return end


LINE = 40
"""Between paragraphs an intermediate heading or a short answer is no longer."""
LEAD = 20
"""So much running text between the headline and the box is the article's lead."""
REACH = 10
"""So many boxes outwards the text is followed."""


def _ends(document: Document, block: Block) -> bool:
    """True for a line at which text outside the box ends for good."""
    text = block.said
    if related.is_heading(block) or related.is_other_section(block) or markers.COMMENTS.fullmatch(text):
        return True
    if text.startswith(markers.POSTED) and text[-1].isdigit():
        return True  # the next post of a thread
    if len(text) < 300 and (
        signs.is_notice(text)
        or markers.EDITOR_LINE.fullmatch(text)
        or markers.TAG_LINE.fullmatch(text)
        or markers.NAVIGATION_LINE.fullmatch(text)
        or markers.COUNT_LINE.fullmatch(text)
    ):
        return True
    around = [document.nodes.words[n] for n in document.ancestors(block.node, 3)]
    return any(map(markers.is_bad_box, filter(None, around)))


def _text_end(document: Document, start: int, limit: int, ends: Callable[[Block], bool]) -> int:
    """How far plain text goes on from ``start``: to a line that ends it, or to three linked lines."""
    linked, end = 0, start
    for block in document.blocks[start:limit]:
        if block.hidden:
            continue
        if ends(block):
            break
        linked = linked + 1 if block.link_chars * 2 > len(block.text) else 0
        if linked >= 3:
            break
        if not linked:
            end = block.index + 1
    return end


def _text_begin(document: Document, limit: int, end: int, ends: Callable[[Block], bool]) -> int:
    """How far running text reaches back from ``end``: to a headline, a line with a date, or a linked line."""
    begin = end
    for index in range(end - 1, limit - 1, -1):
        block = document.blocks[index]
        if block.hidden or block.tag in HEADING_TAGS or block.link_chars * 2 > len(block.text) or ends(block):
            break
        if (block.marks >= 2 and block.plain >= 40) or (
            sentence.is_paragraph(block) and block.plain >= LEAD and not entries.is_cut(block.text)
        ):
            if markers.SUMMARY_HEAD.match(block.said) or any(
                markers.SUMMARY_WORDS.search(document.nodes.words[n])
                for n in document.ancestors(block.node, 2)
            ):
                break
            begin = index
        elif block.plain > 30 or entries.is_date(block) or "：" in block.text:
            break
    return begin


def hinted(document: Document, selector: str) -> Body | None:
    """The box that a site's CSS hint names; None when it names nothing with text."""
    root = document.tree()
    if root is None:
        return None
    for match in Selector(root=root, type="html").css(selector):
        node = document.node_of(root, match.root)
        if node is not None and document.nodes.last[node] > document.nodes.first[node]:
            return Body(document.nodes.first[node], document.nodes.last[node], node=node)
    return None
