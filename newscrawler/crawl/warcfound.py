"""What an import of WARC files came to: counts, what was left out and why, the exit code. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from newscrawler.crawl.outcome import INTERRUPTED, NOTHING_READ, OK, PAGES_FAILED, STOPPED

NO_ARTICLE = "pages that are no articles, of sites without rules"
FORGOTTEN = "forgotten on purpose"
INCOMPLETE = "articles with a part that is in no file"
UNREADABLE = "pages that cannot be decoded"
NO_PAYLOAD = "revisits of a page that is in no file"
NOT_TAKEN = "pages that a rule failed on"
FAILURES = (INCOMPLETE, UNREADABLE, NO_PAYLOAD, NOT_TAKEN)


@dataclass(slots=True)
class Imported:
    """What an import came to."""

    records: int = 0
    visits: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """Distinct articles: new, updated, unchanged, quarantined."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Why pages were not taken -> how many."""
    damage: list[str] = field(default_factory=list)
    """Of the files, a sentence each."""
    problems: list[str] = field(default_factory=list)
    """Of pages that should have been articles, a sentence each."""
    pages: tuple[int, int] = (0, 0)
    """Raw pages that were kept, and their bytes."""
    reason: str = "finished"

    @property
    def failed(self) -> int:
        """Pages that should have been articles."""
        return sum(self.left_out[why] for why in FAILURES)

    @property
    def exit_code(self) -> int:
        """Of the contract."""
        if self.reason != "finished":
            return {"interrupted": INTERRUPTED}.get(self.reason, STOPPED)
        if self.damage or self.failed:
            return PAGES_FAILED
        return OK if self.counts.total() - self.counts["quarantined"] else NOTHING_READ
