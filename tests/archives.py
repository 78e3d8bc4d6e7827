"""Archives that tests make by hand: the addresses of their articles, copies of what one module made."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from newscrawler.archive.session import Session


def url(number: int) -> str:
    """The canonical address of the article ``number``."""
    return f"https://www.itbear.com.cn/html/2025-09/{number}.html"


def opened(archive: Path) -> closing[Session]:
    """The archive as a crawl has it, for a ``with`` block."""
    return closing(Session(archive))


def copy_of(made: Path, folder: Path) -> Path:
    """The archive ``made`` with its raw pages once more, in ``folder``, for a test that changes it."""
    copy = folder / "archive.db"
    shutil.copy(made, copy)
    shutil.copytree(f"{made}.pages", f"{copy}.pages")
    return copy
