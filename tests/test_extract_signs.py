"""The cheap look before a slow pattern must never hide what the pattern would find."""

from __future__ import annotations

import re

import pytest

from newscrawler.extract import markers, signs

# One line for each way in which a notice or a caption is written; add one with each new alternative.
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
)


@pytest.mark.parametrize("line", LINES)
def test_what_the_pattern_finds_passes_the_cheap_look(line: str) -> None:
    assert signs.is_notice(line) == (markers.NOTICE_LINE.fullmatch(line) is not None)
    assert signs.is_caption(line) == (markers.CAPTION_LINE.fullmatch(line) is not None)


@pytest.mark.parametrize("name", ["NOTICE_LINE", "CAPTION_LINE"])
def test_some_line_here_is_one(name: str) -> None:
    pattern: re.Pattern[str] = getattr(markers, name)
    assert sum(pattern.fullmatch(line) is not None for line in LINES) >= 3
