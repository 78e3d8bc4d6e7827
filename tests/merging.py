"""What an archive says, by address and without the ids that only it knows: equal unions have equal dumps."""

from __future__ import annotations

import sqlite3
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from newscrawler.archive import open_archive
from newscrawler.archive.check import check
from newscrawler.archive.merge import merge


def crawl(column: str) -> str:
    return f"(SELECT started_at || ' ' || pid FROM crawl_runs WHERE id = {column})"


def names(table: str) -> str:
    pairs = (("sources", "source"), ("editors", "editor"), ("authors", "author"), ("categories", "category"))
    return ", ".join(f"(SELECT name FROM {of} WHERE id = {table}.{one}_id)" for of, one in pairs)


ARTICLE = "(SELECT url FROM articles WHERE id = article_id)"
TEXT = "title, published_at, published_precision, revision, content_key, first_seen_at"

QUERIES: dict[str, str] = {
    "news": "SELECT * FROM news",
    "related_items": "SELECT * FROM related_items",
    "near_duplicates": "SELECT * FROM near_duplicates",
    "crawls": "SELECT * FROM crawls",
    "crawl_runs": "SELECT started_at, finished_at, alive_at, spider, arguments, reason, pid, host, rules"
    " FROM crawl_runs",
    "failures": f"SELECT {crawl('crawl_id')}, class, url, kind, detail, failed_at FROM failures",
    "articles": f"SELECT id, url, url_key, {TEXT}, published_date, revised_at, gone_at,"
    f" {crawl('first_crawl_id')}, {names('articles')} FROM articles",
    "bodies": f"SELECT {ARTICLE}, body, marks, dateline, encoding, found_by FROM bodies",
    "revisions": f"SELECT {ARTICLE}, {TEXT}, body, marks, dateline, encoding, found_by, last_seen_at,"
    f" replaced_at, changed, {crawl('crawl_id')}, {names('revisions')} FROM revisions",
    "images": f"SELECT {ARTICLE}, revision, position, url, caption, paragraph FROM images",
    "moments": f"SELECT {ARTICLE}, revision, seen_at, published_at, published_precision, lacks,"
    f" {crawl('crawl_id')} FROM moments",
    "aliases": f"SELECT url, url_key, {ARTICLE}, reason, first_seen_at FROM aliases",
    "sightings": f"SELECT {ARTICLE}, last_seen_at, last_fetched_at, {crawl('last_crawl_id')} FROM sightings",
    "absences": f"SELECT {ARTICLE}, gone_at, back_at FROM absences",
    "corrections": f"SELECT {ARTICLE}, field, old, new, corrected_at, rules FROM corrections",
    "links": f"SELECT url, title, summary, date, text_key, {ARTICLE} FROM links",
    "blocks": f"SELECT {ARTICLE}, fingerprint, seen_at, last_seen_at, heading, {crawl('crawl_id')}"
    " FROM blocks",
    "block_moments": f"SELECT b.fingerprint, b.seen_at, m.seen_at, {crawl('m.crawl_id')}"
    " FROM block_moments m JOIN blocks b ON b.id = m.block_id",
    "ledger": "SELECT url, url_key, (SELECT name FROM sites WHERE id = site_id), state, discovered_at,"
    f" discovered_on, discovered_as, linked, {crawl('first_crawl_id')}, title, summary, date, attempts,"
    f" last_error, detail, due_at, etag, last_modified, changed_at, {crawl('last_crawl_id')}, guessed,"
    " first_as, first_on FROM ledger",
    "absent": "SELECT (SELECT pattern FROM sequences WHERE id = sequence_id), folder, number,"
    f" {crawl('crawl_id')} FROM absent",
    "channels": "SELECT url, title, kind, first_seen_at, completed_at, etag, last_modified, read_at,"
    f" reached_since, empty_pages, recheck_at, lastmod, {crawl('last_completed_crawl_id')},"
    f" {crawl('since_crawl_id')} FROM channels",
    "menus": "SELECT home, url, linked, kind, seen_at FROM menus",
    "quarantine": "SELECT url, url_key, reason, detail, status, fetched_at, page, payload_key, size,"
    f" first_seen_at, last_seen_at, {crawl('crawl_id')}, (SELECT group_concat(part || hex(payload))"
    " FROM quarantine_parts WHERE quarantine_id = quarantine.id) FROM quarantine",
    "captures": "SELECT c.url, c.fetched_at, c.kind, c.status, c.record, c.file, c.length, c.digest, c.size,"
    f" c.content_type, c.article_key, c.part, {crawl('c.crawl_id')}, o.url, o.fetched_at, o.length"
    " FROM captures c LEFT JOIN captures o ON o.id = c.refers_to",
    "tombstones": "SELECT url, url_key, forgotten_at FROM tombstones",
    "erasures": "SELECT file, offset, length FROM erasures",
    "counts_by_day": "SELECT published_date, (SELECT name FROM sources WHERE id = source_id), articles"
    " FROM counts_by_day",
    "near_pairs": "SELECT * FROM near_pairs",
    "articles_fts": "SELECT id, sz FROM articles_fts_docsize",
}


def dump(archive: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that ``archive`` says, table by table, sorted."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as connection:
        return {name: sorted(connection.execute(sql), key=repr) for name, sql in QUERIES.items()}


def assert_same(one: Path, other: Path) -> None:
    """Both say the same of everything."""
    here, there = dump(one), dump(other)
    for table in here:
        assert here[table] == there[table], table


def assert_whole(archive: Path) -> None:
    """``check`` finds nothing."""
    with open_archive(archive, create=False, read_only=True) as database:
        assert check(database, archive, no_bar).problems == []


def no_bar(*_: object) -> Any:
    """Shows nothing of the progress."""
    return nullcontext(lambda number: None)


def union(*archives: Path, into: str | Path) -> Path:
    """The union of ``archives`` beside the first of them."""
    target = archives[0].parent / into
    merge(archives, target, no_bar)
    return target
