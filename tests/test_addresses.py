"""All forms of one article are one row with its aliases, in whatever order they are met."""

from __future__ import annotations

from contextlib import closing
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.utils.project import get_project_settings

from newscrawler.archive import open_archive
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.store import store_article
from newscrawler.crawl.reread import Chain
from newscrawler.extract.canonical import believed
from newscrawler.identity import canonical, site_of
from newscrawler.items import Article, Page, Part
from newscrawler.replica import text as generated

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
WWW, MOBILE = "https://www.itbear.com.cn/html/2025-09", "http://m.itbear.com.cn/html/2025-09"
NEWS, PLAIN = "https://www.news.example", "http://www.news.example"


@pytest.mark.parametrize(
    ("fetched", "stated", "taken"),
    [
        ("https://m.news.example/a/123456.html", f"{NEWS}/a/123456.html", f"{NEWS}/a/123456.html"),
        (f"{NEWS}/amp/2025/123456.html", f"{NEWS}/2025/123456.html", f"{NEWS}/2025/123456.html"),
        (f"{NEWS}/a/123456.html?page=2", f"{NEWS}/a/123456.html", f"{NEWS}/a/123456.html"),
        (f"{NEWS}/show.php?id=123456", f"{NEWS}/a/123456.html", f"{NEWS}/a/123456.html"),
        (f"{NEWS}/dear-chips-once-more?x=1", f"{NEWS}/dear-chips-once-more", f"{NEWS}/dear-chips-once-more"),
        ("http://news.example/a/123456.html", f"{NEWS}/a/123456.html?from=x", f"{NEWS}/a/123456.html"),
        ("https://news.example/a/123456.html", f"{PLAIN}/a/123456.html", f"{NEWS}/a/123456.html"),
        ("http://127.0.0.1:8102/a/123456.html", "http://127.0.0.1:8101/a/123456.html", "http://127.0.0.1:8101/a/123456.html"),
        ("https://m.news.example/show.php?id=7", f"{NEWS}/show.php?id=7", f"{NEWS}/show.php?id=7"),
    ],
)  # fmt: skip
def test_a_canonical_that_tells_the_truth_is_believed(fetched: str, stated: str, taken: str) -> None:
    assert believed(fetched, stated) == taken
    assert believed(taken, stated) is None  # the page there is at home


@pytest.mark.parametrize(
    ("fetched", "stated"),
    [
        (f"{NEWS}/a/123456.html", f"{NEWS}/"),  # the template's home page
        (f"{NEWS}/a/123456.html", f"{NEWS}/a/123457.html"),  # another article's cache
        (f"{NEWS}/a/123456.html", f"{NEWS}/a/"),
        (f"{NEWS}/show.php?id=7", f"{NEWS}/show.php"),  # the id is identity
        (f"{NEWS}/show.php?id=123456", f"{NEWS}/show.php"),
        (f"{NEWS}/show.php?id=7", f"{NEWS}/show.php?id=8"),
        (f"{NEWS}/show.php?id=123456&p=1", f"{NEWS}/a/123457.html"),
        (f"{NEWS}/a/123456.html", "https://elsewhere.example/a/123456.html"),  # whom it was taken from
        (f"{NEWS}/a/123456.html", f"{NEWS}/a/123456.html?session=99"),
        (f"{NEWS}/chips-are-dear-again", f"{NEWS}/chips-are-cheap-again"),
        (f"{NEWS}/a/123456.html", "javascript:void(0)"),
        (f"{NEWS}/a/123456.html", "https://["),
        # Sites with rules: the same number elsewhere on the site is another article.
        ("https://finance.itbear.com.cn/html/2025-05/168590.html", f"{WWW}/168590.html"),
        (f"{WWW}/960596.html", f"{NEWS}/html/2025-09/960596.html"),
    ],
)
def test_a_canonical_that_lies_is_not(fetched: str, stated: str) -> None:
    assert believed(fetched, stated) is None


pieces = st.sampled_from(
    ["a", "123456", "chips-are-dear-again", "show.php", "2025", "t20250930_1234567.html", ""]
)
urls = st.builds(
    "{}://{}news.example/{}/{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", "www.", "m.", "wap."]),
    *(pieces, pieces),
    st.sampled_from(["", "?id=123456", "?id=7", "?utm_source=x", "#top", "?b=2&a=1"]),
)


@given(urls, urls)
def test_what_is_believed_is_canonical_and_of_the_same_site(fetched: str, stated: str) -> None:
    taken = believed(fetched, stated)
    if taken is not None:
        assert canonical(taken) == taken != canonical(fetched)
        assert believed(taken, stated) is None
        assert not (fetched.startswith("https:") and taken.startswith("http:"))


def html(number: int, stated: str = "") -> bytes:
    """Article ``number``; 3 has the text of 2."""
    title = f"第{number}号新品下月上市的消息"
    text = "".join(f"<p>{line}</p>" for line in generated.paragraphs(4, f"forms {min(number, 2)}"))
    link = f'<link rel="canonical" href="{stated}">' if stated else ""
    return (
        f"<html><head><title>{title}</title>{link}</head><body><h1>{title}</h1>"
        f"<div>2025-09-30 08:0{number}:00 来源：互联网</div><div class=text>{text}</div></body></html>"
    ).encode()


def visit(url: str, body: bytes, *aliases: tuple[str, str], parts: tuple[Part, ...] = ()) -> Page:
    return Page(url, body, "text/html", site=site_of(url), aliases=list(aliases), later_parts=list(parts))


OLD = "https://www.itbear.com.cn/n12345678.aspx"
SECOND = f"{WWW}/960001_2.html"
PAGES = [
    visit(f"{WWW}/960001.html", html(1), (SECOND, "part"), parts=(Part(SECOND, html(1)),)),
    visit(f"{WWW}/960002.html", html(2), (f"{WWW}/00960002.html", "zeros")),
    visit(f"{MOBILE}/960002.html?from=app", html(2)),
    visit(f"{MOBILE}/960002.html", html(2), (f"{MOBILE}/960002.html", "twin")),
    visit(f"{WWW}/960002.html", html(2), (OLD, "redirect"), (f"{MOBILE}/960002.html", "redirect")),
    visit("https://finance.itbear.com.cn/html/2025-09/960002.html", html(3)),
    visit("http://m.finance.itbear.com.cn/html/2025-09/960002.html#top", html(3)),
    visit(f"{NEWS}/a/123456.html", html(3, f"{NEWS}/a/123456.html")),
    visit("https://m.news.example/a/123456.html?utm_source=x", html(3, f"{NEWS}/a/123456.html")),
    visit(f"{NEWS}/a/123456.html", html(3), ("https://m.news.example/a/123456.html", "redirect")),
    visit(f"{NEWS}/show.php?id=7", html(1, f"{NEWS}/show.php")),
    visit(f"{NEWS}/show.php?id=8", html(2, f"{NEWS}/show.php")),
]
LINKED = [
    ("https://m.itbear.com.cn/html/2025-09/960002.html", f"{WWW}/960002.html"),
    ("http://www.itbear.com.cn/html/2025-09/960001.html", f"{WWW}/960001.html"),
    (OLD, OLD),
]
"""(as a listing linked it, canonical)"""


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """PAGES as the pipelines make articles of them."""
    with closing(Chain(get_project_settings())) as chain:
        made = [chain.run(deepcopy(page)) for page in PAGES]
    assert all(article is not None for article, _ in made), made
    return [article for article, _ in made if article is not None]


WHAT = {
    "articles": "select url, title, body, revision, duplicate_of from news order by url",
    "aliases": "select l.url, a.url, l.reason from aliases l join articles a on a.id = l.article_id"
    " order by 1, 2",
    "near": "select url, first_url from near_duplicates order by 1",
}


def archived(articles: list[Article], order: list[int]) -> dict[str, list[Any]]:
    """What the archive says when pages and links (the numbers behind those of pages) come in this order."""
    with TemporaryDirectory() as folder, open_archive(f"{folder}/archive.db") as archive, archive.atomic():
        for place, number in enumerate(order):
            now = NOW + place * timedelta(minutes=1)
            if number < len(articles):
                store_article(archive, deepcopy(articles[number]), seen_at=now)
            else:
                linked, own = LINKED[number - len(articles)]
                found = [Discovery(own, linked=linked)]
                discover(archive, found, site=site_of(own), crawl_id=None, now=now)
        return {name: archive.execute(sql).fetchall() for name, sql in WHAT.items()}


@pytest.fixture(scope="module")
def usual(articles: list[Article]) -> dict[str, list[Any]]:
    """What the archive says when they come in the order of this file."""
    return archived(articles, list(range(len(PAGES) + len(LINKED))))


def test_every_form_is_one_row(usual: dict[str, list[Any]]) -> None:
    got = usual
    finance = "https://finance.itbear.com.cn/html/2025-09/960002.html"
    rows = {url: (revision, copy) for url, _, _, revision, copy in got["articles"]}
    first, second = f"{WWW}/960001.html", f"{WWW}/960002.html"
    seventh, eighth = (f"{NEWS}/show.php?id={number}" for number in (7, 8))
    assert set(rows) == {first, second, finance, f"{NEWS}/a/123456.html", seventh, eighth}
    assert {revision for revision, _ in rows.values()} == {1}
    assert rows[finance][1] == rows[f"{NEWS}/a/123456.html"][1]
    reasons = {(alias, url): reason for alias, url, reason in got["aliases"]}
    assert reasons[SECOND, first] == "part"
    assert reasons[OLD, second] == "redirect"
    assert reasons[f"{MOBILE}/960002.html", second] == "twin"
    assert reasons[f"{MOBILE}/960002.html?from=app", second] == "http"
    assert reasons["https://m.itbear.com.cn/html/2025-09/960002.html", second] == "mobile"
    assert reasons[f"{WWW}/00960002.html", second] == "zeros"
    assert reasons["https://m.news.example/a/123456.html", f"{NEWS}/a/123456.html"] == "redirect"


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(len(PAGES) + len(LINKED))))
def test_the_order_of_discovery_does_not_matter(
    articles: list[Article], usual: dict[str, list[Any]], order: list[int]
) -> None:
    assert archived(articles, order) == usual
