"""One day's WARC file: append whole members, make them durable, find and cut a torn end."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import BinaryIO

from newscrawler.archive.copying import sync
from newscrawler.archive.errors import ArchiveFailed

SUFFIX = ".warc.gz"

_CHUNK = 1 << 16


def name_of(moment: datetime) -> str:
    """The file of a page fetched at ``moment`` (UTC): the day of its WARC-Date, whatever the site's zone."""
    return f"{moment.date().isoformat()}{SUFFIX}"


def day_of(name: str) -> date | None:
    """The day of a file called ``name``; None for what is no day's file of ours."""
    try:
        return date.fromisoformat(name.removesuffix(SUFFIX)) if name.endswith(SUFFIX) else None
    except ValueError:
        return None


def names_in(folder: Path) -> set[str]:
    """The names of the days' files that are there."""
    return {path.name for path in folder.glob(f"*{SUFFIX}") if day_of(path.name)}


class DayFile:
    """The file at ``path``, open for appending; made, with its folder, when it is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            if not path.parent.exists():
                path.parent.mkdir()
                sync(path.parent.parent)
            is_new = not path.exists()
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            if is_new:
                sync(path.parent)
            self.size = os.lseek(self._descriptor, 0, os.SEEK_END)
            self._inode = os.fstat(self._descriptor).st_ino
        except OSError as error:
            raise failure(path, error) from error
        self._synced = self.size

    def append(self, member: bytes) -> int:
        """Write ``member`` at the end, not yet durable; returns its offset.

        Raises ArchiveFailed when it could not be written whole; then the file is as it was before.
        """
        offset = self.size
        try:
            write_at(self._descriptor, member, offset)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._descriptor, offset)
            raise failure(self.path, error) from error
        self.size = offset + len(member)
        return offset

    def sync(self) -> None:
        """What was appended is on the disk, and in the file of that name, when this returns.

        Raises ArchiveFailed when it is not, also when somebody moved or removed the file meanwhile.
        """
        size = self.size
        if size == self._synced:
            return
        try:
            os.fsync(self._descriptor)
            moved = self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            moved = True
        except OSError as error:
            raise failure(self.path, error) from error
        if moved:
            raise ArchiveFailed(
                f"{self.path} was moved, removed or replaced while pages were written to it; nothing more is "
                "stored. Put it back, then crawl again."
            )
        self._synced = size

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


@dataclass(frozen=True, slots=True)
class Member:
    """A whole gzip member of a file."""

    offset: int
    data: bytes


@dataclass(slots=True)
class Tail:
    """What stands behind ``begin`` in a file: filled by members()."""

    begin: int
    end: int = 0
    """Behind the last whole member."""
    torn: bool = False
    """Whether something stands behind ``end``…"""
    damaged: bool = False
    """…that is no beginning of a member: a crash of the machine, not of the program."""


def members(path: Path, tail: Tail) -> Iterator[Member]:
    """The whole members of the file behind ``tail.begin``, in order; afterwards ``tail`` says how it ends.

    Reads a little at a time: a file without rows is as long as a day.
    """
    tail.end = tail.begin
    with path.open("rb") as file:
        file.seek(tail.begin)
        rest = b""
        while True:
            rest = rest or file.read(_CHUNK)
            if not rest:
                return
            member, rest = _next_member(file, rest, tail)
            if member is None:
                tail.torn = True
                return
            offset, tail.end = tail.end, tail.end + len(member)
            yield Member(offset, member)


def _next_member(file: BinaryIO, begun: bytes, tail: Tail) -> tuple[bytes | None, bytes]:
    """(the member in ``begun`` and then ``file``, what was read behind it); None when it has no end."""
    stream, pieces, piece = zlib.decompressobj(wbits=31), [], begun
    try:
        while piece:
            pieces.append(piece)
            stream.decompress(piece)
            if stream.eof:
                read = b"".join(pieces)
                length = len(read) - len(stream.unused_data)
                return read[:length], stream.unused_data
            piece = file.read(_CHUNK)
    except zlib.error:
        tail.damaged = True
    return None, b""


def cut(path: Path, tail: Tail) -> int:
    """Take what is torn off the end of the file; returns the number of bytes.

    Damage that is no mere beginning of a member is kept beside it first, for whoever wants to look.
    """
    try:
        with path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            if tail.damaged:
                file.seek(tail.end)
                path.with_name(f"{path.name}.damaged-{tail.end}").write_bytes(file.read())
            file.truncate(tail.end)
            os.fsync(file.fileno())
    except OSError as error:
        raise failure(path, error) from error
    return size - tail.end


def make_durable(path: Path) -> None:
    """What stands in the file is on the disk: its writer may have died before it said so."""
    try:
        sync(path)
    except OSError as error:
        raise failure(path, error) from error


def write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of ``data`` at ``offset`` of the open file. Raises OSError."""
    written = 0
    while written < len(data):
        written += os.pwrite(descriptor, data[written:], offset + written)


def failure(path: Path, error: OSError) -> ArchiveFailed:
    """The sentence for a file of raw pages that could not be written or read."""
    if error.errno in {ENOSPC, EDQUOT}:
        return ArchiveFailed(
            f"No room left to keep raw pages in {path} ({error.strerror}). Make space (df -h {path.parent}), "
            "or keep fewer pages (-s KEEP_PAGES=articles, KEEP_PAGES_DAYS=90), then start the crawl again: "
            "what was committed is kept, the rest is still pending."
        )
    return ArchiveFailed(
        f"The raw pages in {path} cannot be written or read ({error.strerror}). Look at: "
        f"ls -ld {path.parent} {path}, or keep none: -s KEEP_PAGES=none"
    )
