"""Wrong addresses and questions: a page that says so, with a way on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Chromium
from datasette.app import Datasette
from test_explore import article, fill, get, links, opened
from test_explore_browser import browser as browser
from test_explore_browser import page as page
from test_explore_browser import serving

from newscrawler.explore.headers import STRICT
from newscrawler.explore.server import archive_datasette

ENDLESS = "with recursive t(n) as (select 1 union all select n %2B 1 from t) select max(n) from t"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("wrong") / "archive.db", article(11))


@pytest.fixture
def served(archive: Path) -> Iterator[Datasette]:
    with opened(archive_datasette(archive, sql_time_limit_ms=100)) as datasette:
        yield datasette


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/archive/nothing", 404, "There is nothing at this address."),
        ("/archive/articles/5", 404, "There is nothing at this address."),
        ("/archive/articles/a/b", 404, "There is nothing at this address."),
        ("/elsewhere", 404, "There is nothing at this address."),
        ("/archive/-/day/2025-02-30", 404, "There is no such day"),
        ("/archive/-/changes/5", 404, "There is no such article"),
        ("/archive?sql=selec", 400, "Statement must be a SELECT"),
        (f"/archive?sql={ENDLESS}", 400, "This takes longer than a query may."),
        ("/archive/articles?_where=missing=1", 400, "no such column: missing"),
        ("/archive/articles?_search_nothing=x", 400, "Cannot search by"),
        ("/archive/articles?_size=many", 400, "_size must be a positive integer"),
    ],
)
def test_a_wrong_address_has_a_way_on(served: Datasette, path: str, status: int, words: str) -> None:
    answer = get(served, path)
    assert answer.status_code == status
    assert words in answer.text
    assert {"/archive", "/archive/articles", "/archive/-/days", "/archive/-/queries"} <= set(
        links(answer.text)
    )
    assert '<input id="search"' in answer.text
    assert answer.headers["content-security-policy"] == STRICT
    assert "<script" not in answer.text


def test_sql_can_be_corrected_where_it_failed(served: Datasette) -> None:
    html = get(served, "/archive?sql=selec</textarea>:x&x=7").text
    assert '<form class="sql" action="/archive">' in html
    assert ">selec&lt;/textarea&gt;:x</textarea>" in html
    assert '<input type="hidden" name="x" value="7">' in html
    assert 'class="sql"' not in get(served, "/archive/nothing").text


def test_programs_get_datasettes_answer(served: Datasette) -> None:
    answer = get(served, "/archive/nothing.json")
    assert (answer.status_code, answer.json()["error"]) == (404, "Table not found")


def test_it_is_said_in_chinese(served: Datasette) -> None:
    answer = asyncio.run(served.client.get("/archive/-/day/2025-02-30", headers={"accept-language": "zh-CN"}))
    assert "此网址没有页面。" in answer.text
    assert "没有这一天" in answer.text


def test_who_may_not_see_the_archive_and_other_databases_get_datasettes(archive: Path) -> None:
    closed = Datasette([str(archive)], metadata={"databases": {"archive": {"allow": False}}})
    other = Datasette([str(archive)], memory=True, metadata={})
    for datasette, path in ((closed, "/archive/nothing"), (other, "/elsewhere/nothing")):
        with opened(datasette):
            if datasette is other:
                datasette.add_memory_database("another")
            answer = get(datasette, path)
            assert answer.status_code in {403, 404}
            assert "newscrawler" not in answer.text


def test_a_reader_finds_the_way_back(page: Chromium, archive: Path) -> None:
    with serving(archive) as address:
        page.go(f"{address}/archive/articles/5")
        assert "nothing at this address" in page.run("document.title")
        page.run("document.querySelector('#search').focus()")
        page.ask("Input.insertText", text="固态电池")
        page.press("Enter", 13)
        assert page.run("document.querySelectorAll('.stories li').length") == 1
        page.go(f"{address}/archive?sql=selec+title+from+news")
        page.follow(
            "document.querySelector('#sql').value = 'select title from news';"
            " document.querySelector('form.sql button').click()"
        )
        assert "固态电池第11号进展" in page.run("document.body.innerText")
