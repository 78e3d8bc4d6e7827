"""Which answers of a foreign WARC file make which pages: articles of which site, their parts, what led there.

Pure: entries go in, visits come out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from newscrawler import identity
from newscrawler.archive.foreign import Entry
from newscrawler.crawl.channels import HOME_PATHS

HTML = ("text/html", "application/xhtml")

MOST_REDIRECTS = 8

_PAGED = re.compile(
    r"(?P<article>[^?]*\d[^/?]*(?=\?)|[^?]*\?.*\d.*(?=&))[?&]page=(?P<part>[2-9]|[1-4]\d)", re.ASCII
)
"""An address that may be a later part of an article (see multipart.next_part), where no rules tell."""


@dataclass(frozen=True, slots=True)
class Visit:
    """An answer that may be an article, or its first part."""

    entry: Entry
    article: str
    """The canonical address."""
    site: str
    is_described: bool
    """Whether the site's rules say that it is an article's address; else its page alone can tell."""
    until: datetime | None
    """When the same address was fetched again."""


class Plan:
    """Takes the entries of all files, in any order; afterwards says what is to be read of them.

    ``sites``: only these (ids of known sites, else hosts); empty: all.
    """

    def __init__(self, sites: Collection[str] = ()) -> None:
        self.left_out: Counter[str] = Counter()
        """Why answers are not looked at -> how many."""
        self._sites = frozenset(sites)
        self._first: dict[tuple[str, datetime, str | None], Visit] = {}
        self._parts: dict[tuple[str, int], list[Entry]] = {}
        self._sources: dict[str, list[str]] = {}
        self._payloads: dict[str, Entry] = {}
        self._by_url: dict[str, Entry] = {}

    def add(self, entry: Entry) -> None:
        """Take an answer in."""
        if entry.kind != "revisit" and entry.status == 200:
            self._by_url[entry.url] = entry
            if entry.digest:
                self._payloads.setdefault(entry.digest, entry)
        if entry.location:
            self._sources.setdefault(entry.location.partition("#")[0], []).append(entry.url)
        reason = self._sort(entry)
        if reason:
            self.left_out[reason] += 1

    def _sort(self, entry: Entry) -> str | None:
        """Why ``entry`` is not looked at; None when it is taken for an article or a part of one."""
        if entry.status not in ({0, 200, 304} if entry.kind == "revisit" else {200}):
            return "redirects" if entry.location else "answers other than 200"
        if entry.content_type and not entry.content_type.strip().lower().startswith(HTML):
            return "no HTML"
        if entry.is_cut:
            return "cut by the tool that made the file"
        try:
            address = identity.address(entry.url)
        except ValueError:
            return "no address of a page"
        if self._sites and address.site not in self._sites:
            return "of other sites"
        is_known = bool(identity.hosts_of(address.site))
        if not address.is_article and (is_known or urlsplit(entry.url).path.lower() in HOME_PATHS):
            return "listings and other pages of the sites"
        if address.part > 1:
            self._parts.setdefault((address.url, address.part), []).append(entry)
            return None
        if paged := None if address.is_article else _PAGED.fullmatch(address.url):
            self._parts.setdefault((paged["article"], int(paged["part"])), []).append(entry)
        key = (entry.url, entry.fetched_at, entry.digest)
        self._first[key] = Visit(entry, address.url, address.site, address.is_article, None)
        return None

    def visits(self) -> list[Visit]:
        """What is to be read, the oldest first; the same answer in two files is one."""
        found: list[Visit] = []
        later: dict[str, datetime] = {}
        known = {visit.article for visit in self._first.values()}
        for visit in sorted(self._first.values(), key=_time, reverse=True):
            paged = None if visit.is_described else _PAGED.fullmatch(visit.article)
            if paged and paged["article"] in known:
                continue  # a later part of that
            found.append(replace(visit, until=later.get(visit.article)))
            later[visit.article] = visit.entry.fetched_at
        return found[::-1]

    def original(self, entry: Entry) -> Entry | None:
        """The entry whose payload ``entry`` has: itself, or what a revisit refers to; None: in no file."""
        if entry.kind != "revisit":
            return entry
        same = self._payloads.get(entry.digest or "")
        return same or self._by_url.get(entry.refers_to or entry.url)

    def part(self, visit: Visit, number: int) -> Entry | None:
        """Part ``number`` of the article as it was fetched with ``visit``.

        The first fetch after it, if the article was not fetched again before; else the last one before.
        """
        entries = sorted(self._parts.get((visit.article, number), []), key=lambda entry: entry.fetched_at)
        begin, end = visit.entry.fetched_at, visit.until
        for entry in entries:
            if begin <= entry.fetched_at and (end is None or entry.fetched_at < end):
                return entry
        before = [entry for entry in entries if entry.fetched_at < begin]
        return before[-1] if before else None

    def sources(self, url: str) -> list[str]:
        """The addresses that redirect to ``url``, directly or one by way of another."""
        found: list[str] = []
        wanted = [url]
        for _ in range(MOST_REDIRECTS):
            wanted = [
                source
                for target in wanted
                for source in self._sources.get(target.partition("#")[0], ())
                if source not in {url, *found}
            ]
            found += dict.fromkeys(wanted)
        return found


def _time(visit: Visit) -> tuple[datetime, str]:
    return visit.entry.fetched_at, visit.entry.url
