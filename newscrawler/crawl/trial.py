"""Fetch one page as a crawl would (robots.txt, delay, proxies, whole bodies), store nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from newscrawler.crawl.failures import classify
from newscrawler.crawl.multipart import next_part
from newscrawler.crawl.responses import content_type, ends_early, page_of
from newscrawler.items import Page, Part

SETTINGS_FOR_ONE_PAGE: dict[str, Any] = {
    "ITEM_PIPELINES": {},
    "EXTENSIONS": {"newscrawler.crawl.politeness.Politeness": 10},
    "LOG_LEVEL": "ERROR",
}


Headers = list[tuple[str, str]]


class TrialSpider(Spider):
    """Brings one page with all its parts; the result is left in ``found``, a problem in ``problem``."""

    name = "trial"

    def __init__(
        self, url: str, found: list[Page], problem: list[str], headers: list[Headers], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.url, self.found, self.problem, self.headers = url, found, problem, headers

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the page."""
        yield Request(self.url, callback=self.parse, errback=self.failed)

    async def parse(self, response: Response) -> AsyncIterator[Request]:
        """Take the first part."""
        self._refuse_half(response)
        page = page_of(response, linked=response.url)
        self.found.append(page)
        self.headers.append(headers_of(response))
        for request in self._next_part(page):
            yield request

    async def parse_part(self, response: Response) -> AsyncIterator[Request]:
        """Take a later part."""
        self._refuse_half(response)
        page = self.found[0]
        page.later_parts.append(Part(response.url, response.body, content_type(response)))
        self.headers.append(headers_of(response))
        for request in self._next_part(page):
            yield request

    def _refuse_half(self, response: Response) -> None:
        if ends_early(response):
            self.problem.append(f"short_body: the connection ended before {response.url} did")

    def _next_part(self, page: Page) -> list[Request]:
        missing = next_part(page)
        if missing is None:
            return []
        return [Request(missing[1], callback=self.parse_part, errback=self.failed)]

    def failed(self, failure: Failure) -> None:
        """Keep the reason."""
        kind, detail = classify(failure)
        self.problem.append(f"{kind}: {detail}")


def headers_of(response: Response) -> Headers:
    """The headers of an answer, their bytes as Latin-1, which loses none."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]


def fetch(
    url: str, settings: Settings, headers: list[Headers] | None = None
) -> tuple[Page | None, str | None]:
    """(the page with its parts, None), or (None, why not). Starts and ends a reactor: once per process.

    The headers of each part are appended to ``headers``.
    """
    found: list[Page] = []
    problem: list[str] = []
    settings = settings.copy()
    settings.setdict(SETTINGS_FOR_ONE_PAGE, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    kept: list[Headers] = [] if headers is None else headers
    process.crawl(TrialSpider, url=url, found=found, problem=problem, headers=kept)
    process.start()
    return (found[0], None) if found and not problem else (None, problem[0] if problem else "no answer")
