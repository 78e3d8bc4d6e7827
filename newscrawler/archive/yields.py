"""What ordinary crawls bring, page by page: the history that a site is held against (newscrawler/alarm).

A narrow row for each page that was judged for the first time, written in the transaction that stores the
article or the page in quarantine: a crawl that is killed loses nothing. Crawls are put in *series*, those of
one spider that start from the same pages. What a crawl with other arguments brings (``since``, ``full``, old
years), what it discovered and left to be fetched later, and what only related items showed are of another
kind than the news of the day, and have no row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive.crawls import NO_CRAWLS, last_before
from newscrawler.items import Article

ORDINARY = frozenset({"start_urls", "max_listing_pages"})
"""Arguments that leave a crawl one of the news of the day."""

NOT_THE_PAGE = frozenset({"listing"})
"""Rules that took a value from elsewhere: the page itself does not show it."""

FINE = ("second", "minute", "about minute")
"""Precisions of a time that is more than a day."""

NOTHING_READ = 5
"""The exit code of a crawl that could read no listing."""

_LAST = 2**62

Names = Literal["series", "layouts", "readings"]


@dataclass(frozen=True, slots=True)
class Yield:
    """One page that an ordinary crawl brought."""

    id: int
    crawl_id: int
    url: str | None
    """Its canonical address; None of what was no article."""
    layout: str
    """newscrawler.extract.layout"""
    rules: Mapping[str, str]
    """Field -> the rule that found it on the page; ``time`` is there when more than a day was found."""
    reason: str | None
    """Why it is no article; None when it is one."""
    chars: int
    """Of the body."""
    images: int
    related: int


def series_of(spider: str, arguments: Mapping[str, str]) -> str | None:
    """The series of a crawl: its spider, with the pages that it starts from; None: it is not ordinary."""
    if not set(arguments) <= ORDINARY:
        return None
    return " ".join([spider, *arguments.get("start_urls", "").split()])


def series_id(connection: sqlite3.Connection, name: str) -> int:
    """The id of the series ``name``, made when it is new."""
    return _id(connection, "series", name)


def note(
    connection: sqlite3.Connection,
    article: Article,
    *,
    series: str | None,
    crawl_id: int | None,
    article_id: int | None = None,
    reason: str | None = None,
) -> None:
    """``article`` was judged for the first time; inside the transaction that stores it or keeps it apart.

    Writes nothing where it does not belong to the series (see above).
    """
    if series is None or crawl_id is None or not _is_news(connection, article.url, crawl_id):
        return
    connection.execute(
        "INSERT INTO yields(series_id, crawl_id, article_id, layout_id, reading_id, reason, chars, images,"
        " related) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(_id(connection, "series", series), crawl_id, article_id),
            _id(connection, "layouts", _layout_of(article)),
            _id(connection, "readings", json.dumps(_rules_of(article), ensure_ascii=False, sort_keys=True)),
            *(reason, len(article.body), len(article.images), len(article.related)),
        ),
    )


def newest(database: Database, series: str, most: int, *, before: int | None = None) -> list[Yield]:
    """The newest ``most`` pages of the series, the newest first; ``before``: of crawls before this one."""
    rows = database.conn.execute(
        "SELECT y.id, y.crawl_id, a.url, l.name, r.name, y.reason, y.chars, y.images, y.related FROM yields y"
        " JOIN layouts l ON l.id = y.layout_id JOIN readings r ON r.id = y.reading_id"
        " LEFT JOIN articles a ON a.id = y.article_id"
        " WHERE y.series_id = (SELECT id FROM series WHERE name = ?) AND y.crawl_id < ?"
        " ORDER BY y.crawl_id DESC, y.id DESC LIMIT ?",
        (series, _LAST if before is None else before, most),
    )
    rules: dict[str, Mapping[str, str]] = {}  # a few dozen that repeat
    found = []
    for number, crawl_id, url, layout, reading, *rest in rows:
        if reading not in rules:
            rules[reading] = json.loads(reading)
        found.append(Yield(number, crawl_id, url, layout, rules[reading], *rest))
    return found


def begun_since(database: Database, since: str) -> list[str]:
    """When crawls began that read listings, from ``since`` (ISO 8601 UTC) on, in order; of any series.

    Not those that could read none (the network was down), backfills and runs that ask no site.
    """
    rows = database.conn.execute(
        "SELECT started_at FROM crawl_runs WHERE id > ? AND exit_code IS NOT ? AND spider NOT IN (?, ?)"
        " AND instr(arguments, '\"backfill\"') = 0 ORDER BY id",
        (last_before(database.conn, since), NOTHING_READ, *NO_CRAWLS),
    )
    return [moment for (moment,) in rows]


def kept_apart_in(database: Database, crawl_id: int, most: int) -> list[str]:
    """Addresses that went to quarantine for the first time in a crawl, or after it, the newest first."""
    rows = database.conn.execute(
        "SELECT url FROM quarantine WHERE crawl_id >= ? ORDER BY id DESC LIMIT ?", (crawl_id, most)
    )
    return [url for (url,) in rows]


def forget(connection: sqlite3.Connection, article_id: int) -> None:
    """Take out the row of an article."""
    connection.execute("DELETE FROM yields WHERE article_id = ?", (article_id,))


def _is_news(connection: sqlite3.Connection, url: str, crawl_id: int) -> bool:
    """Whether ``url`` was found by a listing, in an ordinary crawl, and is judged for the first time."""
    row = connection.execute(
        "SELECT l.discovered_as, c.arguments FROM ledger l JOIN crawl_runs c ON c.id = l.first_crawl_id"
        " WHERE l.url_key = ?",
        (identity.key64(url),),
    ).fetchone()
    if row is None or row[0] == "related" or not set(json.loads(row[1] or "{}")) <= ORDINARY:
        return False
    earlier = connection.execute(
        "SELECT 1 FROM quarantine WHERE url_key = ? AND crawl_id IS NOT ?", (identity.key64(url), crawl_id)
    ).fetchone()
    return earlier is None


def _layout_of(article: Article) -> str:
    """The template, behind the host that it came from when that is a twin."""
    came_from = urlsplit(article.page.url).hostname if article.page is not None else None
    twin = came_from is not None and came_from != urlsplit(article.url).hostname
    return f"{came_from}: {article.layout}" if twin else article.layout


def _rules_of(article: Article) -> dict[str, str]:
    """Field -> rule, of what the page itself shows."""
    found = {
        field: rule
        for field, rule in article.found_by.items()
        if field not in {"encoding", "reason"}
        and rule not in NOT_THE_PAGE
        and (field in {"body", "related"} or getattr(article, field, None))
    }
    if "published_at" in found and article.published_precision in FINE:
        found["time"] = found["published_at"]
    return found


def _id(connection: sqlite3.Connection, table: Names, name: str) -> int:
    row = connection.execute(f"SELECT id FROM {table} WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = connection.execute(f"INSERT INTO {table}(name) VALUES (?) RETURNING id", (name,)).fetchone()
    return int(row[0])
