"""Keeps every answer as it came over the wire, before anything decodes, retries or redirects it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from newscrawler import __version__, clock
from newscrawler.archive.errors import ArchiveError, as_archive_error
from newscrawler.archive.pages import Asked
from newscrawler.archive.session import Session, session_of
from newscrawler.archive.warc import Answer
from newscrawler.crawl.failures import GONE_STATUSES, Interrupted
from newscrawler.crawl.recorder import ARCHIVE_ERROR
from newscrawler.crawl.stopping import end_waits

MODES = ("all", "articles", "none")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the settings KEEP_PAGES and KEEP_PAGES_DAYS ask for."""

    mode: str
    """One of MODES."""
    days: int
    """After how many days pages are removed; 0: never."""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Keeping:
        """Read the settings; ValueError with a sentence for what they cannot be."""
        mode, days = str(settings.get("KEEP_PAGES")), str(settings.get("KEEP_PAGES_DAYS"))
        if mode not in MODES:
            raise ValueError(f"KEEP_PAGES={mode!r} is unknown; expected one of {', '.join(MODES)}")
        if not days.isascii() or not days.isdigit() or len(days) > 5:
            raise ValueError(f"KEEP_PAGES_DAYS={days!r} is no number of days; expected 0 (for ever), 1, 2…")
        return cls(mode, int(days))

    def prepare(self, session: Session) -> None:
        """Remove what is too old; raises ArchiveError when that cannot be done."""
        session.pages.expires = self.days > 0
        if self.days:
            session.pages.expire(clock.now().date() - timedelta(days=self.days), session.writer)


class Captures:
    """The middleware next to the downloader; robots.txt is not kept, it is no page."""

    def __init__(self, crawler: Crawler) -> None:
        try:
            self.session: Session = session_of(crawler)
        except RuntimeError as none:
            raise NotConfigured from none
        keeping = Keeping.of(crawler.settings)
        keeping.prepare(self.session)
        if keeping.mode == "none":
            raise NotConfigured
        self.mode = keeping.mode
        self.crawler = crawler
        self._closing: asyncio.Future[None] | None = None
        self.session.pages.about = _about(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Captures:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer itself, once it is in the day's file; its row is committed with what comes of it.

        When it cannot be kept the crawl stops, and the address stays pending as if it had not been asked.
        """
        asked = self._asked(request)
        if asked is None or not self._is_wanted(asked, request, response):
            return response
        try:
            capture = self.session.pages.append(_answer(request, response), asked, clock.now())
        except (ArchiveError, sqlite3.Error) as error:
            at_fault = as_archive_error(error, str(self.session.path))
            if at_fault is None:
                raise
            self._stop(str(at_fault))
            raise Interrupted("the page could not be kept") from error
        stats = self.crawler.stats
        stats.inc_value(f"newscrawler/pages/{capture.kind}/{capture.record}")
        stats.inc_value("newscrawler/pages/bytes", capture.length)
        stats.inc_value("newscrawler/pages/bytes_received", capture.size)
        return response

    def _stop(self, why: str) -> None:
        """End the crawl, once; the user is told why before all else."""
        if self._closing is None:
            self.session.tally.errors["archive"] += 1
            self.session.tally.problems.insert(0, why)
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason=ARCHIVE_ERROR)
            )
            end_waits(self.crawler)

    def _asked(self, request: Request) -> Asked | None:
        """What ``request`` asks for; None for what is no page."""
        if request.callback is NO_CALLBACK:
            return None
        crawl_id, article = self.session.crawl_id, request.meta.get("article")
        if article is None:
            return Asked("listing", crawl_id=crawl_id)
        return Asked("article", article, request.meta.get("part", 1), crawl_id)

    def _is_wanted(self, asked: Asked, request: Request, response: Response) -> bool:
        if "cached" in response.flags:  # from Scrapy's own cache, not from the site
            return False
        if request.meta.get("guessed") and response.status in GONE_STATUSES:
            return False  # millions of pages that say the same
        if self.mode == "articles":
            return asked.kind == "article" and response.status in {200, 304}
        return True


def _answer(request: Request, response: Response) -> Answer:
    """The answer as the wire had it; behind a proxy nobody knows which address it came from."""
    address = None if request.meta.get("proxy") else response.ip_address
    return Answer(
        url=response.url,
        status=response.status,
        headers=[(name, value) for name, values in response.headers.items() for value in values],
        payload=response.body,
        protocol=response.protocol or "HTTP/1.1",
        address=str(address) if address is not None else None,
    )


def _about(crawler: Crawler) -> dict[str, str]:
    """For the warcinfo record: what made the pages, and what every request said."""
    settings = crawler.settings
    sent = {
        f"http-header-{name.lower()}": str(value)
        for name, value in settings.getdict("DEFAULT_REQUEST_HEADERS").items()
    }
    return {
        "software": f"newscrawler/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "http-header-user-agent": str(settings["USER_AGENT"]),
        **sent,
    }
