"""The end of the article: where its text stops being its own, and where it only seems to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import cache, partial

from newscrawler.extract import entries, markers, related, sentence, signs
from newscrawler.extract.box import Body
from newscrawler.extract.document import HEADING_TAGS, Block, Document, Nodes
from newscrawler.extract.lines import row_of

_TERMINAL = frozenset(("editor line", "notice", "previous or next", "end mark", "log-in wall"))
"""What stands at an article's end: behind it comes no more text of the article, or it is not the end."""
RESUMED = 120
"""So much running text behind a block of links says that the article goes on after it."""
BEFORE = 30
"""So many lines before it tell in which boxes the text stands."""
RESUMING = 2
"""So many paragraphs without a link say it too, behind whatever line."""
LONGEST_DATELINE = 80
LONGEST_SIGNER = 20
"""Who signs an announcement is no longer."""


def cut(document: Document, body: Body, lines: list[int], closing: int | None) -> None:
    """The end: what stands behind comments, a section heading, an editor line or a notice goes; then
    trailing scraps. Where the text goes on behind such a line, only the line itself goes.
    """
    blocks = document.blocks
    stop = _first_foreign(document, body, lines, closing)
    if stop is not None:
        _cut_from(body, lines, *stop)
    total = sum(blocks[i].plain for i in lines if blocks[i].marks)
    kept = set(lines)
    seen = 0
    for index in range(body.first, stop[0] if stop else body.last):
        block = blocks[index]
        if index in kept and block.marks:
            seen += block.plain
        if seen < max(20, total * 0.5):
            continue
        why = body.cut.get(index, "")
        links = why.startswith("related block") or (not why and _section(document, block))
        if why not in _TERMINAL and not links:
            continue
        if not (links and total - seen >= RESUMED) and not _resumes(document, lines, index):
            _cut_from(body, lines, index, why or f"behind {block.text[:12]}")
            break
        if not why and not _heads_text(document, kept, index):
            body.cut[index] = "heading of links"
            lines.remove(index)
    while lines:
        block = blocks[lines[-1]]
        if row_of(document, block) is not None:
            break  # the last cells of a table may well be bare numbers
        scrap = not any(map(str.isalpha, block.text)) and len(block.text) < 12
        if entries.is_date(block) and _is_signed(document, lines):
            break
        if len(lines) > RESUMING and signs.is_small_print(block.said):
            body.cut[lines.pop()] = "small print"
            continue
        if scrap or (block.marks == 0 and (_section(document, block) or entries.is_date(block))):
            body.cut[lines.pop()] = "tail"
            continue
        break


def _is_signed(document: Document, lines: list[int]) -> bool:
    """True for a day that an announcement ends with: 年月日 in full, right under who signs it."""
    if len(lines) < RESUMING + 1 or not markers.SIGNING_DAY.fullmatch(document.blocks[lines[-1]].text):
        return False
    signer = document.blocks[lines[-2]]
    return (
        not signer.marks
        and not signer.links
        and len(signer.text) <= LONGEST_SIGNER
        and lines[-2] + 1 == lines[-1]
    )


def _resumes(document: Document, lines: list[int], index: int) -> bool:
    """True where the text goes on behind ``index``: paragraphs without links, beside those before it."""
    blocks, nodes = document.blocks, document.nodes
    place = bisect_left(lines, index)
    around = {
        n
        for i in lines[max(0, place - BEFORE) : place]
        if sentence.is_paragraph(blocks[i])
        for n in (blocks[i].node, nodes.parent[blocks[i].node])
    }
    count = 0
    for i in lines[place:]:
        block = blocks[i]
        if block.node in around or nodes.parent[block.node] in around:
            count += sentence.is_paragraph(block) and not markers.SMALL_PRINT.search(block.said)
        if count >= RESUMING:
            return True
    return False


def _heads_text(document: Document, kept: set[int], index: int) -> bool:
    """True for a heading such as 更多热门内容 with a paragraph of the text, not links, right behind it."""
    return (
        index + 1 in kept
        and not document.blocks[index].links
        and sentence.is_paragraph(document.blocks[index + 1])
    )


def _first_foreign(
    document: Document, body: Body, lines: list[int], closing: int | None
) -> tuple[int, str] | None:
    """Where the page stops being the article's: a dateline behind the text, or the readers' comments."""
    kept, seen = set(lines), 0
    named = cache(partial(_named_for_comments, document.nodes))  # most lines stand in one box
    for index in range(body.first, body.last):
        block = document.blocks[index]
        if index == closing:
            return index, "dateline behind the text"
        if seen >= sentence.PARAGRAPH and block.tag in HEADING_TAGS and _begins_another(document, block):
            return index, "another article"
        if seen >= sentence.PARAGRAPH and _is_comments(document, block, seen, named):
            if _heads_text(document, kept, index) and _all_text(document, index):
                continue  # an intermediate heading of the article itself
            if seen < NAMED_SO and _resumes(document, sorted(kept), index):
                continue  # a share bar between lead and text
            return index, "comments"
        if index in kept and block.marks:
            seen += block.plain
    return None


def _begins_another(document: Document, block: Block) -> bool:
    """A headline with a dateline right under it: the next article on the same page."""
    if block.index + 1 == len(document.blocks):
        return False
    text = document.blocks[block.index + 1].said
    return (
        len(text) <= LONGEST_DATELINE
        and text[-1] not in sentence.ENDS
        and markers.DATED_LINE.search(text) is not None
    )


def _all_text(document: Document, heading: int) -> bool:
    """True where nothing but paragraphs stands behind a heading in its box: no names, no times."""
    blocks, nodes = document.blocks, document.nodes
    block = blocks[heading]
    if block.tag not in HEADING_TAGS:
        return False
    box = nodes.parent[block.node]
    behind = blocks[heading + 1 : nodes.last[box] if box >= 0 else heading + 1]
    return (
        heading > 0
        and nodes.parent[blocks[heading - 1].node] == box
        and len(behind) >= RESUMING
        and all(
            sentence.is_paragraph(other)
            and not entries.is_cut(other.text)
            and nodes.parent[other.node] == box
            for other in behind
        )
    )


def _cut_from(body: Body, lines: list[int], start: int, why: str) -> None:
    place = bisect_left(lines, start)
    body.cut.update((index, f"behind: {why}") for index in lines[place:])
    del lines[place:]


def _section(document: Document, block: Block) -> bool:
    """A heading of another section of the page."""
    return related.is_heading(block) or related.is_other_section(block)


_COMMENTS = signs.Worded(markers.COMMENTS)
NAMED_SO = 60
"""A box named for comments may hold the article itself, unless so much text stands before it."""


def _is_comments(document: Document, block: Block, seen: int, named: Callable[[int], bool]) -> bool:
    """The heading of the readers' comments, or a line inside a box that is named so."""
    if len(block.said) <= 16 and block.plain and _COMMENTS.matches(block.said):
        return True
    if len(block.text) <= 80 and block.text[-1:].isdigit() and markers.FLOOR.match(block.said):
        return True
    if seen < NAMED_SO:
        return False
    nodes, node = document.nodes, block.node
    if node < 0:
        return False
    words = nodes.words[node]
    return (bool(words) and markers.is_comment_box(words)) or named(nodes.parent[node])


def _named_for_comments(nodes: Nodes, node: int) -> bool:
    """True for a node named for comments, or one right inside such a node."""
    return node >= 0 and (_is_comment_box(nodes, node) or _is_comment_box(nodes, nodes.parent[node]))


def _is_comment_box(nodes: Nodes, node: int) -> bool:
    return node >= 0 and bool(nodes.words[node]) and markers.is_comment_box(nodes.words[node])
