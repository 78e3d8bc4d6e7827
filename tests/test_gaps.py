"""What an archive lacks by the ids of its addresses: the figures, the estimate, the words, the chart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawler.archive import gaps, open_archive
from newscrawler.archive.absent import GUESSED, mark_absent
from newscrawler.archive.gaps import Span, Track, interval
from newscrawler.archive.gaps_days import days
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.store import store_article
from newscrawler.archive.visits import mark
from newscrawler.explore.server import archive_datasette
from newscrawler.items import Article
from newscrawler.report import gaps as report
from tests.test_explore import get, opened

NOW = datetime(2025, 10, 1, tzinfo=UTC)
HOST = "https://www.itbear.com.cn/html"


def url(number: int, month: str = "2025-09") -> str:
    return f"{HOST}/{month}/{number}.html"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    database = open_archive(tmp_path / "archive.db")
    yield database
    database.conn.close()


def show(archive: Database, *numbers: int, month: str = "2025-09", how: str = "listing") -> None:
    found = [Discovery(url(number, month), how) for number in numbers]
    discover(archive, found, site="itbear", crawl_id=None, now=NOW)


def store(archive: Database, number: int, day: str) -> None:
    store_article(
        archive,
        Article(
            url=url(number, day[:7]),
            site="itbear",
            title=f"标题{number}",
            body=f"第{number}段正文。",
            published_at=f"{day}T08:00:00+08:00",
            published_precision="second",
        ),
        seen_at=NOW,
    )


def only(archive: Database) -> Track:
    (track,) = gaps.gather(archive)
    return track


def test_each_id_of_a_month_is_counted_once(archive: Database) -> None:
    show(archive, *range(100, 120, 2))
    for number in (100, 102, 104):
        mark(archive, url(number), "unchanged", now=NOW)
    mark(archive, url(106), "gone", now=NOW)
    mark(archive, url(108), "failed", error="timeout", now=NOW)
    mark(archive, url(110), "quarantined", error="no_body", now=NOW)
    show(archive, 101, 103, how=GUESSED)
    mark_absent(archive, url(101))
    mark(archive, url(103), "unchanged", now=NOW)
    track = only(archive)
    (span,) = track.months
    assert (track.site, track.host, span.name) == ("itbear", "www.itbear.com.cn", "2025-09")
    assert (span.first, span.last) == (100, 118)
    assert (span.archived, span.gone, span.failed, span.pending, span.apart) == (4, 1, 1, 4, 1)
    assert (span.absent, span.hits, span.untried) == (1, 1, 7)
    assert sum((4, 1, 1, 4, 1, 1, 7)) == span.last - span.first + 1
    assert span.share == int(1000 * 7 / 19) / 1000


def test_ids_between_two_months_are_told_apart(archive: Database) -> None:
    show(archive, 100, 101, 102, month="2025-08")
    show(archive, 110, 111, 112)
    show(archive, 105, month="2025-08", how=GUESSED)
    mark_absent(archive, url(105, "2025-08"))
    track = only(archive)
    assert [(b.below, b.above, b.untried) for b in track.between] == [("2025-08", "2025-09", 6)]
    assert track.untried == 6


def test_a_month_that_is_done_but_for_one_id_is_not_whole() -> None:
    assert report.percent(Span("2025-09", 1, 10**6, archived=10**6 - 1, untried=1).share) == "99.9%"
    assert report.percent(Span("2025-09", 1, 10, archived=10).share) == "100.0%"


def test_a_wrong_link_stretches_no_month(archive: Database) -> None:
    show(archive, *range(1000, 1010), month="2025-08")
    show(archive, 3, *range(2000, 2010))
    months = {span.name: (span.first, span.last) for span in only(archive).months}
    assert months == {"2025-08": (1000, 1009), "2025-09": (2000, 2009)}


def test_a_guess_that_is_under_way_is_no_end_of_a_month(archive: Database) -> None:
    show(archive, 100, 110)
    show(archive, 500, how=GUESSED)
    (span,) = only(archive).months
    assert (span.first, span.last) == (100, 110)


def test_the_estimate_needs_guesses_and_says_its_bounds() -> None:
    track = Track("itbear", "www", [Span("2025-09", 1, 1000, hits=10, absent=30, untried=100)])
    reckoned, least, most = track.likely(track.months[0]) or (0, 0, 0)
    assert reckoned == 25
    assert 14 < least < 15  # Wilson's interval of 10 in 40: 0.142 to 0.402
    assert 40 < most < 41
    few = Track("itbear", "www", [Span("2025-09", 1, 1000, hits=1, absent=2, untried=100)])
    assert few.likely(few.months[0]) is None
    assert report.likely(few) is None
    few.months.append(Span("2025-08", 1, 1000, hits=20, absent=20))
    assert few.likely(few.months[0]) is not None, "the whole sequence says it where a month cannot"
    assert interval(0, 10)[1] == 0.0
    assert interval(10, 10)[2] == 1.0


def test_the_outlook_in_words() -> None:
    track = Track("itbear", "www", [Span("2025-09", 1001, 41000, hits=10, absent=30, untried=40_000)])
    said = "\n".join(report.as_text([track], delay=1.0, per_day=20_000))
    assert "40,000 untried ids: at most 2 days, at one page in 1 s and 20,000 a day;" in said
    assert "About 10,000 articles among them (5,674 to 16,078)" in said
    assert "scrapy crawl itbear -a backfill=2025-09" in said
    assert "Of ids below 1001 (2025-09) nothing is known" in said
    assert all(len(line) <= 100 for line in said.splitlines())
    other = "\n".join(report.as_text([track], delay=1.0, per_day=20_000, archive="b.db"))
    assert "scrapy crawl itbear -a backfill=2025-09 -s ARCHIVE_PATH=b.db\n" in other
    slow = "\n".join(report.as_text([track], delay=30.0, per_day=20_000))
    assert "at most 14 days" in slow


def test_days_of_a_month(archive: Database) -> None:
    for number, day in ((100, "2025-09-01"), (104, "2025-09-01"), (110, "2025-09-03"), (111, "2025-09-03")):
        store(archive, number, day)
    open_archive(
        Path(archive.conn.execute("pragma database_list").fetchone()[2])
    ).conn.close()  # numbers them
    show(archive, 102, how=GUESSED)
    mark_absent(archive, url(102))
    track = only(archive)
    found = days(archive, track, "2025-09")
    assert [span.name for span in found] == ["2025-09-03", "2025-09-02", "2025-09-01"]
    assert [(s.archived, s.absent, s.untried) for s in found] == [(2, 0, 2), (0, 0, 2), (2, 1, 3)]
    assert sum(s.untried for s in found) == track.months[0].untried
    assert days(archive, track, "2025-01") == []


def test_two_shapes_of_one_host_have_days_of_their_own(archive: Database) -> None:
    """As a site has them that changed its addresses; its file then names both."""
    show(archive, 100, 104)
    for number, day in ((100, "2025-09-01"), (104, "2025-09-03")):
        store(archive, number, day)
    archive.execute("UPDATE sequences SET pattern = replace(pattern, '/html/', '/news/') WHERE id > 0")
    show(archive, 7, 8, 9)
    mark(archive, url(8), "unchanged", now=NOW)
    store(archive, 8, "2025-09-02")
    new, old = gaps.gather(archive)
    assert [(span.first, span.last) for span in (*new.months, *old.months)] == [(7, 9), (100, 104)]
    by_day = {track.pattern: days(archive, track, "2025-09") for track in (new, old)}
    assert [span.name for span in by_day[new.pattern]] == ["2025-09-02"]
    assert [span.name for span in by_day[old.pattern]] == ["2025-09-03", "2025-09-02", "2025-09-01"]
    said = "\n".join(report.days_as_text([new, old], by_day, "2025-09"))
    assert "itbear  https://www.itbear.com.cn/news/{folder}/{number}.html  2025-09" in said
    assert "itbear  https://www.itbear.com.cn/html/{folder}/{number}.html  2025-09" in said


def test_the_page_and_the_chart_say_the_same(archive: Database, tmp_path: Path) -> None:
    show(archive, *range(100, 120, 2))
    for number in (100, 102, 104, 118):
        mark(archive, url(number), "unchanged", now=NOW)
    show(archive, 101, how=GUESSED)
    mark_absent(archive, url(101))
    with opened(archive_datasette(tmp_path / "archive.db")) as served:
        (row,) = get(served, "/archive/completeness.json?_shape=array").json()
        assert (row["month"], row["host"]) == ("2025-09", "www.itbear.com.cn")
        assert (row["first_id"], row["last_id"], row["archived"], row["pending"]) == (100, 118, 4, 6)
        assert (row["no_page"], row["untried"]) == (1, 8)
        span = only(archive).months[0]
        assert (span.archived, span.pending, span.absent, span.untried) == (4, 6, 1, 8)
        assert "Untried" in get(served, "/archive/-/chart/completeness.svg").text
        chinese = get(served, "/archive/-/charts?_lang=zh")
        assert chinese.status_code == 200
        empty = tmp_path / "empty.db"
        open_archive(empty).conn.close()
    with opened(archive_datasette(empty)) as served:
        assert get(served, "/archive/completeness.json?_shape=array").json() == []
        assert get(served, "/archive/-/chart/completeness.svg").status_code == 200
