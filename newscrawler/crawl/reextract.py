"""Kept pages once more through today's pipelines: on all cores, without a network, one writer.

What each process does is in ``reread``; here it is decided what they read and what is made of it.
"""

from __future__ import annotations

import os
import signal
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from scrapy.utils.project import get_project_settings
from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import corrections, crawls, schedule
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.revise import current
from newscrawler.archive.selection import Selection, ids, kept_apart
from newscrawler.archive.session import Session
from newscrawler.archive.store import store_article
from newscrawler.crawl.reread import Read, begin_process, read_apart, read_chunk
from newscrawler.items import Article

T = TypeVar("T")

CHUNK = 50
"""Articles that a process reads at a time."""

AHEAD = 4
"""Chunks for each process that wait or run: enough to keep it busy, few enough to be stopped soon."""


def read_all(archive: Path, selection: Selection, after: int, database: Database) -> Iterator[Read]:
    """Read the pages of the selected articles behind ``after`` on all cores; in order, some at a time.

    Then those that were kept apart: whose address is no article yet.
    """
    articles = (partial(read_chunk, chunk) for chunk in _chunks(ids(database, selection, after)))
    apart = (partial(read_apart, chunk, selection) for chunk in _chunks(kept_apart(database, selection)))
    chunks = chain(articles, apart)
    processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pool = ProcessPoolExecutor(processes, get_context("spawn"), begin_process, (archive,))
    waiting: deque[Future[Read]] = deque()
    try:
        while True:
            new = list(islice(chunks, processes * AHEAD - len(waiting)))
            with _interrupts_ignored():  # Ctrl-C is for this process; those begun here inherit the deafness
                waiting.extend(pool.submit(chunk) for chunk in new)
            if not waiting:
                return
            yield waiting.popleft().result()
    except BrokenProcessPool as broken:
        raise ArchiveError(
            "A process that reads pages was ended from outside (no memory? dmesg says so). What was found "
            "is kept; the same command goes on where it was."
        ) from broken
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def propose(
    session: Session, selection: Selection, rules: str, progress: Callable[[int], object]
) -> Reextraction:
    """Look at every selected article, or at what an interrupted run left, and keep what differs."""
    chosen = selection.as_json()
    run = session.writer.submit(
        lambda db: corrections.begin(db, rules=rules, selection=chosen, now=clock.now())
    ).result()
    total = Read()
    progress(run.looked_at)
    for read in read_all(session.path, selection, run.reached, session.reader):
        total.add(read)
        if read.articles:
            session.writer.submit(_keeping(run, read)).result()
        progress(read.articles)
    return Reextraction(run, total)


@dataclass(frozen=True, slots=True)
class Reextraction:
    """A run and what it found since it was begun or gone on with."""

    run: corrections.Run
    total: Read


def write(
    session: Session, run: corrections.Run, progress: Callable[[int], object], risen: Sequence[Article] = ()
) -> int:
    """Write all that was proposed, and archive what has ``risen``; how many articles were corrected."""
    after = schedule.spans(get_project_settings().getlist("REVISIT_AFTER_HOURS"))
    if risen:
        _archive_all(session, risen, after, run.rules)
    written = 0
    while True:
        done = session.writer.submit(
            lambda db: corrections.apply(db, run, limit=CHUNK, now=clock.now())
        ).result()
        if not done:
            return written
        written += done
        progress(done)


def _archive_all(session: Session, risen: Sequence[Article], after: Sequence[timedelta], rules: str) -> None:
    """Archive what has ``risen``, as a run of its own, which says by which rules it was read."""
    begun = partial(
        crawls.begin_crawl,
        spider=crawls.REEXTRACT,
        arguments="{}",
        now=clock.now(),
        pid=os.getpid(),
        host=socket.gethostname(),
        rules=rules,
    )
    crawl_id = session.writer.submit(begun).result()
    new = 0
    for article in risen:
        job = partial(_archive, article=article, after=after, crawl_id=crawl_id)
        new += session.writer.submit(job).result()
    counts = dict.fromkeys(("requests", "updated", "unchanged", "failed", "quarantined", "exit_code"), 0)
    ended = partial(crawls.finish_crawl, crawl_id=crawl_id, reason="finished", new=new, now=clock.now())
    session.writer.submit(partial(ended, **counts)).result()


def _archive(database: Database, *, article: Article, after: Sequence[timedelta], crawl_id: int) -> bool:
    """Store a page that was kept apart, as it was seen when it was fetched; False: an article is there."""
    assert article.page is not None
    if current(database.conn, article.url) is not None:
        return False
    seen_at = datetime.fromisoformat(article.page.fetched_at) if article.page.fetched_at else clock.now()
    store_article(database, article, seen_at=seen_at, revisit_after=after, crawl_id=crawl_id)
    return True


def _keeping(run: corrections.Run, read: Read) -> Callable[[Database], None]:
    return lambda db: corrections.propose(db, run, read.proposals, reached=read.last, looked_at=read.articles)


def _chunks(things: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(things, CHUNK)):
        yield chunk
