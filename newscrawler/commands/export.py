"""``newscrawler export``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from newscrawler.commands.common import ARCHIVE_OPTION, bar, check_day, for_reading, stoppable

FORMATS = ("csv", "jsonl", "parquet")


@click.command()
@click.option("--query", metavar="TEXT", help="Only what `newscrawler search TEXT` finds.")
@click.option("--since", metavar="YYYY-MM-DD", help="Only what was published on that day or later.")
@click.option("--until", metavar="YYYY-MM-DD", help="Only what was published on that day or earlier.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: what FILE's name ends with, else jsonl.",
)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="The file; default: stdout."
)
@ARCHIVE_OPTION
def export(
    query: str | None,
    since: str | None,
    until: str | None,
    form: str | None,
    output: Path | None,
    archive: Path,
) -> None:
    """Write the articles, the oldest first, as JSON Lines, CSV or Parquet; also while a crawl runs.

    The columns are those of the view news; JSON Lines and Parquet have the related items of each article
    in it. FILE has its name only when it is whole. Parquet needs: pip install 'newscrawler[parquet]'

    \b
    Example:
        newscrawler export -o news.csv
        newscrawler export --since 2025-09-01 --until 2025-09-30 -o september.parquet
        newscrawler export --query 固态电池 | jq .title
    """
    from newscrawler.archive import export as leaving
    from newscrawler.report import export as report

    for option, day in (("--since", since), ("--until", until)):
        if day is not None:
            check_day(day, option)
    if since and until and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}: nothing lies between")
    ending = output.suffix.lstrip(".").lower() if output else ""
    form = form or (ending if ending in FORMATS else "jsonl")
    if form == "parquet" and output is None:
        raise click.UsageError("Parquet is no text: name a file, -o FILE.parquet")
    if output is not None and not output.parent.is_dir():
        raise click.UsageError(f"there is no folder {output.parent}; make it first: mkdir -p {output.parent}")
    with for_reading(archive) as database:
        ids = leaving.chosen(database, leaving.Wanted(query, since, until))
        with bar("writing", len(ids)) as progress:

            def told() -> Iterator[dict[str, object]]:
                for article in leaving.articles(database, ids, related=form != "csv"):
                    yield article
                    progress(1)

            if output is None:
                report.TEXT[form](told(), sys.stdout)
                return
            try:
                with stoppable(), report.provisional(output) as partial:
                    if form == "parquet":
                        report.as_parquet(told(), partial)
                    else:
                        with partial.open("w", encoding="utf-8", newline="") as out:
                            report.TEXT[form](told(), out)
            except report.NoParquet as error:
                raise click.ClickException(str(error)) from None
            except OSError as error:
                raise click.ClickException(
                    f"{output} could not be written ({error.strerror}); see: df -h {output.parent}"
                ) from None
