"""Pages that fit nothing: kept raw with the reason, never guessed into the archive."""

from __future__ import annotations

import json
import sqlite3
import zlib
from datetime import datetime

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive import failures, ledger, visits
from newscrawler.archive.rows import site_id, transaction
from newscrawler.items import ListingEntry, Page, Part


def quarantine_page(
    database: Database,
    page: Page,
    reason: str,
    detail: str | None = None,
    *,
    seen_at: datetime,
    crawl_id: int | None = None,
    imported: bool = False,
    gone: bool = False,
) -> int:
    """Keep ``page`` as received (all its parts) with ``reason`` and ``detail``; returns its id.

    The same bytes at the same address for the same reason are kept once: only ``last_seen_at`` moves.
    ``imported``: fetched elsewhere at ``seen_at``; the ledger keeps what it knows of later or better times.
    ``gone``: it says that it does not exist; archived articles that this crawl asked for are gone, as by 404.
    """
    now = clock.iso(seen_at)
    url = identity.canonical(page.url)
    payload_key = identity.key64("\0".join(part.body.hex() for part in page.parts))
    with transaction(database) as connection:
        site = site_id(connection, page.site or identity.site_of(url))
        failures.note(connection, crawl_id, reason, url, detail, now)
        asked_now = crawl_id is not None and not imported  # a kept page says nothing of today
        left = _archived(connection, page, url) if gone and asked_now else set()
        for one in left:
            visits.mark_gone(database, one, now=seen_at, crawl_id=crawl_id)
        if not (imported and visits.knows_better(connection, url, now)):
            due_at = clock.iso(seen_at + ledger.RECHECK)
            if url not in left:
                visits.settle(
                    *(connection, url, site, "quarantined", now, crawl_id),
                    error=reason,
                    detail=detail,
                    due_at=due_at,
                )
            _settle_aliases(connection, page, url, left, now, crawl_id)
        row = connection.execute(
            "UPDATE quarantine SET first_seen_at = min(first_seen_at, ?1),"
            " last_seen_at = max(last_seen_at, ?1)"
            " WHERE url_key = ?2 AND payload_key = ?3 AND reason = ?4 RETURNING id",
            (now, identity.key64(url), payload_key, reason),
        ).fetchone()
        if row is None:
            values = (identity.key64(url), url, site, reason, detail, page.status, page.fetched_at or None)
            size = sum(len(part.body) for part in page.parts)
            row = connection.execute(
                "INSERT INTO quarantine(url_key, url, site_id, reason, detail, status, fetched_at,"
                " page, payload_key, size, first_seen_at, last_seen_at, crawl_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (*values, _context(page), payload_key, size, now, now, crawl_id),
            ).fetchone()
            _keep_parts(connection, row[0], page)
    return int(row[0])


def _archived(connection: sqlite3.Connection, page: Page, url: str) -> set[str]:
    """Those addresses of ``page`` (its own, ``url``, and what led there) that are archived articles."""
    asked = {url, *(identity.canonical(alias) for alias, _reason in page.aliases)}
    return {
        one
        for one in asked
        if connection.execute("SELECT 1 FROM articles WHERE url_key = ?", (identity.key64(one),)).fetchone()
    }


def _settle_aliases(
    connection: sqlite3.Connection, page: Page, url: str, left: set[str], now: str, crawl_id: int | None
) -> None:
    """The addresses that led to ``url`` are not asked for again: a redirect to nothing would be at every
    crawl. Those in ``left`` are settled.
    """
    for alias, _reason in page.aliases:
        own = identity.canonical(alias)
        if own != url and own not in left:
            visits.settle_alias(connection, own, url, "quarantined", now, crawl_id)


def _keep_parts(connection: sqlite3.Connection, quarantine_id: int, page: Page) -> None:
    """The bytes of every part, compressed."""
    connection.executemany(
        "INSERT INTO quarantine_parts(quarantine_id, part, url, content_type, payload)"
        " VALUES (?, ?, ?, ?, ?)",
        [
            (quarantine_id, number, part.url, part.content_type, zlib.compress(part.body, 6))
            for number, part in enumerate(page.parts, 1)
        ],
    )


def _context(page: Page) -> str:
    """What the pipelines need besides the bytes to run the page again, as JSON."""
    listed = page.listed
    context = {
        "site": page.site,
        "zone": page.zone,
        "hints": page.hints,
        "aliases": page.aliases,
        "listed": [listed.url, listed.title, listed.summary, listed.date] if listed else None,
    }
    return json.dumps(context, ensure_ascii=False)


def load_quarantined(database: Database, quarantine_id: int) -> Page:
    """The page as it was kept, ready for the pipelines; KeyError when there is none with this id."""
    connection = database.conn
    row = connection.execute(
        "SELECT status, fetched_at, page FROM quarantine WHERE id = ?", (quarantine_id,)
    ).fetchone()
    if row is None:
        raise KeyError(quarantine_id)
    parts = [
        Part(url, zlib.decompress(payload), content_type)
        for url, content_type, payload in connection.execute(
            "SELECT url, content_type, payload FROM quarantine_parts WHERE quarantine_id = ? ORDER BY part",
            (quarantine_id,),
        )
    ]
    context = json.loads(row[2])
    return Page(
        url=parts[0].url,
        body=parts[0].body,
        content_type=parts[0].content_type,
        status=row[0],
        fetched_at=row[1] or "",
        site=context["site"],
        zone=context["zone"],
        hints=context["hints"],
        listed=ListingEntry(*context["listed"]) if context["listed"] else None,
        aliases=[(url, reason) for url, reason in context["aliases"]],
        later_parts=parts[1:],
    )
