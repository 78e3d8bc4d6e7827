"""In which hours each channel's listing shows something new: what its silence is held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive.rows import transaction

SPREAD = timedelta(days=7)
"""What came while nobody looked is spread over at most so much: it was not all published in one hour."""
KEPT = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Channel:
    """A listing that was read lately, and when it showed something new."""

    url: str
    read_at: str
    """When a walk last read it to where it is known (ISO 8601 UTC)."""
    hours: dict[str, float]
    """Hour (UTC, YYYY-MM-DDTHH) -> new addresses; in fractions where they were spread."""


def note(database: Database, url: str, new: int, *, looked_before: str | None, now: datetime) -> None:
    """The channel's listing shows ``new`` addresses since it was last read (``looked_before``).

    Without a time before, nothing is noted: a first walk finds the news of weeks.
    """
    if not new or looked_before is None:
        return
    begin = max(datetime.fromisoformat(looked_before), now - SPREAD)
    hours = [
        hour_of(begin + timedelta(hours=n)) for n in range(1, int((now - begin) / timedelta(hours=1)) + 1)
    ]
    hours = hours or [hour_of(now)]
    with transaction(database) as connection:
        connection.execute("DELETE FROM channel_hours WHERE url = ? AND hour < ?", (url, hour_of(now - KEPT)))
        connection.executemany(
            "INSERT INTO channel_hours(url, hour, new) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET new = new + excluded.new",
            [(url, hour, new / len(hours)) for hour in hours],
        )


def read_in(database: Database, crawl_id: int) -> list[Channel]:
    """The channels that this crawl read to where they are known."""
    channels = database.conn.execute(
        "SELECT url, completed_at FROM channels WHERE last_completed_crawl_id = ? ORDER BY url", (crawl_id,)
    ).fetchall()
    return [
        Channel(
            url,
            read_at,
            dict(
                database.conn.execute(
                    "SELECT hour, new FROM channel_hours WHERE url = ? ORDER BY hour", (url,)
                )
            ),
        )
        for url, read_at in channels
    ]


def hour_of(moment: datetime) -> str:
    """The hour of ``moment`` (aware) as it is kept."""
    return clock.iso(moment.astimezone(UTC))[:13]
