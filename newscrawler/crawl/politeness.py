"""How long a host is left alone: robots.txt's Crawl-delay, and Retry-After on 429 and 503.

Scrapy honours neither. Waiting is done in the host's own download slot, so that one host
that throttles does not hold up the others.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from newscrawler.crawl.failures import HostUnavailable, Interrupted

THROTTLED = frozenset({429, 503})

ONE_AT_A_TIME = 0.001
"""Seconds. Without any delay Scrapy 2.19 starts all that waits in a slot at once, whatever its concurrency:
it counts a request as running only after the event loop's next turn."""


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header (a number or an HTTP date) asks for; None without a readable one."""
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    if text.isdigit():
        return float(min(int(text), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def backoff(times: int) -> float:
    """Seconds to wait after ``times`` refusals in a row without Retry-After: 2, 4, 8…60, with jitter."""
    return min(60.0, 2.0**times) * random.uniform(0.75, 1.25)


class Politeness:
    """Sets the delay of each host's download slot; listens to robots.txt and to every answer."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.crawl_delay_max = crawler.settings.getfloat("CRAWL_DELAY_MAX")
        self.retry_after_max = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self.delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self.user_agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._asked: dict[str, float] = {}
        """Slot -> the Crawl-delay its robots.txt asks for."""
        self._refusals: dict[str, int] = {}
        """Slot -> answers 429 or 503 in a row."""
        self._closed: dict[str, tuple[float, str]] = {}
        """Slot -> (monotonic time until which it is left alone, why)."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Politeness:
        self = cls(crawler)
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)
        # Sent before the slot's next request is started: the only moment at which a pause is in time.
        crawler.signals.connect(self.response_downloaded, signals.response_downloaded)
        crawler.signals.connect(self.request_reached_downloader, signals.request_reached_downloader)
        return self

    @property
    def _downloader(self) -> Downloader:
        return self.crawler.engine.downloader

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Take the Crawl-delay of a host's robots.txt over, up to CRAWL_DELAY_MAX seconds."""
        asked = robotparser_crawl_delay(robotparser, self.user_agent)
        if asked is None or asked <= self.delay:
            return
        key = self._downloader.get_slot_key(request)
        self._asked[key] = min(asked, self.crawl_delay_max)
        self.crawler.stats.max_value("newscrawler/politeness/crawl_delay_seconds", self._asked[key])
        self._restore(key)

    def request_reached_downloader(self, request: Request) -> None:
        # Idle slots are forgotten after a minute and come back with the default delay.
        key = self._downloader.get_slot_key(request)
        if key in self._asked and key not in self._refusals:
            self._restore(key)
        slot: Slot | None = self._downloader.slots.get(key)
        if slot is not None and slot.concurrency == 1 and slot.delay < ONE_AT_A_TIME:
            slot.delay = ONE_AT_A_TIME

    def check_open(self, request: Request) -> None:
        """Raise HostUnavailable when the request's host asked for a longer quiet than we wait for."""
        until, why = self._closed.get(self._downloader.get_slot_key(request), (0.0, ""))
        left = until - monotonic()
        if left > 0:
            raise HostUnavailable(why, kind="throttled", seconds=left)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Pause a host that refuses; take the pause back once it answers again."""
        key = self._downloader.get_slot_key(request)
        if response.status not in THROTTLED:
            if self._refusals.pop(key, None) is not None:
                self._restore(key)
            return
        times = self._refusals[key] = self._refusals.get(key, 0) + 1
        asked = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        wait = backoff(times) if asked is None else asked
        self.crawler.stats.inc_value("newscrawler/politeness/throttled")
        if wait > self.retry_after_max:
            why = f"HTTP {response.status}, to be left alone for {wait:.0f} s"
            self._closed[key] = (monotonic() + wait, why)
            self._turn_away(key, HostUnavailable(why, kind="throttled", seconds=wait))
            return
        slot = self._downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(wait, self._base(key))
            slot.jitter = 0.0

    def stop_waiting(self) -> None:
        """The crawl ends: what waits for its turn is not asked for; each may wait for minutes."""
        for key in list(self._downloader.slots):
            self._turn_away(key, Interrupted("the crawl was interrupted"))

    def _turn_away(self, key: str, why: IgnoreRequest) -> None:
        """Fail what waits in the slot already: it has passed check_open()."""
        slot = self._downloader.slots.get(key)
        while slot is not None and slot.queue:
            _request, waiting = slot.queue.popleft()
            waiting.errback(why)

    def _base(self, key: str) -> float:
        return max(self.delay, self._asked.get(key, 0.0))

    def _restore(self, key: str) -> None:
        delay = self._base(key)
        self._downloader.per_slot_settings.setdefault(key, {}).update(delay=delay, jitter=0.0)
        slot = self._downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(delay, ONE_AT_A_TIME) if slot.concurrency == 1 else delay


def robotparser_crawl_delay(parser: RobotParser, user_agent: str | bytes) -> float | None:
    """Seconds of Crawl-delay for ``user_agent``, or None."""
    value = parser.crawl_delay(user_agent)
    return None if value is None else float(value)
