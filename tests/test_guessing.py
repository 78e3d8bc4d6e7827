"""Which addresses a backfill guesses: on sites that exist only here, so that thousands take no time."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.crawl import guessing
from newscrawler.crawl.guessing import Guess, Known, folders_in, next_guesses, reckon, without_strays
from newscrawler.crawl.jump import Jump, lies_above

FIRST_DAY = date(2025, 3, 1)


class Site:
    """Numbers with folders; ``asked`` are the requests of a backfill that goes by the planner alone."""

    def __init__(self, articles: dict[int, str], known: set[int]) -> None:
        self.articles, self.known = articles, known
        self.asked: list[Guess] = []
        self.days = dict.fromkeys(articles, FIRST_DAY)

    def fill(self, first: str, last: str, *, thorough: bool = False, most: int = 10**6) -> None:
        """What newscrawler.crawl.backfill does, month by month."""
        before = -1
        while len(self.asked) > before:
            before = len(self.asked)
            self._pass(first, last, thorough, most)

    def _pass(self, first: str, last: str, thorough: bool, most: int) -> None:
        tried: set[Guess] = set(self.asked)
        for month in guessing.months_back(first, last):
            while guesses := self._next(month, (first, last), tried, thorough):
                for guess in guesses:
                    if len(self.asked) == most:
                        return
                    assert guess not in tried, "asked twice"
                    assert guess[0] not in self.known, "asked for what is known"
                    self.asked.append(guess)
                    tried.add(guess)
                    if self.articles.get(guess[0]) == guess[1]:
                        self.known.add(guess[0])

    def _next(self, month: str, months: tuple[str, str], tried: set[Guess], thorough: bool) -> list[Guess]:
        points = sorted((n, self.articles[n]) for n in self.known)
        folders = sorted({folder for _, folder in points})
        below = [f for f in folders if guessing.month_of(f) < month][-1:]
        above = [f for f in folders if guessing.month_of(f) > month][:1]
        near = [p for p in points if p[1] in (*below, *above) or guessing.month_of(p[1]) == month]
        absent = {guess for guess in tried if self.articles.get(guess[0]) != guess[1]}
        reckoning = reckon([(n, self.days[n]) for n, _ in near]) if near else guessing.Reckoning(1, FIRST_DAY)
        return next_guesses(Known(near, absent), months, month, reckoning, thorough=thorough)

    def missing(self, *months: str) -> list[int]:
        return [n for n, f in self.articles.items() if guessing.month_of(f) in months and n not in self.known]


def site(
    *,
    a_day: int = 6,
    step: int = 3,
    days: int = 150,
    form: str = "%Y-%m",
    first: int = 900_000,
    seed: int = 1,
) -> Site:
    """``a_day`` articles each day, one at a place drawn in each ``step`` numbers."""
    dice = random.Random(seed)
    articles, published = {}, {}
    for k in range(days * a_day):
        day = FIRST_DAY + timedelta(days=k // a_day)
        number = first + step * k + dice.randrange(step)
        articles[number], published[number] = day.strftime(form), day
    found = Site(articles, set())
    found.days = published
    found.known = {n for n, day in published.items() if day >= FIRST_DAY + timedelta(days=days - 10)}
    return found


def test_two_months_far_below_what_is_known_are_found_whole() -> None:
    some = site()
    some.fill("2025-05", "2025-06")
    assert not some.missing("2025-05", "2025-06")
    ids = 3 * 61 * 6  # of these two months
    assert len(some.asked) < 1.1 * ids + 300  # what finding the way and three borders costs


def test_days_as_folders() -> None:
    some = site(form="%Y%m%d", days=100, a_day=20)
    some.fill("2025-05", "2025-05")
    assert not some.missing("2025-05")
    assert len(some.asked) < 2.5 * 3 * 31 * 20  # each day is a border


def test_a_dense_site_costs_hardly_more_than_its_articles() -> None:
    some = site(step=1, a_day=30)
    some.fill("2025-06", "2025-07")
    found = 60 * 30
    assert not some.missing("2025-06", "2025-07")
    assert len(some.asked) < 1.05 * found


def test_from_newest_to_oldest() -> None:
    some = site(a_day=40, step=1)
    some.fill("2025-05", "2025-07", most=600)
    folders = {some.articles.get(number) for number, _ in some.asked[200:]}
    assert folders == {"2025-07"}


def test_a_stretch_used_for_other_things_is_sampled_and_left_unasked() -> None:
    some = site(step=1, a_day=100, days=120)
    hole = range(905_000, 906_500)
    for number in hole:
        some.articles.pop(number, None)
    some.fill("2025-04", "2025-05")
    assert not some.missing("2025-04", "2025-05")
    inside = {number for number, _ in some.asked if number in hole}
    assert len(inside) < len(hole) / 5
    some.fill("2025-04", "2025-05", thorough=True)
    assert {number for number, _ in some.asked} >= set(hole)


def test_articles_within_an_empty_stretch_are_found_by_samples() -> None:
    some = site(step=1, a_day=100, days=120)
    for number in [*range(904_000, 906_000), *range(906_200, 909_000)]:
        some.articles.pop(number, None)
    some.fill("2025-04", "2025-05")
    assert not some.missing("2025-04", "2025-05")


def test_the_first_article_of_a_site_is_no_endless_search() -> None:
    some = site(days=40)
    some.fill("2025-01", "2025-03")
    assert not some.missing("2025-03")
    assert len(some.asked) < 3 * 31 * 6 + 900


def test_ids_given_before_the_border_and_published_after_it() -> None:
    some = site(step=1, a_day=50)
    border = min(n for n, f in some.articles.items() if f == "2025-06")
    for number in (border - 9, border - 4, border - 3):
        some.articles[number] = "2025-06"
    for number in (border + 2, border + 7):
        some.articles[number] = "2025-05"
    some.fill("2025-05", "2025-06")
    assert len(some.missing("2025-05", "2025-06")) <= 1


class Counting(set[Guess]):
    """How often it is asked what was tried."""

    looked_up = 0

    def __contains__(self, guess: object) -> bool:
        self.looked_up += 1
        return super().__contains__(guess)


def test_a_wide_gap_is_not_walked_number_by_number() -> None:
    """Ids made of the time, or one wrong link: a gap of a million, of which the ends were asked."""
    month, low, high = "2025-06", 10**9, 10**9 + 10**6
    points = [(n, "2025-05") for n in range(low - 9, low)] + [(low, month), (high, month)]
    near = [*range(low - 60, low + 60), *range(high - 60, high)]
    tried = Counting((number, folder) for number in near for folder in ("2025-05", month))
    guesses = next_guesses(Known(points, tried), (month, month), month, reckon([(low, FIRST_DAY)]))
    assert len(guesses) == guessing.AT_ONCE
    assert all(low < number < high and number % guessing.GRID == 0 for number, _ in guesses)
    assert tried.looked_up < 1000


def test_wrong_links_lead_nowhere() -> None:
    points = [
        (3, "2025-06"),
        *((n, "2025-05") for n in range(1000, 1010)),
        *((n, "2025-06") for n in range(2000, 2010)),
    ]
    assert without_strays(points) == points[1:]
    assert without_strays(points[1:]) == points[1:]


@given(
    seed=st.integers(0, 10**6),
    a_day=st.integers(1, 12),
    step=st.integers(1, 4),
    days=st.integers(62, 140),
)
@settings(max_examples=12, deadline=None)
def test_nothing_is_missed_where_ids_rise_evenly(seed: int, a_day: int, step: int, days: int) -> None:
    some = site(seed=seed, a_day=a_day, step=step, days=days)
    last = max(some.articles.values())
    month = guessing.earlier(last)
    some.fill(month, last)
    assert not some.missing(month, last)
    assert len(some.asked) < 1.2 * step * 62 * a_day + 1200


def test_an_interrupted_fill_goes_on_where_it_was() -> None:
    whole, parts = site(), site()
    whole.fill("2025-05", "2025-06")
    for most in range(100, 3000, 100):
        parts.fill("2025-05", "2025-06", most=most)
    assert not parts.missing("2025-05", "2025-06")
    assert len(parts.asked) <= 1.1 * len(whole.asked)  # which guess is next depends on where it was stopped


@pytest.mark.parametrize(
    ("month", "like", "number", "newest"),
    [
        ("2025-02", "2024-11", 1, "2025-02"),
        ("2025-02", "202411", 1, "202502"),
        ("2025-02", "20241130", 28, "20250228"),
        ("2024-02", "2024/11/30", 29, "2024/02/29"),
    ],
)
def test_folders_are_written_as_the_site_does(month: str, like: str, number: int, newest: str) -> None:
    found = folders_in(month, like)
    assert (len(found), found[0]) == (number, newest)
    assert guessing.earlier("2025-03-01") == "2025-02-28"
    assert guessing.earlier("2025-01") == "2024-12"
    assert list(guessing.span("2024-11", "2025-02")) == ["2024-11", "2024-12", "2025-01", "2025-02"]


# --- old listing pages --------------------------------------------------------------------------------------


def pages_of(
    list_: list[str], last: str, *, known: int = 0, beyond: str = "empty", per_page: int = 10
) -> tuple[list[int], int | None]:
    """Pages asked for in a list of days (newest first), and the page from which it is read downwards.

    The first ``known`` entries are in the ledger; ``beyond``: what is answered behind the last page.
    """
    jump = Jump.begin("https://site.example/list?page=2")
    assert jump is not None
    final = len(list_) // per_page
    asked = []
    while not jump.is_done:
        asked.append(jump.at)
        number = min(jump.at, final)
        shown = list_[(number - 1) * per_page : number * per_page]
        verdict = "end" if number == final else None
        if jump.at > final:
            verdict = ("repeats" if final in asked else "end") if beyond == "last" else "missing"
            shown = shown if beyond == "last" else []
        above = lies_above(shown, last, all_known=bool(shown) and number * per_page <= known)
        verdict, url = jump.step(above, verdict)
        if url is None:
            return asked, None
        assert len(asked) < 50
    assert url == f"https://site.example/list?page={jump.high}"
    return asked, jump.high


@pytest.mark.parametrize("beyond", ["empty", "last"])
@pytest.mark.parametrize("first", [30, 470, 999])
def test_the_first_page_of_a_month_is_found_by_halving(first: int, beyond: str) -> None:
    list_ = ["2025-11-05"] * 10 * (first - 1) + ["2025-09-30"] * 10 * (1200 - first)
    asked, found = pages_of(list_, "2025-09-31", beyond=beyond)
    assert found == first
    assert len(asked) < 22


def test_what_is_known_is_skipped_so_that_a_walk_goes_on() -> None:
    list_ = ["2025-11-05"] * 1000 + ["2025-09-30"] * 5000
    assert pages_of(list_, "2025-09-31", known=2300)[1] == 231


def test_a_list_that_does_not_reach_the_month_ends() -> None:
    asked, found = pages_of(["2025-11-05"] * 1000, "2025-09-31", beyond="last")
    assert found is None
    assert len(asked) < 10


def test_old_articles_on_top_do_not_hide_the_days_of_a_page() -> None:
    assert lies_above(["2020-01-01"] * 3 + ["2025-11-05"] * 7, "2025-09-31", all_known=False)
    assert not lies_above([], "2025-09-31", all_known=False)
    assert Jump.begin("/list_2.html") is not None
    assert Jump.begin("/older.html") is None
