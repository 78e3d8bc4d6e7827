"""A text that was seen before the article was last fetched: a page of an older time, imported later.

It takes its place in time among the revisions, as if it had been stored then; what the archive shows as
the article's present text stays.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields, replace
from typing import Any

from newscrawler import identity
from newscrawler.archive.revise import NAMES, Current, differing
from newscrawler.archive.rows import as_json, insert_images, marks_of, name_id
from newscrawler.items import Article

_SAID = ("title", "published_at", "published_precision", *NAMES)
"""What a text says beside its body; the names are alike in Current and Article."""

_COLUMNS = (
    "title, body, marks, dateline, published_at, published_precision, source_id, editor_id, author_id,"
    " category_id, content_key, encoding, found_by"
)
"""Of ``revisions``, beside when it was seen and what came of it."""


@dataclass(frozen=True, slots=True)
class _Version:
    """A text of the article, and from when to when it was seen; ISO 8601 UTC."""

    said: Current
    """Its ``revision`` is its own number."""
    body: str
    first: str
    last: str
    crawl_id: int | None
    """The crawl that found the next text; None for the present one."""


def was_so(connection: sqlite3.Connection, known: Current, article: Article, now: str) -> bool:
    """Whether the archive knows already that the article said this at the moment ``now``."""
    return _is_known(_versions(connection, known), article, now)


def place(
    connection: sqlite3.Connection, known: Current, article: Article, now: str, crawl_id: int | None
) -> tuple[str, ...]:
    """Take in what the article said ``now``, before its last fetch; its fields that make it another text.

    A text like the one before or after it only lengthens the time in which that was seen. One that was seen
    before all others moves the time at which the article was first seen. One that stood between two
    sightings of the same text parts them.
    """
    versions = _versions(connection, known)
    if _is_known(versions, article, now):
        return ()
    number = sum(version.first <= now for version in versions)
    if number and now <= versions[number - 1].last:
        _part(connection, versions[number - 1], now, crawl_id, is_present=number == len(versions))
        versions = _versions(connection, known)
    elif number and not _changed(versions[number - 1], article):
        _update(connection, versions[number - 1], last_seen_at=now)
        return ()
    elif not _turned(article, now, versions[number]):
        _begin_earlier(connection, versions, number, now, crawl_id)
        return ()
    previous = versions[number - 1] if number else None
    _insert(connection, article, now, crawl_id, previous, versions[number])
    return _changed(previous, article) if previous else _turned(article, now, versions[number])


def _versions(connection: sqlite3.Connection, known: Current) -> list[_Version]:
    """All texts of the article, the oldest first; the last is the present one."""
    names = ", ".join(f"{table}.name" for table in NAMES.values())
    joins = " ".join(f"LEFT JOIN {table} ON {table}.id = r.{name}_id" for name, table in NAMES.items())
    rows = connection.execute(
        f"SELECT r.article_id, ?2, r.title, r.published_at, r.published_precision, {names}, r.revision,"
        " r.content_key, r.first_seen_at, NULL, NULL, r.body, r.last_seen_at, r.crawl_id FROM revisions r"
        f" {joins} WHERE r.article_id = ?1 ORDER BY r.revision",
        (known.id, known.url),
    ).fetchall()
    size = len(fields(Current))
    older = [
        _Version(said := Current(*row[:size]), row[size] or "", said.first_seen_at, *row[size + 1 :])
        for row in rows
    ]
    number, begun, last, body = connection.execute(
        "SELECT a.revision, coalesce(a.revised_at, a.first_seen_at), s.last_fetched_at, b.body"
        " FROM articles a JOIN sightings s ON s.article_id = a.id JOIN bodies b ON b.article_id = a.id"
        " WHERE a.id = ?",
        (known.id,),
    ).fetchone()
    return [*older, _Version(replace(known, revision=number), body, begun, last, None)]


def _is_known(versions: list[_Version], article: Article, now: str) -> bool:
    return any(
        version.first <= now <= version.last
        and not (_changed(version, article) and _turned(article, now, version))
        for version in versions
    )


def _changed(version: _Version, article: Article) -> tuple[str, ...]:
    """The fields in which ``article`` is another text than ``version``, which was seen before it."""
    return differing(version.said, article, lambda: version.body)


def _turned(article: Article, now: str, version: _Version) -> tuple[str, ...]:
    """The fields in which ``version``, seen later, is another text than ``article``."""
    said: dict[str, Any] = {name: getattr(article, name) for name in _SAID}
    key = identity.fingerprint(article.title or "", article.body) if article.body else None
    earlier = replace(version.said, **said, content_key=key, first_seen_at=now)
    later = Article(version.said.url, body=version.body)
    for name in _SAID:
        setattr(later, name, getattr(version.said, name))
    return differing(earlier, later, lambda: article.body)


def _update(connection: sqlite3.Connection, version: _Version, **values: object) -> None:
    """Write columns of the row in ``revisions`` of an earlier text."""
    connection.execute(
        f"UPDATE revisions SET {', '.join(f'{column} = ?' for column in values)}"
        " WHERE article_id = ? AND revision = ?",
        (*values.values(), version.said.id, version.said.revision),
    )


def _first_seen(connection: sqlite3.Connection, article_id: int, now: str, crawl_id: int | None) -> None:
    """The article was seen before anybody knew: ``now``, by the import ``crawl_id``."""
    connection.execute(
        "UPDATE articles SET first_seen_at = ?, first_crawl_id = coalesce(?, first_crawl_id) WHERE id = ?",
        (now, crawl_id, article_id),
    )


def _begin_earlier(
    connection: sqlite3.Connection, versions: list[_Version], number: int, now: str, crawl_id: int | None
) -> None:
    """The text at place ``number`` was there ``now`` already."""
    version = versions[number]
    if number == 0:
        _first_seen(connection, version.said.id, now, crawl_id)
    else:
        _update(connection, versions[number - 1], replaced_at=now)
    if number < len(versions) - 1:
        _update(connection, version, first_seen_at=now)
    elif number:
        connection.execute("UPDATE articles SET revised_at = ? WHERE id = ?", (now, version.said.id))


def _part(
    connection: sqlite3.Connection, version: _Version, now: str, crawl_id: int | None, *, is_present: bool
) -> None:
    """Make two of a text that was seen before and after ``now``, since another one stood there then.

    When it was seen in between the raw pages say; without them it is what is certain, its first time and
    its last.
    """
    article_id, number = version.said.id, version.said.revision
    last, again = _seen_around(connection, version, now)
    _make_room(connection, article_id, number)
    source = (
        "articles JOIN bodies ON article_id = articles.id WHERE articles.id = ?1 AND revision = ?2"
        if is_present
        else "revisions WHERE article_id = ?1 AND revision = ?2"
    )
    connection.execute(
        f"INSERT INTO revisions(article_id, revision, {_COLUMNS}, first_seen_at, last_seen_at, replaced_at,"
        f" crawl_id) SELECT ?1, ?2 - 1, {_COLUMNS}, ?3, ?4, ?5, ?6 FROM {source}",
        (article_id, number + 1, version.first, last, now, crawl_id),
    )
    connection.execute(
        "UPDATE moments SET revision = revision - 1 WHERE article_id = ? AND revision = ? AND seen_at < ?",
        (article_id, number + 1, now),
    )
    connection.execute(
        "INSERT INTO images SELECT article_id, revision - 1, position, url, caption, paragraph FROM images"
        " WHERE article_id = ? AND revision = ?",
        (article_id, number + 1),
    )
    if is_present:
        connection.execute("UPDATE articles SET revised_at = ? WHERE id = ?", (again, article_id))
    else:
        connection.execute(
            "UPDATE revisions SET first_seen_at = ? WHERE article_id = ? AND revision = ?",
            (again, article_id, number + 1),
        )


def _seen_around(connection: sqlite3.Connection, version: _Version, now: str) -> tuple[str, str]:
    """When ``version`` was fetched last before ``now``, and first after it."""
    before, after = connection.execute(
        "SELECT max(CASE WHEN fetched_at < ?1 THEN fetched_at END),"
        " min(CASE WHEN fetched_at > ?1 THEN fetched_at END) FROM captures"
        " WHERE article_key IN (SELECT ?2 UNION SELECT url_key FROM aliases WHERE article_id = ?3)"
        " AND status IN (200, 304) AND fetched_at BETWEEN ?4 AND ?5",
        (now, identity.key64(version.said.url), version.said.id, version.first, version.last),
    ).fetchone()
    return before or version.first, after or version.last


def _make_room(connection: sqlite3.Connection, article_id: int, number: int) -> None:
    """Number the texts from ``number`` on one higher; by way of negative numbers, since each stands once."""
    for table in ("revisions", "images", "moments"):
        connection.execute(
            f"UPDATE {table} SET revision = -(revision + 1) WHERE article_id = ? AND revision >= ?",
            (article_id, number),
        )
        connection.execute(
            f"UPDATE {table} SET revision = -revision WHERE article_id = ? AND revision < 0", (article_id,)
        )
    connection.execute("UPDATE articles SET revision = revision + 1 WHERE id = ?", (article_id,))


def _insert(
    connection: sqlite3.Connection,
    article: Article,
    now: str,
    crawl_id: int | None,
    previous: _Version | None,
    following: _Version,
) -> None:
    """A text of its own between ``previous`` and ``following``; what it does not say stays as it was."""
    article_id, number = following.said.id, following.said.revision
    changed = _changed(previous, article) if previous else ()
    if previous is None:
        (found_by,) = connection.execute(
            "SELECT first_crawl_id FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        connection.execute(
            "UPDATE articles SET revised_at = ? WHERE id = ? AND revised_at IS NULL",
            (following.first, article_id),
        )
        _first_seen(connection, article_id, now, crawl_id)
    else:
        found_by = previous.crawl_id
        _update(connection, previous, replaced_at=now, changed=as_json(changed), crawl_id=crawl_id)
    _make_room(connection, article_id, number)
    said = {
        name: getattr(article, name) or (getattr(previous.said, name) if previous else None) for name in _SAID
    }
    body = article.body or (previous.body if previous else "")
    names = [name_id(connection, table, said[name]) for name, table in NAMES.items()]
    connection.execute(
        f"INSERT INTO revisions(article_id, revision, {_COLUMNS}, first_seen_at, last_seen_at, replaced_at,"
        f" changed, crawl_id) VALUES ({', '.join('?' * 20)})",
        (
            *(article_id, number, said["title"], body, marks_of(article), article.dateline),
            *(said["published_at"], said["published_precision"], *names),
            *(identity.fingerprint(said["title"] or "", body) if body else None, article.encoding),
            *(as_json(article.found_by), now, now, following.first),
            *(as_json(_turned(article, now, following)), found_by),
        ),
    )
    insert_images(connection, article_id, number, article.images)
