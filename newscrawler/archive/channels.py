"""Listing channels: how far a completed crawl had read each, so that a later one knows where to stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive.rows import transaction


@dataclass(frozen=True, slots=True)
class Channel:
    """A listing channel; times ISO 8601 UTC."""

    url: str
    title: str | None
    first_seen_at: str
    last_completed_crawl_id: int | None
    completed_at: str | None
    """None until a crawl walked it to its end; an interrupted one never counts."""
    etag: str | None
    last_modified: str | None


def channel_state(database: Database, url: str) -> Channel | None:
    """What is known of the channel at ``url``; None when it was never seen."""
    row = database.conn.execute(
        "SELECT url, title, first_seen_at, last_completed_crawl_id, completed_at, etag, last_modified"
        " FROM channels WHERE url = ?",
        (url,),
    ).fetchone()
    return None if row is None else Channel(*row)


def note_channel(database: Database, url: str, *, title: str | None = None, now: datetime) -> None:
    """The channel at ``url`` exists; its title is filled in when it had none. Otherwise writes nothing."""
    with transaction(database) as connection:
        connection.execute(
            "INSERT INTO channels(url, title, first_seen_at) VALUES (?, ?, ?)"
            " ON CONFLICT(url) DO UPDATE SET title = excluded.title"
            " WHERE title IS NULL AND excluded.title IS NOT NULL",
            (url, title or None, clock.iso(now)),
        )


def complete_channel(
    database: Database, url: str, crawl_id: int | None, now: datetime, *, title: str | None = None
) -> None:
    """Crawl ``crawl_id`` read the channel at ``url`` as far as it had to; all it showed is in the ledger."""
    with transaction(database) as connection:
        note_channel(database, url, title=title, now=now)
        connection.execute(
            "UPDATE channels SET last_completed_crawl_id = ?, completed_at = ? WHERE url = ?",
            (crawl_id, clock.iso(now), url),
        )
