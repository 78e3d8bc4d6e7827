"""Storing articles: new, unchanged, changed; aliases, exact copies, related blocks, ids, quarantine."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive import open_archive
from newscrawler.archive.ledger import Discovery, discover, lookup
from newscrawler.archive.store import load_quarantined, quarantine_page, store_article
from newscrawler.items import Article, Image, ListingEntry, Page, Part, RelatedItem
from tests.archives import url

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BODY = "【ITBEAR】据介绍，新品将于下月上市。\n\n" + "业内人士认为，这会改变市场。" * 8


TO_DAY = ("2025-09-30", "day")
TO_MINUTE = ("2025-09-30T10:52:00+08:00", "minute")
TO_SECOND = ("2025-09-30T10:52:07+08:00", "second")
ABOUT_MINUTE = ("2025-09-30T10:54:00+08:00", "about minute")  # 25分钟前, "25 minutes ago"
ABOUT_MINUTE_AGAIN = ("2025-09-30T10:51:00+08:00", "about minute")
ABOUT_DAY = ("2025-10-01", "about day")  # 3小时前 ("3 hours ago") at two in the night


def an_article(number: int = 1, **changes: Any) -> Article:
    article = Article(
        url=url(number),
        site="itbear",
        title="新品发布",
        body=BODY,
        published_at="2025-09-30T23:57:37+08:00",
        published_precision="second",
        source="互联网",
        editor="快讯",
        category="智能硬件",
        dateline="2025年09月30日 23:57 互联网 编辑：快讯",
        images=[Image("https://img.itbear.com.cn/1.jpg", "图一")],
        related=[RelatedItem(n, f"热门{n}", url(900 + n), "摘要…", "2025-09-30") for n in range(1, 8)],
        related_heading="更多热门内容",
        encoding="utf-8",
        found_by={"title": "h1"},
    )
    for name, value in changes.items():
        setattr(article, name, value)
    return article


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    with open_archive(tmp_path / "archive.db") as database, database.atomic():
        yield database
        assert list(database.query("PRAGMA foreign_key_check")) == []


def everything(archive: Database, *without: str) -> dict[str, list[dict[str, Any]]]:
    return {name: list(archive.table(name).rows) for name in archive.table_names() if name not in without}


def one(archive: Database, sql: str, *parameters: object) -> dict[str, Any]:
    (row,) = archive.query(sql, parameters)
    return row


def test_a_new_article_fills_the_views(archive: Database) -> None:
    stored = store_article(archive, an_article(), seen_at=NOW)
    assert (stored.outcome, stored.revision, stored.duplicate_of, stored.changed) == ("new", 1, None, ())
    assert one(archive, "SELECT * FROM news") == {
        "id": stored.id,
        "url": url(1),
        "site": "itbear",
        "title": "新品发布",
        "body": BODY,
        "published_at": "2025-09-30T23:57:37+08:00",
        "source": "互联网",
        "editor": "快讯",
        "author": None,
        "category": "智能硬件",
        "first_seen_at": "2025-10-01T04:00:00+00:00",
        "last_seen_at": "2025-10-01T04:00:00+00:00",
        "revision": 1,
        "duplicate_of": None,
        "gone_at": None,
    }
    items = list(archive.query("SELECT * FROM related_items ORDER BY position"))
    assert [item["position"] for item in items] == [1, 2, 3, 4, 5, 6, 7]
    assert items[6]["item_url"] == url(907)
    assert one(archive, "SELECT url, caption FROM images")["caption"] == "图一"
    assert one(archive, "SELECT published_date FROM articles")["published_date"] == "2025-09-30"


def test_seeing_it_again_unchanged_moves_only_sightings(archive: Database) -> None:
    store_article(archive, an_article(), seen_at=NOW)
    store_article(archive, an_article(), seen_at=NOW)  # the ledger's word is now `unchanged`
    before = everything(archive, "sightings", "blocks")
    stored = store_article(archive, an_article(), seen_at=NOW + DAY)
    assert (stored.outcome, stored.revision) == ("unchanged", 1)
    assert stored.first_seen_at == "2025-10-01T04:00:00+00:00"
    assert everything(archive, "sightings", "blocks") == before
    assert one(archive, "SELECT last_seen_at FROM news")["last_seen_at"] == "2025-10-02T04:00:00+00:00"
    block = one(archive, "SELECT seen_at, last_seen_at FROM blocks")
    assert list(block.values()) == ["2025-10-01T04:00:00+00:00", "2025-10-02T04:00:00+00:00"]
    store_article(archive, an_article(), seen_at=NOW)  # an older sighting moves nothing back
    assert one(archive, "SELECT last_seen_at FROM news")["last_seen_at"] == "2025-10-02T04:00:00+00:00"


@pytest.mark.parametrize(
    "changes",
    [
        {"body": BODY.replace("\n\n", "\n \n\u200b") + "  "},
        {"title": "新品 发布"},
        {"body": ""},
        {"title": None},
        {"source": None, "editor": None, "category": None, "published_at": None},
        {"published_at": "2025-09-30", "published_precision": "day"},
        {"published_at": "2025-09-30T23:57:00+08:00", "published_precision": "minute"},
        {"images": [Image("https://img.itbear.com.cn/advert.jpg")]},
        {"related": []},
        {"related": [RelatedItem(1, "别的", url(950))]},
        {"dateline": "别的写法"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_no_change(archive: Database, changes: dict[str, Any]) -> None:
    store_article(archive, an_article(), seen_at=NOW)
    before = [list(archive.table(name).rows) for name in ("articles", "bodies", "images", "revisions")]
    stored = store_article(archive, an_article(**changes), seen_at=NOW + DAY)
    assert (stored.outcome, stored.changed, stored.revision) == ("unchanged", (), 1)
    assert [
        list(archive.table(name).rows) for name in ("articles", "bodies", "images", "revisions")
    ] == before


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ({"title": "新品延期发布"}, ("title",)),
        ({"body": BODY + "\n\n更正：售价为99元。"}, ("body",)),
        ({"published_at": "2025-10-01T08:00:00+08:00"}, ("published_at",)),
        ({"source": "新华社", "author": "张三"}, ("source", "author")),
        ({"editor": "李四", "category": "人工智能"}, ("editor", "category")),
        ({"title": "甲", "body": "乙" * 90}, ("title", "body")),
    ],
)
def test_a_change_keeps_what_was(
    archive: Database, changes: dict[str, Any], changed: tuple[str, ...]
) -> None:
    first = store_article(archive, an_article(), seen_at=NOW)
    store_article(archive, an_article(), seen_at=NOW + DAY)
    second = store_article(archive, an_article(**changes), seen_at=NOW + 2 * DAY)
    assert (second.outcome, second.id, second.revision, second.changed) == ("updated", first.id, 2, changed)
    now = one(archive, "SELECT * FROM news")
    assert now["revision"] == 2
    for field, value in changes.items():
        assert now[field] == value
    old = one(
        archive,
        "SELECT r.*, s.name AS source FROM revisions r LEFT JOIN sources s ON s.id = r.source_id",
    )
    assert (old["revision"], old["title"], old["body"], old["source"]) == (1, "新品发布", BODY, "互联网")
    assert old["published_at"] == "2025-09-30T23:57:37+08:00"
    assert (old["first_seen_at"], old["last_seen_at"], old["replaced_at"]) == (
        "2025-10-01T04:00:00+00:00",
        "2025-10-02T04:00:00+00:00",
        "2025-10-03T04:00:00+00:00",
    )
    third = store_article(archive, an_article(), seen_at=NOW + 3 * DAY)
    assert (third.outcome, third.revision) == ("updated", 3)
    kept = [
        row["first_seen_at"] for row in archive.query("SELECT first_seen_at FROM revisions ORDER BY revision")
    ]
    assert kept == ["2025-10-01T04:00:00+00:00", "2025-10-03T04:00:00+00:00"]


def test_a_short_body_with_another_title_is_a_change_of_title_only(archive: Database) -> None:
    store_article(archive, an_article(body="如图。"), seen_at=NOW)
    stored = store_article(archive, an_article(body="如图。", title="另一题"), seen_at=NOW + DAY)
    assert stored.changed == ("title",)
    row = one(archive, "SELECT content_key FROM articles")
    assert row["content_key"] == identity.fingerprint("另一题", "如图。")


def test_aliases_are_kept_with_their_first_reason_and_settle_the_ledger(archive: Database) -> None:
    redirect = "https://www.itbear.com.cn/n12345678.aspx"
    discover(archive, [Discovery(redirect)], site="itbear", crawl_id=None, now=NOW)
    mobile = url(1).replace("www", "m")
    aliases = [(mobile, "mobile"), (redirect, "redirect"), (url(1), "form"), ("mailto:a@b", "odd")]
    store_article(archive, an_article(2, related=[RelatedItem(1, "旧址", redirect)]), seen_at=NOW)
    article = an_article(page=Page(url=mobile, body=b"", aliases=aliases))
    stored = store_article(archive, article, seen_at=NOW)
    article.page = Page(url=mobile, body=b"", aliases=[(mobile, "redirect")])
    store_article(archive, article, seen_at=NOW + DAY)
    rows = list(archive.query("SELECT url, reason, first_seen_at FROM aliases ORDER BY id"))
    assert [(row["url"], row["reason"]) for row in rows] == [aliases[0], aliases[1], aliases[3]]
    assert {row["first_seen_at"] for row in rows} == {"2025-10-01T04:00:00+00:00"}
    assert lookup(archive, [redirect])[redirect].state == "archived"
    assert one(archive, "SELECT article_id FROM links WHERE url = ?", redirect)["article_id"] == stored.id


MEMBERS = {
    10: "2025-09-30T10:00:00+08:00",
    11: "2025-09-30T09:00:00+08:00",
    12: "2025-09-30",
    13: None,
    9: "2025-09-30T02:30:00+00:00",
}


@pytest.mark.parametrize("order", [list(o) for o in permutations(MEMBERS)][::7])
def test_exact_copies_point_to_the_earliest_in_whatever_order_they_come(
    archive: Database, order: list[int]
) -> None:
    for number in order:
        store_article(
            archive, an_article(number, title=f"题{number}", published_at=MEMBERS[number]), seen_at=NOW
        )
    store_article(archive, an_article(99, body="别" * 80), seen_at=NOW)
    pointers = {
        row["url"]: row["duplicate_of"] for row in archive.query("SELECT url, duplicate_of FROM news")
    }
    assert pointers == {**{url(n): url(12) for n in (9, 10, 11, 13)}, url(12): None, url(99): None}


def test_same_time_falls_back_to_the_address(archive: Database) -> None:
    stored = [store_article(archive, an_article(number), seen_at=NOW) for number in (5, 4, 6)]
    assert [s.duplicate_of for s in stored] == [None, None, url(4)]
    rows = archive.query("SELECT duplicate_of FROM news ORDER BY url")
    assert [row["duplicate_of"] for row in rows] == [None, url(4), url(4)]


def test_leaving_and_joining_a_group_by_revision(archive: Database) -> None:
    for number in (1, 2, 3):
        store_article(archive, an_article(number), seen_at=NOW)
    changed = store_article(archive, an_article(1, body="新" * 80), seen_at=NOW + DAY)
    assert changed.duplicate_of is None
    assert one(archive, "SELECT duplicate_of FROM news WHERE url = ?", url(2))["duplicate_of"] is None
    assert one(archive, "SELECT duplicate_of FROM news WHERE url = ?", url(3))["duplicate_of"] == url(2)
    back = store_article(archive, an_article(3, body="新" * 80), seen_at=NOW + DAY)
    assert back.duplicate_of == url(1)
    earlier = an_article(3, body="新" * 80, published_at="2020-01-01T00:00:00+08:00")
    assert store_article(archive, earlier, seen_at=NOW + DAY).duplicate_of is None
    assert one(archive, "SELECT duplicate_of FROM news WHERE url = ?", url(1))["duplicate_of"] == url(3)


def test_articles_without_a_body_are_no_copies(archive: Database) -> None:
    for number in (1, 2):
        assert store_article(archive, an_article(number, body=""), seen_at=NOW).duplicate_of is None


def test_a_changed_block_adds_rows_and_a_shared_item_is_kept_once(archive: Database) -> None:
    store_article(archive, an_article(1), seen_at=NOW)
    store_article(archive, an_article(2), seen_at=NOW)
    assert archive.table("links").count == 7
    turned = an_article(1, related=[RelatedItem(1, "热门2", url(902), "摘要…", "2025-09-30")])
    store_article(archive, turned, seen_at=NOW + DAY)
    store_article(archive, an_article(1), seen_at=NOW + 2 * DAY)
    rows = list(
        archive.query("SELECT * FROM related_items WHERE page_url = ? ORDER BY seen_at, position", [url(1)])
    )
    assert len(rows) == 15
    assert (rows[7]["item_title"], rows[7]["seen_at"]) == ("热门2", "2025-10-02T04:00:00+00:00")
    assert archive.table("links").count == 7
    retitled = deepcopy(an_article(1).related)
    retitled[0].title = "热门1（更新）"
    store_article(archive, an_article(1, related=retitled), seen_at=NOW + 3 * DAY)
    assert archive.table("links").count == 8


def test_a_related_item_leads_to_the_article_at_its_address_before_one_that_was_redirected_to(
    archive: Database,
) -> None:
    shown = an_article(1, related=[RelatedItem(1, "热门", url(2))])
    redirected = an_article(3, page=Page(url(3), b"", aliases=[(url(2), "redirect")]))
    of_link = "SELECT a.url FROM links l JOIN articles a ON a.id = l.article_id WHERE l.url = ?"
    for article, leads_to in (
        (shown, None),
        (redirected, url(3)),
        (an_article(2), url(2)),
        (redirected, url(2)),
    ):
        store_article(archive, article, seen_at=NOW)
        row = archive.execute(of_link, [url(2)]).fetchone()
        assert (row[0] if row else None) == leads_to


@pytest.mark.parametrize("order", [(1, 901), (901, 1)])
def test_related_items_are_linked_to_their_article_once_it_is_known(
    archive: Database, order: tuple[int, int]
) -> None:
    for number in order:
        store_article(archive, an_article(number), seen_at=NOW)
    linked = one(archive, "SELECT a.url FROM links l JOIN articles a ON a.id = l.article_id")
    assert linked["url"] == url(901)


def test_ids_rise_with_publication_and_never_clash_or_change(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = ["2025-09-30T23:57:37+08:00", "2025-09-29", None, "2099-01-01T00:00:00+08:00"]
    ids = [
        store_article(archive, an_article(n, published_at=m), seen_at=NOW).id for n, m in enumerate(moments)
    ]
    assert sorted(ids)[:2] == [ids[1], ids[0]]
    assert ids[2] >> identity.ID_SHIFT == ids[3] >> identity.ID_SHIFT == int(NOW.timestamp())
    moved = store_article(archive, an_article(0, published_at="2025-01-01"), seen_at=NOW + DAY)
    assert (moved.outcome, moved.id) == ("updated", ids[0])
    monkeypatch.setattr(identity, "article_id", lambda *_: ids[0])
    assert [store_article(archive, an_article(n), seen_at=NOW).id - ids[0] for n in (50, 51)] == [1, 2]


def test_a_naive_time_is_refused_and_nothing_is_written(archive: Database) -> None:
    with pytest.raises(ValueError, match="aware"):
        store_article(archive, an_article(), seen_at=NOW.replace(tzinfo=None))
    assert archive.table("articles").count == 0


def test_quarantine_keeps_the_bytes_once_and_gives_the_page_back(archive: Database) -> None:
    page = Page(
        url=url(1).replace("https://www", "http://m"),
        body=b"<html>\xff\x00",
        content_type="text/html; charset=gbk",
        status=200,
        fetched_at="2025-10-01T04:00:00+00:00",
        site="itbear",
        hints={"body": "#content"},
        listed=ListingEntry(url(1), "题", None, "2025-09-30"),
        aliases=[(url(1) + "?from=a", "query")],
        later_parts=[Part(url(1).replace(".html", "_2.html"), b"<p>2", None)],
    )
    first = quarantine_page(archive, page, "soft_404", "404 in title", seen_at=NOW)
    assert quarantine_page(archive, page, "soft_404", "404 in title", seen_at=NOW + DAY) == first
    row = one(archive, "SELECT * FROM quarantine")
    assert (row["url"], row["status"], row["reason"], row["size"]) == (url(1), 200, "soft_404", 12)
    assert (row["first_seen_at"], row["last_seen_at"]) == (
        "2025-10-01T04:00:00+00:00",
        "2025-10-02T04:00:00+00:00",
    )
    assert load_quarantined(archive, first) == page
    other = quarantine_page(
        archive, Page(url=page.url, body=b"else", site="itbear"), "empty", None, seen_at=NOW
    )
    assert other != first
    assert archive.table("articles").count == 0
    with pytest.raises(KeyError):
        load_quarantined(archive, 999)


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        (TO_DAY, TO_MINUTE, TO_MINUTE),
        (TO_MINUTE, TO_SECOND, TO_SECOND),
        (TO_SECOND, TO_MINUTE, TO_SECOND),
        (TO_SECOND, TO_DAY, TO_SECOND),
        (ABOUT_MINUTE, TO_SECOND, TO_SECOND),
        (TO_SECOND, ABOUT_MINUTE, TO_SECOND),
        (ABOUT_MINUTE, ABOUT_MINUTE_AGAIN, ABOUT_MINUTE),
        (ABOUT_MINUTE, ABOUT_DAY, ABOUT_MINUTE),
        (ABOUT_DAY, TO_SECOND, TO_SECOND),
        (ABOUT_DAY, TO_DAY, TO_DAY),
    ],
)
def test_the_same_time_read_more_exactly_is_no_change_of_the_site(
    archive: Database, first: tuple[str, str], then: tuple[str, str], kept: tuple[str, str]
) -> None:
    store_article(archive, an_article(published_at=first[0], published_precision=first[1]), seen_at=NOW)
    stored = store_article(
        archive, an_article(published_at=then[0], published_precision=then[1]), seen_at=NOW
    )
    assert (stored.outcome, stored.revision) == ("unchanged", 1)
    assert one(archive, "SELECT published_at FROM news")["published_at"] == kept[0]
    assert archive.table("revisions").count == 0


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (ABOUT_MINUTE, ("2025-09-30T11:00:00+08:00", "minute")),
        (ABOUT_DAY, ("2025-10-02T00:10:00+08:00", "minute")),
        (ABOUT_DAY, ("2025-09-29", "day")),
    ],
)
def test_a_time_far_from_the_one_counted_back_is_a_change(
    archive: Database, first: tuple[str, str], then: tuple[str, str]
) -> None:
    store_article(archive, an_article(published_at=first[0], published_precision=first[1]), seen_at=NOW)
    later = an_article(published_at=then[0], published_precision=then[1])
    assert store_article(archive, later, seen_at=NOW).changed == ("published_at",)


def test_a_day_counted_back_gives_way_to_the_day_that_the_page_prints_later(archive: Database) -> None:
    for published_at, precision in (ABOUT_DAY, TO_SECOND):
        store_article(
            archive, an_article(published_at=published_at, published_precision=precision), seen_at=NOW
        )
    assert one(archive, "SELECT published_date, published_precision FROM articles") == {
        "published_date": "2025-09-30",
        "published_precision": "second",
    }
    counted = archive.query("SELECT published_date FROM counts_by_day WHERE articles > 0")
    assert {row["published_date"] for row in counted} == {"2025-09-30"}


def test_another_time_is_a_change(archive: Database) -> None:
    store_article(archive, an_article(published_at="2025-09-30", published_precision="day"), seen_at=NOW)
    later = an_article(published_at="2025-10-01T10:52:00+08:00", published_precision="minute")
    assert store_article(archive, later, seen_at=NOW).changed == ("published_at",)
