# ruff: noqa: E501  (markup reads better unbroken)
"""The related block in all its forms, and what is none."""

from __future__ import annotations

import pytest
from extract_pages import TITLE, P, S, page

from newscrawler.extract import read_article
from newscrawler.items import Article, Page

URL = "https://www.itbear.com.cn/html/2025-09/960596.html"
ITEMS = [
    (
        f"推荐内容的第{i}条标题写在这里",
        f"这条摘要讲了第{i}件事情，写到一半就被截断，后面没有了…",
        f"2025-09-2{i}",
    )
    for i in range(1, 8)
]


def article(html: str) -> Article:
    return read_article(Page(URL, html.encode(), None, fetched_at="2025-10-01T00:00:00+00:00"))


def around(block: str, *, inside: bool) -> str:
    head = f'<h1>{TITLE}</h1><div class="d">2025-09-30 09:27:00 来源：海湾网</div>'
    if inside:
        return page(f'<div class="w">{head}<div id="content">{P}{block}</div></div>')
    return page(f'<div class="w">{head}<div id="content">{P}</div>{block}</div>')


FORMS = {
    "list": lambda n, t, s, d: f'<li><a href="/html/2025-09/{n}.html">{t}</a><p>{s}</p><span>{d}</span></li>',
    "pictures": lambda n, t, s, d: (
        f'<div class="i"><a href="/html/2025-09/{n}.html"><img src="/a.jpg"></a><h4><a href="/html/2025-09/{n}.html">{t}</a></h4><p>{s}</p><em>{d}</em></div>'
    ),
    "breaks": lambda n, t, s, d: f'<a href="/html/2025-09/{n}.html">{t}</a><br>{s}<br>{d}<br><br>',
    "paragraphs": lambda n, t, s, d: f'<p><a href="/html/2025-09/{n}.html">{t}</a></p><p>{s}</p><p>{d}</p>',
    "cards": lambda n, t, s, d: (
        f'<a href="/html/2025-09/{n}.html"><div><div>{t}</div><p>{s}</p><i>{d}</i></div></a>'
    ),
    "definition": lambda n, t, s, d: (
        f'<dl><dt><a href="/html/2025-09/{n}.html">{t}</a></dt><dd>{s}</dd><dd>{d}</dd></dl>'
    ),
    "date_first": lambda n, t, s, d: (
        f'<li><span>{d}</span><a href="/html/2025-09/{n}.html">{t}</a><p>{s}</p></li>'
    ),
    "read_more": lambda n, t, s, d: (
        f'<li><a href="/html/2025-09/{n}.html">{t}</a><p>{s} <a href="/html/2025-09/{n}.html">阅读全文</a></p><span>{d}</span></li>'
    ),
}
HEADS = {
    "h2": "<h2>更多热门内容</h2>",
    "div": '<div class="t">更多热门内容：</div>',
    "strong": "<p><strong>更多热门内容</strong></p>",
    "font": '<font color="red">更多热门内容</font><br>',
    "none": "",
}


@pytest.mark.parametrize("inside", [True, False], ids=["inside", "outside"])
@pytest.mark.parametrize("head", list(HEADS))
@pytest.mark.parametrize("form", list(FORMS))
def test_block(form: str, head: str, inside: bool) -> None:
    block = HEADS[head] + "".join(FORMS[form](960100 + n, *item) for n, item in enumerate(ITEMS))
    found = article(around(f"<div>{block}</div>", inside=inside))
    assert found.body.split("\n\n") == S
    assert [(r.position, r.title, r.summary, r.date) for r in found.related] == [
        (n, title, summary, day) for n, (title, summary, day) in enumerate(ITEMS, 1)
    ]
    assert [r.url for r in found.related] == [
        f"https://www.itbear.com.cn/html/2025-09/{960100 + n}.html" for n in range(7)
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "更多热门内容",
        "热门推荐",
        "相关阅读",
        "相关新闻",
        "推荐阅读",
        "延伸阅读",
        "大家都在看",
        "猜你喜欢",
        "相关文章",
        "为您推荐",
        "【相关阅读】",
        "延伸 · 推荐",
        "相关链接：",
    ],
)
@pytest.mark.parametrize("inside", [True, False], ids=["inside", "outside"])
def test_headings_over_bare_links(heading: str, inside: bool) -> None:
    links = "".join(f'<p><a href="/a/{n}.html">{title}</a></p>' for n, (title, _, _) in enumerate(ITEMS))
    found = article(around(f"<div><p>{heading}</p>{links}</div>", inside=inside))
    assert found.body.split("\n\n") == S
    assert [r.title for r in found.related] == [title for title, _, _ in ITEMS]
    assert found.related_heading == heading


def test_a_side_bar_of_rankings_is_no_related_block() -> None:
    assert article(around("", inside=False)).related == []


def test_a_side_bar_is_none_either_where_the_whole_page_is_the_box_of_the_text() -> None:
    html = page(
        f'<h1>{TITLE}</h1><div class="d">2025-09-30 09:27:00</div><div>{P}</div><div>{P.replace("<p>　　", "<p>再说一遍，")}</div>'
    )
    found = article(html)
    assert len(found.body.split("\n\n")) == 2 * len(S)
    assert found.related == []


def test_what_is_no_address_is_left_out() -> None:
    block = (
        '<h3>相关阅读</h3><ul><li><a href="javascript:;">点开看看这条不是地址的链接</a></li><li><a href="/a/1.html">真正的第一条相关新闻</a></li>'
        '<li><a href="mailto:a@example.com">写信给编辑部的各位老师</a></li><li><a href="http://m.itbear.com.cn/html/2025-09/1.html?from=x">真正的第二条相关新闻</a></li></ul>'
    )
    found = article(around(block, inside=False))
    assert [(r.position, r.url) for r in found.related] == [
        (1, "https://www.itbear.com.cn/a/1.html"),
        (2, "https://www.itbear.com.cn/html/2025-09/1.html"),
    ]


def test_the_text_goes_on_behind_a_block() -> None:
    links = "".join(f'<p><a href="/a/{n}.html">{title}</a></p>' for n, (title, _, _) in enumerate(ITEMS[:3]))
    html = page(
        f'<h1>{TITLE}</h1><div class="d">2025-09-30 09:27:00</div><div id="content"><p>{S[0]}</p><p>{S[1]}</p><p>{S[2]}</p>'
        f"<p>相关阅读</p>{links}<p>{S[3]}</p><p>{S[4]}</p><p>{S[1]}</p></div>"
    )
    assert article(html).body.split("\n\n") == [*S, S[1]]


HOT_LISTS = {
    "aside": "<aside><h3>24小时热榜</h3><ol>{}</ol></aside>",
    "table": "<table><tr><td colspan=2><b>热门文章</b></td></tr>{}</table>",
    "newest": '<div class="r9"><h4>最新文章</h4><ul>{}</ul></div>',
    "ranking": '<div class="r9"><p>点击排行</p><ul>{}</ul></div>',
    "unknown": '<div class="r9"><div>热帖</div><ul>{}</ul></div>',
    "bare": "<aside><ul>{}</ul></aside>",
}


@pytest.mark.parametrize("form", list(HOT_LISTS))
def test_a_hot_or_newest_list_is_no_related_block_also_with_dates(form: str) -> None:
    rows = "".join(
        f'<tr><td><li><a href="/h/{n}.html">{title}</a></td><td>09-2{n}</td></tr>'
        if form == "table"
        else f'<li><span>{n}</span><a href="/h/{n}.html">{title}</a><time>09-2{n} 08:00</time></li>'
        for n, (title, _, _) in enumerate(ITEMS)
    )
    lists = HOT_LISTS[form].format(rows)
    assert article(around(lists, inside=False)).related == []
    block = "<h3>相关阅读</h3>" + "".join(
        FORMS["list"](960100 + n, *item) for n, item in enumerate(ITEMS[:3])
    )
    found = article(around(lists + f"<div>{block}</div>", inside=False))
    assert [r.title for r in found.related] == [title for title, _, _ in ITEMS[:3]]


def test_a_hot_list_of_teasers_in_another_column_is_none_either() -> None:
    lists = "<div><h3>热门文章</h3><ul>" + "".join(FORMS["list"](n, *item) for n, item in enumerate(ITEMS))
    html = page(
        f'<div class="z1"><div class="w"><div class="v"><h1>{TITLE}</h1><div class="d">2025-09-30 09:27:00</div><div class="n">{P}</div></div></div>'
        f"<div><div>{lists}</ul></div></div></div></div>"
    )
    assert article(html).related == []


def test_a_channel_before_each_title_is_no_item() -> None:
    block = "".join(
        f'<div><a href="/ai/">人工智能</a><a href="/r/{n}.html">{t}</a><p>{s}</p><span>{d}</span></div>'
        for n, (t, s, d) in enumerate(ITEMS)
    )
    found = article(around(f"<h3>相关阅读</h3>{block}", inside=False))
    assert [(r.title, r.summary, r.date) for r in found.related] == ITEMS


def test_a_title_cut_short_is_read_from_its_attribute_and_is_no_summary() -> None:
    block = "".join(
        f'<li><a href="/r/{n}.html" title="{t}">{t[:8]}…</a><span>{d}</span></li>'
        for n, (t, _, d) in enumerate(ITEMS)
    )
    found = article(around(f"<h3>相关阅读</h3><ul>{block}</ul>", inside=False))
    assert [(r.title, r.summary, r.date) for r in found.related] == [(t, None, d) for t, _, d in ITEMS]


@pytest.mark.parametrize(
    "told",
    [
        "海湾公司于2002年2月23日在香港上市，如今回来…",
        "刘先生记得当中有一条就是准确的线条刻在石壁上，死了更无后望的，海湾公司于2002年2月2…",
    ],
)
def test_a_day_that_the_summary_tells_of_is_not_the_items(told: str) -> None:
    block = "".join(
        f'<li><a href="/r/{n}.html">{t}</a><p>{told}</p><em>{d}</em></li>'
        for n, (t, _, d) in enumerate(ITEMS)
    )
    found = article(around(f"<h3>相关阅读</h3><ul>{block}</ul>", inside=False))
    assert [(r.summary, r.date) for r in found.related] == [(told, d) for _, _, d in ITEMS]


def test_dates_without_a_year_are_near_the_article() -> None:
    block = "".join(
        f'<li><a href="/r/{n}.html">{t}</a><span>{day}</span></li>'
        for n, ((t, _, _), day) in enumerate(zip(ITEMS, ["09-29", "12-30", "10-01"], strict=False))
    )
    html = around(f"<h3>相关阅读</h3><ul>{block}</ul>", inside=False)
    later = read_article(Page(URL, html.encode(), None, fetched_at="2027-03-01T00:00:00+00:00"))
    assert [r.date for r in later.related] == ["2025-09-29", "2025-12-30", "2025-10-01"]


def test_a_block_above_the_text_is_read_where_none_stands_behind() -> None:
    block = "<div><h3>相关阅读</h3><ul>" + "".join(
        FORMS["list"](960100 + n, *item) for n, item in enumerate(ITEMS)
    )
    html = page(
        f'<div class="w">{block}</ul></div><h1>{TITLE}</h1><div class="d">2025-09-30 09:27:00</div><div>{P}</div></div>'
    )
    found = article(html)
    assert found.body.split("\n\n") == S
    assert [r.title for r in found.related] == [title for title, _, _ in ITEMS]


@pytest.mark.parametrize("between", ["", "<div>换一批</div>"])
def test_an_empty_section_takes_nothing_from_the_hot_list_behind_it(between: str) -> None:
    items = "".join(f'<li><a href="/h/{i}.html">热榜上第{i}条无关新闻的标题</a></li>' for i in range(4))
    block = f"<h2>相关推荐</h2>{between}<h3>热榜</h3><ul>{items}</ul>"
    assert article(around(block, inside=False)).related == []


LINKS = [(f"/html/2025-09/{i}.html", f"推荐内容的第{i}条标题写在这里") for i in range(1, 8)]


@pytest.mark.parametrize("heading", ["相关视频", "相关新闻稿", "更多快讯"])
def test_more_headings(heading: str) -> None:
    items = "".join(f'<li><a href="{url}">{title}</a></li>' for url, title in LINKS)
    found = article(around(f"<h3>{heading}</h3><ul>{items}</ul>", inside=False))
    assert [item.title for item in found.related] == [title for _, title in LINKS]


def test_tabs_beside_each_other_are_a_heading() -> None:
    items = "".join(f'<li><a href="{url}">{title}</a></li>' for url, title in LINKS)
    tabs = '<div class="x"><a class="on">相关推荐</a><a>热点推荐</a></div>'
    assert len(article(around(f"<div>{tabs}<ul>{items}</ul></div>", inside=False)).related) == len(LINKS)


def test_authors_and_counts_beside_the_titles_are_no_items() -> None:
    items = "".join(
        f'<div><h4><a href="{url}">{title}</a></h4><p><a href="/u/{i}">海湾号{i}</a> <i>09-2{i} 08:00</i> <a href="/c/{i}">{i}3跟贴</a></p></div>'
        for i, (url, title) in enumerate(LINKS)
    )
    found = article(around(f"<div><h3>推荐阅读</h3>{items}</div>", inside=False))
    assert [item.title for item in found.related] == [title for _, title in LINKS]
    assert [item.date for item in found.related] == [f"2025-09-2{i}" for i in range(7)]


def test_rows_under_the_row_of_the_title_are_the_items() -> None:
    rows = "".join(
        f'<tr><td colspan=2>·<a href="/a/{n}.html">表格布局里推荐的第{n}个标题</a></td></tr>'
        f"<tr><td>第{n}家公司今天公布了新品的更多细节，量产时间还没有确定，价格…</td><td>2024-05-1{n}</td></tr>"
        for n in range(3)
    )
    table = f"<table><tr><td>更多热门内容</td></tr><tr><td><table>{rows}</table></td></tr></table>"
    found = article(page(f"<h1>{TITLE}</h1>{P}{table}")).related
    assert [(e.title[-3:], e.summary and e.summary[:3], e.date) for e in found] == [
        (f"{n}个标题"[-3:], f"第{n}家", f"2024-05-1{n}") for n in range(3)
    ]


def test_a_running_time_on_a_picture_is_no_title() -> None:
    items = "".join(
        f'<li><a href="{url}"><img src="/1.jpg"><i>01:2{i}</i></a><a href="{url}">{title}</a></li>'
        for i, (url, title) in enumerate(LINKS)
    )
    found = article(around(f"<h3>相关推荐</h3><ul>{items}</ul>", inside=False))
    assert [item.title for item in found.related] == [title for _, title in LINKS]


@pytest.mark.parametrize(
    "heading",
    ["Related Posts", "You may also like", "热门文章推荐", "猜你喜欢<a href='javascript:;'>换一换</a>"],
)
def test_headings_with_blanks_and_buttons(heading: str) -> None:
    rows = "".join(f'<li><a href="/html/2025-09/{n}.html">{t}</a></li>' for n, (t, _, _) in enumerate(ITEMS))
    found = article(around(f"<div><h5>{heading}</h5><ul>{rows}</ul></div>", inside=False))
    assert [item.title for item in found.related] == [t for t, _, _ in ITEMS]


def test_a_heading_and_its_links_in_one_line() -> None:
    links = " | ".join(f'<a href="/html/2025-09/{n}.html">{t}</a>' for n, (t, _, _) in enumerate(ITEMS))
    found = article(around(f"<div>更多精彩：{links}</div>", inside=False))
    assert [item.title for item in found.related] == [t for t, _, _ in ITEMS]


def test_the_article_itself_and_comments_are_no_items() -> None:
    rows = "".join(
        f'<div><a href="/html/2025-09/{n}.html">{t}</a><div><a href="/u/{n}">程一鸣的号</a><span>{d} 18:00</span><a href="/html/2025-09/{n}.html#c">{n} 评论</a></div></div>'
        for n, (t, _, d) in enumerate(ITEMS)
    )
    found = article(
        around(f'<div><h3>相关推荐</h3><div><a href="{URL}">{TITLE}</a></div>{rows}</div>', inside=False)
    )
    assert [(item.title, item.date) for item in found.related] == [(t, d) for t, _, d in ITEMS]
