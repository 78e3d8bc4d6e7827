"""What keeping raw pages costs: CPU and bytes a page, for answers that come compressed and plain.

    python -m benchmarks.pages [--folder PAGES] [--rounds 5]

``--folder`` holds saved pages; without it the replica makes some. Every page is kept at an address of
its own, then once more unchanged; a commit follows every fourth, as in a crawl. The whole process is
measured, the writer thread included, without what the commits would cost anyhow.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from newscrawler.archive import warc
from newscrawler.archive.pages import Asked
from newscrawler.archive.session import Session
from newscrawler.replica import Replica

NOW = datetime(2025, 10, 1, tzinfo=UTC)
HEADERS = [
    (b"Server", b"nginx/1.20.1"),
    (b"Date", b"Wed, 01 Oct 2025 00:00:00 GMT"),
    (b"Content-Type", b"text/html; charset=utf-8"),
    (b"Last-Modified", b"Wed, 01 Oct 2025 00:00:00 GMT"),
    (b"Connection", b"keep-alive"),
    (b"Vary", b"Accept-Encoding"),
    (b"Etag", b'W/"68dc1234-1234"'),
]
COMMIT_EVERY = 4


def replica_pages(count: int) -> list[bytes]:
    """``count`` article pages of 48 KB."""
    with Replica(articles=count, seed=3, faults=False, weight=48) as site:
        urls = [a["url"] for a in site.truth()["articles"] if a["outcome"] == "archived" and not a["gone"]]
        return [urllib.request.urlopen(url).read() for url in urls[:count]]


def cpu(job: Callable[[], None]) -> float:
    """CPU seconds of the process."""
    begun = time.process_time()
    job()
    return time.process_time() - begun


def keep(bodies: list[bytes], headers: list[tuple[bytes, bytes]]) -> tuple[float, float, int, int]:
    """(CPU-ms a new page, CPU-ms an unchanged one, bytes kept of the first, of the second)."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder) / "archive.db")

        def commits(between: Callable[[int], None]) -> None:
            for number in range(len(bodies)):
                between(number)
                if number % COMMIT_EVERY == 0:
                    session.writer.submit(lambda db: None).result()

        def page(number: int) -> None:
            url = f"https://www.itbear.com.cn/html/2025-09/{number}.html"
            answer = warc.Answer(url, 200, headers, bodies[number], address="192.0.2.1")
            session.pages.append(answer, Asked("article", url), NOW)

        nothing = cpu(lambda: commits(lambda number: None))
        new, first = cpu(lambda: commits(page)) - nothing, session.pages.added[1]
        again = cpu(lambda: commits(page)) - nothing
        second = session.pages.added[1] - first
        session.close()
    count = len(bodies)
    return 1000 * new / count, 1000 * again / count, first // count, second // count


def main() -> None:
    """Print a table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--folder", type=Path)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    plain = [f.read_bytes() for f in sorted(given.folder.iterdir())] if given.folder else replica_pages(200)
    packed = [gzip.compress(page, 6, mtime=0) for page in plain]
    print(f"{len(plain)} pages, mean {statistics.mean(map(len, plain)):,.0f} bytes")
    for name, bodies, headers in (
        ("compressed", packed, [*HEADERS, (b"Content-Encoding", b"gzip")]),
        ("plain", plain, HEADERS),
    ):
        rounds = [keep(bodies, headers) for _ in range(given.rounds)]
        new, again = (statistics.median(r[column] for r in rounds) for column in (0, 1))
        print(
            f"{name:<11} received {statistics.mean(map(len, bodies)):>8,.0f}  kept {rounds[0][2]:>7,} bytes"
            f"  {new:.3f} ms;  unchanged {rounds[0][3]:,} bytes  {again:.3f} ms"
        )


if __name__ == "__main__":
    main()
