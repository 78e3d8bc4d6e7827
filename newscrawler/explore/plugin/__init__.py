"""The Datasette plugin: hooks only; each hands on to a plain function of this room.

Found through the entry point ``datasette``, so plain ``datasette archive.db`` has it as well. A package,
since Datasette looks for ``templates`` and ``static`` inside the plugin (with Python 3.11 never beside it).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pluggy import HookimplMarker

from newscrawler.explore import metadata, pages
from newscrawler.explore.headers import App, with_security_headers
from newscrawler.explore.ours import archive_named, archives_of, only_archive
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
        return await pages.page_variables(datasette, template, database, table, request)

    return variables


@hookimpl
def extra_css_urls(datasette: Any, template: str | None, database: str | None) -> list[str]:
    """Our style sheet on the pages of an archive."""
    return [STYLE] if archive_named(datasette, database) is not None else []


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Security headers."""
    return lambda app: with_security_headers(app, datasette)
