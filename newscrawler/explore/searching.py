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

WIDE = 5000
"""From so many articles on, the list does not collect all that is found before it shows the newest."""

COUNTED_WITHIN_MS = 100
"""How long such a list waits for the number of all that is found."""

_NARROWING = ("_where", "_through", "_facet", "_sort", "_filter", "_next__")


async def filters(archive: Any, table: str, request: Any) -> FilterArguments | None:
    """The clauses for ``?_search=`` (and ``?_search_title=``, ``?_search_body=``) of what can be searched.

    Raises BadRequest for a column that the index does not have. ``_searchmode=raw`` is not offered: so no
    text is an error.
    """
    if table not in SEARCHED:
        return None
    index, clause = SEARCHED[table]
    clauses, values, words = [], {}, []
    newest = await _newest(archive, table, request)
    for number, argument in enumerate(_asked(request)):
        column = argument.removeprefix("_search").removeprefix("_")
        if column and column not in COLUMNS[index]:
            raise BadRequest(f"Cannot search by {column!r}; the index has {', '.join(COLUMNS[index])}")
        text, name = request.args[argument], f"search_{number}"
        hits = f"select rowid from {index} where {column or index} match escape_fts(:{name})"
        clauses.append(clause.format(hits=hits + newest))
        values[name] = text
        words.append(f'{column or "search"} matches "{text}"')
    return FilterArguments(clauses, values, words)


async def variables(archive: Any, table: str | None, request: Any) -> dict[str, Any]:
    """What the template of a table page is told: there is a search box, and what stands in it."""
    if table not in SEARCHED:
        return {}
    text = request.args.get("_search") or ""
    told: dict[str, Any] = {"supports_search": True, "search": text}
    if await _newest(archive, table, request):  # Datasette counted a page of it
        told["filtered_table_rows_count"] = await figure(
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


async def _newest(archive: Any, table: str, request: Any) -> str:
    """What bounds the hits of a list that only searches for something wide; empty where all are needed.

    The list shows a page, the newest first: the index gives those without collecting the rest. Whatever
    counts, sorts or filters the hits needs them all.
    """
    arguments = list(request.args)
    if table != "articles" or _asked(request) != ["_search"] or request.url_vars.get("format"):
        return ""
    if wants_plain_table(request) or any(
        not name.startswith("_") or "__" in name or name.startswith(_NARROWING) for name in arguments
    ):
        return ""
    start = (request.args.get("_next") or str(2**63 - 1)).split(",")[0]
    size = request.args.get("_size") or ""
    if not (start.isascii() and start.isdigit()) or (size and not (size.isascii() and size.isdigit())):
        return ""
    found = await figure(
        archive,
        "select count(*) from (select 1 from articles_fts where articles_fts match :match limit :wide)",
        {"match": terms.match(request.args["_search"]), "wide": WIDE},
    )
    if found is not None and found < WIDE:
        return ""
    rows = int(size) if size else archive.ds.page_size
    return f" and rowid <= {int(start)} order by rowid desc limit {rows + 2}"
