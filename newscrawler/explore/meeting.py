"""Lists narrowed to two names that seldom meet: a large source and a large category without common articles.

SQLite walks the articles of one name until a page of the other's is full: all of them where they hardly
meet, each by way of its row. Taking what two indexes have in common reads no rows. The archive's counts
say beforehand which will be faster.
"""

from __future__ import annotations

from typing import Any

from datasette.filters import FilterArguments

from newscrawler.explore import counted, listing
from newscrawler.explore.paging import Page, asked_page, ids_clause
from newscrawler.explore.reading import rows

LONG_WALK = 20_000
"""Articles; a page that is likely full sooner is left to SQLite."""


async def filters(archive: Any, table: str, request: Any) -> FilterArguments | None:
    """The clause that names the articles of the page, where names seldom meet; else None."""
    if table != "articles" or request.url_vars.get("format") or listing.wants_plain_table(request):
        return None
    to, page = counted.narrowed(request.args), asked_page(archive, request)
    if to is None or page is None or to.day or len(to.names) < 2 or not await _is_long(archive, to, page):
        return None
    key = ("page", tuple(sorted(to.names.items())), page)
    kept = await counted.kept_answers(archive)
    if key not in kept:
        kept[key] = await rows(archive, _common(to, page), to.names)
    return FilterArguments([ids_clause([row["id"] for row in kept[key]])], {}, [])


async def _is_long(archive: Any, to: counted.Narrowed, page: Page) -> bool:
    """Whether SQLite would walk more than LONG_WALK articles to fill ``page``, were they spread evenly."""
    singly = [counted.Narrowed({column: number}) for column, number in to.names.items()]
    together, *each = [await counted.kept_count(archive, one) for one in (to, *singly)]
    return min(each) * (page.size + 2) > LONG_WALK * together


def _common(to: counted.Narrowed, page: Page) -> str:
    """The SQL of the ids that all names of ``to`` have in common, as many as ``page`` needs."""
    common = " intersect ".join(f"select id from articles where {column} = :{column}" for column in to.names)
    return f"select id from ({common}) where 1{page.bound('id')} limit {page.size + 2}"
