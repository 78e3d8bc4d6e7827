"""Downloads and look-ups of names that end when the crawl is told to end, and not a minute later."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver, dnscache
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

from newscrawler.crawl.failures import Interrupted
from newscrawler.crawl.stopping import ANSWERS_END


class Download(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, whose downloads can be broken off.

    DOWNLOAD_TIMEOUT bounds a whole answer, from the connection to the last byte, so that a server that
    sends a byte a second ends like one that sends none.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._running: set[asyncio.Future[Response]] = set()
        crawler.signals.connect(self.break_off, ANSWERS_END)

    async def download_request(self, request: Request) -> Response:
        """The answer; Interrupted when the crawl was ended meanwhile."""
        running = asyncio.ensure_future(super().download_request(request))
        self._running.add(running)
        try:
            return await running
        except asyncio.CancelledError:
            raise Interrupted("the crawl was interrupted") from None
        finally:
            self._running.discard(running)

    def break_off(self) -> None:
        """End all that is in flight, also what still looks up a name or connects."""
        for running in list(self._running):
            running.cancel()


class Resolver(CachingThreadedResolver):
    """Looks names up in threads that nobody waits for at the end.

    Twisted's own pool is joined when the process ends: a name server that does not answer would keep a
    crawl that was told to stop for as long as the system goes on asking.
    """

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        """The IPv4 address of ``name``, or DNSLookupError, after DNS_TIMEOUT seconds at the latest."""
        if name in dnscache:
            return succeed(dnscache[name])
        asked: Deferred[str] = Deferred()
        timer = self.reactor.callLater(
            self.timeout, self._tell, asked, None, DNSLookupError(f"timeout of {self.timeout:g} s", name)
        )
        asked.addBoth(_cancel, timer)
        if dnscache.limit:
            asked.addCallback(self._cache_result, name)
        threading.Thread(target=self._look_up, args=(name, asked), name="name look-up", daemon=True).start()
        return asked

    def _look_up(self, name: str, asked: Deferred[str]) -> None:
        """In the thread."""
        try:
            found, problem = socket.gethostbyname(name), None
        except (OSError, UnicodeError) as error:
            found, problem = None, DNSLookupError(str(error), name)
        self.reactor.callFromThread(self._tell, asked, found, problem)

    @staticmethod
    def _tell(asked: Deferred[str], found: str | None, problem: Exception | None) -> None:
        if asked.called:
            return
        if found is None:
            asked.errback(Failure(problem))  # type: ignore[no-untyped-call]
        else:
            asked.callback(found)


def _cancel(result: object, timer: object) -> object:
    if timer.active():  # type: ignore[attr-defined]
        timer.cancel()  # type: ignore[attr-defined]
    return result
