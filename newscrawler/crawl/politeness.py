"""How long a host is left alone: robots.txt's Crawl-delay, and Retry-After on 429 and 503.

Scrapy honours neither. A delay between requests is kept in the host's own download slot; a longer quiet
is waited for in the scheduler (newscrawler.crawl.scheduler), where it holds nothing. Either way one host
that is slow or sick does not hold up the others.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.asyncio import call_later
from scrapy.utils.httpobj import urlparse_cached

from newscrawler.crawl.failures import HostUnavailable, Interrupted
from newscrawler.crawl.outcome import TURNED_AWAY
from newscrawler.crawl.stopping import WAITS_END

THROTTLED = frozenset({429, 503})

ONE_AT_A_TIME = 0.001
"""Seconds. Without any delay Scrapy 2.19 starts all that waits in a slot at once, whatever its concurrency:
it counts a request as running only after the event loop's next turn."""

OFFSITE_SECONDS = 600.0
"""How long an address rests that redirects to another site."""


class Later(IgnoreRequest):
    """Not now: the host wants quiet; the request goes back to the scheduler."""


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header (a number or an HTTP date) asks for; None without a readable one."""
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    if text.isdecimal():
        return float(min(int(text), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def backoff(times: int, first: float, most: float) -> float:
    """Seconds to wait after ``times`` failures in a row: ``first``, twice that, … up to ``most``.

    A quarter more or less, by chance: addresses that failed together do not come back together.
    """
    return min(most, first * 2.0 ** min(times - 1, 30)) * random.uniform(0.75, 1.25)


class Politeness:
    """Sets the delay of each host's download slot; listens to robots.txt and to every answer.

    A host is named by its slot (Scrapy's word: the host name, without a port).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.crawl_delay_max = crawler.settings.getfloat("CRAWL_DELAY_MAX")
        self.retry_after_max = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self.backoff_first = crawler.settings.getfloat("RETRY_BACKOFF")
        self.delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self.user_agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._asked: dict[str, float] = {}
        """Slot -> the Crawl-delay its robots.txt asks for."""
        self._refusals: dict[str, int] = {}
        """Slot -> answers 429 or 503 in a row."""
        self._quiet: dict[str, float] = {}
        """Slot -> monotonic time until which it is waited for."""
        self._held: Counter[str] = Counter()
        """Slot -> how many wait for something that must come before its pages (robots.txt)."""
        self._closed: dict[str, tuple[float, str]] = {}
        """Slot -> (monotonic time until which it is left alone, why): longer than we wait."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Politeness:
        self = cls(crawler)
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)
        # Sent before the slot's next request is started: the only moment at which a pause is in time.
        crawler.signals.connect(self.response_downloaded, signals.response_downloaded)
        crawler.signals.connect(self.request_reached_downloader, signals.request_reached_downloader)
        crawler.signals.connect(self._let_go, WAITS_END)
        return self

    @property
    def _downloader(self) -> Downloader:
        return self.crawler.engine.downloader

    # --- may it be asked? ------------------------------------------------------------------------

    def slot_of(self, request: Request) -> str:
        """The slot of the request's host."""
        return self._downloader.get_slot_key(request)

    def may_ask(self, slot: str) -> bool:
        """Whether requests may be sent to the host now, as far as we wait for it."""
        return slot not in self._held and self.left(slot) <= 0

    def left(self, slot: str) -> float:
        """Seconds of quiet that the host still wants and that we wait for."""
        return self._quiet.get(slot, 0.0) - monotonic()

    def hold(self, slot: str) -> None:
        """Keep the host's requests in the scheduler until release()."""
        self._held[slot] += 1

    def release(self, slot: str) -> None:
        """One reason less to hold the host."""
        self._held[slot] -= 1
        self._held = +self._held
        self._look_again()

    def check_open(self, request: Request) -> None:
        """Raise HostUnavailable when the request's host asked for a longer quiet than we wait for."""
        until, why = self._closed.get(self.slot_of(request), (0.0, ""))
        left = until - monotonic()
        if left > 0:
            raise HostUnavailable(why, kind="throttled", seconds=left)

    def _look_again(self) -> None:
        """Have the engine ask the scheduler; by itself it does so every five seconds."""
        slot = self.crawler.engine._slot
        if slot is not None:
            slot.nextcall.schedule()

    # --- what was heard ----------------------------------------------------------------------------

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Take the Crawl-delay of a host's robots.txt over, up to CRAWL_DELAY_MAX seconds."""
        asked = robotparser_crawl_delay(robotparser, self.user_agent)
        if asked is None or asked <= self.delay:
            return
        key = self.slot_of(request)
        self._asked[key] = min(asked, self.crawl_delay_max)
        self.crawler.stats.max_value("newscrawler/politeness/crawl_delay_seconds", self._asked[key])
        self._restore(key)

    def request_reached_downloader(self, request: Request) -> None:
        # Idle slots are forgotten after a minute and come back with the default delay.
        key = self.slot_of(request)
        if key in self._asked:
            self._restore(key)
        slot: Slot | None = self._downloader.slots.get(key)
        if slot is not None and slot.concurrency == 1 and slot.delay < ONE_AT_A_TIME:
            slot.delay = ONE_AT_A_TIME

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Leave a host alone that refuses: for a while, or for this crawl when it asks for more."""
        key = self.slot_of(request)
        if response.status not in THROTTLED:
            self._refusals.pop(key, None)
            return
        times = self._refusals[key] = self._refusals.get(key, 0) + 1
        asked = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        # Without a header the wait grows past what we wait for: a host that goes on refusing is closed.
        wait = backoff(times, self.backoff_first, 2 * self.retry_after_max) if asked is None else asked
        self.crawler.stats.inc_value("newscrawler/politeness/throttled")
        if wait > self.retry_after_max:
            why = f"HTTP {response.status}, to be left alone for {wait:.0f} s"
            self._closed[key] = (monotonic() + wait, why)
            self._turn_away(key, HostUnavailable(why, kind="throttled", seconds=wait))
            return
        self._quiet[key] = max(self._quiet.get(key, 0.0), monotonic() + wait)
        self._turn_away(key, Later(f"HTTP {response.status}"))
        call_later(wait + 0.01, self._look_again)

    # --- the end -------------------------------------------------------------------------------------

    def _let_go(self) -> None:
        """What waits for its turn is not asked for; each may wait for minutes."""
        for key in list(self._downloader.slots):
            self._turn_away(key, Interrupted("the crawl was interrupted"))

    def _turn_away(self, key: str, why: IgnoreRequest) -> None:
        """Fail what waits in the slot already: it has passed every other gate."""
        slot = self._downloader.slots.get(key)
        while slot is not None and slot.queue:
            _request, waiting = slot.queue.popleft()
            self.crawler.stats.inc_value(TURNED_AWAY)
            waiting.errback(why)

    def _restore(self, key: str) -> None:
        delay = max(self.delay, self._asked.get(key, 0.0))
        self._downloader.per_slot_settings.setdefault(key, {}).update(delay=delay, jitter=0.0)
        slot = self._downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(delay, ONE_AT_A_TIME) if slot.concurrency == 1 else delay


class OpenHosts:
    """The first gate of a request: hosts of this site only, and only while they want to be asked."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OpenHosts:
        return cls(crawler)

    def process_request(self, request: Request) -> Request | None:
        """Pass it on, or back to the scheduler; HostUnavailable for a host that is not to be asked."""
        self._check_site(request)
        politeness = self.crawler.get_extension(Politeness)
        if politeness is None:
            return None
        politeness.check_open(request)
        # Only by chance: the scheduler keeps what it has for a host that wants quiet.
        quiet = politeness.left(politeness.slot_of(request)) > 0
        return back_in_line(request) if quiet and not is_robots(request) else None

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """What stood in line when its host asked for quiet goes back to the scheduler."""
        return back_in_line(request) if isinstance(exception, Later) else None

    def _check_site(self, request: Request) -> None:
        """A redirect may lead anywhere; Scrapy's own filter lets those pass that its duplicate filter may."""
        domains = getattr(self.crawler.spider, "allowed_domains", None)
        if not domains or "redirect_urls" not in request.meta or is_robots(request):
            return
        host = urlparse_cached(request).hostname or ""
        if not any(host == domain or host.endswith(f".{domain}") for domain in domains):
            why = f"leads to {urlparse_cached(request).netloc}, another site; it is not crawled"
            raise HostUnavailable(why, kind="offsite", seconds=OFFSITE_SECONDS)


def back_in_line(request: Request) -> Request:
    """``request``, to be handed to the scheduler once more."""
    return request.replace(dont_filter=True)  # the duplicate filter has seen it


def is_robots(request: Request) -> bool:
    """Whether it asks for a robots.txt: it must go before the host's pages, and is not scheduled."""
    return bool(request.meta.get("dont_obey_robotstxt"))


def robotparser_crawl_delay(parser: RobotParser, user_agent: str | bytes) -> float | None:
    """Seconds of Crawl-delay for ``user_agent``, or None."""
    value = parser.crawl_delay(user_agent)
    return None if value is None else float(value)
