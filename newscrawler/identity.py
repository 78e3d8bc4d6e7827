"""Which address is which article: canonical addresses, keys, fingerprints, ids. Pure; used everywhere.

The rules of known sites are data (``sites/*.toml``, read once); every other host gets a generic set that
strips only what is known to carry no identity.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from w3lib.url import canonicalize_url

from newscrawler.sitefile import SITES, Site

ID_SHIFT = 20
"""An article's id is its publication second times 2**20 plus 20 bits of its address's hash."""

_SITE_OF_HOST = {host: site for site in SITES for host in site.hosts}
"""By the host as a site's file names it: with a port where it has one of its own."""

_MOBILE = ("m.", "wap.", "3g.")
"""How the names of hosts begin that show the same pages to telephones."""

# /html/2025-09/960596.html, its later parts 960596_2.html, and the old /n12345678.aspx.
ARTICLE_PATH = re.compile(
    r"/html/(?P<month>\d{4}-\d{2})/0*(?P<id>\d+)(?:_(?P<part>\d{1,3}))?\.html?"
    r"|/n(?P<old>\d{5,12})\.aspx",
    re.ASCII | re.IGNORECASE,
)

# Query parameters that say how a reader came, never which article it is.
_LITTER = re.compile(
    r"utm_\w+|spm|from|fr|ref|referer|referrer|src|source|share\w*|wx\w*|tdsourcetag|isappinstalled"
    r"|gclid|fbclid|hmsr|hmpl|hmcu|hmkw|hmci|_t|timestamp|nsukey|scene|clicktime|enterid|f_link_type|vt",
    re.IGNORECASE,
)

# 123456_2.html on an unknown host: a later part of 123456.html. The stem must be a long number
# (t20250930_1234567.html is one id, photo_2.html is a name).
_GENERIC_PART = re.compile(
    r"(?P<stem>/(?:[^/]*\D)?\d{5,})_(?P<part>[1-9]\d?)(?P<end>\.s?html?)$", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart: its canonical form and why the given form differs from it."""

    url: str
    """The canonical address."""
    site: str
    """The known site's id, else ``host:port`` as the address has it (``host`` where it names no port)."""
    is_article: bool
    """True when it has the shape of one of the site's articles (of ITBEAR's, where the site names none)."""
    part: int
    """1 for the article itself, 2… for its later parts."""
    reasons: tuple[str, ...]
    """Why the given form is an alias: http, mobile, bare_host, query, fragment, part, zeros, form."""


@lru_cache(maxsize=4096)  # 0.4 KB each; a page has some 50, and its parts and pipelines ask again
def address(url: str) -> Address:
    """Take ``url`` (absolute, http or https) apart.

    Raises ValueError when it is not an http(s) address with a host.
    """
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in {"http", "https"} or not host:
        raise ValueError(f"{url!r} is not an http or https address")
    port = parts.port
    name = _name_of(host, port)
    site = _SITE_OF_HOST.get(name)
    reasons: list[str] = []
    if site is not None:
        netloc, site_id = site.hosts[name], site.id
        if netloc != name:
            reasons.append("mobile" if name.startswith(_MOBILE) else "bare_host")
        if ":" not in netloc:  # a port speaks one of the two alone
            if scheme == "http":
                reasons.insert(0, "http")
            scheme = "https"
    else:
        default = {"http": 80, "https": 443}[scheme]
        shown = f"[{host}]" if ":" in host else host
        netloc = shown if port in (None, default) else f"{shown}:{port}"
        site_id = netloc
    if parts.fragment:
        reasons.append("fragment")

    article = _as_article(site, parts.path, parts.query, reasons)
    if article is not None:
        path, query, part = article
        canonical = urlunsplit((scheme, netloc, path, query, ""))
        if not reasons and canonical != url:
            reasons.append("form")
        return Address(canonical, site_id, True, part, tuple(reasons))

    clean = urlsplit(
        canonicalize_url(urlunsplit((scheme, netloc, parts.path, parts.query, "")), keep_blank_values=True)
    )
    path, part = clean.path, 1
    generic = _GENERIC_PART.search(path)
    if generic is not None:
        part = int(generic["part"])
        path = path[: generic.start()] + generic["stem"] + generic["end"]
        reasons.append("part")
    query = clean.query
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        kept = [(name, value) for name, value in pairs if not _LITTER.fullmatch(name)]
        if len(kept) != len(pairs):
            query = canonicalize_query(kept)
            reasons.append("query")
    canonical = urlunsplit((scheme, netloc, path or "/", query, ""))
    if not reasons and canonical != url:
        reasons.append("form")
    return Address(canonical, site_id, False, part, tuple(reasons))


def _name_of(host: str, port: int | None) -> str:
    """The name under which a site's file may have the host: with its port, where that is named."""
    if port is not None and f"{host}:{port}" in _SITE_OF_HOST:
        return f"{host}:{port}"
    return host


def canonicalize_query(pairs: list[tuple[str, str]]) -> str:
    """``pairs`` as a query string, sorted, so that the order of parameters is no difference."""
    return urlencode(sorted(pairs))


def _as_article(site: Site | None, path: str, query: str, reasons: list[str]) -> tuple[str, str, int] | None:
    """(canonical path, query, part) of an article's address, or None; what was folded joins ``reasons``."""
    if site is not None and site.articles:
        return _as_described(site, path, query, reasons)
    shape = ARTICLE_PATH.fullmatch(path)
    if shape is None:
        return None
    if query:
        reasons.append("query")
    path, part = _article_path(shape, path, reasons)
    return path, "", part


def _as_described(site: Site, path: str, query: str, reasons: list[str]) -> tuple[str, str, int] | None:
    given = dict(parse_qsl(query))
    for pattern, names in zip(site.articles, site.parameters, strict=True):
        found = pattern.fullmatch("\n".join([path, *(given.get(name, "") for name in names)]))
        if found is None:
            continue
        groups = found.groupdict()
        own = urlencode([(name, groups[f"q{number}"]) for number, name in enumerate(names)])
        if own != query:
            reasons.append("query")
        if groups.get("part"):
            reasons.append("part")
        return groups["stem"] + (groups.get("end") or ""), own, int(groups.get("part") or 1)
    return None


def _article_path(shape: re.Match[str], given: str, reasons: list[str]) -> tuple[str, int]:
    if shape["old"]:
        path, part = f"/n{shape['old']}.aspx", 1
    else:
        path, part = f"/html/{shape['month']}/{shape['id']}.html", int(shape["part"] or 1)
        if shape["part"]:
            reasons.append("part")
        elif f"/0{shape['id']}." in given or re.search(r"/0+\d+\.html?$", given):
            reasons.append("zeros")
    return path, part


class Numbered(NamedTuple):
    """An article's address as a number in a sequence: ids that rise with time, under folders of time."""

    sequence: str
    """The address with ``{folder}`` and ``{number}`` in it: what all of the sequence have in common."""
    folder: str
    """The month or the day as the address has it: 2025-09, 20250930."""
    number: int

    @property
    def url(self) -> str:
        """The address."""
        return self.sequence.replace("{folder}", self.folder).replace("{number}", str(self.number))


@lru_cache(maxsize=4096)
def month_of(folder: str) -> str:
    """The month of a folder (Numbered.folder), YYYY-MM."""
    digits = re.sub(r"\D", "", folder)
    return f"{digits[:4]}-{digits[4:6]}"


@lru_cache(maxsize=4096)
def is_time(folder: str | None) -> bool:
    """Whether what stands in a folder's place (Numbered.folder) is a month or a day: 2025-13 is none."""
    digits = re.sub(r"\D", "", folder or "")
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8] or 1))
    except ValueError:
        return False
    return True


def numbered(url: str) -> Numbered | None:
    """The canonical address ``url`` as a number of its sequence; None where it holds no id and month.

    Which do is data: a shape of the site (``sites/*.toml``) with an ``{id}`` and a ``{month}`` or ``{date}``
    in its path, and ITBEAR's own. Only known sites have sequences, a host one for each shape.
    """
    parts = urlsplit(url)
    site = _SITE_OF_HOST.get(parts.netloc)
    if site is None or parts.query:
        return None
    for pattern, folder in [(p, "folder") for p in site.articles] or [(ARTICLE_PATH, "month")]:
        if not {"id", folder} <= pattern.groupindex.keys():
            continue
        found = pattern.fullmatch(parts.path)
        if found is None or not is_time(found[folder]):
            continue
        if found["id"].startswith("0") or len(found["id"]) > 15:
            continue
        places = sorted([(found.span(folder), "{folder}"), (found.span("id"), "{number}")], reverse=True)
        path = parts.path
        for (start, end), place in places:
            path = path[:start] + place + path[end:]
        return Numbered(f"{parts.scheme}://{parts.netloc}{path}", found[folder], int(found["id"]))
    return None


def is_numbered(site_id: str) -> bool:
    """Whether article addresses of the site hold an id and a month or a day, so that some can be guessed."""
    site = next((site for site in SITES if site.id == site_id), None)
    if site is None:
        return False
    return not site.articles or any({"id", "folder"} <= p.groupindex.keys() for p in site.articles)


def canonical(url: str) -> str:
    """The canonical form of ``url``; applying it twice changes nothing."""
    return address(url).url


def is_home(url: str) -> bool:
    """Whether ``url`` is that of a home page; /?p=123 may well be an article's."""
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def site_of(url: str) -> str:
    """The id of the known site ``url`` belongs to, else its ``host:port``."""
    return address(url).site


def hosts_of(site_id: str) -> frozenset[str]:
    """Every host of a known site, with the port that its file names; empty for an unknown one."""
    return frozenset(host for host, site in _SITE_OF_HOST.items() if site.id == site_id)


def is_described(site_id: str) -> bool:
    """Whether the file of a known site says what its articles' addresses look like."""
    return any(site.articles for site in _SITE_OF_HOST.values() if site.id == site_id)


def mobile_twin(url: str) -> str | None:
    """The mobile twin of a known site's page at ``url``, or None where there is none."""
    parts = urlsplit(url)
    name = _name_of(parts.hostname or "", parts.port)
    site = _SITE_OF_HOST.get(name)
    if site is None or name.startswith(_MOBILE):
        return None
    twins = [h for h, target in site.hosts.items() if target == site.hosts[name] and h.startswith(_MOBILE)]
    return urlunsplit((parts.scheme, twins[0], parts.path, parts.query, "")) if twins else None


def key64(text: str) -> int:
    """A signed 64-bit key of ``text`` (BLAKE2b), for unique indexes narrower than the text itself."""
    return int.from_bytes(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def key_of(url: str | None) -> int | None:
    """The key under which the archive has the address ``url``, in any form; None where it is none."""
    try:
        return key64(canonical(url or ""))
    except ValueError:
        return None


_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"

# Full-width marks stand in nearly every Chinese sentence, and one of them sends a text the slow way
# through normalize(). Replaced beforehand by what NFKC makes of each, the result is the same.
_FULL_WIDTH = [(mark, unicodedata.normalize("NFKC", mark)) for mark in "，：；！？（）％～－／．＋…℃\u3000"]

SHORT_TEXT = 60
"""Below this many characters a body alone is no identity ("如图。"): the title joins the fingerprint."""


@lru_cache(maxsize=16)  # dedupe, fingerprint and near-duplicates ask for a body; a crawl has some at a time
def normal_form(text: str) -> str:
    """``text`` with NFKC applied, white space and invisible characters taken out."""
    for mark, plain in _FULL_WIDTH:
        text = text.replace(mark, plain)
    text = "".join(unicodedata.normalize("NFKC", text).split())
    for character in _INVISIBLE:  # with those before, half as long as a pattern takes
        text = text.replace(character, "")
    return text


def fingerprint(title: str, body: str) -> int:
    """A signed 64-bit fingerprint of an article's text in its normal form.

    Two articles with the same fingerprint are exact copies, whatever their titles;
    for a body under SHORT_TEXT characters the title counts too.
    """
    text = normal_form(body)
    if len(text) < SHORT_TEXT:
        text = normal_form(title) + "\0" + text
    return key64(text)


def published_second(published_at: str | None, zone: str = "Asia/Shanghai") -> int | None:
    """``published_at`` (ISO 8601 with offset, or a date alone: its midnight in ``zone``) as a Unix second.

    None for None and for what is no time.
    """
    if not published_at:
        return None
    try:
        if len(published_at) == 10:
            day = date.fromisoformat(published_at)
            moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
        else:
            moment = datetime.fromisoformat(published_at)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp())


def article_id(url: str, published_at: str | None, first_seen: datetime, zone: str = "Asia/Shanghai") -> int:
    """The first choice of id for an article: ids rise with the time of publication, below 2**53.

    ``url`` is canonical, ``first_seen`` aware. An article without a date, dated before 1970 or more
    than a day after it was first seen is placed at ``first_seen``. On a clash take the next free id.
    """
    second = published_second(published_at, zone)
    limit = int((first_seen + timedelta(days=1)).timestamp())
    if second is None or second < 0 or second > limit:
        second = int(first_seen.timestamp())
    return (second << ID_SHIFT) + (key64(url) & ((1 << ID_SHIFT) - 1))
