"""What a page says of itself beside its text: meta elements, scripts, ``<title>``, ``base``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

FEED_TYPE = re.compile(
    r"\s*(?:application/(?:(?:rss|atom|rdf)\+xml|feed\+json)|(?:text|application)/xml)", re.IGNORECASE
)
"""The types of feeds; application/json alone is an interface of some sort."""


@dataclass(slots=True)
class Head:
    """Collected wherever it stands: broken pages have it in the body too."""

    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    scripts: list[tuple[str, str]] = field(default_factory=list)
    """(type, text) of every script."""
    bases: list[str] = field(default_factory=list)
    """The ``href`` of every ``base`` element."""
    next_href: str | None = None
    canonical: str | None = None
    """What the page says its address is."""
    feeds: list[tuple[str, str]] = field(default_factory=list)
    """(``href``, title) of every feed that the page announces."""

    def meta_element(self, tag: str, attrib: Mapping[str, str]) -> None:
        """A ``meta`` or ``link`` element: the first of each name counts."""
        if tag == "link":
            rel = attrib.get("rel")
            if rel == "next":
                self.next_href = attrib.get("href")
            elif rel and rel.strip().lower() == "canonical":
                self.canonical = self.canonical or attrib.get("href")
            elif rel and FEED_TYPE.match(attrib.get("type") or "") and "alternate" in rel.lower():
                self.feeds.append((attrib.get("href") or "", attrib.get("title") or ""))
            return
        name = attrib.get("name") or attrib.get("property") or attrib.get("itemprop")
        content = attrib.get("content")
        if name and content:
            self.meta.setdefault(name.lower(), content.strip())
