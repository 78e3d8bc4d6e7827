"""A large archive for benchmarks, as crawls every half hour would have left it.

Articles are stored by the archive's own store, a thousand a day up to 30 September 2025, each with seven
related items of the 200 before it (one in twenty was never archived), with revisions, vanished pages, near
copies, crawls, and a ledger with failures: ``fill()``. ``multiply()`` then copies all of it by SQL, each
copy so many days earlier as the archive is long, and takes the copies into the search index.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path

from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import near_index, open_archive, search
from newscrawler.archive.counts import rebuild_counts
from newscrawler.archive.crawls import begin_crawl, finish_crawl
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.store import store_article
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
SELDOM = 5000
"""The largest source and the first category meet in less than one article of so many."""
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
            for table in ("links", "blocks", "revisions", "ledger", "near_texts")
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
    *("near_duplicate_links", "ledger", "near_texts", "near_phrases"),
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
        elif column in {"block_id", "link_id", "text_id"}:
            rows = "near_texts" if column == "text_id" else column[:-3] + "s"
            value = f"{column} + {copy * tops[rows]}"
        elif column in _TIMES.split():
            value = f"date(substr({column}, 1, 10), '-{copy * days} days') || substr({column}, 11)"
        elif column == "url":
            value = f"replace(url, '/html/', '/html/{copy}/')"
        elif column.endswith("_key") or column == "fingerprint":
            value = f"{column} / 2 + {copy * 1_234_567_891}"
        elif column == "phrase":  # 32 bits, signed: other texts have others
            value = f"(phrase + {2**31 + copy * 1_234_567_891}) % {2**32} - {2**31}"
        chosen[column] = value
    limit = {
        "articles": f"id >= {oldest}",
        "ledger": f"id < {tops['ledger']} AND state = 'archived'",
        "block_items": f"block_id < {tops['blocks']}",
        "near_duplicate_links": f"article_id >= {oldest}",
        "near_phrases": f"text_id < {tops['near_texts']} ORDER BY 1",
    }.get(table, f"id < {tops[table]}" if table in tops else f"article_id >= {oldest}")
    values = ", ".join(chosen.values())
    # What is recent of the stored is old of their copies.
    rows = near_index.EVERYWHERE if table == "near_phrases" else table
    database.execute(f"INSERT INTO {table}({', '.join(chosen)}) SELECT {values} FROM {rows} WHERE {limit}")


def _index(database: Database) -> None:
    """Take what was copied last into the search index."""
    for table, columns in (("articles", ()), ("links", ("title",))):
        missing = database.execute(
            f"SELECT {', '.join(('id', *columns))} FROM {table}"
            f" WHERE id NOT IN (SELECT id FROM {table}_fts_docsize) ORDER BY id"
        ).fetchall()
        for row in missing:
            (search.add_link if columns else search.add)(database.conn, *row)
