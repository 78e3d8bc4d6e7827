"""The kept blocks as the lines of a plain text: paragraphs, rows of real tables, captions."""

from __future__ import annotations

from newscrawler.extract import markers
from newscrawler.extract.box import Body
from newscrawler.extract.document import HEADING_TAGS, Block, Document

MAX_CELL = 80
"""A longer text in a table cell is a paragraph of a page laid out with tables."""


def paragraphs(document: Document, body: Body) -> list[str]:
    """The kept lines as paragraphs; the rows of a real table as one line each, cells joined by `` | ``."""
    out: list[str] = []
    before: int | None = None
    for index in body.kept:
        block = document.blocks[index]
        row = row_of(document, block)
        text = _without_button(block)
        if block.marks and index in body.kept[-2:]:
            text = _without_small_print(text)
        if row is not None and row == before:
            out[-1] += " | " + text
        elif text:
            out.append(text)
        before = row
    return out


def _without_button(block: Block) -> str:
    """A paragraph without the button that hangs at its end (返回首页>>, 查看原文)."""
    text = block.text
    if block.links and block.marks:
        last = block.links[-1].text
        if (
            2 <= len(last) <= 16
            and text.endswith(last)
            and (markers.BUTTON_LINE.fullmatch(last) or markers.PROMOTION_LINE.fullmatch(last))
        ):
            return text[: -len(last)].rstrip(" [【(（>")
    return text


def _without_small_print(text: str) -> str:
    """A last paragraph without the notice and the editor that an unclosed element glued to it."""
    for pattern in (markers.GLUED_EDITOR, markers.GLUED_NOTICE, markers.GLUED_EDITOR):
        start = max(text.rfind(opening) for opening in "【[（(〔")
        match = pattern.fullmatch(text, start) if start > 0 else None
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
    if len(block.text) > MAX_CELL:
        return None
    chain = document.ancestors(block.node, 5)
    for node in chain:
        if document.nodes[node].tag == "tr":
            row = document.nodes[node]
            inside = document.blocks[row.first : row.last]
            if not 2 <= len(inside) <= 40 or max(len(b.text) for b in inside) > MAX_CELL:
                return None
            cells = {_cell(document, b) for b in inside}
            return node if len(cells) >= 2 and len(inside) <= 3 * len(cells) else None
    return None


def _cell(document: Document, block: Block) -> int:
    return next((n for n in document.ancestors(block.node) if document.nodes[n].tag in ("td", "th")), -1)


def is_caption(block: Block) -> bool:
    """True for a line that is marked as a picture's caption (▲…, 图：…, …摄)."""
    return block.tag not in HEADING_TAGS and markers.CAPTION_LINE.fullmatch(block.text) is not None
