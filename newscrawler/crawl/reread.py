"""A kept page read once more, in a process that reads many: without a network, and it writes nothing.

The pipelines are those of the settings up to the first that needs a crawl (``dedupe``, ``archive``),
loaded by their names. They get a crawler that counts and writes nothing.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any, cast

from scrapy.exceptions import DropItem
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import build_from_crawler, load_object
from scrapy.utils.project import get_project_settings
from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive import corrections
from newscrawler.archive.corrections import Proposal
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.kept import newest_page
from newscrawler.archive.open import open_archive
from newscrawler.archive.quarantine import load_quarantined
from newscrawler.archive.selection import Selection
from newscrawler.archive.session import Session, Tally, register
from newscrawler.crawl.garbage import collect_seldom
from newscrawler.crawl.multipart import next_part
from newscrawler.items import DEFAULT_ZONE, Article, Page

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


class _Statistics:
    """What the pipelines count."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()

    def inc_value(self, name: str, count: int = 1) -> None:
        """One more of ``name``."""
        self.values[name] += count


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
        self.series = None
        self.imported_at = None

    async def write(self, job: object) -> None:
        """Nothing is written."""


class Chain:
    """Pipelines without a crawl: those called ``names``, by default those that make an article of a page.

    They write to ``session``, by default nowhere.
    """

    def __init__(
        self, settings: BaseSettings, names: Sequence[str] | None = None, session: Session | None = None
    ) -> None:
        self._desk = _Desk(settings)
        self._runner = asyncio.Runner()
        register(self._desk, session or cast(Session, _NoSession()))
        self._pipelines = [
            build_from_crawler(load_object(name), cast(Any, self._desk))
            for name in (chain_names(settings) if names is None else names)
        ]

    @property
    def counts(self) -> Counter[str]:
        """What the pipelines counted."""
        return self._desk.stats.values

    def run(self, page: Page) -> tuple[Article | None, str]:
        """The article, or (None, why there is none)."""
        return self._runner.run(self.take(page))

    def close(self) -> None:
        """No page is run any more: ends the loop that ``run`` began."""
        self._runner.close()

    async def take(self, item: Any) -> tuple[Article | None, str]:
        """The same for a page or an article, where a loop is running."""
        for pipeline in self._pipelines:
            try:
                result = pipeline.process_item(item)
                item = await result if inspect.isawaitable(result) else result
            except DropItem as dropped:
                return None, (item.reason if isinstance(item, Article) else None) or str(dropped)
        return (item, "") if isinstance(item, Article) else (None, "not_an_article")


def chain_names(settings: BaseSettings) -> list[str]:
    """The pipelines of the settings in their order, up to the first that needs a crawl."""
    names = all_names(settings)
    return list(takewhile(lambda name: name not in NEED_A_CRAWL, names))


def all_names(settings: BaseSettings) -> list[str]:
    """The pipelines of the settings in their order."""
    table = {
        str(name): order for name, order in settings.getdict("ITEM_PIPELINES").items() if order is not None
    }
    return sorted(table, key=table.__getitem__)


@dataclass(frozen=True, slots=True)
class _Process:
    archive: Path
    database: Database
    chain: Chain
    spiders: dict[str, Any]


_here: list[_Process] = []
"""This process's own; filled once, when it begins."""


def begin_process(archive: Path) -> None:
    """What a process needs for all its pages: the archive, today's pipelines, the spiders."""
    end_with_the_parent()
    settings = get_project_settings()
    database = open_archive(archive, create=False, read_only=True)
    collect_seldom()
    _here.append(_Process(archive, database, Chain(settings), spiders_of(settings)))


def end_with_the_parent() -> None:
    """Do not outlive the command: one that was killed tells nobody, and we would wait for pages for ever.

    Meanwhile cron would wait for the end of our output, and the archive would stay open.
    """

    def wait(parent: BaseProcess) -> None:
        parent.join()
        os._exit(1)

    if (parent := parent_process()) is not None:
        Thread(target=wait, args=(parent,), daemon=True).start()


def spiders_of(settings: BaseSettings) -> dict[str, Any]:
    """Name -> the class of each spider that can be loaded: its zone and hints help to read a page."""
    loader = SpiderLoader.from_settings(settings)
    spiders = {}
    for name in loader.list():
        with suppress(Exception):  # one broken site stops only itself
            spiders[name] = loader.load(name)
    return spiders


def read_chunk(chunk: list[tuple[int, str, str | None]]) -> Read:
    """Read the newest pages of some articles: (id, address, spider)."""
    read = Read(last=chunk[-1][0], articles=len(chunk))
    for _id, url, spider in chunk:
        try:
            spiders = _here[0].spiders
            _read_one(read, url, spiders.get(spider or "") or spiders.get(identity.site_of(url)))
        except ArchiveError as error:
            read.failed[url] = str(error)
        except Exception as error:  # a rule that breaks on one page must not stop the others
            read.failed[url] = f"{type(error).__name__}: {error}"
    return read


def read_apart(chunk: list[int], selection: Selection) -> Read:
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
        is_whole=lambda page: next_part(page) is None,
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
