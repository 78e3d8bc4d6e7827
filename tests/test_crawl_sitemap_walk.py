"""How much of a sitemap one crawl reads: pure decisions, without a site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newscrawler import clock
from newscrawler.archive.channels import Channel
from newscrawler.crawl.sitemap_walk import BEGINNING, MOST, Asked, Reading, begin, rests
from newscrawler.extract.sitemap import SitemapEntry, time_of

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 9, 30, 4, 0, tzinfo=UTC)
ROOT = "https://x.example/sitemap.xml"
NEVER = Channel(ROOT, None, None, clock.iso(NOW), *(None,) * 10)


def read(days_ago: float = 0.0, *, reached: str = "2025-09-28", lastmod: str | None = None) -> Channel:
    """A sitemap that was read so long ago, down to ``reached``."""
    at = NOW - timedelta(days=days_ago)
    rest = clock.iso(at + timedelta(hours=6))
    return replace(
        NEVER, kind="sitemap", read_at=clock.iso(at), recheck_at=rest, reached_since=reached, lastmod=lastmod
    )


def reading(state: Channel | None = None, *, start: bool = False, **asked: object) -> Reading:
    return begin(ROOT, state, Asked(**asked), NOW, BEIJING, start=start)  # type: ignore[arg-type]


def entry(number: int, lastmod: str | None = None) -> SitemapEntry:
    return SitemapEntry(f"https://x.example/{number}.xml", lastmod)


def test_an_ordinary_crawl_wants_the_days_since_it_was_read() -> None:
    assert reading().horizon == NOW - timedelta(days=2)
    assert reading(read(10)).horizon == NOW - timedelta(days=12)
    assert reading(read(-3)).horizon == NOW - timedelta(days=2)  # a clock that went wrong


@pytest.mark.parametrize(
    ("asked", "start", "reached", "horizon"),
    [
        ({"full": True}, False, BEGINNING, None),
        ({}, True, "2025-09-28", None),
        ({}, True, BEGINNING, NOW - timedelta(days=2)),  # all of it is known: what is new
        ({"since": "2025-09-01"}, False, "2025-09-28", datetime(2025, 9, 1, tzinfo=BEIJING)),
        ({"since": "2025-09-01"}, False, "2025-08-01", NOW - timedelta(days=2)),
        ({"since": "2025-09-30"}, False, "2025-09-28", datetime(2025, 9, 30, tzinfo=BEIJING)),
        ({"since": "2025-09-01", "full": True}, True, BEGINNING, datetime(2025, 9, 1, tzinfo=BEIJING)),
    ],
)
def test_who_asks_for_more_gets_it_once(
    asked: dict[str, object], start: bool, reached: str, horizon: datetime | None
) -> None:
    assert reading(read(reached=reached), start=start, **asked).horizon == horizon


def test_how_far_it_has_come_is_never_said_too_early() -> None:
    assert reading(since="2025-09-01").reached == "2025-09-01"
    assert reading(full=True).reached == BEGINNING
    assert reading().reached == "2025-09-29"  # the 28th, 12:00 in Beijing: that day is not complete


def test_a_sitemap_rests_unless_more_of_it_is_wanted() -> None:
    state = read(0.1)
    assert rests(state, reading(state), NOW)
    assert not rests(read(0.3), reading(read(0.3)), NOW)
    assert not rests(None, reading(), NOW)
    for asked in ({"full": True}, {"since": "2025-01-01"}):
        assert not rests(state, reading(state, **asked), NOW)
    assert rests(state, reading(state, since="2025-09-29"), NOW)
    refused = replace(NEVER, recheck_at=clock.iso(NOW + timedelta(days=7)))
    assert rests(refused, reading(refused, since="2025-01-01"), NOW)


def files(one: Reading, found: list[SitemapEntry], known: dict[str, Channel] | None = None) -> list[str]:
    return [url.rpartition("/")[2].removesuffix(".xml") for url in one.files(found, known or {}, BEIJING)]


def test_files_of_an_index_newest_first_and_no_more_than_asked() -> None:
    found = [entry(n, f"2025-09-{n:02}") for n in range(1, 31)]
    one = reading()
    assert files(one, found) == ["30", "29", "28"]
    assert (one.waiting, one.whole) == (4, True)
    one = reading(max_files=2)
    assert files(one, found) == ["30", "29"]
    assert not one.whole  # something new was left out
    assert len(files(reading(start=True), found)) == 20
    assert len(files(reading(full=True), found)) == 30
    assert files(reading(since="2025-09-20"), found)[-1] == "20"


def test_only_files_that_moved_since_they_were_read() -> None:
    found = [
        entry(1, "2025-09-30T10:00:00+08:00"),
        entry(2, "2025-09-30T10:00:00+08:00"),
        entry(3, "2025-09-29"),
    ]
    known = {
        found[0].url: read(lastmod="2025-09-30T10:00:00+08:00"),
        found[1].url: read(lastmod="2025-09-30T09:00:00+08:00"),
    }
    assert files(reading(), found, known) == ["2", "3"]
    assert files(reading(full=True), found, known) == ["1", "2", "3"]
    # An ordinary crawl read file 1 for two days; who starts at the index wants the rest of it.
    assert files(reading(start=True), found, known) == ["1", "2", "3"]
    known[found[0].url] = read(lastmod="2025-09-30T10:00:00+08:00", reached=BEGINNING)
    assert files(reading(start=True), found, known) == ["2", "3"]


def test_files_that_state_no_time_take_turns() -> None:
    found = [entry(n) for n in range(8)]
    assert files(reading(), found) == ["0", "1", "2", "3", "4"]
    known = {e.url: read() for e in found[:5]}
    assert files(reading(), found, known) == ["5", "6", "7", "0", "1"]
    assert files(reading(), [entry(1), entry(2, "2025-01-01"), entry(3, "2025-09-30")]) == ["3", "1"]


def test_a_time_in_the_address_is_one() -> None:
    def named(path: str) -> str | None:
        return time_of(SitemapEntry(f"https://x.example{path}"))

    assert named("/maps/2025-09.xml") == "2025-09-31"  # the last day that it may mean
    assert named("/a/20250930/123456.shtml") == named("/2025/9/30/title/") == "2025-09-30"
    assert named("/html/2025-09/960596.html") == "2025-09-31"
    assert named("/201203.html") is named("/a/120250930.html") is named("/list/") is None


def test_addresses_of_an_ordinary_reading_are_bounded() -> None:
    old, new = [entry(n, "2025-09-01") for n in range(50)], [entry(n, "2025-09-30") for n in range(3000)]
    one = reading()
    assert len(one.entries(old + new, BEIJING)) == MOST
    assert not one.whole
    assert one.entries(old, BEIJING) == []
    assert len(reading(since="2025-08-01").entries(old + new, BEIJING)) == 3050
    assert len(reading(full=True).entries(old + new, BEIJING)) == 3050


def test_undated_addresses_are_history_where_there_are_many() -> None:
    undated = [entry(n) for n in range(MOST + 1)]
    assert len(reading().entries(undated[:MOST], BEIJING)) == MOST
    assert reading().entries([*undated, entry(9, "2025-09-30")], BEIJING) == [entry(9, "2025-09-30")]
    assert len(reading(start=True).entries(undated, BEIJING)) == MOST + 1


TIMES = some.sampled_from([None, *(f"2025-09-{day}" for day in range(20, 31))])


@given(some.lists(TIMES, max_size=12), some.integers(1, 9))
def test_what_is_taken_is_the_newest_that_is_wanted(times: list[str | None], most: int) -> None:
    found = [entry(n, time) for n, time in enumerate(times)]
    taken = reading(max_files=most).files(found, {}, BEIJING)
    wanted = [e for e in found if e.lastmod is None or e.lastmod >= "2025-09-28"]
    assert len(taken) == min(most, len(wanted))
    left = {e.lastmod or "" for e in wanted if e.url not in taken}
    assert not left or max(left) <= min((e.lastmod or "") for e in wanted if e.url in taken)
