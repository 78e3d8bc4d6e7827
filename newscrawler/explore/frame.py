"""How a page of ours is answered: to whom, in which language, under the strict policy."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from newscrawler.explore.headers import mark_as_ours
from newscrawler.explore.words import CODES, language_of, speaker


async def may_see(datasette: Any, request: Any, name: str) -> bool:
    """True when whoever asks may see the articles of the archive ``name``."""
    visible, _ = await datasette.check_visibility(
        request.actor,
        permissions=[("view-table", (name, "articles")), ("view-database", name), "view-instance"],
    )
    return bool(visible)


def common(datasette: Any, request: Any, archive: Any) -> dict[str, Any]:
    """What every template of ours needs (archive_base.html)."""
    language = language_of(datasette, request)
    return {
        "_": speaker(language),
        "language": CODES[language],
        "archive_name": archive.name,
        "archive_route": datasette.urls.database(archive.name),
    }


async def page(datasette: Any, request: Any, archive: Any, template: str, **shown: Any) -> Response:
    """The answer with ``template``; from ``database`` the plugin's hooks know whose page it is."""
    mark_as_ours(request)
    context = {**common(datasette, request, archive), "database": archive.name, **shown}
    html = await datasette.render_template(template, context, request=request, view_name="newscrawler")
    return Response.html(html, headers={"vary": "accept-language"})
