"""The pure parts of the crawl room: arguments, paging, parts, whole bodies, politeness, exit codes."""

from __future__ import annotations

import gzip
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure

from newscrawler import identity
from newscrawler.archive.session import Tally
from newscrawler.crawl import outcome, paging
from newscrawler.crawl.arguments import ArgumentError, Arguments, parse
from newscrawler.crawl.compression import gzip_is_complete
from newscrawler.crawl.conditional import Validators, ask_if_changed, validators_of, without_conditions
from newscrawler.crawl.failures import classify
from newscrawler.crawl.multipart import missing_part, named_parts, next_part, part_address
from newscrawler.crawl.politeness import retry_after
from newscrawler.crawl.redirects import Redirects
from newscrawler.items import Page, Part


def test_arguments_are_read() -> None:
    assert parse({}) == Arguments()
    assert parse(
        {
            "start_urls": "http://a.cn/x?p=1,2,https://b.cn/",
            "since": "2025-09-30",
            "max_listing_pages": "3",
            "full": "1",
        }
    ) == Arguments(("http://a.cn/x?p=1,2", "https://b.cn/"), "2025-09-30", 3, True)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"sicne": "2025-09-30"}, "did you mean since="),
        ({"colour": "1"}, "colour"),
        ({"since": "nonsense"}, "since"),
        ({"since": "2025-02-30"}, "2025-02-30"),
        ({"since": "20250930"}, "YYYY-MM-DD"),
        ({"start_urls": ""}, "start_urls"),
        ({"start_urls": "www.itbear.com.cn"}, "www.itbear.com.cn"),
        ({"start_urls": "ftp://a.cn/,http://b.cn/"}, "ftp://a.cn/"),
        ({"start_urls": "http://a.cn:99999/"}, "start_urls"),
        ({"max_listing_pages": "0"}, "max_listing_pages"),
        ({"max_listing_pages": "-1"}, "max_listing_pages"),
        ({"max_listing_pages": "２"}, "max_listing_pages"),
        ({"full": "maybe"}, "full"),
    ],
)
def test_a_wrong_argument_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(ArgumentError, match=r".+") as error:
        parse(given)
    assert named in str(error.value)


def seen(*keys: int, unreached: int | None = None, dated: int = 0, too_old: int = 0) -> paging.Seen:
    """A page of ``keys``, the first ``unreached`` of them new to us (None: all)."""
    return paging.Seen(frozenset(keys), frozenset(keys[:unreached]), len(keys), dated, too_old)


def test_a_walk_goes_on_while_pages_bring_something() -> None:
    walk = paging.Walk("c")
    assert walk.verdict(seen(1, 2), "c?page=2") is None
    assert walk.verdict(seen(2, 3), "c?page=3") is None
    assert walk.verdict(seen(2, 3), "c?page=4") == "repeats"


def test_a_walk_to_the_end_of_a_large_channel_stays_small() -> None:
    walk, pages = paging.Walk("c"), 1000
    tracemalloc.start()
    try:
        for page in range(pages):
            keys = frozenset(identity.key64(f"{page} {place}") for place in range(20))
            assert walk.verdict(paging.Seen(keys, keys), str(page)) is None
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / (20 * pages) < 12, "bytes an article; in a set it would be 70 to 100"


def test_a_walk_ends_without_an_older_page_and_in_a_circle() -> None:
    assert paging.Walk("c").verdict(seen(1), None) == "end"
    assert paging.Walk("c", addresses={"c"}).verdict(seen(1), "c") == "end"
    assert paging.Walk("c").verdict(seen(), "c?page=2") == "not_a_listing"


def test_known_pages_end_a_walk_only_after_the_margin_and_never_in_full() -> None:
    walk = paging.Walk("c", reached=7, margin=2)
    assert walk.verdict(seen(1, 2, unreached=0), "2") is None
    assert walk.verdict(seen(3, 4, unreached=1), "3") is None
    assert walk.verdict(seen(5, unreached=0), "4") is None
    assert walk.verdict(seen(6, unreached=0), "5") == "known"
    full = paging.Walk("c")
    assert [full.verdict(seen(n, unreached=0), str(n)) for n in range(5)] == [None] * 5


def test_a_page_that_is_known_from_its_middle_on_counts_to_the_margin() -> None:
    keys = frozenset(range(20))
    walk = paging.Walk("c", reached=7, margin=2)
    assert walk.verdict(paging.Seen(keys, frozenset(range(10)), entries=20, tail=10), "2") is None
    assert walk.verdict(seen(21, 22, unreached=0), "3") == "known"
    walk = paging.Walk("c", reached=7, margin=2)
    assert walk.verdict(paging.Seen(keys, frozenset(range(11)), entries=20, tail=9), "2") is None
    assert walk.verdict(seen(21, 22, unreached=0), "3") is None
    sticky = paging.Seen(frozenset({1, 2, 31, 32}), frozenset({31, 32}), entries=4)
    assert sticky.tail == 0, "old ones on top are no end of the new ones"
    assert walk.verdict(sticky, "4") is None
    assert walk.quiet == 0


def test_a_side_bar_of_new_articles_does_not_keep_a_walk_of_known_pages_going() -> None:
    walk = paging.Walk("c", reached=7, margin=2)
    assert walk.verdict(seen(99, 1, 2, unreached=1), "2") is None
    assert walk.verdict(seen(99, 3, 4, unreached=1), "3") is None
    assert walk.verdict(seen(99, 5, 6, unreached=1), "4") == "known"


def test_since_ends_a_walk_where_a_few_entries_or_a_side_bar_lack_a_date() -> None:
    page = paging.Seen(frozenset(range(30)), frozenset(), entries=20, dated=19, too_old=19)
    assert paging.Walk("c").verdict(page, "2") == "since"
    hardly = paging.Seen(frozenset(range(20)), frozenset(), entries=20, dated=3, too_old=3)
    assert paging.Walk("c").verdict(hardly, "2") is None


def test_since_ends_a_walk_when_all_is_older_but_not_for_sticky_items() -> None:
    walk = paging.Walk("c")
    assert walk.verdict(seen(1, 2, dated=2, too_old=1), "2") is None
    assert walk.verdict(seen(3, 4, dated=2, too_old=2), "3") == "since"


def test_undated_listings_do_not_walk_for_ever_with_since() -> None:
    walk = paging.Walk("c", undated_limit=2)
    assert walk.verdict(seen(1), "2") is None
    assert walk.verdict(seen(2), "3") == "limit"


@pytest.mark.parametrize(
    ("asked", "completed", "limit"),
    [
        (paging.Asked(), None, 20),
        (paging.Asked(), 4, None),
        (paging.Asked(full=True), None, None),
        (paging.Asked(since="2025-09-30"), None, None),
        (paging.Asked(max_pages=3, since="2025-09-30", full=True), 4, 3),
    ],
)
def test_how_far_a_channel_is_walked(asked: paging.Asked, completed: int | None, limit: int | None) -> None:
    assert paging.new_walk("c", asked, paging.Marks(completed)).limit == limit


def test_a_walk_cut_by_the_user_is_not_complete() -> None:
    walk = paging.Walk("c")
    assert paging.completes(walk, "limit", paging.Asked())
    assert not paging.completes(walk, "limit", paging.Asked(max_pages=3))
    assert not paging.completes(walk, "since", paging.Asked(since="2025-09-30"))
    assert not paging.completes(paging.Walk("c", cut_short=True), "end", paging.Asked())


def test_a_walk_of_since_that_left_something_out_completes_nothing() -> None:
    asked, walk = paging.Asked(since="2025-09-30"), paging.Walk("c")
    assert walk.verdict(seen(1, 2, dated=2, too_old=1), None) == "end"
    assert not paging.completes(walk, "end", asked)
    assert paging.reaches_since(walk, "end", asked, paging.Marks()) == "2025-09-30"
    whole = paging.Walk("c")
    assert whole.verdict(seen(1, 2, dated=2), None) == "end"
    assert paging.completes(whole, "end", asked)


def test_since_stops_at_known_pages_where_a_walk_went_as_far_down() -> None:
    marks = paging.Marks(completed=9, since_crawl=4, reached_since="2025-09-10")

    def reached(since: str | None, **more: bool) -> int | None:
        return paging.new_walk("c", paging.Asked(since=since, **more), marks).reached

    assert reached("2025-09-10") == 4
    assert reached("2025-09-20") == 4
    assert reached("2025-09-09") is None
    assert reached(None) == 9
    assert reached("2025-09-20", full=True) is None
    walk = paging.new_walk("c", paging.Asked(since="2025-09-20"), marks)
    assert paging.reaches_since(walk, "known", paging.Asked(since="2025-09-20"), marks) == "2025-09-10"
    assert paging.reaches_since(walk, "limit", paging.Asked(since="2025-09-20"), marks) is None


def listed(count: int, first: int) -> paging.Seen:
    """A page of ``count`` entries, all new."""
    return seen(*range(first, first + count))


def test_an_empty_page_is_no_end_unless_the_list_ran_out_before_it() -> None:
    walk = paging.Walk("c")
    for page in range(3):
        assert walk.verdict(listed(20, 100 * page), f"{page}") is None
    assert walk.verdict(seen(), "4") == "empty"
    assert not paging.completes(walk, "empty", paging.Asked())
    short = paging.Walk("c")
    for page, count in enumerate((23, 20, 20, 7)):  # sticky entries on top of the first
        assert short.verdict(listed(count, 100 * page), f"{page}") is None
    assert short.verdict(seen(), "5") == "end"


def test_a_page_that_is_empty_in_two_crawls_is_the_end() -> None:
    again = paging.new_walk("c", paging.Asked(), paging.Marks(empty_pages=3))
    assert again.verdict(listed(20, 0), "2") is None
    assert again.verdict(seen(), "3") == "empty"  # nearer than the last time: a fault
    again = paging.new_walk("c", paging.Asked(), paging.Marks(empty_pages=2))
    assert again.verdict(listed(20, 0), "2") is None
    assert again.verdict(seen(), "3") == "end"


class Listing:
    """A channel of a site that publishes, and a ledger that crawls of it fill; articles are numbers."""

    def __init__(self) -> None:
        self.articles: list[int] = []
        self.ledger: dict[int, int] = {}
        """Article -> the crawl that found it."""
        self.marks = paging.Marks()
        self.crawls = 0

    def day_of(self, number: int) -> str:
        return f"2025-09-{1 + number // 10:02d}"

    def crawl(self, asked: paging.Asked, dies_after: int) -> str | None:
        """Walk pages of four articles, the newest first, until the end or the crawl's own; the verdict."""
        self.crawls += 1
        walk = paging.new_walk("c", asked, self.marks)
        newest = self.articles[::-1]
        for number in range(dies_after):
            shown = newest[4 * number : 4 * number + 4]
            old = [n for n in shown if asked.since and self.day_of(n) < asked.since]
            reached = {n for n in shown if walk.reached and self.ledger.get(n, 999) <= walk.reached}
            for n in shown:
                if n not in old:
                    self.ledger.setdefault(n, self.crawls)
            tail = len(list(takewhile(reached.__contains__, reversed(shown))))
            page = paging.Seen(
                *(frozenset(shown), frozenset(set(shown) - reached), len(shown), len(shown), len(old), tail)
            )
            is_last = 4 * number + 4 >= len(newest)
            verdict = walk.verdict(page, None if is_last else f"{number + 2}")
            if verdict is not None:
                self._end(walk, verdict, asked)
                return verdict
        return None

    def _end(self, walk: paging.Walk, verdict: str, asked: paging.Asked) -> None:
        since = paging.reaches_since(walk, verdict, asked, self.marks)
        if paging.completes(walk, verdict, asked):
            self.marks = replace(self.marks, completed=self.crawls)
        if since:
            self.marks = replace(self.marks, since_crawl=self.crawls, reached_since=since)


@settings(max_examples=300, deadline=None)
@given(
    some.lists(
        some.tuples(
            some.integers(0, 25),  # articles published before the crawl
            some.sampled_from([None, None, "2025-09-02", "2025-09-04", "2025-09-08"]),
            some.one_of(some.just(99), some.integers(0, 4)),  # pages until it is killed
        ),
        min_size=1,
        max_size=8,
    )
)
def test_no_walk_leaves_a_hole(crawls: list[tuple[int, str | None, int]]) -> None:
    """Whatever was interrupted, whatever ``since`` was asked for: a walk that ended has all it promised."""
    site = Listing()
    for published, since, dies_after in crawls:
        site.articles += range(len(site.articles), min(len(site.articles) + published, 250))
        asked = paging.Asked(since=since, first=99)
        if site.crawl(asked, dies_after) is not None:
            promised = [n for n in site.articles if not since or site.day_of(n) >= since]
            assert set(promised) <= set(site.ledger)


URL = "https://www.itbear.com.cn/html/2025-09/960596.html"


def test_parts_are_named_by_links_to_the_same_article_only() -> None:
    body = b"""<a href="960596_2.html">2</a><a href='/html/2025-09/960596_3.html'>3</a>
    <a href="960597_2.html">other</a><a href="1960596_4.html">other</a> 960596_9.html"""
    assert named_parts(URL, body) == {2, 3}
    assert part_address(URL, 2) == "https://www.itbear.com.cn/html/2025-09/960596_2.html"


def test_parts_are_asked_for_in_order_until_all_are_there() -> None:
    page = Page(URL, b'<a href="960596_2.html">')
    assert missing_part(page) == 2
    page.later_parts.append(Part(part_address(URL, 2), b'<a href="960596_3.html"><a href="960596.html">'))
    assert missing_part(page) == 3
    page.later_parts.append(Part(part_address(URL, 3), b'<a href="960596_2.html">'))
    assert missing_part(page) is None


def test_parts_in_the_query_are_links_that_show_their_number() -> None:
    url = "https://news.example/article/77.html"
    links = b"""<span>1</span><a href="/article/77.html?page=2">2</a><a class=p href='?page=3'> [3] </a>
    <a href="/article/77.html?page=2">next</a>"""
    page = Page(url, links)
    assert next_part(page) == (2, f"{url}?page=2")
    page.later_parts.append(Part(f"{url}?page=2", b'<a href="?page=1">1</a><a href="?page=3">3</a>'))
    assert next_part(page) == (3, f"{url}?page=3")
    page.later_parts.append(Part(f"{url}?page=3", links))
    assert next_part(page) is None
    assert next_part(Page(url, b'<a href="77_2.html">2</a>')) is None  # 77 may be anything
    assert next_part(Page(url, b'<a href="/article/78.html?page=2">2</a><a href="?page=2">more</a>')) is None
    assert next_part(Page(URL, b'<a href="?page=2">2</a>')) is None  # ITBEAR's parts are in the path


def test_parts_of_an_article_whose_id_has_letters() -> None:
    url = "https://news.example/tech/KHIXK0BRX.html"
    assert next_part(Page(url, b'<a href="KHIXK0BRX_2.html">2</a>')) == (2, url.replace(".html", "_2.html"))
    assert next_part(Page("https://news.example/photo.html", b'<a href="photo_2.html">2</a>')) is None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("words", ["余下全文（1/2）", "下一页", "<b>2</b>"])
def test_parts_in_the_query_are_links_to_the_next_one(words: str, encoding: str) -> None:
    words = words.replace("<b>", "").replace("</b>", "")
    url = "https://news.example/p/3489123"
    body = f'<a href="/p/3489123?page=2">{words}</a>'.encode(encoding)
    assert next_part(Page(url, body)) == (2, f"{url}?page=2")
    second = f'<a href="/p/3489123">上一页</a><a href="?page=1">1</a> {words}'.encode(encoding)
    assert next_part(Page(url, body, later_parts=[Part(f"{url}?page=2", second)])) is None


def test_parts_of_an_article_that_is_a_number_in_the_query() -> None:
    url = "https://news.example/show.php?aid=51000&cid=3"
    for link in ("/show.php?aid=51000&amp;cid=3&amp;page=2", "show.php?aid=51000&cid=3&page=2"):
        assert next_part(Page(url, f'<a href="{link}">2</a>'.encode())) == (2, f"{url}&page=2")
    for other in ("/show.php?aid=51001&cid=3&page=2", "?page=2", "/list.php?aid=51000&cid=3&page=2"):
        assert next_part(Page(url, f'<a href="{other}">2</a>'.encode())) is None


def test_a_cut_gzip_stream_is_noticed() -> None:
    whole = gzip.compress("更多热门内容".encode() * 500)
    assert gzip_is_complete(whole)
    assert gzip_is_complete(whole + gzip.compress(b"second member"))
    assert gzip_is_complete(whole + b"\0\0garbage")
    assert not gzip_is_complete(whole[:-9])
    assert not gzip_is_complete(whole[: len(whole) // 2])
    assert not gzip_is_complete(b"no gzip at all")


def test_retry_after_in_seconds_and_as_a_date() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert retry_after(b"7", now) == 7.0
    assert retry_after(b"Thu, 01 Jan 2026 00:00:30 GMT", now) == 30.0
    assert retry_after(b"Wed, 31 Dec 2025 00:00:00 GMT", now) == 0.0
    assert retry_after(b"soon", now) is None
    assert retry_after(b"\xb2", now) is None  # a digit for Python, and no number
    assert retry_after(None, now) is None


def answer(**headers: str) -> HtmlResponse:
    """An answer with these headers (``_`` for ``-``) to a request that nobody answered for it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HtmlResponse(URL, headers=named, request=Request(URL))


MONDAY, LATER = "Mon, 01 Sep 2025 00:00:00 GMT", "Mon, 01 Sep 2025 00:00:05 GMT"


def test_validators_are_taken_as_received() -> None:
    assert validators_of(answer(ETag='W/"a"', Last_Modified=MONDAY, Date=MONDAY)) == ('W/"a"', MONDAY)
    assert validators_of(answer(Last_Modified=MONDAY, Date=LATER)) == (None, MONDAY)
    assert validators_of(answer(ETag="")) == (None, None)
    assert validators_of(answer(ETag="x" * 2000)) == (None, None)


@pytest.mark.parametrize("date", [{"Date": MONDAY}, {}, {"Date": "soon"}])
def test_a_date_within_its_own_second_is_no_validator(date: dict[str, str]) -> None:
    assert validators_of(answer(Last_Modified=MONDAY, **date)) == (None, None)


def test_a_page_of_another_address_gives_no_validators() -> None:
    for meta in ({"twin_for": ("http_5xx", "HTTP 500")}, {"redirect_urls": [URL]}):
        got = answer(ETag='"a"')
        assert got.request is not None
        got.request.meta.update(meta)
        assert validators_of(got) == (None, None)


def test_a_condition_can_be_taken_back() -> None:
    plain = Request(URL, headers={"Accept": "text/html"}, meta={"article": URL})
    asked = ask_if_changed(plain.copy(), Validators('"a"', MONDAY))
    assert asked.headers["If-None-Match"] == b'"a"'
    assert asked.headers["If-Modified-Since"] == MONDAY.encode()
    assert asked.meta["handle_httpstatus_list"] == [304]
    back = without_conditions(asked)
    assert (back.headers, back.meta) == (plain.headers, plain.meta)
    assert ask_if_changed(plain, Validators()).meta == {"article": URL}


def tally(*, listings: int = 1, judged: int = 0, fit: int = 0, **outcomes: int) -> Tally:
    made = Tally()
    made.listings_read, made.pages_judged, made.pages_fit = listings, judged, fit
    for name, count in outcomes.items():
        for n in range(count):
            made.note(f"{name}{n}", name)
    return made


@pytest.mark.parametrize(
    ("made", "reason", "code"),
    [
        (tally(judged=2, fit=2, new=2), "finished", 0),
        (tally(), "finished", 0),
        (tally(judged=3, fit=2, new=2, quarantined=1), "finished", 0),
        (tally(listings=0), "finished", 5),
        (tally(judged=3, quarantined=3), "finished", 5),
        (tally(judged=2, fit=2, new=2, failed=1), "finished", 4),
        (tally(judged=2, fit=2), "closespider_timeout", 0),
        (tally(listings=0), "closespider_timeout", 0),
        (tally(listings=0), "time_budget", 0),
        (tally(judged=1, fit=1, failed=1), "time_budget", 4),
        (tally(), "closespider_errorcount", 3),
        (tally(), "archive_error", 3),
        (tally(), "start_error", 3),
        (tally(failed=3), "shutdown", 130),
    ],
)
def test_exit_codes_first_that_fits(made: Tally, reason: str, code: int) -> None:
    assert outcome.exit_code(made, reason) == code


def test_the_last_word_on_an_address_counts() -> None:
    made = Tally()
    made.note("a", "failed")
    made.note("a", "new")
    assert made.counts() == {"new": 1}


def test_the_one_line_names_what_went_wrong() -> None:
    made = tally(judged=1, fit=1, new=1, failed=2)
    made.errors["timeout"] += 2
    line = outcome.one_line(outcome.outcome_of(made, {}, "finished"), made, "archive.db")
    assert "\n" not in line
    assert all(word in line for word in ("1 new", "2 failed", "timeout 2", "archive.db"))


@pytest.mark.parametrize("cookies", [False, True])
def test_a_redirect_that_leads_back_ends_there(cookies: bool) -> None:
    crawler = get_crawler(settings_dict={"COOKIES_ENABLED": cookies})
    crawler.spider = Spider("some")
    redirects = Redirects.from_crawler(crawler)

    def follow(request: Request, to: str) -> Any:
        return redirects.process_response(request, Response(request.url, 302, headers={"Location": to}))

    first = Request("https://news.example/a")
    second = follow(first, "/b")
    assert second.url == "https://news.example/b"
    assert redirects.process_response(second, Response(second.url)).status == 200
    for request, to in ((first, "/a"), (second, "/a")):
        if cookies:  # a cookie that was set on the way may lead out
            assert follow(request, to).url == "https://news.example/a"
        else:
            with pytest.raises(IgnoreRequest, match="in a circle") as raised:
                follow(request, to)
            assert classify(Failure(raised.value))[0] == "redirect"
