"""Search in Datasette: the box of its table pages, the list's, and every format."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from conftest import environment
from datasette.app import Datasette

from newscrawler.archive import open_archive
from newscrawler.archive.store import store_article
from newscrawler.explore import searching
from newscrawler.explore.server import archive_datasette
from newscrawler.items import Article, RelatedItem

SEEN = datetime(2025, 10, 1, tzinfo=UTC)
TEXTS = [
    ("小米SU7 Ultra上市", "门店排起长队。"),
    ("雷軍談固態電池", "他还提到了小米汽车与ＡＩ芯片。"),
    ("<script>alert(1)</script>&小米", "正文 <img src=x onerror=alert(1)> 小米。"),
    ("固态电池量产", "首发，现在就能买到。" * 30 + "最后才说到小米SU7。"),
    ("没有关系的一篇", "天气很好。"),
]
NASTY = [
    '"',
    "'",
    "-",
    "*",
    "^",
    "小米^*:(",
    "a AND (",
    "NOT",
    'x" OR "',
    "%00",
    "{title}:x",
    "；",
    "🚀",
    "\0",
    "a" * 5000,
]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The last of TEXTS is the newest."""
    with open_archive(tmp_path / "archive.db") as database, database.atomic():
        for number, (title, body) in enumerate(TEXTS):
            items = [RelatedItem(1, f"热门：{title}", "https://a.example/1.html", "摘要里的小米")]
            article = Article(
                url=f"https://www.itbear.com.cn/html/2025-09/{number}.html",
                site="itbear",
                title=title,
                body=body,
                published_at=f"2025-09-{number + 1:02}T08:00:00+08:00",
                source="互联网" if number % 2 else "新华社",
                related=items if number < 3 else [],
            )
            store_article(database, article, seen_at=SEEN)
    return tmp_path / "archive.db"


@contextlib.contextmanager
def opened(datasette: Datasette) -> Iterator[Datasette]:
    """Close what Datasette itself leaves open."""
    try:
        yield datasette
    finally:
        if datasette.executor is not None:
            datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()


@pytest.fixture
def served(archive: Path) -> Iterator[Datasette]:
    with opened(archive_datasette(archive)) as datasette:
        yield datasette


def get(datasette: Datasette, path: str, **arguments: str) -> Any:
    return asyncio.run(datasette.client.get(f"{path}?{urlencode(arguments)}" if arguments else path))


def page(datasette: Datasette, path: str, **arguments: str) -> str:
    answer = get(datasette, path, **arguments)
    assert answer.status_code == 200, (path, arguments, answer.text[:500])
    return str(answer.text)


def listed(html: str) -> list[int]:
    """The numbers of the articles that the list shows."""
    titles = [re.sub(r"<[^>]+>", "", title) for title in re.findall(r"<h3[^>]*>(.*?)</h3>", html)]
    plain = [title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for title, _ in TEXTS]
    return [plain.index(title) for title in titles]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("小米", [3, 2, 1, 0]),
        ("米", [3, 2, 1, 0]),
        ("固态电池", [3, 1]),
        ("小米SU7", [3, 0]),
        ("su", [3, 0]),
        ("ai芯片", [1]),
        ('"雷军 谈"', [1]),
        ("小米 -SU7", [2, 1]),
        ("发现", []),
        ("", [4, 3, 2, 1, 0]),
        ("！", []),
    ],
)
def test_the_list_finds_newest_first(served: Datasette, text: str, numbers: list[int]) -> None:
    html = page(served, "/archive/articles", _search=text)
    assert listed(html) == numbers
    assert re.search(r'<input id="search"[^>]*name="_search"', html)
    found = get(served, "/archive/articles.json", _search=text, _shape="array").json()
    assert [row["title"] for row in found] == [TEXTS[number][0] for number in numbers]


def test_the_list_marks_what_was_found_and_runs_nothing(served: Datasette) -> None:
    html = page(served, "/archive/articles", _search="小米su7 script")
    assert listed(html) == []
    html = page(served, "/archive/articles", _search="小米")
    assert "<mark>小米</mark>SU7 Ultra上市" in html
    assert "最后才说到<mark>小米</mark>SU7" in html, "the place in the body, not its beginning"
    html = page(served, "/archive/articles", _search="alert")
    assert "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("table", ["articles", "news", "links", "related_items"])
def test_datasettes_own_tables_have_the_box(archive: Path, table: str) -> None:
    with opened(Datasette([str(archive)])) as datasette:  # datasette archive.db
        html = page(datasette, f"/archive/{table}", _search="固态电池", _view="table")
        assert re.search(r'<input id="_search"[^>]*name="_search" value="固态电池"', html)
        rows = get(datasette, f"/archive/{table}.json", _search="固态电池", _shape="array").json()
        key = "title" if table in {"articles", "news", "links"} else "item_title"
        expected = {
            "articles": ["固态电池量产", "雷軍談固態電池"],
            "news": ["固态电池量产", "雷軍談固態電池"],
        }
        assert [row[key] for row in rows] == expected.get(table, ["热门：雷軍談固態電池"])


def test_a_column_by_itself(served: Datasette) -> None:
    titles = get(served, "/archive/articles.json", _search_title="小米", _shape="array").json()
    assert [row["title"] for row in titles] == [TEXTS[2][0], TEXTS[0][0]]
    both = get(served, "/archive/articles.json", _search_title="小米", _search_body="正文", _shape="array")
    assert [row["title"] for row in both.json()] == [TEXTS[2][0]]
    answer = get(served, "/archive/articles", _search_nothing="小米")
    assert answer.status_code == 400
    assert "title, body" in answer.text


@pytest.mark.parametrize("text", NASTY)
def test_no_text_is_an_error(served: Datasette, text: str) -> None:
    for table in ("articles", "news", "links", "related_items"):
        for more in ({}, {"_view": "table"}, {"_searchmode": "raw"}, {"_search_title": text}):
            page(served, f"/archive/{table}", _search=text, **more)
    assert get(served, "/archive.json", sql="select escape_fts(:q)", q=text).status_code == 200


def test_search_goes_with_filters_facets_and_order(served: Datasette) -> None:
    html = page(served, "/archive/articles", _search="小米", source_id="1")
    assert listed(html) == [2, 0]
    assert listed(page(served, "/archive/articles", _search="小米", _sort="id")) == [0, 1, 2, 3]
    data = get(served, "/archive/articles.json", _search="小米", _facet="source_id").json()
    facet = data["facet_results"]["source_id"]["results"]
    assert {value["label"]: value["count"] for value in facet} == {"互联网": 2, "新华社": 2}
    assert data["filtered_table_rows_count"] == 4


def test_what_is_found_everywhere_is_not_collected_first(
    served: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "WIDE", 4)
    asked: list[str] = []
    database = served.get_database("archive")
    execute = database.execute

    async def recorded(sql: str, *arguments: Any, **options: Any) -> Any:
        asked.append(sql)
        return await execute(sql, *arguments, **options)

    monkeypatch.setattr(database, "execute", recorded)

    def collected() -> bool:
        return any("in (select rowid from articles_fts" in sql for sql in asked)

    html = page(served, "/archive/articles", _search="小米", _size="2")
    assert ">4 articles<" in html.replace("</h1>", "<"), "the count is of all"
    assert listed(html) == [3, 2]
    following = re.search(r'<a href="([^"]+)" rel="next">', html)
    assert following is not None
    path = following[1].removeprefix("http://localhost").replace("&amp;", "&")
    assert listed(page(served, path)) == [1, 0]
    assert listed(page(served, "/archive/articles", _search="小米", _size="2", _sort="id")) == [0, 1]
    assert listed(page(served, "/archive/articles", _search="小米", _size="2", _sort_desc="id")) == [3, 2]
    table = page(served, "/archive/articles", _search="小米", _size="2", _view="table")
    assert "4 rows" in table
    assert TEXTS[3][0] in table
    assert TEXTS[0][0] not in table
    found = get(served, "/archive/articles.json", _search="小米", _size="2", _shape="array")
    assert [row["title"] for row in found.json()] == [TEXTS[number][0] for number in (3, 2)]
    assert 'rel="next"' in found.headers["link"]
    news = get(served, "/archive/news.json", _search="小米", _size="2", _shape="array")
    assert [row["title"] for row in news.json()] == [TEXTS[number][0] for number in (3, 2)]
    assert not collected()
    for more in ({"_facet": "source_id"}, {"_sort": "title"}, {"title__contains": "小米"}):
        asked.clear()
        page(served, "/archive/articles", _search="小米", **more)
        assert collected(), more
    assert get(served, "/archive/articles.json", _search="小米").json()["filtered_table_rows_count"] == 4


@pytest.mark.parametrize("few", [0, 2000])
def test_a_search_within_names_and_a_day(
    served: Datasette, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(searching, "FEW", few)
    one: dict[str, str]
    for one, numbers in (
        ({"source_id": "1"}, [2, 0]),
        ({"source_id": "2"}, [3, 1]),
        ({"source_id": "999"}, []),
        ({"published_date": "2025-09-02"}, [1]),
        ({"published_date": "2025-09-02", "source_id": "1"}, []),
    ):
        html = page(served, "/archive/articles", _search="小米", **one)
        assert listed(html) == numbers
        assert re.search(rf"<h1>{len(numbers)} articles?</h1>", html)
    html = page(served, "/archive/articles", _search="小米", source_id="1", _size="1")
    assert "<h1>2 articles</h1>" in html
    assert listed(html) == [2]
    following = re.search(r'<a href="([^"]+)" rel="next">', html)
    assert following is not None
    path = following[1].removeprefix("http://localhost").replace("&amp;", "&")
    assert listed(page(served, path)) == [0]
    assert "2 rows" in page(served, "/archive/articles", _search="小米", source_id="1", _view="table")


def test_too_many_to_be_counted(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    async def too_long(*arguments: Any, **options: Any) -> None:
        return None

    monkeypatch.setattr(searching, "WIDE", 4)
    monkeypatch.setattr(searching, "figure", too_long)
    html = page(served, "/archive/articles", _search="小米", _size="2")
    assert "<h1>More than 3 articles</h1>" in html
    assert listed(html) == [3, 2]
    assert "matches" in page(served, "/archive/articles", _search="小米", _size="2", _view="table")


def test_what_was_slow_to_find_is_not_counted(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(*arguments: Any, **options: Any) -> None:
        raise AssertionError("counted")

    monkeypatch.setattr(searching, "WIDE", 4)
    monkeypatch.setattr(searching, "COUNTED_WITHIN_MS", 0)
    monkeypatch.setattr(searching, "figure", asked)
    assert "<h1>More than 3 articles</h1>" in page(served, "/archive/articles", _search="小米", _size="2")


def test_sql_can_ask_and_foreign_databases_keep_their_search(archive: Path, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("create table notes (text)")
        connection.execute("create virtual table notes_fts using fts5(text, content=[notes])")
        connection.execute("insert into notes values ('小米 here')")
        connection.execute("insert into notes_fts(notes_fts) values ('rebuild')")
        connection.commit()
    with opened(Datasette([str(archive), str(tmp_path / "other.db")])) as datasette:
        sql = (
            "select title from news where id in (select rowid from articles_fts"
            " where articles_fts match escape_fts('雷军')) order by id desc"
        )
        assert get(datasette, "/archive.json", sql=sql, _shape="arrays").json()["rows"] == [
            ["雷軍談固態電池"]
        ]
        found = get(datasette, "/other/notes.json", _search="小米 here", _shape="array").json()
        assert [row["text"] for row in found] == ["小米 here"]
        answer = get(datasette, "/other.json", sql="select escape_fts('小米 x')", _shape="arrays").json()
        assert answer["rows"] == [['"小米" "x"']]


def test_over_http(archive: Path) -> None:
    command = [sys.executable, "-m", "newscrawler.cli", "serve", "--archive", str(archive), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address is not None
            for text, number in (("小米", 4), ("固态电池", 2), ("ＳＵ７", 2), ('"', 0), ("雷軍 -小米", 0)):
                url = f"{address[0]}/articles.json?_shape=array&_search={quote(text)}"
                with urllib.request.urlopen(url, timeout=10) as answer:
                    assert len(json.load(answer)) == number, text
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
