"""What the tests share: running ``scrapy crawl`` as a user does, and reading the archive afterwards."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawler.replica import Replica

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("NEWSCRAWLER_SHARED") or ROOT.parent / "shared")


REPLICA_START = "2025-10-01T00:00:00+08:00"
"""The replica's clock when nobody moved it; relative dates ("3小时前", 3 hours ago) follow it."""


def pytest_configure(config: pytest.Config) -> None:
    """With two processes: the files in their order. By default those of few tests come last, our longest.

    And Ctrl-C is heard: a shell starts what runs in its background with SIGINT ignored, and whatever a test
    starts would ignore it, too.
    """
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def environment(**extra: str) -> dict[str, str]:
    """The surroundings of a user's shell, without what the machine's own settings could add."""
    unwanted = {"http_proxy", "https_proxy", "no_proxy", "all_proxy", "ssl_cert_file"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in unwanted and not name.startswith("NEWSCRAWLER_")
    }
    return {**kept, "SCRAPY_SETTINGS_MODULE": "newscrawler.settings", **extra}


def crawl(
    archive: Path,
    *arguments: str,
    site: Replica | None = None,
    spider: str = "itbear",
    timeout: float = 120,
    **env: str,
) -> subprocess.CompletedProcess[str]:
    """``scrapy crawl`` without delays, at the replica's time; ``site`` is the proxy if given."""
    env = {"NEWSCRAWLER_NOW": REPLICA_START, **(site.environment() if site else {}), **env}
    env["NEWSCRAWLER_ARCHIVE"] = str(archive)
    command = ("crawl", spider, "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_BACKOFF=0.05", *arguments)
    return scrapy(*command, cwd=archive.parent, timeout=timeout, **env)


def scrapy(*arguments: str, cwd: Path, timeout: float = 120, **env: str) -> subprocess.CompletedProcess[str]:
    """Run scrapy in a process of its own."""
    return python("scrapy", *arguments, cwd=cwd, timeout=timeout, **env)


def newscrawler(
    *arguments: str, cwd: Path, timeout: float = 120, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run the ``newscrawler`` command in a process of its own."""
    return python("newscrawler.cli", *arguments, cwd=cwd, timeout=timeout, **env)


def python(
    module: str, *arguments: str, cwd: Path, timeout: float, **env: str
) -> subprocess.CompletedProcess[str]:
    """``python -m module arguments`` in a user's surroundings."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def rows(archive: Path, sql: str, *parameters: object) -> list[dict[str, Any]]:
    """The rows of a query as dicts, over a connection of the test's own."""
    connection = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql, parameters)]
    finally:
        connection.close()


def at_terminal(site: Replica, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start ``scrapy crawl itbear`` at a terminal of 110 columns; the process, and our end of it."""
    try:
        master, slave = pty.openpty()
    except OSError as none:
        pytest.skip(f"this machine gives no pseudo-terminal: {none}")
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))
    command = ["crawl", "itbear", "-a", f"start_urls={site.url}", "-s", "DOWNLOAD_DELAY=0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", *command],
        cwd=folder,
        env=environment(NEWSCRAWLER_NOW=REPLICA_START),
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    return process, master


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled pages beside the checkout; tests that need it skip without it."""
    if not SHARED.is_dir():
        pytest.skip(f"the folder {SHARED} with labelled pages is not here (NEWSCRAWLER_SHARED names another)")
    return SHARED


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A small site without faults."""
    with Replica(articles=60, seed=3, faults=False, weight=2) as site:
        yield site
