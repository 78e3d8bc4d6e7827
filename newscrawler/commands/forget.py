"""``newscrawler forget``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, for_reading, for_writing


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal.")
@ARCHIVE_OPTION
def forget(urls: tuple[str, ...], yes: bool, archive: Path) -> None:
    """Remove the articles at these addresses for good, and never fetch them again (a takedown).

    With all revisions, index entries, related items that showed them, aliases, pictures, pages in
    quarantine and raw pages. Any form of an address will do. There is no way back.

    \b
    Example:
        newscrawler forget https://www.itbear.com.cn/html/2025-09/960596.html
    """
    from newscrawler import clock
    from newscrawler.archive import forget as takedown
    from newscrawler.report import forget as report

    with for_reading(archive) as database:
        try:
            meant = [one for url in urls for one in takedown.addresses_of(database, url)]
        except ValueError as error:
            raise click.UsageError(f"{error}; expected http://… or https://…") from None
        meant = list(dict.fromkeys(meant))
        for url in meant:
            for line in report.removed(takedown.preview(database, url)):
                click.echo(line)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("there is no terminal to ask at; say --yes to remove this for good")
        click.confirm("Remove this for good?", abort=True)
    with for_writing(archive, "newscrawler forget") as database:
        for url in meant:
            takedown.forget(database, url, now=clock.now())
        left = takedown.erase_pages(database, archive)
        emptied = takedown.scrub(database)
    for line in report.done(archive, len(meant), left, emptied=emptied):
        click.echo(line)
    sys.exit(1 if left or not emptied else 0)
