"""After a crawl: its report, and the notices that wait: delivered now, or left for the next crawl."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from functools import partial

from scrapy.settings import BaseSettings

from newscrawler import clock
from newscrawler.alarm import check
from newscrawler.alarm.deliver import deliver
from newscrawler.alarm.ways import ways_of
from newscrawler.archive import troubles
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.session import Session

logger = logging.getLogger(__name__)


def report_of(session: Session, changes: check.Changes) -> Iterator[str]:
    """The report of a crawl in which something began or ended, line by line."""
    yield from check.report_of(session.series or "", changes, archive=str(session.path), now=clock.now())


def tell(session: Session, settings: BaseSettings, is_ended: Callable[[], bool]) -> None:
    """Deliver what waits, within a bound; what is not delivered stays, and changes nothing of the crawl."""
    ways = ways_of(settings)
    if not ways or session.writer.failed is not None:
        return
    with contextlib.suppress(ArchiveError):
        waiting = session.writer.submit(lambda db: troubles.waiting(db, ways)).result()
        for tried in deliver(waiting, ways, is_ended=is_ended):
            if tried.error is not None:
                logger.warning(
                    "notice not delivered by %s, the next crawl tries again: %s",
                    tried.notice.way,
                    tried.error,
                )
            session.writer.submit(
                partial(troubles.tried, notice=tried.notice, error=tried.error, now=clock.now())
            ).result()
