"""``newscrawler explain``: what is known of one article, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

import click

from newscrawler.archive.captures import Capture
from newscrawler.archive.dossier import Dossier, Made
from newscrawler.archive.history import Version
from newscrawler.archive.ledger_list import ERROR_CLASSES
from newscrawler.report.words import count, local, printable, size

REASONS = {
    "http": "http for https",
    "mobile": "the mobile site's form",
    "twin": "had from the mobile site, since the main one failed",
    "bare_host": "without www",
    "query": "with parameters that say nothing of the article",
    "fragment": "with a place in the page",
    "part": "a later part of it",
    "zeros": "with leading zeros",
    "form": "written differently",
    "redirect": "redirected here",
    "canonical": "its page names this one as its address",
}
"""Reason of an alias -> what it means."""

FIELDS = ("title", "published_at", "source", "editor", "author", "category", "body")

UNKNOWN = "of an unknown version"
"""Of crawls before the version of the rules was noted."""

SHOWN = 10
"""Captures and promoters that are listed in words; JSON has all."""


def as_text(found: Dossier) -> Iterator[str]:
    """The article's file, section by section; times in the site's zone. Addresses are whole, to be copied."""
    for heading, lines in (
        ("", _article(found)),
        ("Addresses", _aliases(found)),
        ("Fields", _fields(found)),
        ("Revisions", _revisions(found)),
        ("Raw pages", _captures(found.captures)),
        ("The same story", _alike(found)),
        ("Promoted by", _promoters(found)),
        ("Ledger", _ledger(found)),
    ):
        if heading:
            yield ""
            yield click.style(heading, bold=True)
        for line in lines:
            yield f"  {line}" if heading else line


def as_json(found: Dossier) -> str:
    """Everything as one object; times UTC."""
    fields = {field: asdict(made) for field, made in found.made_by().items()}
    return json.dumps({**asdict(found), "fields": fields}, ensure_ascii=False, indent=1)


def _article(found: Dossier) -> Iterator[str]:
    now = found.history.versions[-1]
    yield printable(now.title or "(no title)")
    yield found.history.url
    yield f"id {found.history.id}, published {now.published_at or 'at an unknown time'}"


def _aliases(found: Dossier) -> Iterator[str]:
    yield f"{found.history.url} (canonical)"
    for alias in found.aliases:
        yield f"{alias.url} ({REASONS.get(alias.reason, alias.reason)}; since {local(alias.first_seen_at)})"


def _fields(found: Dossier) -> Iterator[str]:
    """Each field with the rule that found it, and the version of the rules."""
    now, made = found.history.versions[-1], found.made_by()
    for field in FIELDS:
        value, by = getattr(now, field), made.get(field)
        if value or by:
            shown = f"{len(value):,} characters" if field == "body" else printable(value or "nothing")
            yield f"{field}: {shown} (found by {_made(by or Made(None, now.rules))})"
    for name, by in made.items():
        if name not in FIELDS:
            yield f"{name}: by {_made(by)}"
    if now.dateline:
        yield f"dateline as printed: {printable(now.dateline)}"
    for one in found.corrections:
        yield f"{one.field}: corrected {local(one.corrected_at)} by the rules {one.rules}"


def _made(by: Made) -> str:
    return f"{by.rule or 'an unnamed rule'}; rules {by.rules or UNKNOWN}"


def _revisions(found: Dossier) -> Iterator[str]:
    for version in found.history.versions:
        yield f"{version.revision}: {_seen(version)}, read by rules {version.rules or UNKNOWN}"
    for absence in found.history.absences:
        yield f"gone {local(absence.gone_at)}, back {local(absence.back_at)}"
    if len(found.history.versions) > 1:
        yield f"what changed: newscrawler history {found.history.url}"


def _seen(version: Version) -> str:
    return f"seen {local(version.first_seen_at)} to {local(version.last_seen_at)}"


def _captures(captures: list[Capture]) -> Iterator[str]:
    if not captures:
        yield "none kept"
    yield from _some(
        f"{local(one.fetched_at)} {one.status} {_kind(one)}, {one.file} at {one.offset}, "
        f"{size(one.length)} of {size(one.size)}{f', part {one.part}' if one.part > 1 else ''}: {one.url}"
        for one in sorted(captures, key=lambda one: one.fetched_at)[::-1]  # imported ones were kept late
    )


def _kind(one: Capture) -> str:
    if one.record == "response":
        return "whole"
    return "not modified" if one.digest is None else "the same again"


def _alike(found: Dossier) -> Iterator[str]:
    if found.duplicate_of:
        yield f"an exact copy of {found.duplicate_of}"
    for url in found.copies:
        yield f"copied exactly by {url}"
    if found.similarity is not None:
        yield f"{found.similarity:.2f} like the first of these"
    for one in found.alike:
        like = "the first" if one.is_first else f"{one.similarity:.2f} like the first"
        yield f"{one.url} ({like}) {printable(one.title or '')}"
    if not (found.duplicate_of or found.copies or found.alike):
        yield "told by no other article"


def _promoters(found: Dossier) -> Iterator[str]:
    if not found.promoters:
        yield "no article"
    yield from _some(
        (
            f"{local(one.seen_at)} to {local(one.last_seen_at)}, place {one.position}: {one.url} "
            f"as {printable(one.shown_as)}"
            for one in found.promoters
        ),
        found.promoted_by,
    )


def _ledger(found: Dossier) -> Iterator[str]:
    for page in found.quarantined:
        yield f"in quarantine since {local(page.first_seen_at)}: {page.reason} ({page.url})"
    row = found.ledger
    if row is None:
        yield "not in the ledger; newscrawler check --repair enters it"
        return
    yield f"{row.state} since {local(row.changed_at)}; next visit {local(row.due_at)}"
    yield (
        f"discovered {local(row.discovered_at)} as {row.first_as or 'unknown'}"
        f"{f' on {row.first_on}' if row.first_on else ''}"
    )
    if row.first_as != row.discovered_as:
        yield f"later as {row.discovered_as}{f' on {row.discovered_on}' if row.discovered_on else ''}"
    if row.last_error:
        yield f"{count(row.attempts, 'failure')}: {row.last_error}, {ERROR_CLASSES.get(row.last_error, '')}"


def _some(lines: Iterable[str], total: int | None = None) -> Iterator[str]:
    """The first lines, and how many more there are."""
    listed = list(lines)
    yield from listed[:SHOWN]
    more = (total or len(listed)) - SHOWN
    if more > 0:
        yield f"and {more:,} more (--json)"
