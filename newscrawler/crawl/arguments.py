"""The arguments of our spiders (``-a NAME=VALUE``), read strictly.

Scrapy sets whatever it is given as an attribute: it ignores misspelt names and iterates the
characters of ``start_urls=``. Here an unknown or malformed argument is an error that names it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit


class ArgumentError(ValueError):
    """A spider argument that is unknown or malformed; the message names it and what was expected."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the user asked of one crawl."""

    start_urls: tuple[str, ...] = ()
    """Listing pages to start from instead of the site's home pages."""
    since: str | None = None
    """YYYY-MM-DD in the site's zone, inclusive."""
    max_listing_pages: int | None = None
    """Listing pages per channel."""
    full: bool = False
    """Walk all listings, revisit every known article; with ``backfill``: leave no id out."""
    backfill: tuple[str, str] | None = None
    """First and last month, YYYY-MM, whose missing articles are looked for."""


@dataclass(frozen=True, slots=True)
class Help:
    """One argument, for help texts and error messages."""

    name: str
    example: str
    meaning: str = field(default="")


HELP: tuple[Help, ...] = (
    Help(
        "start_urls",
        "URL[,URL…]",
        "start from these listing pages, feeds or sitemaps instead of the home pages",
    ),
    Help("since", "YYYY-MM-DD", "nothing published before this day (site time)"),
    Help("max_listing_pages", "N", "read at most N listing pages per channel"),
    Help("full", "1", "walk all listings to their end and revisit every known article"),
    Help(
        "backfill",
        "YYYY-MM[..YYYY-MM]",
        "only fill what the archive lacks of these months, the newest first: what sitemaps name, known"
        " addresses, ids between known articles, old listing pages; with `full=1` also ids in stretches that"
        " seem empty",
    ),
)


def parse(given: Mapping[str, object]) -> Arguments:
    """Read the arguments of a spider; ArgumentError for the first that is wrong."""
    known = {entry.name: entry for entry in HELP}
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}={known[close[0]].example}?" if close else ""
            raise ArgumentError(f"unknown argument {name!r}{hint} (known: {', '.join(known)})")
    for name in ("since", "max_listing_pages"):
        if "backfill" in given and name in given:
            raise ArgumentError(f"backfill and {name} cannot be asked for together; run one crawl for each")
    return Arguments(
        start_urls=_urls(str(given["start_urls"])) if "start_urls" in given else (),
        since=_day(str(given["since"])) if "since" in given else None,
        max_listing_pages=_count(str(given["max_listing_pages"])) if "max_listing_pages" in given else None,
        full=_switch(str(given["full"])) if "full" in given else False,
        backfill=_months(str(given["backfill"])) if "backfill" in given else None,
    )


def check_start(arguments: Arguments, spider: str, home_pages: Sequence[str]) -> None:
    """ArgumentError where a crawl would have nowhere to start."""
    if not (arguments.start_urls or home_pages):
        raise ArgumentError(
            f"the spider {spider!r} has no pages of its own to start from; name a listing page, for "
            f"example: scrapy crawl {spider} -a start_urls=https://news.example/tech/"
        )


def _urls(text: str) -> tuple[str, ...]:
    urls = tuple(part.strip() for part in re.split(r",(?=\s*https?://)", text))
    for url in urls:
        try:
            parts = urlsplit(url)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", url)
            _ = parts.port
        except ValueError:
            good = False
        if not good:
            raise ArgumentError(
                f"start_urls: {url!r} is not an address; expected http(s)://…, several joined by commas"
            )
    return urls


def _day(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise ArgumentError(f"since: {text!r} is not a day; expected YYYY-MM-DD such as 2025-09-30")


def _months(text: str) -> tuple[str, str]:
    month = r"\d{4}-(?:0[1-9]|1[0-2])"
    found = re.fullmatch(rf"({month})(?:\.\.({month}))?", text, re.ASCII)
    if found is None:
        raise ArgumentError(
            f"backfill: {text!r} is neither a month nor a span of months; expected such as 2025-09 or"
            " 2025-04..2025-09"
        )
    first, last = found[1], found[2] or found[1]
    if first > last:
        raise ArgumentError(f"backfill: {text!r} ends before it begins; expected {last}..{first}")
    return first, last


def _count(text: str) -> int:
    if re.fullmatch(r"\d{1,9}", text, re.ASCII) and int(text) > 0:
        return int(text)
    raise ArgumentError(f"max_listing_pages: {text!r} is not a number of pages; expected 1 or more")


def _switch(text: str) -> bool:
    if text in {"0", "1"}:
        return text == "1"
    raise ArgumentError(f"full: {text!r} is neither 1 nor 0")
