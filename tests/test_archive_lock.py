"""One process at a time; the lock names its holder and dies with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawler.archive import ArchiveLock, LockHeld, open_archive
from newscrawler.archive.errors import ArchiveMissing, ArchiveUnwritable
from newscrawler.archive.pages import folder_of

HOLDER = """
import sys, time
from newscrawler.archive.lock import ArchiveLock
lock = ArchiveLock(sys.argv[1], command="scrapy crawl itbear")
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_process_is_told_who_holds_it_and_kill_9_frees_it(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(archive)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            with pytest.raises(LockHeld) as refused:
                ArchiveLock(archive).acquire()
            assert refused.value.holder["pid"] == other.pid
            for part in (str(archive), str(other.pid), "scrapy crawl itbear", "kill"):
                assert part in str(refused.value)
        finally:
            other.send_signal(signal.SIGKILL)
    with ArchiveLock(archive) as mine:
        assert mine.held


def test_the_file_stays_and_the_lock_can_be_taken_again(tmp_path: Path) -> None:
    lock = ArchiveLock(tmp_path / "archive.db")
    for _ in range(2):
        with lock:
            assert str(os.getpid()) in lock.path.read_text()
            lock.acquire()  # again by the same object: no effect
            with pytest.raises(LockHeld, match=str(os.getpid())):
                ArchiveLock(tmp_path / "archive.db").acquire()
        assert not lock.held
        assert lock.path.exists()
        lock.release()


def test_a_link_is_the_archive_that_it_leads_to(tmp_path: Path) -> None:
    archive, link = tmp_path / "big" / "archive.db", tmp_path / "news" / "link.db"
    for folder in (archive.parent, link.parent):
        folder.mkdir()
    link.symlink_to("../big/archive.db")
    with ArchiveLock(link), pytest.raises(LockHeld):  # also before it is made
        ArchiveLock(archive).acquire()
    assert folder_of(link) == folder_of(archive)
    with open_archive(link), pytest.raises(LockHeld), ArchiveLock(archive):
        ArchiveLock(link).acquire()
    assert [path.name for path in link.parent.iterdir()] == ["link.db"]


def test_a_missing_or_unwritable_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing, match="mkdir -p"):
        ArchiveLock(tmp_path / "nowhere" / "archive.db").acquire()
    folder = tmp_path / "sealed"
    folder.mkdir(mode=0o555)
    if os.geteuid() == 0:  # permission bits do not stop root; the kernel's own folders do
        folder = Path("/proc/self")
    with pytest.raises(ArchiveUnwritable, match="writable"):
        ArchiveLock(folder / "archive.db").acquire()


def test_a_garbled_note_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with ArchiveLock(path) as lock:
        lock.path.write_text("[1]")
        with pytest.raises(LockHeld, match="another process"):
            ArchiveLock(path).acquire()


def test_a_full_disk_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told who holds it then; what is written next says what is the matter."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        lock = ArchiveLock(tmp_path / "a.db")
        lock.acquire()
    with pytest.raises(LockHeld, match="in use by another process"):
        ArchiveLock(tmp_path / "a.db").acquire()
    lock.release()
