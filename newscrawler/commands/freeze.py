"""``freeze``: a page as it is today, kept for the tests of its site."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from newscrawler.commands.common import check_address


@click.command()
@click.argument("url")
@click.argument("case")
@click.option(
    "--spider", help="Whose page it is; default: the spider of the site that the address belongs to."
)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of all cases; default: tests/cases of the project.",
)
@click.option("--force", is_flag=True, help="Freeze the page anew where the case exists.")
def freeze(url: str, case: str, spider: str | None, into: Path | None, force: bool) -> None:
    """Fetch one page politely and keep it as CASE, with a draft of what is to be read from it.

    Its bytes and headers are kept as they came. The draft says what is read today; the test run fails until
    somebody has compared it with the page and has set "reviewed" to true in it.

    \b
    Example:
        newscrawler freeze https://www.itbear.com.cn/html/2025-09/960596.html plain
    """
    from scrapy.utils.project import get_project_settings

    from newscrawler import cases, identity
    from newscrawler.crawl.trial import fetch

    check_address(url)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", case):
        raise click.UsageError(f"{case!r} cannot name a case; expected small letters, digits, - and _")
    settings = get_project_settings()
    name = spider or identity.site_of(url)
    site = _spider(name, settings)
    wanted = cases.Case(name, case, (into or cases.USUAL_FOLDER) / name / case)
    if wanted.folder.exists() and not force:
        raise click.UsageError(f"{wanted.folder} exists; --force freezes it anew, another name beside it")
    headers: list[list[tuple[str, str]]] = []
    page, problem = fetch(url, settings, headers)
    if page is None:
        raise click.ClickException(f"{url}: {problem}")
    page.zone, page.hints = site.zone, dict(site.page_hints)
    cases.freeze(wanted, page, headers)
    click.echo(
        f"{wanted.folder}: {len(page.parts)} part(s) kept, and a draft.\n"
        f"Next: compare {wanted.folder / 'expected.json'} with the page in a browser, correct what is wrong, "
        'set "reviewed" to true; then: pytest -q tests/test_cases.py'
    )


def _spider(name: str, settings: Any) -> Any:
    """The spider's class; UsageError for an unknown one."""
    from scrapy.spiderloader import SpiderLoader

    loader = SpiderLoader.from_settings(settings)
    if name not in loader.list():
        known = ", ".join(sorted(loader.list()))
        raise click.UsageError(f"no spider {name!r}; --spider NAME says whose page it is (known: {known})")
    return loader.load(name)
