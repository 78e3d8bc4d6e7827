"""The ledger: every discovered address, written before its request leaves, and what became of it.

It is the frontier of the crawl (frontier.py reads it so): what is pending here is what a crash cannot
lose. ``archived`` and ``unchanged`` for a stored article are written by store_article() alone, in the
article's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive.absent import GUESSED, appeared
from newscrawler.archive.numbers import place_of
from newscrawler.archive.rows import site_id, transaction
from newscrawler.archive.tombstones import FORGOTTEN

State = Literal["pending", "archived", "unchanged", "gone", "failed", "quarantined", "disallowed"]

FINISHED = frozenset({"archived", "unchanged", "gone", "failed", "quarantined", "disallowed"})
"""States in which an address needs no visit unless it is due again."""

BEFORE_SINCE = "before_since"
"""The ``last_error`` of an address whose page is older than a crawl asked for; ``detail`` is its day."""

MOST_FORMS = 20
"""Forms of one address that are kept: a listing that adds a new token to each link must not fill the disk."""

RECHECK = timedelta(days=1)
"""After this an address that was gone, no article or disallowed may be tried again, if it is still shown."""

_IN = 500
"""Most keys in one look-up; SQLite's floor for parameters is far above."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """An address and how it was found; ``url`` is canonical."""

    url: str
    how: str = "listing"
    """``listing``, ``feed``, ``sitemap``, ``related``, ``start`` or ``guessed``."""
    found_on: str | None = None
    """The page that showed it."""
    title: str | None = None
    summary: str | None = None
    date: str | None = None
    """YYYY-MM-DD as the listing printed it."""
    linked: str | None = None
    """The address as the page links it."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What the ledger says of an address; all times ISO 8601 UTC."""

    url: str
    site: str
    state: State
    discovered_at: str
    discovered_on: str | None
    discovered_as: str | None
    first_crawl_id: int | None
    title: str | None
    summary: str | None
    date: str | None
    attempts: int
    """Failures since the last success."""
    last_error: str | None
    detail: str | None
    due_at: str | None
    etag: str | None
    last_modified: str | None
    changed_at: str
    linked: str | None = None
    """The addresses as they were linked, where not the canonical one; one a line, the first found first."""
    first_as: str | None = None
    first_on: str | None = None
    """How and on which page it was first seen: ``discovered_…`` is of the first listing that showed it."""

    @property
    def is_finished(self) -> bool:
        """True when it needs no visit (unless it is due again)."""
        return self.state in FINISHED


SELECT = (
    "SELECT l.url, s.name, l.state, l.discovered_at, l.discovered_on, l.discovered_as, "
    "l.first_crawl_id, l.title,"
    " l.summary, l.date, l.attempts, l.last_error, l.detail, l.due_at, l.etag, l.last_modified, l.changed_at,"
    " l.linked, coalesce(l.first_as, l.discovered_as),"
    " CASE WHEN l.first_as IS NULL THEN l.discovered_on ELSE l.first_on END"
    " FROM ledger l JOIN sites s ON s.id = l.site_id"
)


def lookup(database: Database, urls: Iterable[str]) -> dict[str, LedgerRow]:
    """The rows of those canonical addresses that the ledger knows, by address; reads only."""
    wanted = {identity.key64(url): url for url in urls}
    keys = list(wanted)
    found: dict[str, LedgerRow] = {}
    for start in range(0, len(keys), _IN):
        chunk = keys[start : start + _IN]
        marks = ",".join("?" * len(chunk))
        for row in database.conn.execute(f"{SELECT} WHERE l.url_key IN ({marks})", chunk):
            found[row[0]] = LedgerRow(*row)
    return found


def discover(
    database: Database, entries: Iterable[Discovery], *, site: str, crawl_id: int | None, now: datetime
) -> set[str]:
    """Write the addresses that are not in the ledger yet, as pending; returns those addresses.

    For known ones only fuller titles and the like are taken over; their state stays. An address that a
    listing shows for the first time counts from now on as found there: the walks of later crawls end
    where listings were read, not where an article promoted another, nor where a feed was ahead of them.
    How it was first seen stays in ``first_as`` and ``first_on``.
    """
    by_url: dict[str, Discovery] = {}
    for entry in entries:
        by_url.setdefault(entry.url, entry)
    if not by_url:
        return set()
    moment = clock.iso(now)
    with transaction(database) as connection:
        known = lookup(database, by_url)
        for url in [url for url, row in known.items() if row.last_error == FORGOTTEN]:
            del by_url[url], known[url]  # what a listing says of it is not to be kept, either
        fresh = [entry for url, entry in by_url.items() if url not in known]
        site_number = site_id(connection, site) if fresh else 0
        connection.executemany(
            "INSERT INTO ledger(url_key, url, site_id, discovered_at, discovered_on, "
            "discovered_as, first_crawl_id,"
            " title, summary, date, changed_at, linked, guessed, sequence_id, folder, number)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(identity.key64(e.url), e.url, site_number, moment, e.found_on, e.how, crawl_id),
                    *(e.title or None, e.summary or None, e.date or None, moment),
                    e.linked if e.linked != e.url else None,
                    1 if e.how == GUESSED else None,
                    *place_of(connection, e.url),
                )
                for e in fresh
            ],
        )
        appeared(connection, [e.url for e in fresh])
        for url, row in known.items():
            _see_again(connection, row, by_url[url], moment, crawl_id)
    return {entry.url for entry in fresh}


def _see_again(
    connection: sqlite3.Connection, row: LedgerRow, entry: Discovery, now: str, crawl_id: int | None
) -> None:
    """Take over what ``entry`` says more of a known address; mostly that is nothing."""
    said = _fullest(row, entry)
    if said != _said(row):
        connection.execute(
            "UPDATE ledger SET title = ?, summary = ?, date = ? WHERE url_key = ?",
            (*said, identity.key64(row.url)),
        )
    if entry.how == "listing" and row.discovered_as != "listing":
        connection.execute(
            "UPDATE ledger SET first_as = coalesce(first_as, discovered_as),"
            " first_on = CASE WHEN first_as IS NULL THEN discovered_on ELSE first_on END,"
            " discovered_as = 'listing', discovered_on = ?, first_crawl_id = ?"
            " WHERE url_key = ?",
            (entry.found_on, crawl_id, identity.key64(row.url)),
        )
    _note_link(connection, row, entry.linked, now)


def _note_link(connection: sqlite3.Connection, row: LedgerRow, form: str | None, now: str) -> None:
    """Another form in which a known address is linked: kept, and at once an alias of an archived article."""
    forms = row.linked.split("\n") if row.linked else []
    if not form or form == row.url or form in forms or len(forms) >= MOST_FORMS:
        return
    key = identity.key64(row.url)
    connection.execute("UPDATE ledger SET linked = ? WHERE url_key = ?", ("\n".join([*forms, form]), key))
    connection.execute(
        "INSERT INTO aliases(url_key, url, article_id, reason, first_seen_at)"
        " SELECT ?, ?, id, ?, ? FROM articles WHERE url_key = ?"
        " ON CONFLICT(url_key, article_id) DO NOTHING",
        (identity.key64(form), form, identity.address(form).reasons[0], now, key),
    )


def linked_forms(connection: sqlite3.Connection, url: str) -> list[tuple[str, str]]:
    """Every other form in which listings linked the canonical address ``url``, each with its reason."""
    row = connection.execute("SELECT linked FROM ledger WHERE url_key = ?", (identity.key64(url),)).fetchone()
    forms = row[0].split("\n") if row and row[0] else []
    return [(form, reason) for form in forms for reason in identity.address(form).reasons[:1]]


def _said(row: LedgerRow | Discovery) -> tuple[str | None, str | None, str | None]:
    """Title, summary and date, as far as anybody printed them."""
    return row.title or None, row.summary or None, row.date or None


def _fullest(row: LedgerRow, entry: Discovery) -> tuple[str | None, ...]:
    """What was missing is filled in, and what was cut gives way to what is longer.

    Listings cut titles, each at another length; what is kept must not depend on which was read first: a
    crawl that was killed reads them in another order than one that nobody disturbed.
    """
    return tuple(
        new if new and (not old or (old.endswith(("…", "...")) and len(new) > len(old))) else old
        for old, new in zip(_said(row), _said(entry), strict=True)
    )
