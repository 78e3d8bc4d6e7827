"""The ``newscrawler`` command: a thin skin over the rooms. The crawl itself is ``scrapy crawl``."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newscrawler import __version__

if TYPE_CHECKING:
    from sqlite_utils import Database

os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "newscrawler.settings")


def _usual_archive() -> Path:
    """The archive that every command means when none is named."""
    return Path(os.environ.get("NEWSCRAWLER_ARCHIVE") or "archive.db")


ARCHIVE_OPTION = click.option(
    "--archive",
    type=click.Path(dir_okay=False, path_type=Path),
    default=_usual_archive,
    show_default="NEWSCRAWLER_ARCHIVE, else archive.db",
    help="The archive's file.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newscrawler")
def main() -> None:
    """Crawl Chinese tech-news sites into one SQLite file and look at it with Datasette.

    \b
    Example:
        scrapy crawl itbear          # fetch what is new
        newscrawler search 固态电池  # find articles
        newscrawler serve            # open the archive in the browser
    """


@main.command("extract")
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--listing", is_flag=True, help="The pages are listing pages: give their entries.")
@click.option("--url", help="The address the page was fetched from; makes relative links absolute.")
@click.option("--content-type", help="The Content-Type header it came with, where that matters.")
def extract_(pages: tuple[Path, ...], listing: bool, url: str | None, content_type: str | None) -> None:
    """Read saved pages (raw bytes of any site) and print one JSON object a line.

    \b
    Example:
        newscrawler extract saved/*.html
        newscrawler extract --listing --url https://www.itbear.com.cn/ index.html
    """
    from newscrawler.extract.files import extract_files

    sys.exit(
        extract_files(
            pages, listing=listing, url=url, content_type=content_type, out=sys.stdout, err=sys.stderr
        )
    )


@main.command("try")
@click.argument("url")
@click.option("--explain", is_flag=True, help="Say how each field was found and what was cut.")
def try_(url: str, explain: bool) -> None:
    """Fetch one page politely and show its parts; nothing is stored.

    \b
    Example:
        newscrawler try https://www.itbear.com.cn/html/2025-09/960596.html
    """
    from scrapy.utils.project import get_project_settings

    from newscrawler import extract
    from newscrawler.crawl.trial import fetch
    from newscrawler.extract.readable import readable

    if not url.lower().startswith(("http://", "https://")):
        raise click.UsageError(f"{url!r} is not an address; expected http://… or https://…")
    page, problem = fetch(url, get_project_settings())
    if page is None:
        raise click.ClickException(f"{url}: {problem}")
    article, readings = extract.read(page)
    click.echo(extract.explain(article, readings) if explain else readable(article))
    sys.exit(0 if article.reason is None else 1)


@main.command()
@ARCHIVE_OPTION
@click.option("--offline", is_flag=True, help="Ask no site for its robots.txt.")
def doctor(archive: Path, offline: bool) -> None:
    """Check the surroundings and say what to do; code 1 when something is wrong.

    \b
    Example:
        newscrawler doctor
    """
    from scrapy.spiderloader import SpiderLoader
    from scrapy.utils.project import get_project_settings

    from newscrawler.doctor import examine

    settings = get_project_settings()
    loader = SpiderLoader.from_settings(settings)
    homes = [home for name in sorted(loader.list()) for home in getattr(loader.load(name), "home_pages", ())]
    bad = 0
    for finding in examine(
        archive, homes, contact=settings["CONTACT"], user_agent=settings["USER_AGENT"], offline=offline
    ):
        click.echo(str(finding))
        bad += finding.level == "bad"
    sys.exit(1 if bad else 0)


@main.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON array; [] when nothing is found.")
@click.option(
    "--limit", type=click.IntRange(min=0), help="So many at most, 0 for all; 20 at a terminal, else all."
)
@click.option("--best", is_flag=True, help="The best first, not the newest.")
@click.option("--related", is_flag=True, help="Search the titles of related items, not the articles.")
@ARCHIVE_OPTION
def search(
    text: tuple[str, ...], as_json: bool, limit: int | None, best: bool, related: bool, archive: Path
) -> None:
    """Find the articles that hold all of TEXT in title or body, the newest first.

    Chinese is found from one character on; a Latin word or number also as the beginning of a longer
    one (SU: SU7). Upper and lower case, full and half width, traditional and simplified are alike.
    Double quotes ask for words side by side, and whole ("AI" is not Air); a minus excludes. Put
    single quotes around both.

    \b
    Example:
        newscrawler search 固态电池
        newscrawler search '小米 SU7 -YU7'
        newscrawler search '"雷军 演讲"' --json --limit 5
    """
    from itertools import islice

    from newscrawler.archive import search as index
    from newscrawler.archive.terms import parse
    from newscrawler.report import search as report

    if best and related:
        raise click.UsageError("--best orders articles; related items (--related) are the newest first")
    terminal = not as_json and sys.stdout.isatty()
    if limit is None and terminal:
        limit = 20
    question = parse(" ".join(text))
    more = limit + 1 if limit else None
    with _for_reading(archive) as database:
        if related:
            found: Iterator[index.Found | index.FoundItem] = index.related_items(
                database, question, limit=more
            )
        else:
            found = index.articles(database, question, limit=more, best_first=best)
        shown = islice(found, limit or None)
        if as_json:
            for line in report.as_json(shown, question):
                click.echo(line)
            return
        nothing = True
        for line in report.as_text(shown, question, shutil.get_terminal_size().columns):
            click.echo(line, color=False if os.environ.get("NO_COLOR") else None)
            nothing = False
        if nothing:
            click.echo(f"Nothing found for {' '.join(text)}", err=True)
        elif terminal and next(found, None) is not None:
            click.echo(f"The first {limit}; --limit 0 shows all.")


@main.command()
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

    terminal = not as_json and sys.stdout.isatty()
    if limit is None and terminal:
        limit = 20
    with _for_reading(archive) as database:
        _check_selection(database, states, ledger_list.STATES, errors, sites)
        now = clock.now()
        wanted = ledger_list.Wanted(states, errors, sites, url, due_at=now if due else None)
        found = ledger_list.entries(database, wanted, limit or None)
        if not terminal:
            for line in report.as_json(found) if as_json else report.as_tsv(found):
                click.echo(line)
            return
        listed = list(found)
        for line in report.as_text(listed, now=clock.iso(now), columns=shutil.get_terminal_size().columns):
            click.echo(line)
        click.echo(report.counted(ledger_list.count_by_state(database, wanted), len(listed)))


@main.command()
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

    with _for_reading(archive) if dry_run else _for_writing(archive, "newscrawler retry") as database:
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
    other = None if archive == _usual_archive() else str(archive)
    for line in retried(done, archive=other, dry_run=dry_run):
        click.echo(line)


@main.command()
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
    from newscrawler.archive.errors import ArchiveError, ArchiveMissing
    from newscrawler.report import status as report

    try:
        seen = report.look(archive, now=clock.now())
    except ArchiveMissing as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
    found = report.needs(seen)
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


@contextmanager
def _for_reading(archive: Path) -> Iterator[Database]:
    """The archive over a connection that cannot write and takes no lock; code 1 when there is none."""
    from newscrawler.archive import ArchiveError, open_archive

    try:
        database = open_archive(archive, create=False, read_only=True)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
    with database:
        yield database


@contextmanager
def _for_writing(archive: Path, command: str) -> Iterator[Database]:
    """The archive with its lock, which names ``command``; code 75 when another process has it, else 1."""
    from newscrawler.archive import ArchiveError, ArchiveLock, LockHeld, open_archive
    from newscrawler.archive.open import refuse_foreign
    from newscrawler.crawl.outcome import LOCKED

    try:
        if not (archive.is_file() and archive.stat().st_size):
            open_archive(archive, create=False)  # says why not, before a lock is made beside nothing
        refuse_foreign(archive)
        with ArchiveLock(archive, command=command), open_archive(archive, create=False) as database:
            yield database
    except LockHeld as held:
        click.echo(f"newscrawler: {held}", err=True)
        sys.exit(LOCKED)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--since", metavar="YYYY-MM-DD", help="Only what was published on that day or later.")
@click.option("--site", help="Only articles of this site (the column site of the view news).")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@ARCHIVE_OPTION
def reextract(since: str | None, site: str | None, dry_run: bool, archive: Path) -> None:
    """Read the kept raw pages again with today's rules and correct what they read differently.

    Asks no site. Reports what changes field by field before it writes; what it writes are corrections (a
    table of that name), not revisions. Interrupted, it goes on where it was.

    \b
    Example:
        newscrawler reextract --dry-run
        newscrawler reextract --since 2025-09-01
    """
    from newscrawler.archive import corrections, selection
    from newscrawler.archive.errors import ArchiveError, LockHeld
    from newscrawler.archive.session import Session
    from newscrawler.crawl import reextract as again
    from newscrawler.crawl.outcome import INTERRUPTED, LOCKED
    from newscrawler.report.corrections import Findings

    if since is not None:
        _check_day(since)
    chosen = selection.Selection(site, since)
    rules = again.rules_version_of_project()
    findings = Findings(rules)
    try:
        with _for_reading(archive) as database:
            if site is not None and not selection.has_site(database, site):
                raise click.UsageError(f"no site {site!r} in {archive}; see: select distinct site from news")
            total = selection.count(database, chosen)
            if dry_run:
                with _bar("reading", total) as progress:
                    for read in again.read_all(archive, chosen, 0, database):
                        findings.add_all(read.proposals)
                        findings.take(read)
                        progress(read.articles)
                click.echo(findings.text())
                return
        session = Session(archive, command="newscrawler reextract")
        try:
            with _bar("reading", total) as progress:
                found = again.propose(session, chosen, rules, progress)
            findings.take(found.total, before=found.run.looked_at)
            findings.add_all(corrections.proposals(session.reader))
            click.echo(findings.text())
            with _bar("writing", findings.articles) as progress:
                written = again.write(session, found.run, progress)
        finally:
            session.close()
    except LockHeld as held:
        click.echo(f"newscrawler: {held}", err=True)
        sys.exit(LOCKED)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        click.echo("newscrawler: interrupted; the same command goes on where it was", err=True)
        sys.exit(INTERRUPTED)
    click.echo(f"{written:,} corrected; what they said before is in the table corrections")


def _check_day(day: str) -> None:
    """UsageError for what is no day."""
    from datetime import date

    try:
        date.fromisoformat(day)
    except ValueError:
        raise click.UsageError(f"--since {day!r} is no day; expected YYYY-MM-DD") from None


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[int], object]]:
    """A progress bar for people at a terminal; gives what to call with the number that was done."""
    from tqdm import tqdm

    with tqdm(total=total, desc=what, unit="article", file=sys.stderr, leave=False, disable=None) as bar:
        yield bar.update


@main.command()
@click.option(
    "--archive",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to; default demo.db, or the next free demo-N.db.",
)
@click.option(
    "--articles", default=200, show_default=True, type=click.IntRange(30, 20_000), help="Size of the replica."
)
@click.option("--seed", default=1, show_default=True, help="Another seed makes other news.")
def demo(archive: Path | None, articles: int, seed: int) -> None:
    """Crawl a small replica of ITBEAR on this machine: the whole product without a network.

    \b
    Example:
        newscrawler demo
    """
    from newscrawler import demo as demonstration

    if archive is not None and archive.exists() and archive.stat().st_size:
        raise click.UsageError(f"{archive} exists; a demo needs a fresh archive: name another file or none")
    archive = archive or demonstration.fresh_archive(Path())
    code = demonstration.run(archive, articles=articles, seed=seed)
    if archive.exists():
        click.echo(demonstration.table(archive))
        click.echo("\nSome pages of the replica fail on purpose: that is what the crawl must live with.")
        click.echo(f"Look at it:  newscrawler serve --archive {archive}")
    sys.exit(0 if code == demonstration.PAGES_FAILED else code)


@main.command()
@ARCHIVE_OPTION
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    "-p",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port; 0 takes a free one.",
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), help="Of the pages; default: what the browser asks for."
)
@click.option("--sql/--no-sql", default=True, show_default=True, help="Whether visitors may type SQL.")
def serve(archive: Path, host: str, port: int, language: str | None, sql: bool) -> None:
    """Open the archive in Datasette, at /archive whatever the file is called.

    \b
    Example:
        newscrawler serve --language zh
    """
    from newscrawler.archive.errors import ArchiveError
    from newscrawler.explore.server import serve_archive

    try:
        serve_archive(archive, host=host, port=port, language=language, sql=sql)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
