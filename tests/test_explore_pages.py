"""Facets, days, names, changes, ready queries, charts and feeds: what they show, and how they ask."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as Xml

import pytest
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from sqlite_utils import Database
from test_explore import (
    EVIL,
    SEEN,
    SITE,
    article,
    fill,
    get,
    id_of,
    links,
    opened,
    page,
    poisoned,
    related,
)

from newscrawler.archive import Writer, open_archive
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.store import store_article
from newscrawler.explore import charts, counted, feed, meeting, queries, server
from newscrawler.explore.changes import Patience, compare, pieces
from newscrawler.explore.server import archive_datasette

ATOM = "{http://www.w3.org/2005/Atom}"
PAGES = (
    *("/", "/archive", "/archive/articles", "/archive/-/days", "/archive/-/day/2025-09-30"),
    *("/archive/-/sources", "/archive/-/categories", "/archive/-/editors", "/archive/-/queries"),
    *("/archive/-/charts", *(f"/archive/{query.name}" for query in queries.QUERIES)),
)
"""Every page of ours but those of one article."""


def living(path: Path) -> Path:
    """An archive with everything the pages tell of: changes, a vanished page, near copies, failures."""
    fill(
        path,
        article(11, related=[related(12), related(99, 2)]),
        article(12, related=[related(11), related(99, 2), related(98, 3, url=EVIL)]),
        article(13, source="极光报道", category="人工智能", published_at="2025-09-29T08:00:00+08:00"),
        article(14, source=None, editor=None, published_at=None, related=[related(13, title="你想不到")]),
    )
    with open_archive(path) as database:
        later = SEEN + timedelta(days=1)
        changed = article(11, title="固态电池第11号进展（更新）", body=article(11).body + "改了一句。")
        store_article(database, changed, seen_at=later)
        again = article(12, body=article(12).body, published_at="2025-09-30T13:00:00+08:00")
        store_article(database, again, seen_at=later)
        database.execute("update articles set gone_at = ? where url like '%/13.html'", [later.isoformat()])
        database.execute(
            "insert or ignore into near_duplicate_links(article_id, first_id, similarity)"
            " select a.id, b.id, 0.87 from articles a, articles b"
            " where a.url like '%/12.html' and b.url like '%/13.html'"
        )
        discover(database, [Discovery(f"{SITE}/77.html")], site="itbear", crawl_id=None, now=SEEN)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return living(tmp_path / "archive.db")


@pytest.fixture
def served(archive: Path) -> Iterator[Datasette]:
    with opened(archive_datasette(archive)) as datasette:
        yield datasette


def section(html: str, heading: str) -> str:
    return html.split(f"<h2>{heading}</h2>")[1].split("<h2>")[0]


# Facets and counts


def test_facets_count_what_there_is_and_narrow_down(served: Datasette) -> None:
    html = page(served, "/archive/articles")
    assert "<h1>4 articles</h1>" in html
    for heading, name, number in (
        ("Source", "互联网", 2),
        ("Category", "人工智能", 1),
        ("Editor", "快讯", 3),
    ):
        assert re.search(rf'>{name}</a> <span class="count">{number}</span>', section(html, heading))
    link = re.search(r'href="([^"]+)">互联网</a>', section(html, "Source"))
    assert link is not None
    narrowed = page(served, link[1].replace("&amp;", "&"))
    assert "<h1>2 articles</h1>" in narrowed
    assert "极光报道" not in section(narrowed, "Source")
    assert "<strong" in section(narrowed, "Source")


@pytest.mark.parametrize(
    "arguments",
    [
        "", "source_id=1", "source_id__exact=1", "editor_id=1&category_id=1", "published_date=2025-09-30",
        "published_date=2025-09-30&source_id=1", "source_id=999", "title__contains=13", "source_id__isnull=1",
        "source_id=1&source_id=2", "published_date=nonsense", "_sort=id",
    ],
)  # fmt: skip
def test_the_count_is_datasettes(served: Datasette, arguments: str) -> None:
    expected = get(served, f"/archive/articles.json?{arguments}").json()["filtered_table_rows_count"]
    heading = re.search(r"<h1>([^<]*)</h1>", page(served, f"/archive/articles?{arguments}"))
    assert heading is not None
    assert heading[1] == ("1 article" if expected == 1 else f"{expected} articles")


def test_our_arguments_are_not_carried_on(served: Datasette) -> None:
    html = page(served, "/archive/articles?_size=1&source_id=1")
    assert "_nocount" not in html
    assert "_nofacet" not in html


def test_facets_that_the_archive_does_not_keep_can_be_asked_for(served: Datasette) -> None:
    html = page(served, "/archive/articles?title__contains=固态")
    asked = re.search(r'href="([^"]+)">Source</a>', section(html, "Count by"))
    assert asked is not None
    assert "互联网" in section(page(served, asked[1].replace("&amp;", "&")), "Source")


# Days and names


def test_a_day_shows_what_was_published_and_promoted(served: Datasette, archive: Path) -> None:
    html = page(served, "/archive/-/day/2025-09-30")
    published, promoted = html.split("Promoted on this day</h2>")
    assert re.search(r'Published <span class="count">2</span>', published)
    assert f"/archive/articles/{id_of(archive, 12)}" in links(published)
    assert "极光报道" not in published
    assert "/archive/-/day/2025-09-29" in links(html)
    assert "Nothing was seen promoted" in promoted, "the crawl was on the next day"
    later = page(served, "/archive/-/day/2025-10-01")
    assert "Nothing was published" in later
    assert "2 times" in later
    assert f"{SITE}/99.html" in links(later)
    assert not [target for target in links(later) if target.startswith("javascript")]


def test_no_such_day(served: Datasette) -> None:
    for day in ("2025-02-30", "2025-13-01"):
        assert get(served, f"/archive/-/day/{day}").status_code == 404


def test_days_and_names(served: Datasette) -> None:
    days = page(served, "/archive/-/days")
    assert links(days).index("/archive/-/day/2025-09-30") < links(days).index("/archive/-/day/2025-09-29")
    assert "/archive/-/day/2025-09-30" not in links(page(served, "/archive/-/days?before=2025-09-29"))
    names = page(served, "/archive/-/sources")
    assert re.search(r'source_id=\d+">互联网</a> <span class="count">2</span>', names)


# What changed


def test_changes_show_the_field_and_the_words(served: Datasette, archive: Path) -> None:
    number = id_of(archive, 11)
    assert f"/archive/-/changes/{number}" in links(page(served, f"/archive/articles/{number}"))
    html = page(served, f"/archive/-/changes/{number}")
    assert '<dd lang="zh">固态电池第11号进展</dd>' in html
    assert '<dd lang="zh">固态电池第11号进展<ins>（更新）</ins></dd>' in html
    assert "<ins>改了一句。</ins>" in html
    assert "1 paragraph unchanged" in html
    unchanged = page(served, f"/archive/-/changes/{id_of(archive, 13)}")
    assert "has not changed" in unchanged
    assert get(served, "/archive/-/changes/1").status_code == 404


def test_an_earlier_revision_can_be_read_in_full(served: Datasette, archive: Path) -> None:
    number = id_of(archive, 11)
    then = f"/archive/articles/{number}?revision=1"
    assert then in links(page(served, f"/archive/-/changes/{number}"))
    html = page(served, then)
    assert '<h1 lang="zh">固态电池第11号进展</h1>' in html
    assert "改了一句" not in html
    assert "This is what revision 1 said, seen 2025-10-01 00:00 UTC to 2025-10-01 00:00 UTC." in html
    assert f"/archive/articles/{number}" in links(html)
    assert "改了一句" in page(served, f"/archive/articles/{number}?revision=2")
    assert "This is what revision" not in page(served, f"/archive/articles/{number}?revision=2")
    for none in ("0", "3", "first", "99999999999999999999"):
        answer = get(served, f"/archive/articles/{number}?revision={none}")
        assert (answer.status_code, "There is no such revision" in answer.text) == (404, True), none


def test_a_search_without_hits_says_what_to_do(served: Datasette) -> None:
    html = page(served, "/archive/articles?_search=%E9%BE%98%E9%BE%98&source_id=1")
    assert "fewer or shorter words find more" in html
    assert "/archive/articles?_search=%E9%BE%98%E9%BE%98" in links(html)
    assert "<title>龘龘: 0 articles</title>" in html
    assert "shorter words" not in page(served, "/archive/articles?source_id=999")


def test_pieces_keep_words_whole_and_lose_nothing() -> None:
    assert pieces("小米SU7卖了100辆", "小米YU7卖了200辆", Patience()) == [
        ("same", "小米"), ("del", "SU7"), ("ins", "YU7"), ("same", "卖了"), ("del", "100"), ("ins", "200"),
        ("same", "辆"),
    ]  # fmt: skip
    for old, new in (("", "新"), ("旧", ""), ("一二三四", "一x三y"), ("长" * 5000, "短")):
        made = pieces(old, new, Patience())
        assert "".join(text for mark, text in made if mark != "ins") == old
        assert "".join(text for mark, text in made if mark != "del") == new


def test_compare_counts_what_stayed() -> None:
    assert compare("甲\n\n乙\n\n丙", "甲\n\n乙\n\n丙\n\n丁", Patience()) == [
        {"same": 3},
        {"parts": [("ins", "丁")]},
    ]


def test_a_hostile_text_does_not_take_the_machine() -> None:
    texts = ["哈" * 200_000, "\n\n".join(["哈" * 999] * 200), "\n\n".join(["哈"] * 100_000)]
    started = time.process_time()
    for text in texts:
        for other in texts:
            changed = compare(text, other + "。", Patience())
            assert changed
    assert time.process_time() - started < 60


def test_an_article_names_the_same_story_told_by_others(served: Datasette, archive: Path) -> None:
    rows = get(served, "/archive/near_duplicates.json?_shape=array").json()
    later, first = (int(re.findall(r"/(\d+)\.html", rows[0][name])[0]) for name in ("url", "first_url"))
    for one, other in ((later, first), (first, later)):
        html = page(served, f"/archive/articles/{id_of(archive, one)}")
        others = section(html, "The same story told by others")
        assert f"/archive/articles/{id_of(archive, other)}" in links(others)
    assert re.search(r"\d+ % alike", others)


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("my.host", False),
    ],
)  # fmt: skip
def test_hosts_that_only_this_machine_reaches(host: str, alone: bool) -> None:
    assert server._is_loopback(host) is alone


# Ready queries


@pytest.mark.parametrize("query", queries.QUERIES, ids=lambda query: query.name)
def test_a_ready_query_answers_as_a_page_json_and_csv(served: Datasette, query: queries.Query) -> None:
    html = page(served, f"/archive/{query.name}")
    assert f"<h1>{query.title}</h1>" in html
    assert '<table class="results">' in html, "the archive of this test has something for every query"
    rows = get(served, f"/archive/{query.name}.json?_shape=array").json()
    assert rows
    assert set(rows[0]) - {"article_id", "source_id"} <= set(queries.COLUMNS)
    table = list(csv.DictReader(io.StringIO(get(served, f"/archive/{query.name}.csv").text)))
    assert len(table) == len(rows)


def test_what_the_ready_queries_find(served: Datasette) -> None:
    def titles(name: str, arguments: str = "") -> list[str]:
        rows = get(served, f"/archive/{name}.json?_shape=array{arguments}").json()
        return [row["title"] for row in rows]

    assert titles("today") == ["固态电池第12号进展", "固态电池第11号进展（更新）"]
    assert titles("today", "&day=2025-09-29") == ["固态电池第13号进展"]
    assert titles("silent_edits") == ["固态电池第11号进展（更新）"], "the other one printed another time"
    assert titles("vanished") == ["固态电池第13号进展"]
    assert titles("near_duplicate_clusters") == ["固态电池第13号进展"]
    assert titles("most_promoted", "&day=2025-09-01") == []
    assert set(titles("promoted_not_archived")) == {"固态电池第99号进展", "固态电池第98号进展"}
    pushed = get(served, "/archive/promoted_on_a_day.json?_shape=array&day=2025-10-01").json()
    assert {row["title"]: row["promoters"] for row in pushed}["固态电池第11号进展"] == 1
    assert titles("promoted_on_a_day", "&day=2025-09-01") == []
    other = get(served, "/archive/promoted_titles.json?_shape=array").json()
    assert [(row["title"], row["title_shown"]) for row in other] == [("固态电池第13号进展", "你想不到")]
    assert "固态电池第99号进展" in titles("promoted_never_listed")
    before = get(served, "/archive/changed_titles.json?_shape=array").json()[0]
    assert (before["title_before"], before["title"]) == ("固态电池第11号进展", "固态电池第11号进展（更新）")
    sources = get(served, "/archive/sources_over_time.json?_shape=array&source=极光报道").json()
    assert [(row["month"], row["articles"]) for row in sources] == [("2025-09", 1)]
    assert get(served, "/archive/pending_and_failures.json?_shape=array&state=failed").json() == []


def test_what_grows_comes_in_pages_and_says_so(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db", article(11))
    with open_archive(path) as database, database.atomic():
        waiting = [Discovery(f"{SITE}/{number}.html") for number in range(1000, 1000 + queries.PAGE + 3)]
        discover(database, waiting, site="itbear", crawl_id=None, now=SEEN)
    with opened(archive_datasette(path)) as datasette:
        first, second, third = (
            page(datasette, f"/archive/pending_and_failures?state=pending&page={number}")
            for number in (1, 2, 3)
        )
        assert "Rows 1 to 200" in first
        assert [link for link in links(first) if "page=" in link and "page=1" not in link] == [
            "/archive/pending_and_failures?state=pending&amp;page=2"
        ]
        assert "Rows 201 to 203" in second
        assert 'page=1" rel="prev"' in second
        assert 'rel="next"' not in second
        assert "Nothing found." in third
        assert 'page=2" rel="prev"' in third
        assert 'name="page"' not in first
        rows = [
            get(datasette, f"/archive/pending_and_failures.json?_shape=array{arguments}").json()
            for arguments in ("", "&page=2", "&page=nonsense", "&page=99999999999999999999")
        ]
        assert [len(found) for found in rows] == [200, 3, 200, 0]
        assert len({row["url"] for found in rows[:2] for row in found}) == 203
        assert "Rows" not in page(datasette, "/archive/vanished")


def plan(database: Database, sql: str, parameters: dict[str, Any]) -> str:
    return "\n".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", parameters))


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("query", queries.QUERIES, ids=lambda query: query.name)
def test_no_ready_query_walks_a_large_table(archive: Path, query: queries.Query, analyzed: bool) -> None:
    with open_archive(archive) as database:
        if analyzed:
            database.execute("ANALYZE")
        database.conn.create_function("url_key", 1, len)
        found = plan(database, query.sql, dict.fromkeys(query.params, ""))
    scans = [line for line in found.splitlines() if line.startswith("SCAN") and "USING" not in line]
    assert not [
        line for line in scans
        if re.search(r"SCAN (articles|bodies|blocks|block_items|links|sightings|revisions|ledger)\b", line)
    ], found  # fmt: skip
    assert not re.search(r"(SCAN|SEARCH) bodies", found), found


@pytest.mark.parametrize("column", ["source_id", "category_id", "editor_id", "site_id", "published_date"])
def test_a_narrowed_list_is_read_newest_first_without_sorting(archive: Path, column: str) -> None:
    with open_archive(archive) as database:
        sql = f"select * from articles where {column} = :p0 order by id desc limit 51"
        found = plan(database, sql, {"p0": 1})
    assert "TEMP B-TREE" not in found
    assert f"idx_articles_{column}" in found


# Charts


def test_charts_are_plain_svg(served: Datasette, archive: Path) -> None:
    paths = [f"/archive/-/chart/{name}.svg" for name in charts.CHARTS]
    paths.append(f"/archive/-/promotions/{id_of(archive, 12)}.svg")
    for path in paths:
        answer = get(served, path)
        assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8", path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        root = Xml.fromstring(answer.text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not [element for element in root.iter() if "script" in element.tag]
        assert "http://kozea" not in answer.text
        assert not re.search(r"(href|src)=\"(?!#)|@import|url\((?!#)", answer.text), path
    assert get(served, "/archive/-/chart/nonsense.svg").status_code == 404


def test_charts_say_the_figures(served: Datasette) -> None:
    assert "极光报道" in get(served, "/archive/-/chart/sources.svg").text
    assert "固态电池" in get(served, "/archive/-/chart/lifelines.svg").text


def test_an_empty_archive_has_empty_pages(tmp_path: Path) -> None:
    open_archive(tmp_path / "archive.db").conn.close()
    with opened(archive_datasette(tmp_path / "archive.db")) as datasette:
        for path in PAGES:
            page(datasette, path)
        assert "No articles yet." in page(datasette, "/archive/-/charts")
        assert "<img" not in page(datasette, "/archive/-/charts")
        for name in charts.CHARTS:
            Xml.fromstring(get(datasette, f"/archive/-/chart/{name}.svg").text)
        Xml.fromstring(get(datasette, "/archive/-/feed.atom").text)
        Xml.fromstring(get(datasette, "/archive/-/changes.atom").text)


# Feeds


def test_atom_feed(served: Datasette, archive: Path) -> None:
    answer = get(served, "/archive/-/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = Xml.fromstring(answer.text)
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 4
    by_id = {entry.findtext(f"{ATOM}id"): entry for entry in entries}
    changed = by_id[f"{SITE}/11.html"]
    assert changed.findtext(f"{ATOM}title") == "固态电池第11号进展（更新）"
    assert changed.findtext(f"{ATOM}published") == "2025-09-30T11:57:37+08:00"
    assert changed.findtext(f"{ATOM}updated") == (SEEN + timedelta(days=1)).isoformat()
    alternate = changed.find(f"{ATOM}link[@rel='alternate']")
    assert alternate is not None
    assert alternate.get("href") == f"http://localhost/archive/articles/{id_of(archive, 11)}"
    assert "<p>第二段。" in (changed.findtext(f"{ATOM}content") or "")
    for entry in entries:  # what RFC 4287 demands
        assert all(entry.findtext(f"{ATOM}{tag}") for tag in ("id", "title", "updated"))
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
    again = get(served, "/archive/-/feed.atom").headers["etag"]
    assert again == answer.headers["etag"]


def test_a_feed_that_did_not_change_is_not_sent_again(served: Datasette) -> None:
    import asyncio

    etag = get(served, "/archive/-/feed.atom").headers["etag"]
    answer = asyncio.run(served.client.get("/archive/-/feed.atom", headers={"if-none-match": etag}))
    assert (answer.status_code, answer.text) == (304, "")


def test_a_feed_of_what_changed(served: Datasette, archive: Path) -> None:
    answer = get(served, "/archive/-/changes.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    entries = Xml.fromstring(answer.text).findall(f"{ATOM}entry")
    assert len(entries) == 2
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert ids == [f"{SITE}/12.html#revision-2", f"{SITE}/11.html#revision-2"]
    entry = entries[1]
    assert entry.findtext(f"{ATOM}title") == "固态电池第11号进展（更新）"
    assert entry.findtext(f"{ATOM}summary") == "Title, Text; Title before: 固态电池第11号进展"
    assert entries[0].findtext(f"{ATOM}summary") == "Time"
    assert entry.findtext(f"{ATOM}updated") == (SEEN + timedelta(days=1)).isoformat()
    link = entry.find(f"{ATOM}link")
    assert link is not None
    where = str(link.get("href")).removeprefix("http://localhost")
    path, fragment = where.split("#")
    assert path == f"/archive/-/changes/{id_of(archive, 11)}"
    assert f'id="{fragment}"' in page(served, path)
    for name in ("", "/silent_edits", "/changed_titles"):
        assert "/archive/-/changes.atom" in links(page(served, f"/archive{name}"))


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ("source=极光报道", {13}), ("category=数字家电", {11, 12, 14}), ("editor=快讯", {11, 12, 13}),
        ("source=互联网&category=数字家电", {11, 12}), ("source=没有", set()), ("q=改了一句", {11}),
        ("q=极光不存在", set()), ('q="', set()), ("q=-", set()), ("q=固态电池&source=极光报道", {13}),
    ],
)  # fmt: skip
def test_feeds_by_source_category_and_search(served: Datasette, arguments: str, numbers: set[int]) -> None:
    found = get(served, f"/archive/-/feed.json?{arguments}").json()["items"]
    assert {int(re.findall(r"/(\d+)\.html", item["id"])[0]) for item in found} == numbers
    root = Xml.fromstring(get(served, f"/archive/-/feed.atom?{arguments}").text)
    assert len(root.findall(f"{ATOM}entry")) == len(numbers)


def test_a_list_leads_to_its_feed(served: Datasette) -> None:
    html = page(served, "/archive/articles?source_id=1&_search=电池")
    address = next(target for target in links(html) if "feed.atom" in target)
    root = Xml.fromstring(get(served, address.replace("&amp;", "&")).text)
    assert root.findtext(f"{ATOM}title") == "News archive · 互联网 · 电池"


@pytest.mark.parametrize(
    ("stored", "moment"),
    [
        ("2025-09-30T23:57:37+08:00", "2025-09-30T23:57:37+08:00"),
        ("2025-09-30", "2025-09-30T00:00:00+08:00"),
        ("<script>", None),
        (None, None),
    ],
)
def test_times_of_feeds(stored: object, moment: str | None) -> None:
    assert feed.when(stored) == moment


# Safe


def test_no_page_or_feed_carries_stored_html(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db", *poisoned(), article(23, title="坏\x00\x0b\ud7ff字\x1b"))
    with open_archive(path) as database:
        worse = poisoned()[0]
        worse.title, worse.body = f"{worse.title}2", f"{worse.body}2"
        store_article(database, worse, seen_at=SEEN + timedelta(days=1))
        database.execute("update articles set gone_at = '<script>alert(1)</script>'")
        database.execute("update ledger set last_error = ?, state = 'pending'", ["<script>alert(1)</script>"])
        ids = [row[0] for row in database.execute("select id from articles")]
    paths = [*PAGES, *(f"/archive/-/changes/{number}" for number in ids)]
    with opened(archive_datasette(path)) as datasette:
        for where in paths:
            answer = get(datasette, where)
            assert answer.status_code == 200, where
            assert "<script" not in answer.text, where
            assert "<img src=x" not in answer.text, where
            for target in links(answer.text):
                assert not re.match(r"\s*(javascript|data|vbscript):", target, re.IGNORECASE), (where, target)
            assert "'unsafe-inline'" not in answer.headers["content-security-policy"], where
        for name in charts.CHARTS:
            root = Xml.fromstring(get(datasette, f"/archive/-/chart/{name}.svg").text)
            assert not [element for element in root.iter() if "script" in element.tag]
        root = Xml.fromstring(get(datasette, "/archive/-/feed.atom").text)
        for text in (element.text or "" for element in root.iter(f"{ATOM}content")):
            assert "<script" not in text
            assert "<img" not in text
        changed = Xml.fromstring(get(datasette, "/archive/-/changes.atom").text)
        assert changed.findall(f"{ATOM}entry")
        for link in (*root.iter(f"{ATOM}link"), *changed.iter(f"{ATOM}link")):
            assert (link.get("href") or "").startswith(("http://", "https://"))
        feed_json = get(datasette, "/archive/-/feed.json")
        assert feed_json.headers["content-type"].startswith("application/feed+json")
        assert json.loads(feed_json.text)


def test_who_may_not_see_the_articles_sees_none_of_it(archive: Path) -> None:
    closed = {"databases": {"archive": {"tables": {"articles": {"allow": False}}}}}
    with opened(Datasette([str(archive)], metadata=closed)) as datasette:
        for path in (
            "days",
            "day/2025-09-30",
            "sources",
            "queries",
            "charts",
            "feed.atom",
            "changes.atom",
            "chart/hours.svg",
        ):
            assert get(datasette, f"/archive/-/{path}").status_code == 403
        for path in ("articles", f"articles/{id_of(archive, 11)}"):
            assert get(datasette, f"/archive/{path}").status_code == 403


def test_a_database_that_is_no_archive_has_none_of_it(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("create table articles (id integer primary key)")
    connection.close()
    with opened(Datasette([str(tmp_path / "other.db")])) as datasette:
        for path in ("days", "queries", "feed.atom", "changes.atom"):
            assert get(datasette, f"/other/-/{path}").status_code == 404


def test_sql_can_be_turned_off_and_the_ready_queries_stay(archive: Path) -> None:
    with opened(archive_datasette(archive, default_allow_sql=False)) as datasette:
        assert get(datasette, "/archive.json?sql=select+1").status_code == 403
        assert "固态电池" in page(datasette, "/archive/today")
        assert "Change it" not in page(datasette, "/archive/today")


@pytest.mark.parametrize(
    "sql",
    [
        "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n",
        "select length(randomblob(900000000))",
        "delete from articles",
        "attach 'other.db' as other",
        "select load_extension('x')",
    ],
)
def test_one_query_cannot_take_the_machine_or_change_it(archive: Path, sql: str) -> None:
    with opened(archive_datasette(archive, sql_time_limit_ms=300)) as datasette:
        assert get(datasette, f"/archive.json?sql={quote(sql)}").status_code == 400
        assert get(datasette, "/archive.json?sql=select+1").status_code == 200


def test_pages_speak_chinese(archive: Path) -> None:
    with opened(archive_datasette(archive, language="zh")) as datasette:
        for path in (*PAGES, f"/archive/articles/{id_of(archive, 11)}"):
            html = page(datasette, path)
            assert '<html lang="zh-Hans">' in html
            assert "新闻存档" in html
        assert "<h1>4 篇文章</h1>" in page(datasette, "/archive/articles")
        assert "手机版网址，" in page(datasette, f"/archive/articles/{id_of(archive, 11)}")


def test_states_and_classes_of_failures_are_said_in_chinese(archive: Path) -> None:
    with open_archive(archive) as database:
        database.execute("update ledger set last_error = 'short_body' where url like '%/77.html'")
    with opened(archive_datasette(archive, language="zh")) as datasette:
        html = page(datasette, "/archive/pending_and_failures?state=pending")
        assert '<option value="pending" selected>待抓取</option>' in html
        assert '<span title="pending">待抓取</span>' in html
        assert '<span title="short_body">页面不完整</span>' in html
    with opened(archive_datasette(archive, language="en")) as datasette:
        assert ">short_body</span>" in page(datasette, "/archive/pending_and_failures")


def test_narrowed_takes_only_what_the_counts_can_answer() -> None:
    from datasette.utils import MultiParams

    def of(**arguments: str) -> counted.Narrowed | None:
        return counted.narrowed(MultiParams({name: [value] for name, value in arguments.items()}))

    assert of() == counted.Narrowed()
    assert of(source_id="3", _next="x", _sort="id") == counted.Narrowed({"source_id": 3})
    assert of(published_date="2025-09-30") == counted.Narrowed({}, "2025-09-30")
    for no in ({"source_id": "x"}, {"source_id": "-1"}, {"title": "x"}, {"_search": "x"}, {"_where": "1"}):
        assert of(**no) is None


def test_facets_follow_what_a_crawl_adds_and_changes(served: Datasette, archive: Path) -> None:
    assert "新来源" not in page(served, "/archive/articles")
    with open_archive(archive) as database:
        store_article(database, article(31, source="新来源"), seen_at=SEEN + timedelta(days=2))
        assert re.search(r">新来源</a> <span[^>]*>1<", page(served, "/archive/articles"))
        store_article(database, article(13, source="新来源"), seen_at=SEEN + timedelta(days=3))
    html = page(served, "/archive/articles")
    assert re.search(r">新来源</a> <span[^>]*>2<", html)
    assert "极光报道" not in section(html, "Source")


@pytest.mark.parametrize("walk", [0, 20_000])
def test_names_that_seldom_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, walk: int) -> None:
    """What the indexes have in common is what a walk would have found, page by page and in both orders."""
    monkeypatch.setattr(meeting, "LONG_WALK", walk)
    many = [
        article(number, source="甲" if number % 2 else "乙", editor=f"编辑{number % 3}")
        for number in range(30)
    ]
    path = fill(tmp_path / "archive.db", *many)
    with open_archive(path, read_only=True) as database:
        number = database.execute("select id from sources where name = '甲'").fetchone()[0]
        editor = database.execute("select id from editors where name = '编辑0'").fetchone()[0]
        common = [
            row[0]
            for row in database.execute(
                "select title from articles where source_id = ? and editor_id = ? order by id desc",
                [number, editor],
            )
        ]
    assert len(common) == 5
    with opened(archive_datasette(path)) as datasette:
        for order, expected in ({}, common), ({"_sort": "id"}, common[::-1]):
            arguments = {"source_id": number, "editor_id": editor, "_size": 2, **order}
            where = f"/archive/articles?{urlencode(arguments)}"
            shown: list[str] = []
            while where:
                html = page(datasette, where)
                assert "<h1>5 articles</h1>" in html
                shown += re.findall(r"<h3[^>]*><a[^>]*>(.*?)</a>", html)
                following = re.search(r'<a href="([^"]+)" rel="next">', html)
                where = (
                    following[1].removeprefix("http://localhost").replace("&amp;", "&") if following else ""
                )
            assert shown == expected
        assert "<h1>0 articles</h1>" in page(datasette, "/archive/articles?source_id=1&editor_id=999")
        table = page(
            datasette, f"/archive/articles?source_id={number}&editor_id={editor}&_view=table&_size=2"
        )
        assert "5 rows" in table


def test_the_page_of_all_tables_counts_what_is_few(
    served: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counts() -> dict[str, int | None]:
        return {table["name"]: table["count"] for table in get(served, "/archive.json").json()["tables"]}

    assert counts()["articles"] == 4
    monkeypatch.setattr(server, "MANY", 3)
    assert counts()["articles"] is None
    assert counts()["sources"] == 2
    assert "CREATE TABLE" not in page(served, "/archive")
    assert "articles_fts" in page(served, "/archive?_view=tables&_show_hidden=1")


def test_an_archive_that_takes_too_long_gets_a_sentence(
    served: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = served.databases["archive"]
    execute = database.execute

    async def slow(sql: str, *arguments: Any, **options: Any) -> Any:
        if "select 1" not in sql and "sqlite_master" not in sql:
            raise QueryInterrupted(None, sql, {})
        return await execute(sql, *arguments, **options)

    monkeypatch.setattr(database, "execute", slow)
    for path in ("-/days", "-/day/2025-09-30", "-/feed.atom", "-/chart/hours.svg", "-/sources"):
        answer = get(served, f"/archive/{path}")
        assert (answer.status_code, "took too long" in answer.text) == (503, True), path
    answer = get(served, "/archive/today")
    assert "too long" in answer.text or "Too many to count here" in answer.text


def test_pages_while_a_crawl_writes(served: Datasette, archive: Path) -> None:
    """No page fails with a lock, and what was stored is there on reload."""
    stop = threading.Event()
    stored: list[int] = []

    def crawl() -> None:
        with Writer(archive) as writer:
            while not stop.is_set():
                number = 1000 + len(stored)
                one = article(number, related=[related(11)])
                writer.submit(lambda database, one=one: store_article(database, one, seen_at=SEEN)).result()  # type: ignore[misc]
                stored.append(number)

    with ThreadPoolExecutor(1) as pool:
        crawling = pool.submit(crawl)
        try:
            for path in PAGES:
                before = len(stored)
                page(served, path)
            heading = re.search(r"<h1>(\d+) articles", page(served, "/archive/articles"))
        finally:
            stop.set()
        crawling.result()
    assert heading is not None
    assert 4 + before <= int(heading[1]) <= 4 + len(stored)
    assert before, "the crawl was writing all the time"
