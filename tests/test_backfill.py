"""``scrapy crawl itbear -a backfill=…`` on the replica: what it finds, what it costs, and how it ends."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawler.archive import forget, open_archive, visits
from newscrawler.archive.absent import GUESSED, mark_absent
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.store import store_article
from newscrawler.items import Article, Page
from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import REPLICA_START, crawl, environment, newscrawler, rows
from tests.test_crawl_sick_site import article, listing, overrule

WWW = "www.itbear.com.cn"
MONTHS = ("2025-08", "2025-09")
FILL = ("-a", f"backfill={MONTHS[0]}..{MONTHS[1]}")


def replica(**options: Any) -> Replica:
    """A site of seventy days with four articles a day, one in three ids; its listings show the newest."""
    usual = {"articles": 280, "per_day": 4, "per_page": 4, "faults": False, "weight": 0, "shared": False}
    return Replica(**{**usual, **options})


def newest(archive: Path, site: Replica) -> None:
    """An archive that has but the first page of each listing."""
    done = crawl(archive, "-s", "LISTING_PAGES_FIRST=1", site=site)
    assert done.returncode == 0, done.stderr
    site.reset_log()


def wanted(site: Replica) -> set[str]:
    """The articles of MONTHS that have an id, also those that no listing shows."""
    urls = {article["url"] for article in site.truth(WWW)["articles"] if not article["gone"]}
    return {url for url in urls if any(f"/html/{month}/" in url for month in MONTHS)}


def archived(archive: Path) -> set[str]:
    return {row["url"] for row in rows(archive, "select url from articles")}


def asked(site: Replica) -> Counter[str]:
    """How often each article was asked for since the log was reset, its later parts apart."""
    paths = (f"{r.host}{r.path}" for r in site.requests)
    return Counter(path for path in paths if re.search(r"/html/.*/\d+\.html", path))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Replica, int]]:
    """Two months filled across their border; how many articles there were before."""
    archive = tmp_path_factory.mktemp("filled") / "archive.db"
    with replica() as site:
        newest(archive, site)
        before = len(archived(archive) & wanted(site))
        done = crawl(archive, *FILL, "-s", "LISTING_PAGES_FIRST=1", site=site, timeout=300)
        assert (done.returncode, done.stderr) == (0, "")
        yield archive, site, before


def test_every_article_of_two_months_is_found(filled: tuple[Path, Replica, int]) -> None:
    archive, site, before = filled
    assert before < len(wanted(site)) / 2
    assert wanted(site) <= archived(archive)


def test_what_it_costs(filled: tuple[Path, Replica, int]) -> None:
    _, site, before = filled
    counts = asked(site)
    assert max(counts.values()) == 1, "an address was asked for twice"
    found = len(wanted(site)) - before
    # Three ids an article; to find the way and the borders costs each sequence some 150, at any size.
    assert counts.total() < 4 * found + 2 * 200


def test_the_same_again_asks_for_nothing(filled: tuple[Path, Replica, int]) -> None:
    archive, site, _ = filled
    site.reset_log()
    assert crawl(archive, *FILL, site=site).returncode == 0
    assert not asked(site)


def test_ids_that_do_not_exist_are_no_failures_and_nothing_that_went(
    filled: tuple[Path, Replica, int],
) -> None:
    archive, _, _ = filled
    assert rows(archive, "select count(*) as n from absent")[0]["n"] > 300
    assert not rows(archive, "select url from ledger where state not in ('archived', 'unchanged')")
    assert not rows(archive, "select url from captures where status = 404 and kind = 'article'")
    status = newscrawler("status", "--json", cwd=archive.parent, NEWSCRAWLER_NOW=REPLICA_START)
    assert json.loads(status.stdout)["needs_a_person"] == []
    run = rows(archive, "select failed, quarantined, new, stats from crawl_runs order by id")[1]
    assert (run["failed"], run["quarantined"]) == (0, 0)
    assert json.loads(run["stats"])["newscrawler/article/absent"] > 300


def test_gaps_says_that_nothing_is_missing(filled: tuple[Path, Replica, int]) -> None:
    archive, site, _ = filled
    done = newscrawler("gaps", cwd=archive.parent)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith(MONTHS)]
    assert len(lines) == 4
    assert all(line.endswith(" 0 100.0%") for line in lines), done.stdout
    told = json.loads(newscrawler("gaps", "--json", "--month", "2025-09", cwd=archive.parent).stdout)
    for track in told["sequences"]:
        base = f"https://{track['host']}/html/2025-09/"
        month = next(m for m in track["months"] if m["name"] == "2025-09")
        there = [url for url in wanted(site) if url.startswith(base)]
        assert month["archived"] == len(there)
        assert sum(day["archived"] for day in track["days"]) == len(there)
        assert sum(day["untried"] for day in track["days"]) == month["untried"] == 0


def test_the_days_budget_ends_it_and_the_next_day_goes_on(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with replica(articles=150) as site:
        newest(archive, site)
        budget = ("-a", "backfill=2025-09", "-s", "BACKFILL_PER_DAY=60")
        seen: Counter[str] = Counter()
        for day, most in (("01", 60), ("01", 0), ("02", 60)):
            site.reset_log()
            done = crawl(archive, *budget, site=site, NEWSCRAWLER_NOW=f"2025-10-{day}T08:00:00+08:00")
            assert (done.returncode, done.stderr) == (0, "")
            assert asked(site).total() == most
            seen += asked(site)
        assert max(seen.values()) == 1
        reasons = [row["reason"] for row in rows(archive, "select reason from crawl_runs order by id")]
        assert reasons == ["finished", *["backfill_budget"] * 3]


def start(archive: Path, site: Replica, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "itbear", "-s", "DOWNLOAD_DELAY=0", *arguments],
        cwd=archive.parent,
        env=environment(
            NEWSCRAWLER_ARCHIVE=str(archive), NEWSCRAWLER_NOW=REPLICA_START, **site.environment()
        ),
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 130)])
def test_interrupted_it_goes_on_where_it_was(tmp_path: Path, number: signal.Signals, code: int) -> None:
    archive = tmp_path / "archive.db"
    with replica(articles=150, delay=0.01) as site:
        newest(archive, site)
        process = start(archive, site, "-a", "backfill=2025-09")
        while asked(site).total() < 120:
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(number)
        process.communicate(timeout=20)
        assert process.returncode == code
        done = crawl(archive, "-a", "backfill=2025-09", site=site)
        assert done.returncode == 0, done.stderr
        twice = [path for path, times in asked(site).items() if times > 1]
        assert len(twice) <= 20, "more than what was under way"
        assert not {url for url in wanted(site) if "/2025-09/" in url} - archived(archive)


def test_a_time_budget_ends_it_cleanly(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with replica(articles=150, delay=0.05) as site:
        newest(archive, site)
        done = crawl(archive, "-a", "backfill=2025-09", "-s", "TIME_BUDGET=2", site=site)
        assert (done.returncode, done.stderr) == (0, "")
        assert 0 < asked(site).total() < 300
        assert rows(archive, "select reason from crawl_runs order by id desc limit 1") == [
            {"reason": "time_budget"}
        ]


def test_a_site_that_answers_nothing_is_left_alone(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with replica(articles=150) as site:
        newest(archive, site)
        overrule(site, lambda view, path, query: Answer(500) if "/html/" in path else None)
        done = crawl(archive, "-a", "backfill=2025-09", "-s", "RETRY_TIMES=0", site=site)
        assert done.returncode == 4
        assert "answered none of the last" in done.stderr
        assert len(asked(site)) <= 120
        pending = rows(
            archive, "select url from ledger where state = 'pending' and discovered_as = 'guessed'"
        )
        assert pending


def test_a_link_with_a_month_that_is_none_stops_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with replica(articles=60) as site:
        newest(archive, site)
        wrong = Discovery(f"https://{WWW}/html/2025-13/970000.html", "listing")
        with open_archive(archive) as database:
            discover(database, [wrong], site="itbear", crawl_id=1, now=datetime.now(UTC))
        done = crawl(archive, "-a", "backfill=2025-09", "-s", "BACKFILL_PER_DAY=60", site=site)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(asked(site)) > 40
    assert "2025-13" not in newscrawler("gaps", cwd=tmp_path).stdout


SICK = """
from spiders.itbear import ItbearSpider

class Sick(ItbearSpider):
    name = "sick"

    def is_article(self, url):
        if self._backfill and self._backfill.left:
            raise RuntimeError("a hook of the site")
        return super().is_article(url)
"""


def test_a_fault_between_pages_is_no_success(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    (tmp_path / "sick.py").write_text(SICK)
    with replica(articles=60) as site:
        newest(archive, site)
        mine = ("-s", "SPIDER_MODULES=sick", "-a", "backfill=2025-09")
        done = crawl(archive, *mine, site=site, spider="sick")
    assert done.returncode == 3
    assert "the backfill could not go on: RuntimeError('a hook of the site')" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", ["soft_404", "redirect"])
def test_a_site_that_says_404_with_200(tmp_path: Path, how: str) -> None:
    """By a page of its own, or by leading to the home page."""
    archive = tmp_path / "archive.db"
    with replica(articles=100) as site:
        newest(archive, site)
        there = {url.partition(".cn")[2] for url in wanted(site)}

        def rule(view: View, path: str, query: str) -> Answer | None:
            if "/html/" not in path or path in there:
                return None
            if how == "redirect":
                return Answer(302, headers={"Location": "/"})
            return Answer(200, "<title>404</title><h1>您访问的页面不存在</h1>".encode())

        overrule(site, rule)
        done = crawl(archive, "-a", "backfill=2025-09", "-s", "BACKFILL_PER_DAY=80", site=site)
        assert (done.returncode, done.stderr) == (0, "")
        assert not rows(archive, "select url from quarantine")
        assert rows(archive, "select count(*) as n from absent")[0]["n"] > 20


def test_an_absent_address_that_a_listing_shows_exists(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    url = f"https://{WWW}/html/2025-09/960000.html"
    database = open_archive(archive)
    try:
        now = datetime.now(UTC)
        discover(database, [Discovery(url, GUESSED)], site="itbear", crawl_id=None, now=now)
        assert mark_absent(database, url)
        assert not mark_absent(database, url)
        assert rows(archive, "select number, folder from absent") == [{"number": 960000, "folder": "2025-09"}]
        assert discover(database, [Discovery(url)], site="itbear", crawl_id=None, now=now) == {url}
        assert not rows(archive, "select * from absent")
        assert not mark_absent(database, url), "a listing shows it: it is gone then, not absent"
    finally:
        database.conn.close()


def test_whatever_adds_an_address_to_the_ledger_takes_it_out_of_absent(tmp_path: Path) -> None:
    """Not only a listing: also a redirect that leads straight to it, a failed visit, a takedown."""
    archive, now = tmp_path / "archive.db", datetime.now(UTC)
    address = f"https://{WWW}/html/2025-09/960000.html"
    found = Article(url=address, site="itbear", title="标题", body="正文", page=Page(address, b""))
    database = open_archive(archive)
    try:
        for enter in (
            lambda: discover(database, [Discovery(address, GUESSED)], site="itbear", crawl_id=None, now=now),
            lambda: store_article(database, found, seen_at=now),
            lambda: visits.mark(database, address, "failed", error="http_500", now=now),
            lambda: forget.forget(database, address, now=now),
        ):
            discover(database, [Discovery(address, GUESSED)], site="itbear", crawl_id=None, now=now)
            assert mark_absent(database, address)
            enter()
            assert not rows(archive, "select * from absent")
            database.execute("delete from ledger")
    finally:
        database.conn.close()


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("backfill=2025", "2025-04..2025-09"),
        ("backfill=2025-13", "2025-04..2025-09"),
        ("backfill=2025-09..2025-04", "expected 2025-04..2025-09"),
        ("backfill=", "2025-04..2025-09"),
    ],
)
def test_a_malformed_argument_is_wrong_usage(tmp_path: Path, argument: str, said: str) -> None:
    done = crawl(tmp_path / "archive.db", "-a", argument)
    assert done.returncode == 2
    assert done.stderr.startswith("newscrawler: backfill: ")
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_backfill_goes_with_no_other_span(tmp_path: Path) -> None:
    done = crawl(tmp_path / "archive.db", "-a", "backfill=2025-09", "-a", "since=2025-09-01")
    assert done.returncode == 2
    assert "since" in done.stderr


def test_a_site_without_numbers_is_filled_by_its_listings(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=120, faults=False, weight=0, per_page=5) as site:
        crawl(archive, "-s", "LISTING_PAGES_FIRST=1", site=site, spider="zaobanche")
        before = len(archived(archive))
        done = crawl(archive, "-a", "backfill=2025-09", site=site, spider="zaobanche")
        assert (done.returncode, done.stderr) == (0, "")
        assert len(archived(archive)) > before
    said = newscrawler("gaps", cwd=tmp_path)
    assert "zaobanche: its addresses hold no id with a month" in said.stdout


MAPS = {
    "/robots.txt": "User-agent: *\nDisallow: /search/\nSitemap: /maps/index.xml\n",
    "/maps/index.xml": "<sitemapindex>"
    "<sitemap><loc>/maps/2025-09.xml</loc></sitemap>"
    "<sitemap><loc>/maps/2025-07.xml</loc></sitemap>"
    "<sitemap><loc>/maps/old.xml</loc><lastmod>2025-06-30</lastmod></sitemap></sitemapindex>",
}


@pytest.mark.parametrize("spider", ["zaobanche", "itbear"])
def test_sitemaps_of_the_months_are_read_first(tmp_path: Path, spider: str) -> None:
    archive = tmp_path / "archive.db"
    host = {"zaobanche": "www.zaobanche.example", "itbear": WWW}[spider]
    with replica(articles=150) as site:
        crawl(archive, "-s", "LISTING_PAGES_FIRST=1", site=site, spider=spider)
        known = archived(archive)
        old = [a for a in site.truth(host)["articles"] if a["url"] not in known and host in a["url"]]
        inside = [a["url"] for a in old if (a["published_at"] or "").startswith("2025-09")][:20]
        outside = [a["url"] for a in old if (a["published_at"] or "").startswith("2025-08")][:3]
        assert len(inside) > 5
        entries = [*((url, "2025-09-09") for url in inside), *((url, "2025-08-08") for url in outside)]
        pages = dict(MAPS)
        pages["/maps/2025-09.xml"] = (
            "<urlset>"
            + "".join(f"<url><loc>{url}</loc><lastmod>{day}</lastmod></url>" for url, day in entries)
            + "</urlset>"
        )

        def answered(path: str) -> Answer | None:
            found = pages.get(path)
            return Answer(200, found.encode(), "text/plain") if found is not None else None

        usual = site.answer_sister
        site.answer_sister = lambda *asked: answered(asked[2]) or usual(*asked)  # type: ignore[method-assign]
        overrule(site, lambda view, path, query: answered(path) if view.section == WWW else None)
        site.reset_log()
        budget = ("-s", f"BACKFILL_PER_DAY={len(inside)}")
        done = crawl(archive, "-a", "backfill=2025-09", *budget, site=site, spider=spider)
        assert (done.returncode, done.stderr) == (0, "")
        assert set(inside) <= archived(archive)
        assert not set(outside) & archived(archive)
        paths = [r.path for r in site.requests]
        assert "/maps/2025-09.xml" in paths
        assert not {"/maps/2025-07.xml", "/maps/old.xml"} & set(paths)
        how = rows(archive, "select distinct discovered_as from ledger where url = ?", inside[0])
        assert how == [{"discovered_as": "sitemap"}]


def test_an_archive_of_an_older_release_is_numbered_when_it_is_opened(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with replica(articles=40) as site:
        newest(archive, site)
    before = rows(archive, "select url, sequence_id, folder, number from ledger order by id")
    database = open_archive(archive)
    database.execute("update ledger set sequence_id = null, folder = null, number = null")
    database.conn.close()
    open_archive(archive).conn.close()
    assert rows(archive, "select url, sequence_id, folder, number from ledger order by id") == before


def test_no_archive_is_a_sentence(tmp_path: Path) -> None:
    done = newscrawler("gaps", cwd=tmp_path)
    assert done.returncode == 1
    assert "does not exist" in done.stderr
    bad = newscrawler("gaps", "--month", "2025", cwd=tmp_path)
    assert bad.returncode == 2
    assert "expected YYYY-MM" in bad.stderr


def long_list(site: Replica) -> set[str]:
    """Sixty listing pages of ten articles: forty of November, ten of September, ten of August."""
    pages: dict[str, bytes] = {}
    september: set[str] = set()
    for page in range(1, 61):
        day = "2025-11-05" if page <= 40 else "2025-09-20" if page <= 50 else "2025-08-10"
        numbers = [900000 - page * 10 - k for k in range(10)]
        older = f"/list_{page + 1}.html" if page < 60 else ""
        pages[f"/list_{page}.html"] = listing(numbers, day=day, older=older)
        pages |= {f"/html/2025-09/{n}.html": article(n, day) for n in numbers}
        if 41 <= page <= 50:
            september |= {f"/html/2025-09/{n}.html" for n in numbers}
    overrule(site, lambda view, path, query: None if "robots" in path else answer_of(pages.get(path)))
    return september


def answer_of(page: bytes | None) -> Answer:
    return Answer(200, page) if page is not None else Answer(404, b"<html>404</html>")


def test_old_listing_pages_are_reached_by_halving(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with replica() as site:
        september = long_list(site)
        fill = ("-a", f"start_urls={site.url}list_1.html", "-a", "backfill=2025-09")
        for day, most in (("06", 45), ("07", 1000)):
            done = crawl(
                archive,
                *fill,
                "-s",
                f"BACKFILL_PER_DAY={most}",
                NEWSCRAWLER_NOW=f"2025-11-{day}T08:00:00+08:00",
            )
            assert (done.returncode, done.stderr) == (0, "")
        got = {url.partition(str(site.port))[2] for url in archived(archive)}
        paths = Counter(r.path for r in site.requests)
        assert got == september
        assert max(paths[path] for path in september) == 1
        lists = sum(number for path, number in paths.items() if path.startswith("/list_"))
        assert lists < 40, "twice to the first page that matters, and ten of the month"
