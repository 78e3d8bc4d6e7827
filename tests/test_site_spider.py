"""``scrapy crawl site``: listings of sites that nobody described, read by the rules alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from newscrawler.crawl import learning
from newscrawler.extract.shapes import article_shapes, shape
from newscrawler.replica import Replica
from newscrawler.replica.sisters import SISTERS
from spiders.itbear import ItbearSpider
from spiders.site import SiteSpider
from tests.conftest import crawl, rows, scrapy

FIELDS = ("title", "body", "published_at", "source", "editor", "author", "category")


def site(archive: Path, start: str, *arguments: str, **env: str) -> Any:
    return crawl(archive, "-a", f"start_urls={start}", *arguments, spider="site", **env)


def test_without_a_listing_it_ends_with_2_and_shows_how(tmp_path: Path) -> None:
    done = scrapy("crawl", "site", cwd=tmp_path)
    assert done.returncode == 2
    assert "scrapy crawl site -a start_urls=https://news.example/tech/" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "archive.db").exists()


def test_the_replica_at_its_bare_address(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    done = site(archive, replica.url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wanted = {article["url"] for article in replica.truth()["articles"] if article["listed"]}
    news = rows(archive, "select * from news")
    assert {row["url"] for row in news} == wanted
    assert {row["site"] for row in news} == {f"127.0.0.1:{replica.port}"}


@pytest.mark.parametrize("sister", SISTERS, ids=lambda sister: sister.bare)
def test_a_site_of_another_layout_is_the_truth(tmp_path: Path, sister: Any) -> None:
    """Other markup, other addresses (/a/20250930/123456.shtml, ?id=), other dates, another heading."""
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=4, bare=sister.host) as replica:
        done = site(archive, replica.url, "-s", "SITEMAP_HOURS=4")
        assert (done.returncode, done.stderr) == (0, "")
        wanted = {article["url"]: article for article in replica.truth()["articles"]}
        assert all(r.status == 200 for r in replica.requests if r.path.startswith(("/a/", "/show.php")))
        news = {row["url"]: row for row in rows(archive, "select * from news")}
        assert set(news) == set(wanted)
        for url, article in wanted.items():
            assert {f: news[url][f] for f in FIELDS} == {f: article[f] for f in FIELDS}
            sql = (
                "select position, item_title as title, item_url as url, item_summary as summary,"
                " item_date as date from related_items where page_url = ? order by position"
            )
            assert rows(archive, sql, url) == article["related"]
        # What comes later is found at the same place, and nothing is asked for twice.
        replica.advance(hours=5)
        replica.reset_log()
        now = replica.world.now.isoformat()
        again = site(archive, replica.url, "-s", "SITEMAP_HOURS=4", NEWSCRAWLER_NOW=now)
        assert again.returncode == 0, again.stderr
        fresh = {article["url"] for article in replica.truth()["articles"]} - set(wanted)
        assert {row["url"] for row in rows(archive, "select url from news")} == set(wanted) | fresh
        asked = rows(archive, "select new, failed from crawls order by started_at desc limit 1")
        assert asked == [{"new": len(fresh), "failed": 0}]


def test_a_spider_of_a_known_site_learns_on_hosts_that_nobody_described(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=40, seed=4, bare="www.guanchao.example") as replica:
        done = crawl(archive, "-a", f"start_urls={replica.url}")
        assert (done.returncode, done.stderr) == (0, "")
        wanted = {article["url"] for article in replica.truth()["articles"]}
    assert {row["url"] for row in rows(archive, "select url from news")} == wanted


def _page(*links: tuple[str, str], url: str = "http://127.0.0.1:8040/") -> HtmlResponse:
    entries = "".join(
        f'<li><a href="{href}">{title}</a> <span>2025-09-30</span></li>' for href, title in links
    )
    return HtmlResponse(url, body=f"<html><body><ul>{entries}</ul></body></html>".encode(), encoding="utf-8")


TITLES = (
    "固态电池量产时间表公布",
    "折叠屏手机新品价格下调",
    "人形机器人走进汽车工厂",
    "国产大模型更新推理能力",
)


def _found(spider: Any, response: HtmlResponse) -> list[str]:
    listing = spider._read_listing(response, datetime(2025, 10, 1, tzinfo=UTC))
    return [urlsplit(url).path for url, _, _ in spider._articles_of(listing, response.url)]


def _spider(name: type[Any]) -> Any:
    spider = name(start_urls="http://127.0.0.1:8040/")
    spider.crawler = get_crawler()
    return spider


def test_addresses_are_learnt_until_one_is_as_the_spider_knows_them() -> None:
    other = [(f"/a/12345{n}.shtml", title) for n, title in enumerate(TITLES)]
    own = ("/html/2025-09/960596.html", "任正非谈基础研究与人才培养")
    learns = _spider(ItbearSpider)
    assert _found(learns, _page(*other)) == [path for path, _ in other]
    knows = _spider(ItbearSpider)
    assert _found(knows, _page(*other, own)) == [own[0]]
    assert _found(knows, _page(*other)) == []  # on a later page neither
    assert _found(_spider(SiteSpider), _page(*other, own)) == [path for path, _ in (*other, own)]


@pytest.mark.parametrize(
    ("newest", "learns"),
    [
        ("https://www.itbear.com.cn/html/2025-09/960596.html", False),
        ("https://www.itbear.com.cn/a/1.shtml", True),
        (None, True),
    ],
)
def test_what_the_archive_has_of_a_site_tells_what_its_addresses_look_like(
    monkeypatch: pytest.MonkeyPatch, newest: str | None, learns: bool
) -> None:
    """A page that is out of order teaches no other addresses of a site that has been crawled."""
    monkeypatch.setattr(learning, "is_registered", lambda crawler: True)
    monkeypatch.setattr(ItbearSpider, "_session", SimpleNamespace(reader=None))
    monkeypatch.setattr(learning.frontier, "known_articles", lambda *_: iter([newest] if newest else []))
    spider = ItbearSpider()
    spider.crawler = get_crawler()
    other = [(f"/notice/12345{n}.shtml", title) for n, title in enumerate(TITLES)]
    found = _found(spider, _page(*other, url="https://www.itbear.com.cn/"))
    assert found == [path for path, _ in other] * learns


def test_one_channel_alone(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=4, bare="www.guanchao.example") as replica:
        assert site(archive, replica.url + "tech/").returncode == 0
        truth = replica.truth()["articles"]
    wanted = {article["url"] for article in truth if article["category"] == "科技"}  # technology
    assert {row["url"] for row in rows(archive, "select url from news")} == wanted


def test_a_page_that_lists_nothing_ends_with_5(tmp_path: Path, replica: Replica) -> None:
    done = site(tmp_path / "archive.db", replica.url + "about.html")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
    assert f"{replica.url}about.html: none of its " in done.stderr
    assert "docs/adding-a-site.md" in done.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a/20250930/123456.shtml", "x.example/a/N/N.shtml"),
        ("https://x.example/show.php?id=123456&utm_source=wx", "x.example/show.php?id=N"),
        ("https://x.example/list/12/", "x.example/list/n/"),
        ("https://x.example/2025/09/30/a-phone-that-folds-twice/", "x.example/N/n/n/S/"),
        ("https://x.example/about-us.html", "x.example/about-us.html"),
        ("https://x.example/t20250930_1234567.html", "x.example/tN_N.html"),
        ("https://x.example/tech/KAD3F2L00097U7R.html", "x.example/tech/N.html"),
        ("https://x.example/2025/doc-ikmxzfmk1234567.shtml", "x.example/N/doc-N.shtml"),
        ("https://x.example/tech/KHIXK0BRX.html", "x.example/tech/N.html"),
        ("https://x.example/c/8mabcDEFghi", "x.example/c/N"),
        ("https://x.example/tag/NewPhones/", "x.example/tag/newphones/"),
        ("https://x.example/0/905/123.htm", "x.example/N.htm"),
        ("https://x.example/list/12/34.htm", "x.example/list/n/n.htm"),
    ],
)
def test_the_shape_of_an_address(url: str, expected: str) -> None:
    assert shape(url) == expected


def test_shapes_of_articles_are_those_that_a_list_repeats() -> None:
    base = "https://x.example"
    listed = [f"{base}/tech/123{n}.html" for n in range(4)] + [f"{base}/car/9871.html", f"{base}/zt/n1/"]
    assert article_shapes(listed) == {"x.example/tech/N.html", "x.example/car/N.html"}
    assert article_shapes([f"{base}/channel/{n}/" for n in range(9)]) == set()  # numbers of channels
    assert article_shapes([f"{base}/show?id=123456"]) == {"x.example/show?id=N"}  # a list of one
    assert article_shapes(["mailto:a@x.example"]) == set()


def test_an_id_may_be_short_where_the_list_shows_headlines_with_dates() -> None:
    base = "https://x.example"
    young = [f"{base}/article/{n}.html" for n in (7, 998, 999)]
    assert article_shapes(young) == set()
    assert article_shapes(young, told=young) == {"x.example/article/n.html"}
    # From 999 to 1000 it is one list; what is not told stays a number of anything.
    assert article_shapes([*young, f"{base}/article/1000.html", f"{base}/tag/3/"], told=young[2:]) == {
        "x.example/article/n.html",
        "x.example/article/N.html",
    }
    assert article_shapes([f"{base}/p{n}/" for n in "abc"], told=[f"{base}/p{n}/" for n in "abc"]) == set()
