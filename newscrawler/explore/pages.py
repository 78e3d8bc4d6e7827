"""The list of articles: Datasette's page of a table, shown as ours, and what its template gets."""

from __future__ import annotations

from typing import Any

from newscrawler.explore import counted, listing
from newscrawler.explore.frame import common, may_see
from newscrawler.explore.headers import mark_as_ours
from newscrawler.explore.metadata import FACETS
from newscrawler.explore.ours import archive_named
from newscrawler.explore.reading import Row

STREAMED = 10_000
"""Articles of a search, or in an order without an index, whose CSV is all of them: Datasette finds them anew
for every thousand, so 50,000 took 20 s and ten times as many would be cut off."""

LAYOUT = "newscrawler_layout"
"""The variable by which our table.html chooses what it extends: our list, else Datasette's page."""


async def page_variables(
    datasette: Any, template: str | None, database: str | None, table: str | None, request: Any
) -> dict[str, Any]:
    """What the template ``template`` gets from us: nothing, unless it is a page of ours that may be seen."""
    if request is None or template != "table.html":
        return {}
    archive = archive_named(datasette, database)
    if archive is None or not await may_see(datasette, request, archive.name):
        return {}
    if table != "articles" or listing.wants_plain_table(request):
        return {}
    mark_as_ours(request)
    return {
        **common(datasette, request, archive),
        LAYOUT: "archive_list.html",
        **_list_variables(datasette, archive, request),
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

    async def means() -> Row | None:
        return await listing.means(datasette, archive, request)

    async def feed_path() -> str:
        return await listing.feed_path(archive, request, datasette.urls.database(archive.name))

    return {
        "count": count,
        "facets": facets,
        "stories": stories,
        "chips": chips,
        "means": means,
        "feed_path": feed_path,
        "countable": FACETS,
        "streamed": STREAMED,
        "kept": lambda *names: listing.kept_arguments(request, *names),
        "path_with": lambda **arguments: listing.path_with(request, **arguments),
    }
