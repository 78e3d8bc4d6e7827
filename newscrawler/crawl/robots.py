"""robots.txt, as RFC 9309 asks: a host whose robots.txt cannot be had is not crawled.

Scrapy's middleware takes an answer of 5xx and a failed connection for permission, and reads the
page of a 404 as if it were rules.
"""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from newscrawler.crawl.failures import HostUnavailable, RobotsForbidden, classify
from newscrawler.crawl.politeness import Politeness

logger = logging.getLogger(__name__)

LEAVE_ALONE_SECONDS = 600.0
"""How long a host waits whose robots.txt could not be had."""


class Robots(RobotsTxtMiddleware):
    """Obeys robots.txt; an unreachable one makes the host's addresses pending, with the reason."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unavailable: dict[str, HostUnavailable] = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        politeness = self.crawler.get_extension(Politeness)
        if politeness is not None:
            politeness.check_open(request)
        await super().process_request(request)
        problem = self._unavailable.get(urlparse_cached(request).netloc)
        if problem is not None and not request.meta.get("dont_obey_robotstxt"):
            raise HostUnavailable(str(problem), kind=problem.kind, seconds=problem.seconds)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as refusal:
            raise RobotsForbidden("robots.txt does not allow it") from refusal

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules for the request's host, fetched once; None where they could not be had."""
        netloc = urlparse_cached(request).netloc
        if netloc in self._parsers:
            return await super().robot_parser(request)
        self._parsers[netloc] = Deferred()
        url = f"{urlparse_cached(request).scheme}://{netloc}/robots.txt"
        asking = Request(
            url, priority=self.DOWNLOAD_PRIORITY, meta={"dont_obey_robotstxt": True}, callback=NO_CALLBACK
        )
        try:
            response = await self.crawler.engine.download_async(asking)
            await self._take(response, netloc, request)
        except Exception as error:  # any way in which a download can fail: the host waits, with the reason
            kind, detail = classify(Failure(error))  # type: ignore[no-untyped-call]
            if "offsite" in detail:  # a redirect: Scrapy's filter lets the page pass, but not this request
                self._give_up(netloc, "offsite", f"leads to {netloc}, another site; it is not crawled")
            else:
                self._give_up(netloc, kind, f"robots.txt cannot be had: {detail}")
        self._stats.inc_value("robotstxt/request_count")
        return await super().robot_parser(request)

    async def _take(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
            self._give_up(netloc, "robots", f"robots.txt answers HTTP {response.status}")
            return
        if response.status >= 400:
            response = response.replace(body=b"")  # no rules: everything is allowed
        await self._parse_robots(response, netloc, request)

    def _give_up(self, netloc: str, kind: str, why: str) -> None:
        logger.info("%s: %s", netloc, why)
        self._unavailable[netloc] = HostUnavailable(why, kind=kind, seconds=LEAVE_ALONE_SECONDS)
        waiting = self._parsers[netloc]
        self._parsers[netloc] = None
        if isinstance(waiting, Deferred) and not waiting.called:
            waiting.callback(None)
