"""Where an archive lies: what lies beside it, and no network file system, whose locks SQLite cannot trust.

The latter is best effort and Linux only: elsewhere there is no /proc/self/mounts, and nothing is refused.
"""

from __future__ import annotations

import re
from pathlib import Path

from newscrawler.archive.errors import NetworkFileSystem

MOUNTS = Path("/proc/self/mounts")

NETWORK_TYPES = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "ncpfs",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.davfs",
        "davfs",
    }
)


def beside(archive: str | Path, end: str) -> Path:
    """The file or folder of the archive that is called like it with ``end`` behind: its lock, its raw pages.

    Of an archive that is named by a symbolic link it lies beside the file itself, as SQLite's -wal does:
    else who names the file would find other pages, and two could write at once.
    """
    path = Path(archive)
    if path.is_symlink():
        path = path.resolve()
    return path.with_name(path.name + end)


def file_system_of(folder: Path, mounts: str) -> str | None:
    """The type of the file system that holds ``folder`` (absolute), by the text of a mounts table.

    None when no line fits. A later mount over the same point hides the earlier one.
    """
    best_length, best_type = -1, None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) >= best_length:
            best_length, best_type = len(point), fields[2]
    return best_type


def refuse_network_file_system(path: Path) -> None:
    """Raise NetworkFileSystem when the folder of ``path`` is mounted over a network."""
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    found = file_system_of(path.resolve().parent, mounts)
    if found in NETWORK_TYPES:
        raise NetworkFileSystem(
            f"{path} lies on a network file system ({found}), where SQLite's locks can fail and damage it. "
            f"Keep the archive on a local disk (-s ARCHIVE_PATH=/local/archive.db) and copy it from there."
        )
