"""The page of one article: its text, and all that the archive knows around it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from datasette.database import QueryInterrupted

from newscrawler.explore.reading import NAMED, Row, row, rows

PROMOTERS = 50
"""How many promoting pages are listed; an evergreen has thousands."""

CAPTURES = 5
"""How many of the latest raw pages are named."""

BLOCKS = 20
"""How many of the latest related blocks are shown."""


async def article_page(database: Any, article_id: str, revision: int | None = None) -> Row | None:
    """All that the page shows of article ``article_id`` (text, from the address); None: no such.

    With an earlier ``revision`` the text, its times and people are those of then; the rest is as ever.
    """
    article = await row(
        database,
        "select a.*, b.body, b.marks, b.dateline, b.encoding, si.last_seen_at, si.last_fetched_at,"
        " s.name as site,"
        " so.name as source, e.name as editor, au.name as author, c.name as category,"
        " d.title as original_title, d.url as original_url"
        f" from articles a{NAMED}"
        " left join bodies b on b.article_id = a.id left join sightings si on si.article_id = a.id"
        " left join articles d on d.id = a.duplicate_of where a.id = :id",
        {"id": article_id},
    )
    if article is None:
        return None
    earlier = None
    if revision not in (None, article["revision"]):
        earlier = await _earlier(database, article_id, revision)
        if earlier is None:
            return None
        article |= earlier
    asked = {"id": article_id}
    return {
        "article": article,
        "earlier": earlier,
        "images": await rows(
            database,
            "select url, caption, paragraph from images where article_id = :id and revision = :revision"
            " order by position",
            {**asked, "revision": article["revision"]},
        ),
        "blocks": await _blocks(database, article_id),
        "promoters": await _promoters(database, article_id),
        "aliases": await rows(
            database,
            "select url, reason, first_seen_at from aliases where article_id = :id order by id",
            asked,
        ),
        "copies": await rows(
            database,
            "select id, title, url, published_at from articles where duplicate_of = :id order by id limit 50",
            asked,
        ),
        "captures": await rows(
            database,
            "select id, fetched_at, file, offset, url from captures where status = 200 and article_key in"
            " (select url_key from articles where id = :id"
            "  union select url_key from aliases where article_id = :id)"
            " order by fetched_at desc, id desc limit :limit",
            {**asked, "limit": CAPTURES + 1},
        ),
        "alike": await _alike(database, article_id),
        "newer": await _neighbour(database, article_id, ">", ""),
        "older": await _neighbour(database, article_id, "<", "desc"),
    }


async def _earlier(database: Any, article_id: str, revision: int | None) -> Row | None:
    """What the article said in ``revision``, and from when to when that was seen."""
    return await row(
        database,
        "select a.revision, a.title, a.body, a.marks, a.dateline, a.encoding, a.published_at,"
        " substr(a.published_at, 1, 10) as published_date, a.source_id, a.editor_id, a.author_id,"
        " a.category_id, so.name as source, e.name as editor, au.name as author, c.name as category,"
        " a.first_seen_at as said_from, a.last_seen_at as said_until"
        " from revisions a left join sources so on so.id = a.source_id"
        " left join editors e on e.id = a.editor_id left join authors au on au.id = a.author_id"
        " left join categories c on c.id = a.category_id"
        " where a.article_id = :id and a.revision = :revision",
        {"id": article_id, "revision": revision},
    )


async def _alike(database: Any, article_id: str) -> list[Row]:
    """The others that tell the same story, the earliest first, each with its likeness to that."""
    head = await row(
        database,
        "select coalesce((select first_id from near_duplicate_links where article_id = :id),"
        " cast(:id as integer)) as id",
        {"id": article_id},
    )
    return await rows(
        database,
        "select a.id, a.title, a.url, a.published_at, so.name as source, max(n.similarity) as similarity"
        " from (select article_id, similarity from near_duplicate_links where first_id = :first"
        "  union all select :first, null) n join articles a on a.id = n.article_id"
        " left join sources so on so.id = a.source_id"
        " where a.id <> cast(:id as integer) group by a.id order by a.id limit 50",
        {"id": article_id, "first": head["id"] if head else None},
    )


async def _neighbour(database: Any, article_id: str, side: str, order: str) -> Row | None:
    """The next article by id, so by time: the newer one for ``>``, the older one for ``<`` and ``desc``."""
    return await row(
        database,
        f"select id, title, url from articles where id {side} cast(:id as integer) order by id {order}"
        " limit 1",
        {"id": article_id},
    )


async def _blocks(database: Any, article_id: str) -> list[Row]:
    """The related blocks that stood under the article, the latest first, each with its items in order."""
    found = await rows(
        database,
        "select b.id as block_id, b.seen_at, b.last_seen_at, b.heading, l.url, l.title, l.summary, l.date,"
        " l.article_id from (select * from blocks where article_id = :id"
        " order by last_seen_at desc, id desc limit :limit) b"
        " join block_items i on i.block_id = b.id join links l on l.id = i.link_id"
        " order by b.last_seen_at desc, b.id desc, i.position",
        {"id": article_id, "limit": BLOCKS},
    )
    blocks = []
    for _, items in groupby(found, key=lambda item: item["block_id"]):
        shown = list(items)
        first = shown[0]
        blocks.append({key: first[key] for key in ("seen_at", "last_seen_at", "heading")} | {"shown": shown})
    return blocks


async def _promoters(database: Any, article_id: str) -> list[Row] | None:
    """The articles whose related block led here, latest first; None when there are too many to look at."""
    try:
        return await rows(
            database,
            "select a.id, a.title, a.url, a.published_at, min(i.position) as position,"
            " min(b.seen_at) as seen_at, max(b.last_seen_at) as last_seen_at"
            " from links l join block_items i on i.link_id = l.id join blocks b on b.id = i.block_id"
            " join articles a on a.id = b.article_id"
            " where l.article_id = :id group by a.id order by seen_at desc, a.id desc limit :limit",
            {"id": article_id, "limit": PROMOTERS + 1},
        )
    except QueryInterrupted:
        return None
