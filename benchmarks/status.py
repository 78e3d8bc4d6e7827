"""What ``newscrawler status`` costs on a large archive: generate one, then time the figures.

    python -m benchmarks.status [--articles 1000000] [--keep FILE]

Fourteen months of crawls every half hour: the ledger has an address for every article and 3 % that are
not archived, the last days look like any others. Bodies are left out: nothing of this reads them.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newscrawler import clock
from newscrawler.archive import open_archive
from newscrawler.identity import key64
from newscrawler.report import status as report

NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
PER_CRAWL = 50
STEP = timedelta(minutes=30)
CLASSES = ("timeout", "http_5xx", "short_body", "throttled", "reset")
STATS = {f"downloader/response_count/{n}": n for n in range(60)}
"""Filler of the size of Scrapy's own statistics."""


def generate(connection: sqlite3.Connection, articles: int) -> None:
    """Fill the archive behind ``connection`` with ``articles`` articles and what belongs to them."""
    connection.execute("PRAGMA synchronous = OFF")
    crawls = articles // PER_CRAWL
    begin = NOW - crawls * STEP
    connection.execute("BEGIN")
    connection.execute("INSERT INTO sites(id, name) VALUES (1, 'itbear')")
    connection.executemany(
        "INSERT INTO crawl_runs(id, started_at, alive_at, finished_at, spider, reason, requests, new,"
        " updated, unchanged, failed, quarantined, exit_code, stats)"
        " VALUES (?, ?, ?, ?, 'itbear', 'finished', 70, ?, 0, 9, 1, 0, ?, ?)",
        _crawls(crawls, begin),
    )
    connection.executemany(
        "INSERT INTO articles(id, url, url_key, site_id, title, published_at, published_date, revision,"
        " first_seen_at, first_crawl_id) VALUES (?, ?, ?, 1, ?, ?, ?, 1, ?, ?)",
        _articles(articles, begin),
    )
    connection.executemany(
        "INSERT INTO ledger(url_key, url, site_id, state, discovered_at, discovered_on, discovered_as,"
        " first_crawl_id, title, summary, date, attempts, last_error, due_at, changed_at)"
        " VALUES (?, ?, 1, ?, ?, 'https://www.itbear.com.cn/ai/', 'listing', ?, ?, ?, ?, ?, ?, ?, ?)",
        _ledger(articles, begin),
    )
    connection.execute("COMMIT")


def _crawls(count: int, begin: datetime) -> Iterator[tuple[object, ...]]:
    for number in range(1, count + 1):
        start = begin + number * STEP
        stats = json.dumps({**STATS, "newscrawler/article/failed/timeout": number % 3})
        end = clock.iso(start + timedelta(minutes=2))
        yield number, clock.iso(start), end, end, PER_CRAWL, 4 if number % 3 else 0, stats


def _url(number: int) -> str:
    return f"https://www.itbear.com.cn/html/2025-09/{number}.html"


def _articles(count: int, begin: datetime) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        seen = begin + (number // PER_CRAWL + 1) * STEP
        local = (seen - timedelta(hours=1)).astimezone(report.ZONE)
        url, title = _url(number), f"第{number}号新闻的标题大约有这么长，再长一些"
        day = local.isoformat()
        yield (
            *((int(seen.timestamp()) << 20) + number % 1000, url, key64(url), title, day, day[:10]),
            *(clock.iso(seen), number // PER_CRAWL + 1),
        )


def _ledger(count: int, begin: datetime) -> Iterator[tuple[object, ...]]:
    dice = random.Random(1)
    for number in range(count + count // 33):
        crawl = min(number, count - 1) // PER_CRAWL + 1
        seen = begin + crawl * STEP
        date = (seen - timedelta(hours=1)).astimezone(report.ZONE).date().isoformat()
        url, title = _url(number), f"第{number}号新闻的标题大约有这么长，再长一些"
        state, attempts, error, due = "archived", 0, None, None
        if number >= count:  # what is not archived, spread over all the time
            seen = begin + dice.randrange(crawl) * STEP
            date = seen.astimezone(report.ZONE).date().isoformat()
            state = dice.choice(("gone", "gone", "quarantined", "failed", "pending"))
            error = None if state == "gone" else dice.choice(CLASSES)
            attempts = 0 if error is None else 3
        elif NOW - seen < timedelta(days=30):
            due = clock.iso(seen + timedelta(days=30))
        moment = clock.iso(seen)
        yield (
            *(key64(url), url, state, moment, crawl, title, title * 3, date, attempts, error, due),
            moment,
        )


def main() -> None:
    """Generate, time, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="keep the archive here, or take the one that is here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder) / "large.db"
        if not path.exists():
            with open_archive(path) as database:
                generate(database.conn, given.articles)
        seconds = []
        for _ in range(5):
            begun = time.perf_counter()
            report.look(path, now=NOW)
            seconds.append(time.perf_counter() - begun)
        print(f"{path.stat().st_size / 2**20:,.0f} MiB, {given.articles:,} articles")
        print(f"first {seconds[0] * 1000:.0f} ms, median {statistics.median(seconds) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
