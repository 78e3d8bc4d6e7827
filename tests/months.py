"""Ordinary months of a site, simulated, and what goes wrong in them: how often the alarm is false.

    python -m tests.months --months 100      # how many of so many ordinary months raise an alarm

A run every half hour, few by night, two fifths on Saturdays and Sundays, a holiday that brings a tenth,
listings that cannot be read, pages that are no article, two templates whose share of the pages wavers from
day to day, fields that each template has mostly, sometimes or seldom. Pages go straight into the archive.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlite_utils import Database

from newscrawler.alarm.check import Changes, check
from newscrawler.archive import channels, crawls, ledger, rhythm, yields
from newscrawler.archive.open import open_archive
from newscrawler.archive.rows import transaction
from newscrawler.items import Article, Image, RelatedItem

START = datetime(2025, 9, 1, tzinfo=UTC)
"""A Monday."""
HALF_HOUR = timedelta(minutes=30)
SERIES = "itbear"
CHANNELS = tuple(
    (f"https://www.itbear.com.cn/{name}/", part) for name, part in (("ai", 0.5), ("ev", 0.3), ("tv", 0.2))
)

FIELDS = {
    "desktop": {"editor": 0.98, "source": 0.9, "author": 0.1, "category": 0.99, "time": 0.99, "images": 0.8},
    "mobile": {"editor": 0.95, "source": 0.95, "author": 0.4, "category": 0.9, "time": 0.9, "images": 0.5},
}
"""Template -> field -> share of its pages that show it."""


@dataclass
class Site:
    """What a site publishes; change ``lost``, ``layouts``, ``unfit`` or ``silent`` and it is another one."""

    seed: int
    per_day: float = 150.0
    desktop: float = 0.5
    lost: dict[str, str] = field(default_factory=dict)
    """Field -> the template that shows it no more; "" for all."""
    layouts: dict[str, str] = field(
        default_factory=lambda: {"desktop": "h1 < div article", "mobile": "h1 < body"}
    )
    unfit: float = 0.01
    silent: set[str] = field(default_factory=set)
    short: bool = False
    made: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.share = self.desktop

    def pace(self, at: datetime) -> float:
        """Articles in the half hour before ``at``: by hour, weekday and holiday."""
        local = at + timedelta(hours=8)
        if local.hour == 0 and local.minute == 0:  # the editors of the day prefer one of the templates
            self.share = min(0.95, max(0.05, self.random.gauss(self.desktop, 0.12)))
        hour = 1.55 if 8 <= local.hour < 22 else 0.2
        day = 0.4 if local.weekday() > 4 else 1.0
        return self.per_day / 48 * hour * (0.1 if self.is_holiday(at) else day)

    def is_holiday(self, at: datetime) -> bool:
        """The 18th day of each 30."""
        return (at + timedelta(hours=8) - START).days % 30 == 17

    def page(self) -> Article:
        """The next article, as it was read."""
        r, self.made = self.random, self.made + 1
        template = "desktop" if r.random() < self.share else "mobile"
        layout = self.layouts[template] if r.random() > 0.01 else f"h1 < div special{r.randrange(20)}"
        shows = {
            name
            for name, share in FIELDS[template].items()
            if r.random() < share and self.lost.get(name) not in {template, ""}
        }
        rule = "dateline" if r.random() < 0.97 else "head"
        found = dict.fromkeys(shows & {"editor", "source", "author", "category"}, rule)
        body = "字" * int(r.lognormvariate(3.5 if self.short else 6.5, 0.6))
        related = r.choice([0, 4, 5, 5, 5, 5, 5, 6]) if "related" not in self.lost else 0
        return Article(
            url=f"https://www.itbear.com.cn/html/2025-09/{self.made}.html",
            title="标题",
            body=body,
            published_at="2025-09-01T08:00:00+08:00",
            published_precision="second" if "time" in shows else "day",
            **dict.fromkeys(found, "某"),
            images=[Image("https://a.example/1.jpg")] if "images" in shows else [],
            related=[RelatedItem(n, "x", f"https://a.example/{n}") for n in range(related)],
            found_by={**found, "title": "h1", "body": "most text", "published_at": rule},
            layout=layout,
            reason="not_an_article" if r.random() < self.unfit else None,
        )

    def poisson(self, mean: float) -> int:
        """A number drawn with this mean; some runs bring more, as news do."""
        mean *= self.random.gammavariate(2.0, 0.5)
        number, product, bound = 0, self.random.random(), math.exp(-mean)
        while product > bound:
            number, product = number + 1, product * self.random.random()
        return number


def crawl(
    database: Database, site: Site, now: datetime, *, arguments: str = "{}", pages: int | None = None
) -> Changes:
    """One crawl of ``site`` into the archive; ``pages``: so many articles, else what its pace gives.

    The listings show what its pace gives.
    """
    crawl_id = crawls.begin_crawl(database, SERIES, arguments, now=now, pid=1, host="here")
    series = None if arguments != "{}" else SERIES
    news = site.poisson(site.pace(now))
    count = news if pages is None else pages
    with transaction(database) as connection:
        for url, part in CHANNELS:
            if site.random.random() < 0.02:
                continue  # it could not be read this time
            state = channels.channel_state(database, url)
            new = 0 if url in site.silent else site.poisson(news * part)
            before = state.completed_at if state else None
            if series:
                rhythm.note(database, url, new, looked_before=before, now=now)
            channels.complete_channel(database, url, crawl_id, now)
        articles = [site.page() for _ in range(count)]
        found = [ledger.Discovery(article.url) for article in articles]
        ledger.discover(database, found, site="itbear", crawl_id=crawl_id, now=now)
        for article in articles:
            yields.note(connection, article, series=series, crawl_id=crawl_id, reason=article.reason)
    changes = check(database, SERIES, crawl_id, now=now) if series else Changes()
    outcome = {"new": count, "updated": 0, "unchanged": 0, "failed": 0, "quarantined": 0}
    crawls.finish_crawl(
        database, crawl_id, reason="finished", requests=count, exit_code=0, now=now, **outcome
    )
    return changes


def times(begin: datetime, days: float) -> Iterator[datetime]:
    """The half hours of so many days; now and then a run is missing, as after a reboot."""
    for number in range(round(48 * days)):
        if number % 97 != 96:
            yield begin + number * HALF_HOUR


def month(
    database: Database,
    site: Site,
    *,
    days: float = 30,
    first: int = 400,
    pages: int | None = None,
    each: Callable[[Changes], None],
) -> datetime:
    """A first crawl of ``first`` articles, then so many days; gives each crawl's changes. Returns the end."""
    crawl(database, site, START - HALF_HOUR, pages=first)
    now = START
    for now in times(START, days):
        each(crawl(database, site, now, pages=pages))
    return now


def opened(folder: Path) -> Database:
    """An archive that need not survive a power cut."""
    database = open_archive(folder / "archive.db")
    database.execute("PRAGMA synchronous = OFF")
    return database


def main(given: list[str] | None = None) -> int:
    """Print each false alarm, and their number; 1 when there was one."""
    parser = argparse.ArgumentParser(prog="python -m tests.months", description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=20, help="how many (default: 20)")
    parser.add_argument("--seed", type=int, default=1000, help="of the first (default: 1000)")
    options = parser.parse_args(given)
    false = 0
    for seed in range(options.seed, options.seed + options.months):
        site = Site(seed, per_day=(30, 100, 250)[seed % 3], desktop=(0.5, 0.8)[seed % 2])
        begun: list[str] = []

        def each(changes: Changes, begun: list[str] = begun) -> None:
            begun.extend(trouble.sentence for trouble in changes.begun)

        with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as database:
            month(
                database,
                site,
                first=(0, 60, 400)[seed % 5 % 3],
                each=each,
            )
        false += bool(begun)
        print(f"seed {seed}, {site.per_day} a day, {site.made} pages: {begun or 'nothing'}", flush=True)
    print(f"{false} of {options.months} ordinary months raised an alarm")
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(main())
