"""Other ways into a sister site than its listings: feeds, sitemaps, JSON behind 加载更多 ("load more").

Of five articles in a row two stand in the listings, one in the feeds alone, one in the sitemap of its month
alone, one in the news sitemap alone; what a listing's first page does not show comes as JSON.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import NamedTuple
from urllib.parse import parse_qs

from .sisters import Stories, Story

FEED_ENTRIES = 60
JSON_ENTRIES = 6
NEWS_DAYS = timedelta(days=2)
"""A news sitemap names no older article, as its rules say."""

INDEX, NEWS, RSS, ATOM, JSON = "/sitemap.xml", "/news-sitemap.xml", "/rss.xml", "/atom.xml", "/api/list"

HEAD = (
    f'<link rel="alternate" type="application/rss+xml" title="RSS" href="{RSS}">\n'
    f'<link rel="alternate" type="application/atom+xml" title="Atom" href="{ATOM}">\n'
)
"""What every listing announces."""


class Drawn(NamedTuple):
    """An answer before it is one."""

    body: bytes
    content_type: str
    modified: datetime | None = None


def is_listed(story: Story) -> bool:
    """Whether the listings show it."""
    return story.n % 5 in {0, 4}


def is_fed(story: Story) -> bool:
    """Whether the feeds do."""
    return story.n % 5 in {0, 1, 4}


def robots(base: str) -> str:
    """The lines of robots.txt that name the sitemaps."""
    return f"Sitemap: {base}{INDEX}\nsitemap: {base}{NEWS}\n"


def button(channel: str) -> str:
    """加载更多 ("load more") under a channel's listing."""
    address = f"{JSON}?channel={channel}&amp;page={{page}}"
    return f'<div class="more"><a href="javascript:;" data-url="{address}">加载更多</a></div>'


def draw(stories: Stories, now: datetime, base: str, path: str, query: str, broken: bool) -> Drawn | None:
    """The feed, sitemap or JSON at an address; None where there is none. ``broken``: as none should be."""
    found = _draw(stories, now, base, path, query)
    if found is None or not broken or path == INDEX:
        return found
    if path == RSS:  # an error page, and the status says that all is well
        return Drawn("<html><body><h1>页面不存在</h1></body></html>".encode(), "text/html; charset=utf-8")
    return None if path == JSON else found._replace(body=found.body[: len(found.body) // 2])


def _draw(stories: Stories, now: datetime, base: str, path: str, query: str) -> Drawn | None:
    listed = stories.listed(now)
    newest = listed[0].published if listed else now
    if path == RSS:
        return Drawn(_rss(stories, listed, base).encode("gb18030"), "text/xml", newest)
    if path == ATOM:
        return Drawn(_atom(listed, base).encode(), "application/atom+xml", newest)
    if path == NEWS:
        recent = [s for s in listed if s.n % 5 == 3 and s.published > now - NEWS_DAYS]
        return Drawn(_sitemap(_news(s, base) for s in recent), "application/xml", newest)
    months = sorted({f"{s.published:%Y-%m}" for s in listed})
    if path == INDEX:
        return Drawn(_index(months, listed, base), "application/xml", newest)
    month = path.removeprefix("/maps/").removesuffix(".xml.gz")
    if path == f"/maps/{month}.xml.gz" and month in months:
        own = [s for s in listed if s.n % 5 == 2 and f"{s.published:%Y-%m}" == month]
        body = _sitemap(_page(s, base) for s in reversed(own))
        return Drawn(gzip.compress(body, mtime=0), "application/octet-stream", newest)
    return _json(stories, now, query) if path == JSON else None


def _rss(stories: Stories, listed: list[Story], base: str) -> str:
    """Declared as gb2312, and with an ampersand that should not stand there."""
    items = "".join(
        f"<item><title><![CDATA[{s.title}]]></title><link>{base}{s.path}</link>"
        f"<description><![CDATA[<p>{s.teaser}</p>]]></description>"
        f"<pubDate>{format_datetime(s.published)}</pubDate></item>\n"
        for s in [s for s in listed if is_fed(s)][:FEED_ENTRIES]
    )
    return (
        f'<?xml version="1.0" encoding="gb2312"?>\n<rss version="2.0"><channel><title>{stories.sister.title}'
        f" & RSS</title><link>{base}/</link>\n{items}</channel></rss>\n"
    )


def _atom(listed: list[Story], base: str) -> str:
    """The newest ten, with relative links."""
    entries = "".join(
        f'<entry><title>{escape(s.title)}</title><link rel="alternate" href="{s.path}"/>'
        f"<id>urn:{s.number}</id><published>{s.published.isoformat()}</published><updated>{s.published.isoformat()}</updated></entry>\n"
        for s in [s for s in listed if is_fed(s)][:10]
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}/">\n{entries}</feed>\n'


def _index(months: list[str], listed: list[Story], base: str) -> bytes:
    changed = {month: max(s.published for s in listed if f"{s.published:%Y-%m}" == month) for month in months}
    return _xml(
        "sitemapindex",
        (
            f"<sitemap><loc>{base}/maps/{month}.xml.gz</loc><lastmod>{changed[month].isoformat()}</lastmod></sitemap>"
            for month in months
        ),
    )


def _page(story: Story, base: str) -> str:
    return f"<url><loc>{base}{story.path}</loc><lastmod>{story.published.isoformat()}</lastmod></url>"


def _news(story: Story, base: str) -> str:
    return (
        f"<url><loc>{base}{story.path}</loc><news:news><news:publication_date>{story.published.isoformat()}"
        f"</news:publication_date><news:title>{escape(story.title)}</news:title></news:news></url>"
    )


def _sitemap(entries: Iterable[str]) -> bytes:
    return _xml("urlset", entries)


def _xml(root: str, entries: Iterable[str]) -> bytes:
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    inside = "\n".join(entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {spaces}>\n{inside}\n</{root}>\n'.encode()


def _json(stories: Stories, now: datetime, query: str) -> Drawn | None:
    """What the button fetches: page 2 follows on what the channel's own page shows."""
    asked = parse_qs(query)
    channel, number = asked.get("channel", [""])[0], int(asked.get("page", ["1"])[0])
    shown = [s for s in stories.listed(now, channel) if is_listed(s)]
    first = (number - 1) * JSON_ENTRIES
    data = {
        "list": [
            {
                "id": s.number,
                "title": s.title,
                "url": s.path,
                "intro": s.teaser,
                "pubTime": f"{s.published:%Y-%m-%d %H:%M}",
            }
            for s in shown[first : first + JSON_ENTRIES]
        ],
        "hasMore": first + JSON_ENTRIES < len(shown),
    }
    return Drawn(json.dumps({"code": 0, "data": data}).encode(), "application/json")
