# ruff: noqa: E501  (markup reads better unbroken)
"""Listing pages of known and unknown sites: entries, the way on, the menu."""

from __future__ import annotations

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
}
WRAPS = {
    "blocks": "<div class='list'>{}</div>",
    "list": "<ul class='list'>{}</ul>",
    "table": "<table>{}</table>",
    "terms": "<dl>{}</dl>",
    "breaks": "<div>{}</div>",
    "summary_link": "<div>{}</div>",
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


def test_json() -> None:
    row = listing_as_json(listed(LIST), "l")
    assert list(row) == ["id", "entries", "next"]
    assert list(row["entries"][0]) == ["title", "url", "date", "summary"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe\x00"])
def test_nothing_is_an_empty_listing(body: bytes) -> None:
    assert read_listing(body, URL).entries == []
