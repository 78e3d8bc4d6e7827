# ruff: noqa: E501  (markup reads better unbroken)
"""Listing pages of known and unknown sites: entries, the way on, the menu."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from extract_pages import FOOT, hot, menu

from newscrawler.extract import Listing, listing_as_json, read_listing

URL = "http://www.example.com/news/"
NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
TITLES = [f"列表里的第{i}条新闻，标题写得足够长" for i in range(1, 21)]
SUMMARY = "这条新闻的摘要说了大概的意思，写到一半就被列表截断了…"


def is_article(url: str) -> bool:
    return re.search(r"/a/\d+\.html", url) is not None


def listed(inner: str, url: str = URL, **more: object) -> Listing:
    html = f'<html><head><meta charset="utf-8"><title>新闻</title></head><body>{menu()}{inner}{hot()}{FOOT}</body></html>'
    return read_listing(html.encode(), url, "text/html", fetched_at=NOW, **more)  # type: ignore[arg-type]


STYLES = {
    "blocks": lambda n, t: (
        f'<div class="item"><a class="pic" href="/a/{n}.html"><img src="/i.jpg"></a><h3><a href="/a/{n}.html">{t}</a></h3><p>{SUMMARY}</p><span>2025-09-30 10:00</span><a href="/tag/x">标签词语较长的一个</a> <a href="/a/{n}.html#c">12条评论</a></div>'
    ),
    "list": lambda n, t: f'<li><a href="/a/{n}.html">{t}</a><p>{SUMMARY}</p><em>2025/9/30</em></li>',
    "table": lambda n, t: f'<tr><td><a href="/a/{n}.html">{t}</a></td><td>{SUMMARY}</td><td>09-30</td></tr>',
    "terms": lambda n, t: f'<dt><a href="/a/{n}.html">{t}</a></dt><dd>{SUMMARY}</dd><dd>2025年9月30日</dd>',
    "breaks": lambda n, t: f'<a href="/a/{n}.html">{t}</a><br>{SUMMARY}<br>昨天 10:00<br>',
    "summary_link": lambda n, t: (
        f'<div class="x"><h2><a href="/a/{n}.html">{t}</a></h2><div><a href="/a/{n}.html">{SUMMARY}</a> <a href="/a/{n}.html">阅读全文</a></div><i>14小时前</i></div>'
    ),
    "card_link": lambda n, t: f'<div><a href="/a/{n}.html"><b>{t}</b><br>{SUMMARY}</a><i>14小时前</i></div>',
}
WRAPS = {
    "blocks": "<div class='list'>{}</div>",
    "list": "<ul class='list'>{}</ul>",
    "table": "<table>{}</table>",
    "terms": "<dl>{}</dl>",
    "breaks": "<div>{}</div>",
    "summary_link": "<div>{}</div>",
    "card_link": "<div>{}</div>",
}


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("style", list(STYLES))
def test_styles(style: str, known: bool) -> None:
    found = listed(
        WRAPS[style].format("".join(STYLES[style](n, t) for n, t in enumerate(TITLES))),
        is_article=is_article if known else None,
    )
    assert [e.title for e in found.entries] == TITLES
    assert [e.url for e in found.entries] == [f"http://www.example.com/a/{n}.html" for n in range(20)]
    assert {e.date for e in found.entries} == {"2025-09-30"}
    assert {e.summary for e in found.entries} == {SUMMARY}


def test_a_cut_title_is_completed() -> None:
    items = "".join(f'<li><a href="/a/{n}.html" title="{t}">{t[:8]}…</a></li>' for n, t in enumerate(TITLES))
    assert [e.title for e in listed(f"<ul>{items}</ul>").entries] == TITLES


def test_no_article_link_is_lost() -> None:
    main = "".join(STYLES["list"](n, t) for n, t in enumerate(TITLES))
    side = "".join(f'<li><a href="/a/{n}.html">侧栏里的一条旧闻{n}</a></li>' for n in range(100, 110))
    found = listed(
        f'<ul class="list">{main}</ul><div class="side"><ul>{side}</ul><a href="/a/200.html"><img src="/x.jpg"></a></div>',
        is_article=is_article,
    )
    assert len(found.entries) == 20
    assert {e.url for e in found.others} == {
        f"http://www.example.com/a/{n}.html" for n in [*range(100, 110), 200]
    }


LIST = "<ul class='list'>" + "".join(STYLES["list"](n, t) for n, t in enumerate(TITLES)) + "</ul>"


@pytest.mark.parametrize(
    ("url", "pager", "want"),
    [
        (URL, '<a href="?page=2">下一页</a>', "http://www.example.com/news/?page=2"),
        (URL, '<a href="index_2.html">下页</a>', "http://www.example.com/news/index_2.html"),
        (
            URL,
            '<b>1</b> <a href="list_2.html">2</a> <a href="list_3.html">3</a>',
            "http://www.example.com/news/list_2.html",
        ),
        (URL, '<a href="/news/2/">&gt;</a>', "http://www.example.com/news/2/"),
        (URL, "<span>1/57</span>", "http://www.example.com/news/?page=2"),
        (URL + "?page=3", "<span>3/57</span>", "http://www.example.com/news/?page=4"),
        (URL + "index_3.html", "<span>第3页/共57页</span>", "http://www.example.com/news/index_4.html"),
        (URL + "?page=57", '<span>57/57</span> <a href="?page=57">下一页</a>', None),
        (URL, '<a href="javascript:;">下一页</a>', None),
        (URL, '<a href="2/">第2页</a>', "http://www.example.com/news/2/"),
        (URL + "2/", '<a href="/news/3/">第3页</a>', "http://www.example.com/news/3/"),
        (
            URL + "page/2/",
            '<a href="/news/">1</a> 2 <a href="/news/page/3/">3</a>',
            "http://www.example.com/news/page/3/",
        ),
        (URL, '<a href="more/2" data-page="2">点击加载更多</a>', "http://www.example.com/news/more/2"),
        (URL, '<a href="p/2">查看更多文章</a>', "http://www.example.com/news/p/2"),
        (URL + "p/2", '<a href="/news/p/3">更多内容</a>', "http://www.example.com/news/p/3"),
        (URL + "p/2", '<a href="/news/">上一页</a>', None),
        (URL + "p/2", '<a href="/news/p/1">上一页</a>', None),
        (URL, '<a href="/tech/">查看更多</a> <a href="/topic/7">更多文章</a>', None),  # to other lists
        (URL, "", None),
    ],
)
def test_next(url: str, pager: str, want: str | None) -> None:
    assert listed(f"{LIST}<div class='page'>{pager}</div>", url).next == want


def test_the_counter() -> None:
    assert listed(f"{LIST}<div>1/57</div>").counter == (1, 57)
    assert listed(f"{LIST}<div>共57页 当前第2页</div>").counter == (2, 57)
    assert listed(LIST).counter is None


def test_the_menu_leaves_service_pages_out() -> None:
    titles = [title for _, title in listed(LIST, is_article=is_article).menu]
    assert {"财经", "科技"} <= set(titles)
    assert not {"首页", "关于我们", "联系我们"} & set(titles)


@pytest.mark.parametrize("words", ["[阅读全文]", "查看详情>", "继续阅读"])
def test_a_button_to_an_article_leads_to_no_channel(words: str) -> None:
    twin = f'<p>一句话摘要…<a href="/amp/a/123456.html">{words}</a></p><a href="/opinion/">评论</a>'
    menu = listed(LIST + twin, is_article=is_article).menu
    assert [url for url, title in menu if "/amp/" in url or title == "评论"] == [
        "http://www.example.com/opinion/"
    ]


def test_json() -> None:
    row = listing_as_json(listed(LIST), "l")
    assert list(row) == ["id", "entries", "next"]
    assert list(row["entries"][0]) == ["title", "url", "date", "summary"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe\x00"])
def test_nothing_is_an_empty_listing(body: bytes) -> None:
    assert read_listing(body, URL).entries == []


def article_link(n: int, text: str = "") -> str:
    return f'<a href="/a/{n}.html">{text or TITLES[n]}</a>'


def plain(inner: str) -> Listing:
    html = f'<html><head><meta charset="utf-8"><title>新闻</title></head><body>{menu()}{inner}{FOOT}</body></html>'
    return read_listing(html.encode(), URL, "text/html", fetched_at=NOW)


def test_a_list_of_one() -> None:
    found = plain(f"<ul><li>{article_link(0)}<p>{SUMMARY}</p><em>2025-09-30</em></li></ul>").entries
    assert [(e.title, e.summary, e.date) for e in found] == [(TITLES[0], SUMMARY, "2025-09-30")]


def test_a_page_without_a_list_has_no_entries() -> None:
    assert plain(f"<p>{article_link(0)}</p>").entries == []


def test_a_top_story_without_a_date_stands_before_the_list() -> None:
    top = f'<div class="t"><h2>{article_link(0)}</h2><p>{SUMMARY}</p></div>'
    items = "".join(f"<li>{article_link(n)}<p>{SUMMARY}</p><em>2025-09-30</em></li>" for n in range(1, 9))
    found = plain(f"{top}<ul>{items}</ul>").entries
    assert [e.title for e in found] == TITLES[:9]
    assert [(e.date, e.summary) for e in found[:2]] == [(None, SUMMARY), ("2025-09-30", SUMMARY)]


def test_a_heading_of_another_kind_is_no_top_story() -> None:
    items = "".join(f"<li>{article_link(n)}<em>2025-09-30</em></li>" for n in range(1, 9))
    found = plain(f'<h2><a href="/zt/baohui/">专题：沿海城市的机房</a></h2><ul>{items}</ul>').entries
    assert [e.title for e in found] == TITLES[1:9]


def test_a_day_in_a_heading_dates_what_stands_under_it() -> None:
    def group(day: str, numbers: range) -> str:
        return f"<h4>{day}</h4><ul>{''.join(f'<li>{article_link(n)}</li>' for n in numbers)}</ul>"

    found = plain(group("2025-09-30", range(4)) + group("2025年9月29日", range(4, 9))).entries
    assert [e.date for e in found] == ["2025-09-30"] * 4 + ["2025-09-29"] * 5


def test_an_entrys_own_date_counts_for_more_than_a_heading() -> None:
    items = "".join(f"<li>{article_link(n)}<em>2025-09-2{n}</em></li>" for n in range(5))
    found = plain(f"<h4>2025-09-30</h4><ul>{items}</ul>").entries
    assert [e.date for e in found] == [f"2025-09-2{n}" for n in range(5)]


@pytest.mark.parametrize(
    ("shown", "want"), [("2个月前", "2025-07-31"), ("07-31", "2025-07-31"), ("2025-07-30", "2025-07-30")]
)
def test_a_time_element_counts_for_more_than_what_leaves_the_year_out(shown: str, want: str) -> None:
    time = f'<time datetime="2025-07-31T08:00:00+08:00">{shown}</time>'
    items = "".join(
        f"<article><h2>{article_link(n)}</h2><div><a href='/u/1'>周以宁</a>{time}</div><p>{SUMMARY}</p></article>"
        for n in range(6)
    )
    assert {(e.date, e.summary) for e in plain(items).entries} == {(want, SUMMARY)}


def test_a_cut_title_is_no_summary() -> None:
    items = "".join(
        f'<li><a href="/a/{n}.html" title="{t}">{t[:9]}...</a><span>2025-09-30</span></li>'
        for n, t in enumerate(TITLES)
    )
    assert [(e.title, e.summary) for e in plain(f"<ul>{items}</ul>").entries] == [(t, None) for t in TITLES]


BOX = "<tr><td><b>{}</b> <a href='/{}/'>更多&gt;&gt;</a><ul>{}</ul></td></tr>"


def boxes(names: list[str], size: int) -> str:
    return "".join(
        BOX.format(name, i, "".join(f"<li>{article_link(n)}</li>" for n in range(i * size, (i + 1) * size)))
        for i, name in enumerate(names)
    )


def test_the_boxes_of_a_home_page_are_one_list() -> None:
    found = plain(f"<table>{boxes(['液冷', '机柜', '储能', '电网'], 5)}</table>").entries
    assert [e.title for e in found] == TITLES


def test_rankings_beside_the_list_are_no_boxes_of_it() -> None:
    main = "".join(f"<li>{article_link(n)}</li>" for n in range(10, 16))
    found = plain(f"<table>{boxes(['点击排行', '热门文章', '本周热榜'], 3)}</table><ul>{main}</ul>").entries
    assert [e.title for e in found] == TITLES[10:16]


def test_the_last_page_of_a_channel_is_shorter_than_its_ranking() -> None:
    main = "".join(f"<li><span>09-30</span>{article_link(n)}</li>" for n in range(2))
    hot_list = "".join(f"<tr><td>{article_link(n)}</td><td>09-30</td></tr>" for n in range(5, 11))
    found = plain(
        f"<ul>{main}</ul><table><tr><td colspan=2><b>热门文章</b></td></tr>{hot_list}</table>"
    ).entries
    assert [e.title for e in found] == TITLES[:2]


@pytest.mark.parametrize(
    "foot",
    ["Copyright © 2019-2025 海湾网 版权所有 海ICP备00000001号", "违法和不良信息举报电话：010-00000000"],
)
def test_the_foot_of_the_page_is_no_summary(foot: str) -> None:
    items = "".join(f"<div class='i'>{article_link(n)}<span>2025-09-30</span></div>" for n in range(4))
    html = f"<html><title>新闻</title><body>{items}<div><p>{foot}</p></div></body></html>"
    for known in (is_article, None):
        found = read_listing(html.encode(), URL, "text/html; charset=utf-8", fetched_at=NOW, is_article=known)
        assert {e.summary for e in found.entries} == {None}


def test_boxes_under_terms_are_one_list() -> None:
    def box(name: str, numbers: range) -> str:
        return f"<dl><dt>{name}</dt>{''.join(f'<dd>{article_link(n)}</dd>' for n in numbers)}</dl>"

    found = plain(box("液冷", range(6)) + box("机柜", range(6, 12)) + box("储能", range(12, 18))).entries
    assert [e.title for e in found] == TITLES[:18]


def test_boxes_of_days_are_one_list() -> None:
    def box(day: str, numbers: range) -> str:
        items = "".join(f"<li>{article_link(n)}</li>" for n in numbers)
        return f"<div class='day'><div class='when'>{day}</div><ul>{items}</ul></div>"

    found = plain(box("2025-09-30", range(3)) + box("2025-09-29", range(3, 7))).entries
    assert [(e.title, e.date) for e in found] == [
        (TITLES[n], "2025-09-30" if n < 3 else "2025-09-29") for n in range(7)
    ]


def test_a_lone_dated_entry_counts_for_more_than_a_ranking() -> None:
    hot_list = "".join(f"<li>{article_link(n)}</li>" for n in range(5, 11))
    entry = f"<div class='c'><h4>{article_link(0)}</h4><p>{SUMMARY}</p><span>2025-09-30</span></div>"
    found = plain(f"{entry}<div class='r'><h3>热门排行</h3><ul>{hot_list}</ul></div>").entries
    assert [(e.title, e.date) for e in found] == [(TITLES[0], "2025-09-30")]


@pytest.mark.parametrize("names", [["液冷", "机柜", "储能", "电网"], ["2025-09-30", "2025-09-29"]])
def test_no_article_link_of_a_home_page_is_lost(names: list[str]) -> None:
    top = f"<h2>{article_link(19)}</h2>"
    ranking = f"<h3>点击排行</h3><ol>{''.join(f'<li>{article_link(n)}</li>' for n in (16, 17, 18))}</ol>"
    html = f"<html><body>{top}<table>{boxes(names, 4)}</table>{ranking}</body></html>"
    found = read_listing(
        html.encode(), URL, "text/html; charset=utf-8", fetched_at=NOW, is_article=is_article
    )
    shown = {e.url for e in [*found.entries, *found.others]}
    want = {*range(len(names) * 4), 16, 17, 18, 19}
    assert shown == {f"http://www.example.com/a/{n}.html" for n in want}


@pytest.mark.parametrize(
    "leaf",
    [
        "<b>30</b><span>2025-09</span>",
        "<div>30</div><div>2025.09</div>",
        "<i>2025年9月</i><b>30日</b>",
        "<p>2025/09</p><p>30</p>",
    ],
)
def test_a_day_on_a_leaf_of_its_own(leaf: str) -> None:
    items = "".join(
        f'<li><div class="d">{leaf}</div><h3><a href="/a/{n}.html">{t}</a></h3></li>'
        for n, t in enumerate(TITLES)
    )
    assert {entry.date for entry in listed(f"<ul>{items}</ul>").entries} == {"2025-09-30"}


@pytest.mark.parametrize(
    ("end", "day"), [("。3小时前", "2025-10-01"), ("…09-28", "2025-09-28"), ("，警方通报称3小时前", None)]
)
def test_a_time_without_a_year_behind_a_summary(end: str, day: str | None) -> None:
    summary = "这条新闻的摘要没有被截断，它说了大概的意思，一直写到了最后的句号"
    items = "".join(
        f'<li><a href="/a/{n}.html">{t}</a><p>{summary}{end}</p></li>' for n, t in enumerate(TITLES)
    )
    assert {entry.date for entry in listed(f"<ul>{items}</ul>").entries} == {day}


def test_a_list_cut_into_like_lists_is_one() -> None:
    items = [
        f"<li><a href='/a/{n}.html'>{title}</a> <em>2025-09-30</em></li>" for n, title in enumerate(TITLES)
    ]
    cut = "".join(f'<ul class="list_16">{"".join(items[n : n + 5])}</ul>' for n in range(0, 20, 5))
    assert [e.title for e in plain(f"<div>{cut}</div>").entries] == TITLES
    apart = cut.replace('</ul><ul class="list_16">', '</ul><p>另一个栏目的名字</p><ul class="list_16">', 1)
    assert [e.title for e in plain(f"<div>{apart}</div>").entries] == TITLES[5:]


def test_a_date_beside_a_link_of_another_kind() -> None:
    items = "".join(
        f'<div class="i"><h3><a href="/a/{n}.html">{title}</a></h3><p><a href="/u/{n}">海湾号</a><i>2天前</i></p><p>用微信扫码二维码</p></div>'
        for n, title in enumerate(TITLES)
    )
    found = plain(f"<div>{items}</div>").entries
    assert [(e.title, e.date, e.summary) for e in found] == [(title, "2025-09-29", None) for title in TITLES]


@pytest.mark.parametrize("words", ["较早的文章 »", "← 早期文章", "前一天", "« 上一页"])
def test_the_way_to_earlier_articles(words: str) -> None:
    items = "".join(f'<li><a href="/a/{n}.html">{title}</a></li>' for n, title in enumerate(TITLES))
    assert plain(f'<ul>{items}</ul><a href="/list/2">{words}</a>').next == "http://www.example.com/list/2"


def test_the_list_in_a_script_of_a_page_that_shows_none() -> None:
    items = [
        {
            "id": n,
            "title": f"第{n}条只在脚本里的新闻标题",
            "summary": "摘要一句。",
            "url": f"/article/{n}",
            "publishTime": f"2024-05-0{n} 10:00:00",
        }
        for n in range(1, 6)
    ]
    state = json.dumps(
        {"props": {"list": items, "banner": [{"title": "一条广告的标题文字", "url": "/ad/1"}]}}
    )
    found = plain(
        f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{state}</script>'
    )
    assert [(e.title, e.date) for e in found.entries] == [
        (i["title"], str(i["publishTime"])[:10]) for i in items
    ]
    assert found.entries[0].summary == "摘要一句。"
    assert not plain(
        '<script type="application/json">{"list": [{"title": "一条广告的标题文字", "url": "/ad/1"}], "x": "'
        + "y" * 60
        + '"}</script>'
    ).entries


def test_a_flash_in_one_link() -> None:
    text = "海湾市数据中心二期工程昨日完成主体封顶，全部机柜将在年底前交付使用。"
    found = plain(
        "".join(
            f'<div class="k"><i>0{9 - n}:15</i><a href="/live/{n}.html">【第{n}条快讯的标题文字】{text}</a></div>'
            for n in range(5)
        )
    )
    assert [(e.title, e.summary) for e in found.entries] == [
        (f"第{n}条快讯的标题文字", text) for n in range(5)
    ]


@pytest.mark.parametrize(
    "count", ["<span>{}</span><span>12</span>", "<span>12</span><span>{}</span>", "<i>{} 10:02</i><b>123</b>"]
)
def test_a_count_beside_a_date_in_elements_of_their_own(count: str) -> None:
    found = plain(
        "".join(
            f'<div><a href="/a/{n}.html">{t}</a><p><a href="/u/1">程一鸣</a>{count.format(f"2024-03-1{n}")}</p></div>'
            for n, t in enumerate(TITLES[:5])
        )
    )
    assert [e.date for e in found.entries] == [f"2024-03-1{n}" for n in range(5)]


def test_what_stands_beside_the_date_in_a_card_that_is_one_link_is_no_summary() -> None:
    cards = "".join(
        f'<a href="/a/{n}.html"><dl><dd><h3>{t}</h3><p><em>海风</em><i>09-30</i><b>{n}评</b></p></dd></dl></a>'
        for n, t in enumerate(TITLES[:6])
    )
    found = listed(f'<section class="list">{cards}</section>').entries
    assert [(e.title, e.summary, e.date) for e in found] == [(t, None, "2025-09-30") for t in TITLES[:6]]


def older_below(day: str) -> Listing:
    first = "".join(
        f'<div class="top"><h5><a href="/a/{n}.html">{t}</a></h5><em>{SUMMARY}</em><i>2025-09-30 10:00</i></div>'
        for n, t in enumerate(TITLES[:6])
    )
    plain = "".join(
        f'<li><a href="/a/{n}.html">{t}</a> <em>{day}</em></li>' for n, t in enumerate(TITLES[6:14], 6)
    )
    return listed(f'<div class="a">{first}</div><div class="b"><ul>{plain}</ul></div>')


def test_a_plain_list_goes_on_with_what_is_older() -> None:
    assert [e.title for e in older_below("2025-09-29").entries] == TITLES[:14]


def test_a_list_below_with_newer_days_is_another() -> None:
    assert [e.title for e in older_below("2025-10-01").entries] == TITLES[:6]


def test_a_link_to_the_last_page_is_no_counter() -> None:
    pager = (
        '<div class="pg"><strong>1</strong><a href="forum-36-2.html">2</a><a href="forum-36-200.html">... 200</a>'
        '<label><span> / 200 页</span></label><a href="forum-36-2.html">下一页</a></div>'
    )
    found = listed("<ul>" + "".join(STYLES["list"](n, t) for n, t in enumerate(TITLES)) + f"</ul>{pager}")
    assert (found.counter, found.next) == (None, URL + "forum-36-2.html")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('createPageHTML(12, 0, "index", "html");', "index_1.html"),
        ("createPageHTML('pages', 12, 3, 'index', 'shtml', 240);", "index_4.shtml"),
        ('createPageHTML(12, 11, "index", "html");', None),
    ],
)
def test_a_pager_that_a_script_writes(call: str, expected: str | None) -> None:
    items = "".join(STYLES["list"](n, t) for n, t in enumerate(TITLES))
    found = listed(f"<ul>{items}</ul><script>{call}</script>")
    assert found.next == (expected and URL + expected)


def test_the_days_of_a_calendar_are_no_pager() -> None:
    days = "".join(f'<td><a href="/archive/2025/9/{n}/">{n}</a></td>' for n in range(1, 31))
    items = "".join(STYLES["list"](n, t) for n, t in enumerate(TITLES))
    found = listed(
        f"<table><tr>{days}</tr></table><ul>{items}</ul>", "http://www.example.com/archive/2025/9/"
    )
    assert found.next is None


def test_days_with_their_weekday_join_what_stands_under_them() -> None:
    found = plain(
        "<div>"
        + "".join(
            f'<div class="day">2025年09月{30 - d}日 星期二</div><ul class="roll">'
            + "".join(
                f'<li><a href="/a/{n}.html">{TITLES[n]}</a><i>10:0{n % 9}</i></li>'
                for n in range(d * 5, d * 5 + 5)
            )
            + "</ul>"
            for d in range(3)
        )
        + "</div>"
    )
    assert [e.date for e in found.entries] == [f"2025-09-{30 - n // 5}" for n in range(15)]


@pytest.mark.parametrize(
    ("heading", "day", "expected"),
    [
        ("2024", "<time>{:02d}-{:02d}</time>", "2024"),
        ("2024年12月 (5)", "<span>{1:02d}日：</span>", "2024"),
        ("【2023年】", "<i>[{}/{}]</i>", "2023"),
    ],
)
def test_an_archive_under_its_years_and_months(heading: str, day: str, expected: str) -> None:
    rows = "".join(
        f'<li>{day.format(12, 20 - n)} <a href="/a/{n}.html">{t}</a></li>' for n, t in enumerate(TITLES[:6])
    )
    found = plain(f"<h1>归档</h1><h3>{heading}</h3><ul>{rows}</ul>")
    assert [e.date for e in found.entries] == [f"{expected}-12-{20 - n}" for n in range(6)]


def test_related_links_under_each_entry_are_none() -> None:
    found = plain(
        "<div>"
        + "".join(
            f'<div class="one"><p><a href="/a/{n}.html">{t}</a></p><p>{SUMMARY}</p><p>2025-09-2{n}</p><div><b>相关阅读：</b><ul>'
            + "".join(
                f'<li><a href="/a/{n}{k}0.html">第{n}条新闻下面的第{k}条相关新闻，标题更长一些</a></li>'
                for k in range(2)
            )
            + "</ul></div></div>"
            for n, t in enumerate(TITLES[:8])
        )
        + "</div>"
    )
    assert [e.title for e in found.entries] == TITLES[:8]


def test_a_ranking_of_the_same_articles_does_not_stand_for_the_list() -> None:
    ranking = "".join(
        f'<li><i>{n + 1}</i><a href="/a/{n * 2}.html">{TITLES[n * 2]}</a></li>' for n in range(10)
    )
    rows = "".join(
        f'<div class="item"><h4><a href="/a/{n}.html">{t}</a></h4><p>{SUMMARY}</p><span>2025-09-{29 - n}</span></div>'
        for n, t in enumerate(TITLES)
    )
    found = plain(f"<div><h2>热门排行</h2><ul>{ranking}</ul></div><div>{rows}</div>")
    assert [(e.title, e.summary, e.date) for e in found.entries] == [
        (t, SUMMARY, f"2025-09-{29 - n:02d}") for n, t in enumerate(TITLES)
    ]


def test_an_advertisement_of_another_site_is_no_entry() -> None:
    bought = '<div class="item"><h4><a href="https://shop.example.net/1">大促：笔记本电脑直降两千元</a></h4><span>{}</span></div>'
    rows = [
        f'<div class="item"><h4><a href="/a/{n}.html">{t}</a></h4><span>2025-09-20</span></div>'
        for n, t in enumerate(TITLES[:6])
    ]
    titles = [e.title for e in plain("".join([*rows[:3], bought.format("推广"), *rows[3:]])).entries]
    assert titles == TITLES[:6]
    assert len(plain("".join([*rows[:3], bought.format("2025-09-20"), *rows[3:]])).entries) == 7


@pytest.mark.parametrize(
    "link",
    [
        "{0}<i>8张</i>",
        "<i>03:22</i>{0}",
        "<span>2025-09-20</span>{0}",
        "{0}<em>10-05</em><em>12评论</em>",
        "<span>{0}</span><span><em>10-05</em><em>阅读 1300</em></span>",
        "{0} (2025-09-20)",
        "{0}[2025年9月20日]",
    ],
)
def test_what_stands_beside_the_title_in_its_link(link: str) -> None:
    found = plain(
        "".join(f'<div><a href="/a/{n}.html">{link.format(t)}</a></div>' for n, t in enumerate(TITLES[:6]))
    )
    assert [e.title for e in found.entries] == TITLES[:6]
    expected = "2025-09-20" if "20" in link else "2024-10-05" if "10-05" in link else None
    assert {e.date for e in found.entries} == {expected}


def test_a_marked_word_belongs_to_the_title() -> None:
    titles = [f"<em>2025年</em>第{n}条新闻的标题有<em>30{n}</em>" for n in range(5)]
    found = plain("".join(f'<div><a href="/a/{n}.html">{t}</a></div>' for n, t in enumerate(titles)))
    assert [e.title for e in found.entries] == [re.sub("<.*?>", "", t) for t in titles]


def test_reading_on_with_the_title_in_the_button() -> None:
    found = plain(
        "".join(
            f'<article><h2><a href="/a/{n}.html">{t}</a></h2><div><p>{SUMMARY} <a href="/a/{n}.html#more-{n}">继续阅读<span>“{t}”</span></a></p></div></article>'
            for n, t in enumerate(TITLES[:6])
        )
    )
    assert [(e.title, e.url, e.summary) for e in found.entries] == [
        (t, f"http://www.example.com/a/{n}.html", SUMMARY) for n, t in enumerate(TITLES[:6])
    ]


def test_a_title_may_begin_with_a_word_for_reading() -> None:
    titles = [f"阅读“第{n}座城市”：夜跑的人都去了哪里" for n in range(5)]
    found = plain("".join(f'<div><a href="/a/{n}.html">{t}</a></div>' for n, t in enumerate(titles)))
    assert [e.title for e in found.entries] == titles


def test_dates_in_boxes_inside_the_link_and_in_three_elements() -> None:
    found = plain(
        "<ul>"
        + "".join(
            f'<li><a href="/a/{n}.html"><div><p>2{n}</p><p>2025.09</p></div><h4>{t}</h4></a></li>'
            for n, t in enumerate(TITLES[:6])
        )
        + "</ul>"
    )
    assert [e.date for e in found.entries] == [f"2025-09-2{n}" for n in range(6)]
    found = plain(
        "".join(
            f'<div><p><span>2{n}</span><em>Sep</em><i>2025</i></p><a href="/a/{n}.html">{t}</a></div>'
            for n, t in enumerate(TITLES[:6])
        )
    )
    assert [(e.date, e.summary) for e in found.entries] == [(f"2025-09-2{n}", None) for n in range(6)]


def test_labels_and_an_emptied_bracket_are_no_summary() -> None:
    found = plain(
        "<ul>"
        + "".join(
            f'<li><a href="/a/{n}.html">{t}</a><span>日期：2025-09-2{n} 10:20:05 点击：1340 好评：140 差评：12</span><p>摘要写了一句完整的话。[<a href="/a/{n}.html">详细</a>]</p></li>'
            for n, t in enumerate(TITLES[:6])
        )
        + "</ul>"
    )
    assert [(e.date, e.summary) for e in found.entries] == [
        (f"2025-09-2{n}", "摘要写了一句完整的话。") for n in range(6)
    ]


def test_short_titles_in_headings() -> None:
    names = ["雨夜修车", "十年一芯", "量产之夜", "返乡的程序员", "冷库里的灯"]
    found = plain(
        "".join(f'<h3><a href="/a/{n}.html">{t}</a></h3><p>{SUMMARY}</p>' for n, t in enumerate(names))
    )
    assert [e.title for e in found.entries] == names


@pytest.mark.parametrize(
    "way",
    [
        '<h2>{0}</h2><p>{1}</p><i>2025-09-20</i><a aria-label="post" href="/a/{2}.html"></a>',
        '<a href="/a/{2}.html"></a><h2>{0}</h2><p>{1}</p><i>2025-09-20</i>',
        '<a href="/a/{2}.html"><img src="/{2}.jpg"></a><h2>{0}</h2><p>{1}</p><i>2025-09-20</i>',
        '<h2>{0}</h2><p>{1}</p><p>时间：2025-09-20</p><a href="/a/{2}.html">查看详情</a>',
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_titles_that_are_no_links(way: str, known: bool) -> None:
    inner = "".join(f"<article>{way.format(t, SUMMARY, n)}</article>" for n, t in enumerate(TITLES[:6]))
    html = f"<html><head><meta charset='utf-8'></head><body>{menu()}<main>{inner}</main>{FOOT}</body></html>"
    found = read_listing(html.encode(), URL, fetched_at=NOW, is_article=is_article if known else None)
    assert [(e.title, e.url, e.summary, e.date) for e in found.entries] == [
        (t, f"http://www.example.com/a/{n}.html", SUMMARY, "2025-09-20") for n, t in enumerate(TITLES[:6])
    ]


def test_odd_and_even_are_one_list() -> None:
    found = plain(
        "<div>"
        + "".join(
            f'<div class="{("even", "odd")[n % 2]}"><h2><a href="/a/{n}.html">{t}</a></h2></div>'
            for n, t in enumerate(TITLES)
        )
        + '</div><a href="list_0.html"><img alt="上一页"></a> <a href="list_2.html"><img alt="下一页"></a>'
    )
    assert [e.title for e in found.entries] == TITLES
    assert found.next == URL + "list_2.html"


def test_the_records_of_a_script_of_xml() -> None:
    records = "".join(
        f'<record><![CDATA[<li><span>2025-09-{29 - n}</span><a href="/a/{n}.html">{t}</a></li>]]></record>'
        for n, t in enumerate(TITLES[:10])
    )
    found = plain(
        f'<div><script type="text/xml"><datastore><recordset>{records}</recordset></datastore></script></div>'
    )
    assert [(e.title, e.date) for e in found.entries] == [
        (t, f"2025-09-{29 - n}") for n, t in enumerate(TITLES[:10])
    ]


def test_a_badge_and_a_word_for_now() -> None:
    found = plain(
        "".join(
            f'<div><p>[图]<a href="/a/{n}.html">{t}</a> <span>29日10:30</span></p><p><a href="/u/1">程一鸣</a>·{("刚刚", "半小时前")[n % 2]}<a href="/a/{n}.html#c">2{n}</a></p></div>'
            for n, t in enumerate(TITLES[:6])
        )
    )
    assert [(e.date, e.summary) for e in found.entries] == [("2025-10-01", None)] * 6


@pytest.mark.parametrize(
    "line",
    [
        '<a href="/u/1">程一鸣</a><span>2025-09-2{0} 10:20</span><a href="/a/{0}.html#c"><i>2</i></a><a href="/a/{0}.html"><b>20</b></a>',
        "<span>发表于</span><time>2025-09-2{0}</time><span>|</span><span>更新于</span><time>2025-09-30</time>",
        "<span>海政发〔2025〕30{0}号</span><em>2025-09-2{0}</em>",
        "<span>作者：超级管理员</span><em>2025年9月2{0}日</em>",
        "<em>09/2{0} 周二</em><span>图 1{0} 张 · 594 次浏览</span>",
    ],
)
def test_what_is_told_beside_a_date_is_no_summary(line: str) -> None:
    rows = [
        f'<h3><a href="/a/{n}.html">{t}</a></h3><p>{line.format(n)}</p>' for n, t in enumerate(TITLES[:6])
    ]
    found = plain("".join(f"<div>{row}</div>" for row in rows))
    assert [(e.date, e.summary) for e in found.entries] == [(f"2025-09-2{n}", None) for n in range(6)]
    found = plain("".join(f"<div>{row}<p>{SUMMARY}</p></div>" for row in rows))
    assert {e.summary for e in found.entries} == {SUMMARY}


def test_a_list_in_the_pieces_that_next_sends() -> None:
    items = [
        {"title": t, "url": f"/a/{n}.html", "publishedAt": "2025-09-20"} for n, t in enumerate(TITLES[:6])
    ]
    rows = (
        '1:"$Sreact.fragment"\n5:'
        + json.dumps(["$", "main", None, {"articles": items}], ensure_ascii=False)
        + "\n"
    )
    pieces = [rows[:200], rows[200:]]
    scripts = "".join(f"<script>self.__next_f.push([1,{json.dumps(piece)}])</script>" for piece in pieces)
    found = plain(f"<script>(self.__next_f=self.__next_f||[]).push([0])</script>{scripts}")
    assert [(e.title, e.date) for e in found.entries] == [(t, "2025-09-20") for t in TITLES[:6]]


def test_the_parts_of_a_card_that_is_one_link() -> None:
    card = '<div><a class="n" href="/a/{}.html"><span class="b">独家</span><span class="h">{}</span><span class="by">程一鸣</span><span class="at">2天前</span></a></div>'
    found = plain("".join(card.format(n, t) for n, t in enumerate(TITLES[:6])))
    assert [(e.title, e.date) for e in found.entries] == [(t, "2025-09-29") for t in TITLES[:6]]


def test_more_alone_leads_on_to_the_next_number_of_the_same_address() -> None:
    items = "<ul>" + "".join(STYLES["list"](n, t) for n, t in enumerate(TITLES)) + "</ul>"
    assert listed(f'{items}<a href="?page=2">更多 ›</a>').next == f"{URL}?page=2"
    assert listed(f'{items}<a href="/list/2/">更多&gt;&gt;</a>').next is None


def test_names_that_come_back_and_addresses_are_no_titles() -> None:
    found = plain(
        "<table>"
        + "".join(
            f'<tr><td><a href="/c/3.html">操作系统教程</a> <a href="/a/{n}.html">{t}</a> (<a href="/from?site=b{n}">blog{n}.example.com</a>)</td></tr>'
            for n, t in enumerate(TITLES[:8])
        )
        + "</table>"
    )
    assert [e.title for e in found.entries] == TITLES[:8]


def test_counts_on_a_picture_and_a_dotted_day() -> None:
    found = plain(
        "".join(
            f'<div><a href="/v/{n}.html"><div><img><span>1{n}:20</span><span>3.{n}万</span></div><p>{t}</p></a><p>09.2{n}</p><p>— {SUMMARY}</p></div>'
            for n, t in enumerate(TITLES[:6])
        )
    )
    assert [(e.title, e.date) for e in found.entries] == [
        (t, f"2025-09-2{n}") for n, t in enumerate(TITLES[:6])
    ]
    assert {e.summary for e in found.entries} == {SUMMARY}


def test_pages_whose_addresses_count_down() -> None:
    pager = '<a href="{}.htm">上页</a><a href="../news.htm">1</a><span>2</span>{}<a href="{}.htm">下页</a>'
    here = URL + "109.htm"
    numbers = '<a href="108.htm">3</a><a href="1.htm">110</a>'
    assert listed(LIST + pager.format(110, numbers, 108), here).next == URL + "108.htm"
    assert listed(LIST + pager.format(108, "", 108), here).next is None


@pytest.mark.parametrize(
    "text", ["查看下一页", "下一組", "下 30 条", "下一页(2)", "Older Entries", "下一页 2/5 »"]
)
def test_words_that_lead_on(text: str) -> None:
    assert listed(f'{LIST}<a href="p2">{text}</a>').next == URL + "p2"


@pytest.mark.parametrize("day", ["09/0{}", "9/1{}", "(9/1{} 10:20)"])
def test_days_are_no_counter(day: str) -> None:
    rows = "".join(
        f'<div><a href="/a/{n}.html">{t}</a><p>{day.format(9 - n)}</p></div>'
        for n, t in enumerate(TITLES[:8])
    )
    found = plain(rows)
    assert (found.counter, found.next) == (None, None)
    assert plain(f'{rows}<div class="pager">1/5</div>').counter == (1, 5)
