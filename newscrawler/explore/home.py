"""The first page of an archive: what it is, how it fares, what is new in it."""

from __future__ import annotations

from typing import Any

from newscrawler.explore import counted
from newscrawler.explore.reading import NAMED, Row, figure, row, rows

NEWEST = 20
"""How many articles the page shows."""
DAYS = 10

ENDINGS = {
    "finished": "finished",
    "interrupted": "died before its end",
    "shutdown": "interrupted",
    "closespider_timeout": "ended by its time budget",
    "closespider_pagecount": "ended by its page budget",
}
"""Scrapy's reasons, and ours, in words; others are shown as they are."""


async def home_page(database: Any) -> Row:
    """All that the page shows, ready for the template."""
    newest = await rows(
        database,
        "select a.id, a.title, a.url, a.published_at, so.name as source, c.name as category,"
        f" substr(b.body, 1, 300) as body from articles a left join bodies b on b.article_id = a.id{NAMED}"
        " order by a.id desc limit :limit",
        {"limit": NEWEST},
    )
    return {
        "figures": await _figures(database),
        "crawl": await _last_crawl(database),
        "stories": newest,
        "days": await counted.days(database, None, DAYS),
        "sources": await _sources(database),
    }


async def _figures(database: Any) -> Row:
    """Figures that come from what the archive keeps, or from one end of an index."""
    return {
        "articles": await figure(database, "select ifnull(sum(articles), 0) from counts_by_name"),
        "first_day": await figure(
            database, "select min(published_date) from counts_by_day where published_date > ''"
        ),
        "last_day": await figure(
            database, "select max(published_date) from counts_by_day where published_date > ''"
        ),
        "sources": await figure(database, "select count(*) from sources"),
        # Links are never deleted, so their last id is their number; counting them would take seconds.
        "promoted": await figure(database, "select max(id) from links"),
    }


async def _last_crawl(database: Any) -> Row | None:
    crawl = await row(database, "select * from crawl_runs order by id desc limit 1")
    if crawl is not None:
        reason = crawl["reason"] or "ended"
        crawl["ending"] = ENDINGS.get(reason, reason)
    return crawl


async def _sources(database: Any) -> list[Row]:
    """The sources of the newest articles: cheap at any size, and what a reader looks for."""
    return await rows(
        database,
        "select so.id, so.name, count(*) as articles from"
        " (select source_id from articles order by id desc limit 1000) a"
        " join sources so on so.id = a.source_id"
        " group by so.id order by articles desc, so.id limit 12",
    )
