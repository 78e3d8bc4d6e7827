"""Small pure functions that make stored values fit to be read; the templates use them as filters."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

LEAD_LENGTH = 110
"""Characters of the body shown in a list."""


def safe_href(url: object) -> str | None:
    """``url`` when a link may lead there: http or https with a host; None for ``javascript:`` and such."""
    if not isinstance(url, str) or any(character <= " " for character in url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme.lower() in {"http", "https"} and parts.hostname else None
    except ValueError:
        return None


def moment(stored: object) -> str:
    """A stored time for the eye: ``2025-09-30 23:57``, with UTC where it is; a day stays a day."""
    if not isinstance(stored, str) or not stored:
        return ""
    if len(stored) <= 10:
        return stored
    try:
        when = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    zone = " UTC" if when.tzinfo is not None and not when.utcoffset() else ""
    return f"{when:%Y-%m-%d %H:%M}{zone}"


def paragraphs(body: object) -> list[str]:
    """The paragraphs of a stored body; single line breaks inside one are its own (lists, tables)."""
    return [part.strip("\n") for part in str(body or "").split("\n\n") if part.strip()]


def lead(body: object) -> str:
    """The first lines of a body, on one line."""
    text = " ".join(str(body or "").split())
    return text if len(text) <= LEAD_LENGTH else text[:LEAD_LENGTH].rstrip() + "…"


def lasted(crawl: dict[str, Any]) -> str:
    """How long a crawl took: ``45 s``, ``12 min``, ``3 h 20 min``; empty when its times say nothing."""
    try:
        span = datetime.fromisoformat(crawl["finished_at"]) - datetime.fromisoformat(crawl["started_at"])
    except (TypeError, ValueError):
        return ""
    seconds = int(span.total_seconds())
    if seconds <= 0:  # 0: the clock stood still (NEWSCRAWLER_NOW)
        return ""
    if seconds < 120:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


FILTERS = {
    "archive_href": safe_href,
    "archive_moment": moment,
    "archive_paragraphs": paragraphs,
    "archive_lead": lead,
    "archive_lasted": lasted,
}
"""Under their names in the templates."""
