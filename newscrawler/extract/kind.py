"""What an answer is that should list addresses: a page, a feed, a sitemap, JSON. Its bytes decide.

Servers call feeds ``text/html`` and error pages ``application/xml``, so the Content-Type is not asked.
"""

from __future__ import annotations

import re
from typing import Literal

from newscrawler.extract.decode import decode
from newscrawler.extract.sitemap import GZIP, unpacked

Kind = Literal["page", "feed", "sitemap", "json"]

_LOOK = 4096
"""Bytes that are looked at: some feeds begin with a long comment, or with a warning of PHP's."""
_ROOT = re.compile(
    r"<(?:\w+:)?(?:(?P<feed>rss|feed|rdf)|(?P<sitemap>urlset|sitemapindex)|html|head|body|!doctype\s+html)\b",
    re.IGNORECASE,
)
CALL = re.compile(
    r"\s*(?:/\*.{0,80}?\*/\s*)?(?:try\s*\{\s*)?(?:typeof [\w$.]{1,60} === ?['\"]function['\"] && )?"
    r"(?:(?:var\s+)?[\w$.\[\]'\"]{1,60}\s*=\s*(?=[\[{])|(?:[\w$.]{1,60}\s*)?\(\s*)?\s*"
)
"""What stands before JSON that is sent as a script: a call (JSONP), guarded or not, or a variable."""
_DATA = re.compile(r"\{\s*[\"}]|\[\s*[\[{\"\]]")


def kind_of(body: bytes) -> Kind:
    """What ``body`` is; ``page`` where it is nothing else."""
    start = body[:_LOOK]
    if start.startswith(GZIP):
        start = unpacked(start, _LOOK)[0]
    text = decode(start).text
    call = CALL.match(text)
    if _DATA.match(text, call.end() if call else 0):
        return "json"
    root = _ROOT.search(text)
    if root is not None:
        return "feed" if root["feed"] else "sitemap" if root["sitemap"] else "page"
    lines = text.split()
    return (
        "sitemap" if lines and all(line.startswith(("http://", "https://")) for line in lines[:2]) else "page"
    )
