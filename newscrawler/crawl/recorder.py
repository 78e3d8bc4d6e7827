"""The crawl's row in the archive: begun when the spider opens, ended when it closes, whatever happened."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call
from sqlite_utils import Database
from twisted.python.failure import Failure

from newscrawler import clock, identity
from newscrawler.alarm.check import Changes, check
from newscrawler.alarm.ways import ways_of
from newscrawler.archive import crawls, failures, unstored, visits, yields
from newscrawler.archive.errors import ArchiveError, as_archive_error
from newscrawler.archive.session import Session, session_of
from newscrawler.crawl.garbage import collect_seldom
from newscrawler.crawl.outcome import CLEAN_ENDS, Outcome, outcome_of
from newscrawler.crawl.rules import rules_version
from newscrawler.crawl.stopping import stop_soon
from newscrawler.items import Article, Page

logger = logging.getLogger(__name__)

ARCHIVE_ERROR = "archive_error"
"""Finish reason of a crawl that could not write any more."""


SIGN_OF_LIFE_SECONDS = 60.0


class Recorder:
    """Writes the ``crawls`` row and stops the crawl when the archive cannot take any more."""

    def __init__(self, crawler: Crawler) -> None:
        try:
            self.session: Session = session_of(crawler)
        except RuntimeError as none:
            # scrapy shell, check and parse build a crawler too and must not touch an archive.
            raise NotConfigured from none
        self.crawler = crawler
        self._closing: asyncio.Future[None] | None = None
        self._row_is_closed = False
        self._beat = create_looping_call(self._alive)
        self.changes: Changes | None = None
        """What the check at the end came to; None: there was none."""
        self._unstored: list[tuple[str, str]] = []
        """Addresses whose pages came and could not be stored, and why."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Recorder:
        self = cls(crawler)
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)
        crawler.signals.connect(self.spider_error, signals.spider_error)
        crawler.signals.connect(self.item_error, signals.item_error)
        return self

    async def spider_opened(self, spider: Spider) -> None:
        """Begin the row; rows of crawls that died are closed as interrupted."""
        collect_seldom()
        given: dict[str, str] = getattr(spider, "given", {})
        self.session.series = yields.series_of(spider.name, given)
        begun = partial(
            crawls.begin_crawl,
            spider=spider.name,
            arguments=json.dumps(given, ensure_ascii=False),
            now=clock.now(),
            pid=os.getpid(),
            host=socket.gethostname(),
            rules=rules_version(self.crawler.settings),
        )
        try:
            self.session.crawl_id = await self.session.write(begun)
        except ArchiveError as error:
            self.session.tally.problems.append(str(error))
            raise CloseSpider(ARCHIVE_ERROR) from error
        self._beat.start(SIGN_OF_LIFE_SECONDS, now=False)

    def _alive(self) -> None:
        """Note that the crawl is alive: should it be killed, its row is closed at this time."""
        now, crawl_id = clock.now(), self.session.crawl_id
        if crawl_id is not None:
            with contextlib.suppress(ArchiveError):
                self.session.writer.submit(lambda db: crawls.heartbeat(db, crawl_id, now=now))

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        """End the row with what became of every address."""
        if self.session.crawl_id is None:
            return
        self._beat.stop()
        await self._check(reason)
        outcome = outcome_of(self.session.tally, self.crawler.stats.get_stats(), reason)
        try:
            await self.session.write(self._end_of_row(outcome))
            self._row_is_closed = True
        except ArchiveError as error:
            self.session.tally.problems.append(str(error))

    async def _check(self, reason: str) -> None:
        """Hold what came against the site's history. After an early end the next crawl looks at it, too."""
        session, now, crawl_id = self.session, clock.now(), self.session.crawl_id
        if reason not in CLEAN_ENDS or session.series is None or crawl_id is None:
            return
        series, ways = session.series, list(ways_of(self.crawler.settings))
        archive = str(session.path)
        try:
            self.changes = await session.write(
                lambda db: check(db, series, crawl_id, now=now, ways=ways, archive=archive)
            )
            session.tally.troubles = len(self.changes.begun) + len(self.changes.lasting)
        except ArchiveError as error:
            session.tally.problems.append(str(error))
        except Exception as error:  # a fault of the check is no fault of the crawl
            logger.exception("the check of what came failed")
            session.tally.problems.append(f"what came could not be checked: {error!r}")

    def close_at_once(self, outcome: Outcome) -> None:
        """After a second signal nobody waited for spider_closed(): end the row, if that takes no time.

        Else the next crawl ends it.
        """
        if self.session.crawl_id is None or self._row_is_closed:
            return
        self.session.writer.hurry(0.0)
        with contextlib.suppress(ArchiveError, TimeoutError):
            self.session.writer.submit(self._end_of_row(outcome)).result(timeout=1.0)
            self._row_is_closed = True
        if self.session.writer.failed is not None:
            self._row_is_closed = unstored.say(
                self.session.path,
                [(own, why) for url, why in self._unstored for own in _canonical(url)],
                crawl_id=self.session.crawl_id,
                most=self.crawler.settings.getint("ATTEMPTS_MAX"),
                now=clock.now(),
                end=self._end_of_row(outcome),
            )

    def _end_of_row(self, outcome: Outcome) -> Callable[[Database], None]:
        now, crawl_id, stats = clock.now(), self.session.crawl_id, _stats_json(self.crawler)
        assert crawl_id is not None
        return lambda db: crawls.finish_crawl(
            db,
            crawl_id,
            reason=outcome.reason,
            requests=outcome.requests,
            new=outcome.new,
            updated=outcome.updated,
            unchanged=outcome.unchanged,
            failed=outcome.failed,
            quarantined=outcome.quarantined,
            exit_code=outcome.exit_code,
            stats_json=stats,
            now=now,
        )

    def spider_error(self, failure: Failure, response: Response | Failure, spider: Spider) -> None:
        """A callback that raised: the page stays pending in the ledger, and counts as failed.

        When it was an errback, ``response`` is the failure that it was called with.
        """
        request = getattr(response, "request", None)
        url = getattr(response, "url", "a page")
        self._failed(
            request.meta.get("article", request.url) if isinstance(request, Request) else url, failure
        )

    def item_error(self, item: Any, response: Response, spider: Spider, failure: Failure) -> None:
        """A pipeline that raised: likewise."""
        if isinstance(item, (Page, Article)):
            self._failed(item.url, failure)

    def _failed(self, url: str, failure: Failure) -> None:
        self.session.tally.note(url, "failed")
        archive_error = as_archive_error(failure.value, str(self.session.path))
        if archive_error is not None:
            self.session.tally.errors[unstored.CLASS] += 1
            self._unstored.append((url, str(archive_error)))
            self._stop(str(archive_error))
        else:
            self.session.tally.errors["site_rule"] += 1
            self.session.tally.problems.append(f"{url}: {failure.getErrorMessage()}")
            self._note(url, f"{type(failure.value).__name__}: {failure.getErrorMessage()}")

    def _note(self, url: str, detail: str) -> None:
        """Why the address is still pending; what is no address of the ledger is a listing."""
        now, crawl_id = clock.now(), self.session.crawl_id
        with contextlib.suppress(ValueError, ArchiveError, sqlite3.Error):
            own = identity.canonical(url)
            row = self.session.known([own]).get(own)
            if row is None:
                self.session.writer.submit(
                    lambda db: failures.note_listing(db, crawl_id, "site_rule", url, detail, now=now)
                )
            elif row.state in {"pending", "archived", "unchanged"}:
                most = self.crawler.settings.getint("ATTEMPTS_MAX")
                self.session.writer.submit(
                    lambda db: visits.fail(
                        *(db, own), error="site_rule", detail=detail, most=most, now=now, crawl_id=crawl_id
                    )
                )

    def _stop(self, why: str) -> None:
        if why not in self.session.tally.problems:
            self.session.tally.problems.append(why)
        if self._closing is None:
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason=ARCHIVE_ERROR)
            )
            stop_soon(self.crawler)


def _canonical(url: str) -> Iterator[str]:
    with contextlib.suppress(ValueError):
        yield identity.canonical(url)


def _stats_json(crawler: Crawler) -> str:
    return json.dumps(crawler.stats.get_stats(), default=str, sort_keys=True, ensure_ascii=False)
