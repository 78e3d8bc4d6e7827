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
    "--excel",
    is_flag=True,
    help="CSV for spreadsheet programs: a byte order mark, and no formulas.",
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
    excel: bool,
    output: Path | None,
    archive: Path,
) -> None:
    """Write the articles, the oldest first, as JSON Lines, CSV or Parquet; also while a crawl runs.

    The columns are those of the view news; JSON Lines and Parquet have the related items of each article
    in it. FILE has its name only when it is whole. Parquet needs: pip install 'newscrawler[parquet]'

    \b
    Example:
        newscrawler export -o news.csv
        newscrawler export --excel -o for-excel.csv
        newscrawler export --since 2025-09-01 --until 2025-09-30 -o september.parquet
        newscrawler export --query 固态电池 | jq .title
    """
    from newscrawler.archive import export as leaving
    from newscrawler.report import export as report

    _check_days(since, until)
    form = _format(form, excel, output)
    if output is not None and not output.parent.is_dir():
        raise click.UsageError(f"there is no folder {output.parent}; make it first: mkdir -p {output.parent}")
    with for_reading(archive) as database:
        ids = leaving.chosen(database, leaving.Wanted(query, since, until))
        with bar("writing", len(ids)) as progress:

            def told() -> Iterator[dict[str, object]]:
                for article in leaving.articles(database, ids, related=form != "csv"):
                    yield article
                    progress(1)

            write = report.as_csv_for_excel if excel else report.TEXT.get(form)
            if output is None:
                assert write is not None, "Parquet has a file"
                write(told(), sys.stdout)
                return
            try:
                with stoppable(), report.provisional(output) as partial:
                    if write is None:
                        report.as_parquet(told(), partial)
                    else:
                        with partial.open("w", encoding="utf-8", newline="") as out:
                            write(told(), out)
            except report.NoParquet as error:
                raise click.ClickException(str(error)) from None
            except OSError as error:
                raise click.ClickException(
                    f"{output} could not be written ({error.strerror}); see: df -h {output.parent}"
                ) from None


def _check_days(since: str | None, until: str | None) -> None:
    for option, day in (("--since", since), ("--until", until)):
        if day is not None:
            check_day(day, option)
    if since and until and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}: nothing lies between")


def _format(form: str | None, excel: bool, output: Path | None) -> str:
    """The format that is asked for, else that of FILE's name; UsageError for what cannot be."""
    ending = output.suffix.lstrip(".").lower() if output else ""
    form = form or (ending if ending in FORMATS else "csv" if excel and not output else "jsonl")
    if excel and form != "csv":
        raise click.UsageError(f"--excel is for CSV, not {form}; name a file that ends with .csv")
    if form == "parquet" and output is None:
        raise click.UsageError("Parquet is no text: name a file, -o FILE.parquet")
    return form
