"""What the commands share: the archive that is meant, opened for reading or writing, progress."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newscrawler.clock import ClockError

if TYPE_CHECKING:
    from sqlite_utils import Database


STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Commands(click.Group):
    """The group of all commands.

    In each of them a clock (NEWSCRAWLER_NOW) that is none is wrong usage, Ctrl-C ends with code 130, and no
    room for what is said is a sentence.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ClockError as error:
            raise click.UsageError(str(error)) from None
        except KeyboardInterrupt as interrupt:
            from newscrawler.crawl.outcome import INTERRUPTED

            click.echo(f"newscrawler: {interrupt.args[0] if interrupt.args else 'interrupted'}", err=True)
            sys.exit(INTERRUPTED)
        except OSError as error:  # into a file, for cron: newscrawler status > status.txt
            from newscrawler.archive.errors import NO_ROOM

            if error.errno not in NO_ROOM:
                raise
            with suppress(OSError, ValueError):  # else Python tries it once more when it ends
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.ClickException(f"no room left to write ({error.strerror}); see: df -h") from None


@contextmanager
def stoppable(advice: str = "") -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP do what Ctrl-C does: what is half made goes away, code 130 and ``advice``.

    For commands that work in small steps: a signal is heard only between two of them. A second one ends
    the process at once.
    """

    def stop(number: int, frame: object) -> None:
        for other in heard:
            signal.signal(other, signal.SIG_DFL)
        raise KeyboardInterrupt

    # Who started us with a signal ignored (nohup, a shell's &) wants it ignored.
    usual = {number: signal.getsignal(number) for number in STOPS}
    heard = [number for number in STOPS if usual[number] is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, stop)
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted{advice and '; '}{advice}") from None
    finally:
        for number in heard:
            signal.signal(number, usual[number])


def usual_archive() -> Path:
    """The archive that every command means when none is named."""
    return Path(os.environ.get("NEWSCRAWLER_ARCHIVE") or "archive.db")


def unusual(archive: Path) -> str | None:
    """What a command must name to mean ``archive``; None for the one that it means without."""
    return None if archive == usual_archive() else str(archive)


ARCHIVE_OPTION = click.option(
    "--archive",
    type=click.Path(dir_okay=False, path_type=Path),
    default=usual_archive,
    show_default="NEWSCRAWLER_ARCHIVE, else archive.db",
    help="The archive's file.",
)


@contextmanager
def in_words(archive: Path) -> Iterator[None]:
    """What is wrong with ``archive`` as a sentence; also damage and a full disk that SQLite meets.

    Code 75 when another process has its lock, else 1.
    """
    from newscrawler.archive import ArchiveError, LockHeld
    from newscrawler.archive.errors import as_archive_error

    try:
        yield
    except LockHeld as held:
        from newscrawler.crawl.outcome import LOCKED

        click.echo(f"newscrawler: {held}", err=True)
        sys.exit(LOCKED)
    except (ArchiveError, sqlite3.Error) as error:
        known = as_archive_error(error, str(archive))
        if known is None:
            raise
        raise click.ClickException(str(known)) from None


@contextmanager
def for_reading(archive: Path) -> Iterator[Database]:
    """The archive over a connection that cannot write and takes no lock; code 1 when there is none."""
    from newscrawler.archive import open_archive

    with in_words(archive), open_archive(archive, create=False, read_only=True) as database:
        yield database


@contextmanager
def for_writing(archive: Path, command: str) -> Iterator[Database]:
    """The archive with its lock, which names ``command``; code 75 when another process has it, else 1."""
    from newscrawler.archive import ArchiveLock, open_archive
    from newscrawler.archive.open import refuse_foreign

    with in_words(archive):
        if not (archive.is_file() and archive.stat().st_size):
            open_archive(archive, create=False)  # says why not, before a lock is made beside nothing
        refuse_foreign(archive)
        with ArchiveLock(archive, command=command), open_archive(archive, create=False) as database:
            yield database


def check_day(day: str, option: str = "--since") -> None:
    """UsageError for what is no day."""
    from datetime import date

    try:
        is_day = date.fromisoformat(day).isoformat() == day  # 20250930 is one, too, and compares otherwise
    except ValueError:
        is_day = False
    if not is_day:
        raise click.UsageError(f"{option} {day!r} is no day; expected YYYY-MM-DD")


def check_address(url: str) -> None:
    """UsageError for what cannot be asked for."""
    from newscrawler import identity

    try:
        identity.address(url)
    except ValueError:
        raise click.UsageError(f"{url!r} is not an address; expected http://… or https://…") from None


@contextmanager
def bar(what: str, total: int, unit: str = "article") -> Iterator[Callable[[int], object]]:
    """A progress bar for people at a terminal; gives what to call with the number of units done."""
    from tqdm import tqdm

    with tqdm(total=total, desc=what, unit=f" {unit}", file=sys.stderr, leave=False, disable=None) as bar:
        yield bar.update
