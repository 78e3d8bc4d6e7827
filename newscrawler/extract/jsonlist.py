"""Listings that are JSON, as the button 加载更多 ("load more") fetches them, and JSON Feeds: to entries.

Nobody agrees on names, so an entry is an object with an address and a title under some name that says so,
and the list is the one that has most of them. JSONP, and HTML inside JSON, are read as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from newscrawler.extract.decode import decode
from newscrawler.extract.feed import plain, shortened
from newscrawler.extract.kind import CALL
from newscrawler.extract.more import following
from newscrawler.extract.pager import page_number
from newscrawler.extract.sitemap import absolute
from newscrawler.extract.stamp import stamp
from newscrawler.items import ListingEntry

MOST_BYTES = 8 * 2**20
MOST_VALUES = 200_000
"""So many values of an answer are looked at."""
_ASIDE = re.compile(
    r"external|img|image|pic|thumb|cover|avatar|icon|logo|src|video|author|user|source|comment|tag|channel|categor",
    re.IGNORECASE,
)
"""Names of what belongs to an article and is not it, or is elsewhere."""
_ADDRESS = re.compile(r"url|link|href|uri|permalink|address", re.IGNORECASE)
TITLES = ("title", "headline", "subject", "topic")
_SUMMARIES = ("summary", "digest", "abstract", "description", "desc", "intro", "brief", "excerpt")
_TIMES = ("publish", "pub", "post", "release", "create", "add", "input", "date", "time")
"""In this order: an article's publication goes before what else has a time."""
_CHANGED = re.compile(r"upd|modif|edit|expire|reply|comment", re.IGNORECASE)
_NEXT = re.compile(r"next(?:_?page)?(?:_?(?:url|link|href))?|more_?(?:url|link)", re.IGNORECASE)
_MORE = re.compile(r"has_?(?:more|next)(?:_?page)?|more|is_?more", re.IGNORECASE)
_END = re.compile(r"(?:is_?)?(?:end|last|no_?more|finish(?:ed)?)(?:_?page)?", re.IGNORECASE)
_PAGES = re.compile(r"(?:total_?|max_?|all_?)pages?|pages?_?(?:count|total|num)|last_?page", re.IGNORECASE)


@dataclass(slots=True)
class JsonListing:
    """What one JSON answer says."""

    entries: list[ListingEntry] = field(default_factory=list)
    """The list with most entries, in its order."""
    others: list[ListingEntry] = field(default_factory=list)
    """Entries of other lists; filled when ``is_article`` is given."""
    next: str | None = None
    """The next older page, as the answer names it…"""
    more: str | None = None
    """…or where it says nothing to the contrary: its own address with the next number."""
    is_feed: bool = False
    """A JSON Feed (jsonfeed.org)."""
    html: str | None = None
    """The entries are markup in a string: to be read as a page."""


def read_json(
    body: bytes,
    url: str,
    content_type: str | None,
    *,
    zone: ZoneInfo,
    now: datetime,
    is_article: Callable[[str], bool] | None = None,
) -> JsonListing:
    """Read the JSON at ``url``; what is none has no entries. Never raises for what a site may send."""
    return read_data(
        _loaded(decode(body[:MOST_BYTES], content_type).text), url, zone=zone, now=now, is_article=is_article
    )


def read_data(
    data: Any,
    url: str,
    *,
    zone: ZoneInfo,
    now: datetime,
    is_article: Callable[[str], bool] | None = None,
) -> JsonListing:
    """The same of what was JSON."""
    values = list(_values(data))
    reader = _Reader(url, zone, now, is_article)
    lists = [[e for one in _members(value) if (e := reader.within(one))] for _, value in values]
    lists = sorted(filter(None, lists), key=len, reverse=True)
    result = JsonListing(is_feed=isinstance(data, dict) and "jsonfeed.org" in str(data.get("version")))
    known: set[str] = set()
    for place, entries in enumerate(lists if is_article else lists[:1]):
        for entry in entries:
            if entry.url not in known:
                known.add(entry.url)
                (result.others if place else result.entries).append(entry)
    if not result.entries:
        markup = [value for _, value in values if isinstance(value, str) and "<a " in value.lower()]
        result.html = max(markup, key=len, default=None)
    if not result.is_feed:
        result.next, result.more = _way_on(values, url, len(result.entries) or int(bool(result.html)))
    return result


def _loaded(text: str) -> Any:
    call = CALL.match(text)
    try:
        if call is None or not call[0].strip():
            return json.loads(text)
        return json.JSONDecoder().raw_decode(text, call.end())[0]
    except (ValueError, RecursionError):
        return None


def _values(data: Any) -> Iterator[tuple[str, Any]]:
    """(name, value) of everything in ``data``, outermost first; what stands in a list has the list's name."""
    level = [("", data)]
    seen = 0
    while level and seen < MOST_VALUES:
        deeper: list[tuple[str, Any]] = []
        for name, value in level:
            seen += 1
            yield name, value
            if isinstance(value, dict):
                deeper.extend((str(key), inner) for key, inner in value.items())
            elif isinstance(value, list):
                deeper.extend((name, inner) for inner in value)
        level = deeper


def _members(value: Any) -> list[Any]:
    """The members of a list, or of an object that has them under their ids."""
    if isinstance(value, dict):
        ids = len(value) > 1 and all(any(map(str.isdigit, str(name))) for name in value)
        return list(value.values()) if ids else []
    return value if isinstance(value, list) else []


def _rendered(value: Any) -> Any:
    """The text of what WordPress sends as {"rendered": …}."""
    return value["rendered"] if isinstance(value, dict) and "rendered" in value else value


def _unpacked(value: Any) -> Any:
    """The object that a text is when it is JSON itself."""
    if isinstance(value, str) and value[:2] == '{"':
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value


class _Reader:
    """Makes entries of objects."""

    def __init__(
        self, url: str, zone: ZoneInfo, now: datetime, is_article: Callable[[str], bool] | None
    ) -> None:
        self._url, self._zone, self._now, self._is_article = url, zone, now, is_article

    def entry(self, value: object) -> ListingEntry | None:
        """The entry that ``value`` is; None where it is no object or lacks an address or a title."""
        if not isinstance(value, dict):
            return None
        said = {
            str(key): inner
            for key, inner in ((key, _rendered(inner)) for key, inner in value.items())
            if isinstance(inner, str | int | float)
        }
        address = self._address(said)
        title = plain(named(said, TITLES))
        if address is None or title is None:
            return None
        return ListingEntry(
            address, title, shortened(plain(named(said, _SUMMARIES))), _day(said, self._zone, self._now)
        )

    def within(self, value: object) -> ListingEntry | None:
        """The entry that ``value`` is, or that is the one thing in it: {"node": {…}}, {"content": "{…}"}."""
        entry = self.entry(value)
        if entry is None and isinstance(value, dict):
            inside = (_unpacked(inner) for name, inner in value.items() if not _ASIDE.search(str(name)))
            entry = next(filter(None, map(self.entry, inside)), None)
        return entry

    def _address(self, said: dict[str, Any]) -> str | None:
        """The first article's where ``is_article`` can tell, else the first under a name for addresses."""
        found = []
        for name, value in said.items():
            looks = isinstance(value, str) and (_ADDRESS.search(name) or value.startswith(("http", "/")))
            if looks and not _ASIDE.search(name) and (address := absolute(self._url, value)):
                found.append((address, bool(_ADDRESS.search(name))))
        if self._is_article is not None:
            return next((address for address, _ in found if self._is_article(address)), None)
        return next((address for address, named in found if named), None)


def _day(said: dict[str, Any], zone: ZoneInfo, now: datetime) -> str | None:
    return (time_of(said, zone, now) or "")[:10] or None


def time_of(said: dict[str, Any], zone: ZoneInfo, now: datetime) -> str | None:
    """When an object was published, as ``stamp`` gives it."""
    for word in _TIMES:
        for name, value in said.items():
            if word in name.lower() and not _CHANGED.search(name) and not isinstance(value, bool):
                time = stamp(str(value), zone, now)
                if time is not None:
                    return time
    return None


def named(said: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The text under the first of ``names``, or under a name that ends with it (``art_title``)."""
    for wanted in names:
        for name, value in said.items():
            if not _ASIDE.search(name) and name.lower().endswith(wanted) and str(value).strip():
                return str(value)
    return None


def _way_on(values: list[tuple[str, Any]], url: str, entries: int) -> tuple[str | None, str | None]:
    """The next older page that the answer names, or the next number; neither at the end."""
    if not entries:
        return None, None
    for name, value in values:
        if isinstance(value, str) and _NEXT.fullmatch(name) and re.match(r"https?://|/|\?|\./", value):
            return absolute(url, value), None
        if _is_last(name, value, page_number(url)):
            return None, None
    return None, following(url, entries)


def _is_last(name: str, value: object, page: int | None) -> bool:
    """Whether ``value`` under ``name`` says that no older page is there."""
    if not isinstance(value, int):  # a bool is one
        return False
    if _MORE.fullmatch(name):
        return not value
    if _END.fullmatch(name):
        return value is True or value == 1
    return _PAGES.fullmatch(name) is not None and page is not None and page >= value
