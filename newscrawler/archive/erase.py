"""Raw pages overwritten in their WARC file, each by a record of the same length that says nothing.

The file is not written anew without them: then rows and file would have to change at one moment, and no
order of two steps gives that; whoever reads without the lock (check, backup, reextract --dry-run) would
meet rows that point wrong. In place no other record moves. The row goes first, in the transaction that
notes the place in ``erasures``; only then is the place overwritten, and the note taken out. A crash in
between leaves the note, and the next start finishes the work before it looks at anything else.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlite_utils import Database

from newscrawler.archive import gzipped
from newscrawler.archive.dayfile import failure, write_at
from newscrawler.archive.rows import transaction

_FRAME = len(gzipped.HEAD) + gzipped.END
"""What a gzip member holds beside its blocks."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record was that is to be overwritten."""

    id: int
    file: str
    offset: int
    length: int


def pending(database: Database) -> list[Place]:
    """What is to be overwritten still, file by file."""
    rows = database.conn.execute("SELECT id, file, offset, length FROM erasures ORDER BY file, offset")
    return [Place(*row) for row in rows]


def overwrite(folder: Path, places: Iterable[Place]) -> list[Place]:
    """Overwrite ``places`` and have it on the disk; returns those that are done.

    A file that is not there is left for later: it may come back. Raises ArchiveFailed.
    """
    done = []
    for name, of_file in groupby(places, key=lambda place: place.file):
        path = folder / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise failure(path, error) from error
        try:
            size = os.fstat(descriptor).st_size
            for place in of_file:
                if place.offset + place.length <= size:  # else an older copy of the file, without the record
                    write_at(descriptor, filler(place.length), place.offset)
                done.append(place)
            os.fsync(descriptor)
        except OSError as error:
            raise failure(path, error) from error
        finally:
            os.close(descriptor)
    return done


def settle(database: Database, done: Iterable[Place]) -> int:
    """Take out the notes of what is overwritten; returns how many."""
    numbers = [(place.id,) for place in done]
    with transaction(database) as connection:
        connection.executemany("DELETE FROM erasures WHERE id = ?", numbers)
    return len(numbers)


def filler(length: int) -> bytes:
    """A gzip member of exactly ``length`` bytes (at least 250) with a WARC record that holds only spaces.

    Its blocks are stored, not deflated, so that its length is what we choose.
    """
    blocks = (length - _FRAME - 1) // (gzipped.BLOCK + gzipped.BLOCK_HEAD) + 1
    text = _record(length - _FRAME - gzipped.BLOCK_HEAD * blocks)
    return gzipped.HEAD + gzipped.stored(text) + gzipped.end(text)


def _record(size: int) -> bytes:
    """A WARC record of type metadata, ``size`` bytes long."""
    fields = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid.UUID(int=0)}>\r\n"
        "WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Length: "
    )
    digits = len(str(size))  # padded with zeros, so that the number does not change the length
    content = size - len(fields) - digits - 2 * len("\r\n\r\n")
    return f"{fields}{content:0{digits}}\r\n\r\n{' ' * content}\r\n\r\n".encode()
