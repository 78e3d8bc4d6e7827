"""Storing an article: one row for each address, every earlier text kept, nothing ever replaced.

All of one article is written by one job and so by one transaction: row, body, pictures, related
block, aliases, sighting, its place among exact copies, and its line in the ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive import counts, duplicates, earlier, ledger, near, search, visits
from newscrawler.archive.quarantine import load_quarantined, quarantine_page
from newscrawler.archive.related import link_article, store_block
from newscrawler.archive.revise import (
    Current,
    changed_fields,
    current,
    is_more_exact,
    revise,
    sharpen_time,
)
from newscrawler.archive.revisits import due_after
from newscrawler.archive.rows import as_json, insert_images, marks_of, name_ids, site_id, transaction
from newscrawler.archive.tombstones import ForgottenAddressError, is_forgotten
from newscrawler.items import DEFAULT_ZONE, Article

__all__ = [
    "Stored",
    "load_quarantined",
    "quarantine_page",
    "record_aliases",
    "record_sightings",
    "store_article",
]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an article that was handed in."""

    outcome: Literal["new", "updated", "unchanged"]
    id: int
    revision: int
    duplicate_of: str | None
    """The address of the earliest exact copy, when this is a later one."""
    changed: tuple[str, ...]
    """The fields in which it differs from what was archived; empty unless ``updated``."""
    first_seen_at: str
    """ISO 8601 UTC."""


def store_article(
    database: Database,
    article: Article,
    *,
    seen_at: datetime,
    crawl_id: int | None = None,
    revisit_after: Sequence[timedelta] = (),
    imported_at: datetime | None = None,
) -> Stored:
    """Archive ``article``, whose ``url`` is canonical, as it was seen at ``seen_at`` (aware).

    A field that the page no longer shows (None, an empty body) is not a change: layouts and twins
    leave fields out. Nor are white space, the related block or other pictures alone. Everything else
    moves the old values to ``revisions`` and adds one to ``revision``; the id stays.
    ``revisit_after``: the moments after publication at which it is to be looked at again.

    ``imported_at``: the page was fetched elsewhere and is brought in only then. What was seen before the
    article was last fetched becomes an earlier revision, or lengthens the time of one; what is known of
    later days stays (newscrawler.archive.earlier). Revisits are those that come after the import.
    Raises ValueError for a naive ``seen_at``, ForgottenAddressError for what was forgotten on purpose.
    """
    if seen_at.tzinfo is None:
        raise ValueError(f"seen_at must be aware, got {seen_at!r}")
    now = clock.iso(seen_at)
    with transaction(database) as connection:
        site = site_id(connection, article.site or identity.site_of(article.url))
        known = current(connection, article.url)
        before = None
        if known is None:
            if is_forgotten(connection, article.url):
                raise ForgottenAddressError(f"{article.url} was forgotten on purpose; it is not stored again")
            stored = _insert(connection, article, site, seen_at, crawl_id)
            if imported_at is not None:
                visits.keep_gone(connection, article.url, stored.id, now)
        else:
            if imported_at is not None:
                before = _look_back(connection, known, article, now, crawl_id)
            stored = before or _see_again(connection, known, article, now, crawl_id)
        store_block(
            connection,
            stored.id,
            article.related,
            article.related_heading,
            seen_at=now,
            crawl_id=crawl_id,
            is_new=known is None,
        )
        settled: visits.Settled = "unchanged" if stored.outcome == "unchanged" else "archived"
        if before is None and not (imported_at and _is_gone_since(connection, stored.id, now)):
            page = article.page
            visits.settle(
                *(connection, article.url, site, settled, now, crawl_id),
                due_at=due_after(
                    *(connection, stored.id, imported_at or seen_at, revisit_after),
                    page.zone if page else DEFAULT_ZONE,
                ),
                etag=page.etag if page else None,
                last_modified=page.last_modified if page else None,
            )
        if article.page is not None:
            _keep_aliases(connection, stored.id, article, settled, now, crawl_id)
    return stored


def _is_gone_since(connection: sqlite3.Connection, article_id: int, now: str) -> bool:
    """Whether the article was found gone after ``now``."""
    row = connection.execute("SELECT gone_at > ? FROM articles WHERE id = ?", (now, article_id)).fetchone()
    return bool(row[0])


def record_sightings(database: Database, urls: Iterable[str], seen_at: datetime) -> int:
    """Note that a listing still showed these canonical addresses; returns how many are archived articles.

    Moves ``sightings.last_seen_at`` alone, and never backwards; article rows are not touched.
    """
    now = clock.iso(seen_at)
    known = 0
    with transaction(database) as connection:
        for url in urls:
            row = connection.execute(
                "SELECT id FROM articles WHERE url_key = ?", (identity.key64(url),)
            ).fetchone()
            if row is not None:
                known += 1
                connection.execute(
                    "UPDATE sightings SET last_seen_at = ? WHERE article_id = ? AND last_seen_at < ?",
                    (now, row[0], now),
                )
    return known


def record_aliases(
    database: Database, article: Article, *, seen_at: datetime, crawl_id: int | None = None
) -> None:
    """Keep the addresses that led to an archived article once more, when nothing else is to be written."""
    with transaction(database) as connection:
        known = current(connection, article.url)
        if known is not None and article.page is not None:
            _keep_aliases(connection, known.id, article, "archived", clock.iso(seen_at), crawl_id)


def _insert(
    connection: sqlite3.Connection, article: Article, site: int, seen_at: datetime, crawl_id: int | None
) -> Stored:
    """A new article with its body, pictures and sighting."""
    now = clock.iso(seen_at)
    article_id = _free_id(connection, article, seen_at)
    content_key = identity.fingerprint(article.title or "", article.body) if article.body else None
    place = duplicates.place_of(connection, content_key, article.published_at, article.url)
    names = {
        "published_date": article.published_at[:10] if article.published_at else None,
        **name_ids(
            connection,
            source=article.source,
            editor=article.editor,
            author=article.author,
            category=article.category,
        ),
        "site_id": site,
    }
    connection.execute(
        "INSERT INTO articles(id, url, url_key, title, published_at, published_precision, content_key,"
        " duplicate_of, first_seen_at, first_crawl_id, published_date, source_id, editor_id, author_id,"
        " category_id, site_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(article_id, article.url, identity.key64(article.url), article.title),
            *(article.published_at, article.published_precision, content_key, place.head_id, now, crawl_id),
            *names.values(),
        ),
    )
    counts.count_in(connection, names)
    if place.displaces:
        duplicates.regroup(connection, content_key)
    connection.execute(
        "INSERT INTO bodies(article_id, body, marks, dateline, encoding, found_by) VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(article_id, article.body, marks_of(article), article.dateline, article.encoding),
            as_json(article.found_by),
        ),
    )
    search.add(connection, article_id)
    if place.head_id is None:
        near.add(connection, content_key, article.body)
    insert_images(connection, article_id, 1, article.images)
    connection.execute(
        "INSERT INTO sightings(article_id, last_seen_at, last_fetched_at, last_crawl_id) VALUES (?, ?, ?, ?)",
        (article_id, now, now, crawl_id),
    )
    link_article(connection, article_id, article.url)
    return Stored("new", article_id, 1, place.head_url, (), now)


def _free_id(connection: sqlite3.Connection, article: Article, seen_at: datetime) -> int:
    """The article's id by its time of publication, or the next one that nobody has."""
    zone = article.page.zone if article.page is not None else DEFAULT_ZONE
    wanted = identity.article_id(article.url, article.published_at, seen_at, zone)
    while connection.execute("SELECT 1 FROM articles WHERE id = ?", (wanted,)).fetchone():
        wanted += 1
    return wanted


def _see_again(
    connection: sqlite3.Connection, known: Current, article: Article, now: str, crawl_id: int | None
) -> Stored:
    """A known article: a new revision when it really changed, and in any case its sighting."""
    changed = changed_fields(connection, known, article)
    if changed:
        revise(connection, known, article, changed, now, crawl_id)
    elif is_more_exact(known, article):
        sharpen_time(connection, known, article)
    if known.gone_at is not None and known.gone_at <= now:
        connection.execute("UPDATE articles SET gone_at = NULL WHERE id = ?", (known.id,))
        connection.execute(
            "UPDATE absences SET back_at = ? WHERE article_id = ? AND back_at IS NULL", (now, known.id)
        )
    connection.execute(
        "UPDATE sightings SET last_seen_at = max(last_seen_at, ?1), last_fetched_at = "
        "max(last_fetched_at, ?1),"
        " last_crawl_id = ?2 WHERE article_id = ?3",
        (now, crawl_id, known.id),
    )
    return _stored(connection, known, changed)


def _look_back(
    connection: sqlite3.Connection, known: Current, article: Article, now: str, crawl_id: int | None
) -> Stored | None:
    """A known article as it was at a moment of which the archive knows, or before; None when it is news."""
    (last,) = connection.execute(
        "SELECT last_fetched_at FROM sightings WHERE article_id = ?", (known.id,)
    ).fetchone()
    if now < last:
        return _stored(connection, known, earlier.place(connection, known, article, now, crawl_id))
    if now == last and earlier.was_so(connection, known, article, now):
        return _stored(connection, known, ())
    return None


def _stored(connection: sqlite3.Connection, known: Current, changed: tuple[str, ...]) -> Stored:
    """What became of the ``known`` article, of which ``changed`` was written."""
    revision, duplicate_of, first_seen_at = connection.execute(
        "SELECT a.revision, d.url, a.first_seen_at FROM articles a"
        " LEFT JOIN articles d ON d.id = a.duplicate_of WHERE a.id = ?",
        (known.id,),
    ).fetchone()
    outcome: Literal["updated", "unchanged"] = "updated" if changed else "unchanged"
    return Stored(outcome, known.id, revision, duplicate_of, changed, first_seen_at)


_KEEP_ALIAS = (
    "INSERT INTO aliases(url_key, url, article_id, reason, first_seen_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT(url_key, article_id) DO UPDATE SET"
    " first_seen_at = min(first_seen_at, excluded.first_seen_at), reason = CASE"
    " WHEN excluded.reason = 'twin' OR reason = 'canonical' THEN excluded.reason ELSE reason END"
    " WHERE excluded.first_seen_at < first_seen_at"
    " OR (excluded.reason <> reason AND (excluded.reason = 'twin' OR reason = 'canonical'))"
)


def _keep_aliases(
    connection: sqlite3.Connection,
    article_id: int,
    article: Article,
    settled: visits.Settled,
    now: str,
    crawl_id: int | None,
) -> None:
    """Every other address that led to the article, with its reason, the same in whatever order they come.

    What the form of an address says goes before what was observed (that it redirects), except that the page
    was had from the mobile twin; a redirect goes before what a page states.

    An alias that is an address of its own by the rules (a redirect) would stay pending in the ledger
    for ever: it is settled with its article.
    """
    assert article.page is not None
    for url, reason in [*article.page.aliases, *ledger.linked_forms(connection, article.url)]:
        if url == article.url:
            continue
        own = _address(url)
        if own is not None and own.url == article.url and own.reasons and reason != "twin":
            reason = own.reasons[0]
        connection.execute(_KEEP_ALIAS, (identity.key64(url), url, article_id, reason, now))
        if own is not None and own.url != article.url:
            visits.settle_alias(connection, own.url, article.url, settled, now, crawl_id)
            link_article(connection, article_id, own.url)


def _address(url: str) -> identity.Address | None:
    try:
        return identity.address(url)
    except ValueError:
        return None
