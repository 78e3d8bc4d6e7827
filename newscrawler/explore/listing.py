"""The article list: Datasette finds the rows, we make them readable and name the filters in force."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from datasette.utils import path_with_removed_args, path_with_replaced_args

from newscrawler.archive import excerpt, terms
from newscrawler.archive.meant import meant
from newscrawler.explore import counted, feed
from newscrawler.explore.metadata import FACETS, NAME_COLUMNS
from newscrawler.explore.reading import Row, figure, rows
from newscrawler.explore.words import Speak

OPERATORS = {
    "": "is",
    "exact": "is",
    "not": "is not",
    "contains": "contains",
    "startswith": "begins with",
    "endswith": "ends with",
    "gte": "from",
    "lte": "until",
    "gt": "after",
    "lt": "before",
    "isnull": "is unknown",
    "notnull": "is known",
    "date": "on",
}

COLUMNS = {**FACETS, "author_id": "Author", "title": "Title", "published_date": "Day", "published_at": "Time"}
"""Columns in words; others are shown by their names."""

PLAIN = ("_col", "_nocol", "_labels", "_label", "_view")
"""Arguments that ask for columns as they are: then Datasette's own table is the right page."""


def wants_plain_table(request: Any) -> bool:
    """True when the request is for rows and columns, not for a list to read."""
    return any(argument in request.args for argument in PLAIN)


def label(cell: Any) -> str:
    """The name in a cell that Datasette may have expanded to ``{"value": 3, "label": "互联网"}``."""
    if isinstance(cell, dict):
        cell = cell.get("label")
    return "" if cell is None else str(cell)


async def stories(database: Any, found: Iterable[Any], searched: str = "") -> list[Row]:
    """The rows of the table page as the list shows them, with the first lines of their bodies.

    Where a reader ``searched``, ``marked`` and ``excerpt`` are the title and the place in the body in pieces.
    """
    question = terms.parse(searched)
    listed = [
        {
            "id": item["id"],
            "title": item["title"],
            "url": item["url"],
            "published_at": item["published_at"],
            "source": label(item["source_id"]),
            "category": label(item["category_id"]),
        }
        for item in found
    ]
    numbers = {f"n{position}": story["id"] for position, story in enumerate(listed)}
    places = ", ".join(f":{name}" for name in numbers)
    start = "body" if question.wanted else "substr(body, 1, 300) as body"
    sql = f"select article_id, {start} from bodies where article_id in ({places})"
    bodies = {found["article_id"]: found["body"] for found in await rows(database, sql, numbers)}
    told: list[Row] = [{**story, "body": bodies.get(story["id"])} for story in listed]
    if question.wanted:
        for story in told:
            story["marked"] = excerpt.marked(story["title"] or "", question)
            story["excerpt"] = excerpt.excerpt(story["body"], question)
    return told


async def filters_in_force(database: Any, request: Any, speak: Speak) -> list[Row]:
    """Each filter of the address in words, with the address of the page without it."""
    chips = []
    for argument in request.args:
        if argument.startswith("_") and "__" not in argument:
            continue
        column, _, operator = argument.partition("__")
        for value in request.args.getlist(argument):
            chips.append(
                {
                    "text": await _in_words(database, column, operator, value, speak),
                    "without": path_with_removed_args(request, {argument: value, "_next": None}),
                }
            )
    return chips


async def _in_words(database: Any, column: str, operator: str, value: str, speak: Speak) -> str:
    name = speak(COLUMNS.get(column, column))
    words = OPERATORS.get(operator, operator)
    if operator in {"isnull", "notnull"}:
        return f"{name} {speak(words)}"
    table = NAME_COLUMNS.get(column)
    if table is not None and value.isascii() and value.isdigit():
        value = await figure(database, f"select name from {table} where id = {int(value)}") or value
    return f"{name}{speak(': ')}{value}" if words == "is" else f"{name} {speak(words)} {value}"


async def means(datasette: Any, archive: Any, request: Any) -> Row | None:
    """What the text of a search stands for beside its words, with addresses of pages; None: nothing asked.

    ``words`` is False where the text has no word that is to be found.
    """
    text = request.args.get("_search") or ""
    if not text.strip() or "_next" in request.args:
        return None
    found = await archive.execute_fn(lambda connection: meant(connection, text))
    route = datasette.urls.database(archive.name)
    return {
        "found": found,
        "words": bool(terms.parse(text).wanted),
        "names": [(COLUMNS[f"{kind}_id"], number, f"{kind}_id", name) for kind, number, name in found.names],
        "ledger": f"{route}/ledger?{urlencode({'url': found.address or ''})}",
    }


def kept_arguments(request: Any, *replaced: str) -> list[tuple[str, str]]:
    """The arguments that a form of the page must carry on, but for its own and the page number."""
    gone = {*replaced, "_next", "_nocount", "_nofacet"}  # the last two: ours, see routes.py
    return [
        (name, value) for name in request.args if name not in gone for value in request.args.getlist(name)
    ]


async def facets(datasette: Any, database: Any, request: Any, of_datasette: Iterable[Row]) -> list[Row]:
    """The facets of the list: from what the archive keeps where that knows, else those that were asked for.

    Datasette's own cost a quarter of a second each at a million articles, so no list has them unasked.
    """
    to = counted.narrowed(request.args)
    if to is None or has_facets_of_its_own(datasette, database):
        return _headed(of_datasette)
    found = []
    counts = await counted.facets(database, FACETS, to, counted.VALUES + 1)
    for column, heading in FACETS.items():
        values = counts[column]
        chosen = to.names.get(column)
        results = [
            {
                "label": value["name"],
                "count": value["articles"],
                "selected": value["id"] == chosen,
                "toggle_url": datasette.urls.path(
                    path_with(request, **{column: None if value["id"] == chosen else str(value["id"])})
                ),
            }
            for value in values[: counted.VALUES]
        ]
        more = NAME_COLUMNS[column] if len(values) > counted.VALUES else None
        found.append({"heading": heading, "results": results, "all": more})
    return [facet for facet in found if facet["results"]]


def _headed(facets: Iterable[Row]) -> list[Row]:
    """Datasette's facets under our headings and in our order; its own changes with the number of values."""
    by_column = {facet["name"]: facet for facet in facets}
    ours = [
        {**by_column[column], "heading": heading} for column, heading in FACETS.items() if column in by_column
    ]
    rest = [{**facet, "heading": facet["name"]} for name, facet in by_column.items() if name not in FACETS]
    return [facet for facet in ours + rest if facet["results"]]


def has_facets_of_its_own(datasette: Any, database: Any) -> bool:
    """True when the user's metadata says by what the articles are to be faceted."""
    return bool(datasette.table_metadata(database.name, "articles").get("facets"))


async def feed_path(database: Any, request: Any, route: str) -> str:
    """The feed of what the list shows, as far as feeds can tell it apart."""
    wanted = {"q": request.args.get("_search")}
    for argument, (column, table) in feed.ARGUMENTS.items():
        value = request.args.get(column) if column else None
        if value and value.isascii() and value.isdigit():
            wanted[argument] = await figure(database, f"select name from {table} where id = {int(value)}")
    return feed.address(route, **wanted)


def path_with(request: Any, **arguments: str | None) -> str:
    """The page's own address with these arguments replaced and back at its first page."""
    return str(path_with_replaced_args(request, {**arguments, "_next": None}))
