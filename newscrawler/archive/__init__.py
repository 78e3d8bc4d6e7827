"""The only room that speaks SQL: opening, migrations, views, the writer, storing, ledger, crawls, lock.

Reads and writes that take a ``Database`` run in the caller's transaction when there is one (a job
of the Writer), else in one of their own.
"""

from newscrawler.archive.errors import ArchiveError, LockHeld
from newscrawler.archive.lock import ArchiveLock
from newscrawler.archive.open import open_archive
from newscrawler.archive.writer import Writer

__all__ = ["ArchiveError", "ArchiveLock", "LockHeld", "Writer", "open_archive"]
