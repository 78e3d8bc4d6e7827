"""``newscrawler import-warc``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, bar


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

    from newscrawler.archive.errors import ArchiveError, LockHeld
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
    try:
        Keeping.of(settings)
        holder = ArchiveLock(archive).holder()
        if holder is not None:
            click.echo(f"newscrawler: {holder}", err=True)
            sys.exit(LOCKED)
        with told_to_stop() as stopped:
            with bar("reading", sum(file.stat().st_size for file in files), "B") as progress:
                read_files(files, plan, found, progress, stopped)
            if stopped():
                click.echo("newscrawler: interrupted before anything was imported", err=True)
                sys.exit(INTERRUPTED)
            session = Session(archive, command="newscrawler import-warc")
            try:
                importer = Importer(session, settings, plan, found)
                arguments = {"files": [str(file) for file in files], "site": list(sites)}
                with bar("importing", found.visits, "page") as progress:
                    asyncio.run(importer.run(json.dumps(arguments, ensure_ascii=False), progress, stopped))
            finally:
                session.close()
    except LockHeld as held:
        click.echo(f"newscrawler: {held}", err=True)
        sys.exit(LOCKED)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'a file'} cannot be read: {error.strerror}") from None
    for line in as_text(found, plan.left_out, str(archive)):
        click.echo(line)
    sys.exit(found.exit_code)
