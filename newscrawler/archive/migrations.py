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

_TYPES = {"int": int, "str": str, "float": float, "bytes": bytes}

_REFERENCES = {
    **{"site_id": "sites", "source_id": "sources", "editor_id": "editors"},
    **{"author_id": "authors", "category_id": "categories"},
    **{"article_id": "articles", "duplicate_of": "articles", "first_id": "articles"},
    **{"crawl_id": "crawl_runs", "first_crawl_id": "crawl_runs", "last_completed_crawl_id": "crawl_runs"},
    **{"since_crawl_id": "crawl_runs"},
    **{"quarantine_id": "quarantine"},
    **{"refers_to": "captures"},
    **{"sequence_id": "sequences"},
    **{"series_id": "series", "layout_id": "layouts", "reading_id": "readings"},
    **{"found_crawl_id": "crawl_runs"},
}
"""Column name -> the table whose ``id`` it holds, the same in every table."""


def _create(db: Database, table: str, columns: str, pk: str | tuple[str, ...] = "id", **options: Any) -> None:
    """A STRICT table. ``columns``: name and type (``!``: not null), separated by commas or line ends.

    Column names decide the foreign keys (_REFERENCES); what follows ``--`` says what a column holds.
    """
    types: dict[str, Any] = {}
    not_null = set()
    for line in columns.strip().splitlines():
        for column in line.split("--")[0].split(","):
            name, kind = column.split()
            types[name] = _TYPES[kind.rstrip("!")]
            if kind.endswith("!"):
                not_null.add(name)
    foreign_keys = [(name, _REFERENCES[name], "id") for name in types if name in _REFERENCES]
    db.table(table).create(types, pk=pk, not_null=not_null, foreign_keys=foreign_keys, strict=True, **options)


def _index(db: Database, table: str, *columns: str, unique: bool = False) -> None:
    db.table(table).create_index(list(columns), unique=unique)


def _index_where_set(db: Database, table: str, column: str) -> None:
    """For columns that are mostly NULL; sqlite-utils has no word for partial indexes."""
    db.execute(f"CREATE INDEX idx_{table}_{column}_set ON {table}({column}) WHERE {column} IS NOT NULL")


@migrations()
def m001_articles(db: Database) -> None:
    """Names, crawls, articles with their bodies, revisions, pictures, aliases and sightings."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")  # part of the transaction, like the tables
    for table in NAME_TABLES:
        _create(db, table, "id int, name str!")
        _index(db, table, "name", unique=True)
    _create_crawl_runs(db)
    _create_articles(db)
    _create_revisions(db)
    _create_addresses_and_sightings(db)


def _create_crawl_runs(db: Database) -> None:
    _create(
        db,
        "crawl_runs",
        """
        id int, started_at str!, finished_at str
        alive_at str        -- last sign of life: what an interrupted crawl gets as its end
        spider str!
        arguments str       -- JSON
        reason str
        requests int, new int, updated int, unchanged int, failed int, quarantined int
        exit_code int, pid int, host str
        stats str           -- JSON
        """,
    )
    # Only crawls that run (or died) are in it, so closing the dead ones costs nothing.
    db.execute("CREATE INDEX idx_crawl_runs_open ON crawl_runs(id) WHERE finished_at IS NULL")


def _create_articles(db: Database) -> None:
    _create(
        db,
        "articles",
        """
        id int              -- in order of publication (identity.article_id); never changes
        url str!            -- canonical
        url_key int!, site_id int!, title str, published_at str
        published_date str  -- stored: facets and day pages must not compute it
        published_precision str, source_id int, editor_id int, author_id int, category_id int, revision int!
        revised_at str      -- when this revision was first seen; NULL for revision 1
        content_key int     -- identity.fingerprint; NULL without a body
        duplicate_of int, first_seen_at str!, gone_at str, first_crawl_id int
        """,
        defaults={"revision": 1},
    )
    _index(db, "articles", "url_key", unique=True)
    _index(db, "articles", "url")  # `news` is asked by url, and SQL cannot make a key of it
    _index(db, "articles", "content_key", "duplicate_of")
    for column in ("published_at", "published_date", "site_id", "source_id", "editor_id", "author_id"):
        _index(db, "articles", column)
    _index(db, "articles", "category_id")
    _index(db, "articles", "first_crawl_id")
    _index_where_set(db, "articles", "duplicate_of")
    _index_where_set(db, "articles", "gone_at")
    _create(
        db,
        "bodies",  # apart from `articles`, so that lists, counts and facets read the narrow table
        """
        article_id int
        body str!           -- paragraphs joined by one blank line
        marks str           -- a letter a paragraph (newscrawler.items.MARKS); NULL: all plain
        dateline str        -- the raw line from which time, source, editor and author were read
        encoding str
        found_by str        -- JSON: field -> the rule that found it
        """,
        pk="article_id",
    )


def _create_revisions(db: Database) -> None:
    """What an article said before it changed: a row for each revision but the present one."""
    _create(
        db,
        "revisions",
        """
        id int, article_id int!, revision int!, title str, body str, marks str, dateline str
        published_at str, published_precision str
        source_id int, editor_id int, author_id int, category_id int
        content_key int, encoding str, found_by str, first_seen_at str!
        last_seen_at str!   -- the last fetch that still found this text
        replaced_at str!    -- the first fetch that found another
        changed str         -- JSON: the fields in which the next revision differs
        crawl_id int        -- the crawl that found the change
        """,
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
            paragraph INTEGER, -- how many paragraphs stand before it
            PRIMARY KEY (article_id, revision, position)
        ) STRICT, WITHOUT ROWID"""
    )


def _create_addresses_and_sightings(db: Database) -> None:
    _create(
        db,
        "aliases",  # every other address that led to an article; one may lead to two in the course of years
        "id int, url_key int!, url str!, article_id int!, reason str!, first_seen_at str!",
    )
    _index(db, "aliases", "url_key", "article_id", unique=True)
    _index(db, "aliases", "article_id")
    _create(
        db,
        "sightings",  # apart from `articles`: seeing a page again must not touch its row
        """
        article_id int
        last_seen_at str!    -- anywhere: its own page or a listing
        last_fetched_at str! -- its own page
        last_crawl_id int
        """,
        pk="article_id",
    )
    _create(db, "absences", "id int, article_id int!, gone_at str!, back_at str")
    _index(db, "absences", "article_id")


@migrations()
def m002_related(db: Database) -> None:
    """Related items: each distinct text once (links), each showing of a block as rows of numbers."""
    _create(
        db,
        "links",
        """
        id int
        text_key int!       -- of url, title, summary and date together
        url str!, title str!, summary str, date str
        article_id int      -- the archived article, once it is known
        """,
    )
    _index(db, "links", "text_key", unique=True)
    _index(db, "links", "url")
    _index_where_set(db, "links", "article_id")
    _create(
        db,
        "blocks",
        """
        id int, article_id int!
        fingerprint int!    -- of its links in order
        seen_at str!, last_seen_at str!, heading str, crawl_id int
        """,
    )
    _index(db, "blocks", "article_id")
    _index(db, "blocks", "seen_at")  # what was pushed on a day
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
            linked TEXT, -- the forms in which it was linked, where not the canonical one; one a line
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
    _create_due_indexes(db)
    _index_where_set(db, "ledger", "last_error")  # failures by class
    _index_where_set(db, "ledger", "date")  # what became of the addresses of a day
    _create_channels(db)
    _create_quarantine(db)


def _create_due_indexes(db: Database) -> None:
    """What a crawl asks for at its start, small and in the order in which it is taken.

    Most rows are archived and never due again; sqlite-utils has no word for partial indexes.
    """
    for name, condition in (
        ("pending", "state = 'pending' AND discovered_as IS NOT 'related'"),
        ("related", "state = 'pending' AND discovered_as IS 'related'"),
        ("revisits", "state IN ('archived', 'unchanged') AND due_at IS NOT NULL"),
    ):
        db.execute(f"CREATE INDEX idx_ledger_due_{name} ON ledger(site_id, due_at) WHERE {condition}")


def _create_channels(db: Database) -> None:
    _create(
        db,
        "channels",
        """
        id int, url str!, title str
        kind str            -- listing, not_a_listing (no articles), refused (4xx, robots.txt)
        first_seen_at str!, last_completed_crawl_id int
        completed_at str    -- NULL until a crawl walked it to its end
        etag str, last_modified str -- of its first page, as a completed walk had it
        read_at str         -- when a completed walk last read the first page (not: found it unmodified)
        since_crawl_id int  -- the last crawl that walked down to…
        reached_since str   -- …this day, YYYY-MM-DD in the site's zone
        empty_pages int     -- pages of the walk that ended at a page without articles; NULL: none did
        recheck_at str      -- not asked for before: it was no listing
        """,
    )
    _index(db, "channels", "url", unique=True)
    _create(
        db,
        "menus",  # which channels a home page showed: an unmodified one (304) must still lead to them
        """
        id int, home str!   -- canonical address of the home page
        url str!            -- canonical address of the channel
        linked str!         -- as the home page links it
        seen_at str!        -- the latest time of a home page marks what it shows now
        """,
    )
    _index(db, "menus", "home", "url", unique=True)


def _create_quarantine(db: Database) -> None:
    _create(
        db,
        "quarantine",
        """
        id int, url_key int!, url str!, site_id int!, reason str!, detail str, status int, fetched_at str
        page str            -- JSON: what is needed to run the page again (zone, hints, listed, aliases)
        payload_key int!, size int, first_seen_at str!, last_seen_at str!, crawl_id int
        """,
    )
    _index(db, "quarantine", "url_key", "payload_key", "reason", unique=True)
    columns = "quarantine_id int, part int, url str, content_type str, payload bytes -- zlib"
    _create(db, "quarantine_parts", columns, pk=("quarantine_id", "part"))


@migrations()
def m004_near_duplicates(db: Database) -> None:
    """The index that finds near-duplicates, the pairs it found, and the clusters behind the view.

    ``text_key`` is articles.content_key: exact copies are one text. Without rowids, so that the texts
    with a phrase stand side by side and there is one tree to write.
    """
    db.execute(
        """CREATE TABLE near_phrases (
            phrase INTEGER NOT NULL, -- one of newscrawler.archive.alike.Text.sketch
            text_key INTEGER NOT NULL,
            marks BLOB NOT NULL, -- of all the text's phrases, the same in each of its rows
            PRIMARY KEY (phrase, text_key)
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE near_pairs (
            text_key INTEGER NOT NULL, -- each pair stands here twice, once in either direction
            other_key INTEGER NOT NULL,
            similarity REAL NOT NULL,
            numbers INTEGER NOT NULL, -- how many stand in the same place in both
            numbers_same INTEGER NOT NULL, -- how many of these are the same number
            PRIMARY KEY (text_key, other_key)
        ) STRICT, WITHOUT ROWID"""
    )
    columns = "article_id int, first_id int!, similarity float!"
    _create(db, "near_duplicate_links", columns, pk="article_id")
    _index(db, "near_duplicate_links", "first_id")


@migrations()
def m005_counts(db: Database) -> None:
    """Counts that pages need and a million articles make slow; newscrawler.archive.counts keeps them."""
    for table, columns in (
        ("counts_by_day", ("published_date", "source_id")),
        ("counts_by_name", ("source_id", "category_id", "editor_id", "site_id")),
    ):
        # No primary key may hold NULL here: 0 and '' stand for it.
        texts = {"published_date": ("TEXT", "''")}
        kinds = ", ".join(f"{c} {texts.get(c, ('INTEGER',))[0]} NOT NULL" for c in columns)
        db.execute(
            f"CREATE TABLE {table} ({kinds}, articles INTEGER NOT NULL, PRIMARY KEY ({', '.join(columns)}))"
            " STRICT, WITHOUT ROWID"
        )
        keys = ", ".join(f"ifnull({c}, {texts.get(c, ('', '0'))[1]})" for c in columns)
        groups = ", ".join(str(number) for number in range(1, len(columns) + 1))
        db.execute(f"INSERT INTO {table} SELECT {keys}, count(*) FROM articles GROUP BY {groups}")
    # What was pushed and is not archived, and which revisions are silent edits or new headlines:
    # few rows among many, each list read from its newest end.
    db.execute("CREATE INDEX idx_links_not_archived ON links(id) WHERE article_id IS NULL")
    db.execute(
        "CREATE INDEX idx_revisions_silent ON revisions(id)"
        " WHERE instr(changed, '\"body\"') AND NOT instr(changed, '\"published_at\"')"
    )
    db.execute("CREATE INDEX idx_revisions_title ON revisions(id) WHERE instr(changed, '\"title\"')")


@migrations()
def m006_search(db: Database) -> None:
    """Full-text indexes of articles and related items; newscrawler.archive.search fills them, also these.

    ascii takes every other character for a letter: terms.py alone decides what a word is, not the Unicode
    tables of this or that SQLite. Beginnings of two and four characters are kept, so that AI and 2025, which
    may go on, are read from their newest end too; single characters (all the Chinese ones) are no such
    beginnings. Merging eight segments at a time, not four, saves a tenth of the writing.
    """
    options = "content='', tokenize='ascii', prefix='2 4'"
    for table, columns in (("articles_fts", "title, body"), ("links_fts", "title")):
        db.execute(f"CREATE VIRTUAL TABLE {table} USING fts5({columns}, {options})")
        db.execute(f"INSERT INTO {table}({table}, rank) VALUES ('automerge', 8)")


@migrations()
def m007_captures(db: Database) -> None:
    """Which answer is kept where in the WARC files, and for which article it was fetched."""
    _create(
        db,
        "captures",
        """
        id int, url_key int!, url str!, fetched_at str!
        kind str!           -- what was asked for: article, listing
        status int!
        record str!         -- response; revisit: headers alone
        file str!           -- in <archive>.pages
        offset int!, length int!
        digest str          -- of the payload as received; NULL for a 304
        size int!           -- of the payload as received
        content_type str
        article_key int     -- url_key of the article or alias for which it was asked
        part int, crawl_id int
        refers_to int       -- where the payload of a revisit is
        """,
    )
    _index(db, "captures", "file", "offset", unique=True)
    _index(db, "captures", "url_key")
    _index_where_set(db, "captures", "article_key")
    _index_where_set(db, "captures", "refers_to")


@migrations()
def m008_corrections(db: Database) -> None:
    """What mended rules read differently from the same pages, and the runs that found it."""
    _create(
        db,
        "corrections",
        """
        id int, article_id int!
        field str!          -- as in newscrawler.archive.corrections.FIELDS
        old str, new str    -- lists as JSON
        corrected_at str!
        rules str!          -- the version of the rules that read it so
        """,
    )
    _index(db, "corrections", "article_id")
    _create(
        db,
        "reextractions",
        """
        id int, started_at str!, finished_at str, rules str!
        selection str!      -- JSON: which articles
        reached int!        -- the last article that was looked at; -1: given up
        looked_at int!      -- how many were
        last_crawl_id int!  -- the newest crawl when it began
        """,
    )
    _create(
        db,
        "proposals",  # what a run found and has not written yet; empty when none is under way
        """
        article_id int
        article str!        -- JSON: as today's rules read it
        changes str!        -- JSON: field, old, new
        """,
        pk="article_id",
    )


@migrations()
def m009_forgotten(db: Database) -> None:
    """Addresses that were forgotten on purpose, and raw pages of theirs that are not overwritten yet."""
    _create(db, "tombstones", "id int, url_key int!, url str!, forgotten_at str!")
    _index(db, "tombstones", "url_key", unique=True)
    _create(db, "erasures", "id int, file str!, offset int!, length int!")


@migrations()
def m010_near_index(db: Database) -> None:
    """The index of near-duplicates in rows a fifth as wide, the latest of them apart: see near_index.py.

    Filled from the old one, no text is read. Numbers rise with the time of publication.
    """
    db.execute("ALTER TABLE near_phrases RENAME TO near_phrases_before")
    db.execute(
        """CREATE TABLE near_texts (
            id INTEGER PRIMARY KEY,
            text_key INTEGER NOT NULL, -- articles.content_key
            marks BLOB NOT NULL, -- of all its phrases (newscrawler.archive.alike.written)
            facts BLOB -- numbers and names (newscrawler.archive.alike.Facts); NULL: not measured yet
        ) STRICT"""
    )
    for table in ("near_phrases", "near_recent"):
        db.execute(
            f"""CREATE TABLE {table} (
                phrase INTEGER NOT NULL, -- one of newscrawler.archive.alike.Text.sketch
                text_id INTEGER NOT NULL, -- near_texts.id
                PRIMARY KEY (phrase, text_id)
            ) STRICT, WITHOUT ROWID"""
        )
    db.execute(
        "INSERT INTO near_texts(text_key, marks) SELECT b.text_key, b.marks"
        " FROM (SELECT DISTINCT text_key, marks FROM near_phrases_before) b LEFT JOIN articles a"
        " ON a.content_key = b.text_key AND a.duplicate_of IS NULL ORDER BY a.id, b.text_key"
    )
    db.execute(
        "INSERT OR IGNORE INTO near_phrases(phrase, text_id) SELECT b.phrase >> 32, t.id"
        " FROM near_phrases_before b JOIN near_texts t ON t.text_key = b.text_key ORDER BY 1, 2"
    )
    db.execute("DROP TABLE near_phrases_before")


@migrations()
def m011_other_ways_in(db: Database) -> None:
    """Feeds and sitemaps beside listings: where each address was first seen, and what was read of them."""
    for table, column in (
        ("ledger", "first_as"),  # feed, sitemap, related: how it was first seen, where a listing came later
        ("ledger", "first_on"),  # NULL, both: as in discovered_as and discovered_on
        ("channels", "lastmod"),  # of a sitemap: what its index said when it was read to its end
        ("menus", "kind"),  # feed; NULL: a channel
    ):
        db.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")


@migrations()
def m012_numbers(db: Database) -> None:
    """Ids that rise with time: which number of which sequence each address is, and which have no page.

    newscrawler.archive.numbers fills the columns, also these. ``guessed``: no page had shown the address when
    it was asked for, whatever did later (``discovered_as``). ``absent`` is the ledger of what was guessed
    and never existed: millions of rows, so they are narrow.
    """
    _create(db, "sequences", "id int, site_id int, pattern str!")
    _index(db, "sequences", "pattern", unique=True)
    db.execute("INSERT INTO sequences(id, pattern) VALUES (0, '')")  # of addresses without a number
    for column in (
        "sequence_id INTEGER REFERENCES sequences(id)",
        "folder TEXT",
        "number INTEGER",
        "guessed INTEGER",
    ):
        db.execute(f"ALTER TABLE ledger ADD COLUMN {column}")
    db.execute("CREATE INDEX idx_ledger_unnumbered ON ledger(id) WHERE sequence_id IS NULL")
    db.execute(
        "CREATE INDEX idx_ledger_numbers ON ledger(sequence_id, folder, state, number) WHERE sequence_id > 0"
    )
    db.execute(
        "CREATE INDEX idx_ledger_guessed ON ledger(sequence_id, folder, state, number) WHERE guessed = 1"
    )
    db.execute(
        """CREATE TABLE absent (
            sequence_id INTEGER NOT NULL REFERENCES sequences(id),
            folder TEXT NOT NULL, -- the month or day under which the number was asked for
            number INTEGER NOT NULL,
            crawl_id INTEGER REFERENCES crawl_runs(id), -- the crawl that was told so
            PRIMARY KEY (sequence_id, folder, number)
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX idx_absent_crawl_id ON absent(crawl_id)")


@migrations()
def m014_moments(db: Database) -> None:
    """When else a text or a block was seen, as far as no other column says so; written by merging alone.

    A crawl alone knows of each revision and block when it was first and last seen. Two archives together know
    of moments in between, and these decide where a third archive's texts belong.
    """
    _create(
        db,
        "moments",
        """
        id int, article_id int!, revision int!, seen_at str!
        published_at str, published_precision str -- as it was read then
        lacks str           -- JSON: the fields that were not shown then
        crawl_id int
        """,
    )
    _index(db, "moments", "article_id")
    db.execute(
        """CREATE TABLE block_moments (
            id INTEGER PRIMARY KEY,
            block_id INTEGER NOT NULL REFERENCES blocks(id),
            seen_at TEXT NOT NULL,
            crawl_id INTEGER REFERENCES crawl_runs(id)
        ) STRICT"""
    )
    _index(db, "block_moments", "block_id")


@migrations()
def m015_failures(db: Database) -> None:
    """What failed in each crawl, an address and a class a row; without rowids, since it is read by crawl."""
    db.execute(
        """CREATE TABLE failures (
            crawl_id INTEGER NOT NULL REFERENCES crawl_runs(id),
            class TEXT NOT NULL, -- newscrawler.archive.ledger_list.ERROR_CLASSES
            url TEXT NOT NULL, -- canonical, of an article; of a listing as it was asked for
            kind TEXT NOT NULL, -- article, listing
            detail TEXT,
            failed_at TEXT NOT NULL,
            PRIMARY KEY (crawl_id, class, url)
        ) STRICT, WITHOUT ROWID"""
    )


@migrations()
def m013_rules(db: Database) -> None:
    """Which version of the rules read the pages of a crawl; NULL for crawls before this was noted."""
    db.table("crawl_runs").add_column("rules", str)


@migrations()
def m015_yields(db: Database) -> None:
    """What each crawl brought, a narrow row a page, what troubles were found in it, and who is to be told."""
    for table in ("series", "layouts", "readings"):
        _create(db, table, "id int, name str!")
        _index(db, table, "name", unique=True)
    _create(
        db,
        "yields",  # of pages that ordinary crawls met for the first time; newscrawler.archive.yields
        """
        id int, series_id int!, crawl_id int!
        article_id int      -- NULL: the page was no article
        layout_id int       -- the template it came in
        reading_id int      -- JSON: field -> the rule that found it
        reason str          -- why it was no article
        chars int!, images int!, related int!
        """,
    )
    _index(db, "yields", "series_id", "crawl_id")
    _index_where_set(db, "yields", "article_id")
    db.execute(
        """CREATE TABLE channel_hours (
            url TEXT NOT NULL, -- of the channel, canonical
            hour TEXT NOT NULL, -- UTC, YYYY-MM-DDTHH
            new REAL NOT NULL, -- addresses that its listing showed for the first time
            PRIMARY KEY (url, hour)
        ) STRICT, WITHOUT ROWID"""
    )
    _create(
        db,
        "troubles",
        """
        id int, series_id int!
        kind str!           -- field, rule, length, layout, quarantine, silence, scarce
        subject str!        -- which field, layout, channel
        began_at str!       -- as far as the pages show
        found_at str!
        ended_at str        -- NULL while it lasts
        accepted_at str     -- somebody said that it is as it should be
        first_crawl_id int! -- of the pages that showed it
        found_crawl_id int!, last_crawl_id int!
        pages int!          -- how many of the newest pages were looked at together
        place str!          -- the template that shows it; '': all
        sentence str!       -- what changed
        examples str!       -- JSON: addresses
        command str!        -- to look at it
        """,
    )
    db.execute(
        "CREATE UNIQUE INDEX idx_troubles_open ON troubles(series_id, kind, subject) WHERE ended_at IS NULL"
    )
    _create(
        db,
        "notices",  # one for each report and way; a way is a command, an address, a service
        """
        id int, crawl_id int!, way str!, subject str!, text str!, created_at str!
        sent_at str         -- NULL until it was delivered
        attempts int!, last_error str
        """,
        defaults={"attempts": 0},
    )
    db.execute("CREATE INDEX idx_notices_waiting ON notices(id) WHERE sent_at IS NULL")


@migrations()
def m016_merging(db: Database) -> None:
    """Segments of the search index are merged in the writer's pauses (upkeep.py), and by FTS5 only late."""
    for table in ("articles_fts", "links_fts"):
        for option, segments in (("automerge", 64), ("usermerge", 16), ("crisismerge", 256)):
            db.execute(f"INSERT INTO {table}({table}, rank) VALUES ('{option}', {segments})")
