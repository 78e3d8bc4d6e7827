"""docs/operating.md and deploy/: what is quoted is what is there, and the programs that read it accept it."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from newscrawler import settings
from newscrawler.archive import open_archive
from newscrawler.archive.pages import folder_of
from newscrawler.cli import main
from newscrawler.crawl.outcome import MEANING
from newscrawler.report import needs
from tests.conftest import ROOT, environment

DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())


def commands() -> Iterator[str]:
    """Every line of the guide's shell blocks, of the crontab and of the units that runs a program of ours."""
    texts = [text for language, _, text in FENCES if language == "sh"]
    texts += [path.read_text(encoding="utf-8") for path in (DEPLOY / "systemd").glob("*.service")]
    texts += [(DEPLOY / name).read_text(encoding="utf-8") for name in ("crontab", "Containerfile")]
    texts += re.findall(r"`((?:scrapy|newscrawler) [^`]+)`", GUIDE)
    for line in "\n".join(texts).splitlines():
        if not line.startswith("#"):
            yield line


@pytest.mark.parametrize(("name", "quoted"), [(n.strip(), text) for _, n, text in FENCES if n.strip()])
def test_what_is_quoted_stands_in_the_file(name: str, quoted: str) -> None:
    assert quoted in (ROOT / name).read_text(encoding="utf-8"), f"docs/operating.md quotes another {name}"


def test_every_file_of_deploy_is_in_the_guide() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file() and path.suffix != ".service":
            assert path.stem in GUIDE, path
    for name in UNITS:
        assert name.partition(".")[0] in GUIDE, name


def test_commands_of_ours_exist_with_these_options() -> None:
    seen = set()
    for line in commands():
        for name, rest in re.findall(r"\bnewscrawler\"? (\w+)((?: +[^\s`|>#]+)*)", line):
            if name not in main.commands:
                continue
            seen.add(name)
            known = CliRunner().invoke(main, [name, "--help"]).output
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in known, line
        for setting in re.findall(r"-s ([A-Z_]+)=", line):
            assert hasattr(settings, setting) or setting in {"CLOSESPIDER_TIMEOUT", "LOG_FILE"}, line
    assert {"status", "serve", "retry", "ledger", "try"} <= seen


def test_programs_stand_where_the_files_say() -> None:
    places = "\n".join(commands())
    assert set(re.findall(r"\.venv/bin/(\w+)", places)) == {"scrapy", "newscrawler", "pip"}
    assert all((Path(sys.executable).parent / name).exists() for name in ("scrapy", "newscrawler"))
    assert (DEPLOY / "backup").stat().st_mode & 0o111


def test_every_exit_code_has_a_row() -> None:
    section = GUIDE.split("## Exit codes of a crawl")[1].split("\n## ")[0]
    assert sorted(map(int, re.findall(r"^\| (\d+) \|", section, re.MULTILINE))) == sorted(MEANING)


def test_the_rules_of_status_are_the_numbers_of_the_guide() -> None:
    section = GUIDE.split("## What to watch")[1].split("\n## ")[0]
    said = section[section.index("| rule |") :]
    for number in (
        f"at least {needs.STUCK_AT_LEAST} addresses, and {needs.STUCK_SHARE:.1%}".replace("%", " %"),
        f"more than {needs.STUCK.days} days",
        f"at least {needs.RISING_AT_LEAST}, and three times",
        f"more than {needs.UNTOUCHED.days} days",
        f"{needs.QUARANTINE_SHARE:.0%}".replace("%", " %"),
        f"{needs.FREE_AT_LEAST // 2**30} GiB free",
        f"less than {needs.FREE_DAYS} days",
        f"{needs.NO_SIGN_OF_LIFE.seconds // 60} minutes",
    ):
        assert number in said, number
    assert (needs.SILENT_TIMES, needs.RISING_TIMES, needs.SILENT_AT_LEAST.seconds) == (4, 3, 7200)
    assert set(needs.ENDINGS) == {1, 3, 5}


def test_the_crontab_has_five_fields_and_no_bare_percent() -> None:
    lines = [line for line in (DEPLOY / "crontab").read_text().splitlines() if line and line[0] != "#"]
    jobs = [line for line in lines if not re.match(r"[A-Z_]+=", line)]
    assert len(jobs) == 3
    for job in jobs:
        assert re.match(r"(?:[\d*/,-]+ +){5}\S", job), job
        assert "%" not in job
        checked = subprocess.run(["sh", "-n", "-c", job.split(None, 5)[5]], check=False)
        assert checked.returncode == 0


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_units(name: str, tmp_path: Path) -> None:
    """With the program put where there is one: on this machine nothing is installed under /opt."""
    program = str(Path(sys.executable).parent) + "/"
    for unit in UNITS:
        text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(text.replace("/opt/newscrawler/.venv/bin/", program), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert name not in done.stderr, done.stderr


@pytest.mark.skipif(not shutil.which("logrotate"), reason="needs logrotate")
def test_logrotate_accepts_its_file_and_rotates(tmp_path: Path) -> None:
    logs = tmp_path / "log"
    logs.mkdir(mode=0o755)
    (logs / "crawl.log").write_text("one\n" * 20)
    text = (DEPLOY / "logrotate").read_text(encoding="utf-8").replace("/var/log/newscrawler", str(logs))
    config = tmp_path / "logrotate.conf"
    # There is no such user here, and only root may change to another.
    config.write_text(re.sub(r"    su .*\n|(?<=create 0640) \S+ \S+", "", text), encoding="utf-8")
    config.chmod(0o644)
    state = ["--state", str(tmp_path / "state")]
    asked = subprocess.run(
        ["logrotate", "-d", *state, str(config)], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    assert "error" not in asked.stderr
    for turn in (1, 2):
        subprocess.run(["logrotate", "-f", *state, str(config)], check=True)
        (logs / "crawl.log").write_text("more\n" * turn)
    assert {path.name for path in logs.iterdir()} == {"crawl.log", "crawl.log.1", "crawl.log.2.gz"}


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs the sqlite3 program")
def test_backup_copies_an_archive_that_is_being_written(tmp_path: Path) -> None:
    archive, folder = tmp_path / "it's news.db", tmp_path / "copies"
    for day in range(1, 7):
        folder.mkdir(exist_ok=True)
        (folder / f"archive-2025-01-0{day}.db").touch()
    backup = [str(DEPLOY / "backup"), str(archive), str(folder)]
    missing = subprocess.run(backup, capture_output=True, text=True, check=False)
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    with open_archive(archive) as database:
        database.execute("insert into sites(name) values ('committed')")
        database.conn.commit()
        pages = tmp_path / "it's news.db.pages"
        pages.mkdir()
        (pages / "1.warc.gz").write_bytes(b"raw")
        database.execute("begin immediate")
        database.execute("insert into sites(name) values ('under way')")
        done = subprocess.run(
            [*backup, "3"], env=environment(), capture_output=True, text=True, timeout=60, check=False
        )
        database.execute("rollback")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    copies = sorted(folder.glob("archive-*.db"))
    assert [copy.name for copy in copies[:2]] == ["archive-2025-01-05.db", "archive-2025-01-06.db"]
    assert len(copies) == 3
    connection = sqlite3.connect(copies[-1])
    assert connection.execute("select name from sites").fetchall() == [("committed",)]
    connection.close()
    assert (folder / "pages" / "1.warc.gz").read_bytes() == b"raw"
    with open_archive(copies[-1], create=False) as restored:  # an archive like any other
        assert restored.table("sites").count == 1


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs the sqlite3 program")
def test_backup_finds_the_raw_pages_behind_a_symbolic_link(tmp_path: Path) -> None:
    big, link, folder = tmp_path / "big" / "news.db", tmp_path / "archive.db", tmp_path / "copies"
    big.parent.mkdir()
    link.symlink_to("big/news.db")
    with open_archive(big):
        pass
    page = folder_of(link) / "1.warc.gz"
    page.parent.mkdir()
    page.write_bytes(b"raw")
    command = [str(DEPLOY / "backup"), str(link), str(folder)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "pages" / page.name).read_bytes() == b"raw"


def test_restoring_as_printed_puts_every_file_in_its_place(tmp_path: Path) -> None:
    (block,) = (text for _, _, text in FENCES if "cp ~/backup/archive-" in text)
    news, backup = tmp_path / "news", tmp_path / "backup"
    for file in ("news/archive.db-wal", "news/archive.db.pages/2.warc.gz", "backup/pages/1.warc.gz"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (backup / "archive-2026-11-22.db").touch()
    lines = "".join(line for line in block.splitlines(keepends=True) if not line.startswith("newscrawler"))
    subprocess.run(["sh", "-ec", lines], env={**os.environ, "HOME": str(tmp_path)}, check=True)
    found = {str(path.relative_to(news)) for path in news.rglob("*") if path.is_file()}
    assert found == {"archive.db", "archive.db.pages/1.warc.gz", "archive.db.pages/2.warc.gz"}


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs the sqlite3 program")
def test_backup_completes_what_a_killed_one_has_left(tmp_path: Path) -> None:
    archive, folder = tmp_path / "archive.db", tmp_path / "copies"
    with open_archive(archive):
        pass
    day = tmp_path / "archive.db.pages" / "2025-10-01.warc.gz"
    day.parent.mkdir()
    day.write_bytes(b"raw pages of a day that is over")
    os.utime(day, (0, 0))
    (folder / "pages").mkdir(parents=True)
    half, copy = folder / "pages" / day.name, folder / "archive-2025-10-01.db.partial"
    half.write_bytes(b"raw pages")  # by the clock younger than what it is a copy of
    copy.touch()
    older = folder / "pages" / "2025-09-30.warc.gz"
    older.write_bytes(b"what the archive keeps no more")
    done = subprocess.run(
        [str(DEPLOY / "backup"), str(archive), str(folder)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert half.read_bytes() == day.read_bytes()
    assert older.exists()
    assert not list(folder.rglob("*.partial"))
