"""Kept pages once more through today's pipelines: without a network, on all cores, one writer.

The pipelines are those of the settings up to the first that needs a crawl (``dedupe``, ``archive``),
loaded by their names. They get a crawler that counts and writes nothing.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar, cast

from scrapy.exceptions import DropItem
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import build_from_crawler, load_object
from scrapy.utils.project import get_project_settings
from sqlite_utils import Database

import newscrawler
from newscrawler import clock, identity
from newscrawler.archive import corrections, schedule
from newscrawler.archive.corrections import Proposal
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.kept import newest_page
from newscrawler.archive.open import open_archive
from newscrawler.archive.quarantine import load_quarantined
from newscrawler.archive.revise import current
from newscrawler.archive.selection import Selection, ids, kept_apart
from newscrawler.archive.session import Session, Tally, register
from newscrawler.archive.store import store_article
from newscrawler.items import DEFAULT_ZONE, Article, Page

CHUNK = 50
"""Articles that a process reads at a time."""

T = TypeVar("T")

AHEAD = 4
"""Chunks for each process that wait or run: enough to keep it busy, few enough to be stopped soon."""

NEED_A_CRAWL = frozenset({"pipelines.dedupe.Dedupe", "pipelines.archive.Archive"})


@dataclass(slots=True)
class Read:
    """What came of some articles."""

    last: int = 0
    """The last of them."""
    articles: int = 0
    not_kept: int = 0
    """Articles without a kept page."""
    unfit: dict[str, str] = field(default_factory=dict)
    """Address -> why today's rules take its page for no article. It stays as it is."""
    failed: dict[str, str] = field(default_factory=dict)
    """Address -> what went wrong."""
    proposals: list[Proposal] = field(default_factory=list)
    risen: list[Article] = field(default_factory=list)
    """Pages that were kept apart and are articles by today's rules."""

    def add(self, other: Read) -> None:
        """Count ``other`` in; its proposals stay with it."""
        self.risen += other.risen
        self.last, self.articles = max(self.last, other.last), self.articles + other.articles
        self.not_kept += other.not_kept
        self.unfit |= other.unfit
        self.failed |= other.failed


def rules_version(settings: BaseSettings) -> str:
    """The release and a digest of everything that decides what a page says: another text, another version."""
    package = Path(newscrawler.__file__).parent
    sources = [package / "identity.py", package / "items.py", *sorted((package / "extract").glob("*.py"))]
    sources += sorted(identity.SITES_FOLDER.glob("*.toml"))
    sources += [Path(inspect.getfile(cast(type, load_object(name)))) for name in _chain_names(settings)]
    digest = blake2b(digest_size=4)
    for source in sources:
        digest.update(source.read_bytes())
    return f"{newscrawler.__version__}+{digest.hexdigest()}"


def rules_version_of_project() -> str:
    """rules_version() of the settings that a crawl would take."""
    return rules_version(get_project_settings())


def read_all(archive: Path, selection: Selection, after: int, database: Database) -> Iterator[Read]:
    """Read the pages of the selected articles behind ``after`` on all cores; in order, some at a time.

    Then those that were kept apart: whose address is no article yet.
    """
    articles = (partial(_read_chunk, chunk) for chunk in _chunks(ids(database, selection, after)))
    apart = (partial(_read_apart, chunk, selection) for chunk in _chunks(kept_apart(database, selection)))
    chunks = chain(articles, apart)
    processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin_process, (archive,))
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
    for article in risen:
        session.writer.submit(partial(_archive, article=article, after=after)).result()
    written = 0
    while True:
        done = session.writer.submit(
            lambda db: corrections.apply(db, run, limit=CHUNK, now=clock.now())
        ).result()
        if not done:
            return written
        written += done
        progress(done)


def _archive(database: Database, *, article: Article, after: Sequence[timedelta]) -> None:
    """Store a page that was kept apart, as it was seen when it was fetched; an article stays as it is."""
    assert article.page is not None
    if current(database.conn, article.url) is not None:
        return
    seen_at = datetime.fromisoformat(article.page.fetched_at) if article.page.fetched_at else clock.now()
    store_article(database, article, seen_at=seen_at, revisit_after=after)


def _keeping(run: corrections.Run, read: Read) -> Callable[[Database], None]:
    return lambda db: corrections.propose(db, run, read.proposals, reached=read.last, looked_at=read.articles)


def _chunks(things: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(things, CHUNK)):
        yield chunk


# --- in each process ----------------------------------------------------------------------------


class _Statistics:
    """Counts nothing: these pages were counted when they were fetched."""

    def inc_value(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nothing."""


class _Desk:
    """What a pipeline knows of the crawl, where there is none: the settings."""

    def __init__(self, settings: BaseSettings) -> None:
        self.settings = settings
        self.stats = _Statistics()
        self.spider = None


class _NoSession:
    """An archive that takes everything and keeps nothing."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.crawl_id = None

    async def write(self, job: object) -> None:
        """Nothing is written."""


class Chain:
    """The pipelines that make an article of a page."""

    def __init__(self, settings: BaseSettings) -> None:
        self._desk = _Desk(settings)
        self._runner = asyncio.Runner()
        register(self._desk, cast(Session, _NoSession()))
        self._pipelines = [
            build_from_crawler(load_object(name), cast(Any, self._desk)) for name in _chain_names(settings)
        ]

    def run(self, page: Page) -> tuple[Article | None, str]:
        """The article, or (None, why there is none)."""
        item: Any = page
        for pipeline in self._pipelines:
            try:
                result = pipeline.process_item(item)
                if inspect.isawaitable(result):
                    result = self._runner.run(_awaited(result))
                item = result
            except DropItem as dropped:
                return None, (item.reason if isinstance(item, Article) else None) or str(dropped)
        return (item, "") if isinstance(item, Article) else (None, "not_an_article")


async def _awaited(result: Any) -> Any:
    return await result


def _chain_names(settings: BaseSettings) -> list[str]:
    """The pipelines of the settings in their order, up to the first that needs a crawl."""
    table = {
        str(name): order for name, order in settings.getdict("ITEM_PIPELINES").items() if order is not None
    }
    end = min((order for name, order in table.items() if name in NEED_A_CRAWL), default=10**9)
    return sorted((name for name, order in table.items() if order < end), key=table.__getitem__)


@dataclass(frozen=True, slots=True)
class _Process:
    archive: Path
    database: Database
    chain: Chain
    spiders: dict[str, Any]


_here: list[_Process] = []
"""This process's own; filled once, when it begins."""


def _begin_process(archive: Path) -> None:
    settings = get_project_settings()
    loader = SpiderLoader.from_settings(settings)
    spiders = {}
    for name in loader.list():
        with suppress(Exception):  # one broken site stops only itself
            spiders[name] = loader.load(name)
    database = open_archive(archive, create=False, read_only=True)
    _here.append(_Process(archive, database, Chain(settings), spiders))


def _read_chunk(chunk: list[tuple[int, str, str | None]]) -> Read:
    """Read the newest pages of some articles: (id, address, spider)."""
    read = Read(last=chunk[-1][0], articles=len(chunk))
    for _id, url, spider in chunk:
        try:
            _read_one(read, url, _here[0].spiders.get(spider or ""))
        except ArchiveError as error:
            read.failed[url] = str(error)
        except Exception as error:  # a rule that breaks on one page must not stop the others
            read.failed[url] = f"{type(error).__name__}: {error}"
    return read


def _read_apart(chunk: list[int], selection: Selection) -> Read:
    """Read pages in quarantine again; those that are still no articles are no news."""
    read = Read()
    for number in chunk:
        page = load_quarantined(_here[0].database, number)
        try:
            article, _reason = _here[0].chain.run(page)
        except Exception as error:
            read.failed[page.url] = f"{type(error).__name__}: {error}"
            continue
        if article is None or (article.published_at or page.fetched_at)[:10] < (selection.since or ""):
            continue
        page.body, page.later_parts = b"", []  # its addresses are what the archive still needs
        read.risen.append(article)
    return read


def _read_one(read: Read, url: str, spider: Any) -> None:
    here = _here[0]
    kept = newest_page(
        here.database,
        here.archive,
        url,
        zone=getattr(spider, "zone", DEFAULT_ZONE),
        hints=getattr(spider, "page_hints", {}),
    )
    if kept is None:
        read.not_kept += 1
        return
    article, reason = here.chain.run(kept.page)
    if article is None:
        read.unfit[url] = reason
        return
    if article.url != url:
        # Which address an article stands under is not corrected here: it is its identity.
        article.url = url
    proposal = corrections.differences(here.database, article, alone=kept.alone)
    if proposal is not None:
        proposal.article.page = None
        read.proposals.append(proposal)
