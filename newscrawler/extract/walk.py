"""The one linear walk over a parsed page.

Written for speed: about eight hundred elements a page pass here, and nothing else looks at the tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from newscrawler.extract.blocks import HEADING_TAGS, Block, Link, Node, Picture, clean

if TYPE_CHECKING:
    from newscrawler.extract.document import Document

BLOCK_TAGS = frozenset(
    "html body div p section article main header footer aside nav ul ol li dl dt dd table tbody thead tfoot "
    "tr td th caption h1 h2 h3 h4 h5 h6 blockquote pre figure figcaption form fieldset address center hr "
    "details summary hgroup menu dir marquee".split()
)
SKIPPED_TAGS = frozenset(
    "script style noscript iframe object embed svg select button textarea template head canvas video audio "
    "map applet datalist noframes math title".split()
)
_BLOCK, _SKIP, _BREAK, _LINK, _IMAGE, _STRONG, _BASE, _SPAN = range(1, 9)
_KIND = (
    dict.fromkeys(BLOCK_TAGS, _BLOCK)
    | dict.fromkeys(SKIPPED_TAGS, _SKIP)
    | dict.fromkeys(("b", "strong"), _STRONG)
    | dict.fromkeys(("span", "i", "em", "label"), _SPAN)
    | {"br": _BREAK, "a": _LINK, "img": _IMAGE, "base": _BASE}
)
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


class Walk:
    """Fills a Document's blocks, nodes, links and pictures."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks, self.nodes = document.blocks, document.nodes
        self.pieces: list[tuple[str, str]] = []
        self.links: list[Link] = []
        self.link_chars = 0
        self.link: Link | None = None
        self.stack: list[int] = []
        self.hidden = self.strong = self.pre = 0
        self.plain_piece = False

    def run(self, root: etree._Element) -> None:
        """Walk the tree under ``root``."""
        walk = etree.iterwalk(root, events=("start", "end"))
        kind_of = _KIND.get
        for event, element in walk:
            kind = kind_of(element.tag)
            if event == "end":
                if kind is not None:
                    self._end(kind, element.tag)
                text = element.tail
                if text and (self.pieces or not text.isspace()):
                    self._text(text, "")
                continue
            words = ""
            if kind == _BLOCK:
                self._open(element.tag, element)
            elif kind == _SKIP or (kind == _SPAN and self._is_hidden(element)):
                self._aside(element.tag, element)
                walk.skip_subtree()
                continue
            elif kind is not None and kind != _SPAN:
                self._inline(kind, element)
            text = element.text
            if text and (self.pieces or not text.isspace()):
                if kind != _BLOCK:
                    words = element.get("class") or element.get("id") or ""
                self._text(text, words)
        self._flush()

    @staticmethod
    def _is_hidden(element: etree._Element) -> bool:
        style = element.get("style")
        return style is not None and "none" in style and _HIDDEN_STYLE.search(style) is not None

    def _text(self, text: str, words: str) -> None:
        if self.pre and "\n" in text:
            self._pre_text(text)
            return
        self.pieces.append((text, words))
        link = self.link
        if link is not None:
            link.texts.append(text)
            if not self.links or self.links[-1] is not link:
                self.links.append(link)
            self.link_chars += len(text.strip())
        elif not self.strong and not self.plain_piece:
            self.plain_piece = not text.isspace()

    def _pre_text(self, text: str) -> None:
        """Preformatted text: a blank line or an indent begins a paragraph."""
        for line in text.split("\n"):
            if not line.strip() or line[0] in " \u3000\t":
                self._flush()
            self.pieces.append((line + "\n", ""))
            if self.link is not None:
                self.link.texts.append(line)
                self.link_chars += len(line.strip())

    def _flush(self) -> None:
        """End the block at hand."""
        pieces = self.pieces
        if not pieces:
            if self.links:
                self.links, self.link_chars = [], 0  # a picture's link belongs to no text
            return
        text = clean("".join([piece for piece, _ in pieces]) if len(pieces) > 1 else pieces[0][0])
        if text:
            node, size = self.stack[-1] if self.stack else -1, len(text)
            link_chars = min(self.link_chars, size)
            marks = len(_SENTENCE_MARKS.findall(text)) if link_chars * 2 < size and size > 8 else 0
            tag = self.nodes[node].tag if node >= 0 else ""
            self.blocks.append(
                Block(
                    len(self.blocks), text, node, tag, link_chars, self.links, pieces if size < 200 else [], marks,
                    self.hidden > 0, not self.plain_piece,
                )
            )  # fmt: skip
        self.pieces, self.links, self.link_chars, self.plain_piece = [], [], 0, False

    def _open(self, tag: str, element: etree._Element) -> None:
        """A block element begins."""
        if self.pieces or self.links:
            self._flush()
        get = element.get
        kind, name, style = get("class"), get("id"), get("style")
        words = f"{kind or ''} {name or ''}".lower() if kind or name else ""
        unseen = style is not None and _HIDDEN_STYLE.search(style) is not None
        if not unseen and get("hidden") is not None:
            unseen = True
        stack = self.stack
        parent = stack[-1] if stack else -1
        stack.append(len(self.nodes))
        self.nodes.append(Node(tag, words, parent, len(self.blocks), 0, unseen))
        self.hidden += unseen
        if tag in HEADING_TAGS:
            self.strong += 1
        elif tag == "pre":
            self.pre += 1

    def _inline(self, kind: int, element: etree._Element) -> None:
        if kind == _BREAK:
            if self.pieces or self.links:
                self._flush()
        elif kind == _LINK:
            self._begin_link(element)
        elif kind == _IMAGE:
            self._picture(element)
        elif kind == _STRONG:
            self.strong += 1
        elif kind == _BASE and element.get("href"):
            self.document.rebase(element.get("href") or "")

    def _begin_link(self, element: etree._Element) -> None:
        get = element.get
        href = get("href")
        if not href or href[:7].lower() == "mailto:":  # a mail address in the text is no way to another page
            return
        self.link = Link(
            href.strip(), get("title") or "", get("class") or "", len(self.blocks), get("rel") or ""
        )
        self.document.links.append(self.link)

    def _end(self, kind: int, tag: str) -> None:
        if kind == _BLOCK:
            if self.pieces or self.links:
                self._flush()
            node = self.nodes[self.stack.pop()]
            node.last = len(self.blocks)
            if node.hidden:
                self.hidden -= 1
            if tag in HEADING_TAGS:
                self.strong -= 1
            elif tag == "pre":
                self.pre -= 1
        elif kind == _LINK:
            if self.link is not None:
                self.link.text = " ".join("".join(self.link.texts).split())
            self.link = None
        elif kind == _STRONG:
            self.strong -= 1

    def _picture(self, element: etree._Element) -> None:
        get = element.get
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

    def _aside(self, tag: str, element: etree._Element) -> None:
        """What shows no text but says something: the head's title and meta, scripts."""
        if tag == "script":
            self.document.scripts.append(element)
        elif tag == "head":
            self._head(element)
        elif tag == "title" and not self.document.head_title:  # a head that closed early
            self.document.head_title = clean("".join(str(t) for t in element.itertext()))

    def _head(self, head: etree._Element) -> None:
        document = self.document
        for element in head.iter():
            tag = element.tag
            if tag == "meta":
                name = element.get("name") or element.get("property") or element.get("itemprop")
                content = element.get("content")
                if name and content:
                    document.meta.setdefault(name.lower(), content.strip())
            elif tag == "title" and not document.head_title:
                document.head_title = clean("".join(str(t) for t in element.itertext()))
            elif tag == "link" and element.get("rel") == "next":
                document.next_href = element.get("href")
            elif tag == "script":
                document.scripts.append(element)
            elif tag == "base" and element.get("href"):
                document.rebase(element.get("href") or "")
