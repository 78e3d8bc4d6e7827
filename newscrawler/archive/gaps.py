"""What an archive lacks, by the ids of its addresses: month by month what became of each; reads only.

A month reaches from its first known id to its last one; ids between the last of a month and the first of the
next are told apart. Every query walks an index, so a million and a half of addresses take a second.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import inf, sqrt

from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive.absent import GUESSED
from newscrawler.archive.known import UNSURE, Sequence, sequences

STATES: dict[str, tuple[str, ...]] = {
    "archived": ("archived", "unchanged"),
    "gone": ("gone",),
    "failed": ("failed",),
    "pending": ("pending",),
    "apart": ("quarantined", "disallowed"),
}
"""Column of a report -> states of the ledger that it counts; ``apart``: no article, or forbidden."""

ENOUGH = 3
"""So many ids of a month say where it lies; a single one may be a wrong link."""

CERTAIN = 30
"""So many guesses are needed to reckon by those of one month alone."""

_ALL = ", ".join(f"'{state}'" for states in STATES.values() for state in states)


@dataclass(slots=True)
class Span:
    """What became of the ids of a month, or of a day."""

    name: str
    """YYYY-MM, or YYYY-MM-DD."""
    first: int
    """The lowest id that is known to be of it,"""
    last: int
    """and the highest."""
    archived: int = 0
    gone: int = 0
    failed: int = 0
    pending: int = 0
    apart: int = 0
    """No article, or not to be asked for by robots.txt."""
    absent: int = 0
    """Guessed, and there is no such page."""
    untried: int = 0
    """Never asked for."""
    hits: int = 0
    """Guesses that led to a page; ``absent`` are those that did not."""

    @property
    def share(self) -> float:
        """How much of it is done, 0…1, rounded down: 1 only when nothing is left to ask for."""
        done = self.archived + self.gone + self.apart + self.absent
        whole = done + self.failed + self.pending + self.untried
        return 1000 * done // whole / 1000 if whole else 0.0


@dataclass(frozen=True, slots=True)
class Between:
    """Ids that lie between two months of which any are known: they are of either, or of a month between."""

    below: str
    above: str
    untried: int


@dataclass(slots=True)
class Track:
    """One sequence of ids."""

    site: str
    host: str
    months: list[Span] = field(default_factory=list)
    """The newest first."""
    between: list[Between] = field(default_factory=list)
    pattern: str = ""
    """The shape of its addresses; a host may have several."""

    @property
    def untried(self) -> int:
        """Ids from the lowest known to the highest that nobody asked for."""
        return sum(s.untried for s in self.months) + sum(b.untried for b in self.between)

    def likely(self, span: Span) -> tuple[float, float, float] | None:
        """How many of the ids of ``span`` that nobody tried are articles: reckoned, at least, at most.

        By the share of guesses that led to a page, those of the span where there are enough of them, else of
        the whole sequence; bounds of 95 % (Wilson's interval). None: too few guesses to say anything.
        """
        for hits, misses in (
            (span.hits, span.absent),
            (sum(s.hits for s in self.months), sum(s.absent for s in self.months)),
        ):
            if hits + misses >= CERTAIN:
                share, least, most = interval(hits, hits + misses)
                return share * span.untried, least * span.untried, most * span.untried
        return None


def interval(hits: int, tries: int) -> tuple[float, float, float]:
    """The share of hits, and between what it lies with 95 % (Wilson's interval)."""
    z, share = 1.96, hits / tries
    middle = (share + z * z / (2 * tries)) / (1 + z * z / tries)
    spread = z * sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries)) / (1 + z * z / tries)
    return share, max(0.0, middle - spread), min(1.0, middle + spread)


def unnumbered(database: Database) -> list[str]:
    """Sites of the archive whose addresses hold no id with a month: of their gaps nothing is known."""
    names = [name for (name,) in database.conn.execute("SELECT name FROM sites ORDER BY name")]
    return [name for name in names if not sequences(database, name) or not identity.is_numbered(name)]


def gather(database: Database, site: str | None = None) -> list[Track]:
    """Every sequence (of ``site``, when given) with its months."""
    connection = database.conn
    connection.execute("BEGIN")  # one snapshot for all that follows
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sites ORDER BY name")]
        return [
            _track(database, name, sequence)
            for name in names
            if site in (None, name)
            for sequence in sequences(database, name)
        ]
    finally:
        connection.execute("ROLLBACK")


def _track(database: Database, site: str, sequence: Sequence) -> Track:
    track = Track(site, sequence.host, pattern=sequence.pattern)
    counts = _counts(database, sequence.id)
    reach = _reach(database, sequence.id, counts)
    hits = _hits(database, sequence.id)
    for month in sorted(reach, reverse=True):
        first, last = reach[month]
        folders = [f for m, f in counts if m == month]
        states = Counter[str]()
        for folder in folders:
            states.update(counts[month, folder])
        span = Span(month, first, last, **{name: sum(states[s] for s in of) for name, of in STATES.items()})
        span.absent = sum(_absent(database, sequence.id, f, f, first, last) for f in folders)
        span.hits = sum(hits[folder] for folder in folders)
        near = [f for m, f in counts if reach.get(m) and reach[m][0] <= last and reach[m][1] >= first]
        known = sum(_known(database, sequence.id, f, first, last) for f in near)
        span.untried = max(0, last - first + 1 - known - span.absent)
        track.months.append(span)
    for above, below in pairwise(track.months):
        low, high = below.last + 1, above.first - 1
        if high >= low:
            folders = [f for m, f in counts if m in (below.name, above.name)]
            asked = _absent(database, sequence.id, min(folders), max(folders), low, high)
            if high - low + 1 > asked:
                track.between.append(Between(below.name, above.name, high - low + 1 - asked))
    return track


def _counts(database: Database, sequence: int) -> dict[tuple[str, str], Counter[str]]:
    """(month, folder) -> state -> how many addresses."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for folder, state, number in database.conn.execute(
        "SELECT folder, state, count(*) FROM ledger WHERE sequence_id = ? AND sequence_id > 0"
        " GROUP BY folder, state",
        (sequence,),
    ):
        found.setdefault((identity.month_of(folder), folder), Counter())[state] = number
    return found


def _reach(
    database: Database, sequence: int, counts: dict[tuple[str, str], Counter[str]]
) -> dict[str, tuple[int, int]]:
    """Month -> its lowest and its highest id; ids beyond the middle of another month are wrong links."""
    by_month: dict[str, list[str]] = {}
    for month, folder in counts:
        by_month.setdefault(month, []).append(folder)
    months = sorted(by_month)
    middles: list[float | None] = []
    for month in months:
        folder = sorted(by_month[month])[len(by_month[month]) // 2]
        states = counts[month, folder]
        state, number = states.most_common(1)[0]
        middles.append(_middle(database, sequence, folder, state, number) if number >= ENOUGH else None)
    above = [0.0, *accumulate((m or 0.0 for m in middles), max)]
    below = [inf, *accumulate((m or inf for m in reversed(middles)), min)][::-1]
    found = {}
    for at, month in enumerate(months):
        ends = [
            end
            for folder in by_month[month]
            for end in _ends(database, sequence, folder, above[at], below[at + 1])
            if end is not None
        ]
        if ends:
            found[month] = (min(ends), max(ends))
    return found


def _middle(database: Database, sequence: int, folder: str, state: str, number: int) -> int:
    """The id in the middle of those of a folder and state."""
    row = database.conn.execute(
        "SELECT number FROM ledger WHERE sequence_id = ? AND sequence_id > 0 AND folder = ? AND state = ?"
        " ORDER BY number LIMIT 1 OFFSET ?",
        (sequence, folder, state, number // 2),
    ).fetchone()
    return int(row[0])


def _ends(
    database: Database, sequence: int, folder: str, above: float, below: float
) -> tuple[int | None, int | None]:
    """The lowest and the highest id of a folder between two bounds."""
    values = (sequence, folder, int(above), int(min(below, 1 << 62)))
    found: list[int | None] = []
    for end in ("min", "max"):
        each = " UNION ALL ".join(
            f"SELECT {end}(number) AS n FROM ledger WHERE sequence_id = ?1 AND sequence_id > 0"
            f" AND folder = ?2 AND state = '{state}' AND number > ?3 AND number < ?4"
            + (f" AND discovered_as IS NOT '{GUESSED}'" if state in UNSURE else "")
            for states in STATES.values()
            for state in states
        )
        found.append(database.conn.execute(f"SELECT {end}(n) FROM ({each})", values).fetchone()[0])
    return found[0], found[1]


def _known(database: Database, sequence: int, folder: str, first: int, last: int) -> int:
    """How many ids of ``folder`` from ``first`` to ``last`` the ledger has."""
    row = database.conn.execute(
        "SELECT count(*) FROM ledger WHERE sequence_id = ? AND sequence_id > 0 AND folder = ?"
        f" AND state IN ({_ALL}) AND number BETWEEN ? AND ?",
        (sequence, folder, first, last),
    ).fetchone()
    return int(row[0])


def _absent(database: Database, sequence: int, begin: str, end: str, first: int, last: int) -> int:
    """How many ids from ``first`` to ``last`` were asked for in vain in the folders ``begin`` to ``end``."""
    row = database.conn.execute(
        "SELECT count(DISTINCT number) FROM absent WHERE sequence_id = ? AND folder BETWEEN ? AND ?"
        " AND number BETWEEN ? AND ?",
        (sequence, begin, end, first, last),
    ).fetchone()
    return int(row[0])


def _hits(database: Database, sequence: int) -> Counter[str]:
    """Folder -> guesses that led to a page."""
    return Counter(
        dict(
            database.conn.execute(
                "SELECT folder, count(*) FROM ledger WHERE sequence_id = ? AND guessed = 1"
                " AND state IN ('archived', 'unchanged', 'gone', 'quarantined') GROUP BY folder",
                (sequence,),
            )
        )
    )
