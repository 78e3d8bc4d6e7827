"""``newscrawler demo``: the whole product without a network, on the replica."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from newscrawler.archive.describe import Summary, count_summary
from newscrawler.archive.open import open_archive
from newscrawler.replica import Replica

PAGES_FAILED = 4
"""The crawl's exit code when pages failed; on the replica some always do."""


def fresh_archive(folder: Path) -> Path:
    """The first of demo.db, demo-2.db, … that is free: a demo never touches an archive that is there."""
    names = ("demo.db", *(f"demo-{n}.db" for n in range(2, 1000)))
    return next(path for path in (folder / name for name in names) if not path.exists())


def run(archive: Path, *, articles: int, seed: int) -> int:
    """Crawl a replica of ``articles`` articles into ``archive``; the crawl's exit code."""
    with Replica(articles=articles, seed=seed) as site:
        environment = {
            **os.environ,
            **site.environment(),
            "SCRAPY_SETTINGS_MODULE": "newscrawler.settings",
            "NEWSCRAWLER_ARCHIVE": str(archive),
            "NEWSCRAWLER_NOW": site.world.now.isoformat(),  # its "3小时前" (3 hours ago) is by its own clock
        }
        command = [sys.executable, "-m", "scrapy", "crawl", "itbear", "-s", "DOWNLOAD_DELAY=0"]
        return subprocess.run(command, env=environment, check=False).returncode


def table(archive: Path) -> str:
    """What came in, as a small table, and its newest articles."""
    db = open_archive(archive, create=False, read_only=True)
    try:
        summary: Summary = count_summary(db)
        newest = db.execute(
            "select published_at, source, title from news order by id desc limit 5"
        ).fetchall()
    finally:
        db.conn.close()
    rows = [
        ("articles", f"{summary.articles:,}"),
        ("related items", f"{summary.related_items:,}"),
        ("from", summary.first_day or "-"),
        ("to", summary.last_day or "-"),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name:<{width}}  {value:>12}" for name, value in rows]
    lines += ["", "  newest:"]
    lines += [
        f"  {(day or '')[:16].replace('T', ' '):<16}  {source or '-':<6}  {title}"
        for day, source, title in newest
    ]
    return "\n".join(lines)
