"""What storing costs: CPU per article with 7 related items, against raw executemany into flat tables.

    python -m benchmarks.store [--articles 3000] [--rounds 5]

All variants write the same articles with synchronous=FULL, 75 in a transaction, interleaved and
shuffled; CPU-milliseconds per article (the whole process, the writer thread included), and the median of the
ratios of each round. Once with news as the replica writes it, once with characters drawn at random: the
worst for the indexes, since every word stands everywhere and nearly every character begins a phrase.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from newscrawler.archive import Writer, open_archive
from newscrawler.archive.ledger import Discovery, discover, lookup
from newscrawler.archive.store import store_article
from newscrawler.items import Article, RelatedItem
from newscrawler.replica import text as generated

BATCH = 75
NOW = datetime(2025, 10, 1, tzinfo=UTC)
HAN = [chr(0x4E00 + number) for number in range(3000)]


def at_random(dice: random.Random, length: int) -> str:
    """Characters without any meaning."""
    return "".join(dice.choices(HAN, k=length))


def news(dice: random.Random, length: int) -> str:
    """Sentences of generated news."""
    said = ""
    while len(said) < length:
        said += generated.sentence(1, str(dice.random()))
    return said[:length]


TEXTS = {"news": news, "random": at_random}


def generate(count: int, characters: int = 2000, seed: int = 1, kind: str = "random") -> list[Article]:
    """``count`` articles whose related items point to recent ones, as on a news site."""
    dice = random.Random(seed)

    def text(length: int) -> str:
        return TEXTS[kind](dice, length)

    made: list[Article] = []
    items: list[RelatedItem] = []
    for number in range(count):
        url = f"https://www.itbear.com.cn/html/2025-09/{number + 1}.html"
        published = NOW - timedelta(seconds=(count - number) * 45)
        local = published.astimezone(tz=None).isoformat()
        article = Article(
            url=url,
            site="itbear",
            title=text(24),
            body="\n\n".join(text(characters // 10) for _ in range(10)),
            published_at=local,
            published_precision="second",
            source=dice.choice(["互联网", "ITBEAR", "新华社", "证券时报", "IT之家"]),
            editor=dice.choice(["快讯", "张三", "李四"]),
            category=dice.choice(["智能硬件", "人工智能", "汽车"]),
            dateline="2025年09月30日 23:57 来源：互联网 编辑：快讯",
            encoding="utf-8",
            found_by={"title": "h1", "published_at": "dateline", "body": "densest block"},
            related=[
                RelatedItem(n, item.title, item.url, item.summary, item.date)
                for n, item in enumerate(dice.sample(items[-200:], min(7, len(items))), 1)
            ],
            related_heading="更多热门内容",
        )
        items.append(RelatedItem(0, article.title or "", url, text(60) + "…", local[:10]))
        made.append(article)
    return made


FLAT = """
CREATE TABLE articles (id INTEGER PRIMARY KEY, url TEXT UNIQUE, title TEXT, published_at TEXT, source TEXT,
    editor TEXT, category TEXT, body TEXT);
CREATE TABLE related_items (article_id INTEGER, position INTEGER, url TEXT, title TEXT, summary TEXT,
    date TEXT);
CREATE INDEX related_article ON related_items(article_id);
"""


def raw_executemany(path: Path, articles: list[Article]) -> None:
    """The floor: flat tables, no look-ups, nothing kept twice, one transaction per batch."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {FLAT}")
    for start in range(0, len(articles), BATCH):
        batch = list(enumerate(articles[start : start + BATCH], start))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(n, a.url, a.title, a.published_at, a.source, a.editor, a.category, a.body) for n, a in batch],
        )
        connection.executemany(
            "INSERT INTO related_items VALUES (?, ?, ?, ?, ?, ?)",
            [(n, i.position, i.url, i.title, i.summary, i.date) for n, a in batch for i in a.related],
        )
        connection.execute("COMMIT")
    connection.close()


def store(path: Path, articles: list[Article]) -> None:
    """store_article() in batches, without the writer thread."""
    with open_archive(path) as database:
        for start in range(0, len(articles), BATCH):
            with database.atomic():
                for article in articles[start : start + BATCH]:
                    store_article(database, article, seen_at=NOW)


def without(*names: str) -> Callable[[Path, list[Article]], None]:
    """store() with these functions of the archive, ``module.function``, doing nothing."""

    def stored(path: Path, articles: list[Article]) -> None:
        with ExitStack() as patches:
            for name in names:
                patches.enter_context(patch(f"newscrawler.archive.{name}", lambda *_: None))
            store(path, articles)

    return stored


SEARCH = ("search.add", "search.add_link")


def discovered(path: Path, articles: list[Article]) -> None:
    """The same after the ledger knew every address, 20 a listing page: the way of a crawl."""
    with open_archive(path) as database:
        for start in range(0, len(articles), 20):
            with database.atomic():
                entries = [Discovery(a.url, title=a.title) for a in articles[start : start + 20]]
                discover(database, entries, site="itbear", crawl_id=None, now=NOW)
    store(path, articles)


def through_the_writer(path: Path, articles: list[Article]) -> None:
    """store_article() as jobs of the writer thread, with as many waiting as a crawl has."""
    with Writer(path) as writer:
        waiting = []
        for article in articles:
            waiting.append(writer.submit(lambda db, a=article: store_article(db, a, seen_at=NOW)))  # type: ignore[misc]
            if len(waiting) >= BATCH:
                for future in waiting:
                    future.result()
                waiting.clear()


def again(path: Path, articles: list[Article]) -> None:
    """A second visit of unchanged articles (the first is not timed)."""
    store(path, articles)


VARIANTS: dict[str, Callable[[Path, list[Article]], None]] = {
    "raw executemany, flat": raw_executemany,
    "without the two indexes": without(*SEARCH, "near.add"),
    "without near-duplicates": without("near.add"),
    "store_article": store,
    "ledger, then store_article": discovered,
    "store_article through Writer": through_the_writer,
    "store_article, unchanged": again,
}


def measure(articles: list[Article], rounds: int) -> dict[str, list[float]]:
    """CPU-milliseconds per article of each variant in each round."""
    figures: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for round_number in range(rounds):
        names = list(VARIANTS)
        random.Random(round_number).shuffle(names)
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "archive.db"
                if name == "store_article, unchanged":
                    store(path, articles)
                elif name != "raw executemany, flat":
                    open_archive(path).close()  # made, so that migrations do not count
                begun = time.process_time()
                VARIANTS[name](path, articles)
                figures[name].append((time.process_time() - begun) * 1000 / len(articles))
    return figures


def known_addresses(articles: list[Article]) -> tuple[float, float]:
    """Milliseconds (median, p99) to ask which of 20 addresses are known, half of them new."""
    with tempfile.TemporaryDirectory() as folder, open_archive(Path(folder) / "archive.db") as database:
        with database.atomic():
            for article in articles:
                store_article(database, article, seen_at=NOW)
        dice, times = random.Random(1), []
        for _ in range(500):
            urls = [a.url for a in dice.sample(articles, 10)]
            urls += [
                f"https://www.itbear.com.cn/html/2026-01/{n}.html" for n in dice.sample(range(10**9), 10)
            ]
            begun = time.perf_counter()
            assert len(lookup(database, urls)) == 10
            times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    return times[250], times[495]


def main() -> None:
    """Command line: print the medians of all variants."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"{options.articles} articles of 2,000 characters with 7 related items, {options.rounds} rounds")
    for kind in TEXTS:
        articles = generate(options.articles, kind=kind)
        print(f"\n{kind}")
        show(measure(articles, options.rounds))
        median, worst = known_addresses(articles)
        print(f"which of 20 addresses are known: median {median:.3f} ms, p99 {worst:.3f} ms")
        show_sizes(articles)


def show(figures: dict[str, list[float]]) -> None:
    """A line for each variant."""
    base = figures["raw executemany, flat"]
    for name, values in figures.items():
        ratios = sorted(value / raw for value, raw in zip(values, base, strict=True))
        print(
            f"{name:32} {statistics.median(values):.3f} CPU-ms [{min(values):.3f}..{max(values):.3f}]"
            f"  x{statistics.median(ratios):.1f} [{ratios[0]:.1f}..{ratios[-1]:.1f}]"
        )


def show_sizes(articles: list[Article]) -> None:
    """Bytes in the database, and what was promised: 6 KB and 2.6 times the text."""
    text = sum(len(article.body.encode()) for article in articles) / len(articles)
    for name in ("raw executemany, flat", "ledger, then store_article"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "archive.db"
            VARIANTS[name](path, articles)
            size = path.stat().st_size / len(articles)
            print(f"{name:32} {size / 1024:.1f} KB an article, promised {6 + 2.6 * text / 1024:.1f}")


if __name__ == "__main__":
    main()
