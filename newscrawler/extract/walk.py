"""The one linear walk over a page: libxml2's parser calls it, no tree is built.

Written for speed: about nine hundred elements a page pass here. As the parser's target it costs two
thirds of building a tree and walking that, and no depth of nesting is too deep for it (a tree ends
at 2048 levels and silently loses what lies deeper).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from newscrawler.extract.blocks import Link, Picture, clean, hides, picture
from newscrawler.extract.gather import Gatherer
from newscrawler.extract.head import Head
from newscrawler.extract.tags import (
    BASE,
    BLOCK_TAGS,
    BREAK,
    IMAGE,
    KIND,
    LEAKY_TAGS,
    LINK,
    META,
    PRE,
    SKIP,
    SPAN,
    SPANS,
    STRONG,
    TIME,
)

LEAK = 40
"""After so many block elements inside a skipped element that broken pages forget to close, it counts as
closed.
"""


class Walk(Gatherer):
    """Collects nodes, links, pictures and the head beside the text; a target for lxml's HTML parser."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.pictures: list[Picture] = []
        self.times: list[tuple[int, str]] = []
        self.head = Head()
        self.skip = self.skipped_blocks = 0
        self.skip_tag = self.mute_tag = ""
        self.script_type = ""

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """An element begins."""
        if self.skip:
            self._inside_skipped(tag)
            return
        run = self.run
        if run:
            # Two thirds of all text is the white space between tags, nearly always in one part.
            text = run.pop()
            if run:
                self._take_parts(text)
            elif self.pieces or not text.isspace():
                self._take(text)
        kind = KIND[tag]
        if kind <= PRE:
            if self.pieces or self.inside:
                self._flush()
            nodes, words = self.nodes, ""
            if attrib:
                if "class" in attrib:
                    words = attrib["class"].lower()
                if attrib.get("id"):
                    words += " " + attrib["id"].lower()
                if "hidden" in attrib or ("style" in attrib and hides(attrib["style"])):
                    self.hiding.append(len(nodes.tag))
            nodes.parent.append(self.node)
            self.node = len(nodes.tag)
            nodes.tag.append(tag)
            nodes.words.append(words)
            nodes.first.append(len(self.blocks))
            nodes.last.append(0)
            self.words = ""
            if kind:
                self._heading_or_pre(kind, 1)
        elif kind == SPAN:
            if attrib:
                self.words = attrib.get("class") or attrib.get("id") or ""
                if "itemprop" in attrib:
                    self.words += " " + attrib["itemprop"]
                if "style" in attrib:
                    self._hide(tag, attrib)
                    return
            if self.mute and tag == self.mute_tag:
                self.mute += 1
        elif kind == LINK:
            self._begin_link(attrib)
        elif kind == BREAK:
            if self.pre:
                self.pieces += ("\n", "")
            elif self.pieces or self.inside:
                self._flush()
        elif kind == STRONG:
            self.strong += 1
        else:
            self._seldom(kind, tag, attrib)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self.skip:
            if tag == self.skip_tag:
                self.skip -= 1
                if not self.skip:
                    self._end_skip(tag)
            return
        run = self.run
        if run:
            text = run.pop()
            if run:
                self._take_parts(text)
            elif self.pieces or not text.isspace():
                self._take(text)
        self.words = ""
        kind = KIND[tag]
        if kind <= PRE:
            if self.pieces or self.inside:
                self._flush()
            node = self.node
            if node >= 0:
                self.node = self.nodes.parent[node]
                self.nodes.last[node] = len(self.blocks)
                if self.hiding and self.hiding[-1] == node:
                    self.hiding.pop()
                if kind:
                    self._heading_or_pre(kind, -1)
        elif kind == LINK:
            link = self.link
            if link is not None:
                link.text = " ".join(link.text.split())
                self.link = None
        elif kind == STRONG:
            self.strong -= 1
        elif self.mute and tag == self.mute_tag:
            self.mute -= 1

    def close(self) -> None:
        """The page ends; what is still open ends with it."""
        if self.run and not self.skip:
            self._take_parts(self.run.pop())
        self._flush()
        while self.node >= 0:
            self.nodes.last[self.node] = len(self.blocks)
            self.node = self.nodes.parent[self.node]
        if self.link is not None:
            self.link.text = " ".join(self.link.text.split())

    def _heading_or_pre(self, kind: int, step: int) -> None:
        if kind == PRE:
            self.pre += step
        else:
            self.strong += step

    def _begin_link(self, attrib: Mapping[str, str]) -> None:
        if not attrib:
            self.words = ""
            return
        href, rel = attrib.get("href"), attrib.get("rel") or ""
        self.words = attrib.get("class") or rel or self.words  # else those of the element around it
        if not href or (href[0] in "mM" and href[:7].lower() == "mailto:"):
            return  # a mail address in the text is no way to another page
        if self.link is not None:
            self.link.text = " ".join(self.link.text.split())
        self.link = link = Link(href.strip(), attrib.get("title") or "", len(self.blocks), rel)
        self.links.append(link)

    def _seldom(self, kind: int, tag: str, attrib: Mapping[str, str]) -> None:
        """What a page has few of."""
        if kind == IMAGE:
            self._picture(attrib)
        elif kind == SKIP:
            self.skip, self.skip_tag, self.skipped_blocks = 1, tag, 0
            self.script_type = attrib["type"] if "type" in attrib else ""  # noqa: SIM401  (get is slow on none)
        elif kind == META:
            self.head.meta_element(tag, attrib)
        elif kind == TIME:
            self.words = f"{attrib.get('class') or ''} {attrib.get('itemprop') or ''}".strip()
            if attrib.get("datetime"):
                self.times.append((len(self.blocks), attrib["datetime"].strip()))
        elif kind == BASE and attrib.get("href"):
            self.head.bases.append(attrib["href"])

    def _picture(self, attrib: Mapping[str, str]) -> None:
        link = self.link
        if link is not None:
            link.has_image = True
            if not self.inside or self.inside[-1] is not link:
                self.inside.append(link)
        self.pictures.append(picture(attrib, len(self.blocks), self.node, link is not None))

    def _hide(self, tag: str, attrib: Mapping[str, str]) -> None:
        """An inline element that shows nothing mutes its text."""
        if self.mute:
            self.mute += tag == self.mute_tag
        elif tag in SPANS and "none" in attrib["style"] and hides(attrib["style"]):
            self.mute, self.mute_tag = 1, tag

    def _inside_skipped(self, tag: str) -> None:
        if tag == self.skip_tag:
            self.skip += 1
        elif tag in BLOCK_TAGS:
            self.skipped_blocks += 1
            if self.skipped_blocks > LEAK and self.skip_tag in LEAKY_TAGS:
                self.skip = 0
                self.run.clear()

    def _end_skip(self, tag: str) -> None:
        """A skipped element ends; scripts and the title are kept aside."""
        if tag == "script":
            self.head.scripts.append((self.script_type, "".join(self.run)))
        elif tag == "title" and not self.head.title:
            self.head.title = clean("".join(self.run))
        self.run.clear()


Walk.start.__signature__ = inspect.signature(Walk.start)  # type: ignore[attr-defined]
# lxml asks for it at every page; found out anew each time it costs as much as thirty elements.
