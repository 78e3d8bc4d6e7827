"""What a crawl costs before its first request: ``scrapy crawl itbear`` beside a bare spider.

The site is a socket that never answers. CPU is read when the first connection comes, and the crawler killed.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crawlers import ours, peer
from benchmarks.figures import Measured, median, ratios
from benchmarks.report import Report
from benchmarks.setting import Setting, shuffled
from newscrawler.archive import open_archive

TIMES = 5
"""Starts of each in a round."""


@dataclass(frozen=True)
class Site:
    """What the commands of crawlers.py need to know of a server."""

    url: str


def starts(setting: Setting) -> Report:
    """CPU until the first connection, and the time."""
    folder = setting.work / "start"
    folder.mkdir()
    open_archive(folder / "archive.db").close()  # not the first crawl of all
    taken: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        site = Site(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        commands = {
            "ours": ours(site, folder / "archive.db", "all"),  # type: ignore[arg-type]
            "bare": peer(site, "bare.py"),  # type: ignore[arg-type]
        }
        for number in range(TIMES * setting.rounds):
            for name in shuffled(commands, number):
                taken[name].append(_start(*commands[name], folder, listening))
    cpu = {name: [cpu for cpu, _ in values] for name, values in taken.items()}
    seconds = {name: median([seconds for _, seconds in values]) for name, values in taken.items()}
    detail = f"{median(cpu['ours']):.2f} against {median(cpu['bare']):.2f} s; "
    detail += f"by the clock {seconds['ours']:.2f} against {seconds['bare']:.2f} s"
    return Report([Measured("start", ratios(cpu["ours"], cpu["bare"]), detail)])


def _start(
    command: list[str], env: dict[str, str], folder: Path, listening: socket.socket
) -> tuple[float, float]:
    """CPU seconds of the new process and seconds until it connects."""
    begun = time.monotonic()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        connection, _ = listening.accept()
    except TimeoutError:
        sys.exit(f"{' '.join(command)} asked for nothing; see {folder / 'log'}")
    finally:
        seconds = time.monotonic() - begun
        process.kill()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    connection.close()
    return usage.ru_utime + usage.ru_stime, seconds
