"""What was read, in the shape of the public contract, and in words for people."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from newscrawler import identity
from newscrawler.extract import unfit
from newscrawler.extract.article import Reading
from newscrawler.extract.listing import Listing
from newscrawler.items import Article

FIELDS = ("url", "title", "published_at", "source", "author", "editor", "category", "body")


def as_json(article: Article, id: str) -> dict[str, Any]:
    """The contract's object of ``newscrawler extract``: all keys always, null where unknown; ``reason``
    when unfit.
    """
    row: dict[str, Any] = {"id": id}
    row.update({name: getattr(article, name) or None for name in FIELDS})
    with suppress(ValueError):
        row["url"] = identity.canonical(article.url)
    row["related"] = [
        {"title": item.title, "url": item.url, "summary": item.summary, "date": item.date}
        for item in article.related
    ]
    if article.reason:
        row["reason"] = article.reason
    return row


def listing_as_json(listing: Listing, id: str) -> dict[str, Any]:
    """The contract's object of ``newscrawler extract --listing``."""
    entries = [
        {"title": e.title, "url": e.url, "date": e.date, "summary": e.summary} for e in listing.entries
    ]
    return {"id": id, "entries": entries, "next": listing.next}


def explain(article: Article, readings: list[Reading]) -> str:
    """Which rule found each field, what was cut and why, in readable form."""
    by = article.found_by
    lines = [
        f"address    {article.url}",
        f"encoding   {article.encoding}: {by.get('encoding', '')}",
    ]
    for name in ("title", "published_at", "source", "editor", "author", "category"):
        value = getattr(article, name)
        rule = by.get(name, "")
        lines.append(f"{name:<12} {value or '-'}" + (f"   [{rule}]" if rule and value else ""))
    lines.append(f"dateline     {article.dateline or '-'}")
    lines.append(
        f"body       {len(article.body)} characters, {len(article.images)} pictures  [{by.get('body', '-')}]"
    )
    for reading in readings:
        lines.extend(_cuts(reading))
    heading = article.related_heading or "no heading"
    lines.append(f"related      {len(article.related)} items under {heading!r}   [{by.get('related', '-')}]")
    lines.extend(f"  {item.position}. {item.title}  {item.date or ''}" for item in article.related)
    if article.confidence is not None:
        lines.append(f"confidence   {article.confidence:.2f}   [at least {unfit.MIN_CONFIDENCE:.2f} wanted]")
    if article.reason:
        lines.append(f"judged unfit: {article.reason}")
    return "\n".join(lines)


def _cuts(reading: Reading) -> list[str]:
    if reading.body is None:
        return ["  no box with running text"]
    blocks = reading.document.blocks
    lines = []
    for index, why in sorted(reading.body.cut.items()):
        text = blocks[index].text
        lines.append(f"  cut: {why:<24} {text[:50]}{'…' if len(text) > 50 else ''}")
    return lines
