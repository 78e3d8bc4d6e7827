"""The cheap look before a slow pattern must never hide what the pattern would find."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawler.extract import border, entries, markers, related, signs, tail

# One line for each way in which a notice, a caption or a promotion is written; add one with each new
# alternative.
LINES = (
    "免责声明：本文仅代表作者个人观点，与本站无关。",
    "版权声明：未经授权不得转载。",
    "【版权所有，未经许可禁止转载】",
    "本文为原创文章，转载请注明出处。",
    "以上内容仅供参考，不构成投资建议。",
    "投资有风险，入市需谨慎。",
    "如有侵权，请联系删除。",
    "特别提示：以上内容不代表本站立场。",
    "Copyright © 2025 All Rights Reserved",
    "copyright 2020-2025 example",
    "Notice: The content above is uploaded by users",
    "举报/反馈",
    "京ICP备12345678号-1",
    "▲图为现场",
    "图：某某摄",
    "（资料图 记者 张三 摄）",
    "▼新品外观",
    "扫一扫二维码关注我们",
    "长按二维码识别",
    "关注我们的公众号",
    "微信号：itnews",
    "微博搜索：海湾科技",
    "点击阅读原文",
    "戳这里",
    "下载海湾客户端",
    "打开海湾APP",
    "更多内容敬请关注海湾网",
    "欲知详情请点击",
    "了解更多请访问官网",
    "获取资料请咨询客服",
    "相关专题查看：液冷",
    "欢迎订阅",
    "您的浏览器不支持播放",
    "正文已结束",
    "用手机看新闻",
    "支持键盘翻页",
    "按alt+回车",
    "新闻热线：12345",
    "爆料邮箱：a@b.example",
    "报料电话：12345",
    "投稿邮箱a@b.example",
    "请支持独立网站",
    "返回海湾首页",
    "商务合作",
    "加微信领取",
    "打开微信，分享给好友",
    "请关注我们",
    "精彩内容尽在海湾客户端",
)


@pytest.mark.parametrize("line", LINES)
def test_what_the_pattern_finds_passes_the_cheap_look(line: str) -> None:
    assert signs.is_notice(line) == (markers.NOTICE_LINE.fullmatch(line) is not None)
    assert signs.is_caption(line) == (markers.CAPTION_LINE.fullmatch(line) is not None)
    promotions = (markers.PROMOTION_LINE, markers.OFFICIAL_LINE)
    assert signs.is_promotion(line) == any(pattern.fullmatch(line) for pattern in promotions)


@pytest.mark.parametrize("name", ["NOTICE_LINE", "CAPTION_LINE", "PROMOTION_LINE"])
def test_some_line_here_is_one(name: str) -> None:
    pattern: re.Pattern[str] = getattr(markers, name)
    assert sum(pattern.fullmatch(line) is not None for line in LINES) >= 3


WORDED = (
    related._HEADING,
    related._OTHER_SECTION,
    tail._COMMENTS,
    entries._DATE_ONLY,
    signs.BUTTON,
    signs.CREDIT,
    *(line for _, line in border._SHORT_LINES if isinstance(line, signs.Worded)),
)


@pytest.mark.parametrize("worded", WORDED)
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)  # patterns look ahead
@given(st.data())
def test_what_a_pattern_finds_begins_with_one_of_its_words(worded: signs.Worded, data: st.DataObject) -> None:
    line = data.draw(st.from_regex(worded.fullmatch.__self__, fullmatch=True))
    assert worded.matches(line)


@pytest.mark.parametrize(
    ("text", "begin"),
    [("相关阅读", "相"), (" 【_编辑：", "编"), ("２4小时", "0"), ("…—", ""), ("", ""), ("①", "①")],
)
def test_the_beginning_of_a_line(text: str, begin: str) -> None:
    assert signs.beginning(text) == begin
