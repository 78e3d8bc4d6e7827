"""What all parts of ``python -m benchmarks`` share: how much, how often, where; sites are built once."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.web import ROOT, Web, served


@dataclass(frozen=True)
class Setting:
    """One run of the benchmarks."""

    work: Path
    """Where sites, archives and logs of this run lie."""
    rounds: int = 3
    articles: int = 5000
    """Of the site; with its listings 5,250 pages."""
    few: int = 400
    """Articles where a peer is so slow that more would take an hour."""
    many: int = 47_600
    """Articles of the large site: 50,000 pages."""
    stored: int = 1000
    """Articles that are stored without a crawl."""
    filled: int = 25_000
    """Articles of the large archive that are stored one by one …"""
    times: int = 40
    """… and copied by SQL."""
    nginx: str | None = None
    """The program; None: the server in memory."""
    peers: Path | None = None
    """A virtual environment with news-please and jieba."""
    archive: Path | None = None
    """A large archive that is there already, made by benchmarks.filling."""

    def site(self, articles: int, seed: int = 1) -> Path:
        """The folder of a built site."""
        folder = self.work / f"site-{articles}-{seed}"
        if not folder.exists():
            command = [sys.executable, "-m", "benchmarks.site", str(folder)]
            options = ["--articles", str(articles), "--seed", str(seed)]
            # In a process of its own, so that this one, from which all crawls are started, stays small.
            subprocess.run([*command, *options], cwd=ROOT, check=True)
        return folder

    @contextmanager
    def web(self, articles: int, seed: int = 1) -> Iterator[Web]:
        """A server of such a site."""
        with served(self.site(articles, seed), self.work / "web", program=self.nginx) as web:
            yield web


def shuffled(names: Iterable[str], number: int) -> list[str]:
    """``names`` in the order of round ``number``: no one always comes first."""
    order = list(names)
    random.Random(number).shuffle(order)
    return order
