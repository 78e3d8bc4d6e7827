"""The ``newscrawler`` command: a thin skin over the rooms. The crawl itself is ``scrapy crawl``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from newscrawler import __version__

os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "newscrawler.settings")

ARCHIVE_OPTION = click.option(
    "--archive",
    type=click.Path(dir_okay=False, path_type=Path),
    default=lambda: Path(os.environ.get("NEWSCRAWLER_ARCHIVE") or "archive.db"),
    show_default="NEWSCRAWLER_ARCHIVE, else archive.db",
    help="The archive's file.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newscrawler")
def main() -> None:
    """Crawl Chinese tech-news sites into one SQLite file and look at it with Datasette.

    \b
    Example:
        scrapy crawl itbear          # fetch what is new
        newscrawler serve            # open the archive in the browser
    """


@main.command("extract")
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--listing", is_flag=True, help="The pages are listing pages: give their entries.")
@click.option("--url", help="The address the page was fetched from; makes relative links absolute.")
@click.option("--content-type", help="The Content-Type header it came with, where that matters.")
def extract_(pages: tuple[Path, ...], listing: bool, url: str | None, content_type: str | None) -> None:
    """Read saved pages (raw bytes of any site) and print one JSON object a line.

    \b
    Example:
        newscrawler extract saved/*.html
        newscrawler extract --listing --url https://www.itbear.com.cn/ index.html
    """
    from newscrawler.extract.files import extract_files

    sys.exit(
        extract_files(
            pages, listing=listing, url=url, content_type=content_type, out=sys.stdout, err=sys.stderr
        )
    )


@main.command("try")
@click.argument("url")
@click.option("--explain", is_flag=True, help="Say how each field was found and what was cut.")
def try_(url: str, explain: bool) -> None:
    """Fetch one page politely and show its parts; nothing is stored.

    \b
    Example:
        newscrawler try https://www.itbear.com.cn/html/2025-09/960596.html
    """
    from scrapy.utils.project import get_project_settings

    from newscrawler import extract
    from newscrawler.crawl.trial import fetch
    from newscrawler.extract.readable import readable

    if not url.lower().startswith(("http://", "https://")):
        raise click.UsageError(f"{url!r} is not an address; expected http://… or https://…")
    page, problem = fetch(url, get_project_settings())
    if page is None:
        raise click.ClickException(f"{url}: {problem}")
    article, readings = extract.read(page)
    click.echo(extract.explain(article, readings) if explain else readable(article))
    sys.exit(0 if article.reason is None else 1)


@main.command()
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
    homes = [home for name in sorted(loader.list()) for home in getattr(loader.load(name), "home_pages", ())]
    bad = 0
    for finding in examine(
        archive, homes, contact=settings["CONTACT"], user_agent=settings["USER_AGENT"], offline=offline
    ):
        click.echo(str(finding))
        bad += finding.level == "bad"
    sys.exit(1 if bad else 0)


@main.command()
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
    if archive.exists():
        click.echo(demonstration.table(archive))
        click.echo("\nSome pages of the replica fail on purpose: that is what the crawl must live with.")
        click.echo(f"Look at it:  newscrawler serve --archive {archive}")
    sys.exit(0 if code == demonstration.PAGES_FAILED else code)


@main.command()
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
def serve(archive: Path, host: str, port: int) -> None:
    """Open the archive in Datasette, at /archive whatever the file is called.

    \b
    Example:
        newscrawler serve --port 8001
    """
    from newscrawler.archive.errors import ArchiveError
    from newscrawler.explore.server import serve_archive

    try:
        serve_archive(archive, host=host, port=port)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
