"""Related items: a text is kept once (``links``), a showing as numbers (``blocks``, ``block_items``).

Seven items with title and summary under each of a million pages are mostly the same few links; kept
flat they made the file 2.3 times as large.
"""

from __future__ import annotations

import sqlite3

from newscrawler.archive import search
from newscrawler.archive.tombstones import is_forgotten
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

    The same block as before (or, for what is imported, as after) that moment only lengthens its time. No
    items: nothing is kept. ``is_new``: the article was stored just now, so there is no earlier block.
    """
    if not items:
        return False
    ordered = sorted(items, key=lambda item: item.position)
    keys = [text_key(item) for item in ordered]
    fingerprint = _fingerprint(keys)
    if not is_new and _stood_then(connection, article_id, fingerprint, seen_at):
        return False
    block_id = connection.execute(
        "INSERT INTO blocks(article_id, fingerprint, seen_at, last_seen_at, heading, crawl_id)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (article_id, fingerprint, seen_at, seen_at, heading, crawl_id),
    ).lastrowid
    assert block_id is not None
    _insert_items(connection, block_id, keys, ordered)
    return True


def _stood_then(connection: sqlite3.Connection, article_id: int, fingerprint: int, seen_at: str) -> bool:
    """Whether a known block is the one of ``seen_at``; it then stood from or until that time at least."""
    shown = connection.execute(
        "SELECT id, fingerprint, seen_at, last_seen_at FROM blocks WHERE article_id = ?"
        " ORDER BY last_seen_at, id",
        (article_id,),
    ).fetchall()
    before = [block for block in shown if block[2] <= seen_at]
    after = [block for block in shown if block[2] > seen_at]
    for block_id, key, begun, ended in [*before[-1:], *after[:1]]:
        if key == fingerprint:
            if not begun <= seen_at <= ended:
                connection.execute(
                    "UPDATE blocks SET seen_at = min(seen_at, ?1), last_seen_at = max(last_seen_at, ?1)"
                    " WHERE id = ?2",
                    (seen_at, block_id),
                )
            return True
    return any(key == fingerprint and ended >= seen_at for _, key, _, ended in before)


NEWEST = "SELECT id FROM blocks WHERE article_id = ? ORDER BY last_seen_at DESC, id DESC LIMIT 1"
"""The block that an article showed last; one that was imported may be older than its id says."""


def _insert_items(
    connection: sqlite3.Connection, block_id: int, keys: list[int], ordered: list[RelatedItem]
) -> None:
    link_ids = _link_ids(connection, keys, ordered)
    connection.executemany(
        "INSERT INTO block_items(block_id, position, link_id) VALUES (?, ?, ?)",
        [(block_id, position, link_ids[key]) for position, key in enumerate(keys, 1) if key in link_ids],
    )


def shown_items(connection: sqlite3.Connection, article_id: int) -> list[RelatedItem]:
    """What the newest block under the article shows, in order; empty without a block."""
    rows = connection.execute(
        "SELECT i.position, l.title, l.url, l.summary, l.date FROM block_items i"
        " JOIN links l ON l.id = i.link_id"
        f" WHERE i.block_id = ({NEWEST}) ORDER BY i.position",
        (article_id,),
    )
    return [RelatedItem(*row) for row in rows]


def replace_block(
    connection: sqlite3.Connection, article_id: int, items: list[RelatedItem], heading: str | None
) -> None:
    """Make the newest block under the article show ``items``: it was there like this, and misread.

    Without a block one is made, seen when the article was fetched last; without items the block goes.
    Links that no block shows any more go as well.
    """
    row = connection.execute(NEWEST, (article_id,)).fetchone()
    if row is None:
        seen_at, crawl_id = connection.execute(
            "SELECT last_fetched_at, last_crawl_id FROM sightings WHERE article_id = ?", (article_id,)
        ).fetchone()
        store_block(connection, article_id, items, heading, seen_at, crawl_id, is_new=True)
        return
    before = connection.execute("SELECT link_id FROM block_items WHERE block_id = ?", row).fetchall()
    connection.execute("DELETE FROM block_items WHERE block_id = ?", row)
    ordered = sorted(items, key=lambda item: item.position)
    keys = [text_key(item) for item in ordered]
    if ordered:
        _insert_items(connection, row[0], keys, ordered)
        connection.execute(
            "UPDATE blocks SET fingerprint = ?, heading = ? WHERE id = ?",
            (_fingerprint(keys), heading, row[0]),
        )
    else:
        connection.execute("DELETE FROM block_moments WHERE block_id = ?", row)
        connection.execute("DELETE FROM blocks WHERE id = ?", row)
    for (link_id,) in before:
        forget_link(connection, link_id)


def forget_link(connection: sqlite3.Connection, link_id: int) -> None:
    """Take the link out when no block shows it."""
    shown = connection.execute("SELECT 1 FROM block_items WHERE link_id = ? LIMIT 1", (link_id,)).fetchone()
    row = connection.execute("SELECT title FROM links WHERE id = ?", (link_id,)).fetchone()
    if shown is None and row is not None:
        search.remove_link(connection, link_id, row[0])
        connection.execute("DELETE FROM links WHERE id = ?", (link_id,))


def _fingerprint(keys: list[int]) -> int:
    """The key of a block: what it shows, in order."""
    return key64(",".join(map(str, keys)))


def text_key(item: RelatedItem) -> int:
    """The key of what an item shows, wherever and at what position it stands."""
    return key64("\0".join((item.url, item.title, item.summary or "", item.date or "")))


def _link_ids(connection: sqlite3.Connection, keys: list[int], items: list[RelatedItem]) -> dict[int, int]:
    """Text key -> id in ``links``; unknown ones are added, linked to their article where it is archived.

    What was forgotten on purpose gets none: its place in the block stays empty.
    """
    marks = ",".join("?" * len(keys))
    found: dict[int, int] = dict(
        connection.execute(f"SELECT text_key, id FROM links WHERE text_key IN ({marks})", keys)
    )
    for key, item in zip(keys, items, strict=True):
        if key not in found and not is_forgotten(connection, item.url):
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
    """Say of every link to ``url`` that it leads to the archived article ``article_id``.

    One that is said to lead to another article already keeps that, unless ``url`` is this one's own address.
    """
    # Asked first: for any UPDATE of a column with a foreign key SQLite takes a savepoint, at which FTS5
    # writes what it has gathered. In the long run an article comes before what links to it: there is none.
    links = connection.execute(
        "SELECT id FROM links WHERE url = ?1 AND (article_id IS NULL OR article_id <> ?2"
        " AND EXISTS (SELECT 1 FROM articles WHERE id = ?2 AND url = ?1))",
        (url, article_id),
    ).fetchall()
    for (link_id,) in links:
        connection.execute("UPDATE links SET article_id = ? WHERE id = ?", (article_id, link_id))
