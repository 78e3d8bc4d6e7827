"""What befalls the archive's file: no room, no right, a lock, a power cut, another release."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from newscrawler.archive.migrations import APPLICATION_ID, migrations
from newscrawler.replica import Replica
from tests.chaos.stage import Broken, Stage, as_root, ask, check, differences, hold, stored

# --- room ----------------------------------------------------------------------------------------


@contextmanager
def _small_disk(stage: Stage, megabytes: int) -> Iterator[Path]:
    """A folder on a file system of its own; needs root."""
    folder = stage.path("disk")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "chaos", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path, leave: int) -> Path:
    """A file that leaves ``leave`` bytes free on the folder's disk."""
    ballast = folder / "ballast"
    status = os.statvfs(folder)
    ballast.write_bytes(b"x" * max(0, status.f_bavail * status.f_frsize - leave))
    return ballast


def _stopped(code: int, said: str, *words: str) -> None:
    """It ended with 3, in one line that says why."""
    hold(code == 3, f"code {code}: {said}")
    hold(any(word in said for word in words), f"no word of the reason: {said}")
    hold(len(said.strip().splitlines()) == 1, said)


def _completed(stage: Stage, archive: Path, site: Replica, calm: Path) -> None:
    """The next crawl makes the archive what it would have been, whether or not there is one yet."""
    if stored(archive):
        check(archive)
    site.reset_faults()
    code, said = stage.crawl(archive, site)
    hold(code in {0, 4}, f"the next crawl: {code}: {said}")
    hold(not (found := differences(calm, archive)), found)
    check(archive)


def disk_full(stage: Stage) -> str:
    """The disk fills up under a running crawl (a small file system; without root see file_limit)."""
    if not as_root():
        return "not root: a file size limit stands for it (the next line)"
    calm = stage.path("calm.db")
    kept = []
    with stage.site() as site, _small_disk(stage, 64) as disk:
        stage.crawl(calm, site)
        for number, leave in enumerate((4_000_000,) if stage.short else (0, 1_500_000, 4_000_000, 8_000_000)):
            archive = disk / f"full-{number}.db"
            site.reset_faults()
            ballast = _fill(disk, leave)
            code, said = stage.crawl(archive, site)
            hold(code in {1, 3}, f"{leave} bytes left: code {code}: {said}")
            hold("oom" in said or "space" in said, f"no word of the reason: {said}")
            ballast.unlink()
            kept.append(len(stored(archive)))
            _completed(stage, archive, site, calm)
            archive.unlink()
    return f"stopped with a sentence, {kept} articles kept, then completed"


def file_limit(stage: Stage) -> str:
    """A limit on the size of files (ulimit -f; a full quota looks the same), set in mid crawl."""
    calm, archive = stage.path("calm.db"), stage.path()
    with stage.site(delay=0.01) as site:
        stage.crawl(calm, site)
        site.reset_faults()
        crawl = stage.start(archive, site).when(lambda: len(stored(archive)) >= 10)
        wal = archive.with_name("archive.db-wal")
        limit = max(wal.stat().st_size, archive.stat().st_size) + 65_536
        resource.prlimit(crawl.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        code, said = crawl.end()
        _stopped(code, said, "disk I/O error", "No room")
        lost = crawl.acknowledged() - stored(archive)
        hold(not lost, f"acknowledged and missing: {lost}")
        kept = len(stored(archive))
        _completed(stage, archive, site, calm)
    return f"stopped with 3 at {limit:,} bytes, {kept} articles kept, then completed"


def read_only(stage: Stage) -> str:
    """The file system turns read-only in mid crawl (needs root), and the archive is so at the start."""
    calm = stage.path("calm.db")
    with stage.site(delay=0.01) as site:
        stage.crawl(calm, site)
        if not as_root():
            return _read_only_file(stage, calm, site)
        with _small_disk(stage, 64) as disk:
            archive = disk / "archive.db"
            site.reset_faults()
            crawl = stage.start(archive, site).when(lambda: len(stored(archive)) >= 10)
            crawl.signal(signal.SIGSTOP)  # a file system is made read-only only while nobody writes
            done = subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=False, capture_output=True)
            crawl.signal(signal.SIGCONT)
            if done.returncode:  # files are open for writing, and the kernel refuses
                crawl.kill()
                subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
                code, said = 3, "refused by the kernel while files are open"
            else:
                code, said = crawl.end()
                _stopped(code, said, "read-only", "readonly", "I/O error")
            code, said = stage.crawl(archive, site)
            hold(code == 1, f"at the start: code {code}: {said}")
            hold("ARCHIVE_PATH" in said, said)
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
            _completed(stage, archive, site, calm)
    return "code 1 at the start with what to type, then completed"


def _read_only_file(stage: Stage, calm: Path, site: Replica) -> str:
    archive = stage.path()
    shutil.copy(calm, archive)
    archive.chmod(0o444)
    code, said = stage.crawl(archive, site)
    hold(code == 1, f"at the start: code {code}: {said}")
    hold("read-only" in said, said)
    archive.chmod(0o644)
    _completed(stage, archive, site, calm)
    return "code 1 at the start with what to type, then completed"


def folder_gone(stage: Stage) -> str:
    """The archive's folder is moved away, and removed, in mid crawl."""
    calm, folder, elsewhere = stage.path("calm.db"), stage.path("kept"), stage.path("elsewhere")
    archive = folder / "archive.db"
    with stage.site(delay=0.01) as site:
        stage.crawl(calm, site)
        for remove in (False, True):
            site.reset_faults()
            folder.mkdir()
            crawl = stage.start(archive, site).when(lambda: len(stored(archive)) >= 10)
            if remove:
                shutil.rmtree(folder)
            else:
                folder.rename(elsewhere)
            _stopped(*crawl.end(), "was moved")
            code, said = stage.crawl(archive, site)
            hold(code == 1 and "mkdir -p" in said, f"without its folder: {code}: {said}")
            if not remove:
                elsewhere.rename(folder)
                lost = crawl.acknowledged() - stored(archive)
                hold(not lost, f"acknowledged and missing: {lost}")
                _completed(stage, archive, site, calm)
                shutil.rmtree(folder)
    return "stopped with 3 both times; what was moved is whole and completed when back"


# --- others at the archive ---------------------------------------------------------------------------

PORT = 18_471
"""Where Datasette listens meanwhile."""

WRITES_FOR_LONG = """
import sys, time
from sqlite_utils import Database
db = Database(sys.argv[1])
db.execute("pragma busy_timeout = 60000")
db.execute("begin immediate")
db.table("mine").insert({"note": "a note of the user's own"})
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
db.conn.commit()
"""


def readers_and_a_writer(stage: Stage) -> str:
    """Datasette, a reader that never ends and a long write by sqlite-utils beside the crawl."""
    calm, archive, seconds = stage.path("calm.db"), stage.path(), 3 if stage.short else 20
    with stage.site(delay=0.01) as site:
        stage.crawl(calm, site)
        site.reset_faults()
        crawl = stage.start(archive, site).when(lambda: len(stored(archive)) >= 10)
        with closing(sqlite3.connect(archive, isolation_level=None)) as reader, _datasette(archive) as asked:
            reader.execute("begin")
            before = reader.execute("select count(*) from news").fetchone()
            begun = time.monotonic()
            other = subprocess.Popen(
                [sys.executable, "-c", WRITES_FOR_LONG, str(archive), str(seconds)],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert other.stdout is not None
            hold(other.stdout.readline() == "locked\n", "the other writer got no lock")
            asked()
            code, said = crawl.end(seconds + 90)
            waited = time.monotonic() - begun
            hold(reader.execute("select count(*) from news").fetchone() == before, "the reader's view moved")
            hold(other.wait() == 0, "the other writer failed")
            other.stdout.close()
        hold(code in {0, 4}, f"code {code}: {said}")
        hold(waited >= seconds - 1, f"it did not wait: {waited:.0f} s")
        hold(ask(archive, "select count(*) from mine")[0][0] == 1, "the other's row is lost")
        lost = crawl.acknowledged() - stored(archive)
        hold(not lost, f"acknowledged and missing: {lost}")
        hold(not (found := differences(calm, archive)), found)
        check(archive)
    return f"waited {seconds} s for the lock and went on; {len(stored(archive))} articles, none lost"


@contextmanager
def _datasette(archive: Path) -> Iterator[Callable[[], None]]:
    """`newscrawler serve` on the archive; yields a function that asks it for articles."""
    command = [
        sys.executable,
        "-m",
        "newscrawler.cli",
        "serve",
        "--archive",
        str(archive),
        "--port",
        str(PORT),
    ]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def ask_it() -> None:
        for _ in range(300):
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/archive/news.json?_size=5") as answer:
                    hold(answer.status == 200, "Datasette does not answer")
                return
            time.sleep(0.1)
        raise Broken("Datasette did not start")

    try:
        yield ask_it
    finally:
        server.terminate()
        server.wait()


# --- power -----------------------------------------------------------------------------------------------


def power_cut(stage: Stage) -> str:
    """The machine loses power: what was committed is there, whatever of the rest reached the disk.

    The crawl is stopped in mid write (SIGSTOP) and its files are copied. SQLite tells other processes
    of a commit (in -shm: mxFrame) only after the log was synced; so up to there the copy is what the
    disk has for certain. Beyond it the log is cut at a random byte or ends in noise, and pages of the
    database that the log still holds are noise too: a checkpoint that was cut short.
    """
    cuts = articles = 0
    with stage.site(faults=False) as site:
        for number in range(2 if stage.short else max(5, stage.rounds // 5)):
            archive = stage.path(f"power-{number}.db")
            so_many = stage.chance.randint(1, len(site.truth()["articles"]) // 2)
            crawl = stage.start(archive, site)
            crawl.when(lambda crawl=crawl, so_many=so_many: len(crawl.acknowledged()) >= so_many)  # type: ignore[misc]
            time.sleep(stage.chance.uniform(0.0, 0.05))
            crawl.signal(signal.SIGSTOP)
            said = crawl.acknowledged()
            image = _image(stage, archive, f"image-{number}")
            crawl.kill()
            for cut in range(3 if stage.short else 10):
                after = _lose_power(stage, image, cut)
                check(after)
                lost = said - stored(after)
                hold(not lost, f"committed and lost: {sorted(lost)[:3]}")
                cuts, articles = cuts + 1, max(articles, len(said))
    return f"{cuts} cuts, up to {articles} committed articles, none lost, every copy sound"


def _image(stage: Stage, archive: Path, name: str) -> Path:
    """A copy of the database with its log and its index of the log, while nobody writes."""
    image = stage.path(name) / "archive.db"
    image.parent.mkdir()
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(f"{archive}{end}", f"{image}{end}")
    return image


def _lose_power(stage: Stage, image: Path, number: int) -> Path:
    """What a disk may hold after a power cut at the moment of ``image``."""
    after = image.parent / f"cut-{number}" / "archive.db"
    after.parent.mkdir()
    shutil.copy(image, after)
    log, index = Path(f"{image}-wal"), Path(f"{image}-shm")
    if not log.exists() or log.stat().st_size <= 32:
        return after
    frames = struct.unpack_from("=I", index.read_bytes(), 16)[0]
    whole = log.read_bytes()
    page_size = struct.unpack_from(">I", whole, 8)[0]
    synced = 32 + frames * (24 + page_size)
    end = stage.chance.randint(synced, max(synced, len(whole)))
    noise = stage.chance.randbytes(stage.chance.choice([0, 0, 100, 24 + page_size]))
    Path(f"{after}-wal").write_bytes(whole[:end] + noise)
    with after.open("r+b") as file:
        for frame in range(frames):
            page = struct.unpack_from(">I", whole, 32 + frame * (24 + page_size))[0]
            if page > 1 and page * page_size <= after.stat().st_size and stage.chance.random() < 0.3:
                file.seek((page - 1) * page_size)
                file.write(stage.chance.randbytes(page_size))
    return after


# --- another release ---------------------------------------------------------------------------------------

LAST_OF_OLDER = "m004_near_duplicates"
"""The older release of this line knew the migrations up to here."""


def older_release(stage: Stage) -> str:
    """An archive of an older release with real articles: copied, migrated, then crawled on."""
    calm = stage.path("calm.db")
    older = stage.path("older.db")
    with stage.site() as site:
        stage.crawl(calm, site)
        _as_older(calm, older)
        articles = "select url, title, body from articles join bodies on article_id = id order by 1"
        before = ask(older, articles)
        small = _no_room_for_a_copy(stage, older, site) if as_root() else "not root: no small disk"
        site.reset_faults()
        code, said = stage.crawl(older, site)
        hold(code in {0, 4}, f"code {code}: {said}")
        hold(not (found := differences(calm, older)), found)
        check(older)
    copies = list(older.parent.glob("older.db.before-*"))
    hold(len(copies) == 1, f"copies: {copies}")
    hold(ask(copies[0], articles) == before, "the copy holds other articles")
    migrated = [name for name in _applied(older) if name not in _applied(copies[0])]
    return f"{', '.join(migrated)} applied after a copy of {len(before)} articles; {small}"


def _applied(archive: Path) -> list[str]:
    return [name for (name,) in ask(archive, "select name from _sqlite_migrations order by id")]


def _as_older(archive: Path, older: Path) -> None:
    """The rows of ``archive`` as the older release keeps them."""
    names = [migration.name for migration in migrations._migrations]
    with closing(sqlite3.connect(older, isolation_level=None)) as connection:
        db = Database(connection, execute_plugins=False)
        connection.execute("pragma page_size = 16384")
        connection.execute("pragma journal_mode = wal")
        migrations.apply(db, stop_before=names[names.index(LAST_OF_OLDER) + 1])
        hold(connection.execute("pragma application_id").fetchone()[0] == APPLICATION_ID, "no mark")
        connection.execute("attach ? as full", (str(archive),))
        for table in db.table_names():
            if not table.startswith(("_sqlite", "sqlite_")):
                connection.execute(f"insert into main.[{table}] select * from full.[{table}]")
        connection.execute("detach full")
    with contextlib.suppress(FileNotFoundError):
        Path(f"{older}-wal").unlink()


def _no_room_for_a_copy(stage: Stage, older: Path, site: Replica) -> str:
    """On a full disk nothing is migrated, and the archive stays as it was, byte for byte."""
    with _small_disk(stage, 64) as disk:
        archive = disk / "archive.db"
        shutil.copy(older, archive)
        _fill(disk, archive.stat().st_size // 2)
        before = archive.read_bytes()
        code, said = stage.crawl(archive, site)
        hold(code == 1 and "nothing was changed" in said, f"without room: {code}: {said}")
        hold(archive.read_bytes() == before, "it was changed")
        hold(not list(disk.glob("*.partial")), "half a copy was left")
    return "without room for the copy nothing was changed"
