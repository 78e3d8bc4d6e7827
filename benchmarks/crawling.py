"""Crawls of the static site side by side: CPU a page, pages a second, memory."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping

from benchmarks.crawlers import CRAWLERS, Crawl, crawl_all, measured
from benchmarks.figures import Measured, median, ratios
from benchmarks.peers import news_please
from benchmarks.process import environment
from benchmarks.report import Line, Report
from benchmarks.setting import Setting, shuffled

OURS, WARC, BARE, SAME, IDIOMATIC = CRAWLERS
MB = 1e6


def crawls(setting: Setting) -> Report:
    """Our crawl, with and without raw pages, beside three of Scrapy's own."""
    taken: dict[str, list[Crawl]] = {name: [] for name in CRAWLERS}
    with setting.web(setting.articles) as web:
        for number in range(setting.rounds):
            for name, done in crawl_all(shuffled(CRAWLERS, number), web, setting.work, number).items():
                taken[name].append(done)
        server = web.name
    cpu = {name: [done.cpu for done in all_of] for name, all_of in taken.items()}
    speed = {name: [done.speed for done in all_of] for name, all_of in taken.items()}

    def against(name: str, figure: str, ours: str = OURS) -> Measured:
        detail = f"{median(cpu[ours]):.2f} against {median(cpu[name]):.2f} CPU-ms"
        return Measured(figure, ratios(cpu[ours], cpu[name]), detail)

    each = [done.server / done.pages for all_of in taken.values() for done in all_of]
    return Report(
        [
            against(BARE, "cpu"),
            against(BARE, "cpu-warc", WARC),
            Measured(
                "speed",
                ratios(speed[OURS], speed[BARE]),
                f"{median(speed[OURS]):.0f} against {median(speed[BARE]):.0f}",
            ),
            against(SAME, "same-settings"),
            against(IDIOMATIC, "idiomatic"),
        ],
        [line(name, all_of) for name, all_of in taken.items()],
        [_server(server, each)],
    )


def _server(name: str, each: list[float]) -> str:
    """That it was not the limit; ``each``: its CPU seconds a page."""
    if not median(each):
        return f"Server: {name}."
    return (
        f"Server: {name}, {1000 * median(each):.2f} CPU-ms a page: "
        f"it alone could give {1 / median(each):,.0f} a second."
    )


def line(name: str, crawls: list[Crawl]) -> Line:
    """A row of the table of crawls."""
    return Line(
        f"{name}, {crawls[0].pages:,} pages",
        [crawl.cpu for crawl in crawls],
        [crawl.speed for crawl in crawls],
        [crawl.taken.memory / MB for crawl in crawls],
    )


def slow_peer(setting: Setting) -> Report:
    """Our crawl beside news-please's, of a smaller site: it stores ten pages a second or fewer."""
    if setting.peers is None or not news_please.is_there(setting.peers):
        why = "no virtual environment with news-please was named (--peers FOLDER), so it was not measured"
        return Report(notes=[f"{why}: {news_please.INSTALL.format('FOLDER')}"])
    ours, theirs = [], []
    with setting.web(setting.few) as web:
        for number in range(setting.rounds):
            ours.append(crawl_all([WARC], web, setting.work, number)[WARC])
            folder = setting.work / f"news-please-{number}"
            command = news_please.prepare(setting.peers, folder)
            # As a proxy the server shows the site under a name: news-please takes no port.
            env = environment(http_proxy=web.url.rstrip("/"), HOME=str(folder))
            theirs.append(measured(web, command, env, folder))
            if news_please.stored(folder) < 0.9 * setting.few:
                sys.exit(f"news-please stored {news_please.stored(folder)} pages only; see {folder / 'log'}")
            shutil.rmtree(folder)
    speeds = {"ours": [c.speed for c in ours], "theirs": [c.speed for c in theirs]}
    detail = f"{median(speeds['ours']):.0f} against {median(speeds['theirs']):.1f}, {ours[0].pages} pages, "
    return Report(
        [
            Measured(
                "news-please", ratios(speeds["ours"], speeds["theirs"]), f"{detail}start of either included"
            )
        ],
        [line("news-please", theirs)],
    )


def memory(setting: Setting) -> Report:
    """The peak of our crawl, of the site and of one ten times as large; once each: it does not wander."""
    peaks: Mapping[int, Crawl] = {
        articles: _once(setting, articles) for articles in (setting.articles, setting.many)
    }
    small, large = (peaks[articles].taken.memory / MB for articles in (setting.articles, setting.many))
    pages = f"{large:.0f} MB of {peaks[setting.many].pages:,} pages"
    return Report(
        [
            Measured("memory", [small], f"{peaks[setting.articles].pages:,} pages, raw pages kept"),
            Measured("memory-many", [large / small], pages),
        ],
        [line("ours, raw pages kept", [peaks[setting.many]])],
    )


def _once(setting: Setting, articles: int) -> Crawl:
    with setting.web(articles) as web:
        return crawl_all([WARC], web, setting.work, articles)[WARC]
