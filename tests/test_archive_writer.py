"""The writer thread: durable when it says so, patient with others, honest when the disk is at fault."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, Future, wait
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawler.archive import ArchiveError, Writer, open_archive
from newscrawler.archive.errors import ArchiveBusy, ArchiveFailed, NotADatabase

LOCK_HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
connection.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    open_archive(path).close()
    return path


def add(name: str) -> object:
    def job(database: Database) -> str:
        database.execute("INSERT INTO sources(name) VALUES (?)", [name])
        return name

    return job


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sources ORDER BY id")]


def held_by_another(path: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", LOCK_HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "locked\n"
    return process


def test_what_is_resolved_is_committed(path: Path) -> None:
    with Writer(path) as writer:
        assert writer.submit(add("a")).result() == "a"
        assert names(path) == ["a"]
    assert not path.with_name("archive.db-wal").exists()


def test_what_gathers_is_committed_together(path: Path) -> None:
    begun, gate = threading.Event(), threading.Event()
    with Writer(path, batch=40) as writer:
        first = writer.submit(lambda database: begun.set() or gate.wait(10))
        assert begun.wait(10)
        futures = [writer.submit(add(str(number))) for number in range(100)]
        gate.set()
        assert first.result()
        assert [future.result() for future in futures] == [str(number) for number in range(100)]
        assert writer.commits == 4  # the first alone, then 40, 40 and 20
    assert names(path) == [str(number) for number in range(100)]


def test_a_failing_job_is_rolled_back_alone(path: Path) -> None:
    def half(database: Database) -> None:
        add("half")(database)
        raise ValueError("no")

    gate = threading.Event()
    with Writer(path) as writer:
        writer.submit(lambda database: gate.wait(10))
        good, bad, doubled, last = (writer.submit(job) for job in (add("a"), half, add("a"), add("b")))
        gate.set()
        assert good.result() == "a"
        assert last.result() == "b"
        with pytest.raises(ValueError, match="no"):
            bad.result()
        with pytest.raises(sqlite3.IntegrityError):
            doubled.result()
        assert writer.failed is None
    assert names(path) == ["a", "b"]


def test_a_job_that_fails_in_company_lets_the_others_run_again(path: Path) -> None:
    runs: list[str] = []

    def counted(name: str) -> object:
        def job(database: Database) -> None:
            runs.append(name)
            database.execute("INSERT INTO sources(name) VALUES (?)", [name])
            if name == "bad":
                raise ValueError(name)

        return job

    begun, gate = threading.Event(), threading.Event()
    with Writer(path) as writer:
        writer.submit(lambda database: begun.set() or gate.wait(10))
        assert begun.wait(10)
        futures = [writer.submit(counted(name)) for name in ("a", "bad", "b")]
        gate.set()
        wait(futures)
        alone = writer.submit(counted("bad"))
        with pytest.raises(ValueError, match="bad"):
            alone.result()
    assert [future.exception() is None for future in futures] == [True, False, True]
    assert runs == ["a", "bad", "a", "bad", "b", "bad"]
    assert names(path) == ["a", "b"]


def test_an_archive_that_was_moved_away_is_not_written_unseen(path: Path) -> None:
    with Writer(path) as writer:
        writer.submit(add("kept")).result()
        path.rename(path.with_name("elsewhere.db"))
        with pytest.raises(ArchiveFailed, match="moved, removed or replaced"):
            writer.submit(add("lost")).result()
        assert writer.failed is not None
    path.with_name("elsewhere.db").rename(path)
    assert names(path) == ["kept"]


def test_a_cancelled_job_does_not_run(path: Path) -> None:
    gate = threading.Event()
    with Writer(path) as writer:
        writer.submit(lambda database: gate.wait(10))
        time.sleep(0.05)
        cancelled = writer.submit(add("never"))
        assert cancelled.cancel()
        gate.set()
    with pytest.raises(CancelledError):
        cancelled.result()
    assert names(path) == []


def test_close_finishes_what_was_submitted_and_refuses_more(path: Path) -> None:
    writer = Writer(path)
    futures = [writer.submit(add(str(number))) for number in range(50)]
    writer.close()
    writer.close()
    assert all(future.done() for future in futures)
    assert len(names(path)) == 50
    with pytest.raises(ArchiveError, match="closed"):
        writer.submit(add("late"))


def test_an_archive_that_cannot_be_opened_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"no database at all" * 99)
    with pytest.raises(NotADatabase):
        Writer(tmp_path / "archive.db")


def test_it_waits_for_another_programs_lock(path: Path) -> None:
    with Writer(path) as writer, held_by_another(path, 1.5):
        begun = time.monotonic()
        future = writer.submit(add("a"))
        assert future.result(timeout=30) == "a"
        assert 1 < time.monotonic() - begun < 10


def test_patience_has_an_end(path: Path) -> None:
    with held_by_another(path, 30) as other:
        writer = Writer(path, patience=0.5)
        try:
            future = writer.submit(add("a"))
            with pytest.raises(ArchiveBusy, match="locked by another program"):
                future.result(timeout=10)
            with pytest.raises(ArchiveBusy):
                writer.submit(add("b"))
            assert isinstance(writer.failed, ArchiveBusy)
        finally:
            writer.close()
            other.kill()
    assert names(path) == []


def test_abandon_ends_the_wait_and_loses_no_future(path: Path) -> None:
    with held_by_another(path, 30) as other:
        writer = Writer(path)
        try:
            futures = [writer.submit(add(str(number))) for number in range(3)]
            time.sleep(0.3)
            futures += [writer.submit(add("waiting"))]
            begun = time.monotonic()
            writer.abandon()
            assert time.monotonic() - begun < 2
            for future in futures:
                with pytest.raises(ArchiveError):
                    future.result(timeout=0)
        finally:
            writer.close()
            other.kill()


def fill(database: Database) -> None:
    database.execute("INSERT INTO sources(name) VALUES (hex(randomblob(40000)))")


def test_a_full_disk_fails_the_batch_and_every_later_job(path: Path) -> None:
    gate = threading.Event()

    def limit(database: Database) -> None:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {pages + 40}")

    with Writer(path) as writer:
        writer.submit(limit).result()
        writer.submit(add("kept")).result()
        writer.submit(lambda database: gate.wait(10))
        time.sleep(0.05)
        futures: list[Future[None]] = [writer.submit(fill) for _ in range(30)]
        gate.set()
        wait(futures, timeout=10)
        for future in futures:
            with pytest.raises(ArchiveFailed, match="No room left"):
                future.result(timeout=0)
        with pytest.raises(ArchiveFailed, match="No room left"):
            writer.submit(add("later"))
    assert names(path) == ["kept"]
    with open_archive(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


FILE_LIMIT = """
import resource, signal, sys
from newscrawler.archive import ArchiveError, Writer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = Writer(sys.argv[1])
def fill(database):
    database.execute("INSERT INTO sources(name) VALUES (hex(randomblob(20000)))")
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
kept = 0
try:
    while True:
        writer.submit(fill).result()
        kept += 1
except ArchiveError as error:
    print(kept, type(writer.failed).__name__)
writer.close()
"""


def test_a_file_size_limit_stops_it_and_keeps_what_was_acknowledged(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILE_LIMIT, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    kept, kind = done.stdout.split()
    assert kind == "ArchiveFailed"
    assert len(names(path)) == int(kept) > 0
    with open_archive(path) as database:  # and goes on once there is room
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        add("after")(database)


ENDLESS = """
import sys
from itertools import count
from newscrawler.archive import Writer
writer = Writer(sys.argv[1])
def add(name):
    def job(database):
        database.execute("INSERT INTO sources(name) VALUES (?)", [name])
        return name
    return job
def say(future):
    sys.stdout.write(future.result() + "\\n")
    sys.stdout.flush()
for number in count():
    future = writer.submit(add(f"{number:06}"))
    future.add_done_callback(say)
    if number % 20 == 0:
        future.result()
"""


@pytest.mark.parametrize("lines", [1, 150, 400])
def test_after_kill_9_all_that_was_acknowledged_is_there(path: Path, lines: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")
        acknowledged += [line for line in rest if len(line) == 6]
    with open_archive(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        stored = {row["name"] for row in database.query("SELECT name FROM sources")}
    assert len(acknowledged) >= lines
    assert set(acknowledged) <= stored
