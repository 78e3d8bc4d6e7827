"""Whatever stands around the process, its exit code is right: closed pipes, lost terminals, odd paths."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from newscrawler.archive import open_archive
from newscrawler.archive.errors import LockHeld
from newscrawler.archive.lock import ArchiveLock
from newscrawler.replica import Replica
from tests.conftest import at_terminal, crawl, environment, newscrawler, rows, scrapy

UNREACHABLE = "-a start_urls=http://127.0.0.1:9/ -s RETRY_TIMES=0 -s DOWNLOAD_DELAY=0"


@pytest.mark.parametrize(("arguments", "code"), [(UNREACHABLE, 5), ("-a since=nonsense", 2)])
@pytest.mark.parametrize("ending", ["2>&-", ">&- 2>&-", "2>&1 | true"])
def test_the_exit_code_does_not_depend_on_who_listens(
    tmp_path: Path, arguments: str, code: int, ending: str
) -> None:
    line = f"{sys.executable} -m scrapy crawl itbear {arguments} {ending}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment(), timeout=60, check=False)
    assert done.returncode == code


def test_a_terminal_that_is_closed_interrupts_the_crawl_cleanly(tmp_path: Path) -> None:
    with Replica(articles=120, seed=2, faults=False, weight=1, delay=0.05) as site:
        process, master = at_terminal(site, tmp_path)
        while len(site.requests) < 4 and process.poll() is None:
            time.sleep(0.05)
        os.close(master)
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=10) == 130
    assert rows(tmp_path / "archive.db", "select reason from crawls") == [{"reason": "shutdown"}]


def test_an_empty_archive_path_is_wrong_usage(tmp_path: Path) -> None:
    done = crawl(tmp_path / "archive.db", "-s", "ARCHIVE_PATH=")
    assert done.returncode == 2
    assert "ARCHIVE_PATH" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "setting",
    [
        *("KEEP_PAGES=foo", "KEEP_PAGES_DAYS=-1", "REVISIT_AFTER_HOURS=abc", "REVISIT_AFTER_HOURS=1,,2"),
        *("TIME_BUDGET=soon", "TIME_BUDGET=-1", "DOWNLOAD_DELAY=nan", "DOWNLOAD_DELAY=-1", "RETRY_BACKOFF=x"),
        *("LISTING_MARGIN=x", "LISTING_PAGES_FIRST=0", "ATTEMPTS_MAX=x", "REVISITS_PER_CRAWL=1.5"),
        *("FOLLOW_RELATED=maybe", "FOLLOW_RELATED_DAYS=", "ROBOTSTXT_OBEY=no", "LOG_LEVEL=loud"),
        *("CONCURRENT_REQUESTS_PER_DOMAIN=0", "CLOSESPIDER_PAGECOUNT=x", "COOKIES_ENABLED=x"),
        *("SITEMAP_DAYS=1000000", "SITEMAP_HOURS=999999999", "KEEP_PAGES_DAYS=800000"),
        f"JOBDIR={__file__}",
    ],
)
def test_a_setting_that_cannot_be_is_wrong_usage_and_named(tmp_path: Path, setting: str) -> None:
    done = crawl(tmp_path / "archive.db", "-a", "start_urls=http://127.0.0.1:9/", "-s", setting)
    assert done.returncode == 2
    assert done.stderr.startswith(f"newscrawler: {setting.partition('=')[0]}")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_log_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    done = crawl(tmp_path / "archive.db", "-s", "LOG_FILE=/no/such/folder/crawl.log")
    assert done.returncode == 1
    assert done.stderr.startswith("newscrawler: LOG_FILE cannot be written: ")
    assert done.stderr.count("\n") == 1


def test_a_log_without_room_stops_no_crawl(tmp_path: Path, replica: Replica) -> None:
    """A limit on the size of files stands for a full disk: it befalls only the log, which is large."""
    log, limit = tmp_path / "crawl.log", 100_000_000
    with log.open("wb") as file:
        file.truncate(limit)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            "itbear",
            "-s",
            f"LOG_FILE={log}",
            "-s",
            "DOWNLOAD_DELAY=0",
        ],
        cwd=tmp_path,
        env=environment(**replica.environment()),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == "newscrawler: no room for LOG_FILE (File too large); this crawl keeps no log\n"
    assert log.stat().st_size == limit


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_a_status_that_finds_no_room_is_a_sentence(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db"), Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "newscrawler.cli", "status"],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "Error: no room left to write (No space left on device); see: df -h\n"


def test_an_archive_may_have_any_name(tmp_path: Path) -> None:
    name = "a b?%41#x '归档'.db"
    with Replica(articles=30, seed=1, faults=False, weight=1) as site:
        done = crawl(tmp_path / name, "-a", f"start_urls={site.url}", "-s", f"ARCHIVE_PATH={name}")
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {name, f"{name}.lock", f"{name}.pages"}


def test_a_feed_that_cannot_be_written_is_a_failure(tmp_path: Path, replica: Replica) -> None:
    (tmp_path / "file").touch()
    done = crawl(tmp_path / "archive.db", "-a", f"start_urls={replica.url}", "-O", "file/items.jsonl")
    assert done.returncode == 4, done.stderr
    assert "items.jsonl" in done.stderr


def test_who_only_asks_for_the_holder_keeps_nobody_out(tmp_path: Path) -> None:
    """doctor and every crawl that starts look at the lock for a moment."""
    archive = tmp_path / "archive.db"
    with ArchiveLock(archive, command="long gone"):
        pass
    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(0.0005):
            ArchiveLock(archive).holder()

    asker = threading.Thread(target=ask)
    asker.start()
    refused = 0
    for _ in range(500):
        try:
            with ArchiveLock(archive):
                pass
        except LockHeld:
            refused += 1
    ended.set()
    asker.join()
    assert refused == 0


def test_the_doctor_lives_with_odd_surroundings(tmp_path: Path) -> None:
    def said(*arguments: str, **extra: str) -> str:
        done = newscrawler("doctor", *arguments, cwd=tmp_path, **extra)
        assert done.stderr == ""
        return done.stdout

    assert "NEWSCRAWLER_NOW" in said("--offline", NEWSCRAWLER_NOW="noon")
    proxy = "http://127.0.0.1:9"
    assert "张三" in said(NEWSCRAWLER_CONTACT="张三", http_proxy=proxy, https_proxy=proxy)


def test_scrapy_parse_shows_the_page_and_warns_of_nothing_of_ours(tmp_path: Path, replica: Replica) -> None:
    url = next(a["url"] for a in replica.truth()["articles"] if a["listed"] and a["outcome"] == "archived")
    start = f"start_urls={replica.url}"
    done = scrapy("parse", url, "--spider", "itbear", "-a", start, "-c", "parse_article", cwd=tmp_path)
    assert done.returncode == 0
    assert url in done.stdout
    assert "newscrawler.crawl" not in done.stderr
    assert not list(tmp_path.glob("archive.db*"))


def test_a_setting_of_the_wrong_kind_is_code_1_with_the_reason(tmp_path: Path) -> None:
    done = crawl(tmp_path / "archive.db", "-s", "REDIRECT_MAX_TIMES=soon")
    assert done.returncode == 1
    assert "soon" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
