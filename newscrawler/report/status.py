"""``newscrawler status`` in one screen of 80 columns, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from newscrawler import clock
from newscrawler.archive.status import AGES, Crawl, Day
from newscrawler.report.look import Look, look, usual_interval
from newscrawler.report.needs import Need, needs
from newscrawler.report.words import ZONE, count, cut, fit, local, size, span

__all__ = ["ZONE", "as_json", "as_text", "look", "needs"]

SHOWN_CRAWLS, SHOWN_CLASSES = 5, 6

BAR = 12
"""Columns of the longest bar."""

ENDINGS = {
    0: "all well",
    1: "could not start",
    3: "stopped early",
    4: "pages failed",
    5: "read nothing",
    6: "site changed",
    130: "interrupted",
}
"""Exit codes in two words; their full meaning stands in the README."""


def as_text(seen: Look, found: list[Need]) -> Iterator[str]:
    """The screen, line by line; times and days of the site's zone."""
    facts = seen.facts
    span_of_days = f", {facts.first_day} to {facts.last_day}" if facts.first_day else ""
    yield fit(f"{seen.archive}: {count(facts.articles, 'article')}{span_of_days}", 80)
    yield f"It is {local(clock.iso(seen.now))} in {ZONE.key}, whose times and days these are."
    yield ""
    yield from _crawls(seen)
    yield ""
    yield from _days(_since_the_first_crawl(seen))
    yield ""
    yield from _open(seen)
    yield from _size(seen)
    yield ""
    yield from needs_as_text(found)


def needs_as_text(found: list[Need]) -> Iterator[str]:
    """What needs a person, each with the next command; or that nothing does."""
    if not found:
        yield "Nothing needs a person."
    for need in found:
        yield from _wrapped(f"NEEDS A PERSON: {need.sentence}")
        yield f"  -> {need.command}"


def as_json(seen: Look, found: list[Need]) -> str:
    """Everything as one object; times UTC, sizes in bytes, the crawls cut to the newest 50."""
    facts: dict[str, Any] = asdict(seen.facts)
    facts["crawls"] = facts["crawls"][:50]
    usual = usual_interval(seen.facts.crawls)
    whole = {
        "archive": seen.archive,
        "now": clock.iso(seen.now),
        "zone": ZONE.key,
        "needs_a_person": [asdict(need) for need in found],
        **facts,
        "files": asdict(seen.files),
        "bytes_per_article": seen.bytes_per_article,
        "growth_per_day": seen.growth_per_day,
        "usual_interval_seconds": usual.total_seconds() if usual else None,
        "running": asdict(seen.holder) if seen.holder else None,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _crawls(seen: Look) -> Iterator[str]:
    crawls = seen.facts.crawls
    if not crawls:
        yield "No crawl yet. Start one: scrapy crawl itbear"
        return
    yield f"{'Crawls':<17} {'lasted':>10} {'requests':>8} {'new':>6} {'upd':>5} {'fail':>5}  end"
    for crawl in crawls[:SHOWN_CRAWLS]:
        numbers = (crawl.requests, crawl.new, crawl.updated, crawl.failed)
        requests, new, updated, failed = ("-" if number is None else f"{number:,}" for number in numbers)
        line = f"{local(crawl.started_at):<17} {_lasted(crawl):>10} {requests:>8}"
        line += f" {new:>6} {updated:>5} {failed:>5}"
        yield f"{line}  {cut(_ending(seen, crawl), 80 - len(line) - 2)}"
    usual = usual_interval(crawls)
    if usual is not None:
        yield f"Usually one every {span(usual.total_seconds())}."


def _lasted(crawl: Crawl) -> str:
    end = crawl.finished_at or crawl.alive_at or crawl.started_at
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(crawl.started_at)).total_seconds()
    return span(seconds) if seconds > 0 else "-"


def _ending(seen: Look, crawl: Crawl) -> str:
    if crawl.finished_at is None:
        return "running" if seen.is_running(crawl) else "died"
    if crawl.exit_code is None:
        return "died"
    is_plain = crawl.reason in {"finished", "shutdown", None} and crawl.exit_code in ENDINGS
    return f"{crawl.exit_code} {ENDINGS[crawl.exit_code] if is_plain else crawl.reason}"


def _since_the_first_crawl(seen: Look) -> list[Day]:
    """The days that there is something to say of: a new archive has no past."""
    first = seen.facts.crawls[-1].started_at if seen.facts.crawls else clock.iso(seen.now)
    begin = local(first)[:10]
    return [day for day in seen.facts.days if day.day >= begin or day.dated]


def _days(days: list[Day]) -> Iterator[str]:
    most = max([day.new for day in days] + [1])
    yield f"{'Day':<10} {'new':>6} {'':<{BAR}} {'dated':>6} {'archived':>9}  missing"
    for day in days:
        bar = "█" * round(BAR * day.new / most) or ("▏" if day.new else "")
        line = f"{date.fromisoformat(day.day):%m-%d %a}  {day.new:>6,} {bar:<{BAR}}"
        yield (line + _completeness(day, 80 - len(line))).rstrip()


def _completeness(day: Day, columns: int) -> str:
    if not day.dated:
        return ""
    assert day.archived is not None
    # Rounded down: 100 % is said of a whole day only.
    share = 1000 * day.archived // day.dated / 10
    figures = f" {day.dated:>6,} {share:>8.1f}%"
    why = ", ".join(f"{number:,} {name}" for name, number in day.missing.items())
    return f"{figures}  {cut(why, columns - len(figures) - 2)}"


def _open(seen: Look) -> Iterator[str]:
    """What is not done yet, or could not be."""
    facts = seen.facts
    pending = facts.pending
    if pending.total:
        ages = ", ".join(f"{pending.ages[name]:,} {name}" for name, _ in AGES if pending.ages[name])
        related = f"; {pending.related:,} from related items" if pending.related else ""
        yield fit(f"Pending    {pending.total:,}, {pending.due:,} due now: {ages}{related}", 80)
    else:
        yield "Pending    nothing"
    for found in facts.failures[:SHOWN_CLASSES]:
        given_up = f", {found.failed:,} given up" if found.failed else ""
        yield fit(f"Failing    {found.pending:,} {found.error}{given_up}, since {local(found.since)}", 80)
        yield fit(f"           {found.url}", 80)
    if facts.quarantine.total:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in facts.quarantine.reasons.items())
        week = f"; this week {reasons}" if reasons else ""
        yield fit(f"Quarantine {count(facts.quarantine.total, 'page')}{week}", 80)
    revisits = facts.revisits
    coming = f", {revisits.waiting:,} later, the next {local(revisits.next_at)}" if revisits.waiting else ""
    yield f"Revisits   {revisits.due:,} due now{coming}"


def _size(seen: Look) -> Iterator[str]:
    files = seen.files
    parts = [size(files.database)]
    parts += [f"log {size(files.wal)}"] if files.wal else []
    parts += [f"raw pages {size(files.pages)}"] if files.pages else []
    each, growth = seen.bytes_per_article, seen.growth_per_day
    yield f"Size       {', '.join(parts)}{f'; {size(each)} an article' if each else ''}"
    yield f"Disk       {size(files.free)} free{f'; about {size(growth)} more a day' if growth else ''}"


def _wrapped(sentence: str) -> Iterator[str]:
    line = ""
    for word in sentence.split():
        if line and len(line) + 1 + len(word) > 80:
            yield line
            line = "  " + word
        else:
            line = f"{line} {word}" if line else word
    yield line
