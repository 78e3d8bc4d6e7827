# ruff: noqa: E501  (markup reads better unbroken)
"""Other ways in: feeds, sitemaps and JSON lead to articles that no listing shows, and cost what is said."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawler import identity
from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import REPLICA_START, crawl, newscrawler, rows
from tests.test_crawl_incremental import DAY, START, Site, page
from tests.test_crawl_sick_site import article, listing

# --- a site of which most is reached otherwise ------------------------------------------------------

QIANMO = "www.qianmo.example"
WAYS = ["/robots.txt", "/", "/atom.xml", "/rss.xml", "/energy/", "/internet/"]
"""What every crawl of it asks for; the JSON of both channels besides."""


def asked(site: Replica) -> list[str]:
    return [r.path.partition("?")[0] for r in site.requests if not r.path.startswith("/a/")]


def crawl_qianmo(archive: Path, site: Replica, *arguments: str) -> Any:
    now = site.world.now.isoformat()
    start = f"start_urls={site.url}"
    return crawl(archive, "-a", start, *arguments, spider="site", NEWSCRAWLER_NOW=now)


def stats_of(archive: Path) -> dict[str, int]:
    """The counts of the last crawl, without our prefix."""
    row = rows(archive, "select stats from crawl_runs order by id desc limit 1")[0]
    return {name.removeprefix("newscrawler/"): n for name, n in json.loads(row["stats"]).items()}


def test_every_way_leads_to_its_articles_and_costs_what_is_said(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=4, bare=QIANMO) as site:
        assert crawl_qianmo(archive, site).returncode == 0
        truth = {one["url"] for one in site.truth()["articles"]}
        assert {row["url"] for row in rows(archive, "select url from news")} == truth
        assert max(Counter(r.path for r in site.requests).values()) == 1  # nothing twice
        sitemaps = ["/maps/2025-09.xml.gz", "/news-sitemap.xml", "/sitemap.xml"]
        assert sorted(asked(site)) == sorted([*WAYS, "/api/list", "/api/list", *sitemaps])

        ways = rows(
            archive, "select coalesce(first_as, discovered_as) as first, count(*) as n from ledger group by 1"
        )
        assert {row["first"] for row in ways} == {"listing", "feed", "sitemap"}
        found = {row["url"]: row for row in rows(archive, "select * from ledger")}
        for url, row in found.items():
            way = (int(url[-12:-6]) - 260_000) // 3 % 5
            where = (row["first_on"] or row["discovered_on"]).removeprefix(site.url)
            expected = {1: {"rss.xml", "atom.xml"}, 2: {"maps/2025-09.xml.gz"}, 3: {"news-sitemap.xml"}}
            assert way not in expected or where in expected[way]
        assert any("api/list" in (row["discovered_on"] or "") for row in found.values())

        # Nothing new: the feeds are asked whether they changed, the sitemaps not at all for six hours.
        site.reset_log()
        assert crawl_qianmo(archive, site).returncode == 0
        assert sorted(asked(site)) == sorted([*WAYS, "/api/list", "/api/list"])
        assert [r.status for r in site.requests if r.path.endswith("m.xml")] == [304]
        assert not [r for r in site.requests if r.path.startswith("/a/")]
        site.advance(hours=7)
        site.reset_log()
        assert crawl_qianmo(archive, site).returncode == 0
        fresh = {one["url"] for one in site.truth()["articles"]} - truth
        assert len(fresh) > 5
        assert {row["url"] for row in rows(archive, "select url from news")} == truth | fresh
        paths = Counter(r.path for r in site.requests)
        assert {path for path in paths if path.startswith("/a/")} >= {
            url[len(site.url) - 1 :] for url in fresh
        }
        # The month is over: its file has not moved since, and is not read again.
        assert set(asked(site)) - {*WAYS, "/api/list"} == {
            "/maps/2025-10.xml.gz",
            "/news-sitemap.xml",
            "/sitemap.xml",
        }


def test_broken_ways_end_in_a_class_and_a_count_and_are_left_alone(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=4, bare=QIANMO, broken=True) as site:
        done = crawl_qianmo(archive, site)
        assert (done.returncode, done.stderr) == (0, "")
        counts = stats_of(archive)
        assert (counts["feed/not_a_feed"], counts["sitemap/cut"], counts["listing/no_more"]) == (1, 2, 2)
        failed = rows(archive, "select class, kind, url from failures")
        assert failed == [{"class": "not_a_feed", "kind": "listing", "url": f"{site.url}rss.xml"}]
        known = {row["url"] for row in rows(archive, "select url from news")}
        assert {one["url"] for one in site.truth()["articles"]} > known
        assert len(known) > 12  # what a half sitemap and a half feed name is taken
        site.reset_log()
        assert crawl_qianmo(archive, site).returncode == 0
        assert sorted(asked(site)) == ["/", "/atom.xml", "/energy/", "/internet/", "/robots.txt"]


def test_who_wants_listings_alone_says_so(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, seed=4, bare=QIANMO) as site:
        settings = ("-s", "FOLLOW_FEEDS=0", "-s", "FOLLOW_SITEMAPS=0")
        assert crawl_qianmo(archive, site, *settings).returncode == 0
        assert sorted(asked(site)) == ["/", "/api/list", "/api/list", "/energy/", "/internet/", "/robots.txt"]
        site.reset_log()  # nor where an unmodified page announced them before
        assert crawl_qianmo(archive, site).returncode == 0
        site.reset_log()
        assert crawl_qianmo(archive, site, *settings).returncode == 0
        assert not [path for path in asked(site) if path.endswith("m.xml")]


def test_the_commands_say_where_an_address_was_first_seen(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=60, seed=4, bare=QIANMO) as site:
        assert crawl_qianmo(archive, site).returncode == 0
        feed = f"{site.url}rss.xml"
    said = newscrawler("ledger", "--archive", str(archive), "--json", cwd=tmp_path).stdout
    entries = [entry for entry in json.loads(said) if entry["first_seen_on"] == feed]
    assert {entry["first_seen_as"] for entry in entries} == {"feed"}
    later = next(entry for entry in entries if entry["discovered_as"] == "listing")
    said = newscrawler("explain", later["url"], "--archive", str(archive), cwd=tmp_path).stdout
    assert f" as feed on {feed}\n" in said
    assert f"later as listing on {later['discovered_on']}\n" in said


def test_try_shows_what_each_of_them_yields(tmp_path: Path) -> None:
    with Replica(articles=60, seed=4, bare=QIANMO) as site:
        for way, said in (
            ("rss.xml", "A feed of 12 entries"),
            ("maps/2025-09.xml.gz", "A sitemap of 4 entries"),
            ("energy/", f"feed       {site.url}rss.xml"),
        ):
            done = newscrawler("try", f"{site.url}{way}", cwd=tmp_path, NEWSCRAWLER_NOW=REPLICA_START)
            assert said in done.stdout, done.stderr
            assert done.returncode == (1 if way == "energy/" else 0)


# --- a small site of a described family --------------------------------------------------------------


class OwnSite(Site):
    """The same with a robots.txt of its own."""

    robots = ""

    def _answer(self, view: View, path: str, query: str) -> Answer | None:
        if path == "/robots.txt":
            return Answer(200, f"User-agent: *\n{self.robots}".encode(), "text/plain")
        own = f"{path}?{query}" if query else path
        return super()._answer(view, own if own in self.pages else path, query)

    def url(self, path: str) -> str:
        return self.replica.url.rstrip("/") + path

    def add(self, *numbers: int) -> None:
        self.pages |= {page(n): article(n, DAY) for n in numbers}

    def first(self, number: int) -> tuple[str, str]:
        """How and where an article was first seen."""
        row = self.ledger(number)
        where = row["first_on"] or row["discovered_on"]
        return row["first_as"] or row["discovered_as"], where.removeprefix(self.url(""))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OwnSite]:
    with Replica(articles=12, faults=False, weight=0) as replica:
        yield OwnSite(replica, tmp_path / "archive.db")


HEAD = b'<head><link rel="alternate" type="application/rss+xml" href="/feed.xml">'


def announcing(body: bytes) -> bytes:
    return body.replace(b"<head>", HEAD, 1) if b"<head>" in body else HEAD + b"</head>" + body


def feed(*numbers: int) -> bytes:
    items = "".join(
        f"<item><title>第{n}条新闻的题目写在这里</title><link>{page(n)}</link><pubDate>{DAY} 08:00</pubDate></item>"
        for n in numbers
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def sitemap(*numbers: int, lastmod: str = DAY) -> bytes:
    urls = "".join(f"<url><loc>{page(n)}</loc><lastmod>{lastmod}</lastmod></url>" for n in numbers)
    return f"<urlset>{urls}</urlset>".encode()


def index(files: dict[str, str]) -> bytes:
    """Path -> lastmod."""
    found = "".join(f"<sitemap><loc>{p}</loc><lastmod>{at}</lastmod></sitemap>" for p, at in files.items())
    return f"<sitemapindex>{found}</sitemapindex>".encode()


def test_a_feed_that_a_listing_announces_is_read_also_when_the_listing_is_unmodified(site: OwnSite) -> None:
    site.pages["/list.html"] = announcing(listing([900001, 900002], day=DAY))
    site.pages["/feed.xml"] = feed(900003, 900001)
    site.add(900001, 900002, 900003)
    assert set(site.crawl()) == {"/list.html", "/feed.xml", page(900001), page(900002), page(900003)}
    assert site.first(900003) == ("feed", "/feed.xml")
    assert site.crawl(after=0.5) == ["/list.html=", "/feed.xml="]
    site.pages["/feed.xml"] = feed(900004, 900003, 900001)
    site.add(900004)
    assert site.crawl(after=0.5) == ["/list.html=", "/feed.xml", page(900004)]


def test_what_a_listing_shows_later_was_first_seen_in_the_feed(site: OwnSite) -> None:
    site.pages["/list.html"] = announcing(listing([900001], day=DAY))
    site.pages["/feed.xml"] = feed(900002)
    site.add(900001, 900002)
    site.crawl()
    site.pages["/list.html"] = announcing(listing([900002, 900001], day=DAY))
    site.crawl(after=0.5)
    assert site.first(900002) == ("feed", "/feed.xml")
    assert site.ledger(900002)["discovered_as"] == "listing"


def test_a_feed_that_is_ahead_of_a_listing_leaves_no_hole(site: OwnSite) -> None:
    """The listing comes late: what the feed does not reach must be found where listings are read."""
    numbers = list(range(900001, 900091))
    site.add(*numbers)

    def serve(newest: int) -> None:
        shown = [n for n in reversed(numbers) if n <= newest]
        for place in range(0, len(shown), 10):
            number = place // 10 + 1
            older = f'<a href="/list_{number + 1}.html">下一页</a>' if place + 10 < len(shown) else ""
            body = listing(shown[place : place + 10], day=DAY).replace(b"</body>", f"{older}</body>".encode())
            site.pages["/list.html" if number == 1 else f"/list_{number}.html"] = announcing(body)

    serve(900030)
    site.pages["/feed.xml"] = feed(*range(900090, 900050, -1))  # 900031 to 900050 stand nowhere yet
    site.crawl()
    assert site.articles() == 70
    serve(900090)
    site.crawl(after=0.5)
    assert site.articles() == 90


def test_a_feed_may_be_empty_and_may_not_become_a_page(site: OwnSite) -> None:
    site.pages["/list.html"] = announcing(listing([900001], day=DAY))
    site.pages["/feed.xml"] = feed(900001)
    site.add(900001)
    site.crawl()
    site.pages["/feed.xml"] = feed()
    assert "/feed.xml" in site.crawl(after=0.5)
    site.pages["/feed.xml"] = b"<html><body>closed for repairs</body></html>"
    assert "/feed.xml" in site.crawl(after=0.5, code=4)  # one that was read before is missed
    assert "/feed.xml" not in site.crawl(after=0.5)
    site.pages["/feed.xml"] = feed(900001)
    assert "/feed.xml" in site.crawl(after=24)


@pytest.mark.parametrize("answer", [404, b"<html><body>none</body></html>", b"{}"])
def test_a_feed_that_never_was_one_is_no_failure(site: OwnSite, answer: bytes | int) -> None:
    site.pages["/list.html"] = announcing(listing([900001], day=DAY))
    site.pages["/feed.xml"] = answer
    site.add(900001)
    assert "/feed.xml" in site.crawl()


def test_feeds_of_other_sites_are_not_asked(site: OwnSite) -> None:
    body = announcing(listing([900001], day=DAY)).replace(b"/feed.xml", b"http://localhost:9/feed.xml")
    site.pages["/list.html"] = body
    site.robots = "Sitemap: http://localhost:9/sitemap.xml\n"
    site.add(900001)
    assert site.crawl() == ["/list.html", page(900001)]
    assert stats_of(site.archive)["feed/foreign"] == 1


@pytest.mark.parametrize(
    "start", ["/feed.xml", "/sitemap.xml", "/sitemap.xml.gz", "/index.xml", "/api/list?page=1"]
)
def test_any_of_them_may_be_the_start(site: OwnSite, start: str) -> None:
    entries = [{"url": page(n), "title": f"第{n}条新闻", "time": DAY} for n in (900001, 900002)]
    site.pages |= {
        "/feed.xml": feed(900001, 900002),
        "/sitemap.xml": sitemap(900001, 900002),
        "/sitemap.xml.gz": gzip.compress(sitemap(900001, 900002)),
        "/index.xml": index({"/sitemap.xml.gz": DAY}),
        "/api/list?page=1": json.dumps({"list": entries, "hasMore": False}).encode(),
    }
    site.add(900001, 900002)
    assert {page(900001), page(900002)} <= set(site.crawl(start=start))
    assert site.articles() == 2
    assert not [path for path in site.crawl(start=start, after=0.5) if path.startswith("/html/")]


def test_an_unknown_site_may_start_at_its_sitemap_or_feed(tmp_path: Path) -> None:
    with Replica(articles=60, seed=4, bare=QIANMO) as site:
        for number, way in enumerate(("rss.xml", "sitemap.xml", "api/list?channel=energy&page=1")):
            archive = tmp_path / f"{number}.db"
            start = f"start_urls={site.url}{way}"
            assert crawl(archive, "-a", start, spider="site").returncode == 0, way
            assert rows(archive, "select count(*) as n from news")[0]["n"] > 3, way


# --- sitemaps that robots.txt names ------------------------------------------------------------------


def old(site: OwnSite, months: int = 30) -> dict[str, str]:
    """An index of many months; the files of all but the newest must not be asked for."""
    files = {
        f"/maps/{2023 + n // 12}-{n % 12 + 1:02}.xml": f"{2023 + n // 12}-{n % 12 + 1:02}-28"
        for n in range(months)
    }
    for number, path in enumerate(files):
        site.pages[path] = sitemap(800000 + number, lastmod=files[path])
        site.add(800000 + number)
    return files


def with_sitemap(site: OwnSite, files: dict[str, str]) -> None:
    site.robots = "Sitemap: /index.xml\n"
    site.pages["/"] = listing([900001], day=DAY)
    site.pages["/index.xml"] = index(files)
    site.add(900001)


def test_a_long_history_is_not_walked_every_half_hour(site: OwnSite) -> None:
    with_sitemap(site, {**old(site), "/maps/new.xml": DAY})
    site.pages["/maps/new.xml"] = sitemap(900001, 900002)
    site.add(900002, 900003)
    first = site.crawl(start="/")
    assert first == ["/", page(900001), "/index.xml", "/maps/new.xml", page(900002)]
    assert site.first(900002) == ("sitemap", "/maps/new.xml")
    assert site.crawl(start="/", after=0.5) == ["/"]
    assert site.crawl(start="/", after=6) == ["/", "/index.xml="]
    # Only what moved is read again.
    site.pages["/index.xml"] = index({**old(site), "/maps/new.xml": f"{DAY}T18:00:00+08:00"})
    site.pages["/maps/new.xml"] = sitemap(900003, 900001, 900002)
    site.pages["/maps/2025-06.xml"] = sitemap(800999)
    assert site.crawl(start="/", after=6) == ["/", "/index.xml", "/maps/new.xml", page(900003)]


def test_history_is_read_by_who_asks_for_it(site: OwnSite) -> None:
    files = old(site, 25)
    with_sitemap(site, files)
    assert site.crawl(start="/") == ["/", page(900001), "/index.xml"]
    newest = sorted(files, reverse=True)
    asked = [path for path in site.crawl("-a", "max_listing_pages=3", start="/index.xml") if "/maps/" in path]
    assert sorted(asked, reverse=True) == newest[:3]
    asked = [path for path in site.crawl(start="/index.xml") if "/maps/" in path]
    assert sorted(asked, reverse=True) == newest[3:23]  # goes on where it was
    assert len([path for path in site.crawl(start="/index.xml") if "/maps/" in path]) == 2
    assert not [path for path in site.crawl(start="/index.xml") if "/maps/" in path]
    assert site.articles() == 26


def test_since_reads_the_files_and_addresses_of_its_days(site: OwnSite) -> None:
    files = old(site, 25)
    with_sitemap(site, files)
    site.crawl(start="/")
    since = ("-a", "since=2024-11-15")
    asked = [path for path in site.crawl(*since, start="/") if "/maps/" in path]
    assert sorted(asked) == ["/maps/2024-11.xml", "/maps/2024-12.xml", "/maps/2025-01.xml"]
    assert not [path for path in site.crawl(*since, start="/") if "/maps/" in path]  # known by now


def test_what_is_no_address_is_passed_over(site: OwnSite) -> None:
    """A port that is none, ftp, brackets without an end: whatever else stands beside them is read."""
    bad = "http://127.0.0.1:99999"
    site.robots = "Sitemap: ftp://127.0.0.1/s.xml\nSitemap: http://[\nSitemap: /index.xml\n"
    menu = f"<nav><a href={bad}/a/>财经</a> <a href=/tech/>科技</a></nav>".encode()
    site.pages["/"] = listing([900001], day=DAY).replace(b"<body>", b"<body>" + menu)
    site.pages["/tech/"] = listing([900001, 900002], day=DAY)
    site.pages["/index.xml"] = index({f"{bad}/a.xml": DAY, "/maps/new.xml": DAY})
    site.pages["/maps/new.xml"] = sitemap(900003)
    site.add(900001, 900002, 900003)
    assert {"/tech/", "/index.xml", "/maps/new.xml"} <= set(site.crawl(start="/"))
    assert site.articles() == 3


def test_a_channel_alone_needs_no_sitemap_of_the_site(site: OwnSite) -> None:
    with_sitemap(site, {"/maps/new.xml": DAY})
    site.pages["/list.html"] = listing([900001], day=DAY)
    assert site.crawl() == ["/list.html", page(900001)]


def test_a_sitemap_states_the_same_time_for_all_it_has(site: OwnSite) -> None:
    site.robots = "Sitemap: /sitemap.xml\n"
    site.pages["/"] = listing([900001], day=DAY)
    site.pages["/sitemap.xml"] = sitemap(*range(700000, 703000))
    site.add(900001)
    site.crawl("-s", "CLOSESPIDER_PAGECOUNT=5", start="/")
    assert site.rows("select count(*) as n from ledger where discovered_as = 'sitemap'") == [{"n": 1000}]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (404, "http_4xx"),
        (500, "http_5xx"),
        (b"<html><body>none</body></html>", "not_a_sitemap"),
    ],
)
def test_a_sitemap_that_cannot_be_read_is_counted(site: OwnSite, answer: bytes | int, kind: str) -> None:
    with_sitemap(site, {"/maps/new.xml": DAY})
    site.pages["/maps/new.xml"] = sitemap(900002)
    site.add(900002)
    site.pages["/index.xml"] = answer
    assert "/index.xml" in site.crawl(start="/")  # named by robots.txt and never seen: no failure
    assert stats_of(site.archive)[f"sitemap/failed/{kind}"] == 1
    assert "/index.xml" not in site.crawl(start="/", after=1)
    assert ("/index.xml" in site.crawl(start="/", after=6)) is (kind == "http_5xx")


def test_a_sitemap_that_was_read_before_is_missed(site: OwnSite) -> None:
    with_sitemap(site, {"/maps/new.xml": DAY})
    site.pages["/maps/new.xml"] = sitemap(900002)
    site.add(900002)
    site.crawl(start="/")
    site.pages["/index.xml"] = 404
    assert "/index.xml" in site.crawl(start="/", after=6, code=4)
    assert "/index.xml" not in site.crawl(start="/", after=6)  # said once


def test_a_sitemap_that_leads_in_a_circle_ends(site: OwnSite) -> None:
    with_sitemap(site, {"/index.xml": DAY, "/deep.xml": DAY})
    site.pages["/deep.xml"] = index({"/index.xml": DAY, "/deeper.xml": DAY})
    site.pages["/deeper.xml"] = index({"/deepest.xml": DAY})
    site.pages["/deepest.xml"] = sitemap(900002)
    assert "/deepest.xml" not in site.crawl(start="/")


# --- 加载更多 ("load more") ----------------------------------------------------------------------------


def button(body: bytes, address: str) -> bytes:
    return body.replace(b"</body>", f'<a class="more" data-url="{address}">加载更多</a></body>'.encode())


def more(*numbers: int, **said: object) -> bytes:
    entries = [{"url": page(n), "title": f"第{n}条新闻的题目写在这里", "time": DAY} for n in numbers]
    return json.dumps({"data": entries, **said}).encode()


def test_the_button_is_pressed_as_far_as_a_pager_would_be_followed(site: OwnSite) -> None:
    site.add(*range(900001, 900010))
    site.pages["/list.html"] = button(listing([900009, 900008], day=DAY), "/api?page={page}")
    for number in (2, 3, 4):
        first = 900009 - 2 * (number - 1)
        site.pages[f"/api?page={number}"] = more(first, first - 1)
    site.pages["/api?page=5"] = more()
    asked = [path for path in site.crawl() if "/html/" not in path]
    assert asked == ["/list.html", *(f"/api?page={n}" for n in (2, 3, 4, 5))]
    assert site.articles() == 8
    assert site.crawl(after=0.5) == ["/list.html="]
    site.pages["/list.html"] = button(listing([900010, 900009], day=DAY), "/api?page={page}")
    site.pages["/api?page=2"] = more(900008, 900007)
    site.add(900010)
    asked = site.crawl(after=0.5)  # one page of known ones is half the margin, as in any listing
    assert [path for path in asked if "/html/" not in path] == ["/list.html", "/api?page=2"]
    assert [path for path in site.crawl("-a", "max_listing_pages=2", after=25) if "/api" in path] == [
        "/api?page=2"
    ]


def test_a_button_that_begins_with_the_first_page_again(site: OwnSite) -> None:
    site.add(*range(900001, 900005))
    site.pages["/list.html"] = button(listing([900004, 900003], day=DAY), "/api?page=1")
    site.pages["/api?page=1"] = more(900004, 900003)
    site.pages["/api?page=2"] = more(900002, 900001, hasMore=False)
    site.crawl()
    assert site.articles() == 4


def test_a_button_that_leads_nowhere_is_no_failure_and_rests(site: OwnSite) -> None:
    site.add(900001)
    site.pages["/list.html"] = button(listing([900001], day=DAY), "/api?page={page}")
    site.pages["/api?page=2"] = 404
    assert "/api?page=2" in site.crawl()
    site.pages["/list.html"] = button(listing([900002, 900001], day=DAY), "/api?page={page}")
    site.add(900002)
    assert "/api?page=2" not in site.crawl(after=0.5)
    assert "/api?page=2" in site.crawl("-a", "full=1", after=0.5)


def test_the_identity_of_an_address_does_not_depend_on_the_way(site: OwnSite) -> None:
    site.pages["/list.html"] = announcing(listing([900001], day=DAY))
    site.pages["/feed.xml"] = feed(900001).replace(b".html", b".html?from=rss#top")
    site.add(900001)
    assert [path for path in site.crawl() if "/html/" in path] in (
        [page(900001)],
        [page(900001) + "?from=rss"],
    )
    assert identity.canonical(site.url(page(900001))) == site.ledger(900001)["url"]
    assert START
