"""Channels, menus and quarantine of several archives as those of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from newscrawler.archive.channels import Channel
from newscrawler.archive.merge_forgotten import Forgotten
from newscrawler.archive.merge_inputs import Input, together
from newscrawler.archive.rows import site_id

_COLUMNS = tuple(Channel.__dataclass_fields__)
_KINDS = ("not_a_listing", "refused", "sitemap", "listing")
"""The later, the more it is worth to be asked again."""


def join_channels(connection: sqlite3.Connection, inputs: Sequence[Input]) -> None:
    """Write every channel once. It is complete only as far as it is in every archive that walked it.

    Where two archives had walked it, the earlier mark counts: up to there both ledgers hold all of it, and
    a walk that ends there closes the gap that the other one may have above its own first page.
    """
    names = ", ".join(_COLUMNS)
    for rows in together(inputs, f"SELECT {names}, id FROM channels ORDER BY url"):
        known = [_in_union(one, Channel(*row[:-1])) for one, row in rows]
        values = _channel(known)
        connection.execute(
            f"INSERT INTO channels({names}) VALUES ({', '.join('?' * len(_COLUMNS))})",
            [values[name] for name in _COLUMNS],
        )


def _in_union(one: Input, channel: Channel) -> dict[str, Any]:
    values = {name: getattr(channel, name) for name in _COLUMNS}
    for name in ("last_completed_crawl_id", "since_crawl_id"):
        values[name] = one.crawl(values[name])
    return values


def _channel(known: list[dict[str, Any]]) -> dict[str, Any]:
    kind = max((row["kind"] for row in known if row["kind"]), key=_KINDS.index, default=None)
    marks = ("last_completed_crawl_id", "since_crawl_id", "completed_at", "read_at")
    return {
        "url": known[0]["url"],
        "title": _least(row["title"] for row in known),
        "kind": kind,
        "first_seen_at": _least(row["first_seen_at"] for row in known),
        **{name: _least(row[name] for row in known) for name in marks},
        # A validator says that nothing changed since one archive's walk; that says nothing of the other's.
        **{name: _agreed(row[name] for row in known) for name in ("etag", "last_modified", "empty_pages")},
        "lastmod": _agreed(row["lastmod"] for row in known),
        "reached_since": max((row["reached_since"] for row in known if row["reached_since"]), default=None),
        "recheck_at": None if kind == "listing" else _least(row["recheck_at"] for row in known),
    }


def _least(values: Iterable[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def _agreed(values: Iterable[Any]) -> Any:
    """The value that all have; None where they differ."""
    different = set(values)
    return different.pop() if len(different) == 1 else None


def join_menus(connection: sqlite3.Connection, inputs: Sequence[Input]) -> None:
    """What home pages showed; what the latest showed comes as it stood there."""
    for one in inputs:
        connection.executemany(
            "INSERT INTO menus(home, url, linked, seen_at, kind) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT(home, url) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at),"
            " linked = CASE WHEN excluded.seen_at > seen_at THEN excluded.linked"
            " WHEN excluded.seen_at < seen_at THEN linked ELSE min(linked, excluded.linked) END,"
            " kind = CASE WHEN excluded.seen_at > seen_at THEN excluded.kind"
            " WHEN excluded.seen_at < seen_at THEN kind ELSE coalesce(kind, excluded.kind) END",
            one.connection.execute("SELECT home, url, linked, seen_at, kind FROM menus ORDER BY id"),
        )


_QUARANTINE = ("url_key", "url", "reason", "detail", "status", "fetched_at", "page", "payload_key", "size")


def join_quarantine(connection: sqlite3.Connection, inputs: Sequence[Input], forgotten: Forgotten) -> None:
    """Write every page that fitted nothing once, as it was seen first."""
    columns = ", ".join(f"q.{name}" for name in _QUARANTINE)
    select = (
        "SELECT q.url_key || ' ' || q.payload_key || ' ' || q.reason, q.id, q.first_seen_at, q.last_seen_at,"
        f" q.crawl_id, s.name, {columns} FROM quarantine q JOIN sites s ON s.id = q.site_id ORDER BY 1"
    )
    connection.execute("CREATE TABLE scratch.quarantine (first_seen_at, last_seen_at, input, old)")
    for rows in together(inputs, select):
        if rows[0][1][6] in forgotten:
            continue
        one, first = min(rows, key=_as_first_seen)
        last_seen_at = max(row[3] for _, row in rows)
        values = (first[2], last_seen_at, one.number, first[1])
        connection.execute("INSERT INTO scratch.quarantine VALUES (?, ?, ?, ?)", values)
    by_number = {one.number: one for one in inputs}
    places = connection.execute(
        "SELECT * FROM scratch.quarantine ORDER BY first_seen_at, input, old"
    ).fetchall()
    for first_seen_at, last_seen_at, number, old in places:
        _copy_quarantined(connection, by_number[number], old, first_seen_at, last_seen_at)


def _as_first_seen(found: tuple[Input, tuple[Any, ...]]) -> tuple[Any, ...]:
    one, (_, _, first_seen_at, _, crawl, *rest) = found
    return first_seen_at, *map(str, rest), one.crawl(crawl) or 0


def _copy_quarantined(
    connection: sqlite3.Connection, one: Input, old: int, first_seen_at: str, last_seen_at: str
) -> None:
    columns = ", ".join(_QUARANTINE)
    ((crawl, site, *values),) = one.rows(
        f"SELECT q.crawl_id, (SELECT name FROM sites WHERE id = q.site_id), {columns} FROM quarantine q"
        " WHERE q.id = ?",
        (old,),
    )
    row = connection.execute(
        f"INSERT INTO quarantine({columns}, site_id, crawl_id, first_seen_at, last_seen_at)"
        f" VALUES ({', '.join('?' * (len(_QUARANTINE) + 4))}) RETURNING id",
        (*values, site_id(connection, site), one.crawl(crawl), first_seen_at, last_seen_at),
    ).fetchone()
    connection.executemany(
        "INSERT INTO quarantine_parts(quarantine_id, part, url, content_type, payload)"
        " VALUES (?, ?, ?, ?, ?)",
        [
            (row[0], *part)
            for part in one.rows(
                "SELECT part, url, content_type, payload FROM quarantine_parts WHERE quarantine_id = ?",
                (old,),
            )
        ],
    )
