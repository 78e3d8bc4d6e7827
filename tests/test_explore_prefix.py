"""The archive under a path of another web server, whether that hands the path on or not."""

from __future__ import annotations

import asyncio
import re
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from test_explore import article, fill, opened, related
from test_explore_browser import serving

from newscrawler.cli import main
from newscrawler.explore.server import archive_datasette

PAGES = (
    *(
        "/",
        "/archive",
        "/archive/articles?_search=固态电池&category_id=1",
        "/archive/-/days",
        "/archive/today",
    ),
    *(
        "/archive?sql=select+1",
        "/archive/news?_nocount=1",
        "/archive/articles?_view=table",
        "/archive/nothing",
    ),
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return fill(tmp_path / "archive.db", article(11), article(12, related=[related(11)]))


@pytest.fixture
def served(archive: Path) -> Iterator[Datasette]:
    with opened(archive_datasette(archive, base_url="/news/")) as datasette:
        yield datasette


def ask(served: Datasette, path: str) -> tuple[int, dict[str, str], str]:
    """The answer to ``path`` exactly as it is, as a web server in front would ask."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=served.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://example.org") as client:
            return await client.get(path)

    answer = asyncio.run(asked())
    return answer.status_code, dict(answer.headers), answer.text


@pytest.mark.parametrize("prefix", ["", "/news"], ids=["taken away", "handed on"])
@pytest.mark.parametrize("path", PAGES)
def test_every_link_has_the_prefix_once(served: Datasette, prefix: str, path: str) -> None:
    status, _, html = ask(served, prefix + path)
    assert status == (404 if path == "/archive/nothing" else 200)
    found = [unescape(link) for link in re.findall(r'(?:href|src|action)="([^"]*)"', html)]
    own = [
        urlsplit(link).path
        for link in found
        if urlsplit(link).netloc in {"", "example.org"} and link[0] != "#"
    ]
    assert own
    assert not [link for link in own if link[0] == "/" and not f"{link}/".startswith("/news/")]
    assert not [link for link in own if link.startswith("/news/news/")], (
        "twice, but for the view of that name"
    )


@pytest.mark.parametrize("prefix", ["", "/news"])
def test_feeds_and_redirects_have_it_too(served: Datasette, prefix: str) -> None:
    feed = ask(served, f"{prefix}/archive/-/feed.atom?q=电池")[2]
    assert 'rel="self" href="http://example.org/news/archive/-/feed.atom?q=' in feed
    assert "http://example.org/news/archive/articles/" in feed
    status, headers, _ = ask(served, f"{prefix}/archive/articles/")
    assert (status, headers["location"]) == (302, "/news/archive/articles")


def test_another_path_that_begins_alike_is_not_cut(served: Datasette) -> None:
    assert ask(served, "/newspaper")[0] == 404
    assert ask(served, "/news")[0] == 200


def test_serve_under_a_prefix(archive: Path) -> None:
    with serving(archive, "--base-url", "news") as address:
        html = urllib.request.urlopen(f"{address}/news/archive/articles").read().decode()
    assert 'href="/news/archive/-/days"' in html
    done = CliRunner().invoke(main, ["serve", "--base-url", "https://example.org/news/"])
    assert (done.exit_code, "is no path; expected one such as /news/" in done.output) == (2, True)


@pytest.mark.parametrize("path", ["archive", "/archive/", "/archive/news/"])
def test_the_archives_own_address_is_no_prefix(path: str) -> None:
    done = CliRunner().invoke(main, ["serve", "--base-url", path])
    assert (done.exit_code, "begins as the archive's own addresses do" in done.output) == (2, True)
