"""What a crawl came to: counts, the exit code, the words for the user. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

from newscrawler.archive.session import Tally

OK, NOT_STARTED, USAGE, STOPPED, PAGES_FAILED, NOTHING_READ, CHANGED = 0, 1, 2, 3, 4, 5, 6
INTERRUPTED, LOCKED = 130, 75

MEANING: dict[int, str] = {
    OK: "done, also with nothing new, also when a time or page budget ended it cleanly",
    NOT_STARTED: "could not start",
    USAGE: "wrong usage",
    STOPPED: "stopped before the end (archive error, CloseSpider)",
    PAGES_FAILED: "done, but pages failed (they stay pending)",
    NOTHING_READ: "no listing could be read, or not one page fitted an article",
    CHANGED: "done, but the site has changed (newscrawler troubles)",
    LOCKED: "another process holds this archive",
    INTERRUPTED: "interrupted",
}

TURNED_AWAY = "newscrawler/politeness/turned_away"
"""Of the requests that Scrapy counts those that never left: their host wanted quiet, or the crawl ended."""

CLEAN_ENDS = frozenset(
    {
        "finished",
        "time_budget",
        "backfill_budget",
        "closespider_timeout",
        "closespider_pagecount",
        "closespider_itemcount",
        "closespider_timeout_no_item",
        "closespider_pagecount_no_item",
    }
)
INTERRUPTIONS = frozenset({"shutdown", "interrupted"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one crawl; all counts but ``requests`` are of distinct addresses."""

    reason: str
    exit_code: int
    requests: int
    new: int
    updated: int
    unchanged: int
    failed: int
    quarantined: int
    gone: int
    absent: int
    """Guessed addresses that do not exist (``backfill``)."""


def outcome_of(tally: Tally, stats: Mapping[str, Any], reason: str | None) -> Outcome:
    """Sum a crawl up; ``reason`` is Scrapy's finish reason, None when the process was torn down."""
    counts = tally.counts()
    reason = reason or "interrupted"
    return Outcome(
        reason=reason,
        exit_code=exit_code(tally, reason),
        requests=int(stats.get("downloader/request_count", 0)) - int(stats.get(TURNED_AWAY, 0)),
        new=counts["new"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        failed=counts["failed"],
        quarantined=counts["quarantined"],
        gone=counts["gone"],
        absent=counts["absent"],
    )


def exit_code(tally: Tally, reason: str) -> int:
    """The first code of the contract that fits."""
    if reason in INTERRUPTIONS:
        return INTERRUPTED
    if reason not in CLEAN_ENDS:
        return STOPPED
    if reason == "finished" and tally.needs_listings and not tally.listings_read:
        return NOTHING_READ
    if tally.pages_judged and not tally.pages_fit and not tally.known_seen:
        return NOTHING_READ
    if tally.troubles:
        return CHANGED
    if tally.counts()["failed"]:
        return PAGES_FAILED
    return OK


def missing_feeds(feeds: Mapping[str, Any], stats: Mapping[str, Any]) -> list[str]:
    """The feeds (``-O FILE``) asked for when not all could be written; Scrapy only logs that."""
    done = sum(count for name, count in stats.items() if name.startswith("feedexport/success_count/"))
    failed = any(name.startswith("feedexport/failed_count/") for name in stats)
    return [*feeds] if failed or (done < len(feeds) and stats.get("item_scraped_count")) else []


def one_line(outcome: Outcome, tally: Tally, archive: str) -> str:
    """The one line that cron mails when something is not as it should be."""
    classes = ", ".join(f"{kind} {count}" for kind, count in tally.errors.most_common(4))
    problem = f"; {tally.problems[0]}" if tally.problems else ""
    failed = f"{outcome.failed} failed" + (f" ({classes})" if classes else "")
    return (
        f"newscrawler: {MEANING[outcome.exit_code]} ({outcome.reason}): "
        f"{outcome.new} new, {outcome.updated} updated, {failed}, archive {archive}{problem}"
    )


def summary(outcome: Outcome, tally: Tally, archive: str, *, pages: tuple[int, int] = (0, 0)) -> str:
    """The plain summary for a terminal: what came, where it is, what to type next.

    ``pages``: how many raw pages were kept, and their bytes on the disk.
    """
    lines = [
        "",
        f"  {outcome.new:>6} new        {outcome.updated:>6} updated    {outcome.unchanged:>6} unchanged",
        f"  {outcome.failed:>6} failed     {outcome.quarantined:>6} kept apart {outcome.gone:>6} gone"
        f"     {outcome.requests:>6} requests",
        "",
    ]
    if outcome.absent:
        lines.append(
            f"  {outcome.absent:>6} guessed addresses do not exist; what is missing: newscrawler gaps"
        )
    if outcome.exit_code != OK:
        lines.append(f"  {MEANING[outcome.exit_code]} (code {outcome.exit_code}, {outcome.reason})")
    if tally.errors:
        lines.append(
            "  failures: " + ", ".join(f"{kind} {count}" for kind, count in tally.errors.most_common())
        )
    lines.extend(f"  {problem}" for problem in tally.problems[:5])
    lines.append(f"  archive: {archive}")
    if pages[0]:
        lines.append(f"  raw pages: {pages[0]:,} in {archive}.pages, {pages[1] / pages[0]:,.0f} bytes a page")
    lines.append(f"  look at it:  newscrawler serve --archive {quote(archive)}")
    if outcome.failed:
        lines.append("  failed pages stay pending; the next crawl takes them first")
    return "\n".join(lines)
