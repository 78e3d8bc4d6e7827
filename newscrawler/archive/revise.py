"""A known article seen again: is it a change, and where do the old values go.

What counts as a change: title, body, time, source, editor, author or category read differently. What
does not: white space, full- or half-width forms, a field the page no longer shows, a time that is
merely printed more or less exactly (25分钟前, "25 minutes ago", then a clock time near it), other pictures,
another related block.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newscrawler import identity
from newscrawler.archive import counts, duplicates, near, search
from newscrawler.archive.rows import NameTable, as_json, insert_images, marks_of, name_id
from newscrawler.items import Article

_PRECISION_LENGTH = {"day": 10, "minute": 16}
"""How much of ``published_at`` a less exact print of the same time says."""

_ABOUT_A_MINUTE = timedelta(minutes=5)
"""How far off "25 minutes ago" may be: what is left of the minute, the site's cache, two clocks."""

NAMES: dict[str, NameTable] = {
    "source": "sources",
    "editor": "editors",
    "author": "authors",
    "category": "categories",
}


@dataclass(frozen=True, slots=True)
class Current:
    """The archived state of an article, names instead of ids; the body stays in its table."""

    id: int
    url: str
    title: str | None
    published_at: str | None
    published_precision: str | None
    source: str | None
    editor: str | None
    author: str | None
    category: str | None
    revision: int
    content_key: int | None
    first_seen_at: str
    gone_at: str | None
    duplicate_of: str | None


def current(connection: sqlite3.Connection, url: str) -> Current | None:
    """The archived article with the canonical address ``url``."""
    row = connection.execute(
        "SELECT a.id, a.url, a.title, a.published_at, a.published_precision, s.name, e.name, au.name, c.name,"
        " a.revision, a.content_key, a.first_seen_at, a.gone_at, d.url"
        " FROM articles a LEFT JOIN sources s ON s.id = a.source_id LEFT JOIN editors e ON e.id = a.editor_id"
        " LEFT JOIN authors au ON au.id = a.author_id LEFT JOIN categories c ON c.id = a.category_id"
        " LEFT JOIN articles d ON d.id = a.duplicate_of WHERE a.url_key = ?",
        (identity.key64(url),),
    ).fetchone()
    return None if row is None else Current(*row)


def changed_fields(connection: sqlite3.Connection, known: Current, article: Article) -> tuple[str, ...]:
    """The fields in which ``article`` really differs from ``known``, in the order of a page."""

    def body() -> str:
        row = connection.execute("SELECT body FROM bodies WHERE article_id = ?", (known.id,)).fetchone()
        return str(row[0])

    return differing(known, article, body)


def differing(known: Current, article: Article, body: Callable[[], str]) -> tuple[str, ...]:
    """The same for any text of an article; ``body`` gives that of ``known``, asked for when it may differ."""
    changed = []
    if _differs(known.title, article.title):
        changed.append("title")
    if (
        article.body
        and identity.fingerprint(article.title or known.title or "", article.body) != known.content_key
        # Under SHORT_TEXT characters the title is part of the fingerprint: look at the body itself.
        and _differs(body(), article.body)
    ):
        changed.append("body")
    if _differs_in_time(known, article):
        changed.append("published_at")
    for field in NAMES:
        if _differs(getattr(known, field), getattr(article, field)):
            changed.append(field)
    return tuple(changed)


def _differs(old: str | None, new: str | None) -> bool:
    """True when ``new`` says something else than ``old``, white space and width of characters apart."""
    if not new or new == old:
        return False
    return identity.fingerprint("", new) != identity.fingerprint("", old or "")


def _differs_in_time(known: Current, article: Article) -> bool:
    old, new = known.published_at, article.published_at
    if not new or new == old:
        return False
    return not (old and (says_less(new, article.published_precision, old) or is_more_exact(known, article)))


def says_less(coarse: str, precision: str | None, exact: str) -> bool:
    """Whether ``coarse`` is the same time as ``exact``, printed to the day or the minute only, or counted
    back from when the page was fetched: "3 hours ago" covers the hour before, and so may the day before.
    """
    if precision == "about minute":
        return len(exact) > 10 and abs(_local(exact) - _local(coarse)) <= _ABOUT_A_MINUTE
    if precision == "about day":
        return exact[:10] in (coarse, (date.fromisoformat(coarse) - timedelta(days=1)).isoformat())
    length = _PRECISION_LENGTH.get(precision or ("day" if len(coarse) == 10 else ""))
    return bool(length) and len(exact) >= len(coarse) and exact[:length] == coarse[:length]


def _local(iso: str) -> datetime:
    return datetime.fromisoformat(iso).replace(tzinfo=None)


def is_more_exact(known: Current, article: Article) -> bool:
    """Whether the page now prints the known time more exactly ("3小时前", 3 hours ago, became 昨天 10:52)."""
    old, new = known.published_at, article.published_at
    return bool(
        old
        and new
        and old != new
        and says_less(old, known.published_precision, new)
        and not says_less(new, article.published_precision, old)
    )


def sharpen_time(connection: sqlite3.Connection, known: Current, article: Article) -> None:
    """Take the more exact print of the same time over: better read, not changed by the site."""
    if (known.published_at or "")[:10] != (article.published_at or "")[:10]:
        overwrite(connection, known, article, ("published_at",))
        return
    connection.execute(
        "UPDATE articles SET published_at = ?, published_precision = ? WHERE id = ?",
        (article.published_at, article.published_precision, known.id),
    )
    duplicates.regroup(connection, known.content_key)
    near.regroup(connection, known.content_key)


def revise(
    connection: sqlite3.Connection,
    known: Current,
    article: Article,
    changed: tuple[str, ...],
    now: str,
    crawl_id: int | None,
) -> None:
    """Move what is archived to ``revisions`` and write the changed fields (``now``: ISO 8601 UTC)."""
    connection.execute(
        "INSERT INTO revisions(article_id, revision, title, body, marks, dateline, published_at, "
        "published_precision,"
        " source_id, editor_id, author_id, category_id, content_key, encoding, found_by, first_seen_at,"
        " last_seen_at, replaced_at, changed, crawl_id)"
        " SELECT a.id, a.revision, a.title, b.body, b.marks, b.dateline, a.published_at,"
        " a.published_precision, a.source_id, a.editor_id, a.author_id, a.category_id, a.content_key,"
        " b.encoding, b.found_by, coalesce(a.revised_at, a.first_seen_at), s.last_fetched_at, ?, ?, ?"
        " FROM articles a JOIN bodies b ON b.article_id = a.id JOIN sightings s ON s.article_id = a.id"
        " WHERE a.id = ?",
        (now, as_json(changed), crawl_id, known.id),
    )
    overwrite(connection, known, article, changed, revision=known.revision + 1, revised_at=now)
    insert_images(connection, known.id, known.revision + 1, article.images)


def overwrite(
    connection: sqlite3.Connection,
    known: Current,
    article: Article,
    changed: tuple[str, ...],
    **values: object,
) -> None:
    """Write the ``changed`` fields of ``article``, and ``values`` by column, over what is archived.

    Counts, search, exact copies and near-duplicates follow.
    """
    if "title" in changed:
        values["title"] = article.title
    if "published_at" in changed:
        values["published_at"] = article.published_at
        values["published_date"] = article.published_at[:10] if article.published_at else None
        values["published_precision"] = article.published_precision
    for field, table in NAMES.items():
        if field in changed:
            values[f"{field}_id"] = name_id(connection, table, getattr(article, field))
    search.remove(connection, known.id)  # while its old text is there
    (old_body,) = connection.execute("SELECT body FROM bodies WHERE article_id = ?", (known.id,)).fetchone()
    content_key = _write_body(connection, known, article, changed, old_body)
    values["content_key"] = content_key
    assignments = ", ".join(f"{column} = ?" for column in values)
    before = counts.counted(connection, known.id)
    connection.execute(f"UPDATE articles SET {assignments} WHERE id = ?", (*values.values(), known.id))
    search.add(connection, known.id)
    if values.keys() & before.keys():
        counts.count_out(connection, before)
        counts.count_in(connection, {**before, **values})
    if content_key != known.content_key or "published_at" in changed:
        duplicates.regroup(connection, known.content_key)
        if content_key != known.content_key:
            duplicates.regroup(connection, content_key)
        near.replace(connection, known.id, old_body or "", known.content_key, content_key)


def _write_body(
    connection: sqlite3.Connection, known: Current, article: Article, changed: tuple[str, ...], body: str
) -> int | None:
    """Body (till now ``body``), dateline and how they were found; returns the new content key."""
    connection.execute(
        "UPDATE bodies SET dateline = coalesce(?, dateline), encoding = coalesce(?, encoding),"
        " found_by = coalesce(?, found_by) WHERE article_id = ?",
        (article.dateline, article.encoding, as_json(article.found_by), known.id),
    )
    if "body" in changed:
        connection.execute(
            "UPDATE bodies SET body = ?, marks = ? WHERE article_id = ?",
            (article.body, marks_of(article), known.id),
        )
        body = article.body
    elif "title" not in changed:
        return known.content_key
    title = article.title if "title" in changed else known.title
    return identity.fingerprint(title or "", body) if body else None
