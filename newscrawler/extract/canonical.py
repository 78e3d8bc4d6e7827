"""The address that a page states as its own (``<link rel="canonical">``), and when it is believed. Pure.

Templates lie: all pages name the home page, an address without the parameter that tells articles apart, or
the article of another one's cache. So the stated address must be of the same site and hold the same id.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from newscrawler import identity
from newscrawler.extract.shapes import LONG, shape

_DOOR = re.compile(r"(?:www|m|wap|3g|mobile|touch|amp)\.")
"""How the names of one site's hosts may begin, as its readers come in."""
_ID = re.compile(rf"\d{{{LONG},}}", re.ASCII)


def believed(fetched: str, stated: str | None) -> str | None:
    """The canonical form of what the page at ``fetched`` states (both absolute); None: its own stands.

    Of a site with rules the rules decide alone.
    """
    if not stated:
        return None
    try:
        own, other = identity.address(fetched), identity.address(stated)
    except ValueError:
        return None
    if any(identity.hosts_of(address.site) for address in (own, other)):
        return None
    here, there = urlsplit(own.url), urlsplit(other.url)
    # A port is a door as well: a twin of a site on one machine.
    if _site(here.hostname or "") != _site(there.hostname or "") or not _is_same(own.url, other.url):
        return None
    if here.scheme == "https":  # also where the template was written before the site spoke it
        there = there._replace(scheme="https")
    taken = identity.canonical(there.geturl())
    return taken if taken != own.url else None


def _site(netloc: str) -> str:
    return _DOOR.sub("", netloc, count=1) if _DOOR.match(netloc) else netloc


def _is_same(own: str, other: str) -> bool:
    """Whether two canonical addresses hold the same id: a long number or title in the path's last part."""
    here, there = urlsplit(own), urlsplit(other)
    asked, kept = parse_qsl(here.query), parse_qsl(there.query)
    name, stated = _name(here.path), _name(there.path)
    if _tells(name, own):
        return _id(stated) == _id(name) and set(kept) <= set(asked)
    if asked and _tells(stated, other) and not kept:  # /show.php?id=123456 is /a/123456.html
        return [number for _, value in asked for number in _ID.findall(value)] == _ID.findall(stated)
    return name == stated and asked == kept and bool(name)


def _name(path: str) -> str:
    """The last part of a path."""
    return path.rstrip("/").rpartition("/")[2]


def _tells(name: str, url: str) -> bool:
    """Whether the last part of the path of ``url`` tells the article: it has a long number or a title."""
    return bool(_ID.search(name)) or "S" in _name(urlsplit(f"http://{shape(url)}").path)


def _id(name: str) -> object:
    """What tells the article in the last part of a path: its long numbers, else its words."""
    return _ID.findall(name) or name.partition(".")[0]
