"""The public views: what users, Datasette and outside checks read. Changed only by addition.

In ``news`` the large tables are asked by subqueries, which SQLite leaves out when nobody wants the
column (``select count(*)`` never walks the bodies); the small ones of names are LEFT JOINs, so that
``where source = ?`` can start from the name. Either way ``articles`` stays the outer table, whose
indexes answer ``where url = ?``, ``order by id desc`` and ``published_at between``.
"""

from __future__ import annotations

from sqlite_utils import Database

from newscrawler.archive.rows import transaction

VIEWS: dict[str, str] = {
    "news": """
select
  a.id, a.url, s.name as site, a.title,
  (select body from bodies where article_id = a.id) as body,
  a.published_at, so.name as source, e.name as editor, au.name as author, c.name as category,
  a.first_seen_at,
  (select last_seen_at from sightings where article_id = a.id) as last_seen_at,
  a.revision,
  (select d.url from articles d where d.id = a.duplicate_of) as duplicate_of,
  a.gone_at
from articles a
left join sites s on s.id = a.site_id
left join sources so on so.id = a.source_id
left join editors e on e.id = a.editor_id
left join authors au on au.id = a.author_id
left join categories c on c.id = a.category_id""".strip(),
    "related_items": """
select
  b.seen_at, a.url as page_url, i.position, l.url as item_url, l.title as item_title,
  l.summary as item_summary, l.date as item_date, b.last_seen_at
from block_items i
join links l on l.id = i.link_id
join blocks b on b.id = i.block_id
join articles a on a.id = b.article_id""".strip(),
    "near_duplicates": """
select a.url, f.url as first_url, n.similarity
from near_duplicate_links n
left join articles a on a.id = n.article_id
left join articles f on f.id = n.first_id
union all -- the exact copies of these
select c.url, f.url, n.similarity
from near_duplicate_links n
join articles c on c.duplicate_of = n.article_id
left join articles f on f.id = n.first_id""".strip(),
    "crawls": """
select started_at, finished_at, spider, reason, requests, new, updated, unchanged, failed
from crawl_runs""".strip(),
}


def outdated_views(db: Database) -> list[str]:
    """The names of views that are missing or say something else than VIEWS; reads only."""
    present = {view.name: view.schema for view in db.views}
    return [name for name, sql in VIEWS.items() if present.get(name) != f'CREATE VIEW "{name}" AS {sql}']


def renew_views(db: Database) -> None:
    """Make the views what VIEWS says; writes nothing when they already are."""
    if outdated_views(db):
        with transaction(db):
            for name in outdated_views(db):  # again: another process may have been first
                db.create_view(name, VIEWS[name], replace=True)
