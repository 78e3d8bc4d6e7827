"""From moments to runs: what was shown from when to when, as far as moments tell. Pure.

An archive knows of an article at which moments the site showed which text. That is all that merging
unions: sets of moments. Runs are read off a set in the order of time, so that whatever is merged first,
equal sets give equal runs. A moment never goes: what runs do not show of it is kept beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeVar

from newscrawler import identity
from newscrawler.archive.revise import says_less

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Seen(Generic[What]):
    """At ``seen_at`` (ISO 8601 UTC) the site showed ``what``; ``crawl_id`` as far as it is known."""

    seen_at: str
    what: What
    crawl_id: int | None


def in_order(points: Iterable[Seen[What]], key: Callable[[What], Any]) -> list[Seen[What]]:
    """``points`` in the order of time, each thing once a moment; ``key`` names and orders things.

    Of what was seen in the same second, first what was seen before, last what was seen next: nobody knows
    better, and so the fewest changes are made up. The rest goes by ``key``.
    """
    found: dict[tuple[str, Any], Seen[What]] = {}
    for point in points:
        known = found.setdefault((point.seen_at, key(point.what)), point)
        crawls = [crawl for crawl in (known.crawl_id, point.crawl_id) if crawl is not None]
        found[point.seen_at, key(point.what)] = replace(known, crawl_id=min(crawls, default=None))
    moments = [list(group) for _, group in groupby(sorted(found), key=lambda place: place[0])]
    ordered: list[Seen[What]] = []
    last = None
    for number, places in enumerate(moments):
        coming = {place[1] for place in moments[number + 1]} if number + 1 < len(moments) else set()
        if len(places) > 1:
            before = last
            places.sort(key=lambda place: (place[1] != before, place[1] in coming, place[1]))
        ordered += [found[place] for place in places]
        last = places[-1][1]
    return ordered


class Lesser(NamedTuple):
    """A moment of a run of which its first and last do not tell all (the table ``moments``)."""

    seen_at: str
    published_at: str | None
    published_precision: str | None
    lacks: tuple[str, ...]
    crawl_id: int | None


COMPARED = ("title", "body", "source", "editor", "author", "category")
"""Fields that another value of makes another text; the time of publication has rules of its own."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page said; the fields of newscrawler.items.Article, as the archive has them."""

    title: str | None
    body: str
    published_at: str | None
    published_precision: str | None
    source: str | None
    editor: str | None
    author: str | None
    category: str | None
    content_key: int | None
    marks: str | None
    dateline: str | None
    encoding: str | None
    found_by: str | None
    images: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A text from when to when; ``crawl_id`` is the crawl that saw it first."""

    reading: Reading
    first_seen_at: str
    last_seen_at: str
    crawl_id: int | None
    moments: tuple[Lesser, ...] = ()


class Correction(NamedTuple):
    """A value that mended rules read differently from the same page (the table ``corrections``)."""

    corrected_at: str
    field: str
    old: str | None
    new: str | None
    rules: str


_Time = tuple[str | None, str | None]
"""A time of publication as it is printed, and how exactly."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A reading as it is compared: as the rules first read it, white space and width of characters apart."""

    reading: Reading
    values: tuple[int | None, ...]
    """Of COMPARED; None for what was not shown."""
    time: _Time
    corrected_at: str
    """When the last of its corrections was made, "" without any: the later, the better read."""

    @property
    def key(self) -> tuple[Any, ...]:
        return (
            tuple((value is not None, value or 0) for value in self.values),
            self.time[0] or "",
            self.time[1] or "",
        )

    @property
    def quality(self) -> tuple[Any, ...]:
        """Of two readings of one text the greater is kept."""
        r = self.reading
        others = (r.marks, r.dateline, r.encoding, r.found_by, *(getattr(r, name) for name in COMPARED))
        return self.corrected_at, len(r.images), tuple(map(str, others)), str(r.images)


def versions(points: Iterable[Seen[Reading]], corrections: Iterable[Correction] = ()) -> list[Version]:
    """The texts of an article one after another, as a crawl would have kept them that saw all of this.

    What shows less than the text before it (a field is missing, the time is printed less exactly) is no
    other text, as newscrawler.archive.revise has it. What was corrected counts as what it was before.
    """
    known = list(points)
    newest_first = sorted(corrections, key=lambda one: tuple(map(str, one)), reverse=True)
    texts = {reading: _text(reading, newest_first) for reading in {point.what for point in known}}
    best = _best(texts.values())
    seen = [Seen(point.seen_at, best[texts[point.what]], point.crawl_id) for point in known]
    runs: list[tuple[_Text, list[Seen[_Text]]]] = []
    for point in in_order(seen, lambda text: text.key):
        joined = _joined(runs[-1][0], point.what) if runs else None
        if joined is None:
            runs.append((point.what, [point]))
        else:
            runs[-1] = (joined, [*runs[-1][1], point])
    return [_version(text, points) for text, points in runs]


def _text(reading: Reading, newest_first: Sequence[Correction]) -> _Text:
    original = {name: getattr(reading, name) for name in (*COMPARED, "published_at")}
    corrected_at = ""
    for correction in newest_first:
        if correction.field in original and (original[correction.field] or None) == (correction.new or None):
            original[correction.field] = correction.old
            corrected_at = max(corrected_at, correction.corrected_at)
    values = tuple(_key(original[name]) for name in COMPARED)
    return _Text(reading, values, (original["published_at"], reading.published_precision), corrected_at)


def _best(texts: Iterable[_Text]) -> dict[_Text, _Text]:
    """Each text as it is read best: what was corrected anywhere is so wherever the page was the same."""
    readings: dict[Any, _Text] = {}
    times: dict[Any, tuple[str, str]] = {}
    for text in texts:
        readings[text.values] = max(text, readings.get(text.values, text), key=lambda one: one.quality)
        time = text.corrected_at, text.reading.published_at or ""
        times[text.values, text.time[0]] = max(time, times.get((text.values, text.time[0]), time))
    return {
        text: replace(
            text,
            reading=replace(
                readings[text.values].reading,
                published_at=times[text.values, text.time[0]][1] or None,
                published_precision=text.time[1],
            ),
        )
        for text in texts
    }


def _key(value: str | None) -> int | None:
    return identity.key64(identity.normal_form(value)) if value else None


def _joined(known: _Text, seen: _Text) -> _Text | None:
    """The text of a run that goes on with ``seen``; None when that is another text."""
    if any(new is not None and new != old for old, new in zip(known.values, seen.values, strict=True)):
        return None
    time = _sharper(known.time, seen.time)
    if time is None:
        return None
    shown = known if known.time[0] == time[0] else seen
    reading = replace(known.reading, published_at=shown.reading.published_at, published_precision=time[1])
    return replace(known, reading=reading, time=time)


def _sharper(old: _Time, new: _Time) -> _Time | None:
    """The more exact of two prints of a time; None when they are different times."""
    if not new[0]:
        return old
    if new[0] == old[0]:
        return old[0], max(old[1] or "", new[1] or "") or None  # day, minute, second: in this order
    if old[0] and says_less(new[0], new[1], old[0]):
        return old
    return new if old[0] and says_less(old[0], old[1], new[0]) else None


def _version(text: _Text, points: list[Seen[_Text]]) -> Version:
    first, last = points[0].seen_at, points[-1].seen_at
    lesser = {point.seen_at for point in points if _lacks(text, point.what) or point.what.time != text.time}
    moments = tuple(
        Lesser(
            *(point.seen_at, point.what.reading.published_at, point.what.reading.published_precision),
            *(_lacks(text, point.what), point.crawl_id),
        )
        for point in points
        if point.seen_at in lesser
        or first < point.seen_at < last
        or (point.crawl_id and point.seen_at > first)
    )
    return Version(text.reading, first, last, points[0].crawl_id, moments)


def _lacks(text: _Text, seen: _Text) -> tuple[str, ...]:
    """The fields of ``text`` that were not shown."""
    pairs = zip(COMPARED, text.values, seen.values, strict=True)
    return tuple(name for name, whole, part in pairs if whole is not None and part is None)


def points_of(version: Version) -> list[Seen[Reading]]:
    """The moments from which ``version`` was made."""
    told = {moment.seen_at for moment in version.moments}
    ends = [(version.first_seen_at, version.crawl_id), (version.last_seen_at, None)]
    points = [Seen(at, version.reading, crawl) for at, crawl in ends if at not in told]
    return points + [
        Seen(moment.seen_at, _less(version.reading, moment), moment.crawl_id) for moment in version.moments
    ]


def _less(reading: Reading, moment: Lesser) -> Reading:
    """``reading`` as it was seen at ``moment``."""
    missing: dict[str, Any] = {name: "" if name == "body" else None for name in moment.lacks}
    time = {"published_at": moment.published_at, "published_precision": moment.published_precision}
    return replace(reading, **{**missing, **time})


def changed(old: Reading, new: Reading) -> list[str]:
    """The fields in which two texts of an article differ, in the order of a page."""
    order = ("title", "body", "published_at", "source", "editor", "author", "category")
    return [
        name
        for name in order
        if (
            _key(getattr(old, name)) != _key(getattr(new, name))
            if name in COMPARED
            else _sharper(
                (old.published_at, old.published_precision), (new.published_at, new.published_precision)
            )
            is None
        )
    ]


@dataclass(frozen=True, slots=True)
class Block:
    """A related block under an article from when to when; ``moments``: when else, and by which crawl."""

    fingerprint: int
    seen_at: str
    last_seen_at: str
    crawl_id: int | None
    moments: tuple[tuple[str, int | None], ...] = ()


def blocks(known: Iterable[Block]) -> list[Block]:
    """The blocks under an article one after another, of all that are known."""
    points: list[Seen[int]] = []
    for block in known:
        for at, crawl in ((block.seen_at, block.crawl_id), (block.last_seen_at, None), *block.moments):
            points.append(Seen(at, block.fingerprint, crawl))
    runs = groupby(in_order(points, lambda fingerprint: fingerprint), key=lambda point: point.what)
    return [_block(fingerprint, list(run)) for fingerprint, run in runs]


def _block(fingerprint: int, run: list[Seen[int]]) -> Block:
    first, last = run[0], run[-1]
    moments = [*run[1:-1], *([last] if last.crawl_id and last is not first else [])]
    told = tuple((point.seen_at, point.crawl_id) for point in moments)
    return Block(fingerprint, first.seen_at, last.seen_at, first.crawl_id, told)
