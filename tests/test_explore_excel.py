"""CSV for spreadsheets, and that a list's CSV is the whole list."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from datasette.app import Datasette
from test_explore import article, fill, get, opened, page

from newscrawler.archive.spreadsheet import cell
from newscrawler.explore import pages
from newscrawler.explore.server import archive_datasette

FORMULA = '=HYPERLINK("http://a.example","点")'


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Datasette]:
    """Seven articles, five of which a page of data holds."""
    articles = [article(number) for number in range(11, 17)]
    long = "=" + "固态电池" * 60_000
    path = fill(tmp_path / "archive.db", *articles, article(17, title=FORMULA, body=f"{long}\n\n二"))
    with opened(archive_datasette(path, max_returned_rows=5, default_page_size=3)) as datasette:
        yield datasette


def linked(html: str, words: str) -> str:
    """Where the link that reads ``words`` leads."""
    found = re.search(rf'<a href="([^"]*)">{words}</a>', html)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize("path", ["/archive/articles", "/archive/articles?_search=固态电池"])
def test_the_csv_of_a_list_is_all_of_it(served: Datasette, path: str) -> None:
    html = page(served, path)
    assert "<h1>7 articles</h1>" in html
    for words in ("CSV", "CSV for Excel"):
        table = get(served, linked(html, words)).text.removeprefix("\ufeff")
        assert len(list(csv.DictReader(io.StringIO(table, newline="")))) == 7, words


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [("", True), ("?_sort=id", True), ("?_search=固态电池", False), ("?_sort=title", False)],
)
def test_what_cannot_be_had_whole_says_so(
    served: Datasette, monkeypatch: pytest.MonkeyPatch, arguments: str, whole: bool
) -> None:
    monkeypatch.setattr(pages, "STREAMED", 6)
    html = page(served, f"/archive/articles{arguments}")
    assert ("CSV: the first 1,000" in html) is not whole
    for words in ("CSV", "CSV for Excel"):
        table = get(served, linked(html, words)).text.removeprefix("\ufeff")
        assert len(list(csv.DictReader(io.StringIO(table, newline="")))) == (7 if whole else 5), words


def test_excel_finds_a_mark_and_no_formulas(served: Datasette) -> None:
    answer = get(served, linked(page(served, "/archive/articles"), "CSV for Excel"))
    assert answer.content.startswith(b"\xef\xbb\xbfid,")
    assert answer.content.count(b"\xef\xbb\xbf") == 1
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0]["title"] == "'" + FORMULA
    assert rows[1]["title"] == "固态电池第16号进展"
    bodies = get(served, "/archive/news.csv?_size=max&_sort_desc=id&_excel=1").content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(bodies, newline="")))["body"].startswith("'=固态电池")


def test_what_does_not_ask_for_it_stays_as_it_is(served: Datasette) -> None:
    answer = get(served, "/archive/articles.csv")
    assert answer.content.startswith(b"id,")
    assert '"=HYPERLINK(' in answer.text
    assert get(served, "/archive/articles.json?_excel=1&_shape=array").json()[0]["title"] == FORMULA
    assert get(served, "/archive/nothing.csv?_excel=1").status_code == 404


def test_ready_queries_have_it_too(served: Datasette) -> None:
    where = linked(page(served, "/archive/today?day=2025-09-30"), "CSV for Excel")
    assert "day=2025-09-30" in where
    assert get(served, where).content.startswith(b"\xef\xbb\xbfarticle_id,")


@pytest.mark.parametrize("first", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_no_beginning_of_a_formula_is_left(first: str) -> None:
    assert cell(f"{first}SUM(A1)") == f"'{first}SUM(A1)"
    assert cell(f"a{first}SUM(A1)") == f"a{first}SUM(A1)"
