"""Articles in several parts (``ID_2.html``): which parts a page names, which are still missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from newscrawler import identity
from newscrawler.extract.shapes import shape
from newscrawler.items import Page

MAX_PARTS = 50
"""More parts than any real article has; a pager that invents more is not followed."""

_NEXT = "下一页", "下页", "余下全文", "余下", "阅读全文", "继续阅读"
"""What the link to the next part says: next page, the rest of the text, read all, read on."""
_NEXT_BYTES = b"|".join(word.encode(encoding) for encoding in ("utf-8", "gb18030") for word in _NEXT)


def part_address(url: str, number: int) -> str:
    """The address of part ``number`` (2…) of the article whose first part is at ``url``."""
    parts = urlsplit(url)
    path = PurePosixPath(parts.path)
    return urlunsplit(
        (parts.scheme, parts.netloc, str(path.with_name(f"{path.stem}_{number}{path.suffix}")), "", "")
    )


def named_parts(url: str, body: bytes) -> set[int]:
    """The part numbers that ``body`` links to, for the article whose first part is at ``url``.

    Read from the raw bytes: addresses are ASCII in every encoding of these sites, and the page is
    parsed only once, later.
    """
    path = PurePosixPath(urlsplit(url).path)
    stem = path.stem.encode()
    if not path.suffix or stem + b"_" not in body:  # a pattern for each costs a fortieth of a whole crawl
        return set()
    if not re.search(r"\d{3,}$", path.stem) and not shape(url).endswith(f"/N{path.suffix.lower()}"):
        return set()
    link = re.compile(
        rb"""["'/=]%s_(\d{1,2})%s["'?#\s>]""" % (re.escape(stem), re.escape(path.suffix.encode()))
    )
    numbers = {int(found) for found in link.findall(body)}
    return {n for n in numbers if 2 <= n <= MAX_PARTS}


def missing_part(page: Page) -> int | None:
    """The lowest part that the parts at hand name and that has not arrived; None when all are there."""
    have = 1 + len(page.later_parts)
    named: set[int] = set()
    for part in page.parts:
        named |= named_parts(page.url, part.body)
    return have + 1 if any(n > have for n in named) else None


def next_part(page: Page) -> tuple[int, str] | None:
    """Number and address of the part to be asked for next; None when all are there.

    Also of articles whose parts are pages of the query (``123.html?page=2``, ``show.php?id=123&page=2``), on
    sites whose addresses are not known otherwise: they are told by links that show nothing but the number of
    the page they lead to, or that it is the next one (下一页, 余下全文).
    """
    if (number := missing_part(page)) is not None:
        return number, part_address(page.url, number)
    parts = urlsplit(page.url)
    if identity.address(page.url).is_article or not re.search(r"\d", parts.path + parts.query):
        return None
    have = 1 + len(page.later_parts)
    for part in page.parts:
        if any(have < number <= MAX_PARTS for number in _pages(parts.path, parts.query, part.body)):
            query = f"{parts.query}&page={have + 1}".lstrip("&")
            return have + 1, urlunsplit(parts._replace(query=query, fragment=""))
    return None


def _pages(path: str, query: str, body: bytes) -> Iterator[int]:
    """The number of each link in ``body`` to a page of ``path`` that shows it, or that it is the next one."""
    if b"page=" not in body:
        return
    name = re.escape(path.rpartition("/")[2].encode())
    if query:
        own = rb"%s\?%s&(?:amp;)?" % (name, re.escape(query.encode()).replace(rb"\&", b"&(?:amp;)?"))
    else:
        own = rb"(?:%s)?\?" % name
    link = (
        rb"""href=["']?(?:[^"'\s<>]*/)?%spage=(\d{1,2})["']?[^<>]*>\s*(?:[\[(]?\s*\1\s*[\])]?\s*<|(?:%s))"""
    )
    for found in re.finditer(link % (own, _NEXT_BYTES), body):
        yield int(found[1])
