# ruff: noqa: E501  (markup reads better unbroken)
"""Habits of offices, schools, papers and forums: labels in table cells, signing days, times without a year."""

from __future__ import annotations

from typing import Any

import pytest
from extract_pages import TITLE, P, S, page

from newscrawler.extract import read_article
from newscrawler.items import Article, Page

URL = "http://www.example.com/a/1.html"


def article(inner: str, url: str = URL, **more: Any) -> Article:
    return read_article(Page(url, page(inner, **more).encode(), None, fetched_at="2024-05-15T04:00:00+00:00"))


def table(*cells: str) -> str:
    rows = "".join(f"<tr>{cell}</tr>" for cell in cells)
    return f'<table border="1">{rows}</table>'


SIGNED = "<p align=right>海湾市人民政府办公室</p><p align=right>2024年5月10日</p>"


@pytest.mark.parametrize(
    ("row", "label", "value"), [("dl", "dt", "dd"), ("tr", "th", "td"), ("tr", "td", "td")]
)
def test_labels_in_cells_need_no_colon(row: str, label: str, value: str) -> None:
    said = {"时间": "2024-05-13 09:27", "来源": "第三车间", "编辑": "周明", "作者": "白露"}
    cells = "".join(f"<{label}>{name}</{label}><{value}>{text}</{value}>" for name, text in said.items())
    table = f"<dl>{cells}</dl>" if row == "dl" else f"<table><tr>{cells}</tr></table>"
    for text in (P, f"<p>{S[0]}</p>"):
        html = f"<title>{TITLE}_海湾网</title><article><h1>{TITLE}</h1>{table}<div>{text}</div></article>"
        found = read_article(Page(url="http://www.example.com/a/1.html", body=html.encode()))
        assert (found.source, found.editor, found.author) == ("第三车间", "周明", "白露")
        assert (found.published_at, found.body[:20]) == ("2024-05-13T09:27:00+08:00", S[0][:20])


def test_labels_and_values_in_cells_of_their_own() -> None:
    head = table(
        "<td>索 引 号：</td><td>HW0001-2024-00087</td><td>文 号：</td><td>海政发〔2024〕14号</td>",
        "<td>发布机构：</td><td>海湾市人民政府办公室</td><td>发布日期：</td><td>2024-05-13</td>",
        "<td>主题分类：</td><td>工业、能源</td><td>有 效 性：</td><td>有效</td>",
    )
    found = article(f'{head}<div class="n"><h2>{TITLE}</h2>{P}{SIGNED}</div>')
    assert (found.published_at, found.source) == ("2024-05-13", "海湾市人民政府办公室")
    assert found.body.split("\n\n") == [*S, "海湾市人民政府办公室", "2024年5月10日"]


def test_a_count_behind_an_empty_label_is_no_name() -> None:
    boxes = ("2024-05-13 09:27", "来源：海湾证券报", "编辑：", "<span>5</span>人评论")
    page = "".join(f'<div class="item">{box}</div>' for box in boxes)
    found = article(f"<h1>海湾港新码头通过验收</h1><div>{page}</div><div>{P}</div>")
    assert found.source == "海湾证券报"
    assert found.editor is None


def test_the_day_that_signs_a_notice_is_not_its_publication() -> None:
    found = article(
        f'<div>发布日期：2024-05-13</div><h1>{TITLE}</h1><div class="n"><p>{S[1]}</p>{SIGNED}</div>'
    )
    assert found.published_at == "2024-05-13"
    alone = article(f'<h1>{TITLE}</h1><div class="n"><p>{S[1]}</p>{SIGNED}</div>')
    assert alone.published_at == "2024-05-10"


@pytest.mark.parametrize("blank", [" ", "　", "&nbsp;&nbsp;", "　　"])
def test_labels_set_apart_to_be_wider(blank: str) -> None:
    line = "来B源：海湾网　作B者：李青　日B期：2024-05-13 09:27　编B辑：周明".replace("B", blank)
    found = article(f'<h1>{TITLE}</h1><div>{line}</div><div class="n">{P}</div>')
    assert (found.source, found.author, found.editor) == ("海湾网", "李青", "周明")
    assert found.published_at == "2024-05-13T09:27:00+08:00"


@pytest.mark.parametrize(
    ("url", "script", "want"),
    [
        ("http://m.example.com/2022/08/21/771.html", "", "2022-08-21T15:36:00+08:00"),
        ("http://m.example.com/live/20220821/771.html", "", "2022-08-21T15:36:00+08:00"),
        ("http://m.example.com/html/2022-08/771.html", "", "2022-08-21T15:36:00+08:00"),
        ("http://m.example.com/771.html", '<script>var d={"pubtime":"2022-08-21 15:36:20"}</script>', "2022-08-21T15:36:00+08:00"),
        ("http://m.example.com/2022/09/01/771.html", "", "2023-08-21T15:36:00+08:00"),
        ("http://m.example.com/771.html", '<script>var d={"pubtime":"2022-01-02 15:36:20"}</script>', "2023-08-21T15:36:00+08:00"),
        ("http://m.example.com/id/120220821.html", "", "2023-08-21T15:36:00+08:00"),
    ],
)  # fmt: skip
def test_the_year_that_a_page_does_not_print(url: str, script: str, want: str) -> None:
    found = article(f'<h1>{TITLE}</h1><div>海湾网 08-21 15:36</div><div class="n">{P}</div>{script}', url)
    assert found.published_at == want


def test_the_29th_of_february_of_no_leap_year_is_left() -> None:
    found = article(
        f'<h1>{TITLE}</h1><div>02-29 15:36</div><div class="n">{P}</div>',
        "http://m.example.com/2022/02/771.html",
    )
    assert found.published_at == "2024-02-29T15:36:00+08:00"


def test_a_source_under_the_text_goes_before_a_name_that_is_called_nothing() -> None:
    def shown(name: str) -> str | None:
        return article(
            f'<h1>{TITLE}</h1><div>2024-05-13 09:27 {name}</div><div class="n">{P}<p>来源：海湾文化馆</p></div>'
        ).source

    assert shown("乔木") == "海湾文化馆"
    assert shown("海湾日报") == "海湾日报"


@pytest.mark.parametrize(
    "line",
    [
        "《 海湾日报 》（ 2024年05月13日 06 版）",
        "《海湾日报》（2024年5月13日第A06版）",
        "本帖最后由 老牛爱机 于 2024-5-14 08:00 编辑",
        "登录后可收藏文章、参与讨论",
        "您需要登录后才可以回帖",
        "海湾协会制作维护 建议使用IE6.0浏览 1024*768分辨率",
    ],
)
def test_small_print_under_the_text(line: str) -> None:
    found = article(
        f'<h1>{TITLE}</h1><div>2024-05-13 09:27 来源：海湾网</div><div class="n">{P}<p>{line}</p></div>'
    )
    assert found.body.split("\n\n") == S


@pytest.mark.parametrize("line", ["收听本文 时长 5 分钟", "视频简介："])
def test_bars_over_the_text(line: str) -> None:
    found = article(
        f'<h1>{TITLE}</h1><div>2024-05-13 09:27 来源：海湾网</div><div class="n"><div>{line}</div>{P}</div>'
    )
    assert found.body.split("\n\n") == S


def test_a_sentence_about_a_log_in_stays() -> None:
    said = "注册后的第二天，他就把店铺搬到了网上。"
    found = article(
        f'<h1>{TITLE}</h1><div>2024-05-13 09:27 来源：海湾网</div><div class="n"><p>{said}</p>{P}</div>'
    )
    assert found.body.split("\n\n") == [said, *S]


def test_a_reporter_who_also_took_the_pictures() -> None:
    found = article(
        f'<h1>{TITLE}</h1><p class="author">本报记者 周文青 摄影报道</p><div>2024-05-13 09:27 来源：海湾网</div><div class="n">{P}</div>'
    )
    assert found.author == "周文青"


@pytest.mark.parametrize("floor", ["沙发", "2楼", "#3", "板凳"])
def test_answers_to_a_post_are_comments(floor: str) -> None:
    post = f'<div class="p"><div>楼主 <a href="/u/8">老牛爱机</a> 发表于 2024-5-13 09:27:33</div><div class="t">{P}</div></div>'
    answer = f'<div class="p"><div>{floor} <a href="/u/9">小雨</a> 发表于 2024-5-13 10:15:02</div><div class="t">写得很实在，我也在等它降价，到时候再说。</div></div>'
    found = article(f"<h1>{TITLE}</h1>{post}{answer}{answer}")
    assert found.body.split("\n\n") == S
    assert (found.author, found.source) == ("老牛爱机", None)
    assert found.published_at == "2024-05-13T09:27:33+08:00"


def test_a_name_that_the_title_element_begins_with_is_no_headline() -> None:
    head = "海湾海事局发布数据中心岸电航行警告"
    found = article(
        f'<div class="t">岸电改造期间请注意航行安全</div><div>2024-05-13 来源：海湾海事局</div><div class="n">{P}<div>海湾海事局</div><div>2024年5月13日</div></div>',
        title=head,
    )
    assert found.title != "海湾海事局"
    assert S[-1] in found.body


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("2024-05-13 本站记者 高山", "高山"),
        ("2024-05-13 本报记者 高山 摄影报道", "高山"),
        ("Posted on 2024/05/13 by admin in 数码, 杂谈 | 3 Comments", "admin"),
    ],
)
def test_names_without_a_colon_beside_the_time(line: str, author: str) -> None:
    found = article(f'<h1>{TITLE}</h1><div>{line}</div><div class="n">{P}</div>')
    assert (found.author, found.source, found.published_at) == (author, None, "2024-05-13")


def test_a_day_over_the_headline_and_names_under_the_text() -> None:
    foot = "<h6>作者:李青 | 分类:随笔 | 评论:0 | 浏览:66</h6>"
    found = article(
        f'<div class="w"><h4>2024年5月13日</h4><h2>{TITLE}</h2><div class="n"><p>{S[1]}</p></div>{foot}</div>'
    )
    assert (found.published_at, found.author) == ("2024-05-13", "李青")


def test_a_day_in_elements_of_its_parts() -> None:
    day = "<span><em>2022</em></span><span><em>05</em>/<em>06</em></span><span>11:22:33</span>"
    found = article(f'<h1>{TITLE}</h1><div>{day}</div><div>来源：海湾网</div><div class="n">{P}</div>')
    assert found.published_at == "2022-05-06T11:22:33+08:00"


@pytest.mark.parametrize(
    ("line", "editor", "author"),
    [
        ("<a>【纠错】</a> 【责任编辑:周明 】", "周明", None),
        ("（供稿：海湾派出所　摄影：王强）", None, None),
        ("撰稿：李青", None, "李青"),
        ("（文字：李青；图片：王强；审核：赵静）", None, None),
    ],
)
def test_credits_under_the_text(line: str, editor: str | None, author: str | None) -> None:
    found = article(
        f'<h1>{TITLE}</h1><div>2024-05-13 09:27 来源：海湾网</div><div class="n">{P}<p>{line}</p></div>'
    )
    assert found.body.split("\n\n") == S
    assert (found.editor, found.author) == (editor, author)


@pytest.mark.parametrize("head", ["宏远机械有限公司", "江州实验学校", "海湾市大数据局"])
def test_a_title_element_that_only_says_whose_page_it_is(head: str) -> None:
    assert (
        article(f'<h2>{TITLE}</h2><div>2024-05-13 09:27</div><div class="n">{P}</div>', title=head).title
        == TITLE
    )
    assert article(f'<div>2024-05-13 09:27</div><div class="n">{P}</div>', title=head).title == head


def test_the_class_of_a_thread_is_no_part_of_its_headline() -> None:
    found = article(
        f'<h1><a href="/t/1">[评测]</a> <span>{TITLE}</span></h1><div>2024-05-13 09:27</div><div class="n">{P}</div>',
        title=f"{TITLE} - 玩机社区",
    )
    assert found.title == TITLE


def test_a_related_link_behind_its_heading_in_the_same_line() -> None:
    aside = '<div><span>相关阅读</span><a href="/1">为什么电池怕冷</a></div>'
    said = '<p>相关阅读能力的培养，<a href="/2">专家</a>另有说法。</p>'
    found = article(
        f'<h1>{TITLE}</h1><div>2024-05-13 09:27</div><div class="n"><p>{S[0]}</p>{aside}{P}{said}</div>'
    )
    assert "怕冷" not in found.body
    assert "相关阅读能力的培养" in found.body


def test_how_often_a_recording_was_played_is_no_source() -> None:
    assert (
        article(f'<h1>{TITLE}</h1><div>2024-05-13 · 48分钟 · 播放 1.2万</div><div class="n">{P}</div>').source
        is None
    )


def test_cells_of_a_table_in_the_box_of_the_text() -> None:
    head = table(
        "<td>标　　题：</td><td>通报</td>",
        "<td>发布时间：</td><td>2024年5月13日</td>",
        "<td>信息来源：</td><td>海湾派出所</td>",
        "<td>浏览次数：</td><td>321</td>",
    )
    found = article(f"<h1>{TITLE}</h1>{head}<hr>{P}", side=False)
    assert (found.published_at, found.source) == ("2024-05-13", "海湾派出所")
    assert found.body.split("\n\n") == S
