"""newscrawler: a crawler and archive for Chinese tech-news sites."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("newscrawler")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
