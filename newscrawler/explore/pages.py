"""Which pages of a Datasette are ours, and what their templates get."""

from __future__ import annotations

from typing import Any

from newscrawler.explore import listing
from newscrawler.explore.article import PROMOTERS, article_page
from newscrawler.explore.headers import mark_as_ours
from newscrawler.explore.home import home_page
from newscrawler.explore.ours import archive_named, only_archive

LAYOUT = "newscrawler_layout"
"""The variable by which index.html, database.html, table.html and row.html of our templates choose what they
extend: our page for an archive, else Datasette's own."""


async def page_variables(
    datasette: Any, template: str | None, database: str | None, table: str | None, request: Any
) -> dict[str, Any]:
    """What the template ``template`` gets from us: nothing, unless it is a page of ours that may be seen."""
    if request is None:
        return {}
    archive = only_archive(datasette) if template == "index.html" else archive_named(datasette, database)
    if archive is None or not await _visible(datasette, request, archive.name):
        return {}
    variables: dict[str, Any]
    if template in {"index.html", "database.html"}:
        variables = {LAYOUT: "archive_home.html", "page": await home_page(archive)}
    elif template == "table.html" and table == "articles" and not listing.wants_plain_table(request):
        variables = {LAYOUT: "archive_list.html", **_list_variables(archive, request)}
    elif template == "row.html" and table == "articles":
        page = await article_page(archive, request.url_vars["pks"])
        if page is None:
            return {}
        variables = {LAYOUT: "archive_article.html", "page": page, "promoters_shown": PROMOTERS}
    else:
        return {}
    mark_as_ours(request)
    return {**variables, "archive_name": archive.name, "archive_route": datasette.urls.database(archive.name)}


async def _visible(datasette: Any, request: Any, name: str) -> bool:
    """True when whoever asks may see the articles of the archive ``name``."""
    visible, _ = await datasette.check_visibility(
        request.actor,
        permissions=[("view-table", (name, "articles")), ("view-database", name), "view-instance"],
    )
    return bool(visible)


def _list_variables(archive: Any, request: Any) -> dict[str, Any]:
    async def stories(found: Any) -> Any:
        return await listing.stories(archive, found)

    async def chips() -> Any:
        return await listing.filters_in_force(archive, request)

    return {
        "stories": stories,
        "chips": chips,
        "sorted_facets": listing.sorted_facets,
        "kept": lambda *names: listing.kept_arguments(request, *names),
        "path_with": lambda **arguments: listing.path_with(request, **arguments),
    }
