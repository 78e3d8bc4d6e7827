"""What can fall away: the traits of a page, each there or not there, by which pages are counted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from newscrawler.alarm.odds import quantile
from newscrawler.archive.yields import Yield

FIELDS = {
    "title": "a headline",
    "published_at": "a date",
    "time": "a time of day",
    "source": "a source",
    "editor": "an editor",
    "author": "an author",
    "category": "a category",
}
"""Fields that a rule finds, and their words."""

OUTER = 0.05
"""A body shorter, or longer, than this share of the history's is short, or long."""
OVERLONG = 4
"""Longer than this many of the longest tenth is long: a page's frame that came into the text."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What is short, long and few, by the history."""

    shortest: int
    longest: int
    fewest: int
    """Related items."""


def scale_of(history: Sequence[Yield]) -> Scale:
    """The scale of those pages of ``history`` (at least one) that are articles."""
    chars = [row.chars for row in history]
    related = [row.related for row in history if row.related]
    return Scale(
        quantile(chars, OUTER),
        OVERLONG * quantile(chars, 1 - 2 * OUTER),
        quantile(related, OUTER) if related else 0,
    )


def usual_rules(history: Sequence[Yield]) -> set[tuple[str, str]]:
    """(field, rule) of the rules that find a field on most pages that show it."""
    fields: Counter[str] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    for row in history:
        fields.update(row.rules.keys())
        rules.update(row.rules.items())
    return {(field, rule) for (field, rule), n in rules.items() if n > fields[field] / 2 and field != "time"}


Trait = tuple[str, str]
"""Kind of trouble and subject."""


def traits(row: Yield, scale: Scale, rules: set[tuple[str, str]]) -> dict[Trait, bool]:
    """Every trait of an article, and whether it shows it; what it cannot show is left out."""
    found: dict[Trait, bool] = {("field", name): name in row.rules for name in FIELDS}
    found["field", "images"] = row.images > 0
    found["field", "related"] = row.related > 0
    found["length", "short"] = row.chars >= scale.shortest
    found["length", "long"] = row.chars <= scale.longest
    if row.related:
        found["length", "related"] = row.related >= scale.fewest
    for field, rule in rules:
        if field in row.rules:
            found["rule", f"{field}: {rule}"] = row.rules[field] == rule
    return found
