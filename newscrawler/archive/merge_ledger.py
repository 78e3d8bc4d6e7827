"""Ledgers of several archives as one: what one has archived is archived, else the latest visit tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from newscrawler.archive.absent import GUESSED
from newscrawler.archive.known import UNSURE
from newscrawler.archive.ledger import MOST_FORMS
from newscrawler.archive.merge_forgotten import Forgotten
from newscrawler.archive.merge_inputs import Input, together
from newscrawler.archive.rows import site_id
from newscrawler.archive.tombstones import FORGOTTEN


class Row(NamedTuple):
    """A row of the ledger as one archive has it, with what decides which visit was the last."""

    url_key: int
    url: str
    site: str
    state: str
    discovered_at: str
    discovered_on: str | None
    discovered_as: str | None
    first_crawl_id: int | None
    title: str | None
    summary: str | None
    date: str | None
    linked: str | None
    attempts: int
    last_error: str | None
    detail: str | None
    due_at: str | None
    etag: str | None
    last_modified: str | None
    changed_at: str
    last_crawl_id: int | None
    guessed: int | None
    first_as: str | None
    first_on: str | None
    place: int
    """Its id: in what order it was found among those of its moment."""
    fetched_at: str | None
    """When the article was last fetched, if it is archived there."""
    asked_at: str | None
    """When the crawl began that asked for it last."""


_COLUMNS = Row._fields[3:-3]
"""Of the table, beside address and site."""

_SELECT = (
    f"SELECT l.url_key, l.url, s.name, {', '.join(f'l.{name}' for name in _COLUMNS)}, l.id,"
    " g.last_fetched_at, c.started_at FROM ledger l JOIN sites s ON s.id = l.site_id"
    " LEFT JOIN articles a ON a.url_key = l.url_key"
    " LEFT JOIN sightings g ON g.article_id = a.id LEFT JOIN crawl_runs c ON c.id = l.last_crawl_id"
    " ORDER BY l.url_key"
)
_WRITTEN = ("url_key", "url", "site_id", *_COLUMNS)
_HAD = ("archived", "unchanged")


def join_ledgers(
    connection: sqlite3.Connection,
    inputs: Sequence[Input],
    forgotten: Forgotten,
    progress: Callable[[int], object],
) -> None:
    """Write every address once, in the order of discovery. The articles of the union are there already."""
    columns = ", ".join(_WRITTEN)
    connection.execute(f"CREATE TABLE scratch.ledger (place, {columns})")
    insert = f"INSERT INTO scratch.ledger VALUES ({', '.join('?' * (len(_WRITTEN) + 1))})"
    for found in together(inputs, _SELECT):
        progress(len(found))
        every = [_in_union(one, Row(*row)) for one, row in found]
        is_forgotten = every[0].url_key in forgotten
        # What one merely guessed says nothing beside the others.
        rows = [row for row in every if not _is_guess(row)] or ([] if is_forgotten else every)
        if not rows:
            continue
        known = _closed(rows, forgotten) if is_forgotten else _joined(connection, rows)
        site = site_id(connection, known.site)
        values = (getattr(known, name) for name in _COLUMNS)
        connection.execute(insert, (known.place, known.url_key, known.url, site, *values))
    connection.execute(
        f"INSERT INTO ledger({columns}) SELECT {columns} FROM scratch.ledger"
        " ORDER BY discovered_at, place, url"
    )


def _in_union(one: Input, row: Row) -> Row:
    return row._replace(
        first_crawl_id=one.crawl(row.first_crawl_id), last_crawl_id=one.crawl(row.last_crawl_id)
    )


def _joined(connection: sqlite3.Connection, rows: list[Row]) -> Row:
    """What several archives know of an address."""
    wanted = _wanted(connection, rows)
    last = max(rows, key=lambda row: _rank(row, wanted))
    if wanted == _HAD and last.state == "gone":  # it was seen again, and no ledger of these says so
        last = last._replace(state="unchanged")
    # Of the same answer, or of none: one that came with another text would make a 304 lie.
    had = [(row.etag, row.last_modified) for row in rows if row.fetched_at or row.state in _HAD]
    validators = had[0] if had and all(one == had[0] for one in had) else (None, None)
    return _discovered(rows, last)._replace(etag=validators[0], last_modified=validators[1])


def _is_guess(row: Row) -> bool:
    """Whether nobody knows that the address exists."""
    is_open = row.state in UNSURE and row.last_error != FORGOTTEN
    return is_open and row.discovered_as == GUESSED


def join_absent(connection: sqlite3.Connection, inputs: Sequence[Input]) -> None:
    """Write which numbers had no page. The ledger of the union is there, and numbered.

    What anybody knows to exist is not absent; what is absent need not be guessed again.
    """
    for one in inputs:
        for pattern, site, folder, number, crawl in one.connection.execute(
            "SELECT s.pattern, (SELECT name FROM sites WHERE id = s.site_id), a.folder, a.number, a.crawl_id"
            " FROM absent a JOIN sequences s ON s.id = a.sequence_id"
        ):
            connection.execute(
                "INSERT INTO sequences(site_id, pattern) VALUES (?, ?) ON CONFLICT(pattern) DO NOTHING",
                (site_id(connection, site) if site else None, pattern),
            )
            connection.execute(
                "INSERT INTO absent(sequence_id, folder, number, crawl_id) VALUES"
                " ((SELECT id FROM sequences WHERE pattern = ?), ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " crawl_id = coalesce(min(crawl_id, excluded.crawl_id), crawl_id, excluded.crawl_id)",
                (pattern, folder, number, one.crawl(crawl)),
            )
    place = "(sequence_id, folder, number)"
    connection.execute(
        f"DELETE FROM ledger WHERE guessed = 1 AND discovered_as = ? AND last_error IS NOT ?"
        f" AND state IN ({', '.join('?' * len(UNSURE))}) AND {place} IN (SELECT"
        " sequence_id, folder, number FROM absent)",
        (GUESSED, FORGOTTEN, *UNSURE),
    )
    connection.execute(
        f"DELETE FROM absent WHERE {place} IN (SELECT sequence_id, folder, number FROM ledger)"
    )


def _wanted(connection: sqlite3.Connection, rows: list[Row]) -> tuple[str, ...]:
    """The states that agree with what the union has at the address."""
    article = connection.execute(
        "SELECT gone_at FROM articles WHERE url_key = ?", (rows[0].url_key,)
    ).fetchone()
    if article is not None:
        return _HAD if article[0] is None else ("gone",)
    return _HAD if any(row.state in _HAD for row in rows) else ()  # it leads to an article


def _rank(row: Row, wanted: tuple[str, ...]) -> tuple[Any, ...]:
    """Of two rows the greater is taken: it agrees with the articles, and tells of the last visit."""
    visited = max(row.changed_at, row.fetched_at or "") if row.state in _HAD else row.changed_at
    if not wanted:
        visited = max(visited, row.asked_at or "")
    rest = (row.last_error or "", row.detail or "", row.due_at or "", row.changed_at, row.last_crawl_id or 0)
    known = bool(wanted) and row.state in (*_HAD, "gone")
    return row.state in wanted, known, visited, row.state == "pending", row.attempts, *rest, row.state


def _discovered(rows: list[Row], last: Row) -> Row:
    """``last`` with how the address was found, and all that listings said of it."""
    first = min(
        rows,
        key=lambda row: (
            row.discovered_as != "listing",
            row.first_crawl_id is None,
            row.first_crawl_id or 0,
            *(str(row.discovered_on or ""), str(row.discovered_as or ""), row.guessed or 0),
        ),
    )
    how, where = _first_seen(rows, first)
    forms = {form for row in rows if row.linked for form in row.linked.split("\n")}
    alike = all(row.linked == rows[0].linked for row in rows)
    return last._replace(
        site=min(row.site for row in rows),
        discovered_at=min(row.discovered_at for row in rows),
        discovered_on=first.discovered_on,
        discovered_as=first.discovered_as,
        first_crawl_id=first.first_crawl_id,
        guessed=first.guessed,
        first_as=how,
        first_on=where,
        title=_fullest(row.title for row in rows),
        summary=_fullest(row.summary for row in rows),
        date=_fullest(row.date for row in rows),
        linked=rows[0].linked if alike else "\n".join(sorted(forms)[:MOST_FORMS]) or None,
        place=min(row.place for row in rows),
    )


def _first_seen(rows: list[Row], listed: Row) -> tuple[str | None, str | None]:
    """How and where the first of all saw it; nothing where that is what ``listed`` says."""
    seen = [
        (row.discovered_at, row.discovered_as, row.discovered_on)
        if row.first_as is None
        else (row.discovered_at, row.first_as, row.first_on)
        for row in rows
    ]
    _, how, where = min(seen, key=lambda one: (one[0], str(one[1] or ""), str(one[2] or "")))
    return (None, None) if (how, where) == (listed.discovered_as, listed.discovered_on) else (how, where)


def _fullest(texts: Any) -> str | None:
    """Of what listings printed: what is not cut, else the longest; whatever their order, the same."""
    return min(
        (text for text in texts if text),
        key=lambda text: (is_cut := text.endswith(("…", "...")), -len(text) if is_cut else 0, text),
        default=None,
    )


def _closed(rows: list[Row], forgotten: Forgotten) -> Row:
    """The row of an address that was forgotten: nothing that listings said of it is kept."""
    crawls = (row.last_crawl_id for row in rows if row.last_error == FORGOTTEN and row.last_crawl_id)
    return _discovered(rows, rows[0])._replace(
        state="disallowed",
        last_error=FORGOTTEN,
        changed_at=forgotten.at[rows[0].url_key][1] or max(row.changed_at for row in rows),
        last_crawl_id=max(crawls, default=None),
        attempts=0,
        title=None,
        summary=None,
        date=None,
        linked=None,
        detail=None,
        due_at=None,
        etag=None,
        last_modified=None,
    )
