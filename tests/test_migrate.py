"""``newscrawler migrate``: an archive of an older release, brought up to date by hand."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from newscrawler.archive import ArchiveLock, open_archive
from newscrawler.archive.migrations import migrations
from newscrawler.cli import main
from tests.test_archive_open import OF_AN_OLDER_RELEASE, older


def migrate(archive: Path) -> Result:
    return CliRunner().invoke(main, ["migrate", "--archive", str(archive)])


def test_an_older_archive_is_brought_up_to_date_beside_a_copy(tmp_path: Path) -> None:
    path = older(tmp_path / "archive.db")
    done = migrate(path)
    assert done.exit_code == 0, done.output
    copy = tmp_path / f"archive.db.before-{OF_AN_OLDER_RELEASE}"
    assert copy.is_file()
    assert f"As it was before: {copy}." in done.stdout
    assert list(migrations._migrations)[-1].name in done.stdout
    with open_archive(path, read_only=True) as database:
        assert [row["title"] for row in database.query("SELECT title FROM news")] == ["量子芯片发布"]
    assert migrate(path).stdout == f"{path} is up to date.\n"


def test_an_archive_that_is_up_to_date_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    open_archive(path).close()
    before = path.read_bytes()
    assert migrate(path).exit_code == 0
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.before-*"))


def test_a_crawl_that_runs_is_waited_for_by_nobody(tmp_path: Path) -> None:
    path = older(tmp_path / "archive.db")
    with ArchiveLock(path, command="scrapy crawl itbear"):
        done = migrate(path)
    assert done.exit_code == 75
    assert "scrapy crawl itbear" in done.stderr


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    (tmp_path / "words.db").write_text("no database")
    said = migrate(tmp_path / "words.db").stderr
    assert "Name another file (--archive FILE; scrapy crawl: -s ARCHIVE_PATH=FILE)" in said
    (tmp_path / "words.db").unlink()
    done = migrate(tmp_path / "archive.db")
    assert done.exit_code == 1
    assert "does not exist" in done.stderr
    assert not list(tmp_path.iterdir())
