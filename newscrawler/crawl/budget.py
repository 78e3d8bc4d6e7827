"""A soft time budget (TIME_BUDGET, seconds): when it is over a crawl ends cleanly, and soon.

Nothing more is asked for but the later parts of articles whose first part is here; what waits its turn is
still pending, and no channel counts as read that was not. The finish reason is ``time_budget``, the exit
code that of a crawl that ended by itself. CLOSESPIDER_TIMEOUT asks for what waits at the hosts already.
"""

from __future__ import annotations

import asyncio
from time import monotonic

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import CallLaterResult, call_later

from newscrawler.archive.session import is_registered
from newscrawler.crawl.failures import Interrupted
from newscrawler.crawl.stopping import stop_soon

REASON = "time_budget"
"""The finish reason."""

FOR_PARTS = 20.0
"""Seconds that the later parts of begun articles have after the budget; then these are pending too."""

_LOOK = 0.1
"""Seconds between two looks at whether they are whole."""


class TimeBudget:
    """Extension: keeps the time. Off where there is no budget, and where no archive is open."""

    def __init__(self, crawler: Crawler) -> None:
        given = crawler.settings["TIME_BUDGET"]
        try:
            self.seconds = float(given or 0)
        except ValueError:
            raise ValueError(f"TIME_BUDGET: {given!r} is no number of seconds") from None
        if self.seconds <= 0 or not is_registered(crawler):
            raise NotConfigured
        self.crawler = crawler
        self.over = False
        self._timer: CallLaterResult | None = None
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TimeBudget:
        self = cls(crawler)
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)
        return self

    def spider_opened(self) -> None:
        """The time begins."""
        self._timer = call_later(self.seconds, self._time_is_over)

    def spider_closed(self) -> None:
        """It ended before."""
        if self._timer is not None:
            self._timer.cancel()

    def turn_away(self, request: Request) -> bool:
        """Whether ``request`` is not to leave any more."""
        return self.over and "part" not in request.meta

    def _time_is_over(self) -> None:
        self.over = True
        for slot in list(self.crawler.engine.downloader.slots.values()):
            for request, waiting in list(slot.queue):
                if self.turn_away(request):
                    slot.queue.remove((request, waiting))
                    waiting.errback(Interrupted("the time budget is over"))
        self._end_when_whole(monotonic() + FOR_PARTS)

    def _end_when_whole(self, latest: float) -> None:
        """Close as soon as no article is half here."""
        if getattr(self.crawler.spider, "begun", None) and monotonic() < latest:
            self._timer = call_later(_LOOK, self._end_when_whole, latest)
            return
        self._timer = None
        if self.crawler.engine._slot is not None:  # else it has just ended by itself
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=REASON))
            stop_soon(self.crawler)


class OutOfTime:
    """Downloader middleware, the first: after the budget only what is needed for begun articles passes."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OutOfTime:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Interrupted: the address is still pending."""
        budget = self.crawler.get_extension(TimeBudget)
        if budget is not None and budget.turn_away(request):
            self.crawler.stats.inc_value("newscrawler/budget/turned_away")
            raise Interrupted("the time budget is over")


def is_over(crawler: Crawler) -> bool:
    """Whether the crawl has used its time up."""
    budget = crawler.get_extension(TimeBudget)
    return budget is not None and budget.over
