"""``newscrawler reextract``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, bar, check_day, for_reading, in_words, stoppable


@click.command()
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
    from newscrawler.archive.session import Session
    from newscrawler.crawl import reextract as again
    from newscrawler.crawl.rules import rules_version_of_project
    from newscrawler.report.corrections import Findings

    if since is not None:
        check_day(since)
    chosen = selection.Selection(site, since)
    rules = rules_version_of_project()
    findings = Findings(rules)
    with stoppable("the same command goes on where it was"):
        with for_reading(archive) as database:
            if site is not None and not selection.has_site(database, site):
                raise click.UsageError(f"no site {site!r} in {archive}; see: select distinct site from news")
            total = selection.count(database, chosen)
            if dry_run:
                with bar("reading", total) as progress:
                    for read in again.read_all(archive, chosen, 0, database):
                        findings.add_all(read.proposals)
                        findings.take(read)
                        progress(read.articles)
                click.echo(findings.text())
                return
        with in_words(archive), closing(Session(archive, command="newscrawler reextract")) as session:
            with bar("reading", total) as progress:
                found = again.propose(session, chosen, rules, progress)
            findings.take(found.total, before=found.run.looked_at)
            findings.add_all(corrections.proposals(session.reader))
            click.echo(findings.text())
            with bar("writing", findings.articles) as progress:
                written = again.write(session, found.run, progress, found.total.risen)
    click.echo(
        f"{written:,} corrected, {len(found.total.risen):,} archived; what was said before is in the table "
        "corrections"
    )
