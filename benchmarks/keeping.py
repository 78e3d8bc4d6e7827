"""What a crawl leaves on the disk, and what reading its pages again takes on one core and on all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.crawlers import crawl
from benchmarks.crawling import WARC
from benchmarks.figures import Measured, median
from benchmarks.process import environment, run
from benchmarks.report import Report
from benchmarks.setting import Setting, shuffled


def kept(setting: Setting) -> Report:
    """Bytes of one archive with its raw pages, then re-extractions of it."""
    folder = setting.work / "kept"
    with setting.web(setting.articles) as web:
        crawl(WARC, web, folder)
    archive = folder / "archive.db"
    report = Report([*sizes(archive, setting.site(setting.articles)), *again(setting, archive)])
    shutil.rmtree(folder)
    return report


def sizes(archive: Path, site: Path) -> list[Measured]:
    """Bytes an article and bytes a page."""
    connection = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    articles, text = connection.execute(
        "SELECT count(*), avg(length(CAST(body AS BLOB))) FROM news"
    ).fetchone()
    pages = connection.execute("SELECT count(*) FROM captures WHERE status = 200").fetchone()[0]
    connection.close()
    each, promised = archive.stat().st_size / articles, 6000 + 2.6 * text
    raw = sum(file.stat().st_size for file in archive.with_name("archive.db.pages").iterdir())
    packed = [file.stat().st_size for file in site.rglob("*.gz")]
    gzip = sum(packed) / len(packed)
    return [
        Measured(
            "bytes",
            [each / promised],
            f"{each / 1000:.1f} KB with {text / 1000:.1f} KB of text, {articles:,} articles",
        ),
        Measured(
            "bytes-warc", [raw / pages / gzip], f"{raw / pages / 1000:.1f} against {gzip / 1000:.1f} KB"
        ),
    ]


def again(setting: Setting, archive: Path) -> list[Measured]:
    """``newscrawler reextract --dry-run`` by the clock, on one core and on two."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return []
    command = [sys.executable, "-m", "newscrawler.cli", "reextract", "--dry-run", "--archive", str(archive)]
    seconds: dict[str, list[float]] = {"1": [], "2": []}
    for number in range(setting.rounds):
        for name in shuffled(seconds, number):
            taken = run(
                *(command,),
                cwd=archive.parent,
                env=environment(),
                log=archive.parent / "log",
                before=on(set(cores[: int(name)])),
            )
            if taken.code:
                sys.exit(f"reextract ended with code {taken.code}; see {archive.parent / 'log'}")
            seconds[name].append(taken.seconds)
    ratios = [one / two for one, two in zip(seconds["1"], seconds["2"], strict=True)]
    pages = {name: setting.articles / median(values) for name, values in seconds.items()}
    return [
        Measured("cores", ratios, f"{pages['2']:.0f} against {pages['1']:.0f}, {setting.articles:,} pages")
    ]


def on(cores: set[int]) -> Callable[[], None]:
    """For a new process: it and its children have these cores."""
    return lambda: os.sched_setaffinity(0, cores)
