"""newscrawler: a crawler and archive for Chinese tech-news sites."""

import os
import sys
from importlib.metadata import PackageNotFoundError, version

if sys.version_info < (3, 11):  # noqa: UP036 - a checkout can be run by any Python, pip or not
    raise SystemExit(
        f"newscrawler needs Python 3.11 or newer, this is {sys.version_info[0]}.{sys.version_info[1]}; "
        "make the virtual environment with a newer one: python3.11 -m venv .venv"
    )
if os.name != "posix":
    raise SystemExit("newscrawler runs on Linux and macOS (its lock is a flock); on Windows use WSL")

try:
    __version__ = version("newscrawler")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
