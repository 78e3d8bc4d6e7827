"""Writes down at once, outside the archive, what the crawl says is stored (in the file ``CHAOS_WITNESS``)."""

from __future__ import annotations

import os
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler


class Witness:
    """One line for each item that was scraped, which is our word that it is durable."""

    def __init__(self) -> None:
        path = os.environ.get("CHAOS_WITNESS", os.devnull)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Witness:
        self = cls()
        crawler.signals.connect(self.scraped, signals.item_scraped)
        return self

    def scraped(self, item: Any) -> None:
        os.write(self._file, f"{item.url}\n".encode())
