"""``newscrawler reextract``: kept pages read again by today's rules; corrections, not revisions."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from newscrawler import clock
from newscrawler.archive import corrections, counts, search, selection
from newscrawler.archive.corrections import Change, Proposal
from newscrawler.archive.session import Session
from newscrawler.crawl import reextract
from newscrawler.crawl.rules import rules_version_of_project
from newscrawler.items import Article
from newscrawler.replica import Replica
from newscrawler.report.corrections import Findings
from newscrawler.settings import ITEM_PIPELINES
from tests.conftest import crawl, newscrawler, rows

SPOIL = '''
"""Rules as they were before somebody mended them."""
from newscrawler.items import Article

class Spoil:
    def process_item(self, item):
        if isinstance(item, Article) and item.reason is None:
            number = sum(item.url.encode())
            if number % 2:
                item.body += "\\n\\n更多热门内容"
                item.marks = ""
            if number % 3 == 0:
                item.title = (item.title or "") + "_ITBEAR科技资讯"
            if number % 5 == 0:
                item.author, item.category = "责任编辑", None
            if number % 7 == 0:
                item.related = item.related[1:]
            if number % 11 == 0:
                item.published_at, item.published_precision = None, None
            if number % 2 == 0:
                item.images = []
        return item

class Doubt:
    def process_item(self, item):
        if isinstance(item, Article) and item.reason is None and sum(item.url.encode()) % 9 == 0:
            item.reason = "soft_404"
        return item
'''

VIEWS = {
    "news": "select url, title, body, published_at, source, editor, author, category, revision, duplicate_of"
    " from news order by url",
    "related_items": "select page_url, position, item_url, item_title, item_summary, item_date, last_seen_at"
    " from related_items order by 1, 2, last_seen_at",
    "images": "select a.url, i.revision, i.position, i.url as image from images i"
    " join articles a on a.id = i.article_id order by 1, 2, 3",
    "marks": "select a.url, b.marks, b.dateline from bodies b"
    " join articles a on a.id = b.article_id order by 1",
    "links": "select url, title, summary, date from links order by 1, 2, 3, 4",
    "near_duplicates": "select * from near_duplicates order by 1",
}


def shown(archive: Path) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(archive, sql) for name, sql in VIEWS.items()}


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two archives of the same crawl: by today's rules, and by spoilt ones."""
    folder = tmp_path_factory.mktemp("reextract")
    (folder / "spoil.py").write_text(SPOIL, encoding="utf-8")
    table = json.dumps({**ITEM_PIPELINES, "spoil.Spoil": 350, "spoil.Doubt": 250})
    with Replica(articles=80, seed=3, weight=2) as site:
        assert crawl(folder / "right.db", site=site).returncode == 4
    with Replica(articles=80, seed=3, weight=2) as site:
        done = crawl(folder / "spoilt.db", "-s", f"ITEM_PIPELINES={table}", site=site)
        assert done.returncode == 4, done.stderr
    return folder / "right.db", folder / "spoilt.db"


@pytest.fixture
def archive(spoilt: tuple[Path, Path], tmp_path: Path) -> Path:
    copy = tmp_path / "archive.db"
    shutil.copy(spoilt[1], copy)
    shutil.copytree(f"{spoilt[1]}.pages", f"{copy}.pages")
    return copy


def again(archive: Path, *arguments: str) -> str:
    done = newscrawler("reextract", *arguments, cwd=archive.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_same_rules_change_nothing(spoilt: tuple[Path, Path], tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    shutil.copy(spoilt[0], archive)
    shutil.copytree(f"{spoilt[0]}.pages", f"{archive}.pages")
    before = shown(archive)
    said = again(archive)
    assert "0 read differently" in said
    assert "would be no article" not in said
    assert "could not be read" not in said
    assert rows(archive, "select 1 from quarantine where reason = 'soft_404'")
    assert "without a kept page" not in said
    assert shown(archive) == before
    assert rows(archive, "select * from corrections") == []


def test_mended_rules_make_the_archive_what_it_would_be(archive: Path, spoilt: tuple[Path, Path]) -> None:
    right, before = shown(spoilt[0]), shown(archive)
    assert all(right[name] != before[name] for name in ("news", "related_items", "images"))
    assert len(before["news"]) < len(right["news"])
    said = again(archive)
    assert shown(archive) == right
    assert "kept apart until now" in said
    assert rows(archive, "select * from revisions") == []
    (taken,) = rows(archive, "select new, requests, rules from crawl_runs where spider = 'reextract'")
    assert (taken["new"], taken["requests"]) == (len(right["news"]) - len(before["news"]), 0)
    assert taken["rules"] == rules_version_of_project()
    fields = {row["field"] for row in rows(archive, "select distinct field from corrections")}
    assert fields >= {"title", "body", "published_at", "author", "category", "images", "related"}
    assert all(f"  {field}" in said for field in fields)
    for row in rows(archive, "select a.url, c.* from corrections c join articles a on a.id = c.article_id"):
        assert row["rules"].startswith("0.")
        assert row["corrected_at"]
        if row["field"] in {"title", "body"}:
            old = {item["url"]: item[row["field"]] for item in before["news"]}
            new = {item["url"]: item[row["field"]] for item in right["news"]}
            assert (row["old"], row["new"]) == (old[row["url"]], new[row["url"]])
    assert rows(archive, "select * from proposals") == []
    with_session(archive, lambda session: None)
    assert "0 read differently" in again(archive)


def with_session(archive: Path, then: Any) -> None:
    """What hangs on the articles is right: counts, search, references."""
    session = Session(archive)
    try:
        assert counts.wrong_counts(session.reader) == 0
        assert search.check(session.reader) == []
        assert session.reader.conn.execute("PRAGMA foreign_key_check").fetchall() == []
        then(session)
    finally:
        session.close()


def test_a_dry_run_says_the_same_and_writes_nothing(archive: Path) -> None:
    before = archive.read_bytes()
    dry = again(archive, "--dry-run")
    assert archive.read_bytes() == before
    assert dry.strip() in again(archive)


def test_site_and_since_choose(archive: Path, spoilt: tuple[Path, Path]) -> None:
    day = rows(archive, "select max(published_date) as day from articles")[0]["day"]
    chosen = "select id from articles where ifnull(published_date, substr(first_seen_at, 1, 10)) >= ?"
    fitting = {row["id"] for row in rows(archive, chosen, day)}
    again(archive, "--since", day, "--site", "itbear")
    touched = {row["article_id"] for row in rows(archive, "select article_id from corrections")}
    assert touched
    assert touched <= fitting
    for arguments, named in ((["--since", "soon"], "soon"), (["--site", "nobody"], "nobody")):
        done = newscrawler("reextract", *arguments, cwd=archive.parent)
        assert done.returncode == 2
        assert named in done.stderr


def test_an_interrupted_run_goes_on_where_it_was(archive: Path, spoilt: tuple[Path, Path]) -> None:
    everything = selection.Selection()
    articles = rows(archive, "select count(*) as n from articles")[0]["n"]
    rules = rules_version_of_project()
    session = Session(archive)
    try:
        begun = session.writer.submit(
            lambda db: corrections.begin(db, rules=rules, selection=everything.as_json(), now=clock.now())
        ).result()
        first = next(reextract.read_all(archive, everything, 0, session.reader))
        session.writer.submit(
            lambda db: corrections.propose(
                db, begun, first.proposals, reached=first.last, looked_at=first.articles
            )
        ).result()
        session.writer.submit(lambda db: corrections.apply(db, begun, limit=3, now=clock.now())).result()
    finally:
        session.close()
    said = again(archive)
    assert f"{articles:,} articles looked at" in said
    assert [row["looked_at"] for row in rows(archive, "select looked_at from reextractions")] == [articles]
    assert shown(archive) == shown(spoilt[0])


def test_other_rules_begin_anew(archive: Path) -> None:
    row = rows(archive, "select id, url from articles limit 1")[0]
    stale = Proposal(row["id"], Article(row["url"]), (Change("title", "a", "b"),))
    session = Session(archive)
    try:

        def job(db: Any) -> None:
            run = corrections.begin(db, rules="older", selection="{}", now=clock.now())
            corrections.propose(db, run, [stale], reached=10**15, looked_at=1)

        session.writer.submit(job).result()
    finally:
        session.close()
    again(archive)
    assert rows(archive, "select count(*) as n from corrections where new = 'b'") == [{"n": 0}]


def test_pages_that_are_gone_are_named_and_left(archive: Path) -> None:
    for file in Path(f"{archive}.pages").iterdir():
        file.unlink()
    said = again(archive)
    assert "could not be read" in said
    assert rows(archive, "select * from corrections") == []


def test_a_fetch_that_was_killed_between_two_parts_corrects_nothing(archive: Path) -> None:
    again(archive)
    (key,) = rows(archive, "select article_key from captures where part = 2 limit 1")[0].values()
    text = "select body, revision from news where url = (select url from articles where url_key = ?)"
    before = rows(archive, text, key)
    (first,) = rows(archive, "select * from captures where article_key = ? and part = 1", key)
    day = Path(f"{archive}.pages") / str(first["file"])
    record = day.read_bytes()[first["offset"] :][: first["length"]]
    killed = {**first, "id": None, "offset": day.stat().st_size, "crawl_id": None}
    with day.open("ab") as file:
        file.write(record)
    with closing(sqlite3.connect(archive)) as database:
        marks = ", ".join(f":{name}" for name in killed)
        database.execute(f"insert into captures values ({marks})", killed)
        database.commit()
    again(archive)
    assert rows(archive, text, key) == before
    with closing(sqlite3.connect(archive)) as database:
        database.execute("delete from captures where article_key = ? and part > 1", (key,))
        database.commit()
    assert "1 article without a kept page" in again(archive)
    assert rows(archive, text, key) == before


def test_a_page_of_an_earlier_text_corrects_nothing(archive: Path) -> None:
    """What brought the present text is not kept: KEEP_PAGES=none by now, or its file is lost."""
    row = rows(
        archive, "select a.id, s.last_fetched_at from articles a join sightings s on s.article_id = a.id"
    )
    article, fetched_at = row[0].values()
    columns = "title, published_at, first_seen_at"
    with closing(sqlite3.connect(archive)) as database:
        database.execute(
            f"insert into revisions(article_id, revision, {columns}, last_seen_at, replaced_at)"
            f" select id, 1, {columns}, ?, ? from articles where id = ?",
            (fetched_at, "2025-10-02T00:00:00+00:00", article),
        )
        database.execute("update articles set revision = 2, title = 'a new one' where id = ?", (article,))
        later = "update sightings set last_fetched_at = '2025-10-02T00:00:00+00:00' where article_id = ?"
        database.execute(later, (article,))
        database.commit()
    again(archive)
    assert rows(archive, "select title from articles where id = ?", article) == [{"title": "a new one"}]
    assert rows(archive, "select * from corrections where article_id = ?", article) == []


POOL = """
import os, signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from newscrawler.crawl.reread import end_with_the_parent

pool = ProcessPoolExecutor(1, get_context("spawn"), end_with_the_parent)
print(pool.submit(abs, -1).result(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_processes_do_not_outlive_a_command_that_was_killed(tmp_path: Path) -> None:
    """Cron, too, waits until nobody can write to our output any more."""
    done = subprocess.run(
        [sys.executable, "-c", POOL], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "1\n")


def test_another_process_has_the_archive(archive: Path) -> None:
    session = Session(archive, command="a crawl")
    try:
        done = newscrawler("reextract", cwd=archive.parent)
    finally:
        session.close()
    assert done.returncode == 75
    assert "a crawl" in done.stderr


def test_the_report_shows_where_texts_part() -> None:
    url = "https://www.itbear.com.cn/html/2025-09/1.html"
    long = "同" * 100
    findings = Findings("1")
    findings.add_all(
        [Proposal(1, Article(url), (Change("title", None, "题"), Change("body", long + "旧尾", long + "新")))]
    )
    findings.take(reextract.Read(last=1, articles=1, unfit={url: "soft_404"}))
    said = findings.text()
    assert 'nothing -> "题"' in said
    assert "102 -> 101 characters, at 100" in said
    assert "旧尾" in said
    assert "soft_404" in said
