# ruff: noqa: E501  (patterns read better unbroken)
"""A cheap look before a careful one: the words that a slow pattern needs, looked for first.

A pattern that begins with "up to thirty characters" is tried at length on every line that is nothing of
the kind, which is nearly all of them.
"""

from __future__ import annotations

import re

from newscrawler.extract import markers

_NOTICE_SIGN = re.compile(
    r"声明|免责|提示|提醒|说明|须知|版权|代表|仅供|不构成|未经|非经|简介|立场|转载|转发|原创|侵权|侵删|有风险|授权|公众号|首发|供稿|建议使用|建议采用|最佳浏|最佳分|©|\((?i:c\))|"
    r"n(?i:otice)|N(?i:otice)|c(?i:opyright)|C(?i:opyright)|a(?i:ll rights)|A(?i:ll rights)|i(?i:cp备)|I(?i:cp备)|网安备|举报"
)
"""What every alternative of NOTICE_LINE needs; see markers.SUSPECT for how it is written."""


def is_notice(text: str) -> bool:
    """A line that is a disclaimer. Its words are looked for first: matching the whole line costs several times that."""
    return _NOTICE_SIGN.search(text) is not None and markers.NOTICE_LINE.fullmatch(text) is not None


_PROMOTION_SIGN = re.compile(
    "扫|长按|关注|微信|公众号|微博|点击|戳|下载|打开|更多|相关|欲知|了解|获取|欢迎|浏览器|正文已结束|用手机看新闻|支持|按|热线|爆料|报料|举报|投稿邮箱|返回|合作|加|尽在"
)


_INVITATION_SIGN = re.compile("信箱|邮箱|收件箱|按一下|点我|按我|加入|应用程|线索|报料|爆料|转发|点赞|在看")


def is_promotion(text: str) -> bool:
    """An invitation to scan, follow, download, read on. The pattern is the slowest of all on lines that are none."""
    if _PROMOTION_SIGN.search(text) is not None and markers.PROMOTION_LINE.fullmatch(text) is not None:
        return True
    return _INVITATION_SIGN.search(text) is not None and markers.INVITATION_LINE.fullmatch(text) is not None


def is_wall(text: str) -> bool:
    """A line that asks to log in before one may read on."""
    return ("登" in text or "注册" in text) and markers.WALL_LINE.fullmatch(text) is not None


def is_issue(text: str) -> bool:
    """The issue and page of the paper that an article is from."""
    return "版" in text and markers.ISSUE_LINE.fullmatch(text) is not None


def is_change(text: str) -> bool:
    """Who changed a post last."""
    return "最后由" in text and markers.CHANGED_LINE.fullmatch(text) is not None


_BAR = re.compile("[|｜丨/]")
_ENDS_IN_ROLE = re.compile(
    r"[\s(（【\[]*(?:[\u4e00-\u9fff]{2,4} ?){0,3}(?:记者|编辑|责编|作者|撰文|采写|文|图|摄影|视频|校对|审校|审核|主编|监制|制图|统筹|实习生) ?"
)
LONGEST_NAME = 6
_NO_CREDIT = frozenset("，。！？：；,;!?:")


def is_credit(text: str) -> bool:
    """每经记者|张三 每经编辑|李四: what stands before each bar ends in a role, and nothing is a sentence."""
    if "|" not in text and "｜" not in text and "丨" not in text and "/" not in text:
        return False
    *roles, last = _BAR.split(text)
    return (
        2 <= len(last.strip()) <= 12
        and all(len(name) <= LONGEST_NAME for name in last.split())
        and _NO_CREDIT.isdisjoint(text)
        and all(map(_ENDS_IN_ROLE.fullmatch, roles))
    )


_CAPTION_SIGN = re.compile("[▲△▼↑↓▽图摄]")
LONGEST_CAPTION = 102
"""No caption is longer, unless it begins with an arrow."""


def is_caption(text: str) -> bool:
    """A picture's caption; the pattern needs one of these signs, and looking for them first costs far less."""
    if len(text) > LONGEST_CAPTION and text[0] not in "▲△▼↑↓▽":
        return False
    return _CAPTION_SIGN.search(text) is not None and markers.CAPTION_LINE.fullmatch(text) is not None
