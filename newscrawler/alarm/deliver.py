"""What waits is delivered: in a thread that nobody joins, within a bound, by whichever ways answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from newscrawler.alarm.send import NotDelivered, send
from newscrawler.alarm.ways import Way
from newscrawler.archive.troubles import Notice

MOST = 10
"""Notices of one way that are tried at once: after a long outage the rest comes with the next crawl."""
PATIENCE = 15.0
"""Seconds for all together; a dead server must not hold the end of a crawl."""
STEP = 0.2

Sender = Callable[[Way, str, str], None]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a notice."""

    notice: Notice
    error: str | None
    """None: delivered."""


def deliver(
    notices: Sequence[Notice],
    ways: Mapping[str, Way],
    *,
    patience: float = PATIENCE,
    is_ended: Callable[[], bool] = lambda: False,
    sender: Sender = send,
) -> Iterator[Tried]:
    """Try ``notices`` (the oldest first), each way in a thread of its own; gives what became of each in time.

    A way that fails is not asked again. ``is_ended``: asked every fifth of a second; True ends the wait.
    """
    by_way: dict[str, list[Notice]] = {}
    for notice in notices:
        by_way.setdefault(notice.way, []).append(notice)
    done: SimpleQueue[Tried | None] = SimpleQueue()

    def work(way: Way, mine: Sequence[Notice]) -> None:
        try:
            for notice in mine:
                try:
                    sender(way, notice.subject, notice.text)
                except NotDelivered as error:
                    done.put(Tried(notice, str(error)))
                    return
                done.put(Tried(notice, None))
        finally:
            done.put(None)

    for name, mine in by_way.items():
        threading.Thread(target=work, args=(ways[name], mine[:MOST]), daemon=True).start()
    running, until = len(by_way), time.monotonic() + patience
    while running and time.monotonic() < until and not is_ended():
        try:
            tried = done.get(timeout=STEP)
        except Empty:
            continue
        if tried is None:
            running -= 1
        else:
            yield tried
