"""What a page says of itself beside its text: meta elements, scripts, ``<title>``, ``base``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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

    def meta_element(self, tag: str, attrib: Mapping[str, str]) -> None:
        """A ``meta`` or ``link`` element: the first of each name counts."""
        if tag == "link":
            if attrib.get("rel") == "next":
                self.next_href = attrib.get("href")
            return
        name = attrib.get("name") or attrib.get("property") or attrib.get("itemprop")
        content = attrib.get("content")
        if name and content:
            self.meta.setdefault(name.lower(), content.strip())
