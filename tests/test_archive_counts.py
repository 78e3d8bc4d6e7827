"""The counts kept beside the articles are right whatever writes, and can be made anew."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import ROOT, environment
from sqlite_utils import Database

from newscrawler.archive import open_archive
from newscrawler.archive.counts import COUNTED, rebuild_counts, wrong_counts
from newscrawler.archive.store import store_article
from newscrawler.items import Article

NOW = datetime(2025, 10, 1, tzinfo=UTC)


def article(number: int, **fields: str | None) -> Article:
    usual = {"source": "互联网", "editor": "快讯", "category": "家电", "published_at": "2025-09-30"}
    url = f"https://www.itbear.com.cn/html/2025-09/{number}.html"
    return Article(url=url, site="itbear", title=f"标题{number}", body="正文。", **{**usual, **fields})  # type: ignore[arg-type]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    with open_archive(tmp_path / "archive.db") as database:
        yield database


def counted(database: Database, table: str) -> int:
    return int(database.execute(f"select sum(articles) from {table}").fetchone()[0])


def test_counts_follow_new_revised_and_deleted_articles(archive: Database) -> None:
    dice = random.Random(1)
    for step in range(300):
        made = article(
            dice.randrange(60),
            source=dice.choice([None, "互联网", "新华社", "极光"]),
            editor=dice.choice([None, "快讯", "张三"]),
            category=dice.choice([None, "家电", "汽车"]),
            published_at=dice.choice([None, "2025-09-29", "2025-09-30T08:00:00+08:00"]),
        )
        store_article(archive, made, seen_at=NOW + timedelta(minutes=step))
    assert wrong_counts(archive) == 0
    for table in COUNTED:
        assert counted(archive, table) == archive.execute("select count(*) from articles").fetchone()[0]
    assert archive.execute("select count(*) from revisions").fetchone()[0] > 50
    assert not archive.execute("select 1 from counts_by_day where articles <= 0").fetchone()


def test_a_rolled_back_article_is_not_counted(archive: Database) -> None:
    store_article(archive, article(1), seen_at=NOW)
    archive.execute("begin")
    store_article(archive, article(2), seen_at=NOW)
    archive.execute("rollback")
    assert counted(archive, "counts_by_day") == 1
    assert wrong_counts(archive) == 0


def test_wrong_counts_are_found_and_made_anew(archive: Database) -> None:
    for number in range(5):
        store_article(archive, article(number), seen_at=NOW)
    archive.execute("update counts_by_day set articles = 7")
    archive.execute("delete from counts_by_name")
    assert wrong_counts(archive) == 3
    rebuild_counts(archive)
    assert wrong_counts(archive) == 0
    assert counted(archive, "counts_by_name") == 5


def test_an_archive_without_counts_gets_them_by_its_migration(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as database:
        for number in range(5):
            store_article(database, article(number), seen_at=NOW)
        for table in COUNTED:
            database.execute(f"drop table {table}")
        for name in ("links_not_archived", "revisions_silent", "revisions_title"):
            database.execute(f"drop index idx_{name}")
        database.execute("delete from _sqlite_migrations where name = 'm005_counts'")
    with open_archive(tmp_path / "archive.db") as database:
        assert wrong_counts(database) == 0
        assert counted(database, "counts_by_day") == 5


WRITE = """
import sys
from test_archive_counts import NOW, article
from newscrawler.archive import open_archive
from newscrawler.archive.store import store_article
database = open_archive(sys.argv[1])
for number in range(100_000):
    store_article(database, article(number, source=f"s{number % 7}"), seen_at=NOW)
    print(number, flush=True)
"""


def test_counts_are_right_after_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    command = [sys.executable, "-c", WRITE, str(path)]
    env = environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "tests")]))
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 40:
                break
        process.send_signal(signal.SIGKILL)
    with open_archive(path) as database:
        assert counted(database, "counts_by_day") >= 41
        assert wrong_counts(database) == 0
