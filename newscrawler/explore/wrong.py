"""The answer to an address that has no page or asks for what cannot be shown: a page with a way on.

Datasette's own page of errors has no links. Programs (``.json``) get its answers as they are, and so does
who may not see the archive; an accident (500 without a sentence) stays Datasette's, with its traceback.
"""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from newscrawler.explore.frame import may_see, page
from newscrawler.explore.listing import kept_arguments
from newscrawler.explore.ours import archives_of, only_archive

TOO_LONG = "SQL Interrupted"
"""Datasette's title of a query that was stopped; its sentence is HTML with a script."""

NO_MORE = {"404", "Database not found", "Table not found", "Record not found"}
"""Datasette's sentences that say no more than the headline."""

HEADLINES = {
    "missing": "There is nothing at this address.",
    "sql": "This is no SQL that can be run.",
    "long": "This takes longer than a query may.",
    "wrong": "This cannot be shown as it was asked for.",
}


async def answer(datasette: Any, request: Any, exception: Exception) -> Response | None:
    """The page that says what is wrong; None where Datasette's own answer is the right one."""
    if not isinstance(exception, Base400 | DatasetteError) or request.path.endswith(".json"):
        return None
    archive = _archive(datasette, request)
    if archive is None or not await may_see(datasette, request, archive.name):
        return None
    kind, said = _what(exception, asked="sql" in request.args)
    return await page(
        datasette,
        request,
        archive,
        "archive_wrong.html",
        status=exception.status,
        headline=HEADLINES[kind],
        said=said,
        sql=request.args.get("sql"),
        kept=kept_arguments(request, "sql"),
        path=datasette.urls.path(request.path),
    )


def _what(exception: Any, *, asked: bool) -> tuple[str, str | None]:
    """The kind of what is wrong, a key of HEADLINES, and a sentence where one says more.

    ``asked``: whether the address asks for SQL of its own.
    """
    title = getattr(exception, "title", None)
    if title == TOO_LONG:
        return "long", None
    said = str(getattr(exception, "message", None) or (exception.args and exception.args[0]) or "")
    if exception.status == 404:
        return "missing", said if said not in NO_MORE else None
    return ("sql" if asked else "wrong"), said


def _archive(datasette: Any, request: Any) -> Any | None:
    """The archive that the address begins with, else the only one on show."""
    for archive in archives_of(datasette):
        route = datasette.urls.database(archive.name)
        if request.path == route or request.path.startswith((f"{route}/", f"{route}.")):
            return archive
    return only_archive(datasette)
