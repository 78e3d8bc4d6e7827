"""A crawl that only fills what the archive lacks of some months, newest to oldest, within a day's budget.

First what sitemaps name, then what is known and was never had, then ids between known articles
(guessing.py), then old listing pages. It keeps no state of its own: every address is in the ledger before
its request leaves, and what the site does not have is absent there, so the next crawl goes on where this
one ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.exceptions import CloseSpider, DontCloseSpider

from newscrawler import clock, identity
from newscrawler.archive import absent, known, ledger
from newscrawler.archive.errors import ArchiveError
from newscrawler.crawl import guessing
from newscrawler.crawl.articles import ARTICLES
from newscrawler.crawl.sitemaps import Sitemaps

if TYPE_CHECKING:
    from newscrawler.crawl.family import NewsFamily

logger = logging.getLogger(__name__)

BUDGET = "backfill_budget"
"""The finish reason when the day's budget is spent."""

BROKEN = "backfill_broken"
"""The finish reason when our own code failed between pages (a hook of the site, say): code 3."""

_DATED = 20
"""So many articles at either end are asked for their days, to reckon the pace of a sequence."""

PER_DAY = 1000.0
"""The pace where nothing says any; the reckoning is mended by what it finds."""


PENDING_AT_ONCE = 1000

SILENT = 10
"""So many guesses in a row that nobody answered: the site is not to be asked now."""


class Ended(Exception):
    """There is more to ask for, and not now; the message says why."""


class Backfill:
    """The steps of one such crawl; ``spider`` asks for what they give, and says when all was answered."""

    def __init__(self, spider: NewsFamily) -> None:
        assert spider.arguments.backfill is not None
        self.spider = spider
        self.months: tuple[str, str] = spider.arguments.backfill
        self.thorough = spider.arguments.full
        self.left = 0
        """Addresses that may still be brought to the ledger today."""
        self._steps: AsyncIterator[list[Request]] | None = None
        self._running: asyncio.Task[None] | None = None
        self._asked = 0
        self._silent = 0
        self._is_done = False
        self._is_spent = False
        self._is_broken = False

    def spend(self, addresses: int) -> None:
        """A listing or a sitemap brought so many; CloseSpider when the day's budget is spent by it."""
        self.left -= addresses
        if self.left <= 0:
            raise CloseSpider(BUDGET)

    def go_on(self) -> None:
        """All was answered: have the next step taken, or end. Raises what a handler of spider_idle may."""
        if self._running is None:  # else what the last step found is not asked for yet
            if self._is_broken:
                raise CloseSpider(BROKEN)
            if self._is_spent:
                raise CloseSpider(BUDGET)
            if self._is_done:
                return
            self._running = asyncio.ensure_future(self._advance())
        raise DontCloseSpider

    async def _advance(self) -> None:
        """Take one step and have its requests sent."""
        spider = self.spider
        if self._steps is None:
            self._steps = self._all_steps()
        requests: list[Request] | None = None
        try:
            requests = await anext(self._steps, None)
        except (ArchiveError, Ended) as problem:
            spider._session.tally.problems.append(str(problem))
        except Exception as error:  # nobody waits for this task: it would end as if all were filled
            logger.exception("a backfill could not go on")
            spider._session.tally.problems.append(f"the backfill could not go on: {error!r}")
            self._is_broken = True
        finally:
            self._running = None
        self._is_done = requests is None
        engine = spider.crawler.engine
        if engine._slot is None or engine._slot.closing:
            return  # told to stop meanwhile: what was written is pending
        for request in requests or ():
            engine.crawl(request)
        engine._slot.nextcall.schedule()

    async def _all_steps(self) -> AsyncIterator[list[Request]]:
        spider = self.spider
        self.left = spider.settings.getint("BACKFILL_PER_DAY") - absent.asked_since(
            spider._session.reader, self._midnight()
        )
        spider._session.tally.needs_listings = False
        self._is_spent = self.left <= 0
        if self._is_spent:
            return
        sitemaps = Sitemaps(spider, self.months)
        while requests := sitemaps.requests():
            yield requests
            while found := sitemaps.take(guessing.AT_ONCE):
                yield await self._ask(found)
                if self._is_spent:
                    return
        asked = -1
        while asked < self._asked:  # what is found at the border of a month may lead back to the one above
            asked = self._asked
            for month in guessing.months_back(*self.months):
                for sequence in self._sequences():
                    async for requests in self._fill(sequence, month):
                        yield requests
                    if self._is_spent:
                        return
        spider.last_day = f"{self.months[1]}-31"
        spider.arguments = replace(spider.arguments, since=f"{self.months[0]}-01", full=False)
        yield [spider._request_for(row, ARTICLES) for row in spider._pending() if row.date]
        yield [spider._first_page(url, home=spider.is_home(url)) for url in spider.start_urls]

    def _sequences(self) -> Iterator[known.Sequence]:
        for site in self.spider._sites:
            yield from known.sequences(self.spider._session.reader, site)

    def _midnight(self) -> datetime:
        now = clock.now().astimezone(ZoneInfo(self.spider.zone))
        return now.replace(hour=0, minute=0, second=0, microsecond=0)

    async def _fill(self, sequence: known.Sequence, month: str) -> AsyncIterator[list[Request]]:
        """What is missing of one sequence in one month, until there is nothing more to ask for."""
        reader = self.spider._session.reader
        for folder in self._folders(sequence, month):
            while requests := self._pending(sequence, folder):
                yield requests
            shown = known.promoted(reader, sequence, folder, self.left)
            yield await self._ask([ledger.Discovery(url, "related", title=title) for url, title in shown])
        while guesses := self._guesses(sequence, month):
            found = [ledger.Discovery(sequence.url(guess), absent.GUESSED) for guess in guesses]
            if not (requests := await self._ask(found)):
                return
            before = self._answered()
            yield requests
            self._silent = 0 if self._answered() > before else self._silent + len(requests)
            if self._silent >= SILENT:
                raise Ended(
                    f"{sequence.host} answered none of the last {self._silent} addresses that were guessed"
                )

    def _folders(self, sequence: known.Sequence, month: str) -> list[str]:
        """The month, or its days, as the sequence writes them; the newest first."""
        some = known.folders(self.spider._session.reader, sequence.id)
        return guessing.folders_in(month, some[-1]) if some else []

    def _pending(self, sequence: known.Sequence, folder: str) -> list[Request]:
        rows = known.pending(self.spider._session.reader, sequence.id, folder, clock.now(), PENDING_AT_ONCE)
        return [self.spider._request_for(row, ARTICLES) for row in rows if self.spider._take(row.url)]

    async def _ask(self, entries: Sequence[ledger.Discovery]) -> list[Request]:
        """Write addresses down as far as the day's budget goes, then ask for them."""
        spider, now = self.spider, clock.now()
        rows = spider._session.known(entry.url for entry in entries)
        wanted = [entry for entry in entries if entry.url not in rows and spider.is_article(entry.url)]
        self._is_spent |= len(wanted) > self.left
        if not wanted[: self.left]:
            return []
        site, crawl_id = identity.site_of(wanted[0].url), spider._session.crawl_id
        fresh = await spider._session.write(
            lambda db: ledger.discover(db, wanted[: self.left], site=site, crawl_id=crawl_id, now=now)
        )
        self.left -= len(fresh)
        self._asked += len(fresh)
        spider.crawler.stats.set_value("newscrawler/backfill/left", self.left)
        asked = [entry.url for entry in wanted if entry.url in fresh and spider._take(entry.url)]
        requests = [spider._article_request(url, None) for url in asked]
        for request in requests:
            request.meta["guessed"] = wanted[0].how == absent.GUESSED
        return requests

    def _answered(self) -> int:
        """How many addresses the site has said something of."""
        counts = self.spider._session.tally.counts()
        return counts.total() - counts["failed"] - counts["disallowed"]

    def _guesses(self, sequence: known.Sequence, month: str) -> list[guessing.Guess]:
        reader = self.spider._session.reader
        folders = known.folders(reader, sequence.id)
        inside = [f for f in folders if identity.month_of(f) == month]
        below = [f for f in folders if identity.month_of(f) < month]
        above = [f for f in folders if identity.month_of(f) > month]
        nearest = [self._first_known(sequence, some) for some in (reversed(below), above)]
        points = sorted(chain(*nearest, *(known.points(reader, sequence.id, f) for f in inside)))
        if not points:
            return []
        first = guessing.earlier(guessing.earlier(min(f for _, f in points)))
        tried = known.tried(reader, sequence.id, first, max(f for _, f in points))
        return guessing.next_guesses(
            guessing.Known(points, tried),
            *(self.months, month, self._reckoning(sequence, points)),
            thorough=self.thorough,
        )

    def _first_known(self, sequence: known.Sequence, folders: Iterable[str]) -> list[guessing.Guess]:
        """The articles of the first of ``folders`` that has any."""
        found = (known.points(self.spider._session.reader, sequence.id, folder) for folder in folders)
        return next(filter(None, found), [])

    def _reckoning(self, sequence: known.Sequence, points: Sequence[guessing.Guess]) -> guessing.Reckoning:
        """How the numbers of these articles rise with time."""
        ends = {sequence.url(point): point[0] for point in (*points[:_DATED], *points[-_DATED:])}
        days = known.days_of(self.spider._session.reader, ends)
        dated = sorted((ends[url], day) for url, day in days.items())
        return (
            guessing.reckon(dated) if dated else guessing.Reckoning(PER_DAY, guessing.middle_of(points[0][1]))
        )
