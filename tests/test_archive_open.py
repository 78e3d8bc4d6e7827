"""Opening an archive: every bad input has a sentence, and what is not ours stays as it was."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawler.archive import ArchiveError, copying, filesystem, open_archive, search
from newscrawler.archive import open as opening
from newscrawler.archive.errors import (
    ArchiveCorrupt,
    ArchiveMissing,
    ArchiveUnwritable,
    ForeignDatabase,
    NetworkFileSystem,
    NewerArchive,
    NotADatabase,
    OlderArchive,
    SqliteTooOld,
)
from newscrawler.archive.migrations import APPLICATION_ID, migrations
from newscrawler.archive.views import VIEWS

NOBODY = 65534


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def listing(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def pragma(database: Database, name: str) -> object:
    return database.execute(f"PRAGMA {name}").fetchone()[0]


def make(path: Path) -> Path:
    open_archive(path).close()
    return path


def with_one_crawl(path: Path) -> Path:
    with open_archive(path) as database:
        database.table("crawl_runs").insert({"started_at": "2025-10-01T04:00:00+00:00", "spider": "itbear"})
    return path


def test_a_new_archive_is_set_up_as_decided(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as database:
        assert {name: pragma(database, name) for name in ("page_size", "journal_mode", "synchronous")} == {
            "page_size": 4096,
            "journal_mode": "wal",
            "synchronous": 2,
        }
        assert pragma(database, "application_id") == APPLICATION_ID == int.from_bytes(b"news")
        assert pragma(database, "foreign_keys") == 1
        assert pragma(database, "busy_timeout") == 200
        assert set(database.view_names()) == set(VIEWS)
        assert pragma(database, "integrity_check") == "ok"


@pytest.mark.parametrize("before", ["0 bytes", "an empty database"])
def test_an_empty_file_counts_as_new(tmp_path: Path, before: str) -> None:
    path = tmp_path / "archive.db"
    path.touch()
    if before != "0 bytes":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA user_version = 0")
            connection.execute("PRAGMA journal_mode = WAL")
        assert path.stat().st_size > 0
    with open_archive(path) as database:
        assert (pragma(database, "page_size"), pragma(database, "journal_mode")) == (4096, "wal")


def test_opening_what_is_up_to_date_writes_nothing(tmp_path: Path) -> None:
    path = make(tmp_path / "archive.db")
    before = digest(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody else can write now
        with open_archive(path) as database:
            assert database.conn.total_changes == 0
        other.execute("ROLLBACK")
    assert digest(path) == before
    assert listing(tmp_path) == ["archive.db"]


def test_many_may_make_the_same_archive_at_once(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    start = threading.Barrier(6)

    def open_it(_: int) -> set[str]:
        start.wait()
        with open_archive(path) as database:
            return set(database.view_names())

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(open_it, range(6))) == [set(VIEWS)] * 6
    assert listing(tmp_path) == ["archive.db"]


def test_a_view_that_says_something_else_is_renewed(tmp_path: Path) -> None:
    path = make(tmp_path / "archive.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP VIEW crawls")
        connection.execute("DROP VIEW news")
        connection.execute("CREATE VIEW news AS SELECT 1 AS one")
    with open_archive(path) as database:
        assert "body" in database.view("news").columns_dict
        assert "crawls" in database.view_names()


def test_read_only_reads_and_never_writes(tmp_path: Path) -> None:
    path = with_one_crawl(tmp_path / "archive.db")
    with open_archive(path, read_only=True) as database:
        assert [row["spider"] for row in database.query("SELECT * FROM crawls")] == ["itbear"]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            database.execute("DELETE FROM crawl_runs")


@pytest.mark.parametrize("content", [b"not a database " * 400, b"\x1f\x8b" + b"\0" * 9000, b"x"])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(content)
    with pytest.raises(NotADatabase, match=r"archive\.db is not a SQLite database.*ARCHIVE_PATH"):
        open_archive(path)
    assert path.read_bytes() == content
    assert listing(tmp_path) == ["archive.db"]


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
@pytest.mark.parametrize("mark", [0, 252006673])
def test_another_programs_database_is_left_byte_for_byte(tmp_path: Path, journal: str, mark: int) -> None:
    path = tmp_path / "archive.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute(f"PRAGMA application_id = {mark}")
        connection.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, url TEXT)")
        connection.commit()
    before, stat = digest(path), path.stat()
    for read_only in (False, True):
        with pytest.raises(ForeignDatabase, match="another program") as refused:
            open_archive(path, read_only=read_only)
        assert ("252006673" if mark else "articles") in str(refused.value)
    assert (digest(path), path.stat().st_mtime_ns) == (before, stat.st_mtime_ns)
    assert listing(tmp_path) == ["archive.db"]


def test_a_foreign_database_with_its_log_beside_it_is_left_too(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE theirs (id INTEGER)")
        connection.execute("PRAGMA wal_checkpoint")
        connection.execute("INSERT INTO theirs VALUES (1)")
        connection.commit()
        before = digest(path), digest(tmp_path / "archive.db-wal")
        with pytest.raises(ForeignDatabase):
            open_archive(path)
        assert (digest(path), digest(tmp_path / "archive.db-wal")) == before


def test_an_archive_of_a_newer_release(tmp_path: Path) -> None:
    path = make(tmp_path / "archive.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO _sqlite_migrations VALUES (99, 'newscrawler', 'm999_future', 'x')")
        connection.commit()
    before = digest(path)
    for read_only in (False, True):
        with pytest.raises(NewerArchive, match=r"m999_future.*pip install --upgrade"):
            open_archive(path, read_only=read_only)
    assert digest(path) == before


def test_an_archive_of_an_older_release_is_copied_then_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = with_one_crawl(tmp_path / "archive.db")
    monkeypatch.setattr(migrations, "_migrations", list(migrations._migrations))

    @migrations()
    def m900_later(db: Database) -> None:
        db.table("crawl_runs").add_column("mood", str)

    with pytest.raises(OlderArchive, match="older newscrawler"):
        open_archive(path, read_only=True)
    with open_archive(path) as database:
        assert "mood" in database.table("crawl_runs").columns_dict
        assert database.table("crawl_runs").count == 1
    copy = tmp_path / "archive.db.before-m900_later"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT spider FROM crawls").fetchall() == [("itbear",)]
        assert (
            "mood"
            not in connection.execute("SELECT sql FROM sqlite_master WHERE name = 'crawl_runs'").fetchone()[0]
        )
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert listing(tmp_path) == ["archive.db", copy.name]


def test_a_migration_that_fails_leaves_the_archive_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = with_one_crawl(tmp_path / "archive.db")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_migrations", list(migrations._migrations))

        @migrations()
        def m900_broken(db: Database) -> None:
            db.table("crawl_runs").add_column("mood", str)
            raise RuntimeError("half way")

        with pytest.raises(RuntimeError, match="half way"):
            open_archive(path)
    with open_archive(path) as database:
        assert "mood" not in database.table("crawl_runs").columns_dict


def test_no_copy_no_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_one_crawl(tmp_path / "archive.db")
    before = digest(path)
    monkeypatch.setattr(migrations, "_migrations", list(migrations._migrations))
    migrations(name="m900_later")(lambda db: None)
    (tmp_path / "archive.db.before-m900_later").mkdir()
    with pytest.raises(ArchiveError, match="nothing was changed"):
        open_archive(path)
    assert digest(path) == before


NO_ROOM = """
import resource, signal, sys
from newscrawler.archive import ArchiveError, open_archive
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    open_archive(sys.argv[1])
except ArchiveError as error:
    print(error)
"""

OF_AN_OLDER_RELEASE = "m005_counts"
"""The first migration that it did not know."""


def older(path: Path) -> Path:
    """An archive as the release before OF_AN_OLDER_RELEASE made it, with an article."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA journal_mode = WAL")
        database = Database(connection, execute_plugins=False)
        migrations.apply(database, stop_before=OF_AN_OLDER_RELEASE)
        database.table("sites").insert({"id": 1, "name": "itbear"})
        database.execute(
            "INSERT INTO articles(id, url, url_key, site_id, title, revision, first_seen_at)"
            " VALUES (1, 'https://www.itbear.com.cn/n1.aspx', 1, 1, '量子芯片发布', 1, '2025-10-01')"
        )
        database.execute("INSERT INTO bodies(article_id, body) VALUES (1, '正文说了一些事情。')")
    return path


def test_an_archive_of_an_older_release_is_brought_up_to_date(tmp_path: Path) -> None:
    path = older(tmp_path / "archive.db")
    with pytest.raises(OlderArchive, match="newscrawler migrate --archive"):
        open_archive(path, read_only=True)
    with open_archive(path) as database:
        assert [row["title"] for row in database.query("SELECT title FROM news")] == ["量子芯片发布"]
        assert not search.check(database)
        assert database.execute("SELECT articles FROM counts_by_day").fetchall() == [(1,)]
    with closing(sqlite3.connect(tmp_path / f"archive.db.before-{OF_AN_OLDER_RELEASE}")) as copy:
        assert copy.execute("SELECT title FROM articles").fetchall() == [("量子芯片发布",)]
        assert not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'counts_by_day'").fetchall()


def test_without_room_for_the_copy_an_older_archive_stays_as_it_was(tmp_path: Path) -> None:
    path = older(tmp_path / "archive.db")
    before, room = digest(path), path.stat().st_size // 2
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(path), str(room)], capture_output=True, text=True, check=True
    )
    assert "nothing was changed" in done.stdout
    assert "df -h" in done.stdout
    assert digest(path) == before
    assert [name for name in listing(tmp_path) if "before" in name] == []


def test_an_interrupted_copy_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = older(tmp_path / "archive.db")
    before = digest(path)

    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_archive(path)
    assert digest(path) == before
    assert [name for name in listing(tmp_path) if "before" in name] == []


def test_the_users_own_sqlite_utils_migrates_it(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    script = Path(opening.__file__).with_name("migrations.py")
    subprocess.run(
        [sys.executable, "-m", "sqlite_utils", "migrate", str(path), str(script)],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    with open_archive(path) as database:
        assert pragma(database, "application_id") == APPLICATION_ID
        assert (pragma(database, "page_size"), pragma(database, "journal_mode")) == (4096, "wal")
        assert set(database.view_names()) == set(VIEWS)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for arguments in ({"create": False}, {"read_only": True}):
        with pytest.raises(ArchiveMissing, match=r"does not exist.*scrapy crawl itbear"):
            open_archive(tmp_path / "archive.db", **arguments)
    (tmp_path / "empty.db").touch()
    with pytest.raises(ArchiveMissing, match="is empty"):
        open_archive(tmp_path / "empty.db", create=False)
    with pytest.raises(ArchiveMissing, match=r"mkdir -p .*nowhere"):
        open_archive(tmp_path / "nowhere" / "archive.db")
    with pytest.raises(NotADatabase, match="is not a file"):
        open_archive(tmp_path)
    assert listing(tmp_path) == ["empty.db"]


def test_a_folder_that_takes_no_files(tmp_path: Path) -> None:
    folder = tmp_path / "sealed"
    folder.mkdir(mode=0o555)
    if os.geteuid() == 0:  # permission bits do not stop root; the kernel's own folders do
        folder = Path("/proc/self")
    with pytest.raises(ArchiveUnwritable, match="writable"):
        open_archive(folder / "archive.db")


@contextlib.contextmanager
def as_anybody(folder: Path) -> Iterator[None]:
    """Without root's rights: permission bits do not stop root, so it becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(folder, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_file_that_may_not_be_written_or_read() -> None:
    with tempfile.TemporaryDirectory() as name, as_anybody(Path(name)):  # tmp_path lies in a folder of root's
        path = make(Path(name) / "archive.db")
        path.chmod(0o444)
        with pytest.raises(ArchiveUnwritable, match="read-only"):
            open_archive(path)
        path.chmod(0)
        with pytest.raises(ArchiveUnwritable, match="cannot be read"):
            open_archive(path, read_only=True)


def test_a_damaged_archive(tmp_path: Path) -> None:
    path = make(tmp_path / "archive.db")
    content = bytearray(path.read_bytes())
    content[100:4000] = b"\xff" * 3900  # page 1, where the tables are listed
    path.write_bytes(content)
    with pytest.raises(ArchiveCorrupt, match=r"damaged.*\.recover"):
        open_archive(path)
    assert path.read_bytes() == content


def test_tables_that_no_release_made_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path / "archive.db")
    with closing(sqlite3.connect(path)) as database:
        database.execute("delete from _sqlite_migrations where name = 'm010_near_index'")
        database.commit()
    with pytest.raises(ArchiveError, match=r"does not have the tables.*import-warc"):
        open_archive(path)


def test_a_checkpoint_that_was_cut_short_is_no_damage(tmp_path: Path) -> None:
    """A full disk lets page 1 be written, which tells the new length, and nothing beyond the old one."""
    archive, after = tmp_path / "archive.db", tmp_path / "after" / "archive.db"
    after.parent.mkdir()
    with open_archive(archive) as database:
        length = archive.stat().st_size
        names = [(f"{number:01000}",) for number in range(500)]
        database.conn.execute("begin")
        database.conn.executemany("insert into sites(name) values (?)", names)
        database.conn.execute("commit")
        shutil.copy(f"{archive}-wal", f"{after}-wal")
        database.execute("pragma wal_checkpoint(truncate)")
        after.write_bytes(archive.read_bytes()[:length])
    assert archive.stat().st_size > length
    with open_archive(after, read_only=True) as database:
        assert database.table("sites").count == len(names)
    with open_archive(after) as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert database.table("sites").count == len(names)
    assert after.stat().st_size == archive.stat().st_size


def test_an_archive_cut_short(tmp_path: Path) -> None:
    path = make(tmp_path / "archive.db")
    whole = path.stat().st_size
    os.truncate(path, whole - 3 * 4096 - 100)
    with pytest.raises(ArchiveCorrupt, match=r"damaged.*\.recover"):
        open_archive(path)


def test_below_the_floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(SqliteTooOld, match=r"3\.37\.0"):
        open_archive(tmp_path / "archive.db")
    assert listing(tmp_path) == []


MOUNTS = r"""
/dev/vda / ext4 rw 0 0
server:/export /mnt/share nfs4 rw 0 0
tmpfs /mnt/share/local tmpfs rw 0 0
//nas/a\040b /mnt/my\040disk cifs rw 0 0
/dev/vdb /mnt/my\040disk ext4 rw 0 0
me@host: /home/me/remote fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv", "ext4"),
        ("/mnt/share/a/b", "nfs4"),
        ("/mnt/shared", "ext4"),
        ("/mnt/share/local", "tmpfs"),
        ("/mnt/my disk", "ext4"),
        ("/home/me/remote", "fuse.sshfs"),
    ],
)
def test_the_file_system_is_that_of_the_innermost_mount(folder: str, kind: str) -> None:
    assert filesystem.file_system_of(Path(folder), MOUNTS) == kind


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/x {tmp_path} nfs rw 0 0\n")
    monkeypatch.setattr(filesystem, "MOUNTS", table)
    with pytest.raises(NetworkFileSystem, match=r"\(nfs\).*local disk"):
        open_archive(tmp_path / "archive.db")
    monkeypatch.setattr(filesystem, "MOUNTS", tmp_path / "no such table")
    make(tmp_path / "archive.db")
