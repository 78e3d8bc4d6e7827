"""The text between two borders becomes a block."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from newscrawler.extract import preformatted
from newscrawler.extract.blocks import CUT, Block, Link, Nodes, clean, sentence_marks

LONG_LINK = 2000
"""A link that a broken page never closes spans the rest of it; its text is kept to about this length."""
SHORT = 200
"""The pieces of a block are kept up to this length: a dateline is no longer."""


class Gatherer:
    """Gathers text into blocks.

    The parser's text goes straight into the list ``run`` and is looked at when the next element begins
    or ends: no Python function is called for it, and pieces that the parser cut at entities and at its
    buffer's end are one again.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.nodes = Nodes()
        self.node = -1
        """The innermost open node; -1 for none."""
        self.run: deque[str] = deque()
        self.data = self.run.append
        self.pieces: list[str] = []
        """The block at hand as its inline elements cut it: text, class words, text, class words…"""
        self.words = ""
        """The class words of the inline element at hand."""
        self.inside: list[Link] = []
        """The links of the block at hand."""
        self.link: Link | None = None
        self.link_chars = 0
        self.hiding: list[int] = []
        """The open nodes that show nothing."""
        self.strong = self.pre = self.mute = 0
        """How many open elements make bold, keep line breaks, silence their text."""
        self.plain_piece = False

    def _take(self, text: str) -> None:
        """Take over ``text``, all since the last tag, as one more piece of the block at hand. No block begins
        with white space.
        """
        if self.mute:
            return
        pieces, link = self.pieces, self.link
        pieces.append(text)
        pieces.append(self.words)
        if link is not None:
            before = link.text
            if not before:
                link.text = text
            elif len(before) < LONG_LINK:
                link.text = before + text
            self.link_chars += len(text.strip())
            inside = self.inside
            if not inside or inside[-1] is not link:
                inside.append(link)
        elif not self.plain_piece and not self.strong:
            self.plain_piece = not text.isspace()

    def _take_parts(self, last: str) -> None:
        """The same of text that the parser cut: what is in ``run``, and its ``last`` part."""
        parts = [*self.run, last]
        self.run.clear()
        text = "".join(parts)
        if self.pieces or not text.isspace():
            self._take(text)
            if self.link is not None and not self.mute:
                self.link_chars += sum(len(part.strip()) for part in parts) - len(text.strip())

    def _flush(self) -> None:
        """End the block at hand."""
        pieces, inside = self.pieces, self.inside
        if not pieces:
            if inside:
                self.inside, self.link_chars = [], 0  # a picture's link belongs to no text
            return
        many = len(pieces) > 2
        raw = "".join(pieces[::2]) if many else pieces[0]
        if self.pre:
            for text, links, link_chars in preformatted.paragraphs(raw, inside):
                if text:
                    self._add(text, links, link_chars, "")
        elif text := clean(raw):
            # Few containers: they are what the garbage collector counts.
            cut = CUT.join(pieces) if len(text) < SHORT and (many or pieces[1]) else ""
            self._add(text, inside or (), self.link_chars, cut)
        pieces.clear()
        if inside:
            self.inside = []
        self.link_chars, self.plain_piece = 0, False

    def _add(self, text: str, links: Sequence[Link], link_chars: int, cut: str) -> None:
        """One more block of ``text``."""
        size, blocks = len(text), self.blocks
        if link_chars > size:
            link_chars = size
        node = self.node
        marks = sentence_marks(text) if size > 8 and link_chars * 2 < size else 0
        block = Block.__new__(Block)  # a call with eleven arguments takes three times as long
        block.index, block.text, block.said, block.node = len(blocks), text, text, node
        block.tag = self.nodes.tag[node] if node >= 0 else ""
        block.plain, block.link_chars, block.links = size - link_chars, link_chars, links
        block.cut, block.marks = cut, marks
        block.hidden, block.strong = bool(self.hiding), not self.plain_piece
        blocks.append(block)
