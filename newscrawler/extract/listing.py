"""Listing pages of any site: the entries of the main list, other article links, the next page, the menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newscrawler import clock
from newscrawler.extract import entries, headed, markers, pager
from newscrawler.extract.document import Document
from newscrawler.extract.entries import Entry
from newscrawler.extract.records import record_lists
from newscrawler.items import DEFAULT_ZONE, ListingEntry

LONE_TITLE = 8
"""A shorter title without a list around it may be anything."""
MENU_TITLE = 8
"""A channel's name is no longer than this."""


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
    """Read a listing page. With ``is_article`` no link that satisfies it is lost: it is an entry or
    among ``others``.
    """
    document = Document(body, url, content_type)
    now = fetched_at or clock.now()
    if now.tzinfo is None:
        now = now.replace(tzinfo=UTC)
    site_zone = ZoneInfo(zone)
    found, rest = _main(document, site_zone, now, is_article)
    result = Listing([_entry(e) for e in found], encoding=document.decoded.encoding)
    known = {e.url for e in found}
    if is_article is not None:
        for entry in rest:
            if entry.url not in known:
                known.add(entry.url)
                result.others.append(_entry(entry))
    result.counter = pager.counter(document)
    result.next = pager.next_page(document, url, result.counter)
    result.links = list(
        dict.fromkeys(u for u in (document.absolute(link.href) for link in document.links) if u)
    )
    result.menu = _menu(document, url, known, is_article)
    return result


def _entry(entry: Entry) -> ListingEntry:
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
    for records in record_lists(document, is_article)[:4]:
        wanted = {url for url, _ in records.titles}
        inside = _once(entries.split(document, records.first, records.last, zone, now, only=wanted))
        if not inside:
            continue
        headed.days(document, inside, zone, now)
        dated = sum(e.date is not None for e in inside) / len(inside)
        told = sum(e.summary is not None for e in inside) / len(inside)
        score = records.score * (1.0 + 0.8 * dated + 0.6 * told)
        if score > best:
            best, found, ranked = score, inside, records.ranked
    if is_article is None and (ranked or not found):
        alone = _alone(document, {entry.url for entry in found}, zone, now)
        found, ranked = alone or found, ranked and not alone
    if ranked:
        return found, everything
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
            markers.NO_CHANNEL.search(text)
            or markers.NEXT_TEXT.fullmatch(text)
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
