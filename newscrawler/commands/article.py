"""All about one article: ``history``, ``explain``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from newscrawler.commands.common import ARCHIVE_OPTION, for_reading

if TYPE_CHECKING:
    from sqlite_utils import Database

Found = TypeVar("Found")


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, an object for each article.")
@ARCHIVE_OPTION
def history(url: str, as_json: bool, archive: Path) -> None:
    """Show the revisions of the article at URL: when each was seen, what changed, and when it was gone.

    Any form of its address will do. What went is in [-red-], what came in {+green+}; NO_COLOR leaves the
    brackets alone.

    \b
    Example:
        newscrawler history https://m.itbear.com.cn/html/2025-09/960596.html
    """
    from newscrawler.archive.history import history_of
    from newscrawler.report import history as report

    _show(url, archive, history_of, report.as_text, report.as_json if as_json else None)


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, an object for each article.")
@ARCHIVE_OPTION
def explain(url: str, as_json: bool, archive: Path) -> None:
    """Show all that is known of the article at URL, and where it is from.

    Its addresses and why each leads here, the rule that found each field and the version of the rules, its
    revisions, every raw page, exact copies and near-duplicates, who promoted it, its row in the ledger.

    \b
    Example:
        newscrawler explain https://www.itbear.com.cn/html/2025-09/960596.html
        newscrawler explain https://www.itbear.com.cn/html/2025-09/960596.html --json
    """
    from newscrawler.archive.dossier import dossier_of
    from newscrawler.report import explain as report

    _show(url, archive, dossier_of, report.as_text, report.as_json if as_json else None)


def _show(
    url: str,
    archive: Path,
    look: Callable[[Database, str], Found],
    as_text: Callable[[Found], Iterable[str]],
    as_json: Callable[[Found], str] | None,
) -> None:
    """Print what ``look`` finds of each article that ``url`` leads to: in words, or by ``as_json``."""
    with for_reading(archive) as database:
        found = [look(database, one) for one in _addresses(database, url, archive)]
    if as_json:
        click.echo(f"[{','.join(map(as_json, found))}]")
        return
    for one in found:
        for line in as_text(one):
            click.echo(line)


def _addresses(database: Database, url: str, archive: Path) -> list[str]:
    """The canonical addresses of what ``url`` leads to; an error that says what is known of it instead."""
    from newscrawler.archive.history import articles_at
    from newscrawler.archive.ledger_list import Wanted, entries

    try:
        found = articles_at(database, url)
    except ValueError:
        raise click.UsageError(f"{url!r} is not an address; expected http://… or https://…") from None
    if found:
        return found
    known = next(iter(entries(database, Wanted(text=url), 1)), None)
    if known is None:
        raise click.ClickException(f"{archive} has no article at {url}, and the ledger does not know it.")
    why = f" ({known.last_error})" if known.last_error else ""
    raise click.ClickException(
        f"{archive} has no article at {known.url}: it is {known.state}{why}."
        f" See: newscrawler ledger --url {url}"
    )
