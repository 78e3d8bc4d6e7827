"""What needs a person, and what to type next: small rules over what was looked at. Pure.

A rule speaks only of what does not pass by itself: one crawl that was killed, a page that fails today or a
quiet Sunday are told in the report and need nobody. docs/operating.md says the same in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from shlex import quote
from statistics import mean

from newscrawler.archive.crawls import INTERRUPTED, NO_CRAWLS
from newscrawler.archive.ledger_list import ERROR_CLASSES
from newscrawler.archive.status import Crawl
from newscrawler.report.look import ENDED_WELL, STUCK, UNTOUCHED, Look, usual_interval
from newscrawler.report.words import count, for_archive, local, size, span

SILENT_TIMES, SILENT_AT_LEAST = 4, timedelta(hours=2)
"""No successful crawl for so many usual intervals, and for so long, is silence."""

RETIRED = timedelta(days=60)
"""A spider that has been silent for longer, while others crawl, is not used any more."""

NO_SIGN_OF_LIFE = timedelta(minutes=15)
"""A crawl gives a sign of life every minute."""

NO_CRAWL = timedelta(hours=1)
"""Other commands that take the lock are done long before."""

STUCK_AT_LEAST, STUCK_SHARE = 5, 0.005
"""So many addresses, and this share of what was archived lately, must fail in one way for days."""

RISING_AT_LEAST, RISING_TIMES = 10, 3
"""So many in 24 hours, and so many times the usual, is a rise."""

QUARANTINE_SHARE = 0.05
"""Of what was archived today and yesterday: less than this in quarantine is no change of the site."""

FREE_AT_LEAST, FREE_DAYS = 2**30, 14
"""Bytes, and days of growth, that must be free on the disk."""

WAL_AT_MOST = 2**30
"""Bytes of the write-ahead log. It is cut back to 64 MiB whenever no reader keeps it."""

ENDINGS: dict[int, tuple[str, str]] = {
    1: ("could not start", "newscrawler doctor"),
    3: ("stopped before its end", "newscrawler doctor"),
    5: ("could read no listing, or found no article on any page", "newscrawler doctor"),
}
"""Exit codes after which a crawl needs somebody: what it did, and where to look."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that needs a person."""

    sentence: str
    command: str
    """What to type next."""


def needs(seen: Look, archive: str | None = None) -> list[Need]:
    """All that needs a person now, the most pressing first; empty when all is well.

    ``archive``: what the commands must name to mean this one.
    """
    found = (need for rule in RULES for need in rule(seen))
    return [replace(need, command=for_archive(need.command, archive)) for need in found]


def _lock(seen: Look) -> Iterator[Need]:
    """The lock is held by a process that makes no sign of life."""
    if seen.holder is None:
        return
    crawl = seen.facts.crawls[0] if seen.facts.crawls else None
    running = crawl is not None and crawl.finished_at is None
    last = (crawl.alive_at or crawl.started_at) if crawl is not None and running else seen.holder.started_at
    if last is None or seen.now - datetime.fromisoformat(last) < (NO_SIGN_OF_LIFE if running else NO_CRAWL):
        return
    who = seen.holder.command or "a process"
    where = f" on {seen.holder.host}" if seen.holder.host else ""
    yield Need(
        f"{who} (process {seen.holder.pid}{where}) holds the archive and gave no sign of life since"
        f" {local(last)}; nothing else can crawl meanwhile.",
        f"kill {seen.holder.pid or 'PID'}   # then -9; the next crawl goes on where it stopped",
    )


def _disk(seen: Look) -> Iterator[Need]:
    growth = seen.growth_per_day or 0
    if seen.files.free < FREE_AT_LEAST or (growth and seen.files.free < FREE_DAYS * growth):
        rest = f", room for {count(int(seen.files.free // growth), 'day')}" if growth else ""
        yield Need(f"The disk is nearly full: {size(seen.files.free)} free{rest}.", f"df -h {_folder(seen)}")
    if seen.files.wal > WAL_AT_MOST:
        yield Need(
            f"The write-ahead log has grown to {size(seen.files.wal)}: some program keeps an old state of the"
            " archive open.",
            f"fuser -v {quote(seen.archive)}-wal   # end the reader; a crawl then cuts the log back",
        )


def _endings(seen: Look) -> Iterator[Need]:
    """The last crawl of a spider ended badly, or the last two died."""
    for spider, crawls in _by_spider(seen).items():
        ended = [crawl for crawl in crawls if not seen.is_running(crawl)]
        if not ended:
            continue
        if ended[0].exit_code in ENDINGS:
            did, command = ENDINGS[ended[0].exit_code]
            yield Need(
                f"The last crawl of {spider} ({local(ended[0].started_at)}) {did} (code {ended[0].exit_code},"
                f" {ended[0].reason}).",
                command,
            )
        if len(ended) > 1 and _died(ended[0]) and _died(ended[1]):
            yield Need(
                f"The last two crawls of {spider} died before their end (killed, out of memory, power),"
                f" the last one after {local(ended[0].alive_at or ended[0].started_at)}.",
                "journalctl --since -2d | grep -iE 'out of memory|killed process|scrapy'",
            )


def _troubles(seen: Look) -> Iterator[Need]:
    """What is not at a site as it was, until it is again, or was accepted."""
    for trouble in seen.facts.troubles:
        spider = trouble.series.split()[0]
        yield Need(
            f"{spider} has changed: {trouble.sentence}, since {local(trouble.began_at)}.",
            f"{trouble.command}   # as it should be: newscrawler troubles --accept {trouble.id}",
        )


def _silence(seen: Look) -> Iterator[Need]:
    """A spider has had no successful crawl for much longer than it usually takes."""
    last_seen = [datetime.fromisoformat(crawl.started_at) for crawl in seen.facts.crawls[:1]]
    for spider, crawls in _by_spider(seen).items():
        usual = usual_interval(crawls)
        good = next((crawl for crawl in crawls if crawl.exit_code in ENDED_WELL), None)
        if usual is None or good is None or any(seen.is_running(crawl) for crawl in crawls):
            continue
        end = datetime.fromisoformat(good.finished_at or good.started_at)
        silent = seen.now - end
        if last_seen[0] - end > RETIRED:
            continue
        if silent > SILENT_TIMES * usual and silent > usual + SILENT_AT_LEAST:
            yield Need(
                f"{spider} has had no successful crawl for {span(silent.total_seconds())}; usual is one every"
                f" {span(usual.total_seconds())}.",
                f"scrapy crawl {spider}   # then look at crontab -l, or systemctl list-timers",
            )


def _failures(seen: Look) -> Iterator[Need]:
    """A class of failures that lasts for days, or rises."""
    lately = sum(day.new for day in seen.facts.days)
    for found in seen.facts.failures:
        meaning = ERROR_CLASSES.get(found.error, "see the detail")
        look = f"newscrawler try {quote(found.url)}   # then: newscrawler retry {found.error}"
        if found.old >= max(STUCK_AT_LEAST, STUCK_SHARE * lately):
            yield Need(
                f"{count(found.old, 'address', 'addresses')} failed with {found.error} ({meaning}) for more"
                f" than {STUCK.days} days, the first since {local(found.since)}.",
                look,
            )
        elif found.pending >= RISING_AT_LEAST / 2 and _rises(found.by_day, seen):
            yield Need(
                f"Failures with {found.error} ({meaning}) are rising: {found.by_day[0]:,} in 24 hours,"
                f" {mean(found.by_day[1:]):.1f} a day before.",
                look,
            )


def _untouched(seen: Look) -> Iterator[Need]:
    number, spiders = seen.facts.pending.untouched, list(_by_spider(seen))
    if number:
        # Of several spiders the ledger does not say whose addresses these are.
        spider = spiders[0] if len(spiders) == 1 else "SPIDER"
        yield Need(
            f"{count(number, 'address', 'addresses')} have been due for more than {UNTOUCHED.days} days and"
            " were never tried: the crawls end before they come to them.",
            f"scrapy crawl {spider} -s CLOSESPIDER_TIMEOUT=0 -s TIME_BUDGET=0",
        )


def _quarantine(seen: Look) -> Iterator[Need]:
    """Pages that are no article come in unusual numbers: perhaps the site has a new layout."""
    found = seen.facts.quarantine
    lately = sum(day.new for day in seen.facts.days[:2])
    if found.by_day[0] > QUARANTINE_SHARE * lately and _rises(found.by_day, seen):
        yield Need(
            f"Quarantine is growing: {found.by_day[0]:,} pages in 24 hours that fit no article,"
            f" {mean(found.by_day[1:]):.1f} a day before. The site may have changed.",
            f"newscrawler try --explain {quote(found.url or 'URL')}",
        )


def _rises(by_day: list[int], seen: Look) -> bool:
    """``by_day``: the last 24 hours first. A rise needs a past to rise from: some days of crawls."""
    if len(by_day) < 2 or not seen.facts.crawls:
        return False
    history = seen.now - datetime.fromisoformat(seen.facts.crawls[-1].started_at)
    if history < STUCK:
        return False
    return by_day[0] >= max(RISING_AT_LEAST, RISING_TIMES * mean(by_day[1:]))


def _by_spider(seen: Look) -> dict[str, list[Crawl]]:
    """Spider -> its crawls, newest first; imports come when somebody has something to import."""
    found: dict[str, list[Crawl]] = {}
    for crawl in (crawl for crawl in seen.facts.crawls if crawl.spider not in NO_CRAWLS):
        found.setdefault(crawl.spider, []).append(crawl)
    return found


def _died(crawl: Crawl) -> bool:
    """Killed, or still open though nobody holds the lock."""
    return crawl.exit_code is None and crawl.reason in {INTERRUPTED, None}


def _folder(seen: Look) -> str:
    folder, _, _ = seen.archive.rpartition("/")
    return quote(folder or ".")


RULES: tuple[Callable[[Look], Iterator[Need]], ...] = (
    _lock,
    _disk,
    _endings,
    _troubles,
    _silence,
    _failures,
    _untouched,
    _quarantine,
)
