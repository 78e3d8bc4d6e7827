"""How far back a channel's listing is walked: one Walk per channel and crawl, decisions only.

A channel has two marks, each the id of a crawl: the last that *completed* it, and the last that walked it
down to a day (``since``). All that a mark's walk saw was in the ledger then, so a later walk may end where
it meets nothing but addresses that were found up to that crawl. An interrupted crawl moves no mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from newscrawler.archive.keytable import KeyTable
from newscrawler.crawl.jump import Jump


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user and the settings say of every walk of a crawl."""

    max_pages: int | None = None
    """Pages a channel (the argument ``max_listing_pages``)."""
    since: str | None = None
    """YYYY-MM-DD."""
    full: bool = False
    first: int = 20
    """LISTING_PAGES_FIRST: pages of a channel that no crawl completed."""
    margin: int = 2
    """LISTING_MARGIN."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How far earlier crawls had come in a channel; None: none did."""

    completed: int | None = None
    since_crawl: int | None = None
    reached_since: str | None = None
    empty_pages: int | None = None
    """Pages of the last walk, when a page without articles ended it."""


@dataclass(slots=True)
class Seen:
    """What one listing page brought, as the walk judges it."""

    keys: frozenset[int]
    """Every article on it, by the key of its canonical address."""
    unreached: frozenset[int]
    """Those of them that the walk's mark does not cover."""
    entries: int = 0
    """Entries of its main list (side bars repeat on every page and are seldom dated)…"""
    dated: int = 0
    """…those of them with a date…"""
    too_old: int = 0
    """…and those before ``since``."""
    tail: int = 0
    """Entries in a row at the end of its main list that the walk's mark covers."""

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
    reached: int | None = None
    """The crawl up to which addresses found are covered: pages of such alone end the walk. None: nothing
    does, since no crawl completed the channel, or more is asked for than it reached."""
    undated_limit: int | None = None
    """With ``since``: how many pages without any date are read before giving up on finding one."""
    margin: int = 2
    """Pages in a row of nothing but known addresses that end it; of the first its lower half will do."""
    empty_before: int | None = None
    """Pages of the last walk, when a page without articles ended it."""
    etag: str | None = None
    last_modified: str | None = None
    """By what the site can be asked whether the first page changed; the next walk's business."""
    cut_short: bool = False
    """A page of it did not arrive whole: what it did not show may be missing."""
    skipped: bool = False
    """It showed articles that are not in the ledger, since they are older than ``since``."""
    jump: Jump | None = None
    """The search for the first page that matters, where a backfill begins far above it."""
    announced: bool = False
    """A page announced it as a feed, which it must then be."""
    guess: bool = False
    """The page now asked for follows from a button (加载更多, "load more") or a number, and nothing links to
    it: it may not be there."""
    pages: int = 0
    quiet: int = 0
    longest: int = 0
    """Most entries of a page so far, the first apart (it may show more, on top)…"""
    last: int = 0
    """…and those of the last one: where it has far fewer, the list comes to its end."""
    keys: KeyTable = field(default_factory=lambda: KeyTable("b"))
    """Of every article that it met, by the key of its canonical address: 1."""
    new: int = 0
    """So many of them no walk had met before, where one had completed the channel."""
    addresses: set[str] = field(default_factory=set)
    """Addresses of listing pages asked for, so that a pager that runs in a circle ends."""

    @property
    def is_searching(self) -> bool:
        """Whether it still looks for the first page that matters."""
        return self.jump is not None and not self.jump.is_done

    def verdict(self, page: Seen, next_url: str | None) -> str | None:
        """Take one more page in; why the walk ends here, or None to go on to ``next_url``.

        ``not_a_listing``: the first page has no articles. ``empty``: an older one has none though the
        pager led to it (the site is being worked on?). ``end``: no older page. ``repeats``: nothing
        that this walk had not seen (some sites answer every page number with their last page).
        ``known``: met what an earlier crawl had reached. ``since``: all older than asked for. ``limit``.
        """
        self.pages += 1
        if not page.keys:
            return self._without_articles()
        fresh = {key for key in page.keys if not self.keys.get(key)}
        for key in fresh:
            self.keys.put(key, 1)
        if self.reached is not None:
            self.new += len(fresh & page.unreached)
        self.last = page.entries
        self.longest = max(self.longest, page.entries) if self.pages > 1 else 0
        self.skipped = self.skipped or page.too_old > 0
        if not fresh and not (self.guess and self.pages == 2 and next_url):
            return "repeats"  # but where a button begins with the first page again
        # Only what the walk had not met: a side bar of new articles stands on every page of a channel.
        if fresh & page.unreached:
            # Known to its lower half already: half a page is asked for less, in every channel and crawl.
            self.quiet = 1 if page.tail and 2 * page.tail >= page.entries else 0
        else:
            self.quiet += 1
        if self.reached is not None and self.quiet >= self.margin:
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

    def missing(self) -> str:
        """The site says that an older page is not there, though the pager led to it: ``empty`` or ``end``."""
        self.pages += 1
        return self._without_articles()

    def _without_articles(self) -> str:
        """Some sites end their lists with an empty page: behind a shorter one, or in the same place again."""
        if self.pages == 1:
            return "not_a_listing"
        if self.guess:
            return "end"
        again = self.empty_before is not None and self.pages >= self.empty_before
        return "end" if again or 4 * self.last <= 3 * self.longest else "empty"


def new_walk(channel: str, asked: Asked, marks: Marks) -> Walk:
    """The walk of ``channel``: with ``full`` to its end, with ``since`` to that day, else to its mark."""
    covered = (
        marks.since_crawl
        if asked.since and marks.reached_since and asked.since >= marks.reached_since
        else None
    )
    reached = covered if asked.since else marks.completed
    return Walk(
        channel,
        limit=limit_of(asked, marks),
        reached=None if asked.full else reached,
        undated_limit=asked.first if asked.since and covered is None else None,
        margin=asked.margin,
        empty_before=marks.empty_pages,
    )


def limit_of(asked: Asked, marks: Marks) -> int | None:
    """Pages a channel may be walked: what was asked for; ``first`` where no crawl completed it."""
    if asked.max_pages is not None:
        return asked.max_pages
    if asked.full or asked.since or marks.completed is not None:
        return None
    return asked.first


def completes(walk: Walk, verdict: str, asked: Asked) -> bool:
    """Whether the walk has reached all there is to reach, so that an ordinary one may end at its mark.

    ``limit`` does on a first walk. With ``since`` nothing is complete that it left out.
    """
    if walk.cut_short:
        return False
    if asked.since:
        return verdict in {"end", "repeats"} and not walk.skipped
    return verdict in {"end", "repeats", "known"} or (verdict == "limit" and asked.max_pages is None)


def reaches_since(walk: Walk, verdict: str, asked: Asked, marks: Marks) -> str | None:
    """The day down to which all is in the ledger after this walk; None where nothing can be said.

    A walk that ended where the last one had begun reaches as far down as that one did.
    """
    if walk.cut_short or not asked.since:
        return None
    if verdict == "known":
        return marks.reached_since
    return asked.since if verdict in {"since", "end", "repeats"} else None


def too_old(dates: Iterable[str | None], since: str | None) -> tuple[int, int]:
    """(entries with a date, those before ``since``)."""
    known = [date for date in dates if date]
    return len(known), sum(1 for date in known if since and date < since)
