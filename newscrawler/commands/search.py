"""``newscrawler search``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, for_reading, unusual

_WITH_VALUE = ("--limit", "--archive")


class _Search(click.Command):
    """A command whose words may begin with a minus: all its options begin with two, but ``-h``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [
            word
            for before, word in zip(["", *args], args, strict=False)
            if word[:1] == "-" and word[1:2] not in ("", "-") and word != "-h" and before not in _WITH_VALUE
        ]
        if words and "--" not in args:
            args = [*(arg for arg in args if arg not in words), "--", *words]
        return super().parse_args(ctx, args)


@click.command(cls=_Search)
@click.argument("text", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON array; [] when nothing is found.")
@click.option(
    "--limit", type=click.IntRange(min=0), help="So many at most, 0 for all; 20 at a terminal, else all."
)
@click.option("--best", is_flag=True, help="The best first, not the newest.")
@click.option("--related", is_flag=True, help="Search the titles of related items, not the articles.")
@ARCHIVE_OPTION
def search(
    text: tuple[str, ...], as_json: bool, limit: int | None, best: bool, related: bool, archive: Path
) -> None:
    """Find the articles that hold all of TEXT in title or body, the newest first.

    Chinese is found from one character on; a Latin word or number also as the beginning of a longer
    one (SU: SU7). Upper and lower case, full and half width, traditional and simplified are alike.
    Double quotes ask for words side by side, and whole ("AI" is not Air): put single quotes around
    them. A minus excludes.

    \b
    Example:
        newscrawler search 固态电池
        newscrawler search 小米 SU7 -YU7
        newscrawler search '"雷军 演讲"' --json --limit 5
    """
    from itertools import islice

    from newscrawler.archive import search as index
    from newscrawler.archive.meant import meant
    from newscrawler.archive.terms import parse
    from newscrawler.report import search as report

    if best and related:
        raise click.UsageError("--best orders articles; related items (--related) are the newest first")
    terminal = not as_json and sys.stdout.isatty()
    if limit is None and terminal:
        limit = 20
    question = parse(" ".join(text))
    more = limit + 1 if limit else None
    with for_reading(archive) as database:
        if related:
            found: Iterator[index.Found | index.FoundItem] = index.related_items(
                database, question, limit=more
            )
        else:
            found = index.articles(database, question, limit=more, best_first=best)
        shown = islice(found, limit or None)
        if as_json:
            for line in report.as_json(shown, question):
                click.echo(line)
            return
        nothing = True
        for line in report.as_text(shown, question, shutil.get_terminal_size().columns):
            click.echo(line)
            nothing = False
        if nothing:
            why = "" if question.wanted else ": no word in it that is to be found, such as 固态电池"
            click.echo(f"Nothing found for {' '.join(text)}{why}", err=True)
            for line in report.instead(meant(database.conn, " ".join(text)), archive, unusual(archive)):
                click.echo(line, err=True)
        elif terminal and next(found, None) is not None:
            click.echo(f"The first {limit}; --limit 0 shows all.")
