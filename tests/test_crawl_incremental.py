"""Crawls of a site that is known: what is asked for again, what is not, and that no hole is left."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks import requests
from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import crawl, rows
from tests.test_crawl_sick_site import article, listing, overrule

START = datetime.fromisoformat("2025-09-30T12:00:00+08:00")
"""When the crawls of the small site begin; its articles say 08:00 on their day."""

DAY = "2025-09-30"


class Site:
    """A site of pages that a test sets, with strong tags; served by a replica, which notes what is asked."""

    def __init__(self, replica: Replica, archive: Path) -> None:
        self.replica, self.archive = replica, archive
        self.pages: dict[str, bytes | int | str] = {}
        """Path -> its page, a status, or the address that it redirects to."""
        self.now = START
        overrule(replica, self._answer)

    def _answer(self, view: View, path: str, query: str) -> Answer | None:
        if path == "/robots.txt":
            return None
        page = self.pages.get(path, 404)
        if isinstance(page, str):
            return Answer(302, headers={"Location": page})
        if isinstance(page, int):
            return Answer(page, b"<html><body>%d</body></html>" % page)
        return Answer(200, page, modified=START - timedelta(days=1))

    def crawl(
        self, *arguments: str, code: int = 0, after: float = 0.0, start: str = "/list.html"
    ) -> list[str]:
        """Crawl ``after`` hours later; the paths asked for, robots.txt apart, with a ``=`` where 304 came."""
        self.now += timedelta(hours=after)
        self.replica.reset_log()
        done = crawl(
            self.archive,
            *("-a", f"start_urls={self.replica.url.rstrip('/')}{start}", "-s", "RETRY_TIMES=0"),
            *arguments,
            NEWSCRAWLER_NOW=self.now.isoformat(),
        )
        assert done.returncode == code, done.stderr
        return [
            r.path + ("=" if r.status == 304 else "")
            for r in self.replica.requests
            if r.path != "/robots.txt"
        ]

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        return rows(self.archive, sql, *values)

    def ledger(self, number: int) -> dict[str, Any]:
        """The ledger's row of an article."""
        return self.rows("select * from ledger where url like ?", f"%/{number}.html")[0]

    def articles(self) -> int:
        return int(self.rows("select count(*) as n from news")[0]["n"])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Replica(articles=12, faults=False, weight=0) as replica:
        yield Site(replica, tmp_path / "archive.db")


def page(number: int) -> str:
    return f"/html/2025-09/{number}.html"


def add(site: Site, *numbers: int, path: str = "/list.html", day: str = DAY) -> None:
    """One listing page of these articles, and their pages."""
    site.pages[path] = listing(numbers, day=day)
    site.pages |= {page(n): article(n, day) for n in numbers}


# --- back-off between crawls -----------------------------------------------------------------------


def test_a_failure_is_tried_at_once_then_later_and_later_then_given_up(site: Site) -> None:
    add(site, 900001, 900002)
    site.pages[page(900001)] = 500
    some = ("-s", "ATTEMPTS_MAX=4")
    assert page(900001) in site.crawl(*some, code=4)
    assert site.ledger(900001)["attempts"] == 1
    assert site.crawl(*some, code=4)[0] == page(900001)  # the next crawl, before the listings
    assert site.ledger(900001)["attempts"] == 2
    assert page(900001) not in site.crawl(*some)  # half an hour is not over; shown by the listing though
    assert page(900001) in site.crawl(*some, after=0.6, code=4)
    assert page(900001) not in site.crawl(*some, after=0.8)
    assert page(900001) in site.crawl(*some, after=0.4, code=4)
    row = site.ledger(900001)
    assert (row["state"], row["attempts"], row["last_error"], row["due_at"]) == (
        "failed",
        4,
        "http_5xx",
        None,
    )
    assert page(900001) not in site.crawl(*some, after=99 * 24)


def test_a_part_that_stays_away_waits_like_any_failure(site: Site) -> None:
    add(site, 900001)
    first = article(900001, DAY).replace(b"</body>", b'<a href="900001_2.html">2</a></body>')
    site.pages[page(900001)] = first
    asked = site.crawl(code=4)
    assert asked[-1] == page(900001).replace(".html", "_2.html")
    row = site.ledger(900001)
    assert (row["state"], row["last_error"], row["detail"]) == ("pending", "http_4xx", "part 2: HTTP 404")
    site.crawl(code=4)
    assert page(900001) not in site.crawl()
    site.pages[page(900001).replace(".html", "_2.html")] = article(900001, DAY)
    site.crawl(after=0.6)
    assert (site.ledger(900001)["state"], site.ledger(900001)["attempts"]) == ("archived", 0)
    assert site.ledger(900001)["etag"] is None  # the first part's tag says nothing of the second


# --- revisits --------------------------------------------------------------------------------------


def test_articles_are_looked_at_again_at_their_moments(site: Site) -> None:
    """At 12:00 an article of 08:00 is four hours old: next a day after publication, then a week, a month."""
    add(site, 900001)
    site.crawl()
    moments = []
    for hours in range(0, 40 * 24, 5):
        site.now = START + timedelta(hours=hours)
        if site.now.astimezone(UTC).isoformat() >= (site.ledger(900001)["due_at"] or "9"):
            assert f"{page(900001)}=" in site.crawl()
            moments.append(hours)
    assert moments == [20, 165, 720]
    assert site.ledger(900001)["due_at"] is None
    assert site.articles() == 1
    assert site.rows("select revision from news") == [{"revision": 1}]


def test_revisits_come_last_within_their_budget_and_can_be_turned_off(site: Site) -> None:
    add(site, *range(900001, 900011))
    site.crawl()
    add(site, *range(900005, 900015))
    off = site.crawl("-s", "REVISIT_AFTER_HOURS=", "-a", "max_listing_pages=1", after=30)
    assert off[0] == "/list.html"
    assert set(off[1:]) == {page(n) for n in range(900011, 900015)}
    add(site, *range(900006, 900020))
    asked = site.crawl("-s", "REVISITS_PER_CRAWL=3")
    assert set(asked[1:6]) == {page(n) for n in range(900015, 900020)}
    assert len(asked) == 9
    assert all(path.endswith("=") for path in asked[6:])
    assert len(site.crawl("-s", "REVISITS_PER_CRAWL=99")) == 1 + 7


def test_a_revisit_finds_what_changed_what_is_gone_and_what_is_back(site: Site) -> None:
    add(site, 900001, 900002, 900003)
    site.crawl()
    site.pages[page(900001)] = article(900001, DAY).replace("它说了一些事情".encode(), "它改口了".encode())
    site.pages[page(900002)] = 410
    site.pages[page(900003)] = 500
    site.pages["/list.html"] = listing([900009], day=DAY)
    site.pages[page(900009)] = article(900009, DAY)
    site.crawl(after=20, code=4)
    news = {row["url"][-11:-5]: row for row in site.rows("select * from news")}
    assert news["900001"]["revision"] == 2
    assert news["900002"]["gone_at"] == "2025-10-01T00:00:00+00:00"
    assert news["900002"]["body"] == news["900003"]["body"].replace("900003", "900002")
    row = site.ledger(900003)  # had, and still had: only the visit failed
    assert (row["state"], row["attempts"], row["last_error"]) == ("archived", 1, "http_5xx")
    site.pages[page(900003)] = article(900003, DAY)
    assert f"{page(900003)}=" in site.crawl()
    assert site.ledger(900003)["attempts"] == 0
    for hours, asked in ((2, False), (24, True), (23, False), (2, True), (26, False), (99, False)):
        assert (page(900002) in site.crawl(after=hours)) is asked, hours  # no listing shows it


def test_an_article_that_leads_to_the_home_page_is_gone_until_it_is_back(site: Site) -> None:
    add(site, 900001, 900002)
    site.crawl()
    site.pages["/"] = listing([900002], day=DAY)
    here, site.pages[page(900001)] = site.pages[page(900001)], "/"
    site.crawl("-a", "full=1", after=3)
    gone = {row["url"][-11:-5]: row["gone_at"] for row in site.rows("select url, gone_at from news")}
    assert (bool(gone["900001"]), gone["900002"]) == (True, None)
    site.pages[page(900001)] = here
    site.crawl("-a", "full=1", after=3)
    assert site.rows("select count(gone_at) as gone from news") == [{"gone": 0}]


def test_an_article_whose_page_says_that_it_does_not_exist_is_gone_until_it_is_back(site: Site) -> None:
    add(site, 900001, 900002)
    site.crawl()
    there = site.pages[page(900001)]
    site.pages[page(900001)] = "<html><body><p>您访问的页面不存在</p></body></html>".encode()
    site.pages[page(900002)] = "<html><body><p>系统繁忙，请稍后再试</p></body></html>".encode()
    site.crawl("-a", "full=1", after=3)
    gone = {row["url"][-11:-5]: row["gone_at"] for row in site.rows("select url, gone_at from news")}
    assert (bool(gone["900001"]), gone["900002"]) == (True, None)
    assert site.ledger(900001)["state"] == "gone"
    site.pages[page(900001)] = there
    site.crawl("-a", "full=1", after=3)
    assert site.rows("select count(gone_at) as gone from news") == [{"gone": 0}]


def test_full_asks_for_whole_pages(site: Site) -> None:
    add(site, 900001, 900002)
    site.crawl()
    assert not [path for path in site.crawl("-a", "full=1", after=30) if path.endswith("=")]


@pytest.mark.parametrize("glitch", [404, 200, "/login.html"])
def test_a_glitch_costs_no_article_that_no_listing_shows_any_more(site: Site, glitch: int | str) -> None:
    """On a busy site an article is on the pages that crawls read for an hour, not for a day."""
    site.pages["/login.html"] = b"<html><body><p>...</p></body></html>"
    add(site, 900001)
    site.pages[page(900001)] = site.pages["/login.html"] if glitch == 200 else glitch
    site.crawl(code=0 if glitch == 404 else 5)
    assert site.ledger(900001)["state"] == ("gone" if glitch == 404 else "quarantined")
    add(site, 900002)
    site.pages[page(900001)] = article(900001, DAY)
    assert page(900001) not in site.crawl(after=2)
    assert page(900001) in site.crawl(after=24)
    assert site.ledger(900001)["state"] == "archived"


def test_what_leads_to_no_article_for_now_is_tried_again_while_it_is_shown(site: Site) -> None:
    add(site, 900001, 900002)
    site.pages["/login.html"] = b"<html><body><p>...</p></body></html>"
    site.pages[page(900001)] = "/login.html"
    site.crawl()
    row = site.ledger(900001)
    assert (row["state"], row["detail"]) == ("quarantined", f"leads to {site.replica.url}login.html")
    assert row["due_at"]
    for _ in range(5):
        assert page(900001) in site.crawl(after=25)
    site.pages[page(900001)] = article(900001, DAY)
    site.crawl(after=25)
    assert site.ledger(900001)["state"] == "archived"


def test_an_archived_article_that_leads_elsewhere_is_not_asked_for_at_every_crawl(site: Site) -> None:
    add(site, 900001, 900002, 900003)
    site.crawl()
    site.pages[page(900001)] = page(900003)  # merged
    site.pages[page(900002)] = "/login.html"
    site.pages["/login.html"] = b"<html><body><p>...</p></body></html>"
    asked = site.crawl(after=24)
    assert page(900001) in asked
    assert page(900002) in asked
    assert site.ledger(900001)["due_at"] == site.ledger(900003)["due_at"]
    assert (site.ledger(900002)["state"], site.ledger(900002)["attempts"]) == ("archived", 1)
    assert page(900001) not in site.crawl()
    assert page(900002) not in site.crawl()
    assert page(900001) not in site.crawl(after=48)
    assert site.articles() == 3


def test_not_modified_behind_a_redirect_says_nothing_of_the_page_we_have(site: Site) -> None:
    add(site, 900001, 900002)
    site.crawl()
    site.pages[page(900001)] = "/html/2025-09/900007.html"
    site.pages["/html/2025-09/900007.html"] = site.pages[page(900002)]
    tags = site.rows("select etag from ledger where url like '%900002.html'")
    with sqlite3.connect(site.archive) as db:  # two pages may have equal tags, or be older than the date
        db.execute("update ledger set etag = ? where url like '%900001.html'", (tags[0]["etag"],))
    asked = site.crawl(after=24)
    assert "/html/2025-09/900007.html=" in asked
    assert "/html/2025-09/900007.html" in asked
    assert site.articles() == 3


# --- listings that did not change ------------------------------------------------------------------


def test_a_listing_that_did_not_change_costs_one_request_and_no_row(site: Site) -> None:
    add(site, 900001, 900002)
    site.crawl()
    before = site.rows("select * from articles"), site.rows("select * from ledger")
    assert site.crawl() == ["/list.html="]
    assert (site.rows("select * from articles"), site.rows("select * from ledger")) == before
    add(site, 900001, 900002, 900003)
    assert site.crawl() == ["/list.html", page(900003)]
    assert site.crawl() == ["/list.html="]


@pytest.mark.parametrize("argument", ["full=1", "since=2025-09-01", "max_listing_pages=1"])
def test_who_wants_more_than_what_is_new_gets_the_page(site: Site, argument: str) -> None:
    add(site, 900001)
    site.crawl()
    assert site.crawl("-a", argument)[0] == "/list.html"
    assert site.crawl() == ["/list.html="]


def test_a_listing_is_read_once_a_day_for_what_may_be_back(site: Site) -> None:
    add(site, 900001, 900002)
    site.pages[page(900002)] = 404
    site.crawl()
    assert site.ledger(900002)["state"] == "gone"
    assert site.crawl(after=1) == ["/list.html="]
    site.pages[page(900002)] = article(900002, DAY)
    assert "/list.html" in site.crawl(after=23)
    assert site.ledger(900002)["state"] == "archived"


def test_only_a_completed_walk_says_that_a_listing_is_known(site: Site) -> None:
    """Page 2 fails in the first crawl: in the second the unchanged page 1 must still lead to it."""
    site.pages["/list.html"] = listing([900001, 900002], day=DAY, older="/list_2.html")
    site.pages["/list_2.html"] = 500
    site.pages |= {page(n): article(n, DAY) for n in range(900001, 900005)}
    site.crawl(code=4)
    site.pages["/list_2.html"] = listing([900003, 900004], day=DAY)
    assert site.crawl()[:2] == ["/list.html", "/list_2.html"]
    assert site.articles() == 4
    assert site.crawl() == ["/list.html="]


def test_a_cut_listing_is_not_known(site: Site) -> None:
    whole = listing([900001, 900002], day=DAY)
    site.pages["/list.html"] = whole
    site.pages |= {page(n): article(n, DAY) for n in (900001, 900002)}
    site.crawl("-s", "CLOSESPIDER_PAGECOUNT=1")
    assert site.rows("select etag from channels") in ([], [{"etag": None}])
    assert site.crawl()[-1] != "/list.html="


MENU = (
    '<ul class="nav"><li><a href="/">首页</a></li><li><a href="/ai/">智能</a></li>'
    '<li><a href="/auto/">汽车</a></li><li><a href="/topic.html">专题</a></li>'
    '<li><a href="/old/">旧栏目</a></li><li><a href="/video/">视频</a></li></ul>'
)


def home_site(site: Site) -> None:
    """A home page, two channels, a page without news, a channel that is no more, one closed to us."""
    entries = [900001, 900002]
    site.pages["/"] = listing(entries, day=DAY).replace(b"<body>", b"<body>" + MENU.encode())
    add(site, 900001, path="/ai/")
    add(site, 900002, path="/auto/")
    site.pages["/topic.html"] = "<html><body><p>没有新闻。</p></body></html>".encode()
    site.pages["/video/"] = 403


def test_a_home_page_that_did_not_change_still_leads_to_its_channels(site: Site) -> None:
    home_site(site)
    assert set(site.crawl(start="/")) >= {"/", "/ai/", "/auto/", "/topic.html", "/old/"}
    add(site, 900002, 900003, path="/auto/")
    assert sorted(site.crawl(start="/")) == ["/=", "/ai/=", "/auto/", page(900003)]
    # What the menu does not show any more is not asked for.
    home = site.pages["/"]
    assert isinstance(home, bytes)
    site.pages["/"] = home.replace(b'<li><a href="/ai/">', b"<li><a>") + b" "
    assert site.crawl(start="/", after=0.1) == ["/", "/auto/="]
    assert site.crawl(start="/", after=0.1) == ["/=", "/auto/="]


def test_menu_links_that_are_no_listings_are_asked_for_once_a_week(site: Site) -> None:
    home_site(site)
    site.crawl(start="/")
    none = {"/topic.html", "/old/", "/video/"}
    assert none.isdisjoint(site.crawl(start="/", after=20))
    assert none.intersection(site.crawl(start="/", after=10)) == {"/video/"}  # refused, perhaps for a day
    assert none <= set(site.crawl(start="/", after=7 * 24))
    assert none <= set(site.crawl("-a", "full=1", start="/"))
    add(site, 900009, path="/old/")
    site.crawl(start="/", after=8 * 24)
    assert site.ledger(900009)["state"] == "archived"


def test_a_channel_that_stays_away_for_days_is_a_failure_on_each_of_them(site: Site) -> None:
    home_site(site)
    site.crawl(start="/")
    site.pages["/ai/"] = 404
    for hours, code in ((1, 4), (2, 0), (23, 4), (24, 4)):
        site.crawl(start="/", after=hours, code=code)
    add(site, 900004, path="/ai/")
    site.crawl(start="/", after=24)
    assert site.ledger(900004)["state"] == "archived"
    site.pages["/ai/"] = 404
    site.crawl(start="/", after=1, code=4)
    assert "/ai/" in site.crawl(start="/", after=8 * 24)  # by now a link that leads nowhere
    assert "/ai/" not in site.crawl(start="/", after=6 * 24)


def test_a_host_that_cannot_be_asked_has_refused_nothing(tmp_path: Path) -> None:
    """finance has no robots.txt to give today; tomorrow its channel is asked for like any other."""
    archive, start = tmp_path / "archive.db", ("-a", "start_urls=https://www.itbear.com.cn/")
    with Replica(articles=30, seed=1, faults=False, weight=1) as site:
        sick = [True]

        def rule(view: View, path: str, query: str) -> Answer | None:
            return Answer(503) if sick and path == "/robots.txt" and "finance" in view.section else None

        overrule(site, rule)
        assert crawl(archive, *start, "-s", "RETRY_TIMES=0", site=site).returncode == 4
        assert not rows(
            archive, "select * from channels where url like '%finance%' and recheck_at is not null"
        )
        sick.clear()
        assert crawl(archive, *start, site=site).returncode == 0
        assert rows(archive, "select * from news where url like '%finance%'")


def test_a_menu_link_that_leads_to_another_site_rests(site: Site) -> None:
    home_site(site)
    overrule(
        site.replica,
        lambda view, path, query: (
            Answer(302, headers={"Location": "http://else.invalid/"}) if path == "/video/" else None
        ),
    )
    assert "/video/" in site.crawl(start="/")
    assert "/video/" not in site.crawl(start="/", after=30)


def test_a_listing_that_becomes_a_page_without_articles_is_a_failure_and_asked_again(site: Site) -> None:
    home_site(site)
    site.crawl(start="/")
    site.pages["/ai/"] = "<html><body>系统维护中</body></html>".encode()
    site.crawl(start="/", code=4)
    assert "/ai/" in site.crawl(start="/", code=4)
    add(site, 900001, 900007, path="/ai/")
    site.crawl(start="/")
    assert site.ledger(900007)["state"] == "archived"


# --- walks that end oddly --------------------------------------------------------------------------


def paged(site: Site, pages: int, per_page: int = 4, *, last: int | None = None) -> list[int]:
    """``pages`` listing pages, the newest articles first; the pager of the last one leads on, to nothing."""
    numbers = [900000 - n for n in range(pages * per_page)]
    for number in range(1, pages + 1):
        path = "/list.html" if number == 1 else f"/list_{number}.html"
        shown = numbers[(number - 1) * per_page : number * per_page]
        if number == pages and last is not None:
            shown = shown[:last]
        site.pages[path] = listing(shown, day=DAY, older=f"/list_{number + 1}.html")
        site.pages |= {page(n): article(n, DAY) for n in shown}
    return numbers


EMPTY = "<html><body>系统维护中</body></html>".encode()


@pytest.mark.parametrize("nothing", [EMPTY, 404])
def test_a_maintenance_page_in_the_middle_of_a_walk_costs_nothing(site: Site, nothing: bytes | int) -> None:
    paged(site, 5)
    whole, site.pages["/list_6.html"] = site.pages["/list_3.html"], nothing
    site.pages["/list_3.html"] = nothing
    site.crawl(code=4)
    assert site.rows("select completed_at from channels") == [{"completed_at": None}]
    site.pages["/list_3.html"] = whole
    site.crawl()  # and now the same at the end, further down: that is the end
    assert site.articles() == 20
    assert len(site.rows("select * from channels where completed_at is not null")) == 1


@pytest.mark.parametrize("nothing", [EMPTY, 404])
def test_a_list_that_ends_with_an_empty_page_is_complete(site: Site, nothing: bytes | int) -> None:
    paged(site, 4, last=2)
    site.pages["/list_5.html"] = nothing
    site.crawl()
    assert site.crawl() == ["/list.html="]


@pytest.mark.parametrize("nothing", [EMPTY, 410])
def test_a_list_of_full_pages_that_ends_with_an_empty_one_is_complete_the_second_time(
    site: Site, nothing: bytes | int
) -> None:
    paged(site, 3)
    site.pages["/list_4.html"] = nothing
    site.crawl(code=4)
    site.crawl()
    assert site.crawl() == ["/list.html="]


# --- since in cron ---------------------------------------------------------------------------------


def test_since_stops_at_known_pages_once_a_walk_went_as_far_down(site: Site) -> None:
    days = {
        1: "2025-09-30",
        2: "2025-09-29",
        3: "2025-09-28",
        4: "2025-09-27",
        5: "2025-09-26",
        6: "2025-09-25",
    }
    for number, day in days.items():
        shown = [900100 - 10 * number - k for k in range(4)]
        path = "/list.html" if number == 1 else f"/list_{number}.html"
        site.pages[path] = listing(shown, day=day, older=f"/list_{number + 1}.html" if number < 6 else "")
        site.pages |= {page(n): article(n, day) for n in shown}

    def walked(since: str) -> int:
        asked = site.crawl("-a", f"since={since}", "-s", "REVISIT_AFTER_HOURS=")
        return len([path for path in asked if path.startswith("/list")])

    assert walked("2025-09-27") == 5  # the fifth shows that all is older
    assert site.articles() == 16
    assert walked("2025-09-27") == 2
    assert walked("2025-09-28") == 2
    assert walked("2025-09-26") == 6
    assert site.articles() == 20
    (channel,) = site.rows("select * from channels")
    assert (channel["reached_since"], channel["completed_at"]) == ("2025-09-26", None)
    assert len([p for p in site.crawl() if p.startswith("/list")]) == 6  # nobody had read it as a whole
    assert site.articles() == 24


# --- related items that no listing showed ----------------------------------------------------------


def promoting(number: int, *related: int) -> bytes:
    """An article page with a related block."""
    items = "".join(
        f"<li><a href={page(n)}>新闻{n}的标题，它不很短</a><p>摘要说了一些事情…</p><span>{DAY}</span></li>"
        for n in related
    )
    block = f"<div><h3>更多热门内容</h3><ul>{items}</ul></div>".encode()
    return article(number, DAY).replace(b"</body>", block + b"</body>")


def test_related_items_are_followed_only_when_asked_for_and_within_a_budget(site: Site) -> None:
    add(site, 900001, 900002)
    chain = list(range(800001, 800009))
    site.pages[page(900001)] = promoting(900001, *chain[:4])
    site.pages |= {page(n): promoting(n, *chain[4:]) for n in chain[:4]}
    site.pages |= {page(n): article(n, DAY) for n in chain[4:]}
    site.crawl()
    assert len(site.rows("select * from ledger")) == 2
    on = ("-s", "FOLLOW_RELATED=1", "-s", "FOLLOW_RELATED_PER_CRAWL=3")
    asked = site.crawl(*on, "-a", "full=1")  # the promoting page is read again
    assert set(asked[-3:]) == {page(n) for n in chain[:3]}
    assert {r["discovered_as"] for r in site.rows("select * from ledger where url like '%/8000%'")} == {
        "related"
    }
    assert page(chain[3]) not in site.crawl()  # off: what waits goes on waiting
    assert {path for path in site.crawl(*on) if "/8000" in path} == {page(n) for n in chain[3:6]}
    site.crawl(*on)
    assert site.articles() == 10
    # A listing that shows one of them is not taken to have been read down to it.
    assert site.rows("select count(*) as n from ledger where discovered_as = 'listing'") == [{"n": 2}]


# --- the time budget -------------------------------------------------------------------------------


def test_a_time_budget_ends_a_crawl_cleanly_and_soon(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=60, seed=2, faults=False, weight=1) as site:
        start = ("-a", f"start_urls={site.url}")
        begun = time.monotonic()
        done = crawl(archive, *start, "-s", "TIME_BUDGET=2", "-s", "DOWNLOAD_DELAY=0.2")
        assert (done.returncode, done.stderr) == (0, "")
        assert time.monotonic() - begun < 12
        (run,) = rows(archive, "select reason, new, failed from crawls")
        assert run["reason"] == "time_budget"
        assert 0 < run["new"] < 30
        assert run["failed"] == 0
        left = rows(archive, "select * from ledger where state = 'pending'")
        assert left
        assert not [row for row in left if row["attempts"]]
        assert (
            rows(archive, "select * from channels where completed_at is not null and url like '%/ai/'") == []
        )
        assert crawl(archive, *start).returncode == 0
        listed = {a["url"] for a in site.truth()["articles"] if a["listed"]}
        assert {row["url"] for row in rows(archive, "select url from news")} == listed


def test_a_begun_article_is_finished_when_the_time_is_over(site: Site) -> None:
    add(site, 900003, 900002, 900001)  # the last one is asked for first
    first = article(900001, DAY).replace(
        b"</body>", b'<a href="900001_2.html">2</a><a href="900001_3.html"></body>'
    )
    site.pages[page(900001)] = first
    for part in (2, 3):
        site.pages[page(900001).replace(".html", f"_{part}.html")] = article(900001, DAY)
    asked = site.crawl("-s", "TIME_BUDGET=2.5", "-s", "DOWNLOAD_DELAY=1")
    parts = [path for path in asked if "_" in path]
    assert [row["url"][-11:-5] for row in site.rows("select url from news")] == ["900001"]
    assert len(parts) == 2
    assert site.ledger(900003)["state"] == "pending"


# --- what the benchmark promises, in small ---------------------------------------------------------


def test_nothing_new_costs_three_requests_a_channel_at_most_and_no_article_row(tmp_path: Path) -> None:
    for validators in (True, False):
        cost = requests.nothing_new(tmp_path, 60, validators)
        assert (cost.new, cost.rows_changed, cost.channels) == (0, False, 10)
        assert cost.counted <= (2 if validators else 3) * cost.channels
        assert cost.kinds["other"] == 0
