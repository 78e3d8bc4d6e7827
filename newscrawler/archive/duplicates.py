"""Exact copies: which article of a group with the same text is the first, so that all others point to it.

The first is the earliest by publication (undated last), then by address: whoever joins earlier than
the head takes its place, so the order of arrival does not matter.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from newscrawler.identity import published_second

Rank = tuple[bool, int, str]


def rank(published_at: str | None, url: str) -> Rank:
    """The sort key that makes the earliest of a group its smallest."""
    second = published_second(published_at)
    return (second is None, second or 0, url)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a newcomer stands in its group."""

    head_id: int | None = None
    """What it points to; None when it is the first (or alone)."""
    head_url: str | None = None
    displaces: bool = False
    """True when it ranks before the present head: call regroup() once its row is there."""


def place_of(
    connection: sqlite3.Connection, content_key: int | None, published_at: str | None, url: str
) -> Place:
    """The place of a new article with ``content_key``: one index look-up, however large the group."""
    if content_key is None:
        return Place()
    head = connection.execute(
        "SELECT id, published_at, url FROM articles WHERE content_key = ? AND duplicate_of IS NULL LIMIT 1",
        (content_key,),
    ).fetchone()
    if head is None:
        return Place()
    if rank(published_at, url) < rank(head[1], head[2]):
        return Place(displaces=True)
    return Place(head[0], head[2])


def regroup(connection: sqlite3.Connection, content_key: int | None) -> None:
    """Point every article with ``content_key`` to the earliest of them; touches only rows that change."""
    if content_key is None:
        return
    members = connection.execute(
        "SELECT id, published_at, url, duplicate_of FROM articles WHERE content_key = ?", (content_key,)
    ).fetchall()
    if not members:
        return
    head = min(members, key=lambda member: rank(member[1], member[2]))[0]
    targets = [(None if member == head else head, member, points_to) for member, _, _, points_to in members]
    connection.executemany(
        "UPDATE articles SET duplicate_of = ? WHERE id = ?",
        [(target, member) for target, member, points_to in targets if target != points_to],
    )
