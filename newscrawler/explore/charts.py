"""The charts: what each shows, its figures from the archive, and which query has the same as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from newscrawler.explore import draw, queries
from newscrawler.explore.reading import Row, rows
from newscrawler.explore.words import Speak

DAYS = 60
"""How many days the chart of days shows."""
SOURCES = 8
"""How many sources it tells apart."""
CRAWLS = 60
MONTHS = 60
BECAME = {
    "Archived": ("archived",),
    "No article": ("gone", "apart", "no_page"),
    "Pending or failed": ("pending", "failed"),
    "Untried": ("untried",),
}
"""Series of the chart of completeness -> columns of its query."""
LINES = 10


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: ``name`` is its address, ``title`` and ``about`` are words, ``query`` the same as a table."""

    name: str
    title: str
    about: str
    query: str
    draw: Callable[[Any, Speak], Awaitable[bytes]]


async def _sources(database: Any, speak: Speak) -> bytes:
    ends = await rows(
        database,
        "select (select min(published_date) from counts_by_day where published_date > '') as first,"
        " (select max(published_date) from counts_by_day) as last",
    )
    end = _day(ends[0]["last"])
    length = max(14, min(DAYS, (end - _day(ends[0]["first"])).days + 1))
    days = [(end - timedelta(days=back)).isoformat() for back in range(length - 1, -1, -1)]
    span = {"first": days[0], "last": days[-1]}
    largest = await rows(
        database,
        "select d.source_id as id, so.name from counts_by_day d join sources so on so.id = d.source_id"
        " where d.published_date between :first and :last group by d.source_id"
        f" order by sum(d.articles) desc, d.source_id limit {SOURCES}",
        span,
    )
    ids = ", ".join(str(source["id"]) for source in largest) or "0"
    found = await rows(
        database,
        f"select published_date as day, case when source_id in ({ids}) then source_id else 0 end as source,"
        " sum(articles) as articles from counts_by_day where published_date between :first and :last"
        " group by 1, 2",
        span,
    )
    counts = {(cell["day"], cell["source"]): cell["articles"] for cell in found}
    named = [*largest, {"id": 0, "name": speak("others")}]
    lines = [(source["name"], tuple(counts.get((day, source["id"]), 0) for day in days)) for source in named]
    series = [line for line in lines if any(line[1])]
    return draw.bars([day[5:] for day in days], series, every=max(1, length // 8), rest=speak("others"))


async def _hours(database: Any, speak: Speak) -> bytes:
    found = {cell["hour"]: cell["articles"] for cell in await rows(database, queries.HOURS)}
    numbers = tuple(found.get(hour, 0) for hour in range(24))
    return draw.bars([str(hour) for hour in range(24)], [(speak("Articles"), numbers)])


async def _crawls(database: Any, speak: Speak) -> bytes:
    found = await rows(
        database,
        "select started_at, new, updated, failed from crawl_runs order by id desc limit :limit",
        {"limit": CRAWLS},
    )
    found.reverse()
    labels = [str(crawl["started_at"])[5:16].replace("T", " ") for crawl in found]
    series = [
        (speak(word), tuple(crawl[column] or 0 for crawl in found))
        for column, word in (("new", "New"), ("updated", "Updated"), ("failed", "Failed"))
    ]
    return draw.bars(labels, series, every=max(1, len(labels) // 8))


async def _completeness(database: Any, speak: Speak) -> bytes:
    found = await rows(database, queries.GAPS)
    months = sorted({month["month"] for month in found})[-MONTHS:]
    series = []
    for word, columns in BECAME.items():
        by_month = Counter[str]()
        for month in found:
            by_month[month["month"]] += sum(month[column] for column in columns)
        series.append((speak(word), tuple(by_month[month] for month in months)))
    return draw.bars(months, series, every=max(1, len(months) // 8), rest=speak("Untried"))


async def _lifelines(database: Any, speak: Speak) -> bytes:
    found = (await rows(database, queries.PROMOTED, {"day": ""}))[:LINES]
    spans = [(_day(item["first_promoted_at"]), _day(item["last_promoted_at"])) for item in found]
    if not spans:
        return draw.lines([], [])
    start, end = min(first for first, _ in spans), max(last for _, last in spans)
    step = max(1, (end - start).days // 10)
    labels = [
        (start + timedelta(days=days)).isoformat()[5:] if days % step == 0 else ""
        for days in range((end - start).days + 1)
    ]
    series = [
        (
            f"{number}. {item['title']}",
            (((first - start).days, len(found) - number), ((last - start).days + 0.5, len(found) - number)),
        )
        for number, (item, (first, last)) in enumerate(zip(found, spans, strict=True), 1)
    ]
    return draw.lines(series, labels)


CHARTS = {
    chart.name: chart
    for chart in (
        Chart(
            "sources",
            "Articles per day and source",
            "How many articles of the last sixty days there are, and of which sources.",
            "sources_over_time",
            _sources,
        ),
        Chart(
            "hours",
            "Hour of the day",
            "At which hour the articles of the last ninety days were published, at most the newest 50,000.",
            "hours",
            _hours,
        ),
        Chart(
            "lifelines",
            "Promotion life lines",
            "From when to when the most promoted items of the last week were shown.",
            "most_promoted",
            _lifelines,
        ),
        Chart(
            "completeness",
            "Completeness by month",
            "What became of the ids of the last sixty months: archived, without an article, still to be had,"
            " never asked for.",
            "completeness",
            _completeness,
        ),
        Chart(
            "crawls",
            "Crawl health",
            "New, updated and failed pages of the last sixty crawls.",
            "crawl_health",
            _crawls,
        ),
    )
}


async def promotions(database: Any, article_id: int, speak: Speak) -> bytes:
    """The life line of one article: on how many pages it was first seen promoted, day by day."""
    found = await promoted_days(database, article_id)
    if not found:
        return draw.bars([], [])
    first, last = _day(found[0]["day"]), _day(found[-1]["day"])
    length = min((last - first).days + 1, 366)
    days = [(last - timedelta(days=back)).isoformat() for back in range(length - 1, -1, -1)]
    by_day = {cell["day"]: cell["pages"] for cell in found}
    numbers = tuple(by_day.get(day, 0) for day in days)
    return draw.bars([day[5:] for day in days], [(speak("Pages"), numbers)], every=max(1, length // 10))


async def promoted_days(database: Any, article_id: int) -> list[Row]:
    """On how many pages an article was first seen promoted, by day of the site's time."""
    return await rows(
        database,
        "select date(b.seen_at, '+8 hours') as day, count(*) as pages"
        " from (select i.block_id from links l join block_items i on i.link_id = l.id"
        " where l.article_id = :id limit 20000) i join blocks b on b.id = i.block_id group by 1 order by 1",
        {"id": article_id},
    )


def _day(stored: object) -> date:
    """The day of a stored time; some day when there is none, so that an empty archive has an empty chart."""
    try:
        return date.fromisoformat(str(stored)[:10])
    except ValueError:
        return date(2000, 1, 1)
