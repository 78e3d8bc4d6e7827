"""Listing channels: how far a completed crawl had read each, so that a later one knows where to stop.

Also by what the site can be asked whether a first page changed, which channels a home page showed, and
which links of a navigation turned out to be no listings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive.rows import transaction

Kind = Literal["listing", "not_a_listing", "refused", "sitemap"]
"""A feed is a ``listing`` of one page."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A listing channel; times ISO 8601 UTC."""

    url: str
    title: str | None
    kind: Kind | None
    first_seen_at: str
    last_completed_crawl_id: int | None
    completed_at: str | None
    """None until a crawl walked it to its end; an interrupted one never counts."""
    etag: str | None
    """ETag and Last-Modified of the first page as a completed walk had it."""
    last_modified: str | None
    read_at: str | None
    """When a completed walk last read the first page whole."""
    since_crawl_id: int | None
    """The last crawl that walked down to ``reached_since``…"""
    reached_since: str | None
    """…YYYY-MM-DD in the site's zone."""
    empty_pages: int | None
    """How many pages the last walk had read that ended at a page without articles."""
    recheck_at: str | None
    """Not asked for before: it was no listing, or it is a sitemap that was read not long ago."""
    lastmod: str | None
    """Of a sitemap: what its index said of it when it was read to its end."""


@dataclass(frozen=True, slots=True)
class MenuLink:
    """What a page leads to besides articles."""

    linked: str
    """The address as linked."""
    is_feed: bool = False
    """It was announced as a feed; else it is a channel."""


_COLUMNS = ", ".join(Channel.__dataclass_fields__)


def channel_state(database: Database, url: str) -> Channel | None:
    """What is known of the channel at ``url``; None when it was never seen."""
    row = database.conn.execute(f"SELECT {_COLUMNS} FROM channels WHERE url = ?", (url,)).fetchone()
    return None if row is None else Channel(*row)


BESIDE = 1000
"""So many crawls before one are looked at: one that began earlier still and ran beside it is unheard of."""


def covered_by(database: Database, crawl_id: int | None) -> int | None:
    """The last crawl up to ``crawl_id`` of which a walk's mark may speak; None when there is none.

    Nobody crawls beside another, but in an archive that was merged of several. What a crawl saw that began
    before the mark's and went on beside it may be younger than the mark's walk: what that one covers ends
    with the last crawl before which all others had ended.
    """
    row = database.conn.execute(
        "SELECT m.id FROM crawl_runs m WHERE m.id <= ? AND NOT EXISTS (SELECT 1 FROM crawl_runs c"
        " WHERE c.id BETWEEN m.id - ? AND m.id + 9 AND c.id <> m.id AND c.started_at <= m.started_at"
        " AND max(c.started_at, ifnull(c.finished_at, ''), ifnull(c.alive_at, '')) > m.started_at)"
        " ORDER BY m.id DESC LIMIT 1",
        (crawl_id, BESIDE),
    ).fetchone()
    return row[0] if row else None


def note_channel(database: Database, url: str, *, title: str | None = None, now: datetime) -> None:
    """The channel at ``url`` exists; its title is filled in when it had none. Otherwise writes nothing."""
    with transaction(database) as connection:
        connection.execute(
            "INSERT INTO channels(url, title, first_seen_at) VALUES (?, ?, ?)"
            " ON CONFLICT(url) DO UPDATE SET title = excluded.title"
            " WHERE title IS NULL AND excluded.title IS NOT NULL",
            (url, title or None, clock.iso(now)),
        )


def note_listing(database: Database, url: str, now: datetime) -> None:
    """The page at ``url`` shows articles: it is a listing, whatever it was before."""
    with transaction(database) as connection:
        note_channel(database, url, now=now)
        connection.execute("UPDATE channels SET kind = 'listing', recheck_at = NULL WHERE url = ?", (url,))


def complete_channel(
    database: Database,
    url: str,
    crawl_id: int | None,
    now: datetime,
    *,
    title: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """Crawl ``crawl_id`` read the channel at ``url`` as far as it had to; all it showed is in the ledger.

    ``etag`` and ``last_modified`` are of the first page as this very walk had it.
    """
    with transaction(database) as connection:
        note_channel(database, url, title=title, now=now)
        connection.execute(
            "UPDATE channels SET kind = 'listing', last_completed_crawl_id = ?, completed_at = ?,"
            " read_at = ?, etag = ?, last_modified = ?, empty_pages = NULL, recheck_at = NULL WHERE url = ?",
            (crawl_id, clock.iso(now), clock.iso(now), etag, last_modified, url),
        )


def still_complete(database: Database, url: str, crawl_id: int | None, now: datetime) -> None:
    """The channel's first page is what the last completed walk had (304): crawl ``crawl_id`` completed it."""
    with transaction(database) as connection:
        connection.execute(
            "UPDATE channels SET last_completed_crawl_id = ?, completed_at = ? WHERE url = ?",
            (crawl_id, clock.iso(now), url),
        )


def reach_since(database: Database, url: str, since: str, crawl_id: int | None, now: datetime) -> None:
    """Crawl ``crawl_id`` has in the ledger all that the channel shows of the day ``since`` and later."""
    with transaction(database) as connection:
        note_channel(database, url, now=now)
        connection.execute(
            "UPDATE channels SET kind = 'listing', since_crawl_id = ?, reached_since = ?, empty_pages = NULL,"
            " recheck_at = NULL WHERE url = ?",
            (crawl_id, since, url),
        )


def rest(database: Database, url: str, kind: Kind, now: datetime, recheck_at: datetime) -> None:
    """The link at ``url`` is no listing today: it is not asked for before ``recheck_at``."""
    with transaction(database) as connection:
        note_channel(database, url, now=now)
        connection.execute(
            "UPDATE channels SET kind = ?, recheck_at = ? WHERE url = ?", (kind, clock.iso(recheck_at), url)
        )


def note_empty(database: Database, url: str, pages: int, now: datetime) -> None:
    """A walk of ``pages`` pages ended at a page without articles: perhaps the end, perhaps a fault."""
    with transaction(database) as connection:
        note_channel(database, url, now=now)
        connection.execute("UPDATE channels SET empty_pages = ? WHERE url = ?", (pages, url))


def resting(database: Database, urls: Iterable[str], now: datetime) -> set[str]:
    """Those of ``urls`` (canonical) that were no listings and are not to be asked for yet."""
    moment = clock.iso(now)
    return {
        url
        for url in urls
        if database.conn.execute(
            "SELECT 1 FROM channels WHERE url = ? AND recheck_at > ?", (url, moment)
        ).fetchone()
    }


def note_sitemap(
    database: Database,
    url: str,
    now: datetime,
    *,
    recheck_at: datetime | None = None,
    lastmod: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    reached: str,
) -> None:
    """The sitemap at ``url`` was read to its end, an index with the files it led to.

    ``recheck_at``: not to be asked for before. ``reached``: the day (YYYY-MM-DD) down to which what it shows
    is in the ledger; an earlier crawl may have reached farther.
    """
    with transaction(database) as connection:
        note_channel(database, url, now=now)
        connection.execute(
            "UPDATE channels SET kind = 'sitemap', read_at = ?1, recheck_at = ?2, lastmod = ?3, etag = ?4,"
            " last_modified = ?5, reached_since = min(coalesce(reached_since, ?6), ?6) WHERE url = ?7",
            (
                *(clock.iso(now), clock.iso(recheck_at) if recheck_at else None, lastmod),
                *(etag, last_modified, reached, url),
            ),
        )


def note_menu(
    database: Database, page: str, links: dict[str, str], now: datetime, feeds: dict[str, str] | None = None
) -> None:
    """The page ``page`` shows these channels, and announces these ``feeds``.

    Both: canonical address -> as linked, in the page's order.
    """
    found = [(url, linked, None) for url, linked in links.items()]
    moment, announced = clock.iso(now), [(url, linked, "feed") for url, linked in (feeds or {}).items()]
    with transaction(database) as connection:
        connection.executemany(
            "INSERT INTO menus(home, url, linked, kind, seen_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT(home, url) DO UPDATE SET linked = excluded.linked, kind = excluded.kind,"
            " seen_at = excluded.seen_at",
            [(page, *link, moment) for link in (*found, *announced)],
        )


def menu_of(database: Database, page: str) -> list[MenuLink]:
    """The channels and feeds that ``page`` showed when it was last read."""
    rows = database.conn.execute(
        "SELECT linked, kind IS 'feed' FROM menus WHERE home = ?1"
        " AND seen_at = (SELECT max(seen_at) FROM menus WHERE home = ?1) ORDER BY id",
        (page,),
    )
    return [MenuLink(linked, bool(is_feed)) for linked, is_feed in rows]
