"""It notices what changes, and nothing else: simulated months of a site (tests/months.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from newscrawler.alarm import odds, rhythm
from newscrawler.alarm.check import Changes, check
from newscrawler.archive import crawls, troubles
from newscrawler.archive.yields import series_of
from tests import months
from tests.months import CHANNELS, HALF_HOUR, SERIES, START, Site, crawl, month, times

DAY = timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with months.opened(tmp_path) as database:
        yield database


def filled(database: Database, site: Site, *, pages: int = 400) -> None:
    """Some crawls, so that there is a history."""
    for number in range(4):
        crawl(database, site, START + number * HALF_HOUR, pages=pages // 4)


def keys(found: list[troubles.Trouble]) -> list[tuple[str, str]]:
    return [trouble.key for trouble in found]


@pytest.mark.parametrize("seed", [7])
def test_an_ordinary_month_raises_no_alarm(database: Database, seed: int) -> None:
    """With weekends and a holiday; ``python -m tests.months --months N`` tries many more."""
    seen: list[Changes] = []
    month(database, Site(seed, per_day=40), each=seen.append)
    assert len(seen) > 1400
    assert [trouble.sentence for changes in seen for trouble in changes.begun] == []


@pytest.mark.parametrize(
    ("field", "template"),
    [
        ("editor", "mobile"),
        ("editor", "desktop"),
        ("editor", ""),
        ("category", "mobile"),
        ("time", "desktop"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_field_lost_in_one_of_two_templates_is_noticed_in_the_first_crawl_of_20(
    database: Database, seed: int, field: str, template: str
) -> None:
    site = Site(seed)
    filled(database, site)
    assert not crawl(database, site, START + DAY, pages=20).are_lasting
    site.lost = {field: template}
    changes = crawl(database, site, START + 2 * DAY, pages=20)
    assert ("field", field) in keys(changes.begun)
    (trouble,) = (t for t in changes.begun if t.key == ("field", field))
    assert trouble.began_at == (START + 2 * DAY).isoformat()
    assert trouble.place == (site.layouts[template] if template else "")


def test_it_is_noticed_in_half_hours_of_few_articles_told_once_and_once_when_over(database: Database) -> None:
    site = Site(5)
    filled(database, site)
    now = START + DAY
    log: list[tuple[int, str]] = []

    def go(runs: int) -> None:
        nonlocal now
        for number in range(runs):
            now += HALF_HOUR
            changes = crawl(database, site, now, pages=3)
            log.extend((number, f"new {trouble.subject}") for trouble in changes.begun)
            log.extend((number, f"over {trouble.subject}") for trouble in changes.over)

    go(20)
    assert log == []
    site.lost = {"editor": "mobile"}
    go(40)
    assert [event for _, event in log] == ["new editor"]
    assert log[0][0] < 10, "no later than with 30 articles"
    site.lost = {}
    go(40)
    assert [event for _, event in log] == ["new editor", "over editor"]
    go(40)
    assert len(log) == 2
    kept = troubles.newest(database, None)
    assert [trouble.ended_at is not None for trouble in kept] == [True]
    site.lost = {"editor": "mobile"}
    go(40)
    assert [event for _, event in log][2:] == ["new editor"], "what was over does not count as usual"


def test_what_is_accepted_is_how_the_site_is_from_now_on(database: Database) -> None:
    site = Site(6)
    filled(database, site)
    site.lost = {"editor": ""}
    (trouble,) = crawl(database, site, START + DAY, pages=40).begun
    again = crawl(database, site, START + DAY + HALF_HOUR, pages=40)
    assert (keys(again.lasting), again.begun) == ([("field", "editor")], [])
    assert keys(troubles.accept(database, [trouble.id], now=START + DAY)) == [("field", "editor")]
    for number in range(2, 10):
        assert not crawl(database, site, START + DAY + number * HALF_HOUR, pages=40).are_lasting
    site.lost = {}
    for number in range(10, 42):
        crawl(database, site, START + DAY + number * HALF_HOUR, pages=40)
    site.lost = {"editor": ""}
    last = crawl(database, site, START + 2 * DAY, pages=40)
    assert keys(last.begun) == [("field", "editor")], "and is missed again, once it is back"


def test_a_template_that_was_never_seen(database: Database) -> None:
    site = Site(8)
    filled(database, site)
    site.layouts = {**site.layouts, "mobile": "h2 < main"}
    begun = crawl(database, site, START + DAY, pages=20).begun
    assert ("layout", "h2 < main") in keys(begun)
    for hour in range(2, 24 * 7 + 2, 12):
        crawl(database, site, START + DAY + timedelta(hours=hour), pages=20)
    assert troubles.lasting(database)
    late = crawl(database, site, START + 9 * DAY, pages=20)
    assert ("layout", "h2 < main") in keys(late.over), "with every field on it: learnt after a week"


def test_other_changes_of_pages(database: Database) -> None:
    site = Site(9)
    filled(database, site)
    site.short = True
    assert ("length", "short") in keys(crawl(database, site, START + DAY, pages=20).begun)
    site.short, site.lost = False, {"related": ""}
    assert ("field", "related") in keys(crawl(database, site, START + 2 * DAY, pages=20).begun)
    site.lost, site.unfit = {}, 0.6
    begun = crawl(database, site, START + 3 * DAY, pages=40).begun
    assert ("quarantine", "pages") in keys(begun)
    assert "not_an_article" in begun[-1].sentence


def test_a_listing_that_falls_silent_and_speaks_again(database: Database) -> None:
    site = Site(10, per_day=300)
    month(database, site, days=15, first=0, pages=0, each=lambda changes: None)
    url = CHANNELS[0][0]
    site.silent = {url}
    begun: list[tuple[float, tuple[str, str]]] = []
    now = START + 15 * DAY
    for at in times(now, 3):
        begun.extend(((at - now) / DAY, key) for key in keys(crawl(database, site, at, pages=0).begun))
    assert [key for _, key in begun] == [("silence", url)]
    assert begun[0][0] < 2
    site.silent = set()
    over: list[tuple[str, str]] = []
    for at in times(now + 3 * DAY, 0.5):
        over += keys(crawl(database, site, at, pages=0).over)
    assert over == [("silence", url)]


def test_a_site_that_brings_nothing_is_one_trouble(database: Database) -> None:
    site = Site(11, per_day=300)
    month(database, site, days=17, first=0, pages=0, each=lambda changes: None)
    site.silent, site.per_day = {url for url, _ in CHANNELS}, 0.0001
    begun: list[tuple[str, str]] = []
    for at in times(START + 17 * DAY, 2.5):
        begun += keys(crawl(database, site, at, pages=0).begun)
    assert begun == [("scarce", "site")]


@pytest.mark.parametrize(
    ("spider", "arguments", "code"),
    [(SERIES, "{}", 5), (SERIES, '{"backfill": "2025-01"}', 0), (crawls.IMPORT, "{}", 0)],
)
def test_days_in_which_nobody_read_a_listing_are_not_scarce(
    database: Database, spider: str, arguments: str, code: int
) -> None:
    """The network was down, or a backfill had the archive: of five days a short listing shows the last."""
    site = Site(13, per_day=300)
    month(database, site, days=17, first=0, pages=0, each=lambda changes: None)
    none = dict.fromkeys(("new", "updated", "unchanged", "failed", "quarantined"), 0)
    for at in times(START + 17 * DAY, 5):
        run = crawls.begin_crawl(database, spider, arguments, now=at, pid=1, host="here")
        crawls.finish_crawl(database, run, reason="finished", requests=9, exit_code=code, now=at, **none)
    assert not crawl(database, site, START + 22 * DAY, pages=0).are_lasting


def test_a_new_archive_and_one_of_old_years_raise_none(database: Database) -> None:
    """A backfill has other templates and no editors; its pages are no history, whoever fetches them."""
    site = Site(12, per_day=60)
    seen: list[Changes] = []
    month(database, site, days=3, first=0, each=seen.append)
    site.lost, site.layouts = {"editor": "", "source": ""}, {"desktop": "td", "mobile": "td < tr"}
    for number in range(5):
        crawl(
            database,
            site,
            START + 3 * DAY + number * HALF_HOUR,
            arguments='{"since": "2015-01-01"}',
            pages=60,
        )
    site.lost, site.layouts = {}, Site(0).layouts
    for at in times(START + 4 * DAY, 2):
        seen.append(crawl(database, site, at))
    assert not any(changes.are_lasting for changes in seen)
    assert database.execute("SELECT count(*) FROM yields").fetchone()[0] < site.made - 200


def test_a_crawl_that_was_killed_is_looked_at_by_the_next(database: Database) -> None:
    """Its pages are there: they were written with the articles."""
    site = Site(13)
    filled(database, site)
    site.lost = {"editor": ""}
    crawl(database, site, START + DAY, pages=19)
    database.execute("DELETE FROM troubles")
    changes = crawl(database, site, START + 2 * DAY, pages=1)
    assert ("field", "editor") in keys(changes.begun)


def test_notices_are_written_with_the_troubles(database: Database) -> None:
    site = Site(14)
    filled(database, site)
    site.lost = {"editor": ""}
    crawl(database, site, START + DAY, pages=30)
    database.execute("DELETE FROM troubles")
    ways = ["command", "slack"]
    number = database.execute("SELECT max(id) FROM crawl_runs").fetchone()[0]
    for _ in range(2):
        check(database, months.SERIES, number, now=START + DAY, ways=ways, archive="news.db")
    waiting = troubles.waiting(database, ["slack"])
    assert len(waiting) == 1
    assert "newscrawler troubles --accept" in waiting[0].text
    assert waiting[0].subject == "itbear: the site has changed: pages without an editor"
    troubles.tried(database, waiting[0], "HTTP 500 from hooks", now=START)
    assert troubles.waiting(database, ["slack"])[0].attempts == 1
    assert troubles.undelivered(database) == 1
    troubles.tried(database, waiting[0], None, now=START)
    assert troubles.waiting(database, ["slack"]) == []
    assert len(troubles.waiting(database, ["command"])) == 1


def test_what_is_forgotten_leaves_reports(database: Database) -> None:
    url = "https://www.itbear.com.cn/html/2025-09/1.html"
    found = troubles.Trouble("field", "editor", "gone", START.isoformat(), 1, 20, "", (url,), f"try {url}")
    crawl(database, Site(1), START, pages=1)
    troubles.begin(database, "itbear", found, crawl_id=1, now=START)
    troubles.write_notices(database, ["command"], "s", f"see {url}", crawl_id=1, now=START)
    troubles.forget(database.conn, [url])
    kept = json.dumps(
        [*map(str, troubles.lasting(database)), troubles.waiting(database, ["command"])[0].text]
    )
    assert url not in kept


@pytest.mark.parametrize(
    ("arguments", "series"),
    [
        ({}, "itbear"),
        ({"start_urls": "http://127.0.0.1:1/"}, "itbear http://127.0.0.1:1/"),
        ({"max_listing_pages": "2"}, "itbear"),
        ({"since": "2025-01-01"}, None),
        ({"full": "1"}, None),
        ({"backfill": "2015"}, None),
    ],
)
def test_which_crawls_make_a_history(arguments: dict[str, str], series: str | None) -> None:
    assert series_of("itbear", arguments) == series


@given(st.integers(1, 60), st.floats(0.001, 0.99), st.floats(4, 100))
def test_chances_add_up(n: int, p: float, weight: float) -> None:
    chances = [odds.at_least(k, n, p, weight) for k in range(n + 1)]
    assert chances[0] == 1.0
    assert all(a >= b - 1e-9 for a, b in pairwise(chances))
    mean = sum(chances[1:])
    assert mean == pytest.approx(n * p, rel=1e-6, abs=1e-9)


def test_a_share_that_wavers_is_trusted_less() -> None:
    steady = odds.trust([(2, 20)] * 20)
    wavering = odds.trust([(0, 20), (4, 20)] * 10)
    wild = odds.trust([(0, 20), (20, 20)] * 10)
    assert steady == odds.TRUST
    assert odds.LEAST_TRUST == wild < wavering < steady


@given(st.floats(1, 30))
def test_a_holiday_of_a_tenth_is_no_silence(per_hour: float) -> None:
    hours = {(START + timedelta(hours=n)).isoformat()[:13]: per_hour for n in range(24 * 28)}
    now = START + 28 * DAY
    assert rhythm.silent_since(hours, now + timedelta(hours=100 / per_hour)) is None
    assert rhythm.silent_since(hours, now + timedelta(hours=130 / per_hour)) == now
