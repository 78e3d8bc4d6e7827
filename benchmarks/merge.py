"""What a union of two archives costs: ``python -m benchmarks.merge [ARTICLES]`` (10,000 if not given).

Two copies of one archive, half of whose articles the second one saw again an hour later.
"""

from __future__ import annotations

import resource
import shutil
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.filling import fill
from newscrawler.archive import open_archive
from newscrawler.archive.merge import merge

CHARACTERS = 1200
LATER = "strftime('%Y-%m-%dT%H:%M:%S+00:00', last_fetched_at, '+1 hour')"


def no_bar(*_: object) -> Any:
    return nullcontext(lambda number: None)


def main(articles: int) -> None:
    """Make the archives, unite them, print the cost."""
    with TemporaryDirectory() as folder:
        one, two, union = (Path(folder) / f"{name}.db" for name in ("one", "two", "union"))
        fill(one, articles, CHARACTERS)
        shutil.copy(one, two)
        with open_archive(two) as database:
            database.execute(f"UPDATE sightings SET last_fetched_at = {LATER} WHERE article_id % 2 = 0")
        begun, cpu = time.monotonic(), time.process_time()
        merge([one, two], union, no_bar)
        wall, cpu = time.monotonic() - begun, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{articles:,} articles in each: {wall:.0f} s, {cpu:.0f} s of CPU"
            f" ({1000 * cpu / articles:.1f} ms an article), {peak:.0f} MB at most"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
