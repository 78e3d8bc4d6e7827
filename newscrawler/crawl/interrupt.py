"""Signals end a crawl within seconds, whatever it waits for; a second one ends it at once.

SIGTERM, SIGINT and SIGHUP do the same (Scrapy would die of the last, and take its time with the others):
nothing more is asked for, answers on their way get a moment, and what has come is stored.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any

from scrapy.crawler import Crawler

from newscrawler.archive.session import Session
from newscrawler.crawl.stopping import stop_soon

PATIENCE = 2.0
"""Seconds that a crawl that was told to stop still waits for another program's lock on the archive."""

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal came before the crawl had begun."""


@contextlib.contextmanager
def heard_before_the_crawl() -> Iterator[None]:
    """Inside, a signal raises Interrupted, until the crawl has its own way with them (Interruption).

    Opening an archive may take long: a copy, a migration. Afterwards signals are ignored.
    """

    def end(number: int, frame: Any) -> None:
        raise Interrupted(signal.Signals(number).name)

    for number in SIGNALS:
        # Who started us with a signal ignored (nohup, a shell's &) wants it ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield
    finally:
        for number in SIGNALS:  # the process ends: one more signal must not change its code
            signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def told_to_stop() -> Iterator[Callable[[], bool]]:
    """For work that is done in steps: gives what says whether a signal came; a second one ends at once."""
    heard: list[int] = []

    def note(number: int, frame: Any) -> None:
        heard.append(number)
        signal.signal(number, usual[signal.Signals(number)])

    usual = {
        number: signal.getsignal(number)
        for number in SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    for number in usual:
        signal.signal(number, note)
    try:
        yield lambda: bool(heard)
    finally:
        for number, before in usual.items():
            signal.signal(number, before)


class Interruption:
    """Takes Scrapy's handling of signals over for one crawl; ``heard`` says whether there was one."""

    def __init__(self, process: Any, crawler: Crawler, session: Session) -> None:
        from twisted.internet import reactor  # only once the process has installed its reactor

        self.heard = False
        self.hastened = False
        """Whether one came after the crawl had ended: nothing is waited for any more."""
        self._crawler, self._session, self._reactor = crawler, session, reactor
        self._usual, self._forced = process._signal_shutdown, process._signal_kill
        process._signal_shutdown, process._signal_kill = self._stop, self._end
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            reactor.callWhenRunning(signal.signal, signal.SIGHUP, self._stop)

    def _stop(self, number: int, frame: Any) -> None:
        """The first signal."""
        self.heard = True
        self._session.writer.hurry(PATIENCE)
        self._usual(number, frame)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._end)
        self._reactor.callFromThread(stop_soon, self._crawler)

    def _end(self, number: int, frame: Any) -> None:
        """The second one."""
        self._session.writer.hurry(0.0)
        self._forced(number, frame)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def over(self) -> None:
        """The crawl has ended; what is left is to store and to close, which a signal may only hasten."""
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._hasten)

    def _hasten(self, number: int, frame: Any) -> None:
        self.hastened = True
        self._session.writer.hurry(0.0)
