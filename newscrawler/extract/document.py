"""One parse and one walk per page: the tree, and the flat list of text blocks that all readers share.

A block is a run of inline content between two borders (the begin or end of a block element,
a ``br``). A node is a block element; it covers a range of blocks, so that every question about a
subtree is a question about a slice, and sums over it come from prefix sums in constant time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree

from newscrawler.extract.decode import Decoded, decode

BLOCK_TAGS = frozenset(
    [
        "html",
        "body",
        "div",
        "p",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "nav",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "address",
        "center",
        "hr",
        "details",
        "summary",
        "hgroup",
        "menu",
        "dir",
        "marquee",
    ]
)
SKIPPED_TAGS = frozenset(
    [
        "script",
        "style",
        "noscript",
        "iframe",
        "object",
        "embed",
        "svg",
        "select",
        "button",
        "textarea",
        "template",
        "head",
        "canvas",
        "video",
        "audio",
        "map",
        "applet",
        "datalist",
        "noframes",
        "math",
    ]
)
HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
MAX_PARSER_DEPTH = 1800
"""libxml2 drops what lies deeper than 2048 levels; beyond this the inline tags are taken out and parsed again."""

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ZERO_WIDTH = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\ue000-\uf8ff]+")
_HAN_WRAP = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \t]*\r?\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])")
_INLINE_FLOOD = re.compile(
    rb"</?(?:font|b|i|u|em|strong|span|big|small|a|center|div|blockquote)\b[^>]{0,500}>", re.IGNORECASE
)
_SENTENCE_MARKS = re.compile(r"[，。！？；,;!?]|\.(?= |$)")


@dataclass(slots=True, eq=False)
class Link:
    """An ``a href`` of the page; it may span several blocks."""

    href: str
    title: str
    words: str
    block: int
    texts: list[str] = field(default_factory=list)
    has_image: bool = False
    rel: str = ""

    @property
    def text(self) -> str:
        """The link's whole text, white space folded."""
        return " ".join("".join(self.texts).split())


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
    depth: int
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
    links: list[Link]
    pieces: list[tuple[str, str]]
    """The text as its inline elements cut it, each with that element's class words."""
    marks: int
    """Sentence punctuation outside links (an estimate: all of it where under half is link text)."""
    hidden: bool
    strong: bool
    after_br: bool

    @property
    def plain(self) -> int:
        """Characters outside links."""
        return len(self.text) - self.link_chars


class Document:
    """A parsed page: ``root`` (the tree), ``blocks``, ``nodes``, ``links``, ``pictures``, ``meta``."""

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.decoded: Decoded = decode(body, content_type)
        self.url = url
        self.base = url
        self.blocks: list[Block] = []
        self.nodes: list[Node] = []
        self.links: list[Link] = []
        self.pictures: list[Picture] = []
        self.meta: dict[str, str] = {}
        self.head_title = ""
        self.scripts: list[etree._Element] = []
        self.next_href: str | None = None
        self.root = _parse(self.decoded.utf8)
        if self.root is not None:
            _Walk(self).run(self.root)

    def absolute(self, href: str) -> str | None:
        """``href`` as an absolute http address; None for what is none (``javascript:``, ``#``, ``data:``)."""
        href = href.strip()
        if not href or href[0] == "#":
            return None
        try:
            joined = urljoin(self.base, href)
        except ValueError:
            return None
        return joined if joined[:7].lower() in ("http://", "https:/") else None

    def node_of(self, element: etree._Element) -> Node | None:
        """The node of a block element of the tree (counted in document order, as the walk met them)."""
        if self.root is None:
            return None
        count = 0
        walk = etree.iterwalk(self.root, events=("start",))
        for _, other in walk:
            if other.tag in SKIPPED_TAGS:
                walk.skip_subtree()
                continue
            if other is element:
                return self.nodes[count] if other.tag in BLOCK_TAGS else None
            count += other.tag in BLOCK_TAGS
        return None

    def ancestors(self, node: int) -> list[int]:
        """``node`` and the nodes around it, outwards."""
        found = []
        while node >= 0:
            found.append(node)
            node = self.nodes[node].parent
        return found

    def inside(self, block: int, node: int) -> bool:
        """True when the block stands in the node."""
        return self.nodes[node].first <= block < self.nodes[node].last


def _parser() -> etree.HTMLParser:
    return etree.HTMLParser(
        huge_tree=True, recover=True, encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )


def _parse(utf8: bytes) -> etree._Element | None:
    if not utf8.strip():
        return None
    parser = _parser()
    try:
        root = etree.fromstring(utf8, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if any("xcessive depth" in entry.message for entry in parser.error_log.filter_from_fatals()):
        try:
            root = etree.fromstring(_INLINE_FLOOD.sub(b" ", utf8), _parser())
        except (etree.XMLSyntaxError, ValueError):
            return None
    return root


def clean(text: str) -> str:
    """``text`` with white space folded and invisible characters out; a line break inside Han text is no space."""
    if "\n" in text:
        text = _HAN_WRAP.sub("", text)
    text = " ".join(text.split())
    if not text.isprintable():
        text = _ZERO_WIDTH.sub("", text).strip()
    return text


class _Walk:
    """The one linear walk over the tree that fills a Document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks, self.nodes = document.blocks, document.nodes
        self.pieces: list[tuple[str, str]] = []
        self.links: list[Link] = []
        self.link_chars = 0
        self.link: Link | None = None
        self.stack: list[int] = []
        self.hidden = 0
        self.strong = 0
        self.plain_piece = False
        self.pre = 0
        self.after_br = False

    def run(self, root: etree._Element) -> None:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if tag in SKIPPED_TAGS:
                    self._aside(tag, element)
                    walk.skip_subtree()
                    continue
                self._start(tag, element)
                text = element.text
            else:
                if tag not in SKIPPED_TAGS:
                    self._end(tag)
                text = element.tail
            if text:
                self._text(text, element if event == "start" else None)
        self._flush()

    def _text(self, text: str, element: etree._Element | None) -> None:
        if self.pre and "\n" in text:
            self._pre_text(text)
            return
        if not self.pieces and text.isspace():
            return
        words = ""
        if element is not None and element.tag not in BLOCK_TAGS:
            words = element.get("class") or element.get("id") or ""
        self.pieces.append((text, words))
        if self.link is not None:
            self.link.texts.append(text)
            if not self.links or self.links[-1] is not self.link:
                self.links.append(self.link)
            self.link_chars += len(text.strip())
        elif not self.strong:
            self.plain_piece = self.plain_piece or not text.isspace()

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
        pieces = self.pieces
        if not pieces:
            if self.links:
                self.links, self.link_chars = [], 0  # a picture's link belongs to no text
            return
        text = clean("".join([piece for piece, _ in pieces]) if len(pieces) > 1 else pieces[0][0])
        if text:
            node = self.stack[-1] if self.stack else -1
            link_chars = min(self.link_chars, len(text))
            marks = len(_SENTENCE_MARKS.findall(text)) if link_chars * 2 < len(text) and len(text) > 8 else 0
            self.blocks.append(
                Block(
                    len(self.blocks), text, node, self.nodes[node].tag if node >= 0 else "", link_chars, self.links,
                    pieces if len(text) < 200 else [], marks, self.hidden > 0, not self.plain_piece, self.after_br,
                )
            )  # fmt: skip
            self.after_br = False
        self.pieces, self.links, self.link_chars, self.plain_piece = [], [], 0, False

    def _start(self, tag: str, element: etree._Element) -> None:
        if tag in BLOCK_TAGS:
            self._flush()
            attributes = element.attrib
            words = hidden = ""
            if attributes:
                words = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower()
                hidden = attributes.get("style", "")
            unseen = bool(hidden and _HIDDEN_STYLE.search(hidden)) or "hidden" in attributes
            self.nodes.append(
                Node(
                    tag,
                    words,
                    self.stack[-1] if self.stack else -1,
                    len(self.stack),
                    len(self.blocks),
                    0,
                    unseen,
                )
            )
            self.stack.append(len(self.nodes) - 1)
            self.hidden += unseen
            self.strong += tag in HEADING_TAGS
            self.pre += tag == "pre"
        elif tag == "br":
            self._flush()
            self.after_br = True
        elif tag == "a":
            href = element.get("href")
            if href:
                self.link = Link(
                    href.strip(), element.get("title") or "", element.get("class") or "", len(self.blocks),
                    rel=element.get("rel") or "",
                )  # fmt: skip
                self.document.links.append(self.link)
                if href[:7].lower() == "mailto:":
                    self.link = None  # an address in the text, no way to another page
                    self.document.links.pop()
        elif tag == "img":
            self._picture(element)
        elif tag in ("b", "strong", "font"):
            self.strong += tag != "font"
        elif tag == "base" and element.get("href"):
            self._base(element)
        elif tag == "input":
            return

    def _end(self, tag: str) -> None:
        if tag in BLOCK_TAGS:
            self._flush()
            node = self.nodes[self.stack.pop()]
            node.last = len(self.blocks)
            self.hidden -= node.hidden
            self.strong -= tag in HEADING_TAGS
            self.pre -= tag == "pre"
            self.after_br = False
        elif tag == "a":
            self.link = None
        elif tag in ("b", "strong"):
            self.strong -= 1

    def _picture(self, element: etree._Element) -> None:
        get = element.get
        source = next(
            (get(name) for name in ("data-original", "data-src", "data-lazy-src", "data-echo", "data-url", "original", "_src", "file", "src") if get(name)),
            "",
        )  # fmt: skip
        sizes = [int(n) for n in (get("width") or "", get("height") or "") if n.isdigit()]
        small = bool(sizes) and min(sizes) < 60
        if self.link is not None:
            self.link.has_image = True
            if not self.links or self.links[-1] is not self.link:
                self.links.append(self.link)
        self.document.pictures.append(
            Picture(source or "", (get("alt") or get("title") or "").strip(), len(self.blocks),
                    self.stack[-1] if self.stack else -1, small, self.link is not None)
        )  # fmt: skip

    def _base(self, element: etree._Element) -> None:
        self.document.base = urljoin(self.document.url, element.get("href") or "")

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
                self._base(element)
