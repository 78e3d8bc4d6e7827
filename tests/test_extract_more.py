# ruff: noqa: E501  (markup reads better unbroken)
"""加载更多 ("load more"): where a listing's button asks, and what the JSON that answers it lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.extract import Listing, read_listing
from newscrawler.extract.more import following
from tests.sound import assert_addresses, assert_each_once

URL = "https://www.news.example/tech/"
NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
SECOND = "https://www.news.example/api/list?cid=3&page=2"


def is_article(url: str) -> bool:
    return "/a/" in url and url.endswith(".html")


def page(inside: str) -> Listing:
    items = "".join(f'<li><a href="/a/{n}.html">列表里的第{n}条新闻，写得足够长</a></li>' for n in range(10))
    html = f'<html><head><meta charset="utf-8"></head><body><ul>{items}</ul>{inside}</body></html>'
    return read_listing(html.encode(), URL, "text/html", fetched_at=NOW)


@pytest.mark.parametrize(
    "button",
    [
        '<button data-url="/api/list?cid=3&amp;page=2">加载更多</button>',
        '<a href="javascript:;" data-api="/api/list?cid=3&amp;page={page}">点击加载更多</a>',
        '<div class="more" data-next="/api/list?cid=3&amp;page=2"><span>查看更多</span></div>',
        '<div data-url="/api/list?cid=3" data-page="1"><i></i><a>加载更多</a></div>',
        '<button data-url="/api/list?cid=3" data-next-page="2">更多资讯</button>',
        '<button hx-get="/api/list?cid=3&amp;page=2" hx-target="#list">加载更多...</button>',
        '<a id="load-more" data-href="//www.news.example/api/list?cid=3&amp;page="></a>',
        "<a onclick=\"loadMore('/api/list?cid=3&amp;page=2')\">加载更多</a>",
        '<a class="b">加载更多</a><script>var page=1;$.get("/api/list?cid=3&page=" + (++page), show)</script>',
        '<a class="b">加载更多</a><script>fetch(`/api/list?cid=3&page=${page + 1}`).then(show)</script>',
        '<a class="b">加载更多</a><script>$.ajax({url: "/api/list", type: "get", data: {cid: 3, page: page++}})</script>',
        "<p id=m>加载更多</p><script>$.getJSON('/api/list', {cid: '3', page: n}, show)</script>",
    ],
)
def test_the_button_says_where_it_asks(button: str) -> None:
    found = page(button)
    assert (found.next, found.more) == (None, SECOND)


@pytest.mark.parametrize(
    "button",
    [
        "",
        '<a href="/list_2.html">下一页</a><button data-url="/api/list?page=2">加载更多</button>',
        "<button>加载更多</button>",
        '<button data-toggle="more" data-target="#list" data-url="#">加载更多</button>',
        '<button data-url="javascript:more()">加载更多</button>',
        "<p>加载更多</p><script>$.ajax({url: '/api/list', type: 'POST', data: {page: page}})</script>",
        "<p>加载更多</p><script>$.ajax({url: '/api/list', data: {page: page, token: sign(page)}})</script>",
        "<p>加载更多</p><script>$.ajax({url: '/api/list', data: {page: page, token: token}})</script>",
        '<script>track("/hit?page=2")</script>',
        '<script type="application/ld+json">{"u": "/x?page=2"}</script><p>加载更多</p>',
        f'<button data-url="{URL}">加载更多</button>',
    ],
)
def test_what_says_nothing_sound_leads_nowhere(button: str) -> None:
    assert page(button).more is None


def test_a_path_with_a_number_to_come() -> None:
    found = page('<p>加载更多</p><script>$.get("/api/tech/page_" + page + ".json")</script>')
    assert found.more == "https://www.news.example/api/tech/page_2"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/api?cid=3&page=2", "https://x.example/api?cid=3&page=3"),
        ("https://x.example/api?offset=20&size=20", "https://x.example/api?offset=30&size=20"),
        ("https://x.example/list/2.json", "https://x.example/list/3.json"),
        ("https://x.example/list_2", "https://x.example/list_3"),
        ("https://x.example/list/2/", "https://x.example/list/3/"),
        ("https://x.example/list", None),
        ("https://x.example/list?page=all", None),
    ],
)
def test_the_next_number(url: str, expected: str | None) -> None:
    assert following(url, 10) == expected


def entry(number: int, **more: object) -> dict[str, object]:
    return {
        "id": number,
        "img_url": f"/upload/{number}.jpg",
        "url": f"/a/{number}.html",
        "title": f"第{number}条<em>新闻</em> &amp; 更多",
        "desc": "说了大概的意思…",
        "update_time": "2025-10-01",
        "publish_time": "2025-09-30 23:57",
        **more,
    }


def api(data: object, url: str = SECOND, *, known: bool = True, call: str = "") -> Listing:
    text = json.dumps(data, ensure_ascii=False)
    body = f"{call}({text});" if call else text
    return read_listing(
        body.encode(), url, "application/json", fetched_at=NOW, is_article=is_article if known else None
    )


ENTRIES = [entry(number) for number in range(3)]


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize(
    "data",
    [
        ENTRIES,
        {"code": 0, "data": {"list": ENTRIES, "ads": [{"url": "/ad", "title": "广告"}]}},
        {"result": [{"day": "30", "list": ENTRIES}], "tags": ["a", "b"]},
        {"data": ENTRIES, "hot": [entry(0)]},
    ],
)
def test_entries_are_found_wherever_they_stand(data: object, known: bool) -> None:
    found = api(data, known=known)
    assert found.kind == "listing"
    assert [e.url for e in found.entries] == [f"https://www.news.example/a/{n}.html" for n in range(3)]
    first = found.entries[0]
    assert (first.title, first.summary, first.date) == ("第0条 新闻 & 更多", "说了大概的意思…", "2025-09-30")


def test_other_names_jsonp_and_unix_seconds() -> None:
    one = {"arttitle": "手机的电池", "shareLink": "https://www.news.example/a/9.html", "ctime": 1759247857}
    found = api({"rows": [one]}, call="jQuery1102_17")
    assert [(e.url[-6:], e.title, e.date) for e in found.entries] == [("9.html", "手机的电池", "2025-09-30")]


def test_no_article_of_another_list_is_lost() -> None:
    found = api({"list": ENTRIES, "hot": [entry(77)], "nav": [{"url": "/tech/", "title": "科技"}]})
    assert [e.url[-7:] for e in found.others] == ["77.html"]


def test_markup_in_json_is_read_as_a_page() -> None:
    items = "".join(
        f'<li><a href="/a/{n}.html">列表里的第{n}条新闻，写得足够长</a><i>2025-09-30</i></li>'
        for n in range(5)
    )
    found = api({"status": 1, "html": f"<ul>{items}</ul>"})
    assert [e.url[-6:] for e in found.entries] == [f"{n}.html" for n in range(5)]
    assert {e.date for e in found.entries} == {"2025-09-30"}
    assert found.more == SECOND.replace("=2", "=3")


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ({}, True),
        ({"has_more": True, "pages": 9}, True),
        ({"hasMore": False}, False),
        ({"has_more": 0}, False),
        ({"isEnd": True}, False),
        ({"totalPages": 2}, False),
        ({"page_count": 3}, True),
    ],
)
def test_the_way_on_is_the_next_number_until_the_answer_says_end(said: dict[str, object], more: bool) -> None:
    assert (api({"list": ENTRIES, **said}).more is not None) is more


def test_the_way_on_that_the_answer_names() -> None:
    found = api({"list": ENTRIES, "next_url": "/api/list?cursor=abc"})
    assert (found.next, found.more) == ("https://www.news.example/api/list?cursor=abc", None)
    assert api({"list": [], "next_url": "/api/list?cursor=abc"}).next is None


@pytest.mark.parametrize(
    "data", [None, 1, "text", {}, [], [[]], {"list": [1, None, "x"]}, [{"url": "/a/1.html"}]]
)
def test_json_without_a_list_lists_nothing(data: object) -> None:
    found = api(data)
    assert (found.entries, found.next, found.more) == ([], None, None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["url", "title", "time", "next", "html", "x"]), inner)
    ),
)


@given(VALUES)
def test_no_json_is_too_strange(data: object) -> None:
    for found in (api({"data": data}), api(data, known=False)):
        assert_addresses(found.entries)
        assert_each_once(found.entries)


def test_nesting_without_an_end_is_no_crash() -> None:
    body = b"[" * 200_000
    assert read_listing(body, URL, fetched_at=NOW).entries == []


@pytest.mark.parametrize(
    "sent",
    [
        "try{{feed({});}}catch(e){{}};",
        '/**/ typeof feed === "function" && feed({});',
        "var feed = {};",
        "/* 1 */ window['feed']={}",
    ],
)
def test_json_that_is_sent_as_a_script(sent: str) -> None:
    items = [
        {"title": f"列表里的第{n}条新闻", "url": f"/a/{n}.html", "ctime": "1759200000"} for n in range(5)
    ]
    found = read_listing(
        sent.format(json.dumps({"data": items})).encode(), f"{URL}roll?pageid=153&page=1", fetched_at=NOW
    )
    assert [(e.url, e.date) for e in found.entries] == [
        (f"https://www.news.example/a/{n}.html", "2025-09-30") for n in range(5)
    ]
    assert found.more == f"{URL}roll?pageid=153&page=2"


def test_the_button_in_traditional_characters() -> None:
    found = page('<button data-url="/api/list?cid=3&amp;page=2">看更多內容</button>')
    assert found.more == SECOND


def test_entries_under_their_ids() -> None:
    items = {str(n): {"art_title": f"列表里的第{n}条新闻", "art_url": f"/a/{n}.html"} for n in range(5)}
    found = read_listing(json.dumps({"data": items, "ret": 0}).encode(), f"{URL}api?page=1", fetched_at=NOW)
    assert len(found.entries) == 5
    menu = dict(zip("abcde", items.values(), strict=True))
    assert not read_listing(json.dumps({"menu": menu}).encode(), URL, fetched_at=NOW).entries


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda one: {"node": one},
        lambda one: {"code": "", "content": json.dumps(one)},
        lambda one: {**one, "title": {"rendered": one["title"]}, "content": {"rendered": "<p>甲</p>"}},
    ],
    ids=["node", "text", "rendered"],
)
def test_entries_one_level_deeper(wrapped: Callable[[dict[str, str]], dict[str, object]]) -> None:
    items = [
        wrapped({"title": f"列表里的第{n}条新闻", "link": f"/a/{n}.html", "date": "2025-09-20"})
        for n in range(5)
    ]
    body = f"({json.dumps({'edges': items})})"
    found = read_listing(body.encode(), f"{URL}api?pgnum=1&cnt=5", fetched_at=NOW)
    assert [(e.title, e.date) for e in found.entries] == [
        (f"列表里的第{n}条新闻", "2025-09-20") for n in range(5)
    ]
    assert found.more == f"{URL}api?pgnum=2&cnt=5"


def test_the_article_is_preferred_to_what_it_speaks_of() -> None:
    items = [
        {"title": f"列表里的第{n}条新闻", "external_url": f"https://o.example/{n}", "url": f"/a/{n}.html"}
        for n in range(4)
    ]
    found = read_listing(json.dumps({"items": items}).encode(), URL, fetched_at=NOW)
    assert [e.url for e in found.entries] == [f"https://www.news.example/a/{n}.html" for n in range(4)]
