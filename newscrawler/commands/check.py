"""``newscrawler check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, bar, for_reading, for_writing


@click.command()
@click.option("--repair", is_flag=True, help="Make anew what can be: indexes, counts, links between rows.")
@ARCHIVE_OPTION
def check(repair: bool, archive: Path) -> None:
    """Verify the whole archive: file, tables, indexes, raw pages; code 1 when something is wrong.

    Reads only, and may run beside a crawl. --repair takes the archive's lock (code 75 while a crawl
    runs), never touches a text, and says what it cannot mend.

    \b
    Example:
        newscrawler check
        newscrawler check --repair
    """
    from newscrawler import clock
    from newscrawler.archive.check import check as look
    from newscrawler.archive.problems import Problem
    from newscrawler.archive.repair import recover_pages
    from newscrawler.archive.repair import repair as mend
    from newscrawler.report import check as report

    mended: list[Problem] = []
    if repair:
        with for_writing(archive, "newscrawler check --repair") as database:
            recover_pages(archive, database)  # logs what it did
            checked = look(database, archive, bar)
            if not any(problem.kind == "integrity" for problem in checked.problems):
                mended = mend(database, checked.problems, bar, now=clock.now())
    else:
        with for_reading(archive) as database:
            checked = look(database, archive, bar)
    for line in report.as_text(str(archive), checked, mended):
        click.echo(line)
    sys.exit(1 if len(mended) < len(checked.problems) else 0)
