"""What the article addresses of an unknown site look like, learnt from the main list of a listing page.

An address's shape is its path and query with all that differs from article to article taken out: a long
number (id, date; also an id of digits and letters) is N, a short one (page, channel, id of a young site) n, a
title in an address S.

>>> shape("https://news.example/a/20250930/123456.shtml")
'news.example/a/N/N.shtml'
>>> shape("https://news.example/show.php?id=123456&from=list")
'news.example/show.php?id=N'
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from urllib.parse import parse_qsl, urlsplit

from newscrawler import identity

LONG = 4
"""A number of so many digits is taken for an id or a date, a shorter one for a page or a channel, unless the
list says more of what it leads to.
"""

HEADLINE = 8
"""A shorter title is a channel's name or a page's number."""

WORDS = 4
"""So many words joined by hyphens are a title in an address (about-us and terms-of-use are none)."""

LEAST = 3
"""A shape that so many entries of a list share is that of articles…"""

SHARE = 0.5
"""…or that so large a part of them has, where the list is short."""

_NUMBER = re.compile(r"\d+", re.ASCII)
_MIXED = re.compile(r"(?=(?:[a-z]*\d){3})(?=(?:\d*[a-z]){3})[a-z\d]{8,}", re.ASCII)
"""An id of letters and digits (KAD3F2L00097U7R, doc-ikmxzfmk1234567)."""
_CAPITALS = re.compile(
    r"(?<![A-Za-z\d])(?:(?=[A-Za-z]*\d)(?=[a-z\d]*[A-Z])[A-Za-z\d]{8,}|[A-Z]{8,})(?![A-Za-z\d])", re.ASCII
)
"""An id with capitals, which the words of an address do not have beside digits (KJFIF522X, 8mabcDEFgh1)."""
_CUT = re.compile(r"(?<=/)\d{1,3}(?:/\d{3})+(?=[./]|$)", re.ASCII)
"""A number cut into folders of three digits (/0/905/123.htm)."""
_TITLE = re.compile(rf"[^\W_]+(?:-[^\W_]+){{{WORDS - 1},}}")


def shape(url: str) -> str:
    """The shape of ``url`` (absolute); ValueError where it is no http address."""
    parts = urlsplit(identity.canonical(url))
    whole = _CUT.sub(lambda number: number[0].replace("/", ""), parts.path)
    path = "/".join(_segment(segment) for segment in whole.split("/"))
    query = "&".join(f"{name}={_segment(value)}" for name, value in parse_qsl(parts.query))
    return f"{parts.netloc}{path}" + (f"?{query}" if query else "")


def tells_articles(found: str) -> bool:
    """Whether a shape has what an article's address needs: an id, a date or a title. /list/n/ has none."""
    path = found.partition("/")[2]
    return bool(re.search(r"[NS]", path))


def is_headline(title: str) -> bool:
    """Whether a link's text is long enough for an article's title."""
    return len(title) >= HEADLINE


def article_shapes(urls: Iterable[str], told: Container[str] = ()) -> set[str]:
    """The shapes of articles among the addresses of one list.

    Sections stand in addresses (/tech/123456.html, /car/123457.html), so shapes are counted without
    plain folder names and kept with them: a folder's own navigation must not pass for an article.

    ``told``: those that the list shows with a headline and a date. They are articles also where the number at
    the end is short (/article/12.html), as those of a young site are.
    """
    shapes: list[str] = []
    young: set[str] = set()
    for url in urls:
        try:
            shapes.append(shape(url))
        except ValueError:
            continue
        if url in told and _ends_in_number(url):
            young.add(shapes[-1])
    counted = Counter(map(_alike, shapes))
    enough = min(LEAST, max(1, SHARE * len(shapes)))
    return {one for one in shapes if (tells_articles(one) or one in young) and counted[_alike(one)] >= enough}


def _segment(text: str) -> str:
    """A piece of a path or the value of a parameter, its numbers and titles replaced."""
    if _TITLE.fullmatch(re.sub(r"\.\w{2,5}$", "", text)):
        return _TITLE.sub("S", text, count=1)
    lowered = text.lower()  # N and S are ours alone
    if lowered != text:
        lowered = _CAPITALS.sub("0000", text).lower()
    lowered = _MIXED.sub("0000", lowered)
    return _NUMBER.sub(lambda number: "N" if len(number[0]) >= LONG else "n", lowered)


def _ends_in_number(url: str) -> bool:
    """Whether there is a number in the last piece of the path, or in the query."""
    parts = urlsplit(identity.canonical(url))
    return bool(_NUMBER.search(parts.path.rstrip("/").rpartition("/")[2] + "?" + parts.query))


def _alike(found: str) -> str:
    """A shape without the names of folders and without how long its last number is: 999.html, 1000.html."""
    host, _, path = found.partition("/")
    *folders, last = path.split("/")
    kept = ("N" if "N" in name else "n" if name == "n" else "" for name in folders)
    return "/".join([host, *kept, last.replace("N", "n")])
