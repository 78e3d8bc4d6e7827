"""How long the pages of ``newscrawler serve`` take on a large archive, over HTTP, cold and warm.

    python -m benchmarks.explore                                  # 100,000 articles
    python -m benchmarks.explore --times 10                       # 1,000,000: half an hour, 6 GB
    python -m benchmarks.explore --articles 25000 --times 40      # the same in half the time
    python -m benchmarks.explore --archive kept.db                # fill once, time often
    python -m benchmarks.explore --archive kept.db --while-crawling 20   # and store 20 articles a second

100,000 articles are stored by the archive's own store, a thousand a day up to 30 September 2025, each with
seven related items of the 200 before it (one in twenty was never archived), with revisions, vanished pages,
near copies, crawls, and a ledger with failures. ``--times 10`` then copies all of it by SQL nine times,
each copy a hundred days earlier, and takes the copies into the search index.
Cold: the first request of a fresh server, the file dropped from the page cache. Warm: the median of 20.
While crawling: without and with a writer beside it, in turns; each page that is asked for counts for both.
"""

from __future__ import annotations

import argparse
import os
import random
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
from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import Writer, open_archive, search
from newscrawler.archive.counts import rebuild_counts
from newscrawler.archive.crawls import begin_crawl, finish_crawl
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.store import store_article
from newscrawler.explore import charts, queries
from newscrawler.items import Article, RelatedItem

END = datetime(2025, 9, 30, 15, 0, tzinfo=UTC)
"""The newest article: 23:00 of 30 September in China."""
A_DAY = 1000
BATCH = 500
SITE = "https://www.itbear.com.cn/html"
_WORDS = (
    "的 小米 2025年 AI 市场 技术 SU7 雷军 华为 公司 产品 用户 数据 iPhone17 模型 发布 第2代 手机 固态电池"
    " 汽车 系统 机器人 芯片 量产 电池 特斯拉 供应商 人形机器人 GPT 新能源 充电 屏幕 影像 价格 iPhone 销量"
    " 同比 增长 投资 融资 平台 服务 体验 任正非"
)
WORDS = _WORDS.split()
"""The first stands in nearly every article, the n-th n times as seldom."""
WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))
RARE = "钙钛矿"
RARELY = 2000
"""The headline of one article in so many has the rare word."""
FAR = 1_000_000
"""Numbers of articles that no archive was filled with."""
SELDOM = 5000
"""The largest source and the first category meet in less than one article of so many."""
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
CHINA = timezone(timedelta(hours=8))
HAN = [chr(0x4E00 + number) for number in range(2500)]


def words(dice: random.Random, length: int) -> str:
    """About ``length`` characters: every fifth group a word that articles share, the rest any Han."""
    parts: list[str] = []
    while length > 0:
        shared = dice.random() < 0.2
        part = dice.choices(WORDS, cum_weights=WEIGHTS)[0] if shared else "".join(dice.choices(HAN, k=8))
        parts.append(part)
        length -= len(part)
    return "".join(parts)


class World:
    """Articles in order of publication, made one after the other."""

    def __init__(self, articles: int, characters: int, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.articles = articles
        self.step = timedelta(days=1) / A_DAY
        self.recent: list[RelatedItem] = []
        self.characters = characters
        self.sources = [f"{words(self.dice, 2)[:2]}网{number}" for number in range(300)]
        self.weights = [1 / (rank + 1) for rank in range(300)]
        self.categories = [f"频道{number}" for number in range(12)]
        self.apart = (self.sources[0], self.categories[0])
        self.editors = [f"编辑{number}" for number in range(40)]

    def article(self, number: int) -> Article:
        """Article ``number`` of them, with the related block that stood under it."""
        dice = self.dice
        published = (END - (self.articles - number) * self.step).astimezone(CHINA)
        url = f"{SITE}/{published:%Y-%m}/{number + 100_000}.html"
        source = dice.choices(self.sources, self.weights)[0]
        category = dice.choice(self.categories)
        if (source, category) == self.apart and number % SELDOM:
            category = self.categories[-1]
        body = "\n\n".join(words(dice, self.characters // 4) for _ in range(4))
        title = RARE * (number % RARELY == 3) + words(dice, 22)
        related = dice.sample(self.recent, min(7, len(self.recent)))
        item_url = url if dice.random() < 0.95 else url.replace(".html", "0.html")
        item = RelatedItem(0, title, item_url, body[:60] + "…", f"{published:%Y-%m-%d}")
        self.recent = [*self.recent[-199:], item]
        return Article(
            url=url,
            site="itbear",
            title=title,
            body=body,
            published_at=published.isoformat(timespec="seconds"),
            published_precision="second",
            source=source,
            editor=dice.choice(self.editors),
            category=category,
            dateline="来源 编辑",
            related=[RelatedItem(n, i.title, i.url, i.summary, i.date) for n, i in enumerate(related, 1)],
            related_heading="更多热门内容",
        )


def fill(path: Path, articles: int, characters: int) -> None:
    """An archive of ``articles`` at ``path``, as crawls every half hour would have left it."""
    world = World(articles, characters)
    started = time.monotonic()
    with open_archive(path) as database:
        database.execute("PRAGMA synchronous = OFF")  # a benchmark's archive may be lost
        crawl = 0
        for start in range(0, articles, BATCH):
            seen_at = END - (articles - start) * world.step + timedelta(minutes=5)
            if start % (BATCH * 2) == 0:
                crawl = _crawl(database, seen_at, crawl)
            with database.atomic():
                for number in range(start, min(start + BATCH, articles)):
                    article = world.article(number)
                    seen = datetime.fromisoformat(article.published_at or "") + timedelta(minutes=5)
                    store_article(database, article, seen_at=seen, crawl_id=crawl)
                    if number % 100 == 7:
                        _change(database, world, article, seen + timedelta(hours=3), crawl)
            if start % 50_000 == 0:
                print(f"  {start:,} stored, {time.monotonic() - started:.0f} s", flush=True)
        _trouble(database)
        database.execute("PRAGMA optimize")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _crawl(database: Database, now: datetime, before: int) -> int:
    """Close the crawl that runs and begin the next."""
    if before:
        finish_crawl(
            database, before, reason="finished", requests=1100, exit_code=4, now=now,
            new=1000, updated=10, unchanged=30, failed=2, quarantined=1,
        )  # fmt: skip
    return begin_crawl(database, "itbear", "{}", now=now, pid=1, host="here")


def _change(database: Database, world: World, article: Article, seen_at: datetime, crawl: int) -> None:
    """The site changes the text, or the headline, without a word; every fifth of such pages vanishes."""
    if world.dice.random() < 0.3:
        article.title = words(world.dice, 20)
    article.body += words(world.dice, 30)
    stored = store_article(database, article, seen_at=seen_at, crawl_id=crawl)
    if world.dice.random() < 0.2:
        moment = clock.iso(seen_at)
        database.execute("UPDATE articles SET gone_at = ? WHERE id = ?", [moment, stored.id])


def _trouble(database: Database) -> None:
    """Near copies, pending addresses and failures: some of each, as a living archive has them."""
    with database.atomic():
        database.execute(
            "INSERT OR IGNORE INTO near_duplicate_links(article_id, first_id, similarity)"
            " SELECT id, (SELECT max(id) FROM articles b WHERE b.id < a.id), 0.9 FROM articles a"
            " WHERE a.id % 50 = 0"
        )
        entries = [Discovery(f"{SITE}/2025-09/9{number:07}.html", title="待抓取") for number in range(3000)]
        discover(database, entries, site="itbear", crawl_id=None, now=END)
        database.execute(
            "UPDATE ledger SET state = 'failed', last_error = 'timeout', attempts = 3 WHERE url LIKE '%/9%'"
            " AND id % 3 = 0"
        )


def multiply(path: Path, times: int) -> None:
    """Copy everything ``times`` - 1 times, each copy so many days earlier as the archive is long."""
    with open_archive(path) as database:
        days, articles = database.execute(
            "SELECT julianday(max(published_date)) - julianday(min(published_date)) + 1, count(*)"
            " FROM articles"
        ).fetchone()
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA foreign_keys = OFF")
        tops = {
            table: database.execute(f"SELECT max(id) FROM {table}").fetchone()[0] + 1
            for table in ("links", "blocks", "revisions", "ledger")
        }
        newest = database.execute("SELECT min(id) FROM articles").fetchone()[0]
        for copy in range(1, times):
            started = time.monotonic()
            with database.atomic():
                for table in COPIED:
                    _copy(database, table, copy, int(days), tops, newest)
                _index(database)
            print(f"  {(copy + 1) * articles:,} articles, {time.monotonic() - started:.0f} s", flush=True)
        rebuild_counts(database)
        database.execute("ANALYZE")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


COPIED = (
    *("articles", "bodies", "sightings", "revisions", "links", "blocks", "block_items"),
    *("near_duplicate_links", "ledger"),
)
_TIMES = (
    "published_at published_date first_seen_at last_seen_at last_fetched_at seen_at replaced_at revised_at"
)
_TIMES += " gone_at date discovered_at changed_at due_at"
_ARTICLES = ("article_id", "duplicate_of", "first_id")


def _copy(database: Database, table: str, copy: int, days: int, tops: dict[str, int], oldest: int) -> None:
    """Copy the rows of ``table`` that were stored, not copied: ids and times moved, addresses changed."""
    back = (copy * days * 86_400) << 20
    chosen = {}
    for column in (row[1] for row in database.execute(f"PRAGMA table_info({table})").fetchall()):
        value = column
        if column in _ARTICLES or (column == "id" and table == "articles"):
            value = f"{column} - {back}"
        elif column == "id":
            value = f"id + {copy * tops[table]}"
        elif column in {"block_id", "link_id"}:
            value = f"{column} + {copy * tops[column[:-3] + 's']}"
        elif column in _TIMES.split():
            value = f"date(substr({column}, 1, 10), '-{copy * days} days') || substr({column}, 11)"
        elif column == "url":
            value = f"replace(url, '/html/', '/html/{copy}/')"
        elif column.endswith("_key") or column == "fingerprint":
            value = f"{column} / 2 + {copy * 1_234_567_891}"
        chosen[column] = value
    limit = {
        "articles": f"id >= {oldest}",
        "ledger": f"id < {tops['ledger']} AND state = 'archived'",
        "block_items": f"block_id < {tops['blocks']}",
        "near_duplicate_links": f"article_id >= {oldest}",
    }.get(table, f"id < {tops[table]}" if table in tops else f"article_id >= {oldest}")
    values = ", ".join(chosen.values())
    database.execute(f"INSERT INTO {table}({', '.join(chosen)}) SELECT {values} FROM {table} WHERE {limit}")


def _index(database: Database) -> None:
    """Take what was copied last into the search index."""
    for table, columns in (("articles", ()), ("links", ("title",))):
        missing = database.execute(
            f"SELECT {', '.join(('id', *columns))} FROM {table}"
            f" WHERE id NOT IN (SELECT id FROM {table}_fts_docsize) ORDER BY id"
        ).fetchall()
        for row in missing:
            (search.add_link if columns else search.add)(database.conn, *row)


# Timing


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
