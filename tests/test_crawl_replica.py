"""Whole crawls of the replica in a process of their own, held against the replica's truth, field by field."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newscrawler.archive.lock import ArchiveLock
from newscrawler.replica import Replica
from tests.conftest import ROOT, at_terminal, crawl, environment, rows, scrapy

WWW = "www.itbear.com.cn"


@dataclass
class Crawled:
    """A replica that was crawled twice, and what came of it."""

    site: Replica
    truth: dict[str, Any]
    archive: Path
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    between: list[dict[str, Any]]
    """The article rows after the first crawl."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Under the real names, through the proxy, over TLS, with every fault switched on; then once more."""
    with Replica(articles=150, seed=1, weight=4) as site:
        archive = tmp_path_factory.mktemp("crawl") / "archive.db"
        first = crawl(archive, site=site)
        between = rows(archive, "select * from articles order by id")
        second = crawl(archive, site=site, NEWSCRAWLER_NOW="2025-10-01T01:00:00+08:00")
        yield Crawled(site, site.truth(WWW), archive, first, second, between)


def wanted(truth: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The articles that a crawl of the listings must bring, by address."""
    return {
        a["url"]: a for a in truth["articles"] if a["listed"] and a["outcome"] == "archived" and not a["gone"]
    }


def squeezed(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def test_exit_codes_and_the_one_line(crawled: Crawled) -> None:
    assert crawled.first.returncode == 4, crawled.first.stderr
    assert crawled.first.stdout == ""
    line = crawled.first.stderr.strip()
    assert "\n" not in line
    assert "pages failed" in line


def test_every_listed_article_is_archived_and_nothing_else(crawled: Crawled) -> None:
    got = {row["url"] for row in rows(crawled.archive, "select url from news")}
    assert got == set(wanted(crawled.truth))


@pytest.mark.parametrize("field", ["title", "published_at", "source", "editor", "author", "category"])
def test_fields_are_the_truth(crawled: Crawled, field: str) -> None:
    got = {row["url"]: row[field] for row in rows(crawled.archive, f"select url, {field} from news")}
    wrong = {
        url: (got[url], article[field])
        for url, article in wanted(crawled.truth).items()
        # A page without a date takes the day that its listing prints.
        if got[url] != article[field] and not (field == "published_at" and article[field] is None)
    }
    assert not wrong


def test_bodies_are_complete_and_hold_nothing_else(crawled: Crawled) -> None:
    got = {row["url"]: row["body"] for row in rows(crawled.archive, "select url, body from news")}
    wrong = {}
    for url, article in wanted(crawled.truth).items():
        body = got[url]
        missing = [line for line in article["body_contains"] if squeezed(line) not in squeezed(body)]
        swallowed = [text for text in article["body_lacks"] if squeezed(text) in squeezed(body)]
        unequal = article["body"] is not None and squeezed(article["body"]) != squeezed(body)
        if missing or swallowed or unequal:
            wrong[url] = (article["body_form"], article["block"], missing[:1], swallowed[:1], unequal)
    assert not wrong


def test_related_items_are_the_truth(crawled: Crawled) -> None:
    got: dict[str, list[dict[str, Any]]] = {}
    sql = (
        "select page_url, position, item_url as url, item_title as title, item_summary as summary,"
        " item_date as date from related_items order by page_url, position"
    )
    for row in rows(crawled.archive, sql):
        got.setdefault(row.pop("page_url"), []).append(row)
    wrong = {
        url: (article["block"], got.get(url, [])[:1], article["related"][:1])
        for url, article in wanted(crawled.truth).items()
        if [_plain(item) for item in got.get(url, [])] != [_plain(item) for item in article["related"]]
    }
    assert not wrong


def _plain(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["position"], squeezed(item["title"]), item["url"], squeezed(item["summary"]), item["date"]


def test_images_are_absolute_addresses(crawled: Crawled) -> None:
    got: dict[str, list[str]] = {}
    for row in rows(
        crawled.archive,
        "select a.url as page, i.url from images i join articles a on a.id = i.article_id"
        " order by a.id, position",
    ):
        got.setdefault(row["page"], []).append(row["url"])
    wrong = {
        url: (got.get(url), article["images"])
        for url, article in wanted(crawled.truth).items()
        if [i.split("://")[-1] for i in got.get(url, [])] != [i.split("://")[-1] for i in article["images"]]
    }
    assert not wrong


def test_faults_end_as_they_must(crawled: Crawled) -> None:
    archived = {row["url"] for row in rows(crawled.archive, "select url from news")}
    apart = {row["url"] for row in rows(crawled.archive, "select url from quarantine")}
    ledger = {row["url"]: row for row in rows(crawled.archive, "select * from ledger")}
    for fault in crawled.truth["faults"]:
        url, outcome = fault["url"], fault["outcome"]
        if fault["kind"] in {"listing_error_then_fine"}:
            continue
        state = ledger.get(url, {}).get("state")
        found = (
            "archived" if url in archived
            else "quarantined" if url in apart
            else "failed" if state in {"pending", "gone"}
            else "ignored" if state is None else state
        )  # fmt: skip
        assert found == outcome, (fault, ledger.get(url))
        if outcome == "failed":
            assert state == "gone" or ledger[url]["last_error"], fault


def test_exact_copies_point_to_the_earliest(crawled: Crawled) -> None:
    news = {
        row["url"]: row for row in rows(crawled.archive, "select url, duplicate_of, published_at from news")
    }
    for original, copy in crawled.truth["copies"]:
        if original in news and copy in news:
            pair = sorted(
                (news[original], news[copy]),
                key=lambda r: (r["published_at"] is None, r["published_at"], r["url"]),
            )
            assert pair[1]["duplicate_of"] == pair[0]["url"]
            assert pair[0]["duplicate_of"] is None
    marked = {row["url"] for row in news.values() if row["duplicate_of"]}
    assert marked <= {url for pair in crawled.truth["copies"] for url in pair}


def test_near_copies_are_linked_to_the_earliest_and_nothing_else_is(crawled: Crawled) -> None:
    archived = {row["url"]: row["published_at"] for row in rows(crawled.archive, "select * from news")}
    linked = {
        frozenset((row["url"], row["first_url"]))
        for row in rows(crawled.archive, "select url, first_url from near_duplicates")
    }
    expected = {frozenset(pair) for pair in crawled.truth["near_copies"] if archived.keys() >= {*pair}}
    assert expected
    assert expected <= linked
    copies = {url for pair in crawled.truth["copies"] + crawled.truth["near_copies"] for url in pair}
    assert all(pair <= copies for pair in linked)


def test_aliases_are_kept_with_their_reasons(crawled: Crawled) -> None:
    reasons = {row["reason"] for row in rows(crawled.archive, "select distinct reason from aliases")}
    assert {"http", "mobile", "part", "twin"} <= reasons


def test_the_second_crawl_changes_no_article(crawled: Crawled) -> None:
    assert rows(crawled.archive, "select * from articles order by id") == crawled.between
    last = rows(crawled.archive, "select * from crawls order by started_at desc limit 1")[0]
    assert (last["new"], last["updated"], last["reason"]) == (0, 0, "finished")
    assert len(rows(crawled.archive, "select * from crawls")) == 2
    assert not rows(crawled.archive, "select * from revisions")


def test_the_archive_is_sound(crawled: Crawled) -> None:
    assert rows(crawled.archive, "pragma integrity_check") == [{"integrity_check": "ok"}]
    assert rows(crawled.archive, "pragma foreign_key_check") == []


def test_plain_direct_crawl_is_silent_and_ends_with_0(tmp_path: Path, replica: Replica) -> None:
    """For cron: nothing printed; ``-O`` writes the articles with their related items nested."""
    archive = tmp_path / "archive.db"
    done = crawl(archive, "-a", f"start_urls={replica.url}", "-O", "items.jsonl")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    articles = wanted(replica.truth())
    assert {row["url"] for row in rows(archive, "select url from news")} == set(articles)
    assert {row["site"] for row in rows(archive, "select site from news")} == {f"127.0.0.1:{replica.port}"}
    items = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {item["url"] for item in items} == set(articles)
    for item in items:
        assert [r["url"] for r in item["related"]] == [r["url"] for r in articles[item["url"]]["related"]]
    again = crawl(archive, "-a", f"start_urls={replica.url}", "-O", "items.jsonl")
    assert (again.returncode, again.stderr) == (0, "")
    assert (tmp_path / "items.jsonl").read_text(encoding="utf-8").strip() == ""


def test_new_articles_and_edits_arrive(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=60, seed=5, faults=False, weight=2) as site:
        start = f"start_urls={site.url}"
        assert crawl(archive, "-a", start).returncode == 0
        before = {row["url"]: row for row in rows(archive, "select * from news")}
        site.advance(hours=30)
        done = crawl(archive, "-a", start, "-a", "full=1", NEWSCRAWLER_NOW=site.world.now.isoformat())
        assert done.returncode == 0, done.stderr
        truth = site.truth()
        after = {row["url"]: row for row in rows(archive, "select * from news")}
        fresh = set(wanted(truth)) - set(before)
        assert fresh
        assert fresh <= set(after)
        for edit in truth["edits"]:
            if edit["url"] not in before:
                continue
            row, old = after[edit["url"]], before[edit["url"]]
            if edit["kind"] == "vanished":
                assert row["gone_at"]
                assert row["body"] == old["body"]
            elif edit["kind"] in {"body", "title"}:
                assert row["revision"] == 2, edit
                kept = rows(archive, "select * from revisions where article_id = ?", row["id"])
                assert [(k["title"], k["body"]) for k in kept] == [(old["title"], old["body"])]
            else:
                assert row["revision"] == 1, edit
                assert row["first_seen_at"] == old["first_seen_at"]


def test_since_keeps_older_articles_out(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    truth = replica.truth()
    days = sorted({a["published_at"][:10] for a in truth["articles"] if a["published_at"]})
    since = days[-2]
    assert crawl(archive, "-a", f"start_urls={replica.url}", "-a", f"since={since}").returncode == 0
    got = {row["url"]: row["published_at"] for row in rows(archive, "select url, published_at from news")}
    assert got
    assert all(day is None or day[:10] >= since for day in got.values())
    expected = {u for u, a in wanted(truth).items() if a["published_at"] and a["published_at"][:10] >= since}
    assert expected <= set(got)


def test_max_listing_pages_limits_each_channel(tmp_path: Path) -> None:
    with Replica(articles=200, seed=4, faults=False, weight=2, per_page=10) as site:
        channel = next(c for c in site.truth()["channels"] if c["pages"] > 3)
        archive = tmp_path / "archive.db"
        done = crawl(archive, "-a", f"start_urls={channel['url']}", "-a", "max_listing_pages=2")
        assert done.returncode == 0, done.stderr
        paths = [
            r.path
            for r in site.requests
            if "/html/" not in r.path and "robots" not in r.path and ".aspx" not in r.path
        ]
        assert len(paths) == 2
        # A walk that the user cut short is not complete: the next one goes further.
        assert crawl(archive, "-a", f"start_urls={channel['url']}").returncode == 0
        got = {row["url"] for row in rows(archive, "select url from news")}
        assert {u for u in channel["articles"] if u in wanted(site.truth())} <= got


# --- bad input and bad surroundings ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["-a", "since=nonsense"], "since"),
        (["-a", "sicne=2025-09-30"], "sicne"),
        (["-a", "start_urls="], "start_urls"),
        (["-a", "max_listing_pages=0"], "max_listing_pages"),
        (["-a", "full=maybe"], "full"),
    ],
)
def test_a_wrong_argument_ends_with_2_and_is_named(tmp_path: Path, arguments: list[str], named: str) -> None:
    done = crawl(tmp_path / "archive.db", *arguments)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "archive.db").exists()


def test_an_unknown_spider_ends_with_2_and_the_known_ones(tmp_path: Path) -> None:
    done = scrapy("crawl", "itbaer", cwd=tmp_path)
    assert done.returncode == 2
    assert "itbaer" in done.stderr
    assert "itbear" in done.stderr.replace("itbaer", "")
    assert "Traceback" not in done.stderr


def test_a_foreign_file_is_refused_and_untouched(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    connection = sqlite3.connect(archive)
    connection.execute("create table mine (x)")
    connection.commit()
    connection.close()
    before = archive.read_bytes()
    done = crawl(archive)
    assert done.returncode == 1
    assert "archive.db" in done.stderr
    assert "Traceback" not in done.stderr
    assert archive.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    archive.write_text("not a database at all, but long enough to have a header" * 10)
    done = crawl(archive)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    if os.geteuid() == 0:  # root may write everywhere but where the kernel says no
        archive = Path("/proc/archive.db")
        done = scrapy("crawl", "itbear", cwd=tmp_path, NEWSCRAWLER_ARCHIVE=str(archive))
    else:
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o555)
        done = scrapy("crawl", "itbear", cwd=tmp_path, NEWSCRAWLER_ARCHIVE=str(folder / "archive.db"))
    assert done.returncode == 1
    assert "archive.db" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unreachable_site_ends_with_5_and_leaves_the_archive_intact(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    done = crawl(archive, "-a", "start_urls=http://127.0.0.1:9/", "-s", "RETRY_TIMES=0")
    assert done.returncode == 5
    assert len(done.stderr.strip().splitlines()) == 1
    assert "http://127.0.0.1:9/" in done.stderr
    assert rows(archive, "select reason from crawls") == [{"reason": "finished"}]


def test_robots_that_answers_503_closes_the_host(tmp_path: Path) -> None:
    with Replica(articles=30, seed=1, faults=False, robots="503", weight=1) as site:
        done = crawl(tmp_path / "archive.db", "-a", f"start_urls={site.url}", "-s", "RETRY_TIMES=0")
        assert done.returncode == 5
        assert "robots.txt" in done.stderr
        assert {r.path for r in site.requests} == {"/robots.txt"}


def test_a_held_archive_ends_with_75_and_names_the_holder(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with ArchiveLock(archive, command="another crawl"):
        done = crawl(archive)
    assert done.returncode == 75
    assert str(os.getpid()) in done.stderr
    assert "another crawl" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_crawl_ends_with_130_and_the_next_one_completes_it(
    tmp_path: Path, number: int
) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=80, seed=2, faults=False, weight=1, delay=0.05) as site:
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            "itbear",
            "-a",
            f"start_urls={site.url}",
            "-s",
            "DOWNLOAD_DELAY=0",
        ]
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment(NEWSCRAWLER_ARCHIVE=str(archive)),
            stderr=subprocess.PIPE,
            text=True,
        )
        while len(site.requests) < 20 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(timeout=20) == 130
        assert process.stderr is not None
        assert len(process.stderr.read().strip().splitlines()) == 1
        process.stderr.close()
        assert rows(archive, "select reason from crawls") == [{"reason": "shutdown"}]
        site.delay = 0
        assert crawl(archive, "-a", f"start_urls={site.url}").returncode == 0
        assert {r["url"] for r in rows(archive, "select url from news")} == set(wanted(site.truth()))


def test_a_person_at_a_terminal_sees_a_bar_and_a_summary(tmp_path: Path, replica: Replica) -> None:
    process, master = at_terminal(replica, tmp_path)
    shown = b""
    with contextlib.suppress(OSError):  # Linux says EIO when the other end is closed
        while piece := os.read(master, 65536):
            shown += piece
    os.close(master)
    assert process.wait(timeout=60) == 0
    text = shown.decode()
    assert "crawling:" in text
    assert "page/s" in text
    assert f"{len(wanted(replica.truth()))} new" in text
    assert "newscrawler serve --archive archive.db" in text


def test_ordinary_scrapy_commands_touch_no_archive(tmp_path: Path, replica: Replica) -> None:
    listed = scrapy("list", cwd=tmp_path)
    assert {"itbear", "site"} <= set(listed.stdout.split())
    checked = scrapy("check", "itbear", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    shell = scrapy("shell", replica.url, "-c", "response.status", cwd=tmp_path)
    assert "200" in shell.stdout, shell.stderr
    assert not list(tmp_path.glob("archive.db*"))


def test_a_spider_of_ours_is_not_run_without_an_archive(tmp_path: Path) -> None:
    done = scrapy("runspider", str(ROOT / "spiders" / "itbear.py"), cwd=tmp_path)
    assert done.returncode == 2
    assert "scrapy crawl itbear" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_spider_without_an_archive_is_run_from_its_file(tmp_path: Path, replica: Replica) -> None:
    file = tmp_path / "plain.py"
    file.write_text(
        "from scrapy import Spider\n"
        "class Plain(Spider):\n"
        f"    name, start_urls = 'plain', [{replica.url!r}]\n"
        "    def parse(self, response):\n"
        "        yield {'url': response.url}\n",
        encoding="utf-8",
    )
    done = scrapy("runspider", str(file), "-o", "-:jsonlines", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f'{{"url": "{replica.url}"}}\n'), done.stderr
    assert not list(tmp_path.glob("archive.db*"))


def test_the_project_runs_from_a_checkout_without_the_environment_variable(tmp_path: Path) -> None:
    """scrapy.cfg is found from the checkout's folder, as the README's reader has it."""
    root = Path(__file__).resolve().parent.parent
    env = environment()
    del env["SCRAPY_SETTINGS_MODULE"]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert {"itbear", "site"} <= set(done.stdout.split())
