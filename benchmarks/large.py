"""A large archive beside a small one: what a crawl into it costs, a commit, a look-up.

The large one is made by filling.py, a thousand characters an article, every copy in the search index and in
that of near-duplicates. It takes half an hour and 13 GB; ``--archive`` names one that is there already, which
grows by what is crawled and stored here.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.crawlers import measured, ours
from benchmarks.figures import Measured, median, ratios
from benchmarks.filling import SITE as SITE_URL
from benchmarks.filling import World
from benchmarks.report import Report
from benchmarks.setting import ROOT, Setting, shuffled
from benchmarks.store import news
from newscrawler.archive import Writer, open_archive
from newscrawler.archive.ledger import lookup
from newscrawler.archive.store import store_article
from newscrawler.items import Article

CHARACTERS = 1000
"""Of the filled articles."""
SMALL = (2000, 5)
"""Articles of the small archive that are stored, and times they are copied."""
SITE = 1000
"""Articles that are crawled into each, in every round."""
FAR = 2_000_000_000
"""Numbers of articles that no archive was filled with."""
_FILL = """
import sys, pathlib
from benchmarks.filling import fill, multiply
path = pathlib.Path(sys.argv[1])
fill(path, int(sys.argv[2]), int(sys.argv[4]))
multiply(path, int(sys.argv[3]))
"""


def filled(path: Path, articles: int, times: int) -> Path:
    """An archive of so many articles, so many times over, at ``path``."""
    if not path.exists():
        words = [str(path), str(articles), str(times), str(CHARACTERS)]
        subprocess.run([sys.executable, "-c", _FILL, *words], cwd=ROOT, check=True)
    return path


def large(setting: Setting) -> Report:
    """All that must not grow with the archive."""
    archives = {
        "small": filled(setting.work / "small.db", *SMALL),
        "large": setting.archive or filled(setting.work / "large.db", setting.filled, setting.times),
    }
    with open_archive(archives["large"]) as database:  # migrated, before anything counts
        articles = database.execute("SELECT count(*) FROM articles").fetchone()[0]
    cpu = crawl_into(setting, archives)
    detail = f"{median(cpu['large']):.2f} against {median(cpu['small']):.2f} CPU-ms, {articles:,} articles"
    return Report(
        [
            Measured("large", ratios(cpu["large"], cpu["small"]), detail),
            committed(archives["large"], setting.stored),
            known(archives["large"]),
        ]
    )


def crawl_into(setting: Setting, archives: dict[str, Path]) -> dict[str, list[float]]:
    """CPU-ms a page of crawls into each archive: every round another site, new to both."""
    cpu: dict[str, list[float]] = {name: [] for name in archives}
    new = random.SystemRandom().randrange(10**6)  # the archive may remember earlier benchmarks
    for number in range(setting.rounds):
        articles = min(SITE, setting.articles)
        with setting.web(articles, new + number) as web:
            for name in shuffled(archives, number):
                folder = setting.work / f"into-{name}-{number}"
                folder.mkdir()
                cpu[name].append(measured(web, *ours(web, archives[name], "none"), folder).cpu)
        shutil.rmtree(setting.site(articles, new + number))
    return cpu


def committed(archive: Path, count: int) -> Measured:
    """Articles of characters drawn at random, the worst for the indexes; beside it generated news."""
    drawn = commits(archive, count, lambda article, dice: None).measured("commit", 0.95)
    told = commits(archive, count, _as_news).measured("commit", 0.95)
    return Measured("commit", drawn.values, f"{drawn.detail}; generated news {told.written()}")


def commits(archive: Path, count: int, change: Callable[[Article, random.Random], None]) -> Times:
    """From an article to its durable commit, one after the other; all indexes included."""
    new = random.SystemRandom().randrange(10**6)
    world, dice = World(FAR, 2000, seed=new), random.Random(new)
    times = Times()
    with Writer(archive) as writer:
        for number in range(count):
            article, now = world.article(FAR + new * 1000 + number), datetime.now(UTC)
            change(article, dice)
            with times.taken():
                writer.submit(lambda db, a=article, n=now: store_article(db, a, seen_at=n)).result()  # type: ignore[misc]
    return times


def _as_news(article: Article, dice: random.Random) -> None:
    article.title, article.body = news(dice, 24), "\n\n".join(news(dice, 200) for _ in range(10))


def known(archive: Path) -> Measured:
    """Milliseconds to ask which of 20 addresses are known, half of them new."""
    dice, times = random.Random(1), Times()
    with open_archive(archive, create=False, read_only=True) as database:
        last = database.execute("SELECT max(id) FROM ledger").fetchone()[0]
        for _ in range(1000):
            ids = [dice.randrange(last) for _ in range(10)]
            marks = ", ".join("?" * len(ids))
            urls = [u for (u,) in database.execute(f"SELECT url FROM ledger WHERE id IN ({marks})", ids)]
            urls += [f"{SITE_URL}/2027-01/{dice.randrange(10**9)}.html" for _ in range(10)]
            with times.taken():
                lookup(database, urls)
    return times.measured("known", 0.99)


class Times:
    """Milliseconds by the clock, which counts, and of CPU, which tells what other work added to it."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.cpu: list[float] = []

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Time what is done inside, all threads of this process."""
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        self.clock.append((time.perf_counter() - clock) * 1000)
        self.cpu.append((time.process_time() - cpu) * 1000)

    def measured(self, name: str, share: float) -> Measured:
        """The quantile at ``share`` (0 … 1), with the rest as detail."""
        place = int(len(self.clock) * share)
        clock, cpu = sorted(self.clock), sorted(self.cpu)
        detail = f"median {median(clock):.2f} ms; of CPU {cpu[place]:.2f}, median {median(cpu):.2f} ms"
        return Measured(name, [clock[place]], f"{detail}; {len(clock):,} times")
