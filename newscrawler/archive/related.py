"""Related items: a text is kept once (``links``), a showing as numbers (``blocks``, ``block_items``).

Seven items with title and summary under each of a million pages are mostly the same few links; kept
flat they made the file 2.3 times as large.
"""

from __future__ import annotations

import sqlite3

from newscrawler.archive import search
from newscrawler.identity import key64
from newscrawler.items import RelatedItem


def store_block(
    connection: sqlite3.Connection,
    article_id: int,
    items: list[RelatedItem],
    heading: str | None,
    seen_at: str,
    crawl_id: int | None,
    *,
    is_new: bool = False,
) -> bool:
    """Keep what stood under article ``article_id`` at ``seen_at`` (UTC); True when it is a new block.

    The same block as the last time only moves its ``last_seen_at``. No items: nothing is kept.
    ``is_new``: the article was stored just now, so there is no earlier block to look for.
    """
    if not items:
        return False
    ordered = sorted(items, key=lambda item: item.position)
    keys = [text_key(item) for item in ordered]
    fingerprint = key64(",".join(map(str, keys)))
    if not is_new:
        last = connection.execute(
            "SELECT id, fingerprint, last_seen_at FROM blocks WHERE article_id = ? ORDER BY id DESC LIMIT 1",
            (article_id,),
        ).fetchone()
        if last is not None and last[1] == fingerprint:
            if last[2] < seen_at:
                connection.execute("UPDATE blocks SET last_seen_at = ? WHERE id = ?", (seen_at, last[0]))
            return False
    block_id = connection.execute(
        "INSERT INTO blocks(article_id, fingerprint, seen_at, last_seen_at, heading, crawl_id)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (article_id, fingerprint, seen_at, seen_at, heading, crawl_id),
    ).lastrowid
    link_ids = _link_ids(connection, keys, ordered)
    connection.executemany(
        "INSERT INTO block_items(block_id, position, link_id) VALUES (?, ?, ?)",
        [(block_id, position, link_ids[key]) for position, key in enumerate(keys, 1)],
    )
    return True


def text_key(item: RelatedItem) -> int:
    """The key of what an item shows, wherever and at what position it stands."""
    return key64("\0".join((item.url, item.title, item.summary or "", item.date or "")))


def _link_ids(connection: sqlite3.Connection, keys: list[int], items: list[RelatedItem]) -> dict[int, int]:
    """Text key -> id in ``links``; unknown ones are added, linked to their article where it is archived."""
    marks = ",".join("?" * len(keys))
    found: dict[int, int] = dict(
        connection.execute(f"SELECT text_key, id FROM links WHERE text_key IN ({marks})", keys)
    )
    for key, item in zip(keys, items, strict=True):
        if key not in found:
            cursor = connection.execute(
                "INSERT INTO links(text_key, url, title, summary, date, article_id)"
                " VALUES (?, ?, ?, ?, ?, (SELECT id FROM articles WHERE url_key = ?))",
                (key, item.url, item.title, item.summary, item.date, key64(item.url)),
            )
            assert cursor.lastrowid is not None
            found[key] = cursor.lastrowid
            search.add_link(connection, cursor.lastrowid, item.title)
    return found


def link_article(connection: sqlite3.Connection, article_id: int, url: str) -> None:
    """Say of every link to ``url`` that it leads to the archived article ``article_id``."""
    # Row by row: SQLite takes a savepoint for an UPDATE of many, and each savepoint makes FTS5 write what it
    # has gathered, which is five times as dear as once a transaction.
    links = connection.execute("SELECT id FROM links WHERE url = ? AND article_id IS NULL", (url,)).fetchall()
    for (link_id,) in links:
        connection.execute("UPDATE links SET article_id = ? WHERE id = ?", (article_id, link_id))
