"""The last words of a crawl whose archive failed: what it could not store, and its own end.

The writer takes nothing any more then. A connection of its own is tried once: the lock that was held too
long may be free by now, a full disk may have room for a few rows. Where it cannot write either, the
addresses are pending all the same, and the next crawl ends the row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from newscrawler.archive import ledger, visits
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.open import open_archive
from newscrawler.archive.rows import transaction

CLASS = "archive"
"""Class of failures of what came and could not be stored."""


def say(
    path: Path,
    lost: Iterable[tuple[str, str]],
    *,
    crawl_id: int,
    most: int,
    now: datetime,
    end: Callable[[Database], None],
) -> bool:
    """Note each of ``lost`` (canonical address, why) as failed, and ``end`` the crawl's row; False: cannot.

    To be called by the holder of the archive's lock.
    """
    try:
        with open_archive(path, create=False) as database, transaction(database):
            for url, detail in lost:
                row = ledger.lookup(database, [url]).get(url)
                if row is not None and row.state in {"pending", "archived", "unchanged"}:
                    visits.fail(
                        *(database, url), error=CLASS, detail=detail, most=most, now=now, crawl_id=crawl_id
                    )
            end(database)
    except (ArchiveError, sqlite3.Error):
        return False
    return True
