"""Everything that is promised of speed and cost, measured; the figures go into docs/benchmarks.md.

    python -m benchmarks                       # an hour or more
    python -m benchmarks --only crawl start    # these parts, and only their rows
    python -m benchmarks --quick               # under five minutes; prints, and writes nothing

The crawls that are compared take turns in one run, against a server of static pages (nginx where it is
installed), without delays. Ratios are steadier than figures: other work on the machine falls on both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from benchmarks import crawling, keeping, large, others, report, starting
from benchmarks.report import Report
from benchmarks.setting import ROOT, Setting
from benchmarks.web import nginx

PARTS: dict[str, Callable[[Setting], Report]] = {
    "crawl": crawling.crawls,
    "news-please": crawling.slow_peer,
    "store": others.storing,
    "large": large.large,
    "memory": crawling.memory,
    "kept": keeping.kept,
    "requests": others.asking,
    "start": starting.starts,
}
DOCUMENT = ROOT / "docs/benchmarks.md"
QUICK = {"rounds": 1, "articles": 400, "few": 60, "many": 1200, "stored": 200, "filled": 2000, "times": 10}


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, metavar="PART", help=f"some of {', '.join(PARTS)}"
    )
    parser.add_argument("--quick", action="store_true", help="small sites, one round, nothing written")
    parser.add_argument("--rounds", type=int, help="how often each crawler has its turn (default: 3)")
    parser.add_argument(
        "--nginx", default=nginx(), help="the program, where it is not found by itself; '': ours"
    )
    parser.add_argument("--peers", type=Path, help="a virtual environment with news-please and jieba")
    parser.add_argument(
        "--archive", type=Path, help="a large archive to crawl into, made by benchmarks.filling"
    )
    parser.add_argument("--work", type=Path, help="keep sites and archives here (default: thrown away)")
    parser.add_argument("--document", type=Path, help=f"write there (default: {DOCUMENT.relative_to(ROOT)})")
    return parser.parse_args(given)


def setting_of(given: argparse.Namespace, work: Path) -> Setting:
    """How much is measured."""
    setting = Setting(work.resolve(), nginx=given.nginx or None, peers=given.peers and given.peers.absolute())
    setting = replace(setting, archive=given.archive and given.archive.resolve())
    setting = replace(setting, **QUICK) if given.quick else setting
    return replace(setting, rounds=given.rounds) if given.rounds else setting


def main(given: list[str] | None = None) -> int:
    """Measure, print, write; code 1 when a promise is not kept."""
    options = arguments(given)
    document = options.document or (None if options.quick else DOCUMENT)
    all_kept = True
    with tempfile.TemporaryDirectory() as thrown_away:
        work = options.work or Path(thrown_away)
        work.mkdir(parents=True, exist_ok=True)
        for name in options.only or PARTS:
            found = apart(PARTS[name], setting_of(options, work))
            all_kept = all(measured.kept for measured in found.measured) and all_kept
            when = report.when()
            for row in [
                *report.figure_rows(found.measured, name, when),
                *report.line_rows(found.lines, when),
            ]:
                print(f"{name}: {'; '.join(row)}", flush=True)
            for note in found.notes:
                print(f"{name}: {note}", flush=True)
            if document is not None:
                report.update(document, name, found, when)
    return 0 if all_kept else 1


def apart(part: Callable[[Setting], Report], setting: Setting) -> Report:
    """Run a part in a fresh process: what it loads does not count for the crawls of the next."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(part, setting).result()


if __name__ == "__main__":
    sys.exit(main())
