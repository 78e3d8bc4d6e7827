# ruff: noqa: E501  (markup reads better unbroken)
"""Articles whose text stands in a script alone, in the manners of the usual frameworks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from extract_pages import FOOT, TITLE, S

from newscrawler.extract import read_article
from newscrawler.items import Article, Page

HTML = "".join(f"<p>{s}</p>" for s in S)
TOLD = {
    "id": 8801,
    "title": TITLE,
    "content": HTML,
    "publishTime": "2024-05-13 09:27:00",
    "sourceName": "海湾网",
    "author": {"name": "李青"},
    "editor": "周明",
}
NEXT = '<div id="__next">加载中...</div><script id="__NEXT_DATA__" type="application/json">%s</script>'
ASSIGNED = '<div id="app"></div><script>window.__INITIAL_STATE__=%s;(function(){var s=1;}());</script>'


def article(
    inner: str,
    title: str = f"{TITLE}_海湾网",
    url: str = "https://www.example.com/article/8801",
    head: str = "",
) -> Article:
    html = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{inner}{FOOT}</body></html>"
    return read_article(Page(url, html.encode(), None, fetched_at="2024-05-15T04:00:00+00:00"))


def state(data: Any, into: str = NEXT, **how: Any) -> str:
    return into % json.dumps(data, **how).replace("</", "<\\/")


WAYS = {
    "next": state({"props": {"pageProps": {"article": TOLD, "hot": [{"title": "别的新闻标题在这里", "content": HTML * 3}]}}}),
    "assigned": state({"detail": TOLD}, ASSIGNED),
    "chinese as it is": state({"detail": TOLD}, ASSIGNED, ensure_ascii=False),
    "in a call": ASSIGNED % f"JSON.parse({json.dumps(json.dumps({'detail': TOLD})).replace('</', '<' + chr(92) + '/')})",
    "plain text": state({**TOLD, "content": chr(10).join(S)}),
    "escaped markup": state({**TOLD, "content": HTML.replace("<", "&lt;").replace(">", "&gt;")}),
    "a list of paragraphs": state({**TOLD, "content": [{"type": "text", "text": s} for s in S]}),
    "title outside": state({"newsTitle": TITLE, **{k: v for k, v in TOLD.items() if k not in ("title", "content", "id")}, "info": {"content": HTML, "source": "海湾网", "author": "李青", "editor": "周明", "pubTime": 1715563620000}}),
    "known by its number": state({**TOLD, "title": "另一个标题写法完全不同"}),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_state_of_a_frame_is_read(way: str) -> None:
    found = article(WAYS[way])
    assert found.body.split("\n\n") == S
    assert (found.published_at or "")[:16] == "2024-05-13T09:27"
    assert (found.source, found.author, found.editor) == ("海湾网", "李青", "周明")
    assert found.title == ("另一个标题写法完全不同" if way == "known by its number" else TITLE)
    assert found.reason is None
    assert found.found_by["body"] == "in a script: content"
    assert found.found_by["published_at"] == found.found_by["source"] == "script"


def test_json_ld_with_the_whole_text() -> None:
    said = {
        "@type": "NewsArticle",
        "headline": TITLE,
        "articleBody": "\n".join(S),
        "datePublished": "2024-05-13T09:27:00+08:00",
    }
    found = article(f'<app-root></app-root><script type="application/ld+json">{json.dumps(said)}</script>')
    assert found.body.split("\n\n") == S
    assert found.found_by["body"] == "in a script: articleBody"


def test_the_flat_list_of_nuxt() -> None:
    flat = [
        {"data": 1},
        {"article": 2},
        {"title": 3, "body": 4, "time": 5},
        TITLE,
        HTML,
        "2024-05-13 09:27:00",
    ]
    found = article(
        f'<div id="__nuxt"></div><script type="application/json" data-ssr="true">{json.dumps(flat)}</script>'
    )
    assert found.body.split("\n\n") == S
    assert (found.published_at or "")[:16] == "2024-05-13T09:27"


def test_an_object_that_is_no_json() -> None:
    script = f"window.__NUXT__=(function(a,b){{return {{detail:{{title:{json.dumps(TITLE)},newsContent:{json.dumps(HTML).replace('<', chr(92) + 'x3C')},x:a}}}}}}(1,2));"
    assert article(f"<div id=__nuxt></div><script>{script}</script>").body.split("\n\n") == S


def test_a_text_without_a_title_belongs_to_the_headline_that_the_page_shows() -> None:
    script = f"<script>var detail={json.dumps({'content': HTML})};</script>"
    shown = f'<h1>{TITLE}</h1><div>来源：海湾网 时间：2024-05-13 09:27</div><div id="content"></div>'
    found = article(shown + script)
    assert (found.body.split("\n\n"), found.source, found.title) == (S, "海湾网", TITLE)
    assert found.found_by["published_at"] == "dateline"
    assert not article(script).body


@pytest.mark.parametrize(
    "inner",
    [
        state({"list": [{"title": "别的新闻标题在这里", "content": HTML}]}),
        state({"title": TITLE, "comments": [{"content": HTML}], "comment": {"content": HTML}}),
        state({"title": TITLE, "shareContent": HTML, "cover": "x" * 80}),
        state({"id": 2024, "name": "海湾网", "content": HTML}),
        state({"title": TITLE, "comments": [{"content": HTML}]}, ASSIGNED),
        state({"title": TITLE, "agreement": {"content": HTML}}, ASSIGNED),
        ASSIGNED % f"{{title:{json.dumps(TITLE)},comments:[{{nick:1,content:{json.dumps(HTML)}}}]}}",
        ASSIGNED % f"{{comments:[{{title:{json.dumps(TITLE)},content:{json.dumps(HTML)}}}]}}",
        f"<h1>{TITLE}</h1><p>2024-05-13 09:27</p>" + state({"type": "popup", "content": HTML}, ASSIGNED),
        NEXT % (json.dumps(TOLD)[:-40]),
        ASSIGNED % "{broken: 1}",
        NEXT % ("[" * 5000),
    ],
)  # fmt: skip
def test_what_is_not_surely_this_article_is_left(inner: str) -> None:
    found = article(inner, url="https://www.example.com/2024/x.html")
    assert S[0] not in found.body
    assert found.reason == "no_body"


def test_a_page_that_shows_its_text_is_read_as_it_shows() -> None:
    shown = f"<h1>{TITLE}</h1><div>2024-05-13 09:27</div><div class=c>{HTML}</div>"
    found = article(
        shown + state({**TOLD, "content": HTML + "<p>只在脚本里的一句，页面没有显示它。</p>" * 9})
    )
    assert found.body.split("\n\n") == S
    assert "script" not in found.found_by["body"]


def test_a_frame_that_is_called_like_its_site_takes_the_scripts_headline() -> None:
    found = article(
        state({"data": {**TOLD, "mediaName": "海湾网", "sourceName": ""}}, ASSIGNED), title="海湾客户端"
    )
    assert (found.title, found.source, found.found_by["title"]) == (TITLE, "海湾网", "script")
    assert found.body.split("\n\n") == S
