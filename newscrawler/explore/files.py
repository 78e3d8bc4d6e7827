"""Answers that are files and no pages: charts and feeds."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import NotFound, Response

from newscrawler.explore import charts, feed, feed_changes
from newscrawler.explore.frame import archive_or_error, common
from newscrawler.explore.words import language_of, speaker

SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""A chart is a file of its own with its styles inside and nothing that could run."""


async def chart(datasette: Any, request: Any) -> Response:
    """``/archive/-/chart/NAME.svg`` and ``/archive/-/promotions/ID.svg``."""
    archive = await archive_or_error(datasette, request)
    speak = speaker(language_of(datasette, request))
    if "id" in request.url_vars:
        svg = await charts.promotions(archive, int(request.url_vars["id"]), speak)
    else:
        known = charts.CHARTS.get(request.url_vars["name"])
        if known is None:
            raise NotFound("There is no such chart")
        svg = await known.draw(archive, speak)
    headers = {"content-security-policy": SVG_POLICY, "vary": "accept-language"}
    return Response(svg.decode(), headers=headers, content_type="image/svg+xml; charset=utf-8")


async def new_articles(datasette: Any, request: Any) -> Response:
    """``/archive/-/feed.atom`` and ``.json``: new articles for feed readers."""
    archive = await archive_or_error(datasette, request)
    wanted = {name: request.args.get(name) for name in feed.ARGUMENTS if request.args.get(name)}
    found = await feed.entries(archive, wanted)
    where = common(datasette, request, archive)
    home_url = datasette.absolute_url(request, where["archive_route"])
    self_url = datasette.absolute_url(request, datasette.urls.path(request.full_path))
    write = feed.as_atom if request.url_vars["format"] == "atom" else feed.as_json
    body, content_type = write(found, wanted, title=where["_"]("News archive"), home=home_url, here=self_url)
    return _feed(request, body, content_type)


async def changes(datasette: Any, request: Any) -> Response:
    """``/archive/-/changes.atom``: what was changed after it was published."""
    archive = await archive_or_error(datasette, request)
    where = common(datasette, request, archive)
    body, content_type = feed_changes.as_atom(
        await feed_changes.changes(archive),
        where["_"],
        home=datasette.absolute_url(request, where["archive_route"]),
        here=datasette.absolute_url(request, datasette.urls.path(request.full_path)),
    )
    return _feed(request, body, content_type)


def _feed(request: Any, body: str, content_type: str) -> Response:
    """The answer with a feed; 304 to a reader that has it."""
    etag = feed.etag(body)
    headers = {"etag": etag, "vary": "accept-language"}
    if request.headers.get("if-none-match") == etag:
        return Response("", status=304, headers=headers)
    return Response(body, headers=headers, content_type=content_type)
