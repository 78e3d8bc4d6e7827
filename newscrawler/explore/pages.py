"""Which of Datasette's own pages are shown as ours, and what their templates get."""

from __future__ import annotations

from typing import Any

from newscrawler.explore import counted, listing, queries
from newscrawler.explore.frame import common, may_see
from newscrawler.explore.headers import mark_as_ours
from newscrawler.explore.home import ENDINGS
from newscrawler.explore.metadata import FACETS
from newscrawler.explore.ours import archive_named

LAYOUT = "newscrawler_layout"
"""The variable by which table.html and query.html of our templates choose what they extend: our page for
an archive, else Datasette's own."""


async def page_variables(
    datasette: Any, template: str | None, database: str | None, table: str | None, request: Any
) -> dict[str, Any]:
    """What the template ``template`` gets from us: nothing, unless it is a page of ours that may be seen."""
    if request is None or template not in {"table.html", "query.html"}:
        return {}
    archive = archive_named(datasette, database)
    if archive is None or not await may_see(datasette, request, archive.name):
        return {}
    variables: dict[str, Any]
    if template == "query.html":
        # Only a query that the metadata has from us; one of the user's has a page of its own.
        ready = queries.BY_NAME.get(request.url_vars.get("table", ""))
        if ready is None:
            return {}
        variables = {LAYOUT: "archive_query.html", **_query_variables(ready)}
    elif table == "articles" and not listing.wants_plain_table(request):
        variables = {LAYOUT: "archive_list.html", **_list_variables(datasette, archive, request)}
    else:
        return {}
    mark_as_ours(request)
    return {**common(datasette, request, archive), **variables}


def _query_variables(ready: queries.Query) -> dict[str, Any]:
    return {
        "ready": ready,
        "column_words": queries.COLUMNS,
        "param_words": queries.PARAMS,
        "endings": ENDINGS,
    }


def _list_variables(datasette: Any, archive: Any, request: Any) -> dict[str, Any]:
    async def count(of_datasette: int | None) -> int | None:
        to = counted.narrowed(request.args)
        return of_datasette if to is None else await counted.count(archive, to)

    async def facets(of_datasette: Any) -> Any:
        return await listing.facets(datasette, archive, request, of_datasette)

    async def stories(found: Any) -> Any:
        return await listing.stories(archive, found, request.args.get("_search") or "")

    async def chips(speak: Any) -> Any:
        return await listing.filters_in_force(archive, request, speak)

    async def feed_path() -> str:
        return await listing.feed_path(archive, request, datasette.urls.database(archive.name))

    return {
        "count": count,
        "facets": facets,
        "stories": stories,
        "chips": chips,
        "feed_path": feed_path,
        "countable": FACETS,
        "kept": lambda *names: listing.kept_arguments(request, *names),
        "path_with": lambda **arguments: listing.path_with(request, **arguments),
    }
