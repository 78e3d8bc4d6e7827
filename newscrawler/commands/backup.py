"""``newscrawler backup``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, bar, in_words, stoppable


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--pages", is_flag=True, help="Also the raw pages that the copy points to, in TARGET.pages.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing when all went well.")
@ARCHIVE_OPTION
def backup(target: Path, pages: bool, quiet: bool, archive: Path) -> None:
    """Copy the archive to the file TARGET, also while a crawl runs; an older copy there is replaced.

    The copy is one moment of the archive, and has its name only when it is whole and on the disk. On the
    same file system raw pages of past days become hard links, which take no room.

    \b
    Example:
        newscrawler backup ~/backup/archive-$(date +%F).db
        newscrawler backup --pages /mnt/disk/archive.db
    """
    from newscrawler.archive.backup import back_up
    from newscrawler.report.backup import as_text

    if target.is_dir():
        raise click.UsageError(f"{target} is a folder; name the file: {target / archive.name}")
    with in_words(archive), stoppable("an older copy there is as it was"):
        done = back_up(archive, target, bar, pages=pages)
    if not quiet or done.missing:
        for line in as_text(str(archive), done):
            click.echo(line, err=bool(done.missing))
    sys.exit(1 if done.missing else 0)
