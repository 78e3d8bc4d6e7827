"""What reading a page costs, against trafilatura on the same pages in the same run.

    pip install trafilatura lxml_html_clean && python -m benchmarks.extract [--rounds 5]

Both get the raw bytes and give title, date, author, body; ours gives source, editor, category and the
related items besides. Pages: the labelled ones when they are at hand, and those of the replica. The two
take turns, a pass over all pages each, so that the machine's mood falls on both; medians are printed.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import trafilatura

from newscrawler.extract import read_article
from newscrawler.items import Page
from newscrawler.replica import Replica

SHARED = Path(os.environ.get("NEWSCRAWLER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
FETCHED = "2025-10-01T00:00:00+00:00"


def labelled_pages() -> list[bytes]:
    """The labelled article pages, where the folder is there."""
    return [path.read_bytes() for path in sorted((SHARED / "data/zh-pages/pages").glob("[cn]-*.html"))]


def replica_pages(count: int = 60) -> list[bytes]:
    """Articles of the replica, in desktop weight."""
    with Replica(articles=count, seed=7, faults=False, weight=24) as site:
        pages = []
        for article in site.truth()["articles"][:count]:
            with urlopen(article["url"]) as answer:
                pages.append(answer.read())
        return pages


def ours(body: bytes) -> None:
    """Read one page with the extraction of this project."""
    read_article(Page("https://www.example.com/html/2025-09/1.html", body, fetched_at=FETCHED))


def theirs(body: bytes) -> None:
    """Read one page with trafilatura, metadata included."""
    trafilatura.bare_extraction(body, with_metadata=True)


def cpu(read: Callable[[bytes], None], pages: list[bytes]) -> float:
    """CPU milliseconds a page of one pass over ``pages``: begun without the other's garbage, the collector
    as Python sets it.
    """
    gc.collect()
    begun = time.process_time()
    for body in pages:
        read(body)
    return (time.process_time() - begun) * 1000 / len(pages)


def measure(name: str, pages: list[bytes], rounds: int) -> None:
    """Print the medians over ``rounds`` of the CPU time a page, and the median of the rounds' ratios."""
    taken: dict[Callable[[bytes], None], list[float]] = {ours: [], theirs: []}
    for body in pages:  # warm up
        ours(body)
    theirs(pages[0])
    for number in range(rounds):
        for read in (ours, theirs) if number % 2 else (theirs, ours):
            taken[read].append(cpu(read, pages))
    ratios = [other / mine for mine, other in zip(taken[ours], taken[theirs], strict=True)]
    size = sum(map(len, pages)) / len(pages) / 1000
    print(
        f"{name:<9} {len(pages):>3} pages of {size:5.1f} KB: ours {_spread(taken[ours], 2)} ms, "
        f"trafilatura {_spread(taken[theirs], 2)} ms, ratio {_spread(ratios, 1)}"
    )


def _spread(figures: list[float], digits: int) -> str:
    """The median with the least and the greatest."""
    return f"{statistics.median(figures):.{digits}f} [{min(figures):.{digits}f}..{max(figures):.{digits}f}]"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"trafilatura {trafilatura.__version__}, CPU milliseconds a page, medians of {rounds} rounds")
    found = labelled_pages()
    if found:
        measure("labelled", found, rounds)
    measure("replica", replica_pages(), rounds)


if __name__ == "__main__":
    main()
