"""Bytes to an Article with its RelatedItems, and to listing entries: pure functions, no Scrapy, no SQL.

What is named here is loaded when it is first asked for, so that a crawl compiles the patterns that pages are
read with behind its first request. Who loads at the start therefore writes ``extract.read_article(page)``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newscrawler.extract.article import read, read_article
    from newscrawler.extract.listing import Listing, read_listing
    from newscrawler.extract.report import as_json, explain, listing_as_json

__all__ = ["Listing", "as_json", "explain", "listing_as_json", "read", "read_article", "read_listing"]

_FILES = {
    **dict.fromkeys(("read", "read_article"), "article"),
    **dict.fromkeys(("Listing", "read_listing"), "listing"),
    **dict.fromkeys(("as_json", "explain", "listing_as_json"), "report"),
}


def __getattr__(name: str) -> Any:
    """What __all__ names, from its file (PEP 562)."""
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    return value
