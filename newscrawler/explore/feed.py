"""New articles for feed readers, as Atom (RFC 4287) and JSON Feed 1.1: all, of a source, or of a search.

Written with the standard library: the one library for it (feedgen) has had no release since 2023 and
would be longer to use than the two formats are.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

from newscrawler.archive import terms
from newscrawler.explore.draw import fit
from newscrawler.explore.reading import NAMED, Row, rows
from newscrawler.explore.show import lead, safe_href, shaped

NEWEST = 50
"""How many articles a feed holds."""

ARGUMENTS = {
    "source": ("source_id", "sources"),
    "category": ("category_id", "categories"),
    "editor": ("editor_id", "editors"),
    "site": ("site_id", "sites"),
    "q": ("", ""),
}
"""Arguments of a feed: names as they are written in the archive; ``q`` searches."""

ATOM = "http://www.w3.org/2005/Atom"
NEVER = "1970-01-01T00:00:00+00:00"
_CHINA = timezone(timedelta(hours=8))

Body = tuple[str, str]
"""The text of a feed and its content type."""


async def entries(database: Any, wanted: dict[str, str]) -> list[Row]:
    """The newest articles that fit ``wanted`` (ARGUMENTS), the newest first."""
    conditions = []
    values: dict[str, Any] = {**wanted, "limit": NEWEST}
    for argument in wanted:
        if argument == "q":
            conditions.append("f.articles_fts match :match")
            values["match"] = terms.match(wanted["q"])
        else:
            column, table = ARGUMENTS[argument]
            conditions.append(f"a.{column} = (select id from {table} where name = :{argument})")
    # CROSS JOIN keeps the order of the tables: the index is then read from its newest end.
    source = "articles_fts f cross join articles a on a.id = f.rowid" if "q" in wanted else "articles a"
    order = "f.rowid" if "q" in wanted else "a.id"
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return await rows(
        database,
        "select a.id, a.url, a.title, a.published_at, a.revised_at, a.first_seen_at, so.name as source,"
        f" au.name as author, c.name as category, b.body, b.marks from {source}"
        f" left join bodies b on b.article_id = a.id{NAMED}{where} order by {order} desc limit :limit",
        values,
    )


def as_atom(found: list[Row], wanted: dict[str, str], *, title: str, home: str, here: str) -> Body:
    """An Atom feed; ``home`` and ``here`` are the absolute addresses of the archive and of the feed."""
    latest = max((updated(entry) for entry in found), default=NEVER)
    feed = begun(named(title, wanted), latest, home=home, here=here)
    for article in found:
        entry = Xml.SubElement(feed, f"{{{ATOM}}}entry")
        add(entry, "title", article["title"] or article["url"])
        add(entry, "id", identity(article, home))
        add(entry, "link", rel="alternate", href=f"{home}/articles/{article['id']}", type="text/html")
        if safe_href(article["url"]):
            add(entry, "link", rel="via", href=article["url"])
        add(entry, "published", when(article["published_at"]) or when(article["first_seen_at"]) or "")
        add(entry, "updated", updated(article))
        author = Xml.SubElement(entry, f"{{{ATOM}}}author")
        add(author, "name", article["author"] or article["source"] or "–")
        if article["category"]:
            add(entry, "category", term=article["category"])
        add(entry, "summary", lead(article["body"]))
        add(entry, "content", content(article), type="html")
    return written(feed)


def begun(title: str, latest: str, *, home: str, here: str) -> Xml.Element:
    """An Atom feed without entries; ``latest`` is when any of them changed last."""
    Xml.register_namespace("", ATOM)
    feed = Xml.Element(f"{{{ATOM}}}feed")
    add(feed, "title", title)
    add(feed, "id", here)
    add(feed, "updated", latest)
    add(feed, "link", rel="self", href=here, type="application/atom+xml")
    add(feed, "link", rel="alternate", href=home, type="text/html")
    add(feed, "generator", "newscrawler")
    return feed


def written(feed: Xml.Element) -> Body:
    """An Atom feed as it is sent."""
    text = Xml.tostring(feed, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n', "application/atom+xml; charset=utf-8"


def as_json(found: list[Row], wanted: dict[str, str], *, title: str, home: str, here: str) -> Body:
    """A JSON Feed 1.1 with the same articles."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": named(title, wanted),
        "home_page_url": home,
        "feed_url": here,
        "items": [
            {
                "id": identity(article, home),
                "url": f"{home}/articles/{article['id']}",
                "external_url": safe_href(article["url"]),
                "title": article["title"],
                "content_html": content(article),
                "summary": lead(article["body"]),
                "date_published": when(article["published_at"]) or when(article["first_seen_at"]),
                "date_modified": updated(article),
                "authors": [{"name": article["author"] or article["source"] or "–"}],
                "tags": [article["category"]] if article["category"] else [],
            }
            for article in found
        ],
    }
    return json.dumps(feed, ensure_ascii=False), "application/feed+json; charset=utf-8"


def address(route: str, format: str = "atom", **wanted: Any) -> str:
    """The address of a feed; arguments that are empty are left out."""
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{route}/-/feed.{format}" + (f"?{query}" if query else "")


def named(title: str, wanted: dict[str, str]) -> str:
    """The feed's title with what it is narrowed to."""
    return " · ".join([title, *wanted.values()])


def identity(article: Row, home: str) -> str:
    """What never changes: the canonical address, or ours where that is no address."""
    return safe_href(article["url"]) or f"{home}/articles/{article['id']}"


def updated(article: Row) -> str:
    """When the article last changed, as far as the archive knows."""
    times = (article["revised_at"], article["published_at"], article["first_seen_at"])
    return next((moment for time in times if (moment := when(time))), NEVER)


def when(stored: object) -> str | None:
    """A stored time as RFC 3339 wants it; a day begins at midnight in China; None for what is no time."""
    try:
        moment = datetime.fromisoformat(str(stored))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_CHINA)
    return moment.isoformat(timespec="seconds")


def content(article: Row) -> str:
    """The body as HTML of our making: stored text is escaped, so nothing stored can run in a feed reader."""
    made = []
    for part in shaped(article["body"], article["marks"]):
        inside = "<br>".join(escape(line) for line in part.lines)
        tag = part.tag if part.tag in {"h2", "blockquote", "pre"} else "p"
        made.append(f"<{tag}>{inside}</{tag}>")
    return fit("".join(made))


def etag(text: str) -> str:
    """The mark by which a reader asks whether the feed has changed."""
    return f'W/"{hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:20]}"'


def add(parent: Xml.Element, tag: str, text: str | None = None, **attributes: str) -> None:
    """An element of Atom in ``parent``; what XML cannot hold is left out of text and attributes."""
    element = Xml.SubElement(
        parent, f"{{{ATOM}}}{tag}", {key: fit(value) for key, value in attributes.items()}
    )
    element.text = fit(text) if text else None
