"""The archive fails under a running crawl: it stops with code 3 or 130 and a sentence; nothing hangs."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import REPLICA_START, crawl, environment, rows


def start(archive: Path, site: Replica, *arguments: str, url: str = "") -> subprocess.Popen[str]:
    """A crawl of ``site`` at its own address (or of ``url`` there), left running."""
    command = [sys.executable, "-m", "scrapy", "crawl", "itbear", "-a", f"start_urls={url or site.url}"]
    return subprocess.Popen(
        [*command, "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_BACKOFF=0.05", *arguments],
        cwd=archive.parent,
        env=environment(NEWSCRAWLER_ARCHIVE=str(archive), NEWSCRAWLER_NOW=REPLICA_START),
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not condition() and process.poll() is None:
        time.sleep(0.02)


def end_of(process: subprocess.Popen[str], timeout: float) -> tuple[int, str]:
    """The exit code and what was said."""
    try:
        _, said = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, said


def crawl_after(archive: Path, site: Replica, program: str) -> subprocess.CompletedProcess[str]:
    """A crawl of ``site`` in a process that runs ``program`` first (the archive is its ``sys.argv[1]``)."""
    program = f"import sys\n{program}from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[2:]])\n"
    return subprocess.run(
        [
            *(sys.executable, "-c", program, str(archive), "crawl", "itbear"),
            *("-a", f"start_urls={site.url}", "-s", "DOWNLOAD_DELAY=0"),
        ],
        cwd=archive.parent,
        env=environment(NEWSCRAWLER_ARCHIVE=str(archive), NEWSCRAWLER_NOW=REPLICA_START),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def a_disk_that_fails(function: str) -> str:
    """A program (for crawl_after) after which calls of ``function`` find the archive's disk broken."""
    return (
        "import sqlite3\n"
        "def failing(*a, **k):\n"
        "    error = sqlite3.OperationalError('disk I/O error')\n"
        "    error.sqlite_errorcode = sqlite3.SQLITE_IOERR\n"
        "    raise error\n"
        f"{function} = failing\n"
    )


def test_an_archive_that_is_moved_away_stops_the_crawl(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=2, faults=False, weight=1, delay=0.05) as site:
        process = start(archive, site)
        wait_for(lambda: len(site.requests) >= 20, process)
        archive.rename(tmp_path / "elsewhere.db")
        code, said = end_of(process, 30)
    assert code == 3, said
    assert "was moved" in said
    assert len(said.strip().splitlines()) == 1


def test_an_archive_error_while_a_failed_page_is_noted_stops_the_crawl(tmp_path: Path) -> None:
    """No article is stored any more, only failures are written down: in errbacks."""
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=2, faults=False, weight=1, delay=0.05) as site:
        usual, moved = site.answer, []

        def answer(view: View, path: str, query: str) -> Answer:
            if not path.startswith("/html/"):
                return usual(view, path, query)
            if not moved:
                moved.append(archive.rename(tmp_path / "elsewhere.db"))
            return Answer(404)

        site.answer = answer  # type: ignore[method-assign]
        channel = max(site.truth()["channels"], key=lambda c: len(c["articles"]))
        process = start(archive, site, "-a", "max_listing_pages=1", url=channel["url"])
        code, said = end_of(process, 30)
        asked = len([r for r in site.requests if r.path.startswith("/html/")])
    assert code == 3, said
    assert "was moved" in said
    assert asked < 10


def test_an_archive_that_fails_at_the_very_end_is_not_a_success(tmp_path: Path, replica: Replica) -> None:
    """The crawl's own row could not be closed: cron must hear of it."""
    archive = tmp_path / "archive.db"
    assert crawl(archive, "-a", f"start_urls={replica.url}").returncode == 0
    program = (
        "from pathlib import Path; from newscrawler.archive import crawls\n"
        "usual = crawls.finish_crawl\n"
        "def moved(*a, **k):\n"
        "    Path(sys.argv[1]).rename(sys.argv[1] + '.moved')\n"
        "    usual(*a, **k)\n"
        "crawls.finish_crawl = moved\n"
    )
    done = crawl_after(archive, replica, program)
    assert done.returncode == 3, done.stderr
    assert "was moved" in done.stderr


def test_a_signal_is_heard_while_a_host_is_waited_for(tmp_path: Path) -> None:
    """What stands in the queue of a slow host is not asked for any more, and is no failure."""
    archive = tmp_path / "archive.db"
    with Replica(articles=60, seed=2, faults=False, weight=1, crawl_delay=1.5) as site:
        process = start(archive, site)
        wait_for(lambda: len(site.requests) >= 3, process)
        process.send_signal(signal.SIGTERM)
        code, said = end_of(process, 5)
        assert code == 130, said
        assert len(site.requests) <= 5
    crawls = rows(archive, "select reason, failed from crawls")
    assert crawls == [{"reason": "shutdown", "failed": 0}]
    assert {row["state"] for row in rows(archive, "select state from ledger")} <= {"pending", "archived"}
    assert not rows(archive, "select * from ledger where attempts > 0")


@pytest.mark.parametrize("times", [1, 2])
def test_a_signal_is_heard_while_another_program_holds_the_archive(tmp_path: Path, times: int) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=2, faults=False, weight=1, delay=0.05) as site:
        process = start(archive, site)
        wait_for(lambda: len(site.requests) >= 20, process)
        other = sqlite3.connect(archive, isolation_level=None)
        other.execute("pragma busy_timeout = 10000")
        other.execute("begin immediate")
        try:
            time.sleep(1)
            for _ in range(times):
                process.send_signal(signal.SIGTERM)
                time.sleep(0.3)
            code, said = end_of(process, 5)
        finally:
            other.close()
    assert code == 130, said
    assert crawl(archive, "-a", "start_urls=http://127.0.0.1:9/", "-s", "RETRY_TIMES=0").returncode in {4, 5}
    assert rows(archive, "select reason from crawls order by started_at")[0]["reason"] == "interrupted"


def test_an_error_of_the_reading_connection_is_the_archives_fault(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    program = "from newscrawler.archive import ledger\n" + a_disk_that_fails("ledger.lookup")
    done = crawl_after(archive, replica, program)
    assert done.returncode == 3, done.stderr
    assert "archive_error" in done.stderr
    assert "disk I/O error" in done.stderr
    assert "site_rule" not in done.stderr


def test_a_closed_terminal_is_no_end_under_nohup(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    usual = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Replica(articles=30, seed=2, faults=False, weight=1, delay=0.02) as site:
            process = start(archive, site)
            wait_for(lambda: len(site.requests) >= 5, process)
            process.send_signal(signal.SIGHUP)
            assert end_of(process, 60) == (0, "")
    finally:
        signal.signal(signal.SIGHUP, usual)


def test_what_waits_for_its_next_try_survives_a_planned_pause(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=60, seed=2, faults=False, weight=1) as site:
        usual, sick = site.answer, []

        def answer(view: View, path: str, query: str) -> Answer:
            if path.startswith("/html/") and not sick:
                sick.append(path)
                return Answer(500)
            return usual(view, path, query)

        site.answer = answer  # type: ignore[method-assign]
        process = start(archive, site, "-s", "JOBDIR=job", "-s", "RETRY_BACKOFF=60")
        wait_for(lambda: len(site.requests) >= 30, process)
        process.send_signal(signal.SIGTERM)
        assert end_of(process, 10)[0] == 130
        assert end_of(start(archive, site, "-s", "JOBDIR=job"), 60) == (0, "")
        wanted = {a["url"] for a in site.truth()["articles"] if a["listed"] and a["outcome"] == "archived"}
    assert {row["url"] for row in rows(archive, "select url from news")} == wanted


def test_a_planned_pause_with_jobdir_goes_on_where_it_was(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=2, faults=False, weight=1, delay=0.02) as site:
        process = start(archive, site, "-s", "JOBDIR=job")
        wait_for(lambda: len(site.requests) >= 60, process)
        process.send_signal(signal.SIGTERM)
        code, said = end_of(process, 10)
        assert code == 130, said
        site.delay = 0
        for _ in range(2):  # the second start finds its job done, and crawls anew
            code, said = end_of(start(archive, site, "-s", "JOBDIR=job"), 60)
            assert (code, said) == (0, "")
        asked = [request.path for request in site.requests if request.path.startswith("/html/")]
        wanted = {a["url"] for a in site.truth()["articles"] if a["listed"] and a["outcome"] == "archived"}
    assert {row["url"] for row in rows(archive, "select url from news")} == wanted
    # What was in flight when the signal came, or had come and was not stored yet, is asked for again.
    assert len(asked) - len(set(asked)) <= 8
