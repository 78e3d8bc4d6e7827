"""``newscrawler import-warc`` in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from shlex import quote
from typing import Protocol

from newscrawler.report.words import count, printable, size

SHOWN = 10
"""Damaged places and pages that are named."""


class Import(Protocol):
    """What an import came to (newscrawler.crawl.warcfound.Imported)."""

    records: int
    visits: int
    counts: Counter[str]
    left_out: Counter[str]
    damage: list[str]
    problems: list[str]
    pages: tuple[int, int]
    reason: str


def as_text(found: Import, not_looked_at: Mapping[str, int], archive: str) -> Iterator[str]:
    """What was taken, what was left out and why, and what could not be read."""
    of = found.counts
    yield (
        f"{count(found.records, 'record')}, {count(found.visits, 'page')} looked at: {of['new']:,} new,"
        f" {of['updated']:,} updated, {of['unchanged']:,} unchanged, {of['quarantined']:,} kept apart."
    )
    if found.pages[0]:
        kept, octets = found.pages
        yield f"{count(kept, 'raw page')} kept in {archive}.pages, {size(octets / kept)} each."
    left = Counter(not_looked_at) + found.left_out
    if left:
        yield f"Left out: {', '.join(f'{number:,} {why}' for why, number in left.most_common())}."
    yield from _some(found.damage)
    yield from _some(found.problems)
    if found.damage:
        yield "What is whole in a damaged file was taken; put a sound copy in its place and import it again."
    if found.reason == "interrupted":
        yield "Interrupted; what was imported is kept, and the same command goes on."
    elif not of.total() - of["quarantined"]:
        yield "Not one page was an article. Look at one: newscrawler extract --url ADDRESS SAVED.html"
    else:
        yield f"Look at it: newscrawler serve --archive {quote(archive)}"


def _some(lines: list[str]) -> Iterator[str]:
    """The first lines, and how many more there are."""
    for line in lines[:SHOWN]:
        yield printable(line)
    if len(lines) > SHOWN:
        yield f"and {len(lines) - SHOWN:,} more"
