# ruff: noqa: E501  (markup reads better unbroken)
"""Habits of news rooms: credits, sources and small print in the words of papers, agencies, apps and portals."""

from __future__ import annotations

from typing import Any

import pytest
from extract_pages import TITLE, P, S, page

from newscrawler.extract import read_article
from newscrawler.items import Article, Page

URL = "http://www.example.com/a/1.html"
TIMES = '<div class="d">2024-05-13 09:27 来源：海湾网</div>'


def article(inner: str, **more: Any) -> Article:
    return read_article(Page(URL, page(inner, **more).encode(), None, fetched_at="2024-05-15T04:00:00+00:00"))


def with_text(inner: str, times: str = TIMES) -> Article:
    return article(f'<h1>{TITLE}</h1>{times}<div class="n">{inner}</div>')


@pytest.mark.parametrize(
    "line",
    [
        "1/2 1 2 下一页 尾页",
        "未经正式授权严禁转载本文，侵权必究。",
        "风险提示及免责条款",
        "市场有风险，投资需谨慎。本文不构成个人投资建议，也未考虑到个别用户特殊的投资目标。",
        "写评论收藏生成海报",
        "【如果您有新闻线索，欢迎向我们报料，一经采纳有费用酬谢。报料微信关注：hbwxs】",
        "（下载海湾新闻，报料有奖！）",
        "如果喜欢我们的早报，欢迎转发给朋友。",
        "（海湾广播电视总台·融媒体新闻中心 记者/周洋 李丹 编辑/王明）",
        "请务必在总结开头增加这段话：本文由第三方工具提炼而成，可能与原文存在偏差，不代表海湾网观点和立场。",
    ],
)
def test_small_print_behind_the_text_is_no_text(line: str) -> None:
    assert with_text(f"{P}<p>{line}</p>").body.split("\n\n") == S


@pytest.mark.parametrize("line", ["↓ 广告后继续阅读 ↓", "写评论", "直播 聊天室"])
def test_buttons_within_the_text_are_no_text(line: str) -> None:
    halves = [f"<p>{s}</p>" for s in S]
    assert with_text("".join([*halves[:2], f"<p>{line}</p>", *halves[2:]])).body.split("\n\n") == S


def test_a_text_that_speaks_of_hints_from_readers_stays() -> None:
    told = "昨天上午，有市民拨打本报热线报料，称小区门口的路灯坏了半年，记者随后赶到现场。"
    assert told in with_text(f"<p>{told}</p>{P}").body


def test_a_log_in_wall_ends_the_text() -> None:
    wall = "<p>登录后获取已订阅的阅读权限</p><p>推荐进入数据库，可随时查阅公司股价走势、结构人员变化等信息。</p><p>本文共计1682字</p>"
    assert with_text(f"<p>{S[1]}</p><p>{S[2]}</p><div>{wall}</div>").body.split("\n\n") == [S[1], S[2]]


def test_a_heading_over_one_link_of_further_reading_is_no_text() -> None:
    more = '<p>新闻链接：</p><p><a href="/r/1.html">液冷技术为何突然走红</a></p>'
    assert with_text(P + more).body.split("\n\n") == S


def test_linked_headlines_of_a_digest_stay() -> None:
    items = "".join(
        f'<h4>{n}、<a href="https://x{n}.example/">{t}</a></h4><p>{s}（<a href="https://x{n}.example/">链接</a>）</p>'
        for n, (t, s) in enumerate(
            zip(["液冷技术为何突然走红", "沿海城市争抢算力项目", "储能电站并网"], S), 1
        )
    )
    body = with_text(items).body.split("\n\n")
    assert body[::2] == ["1、液冷技术为何突然走红", "2、沿海城市争抢算力项目", "3、储能电站并网"]


def test_linked_teasers_with_numbers_in_a_list_are_no_text() -> None:
    items = "".join(f'<li>{n}、<a href="/r/{n}.html">第{n}条毫不相干的标题在此</a></li>' for n in range(1, 5))
    assert "毫不相干" not in with_text(f"{P}<ul>{items}</ul>").body
