"""Pages that another tool fetched, through the pipelines of a crawl into the archive.

A page is read as it was when it was fetched (``WARC-Date``): the clock of its task stands at that moment.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from scrapy.settings import BaseSettings
from sqlite_utils import Database

from newscrawler import __version__, clock
from newscrawler.archive import captures, crawls, foreign, ledger, visits, warc
from newscrawler.archive.encodings import decoded
from newscrawler.archive.errors import ArchiveError, as_archive_error
from newscrawler.archive.foreign import Entry
from newscrawler.archive.kept import listed
from newscrawler.archive.pages import Asked
from newscrawler.archive.session import Session, Tally
from newscrawler.archive.tombstones import is_forgotten
from newscrawler.archive.warc import Answer
from newscrawler.crawl.captures import Keeping
from newscrawler.crawl.multipart import next_part
from newscrawler.crawl.recorder import ARCHIVE_ERROR, SIGN_OF_LIFE_SECONDS
from newscrawler.crawl.reread import Chain, all_names, spiders_of
from newscrawler.crawl.rules import rules_version
from newscrawler.crawl.warcfound import (
    FAILURES,
    FORGOTTEN,
    INCOMPLETE,
    NO_ARTICLE,
    NO_PAYLOAD,
    NOT_TAKEN,
    UNREADABLE,
    Imported,
)
from newscrawler.crawl.warcplan import Plan, Visit
from newscrawler.extract.shapes import shape, tells_articles
from newscrawler.items import DEFAULT_ZONE, Page, Part

AT_ONCE = 16
"""Pages that wait for their commit together."""

DEDUPE = "pipelines.dedupe.Dedupe"
WRITING = frozenset({"pipelines.judge.Judge", "pipelines.archive.Archive"})
"""From the first of these on a page leaves its mark in the archive."""


def read_files(
    files: Iterable[Path],
    plan: Plan,
    found: Imported,
    progress: Callable[[int], object],
    stopped: Callable[[], bool],
) -> None:
    """Enter what the files hold into ``plan``. Raises NotAWarc and OSError; writes nothing."""
    for file in files:
        for entry in foreign.scan(file, found.damage, progress):
            found.records += 1
            if entry is not None:
                plan.add(entry)
            if stopped():
                return


class _NotTaken(Exception):
    """A page that is left out: why, and what to tell of it."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail)
        self.why = why


class _Tally(Tally):
    """An article comes as often as it was fetched: what was new stays new, what changed has changed."""

    ORDER = ("new", "updated", "unchanged")

    def note(self, url: str, outcome: str) -> None:
        """The first of ORDER that an address came to."""
        before = self.outcome_of(url)
        if before not in self.ORDER or (
            outcome in self.ORDER and self.ORDER.index(outcome) < self.ORDER.index(before)
        ):
            super().note(url, outcome)


class Importer:
    """Brings the pages of ``plan`` into the archive of ``session``, as one run; ``found`` says what came."""

    def __init__(self, session: Session, settings: BaseSettings, plan: Plan, found: Imported) -> None:
        self._session, self._plan, self._found = session, plan, found
        self._keeping = Keeping.of(settings)
        self._keeping.prepare(session)
        self._rules = rules_version(settings)
        self._most = settings.getint("ATTEMPTS_MAX")
        self._spiders = spiders_of(settings)
        session.tally = _Tally()
        self._now = session.imported_at = clock.now()
        session.pages.about = {"software": f"newscrawler/{__version__}", "description": "imported pages"}
        names = [name for name in all_names(settings) if name != DEDUPE]  # which asks about one crawl
        border = next((number for number, name in enumerate(names) if name in WRITING), len(names))
        self._reading = Chain(settings, names[:border], session)
        self._writing = Chain(settings, names[border:], session)
        self._doubtful: list[Visit] = []
        self._incomplete: dict[str, tuple[Visit, str]] = {}
        """Address -> what is missing of an article; it may be whole in another visit."""
        self._shapes: set[str] = set()
        """Of the addresses of articles, where no site's rules say it."""
        self._alive_at = time.monotonic()
        self._visits = plan.visits()
        found.visits = len(self._visits)

    async def run(
        self, arguments: str, progress: Callable[[int], object], stopped: Callable[[], bool]
    ) -> None:
        """Take every visit of the plan, until ``stopped``. ``arguments``: JSON, for the run's row.

        Raises ArchiveError when the run cannot be begun.
        """
        begun = partial(
            crawls.begin_crawl,
            spider=crawls.IMPORT,
            arguments=arguments,
            now=clock.now(),
            pid=os.getpid(),
            host=socket.gethostname(),
            rules=self._rules,
        )
        self._session.crawl_id = await self._session.write(begun)
        try:
            await self._take_all(self._visits, progress, stopped)
            alike = [visit for visit in self._doubtful if shape(visit.entry.url) in self._shapes]
            self._found.left_out[NO_ARTICLE] = len(self._doubtful) - len(alike)
            await self._take_all(alike, progress, stopped, certain=True)
            await self._ask_for_the_rest()
            self._found.reason = "interrupted" if stopped() else "finished"
        except (ArchiveError, sqlite3.Error) as error:
            known = as_archive_error(error, str(self._session.path))
            if known is None:
                raise
            self._found.reason = ARCHIVE_ERROR
            self._found.problems.insert(0, str(known))
        finally:
            await self._end()

    async def _end(self) -> None:
        """Close the run's row; where nothing can be written any more the next crawl does."""
        found, crawl_id = self._found, self._session.crawl_id
        assert crawl_id is not None
        found.counts, found.pages = self._session.tally.counts(), self._session.pages.added
        counted = {**self._reading.counts, **self._writing.counts, "import/records": found.records}
        counted |= {f"import/left_out/{why}": number for why, number in found.left_out.items() if number}
        now, counts = clock.now(), found.counts

        def job(db: Database) -> None:
            """Write down how the run ended."""
            crawls.finish_crawl(
                *(db, crawl_id),
                reason=found.reason,
                requests=0,
                new=counts["new"],
                updated=counts["updated"],
                unchanged=counts["unchanged"],
                failed=found.failed,
                quarantined=counts["quarantined"],
                exit_code=found.exit_code,
                stats_json=json.dumps(counted, ensure_ascii=False, sort_keys=True),
                now=now,
            )

        with suppress(ArchiveError):
            await self._session.write(job)

    async def _take_all(
        self,
        visits: Sequence[Visit],
        progress: Callable[[int], object],
        stopped: Callable[[], bool],
        *,
        certain: bool = False,
    ) -> None:
        """Some at a time, so that one commit serves several; those begun are ended, whatever happens."""
        waiting: set[asyncio.Task[None]] = set()
        try:
            for visit in visits:
                if stopped():
                    break
                if len(waiting) >= AT_ONCE:
                    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
                    progress(len(done))
                    self._stay_alive()
                waiting.add(asyncio.create_task(self._take(visit, certain=certain)))
        finally:
            ended = await asyncio.gather(*waiting, return_exceptions=True)
        progress(len(ended))
        for error in ended:
            if error is not None:
                raise error

    def _stay_alive(self) -> None:
        """Note now and then that the run is alive: should it be killed, its row is closed at this time."""
        if time.monotonic() - self._alive_at > SIGN_OF_LIFE_SECONDS:
            self._alive_at = time.monotonic()
            crawl_id = self._session.crawl_id
            assert crawl_id is not None
            self._session.writer.submit(partial(crawls.heartbeat, crawl_id=crawl_id, now=clock.now()))

    async def _take(self, visit: Visit, *, certain: bool) -> None:
        """One page, with all its parts: read, kept, judged, archived."""
        try:
            page, answers = self._load(visit)
            with clock.standing_at(max(entry.fetched_at for entry, _ in answers)):
                article, why = await self._reading.take(page)
                if article is None:
                    raise _NotTaken(NO_ARTICLE, why)
                self._refuse_forgotten({visit.article, visit.entry.url, article.url})
                if article.reason and not (visit.is_described or certain):
                    self._doubtful.append(visit)
                    return
                self._keep(visit, answers)
                await self._writing.take(article)
        except _NotTaken as left:
            if left.why == INCOMPLETE:
                self._incomplete.setdefault(visit.article, (visit, str(left)))
            else:
                self._leave(visit, left.why, str(left))
            return
        except (ArchiveError, sqlite3.Error):
            raise
        except Exception as error:  # a rule that breaks on one page must not stop the others
            self._leave(visit, NOT_TAKEN, f"{type(error).__name__}: {error}")
            return
        if not visit.is_described and article.reason is None and tells_articles(shape(visit.entry.url)):
            self._shapes.add(shape(visit.entry.url))

    def _refuse_forgotten(self, urls: Iterable[str]) -> None:
        """What was forgotten on purpose comes back neither as an article nor as a raw page."""
        if any(is_forgotten(self._session.reader.conn, url) for url in urls):
            raise _NotTaken(FORGOTTEN)

    def _leave(self, visit: Visit, why: str, detail: str) -> None:
        self._found.left_out[why] += 1
        if why in FAILURES:
            self._found.problems.append(f"{visit.entry.url}: {detail}")

    def _load(self, visit: Visit) -> tuple[Page, list[tuple[Entry, Answer]]]:
        """The page with its parts, and the answers that brought them."""
        entry = visit.entry
        answer, body = self._read(entry)
        spider = self._spiders.get(visit.site)
        page = Page(
            url=entry.url,
            body=body,
            content_type=_header(answer, b"content-type"),
            fetched_at=clock.iso(entry.fetched_at),
            site=visit.site,
            zone=getattr(spider, "zone", DEFAULT_ZONE),
            hints=dict(getattr(spider, "page_hints", {})),
            listed=listed(self._session.reader, visit.article),
            aliases=[(source, "redirect") for source in self._plan.sources(entry.url)],
        )
        answers = [(entry, answer)]
        while (missing := next_part(page)) is not None:
            number, address = missing
            part = self._plan.part(visit, number)
            if part is None and "?" in address:
                break  # perhaps a page of its comments, which the tool left out
            if part is None:
                raise _NotTaken(INCOMPLETE, f"part {number} is not in the files")
            answer, body = self._read(part)
            page.later_parts.append(Part(part.url, body, _header(answer, b"content-type")))
            page.aliases.append((part.url, "part"))
            answers.append((part, answer))
        return page, answers

    def _read(self, entry: Entry) -> tuple[Answer, bytes]:
        """What ``entry`` brought, as it came and decoded."""
        original = self._plan.original(entry)
        if original is None:
            raise _NotTaken(NO_PAYLOAD, f"repeats a page of {entry.digest} that is not in the files")
        try:
            answer = replace(foreign.answer(original), url=entry.url, status=200)
            return answer, decoded(answer.payload, _header(answer, b"content-encoding"))
        except (foreign.NotAWarc, zlib.error, EOFError, ValueError) as error:
            raise _NotTaken(UNREADABLE, str(error)) from error

    def _keep(self, visit: Visit, answers: list[tuple[Entry, Answer]]) -> None:
        """The raw pages, where the settings want them and they are not kept yet; all parts or none."""
        keeping, pages = self._keeping, self._session.pages
        oldest = min(entry.fetched_at for entry, _ in answers)
        if keeping.mode == "none" or (keeping.days and oldest < self._now - timedelta(days=keeping.days)):
            return
        reader = self._session.reader
        if all(
            captures.is_kept(reader, entry.url, entry.fetched_at, warc.payload_digest(answer.payload))
            for entry, answer in answers
        ):
            return
        for number, (entry, answer) in enumerate(answers, 1):
            asked = Asked("article", visit.article, number, self._session.crawl_id)
            pages.append(answer, asked, entry.fetched_at)

    async def _ask_for_the_rest(self) -> None:
        """Half an article is none: a crawl of its site is to fetch it, if nobody knows of it yet."""
        now = clock.now()
        known = self._session.known(self._incomplete)
        for url, (visit, detail) in self._incomplete.items():
            if url in known and known[url].state in {"archived", "unchanged"}:
                continue
            self._leave(visit, INCOMPLETE, detail)
            if url not in known:
                await self._session.write(partial(self._pend, visit=visit, detail=detail, now=now))

    def _pend(self, db: Database, *, visit: Visit, detail: str, now: datetime) -> None:
        """Enter the article as one that failed for now, with what is missing."""
        found = ledger.Discovery(visit.article, "start", linked=visit.entry.url)
        crawl_id = self._session.crawl_id
        ledger.discover(db, [found], site=visit.site, now=now, crawl_id=crawl_id)
        failed = partial(visits.fail, db, visit.article, error="short_body", detail=detail)
        failed(most=self._most, now=now, crawl_id=crawl_id)


def _header(answer: Answer, name: bytes) -> str | None:
    """The first header called ``name`` (lower case)."""
    return next((value.decode("latin-1") for key, value in answer.headers if key.lower() == name), None)
