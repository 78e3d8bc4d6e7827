"""A progress bar for people at a terminal; nothing at all for cron."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler
from tqdm import tqdm

from newscrawler.archive.session import Session, session_of


class _BesideBar:
    """A stream for the log handler that writes above the bar instead of through it."""

    def write(self, text: str) -> None:
        text = text.rstrip("\n")
        if text:
            tqdm.write(text, file=sys.stderr)

    def flush(self) -> None:
        sys.stderr.flush()


class Progress:
    """Counts answers against the requests scheduled so far; the total grows as listings are read."""

    def __init__(self, crawler: Crawler) -> None:
        if sys.stderr is None or not sys.stderr.isatty():
            raise NotConfigured  # without a word: with one Scrapy warns
        try:
            self.session: Session = session_of(crawler)
        except RuntimeError as none:
            raise NotConfigured from none
        self.crawler = crawler
        self.bar: tqdm[Any] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        self = cls(crawler)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)
        for signal in (
            signals.request_scheduled,
            signals.response_received,
            signals.item_scraped,
            signals.item_dropped,
        ):
            crawler.signals.connect(self.moved, signal)
        return self

    def opened(self) -> None:
        """Draw the bar, and send the log above it."""
        # total=1 first: without a total tqdm draws no bar and no time left.
        # A pseudo-terminal may say that it has no columns (script, some CI): tqdm would draw nothing.
        wide = os.get_terminal_size(sys.stderr.fileno()).columns > 0
        width: dict[str, Any] = {"dynamic_ncols": True} if wide else {"ncols": 80}
        self.bar = tqdm(total=1, unit="page", file=sys.stderr, desc="crawling", leave=False, **width)
        handler = get_scrapy_root_handler()
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setStream(_BesideBar())

    def moved(self) -> None:
        """Take the counts over from the statistics."""
        if self.bar is None:
            return
        stats = self.crawler.stats
        done = stats.get_value("response_received_count", 0) - stats.get_value("robotstxt/response_count", 0)
        left = stats.get_value("newscrawler/backfill/left", 0)  # of a day's budget; mostly 0
        self.bar.total = max(stats.get_value("scheduler/enqueued", 0) + left, done, 1)
        self.bar.n = max(done, 0)
        counts = self.session.tally.counts()
        self.bar.set_postfix(
            new=counts["new"], updated=counts["updated"], failed=counts["failed"], refresh=False
        )
        self.bar.update(0)

    def closed(self) -> None:
        """Leave the terminal clean for the summary."""
        if self.bar is None:
            return
        self.bar.close()
        handler = get_scrapy_root_handler()
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setStream(sys.stderr)
