"""The page of a list that a request asks for, as Datasette numbers it, to be found without Datasette."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LARGEST = 499
"""Articles of a page; for a larger one Datasette finds the rows itself."""

_ORDERS = {("_sort_desc", "id"): "desc", ("_sort", "id"): "asc"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of articles in the order of their ids: where it begins, which way it goes, how long it is."""

    order: str
    start: int | None
    size: int

    def bound(self, column: str) -> str:
        """The end of an SQL statement on ``column`` that begins at ``start`` and goes in ``order``.

        It finds the article before the page, too, so it needs a limit of ``size`` and two: Datasette looks
        whether there is a next page.
        """
        side = "<=" if self.order == "desc" else ">="
        begin = "" if self.start is None else f" and {column} {side} {self.start}"
        return f"{begin} order by {column} {self.order}"


def asked_page(archive: Any, request: Any) -> Page | None:
    """The page that ``request`` asks for; None where it is in another order, or larger than LARGEST."""
    order = "desc"
    for name in ("_sort", "_sort_desc"):
        if name in request.args:
            if (name, request.args[name]) not in _ORDERS:
                return None
            order = _ORDERS[name, request.args[name]]
    start = (request.args.get("_next") or "").split(",")[0]
    size = request.args.get("_size") or str(archive.ds.page_size)
    if not all(number.isascii() and number.isdigit() for number in (start or "0", size)):
        return None
    return Page(order, int(start) if start else None, int(size)) if int(size) <= LARGEST else None


def ids_clause(ids: Iterable[int]) -> str:
    """The clause that picks these articles."""
    return f"id in ({', '.join(map(str, ids))})"
