"""The one linear walk over a page: libxml2's parser calls it, no tree is built.

Written for speed: about eight hundred elements a page pass here. As the parser's target it costs two
thirds of building a tree and walking that, and no depth of nesting is too deep for it (a tree ends
at 2048 levels and silently loses what lies deeper).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from newscrawler.extract import preformatted
from newscrawler.extract.blocks import HEADING_TAGS, Block, Link, Node, Picture, clean
from newscrawler.extract.tags import (
    BLOCK,
    BLOCK_TAGS,
    BREAK,
    IMAGE,
    KIND,
    LINK,
    META,
    SKIP,
    SPAN,
    SPANS,
    STRONG,
    TIME,
)

if TYPE_CHECKING:
    from newscrawler.extract.document import Document

_LEAKY = frozenset(
    ("select", "button", "map", "object", "video", "audio", "canvas", "noscript", "template", "svg")
)
"""Skipped elements that broken pages forget to close: after LEAK block elements inside they count as
closed.
"""
LEAK = 40
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SENTENCE_MARKS = re.compile(r"[，。！？；,;!?]|\.(?= |$)")
_LAZY = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-echo",
    "data-url",
    "original",
    "_src",
    "file",
    "src",
)
"""Where a picture's address stands when scripts load it late; ``src`` then shows a placeholder."""
SMALL_PICTURE = 60
LONG_LINK = 2000
"""A link that a broken page never closes spans the rest of it; its text is kept to about this length."""


class Walk:
    """Fills a Document's blocks, nodes, links and pictures; a target for lxml's HTML parser."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks, self.nodes = document.blocks, document.nodes
        self.pieces: list[tuple[str, str | None]] = []
        """(text, class words of its element); None where it only goes on from the piece before."""
        self.links: list[Link] = []
        self.link_chars = 0
        self.link: Link | None = None
        self.stack: list[int] = []
        self.hidden = self.strong = self.pre = 0
        self.plain_piece = self.joins = False
        self.words = ""
        self.skip = self.skipped_blocks = self.mute = 0
        self.skip_tag = self.mute_tag = ""
        self.caught: list[str] | None = None
        self.script_type = ""

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """An element begins."""
        if self.skip:
            self._inside_skipped(tag)
            return
        self.joins = False
        kind = KIND.get(tag)
        if kind == BLOCK:
            self._open(tag, attrib)
        elif kind is None or kind == SPAN:
            if attrib:
                self.words = attrib.get("class") or attrib.get("id") or ""
                if "itemprop" in attrib:
                    self.words += " " + attrib["itemprop"]
                if "style" in attrib:
                    self._hide(tag, attrib)
            if self.mute and tag == self.mute_tag and "style" not in attrib:
                self.mute += 1
        elif kind == BREAK:
            if self.pre:
                self.pieces.append(("\n", ""))
            elif self.pieces or self.links:
                self._flush()
        elif kind == LINK:
            self._begin_link(attrib)
        elif kind == IMAGE:
            self._picture(attrib)
        elif kind == STRONG:
            self.strong += 1
        elif kind == SKIP:
            self._begin_skip(tag, attrib)
        elif kind == META:
            self._meta(tag, attrib)
        elif kind == TIME:
            self.words = f"{attrib.get('class') or ''} {attrib.get('itemprop') or ''}".strip()
            if attrib.get("datetime"):
                self.document.times.append((len(self.blocks), attrib["datetime"].strip()))
        elif attrib.get("href"):
            self.document.rebase(attrib["href"])

    def end(self, tag: str) -> None:
        """An element ends."""
        if self.skip:
            if tag == self.skip_tag:
                self.skip -= 1
                if not self.skip and self.caught is not None:
                    self._end_caught(tag)
            return
        self.joins = False
        self.words = ""
        kind = KIND.get(tag)
        if kind == BLOCK:
            self._close(tag)
        elif kind == LINK:
            if self.link is not None:
                self.link.text = " ".join(self.link.text.split())
            self.link = None
        elif kind == STRONG:
            self.strong -= 1
        elif self.mute and tag == self.mute_tag:
            self.mute -= 1

    def data(self, text: str) -> None:
        """Text, possibly only a part of it: the parser cuts at entities and at its buffer's end."""
        pieces = self.pieces
        if not pieces and text.isspace() and self.caught is None:
            return  # two thirds of all calls: the white space between tags
        if self.skip:
            if self.caught is not None:
                self.caught.append(text)
            return
        if self.mute:
            return
        pieces.append((text, None if self.joins else self.words))
        self.joins = True
        link = self.link
        if link is not None:
            if len(link.text) < LONG_LINK:
                link.text += text
            if not self.links or self.links[-1] is not link:
                self.links.append(link)
            self.link_chars += len(text.strip())
        elif not self.strong and not self.plain_piece:
            self.plain_piece = not text.isspace()

    def close(self) -> None:
        """The page ends; what is still open ends with it."""
        self._flush()
        while self.stack:
            self.nodes[self.stack.pop()].last = len(self.blocks)
        if self.link is not None:
            self.link.text = " ".join(self.link.text.split())

    def _flush(self) -> None:
        """End the block at hand."""
        pieces = self.pieces
        if not pieces:
            if self.links:
                self.links, self.link_chars = [], 0  # a picture's link belongs to no text
            return
        raw = "".join([piece for piece, _ in pieces]) if len(pieces) > 1 else pieces[0][0]
        if self.pre:
            for text, links, link_chars in preformatted.paragraphs(raw, self.links):
                self._add(text, links, link_chars, ())
        elif text := clean(raw):
            kept: Sequence[tuple[str, str]] = ()  # few containers: what the garbage collector counts
            if len(text) < 200 and (len(pieces) > 1 or pieces[0][1]):
                kept = _merged(pieces)
            self._add(text, self.links, self.link_chars, kept)
        pieces.clear()
        if self.links:
            self.links = []
        self.link_chars, self.plain_piece = 0, False

    def _add(
        self, text: str, links: Sequence[Link], link_chars: int, pieces: Sequence[tuple[str, str]]
    ) -> None:
        """One more block of ``text``, if there is any."""
        if not text:
            return
        node, size = self.stack[-1] if self.stack else -1, len(text)
        link_chars = min(link_chars, size)
        marks = len(_SENTENCE_MARKS.findall(text)) if link_chars * 2 < size and size > 8 else 0
        tag = self.nodes[node].tag if node >= 0 else ""
        self.blocks.append(
            Block(
                len(self.blocks),
                text,
                node,
                tag,
                link_chars,
                links or (),
                pieces,
                marks,
                self.hidden > 0,
                not self.plain_piece,
            )
        )

    def _open(self, tag: str, attrib: Mapping[str, str]) -> None:
        """A block element begins."""
        if self.pieces or self.links:
            self._flush()
        self.words = words = ""
        unseen = False
        if attrib:
            kind, name, style = attrib.get("class"), attrib.get("id"), attrib.get("style")
            if kind or name:
                words = f"{kind or ''} {name or ''}".lower()
            if style is not None:
                unseen = _HIDDEN_STYLE.search(style) is not None
            unseen = unseen or "hidden" in attrib
        stack = self.stack
        parent = stack[-1] if stack else -1
        stack.append(len(self.nodes))
        self.nodes.append(Node(tag, words, parent, len(self.blocks), 0, unseen))
        if unseen:
            self.hidden += 1
        if tag in HEADING_TAGS:
            self.strong += 1
        elif tag == "pre":
            self.pre += 1

    def _close(self, tag: str) -> None:
        """A block element ends."""
        if self.pieces or self.links:
            self._flush()
        if not self.stack:
            return
        node = self.nodes[self.stack.pop()]
        node.last = len(self.blocks)
        if node.hidden:
            self.hidden -= 1
        if tag in HEADING_TAGS:
            self.strong -= 1
        elif tag == "pre":
            self.pre -= 1

    def _begin_link(self, attrib: Mapping[str, str]) -> None:
        href = attrib.get("href")
        self.words = attrib.get("class") or attrib.get("rel") or ""
        if not href or href[:7].lower() == "mailto:":  # a mail address in the text is no way to another page
            return
        if self.link is not None:
            self.link.text = " ".join(self.link.text.split())
        self.link = Link(
            href.strip(), attrib.get("title") or "", self.words, len(self.blocks), attrib.get("rel") or ""
        )  # fmt: skip
        self.document.links.append(self.link)

    def _picture(self, attrib: Mapping[str, str]) -> None:
        get = attrib.get
        source = next((value for name in _LAZY if (value := get(name))), "")
        sizes = [int(n) for n in (get("width") or "", get("height") or "") if n.isdecimal() and len(n) < 6]
        small = bool(sizes) and min(sizes) < SMALL_PICTURE
        if self.link is not None:
            self.link.has_image = True
            if not self.links or self.links[-1] is not self.link:
                self.links.append(self.link)
        self.document.pictures.append(
            Picture(
                source, (get("alt") or get("title") or "").strip(), len(self.blocks),
                self.stack[-1] if self.stack else -1, small, self.link is not None,
            )
        )  # fmt: skip

    def _hide(self, tag: str, attrib: Mapping[str, str]) -> None:
        """An inline element that shows nothing mutes its text."""
        if self.mute:
            self.mute += tag == self.mute_tag
            return
        if tag not in SPANS:
            return
        style = attrib.get("style")
        if style is not None and "none" in style and _HIDDEN_STYLE.search(style):
            self.mute, self.mute_tag = 1, tag

    def _begin_skip(self, tag: str, attrib: Mapping[str, str]) -> None:
        self.skip, self.skip_tag, self.skipped_blocks = 1, tag, 0
        if tag == "script":
            self.caught, self.script_type = [], attrib.get("type") or ""
        elif tag == "title":
            self.caught = []

    def _inside_skipped(self, tag: str) -> None:
        if tag == self.skip_tag:
            self.skip += 1
        elif tag in BLOCK_TAGS:
            self.skipped_blocks += 1
            if self.skipped_blocks > LEAK and self.skip_tag in _LEAKY:
                self.skip = 0

    def _end_caught(self, tag: str) -> None:
        text, self.caught = "".join(self.caught or ()), None
        if tag == "script":
            self.document.scripts.append((self.script_type, text))
        elif not self.document.head_title:
            self.document.head_title = clean(text)

    def _meta(self, tag: str, attrib: Mapping[str, str]) -> None:
        if tag == "link":
            if attrib.get("rel") == "next":
                self.document.next_href = attrib.get("href")
            return
        name = attrib.get("name") or attrib.get("property") or attrib.get("itemprop")
        content = attrib.get("content")
        if name and content:
            self.document.meta.setdefault(name.lower(), content.strip())


def _merged(pieces: list[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Pieces as the elements cut them, not as the parser's buffer did."""
    merged: list[tuple[str, str]] = []
    for text, words in pieces:
        if words is None and merged:
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        else:
            merged.append((text, words or ""))
    return merged
