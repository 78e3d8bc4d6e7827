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
from newscrawler.archive import failures, schedule
from newscrawler.archive.absent import GUESSED, appeared
from newscrawler.archive.numbers import place_of
from newscrawler.archive.revisits import visit_failed
from newscrawler.archive.rows import site_id, transaction
from newscrawler.archive.tombstones import FORGOTTEN

State = Literal["pending", "archived", "unchanged", "gone", "failed", "quarantined", "disallowed"]
Settled = Literal["archived", "unchanged", "quarantined"]

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


def mark(
    database: Database,
    url: str,
    state: State,
    *,
    error: str | None = None,
    detail: str | None = None,
    due_at: datetime | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    now: datetime,
    crawl_id: int | None = None,
) -> None:
    """Write what became of the canonical address ``url``; it is added when the ledger does not know it.

    With ``error`` (its class) it counts as a failed attempt; without, and for what is merely older than
    ``since``, the attempts start again at 0. A failed visit is fail()'s to write.
    ``due_at``: not to be visited before. Validators are kept when none are given.
    Raises ValueError for ``archived``: only storing the article may say so.
    """
    if state == "archived":
        raise ValueError("only store_article() writes 'archived', in the article's transaction")
    moment = clock.iso(now)
    with transaction(database) as connection:
        connection.execute(
            "INSERT INTO ledger(url_key, url, site_id, state, discovered_at, discovered_as, "
            "first_crawl_id, attempts,"
            " last_error, detail, due_at, etag, last_modified, changed_at, last_crawl_id)"
            " VALUES (?, ?, ?, ?, ?, 'start', ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT(url_key) DO UPDATE SET state = excluded.state,"
            " attempts = CASE WHEN excluded.attempts = 0 THEN 0 ELSE attempts + 1 END,"
            " last_error = excluded.last_error, detail = excluded.detail, due_at = excluded.due_at,"
            " etag = coalesce(excluded.etag, etag), last_modified = "
            "coalesce(excluded.last_modified, last_modified),"
            " changed_at = CASE WHEN state = excluded.state THEN changed_at ELSE excluded.changed_at END,"
            " last_crawl_id = excluded.last_crawl_id",
            (
                *(
                    identity.key64(url),
                    url,
                    site_id(connection, identity.site_of(url)),
                    state,
                    moment,
                    crawl_id,
                ),
                *(
                    int(error not in {None, BEFORE_SINCE}),
                    error,
                    detail,
                    clock.iso(due_at) if due_at else None,
                ),
                *(etag, last_modified, moment, crawl_id),
            ),
        )
        appeared(connection, [url])


def fail(
    database: Database,
    url: str,
    *,
    error: str,
    detail: str,
    disallowed: bool = False,
    not_before: datetime | None = None,
    most: int = schedule.MOST_ATTEMPTS,
    now: datetime,
    crawl_id: int | None = None,
) -> None:
    """A visit of the canonical address ``url`` failed: when it is tried again (archive/schedule.py).

    It is pending until then, and ``failed`` after ``most`` failures in a row; what robots.txt forbids
    (``disallowed``) may be tried again after RECHECK. An archived article stays archived: only its next
    revisit moves. ``not_before``: what the site asked for.
    """
    with transaction(database) as connection:
        row = lookup(database, [url]).get(url)
        if not (disallowed and row is not None and row.state == "disallowed"):  # said once
            failures.note(connection, crawl_id, error, url, detail, clock.iso(now))
        if visit_failed(
            connection,
            url,
            *(error, detail),
            now=now,
            crawl_id=crawl_id,
            most=most,
            not_before=not_before,
        ):
            return
        attempts = (row.attempts if row else 0) + 1
        state: State = "pending"
        due_at: datetime | None = schedule.retry_at(now, attempts, identity.key64(url), not_before)
        if disallowed:
            state, due_at = "disallowed", now + RECHECK
        elif attempts >= most:
            state, due_at = "failed", None
        mark(database, url, state, error=error, detail=detail, due_at=due_at, now=now, crawl_id=crawl_id)


def mark_gone(database: Database, url: str, *, now: datetime, crawl_id: int | None = None) -> None:
    """The site no longer has ``url`` (404, 410): the ledger says so, and the article, when there is one.

    The text stays. The first time it was found gone is kept; storing the article again ends the absence.
    """
    moment = clock.iso(now)
    with transaction(database) as connection:
        mark(database, url, "gone", due_at=now + RECHECK, now=now, crawl_id=crawl_id)
        row = connection.execute(
            "UPDATE articles SET gone_at = ? WHERE url_key = ? AND gone_at IS NULL RETURNING id",
            (moment, identity.key64(url)),
        ).fetchone()
        if row is not None:
            connection.execute("INSERT INTO absences(article_id, gone_at) VALUES (?, ?)", (row[0], moment))


def keep_gone(connection: sqlite3.Connection, url: str, article_id: int, seen_at: str) -> None:
    """An article that is imported as of ``seen_at``: gone, when the site was found without it after that."""
    row = connection.execute(
        "SELECT changed_at FROM ledger WHERE url_key = ? AND state = 'gone' AND changed_at > ?",
        (identity.key64(url), seen_at),
    ).fetchone()
    if row is not None:
        connection.execute("UPDATE articles SET gone_at = ? WHERE id = ?", (row[0], article_id))
        connection.execute("INSERT INTO absences(article_id, gone_at) VALUES (?, ?)", (article_id, row[0]))


def knows_better(connection: sqlite3.Connection, url: str, seen_at: str) -> bool:
    """Whether ``url`` was an article, or became what it is in the ledger after ``seen_at``."""
    row = connection.execute(
        "SELECT 1 FROM ledger WHERE url_key = ?"
        " AND (state IN ('archived', 'unchanged') OR (state <> 'pending' AND changed_at > ?))",
        (identity.key64(url), seen_at),
    ).fetchone()
    return row is not None


def settle(
    connection: sqlite3.Connection,
    url: str,
    site: int,
    state: Settled,
    now: str,
    crawl_id: int | None,
    *,
    error: str | None = None,
    detail: str | None = None,
    due_at: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """For the storing modules, inside their transaction: ``url`` reached ``state`` at ``now`` (ISO 8601 UTC).

    Writes nothing when the ledger says so already. ``site`` is the id in ``sites``. ``etag`` and
    ``last_modified`` are of this very answer: what it did not say is forgotten. An archived article that
    is unfit today (``quarantined``) stays archived, and is looked at again as after a failure.
    """
    if state == "quarantined" and visit_failed(
        connection, url, error or state, detail or "", now=datetime.fromisoformat(now), crawl_id=crawl_id
    ):
        return
    connection.execute(
        "INSERT INTO ledger(url_key, url, site_id, state, discovered_at, discovered_as, "
        "first_crawl_id, last_error, detail, due_at, changed_at, last_crawl_id, etag, last_modified)"
        " VALUES (?, ?, ?, ?, ?, 'start', ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(url_key) DO UPDATE SET state = excluded.state, attempts = 0,"
        " last_error = excluded.last_error, detail = excluded.detail, due_at = excluded.due_at,"
        " etag = excluded.etag, last_modified = excluded.last_modified,"
        " changed_at = CASE WHEN state = excluded.state THEN changed_at ELSE excluded.changed_at END,"
        " last_crawl_id = excluded.last_crawl_id"
        " WHERE state <> excluded.state OR last_error IS NOT excluded.last_error"
        " OR due_at IS NOT excluded.due_at OR attempts <> 0"
        " OR etag IS NOT excluded.etag OR last_modified IS NOT excluded.last_modified",
        (
            *(identity.key64(url), url, site, state, now, crawl_id, error, detail, due_at, now, crawl_id),
            *(etag, last_modified),
        ),
    )
    appeared(connection, [url])


def settle_alias(
    connection: sqlite3.Connection, url: str, led_to: str, state: Settled, now: str, crawl_id: int | None
) -> None:
    """The same for an address that led to another one, ``led_to``, which has just been settled.

    Never adds a row. No article, and not had before: it is tried again when that page is, since what is
    only shown for now (maintenance) must not cost the article. An archived article stays archived, and is
    looked at again when the other one is.
    """
    error, due_at = connection.execute(
        "SELECT last_error, due_at FROM ledger WHERE url_key = ?", (identity.key64(led_to),)
    ).fetchone() or (None, None)
    detail, moment = f"leads to {led_to}", datetime.fromisoformat(now)
    if state == "quarantined":
        if visit_failed(connection, url, error or state, detail, now=moment, crawl_id=crawl_id):
            return
        due_at = clock.iso(moment + RECHECK)
    connection.execute(
        "UPDATE ledger SET attempts = 0, last_error = ?1, detail = ?2, last_crawl_id = ?3,"
        " due_at = CASE WHEN ?4 = 'quarantined' OR (state IN ('archived', 'unchanged')"
        " AND due_at IS NOT NULL) THEN ?5 END,"
        " changed_at = CASE WHEN state IN (?4, 'archived', 'unchanged') THEN changed_at ELSE ?6 END,"
        " state = CASE WHEN state IN ('archived', 'unchanged') THEN state ELSE ?4 END"
        " WHERE url_key = ?7 AND last_error IS NOT ?8",
        (
            *((error, detail) if state == "quarantined" else (None, None)),
            *(crawl_id, state, due_at, now, identity.key64(url), FORGOTTEN),
        ),
    )
