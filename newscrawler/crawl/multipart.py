"""Articles in several parts (``ID_2.html``): which parts a page names, which are still missing."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from newscrawler.items import Page

MAX_PARTS = 50
"""More parts than any real article has; a pager that invents more is not followed."""


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
    if not path.suffix or not re.search(r"\d{3,}$", path.stem):
        return set()
    if stem + b"_" not in body:  # most articles; a pattern for each costs a fortieth of a whole crawl
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
