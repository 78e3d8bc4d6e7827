"""robots.txt, as RFC 9309 asks: a host whose robots.txt cannot be had is not crawled.

Scrapy's middleware takes an answer of 5xx and a failed connection for permission, reads the page of
a 404 as if it were rules, and keeps the requests of a host waiting among those that are running.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from newscrawler.crawl.failures import (
    INTERRUPTED,
    HostUnavailable,
    Interrupted,
    RobotsForbidden,
    kind_of,
    status_kind,
)
from newscrawler.crawl.politeness import Politeness, back_in_line, backoff, is_robots
from newscrawler.crawl.retry import TRANSIENT
from newscrawler.crawl.stopping import WAITS_END

logger = logging.getLogger(__name__)

LEAVE_ALONE_SECONDS = 600.0
"""How long a host waits whose robots.txt could not be had."""

_SENT_BACK = "waited_for_robots"
"""In ``request.meta``: it was in the scheduler while robots.txt was asked for."""


class Robots(RobotsTxtMiddleware):
    """Obeys robots.txt; an unreachable one makes the host's addresses pending, with the reason.

    While it is asked for, the requests for its host wait in the scheduler. It is tried as often as a page.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._times = settings.getint("RETRY_TIMES") if settings.getbool("RETRY_ENABLED") else 0
        self._first, self._most = settings.getfloat("RETRY_BACKOFF"), settings.getfloat("RETRY_BACKOFF_MAX")
        self._rules: dict[str, RobotParser | HostUnavailable] = {}
        """Host and port -> its rules, or why it is not crawled."""
        self._asking: dict[str, asyncio.Future[None]] = {}
        self._ended = asyncio.Event()
        crawler.signals.connect(self._ended.set, WAITS_END)
        crawler.signals.connect(self._ended.set, signals.spider_closed)

    async def process_request(self, request: Request) -> Request | None:  # type: ignore[override]
        """Pass on what is allowed; back to the scheduler with what must wait for its host's rules.

        Raises RobotsForbidden, or HostUnavailable where the rules could not be had.
        """
        url = urlparse_cached(request)
        if is_robots(request) or url.scheme not in {"http", "https"}:
            return None
        if url.netloc not in self._rules:
            asking = self._asking.get(url.netloc) or self._begin(request, url.netloc)
            if _SENT_BACK not in request.meta:
                request.meta[_SENT_BACK] = True
                return back_in_line(request)
            await asking  # it was not scheduled but sent directly
        rules = self._rules.get(url.netloc)
        if rules is None:
            raise Interrupted("the crawl ended before robots.txt came")
        if isinstance(rules, HostUnavailable):
            raise HostUnavailable(str(rules), kind=rules.kind, seconds=rules.seconds)
        self.process_request_2(rules, request)
        return None

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as refusal:
            raise RobotsForbidden("robots.txt does not allow it") from refusal

    def _begin(self, request: Request, netloc: str) -> asyncio.Future[None]:
        asking = self._asking[netloc] = asyncio.ensure_future(self._hold_and_ask(request, netloc))
        return asking

    async def _hold_and_ask(self, request: Request, netloc: str) -> None:
        politeness = self.crawler.get_extension(Politeness)
        slot = politeness.slot_of(request) if politeness is not None else ""
        if politeness is not None:
            politeness.hold(slot)
        try:
            await self._ask(request, netloc)
        finally:
            del self._asking[netloc]
            if politeness is not None:
                politeness.release(slot)

    async def _ask(self, request: Request, netloc: str) -> None:
        """Ask until there are rules, a final answer, or no try left."""
        for tries in range(1, self._times + 2):
            failed = await self._try(request, netloc)
            if failed is None:
                return
            kind, unavailable = failed
            if kind not in TRANSIENT or tries > self._times:
                break
            await self._wait(request, tries)
            if self._ended.is_set():
                return
        if kind != INTERRUPTED:
            logger.info("%s: %s", netloc, unavailable)
            self._rules[netloc] = unavailable

    async def _try(self, request: Request, netloc: str) -> tuple[str, HostUnavailable] | None:
        """Ask once: None when there are rules now, else the failure's class and what it makes of the host."""
        asking = Request(
            f"{urlparse_cached(request).scheme}://{netloc}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "dont_retry": True},
            callback=NO_CALLBACK,
            dont_filter=True,  # RFC 9309: redirects are followed, also to another host
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(asking)
            await self._take(response, netloc, request)
        except HostUnavailable as closed:
            return "closed", _unavailable(f"cannot be had: {closed}", closed.kind, closed.seconds)
        except Exception as error:  # any way in which a download can fail: the host waits, with the reason
            kind, detail = kind_of(error)
            return kind, _unavailable(f"cannot be had: {detail}", kind)
        if netloc in self._rules:
            return None
        return status_kind(response.status) or "", _unavailable(f"answers HTTP {response.status}", "robots")

    async def _take(self, response: Response, netloc: str, request: Request) -> None:
        """Read the rules of an answer that has some: 4xx says that everything is allowed."""
        self._stats.inc_value("robotstxt/response_count")
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status >= 500 or response.status in {408, 429}:
            return
        body = b"" if response.status >= 400 else response.body
        rules: RobotParser = build_from_crawler(self._parserimpl, self.crawler, body)
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )
        self._rules[netloc] = rules

    async def _wait(self, request: Request, tries: int) -> None:
        """Until the next try, or the crawl's end."""
        wait = backoff(tries, self._first, self._most)
        politeness = self.crawler.get_extension(Politeness)
        if politeness is not None:
            wait = max(wait, politeness.left(politeness.slot_of(request)))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), wait)


def _unavailable(why: str, kind: str, seconds: float = LEAVE_ALONE_SECONDS) -> HostUnavailable:
    return HostUnavailable(f"robots.txt {why}", kind=kind, seconds=seconds)
