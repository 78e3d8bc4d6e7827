"""The ``newscrawler`` command: a thin skin over the rooms. The crawl itself is ``scrapy crawl``."""

from __future__ import annotations

import os

import click

from newscrawler import __version__
from newscrawler.commands import (
    article,
    backup,
    check,
    export,
    forget,
    freeze,
    gaps,
    import_warc,
    ledger,
    merge,
    migrate,
    pages,
    reextract,
    search,
    surroundings,
    troubles,
)
from newscrawler.commands.common import Commands

os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "newscrawler.settings")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newscrawler")
@click.pass_context
def main(context: click.Context) -> None:
    """Crawl Chinese tech-news sites into one SQLite file and look at it with Datasette.

    \b
    Example:
        scrapy crawl itbear          # fetch what is new
        newscrawler search 固态电池  # find articles
        newscrawler serve            # open the archive in the browser
    """
    if os.environ.get("NO_COLOR"):
        context.color = False  # of every command under it


for command in (
    *(pages.extract_, pages.try_, freeze.freeze),
    *(surroundings.doctor, surroundings.demo, surroundings.serve),
    *(search.search, reextract.reextract, import_warc.import_warc),
    *(ledger.ledger, ledger.failures, ledger.retry, ledger.status, gaps.gaps),
    *(check.check, backup.backup, merge.merge, migrate.migrate, forget.forget),
    *(export.export, article.history, article.explain),
    *(troubles.troubles, troubles.notify),
):
    main.add_command(command)

if __name__ == "__main__":
    main()
