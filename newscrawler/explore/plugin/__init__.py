"""The Datasette plugin: hooks only; each hands on to a plain function of this room.

Found through the entry point ``datasette``, so plain ``datasette archive.db`` has it as well. A package,
since Datasette looks for ``templates`` and ``static`` inside the plugin (with Python 3.11 never beside it).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from pluggy import HookimplMarker

from newscrawler import identity
from newscrawler.archive import terms
from newscrawler.explore import meeting, metadata, pages, searching
from newscrawler.explore.excel import for_excel
from newscrawler.explore.headers import App, with_security_headers
from newscrawler.explore.ours import archive_named, archives_of, only_archive
from newscrawler.explore.prefix import without_prefix
from newscrawler.explore.show import FILTERS

hookimpl = HookimplMarker("datasette")

STYLE = "/-/static-plugins/newscrawler/archive.css"


@hookimpl
def get_metadata(datasette: Any) -> dict[str, Any]:
    """Titles, facets and the like for every archive; a metadata file of the user's wins over them."""
    archives = archives_of(datasette)
    if not archives:
        return {}
    ours: dict[str, Any] = {"databases": {archive.name: metadata.archive_metadata() for archive in archives}}
    if only_archive(datasette) is not None:
        ours["title"] = metadata.TITLE
    return ours


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Pages, charts and feeds of our own."""
    # Imported late: it needs Datasette's views, which are being imported while this plugin is loaded.
    from newscrawler.explore import routes

    return list(routes.ROUTES)


@hookimpl(trylast=True)  # after Datasette's own plugin, which registers a function of this name
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """``escape_fts()`` makes of any text a question to the search index, ``url_key()`` an address its key."""
    if archive_named(datasette, database) is not None:
        conn.create_function("escape_fts", 1, terms.match, deterministic=True)
        conn.create_function("url_key", 1, identity.key_of, deterministic=True)


@hookimpl
def filters_from_request(
    request: Any, database: str, table: str, datasette: Any
) -> Callable[[], Awaitable[Any]]:
    """``?_search=`` of an archive's tables and views, and names that seldom meet."""

    async def filters() -> Any:
        archive = archive_named(datasette, database)
        if archive is None:
            return None
        return await searching.filters(archive, table, request) or await meeting.filters(
            archive, table, request
        )

    return filters


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """The filters of our templates; their names begin with ``archive_``."""
    env.filters.update(FILTERS)


@hookimpl
def extra_template_vars(
    datasette: Any, template: str | None, database: str | None, table: str | None, request: Any
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """What our pages show."""

    async def variables() -> dict[str, Any]:
        archive = archive_named(datasette, database)
        search = {}
        if template == "table.html" and request is not None and archive is not None:
            search = await searching.variables(archive, table, request)
        return {**search, **await pages.page_variables(datasette, template, database, table, request)}

    return variables


@hookimpl
def extra_css_urls(datasette: Any, template: str | None, database: str | None) -> list[str]:
    """Our style sheet on the pages of an archive."""
    return [STYLE] if archive_named(datasette, database) is not None else []


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Any]]:
    """A page with a way on, where an archive has nothing to show."""
    # Imported late: it needs Datasette's views, which are being imported while this plugin is loaded.
    from newscrawler.explore import wrong

    return lambda: wrong.answer(datasette, request, exception)


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Security headers, CSV for spreadsheets, addresses behind a prefix."""
    return lambda app: with_security_headers(for_excel(without_prefix(app, datasette), datasette), datasette)
