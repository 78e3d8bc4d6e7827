# ruff: noqa: E501  (markup reads better unbroken)
"""Whole pages in the manners of common templates, and one rule per case: what is body, and what is not."""

from __future__ import annotations

import pytest
from extract_pages import FOOT, PAGES, TITLE, Case, P, S, menu, page

from newscrawler.extract import as_json, explain, read, read_article
from newscrawler.items import Article, Page, Part

URL = "http://www.example.com/a/1.html"
FETCHED = "2024-05-15T00:00:00+00:00"


def article(html: str, **more: object) -> Article:
    return read_article(Page(URL, html.encode(), None, fetched_at=FETCHED, **more))  # type: ignore[arg-type]


def plain(inner: str) -> str:
    return page(
        f'<h1>{TITLE}</h1><div class="d">2024-05-13 09:27 来源：海湾网</div><div class="n">{inner}</div>'
    )


@pytest.mark.parametrize("name", list(PAGES))
def test_template(name: str) -> None:
    case: Case = PAGES[name]
    codec = "gb18030" if name == "old_table" else "utf-8"
    found = read_article(Page(URL, case.html.encode(codec), None, fetched_at=FETCHED))
    got = {
        "title": found.title,
        "published": found.published_at,
        "source": found.source,
        "author": found.author,
        "editor": found.editor,
        "body": found.body.split("\n\n"),
    }
    assert {field: got[field] for field in case.check} == {
        field: getattr(case, field) for field in case.check
    }
    assert [text for text in case.lacks if text in found.body] == []
    if case.related is not None:
        assert [item.title for item in found.related] == case.related
    if case.category is not None:
        assert found.category == case.category
    assert found.reason is None


@pytest.mark.parametrize(
    "line",
    [
        "<p>原标题：封顶了！液冷机柜年底交付</p>",
        "<p>（原标题：封顶了！液冷机柜年底交付）</p>",
        "<p>责任编辑：周明</p>",
        "<p>（责编：周明、吴亮）</p>",
        "<p>【编辑：周明】</p>",
        "<p>编辑/周明 校对/吴亮</p>",
        "<p>本文来源：海湾日报</p>",
        "<div>分享到：<a href='#'>微信</a> <a href='#'>微博</a></div>",
        "<p>扫一扫，关注海湾网官方微信</p>",
        "<div><a>鲜花</a><a>握手</a><a>雷人</a><a>路过</a><a>鸡蛋</a></div>",
        "<p>特别声明：以上内容仅代表作者本人的观点或立场，不代表本平台立场。</p>",
        "<p>未经授权，不得转载。</p>",
        "<p>本文为海湾网原创文章，未经允许不得转载，如需转载请联系本网。</p>",
        "<p>投资有风险，本文仅供参考，不构成投资建议。</p>",
        "<p>标签：<a href='/t/1'>机柜</a> <a href='/t/2'>液冷</a></p>",
        "<p>上一篇：<a href='/1.html'>前一条新闻的标题</a></p><p>下一篇：<a href='/2.html'>后一条新闻的标题</a></p>",
        "<p>打开海湾新闻APP，查看更多精彩图片</p>",
        "<p style='display:none'>这是一段看不见的文字，里面也有句号。</p>",
        "<script>document.write('<p>脚本里的文字，不是正文。</p>')</script>",
        "<p>本文已被浏览 1024 次</p>",
    ],
)
def test_lines_that_are_no_body(line: str) -> None:
    assert article(plain(P + line)).body.split("\n\n") == S


@pytest.mark.parametrize(
    "sentence",
    [
        "前往日本旅游的人数在三月份再创新高，航空公司因此加开了航班。",
        "编辑部的灯一直亮到凌晨，值班的人换了两轮。",
        "来源于民间的手艺，最终还要回到民间去。",
        "声明中说，双方将在下周继续谈判，地点尚未确定。",
        "扫一扫门口的雪，再点一炉火，这就是北方的冬天。",
        "更多热门内容会在晚间推送给用户，这是产品经理的原话。",
        "相关阅读量在三天内翻了一番，运营团队始料未及。",
        "下一篇论文将在年底发表，届时会公布全部数据。",
        "关注城市更新的人越来越多，老楼加装电梯就是例子。",
        "记者：您怎么看待这次改造？答：我认为时机刚好。",
    ],
)
def test_sentences_that_only_begin_like_a_stop_phrase(sentence: str) -> None:
    found = article(plain(P + f"<p>{sentence}</p><p>{S[0]}</p>"))
    assert found.body.split("\n\n") == [*S, sentence, S[0]]


def test_a_table_keeps_its_rows() -> None:
    table = "<table><tr><th>型号</th><th>功率</th></tr><tr><td>甲型</td><td>40</td></tr><tr><td>乙型</td><td>35</td></tr></table>"
    assert "型号 | 功率\n\n甲型 | 40\n\n乙型 | 35" in article(plain(P + table)).body


def test_lists_quotes_and_captions_stay() -> None:
    extra = (
        "<ul><li>第一点，省电</li><li>第二点，省水</li></ul><blockquote><p>省下的都是赚到的。</p></blockquote>"
        '<figure><img data-src="/u/1.jpg" src="/blank.gif"><figcaption>封顶现场</figcaption></figure>'
    )
    found = article(plain(f"<p>{S[0]}</p>{extra}<p>{S[1]}</p>"))
    assert found.body.split("\n\n") == [
        S[0],
        "第一点，省电",
        "第二点，省水",
        "省下的都是赚到的。",
        "封顶现场",
        S[1],
    ]
    assert [(image.url, image.caption) for image in found.images] == [
        ("http://www.example.com/u/1.jpg", "封顶现场")
    ]


def test_icons_and_pixels_are_no_images() -> None:
    pictures = (
        '<img src="/logo.png"><img src="/x.gif" width="1" height="1"><img src="//img.example.com/real.jpg">'
    )
    found = article(plain(f"<p>{S[0]}</p><p>{pictures}</p><p>{S[1]}</p>"))
    assert [image.url for image in found.images] == ["http://img.example.com/real.jpg"]


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    assert article(plain(f"<p>{S[0][:10]}\n{S[0][10:]}</p>{P}")).body.split("\n\n") == [S[0], *S]


def test_parts_are_joined_once() -> None:
    def part(text: list[str]) -> bytes:
        return plain(
            "".join(f"<p>{t}</p>" for t in text)
            + "<div><a href='/1.html'>1</a> <a href='/1_2.html'>2</a></div>"
        ).encode()

    block = [S[3], S[4]]
    found = read_article(
        Page(
            URL,
            part(S[:2]),
            fetched_at=FETCHED,
            later_parts=[Part(URL + "?2", part(S[2:3])), Part(URL + "?3", part(block))],
        )
    )
    assert (found.title, found.body.split("\n\n")) == (TITLE, S)


def test_a_later_part_that_shows_the_same_text_again_adds_nothing() -> None:
    html = page(f"<h1>{TITLE}</h1><div>2025-09-30 23:57</div><div>{P}<p>他笑了。</p></div>").encode()
    found = read_article(Page(URL, html, later_parts=[Part(URL + "?page=2", html)]))
    assert found.body.count("他笑了。") == 1


def test_a_site_may_hint_at_the_body() -> None:
    html = page(f'<h1>{TITLE}</h1><div class="a">{P}</div><div class="b"><p>{S[1]}</p><p>{S[2]}</p></div>')
    assert article(html, hints={"body": "div.b"}).body.split("\n\n") == [S[1], S[2]]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        (
            "<html><head><title>页面不存在</title></head><body><h2>页面不存在</h2><p>抱歉，您访问的页面不存在或已被删除，3秒后返回首页。</p></body></html>",
            "soft_404",
        ),
        (
            f"<html><title>海湾网</title><body>{menu()}<h2>请登录</h2><p>登录后阅读全文。</p><form><input type=password></form>{FOOT}</body></html>",
            "login_wall",
        ),
        (page("<h2>系统提示</h2><p>系统繁忙，请您稍后再试，给您带来的不便敬请谅解。</p>"), "not_an_article"),
        (page(f"<h1>{TITLE}</h1><div id='root'></div><p>2024-05-13 09:27</p>"), "no_body"),
        (
            f"<html><title>海湾网</title><body>{menu()}"
            + "".join(f"<a href='/{i}'>首页上的第{i}条新闻标题</a><br>" for i in range(50))
            + FOOT
            + "</body></html>",
            "no_body",
        ),
    ],
)
def test_unfit_pages_say_why(html: str, reason: str) -> None:
    assert article(html).reason == reason


def test_json_has_all_keys_and_explain_names_the_rules() -> None:
    found, readings = read(Page(URL, plain(P + "<p>责任编辑：周明</p>").encode(), fetched_at=FETCHED))
    row = as_json(found, "x")
    assert list(row) == [
        "id",
        "url",
        "title",
        "published_at",
        "source",
        "author",
        "editor",
        "category",
        "body",
        "related",
    ]
    assert (row["author"], row["related"]) == (None, [])
    told = explain(found, readings)
    assert "editor line" in told
    assert "dateline" in told
    assert found.page is not None
