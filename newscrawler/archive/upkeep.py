"""What an archive needs now and then and nobody should wait for: see Writer, whose pauses it is done in.

FTS5 writes a segment for each transaction and merges segments into larger ones; left to itself it does so
inside commits, some of which then take ten times as long. So its own merging is set to begin late (64
segments of a size, migration m016), as a last resort for who never pauses, and merging in pauses begins at
16. Likewise the log is folded into the file in a pause, long before a commit would have to (WAL_LIMIT).
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database

from newscrawler.archive import search
from newscrawler.archive.rows import transaction

PAUSE = 0.1
"""Seconds without a job before each step: whoever submits meets a step in one of ten cases at most."""

CHECKPOINT_EVERY = 16
"""Transactions between two checkpoints: some thousand pages of a large archive, as is SQLite's own habit."""


class Upkeep:
    """The steps that are due on the writer's own connection; each takes some hundredths of a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._merging = False
        self._commits = 0

    @property
    def is_due(self) -> bool:
        """Whether there may be something to do."""
        return self._merging or self._commits >= CHECKPOINT_EVERY

    def committed(self) -> None:
        """A transaction was committed."""
        self._merging = True
        self._commits += 1

    def step(self) -> None:
        """Merge a little, or fold the log into the file.

        What cannot be done now (another program writes, the disk is full) is left for after the next commit,
        which would say why. A crash in between loses nothing: each step is a transaction.
        """
        try:
            if self._commits >= CHECKPOINT_EVERY:
                self._commits = 0
                self._database.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")
            elif self._merge():
                self._commits += 1
            else:
                self._merging = False
        except sqlite3.Error:
            self._merging = False

    def _merge(self) -> bool:
        with transaction(self._database) as connection:
            return search.merge_some(connection)
