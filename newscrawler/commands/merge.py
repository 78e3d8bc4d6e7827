"""``newscrawler merge``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.commands.common import bar, in_words, stoppable


@click.command()
@click.argument("archives", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--into",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    help="The union; when it is there already, what it holds is part of it.",
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing when all went well.")
def merge(archives: tuple[Path, ...], target: Path, quiet: bool) -> None:
    """Make one archive of several: two machines, an old copy and a crashed one.

    Nothing of any is lost: articles, all their texts in the order of time, related items, ledger, raw pages.
    What one of them has forgotten stays forgotten. ARCHIVES are only read, also while crawls write to them.
    The order in which archives are merged, and how often, makes no difference. Killed in the middle, the
    union is as it was; type the same again.

    \b
    Example:
        newscrawler merge laptop.db server.db --into archive.db
        newscrawler merge ~/backup/archive.db --into archive.db
    """
    from newscrawler.archive.merge import merge as unite
    from newscrawler.report.merge import as_text, warnings

    with in_words(target), stoppable("type the same again"):
        done = unite(archives, target, bar)
    needs_a_look = bool(list(warnings(done)))
    if not quiet or needs_a_look:
        for line in as_text(done):
            click.echo(line, err=needs_a_look)
    sys.exit(1 if needs_a_look else 0)
