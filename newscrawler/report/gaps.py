"""``newscrawler gaps``: what is missing month by month, or day by day, and how long it would take to fill."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from math import ceil

from newscrawler.archive.gaps import Span, Track
from newscrawler.identity import hosts_of
from newscrawler.report import words
from newscrawler.report.words import count, for_archive

COLUMNS = (
    ("archived", "archived", 8),
    ("gone", "gone", 4),
    ("failed", "fail", 4),
    ("pending", "pending", 7),
    ("apart", "apart", 5),
    ("absent", "no page", 7),
    ("untried", "untried", 7),
)
"""Field of a Span, heading, width: with month, ids and share 80 columns."""

DAY = 86_400


def as_text(
    tracks: Sequence[Track], *, delay: float, per_day: int, archive: str | None = None
) -> Iterator[str]:
    """A table for each sequence, what is still to be asked for, and what it means.

    ``delay``: seconds between two pages of a host; ``per_day``: the budget of a day; ``archive``: what the
    commands must name to mean this one.
    """
    for track in tracks:
        yield _title(track, tracks)
        yield from table(track.months, track)
        for line in _outlook(track, delay=delay, per_day=per_day, spider=track.site):
            yield for_archive(line, archive)
        yield ""
    if tracks:
        yield "apart: no article, or forbidden by robots.txt. no page: a guessed id that does not exist."
        yield "untried: nobody has asked for the id; it may be an article or nothing at all."


def days_as_text(tracks: Sequence[Track], days: dict[str, list[Span]], month: str) -> Iterator[str]:
    """The days of ``month``, by the pattern of the sequence, a table for each."""
    for track in tracks:
        yield f"{_title(track, tracks)}  {month}"
        if days[track.pattern]:
            yield from table(days[track.pattern])
            yield "Ids without a day of their own count for the day of their neighbours."
        else:
            yield "No article of this month is known by its day."
        yield ""


def _title(track: Track, tracks: Sequence[Track]) -> str:
    """Its site and host, or the shape of its addresses where the host has several."""
    has_several = sum(one.host == track.host for one in tracks) > 1
    return f"{track.site}  {track.pattern if has_several else track.host}"


def not_countable(site: str) -> str:
    """What is said of a site without sequences."""
    why = (
        "its addresses hold no id with a month" if hosts_of(site) else "no site file describes its addresses"
    )
    return (
        f"{site}: {why}, so its gaps cannot be counted;"
        " a backfill reads sitemaps and old listing pages there."
    )


def table(spans: Iterable[Span], track: Track | None = None) -> Iterator[str]:
    """A line for each month or day, and between months what lies there."""
    between = {gap.above: gap for gap in track.between} if track else {}
    head = "".join(f" {heading:>{width}}" for _, heading, width in COLUMNS)
    yield f"{'':<7} {'ids':>15}{head} {'done':>6}"
    for span in spans:
        figures = "".join(f" {getattr(span, name):>{width}}" for name, _, width in COLUMNS)
        ids = f"{span.first}-{span.last}"
        yield f"{_short(span.name):<7} {ids:>15}{figures} {percent(span.share):>6}"
        if gap := between.get(span.name):
            yield f"  between {gap.below} and {gap.above}: {count(gap.untried, 'untried id')}"


def _short(name: str) -> str:
    """A month as it is, a day without its year."""
    return name if len(name) == 7 else name[5:]


def percent(share: float) -> str:
    """``share`` (0…1) with one place; rounded down, so that 100 % is said of the whole only."""
    return f"{int(share * 1000) / 10:.1f}%"


def as_json(tracks: Sequence[Track], days: dict[str, list[Span]], *, delay: float, per_day: int) -> str:
    """Everything as one object; ``days`` by pattern, where they were asked for."""
    whole = {
        "seconds_a_page": delay,
        "pages_a_day": per_day,
        "sequences": [
            {
                **asdict(track),
                "months": [{**asdict(span), "share": span.share} for span in track.months],
                "untried": track.untried,
                "days_to_try_all": _days(track.untried, delay, per_day),
                "likely_articles": likely(track),
                **({"days": [{**asdict(s), "share": s.share} for s in days[track.pattern]]} if days else {}),
            }
            for track in tracks
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def likely(track: Track) -> tuple[int, int, int] | None:
    """How many of the untried ids of all months are articles: reckoned, at least, at most; None: unknown."""
    found = [track.likely(span) for span in track.months if span.untried]
    figures = [figure for figure in found if figure is not None]
    if len(figures) < len(found) or not found:
        return None
    reckoned, least, most = (sum(part) for part in zip(*figures, strict=True))
    return round(reckoned), int(least), ceil(most)


def _days(untried: int, delay: float, per_day: int) -> float:
    a_day = min(per_day, DAY / delay) if delay > 0 else per_day
    return round(untried / a_day, 4)


def _outlook(track: Track, *, delay: float, per_day: int, spider: str) -> Iterator[str]:
    """What remains, how long it takes, and how sure that is."""
    if not track.months:
        return
    lowest = track.months[-1]
    if not track.untried:
        yield f"No id from {lowest.first} to {track.months[0].last} is untried."
    else:
        takes = words.span(DAY * _days(track.untried, delay, per_day))
        yield (
            f"{count(track.untried, 'untried id')}: at most {takes}, at one page in {delay:g} s and"
            f" {per_day:,} a day;"
        )
        yield "stretches that seem empty are sampled, not asked id by id."
        yield from _reckoned(track)
        first, last = track.months[-1].name, track.months[0].name
        months = first if first == last else f"{first}..{last}"
        yield f"To fill them: scrapy crawl {spider} -a backfill={months}"
    if lowest.first > 1:
        yield (
            f"Of ids below {lowest.first} ({lowest.name}) nothing is known;"
            " a backfill of earlier months finds out."
        )


def _reckoned(track: Track) -> Iterator[str]:
    hits, misses = sum(s.hits for s in track.months), sum(s.absent for s in track.months)
    found = likely(track)
    if found is None:
        inside = sum(span.untried for span in track.months)
        if inside:
            yield (
                f"How many of the {inside:,} inside the months are articles is unknown, 0 to all:"
                f" {count(hits + misses, 'id')} guessed so far."
            )
        return
    reckoned, least, most = found
    yield (
        f"About {reckoned:,} articles among them ({least:,} to {most:,}): of {hits + misses:,} guessed ids"
        f" {percent(hits / (hits + misses))} led to one."
    )
    yield "This takes the untried for like the tried, and an id may be of another kind of page."
