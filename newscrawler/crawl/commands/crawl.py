"""``scrapy crawl``, with exit codes that cron can trust (Scrapy's own are 0 whatever happened)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import difflib
import logging
import os
import sys
from pathlib import Path
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES

from newscrawler import clock, sitefile
from newscrawler.archive.errors import NO_ROOM, ArchiveError, LockHeld
from newscrawler.archive.lock import ArchiveLock
from newscrawler.archive.session import Session, register
from newscrawler.crawl import outcome as results
from newscrawler.crawl.arguments import HELP, ArgumentError, check_start, parse
from newscrawler.crawl.captures import Keeping
from newscrawler.crawl.check_settings import check, check_log
from newscrawler.crawl.family import NewsFamily
from newscrawler.crawl.interrupt import Interrupted, Interruption, heard_before_the_crawl
from newscrawler.crawl.recorder import ARCHIVE_ERROR, Recorder
from newscrawler.crawl.telling import report_of, tell


class Command(ScrapyCrawl):
    """Crawl one site into the archive."""

    def short_desc(self) -> str:
        return "Crawl one site into the archive, for example: scrapy crawl itbear"

    def long_desc(self) -> str:
        arguments = "; ".join(f"-a {entry.name}={entry.example}: {entry.meaning}" for entry in HELP)
        return (
            "Crawl one site into the archive, for example: scrapy crawl itbear -a since=2025-09-30. "
            f"Arguments of the spiders: {arguments}. The archive is archive.db in the working directory, "
            "or NEWSCRAWLER_ARCHIVE, or -s ARCHIVE_PATH=FILE."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options; the log is quiet unless it was asked for, since the summary says it all."""
        super().process_options(args, opts)
        settings = self.settings
        assert settings is not None
        if _by_user(settings, "LOG_FILE") and settings.get("LOG_FILE"):
            if not _by_user(settings, "LOG_LEVEL"):
                settings.set("LOG_LEVEL", "INFO", priority="cmdline")
        elif (
            not _at_terminal()
            and not _by_user(settings, "LOG_LEVEL")
            and not _by_user(settings, "LOG_ENABLED")
        ):
            settings.set("LOG_ENABLED", False, priority="cmdline")
        try:
            check_log(settings)
        except ValueError as problem:
            self._leave(results.USAGE, str(problem))
            raise SystemExit(self.exitcode) from None
        except OSError as error:
            if error.errno not in NO_ROOM:
                self._leave(results.NOT_STARTED, f"LOG_FILE cannot be written: {error}")
                raise SystemExit(self.exitcode) from None
            _say(f"newscrawler: no room for LOG_FILE ({error.strerror}); this crawl keeps no log")
            settings.set("LOG_FILE", None, priority="cmdline")
            settings.set("LOG_ENABLED", False, priority="cmdline")
        if settings.get("LOG_FILE"):  # its disk may fill up: else a traceback for each line
            logging.raiseExceptions = False

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked before the first request, then crawl; sets ``exitcode``."""
        if len(args) != 1:
            raise UsageError("name one spider, for example: scrapy crawl itbear", print_help=False)
        try:
            with heard_before_the_crawl():
                session = self._open(args[0], opts)
                if session is None:
                    return
                try:
                    self._crawl(args[0], opts.spargs, session)
                finally:
                    session.close()
        except Interrupted as interrupted:
            self._leave(results.INTERRUPTED, f"interrupted ({interrupted}) before the crawl began")

    def _open(self, name: str, opts: argparse.Namespace) -> Session | None:
        """The session of a crawl that may begin; None after having said why it may not."""
        assert self.settings is not None
        path = Path(self.settings["ARCHIVE_PATH"] or "")
        if not path.name:
            self._leave(
                results.USAGE, "ARCHIVE_PATH names no file; expected the archive's, such as archive.db"
            )
            return None
        with contextlib.suppress(OSError):  # where it cannot be looked at, Session() says why
            holder = ArchiveLock(path).holder()  # asked first: 75 goes before all other codes
            if holder is not None:
                self._leave(results.LOCKED, holder)
                return None
        if name in sitefile.BROKEN_SITES:
            self._leave(results.NOT_STARTED, sitefile.BROKEN_SITES[name])
            return None
        try:
            spider_class = self._spider_class(name)
            if issubclass(spider_class, NewsFamily):
                check_start(parse(opts.spargs), name, spider_class.home_pages)
            clock.now()
            check(self.settings)
            Keeping.of(self.settings)
        except (ArgumentError, ValueError) as problem:
            self._leave(results.USAGE, str(problem))
            return None
        try:
            return Session(path, command=f"scrapy crawl {name}")
        except LockHeld as held:
            self._leave(results.LOCKED, str(held))
        except ArchiveError as error:
            self._leave(results.NOT_STARTED, str(error))
        return None

    def _spider_class(self, name: str) -> type[Any]:
        assert self.crawler_process is not None
        loader = self.crawler_process.spider_loader
        try:
            return loader.load(name)
        except KeyError:
            known = sorted(loader.list())
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ArgumentError(f"unknown spider {name!r}{hint} (known: {', '.join(known)})") from None

    def _crawl(self, name: str, arguments: dict[str, str], session: Session) -> None:
        process = self.crawler_process
        assert process is not None
        crawler: Crawler = process.create_crawler(name)
        register(crawler, session)
        # It warns of the first short body of a crawl alone; ours are counted, every one.
        logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)
        begun: Any = process.crawl(crawler, **arguments)
        interruption = Interruption(process, crawler, session)
        process.start()
        interruption.over()
        if process.bootstrap_failed:
            code = results.INTERRUPTED if interruption.heard else results.NOT_STARTED
            self._leave(code, f"the crawl could not start: {_why(begun, session)}")
            return
        stats = crawler.stats.get_stats()
        if missing := results.missing_feeds(crawler.settings.getdict("FEEDS"), stats):
            session.tally.note(missing[0], "failed")
            session.tally.errors["feed"] += 1
            session.tally.problems.append(
                f"not written: {', '.join(missing)} (the articles are in the archive)"
            )
        reason = stats.get("finish_reason")
        if session.writer.failed is not None and reason in results.CLEAN_ENDS:
            reason = ARCHIVE_ERROR  # it failed at the very end, with nobody left to stop
        if interruption.heard and reason not in results.CLEAN_ENDS:
            reason = reason if reason in results.INTERRUPTIONS else None  # it ended badly since it had to end
        outcome = results.outcome_of(session.tally, stats, reason)
        recorder = crawler.get_extension(Recorder)
        if recorder is not None:
            recorder.close_at_once(outcome)
        self.exitcode = outcome.exit_code
        changes = recorder.changes if recorder is not None else None
        report = list(report_of(session, changes)) if changes is not None and changes.is_news else []
        if _at_terminal():
            _say(results.summary(outcome, session.tally, str(session.path), pages=session.pages.added))
        elif outcome.exit_code not in {results.OK, results.CHANGED}:
            _say(results.one_line(outcome, session.tally, str(session.path)))
        if report:  # of a trouble that lasts nothing is said: cron would mail it every half hour
            _say("\n".join(report))
        if not interruption.heard:
            tell(session, crawler.settings, lambda: interruption.hastened)

    def _leave(self, code: int, sentence: str) -> None:
        _say(f"newscrawler: {sentence}")
        self.exitcode = code


def _why(begun: Any, session: Session) -> str:
    """Why a crawl did not start: what we noted, else the error that ended it (``begun`` is its task)."""
    if session.tally.problems:
        return session.tally.problems[0]
    error = begun.exception() if isinstance(begun, asyncio.Task) and begun.done() else None
    return f"{type(error).__name__}: {error}" if error else "see the log (-L INFO) for the reason"


def _at_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()  # None: closed by the caller (2>&-)


def _say(text: str) -> None:
    """Print to standard error; the exit code counts, also when nobody reads (a closed pipe or terminal)."""
    if sys.stderr is None:
        return
    try:
        print(text, file=sys.stderr, flush=True)
    except ValueError:
        return  # closed
    except OSError:
        # What could not be flushed now would be tried again at exit, and make the code 120.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _by_user(settings: Any, name: str) -> bool:
    return (settings.getpriority(name) or 0) >= SETTINGS_PRIORITIES["cmdline"]
