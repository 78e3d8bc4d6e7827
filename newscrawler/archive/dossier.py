"""All that the archive knows of one article: how it is called, where each value is from, what is like it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive import captures, ledger
from newscrawler.archive.captures import Capture
from newscrawler.archive.history import History, history_of
from newscrawler.archive.ledger import LedgerRow

MOST = 50
"""Copies, relatives and promoters that are named; an evergreen is promoted by thousands."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Another address that led to the article."""

    url: str
    reason: str
    first_seen_at: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that mended rules read differently from the same page."""

    field: str
    old: str | None
    new: str | None
    corrected_at: str
    rules: str
    """The version of the rules that read it so."""


@dataclass(frozen=True, slots=True)
class Made:
    """What made a field say what it says."""

    rule: str | None
    """None: a rule without a name."""
    rules: str | None
    """The version of the rules; None where that was not noted."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An article that tells the same story."""

    url: str
    title: str | None
    published_at: str | None
    similarity: float
    """To the first of the cluster, 0…1; 1 for the first itself."""
    is_first: int
    """1 for the first of the cluster, else 0."""


@dataclass(frozen=True, slots=True)
class Promoter:
    """An article whose related block showed this one."""

    url: str
    title: str | None
    position: int
    """The best that it had there."""
    shown_as: str
    """The title shown."""
    seen_at: str
    last_seen_at: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A page of the article's addresses that was no article."""

    url: str
    reason: str
    detail: str | None
    first_seen_at: str
    last_seen_at: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything; times ISO 8601 UTC."""

    history: History
    aliases: list[Alias]
    captures: list[Capture]
    corrections: list[Correction]
    duplicate_of: str | None
    copies: list[str]
    """Exact copies that point to this one."""
    similarity: float | None
    """How like the first of its cluster it is; None when it is the first, or alone."""
    alike: list[Alike]
    """The others of its cluster, the first one first."""
    promoters: list[Promoter]
    """The latest first, MOST at most."""
    promoted_by: int
    """How many there are."""
    quarantined: list[Quarantined]
    ledger: LedgerRow | None

    def made_by(self) -> dict[str, Made]:
        """Field of the present text -> what made it: the crawl's rules, or later ones that corrected it."""
        now = self.history.versions[-1]
        made = {field: Made(rule, now.rules) for field, rule in now.found_by.items()}
        for one in self.corrections:  # the oldest first
            if one.corrected_at >= now.first_seen_at:
                made[one.field] = Made(now.found_by.get(one.field), one.rules)
        return made


def dossier_of(database: Database, url: str) -> Dossier:
    """What is known of the archived article at the canonical address ``url``."""
    connection = database.conn
    number, head, head_url = connection.execute(
        "SELECT a.id, coalesce(d.id, a.id), d.url FROM articles a"
        " LEFT JOIN articles d ON d.id = a.duplicate_of WHERE a.url_key = ?",
        (identity.key64(url),),
    ).fetchone()
    asked = (number,)
    aliases = connection.execute(
        "SELECT url, reason, first_seen_at FROM aliases WHERE article_id = ? ORDER BY id", asked
    )
    corrections = connection.execute(
        "SELECT field, old, new, corrected_at, rules FROM corrections WHERE article_id = ? ORDER BY id", asked
    )
    copies = connection.execute(
        f"SELECT url FROM articles WHERE duplicate_of = ? ORDER BY id LIMIT {MOST}", asked
    )
    promoters, promoted_by = _promoters(connection, number)
    return Dossier(
        history=history_of(database, url),
        aliases=[Alias(*row) for row in aliases],
        captures=captures.captures_of(database, url),
        corrections=[Correction(*row) for row in corrections],
        duplicate_of=head_url,
        copies=[row[0] for row in copies],
        similarity=_similarity(connection, head),
        alike=_alike(connection, head),
        promoters=promoters,
        promoted_by=promoted_by,
        quarantined=_quarantined(connection, url, number),
        ledger=ledger.lookup(database, [url]).get(url),
    )


def _similarity(connection: sqlite3.Connection, head: int) -> float | None:
    row = connection.execute("SELECT similarity FROM near_duplicate_links WHERE article_id = ?", (head,))
    found = row.fetchone()
    return found[0] if found else None


def _alike(connection: sqlite3.Connection, head: int) -> list[Alike]:
    """The others of the cluster of the text whose earliest article is ``head``, without exact copies."""
    (first,) = connection.execute(
        "SELECT coalesce((SELECT first_id FROM near_duplicate_links WHERE article_id = ?1), ?1)", (head,)
    ).fetchone()
    rows = connection.execute(
        "SELECT a.url, a.title, a.published_at, n.similarity, n.article_id = ?1 FROM"
        " (SELECT ?1 AS article_id, 1.0 AS similarity UNION ALL"
        "  SELECT article_id, similarity FROM near_duplicate_links WHERE first_id = ?1) n"
        f" JOIN articles a ON a.id = n.article_id WHERE a.id <> ?2 ORDER BY 5 DESC, a.id LIMIT {MOST}",
        (first, head),
    )
    return [Alike(*row) for row in rows]


def _promoters(connection: sqlite3.Connection, number: int) -> tuple[list[Promoter], int]:
    """Who showed it in a related block, and how many articles did."""
    shown = (
        "FROM links l JOIN block_items i ON i.link_id = l.id JOIN blocks b ON b.id = i.block_id"
        " JOIN articles a ON a.id = b.article_id WHERE l.article_id = ?"
    )
    (total,) = connection.execute(f"SELECT count(DISTINCT a.id) {shown}", (number,)).fetchone()
    rows = connection.execute(
        "SELECT a.url, a.title, min(i.position), max(l.title), min(b.seen_at), max(b.last_seen_at)"
        f" {shown} GROUP BY a.id ORDER BY 6 DESC, a.id DESC LIMIT {MOST}",
        (number,),
    )
    return [Promoter(*row) for row in rows], int(total)


def _quarantined(connection: sqlite3.Connection, url: str, number: int) -> list[Quarantined]:
    rows = connection.execute(
        "SELECT url, reason, detail, first_seen_at, last_seen_at FROM quarantine WHERE url_key IN"
        " (SELECT ?1 UNION SELECT url_key FROM aliases WHERE article_id = ?2) ORDER BY id",
        (identity.key64(url), number),
    )
    return [Quarantined(*row) for row in rows]
