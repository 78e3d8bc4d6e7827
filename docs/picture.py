"""Make docs/archive.png, the README's picture: crawl the replica, serve the archive, take a screenshot.

    python docs/picture.py                              # docs/archive.png, half a minute
    python docs/picture.py --archive archive.db --path /archive/articles --out list.png
    python docs/picture.py --size 390x1200 --out phone.png

Needs Chromium and a Chinese font: ``apt-get install chromium fonts-noto-cjk`` on Debian. The replica's
world follows from its seed, so the picture changes only when our pages do (or the fonts).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newscrawler import demo

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
"""A browser that shows one page, alone, and asks no one anything."""

TOO_LARGE = 300_000
"""Bytes that the picture in the repository may have."""


def main() -> None:
    """Read the arguments, take the picture, say how large it became."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--archive", type=Path, help="picture this archive instead of a fresh crawl of the replica"
    )
    parser.add_argument("--path", default="/archive", help="the page (default: /archive)")
    parser.add_argument("--size", default="1200x880", help="WIDTHxHEIGHT in pixels (default: 1200x880)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "archive.png", help="the file to write")
    parser.add_argument("--seed", type=int, default=3, help="another seed makes other news")
    options = parser.parse_args()
    if not re.fullmatch(r"\d+x\d+", options.size):
        parser.error(f"--size {options.size}: expected WIDTHxHEIGHT, such as 390x1200")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("No Chromium here. On Debian: apt-get install chromium fonts-noto-cjk")
    with tempfile.TemporaryDirectory() as folder:
        archive = options.archive or crawl(Path(folder) / "archive.db", seed=options.seed)
        with served(archive.resolve()) as address:
            screenshot(browser, address + options.path, options.size, options.out.resolve(), Path(folder))
    size = options.out.stat().st_size
    print(f"{options.out}: {size:,} bytes")
    if size > TOO_LARGE:
        sys.exit(f"More than the {TOO_LARGE:,} that the repository takes: choose a smaller --size")


def crawl(archive: Path, *, seed: int) -> Path:
    """A fresh archive of the replica. Some of its pages fail on purpose, so the code is not always 0."""
    code = demo.run(archive, articles=200, seed=seed)
    if not archive.exists():
        sys.exit(f"The crawl of the replica ended with code {code} and left no archive")
    return archive


@contextmanager
def served(archive: Path) -> Iterator[str]:
    """``newscrawler serve`` on a free port; gives its address."""
    command = [sys.executable, "-m", "newscrawler.cli", "serve", "--archive", str(archive), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            found = re.search(r"http://[^/\s]+", line)
            if found is None:
                sys.exit(f"newscrawler serve did not start: {line}")
            yield found[0]
        finally:
            server.terminate()


def screenshot(browser: str, address: str, size: str, out: Path, folder: Path) -> None:
    """The page at ``address`` as a PNG; the browser gets a profile of its own in ``folder``."""
    command = [
        browser,
        *QUIET,
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={size.replace('x', ',')}",
    ]
    command += [f"--screenshot={out}", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=os.environ)
    if done.returncode or not out.exists():
        sys.exit(f"{browser} took no picture (code {done.returncode}): {done.stderr[-500:]}")


if __name__ == "__main__":
    main()
