"""Pages of a site, without an archive: ``extract`` and ``try``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.commands.common import check_address


@click.command("extract")
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--listing", is_flag=True, help="The pages are listing pages: give their entries.")
@click.option("--url", help="The address the page was fetched from; makes relative links absolute.")
@click.option("--content-type", help="The Content-Type header it came with, where that matters.")
def extract_(pages: tuple[Path, ...], listing: bool, url: str | None, content_type: str | None) -> None:
    """Read saved pages (raw bytes of any site) and print one JSON object a line.

    With --listing also feeds, sitemaps (gzipped ones, too) and JSON listings.

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


@click.command("try")
@click.argument("url")
@click.option("--explain", is_flag=True, help="Say how each field was found and what was cut.")
def try_(url: str, explain: bool) -> None:
    """Fetch one page politely and show its parts; nothing is stored.

    Of a feed, a sitemap or a JSON listing the entries; of a page that is no article the feeds that it
    announces and the way to older ones.

    \b
    Example:
        newscrawler try https://www.itbear.com.cn/html/2025-09/960596.html
        newscrawler try https://news.example/feed.xml
    """
    from scrapy.utils.project import get_project_settings

    from newscrawler import extract
    from newscrawler.crawl.trial import fetch
    from newscrawler.extract.kind import kind_of
    from newscrawler.extract.readable import announced, readable, readable_listing

    check_address(url)
    page, problem = fetch(url, get_project_settings())
    if page is None:
        raise click.ClickException(f"{url}: {problem}")
    if kind_of(page.body) != "page":
        listing = extract.read_listing(page.body, page.url, page.content_type)
        click.echo(readable_listing(listing))
        sys.exit(0 if listing.entries else 1)
    article, readings = extract.read(page)
    click.echo(extract.explain(article, readings) if explain else readable(article))
    if article.reason is not None:
        for line in announced(extract.read_listing(page.body, page.url, page.content_type)):
            click.echo(line)
    sys.exit(0 if article.reason is None else 1)
