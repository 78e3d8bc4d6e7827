"""The archive in Datasette: what its pages show, what they never run, and how ``serve`` starts and ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import environment
from datasette.app import Datasette
from sqlite_utils import Database

from newscrawler.archive import captures, open_archive
from newscrawler.archive.captures import Capture
from newscrawler.archive.crawls import begin_crawl, finish_crawl
from newscrawler.archive.store import store_article
from newscrawler.cli import main
from newscrawler.explore import show
from newscrawler.explore.server import archive_datasette
from newscrawler.explore.show import shaped
from newscrawler.identity import key64
from newscrawler.items import Article, Image, Page, RelatedItem

SEEN = datetime(2025, 10, 1, 0, 0, tzinfo=UTC)
SITE = "https://www.itbear.com.cn/html/2025-09"
SCRIPT = "<script>alert('%s')</script>\"'><img src=x onerror=alert(1)>"
EVIL = "javascript:alert(document.domain)"


def article(number: int, **fields: Any) -> Article:
    """An ordinary article of 30 September 2025, the later the higher its number."""
    url = f"{SITE}/{number}.html"
    usual: dict[str, Any] = {
        "url": url,
        "site": "itbear",
        "title": f"固态电池第{number}号进展",
        "body": f"第{number}段正文写得很长，{'说的是固态电池与人形机器人的量产，' * 5}到此为止。\n\n第二段。",
        "published_at": f"2025-09-30T{number % 24:02}:57:37+08:00",
        "published_precision": "second",
        "source": "互联网",
        "editor": "快讯",
        "category": "数字家电",
        "page": Page(url=url, body=b"", aliases=[(url.replace("www.", "m."), "mobile")]),
    }
    return Article(**{**usual, **fields})


def related(number: int, position: int = 1, **fields: Any) -> RelatedItem:
    usual: dict[str, Any] = {
        "position": position,
        "title": f"固态电池第{number}号进展",
        "url": f"{SITE}/{number}.html",
        "summary": "供应商的态度…",
        "date": "2025-09-30",
    }
    return RelatedItem(**{**usual, **fields})


def fill(path: Path, *articles: Article) -> Path:
    """An archive at ``path`` with these articles, stored by one crawl."""
    database = open_archive(path)
    try:
        crawl = begin_crawl(database, "itbear", "{}", now=SEEN, pid=1, host="here")
        for one in articles:
            store_article(database, one, seen_at=SEEN, crawl_id=crawl)
        end = SEEN + timedelta(minutes=5)
        counts = {"new": len(articles), "updated": 0, "unchanged": 0, "failed": 1, "quarantined": 0}
        finish_crawl(database, crawl, reason="finished", requests=9, exit_code=4, now=end, **counts)
    finally:
        database.conn.close()
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three articles; the second promotes the first and one that was never archived."""
    images = [Image("https://img.itbear.com.cn/1.jpg", "电池样品"), Image(EVIL, "坏图")]
    items = [related(11), related(99, 2), related(98, 3, url=EVIL)]
    return fill(
        tmp_path / "my news.db",
        article(11),
        article(12, related=items, related_heading="更多热门内容", images=images),
        article(13, body=article(11).body, source="极光报道", category="人工智能"),
    )


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


def get(datasette: Datasette, path: str) -> Any:
    return asyncio.run(datasette.client.get(path))


def page(datasette: Datasette, path: str) -> str:
    answer = get(datasette, path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return str(answer.text)


def id_of(archive: Path, number: int) -> int:
    database = Database(archive)
    try:
        sql = "select id from articles where url = ?"
        return int(database.execute(sql, [f"{SITE}/{number}.html"]).fetchone()[0])
    finally:
        database.conn.close()


def links(html: str) -> list[str]:
    return re.findall(r'(?:href|src|action)="([^"]*)"', html)


# What the pages show


@pytest.mark.parametrize("path", ["/", "/archive"])
def test_home_says_what_the_archive_is(served: Datasette, path: str) -> None:
    html = page(served, path)
    assert ">3</a>" in html
    assert "2025-09-30" in html
    assert "固态电池第13号进展" in html
    assert "极光报道" in html
    crawl = " ".join(re.sub(r"<[^>]+>", "", html).split())
    assert "Last crawl: itbear, 2025-10-01 00:00 UTC, finished after 5 min: 3 new" in crawl
    assert "1 failed" in crawl


def test_home_of_an_archive_without_articles(tmp_path: Path) -> None:
    open_archive(tmp_path / "empty.db").conn.close()
    with opened(archive_datasette(tmp_path / "empty.db")) as datasette:
        assert "No articles yet" in page(datasette, "/archive")
        assert "Nothing fits" in page(datasette, "/archive/articles")


def test_home_while_the_first_crawl_runs(tmp_path: Path) -> None:
    database = open_archive(tmp_path / "new.db")
    try:
        begin_crawl(database, "itbear", "{}", now=SEEN, pid=1, host="here")
        with opened(archive_datasette(tmp_path / "new.db")) as datasette:
            assert "A crawl of itbear runs since" in page(datasette, "/archive")
            store_article(database, article(11), seen_at=SEEN)
            assert "固态电池第11号进展" in page(datasette, "/archive")
    finally:
        database.conn.close()


def test_list_is_newest_first_with_names_facets_and_first_lines(served: Datasette) -> None:
    html = page(served, "/archive/articles")
    titles = re.findall(r"<h3[^>]*><a[^>]*>([^<]*)</a>", html)
    assert titles == [f"固态电池第{n}号进展" for n in (13, 12, 11)]
    assert "第12段正文写得很长" in html
    assert "2025-09-30 12:57" in html
    for heading, name in (("Source", "互联网"), ("Category", "人工智能"), ("Editor", "快讯")):
        section = html.split(f"<h2>{heading}</h2>")[1].split("<h2>")[0]
        assert f">{name}</a>" in section


def test_list_names_its_filters_and_can_drop_them(served: Datasette) -> None:
    source = get(served, "/archive/sources.json?_shape=array&name=极光报道").json()[0]["id"]
    html = page(served, f"/archive/articles?source_id={source}&title__contains=13&published_date=2025-09-30")
    assert "<h1>1 article</h1>" in html
    for words in ("Source: 极光报道", "Title contains 13", "Day: 2025-09-30"):
        assert f'<span lang="zh">{words}</span>' in html
    assert f"/archive/articles?source_id={source}&amp;published_date=2025-09-30" in links(html)


def test_list_pages_on(served: Datasette) -> None:
    html = page(served, "/archive/articles?_size=2")
    following = re.search(r'<a href="([^"]+)" rel="next">', html)
    assert following is not None
    next_path = following[1].removeprefix("http://localhost").replace("&amp;", "&")
    titles = re.findall(r"<h3[^>]*><a[^>]*>([^<]*)</a>", page(served, next_path))
    assert titles == ["固态电池第11号进展"]


def test_list_as_a_plain_table(served: Datasette) -> None:
    for arguments in ("_view=table", "_col=title"):
        assert 'class="rows-and-columns"' in page(served, f"/archive/articles?{arguments}")
    html = page(served, "/archive/articles?_view=table")
    assert re.search(r'<a href="/archive/sources/\d+">极光报道</a>', html)


def test_article_page(served: Datasette, archive: Path) -> None:
    html = page(served, f"/archive/articles/{id_of(archive, 12)}")
    assert '<h1 lang="zh">固态电池第12号进展</h1>' in html
    assert html.count("<p>第12段正文写得很长") == 1
    assert "<p>第二段。</p>" in html
    for text in (
        "2025-09-30 12:57",
        "互联网",
        "快讯",
        "数字家电",
        "更多热门内容",
        "供应商的态度…",
        "电池样品",
    ):
        assert text in html
    assert f"/archive/articles/{id_of(archive, 11)}" in links(html), (
        "a related item leads to what is archived"
    )
    assert f"{SITE}/99.html" in links(html), "one that is not archived leads to the site"
    assert f"{SITE.replace('www.', 'm.')}/12.html" in links(html), "aliases are shown"
    assert "https://img.itbear.com.cn/1.jpg" in links(html)


def test_article_page_says_who_promoted_it_and_what_it_copies(served: Datasette, archive: Path) -> None:
    promoted = page(served, f"/archive/articles/{id_of(archive, 11)}")
    section = promoted.split("<h2>Promoted by</h2>")[1]
    assert "固态电池第12号进展" in section
    assert "at position 1" in section
    assert "<h2>Exact copies</h2>" in promoted
    copy = page(served, f"/archive/articles/{id_of(archive, 13)}")
    assert f'An exact copy of <a lang="zh" href="/archive/articles/{id_of(archive, 11)}">' in copy


def test_article_page_of_a_changed_and_vanished_one(archive: Path) -> None:
    database = open_archive(archive)
    later = SEEN + timedelta(days=1)
    changed = article(11, body="全文已经改写，与从前完全不同。", related=[related(13)])
    store_article(database, changed, seen_at=later)
    store_article(database, article(11, body=changed.body, related=[related(12)]), seen_at=later)
    database.execute("update articles set gone_at = ? where url like '%/11.html'", [later.isoformat()])
    database.conn.close()
    with opened(archive_datasette(archive)) as datasette:
        html = page(datasette, f"/archive/articles/{id_of(archive, 11)}")
    assert "this is revision 2" in html
    assert "Gone from the site since" in html
    assert "Before: seen 2025-10-02 00:00 UTC" in html


def test_article_page_names_the_raw_pages_behind_it(archive: Path) -> None:
    twin = f"{SITE.replace('www.', 'm.')}/12.html"
    with open_archive(archive) as database, database.atomic():
        kept = [
            Capture(
                url=twin if number % 2 else f"{SITE}/12.html",
                fetched_at=f"2025-10-0{number}T00:00:00+00:00",
                kind="article",
                status=404 if number == 7 else 200,
                record="response",
                file=f"2025-10-0{number}.warc.gz",
                offset=4096,
                length=10,
                digest=None,
                size=10,
                article_key=key64(twin if number % 2 else f"{SITE}/12.html"),
            )
            for number in range(1, 8)
        ]
        captures.insert(database.conn, kept)
    with opened(archive_datasette(archive)) as datasette:
        html = page(datasette, f"/archive/articles/{id_of(archive, 12)}")
        assert re.findall(r"(\S+warc.gz), from byte 4096", html) == [
            f"2025-10-0{number}.warc.gz" for number in (6, 5, 4, 3, 2)
        ], "the latest five, of whatever address, without what was no page"
        shown = re.search(r'href="(/archive/captures/\d+)"', html)
        assert shown is not None
        assert "2025-10-06.warc.gz" in page(datasette, shown[1])
        assert 'href="/archive/captures?article_key=' in html
        assert "Raw pages" not in page(datasette, f"/archive/articles/{id_of(archive, 11)}")


def test_no_such_article(served: Datasette) -> None:
    assert get(served, "/archive/articles/1").status_code == 404


def test_views_tables_and_sql_answer(served: Datasette) -> None:
    news = get(served, "/archive/news.json?_shape=array").json()
    assert [row["title"] for row in news] == [f"固态电池第{n}号进展" for n in (13, 12, 11)]
    for path in (
        "related_items",
        "crawls",
        "near_duplicates",
        "crawl_runs",
        "aliases",
        "ledger",
        "quarantine",
    ):
        page(served, f"/archive/{path}")
    found = get(served, "/archive.json?sql=select+count(*)+as+n+from+related_items&_shape=array").json()
    assert found == [{"n": 3}]
    assert get(served, "/archive/news.csv").text.startswith("id,url,site,title")


def test_internal_tables_are_hidden(served: Datasette) -> None:
    tables = {table["name"]: table["hidden"] for table in get(served, "/archive.json").json()["tables"]}
    hidden = {name for name, is_hidden in tables.items() if is_hidden and "_fts" not in name}
    assert hidden >= {
        "_sqlite_migrations", "absences", "block_items", "blocks", "bodies", "counts_by_day",
        "counts_by_name", "links", "near_duplicate_links", "near_pairs", "near_phrases", "near_recent",
        "near_texts", "quarantine_parts",
        "sightings",
    } & set(tables)  # fmt: skip
    assert {"articles", "sources", "crawl_runs", "revisions"} <= set(tables) - hidden


# What they never run


def poisoned() -> list[Article]:
    """An article with a script in every text field, and one that is reached by a javascript: address."""
    fields = ("title", "body", "source", "editor", "author", "category", "dateline", "encoding")
    evil = {field: SCRIPT % field for field in fields}
    items = [
        related(99, title=SCRIPT % "item", summary=SCRIPT % "summary", date=SCRIPT % "date", url=EVIL),
        related(98, 2, url='https://a.example/"><script>alert(1)</script>'),
    ]
    images = [Image(EVIL, SCRIPT % "caption"), Image("data:text/html,<script>alert(1)</script>", None)]
    page_ = Page(url=f"{SITE}/21.html", body=b"", aliases=[(EVIL, SCRIPT % "reason")])
    return [
        article(
            21, **evil, images=images, related=items, related_heading=SCRIPT % "heading", page=page_,
            published_at=SCRIPT % "published_at", site=SCRIPT % "site",
        ),
        article(22, url=EVIL, title=None, page=None),
    ]  # fmt: skip


def test_stored_html_is_escaped_and_javascript_is_no_link(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db", *poisoned())
    database = Database(path)
    ids = [row[0] for row in database.execute("select id from articles")]
    database.conn.close()
    paths = ["/", "/archive", "/archive/articles", "/archive/articles?_view=table", "/archive/news"]
    paths += [
        "/archive/related_items",
        "/archive/images",
        "/archive/aliases",
        "/archive/sources",
        "/archive/ledger",
    ]
    paths += [f"/archive/articles/{number}" for number in ids]
    paths += [f"/archive/articles?title__contains={SCRIPT % 'filter'}&source_id={SCRIPT % 'id'}"]
    with opened(archive_datasette(path)) as datasette:
        for where in paths:
            html = page(datasette, where)
            for bad in ("<script>alert", "<img src=x", "onerror=alert(1)>\"'"):
                assert bad not in html, (where, bad)
            for target in links(html):
                assert not re.match(r"\s*(javascript|data|vbscript):", target, re.IGNORECASE), (where, target)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,x", "vbscript:x", "//evil.example/", "/archive", "http:", "https://", "file:///etc/passwd",
        "http://[bad", "", None, 7,
    ],
)  # fmt: skip
def test_unsafe_addresses_are_no_links(url: object) -> None:
    assert show.safe_href(url) is None


def test_web_addresses_are_links() -> None:
    for url in ("https://www.itbear.com.cn/html/2025-09/1.html", "HTTP://a.example:81/?a=1&b=2"):
        assert show.safe_href(url) == url


def test_security_headers(served: Datasette, archive: Path) -> None:
    ours = ["/", "/archive", "/archive/articles", f"/archive/articles/{id_of(archive, 12)}", "/nothing"]
    others = [
        "/archive/articles?_view=table",
        "/archive?sql=select+1",
        "/archive/news.json",
        "/-/versions",
    ]
    for path in [*ours, *others]:
        headers = get(served, path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] in {"no-referrer", "same-origin"}, path
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert ("unsafe-inline" in policy) == (path in others), path


def test_our_pages_need_nothing_that_the_strict_policy_forbids(served: Datasette, archive: Path) -> None:
    for path in ("/", "/archive", "/archive/articles", f"/archive/articles/{id_of(archive, 12)}"):
        html = page(served, path)
        for forbidden in ("<script>", "<style", " style=", " onclick="):
            assert forbidden not in html, (path, forbidden)
    style = get(served, "/-/static-plugins/newscrawler/archive.css")
    assert style.status_code == 200
    assert style.headers["content-type"].startswith("text/css")


# What is left alone


def test_other_databases_are_left_alone(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("create table articles (id integer primary key, title text)")
        connection.execute("insert into articles values (1, 'mine')")
        connection.commit()
    with opened(Datasette([str(other)])) as alone:
        expected = {
            path: page(alone, path) for path in ("/", "/other/articles", "/other/articles/1", "/other")
        }
        assert "content-security-policy" not in get(alone, "/other").headers
    assert not any("newscrawler" in html for html in expected.values())
    with opened(Datasette([str(other), str(archive)])) as both:
        for path in ("/other/articles", "/other/articles/1", "/other"):
            ours = re.sub(r"Queries took [\d.]+ms", "", page(both, path))
            assert ours == re.sub(r"Queries took [\d.]+ms", "", expected[path]), path
        assert "<h1>Datasette</h1>" in page(both, "/")
        assert 'class="stories"' in page(both, "/my news/articles".replace(" ", "~20"))


def test_plain_datasette_shows_an_archive_under_its_own_name(archive: Path) -> None:
    renamed = archive.rename(archive.with_name("kept-2025.db"))
    with opened(Datasette([str(renamed)])) as datasette:
        assert "Last crawl" in page(datasette, "/")
        assert 'class="stories"' in page(datasette, "/kept-2025/articles")
        html = page(datasette, f"/kept-2025/articles/{id_of(renamed, 12)}")
        assert "更多热门内容" in html
        assert "/archive/" not in html


def test_metadata_of_the_user_wins(archive: Path) -> None:
    mine = {"title": "Mine", "databases": {"my news": {"tables": {"articles": {"facets": ["site_id"]}}}}}
    with opened(Datasette([str(archive)], metadata=mine)) as datasette:
        html = page(datasette, "/my~20news/articles")
        assert datasette.metadata("title") == "Mine"
    assert "<h2>Site</h2>" in html
    assert "<h2>Editor</h2>" not in html


def test_who_may_not_see_the_articles_does_not(archive: Path) -> None:
    closed = {"databases": {"my news": {"tables": {"articles": {"allow": False}}}}}
    with opened(Datasette([str(archive)], metadata=closed)) as datasette:
        for path in ("/", "/my~20news"):
            assert "固态电池" not in page(datasette, path)
        assert get(datasette, "/my~20news/articles").status_code == 403


# newscrawler serve


def serve(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "newscrawler.cli", "serve", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=cwd, env=environment(), text=True, **pipes)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_serve_answers_and_ends(archive: Path, number: signal.Signals, code: int) -> None:
    odd = archive.rename(archive.with_name("100% #1?.db"))
    with serve("--archive", odd.name, "--port", "0", cwd=archive.parent) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.fullmatch(
                r"Reading 100% #1\?\.db at (http://127\.0\.0\.1:\d+)/archive  \(Ctrl-C ends it\)\n", line
            )
            assert found is not None, line
            with urllib.request.urlopen(f"{found[1]}/archive/news.json?_shape=array", timeout=10) as answer:
                assert len(json.load(answer)) == 3
            with urllib.request.urlopen(f"{found[1]}/archive.json", timeout=10) as answer:
                assert json.load(answer)["database"] == "archive"
        finally:
            process.send_signal(number)
            out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (code, "", "")


def refused(*arguments: str) -> str:
    """The one line with which ``serve`` refuses to start, with code 1 and nothing else."""
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.db", None, "does not exist"),
        ("empty.db", b"", "is empty"),
        ("text.db", b"not a database, only some text that is long enough" * 20, "not a SQLite database"),
    ],
)
def test_a_bad_archive_gets_a_sentence(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    sentence = refused("--archive", str(tmp_path / name), "--port", "0")
    assert name in sentence
    assert words in sentence


def test_a_foreign_database_gets_a_sentence(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("create table t (x)")
    assert "another program" in refused("--archive", str(tmp_path / "other.db"), "--port", "0")


def test_an_archive_of_a_newer_release_gets_a_sentence(archive: Path) -> None:
    with contextlib.closing(sqlite3.connect(archive)) as connection:
        connection.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('newscrawler', 'm999_later', '2030-01-01')"
        )
        connection.commit()
    assert "newer newscrawler" in refused("--archive", str(archive), "--port", "0")


def test_a_port_in_use_gets_a_sentence(archive: Path) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        sentence = refused("--archive", str(archive), "--port", str(port))
    assert f"Port {port} is in use" in sentence
    assert "--port 0" in sentence


def test_a_host_that_is_not_ours_gets_a_sentence(archive: Path) -> None:
    for host in ("no.such.host.invalid", "203.0.113.1"):
        assert host in refused("--archive", str(archive), "--host", host, "--port", "0")


# Small functions


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2025-09-30T23:57:37+08:00", "2025-09-30 23:57"),
        ("2025-09-30T15:57:37+00:00", "2025-09-30 15:57 UTC"),
        ("2025-09-30", "2025-09-30"),
        ("yesterday afternoon", "yesterday afternoon"),
        (None, ""),
    ],
)
def test_moments(stored: str | None, shown: str) -> None:
    assert show.moment(stored) == shown


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 s"), (720, "12 min"), (12000, "3 h 20 min"), (-1, "")]
)
def test_lasted(seconds: int, words: str) -> None:
    end = SEEN + timedelta(seconds=seconds)
    assert show.lasted({"started_at": SEEN.isoformat(), "finished_at": end.isoformat()}) == words


# The shape of a body: marks make HTML of the plain text, and nothing stored can run


def test_marks_shape_the_body_and_pictures_stand_in_place(tmp_path: Path) -> None:
    parts = [
        "导语。",
        "小标题",
        "第一条",
        "第二条",
        "指标 | 数值",
        "续航 | <b>600</b>",
        "引用的话。",
        EVIL,
        "x = 1",
    ]
    images = [
        Image("https://img.itbear.com.cn/1.jpg", "图在第二段之前", 1),
        Image("https://img.itbear.com.cn/2.jpg"),
    ]
    path = fill(
        tmp_path / "marked.db", article(21, body="\n\n".join(parts), marks="phllttqpk", images=images)
    )
    with opened(archive_datasette(path)) as datasette:
        html = page(datasette, f"/archive/articles/{id_of(path, 21)}")
    assert "<h2>小标题</h2>" in html
    assert "<ul><li>第一条</li><li>第二条</li></ul>" in html
    assert "<td>指标</td><td>数值</td>" in html
    assert "<td>续航</td><td>&lt;b&gt;600&lt;/b&gt;</td>" in html
    assert "<blockquote><p>引用的话。</p></blockquote>" in html
    assert "<pre>x = 1</pre>" in html
    assert EVIL not in links(html)
    assert html.index("导语。") < html.index("图在第二段之前") < html.index("小标题")
    assert html.index("https://img.itbear.com.cn/2.jpg") > html.index("x = 1")


@pytest.mark.parametrize("marks", ["", "p", "hhhhhhhh", "zz", None])
def test_marks_that_do_not_fit_are_not_believed(marks: str | None) -> None:
    shown = shaped("一。\n\n二。", marks)
    assert [(part.tag, part.lines) for part in shown] == [("p", ["一。"]), ("p", ["二。"])]
