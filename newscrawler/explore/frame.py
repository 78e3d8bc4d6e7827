"""How a page of ours is answered: of which archive, to whom, in which language, under the strict policy."""

from __future__ import annotations

from typing import Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import Forbidden, NotFound, Response

from newscrawler.explore.headers import mark_as_ours
from newscrawler.explore.ours import archive_named
from newscrawler.explore.words import CODES, language_of, speaker


async def may_see(datasette: Any, request: Any, name: str) -> bool:
    """True when whoever asks may see the articles of the archive ``name``."""
    visible, _ = await datasette.check_visibility(
        request.actor,
        permissions=[("view-table", (name, "articles")), ("view-database", name), "view-instance"],
    )
    return bool(visible)


def _named(datasette: Any, request: Any) -> Any | None:
    """The archive that the address names; None when there is none, or a database of another kind."""
    try:
        database = datasette.get_database(route=tilde_decode(request.url_vars["database"]))
    except KeyError:
        return None
    return archive_named(datasette, database.name)


async def visible_archive(datasette: Any, request: Any) -> Any | None:
    """The archive that the address names, when whoever asks may see it."""
    archive = _named(datasette, request)
    return archive if archive is not None and await may_see(datasette, request, archive.name) else None


async def archive_or_error(datasette: Any, request: Any) -> Any:
    """The same, for what Datasette has no page for; Forbidden is what login plugins wait for."""
    archive = _named(datasette, request)
    if archive is None:
        raise NotFound("There is no archive here")
    if not await may_see(datasette, request, archive.name):
        raise Forbidden("You do not have permission to view this archive")
    return archive


def common(datasette: Any, request: Any, archive: Any) -> dict[str, Any]:
    """What every template of ours needs (archive_base.html)."""
    language = language_of(datasette, request)
    return {
        "_": speaker(language),
        "language": CODES[language],
        "archive_name": archive.name,
        "archive_route": datasette.urls.database(archive.name),
    }


async def page(
    datasette: Any, request: Any, archive: Any, template: str, status: int = 200, **shown: Any
) -> Response:
    """The answer with ``template``; from ``database`` the plugin's hooks know whose page it is."""
    mark_as_ours(request)
    context = {**common(datasette, request, archive), "database": archive.name, **shown}
    html = await datasette.render_template(template, context, request=request, view_name="newscrawler")
    return Response.html(html, status=status, headers={"vary": "accept-language"})
