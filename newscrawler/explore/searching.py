"""Search in Datasette: its own search box, and ``?_search=`` of any format, in Chinese.

Datasette would put the words as they were typed to an index that it finds by itself. Ours holds folded
words, serves views as well, and must answer fast where a word stands in every third of a million articles:
so the clauses come from here, and Datasette, which finds no index, adds none.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from datasette.filters import FilterArguments
from datasette.utils import MultiParams
from datasette.utils.asgi import BadRequest

from newscrawler.archive import terms
from newscrawler.explore import counted
from newscrawler.explore.paging import Page, asked_page, ids_clause
from newscrawler.explore.reading import figure

SEARCHED = {
    "articles": ("articles_fts", "id in ({hits})"),
    "news": ("articles_fts", "id in ({hits})"),
    "links": ("links_fts", "id in ({hits})"),
    "related_items": (
        "links_fts",
        "(item_url, item_title) in (select url, title from links where id in ({hits}))",
    ),
}
"""Table or view -> its index, and the clause that picks its rows by the rowids in the index."""

COLUMNS = {"articles_fts": ("title", "body"), "links_fts": ("title",)}

WIDE = 501
"""From so many articles on, nothing collects all that is found before it shows the newest."""

FEW = 1000
"""Articles; of so few with a name each is asked for the words."""

COUNTED_WITHIN_MS = 50
"""How long a page of so many waits for the number of all that is found."""

_NARROWING = ("_where", "_through", "_facet", "_filter", "_next__", "_search_")
_FOUND = "newscrawler.found"


@dataclass(frozen=True, slots=True)
class Found:
    """The first ids of what is found, ``most`` at most."""

    ids: list[int]
    most: int
    page: Page | None
    """The page that they begin with, when nothing but names or a day narrows what is found."""
    sql: str
    """What finds them all, without an order."""
    values: dict[str, Any]
    took_ms: float

    @property
    def all(self) -> bool:
        """Whether these are all there are."""
        return len(self.ids) < self.most and (self.page is None or self.page.start is None)


async def filters(archive: Any, table: str, request: Any) -> FilterArguments | None:
    """The clauses for ``?_search=`` (and ``?_search_title=``, ``?_search_body=``) of what can be searched.

    Raises BadRequest for a column that the index does not have. ``_searchmode=raw`` is not offered: so no
    text is an error.
    """
    asked = _asked(request)
    if table not in SEARCHED or not asked:
        return None
    index, clause = SEARCHED[table]
    clauses, values, words = [], {}, []
    for number, argument in enumerate(asked):
        column = argument.removeprefix("_search").removeprefix("_")
        if column and column not in COLUMNS[index]:
            raise BadRequest(f"Cannot search by {column!r}; the index has {', '.join(COLUMNS[index])}")
        text, name = request.args[argument], f"search_{number}"
        hits = f"select rowid from {index} where {column or index} match escape_fts(:{name})"
        clauses.append(clause.format(hits=hits))
        values[name] = text
        words.append(f'{column or "search"} matches "{text}"')
    if _is_bounded(table, request):
        found = await _found(archive, table, request)
        if found.page is not None:
            return FilterArguments([ids_clause(found.ids[: found.page.size + 2])], {}, words)
        if found.all:  # found once, not again for every count and facet
            return FilterArguments([ids_clause(found.ids)], {}, words)
    return FilterArguments(clauses, values, words)


async def variables(archive: Any, table: str | None, request: Any) -> dict[str, Any]:
    """What the template of a table page is told: there is a search box, and what stands in it.

    ``more_than`` is a number when what is found is too much to be counted.
    """
    if table not in SEARCHED:
        return {}
    text = request.args.get("_search") or ""
    told: dict[str, Any] = {"supports_search": True, "search": text}
    if not _is_bounded(table, request):
        return told
    found = await _found(archive, table, request)
    if found.page is None:
        return told
    count: int | None = len(found.ids)
    if not found.all:  # Datasette counted a page
        count = await _count(archive, found)
    more_than = found.most - 1 if count is None and found.page.start is None else None
    return {**told, "filtered_table_rows_count": count, "more_than": more_than}


async def _count(archive: Any, found: Found) -> int | None:
    """The number of all that is found; None where it takes too long.

    A word with all that begins with it is gathered whole before the first comes (SU7: 50 ms of a million):
    where the first took nearly the time that there is, it does not suffice for all.
    """
    if found.took_ms > 0.8 * COUNTED_WITHIN_MS:
        return None
    counting = f"select count(*) from ({found.sql})"
    count: int | None = await figure(archive, counting, found.values, within_ms=COUNTED_WITHIN_MS)
    return count


def _asked(request: Any) -> list[str]:
    """The arguments that search; an empty box does not."""
    return [
        name
        for name in request.args
        if (name == "_search" or name.startswith("_search_")) and request.args[name].strip()
    ]


def _is_bounded(table: str, request: Any) -> bool:
    """Whether this is a page of articles, searched by its one box, or a bare list of them for a program.

    Not where an answer says how many there are to whoever cannot see that it is a page.
    """
    shown = request.url_vars.get("format") or "html"
    return (
        table in {"articles", "news"}
        and _asked(request) == ["_search"]
        and (shown == "html" or (shown == "json" and request.args.get("_shape") == "array"))
    )


async def _found(archive: Any, table: str, request: Any) -> Found:
    """The first articles of the page, or the newest of all that is found; looked for once a request."""
    if _FOUND not in request.scope:
        page, to = _page(archive, table, request), _narrowed(request)
        names = page is not None and to is not None and to != counted.Narrowed()
        sql, column = await _finding(archive, to) if names and to else (_ANYWHERE, "rowid")
        values = {"match": terms.match(request.args["_search"]), **(to.parameters if names and to else {})}
        most = page.size + 2 if names and page else WIDE
        order = page.bound(column) if page else " order by rowid desc"
        begun = time.perf_counter()
        found = await archive.execute(f"{sql}{order} limit {most}", values)
        took_ms = (time.perf_counter() - begun) * 1000
        request.scope[_FOUND] = Found([row[0] for row in found.rows], most, page, sql, values, took_ms)
    stored: Found = request.scope[_FOUND]
    return stored


_ANYWHERE = "select rowid from articles_fts where articles_fts match :match"
_BY_WORDS = (
    "select f.rowid from articles_fts f cross join articles a on a.id = f.rowid"
    " where f.articles_fts match :match and {where}"
)
_OF_THE_DAY = (
    " and f.rowid >= (select min(id) from articles where published_date = :day)"
    " and f.rowid <= (select max(id) from articles where published_date = :day)"
)
_BY_NAMES = (
    "select a.id from articles a where {where} and exists"
    " (select 1 from articles_fts f where f.articles_fts match :match and f.rowid = a.id)"
)


async def _finding(archive: Any, to: counted.Narrowed) -> tuple[str, str]:
    """The SQL that finds within ``to``, and its column of ids.

    Either each article with the words is asked for its names, or each with the names for its words: the
    former is fast where many have the names, the latter where few have.
    """
    if to.day:  # ids are in order of publication: a day is a stretch of them
        return _BY_WORDS.format(where=to.where) + _OF_THE_DAY, "f.rowid"
    if await counted.kept_count(archive, to) > FEW:
        return _BY_WORDS.format(where=to.where), "f.rowid"
    return _BY_NAMES.format(where=to.where), "a.id"


def _narrowed(request: Any) -> counted.Narrowed | None:
    """The names and the day to which a search is narrowed."""
    others = {name: request.args.getlist(name) for name in request.args if name != "_search"}
    return counted.narrowed(MultiParams(others))


def _page(archive: Any, table: str, request: Any) -> Page | None:
    """The page that is asked for; None where something counts, sorts or filters all that is found.

    So the index gives what the page shows, and what is found everywhere is never collected.
    """
    if _narrowed(request) is None or any(name.startswith(_NARROWING) for name in request.args):
        return None
    if table == "news" and any(name == "_next" or not name.startswith("_") for name in request.args):
        # a view has names in words, and no ids for Datasette: it counts rows instead
        return None
    return asked_page(archive, request)
