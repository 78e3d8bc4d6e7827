"""Mutated pages: no exception, bounded time. ``NEWSCRAWLER_FUZZ=10000`` is the nightly form."""

from __future__ import annotations

import os
import re
import time

import pytest
from extract_pages import PAGES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawler.extract import explain, markers, read, read_listing
from newscrawler.items import Page

EXAMPLES = int(os.environ.get("NEWSCRAWLER_FUZZ") or 500)
SEEDS = [case.html.encode() for case in PAGES.values()]
FLOODS = [
    b"<div>",
    b"<b>",
    b"<table><tr><td>",
    b"<a href=x>",
    b"<ul><li>",
    b"<select>",
    b"<pre>\n",
    b"<span style=display:none>",
    b"&amp;",
    b"\xe6",
    b"<!--",
    b"<script>",
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A page cut, spliced, flipped, shuffled or flooded with open tags."""
    page = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(page)))
        kind = draw(st.integers(0, 5))
        if kind == 0:
            page = page[:at]
        elif kind == 1:
            page = page[at:]
        elif kind == 2:
            page = page[:at] + draw(st.binary(max_size=40)) + page[at + draw(st.integers(0, 60)) :]
        elif kind == 3:
            page = page[:at] + draw(st.sampled_from(FLOODS)) * draw(st.integers(1, 3000)) + page[at:]
        elif kind == 4:
            tags = page.split(b"<")
            moved = draw(st.permutations(range(min(len(tags), 12))))
            page = b"<".join([*(tags[i] for i in moved), *tags[len(moved) :]])
        else:
            page = page.replace(b">", b"", draw(st.integers(1, 5)))
    return page


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(mutated(), st.sampled_from([None, "text/html; charset=gbk", "text/html; charset=big5", "nonsense"]))
def test_no_page_breaks_it(body: bytes, content_type: str | None) -> None:
    start = time.process_time()
    article, readings = read(
        Page("http://www.example.com/a/1.html", body, content_type, fetched_at="2024-05-15T00:00:00+00:00")
    )
    assert explain(article, readings)
    assert len(article.marks) == (len(article.body.split("\n\n")) if article.body else 0)
    assert 0.0 <= (article.confidence or 0.0) <= 1.0
    read_listing(body, "http://www.example.com/", content_type)
    assert time.process_time() - start < 2.0


P = "<p>海湾市数据中心二期工程昨日完成主体封顶，项目负责人表示，全部机柜将在年底前交付使用。</p>"
MEGABYTE = {
    "paragraphs": P * 7000,
    "deep": "<div>" * 150_000 + P,
    "deep_mixed": "<div><span><b>字" * 50_000,
    "links": '<a href="/a/1.html">一条链接的文字在这里</a>' * 16_000,
    "items": "".join(
        f'<li><a href="/a/{n}.html">第{n}条链接的文字</a> 摘要就这么长…<i>2024-05-01</i></li>'
        for n in range(9000)
    ),
    "headings": '<h3>相关阅读</h3><a href="/a">标题标题标题</a>' * 14_000,
    "datelines": "<p>2024-05-01 来源：甲 编辑：乙</p>" * 20_000,
    "labels": "<h1>标题标题标题标题</h1>" + "<p>" + "责任编辑：甲 " * 15 + "</p>" * 3000,
    "one_line": "<p>" + "编辑：甲，" * 80_000,
    "entities": "&amp;&lt;&nbsp;" * 70_000,
    "editor_lines": ("<p>责任编辑：甲</p>" + P) * 5000,
    "comment_lines": ("<h3>评论</h3>" + P) * 5000,
    "comment_bars": P + "<p>评论</p><p>好</p>" * 20_000 + P,
    "hot_lists": '<h3>热门文章</h3><li><a href="/a">标题标题标题</a>05-01</li>' * 9000,
    "code": "<pre>" + "pip install x\n\n" * 60_000,
    "code_lines": P + "<pre>" + "<div>pip install x</div>" * 30_000,
    "wrapped": "<pre>" + "　　昨日封顶，\n年底交付。\n<a href='/a'>链接</a>\n" * 12_000,
    "table": "<table>" + "<tr><td>1</td><td>2</td></tr>" * 30_000,
    "nested_tables": "<table><tr><td>" * 20_000 + P * 50,
    "open_select": "<select><option>甲" + P * 3000,
}


@pytest.mark.parametrize("name", list(MEGABYTE))
def test_a_megabyte_ends_in_bounded_time(name: str) -> None:
    body = f"<html><body><h1>标题就是这样的一行</h1><div>{MEGABYTE[name]}".encode()
    start = time.process_time()
    read(Page("http://www.example.com/a/1.html", body))
    read_listing(body, "http://www.example.com/")
    assert time.process_time() - start < 5.0


def test_text_below_the_parsers_depth_is_read() -> None:
    body = ("<html><body>" + "<div>" * 5000 + P * 5).encode()
    article, _ = read(Page("http://www.example.com/a/1.html", body))
    assert article.body.count("数据中心") == 5


@pytest.mark.parametrize(
    "text",
    [
        "1" * 60,
        "编辑：甲 " * 12,
        "来源：" * 20,
        "分享" * 30,
        " " * 60,
        "更多" * 30,
        "扫码" * 60,
        "未经许可" * 60,
        "(（" * 60,
    ],
)
@pytest.mark.parametrize(
    "name", [name for name, value in vars(markers).items() if isinstance(value, re.Pattern)]
)
def test_no_pattern_explodes(name: str, text: str) -> None:
    start = time.process_time()
    getattr(markers, name).fullmatch(text + "甲。乙")
    assert time.process_time() - start < 0.2
