"""Asking an archive through Datasette: in its threads, on its read-only connections, under its time limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasette.database import QueryInterrupted

Row = dict[str, Any]

NAMED = """
  left join sites s on s.id = a.site_id
  left join sources so on so.id = a.source_id
  left join editors e on e.id = a.editor_id
  left join authors au on au.id = a.author_id
  left join categories c on c.id = a.category_id"""
"""Joins that give the names of an article ``a``."""


async def rows(database: Any, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows of ``sql`` as dictionaries. Raises Datasette's errors, QueryInterrupted when out of time."""
    result = await database.execute(sql, dict(parameters or {}))
    return [dict(row) for row in result.rows]


async def row(database: Any, sql: str, parameters: Mapping[str, Any] | None = None) -> Row | None:
    """The first row of ``sql``, or None."""
    found = await rows(database, sql, parameters)
    return found[0] if found else None


async def figure(
    database: Any, sql: str, parameters: Mapping[str, Any] | None = None, *, within_ms: int = 300
) -> Any:
    """A single value, or None when it takes longer than ``within_ms``: no page waits for a count."""
    try:
        result = await database.execute(sql, dict(parameters or {}), custom_time_limit=within_ms)
    except QueryInterrupted:
        return None
    return result.rows[0][0] if result.rows else None
