"""Where requests wait: in the scheduler, where a wait holds no download slot and none of CONCURRENT_REQUESTS.

Two waits: a request that is tried again stays here until its time has come; and what is meant for a
host that wants quiet, or whose robots.txt is still asked for, stays in that host's queue meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

from scrapy import Request, Spider
from scrapy.core.scheduler import Scheduler
from scrapy.crawler import Crawler
from scrapy.pqueues import DownloaderAwarePriorityQueue, DownloaderInterface
from scrapy.utils.asyncio import CallLaterResult, call_later
from twisted.internet.defer import Deferred

from newscrawler.crawl.politeness import Politeness

WAIT = "wait_seconds"
"""In ``request.meta``: how many seconds the scheduler keeps a request before it is in line again."""


NOTHING_IN_LINE = object()
"""A signal: whatever could be asked for has been. Scrapy's scheduler_empty also says so of queues whose hosts
may not be asked now."""


class PatientScheduler(Scheduler):
    """Scrapy's scheduler, and beside its queues the requests whose time has not come."""

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Begin, with nothing waiting."""
        self._waiting: dict[Request, CallLaterResult] = {}
        return super().open(spider)

    def enqueue_request(self, request: Request) -> bool:
        """Take ``request`` in, now or after the seconds that it says."""
        seconds: float = request.meta.pop(WAIT, 0.0)
        if seconds <= 0:
            return super().enqueue_request(request)
        self._waiting[request] = call_later(seconds, self._its_time_has_come, request)
        return True

    def next_request(self) -> Request | None:
        """The request that is next, None where there is none or none may be asked."""
        request = super().next_request()
        if request is None and not super().__len__():
            assert self.crawler is not None
            self.crawler.signals.send_catch_log(NOTHING_IN_LINE)
        return request

    def _its_time_has_come(self, request: Request) -> None:
        del self._waiting[request]
        assert self.crawler is not None
        self.crawler.engine.crawl(request)  # enqueues it, and has the engine look

    def __len__(self) -> int:
        """What waits counts: the crawl is not over."""
        return super().__len__() + len(self._waiting)

    def close(self, reason: str) -> Deferred[None] | None:
        """What waits is put in line at once: with JOBDIR the next start has it."""
        for request, timer in self._waiting.items():
            timer.cancel()
            super().enqueue_request(request)
        self._waiting.clear()
        return super().close(reason)


class _OpenHosts(DownloaderInterface):
    """Scrapy's count of what each host is asked for, without the hosts that may not be asked now."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler
        self._politeness = crawler.get_extension(Politeness)

    def stats(self, possible_slots: Iterable[str]) -> list[tuple[int, str]]:
        if self._politeness is not None:
            possible_slots = [slot for slot in possible_slots if self._politeness.may_ask(slot)]
        return super().stats(possible_slots)


class HostQueues(DownloaderAwarePriorityQueue):
    """A queue for each host; the least busy of those that may be asked goes first."""

    def __init__(self, crawler: Crawler, *args: object, **options: object) -> None:
        super().__init__(crawler, *args, **options)  # type: ignore[arg-type]
        self._downloader_interface = _OpenHosts(crawler)
