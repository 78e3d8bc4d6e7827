"""How a crawl is told to end soon, or at once: two signals of Scrapy's kind for all who wait."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later

GRACE = 1.5
"""Seconds that answers on their way have left, so that most are stored and need not be asked for again."""

WAITS_END = object()
"""Nobody begins to wait any more, and whoever waits for a turn, a host or a retry gives up."""

ANSWERS_END = object()
"""What is in flight is broken off as well; its address is still pending."""


def end_waits(crawler: Crawler) -> None:
    """The crawl ends soon: nothing waits any more; answers that are on their way are still taken."""
    crawler.signals.send_catch_log(WAITS_END)


def end_answers(crawler: Crawler) -> None:
    """The crawl ends now: answers that are on their way are not waited for."""
    crawler.signals.send_catch_log(ANSWERS_END)


def stop_soon(crawler: Crawler) -> None:
    """No more waits from now on, no more answers after GRACE seconds."""
    end_waits(crawler)
    call_later(GRACE, end_answers, crawler)
