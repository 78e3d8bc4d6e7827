"""Days: what was published and what was pushed on one, and how many articles each has."""

from __future__ import annotations

from datetime import date
from typing import Any

from newscrawler.explore import counted
from newscrawler.explore.queries import BLOCKS
from newscrawler.explore.reading import Row, row, rows

PUBLISHED = 300
"""How many articles a day's page lists; the list of articles has the rest."""
PROMOTED = 40
DAYS = 120
"""How many days the page of days shows at once."""


async def day_page(database: Any, day: str) -> Row | None:
    """What the page of ``day`` (YYYY-MM-DD) shows; None when there is no such day."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return None
    counts = await row(
        database, "select sum(articles) as n from counts_by_day where published_date = :day", {"day": day}
    )
    return {
        "day": day,
        "count": (counts and counts["n"]) or 0,
        "published": await rows(
            database,
            "select a.id, a.title, a.url, a.published_at, so.name as source from articles a"
            " left join sources so on so.id = a.source_id"
            " where a.published_date = :day order by a.id desc limit :limit",
            {"day": day, "limit": PUBLISHED},
        ),
        "promoted": await _promoted(database, day),
        "earlier": await _neighbour(database, day, "<", "desc"),
        "later": await _neighbour(database, day, ">", ""),
    }


async def _promoted(database: Any, day: str) -> list[Row]:
    """What stood most often among the related items first seen on ``day`` (time of China)."""
    return await rows(
        database,
        "select max(l.article_id) as article_id, l.title, l.url, sum(p.times) as times from"
        " (select i.link_id, count(*) as times from (select id from blocks"
        "   where seen_at >= strftime('%Y-%m-%dT%H:%M:%S+00:00', :day, '-8 hours')"
        "   and seen_at < strftime('%Y-%m-%dT%H:%M:%S+00:00', :day, '+16 hours')"
        "   order by seen_at desc limit :blocks) b"
        "  join block_items i on i.block_id = b.id group by i.link_id order by times desc limit 1000) p"
        " join links l on l.id = p.link_id group by l.url order by times desc, l.url limit :limit",
        {"day": day, "blocks": BLOCKS, "limit": PROMOTED},
    )


async def _neighbour(database: Any, day: str, side: str, order: str) -> str | None:
    found = await row(
        database,
        f"select published_date as day from counts_by_day where published_date {side} :day"
        f" and published_date > '' order by published_date {order} limit 1",
        {"day": day},
    )
    return str(found["day"]) if found else None


async def days_page(database: Any, before: str | None) -> Row:
    """The days from ``before`` backwards, by month, each with its number of articles."""
    found = await counted.days(database, before, DAYS + 1)
    months: dict[str, list[Row]] = {}
    for cell in found[:DAYS]:
        months.setdefault(cell["day"][:7], []).append(cell)
    most = max((cell["articles"] for cell in found), default=0)
    return {
        "months": [{"month": month, "days": cells} for month, cells in months.items()],
        "most": most,
        "before": found[DAYS]["day"] if len(found) > DAYS else None,
    }
