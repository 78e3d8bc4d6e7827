"""Listing pages of any site: the entries of the main list, other article links, the next page, the menu.

What lists addresses and is no page (feeds, sitemaps, JSON) is read into the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newscrawler import clock
from newscrawler.extract import entries, headed, markers, pager, state, unlinked
from newscrawler.extract.announced import feeds_of
from newscrawler.extract.document import Document
from newscrawler.extract.entries import Entry
from newscrawler.extract.feed import read_feed
from newscrawler.extract.jsonlist import JsonListing, read_data, read_json
from newscrawler.extract.kind import kind_of
from newscrawler.extract.more import load_more
from newscrawler.extract.records import MIN_RECORDS, begin, record_lists
from newscrawler.extract.sitemap import Sitemap, read_sitemap
from newscrawler.extract.traditional import simplified
from newscrawler.items import DEFAULT_ZONE, ListingEntry

LONE_TITLE = 8
"""A shorter title without a list around it may be anything."""
_UTF_8 = "text/html; charset=utf-8"
MENU_TITLE = 8
"""A channel's name is no longer than this."""
_FLASH = re.compile(r"【(?P<title>[^【】]{8,60})】\s*(?P<text>[^【】]{20,}[。！？…]\W*)")
"""【headline】 and the whole of a flash (快讯) in one link."""


@dataclass(slots=True)
class Listing:
    """What a listing page says."""

    entries: list[ListingEntry]
    """The main list, in page order, one entry per address as linked."""
    others: list[ListingEntry] = field(default_factory=list)
    """Article links outside the main list (side bars, hot lists, headlines); filled when ``is_article``
    is given.
    """
    next: str | None = None
    more: str | None = None
    """The next older page where nothing links to it: what the button 加载更多 ("load more") asks for, or the
    next number of a JSON listing. Perhaps there is none.
    """
    kind: Literal["listing", "feed", "sitemap", "index"] = "listing"
    """``index``: a sitemap whose entries are further sitemaps."""
    feeds: list[str] = field(default_factory=list)
    """Addresses of the feeds that the page announces."""
    counter: tuple[int, int] | None = None
    """``1/57`` as (1, 57)."""
    menu: list[tuple[str, str]] = field(default_factory=list)
    """(address, title) of navigation links that could be channel listings."""
    links: list[str] = field(default_factory=list)
    """Every http address the page links to, once, in page order."""
    encoding: str = ""


def read_listing(
    body: bytes,
    url: str,
    content_type: str | None = None,
    *,
    fetched_at: datetime | None = None,
    zone: str = DEFAULT_ZONE,
    is_article: Callable[[str], bool] | None = None,
) -> Listing:
    """Read a listing page, or a feed, a sitemap, a JSON listing. With ``is_article`` no link of a page or of
    JSON that satisfies it is lost: it is an entry or among ``others``.
    """
    now = fetched_at or clock.now()
    if now.tzinfo is None:
        now = now.replace(tzinfo=UTC)
    match kind_of(body):
        case "feed":
            return Listing(read_feed(body, url, content_type, zone=ZoneInfo(zone), now=now), kind="feed")
        case "sitemap":
            return _of_sitemap(read_sitemap(body, url, content_type, zone=zone))
        case "json":
            found = read_json(body, url, content_type, zone=ZoneInfo(zone), now=now, is_article=is_article)
            return _of_json(found, url, now, zone, is_article)
    return _of_page(body, url, content_type, now, zone, is_article)


def _of_page(
    body: bytes,
    url: str,
    content_type: str | None,
    now: datetime,
    zone: str,
    is_article: Callable[[str], bool] | None,
) -> Listing:
    document = Document(body, url, content_type)
    site_zone = ZoneInfo(zone)
    found, rest = _main(document, site_zone, now, is_article)
    result = Listing([_entry(e) for e in found], encoding=document.decoded.encoding)
    if not found and (markup := state.markup(document)):
        result.entries = _of_page(markup.encode(), url, _UTF_8, now, zone, is_article).entries
    elif not found:
        result.entries = _of_scripts(document, url, now, zone, is_article)
    known = {e.url for e in found}
    if is_article is not None:
        for entry in rest:
            if entry.url not in known:
                known.add(entry.url)
                result.others.append(_entry(entry))
    result.counter = pager.counter(document)
    result.next = pager.next_page(document, url, result.counter)
    result.more = None if result.next else load_more(document)
    result.feeds = feeds_of(document)
    result.links = list(
        dict.fromkeys(u for u in (document.absolute(link.href) for link in document.links) if u)
    )
    result.menu = _menu(document, url, known, is_article)
    return result


def _of_scripts(
    document: Document, url: str, now: datetime, zone: str, is_article: Callable[[str], bool] | None
) -> list[ListingEntry]:
    """The longest list in the scripts of a page that shows none."""
    lists = (
        read_data(value, url, zone=ZoneInfo(zone), now=now, is_article=is_article).entries
        for value in state.values(document)
    )
    longest = max(lists, key=len, default=[])
    return longest if len(longest) >= MIN_RECORDS else []


def _of_sitemap(found: Sitemap) -> Listing:
    day = "lastmod" if found.kind == "index" else "published"
    entries = [
        ListingEntry(e.url, e.title or "", date=(getattr(e, day) or "")[:10] or None) for e in found.entries
    ]
    return Listing(entries, kind="index" if found.kind == "index" else "sitemap")


def _of_json(
    found: JsonListing, url: str, now: datetime, zone: str, is_article: Callable[[str], bool] | None
) -> Listing:
    if found.html is not None:
        inside = _of_page(found.html.encode(), url, _UTF_8, now, zone, is_article)
        inside.more = inside.next or found.next or found.more
        inside.next, inside.feeds = None, []
        return inside
    kind: Literal["feed", "listing"] = "feed" if found.is_feed else "listing"
    return Listing(found.entries, found.others, found.next, found.more, kind)


def _entry(entry: Entry) -> ListingEntry:
    flash = _FLASH.fullmatch(entry.title) if entry.title.startswith("【") else None
    if flash is not None:
        return ListingEntry(entry.url, flash["title"], entry.summary or flash["text"], entry.date)
    return ListingEntry(entry.url, entry.title, entry.summary, entry.date)


def _main(
    document: Document, zone: ZoneInfo, now: datetime, is_article: Callable[[str], bool] | None
) -> tuple[list[Entry], list[Entry]]:
    """The entries of the main list, and every article link where ``is_article`` can tell."""
    everything: list[Entry] = []
    if is_article is not None:
        every = {u for u in (document.absolute(link.href) for link in document.links) if u and is_article(u)}
        everything = entries.split(document, 0, len(document.blocks), zone, now, only=every)
        everything += _untitled(document, {e.url for e in everything}, is_article)
    found: list[Entry] = []
    best, ranked = 0.0, False
    others: list[list[Entry]] = []
    for records in record_lists(document, is_article)[:4]:
        wanted = {url for url, _ in records.titles}
        inside = _once(
            entries.split(document, begin(document, records), records.last, zone, now, only=wanted)
        )
        if not inside:
            continue
        headed.days(document, inside, zone, now)
        dated = sum(e.date is not None for e in inside) / len(inside)
        told = sum(e.summary is not None for e in inside) / len(inside)
        score = records.score * (1.0 + 0.8 * dated + 0.6 * told)
        if not records.ranked:
            others.append(inside)
        if score > best:
            best, found, ranked = score, inside, records.ranked
    if is_article is None and (ranked or not found):
        alone = _alone(document, {entry.url for entry in found}, zone, now)
        found, ranked = alone or found, ranked and not alone
    if len(found) < MIN_RECORDS and (cards := unlinked.cards(document, zone, now, is_article)):
        return cards, everything
    if ranked:
        return found, everything
    below = next(
        (inside for inside in others if inside is not found and headed.goes_on(document, found, inside)), []
    )
    known = {entry.url for entry in found}
    found = found + [entry for entry in below if entry.url not in known]
    return headed.top_stories(document, found, zone, now) + found, everything


def _alone(document: Document, ranking: set[str], zone: ZoneInfo, now: datetime) -> list[Entry]:
    """Where no link is like another, or only those of a ranking: a list of one, told by the date beside
    its title.
    """
    found = _once(entries.split(document, 0, len(document.blocks), zone, now))
    found = [entry for entry in found if entry.url not in ranking]
    dated = [entry for entry in found if entry.date is not None and len(entry.title) >= LONE_TITLE]
    return dated if len(dated) == 1 else []


def _once(found: list[Entry]) -> list[Entry]:
    kept: dict[str, Entry] = {}
    for entry in found:
        kept.setdefault(entry.url, entry)
    return list(kept.values())


def _untitled(document: Document, known: set[str], is_article: Callable[[str], bool]) -> list[Entry]:
    """Article links that show no title of their own (a picture, 阅读全文): reported with what they have."""
    found = []
    for link in document.links:
        url = document.absolute(link.href)
        if url and url not in known and is_article(url):
            known.add(url)
            found.append(Entry(url, link, link.block, link.block + 1, title=link.title or link.text))
    return found


def _menu(
    document: Document, url: str, known: set[str], is_article: Callable[[str], bool] | None
) -> list[tuple[str, str]]:
    """Navigation links of the same site with a short name that are neither articles nor service pages."""
    host = urlsplit(url).hostname or ""
    root = host.removeprefix("www.").removeprefix("m.")
    found: dict[str, str] = {}
    for link in document.links:
        text = link.text
        target = document.absolute(link.href)
        if target is None or target in known or target in found or not 2 <= len(text) <= MENU_TITLE:
            continue
        if (
            markers.NO_CHANNEL.search(simplified(text))
            or markers.is_next(text)
            or text.strip(" []").isdigit()
        ):
            continue
        parts = urlsplit(target)
        if not (parts.hostname == host or (parts.hostname or "").endswith("." + root)):
            continue
        if (is_article is not None and is_article(target)) or target.partition("#")[0] == url.partition("#")[
            0
        ]:
            continue
        if parts.path in ("", "/") and parts.hostname == host and not parts.query:
            continue
        found[target] = text
    return list(found.items())
