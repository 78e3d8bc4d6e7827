"""How far back a channel's listing is walked: one Walk per channel and crawl, decisions only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Seen:
    """What one listing page brought, as the walk judges it."""

    keys: frozenset[int]
    """Every article on it, by the key of its canonical address."""
    unreached: frozenset[int]
    """Those of them that no completed crawl of this channel had reached."""
    entries: int = 0
    """Entries of its main list (side bars repeat on every page and are seldom dated)…"""
    dated: int = 0
    """…those of them with a date…"""
    too_old: int = 0
    """…and those before ``since``."""

    @property
    def before_since(self) -> bool:
        """Whether the list has come to articles that nobody asked for; a few may lack a date."""
        return bool(self.too_old) and self.too_old == self.dated and 2 * self.dated >= self.entries


@dataclass(slots=True)
class Walk:
    """A channel's listing, from its newest page to older ones."""

    channel: str
    """Address of the channel's first page."""
    limit: int | None = None
    """At most this many pages; None: no limit."""
    stop_at_known: bool = False
    """Whether pages of known addresses end the walk: a completed crawl went before, and neither
    ``full`` nor ``since`` asks for more than it reached."""
    undated_limit: int | None = None
    """With ``since``: how many pages without any date are read before giving up on finding one."""
    margin: int = 2
    """Pages in a row of nothing but known addresses that end it."""
    cut_short: bool = False
    """A page of it did not arrive whole: what it did not show may be missing."""
    pages: int = 0
    quiet: int = 0
    keys: set[int] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    """Addresses of listing pages asked for, so that a pager that runs in a circle ends."""

    def verdict(self, page: Seen, next_url: str | None) -> str | None:
        """Take one more page in; why the walk ends here, or None to go on to ``next_url``.

        ``not_a_listing``: the first page has no articles. ``end``: no older page. ``repeats``: nothing
        that this walk had not seen (some sites answer every page number with their last page).
        ``known``: met what a completed crawl had reached. ``since``: all older than asked for. ``limit``.
        """
        self.pages += 1
        fresh = page.keys - self.keys
        self.keys |= page.keys
        if not page.keys and self.pages == 1:
            return "not_a_listing"
        if not fresh:
            return "repeats"
        # Only what the walk had not met: a side bar of new articles stands on every page of a channel.
        self.quiet = 0 if fresh & page.unreached else self.quiet + 1
        if self.stop_at_known and self.quiet >= self.margin:
            return "known"
        if page.before_since:
            return "since"
        if self.undated_limit is not None and not page.dated and self.pages >= self.undated_limit:
            return "limit"
        if next_url is None or next_url in self.addresses:
            return "end"
        if self.limit is not None and self.pages >= self.limit:
            return "limit"
        return None


def limit_of(*, asked: int | None, since: str | None, full: bool, completed: bool, first: int) -> int | None:
    """Pages a channel may be walked: what was asked for; ``first`` where no crawl completed it."""
    if asked is not None:
        return asked
    if full or since or completed:
        return None
    return first


def counts_as_complete(verdict: str, *, asked: int | None) -> bool:
    """Whether a walk that ended so has reached all there is to reach (``limit`` does on a first walk)."""
    return verdict in {"end", "repeats", "known"} or (verdict == "limit" and asked is None)


def too_old(dates: Iterable[str | None], since: str | None) -> tuple[int, int]:
    """(entries with a date, those before ``since``)."""
    known = [date for date in dates if date]
    return len(known), sum(1 for date in known if since and date < since)
