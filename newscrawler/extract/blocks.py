"""What a page is made of once it is walked: blocks of text in nodes, links, pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

_ZERO_WIDTH = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\ue000-\uf8ff]+")
_HAN_WRAP = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \t]*\r?\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])")


@dataclass(slots=True, eq=False)
class Link:
    """An ``a href`` of the page; it may span several blocks."""

    href: str
    title: str
    words: str
    block: int
    rel: str = ""
    text: str = ""
    """Its whole text, white space folded; complete once the walk has left it."""
    has_image: bool = False


@dataclass(slots=True, eq=False)
class Picture:
    """An ``img`` and the block before which it stands."""

    src: str
    alt: str
    block: int
    node: int
    small: bool
    in_link: bool


@dataclass(slots=True, eq=False)
class Node:
    """A block element: its tag, class and id words (lower case), its parent, and the blocks it covers."""

    tag: str
    words: str
    parent: int
    first: int
    last: int = 0
    """One past its last block."""
    hidden: bool = False


@dataclass(slots=True, eq=False)
class Block:
    """A run of text without a border inside."""

    index: int
    text: str
    node: int
    tag: str
    link_chars: int
    links: Sequence[Link]
    pieces: Sequence[tuple[str, str]]
    """The text as its inline elements cut it, each with that element's class words; kept for short
    texts only.
    """
    marks: int
    """Sentence punctuation outside links (an estimate: all of it where under half is link text)."""
    hidden: bool
    strong: bool
    """No character of it stands outside bold, headings and links."""

    @property
    def plain(self) -> int:
        """Characters outside links."""
        return len(self.text) - self.link_chars


def clean(text: str) -> str:
    """``text`` with white space folded and invisible characters out; a line break inside Han text is no
    space.
    """
    if "\n" in text:
        text = _HAN_WRAP.sub("", text)
    text = " ".join(text.split())
    if not text.isprintable():
        text = _ZERO_WIDTH.sub("", text).strip()
    return text
