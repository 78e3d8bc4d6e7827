"""``newscrawler history``: the revisions of an article one after another, with what changed in each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise

import click

from newscrawler.archive.history import History, Version
from newscrawler.report.diff import Piece, differences
from newscrawler.report.words import count, local, printable

FIELDS = ("title", "published_at", "source", "editor", "author", "category")
"""What is compared beside the body."""

CONTEXT = 24
"""Characters that are shown on either side of a change."""

_STYLE = {"gone": ("red", "[-", "-]"), "come": ("green", "{+", "+}")}
"""Mark -> its colour, and what stands around it also where there are no colours."""


def as_text(history: History) -> Iterator[str]:
    """The article's life, line by line; times in the site's zone."""
    first, *_ = history.versions
    yield history.url
    yield f"{count(len(history.versions), 'revision')}, first seen {local(first.first_seen_at)}"
    for absence in history.absences:
        back = f"back {local(absence.back_at)}" if absence.back_at else "not back since"
        yield f"Gone {local(absence.gone_at)}, {back}"
    yield ""
    yield from _heading(first)
    yield from _facts(first)
    for old, new in pairwise(history.versions):
        yield ""
        yield from _heading(new)
        yield from _changes(old, new)


def as_json(history: History) -> str:
    """Everything as one object; times UTC."""
    return json.dumps(asdict(history), ensure_ascii=False, indent=1)


def _heading(version: Version) -> Iterator[str]:
    seen = f"{local(version.first_seen_at)} to {local(version.last_seen_at)}"
    crawl = f" (found by crawl {version.crawl_id})" if version.crawl_id else ""
    yield click.style(f"Revision {version.revision}, seen {seen}{crawl}", bold=True)


def _facts(version: Version) -> Iterator[str]:
    """The first revision, as it began."""
    for field in FIELDS:
        if value := getattr(version, field):
            yield f"  {field}: {printable(value)}"
    yield f"  body: {count(len(version.body), 'character')}"


def _changes(old: Version, new: Version) -> Iterator[str]:
    for field in FIELDS:
        before, after = getattr(old, field) or "", getattr(new, field) or ""
        if before != after:
            yield f"  {field}: {''.join(_shown(piece) for piece in differences(before, after))}"
    if old.body != new.body:
        yield f"  body: {len(old.body):,} -> {count(len(new.body), 'character')}"
        for line in _excerpts(differences(old.body, new.body)).splitlines():
            if line.strip():
                yield f"    {line}"


def _excerpts(pieces: list[Piece]) -> str:
    """What changed, with a little around it."""
    last = len(pieces) - 1
    made = []
    for place, piece in enumerate(pieces):
        if piece.mark != "same":
            made.append(_shown(piece))
            continue
        begin = "" if place == 0 else piece.text[:CONTEXT]
        end = "" if place == last else piece.text[-CONTEXT:]
        if len(piece.text) <= len(begin) + len(end):
            made.append(printable(piece.text, "\n"))
        else:
            between = "…" if place in {0, last} else "…\n…"
            made.append(printable(begin, "\n") + between + printable(end, "\n"))
    return "".join(made)


def _shown(piece: Piece) -> str:
    """A piece with its mark; click takes the colours out where nothing can show them."""
    if piece.mark == "same":
        return printable(piece.text)
    colour, begin, end = _STYLE[piece.mark]
    text = printable(piece.text, "\n")
    return click.style(f"{begin}{text}{end}", fg=colour)
