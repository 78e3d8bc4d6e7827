"""What a re-extraction found, field by field, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from newscrawler.archive.corrections import FIELDS, Change, Proposal
from newscrawler.items import Article
from newscrawler.report.words import count, cut

EXAMPLES = 3
"""How many articles are shown of each field."""

WINDOW = 24
"""Characters shown around the place where two texts part."""


class Totals(Protocol):
    """What the reading counted (newscrawler.crawl.reread.Read)."""

    articles: int
    not_kept: int
    unfit: dict[str, str]
    failed: dict[str, str]
    risen: list[Article]


class Findings:
    """Gathers proposals and tells of them; ``rules`` is the version that found them."""

    def __init__(self, rules: str) -> None:
        self.rules = rules
        self.articles = 0
        """Articles in which something differs."""
        self._looked_at = self._not_kept = 0
        self._fields: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}
        self._unfit: dict[str, str] = {}
        self._failed: dict[str, str] = {}
        self._risen: dict[str, str] = {}

    def take(self, read: Totals, *, before: int = 0) -> None:
        """Count in what was read; ``before``: articles that an interrupted run had looked at."""
        self._looked_at += read.articles + before
        self._not_kept += read.not_kept
        self._unfit |= read.unfit
        self._failed |= read.failed
        self._risen |= {article.url: article.title or "-" for article in read.risen}

    def add_all(self, proposals: Iterable[Proposal]) -> None:
        """Count the changes of each field, and keep the first as examples."""
        for proposal in proposals:
            self.articles += 1
            for change in proposal.changes:
                self._fields[change.field] += 1
                shown = self._examples.setdefault(change.field, [])
                if len(shown) < EXAMPLES:
                    shown.append(f"{proposal.article.url}: {_difference(change)}")

    def text(self) -> str:
        """Everything, as lines."""
        lines = [
            f"{count(self._looked_at, 'article')} looked at with the rules {self.rules}, "
            f"{self.articles:,} read differently"
        ]
        for name in FIELDS:
            if self._fields[name]:
                lines.append(f"  {name:<13}{self._fields[name]:>7,}")
                lines += [f"      {example}" for example in self._examples[name]]
        lines += _some("kept apart until now are articles by today's rules: to be archived", self._risen)
        if self._not_kept:
            lines.append(f"  {count(self._not_kept, 'article')} without a kept page: left as it is")
        lines += _some("would be no article by today's rules: left as it is", self._unfit)
        lines += _some("could not be read", self._failed)
        return "\n".join(lines)


def _some(what: str, found: dict[str, str]) -> list[str]:
    if not found:
        return []
    shown = list(found.items())[:EXAMPLES]
    return [f"  {len(found):,} {what}", *(f"      {url}: {why}" for url, why in shown)]


def _difference(change: Change) -> str:
    """Old and new, around the first place where they part."""
    if change.old is None or change.new is None:
        return f"{_shown(change.old, 0)} -> {_shown(change.new, 0)}"
    same = 0
    for one, other in zip(change.old, change.new, strict=False):
        if one != other:
            break
        same += 1
    start = max(0, same - WINDOW // 2)
    if start == 0:
        return f"{_shown(change.old, 0)} -> {_shown(change.new, 0)}"
    lengths = f"{len(change.old):,} -> {len(change.new):,} characters, at {same:,}"
    return f"{lengths}: {_shown(change.old, start)} -> {_shown(change.new, start)}"


def _shown(value: str | None, start: int) -> str:
    if value is None:
        return "nothing"
    return f'"{"…" if start else ""}{cut(value[start : start + 3 * WINDOW], 2 * WINDOW)}"'
