"""What the writer does in its pauses: segments merged, the log folded, and nobody held up or harmed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawler.archive import Writer, open_archive, search
from newscrawler.archive.store import store_article
from newscrawler.archive.terms import parse
from newscrawler.archive.upkeep import CHECKPOINT_EVERY, Upkeep
from newscrawler.items import Article
from tests.archives import url

NOW = datetime(2025, 9, 30, 16, 0, tzinfo=UTC)


def article(number: int) -> Article:
    return Article(url=url(number), site="itbear", title=f"第{number}篇", body="固态电池量产。", related=[])


def segments(database: Database) -> int:
    rows = database.execute("SELECT count(DISTINCT segid) FROM articles_fts_idx")
    return int(rows.fetchone()[0])


def store(database: Database, *numbers: int) -> None:
    """A transaction, and so a segment, for each."""
    for number in numbers:
        store_article(database, article(number), seen_at=NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Database]:
    with open_archive(path) as database:
        yield database


def in_pauses(upkeep: Upkeep) -> int:
    """Do all that is due; how many steps it took."""
    steps = 0
    while upkeep.is_due:
        upkeep.step()
        steps += 1
    return steps


def test_segments_are_merged_in_pauses(archive: Database) -> None:
    upkeep = Upkeep(archive)
    for number in range(100):
        store(archive, number)
        upkeep.committed()
        in_pauses(upkeep)
        assert segments(archive) < 16 + number // 16
    assert search.check(archive) == []
    assert len(list(search.articles(archive, parse("固态电池")))) == 100


def test_without_pauses_fts5_merges_itself_in_the_end(archive: Database) -> None:
    most = 0
    for number in range(140):
        store(archive, number)
        most = max(most, segments(archive))
    assert 60 < most < 80
    assert segments(archive) < 20


def test_nothing_is_due_where_nothing_was_written(archive: Database) -> None:
    upkeep = Upkeep(archive)
    assert in_pauses(upkeep) == 0
    store(archive, 1)
    upkeep.committed()
    assert in_pauses(upkeep) == 1  # a look, which finds nothing to merge


def test_the_log_is_folded_into_the_file(archive: Database, path: Path) -> None:
    upkeep = Upkeep(archive)
    for number in range(CHECKPOINT_EVERY):
        store(archive, number)
        upkeep.committed()
    in_pauses(upkeep)
    # immutable: the file alone, without its log
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as file:
        assert file.execute("SELECT count(*) FROM articles").fetchone()[0] == CHECKPOINT_EVERY


def test_it_stands_back_while_another_program_writes(archive: Database, path: Path) -> None:
    upkeep = Upkeep(archive)
    store(archive, *range(20))
    upkeep.committed()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        upkeep.step()
        assert not upkeep.is_due
        assert not archive.conn.in_transaction
        other.execute("ROLLBACK")
    upkeep.committed()
    in_pauses(upkeep)
    assert segments(archive) < 16


def test_the_writer_does_it_by_itself(path: Path) -> None:
    with Writer(path) as writer:
        for number in range(20):
            writer.submit(lambda database, number=number: store(database, number)).result()
        give_up = time.monotonic() + 60
        with open_archive(path, read_only=True) as reader:
            while segments(reader) >= 16 and time.monotonic() < give_up:
                time.sleep(0.05)
            assert segments(reader) < 16
        assert writer.failed is None
