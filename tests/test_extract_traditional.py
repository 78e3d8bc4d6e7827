# ruff: noqa: E501  (markup reads better unbroken)
"""Pages in traditional characters, in the manners of Hong Kong, Taiwan, Macau and overseas media."""

from __future__ import annotations

import pytest
from extract_pages import FOOT

from newscrawler.extract import read_article, read_listing, traditional
from newscrawler.items import Article, Page

URL = "https://www.example.com/a/20240513/1.html"
FETCHED = "2024-05-15T04:00:00+00:00"
TITLE = "海灣市數據中心二期封頂　液冷機櫃年底前交付"
S = [
    "海灣市數據中心二期工程昨日完成主體封頂，項目負責人說，全部機櫃會在年底前交付使用。",
    "中心採用液冷方案，單機櫃功率達到四十千瓦，整體能耗比上一代下降約三成，維修人員也減少了一半。",
    "「我們不追求最大，只追求最省。」工程師在現場說，過去兩年團隊先後更換了三種冷卻液。",
    "業內人士認為，類似的改造會在沿海城市陸續出現，但電力指標仍是最緊的約束。",
]
P = "".join(f"<p>{s}</p>" for s in S)


def article(dateline: str, body: str = P, behind: str = "", head: str = "") -> Article:
    html = (
        f'<html><head><meta charset="utf-8"><title>{TITLE} - 海灣網</title>{head}</head><body>'
        f'<h1>{TITLE}</h1><div class="d">{dateline}</div><div class="n">{body}</div>{behind}{FOOT}</body></html>'
    )
    return read_article(Page(URL, html.encode(), None, fetched_at=FETCHED))


@pytest.mark.parametrize("text", ["責任編輯／李青", "發佈時間：2024年5月13日", "说", "", "A／B｜C"])
def test_characters_are_replaced_one_for_one(text: str) -> None:
    assert len(traditional.simplified(text)) == len(text)
    assert traditional.simplified(traditional.simplified(text)) == traditional.simplified(text)


def test_the_labels_of_a_dateline() -> None:
    found = article("發佈時間：2024年5月13日 下午 3:07　記者：周文青　責任編輯：李明")
    assert (found.published_at, found.author, found.editor) == ("2024-05-13T15:07:00+08:00", "周文青", "李明")


def test_what_is_kept_stays_traditional() -> None:
    found = article("2024-05-13 15:07　來源：海灣週報　撰文：張　傑")
    assert (found.source, found.author) == ("海灣週報", "張傑")
    assert found.body == "\n\n".join(S)


@pytest.mark.parametrize(
    "line",
    [
        "責任編輯／吳曼青",
        "本文版權歸海灣網所有，未經授權，不得轉載。",
        "標籤：數據、電力",
        "上一篇：港口擴建工程今起動工",
        "掃描二維碼關注我們",
    ],
)
def test_small_print_is_no_body(line: str) -> None:
    assert article("2024-05-13 15:07", f"{P}<p>{line}</p>").body == "\n\n".join(S)


def test_the_readers_comments_end_the_text() -> None:
    comments = "<h3>網友評論</h3><p>支持，希望電費也便宜一點！</p><p>樓上說得對，先看看帳單再說吧。</p>"
    assert article("2024-05-13 15:07", P + comments).body == "\n\n".join(S)


def test_a_related_block_under_a_traditional_heading() -> None:
    links = "".join(f'<li><a href="/a/20240512/{i}.html">海灣市第{i}條供電新線路動工</a></li>' for i in "234")
    found = article("2024-05-13 15:07", behind=f"<div><h3>相關報導</h3><ul>{links}</ul></div>")
    assert [item.title for item in found.related] == [f"海灣市第{i}條供電新線路動工" for i in "234"]


def test_older_posts_lead_on() -> None:
    entries = "".join(
        f'<h2><a href="/a/20240512/{i}.html">海灣市第{i}條供電新線路動工了</a></h2><p>{S[0]}</p>'
        for i in "2345"
    )
    html = f'<html><body>{entries}<a href="/older">較舊的文章</a></body></html>'
    assert read_listing(html.encode(), "https://www.example.com/").next == "https://www.example.com/older"


@pytest.mark.parametrize(
    ("first", "last", "want"),
    [
        ("（海灣社記者周文青台北30日電）", "（編輯：李明德）1140930", ("周文青", "李明德")),
        ("（海灣社記者李明紐約30日專電）", "", ("李明", None)),
        ("〔記者周文青／海灣報導〕", "", ("周文青", None)),
        ("（北海早報記者周文青綜合報導）", "責任編輯：李明德#", ("周文青", "李明德")),
    ],
)
def test_who_reports_from_where(first: str, last: str, want: tuple[str | None, str | None]) -> None:
    found = article(
        "2024-05-13 15:07", f"<p>{first}{S[0]}</p>" + "".join(f"<p>{s}</p>" for s in [*S[1:], last])
    )
    assert (found.author, found.editor) == want


def test_a_line_of_its_own_says_who_reports() -> None:
    found = article("2024-05-13 15:07", f"<p>▲機房外觀。（圖／李明攝）</p><p>記者周文青／台北報導</p>{P}")
    assert found.author == "周文青"


def test_who_reports_beside_the_time_is_no_source() -> None:
    found = article("記者周文青／台北報導　2024/05/13 15:07", P)
    assert (found.author, found.source) == ("周文青", None)
    assert (found.published_at or "")[:16] == "2024-05-13T15:07"


def test_who_took_a_picture_is_no_author() -> None:
    assert article("2024-05-13 15:07", f"<p>機房外觀。（記者周文青攝）</p>{P}").author is None


@pytest.mark.parametrize(
    "line",
    [
        "按一下即可分享至 X（在新視窗中開啟）",
        "👉 加入海灣網 LINE 好友，新聞不漏接",
        "作者簡介：周文青，自由撰稿人，寫過三本書。",
        "（本文為讀者投稿，立場與海灣網無關）",
        "記者：周文青　責編：李明　網編：王志",
        "本網站文字及圖片，非經授權，不得轉載。",
        "不用抽不用搶 用APP看新聞天天中獎 點我下載APP",
        "要觀看此影片，請啟用JavaScript，並考慮更新瀏覽器",
        "跳過熱讀內容並繼續閱讀",
        "分享此文：",
        "更多精彩內容，請追蹤海灣網 Instagram",
        "頭條新聞，每日直接送到您的電子信箱",
        "2 分鐘閱讀",
    ],
)
def test_invitations_are_no_body(line: str) -> None:
    lead, rest = f"<p>{S[0]}</p><p>{S[1]}</p>", f"<p>{S[2]}</p><p>{S[3]}</p>"
    assert article("2024-05-13 15:07", f"{P}<p>{line}</p>").body == "\n\n".join(S)
    if line.endswith(("：", "閱讀", "瀏覽器")):
        assert article("2024-05-13 15:07", f"{lead}<p>{line}</p>{rest}").body == "\n\n".join(S)


def test_a_button_for_more_that_is_a_link_leads_on() -> None:
    entries = "".join(
        f'<h2><a href="/a/20240512/{i}.html">海灣市第{i}條供電新線路動工了</a></h2><p>{S[0]}</p>'
        for i in "2345"
    )
    html = f'<html><body>{entries}<a href="/list?page=2">載入更多</a></body></html>'
    assert (
        read_listing(html.encode(), "https://www.example.com/list").next
        == "https://www.example.com/list?page=2"
    )
