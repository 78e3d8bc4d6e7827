"""The kept blocks as the lines of a plain text: paragraphs, rows of real tables, captions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

from newscrawler.extract import markers, preformatted, signs
from newscrawler.extract.box import Body
from newscrawler.extract.document import DEEP, HEADING_TAGS, Block, Document
from newscrawler.extract.traditional import simplified

AROUND = 5
"""So many boxes around a line tell what it is."""
MAX_CELL = 80
"""A longer text in a table cell is a paragraph of a page laid out with tables."""


@dataclass(slots=True)
class Paragraph:
    """One paragraph of the body: its text, what it is (a letter of items.MARKS), its first block."""

    text: str
    mark: str
    block: int


def paragraphs(document: Document, body: Body) -> list[Paragraph]:
    """The kept lines as paragraphs: the rows of a real table as one line each, cells joined by `` | ``;
    code as one paragraph, its lines kept.
    """
    out: list[Paragraph] = []
    before: tuple[str, int] | None = None
    tags, last = set(document.nodes.tag), body.kept[-2:]
    is_row = cache(partial(_is_row, document))
    for index in body.kept:
        block = document.blocks[index]
        code = _code(document, block) if "pre" in tags else None
        row = _row_around(document, block) if code is None and "tr" in tags else None
        row = row if row is not None and is_row(row) else None
        if code is not None and not any(map(str.isalpha, block.text)) and len(block.text.split()) > 1:
            continue  # the line numbers beside a listing
        place = ("t", row) if row is not None else ("k", code) if code is not None else None
        text = _without_button(block)
        if block.marks and index in last:
            text = _without_small_print(text)
        if place is not None and place == before:
            out[-1].text += (" | " if row is not None else "\n") + text
        elif text:
            out.append(Paragraph(text, place[0] if place else _mark(document, body, block), index))
        before = place
    return out


HEADING = 40
"""A bold line of its own, no longer than this and not ended, is an intermediate heading."""
_MARKS = {
    "li": "l", "dd": "l", "dt": "l", "blockquote": "q", "figcaption": "c",
    **dict.fromkeys(HEADING_TAGS, "h"),
}  # fmt: skip


def _mark(document: Document, body: Body, block: Block) -> str:
    """What a paragraph is: by the nearest element inside the box that says so, else by its looks."""
    nodes, node = document.nodes, block.node
    for _ in range(AROUND):
        if node < 0 or node == body.node:
            break
        mark = _MARKS.get(nodes.tag[node])
        if mark is not None:
            return mark
        node = nodes.parent[node]
    if is_caption(block):
        return "c"
    bold = block.strong and not block.link_chars and len(block.text) <= HEADING
    return "h" if bold and block.text[-1] not in "。；，、：:;," else "p"


def _code(document: Document, block: Block) -> int | None:
    """The ``pre`` around a line of code; None for prose."""
    for node in document.ancestors(block.node, 3):
        if document.nodes.tag[node] == "pre":
            return node if preformatted.is_code(block.text) else None
    return None


def _without_button(block: Block) -> str:
    """A paragraph without the button that hangs at its end (返回首页>>, 查看原文)."""
    text = block.text
    if block.links and block.marks:
        last = block.links[-1].text
        if (
            2 <= len(last) <= 16
            and text.endswith(last)
            and (
                signs.BUTTON.matches(said := simplified(last))
                or signs.is_promotion(said)
                or signs.is_wall(said)
            )
        ):
            return text[: -len(last)].rstrip(" [【(（>")
    return text


def _without_small_print(text: str) -> str:
    """A last paragraph without the notice and the editor that an unclosed element glued to it."""
    for pattern in (markers.GLUED_EDITOR, markers.GLUED_NOTICE, markers.GLUED_EDITOR):
        start = max(map(text.rfind, "【[（(〔"))
        if start <= 0:
            break
        match = pattern.fullmatch(simplified(text[start:]))
        if match is None:
            continue
        if pattern is markers.GLUED_EDITOR and not markers.EDITOR_LINE.fullmatch(match[0]):
            continue
        text = text[:start].rstrip()
    return text


def row_of(document: Document, block: Block) -> int | None:
    """The table row of a cell in a real table: short cells side by side; None in layout tables and
    outside.
    """
    row = _row_around(document, block)
    return row if row is not None and _is_row(document, row) else None


def _row_around(document: Document, block: Block) -> int | None:
    """The ``tr`` right around a text that is short enough for a cell."""
    if len(block.text) > MAX_CELL:
        return None
    tag, parent, node = document.nodes.tag, document.nodes.parent, block.node
    for _ in range(AROUND):
        if node < 0:
            break
        if tag[node] == "tr":
            return node
        node = parent[node]
    return None


def _is_row(document: Document, row: int) -> bool:
    inside = document.blocks[document.nodes.first[row] : document.nodes.last[row]]
    if not 2 <= len(inside) <= 40 or max([len(b.text) for b in inside]) > MAX_CELL:
        return False
    cells = {_cell(document, b) for b in inside}
    return len(cells) >= 2 and len(inside) <= 3 * len(cells)


def _cell(document: Document, block: Block) -> int:
    tag, parent = document.nodes.tag, document.nodes.parent
    node = block.node
    for _ in range(DEEP):
        if node < 0 or tag[node] in ("td", "th"):
            return node
        node = parent[node]
    return -1


def is_caption(block: Block) -> bool:
    """True for a line that is marked as a picture's caption (▲…, 图：…, …摄)."""
    return block.tag not in HEADING_TAGS and signs.is_caption(block.said)
