"""Raw pages of whole crawls: everything that came is kept as it came, whatever ends the crawl."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from newscrawler.archive import captures
from newscrawler.archive.captures import Capture
from newscrawler.archive.kept import read_capture
from newscrawler.archive.open import open_archive
from newscrawler.crawl import outcome
from newscrawler.crawl.captures import Keeping
from newscrawler.replica import Replica
from tests.conftest import crawl, environment, rows
from tests.test_crawl_units import tally


def folder(archive: Path) -> Path:
    return archive.with_name(archive.name + ".pages")


def kept(archive: Path) -> list[Capture]:
    database = open_archive(archive, read_only=True)
    try:
        return captures._select(database, "1 ORDER BY c.id", ())
    finally:
        database.conn.close()


def assert_sound(archive: Path) -> int:
    """Every row leads to its record, every page record has its row, another reader finds no fault."""
    found = {(c.file, c.offset): c for c in kept(archive)}
    for capture in found.values():
        assert read_capture(archive, capture).status == capture.status
    pages = 0
    for file in folder(archive).iterdir():
        assert subprocess.run(["gzip", "-t", str(file)], check=False).returncode == 0
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                assert record.verify_block_digest()
                if record.record_type != WarcRecordType.warcinfo:
                    row = found[file.name, record.stream_pos]
                    assert record.headers["WARC-Target-URI"] == row.url
                    pages += 1
    assert pages == len(found)
    return pages


def test_everything_that_came_is_kept_as_it_came(tmp_path: Path) -> None:
    """Under the real names, over TLS, with every fault; then once more an hour later."""
    archive = tmp_path / "archive.db"
    with Replica(articles=100, seed=1, weight=4) as site:
        assert crawl(archive, site=site).returncode == 4
        asked = [request for request in site.requests if request.path != "/robots.txt"]
        first = kept(archive)
        crawl(archive, site=site, NEWSCRAWLER_NOW="2025-10-01T01:00:00+08:00")
    assert assert_sound(archive) > len(first)
    assert {c.status for c in first} >= {200, 302, 404, 500}
    assert {c.kind for c in first} == {"article", "listing"}
    assert not [c for c in first if "robots.txt" in c.url]
    # What broke off on the way never arrived as an answer.
    assert len(asked) - 20 < len(first) <= len(asked)
    assert {c.file for c in first} == {"2025-09-30.warc.gz"}  # the day in UTC
    listings = [c for c in kept(archive)[len(first) :] if c.kind == "listing"]
    assert listings
    assert all(c.refers_to for c in listings)
    without = (
        "select url from articles a where not exists (select * from captures where article_key = url_key)"
    )
    assert rows(archive, without) == []


def test_a_kept_page_is_what_the_site_sent(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    assert crawl(archive, "-a", f"start_urls={replica.url}").returncode == 0
    assert_sound(archive)
    parts: dict[Any, list[int]] = {}
    for capture in kept(archive):
        record = read_capture(archive, capture)
        assert record.header("transfer-encoding") is None
        if capture.kind == "article" and capture.status == 200:
            parts.setdefault(capture.article_key, []).append(capture.part)
        if record.header("Content-Encoding") == "gzip" and capture.record == "response":
            gzip.decompress(record.payload)
    assert max(len(numbers) for numbers in parts.values()) > 1
    assert all(numbers == sorted(numbers) for numbers in parts.values())
    text = gzip.decompress((folder(archive) / "2025-09-30.warc.gz").read_bytes())
    assert b"WARC-IP-Address: 127.0.0.1\r\n" in text
    assert text.count(b"WARC-Type: warcinfo") == 1
    assert b"http-header-user-agent: newscrawler/" in text
    stats = rows(archive, "select stats from crawl_runs")[0]["stats"]
    assert "newscrawler/pages/bytes_received" in stats


def test_articles_only_and_none(tmp_path: Path, replica: Replica) -> None:
    start = ["-a", f"start_urls={replica.url}"]
    articles, none = tmp_path / "articles.db", tmp_path / "none.db"
    assert crawl(articles, *start, "-s", "KEEP_PAGES=articles").returncode == 0
    assert {(c.kind, c.status) for c in kept(articles)} == {("article", 200)}
    assert_sound(articles)
    assert crawl(none, *start, "-s", "KEEP_PAGES=none").returncode == 0
    assert kept(none) == []
    assert not folder(none).exists()


@pytest.mark.parametrize("setting", ["KEEP_PAGES=some", "KEEP_PAGES_DAYS=-1", "KEEP_PAGES_DAYS=week"])
def test_a_wrong_setting_ends_with_2_and_is_named(tmp_path: Path, setting: str) -> None:
    done = crawl(tmp_path / "archive.db", "-s", setting)
    assert done.returncode == 2
    assert setting.split("=")[0] in done.stderr
    assert "expected" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_settings_are_read() -> None:
    assert Keeping.of({"KEEP_PAGES": "all", "KEEP_PAGES_DAYS": "30"}) == Keeping("all", 30)
    assert Keeping.of({"KEEP_PAGES": "none", "KEEP_PAGES_DAYS": 0}) == Keeping("none", 0)


def test_old_pages_are_removed_when_a_crawl_begins(tmp_path: Path, replica: Replica) -> None:
    archive, start = tmp_path / "archive.db", f"start_urls={replica.url}"
    assert crawl(archive, "-a", start).returncode == 0
    later = datetime(2025, 10, 4, tzinfo=UTC).isoformat()
    for days, files in ((4, {"2025-09-30.warc.gz", "2025-10-04.warc.gz"}), (3, {"2025-10-04.warc.gz"})):
        done = crawl(archive, "-a", start, "-s", f"KEEP_PAGES_DAYS={days}", NEWSCRAWLER_NOW=later)
        assert done.returncode == 0, done.stderr
        assert {path.name for path in folder(archive).iterdir()} == files
    assert_sound(archive)


def test_killed_with_a_torn_end_the_next_crawl_mends_it(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=2, faults=False, weight=2, delay=0.01) as site:
        command = ["crawl", "itbear", "-a", f"start_urls={site.url}", "-s", "DOWNLOAD_DELAY=0"]
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapy", *command],
            cwd=tmp_path,
            env=environment(NEWSCRAWLER_NOW="2025-10-01T00:00:00+08:00"),
        )
        while len(site.requests) < 60 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = kept(archive)
        assert before
        for capture in before:  # what has a row is there, whatever happened
            read_capture(archive, capture)
        file = folder(archive) / "2025-09-30.warc.gz"
        with file.open("r+b") as stream:  # the kernel finishes a write that it began: tear it by hand
            stream.seek(before[1].offset)
            half = stream.read(before[1].length // 2)
            stream.seek(0, os.SEEK_END)
            stream.write(half)
        site.delay = 0
        done = crawl(archive, "-a", f"start_urls={site.url}", "-L", "WARNING", "-s", "LOG_FILE=crawl.log")
        assert done.returncode == 0, done.stderr
    assert f"{len(half)} bytes of a torn record were cut off" in (tmp_path / "crawl.log").read_text()
    assert kept(archive)[: len(before)] == before
    assert_sound(archive)


def test_a_full_disk_stops_the_crawl_with_a_sentence(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    program = (
        "import errno, os; from newscrawler.archive import dayfile\n"
        "usual = os.pwrite\n"
        "def pwrite(descriptor, data, offset):\n"
        "    if offset > 60_000: raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "    return usual(descriptor, data, offset)\n"
        "dayfile.os.pwrite = pwrite\n"
        "import sys; from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[1:]])\n"
    )
    with Replica(articles=120, seed=2, faults=False, weight=2) as site:
        arguments = ["crawl", "itbear", "-a", f"start_urls={site.url}", "-s", "DOWNLOAD_DELAY=0"]
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=tmp_path,
            env=environment(NEWSCRAWLER_NOW="2025-10-01T00:00:00+08:00"),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 3, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert "No room left to keep raw pages" in done.stderr
        assert rows(archive, "select reason, failed from crawls") == [
            {"reason": "archive_error", "failed": 0}
        ]
        assert_sound(archive)
        assert crawl(archive, "-a", f"start_urls={site.url}").returncode == 0


def test_the_summary_says_what_a_page_costs() -> None:
    made = tally(judged=1, fit=1, new=1)
    text = outcome.summary(outcome.outcome_of(made, {}, "finished"), made, "a.db", pages=(1200, 1_800_000))
    assert "raw pages: 1,200 in a.db.pages, 1,500 bytes a page" in text
    assert "raw pages" not in outcome.summary(outcome.outcome_of(made, {}, "finished"), made, "a.db")
