"""Sites that answer badly: no article is lost by it, no failure is silent, and no walk goes on for ever."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import crawl, environment, rows

WWW = "www.itbear.com.cn"

Rule = Callable[[View, str, str], Answer | None]


def overrule(site: Replica, rule: Rule) -> None:
    """Have ``site`` answer as ``rule`` says where it says anything, and as always elsewhere."""
    usual = site.answer
    site.answer = lambda view, path, query: rule(view, path, query) or usual(view, path, query)  # type: ignore[method-assign]


def test_what_only_the_mobile_twin_does_not_have_is_not_gone(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    sick = next(a for a in replica.truth(WWW)["articles"] if a["listed"] and a["outcome"] == "archived")
    path = sick["url"].partition(WWW)[2]
    healthy: list[bool] = []

    def rule(view: View, asked: str, query: str) -> Answer | None:
        if asked != path or healthy:
            return None
        return Answer(404 if view.mobile else 500)

    overrule(replica, rule)
    done = crawl(archive, "-s", "RETRY_TIMES=0", site=replica)
    assert done.returncode == 4, done.stderr
    row = rows(archive, "select state, last_error, detail from ledger where url = ?", sick["url"])[0]
    assert (row["state"], row["last_error"]) == ("pending", "http_5xx")
    assert "404" in row["detail"]
    healthy.append(True)
    assert crawl(archive, site=replica).returncode == 0
    assert rows(archive, "select url from news where url = ?", sick["url"])


def test_a_listing_whose_twin_is_missing_is_a_failure(tmp_path: Path, replica: Replica) -> None:
    """The finance home page answers 500 and its twin 404: the crawl must not end as if all were well."""

    def rule(view: View, asked: str, query: str) -> Answer | None:
        if view.section == WWW or asked != "/":
            return None
        return Answer(404 if view.mobile else 500)

    overrule(replica, rule)
    done = crawl(tmp_path / "archive.db", "-s", "RETRY_TIMES=0", site=replica)
    assert done.returncode == 4, done.stderr
    assert "finance.itbear.com.cn" in done.stderr


@contextlib.contextmanager
def served(answers: dict[str, bytes], *, robots_takes: float = 0) -> Iterator[tuple[str, list[str]]]:
    """A site of fixed pages that never says how long they are: its address and the paths asked for.

    ``robots_takes``: seconds until its robots.txt (there is none) is answered.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path == "/robots.txt":
                time.sleep(robots_takes)
            body = answers.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def article(number: int, day: str) -> bytes:
    """The page of one article."""
    text = f"<p>{'这是第' + str(number) + '条新闻的正文，它说了一些事情，也说了另外一些事情。' * 3}</p>" * 3
    return (
        f"<html><head><title>新闻{number}的标题-快讯-ITBear科技资讯</title></head><body><h1>新闻{number}的标题</h1>"
        f"<div>时间：{day} 08:00:00 来源：互联网 编辑：快讯</div><div id=content>{text}</div></body></html>"
    ).encode()


def listing(numbers: Iterable[int], *, day: str = "", older: str = "", side: Iterable[int] = ()) -> bytes:
    """A listing page, with a side bar of undated links."""
    entries = "".join(
        f"<li><a href=/html/2025-09/{n}.html>新闻{n}的标题，它不很短</a> <span>{day}</span></li>"
        for n in numbers
    )
    bar = "".join(f"<p><a href=/html/2025-09/{n}.html>新闻{n}的标题，它不很短</a></p>" for n in side)
    pager = f"<div class=page><a href={older}>下一页</a></div>" if older else ""
    return f"<html><body><ul>{entries}</ul>{pager}<div><h3>热门</h3>{bar}</div></body></html>".encode()


def site_of_pages(pages: int, *, day: str = "2025-09-30", side: Iterable[int] = ()) -> dict[str, bytes]:
    """Listing pages ``/list_1.html``… of ten articles each, the newest first, with the articles."""
    answers: dict[str, bytes] = {}
    for page in range(1, pages + 1):
        numbers = [900000 - page * 10 - k for k in range(10)]
        older = f"/list_{page + 1}.html" if page < pages else ""
        answers[f"/list_{page}.html"] = listing(numbers, day=day, older=older, side=side)
        answers |= {f"/html/2025-09/{n}.html": article(n, day) for n in numbers}
    return answers | {f"/html/2025-09/{n}.html": article(n, day) for n in side}


def walked(asked: list[str]) -> list[str]:
    return [path for path in asked if path.startswith("/list")]


def test_a_listing_that_was_cut_does_not_complete_its_channel(tmp_path: Path) -> None:
    """Its pager stands at its end: the walk would stop there and never again look below."""
    archive = tmp_path / "archive.db"
    answers = site_of_pages(5)
    whole = answers["/list_2.html"]
    answers["/list_2.html"] = whole[: whole.index(b"<div class=page>")]
    with served(answers) as (url, _):
        done = crawl(archive, "-a", f"start_urls={url}/list_1.html")
        assert done.returncode == 4, done.stderr
        assert "list_2.html" in done.stderr
        answers["/list_2.html"] = whole
        assert crawl(archive, "-a", f"start_urls={url}/list_1.html").returncode == 0
        assert len(rows(archive, "select url from news")) == 50


def test_a_side_bar_does_not_keep_an_incremental_walk_going(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    answers = site_of_pages(9)
    with served(answers) as (url, asked):
        assert crawl(archive, "-a", f"start_urls={url}/list_1.html").returncode == 0
        answers.update(site_of_pages(9, side=[950001]))  # new, and shown on every page
        asked.clear()
        assert crawl(archive, "-a", f"start_urls={url}/list_1.html").returncode == 0
        assert len(walked(asked)) <= 3
        assert len(rows(archive, "select url from news")) == 91


def test_since_walks_below_what_an_earlier_crawl_completed_and_ends_there(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    answers = site_of_pages(4) | {
        "/list_4.html": listing(range(899951, 899961), day="2025-09-30", older="/list_5.html")
    }
    for page in range(5, 12):
        day = "2025-09-29" if page < 7 else "2025-09-20"
        numbers = [900000 - page * 10 - k for k in range(10)]
        side = [899990]  # undated, on every page
        answers[f"/list_{page}.html"] = listing(numbers, day=day, older=f"/list_{page + 1}.html", side=side)
        answers |= {f"/html/2025-09/{n}.html": article(n, day) for n in numbers}
    with served(answers) as (url, asked):
        start = ("-a", f"start_urls={url}/list_1.html")
        assert crawl(archive, *start, "-s", "LISTING_PAGES_FIRST=3").returncode == 0
        assert len(rows(archive, "select url from news")) == 30
        asked.clear()
        assert crawl(archive, *start, "-a", "since=2025-09-29").returncode == 0
        assert walked(asked)[-1] == "/list_7.html"
        days = {row["published_at"][:10] for row in rows(archive, "select published_at from news")}
        assert days == {"2025-09-30", "2025-09-29"}


def test_what_turned_out_older_than_since_is_neither_a_fault_nor_fetched_again(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    answers = site_of_pages(1, day="2025-09-01")
    answers["/list_1.html"] = listing(range(899981, 899991))  # says no dates
    with served(answers) as (url, asked):
        start = ("-a", f"start_urls={url}/list_1.html")
        first = crawl(archive, *start, "-a", "since=2025-09-29")
        assert (first.returncode, first.stderr) == (0, "")
        asked.clear()
        assert crawl(archive, *start, "-a", "since=2025-09-29").returncode == 0
        assert not [path for path in asked if "/html/" in path]
        assert crawl(archive, *start).returncode == 0
        assert len(rows(archive, "select url from news")) == 10


def test_a_page_that_breaks_the_extraction_stays_pending_with_its_reason(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    program = (
        "import sys; from newscrawler import extract\n"
        "usual = extract.read_article\n"
        "def broken(page):\n"
        "    if '899985' in page.url:\n"
        "        raise KeyError('dateline')\n"
        "    return usual(page)\n"
        "extract.read_article = broken\n"
        "from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[1:]])\n"
    )
    with served(site_of_pages(1)) as (url, _):
        done = subprocess.run(
            [
                *(sys.executable, "-c", program, "crawl", "itbear"),
                *("-a", f"start_urls={url}/list_1.html", "-s", "DOWNLOAD_DELAY=0"),
            ],
            cwd=tmp_path,
            env=environment(NEWSCRAWLER_ARCHIVE=str(archive)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 4, done.stderr
    left = rows(
        archive, "select url, state, last_error, detail, attempts from ledger where state <> 'archived'"
    )
    assert [(row["state"], row["last_error"], row["attempts"]) for row in left] == [
        ("pending", "site_rule", 1)
    ]
    assert "KeyError" in left[0]["detail"]


@pytest.mark.parametrize("robots_takes", [0, 2])
def test_full_does_not_take_a_whole_archive_into_memory(tmp_path: Path, robots_takes: float) -> None:
    """Revisits are asked for when nothing else is left, some at a time; also while nothing may be asked."""
    archive = tmp_path / "archive.db"
    with served(site_of_pages(15), robots_takes=robots_takes) as (url, asked):
        start = ("-a", f"start_urls={url}/list_1.html")
        assert crawl(archive, *start).returncode == 0
        only = ("-a", f"start_urls={url}/list_15.html", "-a", "full=1")
        assert crawl(archive, *only, "-s", "CLOSESPIDER_PAGECOUNT=8").returncode == 0
        last = rows(archive, "select stats from crawl_runs order by id desc limit 1")[0]
        assert json.loads(last["stats"])["scheduler/enqueued"] <= 120
        asked.clear()
        assert crawl(archive, *only).returncode == 0
        assert len([path for path in asked if "/html/" in path]) == 150


def test_what_was_gone_or_no_article_is_tried_again_a_day_later_while_it_is_listed(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=60, seed=1, weight=1) as site:
        start = ("-a", f"start_urls={site.url}")
        crawl(archive, *start)
        lost = {
            row["url"]
            for row in rows(archive, "select url from ledger where state in ('gone', 'quarantined')")
        }
        assert lost
        for moment, expected in (("2025-10-01T12:00:00+08:00", set()), ("2025-10-02T01:00:00+08:00", lost)):
            site.reset_log()
            crawl(archive, *start, NEWSCRAWLER_NOW=moment)
            asked = {site.url.rstrip("/") + request.path for request in site.requests}
            assert asked & lost == expected, moment


def test_unfit_pages_alone_are_no_alarm_on_a_site_that_we_know(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=60, seed=1, weight=1) as site:
        start = ("-a", f"start_urls={site.url}")
        crawl(archive, *start)
        good = {a["url"] for a in site.truth()["articles"] if a["outcome"] == "archived"}
        rows_before = rows(archive, "select count(*) as n from news")[0]["n"]
        assert rows_before
        assert good
        later = crawl(archive, *start, "-s", "RETRY_TIMES=0", NEWSCRAWLER_NOW="2025-10-02T01:00:00+08:00")
        assert later.returncode in {0, 4}, later.stderr  # soft 404 and login wall again, and nothing new


def test_the_address_as_it_was_linked_survives_an_interruption(tmp_path: Path) -> None:
    """A page that a later crawl takes from the ledger gets the same alias as one that is fetched at once."""
    with Replica(articles=60, seed=1, faults=False, weight=1) as site:
        first, other = tmp_path / "first.db", tmp_path / "other.db"
        crawl(first, site=site)
        crawl(other, "-s", "CLOSESPIDER_PAGECOUNT=15", site=site)
        crawl(other, site=site)
        sql = "select url, reason from aliases order by url, reason"
        assert rows(first, sql) == rows(other, sql)
        assert rows(first, sql)


def test_who_starts_at_plain_http_gets_plain_http(tmp_path: Path) -> None:
    """A site that answers on http alone is had so; its articles keep their canonical https addresses."""
    archive = tmp_path / "archive.db"
    with Replica(articles=30, seed=1, faults=False, weight=1) as site:
        proxies = {**site.environment(), "https_proxy": "http://127.0.0.1:9"}
        done = crawl(
            archive, "-a", "start_urls=http://www.itbear.com.cn/", "-s", "RETRY_TIMES=0",
            **proxies,
        )  # fmt: skip
        assert rows(archive, "select count(*) as n from news")[0]["n"] > 20, done.stderr
        assert all(r["url"].startswith("https://") for r in rows(archive, "select url from news"))
        again = crawl(
            archive, "-a", "start_urls=http://www.itbear.com.cn/", "-a", "full=1", "-s", "RETRY_TIMES=0",
            **proxies,
        )  # fmt: skip
        (seen,) = rows(archive, "select unchanged from crawls where new = 0")
        assert seen["unchanged"] > 20, again.stderr  # what is looked at again is had so as well
