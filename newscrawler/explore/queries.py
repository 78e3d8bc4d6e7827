"""Queries ready to use: each with a title, a sentence, parameters, and SQL that stays fast at a million.

They read the tables, so that ids and names are at hand for links; the columns ``article_id`` and
``source_id`` become links of their neighbours on the page (archive_query.html). What would
grow with the archive is bounded, and the sentence says so. Tests hold the query plans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from newscrawler.explore import promotions

BLOCKS = 20_000
"""How many of the latest related blocks a query counts at most: a week of a busy site; a first crawl
sees a million on one day."""


PAGE = 200
"""Rows of a page of what grows with the archive; the parameter ``page`` asks for the second and so on."""

_PAGE = f"limit {PAGE} offset {PAGE} * (min(max(cast(:page as integer), 1), 1000000) - 1)"


@dataclass(frozen=True, slots=True)
class Query:
    """A ready query: ``name`` is its address, ``title`` and ``about`` are words (explore/words.py)."""

    name: str
    title: str
    about: str
    sql: str
    params: tuple[str, ...] = ()
    chart: str | None = None
    """The chart that shows the same."""

    @property
    def fields(self) -> list[str]:
        """The parameters that a reader fills in."""
        return [name for name in self.params if name != "page"]


_DAY_END = "strftime('%Y-%m-%dT%H:%M:%S+00:00', {day}, '+1 day', '-8 hours')"
"""The end of a day of the sites' time (all of them in China) as the archive writes its own times."""

TODAY = f"""
select a.id as article_id, a.title, a.url, a.published_at, so.name as source, a.source_id, c.name as category
from articles a
left join sources so on so.id = a.source_id
left join categories c on c.id = a.category_id
where a.published_date = case when :day <> '' then :day else
  (select max(published_date) from articles where published_date <= date('now', '+8 hours')) end
order by a.id desc {_PAGE}"""

PROMOTED = f"""
with until(at) as (select case when :day <> '' then {_DAY_END.format(day=":day")}
  else (select max(seen_at) from blocks) end),
since(at) as (select strftime('%Y-%m-%dT%H:%M:%S+00:00', at, '-7 days') from until),
latest as (select id from blocks where seen_at <= (select at from until)
  and seen_at > (select at from since) order by seen_at desc limit {BLOCKS}),
most as (select i.link_id, count(*) as times from latest b join block_items i on i.block_id = b.id
  group by i.link_id order by times desc limit 300)
select max(l.article_id) as article_id, l.title, l.url, count(*) as times,
  count(distinct b.article_id) as promoters, min(i.position) as best_position,
  min(b.seen_at) as first_promoted_at, max(b.last_seen_at) as last_promoted_at
from most cross join links l on l.id = most.link_id
cross join block_items i on i.link_id = l.id and i.block_id >= (select min(id) from latest)
cross join blocks b on b.id = i.block_id
where b.seen_at <= (select at from until) and b.seen_at > (select at from since)
group by l.url order by times desc, l.url limit 100"""
"""First the most frequent are found by counting numbers alone, then their texts and times are looked up."""

NOT_ARCHIVED = """
select l.title, l.url, l.date as date_shown, count(*) as times, max(l.seen_at) as last_promoted_at
from (select l.id, l.title, l.url, l.date, b.last_seen_at as seen_at
  from (select * from links where article_id is null order by id desc limit 500) l
  join block_items i on i.link_id = l.id join blocks b on b.id = i.block_id limit 20000) l
group by l.url order by max(l.id) desc limit 200"""

SILENT = f"""
select r.article_id, a.title, a.url, r.replaced_at as changed_at, r.changed, a.published_at,
  so.name as source, a.source_id
from revisions r join articles a on a.id = r.article_id left join sources so on so.id = a.source_id
where instr(r.changed, '"body"') and not instr(r.changed, '"published_at"')
order by r.id desc {_PAGE}"""

VANISHED = f"""
select a.id as article_id, a.title, a.url, a.gone_at, a.published_at, so.name as source, a.source_id
from articles a left join sources so on so.id = a.source_id
where a.gone_at is not null order by a.gone_at desc, a.id desc {_PAGE}"""

NEAR = f"""
select f.id as article_id, f.title, f.url, count(*) + 1 as copies, min(n.similarity) as least_alike,
  f.published_at
from (select first_id from near_duplicate_links where first_id is not null
  group by first_id order by first_id desc {_PAGE}) l
join near_duplicate_links n on n.first_id = l.first_id join articles f on f.id = l.first_id
group by f.id order by f.id desc"""

SOURCES = """
with largest(source_id) as (select source_id from counts_by_name where source_id > 0
  group by source_id order by sum(articles) desc limit 12)
select substr(d.published_date, 1, 7) as month, so.name as source, d.source_id, sum(d.articles) as articles
from counts_by_day d join sources so on so.id = d.source_id
where d.published_date >= case when :source <> '' then '0'
    else (select date(max(published_date), '-12 months') from counts_by_day) end
  and case when :source <> '' then d.source_id = (select id from sources where name = :source)
    else d.source_id in largest end
group by month, d.source_id order by month desc, articles desc limit 300"""

TITLES = f"""
select r.article_id, r.title as title_before, coalesce((select n.title from revisions n
    where n.article_id = r.article_id and n.revision = r.revision + 1), a.title) as title,
  a.url, r.replaced_at as changed_at, so.name as source, a.source_id
from revisions r join articles a on a.id = r.article_id left join sources so on so.id = a.source_id
where instr(r.changed, '"title"') order by r.id desc {_PAGE}"""

CRAWLS = """
select started_at, finished_at, spider, reason as ending, exit_code, requests, new, updated, unchanged, failed
from crawl_runs order by id desc limit 100"""

PENDING = f"""
select l.url, l.title, l.state, l.attempts, l.last_error as error, l.detail, l.due_at, l.discovered_at
from ledger l where l.state = case when :state <> '' then :state else 'pending' end
order by l.state, l.site_id, l.due_at, l.id {_PAGE}"""

HOURS = """
select cast(substr(published_at, 12, 2) as integer) as hour, count(*) as articles
from (select published_at from articles
  where published_at >= (select date(max(published_date), '-90 days') from articles)
  order by published_at desc limit 50000)
where length(published_at) > 10 group by hour order by hour"""

_DIGITS = "replace(replace(folder, '-', ''), '/', '')"
_MONTH = f"substr({_DIGITS}, 1, 4) || '-' || substr({_DIGITS}, 5, 2)"

_END = """(select {end}(number) from ledger l where l.sequence_id = c.sequence_id and l.sequence_id > 0
    and l.folder = c.folder and l.state = c.state)"""

GAPS = f"""
with counts as (select sequence_id, folder, state, count(*) as n from ledger where sequence_id > 0
  group by sequence_id, folder, state),
ends as (select *, case when state in ('archived', 'unchanged', 'gone', 'quarantined')
    then {_END.format(end="min")} end as low,
  case when state in ('archived', 'unchanged', 'gone', 'quarantined')
    then {_END.format(end="max")} end as high from counts c),
months as (select sequence_id, {_MONTH} as month, min(low) as first_id, max(high) as last_id,
  sum(n * (state in ('archived', 'unchanged'))) as archived, sum(n * (state = 'gone')) as gone,
  sum(n * (state = 'failed')) as failed, sum(n * (state = 'pending')) as pending,
  sum(n * (state in ('quarantined', 'disallowed'))) as apart, sum(n) as known from ends group by 1, 2),
guesses as (select sequence_id, {_MONTH} as month, sum(n) as no_page from
  (select sequence_id, folder, count(*) as n from absent group by sequence_id, folder) group by 1, 2),
beside as (select *, lag(last_id) over w as before, lead(first_id) over w as after from months
  window w as (partition by sequence_id order by month)),
spans as (select *, case when before < last_id then max(first_id, before + 1) else first_id end as low,
  case when after > first_id then min(last_id, after - 1) else last_id end as high from beside)
select p.month, substr(q.pattern, 9, instr(substr(q.pattern, 9), '/') - 1) as host,
  p.low as first_id, p.high as last_id, p.archived, p.gone, p.failed,
  p.pending, p.apart, ifnull(g.no_page, 0) as no_page,
  max(0, p.high - p.low + 1 - p.known - ifnull(g.no_page, 0)) as untried
from spans p join sequences q on q.id = p.sequence_id
left join guesses g on g.sequence_id = p.sequence_id and g.month = p.month
where p.low is not null order by p.month desc, host limit 600"""
"""Each state is counted in the index and its ends are looked up. A wrong link (an id far from its month's)
must not stretch a month over others: it ends where the next begins."""

QUERIES = (
    Query(
        "today",
        "Today",
        "What was published on a day, the latest first. Empty: the newest day.",
        TODAY,
        ("day", "page"),
    ),
    Query(
        "most_promoted",
        "Most promoted this week",
        "What the site pushed most in the week up to a day. Empty: up to the newest crawl. At most the 20,000"
        " latest blocks are counted.",
        PROMOTED,
        ("day",),
        "lifelines",
    ),
    Query(
        "promoted_on_a_day",
        "Promoted on a day",
        "What stood among the related items on a day, by how many articles, from when to when. Empty: the"
        " newest day. At most the 20,000 blocks of the month before are counted.",
        promotions.ON_A_DAY,
        ("day",),
    ),
    Query(
        "promoted_titles",
        "Promoted under another title",
        "Titles of related items that the article itself never had, in the month up to a day. Empty: the"
        " newest. At most the 5,000 blocks seen last are looked at.",
        promotions.OTHER_TITLES,
        ("day",),
    ),
    Query(
        "promoted_never_listed",
        "Promoted but never listed",
        "Related items that no listing has shown, in the month up to a day. Empty: the newest. At most the"
        " 3,000 most promoted of 5,000 blocks are looked at.",
        promotions.NEVER_LISTED,
        ("day",),
    ),
    Query(
        "promoted_not_archived",
        "Promoted but never archived",
        "Related items that led to no archived article, the latest first; at most 200.",
        NOT_ARCHIVED,
    ),
    Query(
        "silent_edits",
        "Silent edits",
        "The text changed, the printed time did not. The latest change first.",
        SILENT,
        ("page",),
    ),
    Query(
        "changed_titles",
        "Titles that changed",
        "What a headline said before, the latest change first.",
        TITLES,
        ("page",),
    ),
    Query(
        "vanished",
        "Vanished",
        "Articles that the site took away, the latest first. The archive keeps what they said.",
        VANISHED,
        ("page",),
    ),
    Query(
        "near_duplicate_clusters",
        "Near-duplicate clusters",
        "Stories told more than once, the newest first.",
        NEAR,
        ("page",),
    ),
    Query(
        "sources_over_time",
        "Sources over time",
        "Articles of a source by month. Empty: the twelve largest sources in the last year.",
        SOURCES,
        ("source",),
        "sources",
    ),
    Query(
        "hours",
        "Hour of the day",
        "At which hour the articles of the last ninety days were published, at most the newest 50,000.",
        HOURS,
        chart="hours",
    ),
    Query(
        "crawl_health",
        "Crawl health",
        "The last hundred crawls: how they ended and what they brought.",
        CRAWLS,
        chart="crawls",
    ),
    Query(
        "completeness",
        "Completeness by month",
        "What became of the ids between the first and the last known one of each month; an id that nobody has"
        " asked for may be an article or nothing.",
        GAPS,
        chart="completeness",
    ),
    Query(
        "pending_and_failures",
        "Pending and failures",
        "Addresses that are not archived, and why.",
        PENDING,
        ("state", "page"),
    ),
)
BY_NAME = {query.name: query for query in QUERIES}

COLUMNS = {
    "title": "Title",
    "url": "Address",
    "published_at": "Published",
    "source": "Source",
    "category": "Category",
    "times": "Times",
    "promoters": "Articles that promoted it",
    "title_shown": "Title shown",
    "best_position": "Best position",
    "first_promoted_at": "First seen promoted",
    "last_promoted_at": "Last seen promoted",
    "date_shown": "Date shown",
    "changed_at": "Changed on",
    "changed": "Changed",
    "gone_at": "Vanished on",
    "copies": "Copies",
    "least_alike": "Least alike",
    "month": "Month",
    "articles": "Articles",
    "title_before": "Title before",
    "hour": "Hour",
    "started_at": "Started",
    "finished_at": "Ended",
    "spider": "Spider",
    "ending": "Ending",
    "exit_code": "Code",
    "requests": "Requests",
    "new": "New",
    "updated": "Updated",
    "unchanged": "Unchanged",
    "failed": "Failed",
    "state": "State",
    "attempts": "Attempts",
    "error": "Error",
    "detail": "Detail",
    "due_at": "Due",
    "discovered_at": "Discovered",
    "host": "Host",
    "first_id": "First id",
    "last_id": "Last id",
    "archived": "Archived",
    "gone": "Gone",
    "pending": "Pending",
    "apart": "Set apart",
    "no_page": "No page",
    "untried": "Untried",
}
"""Column of a query -> its heading in words."""

CHOICES = {"state": ("pending", "failed", "gone", "quarantined", "disallowed")}
"""Parameters that are one of a few words; the first is the one that an empty one means."""

PARAMS = {"day": "Day", "source": "Source", "state": "State"}


def as_metadata() -> dict[str, dict[str, Any]]:
    """The queries as Datasette knows them."""
    return {
        query.name: {
            "title": query.title,
            "description": query.about,
            "sql": query.sql.strip(),
            "hide_sql": True,
            "params": list(query.params),
        }
        for query in QUERIES
    }
