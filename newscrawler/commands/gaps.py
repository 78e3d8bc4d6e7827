"""What is missing, and how long it would take to fill: ``gaps``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, for_reading, unusual


@click.command()
@click.option("--month", metavar="YYYY-MM", help="This month day by day.")
@click.option("--site", help="Only this site, such as itbear.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@ARCHIVE_OPTION
def gaps(month: str | None, site: str | None, as_json: bool, archive: Path) -> None:
    """Show what the archive lacks, month by month, and how long it would take to fill.

    Ids in the addresses of articles rise with time, so each id between the first and the last known one of
    a month is archived, gone, failed, pending, set apart, without a page, or was never tried.

    \b
    Example:
        newscrawler gaps
        newscrawler gaps --month 2025-09
        scrapy crawl itbear -a backfill=2025-04..2025-09     # fills them
    """
    from scrapy.utils.project import get_project_settings

    from newscrawler.archive import gaps as figures
    from newscrawler.archive.gaps_days import days
    from newscrawler.archive.ledger_list import unknown_words
    from newscrawler.report import gaps as report

    if month is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month, re.ASCII):
        raise click.UsageError(f"--month {month!r} is no month; expected YYYY-MM such as 2025-09")
    settings = get_project_settings()
    delay, per_day = settings.getfloat("DOWNLOAD_DELAY"), settings.getint("BACKFILL_PER_DAY")
    with for_reading(archive) as database:
        if problem := unknown_words(database, errors=(), sites=[site] if site else []):
            raise click.UsageError(problem)
        tracks = figures.gather(database, site)
        by_day = {track.pattern: days(database, track, month) for track in tracks} if month else {}
        silent = [name for name in figures.unnumbered(database) if site in (None, name)]
    if as_json:
        click.echo(report.as_json(tracks, by_day, delay=delay, per_day=per_day))
        return
    lines = (
        report.days_as_text(tracks, by_day, month)
        if month
        else report.as_text(tracks, delay=delay, per_day=per_day, archive=unusual(archive))
    )
    for line in lines:
        click.echo(line)
    for name in silent:
        click.echo(report.not_countable(name))
    if not tracks and not silent:
        click.echo("No address yet. Start a crawl: scrapy crawl itbear")
