"""What changed at the sites, and who is told: ``troubles``, ``notify``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, for_reading, for_writing, unusual


@click.command()
@click.option("--all", "every", is_flag=True, help="Also those that are over.")
@click.option(
    "--accept",
    "ids",
    type=int,
    multiple=True,
    metavar="N",
    help="This one is how the site is now; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array; times in UTC.")
@ARCHIVE_OPTION
def troubles(every: bool, ids: tuple[int, ...], as_json: bool, archive: Path) -> None:
    """List what is not at a site as it was: since when, with example addresses, and how to look.

    A trouble ends by itself when the pages are again as they were. When they stay as they are, accept it:
    history begins anew with it. Code 75 while a crawl runs.

    \b
    Example:
        newscrawler troubles
        newscrawler troubles --all --json
        newscrawler troubles --accept 3
    """
    from newscrawler import clock
    from newscrawler.archive import troubles as kept
    from newscrawler.report import rows
    from newscrawler.report.troubles import accepted, as_text

    if ids:
        with for_writing(archive, "newscrawler troubles") as database:
            lasting = [trouble.id for trouble in kept.lasting(database)]
            if unknown := [number for number in ids if number not in lasting]:
                here = ", ".join(map(str, lasting)) or "none"
                raise click.UsageError(f"no trouble {unknown[0]} lasts here (lasting: {here})")
            done = kept.accept(database, ids, now=clock.now())
        for line in accepted(done):
            click.echo(line)
        return
    with for_reading(archive) as database:
        found = kept.newest(database, None) if every else kept.lasting(database)
        undelivered = kept.undelivered(database)
    if as_json:
        lines = rows.as_json(found)
    else:
        lines = as_text(found, undelivered, every=every, archive=unusual(archive))
    for line in lines:
        click.echo(line)


@click.command()
def notify() -> None:
    """Send a try message by every way that is set (NOTIFY_…); code 1 when one does not take it.

    \b
    Example:
        NEWSCRAWLER_NOTIFY_COMMAND='tee -a notices.txt' newscrawler notify
        NEWSCRAWLER_NOTIFY_WEBHOOKS='slack https://hooks.slack.com/services/…' newscrawler notify
    """
    from scrapy.utils.project import get_project_settings

    from newscrawler.alarm.send import NotDelivered, send
    from newscrawler.alarm.ways import ways_of

    try:
        ways = ways_of(get_project_settings())
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not ways:
        raise click.UsageError(
            "no way is set; see NOTIFY_COMMAND, NOTIFY_EMAIL, NOTIFY_WEBHOOKS in the README"
        )
    failed = False
    for name, way in ways.items():
        try:
            send(way, "newscrawler: a try message", "Notices of newscrawler arrive here.")
        except NotDelivered as error:
            failed = True
            click.echo(f"{name}: not delivered: {error}")
        else:
            click.echo(f"{name}: delivered")
    sys.exit(1 if failed else 0)
