"""Articles on their way out of the archive, one after another, in the order of publication; reads only."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from newscrawler.archive.related import shown_items
from newscrawler.archive.terms import parse

COLUMNS = (
    *("id", "url", "site", "title", "body", "published_at", "source", "editor", "author", "category"),
    *("first_seen_at", "last_seen_at", "revision", "duplicate_of", "gone_at"),
)
"""Of an exported article: those of the view ``news``, which are public."""

_STEP = 200
"""Articles that are read at a time: no transaction stays open while somebody writes them down."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles are meant; what is left empty restricts nothing."""

    query: str | None = None
    """As for ``newscrawler search``."""
    since: str | None = None
    """YYYY-MM-DD: published on that day or later; undated ones by the day they were first seen."""
    until: str | None = None
    """YYYY-MM-DD: on that day or earlier."""


def chosen(database: Database, wanted: Wanted) -> array[int]:
    """The ids of the articles that fit, the oldest first; eight bytes each."""
    day = "ifnull(a.published_date, substr(a.first_seen_at, 1, 10))"
    values = {"since": wanted.since, "until": wanted.until}
    source = "articles a"
    conditions = ["1"]
    if wanted.query is not None:
        source = "articles_fts f CROSS JOIN articles a ON a.id = f.rowid"
        conditions.append("articles_fts MATCH :match")
        values["match"] = parse(wanted.query).match()
    if wanted.since is not None:
        conditions.append(f"{day} >= :since")
    if wanted.until is not None:
        conditions.append(f"{day} <= :until")
    sql = f"SELECT a.id FROM {source} WHERE {' AND '.join(conditions)} ORDER BY a.id"
    return array("q", (number for (number,) in database.conn.execute(sql, values)))


def articles(database: Database, ids: array[int], *, related: bool) -> Iterator[dict[str, Any]]:
    """COLUMNS of each article of ``ids``; with ``related`` also the items that its newest block shows."""
    for start in range(0, len(ids), _STEP):
        batch = ids[start : start + _STEP]
        rows = database.conn.execute(
            f"SELECT {', '.join(COLUMNS)} FROM news WHERE id IN ({','.join('?' * len(batch))}) ORDER BY id",
            batch.tolist(),
        ).fetchall()
        for row in rows:
            article = dict(zip(COLUMNS, row, strict=True))
            if related:
                article["related"] = [asdict(item) for item in shown_items(database.conn, row[0])]
            yield article
