"""Search in Datasette: its own search box, and ``?_search=`` of any format, in Chinese.

Datasette would put the words as they were typed to an index that it finds by itself. Ours holds folded
words, serves views as well, and must answer fast where a word stands in every third of a million articles:
so the clauses come from here, and Datasette, which finds no index, adds none.
"""

from __future__ import annotations

from typing import Any

from datasette.filters import FilterArguments
from datasette.utils.asgi import BadRequest

from newscrawler.archive import terms
from newscrawler.explore.listing import wants_plain_table
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

WIDE = 500
"""From so many articles on, the list does not collect all that is found before it shows the newest."""

COUNTED_WITHIN_MS = 50
"""How long such a list waits for the number of all that is found."""

_NARROWING = ("_where", "_through", "_facet", "_sort", "_filter", "_next__")
_FOUND = "newscrawler.found"


async def filters(archive: Any, table: str, request: Any) -> FilterArguments | None:
    """The clauses for ``?_search=`` (and ``?_search_title=``, ``?_search_body=``) of what can be searched.

    Raises BadRequest for a column that the index does not have. ``_searchmode=raw`` is not offered: so no
    text is an error.
    """
    if table not in SEARCHED:
        return None
    index, clause = SEARCHED[table]
    clauses, values, words = [], {}, []
    for number, argument in enumerate(_asked(request)):
        column = argument.removeprefix("_search").removeprefix("_")
        if column and column not in COLUMNS[index]:
            raise BadRequest(f"Cannot search by {column!r}; the index has {', '.join(COLUMNS[index])}")
        text, name = request.args[argument], f"search_{number}"
        hits = f"select rowid from {index} where {column or index} match escape_fts(:{name})"
        clauses.append(clause.format(hits=hits))
        values[name] = text
        words.append(f'{column or "search"} matches "{text}"')
    if _is_list(table, request):
        newest = await _newest(archive, request)
        if len(newest) < WIDE:  # all there is: found once, not again for every count and facet
            return FilterArguments([f"id in ({', '.join(map(str, newest))})"], {}, words)
        clauses = [clause.format(hits=hits + _page(archive, request))]
    return FilterArguments(clauses, values, words)


async def variables(archive: Any, table: str | None, request: Any) -> dict[str, Any]:
    """What the template of a table page is told: there is a search box, and what stands in it."""
    if table not in SEARCHED:
        return {}
    text = request.args.get("_search") or ""
    told: dict[str, Any] = {"supports_search": True, "search": text}
    if _is_list(table, request) and _page(archive, request) and len(await _newest(archive, request)) == WIDE:
        told["filtered_table_rows_count"] = await figure(  # Datasette counted a page of it
            archive,
            "select count(*) from articles_fts where articles_fts match :match",
            {"match": terms.match(text)},
            within_ms=COUNTED_WITHIN_MS,
        )
    return told


def _asked(request: Any) -> list[str]:
    """The arguments that search; an empty box does not."""
    return [
        name
        for name in request.args
        if (name == "_search" or name.startswith("_search_")) and request.args[name].strip()
    ]


def _is_list(table: str, request: Any) -> bool:
    """Whether this is our list of articles, searched by its one box."""
    return (
        table == "articles"
        and _asked(request) == ["_search"]
        and not request.url_vars.get("format")
        and not wants_plain_table(request)
    )


async def _newest(archive: Any, request: Any) -> list[int]:
    """The ids of the newest articles that are found, WIDE at most; looked for once a request."""
    if _FOUND not in request.scope:
        found = await archive.execute(
            "select rowid from articles_fts where articles_fts match :match order by rowid desc limit :wide",
            {"match": terms.match(request.args["_search"]), "wide": WIDE},
        )
        request.scope[_FOUND] = [row[0] for row in found.rows]
    return list(request.scope[_FOUND])


def _page(archive: Any, request: Any) -> str:
    """What bounds the hits to a page of the newest; empty where something counts, sorts or filters them all.

    So the index gives those of the page, and what is found everywhere is never collected.
    """
    if any(not name.startswith("_") or "__" in name or name.startswith(_NARROWING) for name in request.args):
        return ""
    start = (request.args.get("_next") or str(2**63 - 1)).split(",")[0]
    size = request.args.get("_size") or str(archive.ds.page_size)
    if not all(number.isascii() and number.isdigit() for number in (start, size)):
        return ""
    return f" and rowid <= {int(start)} order by rowid desc limit {int(size) + 2}"
