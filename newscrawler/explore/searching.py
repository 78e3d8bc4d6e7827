"""Search in Datasette: its own search box, and ``?_search=`` of any format, in Chinese.

Datasette would put the words as they were typed to an index that it finds by itself. Ours holds folded
words, serves views as well, and must answer fast where a word stands in every third of a million articles:
so the clauses come from here, and Datasette, which finds no index, adds none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datasette.filters import FilterArguments
from datasette.utils.asgi import BadRequest

from newscrawler.archive import terms
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

COUNTED_WITHIN_MS = 50
"""How long a page of so many waits for the number of all that is found."""

_NARROWING = ("_where", "_through", "_facet", "_filter", "_next__", "_search_")
_FOUND = "newscrawler.found"


@dataclass(frozen=True, slots=True)
class Found:
    """The first ids of what is found, WIDE at most."""

    ids: list[int]
    page: Page | None
    """The page that they begin with, when nothing else narrows or orders what is found."""

    @property
    def all(self) -> bool:
        """Whether these are all there are."""
        return len(self.ids) < WIDE and (self.page is None or self.page.start is None)


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
    count = len(found.ids) if found.all else await _count(archive, text)  # Datasette counted a page
    return {**told, "filtered_table_rows_count": count, "more_than": WIDE - 1 if count is None else None}


async def _count(archive: Any, text: str) -> int | None:
    count = await figure(
        archive,
        "select count(*) from articles_fts where articles_fts match :match",
        {"match": terms.match(text)},
        within_ms=COUNTED_WITHIN_MS,
    )
    return None if count is None else int(count)


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
        page = _page(archive, table, request)
        bound = page.bound("rowid") if page else " order by rowid desc"
        found = await archive.execute(
            f"select rowid from articles_fts where articles_fts match :match{bound} limit :wide",
            {"match": terms.match(request.args["_search"]), "wide": WIDE},
        )
        request.scope[_FOUND] = Found([row[0] for row in found.rows], page)
    stored: Found = request.scope[_FOUND]
    return stored


def _page(archive: Any, table: str, request: Any) -> Page | None:
    """The page that is asked for; None where something counts, sorts or filters all that is found.

    So the index gives what the page shows, and what is found everywhere is never collected.
    """
    for name in request.args:
        if not name.startswith("_") or "__" in name or name.startswith(_NARROWING):
            return None
    if table == "news" and "_next" in request.args:  # a view has no ids for Datasette: it counts rows instead
        return None
    return asked_page(archive, request)
