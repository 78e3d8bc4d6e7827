"""A union that is made takes its place: its raw pages, then the target's database, in one step each."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from newscrawler.archive import erase
from newscrawler.archive.copying import sync
from newscrawler.archive.errors import ArchiveBusy
from newscrawler.archive.open import open_archive
from newscrawler.archive.pages import folder_of
from newscrawler.archive.writer import PATIENCE

Bar = Callable[[str, int, str], AbstractContextManager[Callable[[int], object]]]


def put_pages(files: Sequence[Path], folder: Path) -> None:
    """Each file in one step; until the target's rows know of it, it has more at its end than they say."""
    if not files:
        return
    folder.mkdir(exist_ok=True)
    for file in files:
        file.replace(folder / file.name)
    sync(folder)
    sync(folder.parent)


def take_over(union: Path, target: Path, bar: Bar) -> None:
    """Make ``target`` what ``union`` is, in one transaction: whoever reads it meanwhile reads on.

    Another program that writes to it is waited for as a crawl waits; then ArchiveBusy.
    """
    before, waiting_since = 0, 0.0
    _adapt(union, target)
    with (
        bar("taking over", 100, "%") as progress,
        closing(sqlite3.connect(union)) as source,
        open_archive(target, create=False) as database,
    ):

        def told(status: int, left: int, total: int) -> None:
            """What SQLite says after each stretch, and when it could not write one."""
            nonlocal before, waiting_since
            if status not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                waiting_since = 0.0
            elif not waiting_since:
                waiting_since = time.monotonic()
            elif time.monotonic() - waiting_since > PATIENCE:
                raise ArchiveBusy(
                    f"{target} is locked by another program that writes to it, and is as it was; merge again"
                    " when it is done."
                )
            percent = 100 * (total - left) // max(1, total)
            progress(percent - before)
            before = percent

        source.backup(database.conn, pages=1024, progress=told)
        database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _adapt(union: Path, target: Path) -> None:
    """Give ``union`` the page size of ``target``: SQLite asks for it, and other programs choose others."""
    size = "PRAGMA page_size"
    with closing(sqlite3.connect(union)) as ours, closing(sqlite3.connect(target)) as theirs:
        (wanted,) = theirs.execute(size).fetchone()
        if ours.execute(size).fetchone() != (wanted,):
            ours.execute(f"{size} = {wanted}")
            ours.execute("VACUUM")


def erase_forgotten(target: Path) -> int:
    """Overwrite the raw pages of what another archive has forgotten; returns how many could not be."""
    with open_archive(target, create=False) as database:
        done = erase.overwrite(folder_of(target), erase.pending(database))
        erase.settle(database, done)
        return len(erase.pending(database))
