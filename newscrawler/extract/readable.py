"""An article, or what lists some, as a person reads it in a terminal: ``newscrawler try``."""

from __future__ import annotations

from newscrawler.extract.listing import Listing
from newscrawler.items import Article

SUMMARY_WIDTH = 60
SHOWN = 20
"""Entries of a listing; `newscrawler extract --listing` gives all of a saved one."""
KINDS = {
    "listing": "A JSON listing",
    "feed": "A feed",
    "sitemap": "A sitemap",
    "index": "An index of sitemaps",
}


def readable(article: Article) -> str:
    """The parts of ``article`` as plain text, the related block apart; first why it is none, if so."""
    lines: list[str] = []
    if article.reason is not None:
        lines += [f"NOT AN ARTICLE: {article.reason}", ""]
    fields = {
        "title": article.title,
        "published": _with_precision(article),
        "source": article.source,
        "editor": article.editor,
        "author": article.author,
        "category": article.category,
        "dateline": article.dateline,
        "encoding": article.encoding,
        "address": article.url,
    }
    lines += [f"{name:<10} {value or '-'}" for name, value in fields.items()]
    lines += ["", article.body or "(no body)", ""]
    for image in article.images:
        lines.append(f"picture    {image.url}" + (f"  {image.caption}" if image.caption else ""))
    if article.related:
        lines += ["", f"-- {article.related_heading or 'related'} ({len(article.related)}) --"]
    for item in article.related:
        lines.append(f"{item.position:>2}. {item.title}  {item.date or ''}".rstrip())
        lines.append(f"    {item.url}")
        if item.summary:
            cut = "…" if len(item.summary) > SUMMARY_WIDTH else ""
            lines.append(f"    {item.summary[:SUMMARY_WIDTH]}{cut}")
    return "\n".join(lines)


def readable_listing(listing: Listing) -> str:
    """What a feed, a sitemap or JSON yields: how many entries, the first of them, the way on."""
    count = len(listing.entries) + len(listing.others)
    lines = [f"{KINDS[listing.kind]} of {count:,} {'entry' if count == 1 else 'entries'}", ""]
    for entry in [*listing.entries, *listing.others][:SHOWN]:
        lines.append(f"{entry.date or '-':<10} {entry.title}".rstrip())
        lines.append(f"{'':<10} {entry.url}")
        if entry.summary:
            cut = "…" if len(entry.summary) > SUMMARY_WIDTH else ""
            lines.append(f"{'':<10} {entry.summary[:SUMMARY_WIDTH]}{cut}")
    if count > SHOWN:
        lines.append(f"{'':<10} and {count - SHOWN:,} more")
    return "\n".join([*lines, *announced(listing)])


def announced(listing: Listing) -> list[str]:
    """What a page leads to besides its entries, a line each."""
    older = listing.next or listing.more
    return [f"feed       {url}" for url in listing.feeds] + ([f"older      {older}"] if older else [])


def _with_precision(article: Article) -> str | None:
    if article.published_at is None:
        return None
    precision = article.published_precision or "day"
    exactly = precision.removeprefix("about ")
    return f"{article.published_at}  ({'about, ' if exactly != precision else ''}to the {exactly})"
