# ruff: noqa: E501  (patterns read better unbroken)
"""A cheap look before a careful one: the words that a slow pattern needs, looked for first.

A pattern that begins with "up to thirty characters" is tried at length on every line that is nothing of
the kind, which is nearly all of them.
"""

from __future__ import annotations

import re

from newscrawler.extract import markers

_NOTICE_SIGN = re.compile(
    r"声明|免责|提示|提醒|说明|须知|版权|代表|仅供|不构成|未经|转载|转发|原创|侵权|侵删|有风险|授权|公众号|首发|供稿|©|\((?i:c\))|"
    r"n(?i:otice)|N(?i:otice)|c(?i:opyright)|C(?i:opyright)|a(?i:ll rights)|A(?i:ll rights)|i(?i:cp备)|I(?i:cp备)|网安备|举报"
)
"""What every alternative of NOTICE_LINE needs; see markers.SUSPECT for how it is written."""


def is_notice(text: str) -> bool:
    """A line that is a disclaimer. Its words are looked for first: matching the whole line costs several times that."""
    return _NOTICE_SIGN.search(text) is not None and markers.NOTICE_LINE.fullmatch(text) is not None


_PROMOTION_SIGN = re.compile(
    "扫|长按|关注|微信|公众号|微博|点击|戳|下载|打开|更多|相关|欲知|了解|获取|欢迎|浏览器|正文已结束|用手机看新闻|支持|按|热线|爆料|报料|投稿邮箱|返回|合作|加|尽在"
)


def is_promotion(text: str) -> bool:
    """An invitation to scan, follow, download, read on. The pattern is the slowest of all on lines that are none."""
    return _PROMOTION_SIGN.search(text) is not None and markers.PROMOTION_LINE.fullmatch(text) is not None


_CAPTION_SIGN = re.compile("[▲△▼↑↓▽图摄]")


def is_caption(text: str) -> bool:
    """A picture's caption; the pattern needs one of these signs, and looking for them first costs far less."""
    return _CAPTION_SIGN.search(text) is not None and markers.CAPTION_LINE.fullmatch(text) is not None
