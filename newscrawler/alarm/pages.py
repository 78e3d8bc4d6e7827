"""The newest pages of a site against those before: what fell away, what was never seen. Pure.

A trait (traits.py) is compared in every template by itself and in all together, so that what one template
loses does not drown in the others. Few new pages a crawl are pooled with those of the crawls before; a small
loss shows only in many pages, so several stretches are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from newscrawler.alarm import odds
from newscrawler.alarm.traits import Scale, Trait, scale_of, traits, usual_rules
from newscrawler.archive.troubles import Trouble
from newscrawler.archive.yields import Yield

STRETCHES = (20, 60, 180)
"""At least so many of the newest pages are looked at together, whole crawls."""
HISTORY = 100
"""Pages before them without which nothing is said,"""
OF_A_TEMPLATE = 30
"""and those of one template."""
MOSTLY = 0.5
"""A trait that fewer pages showed cannot fall away."""
DROP = 0.2
"""By so much its share must fall;"""
FEW = 3
"""so many pages must lack it,"""
UNLIKELY = 1e-6
"""and that must be so unlikely. A site is looked at 1,500 times a month, in some hundred ways."""
UNSEEN = 1e-5
"""The same for pages of a template that was never seen: one question a crawl."""
OVER = 0.1
"""A trouble is over when no more than this share lacks it beyond what is usual."""
CHUNK = 20

QUARANTINE: Trait = ("quarantine", "pages")
ALL = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What fell away, or was never seen."""

    trait: Trait
    layout: str
    """Where it shows; ALL: everywhere."""
    before: float
    """The share of pages that showed it,"""
    of: int
    """of so many."""
    lacking: int
    """So many of"""
    pages: int
    """the newest lack it."""
    stretch: int
    chance: float
    rows: tuple[Yield, ...]
    """Those pages, the newest first."""


@dataclass(slots=True)
class Measure:
    """What a page shows, by the scale and the rules of a history."""

    scale: Scale
    rules: set[tuple[str, str]]
    _known: dict[int, dict[Trait, bool]] = field(default_factory=dict)

    @classmethod
    def by(cls, history: Sequence[Yield]) -> Measure | None:
        """By ``history``; None where it is too short."""
        articles = [row for row in history if row.reason is None]
        if len(history) < HISTORY or not articles:
            return None
        return cls(scale_of(articles), usual_rules(articles))

    def of(self, row: Yield) -> dict[Trait, bool]:
        """All traits that a page can show."""
        if row.reason is not None:
            return {QUARANTINE: False}
        if row.id not in self._known:
            self._known[row.id] = {QUARANTINE: True, **traits(row, self.scale, self.rules)}
        return self._known[row.id]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The newest pages and those before them."""

    new: Sequence[Yield]
    before: Sequence[Yield]
    least: int
    measure: Measure

    def suspects(self) -> set[Trait]:
        """The traits that enough new pages lack, in one template or everywhere; mostly there are none."""
        pages: Counter[tuple[Trait, str]] = Counter()
        lacking: Counter[tuple[Trait, str]] = Counter()
        for row in self.new:
            shows = self.measure.of(row)
            for group in (ALL, row.layout):
                pages.update((trait, group) for trait in shows)
                lacking.update((trait, group) for trait, shown in shows.items() if not shown)
        return {key[0] for key, n in lacking.items() if n >= max(FEW, DROP * pages[key])}


def newest(rows: Sequence[Yield], least: int) -> int:
    """How many of ``rows`` (the newest first) are the newest ``least``, whole crawls; 0: too few."""
    if len(rows) < least:
        return 0
    number = least
    while number < len(rows) and rows[number].crawl_id == rows[number - 1].crawl_id:
        number += 1
    return number


def fallen(rows: Sequence[Yield], past: Sequence[Trouble], but: set[Trait]) -> list[Found]:
    """The traits that fell away, but for those of ``but``; ``rows``: the newest pages, the newest first."""
    found: dict[Trait, Found] = {}
    measure = Measure.by(rows[newest(rows, STRETCHES[0]) :])
    if measure is None:
        return []
    for least in STRETCHES:
        number = newest(rows, least)
        if not number or len(rows) - number < HISTORY:
            break
        stretch = Stretch(rows[:number], rows[number:], least, measure)
        for trait in sorted(stretch.suspects() - but - found.keys()):
            seen = look(stretch, trait, past)
            if seen is not None and seen.chance < UNLIKELY:
                found[trait] = seen
    return [what for trait, what in found.items() if _source(trait) not in {*found, *but}]


def look(stretch: Stretch, trait: Trait, past: Sequence[Trouble] = ()) -> Found | None:
    """How a trait fares in the template where it fares worst, and everywhere; None: it lacks nowhere."""
    stretch = replace(
        stretch, new=_ordinary(stretch.new, trait, past), before=_ordinary(stretch.before, trait, past)
    )
    groups = [ALL] if trait == QUARANTINE else [ALL, *Counter(row.layout for row in stretch.new)]
    seen = [found for group in groups if (found := _in_group(stretch, trait, group)) is not None]
    if not seen:
        return None
    worst = min(seen, key=lambda found: found.chance)
    everywhere = next((found for found in seen if found.layout == ALL), worst)
    # Told of all templates when it is no less there.
    alike = _drop(everywhere) >= 0.9 * _drop(worst)
    return replace(everywhere, chance=worst.chance) if alike else worst


def is_over(rows: Sequence[Yield], before: Sequence[Yield], trouble: Trouble) -> bool:
    """Whether the newest pages show again what ``trouble`` says that they lack.

    ``before``: the pages before the trouble, the newest first.
    """
    measure, number = Measure.by(before), newest(rows, trouble.pages)
    if measure is None or not number:
        return False
    stretch = Stretch(rows[:number], before, trouble.pages, measure)
    if not _is_as_before(stretch, trouble.key, ALL):
        return False
    if trouble.place and not any(row.layout == trouble.place for row in rows[: STRETCHES[1]]):
        return True  # the template is not used any more
    return not trouble.place or _is_as_before(stretch, trouble.key, trouble.place)


def _is_as_before(stretch: Stretch, trait: Trait, group: str) -> bool:
    new, old = (
        [shown for _, shown in _members(stretch, trait, rows, group)]
        for rows in (stretch.new, stretch.before)
    )
    if len(new) < FEW or not old:
        return False
    return new.count(False) / len(new) < odds.share(old.count(False), len(old)) + OVER


def unseen(rows: Sequence[Yield], known: set[str]) -> list[Found]:
    """Templates that are neither in ``known`` nor in the history, of which several pages came."""
    number = newest(rows, STRETCHES[0])
    new, before = [row for row in rows[:number] if row.reason is None], rows[number:]
    if len(before) < HISTORY:
        return []
    pages = Counter(row.layout for row in before)
    # As likely as it is that a page is the only one of its template (Good and Turing).
    singles = sum(1 for n in pages.values() if n == 1)
    chance = odds.share(singles, len(before))
    strange = Counter(row.layout for row in new if row.layout not in pages and row.layout not in known)
    least = max(FEW, round(len(new) / 10))
    return [
        Found(
            ("layout", layout), layout, 0.0, len(before), n, len(new), STRETCHES[0], likely,
            tuple(row for row in new if row.layout == layout),
        )
        for layout, n in strange.most_common()
        if n >= least and (likely := odds.binomial_at_least(n, len(new), chance)) < UNSEEN
    ]  # fmt: skip


def _ordinary(rows: Sequence[Yield], trait: Trait, past: Sequence[Trouble]) -> list[Yield]:
    """The rows without those of troubles with this trait; from an accepted trouble on they count anew."""
    mine = [trouble for trouble in past if trouble.key == trait]
    if not mine:
        return list(rows)
    begin = max((trouble.first_crawl_id for trouble in mine if trouble.accepted_at), default=0)
    spans = [(t.first_crawl_id, t.last_crawl_id) for t in mine if not t.accepted_at]
    return [
        row
        for row in rows
        if row.crawl_id >= begin and not any(first <= row.crawl_id <= last for first, last in spans)
    ]


def _members(
    stretch: Stretch, trait: Trait, rows: Sequence[Yield], group: str
) -> Iterator[tuple[Yield, bool]]:
    for row in rows:
        if (not group or group == row.layout) and (shown := stretch.measure.of(row).get(trait)) is not None:
            yield row, shown


def _in_group(stretch: Stretch, trait: Trait, group: str) -> Found | None:
    new = list(_members(stretch, trait, stretch.new, group))
    lacking = [row for row, shown in new if not shown]
    if len(lacking) < FEW or len(lacking) < DROP * len(new):
        return None
    shown_before = (shown for _, shown in _members(stretch, trait, stretch.before, group))
    old = list(islice(shown_before, HISTORY))
    if sum(old) < MOSTLY / 2 * len(old):
        return None  # clear enough; most of what is looked at ends here
    old += shown_before
    if len(old) < (OF_A_TEMPLATE if group else HISTORY) or sum(old) < MOSTLY * len(old):
        return None
    chunks = [(len(c) - sum(c), len(c)) for c in (old[n : n + CHUNK] for n in range(0, len(old), CHUNK))]
    usual = odds.share(len(old) - sum(old), len(old))
    if group == ALL:
        usual = max(usual, _by_template(stretch, trait, [row for row, _ in new], usual))
    chance = odds.at_least(len(lacking), len(new), min(usual, 0.99), odds.trust(chunks))
    if len(lacking) / len(new) - usual < DROP:
        return None
    return Found(
        trait, group, sum(old) / len(old), len(old), len(lacking), len(new), stretch.least, chance,
        tuple(lacking),
    )  # fmt: skip


def _by_template(stretch: Stretch, trait: Trait, new: Sequence[Yield], usual: float) -> float:
    """The share that would lack the trait, did each template behave as before: of more pages without an
    editor than usual no field was lost.
    """
    counts: dict[str, list[int]] = {}
    for row in stretch.before:
        if (shown := stretch.measure.of(row).get(trait)) is not None:
            counts.setdefault(row.layout, [0, 0])[not shown] += 1
    shares = {
        layout: odds.share(lacking, there + lacking)
        for layout, (there, lacking) in counts.items()
        if there + lacking >= OF_A_TEMPLATE
    }
    return sum(shares.get(row.layout, usual) for row in new) / len(new)


def _drop(found: Found) -> float:
    return found.before - (1 - found.lacking / found.pages)


def _source(trait: Trait) -> Trait | None:
    """The trait beside which this one says nothing more: the field of a rule that finds less, say."""
    if trait[0] == "rule":
        return ("field", trait[1].partition(":")[0])
    return {("field", "time"): ("field", "published_at"), ("length", "related"): ("field", "related")}.get(
        trait
    )
