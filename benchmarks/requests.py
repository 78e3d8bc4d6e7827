"""What a crawl costs a site, in requests, held against the replica.

    python -m benchmarks.requests [--new 1900] [--articles 400]

Two promises: a crawl with nothing new asks at most 3 times a listing channel and changes no article row; a
crawl after a day of 1,900 new articles asks at most 1.06 times an article, robots.txt and listings included.
Later parts, revisits and followed related items are counted apart. Code 1 when a promise is not kept.
Requests are counted by the replica, and each is of exactly one kind.
"""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from newscrawler.replica import Replica, Request

WITHOUT_WAITING = ("-s", "DOWNLOAD_DELAY=0")
"""The one setting of this benchmark that no real crawl has: the replica need not be spared."""

MOST_A_CHANNEL, MOST_AN_ARTICLE = 3, 1.06
PER_PAGE = 20

ARTICLE = re.compile(r"/html/\d{4}-\d\d/\d+(_\d+)?\.html|/n\d+\.aspx")


@dataclass
class Cost:
    """What one crawl asked for."""

    name: str
    channels: int
    new: int
    kinds: Counter[str]
    rows_changed: bool

    @property
    def counted(self) -> int:
        """Requests that the promises are about."""
        return sum(self.kinds[kind] for kind in ("robots", "listings", "articles", "other"))


def crawl(archive: Path, site: Replica, direct: bool) -> None:
    """One crawl at the replica's time, as cron runs it but for WITHOUT_WAITING."""
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    env |= {"SCRAPY_SETTINGS_MODULE": "newscrawler.settings", "NEWSCRAWLER_ARCHIVE": str(archive)}
    env |= {"NEWSCRAWLER_NOW": site.world.now.isoformat()} | ({} if direct else site.environment())
    start = ("-a", f"start_urls={site.url}") if direct else ()
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "itbear", *WITHOUT_WAITING, *start],
        cwd=archive.parent,
        env=env,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"a crawl ended with code {done.returncode}")


def addresses(archive: Path) -> set[str]:
    """The paths of the archived articles."""
    with sqlite3.connect(f"file:{archive}?mode=ro", uri=True) as connection:
        return {
            re.sub(r"^https?://[^/]+", "", url) for (url,) in connection.execute("SELECT url FROM articles")
        }


def article_rows(archive: Path) -> list[tuple[object, ...]]:
    """Every article row."""
    with sqlite3.connect(f"file:{archive}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT * FROM articles ORDER BY id").fetchall()


def kind_of(request: Request, known: set[str], listings: set[str]) -> str:
    """What a request was for; ``known``: articles archived before; ``listings``: paths of listing pages."""
    named = ARTICLE.fullmatch(request.path)
    if request.path == "/robots.txt":
        return "robots"
    if named is not None:
        first = re.sub(r"_\d+\.html$", ".html", request.path)
        return "parts" if named[1] and first not in known else "revisits" if first in known else "articles"
    return "listings" if request.path.partition("?")[0] in listings else "other"


def measure(name: str, archive: Path, site: Replica, direct: bool) -> Cost:
    """Crawl once and count."""
    before, known = article_rows(archive), addresses(archive)
    site.reset_log()
    crawl(archive, site, direct)
    truth = site.truth(None if direct else "www.itbear.com.cn")
    paths = [re.sub(r"^https?://[^/]+", "", channel["url"]) for channel in truth["channels"]]
    heads = {path.removesuffix("index.html").partition("?")[0] for path in paths}
    listings = {"/", *heads, *(p.partition("?")[0] for p in paths)}
    listings |= {
        r.path for r in site.requests if any(h != "/" and r.path.startswith(f"{h}index") for h in heads)
    }
    kinds = Counter(kind_of(request, known, listings) for request in site.requests)
    new = len(addresses(archive) - known)
    return Cost(name, len(paths) + len(truth["homes"]), new, kinds, article_rows(archive) != before)


def table(costs: Iterable[Cost]) -> str:
    """The costs as a table for docs/benchmarks.md."""
    columns = ("robots", "listings", "articles", "other", "parts", "revisits")
    lines = [
        f"| crawl | channels | new | {' | '.join(columns[:4])} | requests a channel | a new article"
        f" | {' | '.join(columns[4:])} |",
        "|---" * (3 + len(columns) + 2) + "|",
    ]
    for cost in costs:
        each = f"{cost.counted / cost.new:.4f}" if cost.new else "–"
        cells = [cost.name, cost.channels, cost.new, *(cost.kinds[kind] for kind in columns[:4])]
        cells += [f"{cost.counted / cost.channels:.2f}", each, *(cost.kinds[kind] for kind in columns[4:])]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def nothing_new(folder: Path, articles: int, validators: bool) -> Cost:
    """The whole site, crawled twice in the same moment."""
    name = "nothing new" + ("" if validators else ", a site without ETag and Last-Modified")
    with Replica(articles=articles, seed=1, faults=False, weight=1, validators=validators) as site:
        archive = folder / f"quiet-{validators}.db"
        crawl(archive, site, direct=False)
        return measure(name, archive, site, direct=False)


def a_day(folder: Path, name: str, new: int, articles: int, *, direct: bool, shared: bool) -> Cost:
    """A crawl, a day of ``new`` articles (with finance, when not ``direct``), and one more crawl."""
    per_day = new if direct else round(new * 6 / 7)
    options = {"articles": articles, "per_day": per_day, "shared": shared, "per_page": PER_PAGE}
    with Replica(seed=1, faults=False, weight=1, **options) as site:  # type: ignore[arg-type]
        archive = folder / f"day-{direct}-{shared}.db"
        crawl(archive, site, direct)
        site.advance(days=1)
        return measure(name, archive, site, direct)


def main() -> int:
    """Measure all, print the table, say which promise is not kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--new", type=int, default=1900, help="new articles of the day (default: 1900)")
    parser.add_argument("--articles", type=int, default=400, help="articles before (default: 400)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quiet = [nothing_new(folder, given.articles, validators) for validators in (True, False)]
        www = f"a day of {given.new}, www"
        day = a_day(folder, www, given.new, given.articles, direct=True, shared=False)
        more = [
            a_day(
                folder, f"{www}, every ninth in two channels", given.new, given.articles,
                direct=True, shared=True,
            ),
            a_day(
                folder, f"a day of {given.new}, www and finance", given.new, given.articles,
                direct=False, shared=False,
            ),
        ]  # fmt: skip
    print(table([*quiet, day, *more]))
    broken = [c.name for c in quiet if c.counted > MOST_A_CHANNEL * c.channels or c.rows_changed or c.new]
    broken += [day.name] if day.new < given.new or day.counted > MOST_AN_ARTICLE * day.new else []
    for promise in broken:
        print(f"not kept: {promise}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
