"""What became of every address, and how the archive fares: ledger, failures, retry, status."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newscrawler.commands.common import ARCHIVE_OPTION, for_reading, for_writing, in_words, unusual

if TYPE_CHECKING:
    from sqlite_utils import Database


@click.command()
@click.option("--state", "states", multiple=True, help="A state, such as pending; may be repeated.")
@click.option("--error", "errors", multiple=True, metavar="CLASS", help="Class of the last failure.")
@click.option("--site", "sites", multiple=True, help="A site, such as itbear.")
@click.option("--due", is_flag=True, help="Only what a crawl would fetch now.")
@click.option("--url", metavar="TEXT", help="An address in any form, or a part of addresses.")
@click.option(
    "--limit", type=click.IntRange(min=0), help="So many at most, 0 for all; 20 at a terminal, else all."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@ARCHIVE_OPTION
def ledger(
    states: tuple[str, ...],
    errors: tuple[str, ...],
    sites: tuple[str, ...],
    due: bool,
    url: str | None,
    limit: int | None,
    as_json: bool,
    archive: Path,
) -> None:
    """List the addresses that were discovered, the last first, and what became of each.

    At a terminal in words, with the numbers by state at the end; else tab-separated, times in UTC.

    \b
    Example:
        newscrawler ledger --state pending
        newscrawler ledger --error timeout --limit 5
        newscrawler ledger --url 960596.html
        newscrawler ledger --state failed --json
    """
    from newscrawler import clock
    from newscrawler.archive import ledger_list
    from newscrawler.report import ledger as report
    from newscrawler.report import rows

    terminal = not as_json and sys.stdout.isatty()
    if limit is None and terminal:
        limit = 20
    with for_reading(archive) as database:
        _check_selection(database, states, ledger_list.STATES, errors, sites)
        now = clock.now()
        wanted = ledger_list.Wanted(states, errors, sites, url, due_at=now if due else None)
        found = ledger_list.entries(database, wanted, limit or None)
        if not terminal:
            for line in rows.as_json(found) if as_json else rows.as_tsv(found, ledger_list.Entry):
                click.echo(line)
            return
        listed = list(found)
        for line in report.as_text(listed, now=clock.iso(now), columns=shutil.get_terminal_size().columns):
            click.echo(line)
        click.echo(report.counted(ledger_list.count_by_state(database, wanted), len(listed)))


@click.command()
@click.argument("classes", nargs=-1, metavar="[CLASS]...")
@click.option("--crawl", type=click.IntRange(min=1), metavar="N", help="Of the crawl with this id alone.")
@click.option("--last", is_flag=True, help="Of the last crawl alone.")
@click.option("--count", "counted", is_flag=True, help="How many of each class, crawl by crawl.")
@click.option(
    "--limit", type=click.IntRange(min=0), help="So many at most, 0 for all; 20 at a terminal, else all."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@ARCHIVE_OPTION
def failures(
    classes: tuple[str, ...],
    crawl: int | None,
    last: bool,
    counted: bool,
    limit: int | None,
    as_json: bool,
    archive: Path,
) -> None:
    """List what failed in each crawl of the last 90 days: class, address and what was said.

    The newest crawl first, articles and listings; `newscrawler ledger --error CLASS` lists what still
    fails now. At a terminal in words, else tab-separated, times in UTC.

    \b
    Example:
        newscrawler failures --last
        newscrawler failures --count
        newscrawler failures timeout charset --json
    """
    from newscrawler.archive import failures as facts
    from newscrawler.report import rows
    from newscrawler.report.failures import as_text

    if crawl is not None and last:
        raise click.UsageError("name one crawl: --crawl N or --last")
    terminal = not as_json and sys.stdout.isatty()
    if limit is None and terminal:
        limit = 20
    with for_reading(archive) as database:
        _check_selection(database, (), (), classes, ())
        crawl = facts.last_crawl(database) if last else crawl
        kind: type[facts.Counted | facts.Failed]
        found: Iterable[facts.Counted | facts.Failed]
        if counted:
            kind, found = facts.Counted, facts.counts(database, classes, crawl, limit or None)
        else:
            kind, found = facts.Failed, facts.failed(database, classes, crawl, limit or None)
        if terminal:
            lines = as_text(list(found), limit or None, shutil.get_terminal_size().columns)
        else:
            lines = rows.as_json(found) if as_json else rows.as_tsv(found, kind)
        for line in lines:
            click.echo(line)


@click.command()
@click.argument("classes", nargs=-1, metavar="[CLASS]...")
@click.option("--state", "states", multiple=True, help="pending, failed, quarantined, gone or disallowed.")
@click.option("--site", "sites", multiple=True, help="A site, such as itbear.")
@click.option("--url", "urls", multiple=True, metavar="URL", help="This address; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and write nothing.")
@ARCHIVE_OPTION
def retry(
    classes: tuple[str, ...],
    states: tuple[str, ...],
    sites: tuple[str, ...],
    urls: tuple[str, ...],
    dry_run: bool,
    archive: Path,
) -> None:
    """Make failures due again at once, for the next crawl; code 75 while a crawl runs.

    CLASS is a class of failures as `newscrawler ledger` and `status` name them. What is archived
    already (gone, say) is looked at again, and its text stays whatever comes of it.

    \b
    Example:
        newscrawler retry timeout http_5xx
        newscrawler retry --state gone --dry-run
        newscrawler retry --url https://www.itbear.com.cn/html/2025-09/960596.html
    """
    from newscrawler import clock
    from newscrawler.archive import retry as retries
    from newscrawler.archive.ledger_list import Wanted, error_counts
    from newscrawler.report.ledger import retried

    with for_reading(archive) if dry_run else for_writing(archive, "newscrawler retry") as database:
        if not (classes or states or sites or urls):
            here = ", ".join(f"{name} ({number})" for name, number in error_counts(database).items())
            raise click.UsageError(f"name what to retry: a class (here: {here or 'none'}), --state or --url")
        _check_selection(database, states, retries.RETRIED, classes, sites)
        if unknown := retries.unknown_addresses(database, urls):
            raise click.UsageError(
                f"not in the ledger: {unknown[0]} (newscrawler ledger --url TEXT finds it)"
            )
        wanted = Wanted(states, classes, sites)
        done = retries.retry(database, wanted, urls, now=clock.now(), dry_run=dry_run)
    for line in retried(done, archive=unusual(archive), dry_run=dry_run):
        click.echo(line)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object; times in UTC, sizes in bytes.")
@click.option("--quiet", "-q", is_flag=True, help="Print only what needs a person; nothing when all is well.")
@ARCHIVE_OPTION
def status(as_json: bool, quiet: bool, archive: Path) -> None:
    """How the archive fares, in one screen; also while a crawl runs.

    Code 0: nothing needs a person. Code 1: something does; the last lines say what, and what to type.
    Code 2: there is no such archive.

    \b
    Example:
        newscrawler status
        newscrawler status --quiet       # from cron: one mail when something needs a person
    """
    from newscrawler import clock
    from newscrawler.archive.errors import ArchiveMissing
    from newscrawler.report import status as report

    with in_words(archive):
        try:
            seen = report.look(archive, now=clock.now())
        except ArchiveMissing as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)
    found = report.needs(seen, unusual(archive))
    if as_json:
        click.echo(report.as_json(seen, found))
    elif found or not quiet:
        for line in report.needs_as_text(found) if quiet else report.as_text(seen, found):
            click.echo(line)
    sys.exit(1 if found else 0)


def _check_selection(
    database: Database,
    states: Sequence[str],
    known: Sequence[str],
    errors: Sequence[str],
    sites: Sequence[str],
) -> None:
    """UsageError (code 2) for the first state, class or site that there is not, naming those there are."""
    from newscrawler.archive.ledger_list import unknown_words

    for state in states:
        if state not in known:
            raise click.UsageError(f"unknown state {state!r}; known: {', '.join(known)}")
    if problem := unknown_words(database, errors=errors, sites=sites):
        raise click.UsageError(problem)
