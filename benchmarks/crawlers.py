"""The crawlers that are compared, each as a command, and one crawl of each measured.

Benchmark settings of ours, since the site need not be spared: no delay, 16 requests at a time, channels read
to their end. Everything else is as it comes, search index, near-duplicates and a durable commit included.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import Taken, environment, run
from benchmarks.site import NOW
from benchmarks.web import Web

UNHURT = ("DOWNLOAD_DELAY=0", "CONCURRENT_REQUESTS_PER_DOMAIN=16", "LISTING_PAGES_FIRST=100000")
"""What no real crawl is told."""

PEERS = Path(__file__).resolve().parent / "peers"
CODES = {0, 4}
"""Crawls that ended by themselves; 4: some addresses failed."""


@dataclass(frozen=True)
class Crawl:
    """What one crawl took."""

    taken: Taken
    pages: int
    """Answers of the site, robots.txt apart."""
    server: float
    """CPU seconds of the server for them."""

    @property
    def cpu(self) -> float:
        """CPU milliseconds a page, the start of the program included."""
        return 1000 * self.taken.cpu / self.pages

    @property
    def speed(self) -> float:
        """Pages a second, likewise."""
        return self.pages / self.taken.seconds


def ours(web: Web, archive: Path, keep: str) -> tuple[list[str], dict[str, str]]:
    """``scrapy crawl itbear`` into ``archive``; ``keep`` is KEEP_PAGES."""
    settings = [word for value in (*UNHURT, f"KEEP_PAGES={keep}") for word in ("-s", value)]
    command = [sys.executable, "-m", "scrapy", "crawl", "itbear", "-a", f"start_urls={web.url}", *settings]
    env = {"SCRAPY_SETTINGS_MODULE": "newscrawler.settings", "NEWSCRAWLER_NOW": NOW}
    return command, environment(**env, NEWSCRAWLER_ARCHIVE=str(archive))


def peer(web: Web, file: str, *options: str, **env: str) -> tuple[list[str], dict[str, str]]:
    """A spider of the folder ``peers``."""
    command = [sys.executable, "-m", "scrapy", "runspider", str(PEERS / file), "-a", f"home={web.url}"]
    return [*command, *options], environment(**env)


CRAWLERS: dict[str, Callable[[Web, Path], tuple[list[str], dict[str, str]]]] = {
    "ours": lambda web, folder: ours(web, folder / "archive.db", "none"),
    "ours, raw pages kept": lambda web, folder: ours(web, folder / "archive.db", "all"),
    "bare Scrapy": lambda web, folder: peer(web, "bare.py"),
    "bare Scrapy, our settings": lambda web, folder: peer(web, "bare.py", BARE_AS_OURS="1"),
    "Scrapy, parsel, sqlite-utils": lambda web, folder: peer(
        web, "idiomatic.py", "-s", f"DATABASE={folder / 'peer.db'}"
    ),
}


def crawl(name: str, web: Web, folder: Path) -> Crawl:
    """Crawl ``web`` with the crawler of that name in a fresh ``folder``, which is left as it is."""
    folder.mkdir(parents=True)
    command, env = CRAWLERS[name](web, folder)
    return measured(web, command, env, folder)


def measured(web: Web, command: list[str], env: dict[str, str], folder: Path) -> Crawl:
    """Run a crawler; ends the benchmark when it fails or leaves pages out."""
    web.asked()
    begun = web.cpu()
    taken = run(command, cwd=folder, env=env, log=folder / "log")
    asked = web.asked()
    pages = sum(count for line, count in asked.items() if not line.endswith(" /robots.txt"))
    if taken.code not in CODES or not pages:
        sys.exit(
            f"{' '.join(command)} ended with code {taken.code} after {pages} pages; see {folder / 'log'}"
        )
    return Crawl(taken, pages, web.cpu() - begun)


def crawl_all(names: list[str], web: Web, work: Path, number: int) -> dict[str, Crawl]:
    """One crawl of each in this order; ours must have archived what bare Scrapy met."""
    done = {}
    for name in names:
        folder = work / f"crawl-{number}"
        done[name] = crawl(name, web, folder)
        if name.startswith("ours"):
            check_complete(folder / "archive.db", done[name].pages)
        shutil.rmtree(folder)
        os.sync()  # the next one is not to wait for this one's files
    if len({crawl.pages for crawl in done.values()}) > 1:
        sys.exit(f"they did not ask for the same pages: { {n: c.pages for n, c in done.items()} }")
    return done


def check_complete(archive: Path, pages: int) -> None:
    """End the benchmark when more than a hundredth of the articles is missing, or many related items."""
    with sqlite3.connect(f"file:{archive}?mode=ro", uri=True) as connection:
        articles = connection.execute("SELECT count(*) FROM news").fetchone()[0]
        related = connection.execute("SELECT count(*) FROM related_items").fetchone()[0]
    connection.close()
    listings = pages / 21  # twenty articles and the page that lists them
    if articles < 0.99 * (pages - listings - 8) or related < 6.5 * articles:
        sys.exit(f"of {pages} pages only {articles} articles and {related} related items were archived")
