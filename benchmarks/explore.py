"""How long the pages of ``newscrawler serve`` take on a large archive, over HTTP, cold and warm.

    python -m benchmarks.explore                                  # 100,000 articles
    python -m benchmarks.explore --times 10                       # 1,000,000: half an hour, 6 GB
    python -m benchmarks.explore --articles 25000 --times 40      # the same in half the time
    python -m benchmarks.explore --archive kept.db                # fill once, time often
    python -m benchmarks.explore --archive kept.db --while-crawling 20   # and store 20 articles a second

What the archive is filled with: filling.py. ``--times 10`` copies it all nine times.

Cold: the first request of a fresh server, the file dropped from the page cache. Warm: the median of 20.
While crawling: without and with a writer beside it, in turns; each page that is asked for counts for both.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from benchmarks.filling import CHINA, END, RARE, World, fill, multiply
from newscrawler.archive import Writer, open_archive
from newscrawler.archive.store import store_article
from newscrawler.explore import charts, queries
from newscrawler.items import Article

FAR = 1_000_000
"""Numbers of articles that no archive was filled with."""
SEARCHES = {
    "rare": RARE,
    "common": "固态电池",
    "very common": "小米",
    "nearly everywhere": "的",
    "one Han character": "米",
    "Latin word": "SU7",
    "long Latin word": "iPhone",
    "digit": "2",
    "year": "2025年",
    "phrase": '"小米 固态电池"',
    "two words": "雷军 机器人",
    "minus": "小米 -华为",
    "nowhere, its characters everywhere": "池固态",
    "nowhere": "龘龘",
}


@contextmanager
def served(path: Path) -> Iterator[str]:
    """``newscrawler serve`` on a free port, the archive out of the page cache; gives its address."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    command = [sys.executable, "-m", "newscrawler.cli", "serve", "--archive", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://[^/\s]+", server.stdout.readline())
            if found is None:
                sys.exit("newscrawler serve did not start")
            yield found[0]
        finally:
            server.terminate()


def pages(path: Path) -> dict[str, str]:
    """What is asked for: a name and the path of each page."""
    with open_archive(path, create=False, read_only=True) as database:
        changed = database.execute("SELECT max(article_id) FROM revisions").fetchone()[0]
        day = database.execute(
            "SELECT published_date FROM (SELECT * FROM articles ORDER BY id DESC LIMIT 5000)"
            " ORDER BY id LIMIT 1"
        ).fetchone()[0]
        last = database.execute("SELECT id FROM articles ORDER BY id DESC LIMIT 1 OFFSET 49").fetchone()[0]
        source, category = database.execute(
            "SELECT source_id, category_id FROM counts_by_name WHERE source_id ="
            " (SELECT source_id FROM counts_by_name GROUP BY 1 ORDER BY sum(articles) DESC LIMIT 1)"
            " GROUP BY 1, 2 ORDER BY sum(articles) LIMIT 1"
        ).fetchone()
    fixed = {
        "home": "/archive",
        "list": "/archive/articles",
        "next page": f"/archive/articles?_next={last}%2C{last}&_sort_desc=id",
        "facet: source": "/archive/articles?source_id=1",
        "facets: source and category": "/archive/articles?source_id=5&category_id=2",
        "facets that seldom meet": f"/archive/articles?source_id={source}&category_id={category}",
        "list of a day": f"/archive/articles?published_date={day}",
        "article": f"/archive/articles/{changed}",
        "what changed": f"/archive/-/changes/{changed}",
        "day": f"/archive/-/day/{day}",
        "days": "/archive/-/days",
        "sources": "/archive/-/sources",
        "feed": "/archive/-/feed.atom",
        "view as JSON": "/archive/news.json?_shape=array",
    }
    ready = {f"query: {query.name}": f"/archive/{query.name}" for query in queries.QUERIES}
    drawn = {f"chart: {name}": f"/archive/-/chart/{name}.svg" for name in charts.CHARTS}
    return {**fixed, **ready, **drawn, **searches(last)}


def searches(last: int) -> dict[str, str]:
    """The pages that search: of each kind of words the list, of a common word the other pages as well."""
    lists = {f"search: {kind}, {words}": f"_search={quote(words)}" for kind, words in SEARCHES.items()}
    common = f"_search={quote('小米')}"
    more = {
        "search: next page": f"articles?{common}&_next={last}%2C{last}&_sort_desc=id",
        "search: oldest first": f"articles?{common}&_sort=id",
        "search: Datasette's table": f"articles?{common}&_view=table",
        "search: JSON": f"articles.json?{common}&_shape=array",
        "search: feed": f"-/feed.atom?q={quote('小米')}",
        "search: within a source": f"articles?{common}&source_id=5",
    }
    found = {name: f"/archive/articles?{arguments}" for name, arguments in lists.items()}
    return {**found, **{name: f"/archive/{where}" for name, where in more.items()}}


def ask(address: str) -> float:
    """Milliseconds until the whole answer is there; an answer other than 200 ends the benchmark."""
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"{address}: {error.code}")
    return (time.perf_counter() - started) * 1000


Times = dict[str, list[float]]


def measure(path: Path, rounds: int) -> None:
    """Print a table: cold, then the median, the fastest and the slowest of ``rounds``."""
    print(f"load {os.getloadavg()[0]:.1f} at the start; milliseconds\n")
    print(f"| page | cold | warm, median of {rounds} | fastest | slowest |\n|---|---|---|---|---|")
    wanted = pages(path)
    with served(path) as address:
        cold = {name: ask(address + where) for name, where in wanted.items()}
        times: Times = {name: [] for name in wanted}
        for _ in range(rounds):
            take(times, address, wanted)
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"| {name} | {cold[name]:.0f} | {median:.0f} | {min(taken):.0f} | {max(taken):.0f} |")
    slowest = max(map(statistics.median, times.values()))
    print(f"\nslowest median {slowest:.0f} ms; load {os.getloadavg()[0]:.1f} at the end")


def take(times: Times, address: str, wanted: dict[str, str]) -> None:
    """Ask for every page once."""
    for name, where in wanted.items():
        times[name].append(ask(address + where))


# While a crawl writes


class Crawl(threading.Thread):
    """Stores articles newer than all others through the archive's own writer, until it is stopped."""

    def __init__(self, path: Path, a_second: float, start: int) -> None:
        super().__init__()
        self.path, self.pause, self.number = path, 1 / a_second, start
        self.ended = threading.Event()
        self.stored = 0

    def run(self) -> None:
        world = World(FAR, 600, seed=self.number)
        with Writer(self.path) as writer:
            due = time.monotonic()
            while not self.ended.is_set():
                self._store(writer, world.article(FAR + self.number + self.stored))
                self.stored += 1
                due = max(due + self.pause, time.monotonic() - 1)
                self.ended.wait(max(0.0, due - time.monotonic()))

    def _store(self, writer: Writer, article: Article) -> None:
        now = datetime.now(UTC)
        writer.submit(lambda database: store_article(database, article, seen_at=now)).result()


def while_crawling(path: Path, rounds: int, a_second: float) -> None:
    """Print a table: each page without and with a crawl, rounds of both taking turns."""
    print(f"load {os.getloadavg()[0]:.1f} at the start; milliseconds, medians of {rounds}\n")
    wanted = pages(path)
    quiet: Times = {name: [] for name in wanted}
    busy: Times = {name: [] for name in wanted}
    with open_archive(path, create=False, read_only=True) as database:  # those of an earlier benchmark
        end = END.astimezone(CHINA).isoformat(timespec="seconds")
        later = database.execute("SELECT count(*) FROM articles WHERE published_at >= ?", [end])
        begun = stored = int(later.fetchone()[0])
    with served(path) as address:
        take(quiet, address, wanted)
        quiet = {name: [] for name in wanted}
        for _ in range(rounds):
            take(quiet, address, wanted)
            before = heading(address)
            crawl = Crawl(path, a_second, stored)
            crawl.start()
            try:
                take(busy, address, wanted)
            finally:
                crawl.ended.set()
                crawl.join()
            stored += crawl.stored
            if heading(address) == before:
                sys.exit("the new articles are not on the list")
    print("| page | alone | while crawling | ratio |\n|---|---|---|---|")
    ratios = {}
    for name in wanted:
        alone, beside = statistics.median(quiet[name]), statistics.median(busy[name])
        ratios[name] = beside / alone
        print(f"| {name} | {alone:.0f} | {beside:.0f} | {beside / alone:.2f} |")
    worst = max(ratios, key=lambda name: ratios[name])
    print(f"\n{stored - begun} articles stored; worst ratio {ratios[worst]:.2f} ({worst})", end="")
    print(f", median {statistics.median(ratios.values()):.2f}; load {os.getloadavg()[0]:.1f} at the end")


def heading(address: str) -> str:
    """The number of articles and the newest of them, as the list says."""
    with urllib.request.urlopen(f"{address}/archive/articles", timeout=60) as answer:
        return " ".join(re.findall(r"<h[13].*?</h[13]>", answer.read().decode())[:2])


def main() -> None:
    """Fill an archive unless one is named, and time its pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000, help="stored by the archive's own store")
    parser.add_argument("--times", type=int, default=1, help="copied so often by SQL")
    parser.add_argument("--characters", type=int, default=600, help="of a body")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--archive", type=Path, help="time this one; filled first when it does not exist")
    parser.add_argument(
        "--while-crawling", type=float, metavar="A_SECOND", help="also store so many articles a second"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.archive or Path(folder) / "archive.db"
        if not path.exists():
            fill(path, options.articles, options.characters)
            multiply(path, options.times)
        print(f"{path.stat().st_size / 1e9:.1f} GB")
        if options.while_crawling:
            while_crawling(path, options.rounds, options.while_crawling)
        else:
            measure(path, options.rounds)


if __name__ == "__main__":
    main()
