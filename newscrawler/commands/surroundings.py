"""Before and around an archive: ``doctor``, ``demo``, ``serve``."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from newscrawler.commands.common import ARCHIVE_OPTION, in_words


@click.command()
@ARCHIVE_OPTION
@click.option("--offline", is_flag=True, help="Ask no site for its robots.txt.")
def doctor(archive: Path, offline: bool) -> None:
    """Check the surroundings and say what to do; code 1 when something is wrong.

    \b
    Example:
        newscrawler doctor
    """
    from scrapy.spiderloader import SpiderLoader
    from scrapy.utils.project import get_project_settings

    from newscrawler.doctor import examine

    settings = get_project_settings()
    loader = SpiderLoader.from_settings(settings)
    homes = [
        home
        for name in sorted(loader.list())
        for home in getattr(loader.load(name), "home_pages", ())
        if not (urlsplit(home).hostname or "").endswith(".example")  # simulated sites, on no network
    ]
    bad = 0
    for finding in examine(
        archive, homes, contact=settings["CONTACT"], user_agent=settings["USER_AGENT"], offline=offline
    ):
        click.echo(str(finding))
        bad += finding.level == "bad"
    sys.exit(1 if bad else 0)


@click.command()
@click.option(
    "--archive",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to; default demo.db, or the next free demo-N.db.",
)
@click.option(
    "--articles", default=200, show_default=True, type=click.IntRange(30, 20_000), help="Size of the replica."
)
@click.option("--seed", default=1, show_default=True, help="Another seed makes other news.")
def demo(archive: Path | None, articles: int, seed: int) -> None:
    """Crawl a small replica of ITBEAR on this machine: the whole product without a network.

    \b
    Example:
        newscrawler demo
    """
    from newscrawler import demo as demonstration

    if archive is not None and archive.exists() and archive.stat().st_size:
        raise click.UsageError(f"{archive} exists; a demo needs a fresh archive: name another file or none")
    archive = archive or demonstration.fresh_archive(Path())
    code = demonstration.run(archive, articles=articles, seed=seed)
    if archive.exists() and archive.stat().st_size:
        with in_words(archive):
            click.echo(demonstration.table(archive))
        click.echo("\nSome pages of the replica fail on purpose: that is what the crawl must live with.")
        click.echo(f"Look at it:  {as_called()} serve --archive {shlex.quote(str(archive))}")
    sys.exit(0 if code == demonstration.PAGES_FAILED else code)


def as_called() -> str:
    """How this program can be called again: by its name, or by its path where the shell would not find it."""
    name = "newscrawler"
    called = Path(sys.argv[0])
    return shlex.quote(str(called)) if called.name == name and shutil.which(name) is None else name


def as_prefix(context: click.Context, option: click.Parameter, path: str) -> str:
    """``path`` between slashes; UsageError for what is no path, or cannot be told from the archive's own."""
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", path) or "//" in path:
        raise click.UsageError(f"--base-url {path!r} is no path; expected one such as /news/")
    if path.strip("/").partition("/")[0] == "archive":  # /archive/articles: with the path or without?
        raise click.UsageError(f"--base-url {path!r} begins as the archive's own addresses do; take /news/")
    return f"/{path.strip('/')}/" if path.strip("/") else "/"


@click.command()
@ARCHIVE_OPTION
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    "-p",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port; 0 takes a free one.",
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), help="Of the pages; default: what the browser asks for."
)
@click.option(
    "--base-url",
    metavar="PATH",
    callback=as_prefix,
    default="/",
    show_default=True,
    help="The path under which a web server shows it.",
)
@click.option("--sql/--no-sql", default=True, show_default=True, help="Whether visitors may type SQL.")
def serve(archive: Path, host: str, port: int, language: str | None, base_url: str, sql: bool) -> None:
    """Open the archive in Datasette, at /archive whatever the file is called.

    \b
    Example:
        newscrawler serve --language zh
        newscrawler serve --base-url /news/       # behind https://example.org/news/
    """
    from newscrawler.archive.errors import ArchiveError
    from newscrawler.explore.server import serve_archive

    try:
        serve_archive(archive, host=host, port=port, language=language, base_url=base_url, sql=sql)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
