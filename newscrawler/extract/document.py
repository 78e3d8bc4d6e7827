"""One parse per page: the flat list of text blocks, nodes and links that all readers share.

A block is a run of inline content between two borders (the begin or end of a block element,
a ``br``). A node is a block element; it covers a range of blocks, so that every question about a
subtree is a question about a slice.
"""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import urljoin

from lxml import etree

from newscrawler.extract import traditional
from newscrawler.extract.blocks import HEADING_TAGS, Block, Link, Nodes, Picture
from newscrawler.extract.decode import Decoded, decode
from newscrawler.extract.tags import BLOCK_TAGS, SKIPPED_TAGS
from newscrawler.extract.walk import Walk

__all__ = ["HEADING_TAGS", "Block", "Document", "Link", "Nodes", "Picture"]

_UNASKED = "\0"
_PLAIN_PATH = re.compile(r"/?[\w%~-]+(?:[./][\w%~-]+)*/?(?:\?[\w%~=&.-]+)?", re.ASCII)
"""An address that only lacks its origin or its folder, as most links of a news page do: ``urljoin`` takes
thirty times as long to find that out.
"""
_PLAIN_BASE = re.compile(r"(https?://[\w.-]+)((?:/[\w~%-][\w.~%-]*)*/)(?:[\w~%-][\w.~%-]*)?", re.ASCII)
"""An address without a query, a port or dots for folders; its origin, its folder."""
DEEP = 40
"""So many boxes around a block are looked at."""


class Document:
    """A parsed page: ``root`` (the tree), ``blocks``, ``nodes``, ``links``, ``pictures``, ``meta``."""

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.decoded: Decoded = decode(body, content_type)
        self.url = url
        self.base = url
        self._absolute: dict[str, str | None] = {}
        walk = Walk()
        _feed(self.decoded.utf8, walk)
        self.blocks, self.nodes = walk.blocks, walk.nodes
        if traditional.is_in(self.decoded.text):
            for block in self.blocks:
                block.said = traditional.simplified(block.text)
        self.links, self.pictures = walk.links, walk.pictures
        self.times = walk.times
        """(block, ``datetime``) of every ``time`` element that states one."""
        self.meta, self.head_title = walk.head.meta, walk.head.title
        self.scripts = walk.head.scripts
        """(type, text) of every script."""
        self.next_href, self.canonical = walk.head.next_href, walk.head.canonical
        self.feeds = walk.head.feeds
        """(``href``, title) of every feed that the page announces."""
        bases = walk.head.bases
        walk.__dict__.clear()  # lxml ties parser and target in a ring: the page must not hang in it
        for href in reversed(bases):
            with suppress(ValueError):
                self.base = urljoin(url, href)
                break
        self._origin, self._folder = self._places()

    def absolute(self, href: str) -> str | None:
        """``href`` as an absolute http address; None for what is none (``javascript:``, ``#``, ``data:``)."""
        known = self._absolute.get(href, _UNASKED)
        if known is _UNASKED:
            known = self._absolute[href] = self._join(href.strip())
        return known

    def _join(self, href: str) -> str | None:
        if not href or href[0] == "#":
            return None
        start = href[:8].lower()
        if start.startswith(("javascri", "data:", "mailto:", "tel:")):
            return None
        if start.startswith(("http://", "https://")) and "/." not in href:
            return href
        if _PLAIN_PATH.fullmatch(href):
            href = (self._origin if start[0] == "/" else self._folder) + href
        else:
            try:
                href = urljoin(self.base, href)
            except ValueError:
                return None
        return href if href[:7].lower() in ("http://", "https:/") else None

    def _places(self) -> tuple[str, str]:
        """What an address lacks that begins with a slash, and what one without."""
        plain = _PLAIN_BASE.fullmatch(self.base)
        if plain is not None:
            return plain[1], plain[1] + plain[2]
        return self._joined("/").removesuffix("/"), self._joined("a").removesuffix("a")

    def _joined(self, href: str) -> str:
        try:
            return urljoin(self.base, href)
        except ValueError:
            return ""

    def tree(self) -> etree._Element | None:
        """A tree of the page, for the CSS hints of a known site; nothing else needs one."""
        if not self.decoded.utf8.strip():
            return None
        try:
            return etree.fromstring(self.decoded.utf8, _parser(None))
        except (etree.XMLSyntaxError, ValueError):
            return None

    def node_of(self, root: etree._Element, element: etree._Element) -> int | None:
        """The node of a block element of ``tree()`` (counted in document order, as the walk met them)."""
        count = 0
        walk = etree.iterwalk(root, events=("start",))
        for _, other in walk:
            if other.tag in SKIPPED_TAGS:
                walk.skip_subtree()
                continue
            if other is element:
                return count if other.tag in BLOCK_TAGS and count < len(self.nodes.tag) else None
            count += other.tag in BLOCK_TAGS
        return None

    def ancestors(self, node: int, limit: int = DEEP) -> list[int]:
        """``node`` and the nodes around it, outwards, no more than ``limit``: pages of thousands of
        levels exist.
        """
        found: list[int] = []
        parent = self.nodes.parent
        while node >= 0 and limit:
            found.append(node)
            node = parent[node]
            limit -= 1
        return found


def _parser(target: Walk | None) -> etree.HTMLParser:
    return etree.HTMLParser(
        huge_tree=True,
        recover=True,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        target=target,  # type: ignore[arg-type]  # the stubs ask for a wider attribute type
    )  # fmt: skip


def _feed(utf8: bytes, walk: Walk) -> None:
    """Parse ``utf8`` into ``walk``; what cannot be parsed at all leaves it empty."""
    if not utf8.strip():
        return
    with suppress(etree.XMLSyntaxError, ValueError, AssertionError):
        etree.fromstring(utf8, _parser(walk))
