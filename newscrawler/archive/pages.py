"""Raw pages: every answer as it came, in a WARC file a day beside the archive, and a row for each.

The order is append, fsync, commit. append() writes to the file and keeps the row waiting; the writer
thread calls before_commit() inside its next transaction, which fsyncs the file and adds the rows. So
a row never points at what is not on the disk, the pages of an article have their rows before it has
its own, and one fsync serves all pages of a group commit. What a crash leaves behind the last row is
looked at when the archive is opened next (newscrawler.archive.recovery).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive import captures, dayfile, warc
from newscrawler.archive.captures import Capture, Kind
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.filesystem import beside
from newscrawler.archive.writer import Writer


def folder_of(archive: str | Path) -> Path:
    """Where the raw pages of ``archive`` lie."""
    return beside(archive, ".pages")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page was fetched for; see Capture for the columns."""

    kind: Kind
    article: str | None = None
    """Canonical address of the article."""
    part: int = 1
    crawl_id: int | None = None


class PageStore:
    """The pages of the archive at ``archive``, whose lock the caller holds.

    append() and end() belong to one thread, before_commit() to the writer's. ``reader`` sees what is
    committed. Nothing is made on the disk before the first append().
    """

    def __init__(self, archive: Path, reader: Database) -> None:
        self.folder = folder_of(archive)
        self.about: Mapping[str, str] = {}
        """What the warcinfo record before this run's pages says: how they were asked for."""
        self.expires = False
        """Whether files are removed by age: then a revisit refers to its own file only, which goes whole."""
        self.added = (0, 0)
        """Records that this run appended, and their length together in bytes."""
        self._reader = reader
        self._file: dayfile.DayFile | None = None
        self._switching = threading.Lock()
        self._waiting: deque[Capture] = deque()
        self._recent: dict[tuple[str, str], Capture] = {}
        """(address, digest) -> a page whose row is not committed yet, so that ``reader`` cannot know it."""
        self._committing: list[tuple[str, str]] = []
        self._stale: dict[str, int] = {}
        """Name -> length of files that were made anew while rows still point behind that length."""
        self._dropped: list[str] = []
        """Those of them whose rows the transaction being committed takes out."""

    def append(self, answer: warc.Answer, asked: Asked, fetched_at: datetime) -> Capture:
        """Keep ``answer``; its row follows with the writer's next commit.

        The same payload at the same address as before, and a 304, become a revisit record.
        Raises ArchiveFailed when the file cannot be written; it is then as it was before.
        """
        file = self._file_of(fetched_at)
        digest = warc.payload_digest(answer.payload) if answer.status != 304 else None
        original = self._original(answer, digest, file.path.name)
        is_revisit = original is not None or answer.status == 304
        if is_revisit:
            refers_to = captures.as_original(original) if original is not None else None
            member = warc.revisit(answer, fetched_at, digest, refers_to)
        else:
            assert digest is not None
            member = warc.response(answer, fetched_at, digest)
        offset = file.append(member)
        capture = Capture(
            url=answer.url,
            fetched_at=clock.iso(fetched_at),
            kind=asked.kind,
            status=answer.status,
            record="revisit" if is_revisit else "response",
            file=file.path.name,
            offset=offset,
            length=len(member),
            digest=digest,
            size=len(answer.payload),
            content_type=_content_type(answer),
            article_key=identity.key64(asked.article) if asked.article else None,
            part=asked.part,
            crawl_id=asked.crawl_id,
            refers_to=(original.file, original.offset) if original is not None else None,
        )
        if digest is not None and not is_revisit:
            self._recent[answer.url, digest] = capture
        self._waiting.append(capture)
        self.added = self.added[0] + 1, self.added[1] + len(member)
        return capture

    def before_commit(self, database: Database) -> None:
        """For the writer, inside a transaction that is about to be committed: the rows of what is appended.

        Raises ArchiveFailed when the file cannot be made durable; nothing may be committed then.
        """
        for key in self._committing:  # of the transaction before this one: the reader sees them now
            self._recent.pop(key, None)
        for name in self._dropped:
            self._stale.pop(name, None)
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._committing = [(c.url, c.digest) for c in waiting if c.digest is not None]
        if not waiting:
            return
        with self._switching:
            if self._file is not None:
                self._file.sync()
        for name, size in list(self._stale.items()):
            captures.drop(database.conn, name, beyond=size)
        self._dropped = list(self._stale)
        captures.insert(database.conn, waiting)

    def expire(self, before: date, writer: Writer) -> int:
        """Remove the files of the days before ``before`` with their rows; returns how many.

        Rows go first, so that none points at what is gone. A file that holds the payload of a younger
        revisit stays until that goes. Raises ArchiveFailed when a file cannot be removed.
        """
        old = [name for name in self._names() if (day := dayfile.day_of(name)) and day < before]
        limit = f"{before.isoformat()}{dayfile.SUFFIX}"
        old = [name for name in old if not captures.is_needed(self._reader, name, limit)]
        for name in old:
            writer.submit(partial(_drop, name=name)).result()
            try:
                (self.folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise dayfile.failure(self.folder / name, error) from error
        return len(old)

    def end(self, writer: Writer) -> None:
        """Have what still waits committed, and let go of the file; safe to call twice."""
        if self._waiting:
            with suppress(ArchiveError):  # without their rows the pages are found by the next start
                writer.submit(lambda db: None).result()
        with self._switching:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _names(self) -> list[str]:
        return sorted(dayfile.names_in(self.folder) | set(captures.files(self._reader)))

    def _file_of(self, moment: datetime) -> dayfile.DayFile:
        """The file of the day of ``moment``; the one before is made durable before it is let go of."""
        path = self.folder / dayfile.name_of(moment)
        if self._file is None or self._file.path != path:
            with self._switching:
                if self._file is not None:
                    self._file.sync()
                    self._file.close()
                    self._file = None
                self._file = dayfile.DayFile(path)
            if captures.end_of(self._reader, path.name) > self._file.size:  # somebody took the old one away
                self._stale[path.name] = self._file.size
            self._file.append(warc.warcinfo(path.name, moment, self.about))
        return self._file

    def _original(self, answer: warc.Answer, digest: str | None, file: str) -> Capture | None:
        """The page that this ``answer`` repeats, if it is kept."""
        if digest is not None and (not answer.payload or answer.status != 200):
            return None
        only = file if self.expires else None
        found = self._recent.get((answer.url, digest)) if digest else None
        if found is None or (only is not None and found.file != only):
            found = captures.original_of(self._reader, answer.url, digest, file=only)
            if found is not None and not self._is_there(found):
                return None
        if found is None or (digest is not None and found.size != len(answer.payload)):
            return None
        return found

    def _is_there(self, capture: Capture) -> bool:
        """Whether the file that the committed row of ``capture`` was written for still is."""
        is_stale = capture.end > self._stale.get(capture.file, capture.end)
        return not is_stale and (self.folder / capture.file).exists()


def _drop(database: Database, *, name: str) -> int:
    return captures.drop(database.conn, name)


def _content_type(answer: warc.Answer) -> str | None:
    for name, value in answer.headers:
        if name.lower() == b"content-type":
            return value.decode("latin-1")
    return None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of raw pages, in figures."""

    pages: int
    revisits: int
    """Of them those that only say that the page had not changed."""
    files: int
    size: int
    """Of all files together, in bytes."""

    @property
    def bytes_per_page(self) -> float:
        """What a page costs on the disk; 0 without any."""
        return self.size / self.pages if self.pages else 0.0


def describe(database: Database, archive: str | Path) -> Kept:
    """Count what is kept beside ``archive``; reads one index and the sizes of the files."""
    pages = database.conn.execute("SELECT count(*) FROM captures").fetchone()[0]
    revisits = database.conn.execute("SELECT count(*) FROM captures WHERE refers_to IS NOT NULL").fetchone()[
        0
    ]
    sizes = [path.stat().st_size for path in folder_of(archive).glob(f"*{dayfile.SUFFIX}")]
    return Kept(pages, revisits, len(sizes), sum(sizes))
