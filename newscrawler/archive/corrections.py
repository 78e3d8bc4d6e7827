"""Values that mended rules read differently from the same page: corrected in place, each with what it was.

A correction is no revision: the site changed nothing. What is found is kept as a proposal until all
pages were looked at and reported; then each article's corrections are written in one transaction,
which takes the proposal out. So a run that was interrupted goes on where it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive.related import replace_block, shown_items
from newscrawler.archive.revise import Current, changed_fields, current, overwrite
from newscrawler.archive.rows import as_json, insert_images, marks_of, transaction
from newscrawler.items import Article, Image, RelatedItem

PLAIN = ("title", "body", "published_at", "source", "editor", "author", "category")
FIELDS = (*PLAIN, "marks", "images", "related")
"""What is compared and corrected, in the order of a report."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one field says and what it would say; lists as JSON."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An article as today's rules read it, and in what it differs."""

    article_id: int
    article: Article
    changes: tuple[Change, ...]


def differences(database: Database, article: Article, *, alone: bool) -> Proposal | None:
    """In what the archived article differs from ``article``, which was read from its newest page.

    ``alone``: no other text of it was ever had. Then every difference is one of the rules, also a value
    that is not found any more. Else what is archived may come from an earlier page, and only what would
    count as a change of the page counts here.
    """
    known = current(database.conn, article.url)
    if known is None:
        return None
    old = _archived(database.conn, known)
    new = _read(article)
    fields = FIELDS if alone else (*changed_fields(database.conn, known, article), "related")
    changes = [Change(name, old[name], new[name]) for name in fields if old[name] != new[name]]
    if not alone:  # a page without a block moves nothing when it is stored, either
        changes = [change for change in changes if change.new is not None]
    return Proposal(known.id, article, tuple(changes)) if changes else None


def _archived(connection: sqlite3.Connection, known: Current) -> dict[str, str | None]:
    """FIELDS as they are archived."""
    body, marks = connection.execute(
        "SELECT body, marks FROM bodies WHERE article_id = ?", (known.id,)
    ).fetchone()
    images = connection.execute(
        "SELECT url, caption, paragraph FROM images WHERE article_id = ? AND revision = ? ORDER BY position",
        (known.id, known.revision),
    ).fetchall()
    values = {name: getattr(known, name) for name in PLAIN if name != "body"}
    items = shown_items(connection, known.id)
    return {
        **values,
        **{"body": body, "marks": marks},
        "images": as_json([list(row) for row in images]),
        "related": as_json([[item.url, item.title, item.summary, item.date] for item in items]),
    }


def _read(article: Article) -> dict[str, str | None]:
    """FIELDS as ``article`` has them."""
    values = {name: getattr(article, name) or None for name in PLAIN if name != "body"}
    related = sorted(article.related, key=lambda item: item.position)
    return {
        **values,
        **{"body": article.body, "marks": marks_of(article)},
        "images": as_json([[image.url, image.caption, image.paragraph] for image in article.images]),
        "related": as_json(
            [[item.url, item.title, item.summary or None, item.date or None] for item in related]
        ),
    }


def correct(database: Database, proposal: Proposal, *, rules: str, now: datetime) -> bool:
    """Write what ``proposal`` found, and a row in ``corrections`` for each field; False when it is gone.

    ``rules``: the version of the rules that found it.
    """
    article, fields = proposal.article, tuple(change.field for change in proposal.changes)
    with transaction(database) as connection:
        known = current(connection, article.url)
        if known is None:
            return False
        overwrite(connection, known, article, fields)
        if "marks" in fields or "body" in fields:
            connection.execute(
                "UPDATE bodies SET marks = ? WHERE article_id = ?", (marks_of(article), known.id)
            )
        if "images" in fields:
            connection.execute(
                "DELETE FROM images WHERE article_id = ? AND revision = ?", (known.id, known.revision)
            )
            insert_images(connection, known.id, known.revision, article.images)
        if "related" in fields:
            replace_block(connection, known.id, article.related, article.related_heading)
        moment = clock.iso(now)
        connection.executemany(
            "INSERT INTO corrections(article_id, field, old, new, corrected_at, rules)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [(known.id, c.field, c.old, c.new, moment, rules) for c in proposal.changes],
        )
    return True


# --- runs that can be interrupted ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """A re-extraction that was begun."""

    id: int
    rules: str
    reached: int
    """The last article that was looked at."""
    looked_at: int


def begin(database: Database, *, rules: str, selection: str, now: datetime) -> Run:
    """Go on with the run that was interrupted with the same rules and selection, else begin another.

    Proposals of other runs, and of before a crawl, are dropped: what they compared with may be no more.
    """
    with transaction(database) as connection:
        row = connection.execute(
            "SELECT id, rules, reached, looked_at FROM reextractions WHERE finished_at IS NULL AND rules = ?"
            " AND selection = ? AND NOT EXISTS (SELECT 1 FROM crawl_runs WHERE crawl_runs.id > last_crawl_id)"
            " ORDER BY id DESC LIMIT 1",
            (rules, selection),
        ).fetchone()
        if row is not None:
            return Run(*row)
        moment = clock.iso(now)
        connection.execute("DELETE FROM proposals")
        connection.execute(
            "UPDATE reextractions SET finished_at = ?, reached = -1 WHERE finished_at IS NULL", (moment,)
        )
        row = connection.execute(
            "INSERT INTO reextractions(started_at, rules, selection, reached, looked_at, last_crawl_id)"
            " VALUES (?, ?, ?, 0, 0, (SELECT ifnull(max(id), 0) FROM crawl_runs)) RETURNING id",
            (moment, rules, selection),
        ).fetchone()
    return Run(row[0], rules, 0, 0)


def propose(
    database: Database, run: Run, proposals: Iterable[Proposal], *, reached: int, looked_at: int
) -> None:
    """Keep what was found, and how far the run has come: ``looked_at`` more articles, up to ``reached``."""
    with transaction(database) as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO proposals(article_id, article, changes) VALUES (?, ?, ?)",
            [(p.article_id, _packed(p.article), _as_text([asdict(c) for c in p.changes])) for p in proposals],
        )
        connection.execute(
            "UPDATE reextractions SET reached = ?, looked_at = looked_at + ? WHERE id = ?",
            (reached, looked_at, run.id),
        )


def proposals(database: Database, *, limit: int = -1) -> Iterator[Proposal]:
    """What was found and is not written yet, in order."""
    rows = database.conn.execute(
        "SELECT article_id, article, changes FROM proposals ORDER BY article_id LIMIT ?", (limit,)
    )
    for article_id, article, changes in rows:
        yield Proposal(article_id, _unpacked(article), tuple(Change(**c) for c in json.loads(changes)))


def apply(database: Database, run: Run, *, limit: int, now: datetime) -> int:
    """Write up to ``limit`` proposals; returns how many were left to write, 0 when all is done."""
    with transaction(database) as connection:
        batch = list(proposals(database, limit=limit))
        for proposal in batch:
            correct(database, proposal, rules=run.rules, now=now)
            connection.execute("DELETE FROM proposals WHERE article_id = ?", (proposal.article_id,))
        if not batch:
            connection.execute(
                "UPDATE reextractions SET finished_at = ? WHERE id = ?", (clock.iso(now), run.id)
            )
    return len(batch)


def _packed(article: Article) -> str:
    """``article`` as JSON, without its page."""
    values = {name: value for name, value in _fields_of(article).items() if name != "page"}
    return _as_text(values)


def _fields_of(article: Article) -> dict[str, object]:
    page, article.page = article.page, None  # asdict() would copy the bytes
    try:
        return asdict(article)
    finally:
        article.page = page


def _unpacked(text: str) -> Article:
    values = json.loads(text)
    values["images"] = [Image(**image) for image in values["images"]]
    values["related"] = [RelatedItem(**item) for item in values["related"]]
    return Article(**values)


def _as_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
