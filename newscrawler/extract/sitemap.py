"""Sitemaps and sitemap indexes (sitemaps.org), news sitemaps among them; also gzipped, broken, or plain text.

Never raises for what a site may send: what is no sitemap has the kind None. Nothing outside the bytes is
read: no DTD, no entities of the file's own, no network.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Literal
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from newscrawler import clock
from newscrawler.extract.decode import decode
from newscrawler.extract.stamp import stamp
from newscrawler.items import DEFAULT_ZONE

MOST_BYTES = 50 * 2**20
"""Unpacked; what a sitemap may have by its rules. The rest is not read."""
MOST_ENTRIES = 50_000
"""Likewise."""
GZIP = b"\x1f\x8b"
_LAYERS = 3
"""So often a file may be packed: some servers compress what is compressed already."""
_PIECE = 2**16
_BARE = re.compile(rb"&(?!#?\w{1,10};)")
"""An ampersand of an address that should have been an entity: the parser would leave its parameter out."""
_ROOT = re.compile(rb"<(?:\w+:)?(?P<name>urlset|sitemapindex)\b", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]{0,1000}(?:\[.{0,100000}?\]\s*)?>", re.IGNORECASE | re.DOTALL)
"""It may define entities that grow without end, or that name files; no feed and no sitemap needs one."""
_DAY = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?:(?P<mark>[-/_])(?P<month>0?[1-9]|1[0-2])(?!\d)(?:(?P=mark)(?P<day>0?[1-9]|[12]\d|3[01])"
    r"(?!\d))?|(?P<mm>0[1-9]|1[0-2])(?P<dd>0[1-9]|[12]\d|3[01])(?!\d))"
)
"""2025-09-30, 2025/9, 20250930 in an address; six digits alone may be anything."""


@dataclass(slots=True)
class SitemapEntry:
    """One ``url`` of a sitemap, or one ``sitemap`` of an index."""

    url: str
    """Absolute, http or https; of any host."""
    lastmod: str | None = None
    """When it last changed: ISO 8601 with an offset, or YYYY-MM-DD; not when it was published."""
    published: str | None = None
    """``news:publication_date``, in the same form."""
    title: str | None = None
    """``news:title``."""


@dataclass(slots=True)
class Sitemap:
    """What one sitemap file says."""

    kind: Literal["index", "urlset"] | None = None
    """``index``: its entries are further sitemaps; ``urlset``: pages; None: it is no sitemap."""
    entries: list[SitemapEntry] = field(default_factory=list)
    """In the file's order."""
    cut: bool = False
    """The file ends in its middle, or is larger than MOST_BYTES or MOST_ENTRIES."""


def read_sitemap(
    body: bytes, url: str, content_type: str | None = None, *, zone: str = DEFAULT_ZONE
) -> Sitemap:
    """Read the sitemap at ``url``, whose relative addresses are taken from there.

    ``zone``: of times that state none.
    """
    data, cut = unpacked(body)
    text = DOCTYPE.sub(b"", decode(data, content_type).utf8, count=1)
    root = _ROOT.search(text)
    if root is None or b"<html" in text[: root.start()].lower():
        found = [] if b"<" in text[:1000] else _of_lines(text)
        return Sitemap("urlset" if found else None, found, cut)
    kind: Literal["index", "urlset"] = "urlset" if root["name"].lower() == b"urlset" else "index"
    result = Sitemap(kind, cut=cut or not _ends_whole(text))
    times = _Times(ZoneInfo(zone))
    text = text[root.start() :]
    if b"<![CDATA[" not in text:
        text = _BARE.sub(b"&amp;", text)
    for element in _elements(text):
        if len(result.entries) >= MOST_ENTRIES:
            result.cut = True
            break
        entry = _entry(element, url, times)
        if entry is not None:
            result.entries.append(entry)
    return result


def unpacked(body: bytes, most: int = MOST_BYTES) -> tuple[bytes, bool]:
    """``body`` without its layers of gzip, ``most`` bytes of it; and whether something is missing."""
    cut = False
    for _ in range(_LAYERS):
        if not body.startswith(GZIP):
            break
        body, ended = _gunzipped(body, most)
        cut |= not ended
    return body[:most], cut or len(body) > most


def _gunzipped(body: bytes, most: int) -> tuple[bytes, bool]:
    """What a gzip stream holds, all members of it, and whether it came to its end."""
    found, size = [], 0
    stream = zlib.decompressobj(31)
    rest = body
    with suppress(zlib.error):  # what was whole before the damage is kept
        while size <= most:
            piece = stream.decompress(rest, _PIECE)
            found.append(piece)
            size += len(piece)
            rest = stream.unconsumed_tail
            if stream.eof:
                rest = stream.unused_data
                if not rest.startswith(GZIP):
                    return b"".join(found), True
                stream = zlib.decompressobj(31)
            elif not piece and not rest:
                break
    return b"".join(found), False


def is_older(stated: str | None, horizon: datetime, zone: ZoneInfo) -> bool:
    """Whether a time as entries state it lies before ``horizon`` (aware); a day alone ends at its midnight.

    What states no time is not older.
    """
    if stated is None:
        return False
    if len(stated) == 10:
        return stated < horizon.astimezone(zone).date().isoformat()
    return datetime.fromisoformat(stated) < horizon


def time_of(entry: SitemapEntry) -> str | None:
    """When the page was published or changed, else the day (of a month the last) that its address states."""
    if entry.published or entry.lastmod:
        return entry.published or entry.lastmod
    found = _DAY.search(urlsplit(entry.url).path)
    if found is None:
        return None
    month, day = found["month"] or found["mm"], found["day"] or found["dd"] or "31"
    return f"{found['year']}-{int(month):02}-{int(day):02}"


def newest_first(entries: Iterable[SitemapEntry]) -> list[SitemapEntry]:
    """Sorted by time_of(); those without a time last, in the file's order."""
    return sorted(entries, key=lambda entry: time_of(entry) or "", reverse=True)


class _Times:
    """Reads times, each form of words once: a sitemap made in one go states the same one for all."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone, self._now = zone, clock.now()
        self._known: dict[str, str | None] = {}

    def read(self, text: str | None) -> str | None:
        if not text:
            return None
        if text not in self._known:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[text] = stamp(text, self._zone, self._now)
        return self._known[text]


def _elements(text: bytes) -> Iterator[etree._Element]:
    """The ``url`` and ``sitemap`` elements, each forgotten after it was looked at."""
    with suppress(etree.XMLSyntaxError):
        for _, element in etree.iterparse(
            BytesIO(text),
            recover=True,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        ):
            if _name(element) in {"url", "sitemap"}:
                yield element
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]


def _name(element: etree._Element) -> str:
    """Without its namespace; a prefix that nobody declared is taken off as well."""
    tag = element.tag
    return str(tag).rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _entry(element: etree._Element, base: str, times: _Times) -> SitemapEntry | None:
    said: dict[str, str] = {}
    for child in element:
        name = _name(child)
        inside = [child, *child] if name == "news" else child.iter() if name == "data" else [child]
        for one in inside:
            if one.text and one.text.strip():
                said.setdefault(_name(one), one.text.strip())
    url = absolute(base, said.get("loc", ""))
    if url is None:
        return None
    title = " ".join(said.get("title", "").split()) or None
    published = said.get("publication_date") or said.get("pubtime")  # the latter is Baidu's, in data/display
    return SitemapEntry(url, times.read(said.get("lastmod")), times.read(published), title)


def absolute(base: str, address: str) -> str | None:
    """``address`` as an http address without white space in it; None where it is none."""
    try:
        found = urljoin(base, address.strip()) if address.strip() else ""
    except ValueError:
        return None
    return found if re.fullmatch(r"https?://[^\s<>\"]+", found, re.IGNORECASE) else None


def _of_lines(text: bytes) -> list[SitemapEntry]:
    """A sitemap of plain text: an address a line, and nothing else."""
    lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    lines = lines[:MOST_ENTRIES]
    return [SitemapEntry(line) for line in lines] if all(absolute("", line) for line in lines) else []


def _ends_whole(text: bytes) -> bool:
    """Whether the root is closed: a file that is still being written, or was cut, has less."""
    tail = text[-2048:].lower()
    return b"urlset>" in tail or b"sitemapindex>" in tail or tail.rstrip().endswith(b"/>")
