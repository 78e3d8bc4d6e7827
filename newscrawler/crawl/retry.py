"""Failures that may pass are tried again, by class, after a wait that holds nothing.

Scrapy tries again at once, which is when a site that is in trouble needs it least. Here a request waits
in the scheduler (newscrawler.crawl.scheduler): no download slot, no place among CONCURRENT_REQUESTS; the
others go on. What failed RETRY_TIMES more is for the spider: its address stays pending with its reason.
"""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from newscrawler.crawl.failures import Interrupted, kind_of, status_kind
from newscrawler.crawl.politeness import Politeness, backoff
from newscrawler.crawl.responses import ends_early
from newscrawler.crawl.scheduler import WAIT
from newscrawler.crawl.stopping import WAITS_END

logger = logging.getLogger(__name__)

TRANSIENT = frozenset({"timeout", "reset", "connect", "dns", "short_body", "http_5xx", "throttled"})
"""Failure classes that may pass by themselves within a crawl. All others are answers."""


class Retry:
    """Downloader middleware; RETRY_TIMES, RETRY_BACKOFF and RETRY_BACKOFF_MAX say how often and how soon.

    ``dont_retry`` and ``max_retry_times`` in a request's meta are heeded, as Scrapy's own does.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.getbool("RETRY_ENABLED"):
            raise NotConfigured
        self.crawler = crawler
        self.times = settings.getint("RETRY_TIMES")
        self.first, self.most = settings.getfloat("RETRY_BACKOFF"), settings.getfloat("RETRY_BACKOFF_MAX")
        self._ended = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Retry:
        self = cls(crawler)
        crawler.signals.connect(self._end, WAITS_END)
        return self

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """An answer that is no failure of passing kind, or one whose tries are used up, goes on.

        Raises HostUnavailable when its host asked for a longer quiet than we wait for.
        """
        kind = status_kind(response.status)
        why = f"HTTP {response.status}"
        if kind is None and ends_early(response):
            kind, why = "short_body", "the connection ended before the page did"
        politeness = self.crawler.get_extension(Politeness)
        if kind == "throttled" and politeness is not None:
            politeness.check_open(request)
        return self.again(request, kind or "", why) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """A new try for a failure on the way, None when it is final."""
        if isinstance(exception, IgnoreRequest):  # nothing was asked: somebody of ours decided against it
            return None
        kind, why = kind_of(exception)
        return self.again(request, kind, why)

    def again(self, request: Request, kind: str, why: str) -> Request | None:
        """``request`` for its next try, which the scheduler holds back for a while; None when there is none.

        Raises Interrupted instead when the crawl is about to end: nothing is decided, it is still pending.
        """
        if kind not in TRANSIENT or request.meta.get("dont_retry"):
            return None
        tries = request.meta.get("retry_times", 0) + 1
        stats = self.crawler.stats
        if tries > request.meta.get("max_retry_times", self.times):
            stats.inc_value("retry/max_reached")
            logger.info("%s: given up after %d tries: %s", request, tries, why)
            return None
        if self._ended:
            raise Interrupted("the crawl ended before the next try")
        stats.inc_value("retry/count")
        stats.inc_value(f"retry/reason_count/{kind}")
        # A host that refused is left alone as a whole, by the scheduler's queues: no wait beside that one.
        wait = 0.0 if kind == "throttled" else backoff(tries, self.first, self.most)
        logger.debug("%s: %s; once more in %.1f s", request, why, wait)
        return request.replace(
            dont_filter=True,
            priority=request.priority - 1,
            meta={**request.meta, "retry_times": tries, WAIT: wait},
        )

    def _end(self) -> None:
        self._ended = True
