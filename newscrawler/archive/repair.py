"""Making anew what an archive holds twice: indexes, counts, links between rows. Under the archive's lock.

Nothing that was had from the site is touched: texts, revisions and raw pages cannot be made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive import check_texts, counts, duplicates, near, search, visits
from newscrawler.archive.check import RULES, lost_addresses
from newscrawler.archive.pages import folder_of
from newscrawler.archive.problems import Problem
from newscrawler.archive.recovery import recover
from newscrawler.archive.related import link_article
from newscrawler.archive.rows import transaction
from newscrawler.archive.writer import Writer

Progress = Callable[[int], object]
Bar = Callable[[str, int, str], AbstractContextManager[Progress]]

_TEXTS = ("fingerprints", "copies", "near_texts", "near_pairs", "near_links")
REPAIRED = ("search", "counts", "links", "ledger_lost", "ledger_missing", *_TEXTS)
"""Kinds of problems that repair() mends."""


def recover_pages(archive: Path, database: Database) -> None:
    """Raw pages that a crash left without a row get one, torn ends are cut off, as at a crawl's start."""
    with Writer(archive) as writer:
        recover(folder_of(archive), database, writer)


def repair(database: Database, problems: Iterable[Problem], bar: Bar, *, now: datetime) -> list[Problem]:
    """Mend what can be mended of ``problems``; returns those that it mended.

    Each kind is one transaction: interrupted, the archive is as before that kind.
    """
    found = list(problems)
    kinds = {problem.kind for problem in found}
    if "ledger_lost" in kinds:
        _ask_again(database, now)
    if "ledger_missing" in kinds:
        _enter_in_ledger(database, now)
    if "links" in kinds:
        _link_items(database)
    if kinds.intersection(_TEXTS):
        _compare_texts_again(database, bar)
    if "counts" in kinds:
        counts.rebuild_counts(database)
    if "search" in kinds:
        texts = database.table("articles").count + database.table("links").count
        with bar("making the search index", texts, "text") as progress:
            search.rebuild(database, progress)
    return [problem for problem in found if problem.kind in REPAIRED]


def _ask_again(database: Database, now: datetime) -> None:
    """What was said to be archived and is not becomes pending."""
    with transaction(database) as connection:
        connection.executemany(
            "UPDATE ledger SET state = 'pending', attempts = 0, due_at = NULL, etag = NULL,"
            " last_modified = NULL, changed_at = ? WHERE url_key = ?",
            [(clock.iso(now), identity.key64(url)) for url in lost_addresses(connection)],
        )


def _enter_in_ledger(database: Database, now: datetime) -> None:
    """Archived articles of which the ledger knows nothing are entered as such."""
    with transaction(database) as connection:
        rows = connection.execute(f"SELECT a.url, a.site_id {RULES['ledger_missing']}").fetchall()
        for url, site in rows:
            visits.settle(connection, url, site, "unchanged", clock.iso(now), None)


def _link_items(database: Database) -> None:
    """Related items whose article is archived point to it."""
    with transaction(database) as connection:
        rows = connection.execute(f"SELECT DISTINCT a.id, a.url {RULES['links']}").fetchall()
        for article_id, url in rows:
            link_article(connection, article_id, url)


def _compare_texts_again(database: Database, bar: Bar) -> None:
    """Fingerprints, then exact copies, then near-duplicates: each is made of the one before."""
    with transaction(database) as connection:
        wrong = list(check_texts.wrong_fingerprints(connection))
        connection.executemany(
            "UPDATE articles SET content_key = ?, duplicate_of = NULL WHERE id = ?",
            [(right, number) for number, _, right, _ in wrong],
        )
        keys = {key for _, _, *both in wrong for key in both}
        for url in check_texts.wrong_copies(connection):
            row = connection.execute(
                "SELECT content_key FROM articles WHERE url_key = ?", (identity.key64(url),)
            ).fetchone()
            keys.add(row[0])
        connection.execute(
            "UPDATE articles SET duplicate_of = NULL WHERE content_key IS NULL AND duplicate_of IS NOT NULL"
        )
        for key in keys:
            duplicates.regroup(connection, key)
        texts = connection.execute(
            "SELECT count(*) FROM articles WHERE duplicate_of IS NULL AND content_key IS NOT NULL"
        ).fetchone()[0]
        with bar("comparing texts", texts, "text") as progress:
            near.rebuild(connection, progress)
