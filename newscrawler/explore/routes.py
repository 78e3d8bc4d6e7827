"""Addresses of our own, and what answers them.

Datasette asks a plugin's routes before its own. Where a database is no archive, or may not be seen, or
an argument asks for rows and columns, Datasette's own view answers as if we were not there.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from datasette.database import QueryInterrupted
from datasette.utils.asgi import NotFound, Request, Response
from datasette.views.database import DatabaseView
from datasette.views.index import IndexView
from datasette.views.row import RowView
from datasette.views.table import TableView

from newscrawler.explore import calendar, changes, charts, counted, files, listing, queries
from newscrawler.explore.article import CAPTURES, PROMOTERS, article_page
from newscrawler.explore.frame import archive_or_error, may_see, page, visible_archive
from newscrawler.explore.home import ENDINGS, home_page
from newscrawler.explore.metadata import NAME_COLUMNS
from newscrawler.explore.ours import only_archive
from newscrawler.explore.reading import figure

View = Callable[..., Awaitable[Any]]

NAMES = 1000
"""How many names a page of sources, editors or categories lists."""


class WithoutCounting(Request):  # type: ignore[misc]  # Datasette comes without types
    """A request for a list that Datasette shall neither count nor facet: we know it from the archive.

    Its address stays as it is, so links on the page do not carry the arguments on.
    """

    count = True
    """Whether Datasette still has to count."""
    facet = False
    """Whether it has to facet, asked or not."""

    @property
    def args(self) -> Any:
        """The arguments with ours added."""
        args = super().args
        if not self.facet and not any(name.startswith("_facet") for name in args):
            args._data["_nofacet"] = ["1"]
        if not self.count:
            args._data["_nocount"] = ["1"]
        return args


def _reads(request: Any) -> bool:
    return request.method in {"GET", "HEAD"}


async def index(datasette: Any, request: Any) -> Any:
    """``/``: the home page where the archive is all there is."""
    archive = only_archive(datasette)
    if archive is None or not _reads(request) or not await may_see(datasette, request, archive.name):
        return await IndexView(datasette).dispatch_request(request)
    return await _home(datasette, request, archive)


async def home(datasette: Any, request: Any) -> Any:
    """``/archive``: the home page; ``?sql=`` and ``?_view=tables`` are Datasette's."""
    archive = await visible_archive(datasette, request)
    if archive is None or not _reads(request) or "sql" in request.args or "_view" in request.args:
        return await DatabaseView(datasette).dispatch_request(request)
    return await _home(datasette, request, archive)


async def _home(datasette: Any, request: Any, archive: Any) -> Response:
    return await page(
        datasette,
        request,
        archive,
        "archive_home.html",
        page=await home_page(archive),
        queries=queries.QUERIES,
    )


async def articles(datasette: Any, request: Any) -> Any:
    """``/archive/articles``: Datasette finds the rows, the archive knows how many there are."""
    archive = await visible_archive(datasette, request)
    if archive is not None and _reads(request) and not listing.wants_plain_table(request):
        request = WithoutCounting(request.scope, request.receive)
        request.count = counted.narrowed(request.args) is None
        request.facet = listing.has_facets_of_its_own(datasette, archive)
    return await TableView(datasette).dispatch_request(request)


async def article(datasette: Any, request: Any) -> Any:
    """``/archive/articles/ID``: an article to read; ``?revision=1``: as it was."""
    archive = await visible_archive(datasette, request)
    shown, asked = None, request.args.get("revision")
    if archive and _reads(request):
        revision = int(asked) if asked and re.fullmatch(r"\d{1,9}", asked, re.ASCII) else 0 if asked else None
        shown = await article_page(archive, request.url_vars["pks"], revision)
        if shown is None and asked:
            raise NotFound("There is no such revision")
    if shown is None:
        return await RowView(datasette).dispatch_request(request)
    return await page(
        datasette,
        request,
        archive,
        "archive_article.html",
        page=shown,
        promoters_shown=PROMOTERS,
        captures_shown=CAPTURES,
        path=datasette.urls.path(request.path),
    )


async def what_changed(datasette: Any, request: Any) -> Response:
    """``/archive/-/changes/ID``: every revision of an article beside the one before."""
    archive = await archive_or_error(datasette, request)
    shown = await changes.changes_page(archive, int(request.url_vars["id"]))
    if shown is None:
        raise NotFound("There is no such article")
    return await page(datasette, request, archive, "archive_changes.html", page=shown)


async def day(datasette: Any, request: Any) -> Response:
    """``/archive/-/day/2025-09-30``: what was published and promoted on a day."""
    archive = await archive_or_error(datasette, request)
    shown = await calendar.day_page(archive, request.url_vars["day"])
    if shown is None:
        raise NotFound("There is no such day")
    return await page(datasette, request, archive, "archive_day.html", page=shown)


async def days(datasette: Any, request: Any) -> Response:
    """``/archive/-/days``: how many articles each day has."""
    archive = await archive_or_error(datasette, request)
    shown = await calendar.days_page(archive, request.args.get("before"))
    return await page(datasette, request, archive, "archive_days.html", page=shown)


async def names(datasette: Any, request: Any) -> Response:
    """``/archive/-/sources`` and its sisters: every name with its number of articles."""
    archive = await archive_or_error(datasette, request)
    table = request.url_vars["table"]
    column = next(column for column, names in NAME_COLUMNS.items() if names == table)
    return await page(
        datasette,
        request,
        archive,
        "archive_names.html",
        title=table.capitalize(),
        column=column,
        names=(await counted.facets(archive, [column], limit=NAMES))[column],
        most=NAMES,
    )


async def ready_queries(datasette: Any, request: Any) -> Response:
    """``/archive/-/queries``: the ready queries with their sentences."""
    archive = await archive_or_error(datasette, request)
    return await page(datasette, request, archive, "archive_queries.html", queries=queries.QUERIES)


async def ready_query(datasette: Any, request: Any) -> Any:
    """``/archive/NAME`` of a ready query. Datasette would first prepare every cell for its own table."""
    archive = await visible_archive(datasette, request)
    query = queries.BY_NAME[request.url_vars["table"]]
    if archive is None or not _reads(request) or not await _is_ours(datasette, request, archive, query):
        return await TableView(datasette).dispatch_request(request)
    values = {name: request.args.get(name) or "" for name in query.params}
    error, found, columns, truncated = None, [], [], False
    try:
        result = await archive.execute(query.sql, values, truncate=True)
        found, columns, truncated = result.rows, list(result.columns), result.truncated
    except QueryInterrupted:
        error = "Too many to count here."
    may_change = await datasette.permission_allowed(request.actor, "execute-sql", archive.name, default=True)
    return await page(
        datasette,
        request,
        archive,
        "archive_query.html",
        ready=query,
        rows=found,
        columns=columns,
        truncated=truncated,
        error=error,
        values=values,
        arguments=urlencode({name: value for name, value in values.items() if value}),
        paging=_paging(query, values, len(found)),
        change=urlencode({"sql": query.sql.strip(), **values}) if may_change else None,
        column_words=queries.COLUMNS,
        param_words=queries.PARAMS,
        choices=queries.CHOICES,
        endings=ENDINGS,
    )


def _paging(query: queries.Query, values: dict[str, str], found: int) -> dict[str, Any] | None:
    """Which rows a page of ``query`` shows, and the arguments of its neighbours; None where it has none."""
    if "page" not in query.params:
        return None
    asked = values["page"]
    number = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    if number == 1 and found < queries.PAGE:
        return None
    others = {name: value for name, value in values.items() if value and name != "page"}
    first = (number - 1) * queries.PAGE
    return {
        "first": first + 1,
        "last": first + found,
        "before": urlencode({**others, "page": number - 1}) if number > 1 else None,
        "after": urlencode({**others, "page": number + 1}) if found == queries.PAGE else None,
    }


async def _is_ours(datasette: Any, request: Any, archive: Any, query: queries.Query) -> bool:
    """True unless the user's metadata has another query of this name, or it may not be seen."""
    known = await datasette.get_canned_query(archive.name, query.name, request.actor)
    visible, _ = await datasette.check_visibility(
        request.actor,
        permissions=[
            ("view-query", (archive.name, query.name)),
            ("view-database", archive.name),
            "view-instance",
        ],
    )
    return bool(visible and known and known["sql"] == query.sql.strip())


async def all_charts(datasette: Any, request: Any) -> Response:
    """``/archive/-/charts``: the charts, each a picture with a link to its figures."""
    archive = await archive_or_error(datasette, request)
    something = await figure(
        archive, "select exists (select 1 from articles) or exists (select 1 from crawl_runs)"
    )
    drawn = charts.CHARTS.values() if something else ()
    return await page(datasette, request, archive, "archive_charts.html", charts=drawn)


def _in_time(view: View) -> View:
    """``view``, with a sentence for an archive that takes longer to answer than SQL may."""

    @functools.wraps(view)
    async def answered(datasette: Any, request: Any) -> Any:
        """The view's answer."""
        try:
            return await view(datasette, request)
        except QueryInterrupted:
            return Response.text(
                "The archive took too long to answer. Try again, or ask for less.", status=503
            )

    return answered


_HERE = r"/(?P<database>[^/.]+)"
_END = r"(?P<format>(?!))?$"
"""Where Datasette's own view may answer: it looks for a format, and finds that there is none."""

_ROUTES: tuple[tuple[str, View], ...] = (
    (rf"/{_END}", index),
    (rf"{_HERE}{_END}", home),
    (rf"{_HERE}/(?P<table>articles){_END}", articles),
    (rf"{_HERE}/(?P<table>articles)/(?P<pks>\d{{1,18}}){_END}", article),
    (rf"{_HERE}/-/changes/(?P<id>\d{{1,18}})$", what_changed),
    (rf"{_HERE}/-/changes\.atom$", files.changes),
    (rf"{_HERE}/-/day/(?P<day>\d{{4}}-\d\d-\d\d)$", day),
    (rf"{_HERE}/-/days$", days),
    (rf"{_HERE}/-/(?P<table>sources|categories|editors|sites)$", names),
    (rf"{_HERE}/-/queries$", ready_queries),
    (rf"{_HERE}/(?P<table>{'|'.join(queries.BY_NAME)}){_END}", ready_query),
    (rf"{_HERE}/-/charts$", all_charts),
    (rf"{_HERE}/-/chart/(?P<name>[a-z]+)\.svg$", files.chart),
    (rf"{_HERE}/-/promotions/(?P<id>\d{{1,18}})\.svg$", files.chart),
    (rf"{_HERE}/-/feed\.(?P<format>atom|json)$", files.new_articles),
)

ROUTES = tuple((address, _in_time(view)) for address, view in _ROUTES)
