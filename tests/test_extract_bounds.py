"""Pages of any size and make end in bounded time and memory: a megabyte in a second, ten in ten times that.

Measured, a page takes up to 0.7 seconds; the bounds here are generous, for slow machines.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time

import pytest

from newscrawler.extract import read, read_listing
from newscrawler.items import Page

P = "<p>海湾市数据中心二期工程昨日完成主体封顶，项目负责人表示，全部机柜将在年底前交付使用。</p>"
MEGABYTE = {
    "one_text": "数据中心二期工程昨日封顶，" * 27_000,
    "one_word": "字" * 350_000,
    "one_ascii_word": "a" * 1_000_000,
    "blanks": " \n" * 500_000,
    "broken_lines": "甲\n" * 250_000,
    "commas": "，" * 350_000,
    "bare_links": "<a href=1>甲</a>" * 60_000,
    "hundred_thousand_links": "".join(f"<a href={n}>" for n in range(100_000)),
    "open_links": "<a href=/a>一条没有关闭的链接" * 25_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">" + P,
    "long_attribute": '<p class="' + "side " * 200_000 + '">' + P,
    "class_words": "".join(f'<p class="c{n}">甲，乙</p>' for n in range(35_000)),
    "inline_deep": "<span>" * 160_000 + P,
    "lists_deep": "<ul><li>" * 120_000 + P,
    "headings": "<h1>" * 200_000 + P,
    "pre_lines": "<pre>" + " 甲乙丙，丁\n" * 50_000,
    "pre_deep": "<pre>" * 150_000 + P,
    "comments": "<!-- 甲 -->" * 70_000,
    "open_comment": "<!--" + P * 7000,
    "scripts": "<script>var a='2024-05-01';</script>" * 25_000,
    "open_records": "<script type=text/xml>" + "<record><![CDATA[" * 55_000 + "</script>",
    "open_script": "<script>" + "var t = '2024-05-01 12:00';\n" * 35_000,
    "styles": "<style>p{}</style>" * 50_000,
    "titles": "<title>标题就是这样</title>" * 30_000,
    "bases": "<base href='/a/'>" * 60_000,
    "metas": "".join(f"<meta name=n{n} content=甲>" for n in range(35_000)),
    "pictures": "<img src=/a.jpg>" * 60_000,
    "breaks": "甲，乙<br>" * 60_000,
    "brackets": "（" * 350_000,
    "dots": "." * 1_000_000,
    "ellipses": "<p>" + "…" * 200 + "</p>" * 1500,
    "digits": "<p>" + "2024-05-" * 120_000,
    "less_than": "<" * 1_000_000,
    "ends": "</div>" * 170_000,
    "zeros": "\0" * 1_000_000,
    "pathless": "".join(f'<li><a href="/{"a/" * 20}{n}">一条链接的文字</a></li>' for n in range(12_000)),
    "hidden": "<b style='display:none'>甲</b>" * 30_000,
    "named_blocks": "<p>责任编辑：张三 来源：甲网</p>" * 20_000,
    "notices": "<p>" + "未经许可" * 70 + "</p>" + "<p>本文仅代表作者个人观点" * 25_000,
}


@pytest.mark.parametrize("name", list(MEGABYTE))
def test_a_megabyte_ends_in_bounded_time(name: str) -> None:
    body = f"<html><body><h1>标题就是这样的一行</h1><div>{MEGABYTE[name]}".encode()
    start = time.process_time()
    read(Page("http://www.example.com/a/1.html", body))
    assert time.process_time() - start < 10.0
    start = time.process_time()
    read_listing(body, "http://www.example.com/")
    assert time.process_time() - start < 10.0


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16"])
def test_a_megabyte_in_another_encoding_ends_in_bounded_time(encoding: str) -> None:
    body = (P * 7000).replace("项", "").encode(encoding, "ignore")
    start = time.process_time()
    read(Page("http://www.example.com/a/1.html", body))
    assert time.process_time() - start < 10.0


def test_a_page_is_freed_when_it_has_been_read() -> None:
    body = f"<h1>标题就是这样的一行</h1><div>{P * 500}{'<a href=/a/1.html>一条链接的文字</a>' * 200}".encode()
    read(Page("http://www.example.com/a/1.html", body))
    gc.collect()
    gc.disable()
    try:
        read(Page("http://www.example.com/a/1.html", body))
        assert gc.collect() < 100, "objects that only the garbage collector finds"
    finally:
        gc.enable()


TEN_MEGABYTES = f"""
import resource
from newscrawler.extract import read
from newscrawler.items import Page
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for body in ({P!r} * 80_000, "<div><a href=/a>" * 650_000, "字" * 3_500_000):
    read(Page("http://www.example.com/a/1.html", body.encode()))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts kilobytes on Linux only")
def test_ten_megabytes_end_in_bounded_time_and_memory() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", TEN_MEGABYTES], capture_output=True, text=True, timeout=120, check=True
    )
    assert int(answer.stdout) < 1500, "megabytes"
