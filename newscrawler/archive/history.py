"""What an article said and when: its revisions, its absences, and the article behind an address."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, fields
from typing import Any

from sqlite_utils import Database

from newscrawler import identity


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it stood for a while; times ISO 8601 UTC, ``published_at`` as the site printed it."""

    revision: int
    first_seen_at: str
    last_seen_at: str
    """The last fetch that found it so; of the newest revision also by a listing that still showed it."""
    title: str | None
    body: str
    published_at: str | None
    source: str | None
    editor: str | None
    author: str | None
    category: str | None
    dateline: str | None
    found_by: dict[str, str]
    """Field -> the rule that found it."""
    encoding: str | None
    crawl_id: int | None = None
    """The crawl that found it to be another one than before; None for the first."""
    rules: str | None = None
    """The version of the rules that read it; None where that was not noted."""


@dataclass(frozen=True, slots=True)
class Absence:
    """When an article was found gone (404, 410), and when it was back."""

    gone_at: str
    back_at: str | None


@dataclass(frozen=True, slots=True)
class History:
    """An article through time."""

    id: int
    url: str
    versions: list[Version]
    """The oldest first; the last is what the archive shows."""
    absences: list[Absence]


def articles_at(database: Database, url: str) -> list[str]:
    """The canonical addresses of the articles to which ``url``, in any form, leads or ever led.

    Raises ValueError when it is no http or https address.
    """
    canonical = identity.canonical(url)
    keys = [identity.key64(form) for form in dict.fromkeys((canonical, url))]
    marks = ",".join("?" * len(keys))
    rows = database.conn.execute(
        f"SELECT url FROM articles WHERE url_key IN ({marks}) UNION SELECT a.url FROM aliases l"
        f" JOIN articles a ON a.id = l.article_id WHERE l.url_key IN ({marks})",
        [*keys, *keys],
    )
    found = sorted(row[0] for row in rows)
    return [canonical] if canonical in found else found


_NAMES = (
    " LEFT JOIN sources so ON so.id = {0}.source_id LEFT JOIN editors e ON e.id = {0}.editor_id"
    " LEFT JOIN authors au ON au.id = {0}.author_id LEFT JOIN categories c ON c.id = {0}.category_id"
)
_FIELDS = (
    "{0}.title, {1}.body, {0}.published_at, so.name, e.name, au.name, c.name, {1}.dateline, {1}.found_by,"
    " {1}.encoding"
)


def history_of(database: Database, url: str) -> History:
    """The revisions and absences of the archived article at the canonical address ``url``."""
    connection = database.conn
    key = identity.key64(url)
    (number,) = connection.execute("SELECT id FROM articles WHERE url_key = ?", (key,)).fetchone()
    before = connection.execute(
        f"SELECT r.revision, r.first_seen_at, r.last_seen_at, {_FIELDS.format('r', 'r')}, r.crawl_id"
        f" FROM revisions r{_NAMES.format('r')} WHERE r.article_id = ? ORDER BY r.revision",
        (number,),
    ).fetchall()
    now = connection.execute(
        "SELECT a.revision, coalesce(a.revised_at, a.first_seen_at), s.last_seen_at,"
        f" {_FIELDS.format('a', 'b')}, NULL FROM articles a LEFT JOIN bodies b ON b.article_id = a.id"
        f" LEFT JOIN sightings s ON s.article_id = a.id{_NAMES.format('a')} WHERE a.id = ?",
        (number,),
    ).fetchone()
    rows = [*before, now]
    # A row of `revisions` names the crawl that replaced it: the one that found the next version.
    found_in = [None, *(row[-1] for row in before)]
    rules = _rules_of_crawls(connection, number)
    versions = [
        _version(row[:-1], crawl, rules.get(crawl)) for row, crawl in zip(rows, found_in, strict=True)
    ]
    return History(number, url, versions, _absences(connection, number))


def _rules_of_crawls(connection: sqlite3.Connection, number: int) -> dict[int | None, str | None]:
    """The crawl that found a version of the article (None: the first) -> the version of its rules."""
    return dict(
        connection.execute(
            "SELECT NULL, c.rules FROM articles a JOIN crawl_runs c ON c.id = a.first_crawl_id"
            " WHERE a.id = ?1 UNION ALL"
            " SELECT c.id, c.rules FROM revisions r JOIN crawl_runs c ON c.id = r.crawl_id"
            " WHERE r.article_id = ?1",
            (number,),
        ).fetchall()
    )


def _version(row: tuple[Any, ...], crawl_id: int | None, rules: str | None) -> Version:
    """A row of history_of(), in the order of the fields of Version."""
    names = [field.name for field in fields(Version)]
    values = dict(zip(names, row, strict=False))
    found_by = json.loads(values["found_by"]) if values["found_by"] else {}
    values |= {"body": values["body"] or "", "found_by": found_by, "crawl_id": crawl_id, "rules": rules}
    return Version(**values)


def _absences(connection: sqlite3.Connection, number: int) -> list[Absence]:
    """Each once, also where two archives that are one now had found the article gone one after the other."""
    rows = connection.execute(
        "SELECT gone_at, back_at FROM absences WHERE article_id = ? ORDER BY gone_at, id", (number,)
    )
    found: list[Absence] = []
    for gone_at, back_at in rows:
        if not found or (found[-1].back_at is not None and found[-1].back_at <= gone_at):
            found.append(Absence(gone_at, back_at))
    return found
