"""The tables of an archive, as sqlite-utils migrations.

Imports nothing but sqlite_utils, so that ``sqlite-utils migrate archive.db
newscrawler/archive/migrations.py`` works on it. A migration that was released is never edited:
a change is a new function at the end. Views live in views.py and are renewed at every opening.

Conventions: times are ISO 8601 text, UTC where we wrote them (``…_at``) and with the site's offset
in ``published_at``; ``…_key`` is a signed 64-bit hash (newscrawler.identity.key64) that makes the
unique index a quarter as wide as the text; tables are STRICT, so a wrong type is an error at once.
"""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x6E657773
"""``news`` in ASCII (1852143475): the mark in the file's header by which an archive is known as ours."""

migrations = Migrations("newscrawler")

NAME_TABLES = ("sites", "sources", "editors", "authors", "categories")
"""Small tables of names, so that Datasette shows the name and facets by it."""


def _create(db: Database, table: str, columns: dict[str, Any], **options: Any) -> None:
    """A STRICT table with an ``id`` as primary key unless ``pk`` says otherwise."""
    db.table(table).create(columns, pk=options.pop("pk", "id"), strict=True, **options)


def _index(db: Database, table: str, *columns: str, unique: bool = False) -> None:
    db.table(table).create_index(list(columns), unique=unique)


@migrations()
def m001_articles(db: Database) -> None:
    """Names, crawls, articles with their bodies, revisions, pictures, aliases and sightings."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")  # part of the transaction, like the tables
    for table in NAME_TABLES:
        _create(db, table, {"id": int, "name": str}, not_null={"name"})
        _index(db, table, "name", unique=True)
    _create_crawl_runs(db)
    _create_articles(db)
    _create_revisions(db)
    _create_addresses_and_sightings(db)


def _create_crawl_runs(db: Database) -> None:
    counts = ("requests", "new", "updated", "unchanged", "failed", "quarantined")
    _create(
        db,
        "crawl_runs",
        {
            "id": int,
            "started_at": str,
            "finished_at": str,
            "alive_at": str,  # last sign of life: what an interrupted crawl gets as its end
            "spider": str,
            "arguments": str,  # JSON
            "reason": str,
            **dict.fromkeys(counts, int),
            "exit_code": int,
            "pid": int,
            "host": str,
            "stats": str,  # JSON
        },
        not_null={"started_at", "spider"},
    )
    # Only crawls that run (or died) are in it, so closing the dead ones costs nothing.
    db.execute("CREATE INDEX idx_crawl_runs_open ON crawl_runs(id) WHERE finished_at IS NULL")


def _create_articles(db: Database) -> None:
    _create(
        db,
        "articles",
        {
            "id": int,  # in order of publication (identity.article_id); never changes
            "url": str,  # canonical
            "url_key": int,
            "site_id": int,
            "title": str,
            "published_at": str,
            "published_date": str,  # stored: facets and day pages must not compute it
            "published_precision": str,
            "source_id": int,
            "editor_id": int,
            "author_id": int,
            "category_id": int,
            "revision": int,
            "revised_at": str,  # when this revision was first seen; NULL for revision 1
            "content_key": int,  # identity.fingerprint; NULL without a body
            "duplicate_of": int,
            "first_seen_at": str,
            "gone_at": str,
            "first_crawl_id": int,
        },
        not_null={"url", "url_key", "site_id", "revision", "first_seen_at"},
        defaults={"revision": 1},
        foreign_keys=[
            ("site_id", "sites", "id"),
            ("source_id", "sources", "id"),
            ("editor_id", "editors", "id"),
            ("author_id", "authors", "id"),
            ("category_id", "categories", "id"),
            ("duplicate_of", "articles", "id"),
            ("first_crawl_id", "crawl_runs", "id"),
        ],
    )
    _index(db, "articles", "url_key", unique=True)
    _index(db, "articles", "content_key", "duplicate_of")
    for column in (
        "url",  # `news` is asked by url, and SQL cannot make a key of it
        "published_at",
        "published_date",
        "site_id",
        "source_id",
        "editor_id",
        "author_id",
        "category_id",
        "first_crawl_id",
    ):
        _index(db, "articles", column)
    db.execute(
        "CREATE INDEX idx_articles_duplicates ON articles(duplicate_of) WHERE duplicate_of IS NOT NULL"
    )
    db.execute("CREATE INDEX idx_articles_gone ON articles(gone_at) WHERE gone_at IS NOT NULL")
    _create(
        db,
        "bodies",  # apart from `articles`, so that lists, counts and facets read the narrow table
        {"article_id": int, "body": str, "dateline": str, "encoding": str, "found_by": str},
        pk="article_id",
        not_null={"body"},
        foreign_keys=[("article_id", "articles", "id")],
    )


def _create_revisions(db: Database) -> None:
    """What an article said before it changed: a row for each revision but the present one."""
    _create(
        db,
        "revisions",
        {
            "id": int,
            "article_id": int,
            "revision": int,
            "title": str,
            "body": str,
            "dateline": str,
            "published_at": str,
            "published_precision": str,
            "source_id": int,
            "editor_id": int,
            "author_id": int,
            "category_id": int,
            "content_key": int,
            "encoding": str,
            "found_by": str,
            "first_seen_at": str,
            "last_seen_at": str,  # the last fetch that still found this text
            "replaced_at": str,  # the first fetch that found another
            "changed": str,  # JSON: the fields in which the next revision differs
            "crawl_id": int,  # the crawl that found the change
        },
        not_null={"article_id", "revision", "first_seen_at", "last_seen_at", "replaced_at"},
        foreign_keys=[
            ("article_id", "articles", "id"),
            ("source_id", "sources", "id"),
            ("editor_id", "editors", "id"),
            ("author_id", "authors", "id"),
            ("category_id", "categories", "id"),
            ("crawl_id", "crawl_runs", "id"),
        ],
    )
    _index(db, "revisions", "article_id", "revision", unique=True)
    # A picture belongs to the revision that showed it. sqlite-utils has no word for WITHOUT ROWID,
    # which keeps the pictures of an article side by side and saves the second tree.
    db.execute(
        """CREATE TABLE images (
            article_id INTEGER NOT NULL REFERENCES articles(id),
            revision INTEGER NOT NULL,
            position INTEGER NOT NULL,
            url TEXT NOT NULL,
            caption TEXT,
            PRIMARY KEY (article_id, revision, position)
        ) STRICT, WITHOUT ROWID"""
    )


def _create_addresses_and_sightings(db: Database) -> None:
    _create(
        db,
        "aliases",  # every other address that led to an article; one may lead to two in the course of years
        {"id": int, "url_key": int, "url": str, "article_id": int, "reason": str, "first_seen_at": str},
        not_null={"url_key", "url", "article_id", "reason", "first_seen_at"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    _index(db, "aliases", "url_key", "article_id", unique=True)
    _index(db, "aliases", "article_id")
    _create(
        db,
        "sightings",  # apart from `articles`: seeing a page again must not touch its row
        {"article_id": int, "last_seen_at": str, "last_fetched_at": str, "last_crawl_id": int},
        pk="article_id",
        not_null={"last_seen_at", "last_fetched_at"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    _create(
        db,
        "absences",  # when an article was found gone, and when it was back
        {"id": int, "article_id": int, "gone_at": str, "back_at": str},
        not_null={"article_id", "gone_at"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    _index(db, "absences", "article_id")


@migrations()
def m002_related(db: Database) -> None:
    """Related items: each distinct text once (links), each showing of a block as rows of numbers."""
    _create(
        db,
        "links",
        {
            "id": int,
            "text_key": int,  # of url, title, summary and date together
            "url": str,
            "title": str,
            "summary": str,
            "date": str,
            "article_id": int,  # the archived article, once it is known
        },
        not_null={"text_key", "url", "title"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    _index(db, "links", "text_key", unique=True)
    _index(db, "links", "url")
    db.execute("CREATE INDEX idx_links_article ON links(article_id) WHERE article_id IS NOT NULL")
    _create(
        db,
        "blocks",
        {
            "id": int,
            "article_id": int,
            "fingerprint": int,  # of its links in order
            "seen_at": str,
            "last_seen_at": str,
            "heading": str,
            "crawl_id": int,
        },
        not_null={"article_id", "fingerprint", "seen_at", "last_seen_at"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    _index(db, "blocks", "article_id")
    db.execute(
        """CREATE TABLE block_items (
            block_id INTEGER NOT NULL REFERENCES blocks(id),
            position INTEGER NOT NULL,
            link_id INTEGER NOT NULL REFERENCES links(id),
            PRIMARY KEY (block_id, position)
        ) STRICT, WITHOUT ROWID"""
    )
    _index(db, "block_items", "link_id")


@migrations()
def m003_ledger(db: Database) -> None:
    """Every discovered address with its state, the listing channels, and the pages that fitted nothing."""
    db.execute(
        """CREATE TABLE ledger (
            id INTEGER PRIMARY KEY,
            url_key INTEGER NOT NULL,
            url TEXT NOT NULL,
            site_id INTEGER NOT NULL REFERENCES sites(id),
            state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
                ('pending', 'archived', 'unchanged', 'gone', 'failed', 'quarantined', 'disallowed')),
            discovered_at TEXT NOT NULL,
            discovered_on TEXT, -- the listing or article page that showed it
            discovered_as TEXT, -- listing, related, start
            first_crawl_id INTEGER REFERENCES crawl_runs(id),
            title TEXT, -- title, summary, date: what the listing said
            summary TEXT,
            date TEXT,
            attempts INTEGER NOT NULL DEFAULT 0, -- failures since the last success
            last_error TEXT, -- its class
            detail TEXT,
            due_at TEXT, -- not before; NULL: at once when pending, never otherwise
            etag TEXT,
            last_modified TEXT,
            changed_at TEXT NOT NULL, -- when the state last changed
            last_crawl_id INTEGER
        ) STRICT"""
    )
    _index(db, "ledger", "url_key", unique=True)
    _index(db, "ledger", "state", "site_id", "due_at")
    _create(
        db,
        "channels",
        {
            "id": int,
            "url": str,
            "title": str,
            "first_seen_at": str,
            "last_completed_crawl_id": int,
            "completed_at": str,
            "etag": str,
            "last_modified": str,
        },
        not_null={"url", "first_seen_at"},
        foreign_keys=[("last_completed_crawl_id", "crawl_runs", "id")],
    )
    _index(db, "channels", "url", unique=True)
    _create_quarantine(db)


def _create_quarantine(db: Database) -> None:
    _create(
        db,
        "quarantine",
        {
            "id": int,
            "url_key": int,
            "url": str,
            "site_id": int,
            "reason": str,
            "detail": str,
            "status": int,
            "fetched_at": str,
            "page": str,  # JSON: what is needed to run the page again (zone, hints, listed, aliases)
            "payload_key": int,
            "size": int,
            "first_seen_at": str,
            "last_seen_at": str,
            "crawl_id": int,
        },
        not_null={"url_key", "url", "site_id", "reason", "payload_key", "first_seen_at", "last_seen_at"},
        foreign_keys=[("site_id", "sites", "id"), ("crawl_id", "crawl_runs", "id")],
    )
    _index(db, "quarantine", "url_key", "payload_key", "reason", unique=True)
    _create(
        db,
        "quarantine_parts",
        {"quarantine_id": int, "part": int, "url": str, "content_type": str, "payload": bytes},  # zlib
        pk=("quarantine_id", "part"),
        foreign_keys=[("quarantine_id", "quarantine", "id")],
    )


@migrations()
def m004_near_duplicates(db: Database) -> None:
    """The clusters behind the view of the same name; empty until near-duplicates are looked for."""
    _create(
        db,
        "near_duplicate_links",
        {"article_id": int, "first_id": int, "similarity": float},
        pk="article_id",
        not_null={"first_id", "similarity"},
        foreign_keys=[("article_id", "articles", "id"), ("first_id", "articles", "id")],
    )
    _index(db, "near_duplicate_links", "first_id")
