"""Which feeds a page announces: in its head (``<link rel="alternate">``), else by links called RSS."""

from __future__ import annotations

import re

from newscrawler.extract.document import Document

_COMMENTS = re.compile(r"comment|评论|回复|/replies", re.IGNORECASE)
"""Feeds of comments lead to articles that are known, and to many of them twice."""
_CALLED = re.compile(
    r"\W*(?:RSS|Atom|Feed)(?:\s*2\.0)?(?:订阅|源|feed)?\W*|\W*订阅\s*(?:RSS|Atom)\W*", re.IGNORECASE
)
"""订阅 "subscribe", 源 "source"."""
_SHAPE = re.compile(
    r"(?:rss|feed|atom)[\w-]*(?:\.(?:xml|rss|atom|php|aspx?|json))?/?(?:\?[^#]*)?$|\.(?:rss|atom|rdf)$",
    re.IGNORECASE,
)


def feeds_of(document: Document) -> list[str]:
    """The absolute addresses of the feeds, in the page's order, each once; comments left out."""
    given = document.feeds or [
        (link.href, link.text) for link in document.links if _is_called_feed(link.href, link.text)
    ]
    found = (document.absolute(href) for href, title in given if not _COMMENTS.search(f"{title} {href}"))
    return list(dict.fromkeys(address for address in found if address))


def _is_called_feed(href: str, text: str) -> bool:
    return _CALLED.fullmatch(text) is not None and _SHAPE.search(href) is not None
