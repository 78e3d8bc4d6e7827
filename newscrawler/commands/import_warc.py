"""``newscrawler import-warc``."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, bar, in_words


@click.command("import-warc")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--site",
    "sites",
    multiple=True,
    help="Only pages of this site (such as itbear, else its host); may be given more than once.",
)
@ARCHIVE_OPTION
def import_warc(files: tuple[Path, ...], sites: tuple[str, ...], archive: Path) -> None:
    """Take the articles out of WARC files that another tool made, through the pipelines of a crawl.

    Asks no site. A page counts as seen when it was fetched (WARC-Date): what is older than what the archive
    has becomes an earlier revision. Importing a file twice changes nothing, so an import that was
    interrupted is simply begun again. Code 4 when a file is damaged: what is whole in it was taken.

    \b
    Example:
        newscrawler import-warc crawl-2024-*.warc.gz
        newscrawler import-warc old.warc.gz --site itbear
    """
    import asyncio
    import json

    from scrapy.utils.project import get_project_settings

    from newscrawler.archive.lock import ArchiveLock
    from newscrawler.archive.session import Session
    from newscrawler.crawl.captures import Keeping
    from newscrawler.crawl.interrupt import told_to_stop
    from newscrawler.crawl.outcome import INTERRUPTED, LOCKED
    from newscrawler.crawl.warcfound import Imported
    from newscrawler.crawl.warcimport import Importer, read_files
    from newscrawler.crawl.warcplan import Plan
    from newscrawler.report.imported import as_text

    settings, plan, found = get_project_settings(), Plan(sites), Imported()
    arguments = {"files": [str(file) for file in files], "site": list(sites)}
    try:
        Keeping.of(settings)
        with in_words(archive), told_to_stop() as stopped:
            holder = ArchiveLock(archive).holder()
            if holder is not None:  # before hours of reading
                click.echo(f"newscrawler: {holder}", err=True)
                sys.exit(LOCKED)
            with bar("reading", sum(file.stat().st_size for file in files), "B") as progress:
                read_files(files, plan, found, progress, stopped)
            if stopped():
                click.echo("newscrawler: interrupted before anything was imported", err=True)
                sys.exit(INTERRUPTED)
            with (
                closing(Session(archive, command="newscrawler import-warc")) as session,
                bar("importing", found.visits, "page") as progress,
            ):
                importer = Importer(session, settings, plan, found)
                asyncio.run(importer.run(json.dumps(arguments, ensure_ascii=False), progress, stopped))
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'a file'} cannot be read: {error.strerror}") from None
    for line in as_text(found, plan.left_out, str(archive)):
        click.echo(line)
    sys.exit(found.exit_code)
