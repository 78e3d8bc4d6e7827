"""``newscrawler backup``: one moment of the archive while it is written to, whole or not there."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newscrawler.archive import backup, copying, warc
from newscrawler.archive.pages import Asked
from newscrawler.archive.session import Session
from newscrawler.archive.store import store_article
from newscrawler.cli import main
from newscrawler.items import Article
from tests.archives import opened, url
from tests.conftest import rows

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


def keep(session: Session, number: int, moment: datetime = NOW) -> None:
    """An article with its raw page, committed."""
    article = Article(url=url(number), site="itbear", title=f"标题{number}", body="正文。" * 400)
    session.pages.append(
        warc.Answer(article.url, 200, [], os.urandom(9000)), Asked("article", article.url), moment
    )
    session.writer.submit(lambda db: store_article(db, article, seen_at=moment)).result()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two articles of yesterday, two of today."""
    with opened(tmp_path / "archive.db") as session:
        for number in range(4):
            keep(session, number, YESTERDAY if number < 2 else NOW)
    return tmp_path / "archive.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "backup").mkdir()
    return tmp_path / "backup" / "copy.db"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_copy_is_a_whole_archive(archive: Path, target: Path) -> None:
    done = run("backup", target, "--pages", "--archive", archive)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].startswith(f"{archive} copied to {target}: ")
    assert done.stdout.splitlines()[1] == "2 files of raw pages with it (1 as hard links)."
    assert sorted(path.name for path in target.parent.iterdir()) == ["copy.db", "copy.db.pages"]
    checked = run("check", "--archive", target)
    assert "4 articles and 4 raw pages looked at; all is as it should be" in checked.stdout
    assert rows(target, "select * from news") == rows(archive, "select * from news")
    assert run("backup", target, "--pages", "-q", "--archive", archive).output == ""


def test_a_second_copy_brings_what_is_new(archive: Path, target: Path) -> None:
    run("backup", target, "--pages", "--archive", archive)
    with opened(archive) as session:
        keep(session, 5)
    done = run("backup", target, "--pages", "--archive", archive)
    assert "2 files of raw pages with it (1 there already)." in done.stdout
    assert "5 articles and 5 raw pages looked at; all is" in run("check", "--archive", target).stdout


def test_what_is_appended_later_never_reaches_the_copy(archive: Path, target: Path) -> None:
    run("backup", target, "--pages", "--archive", archive)
    before = {path.name: path.read_bytes() for path in Path(f"{target}.pages").iterdir()}
    with opened(archive) as session:
        keep(session, 5)
    assert {path.name: path.read_bytes() for path in Path(f"{target}.pages").iterdir()} == before


def test_a_crawl_that_commits_between_the_steps_does_not_begin_the_copy_anew(
    archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "STEP", 4)
    told: list[int] = []
    with (
        opened(archive) as session,
        closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as reader,
    ):
        session.pages.append(warc.Answer(url(9), 200, [], b"x"), Asked("article", url(9)), NOW)

        def step(done: int, total: int) -> None:
            told.append(done)
            keep(session, 100 + len(told))

        with copying.copied(reader, target, step) as partial:
            assert not target.exists()
            assert partial.exists()
        assert run("backup", target, "--pages", "--archive", archive).exit_code == 0
    assert told == sorted(told)
    assert len(told) > 3
    assert "all is as it should be" in run("check", "--archive", target).stdout


def test_without_hard_links_files_are_copied(
    archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(backup.os, "link", none)
    done = run("backup", target, "--pages", "--archive", archive)
    assert "2 files of raw pages with it.\n" in done.stdout
    assert all(path.stat().st_nlink == 1 for path in Path(f"{target}.pages").iterdir())
    assert run("check", "--archive", target).exit_code == 0
    assert "(2 there already)" in run("backup", target, "--pages", "--archive", archive).stdout


def test_a_copy_that_fails_leaves_the_older_one(
    archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("backup", target, "--archive", archive)
    before = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_copy_bytes", full)
    done = run("backup", target, "--pages", "--archive", archive)
    assert done.exit_code == 1
    assert "No space left" in done.output
    assert "df -h" in done.output
    assert target.read_bytes() == before
    assert not list(target.parent.rglob("*.partial"))


def test_a_missing_file_of_raw_pages_is_said(archive: Path, target: Path) -> None:
    Path(f"{archive}.pages/2025-09-30.warc.gz").unlink()
    done = run("backup", target, "--pages", "-q", "--archive", archive)
    assert done.exit_code == 1
    assert "2025-09-30.warc.gz" in done.stderr
    assert "newscrawler check" in done.stderr


def test_no_place_for_a_copy(archive: Path, target: Path, tmp_path: Path) -> None:
    (tmp_path / "foreign.db").write_bytes(b"no database, but somebody's notes. " * 40)
    for place, said in (
        (archive, "no place for a copy"),
        (tmp_path / "nowhere" / "copy.db", "mkdir -p"),
        (tmp_path / "foreign.db", "not a SQLite database"),
    ):
        done = run("backup", place, "--archive", archive)
        assert (done.exit_code, said in done.output) == (1, True), done.output
    assert run("backup", target.parent, "--archive", archive).exit_code == 2
    run("backup", target, "--archive", archive)
    with opened(target):
        assert "is in use" in run("backup", target, "--archive", archive).output
    assert run("backup", target, "--archive", archive).exit_code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_no_half_copy(
    archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setattr(backup, "_copy_pages", lambda *_: os.kill(os.getpid(), number))
    before = signal.getsignal(number)
    done = CliRunner().invoke(main, ["backup", "--pages", str(target), "--archive", str(archive)])
    assert (done.exit_code, done.stdout) == (130, "")
    assert done.stderr == "newscrawler: interrupted; an older copy there is as it was\n"
    assert not list(target.parent.glob(f"{target.name}*"))
    assert signal.getsignal(number) is before
