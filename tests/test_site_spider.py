"""``scrapy crawl site``: listings of sites that nobody described, read by the rules alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newscrawler.extract.shapes import article_shapes, shape
from newscrawler.replica import Replica
from newscrawler.replica.sisters import SISTERS
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


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a/20250930/123456.shtml", "x.example/a/N/N.shtml"),
        ("https://x.example/show.php?id=123456&utm_source=wx", "x.example/show.php?id=N"),
        ("https://x.example/list/12/", "x.example/list/n/"),
        ("https://x.example/2025/09/30/a-phone-that-folds-twice/", "x.example/N/n/n/S/"),
        ("https://x.example/about-us.html", "x.example/about-us.html"),
        ("https://x.example/t20250930_1234567.html", "x.example/tN_N.html"),
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
