"""RSS, RDF and Atom feeds to entries: address, title, summary, day. feedparser reads even broken ones."""

from __future__ import annotations

import html
import re
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from newscrawler.extract.decode import decode
from newscrawler.extract.sitemap import DOCTYPE, absolute, unpacked
from newscrawler.extract.stamp import stamp
from newscrawler.items import ListingEntry

MOST_BYTES = 2 * 2**20
"""Unpacked. The rest is not read: a feed is its newest entries, and they stand first."""
MOST_ENTRIES = 1000
SUMMARY = 200
"""Characters of a summary that are kept; many feeds have the whole article there."""
_TAG = re.compile(
    r"<(?:script|style)\b.*?(?:</(?:script|style)\s*>|$)|<[^<>]{0,2000}>", re.IGNORECASE | re.DOTALL
)


def read_feed(
    body: bytes, url: str, content_type: str | None, *, zone: ZoneInfo, now: datetime
) -> list[ListingEntry]:
    """The entries of the feed at ``url``, in its order, one for each address; never raises."""
    data, _ = unpacked(body, MOST_BYTES)
    # Decoded by us: feedparser believes what Chinese feeds declare, and has no rule for what they are.
    text = DOCTYPE.sub(b"", decode(data, content_type).utf8, count=1)
    found: dict[str, ListingEntry] = {}
    for entry in _parsed(text, url)[:MOST_ENTRIES]:
        address = absolute(url, entry.get("feedburner_origlink") or entry.get("link") or "")
        if address and address not in found:
            when = entry.get("published") or entry.get("updated") or entry.get("created")
            day = stamp(when, zone, now)
            summary = plain(entry.get("summary"))
            found[address] = ListingEntry(
                address, plain(entry.get("title")) or "", shortened(summary), day[:10] if day else None
            )
    return list(found.values())


def _parsed(text: bytes, url: str) -> list[dict[str, Any]]:
    import feedparser  # here, since most runs meet no feed and it takes as long to load as a page to read

    start = re.search(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", text, re.IGNORECASE)
    text = text[start.start() if start else 0 :]
    try:
        # As a file, since feedparser opens what looks like an address or a path.
        parsed = feedparser.parse(
            BytesIO(text),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # it has raised all sorts of errors on broken feeds; they are feeds without entries
        return []
    entries: list[dict[str, Any]] = parsed.get("entries", [])
    return entries


def plain(text: object) -> str | None:
    """``text`` without markup, on one line; None where nothing is left."""
    if not isinstance(text, str):
        return None
    return " ".join(html.unescape(_TAG.sub(" ", text)).split()) or None


def shortened(text: str | None) -> str | None:
    """A summary as listings print them: cut, with a mark, where it is long."""
    if text is None or len(text) <= SUMMARY:
        return text
    return text[:SUMMARY].rstrip() + "…"
