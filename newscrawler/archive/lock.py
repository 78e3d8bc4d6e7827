"""One process at a time writes an archive: a flock on ``<archive>.lock``.

The lock is on a sibling file because closing any descriptor of the database itself would drop
SQLite's own locks. The file is never removed: a process that waits on a removed file and one that
makes a new one would both hold "the" lock. The kernel lets go when the holder dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from newscrawler import clock
from newscrawler.archive.errors import ArchiveMissing, ArchiveUnwritable, LockHeld
from newscrawler.archive.filesystem import beside

__all__ = ["ArchiveLock", "LockHeld", "held_by", "lock_path"]


GLANCES, GLANCE = 10, 0.02
"""How often, and how many seconds apart, a lock is tried: holder() takes it for an instant as well."""


def lock_path(archive: str | Path) -> Path:
    """Where the lock of ``archive`` lies."""
    return beside(archive, ".lock")


class ArchiveLock:
    """The right to write the archive at ``archive``; acquire() and release(), or a with block.

    ``command`` is what a second process is told that this one does; default: the command line.
    """

    def __init__(self, archive: str | Path, *, command: str = "") -> None:
        self.archive = Path(archive)
        self.path = lock_path(archive)
        self.command = command or " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """True while this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock at once or raise LockHeld, which names the holder. No effect when already held."""
        if self._descriptor is not None:
            return
        descriptor = self._open()
        try:
            _take(descriptor)
        except BlockingIOError:
            holder = _read_holder(descriptor)
            os.close(descriptor)
            raise LockHeld(_sentence(self.archive, holder), holder) from None
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        self._write_holder(descriptor)

    def holder(self) -> str | None:
        """Who holds the lock now, in words; None when nobody does. Takes and changes nothing for long."""
        if self._descriptor is not None:
            return f"this process ({os.getpid()})"
        found = held_by(self.archive)
        return None if found is None else _sentence(self.archive, found)

    def release(self) -> None:
        """Let go of the lock; no effect when it is not held."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        os.close(descriptor)

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except FileNotFoundError:
            folder = self.path.parent
            message = f"There is no folder {folder} for {self.archive.name}. Make it first: mkdir -p {folder}"
            if folder.is_dir():  # a file system that makes no files, such as /proc
                raise self._unwritable("no file can be made there") from None
            raise ArchiveMissing(message) from None
        except OSError as error:
            raise self._unwritable(error.strerror) from None

    def _unwritable(self, why: str | None) -> ArchiveUnwritable:
        return ArchiveUnwritable(
            f"The lock {self.path} cannot be written ({why}). The folder of the archive must be writable: "
            f"ls -ld {self.path.parent}, or set ARCHIVE_PATH to another place."
        )

    def _write_holder(self, descriptor: int) -> None:
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "started_at": clock.iso(clock.now()),
            "command": self.command,
        }
        text = json.dumps(holder, ensure_ascii=False) + "\n"
        with contextlib.suppress(OSError):  # no room: it is held all the same, and the archive will say so
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, text.encode("utf-8", "surrogateescape"), 0)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def held_by(archive: str | Path) -> dict[str, object] | None:
    """What the holder of the lock wrote of itself, empty when it has not yet; None when nobody holds it."""
    path = lock_path(archive)
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(descriptor)
    finally:
        os.close(descriptor)
    return None


def _take(descriptor: int) -> None:
    """Lock ``descriptor``; BlockingIOError when another process keeps it for longer than a glance."""
    for _ in range(GLANCES):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(GLANCE)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _read_holder(descriptor: int) -> dict[str, object]:
    """What the holder wrote; empty when it has not come to it yet."""
    try:
        holder = json.loads(os.pread(descriptor, 65536, 0).decode("utf-8", "replace"))
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _sentence(archive: Path, holder: dict[str, object]) -> str:
    if not holder:
        return f"{archive} is in use by another process; wait for it to end."
    return (
        f"{archive} is in use by process {holder.get('pid')} on {holder.get('host')} since "
        f"{holder.get('started_at')}: {holder.get('command')}. Wait for it to end, or end it: "
        f"kill {holder.get('pid')}"
    )
