"""Small pure functions that make stored values fit to be read; the templates use them as filters."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
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


def clock_time(stored: object) -> str:
    """The time of day of a stored time, as printed: ``23:57``; empty for a day."""
    text = str(stored or "")
    return text[11:16] if len(text) >= 16 and text[10] == "T" else ""


def is_day(stored: object) -> bool:
    """True for YYYY-MM-DD; a stored date may be anything a page printed."""
    try:
        return isinstance(stored, str) and date.fromisoformat(stored).isoformat() == stored
    except ValueError:
        return False


TAGS = {"p": "p", "h": "h2", "l": "ul", "q": "blockquote", "t": "table", "c": "figcaption", "k": "pre"}
"""A paragraph's mark (newscrawler.items.MARKS) -> the element that shows it."""
TOGETHER = frozenset("ltqk")
"""Marks whose neighbours of the same kind share one element."""


@dataclass(slots=True)
class Shaped:
    """One element of a body as it is shown: ``tag``, its lines, and the pictures that stand before it."""

    tag: str
    lines: list[str]
    images: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> list[list[str]]:
        """The lines of a table as cells."""
        return [line.split(" | ") for line in self.lines]


def shaped(body: object, marks: object, images: list[dict[str, Any]] | None = None) -> list[Shaped]:
    """A stored body as elements: text alone, which the template escapes, so nothing stored can run."""
    parts = str(body or "").split("\n\n")
    letters = str(marks) if marks and len(str(marks)) == len(parts) else "p" * len(parts)
    before: dict[int, list[dict[str, Any]]] = {}
    for image in images or []:
        if image.get("paragraph") is not None:
            before.setdefault(min(image["paragraph"], len(parts)), []).append(image)
    made: list[Shaped] = []
    last = ""
    for number, (text, letter) in enumerate(zip(parts, letters, strict=True)):
        here = before.get(number, [])
        if text.strip():
            if letter == last and letter in TOGETHER and not here:
                made[-1].lines.append(text.strip("\n"))
            else:
                made.append(Shaped(TAGS.get(letter, "p"), [text.strip("\n")], here))
            last = letter
    after = before.get(len(parts), [])
    if after:
        made.append(Shaped("p", [], after))
    return made


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


FIELDS = {
    "title": "Title",
    "body": "Text",
    "published_at": "Time",
    "source": "Source",
    "editor": "Editor",
    "author": "Author",
    "category": "Category",
}
"""Fields of an article and their words."""


def fields(stored: object) -> list[str]:
    """The words of the fields in a stored JSON list (revisions.changed)."""
    try:
        return [FIELDS.get(str(field), str(field)) for field in json.loads(str(stored))]
    except (ValueError, TypeError):
        return []


def as_row(found: Any) -> dict[str, Any]:
    """A row of a query as a dictionary: its names may be those of a row's own methods."""
    return dict(zip(found.keys(), found, strict=True))


def shown_columns(columns: list[str], found: list[Any]) -> list[str]:
    """The columns of a query to show: not the ids behind links, nor an address that a title leads to."""
    hidden = {"article_id", "source_id"}
    if "title" in columns and not any(row["title"] is None for row in found):
        hidden.add("url")
    return [column for column in columns if column not in hidden]


FILTERS = {
    "archive_clock": clock_time,
    "archive_is_day": is_day,
    "archive_fields": fields,
    "archive_row": as_row,
    "archive_shown": shown_columns,
    "archive_href": safe_href,
    "archive_moment": moment,
    "archive_shaped": shaped,
    "archive_lead": lead,
    "archive_lasted": lasted,
}
"""Under their names in the templates."""
