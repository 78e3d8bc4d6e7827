"""What every fault needs: a folder, crawls that are started and ended, archives that are compared."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newscrawler.archive import open_archive, search
from newscrawler.replica import Replica
from tests.conftest import REPLICA_START, ROOT, environment

PATIENCE = 120.0
"""Seconds after which a crawl that does not end is a fault of its own."""


class Broken(Exception):
    """A line of the table does not hold; the message says what was found."""


def hold(condition: object, what: object) -> None:
    """Broken with ``what`` unless ``condition``."""
    if not condition:
        raise Broken(str(what))


@dataclass
class Stage:
    """A folder for one fault, its chance, and how much is asked of it."""

    folder: Path
    rounds: int
    short: bool = False
    seed: int = 1
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def path(self, name: str = "archive.db") -> Path:
        """A file in the folder."""
        return self.folder / name

    def site(self, articles: int = 0, **options: Any) -> Replica:
        """A replica; small ones in the short form."""
        return Replica(articles or (60 if self.short else 150), seed=1, weight=1, **options)

    def start(self, archive: Path, site: Replica | None, *arguments: str, **env: str) -> Crawl:
        """Start a crawl into ``archive``, through ``site`` as a proxy when there is one."""
        return Crawl(archive, site, arguments, env)

    def crawl(self, archive: Path, site: Replica | None, *arguments: str, **env: str) -> tuple[int, str]:
        """Crawl to the end: the exit code, and what was said."""
        return self.start(archive, site, *arguments, **env).end()

    def direct(self, archive: Path, site: Replica, *arguments: str, **env: str) -> Crawl:
        """Start a crawl of the replica under its own address."""
        return self.start(archive, None, "-a", f"start_urls={site.url}", *arguments, **env)


class Crawl:
    """A running ``scrapy crawl itbear``."""

    def __init__(
        self, archive: Path, site: Replica | None, arguments: tuple[str, ...], env: dict[str, str]
    ) -> None:
        self.archive = archive
        self.witness = archive.parent.parent / f"{archive.name}.witness"  # not where the disk is full
        surroundings = {
            "NEWSCRAWLER_NOW": REPLICA_START,
            **(site.environment() if site else {}),
            **env,
            "NEWSCRAWLER_ARCHIVE": str(archive),
            "SCRAPY_SETTINGS_MODULE": "tests.chaos.settings",
            "PYTHONPATH": os.pathsep.join(filter(None, [env.get("PYTHONPATH"), str(ROOT)])),
            "CHAOS_WITNESS": str(self.witness),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", "itbear", *arguments],
            cwd=archive.parent.parent,
            env=environment(**surroundings),
            stderr=subprocess.PIPE,
            text=True,
        )

    def when(self, condition: Callable[[], object]) -> Crawl:
        """Wait until ``condition`` or the crawl's own end."""
        give_up = time.monotonic() + PATIENCE
        while not condition() and self.process.poll() is None and time.monotonic() < give_up:
            time.sleep(0.01)
        return self

    def end(self, timeout: float = PATIENCE) -> tuple[int, str]:
        """Wait for its end: the exit code, and what was said."""
        try:
            _, said = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Broken(f"still running after {timeout:g} s") from None
        return self.process.returncode, said

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a power switch does."""
        self.process.kill()
        self.process.communicate()

    def acknowledged(self) -> set[str]:
        """The addresses that this and earlier crawls said were durable."""
        return set(self.witness.read_text().split()) if self.witness.exists() else set()


# Everything an archive says but when it was fetched or seen, and the numbers of rows that follow from it.
CONTENT = {
    "news": "select id, url, site, title, body, published_at, source, editor, author, category, revision,"
    " duplicate_of, gone_at is null from news",
    "related_items": "select page_url, position, item_url, item_title, item_summary, item_date"
    " from related_items",
    "near_duplicates": "select * from near_duplicates",
    "bodies": "select a.url, marks, dateline, encoding, found_by from bodies b"
    " join articles a on a.id = b.article_id",
    "images": "select a.url, i.revision, position, i.url, caption, paragraph from images i"
    " join articles a on a.id = i.article_id",
    "revisions": "select a.url, r.revision, r.title, r.body, changed from revisions r"
    " join articles a on a.id = r.article_id",
    "aliases": "select l.url, a.url, reason from aliases l join articles a on a.id = l.article_id",
    "links": "select l.url, l.title, l.summary, l.date, a.url from links l"
    " left join articles a on a.id = l.article_id",
    "quarantine": "select url, reason, detail, status, size from quarantine",
    "channels": "select url, title, completed_at is null from channels",
    "ledger": "select url, state, last_error, discovered_as, linked, title, summary, date from ledger",
}


def content(archive: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of CONTENT, sorted; forms in which an address was linked in any order."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as db:
        return {
            name: sorted((tuple(map(_unordered, row)) for row in db.execute(sql)), key=repr)
            for name, sql in CONTENT.items()
        }


def _unordered(value: Any) -> Any:
    """Lines of addresses without their order, which is that of discovery."""
    lines = value.split("\n") if isinstance(value, str) else []
    return "\n".join(sorted(lines)) if all(line.startswith("http") for line in lines) and lines else value


def differences(one: Path, other: Path) -> str:
    """What two archives differ in, some rows of it from each side; empty when they are equal."""
    left, right = content(one), content(other)
    found = []
    for name in CONTENT:
        if left[name] != right[name]:
            only = [
                sorted(set(a[name]) - set(b[name]), key=repr)[:1] for a, b in ((left, right), (right, left))
            ]
            found.append(
                f"{name}: {len(left[name])} and {len(right[name])} rows, {only[0]} against {only[1]}"
            )
    return "; ".join(found)


def check(archive: Path) -> None:
    """Broken unless SQLite and the search index find the archive sound."""
    with open_archive(archive, create=False) as db:
        sound = [row[0] for row in db.execute("PRAGMA integrity_check")]
        hold(sound == ["ok"], f"{archive.name}: {sound[:3]}")
        broken = db.execute("PRAGMA foreign_key_check").fetchall()
        hold(not broken, f"{archive.name}: foreign keys {broken[:3]}")
        unfound = search.check(db)
        hold(not unfound, f"{archive.name}: {unfound[:3]}")


def stored(archive: Path) -> set[str]:
    """The addresses of the archived articles, by any name; empty when there is no archive yet."""
    if not archive.exists() or not archive.stat().st_size:
        return set()
    try:
        return {url for (url,) in ask(archive, "select url from news")}
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return set()
        raise


def ask(archive: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, over a connection of its own."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def as_root() -> bool:
    """Whether a small file system may be mounted."""
    return os.geteuid() == 0
