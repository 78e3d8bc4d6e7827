"""Pages of older times that are imported: earlier revisions and first sightings, the present untouched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from newscrawler import clock
from newscrawler.archive import captures, counts, open_archive, search
from newscrawler.archive.captures import Capture
from newscrawler.archive.history import history_of
from newscrawler.archive.ledger import lookup
from newscrawler.archive.quarantine import quarantine_page
from newscrawler.archive.related import shown_items
from newscrawler.archive.store import Stored, store_article
from newscrawler.archive.visits import mark_gone
from newscrawler.identity import key64
from newscrawler.items import Article, Image, Page, RelatedItem
from tests.archives import url

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BODY = "【ITBEAR】据介绍，新品将于下月上市。\n\n" + "业内人士认为，这会改变市场。" * 8


def an_article(title: str, **changes: Any) -> Article:
    values: dict[str, Any] = {
        **{
            "url": url(1),
            "title": title,
            "body": f"{title}：{BODY}",
            "published_at": "2025-09-01",
            "site": "itbear",
        },
        **{"published_precision": "day", "source": "互联网", "images": [Image(f"https://i.example/{title}")]},
        "related": [RelatedItem(1, f"{title}热门", url(2))],
    }
    return Article(**{**values, **changes})


def day(number: int) -> str:
    return clock.iso(NOW + number * DAY)


def imported(archive: Database, title: str, number: int, **changes: Any) -> Stored:
    """The article as another tool fetched it on a day; brought in long after."""
    article = an_article(title, **changes)
    return store_article(
        archive, article, seen_at=NOW + number * DAY, imported_at=NOW + 99 * DAY, crawl_id=None
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    with open_archive(tmp_path / "archive.db") as database, database.atomic():
        yield database
        assert list(database.query("PRAGMA foreign_key_check")) == []
        assert counts.wrong_counts(database) == 0
        assert search.check(database) == []


def a_capture(number: int) -> Capture:
    """The raw page of that day."""
    facts: dict[str, Any] = {"kind": "article", "status": 200, "record": "response", "file": "a.warc.gz"}
    place = {"offset": number, "length": 1, "digest": None, "size": 1}
    return Capture(url(1), day(number), **facts, **place, article_key=key64(url(1)))


def seen(archive: Database) -> list[tuple[str | None, str, str]]:
    """(title, first seen, last seen) of each text, the oldest first."""
    return [(v.title, v.first_seen_at, v.last_seen_at) for v in history_of(archive, url(1)).versions]


def everything(archive: Database) -> dict[str, list[dict[str, Any]]]:
    return {name: list(archive.table(name).rows) for name in archive.table_names()}


def test_the_same_text_earlier_moves_the_first_sighting(archive: Database) -> None:
    store_article(archive, an_article("甲"), seen_at=NOW + 5 * DAY)
    stored = imported(archive, "甲", 2)
    assert (stored.outcome, stored.revision, stored.first_seen_at) == ("unchanged", 1, day(2))
    assert seen(archive) == [("甲", day(2), day(5))]


def test_another_text_earlier_becomes_the_first_revision(archive: Database) -> None:
    store_article(archive, an_article("乙", editor="李四"), seen_at=NOW + 5 * DAY)
    stored = imported(archive, "甲", 2)
    assert (stored.outcome, stored.revision, stored.changed) == ("updated", 2, ("title", "body", "editor"))
    assert seen(archive) == [("甲", day(2), day(2)), ("乙", day(5), day(5))]
    now, old = archive.execute("SELECT title FROM news").fetchone(), next(archive.table("revisions").rows)
    assert now == ("乙",)
    assert (old["replaced_at"], old["body"]) == (day(5), f"甲：{BODY}")
    assert old["changed"] == '["title","body","editor"]'
    pictures = archive.execute("SELECT revision, url FROM images ORDER BY revision").fetchall()
    assert pictures == [(1, "https://i.example/甲"), (2, "https://i.example/乙")]


def test_between_two_texts_it_stands_between_them(archive: Database) -> None:
    store_article(archive, an_article("甲"), seen_at=NOW)
    store_article(archive, an_article("丙"), seen_at=NOW + 9 * DAY)
    imported(archive, "甲", 2)
    imported(archive, "丙", 7)
    assert seen(archive) == [("甲", day(0), day(2)), ("丙", day(7), day(9))]
    assert imported(archive, "乙", 4, source=None).changed == ("title", "body")
    assert seen(archive) == [("甲", day(0), day(2)), ("乙", day(4), day(4)), ("丙", day(7), day(9))]
    sources = archive.execute(
        "SELECT s.name, r.replaced_at FROM revisions r JOIN sources s ON s.id = r.source_id ORDER BY revision"
    )
    assert sources.fetchall() == [("互联网", day(4)), ("互联网", day(7))]


def test_amid_the_time_of_another_text_it_parts_that(archive: Database) -> None:
    store_article(archive, an_article("甲"), seen_at=NOW)
    store_article(archive, an_article("甲"), seen_at=NOW + 9 * DAY)
    imported(archive, "乙", 4)
    assert seen(archive) == [("甲", day(0), day(0)), ("乙", day(4), day(4)), ("甲", day(9), day(9))]
    imported(archive, "丙", 0)
    imported(archive, "甲", 2)
    assert [title for title, _, _ in seen(archive)] == ["甲", "丙", "甲", "乙", "甲"]
    assert archive.execute("SELECT count(*), max(revision) FROM images").fetchone() == (5, 5)


def test_what_is_imported_twice_changes_nothing(archive: Database) -> None:
    visits = [("甲", 0), ("乙", 4), ("丙", 4), ("甲", 6), ("乙", 9)]
    for title, number in visits:
        imported(archive, title, number)
    before = everything(archive)
    for title, number in visits:
        assert imported(archive, title, number).outcome == "unchanged"
    assert everything(archive) == before


def test_the_block_of_an_older_time_is_not_the_newest(archive: Database) -> None:
    store_article(archive, an_article("甲"), seen_at=NOW + 5 * DAY)
    imported(archive, "甲", 2, related=[RelatedItem(1, "旧热门", url(3))])
    imported(archive, "甲", 3)
    (number,) = archive.execute("SELECT id FROM articles").fetchone()
    assert [item.title for item in shown_items(archive.conn, number)] == ["甲热门"]
    blocks = archive.execute("SELECT item_title, seen_at, last_seen_at FROM related_items ORDER BY seen_at")
    assert blocks.fetchall() == [("旧热门", day(2), day(2)), ("甲热门", day(3), day(5))]


def test_gone_stays_gone_when_the_page_is_of_before(archive: Database) -> None:
    mark_gone(archive, url(1), now=NOW + 20 * DAY)
    imported(archive, "甲", 2)
    imported(archive, "甲", 4)
    assert archive.execute("SELECT gone_at FROM news").fetchone() == (day(20),)
    assert lookup(archive, [url(1)])[url(1)].state == "gone"
    assert list(archive.query("SELECT gone_at, back_at FROM absences")) == [
        {"gone_at": day(20), "back_at": None}
    ]
    imported(archive, "甲", 21)
    assert archive.execute("SELECT gone_at FROM news").fetchone() == (None,)


def test_the_ledger_keeps_what_it_knows_of_later_days(archive: Database) -> None:
    article = an_article("甲", page=Page(url(1), b"", etag='"new"'))
    after = [timedelta(days=30)]
    store_article(archive, article, seen_at=NOW + 5 * DAY, revisit_after=after)
    before = lookup(archive, [url(1)])
    imported(archive, "甲", 2, page=Page(url(1), b"", etag='"old"', aliases=[(url(1) + "?from=a", "query")]))
    page = Page(url(1), b"<p>404", site="itbear")
    quarantine_page(archive, page, "soft_404", seen_at=NOW + 7 * DAY, imported=True)
    assert lookup(archive, [url(1)]) == before
    assert archive.execute("SELECT url FROM aliases").fetchall() == [(url(1) + "?from=a",)]


def test_an_article_of_long_ago_is_not_visited_again(archive: Database) -> None:
    after = [timedelta(days=30), timedelta(days=200)]
    for number, seen_at, imported_at in ((1, NOW, NOW + 300 * DAY), (5, NOW, NOW + 40 * DAY)):
        article = an_article("甲", url=url(number))
        store_article(archive, article, seen_at=seen_at, imported_at=imported_at, revisit_after=after)
    rows = lookup(archive, [url(1), url(5)])
    assert rows[url(1)].due_at is None
    assert rows[url(5)].due_at == "2026-03-20T16:00:00+00:00"


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_in_whatever_order_the_same_history_comes_out(data: st.DataObject) -> None:
    """Each text at its time, the present one last, from its first sighting to its last (by the raw pages)."""
    visits = data.draw(
        st.lists(
            st.tuples(st.integers(0, 12), st.sampled_from("甲乙丙")), unique_by=lambda v: v[0], min_size=1
        )
    )
    order = data.draw(st.permutations(visits))
    with TemporaryDirectory() as folder, open_archive(f"{folder}/archive.db") as archive, archive.atomic():
        for number, title in order:
            captures.insert(archive.conn, [a_capture(number)])
            imported(archive, title, number)
        found = seen(archive)
        shown = archive.execute("SELECT title, revision, first_seen_at FROM news").fetchone()
        revisions = [row["revision"] for row in archive.query("SELECT revision FROM revisions ORDER BY 1")]
    visits.sort()
    runs = [(title, list(run)) for title, run in groupby(visits, lambda visit: visit[1])]
    assert found == [(title, day(run[0][0]), day(run[-1][0])) for title, run in runs]
    assert shown == (visits[-1][1], len(found), day(visits[0][0]))
    assert revisions == list(range(1, len(found)))
