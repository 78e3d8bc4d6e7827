# ruff: noqa: E501  (patterns read better unbroken)
"""A cheap look before a careful one: the words that a slow pattern needs, looked for first.

A pattern that begins with "up to thirty characters" is tried at length on every line that is nothing of
the kind, which is nearly all of them.
"""

from __future__ import annotations

import re

from newscrawler.extract import bywords, markers

_LETTER = re.compile(r"[^\W_]")


def beginning(text: str) -> str:
    """The first letter of ``text``, signs aside; "0" for any digit, "" where there is neither."""
    first = text[:1]
    if not first.isalnum():
        found = _LETTER.search(text)
        first = found[0] if found is not None else ""
    return "0" if first.isdecimal() else first


def _beginnings(pattern: re.Pattern[str]) -> frozenset[str]:
    """What a line of ``pattern`` may begin with: each letter in it that follows no other, all letters of its sets."""
    source = re.sub(r"\\.|\{[\d,]*\}", "|", pattern.pattern)  # escapes and counts are no letters
    found = {*re.findall(r"(?<!\w)\w", source), *"".join(re.findall(r"\[[^\]]*\]", source))}
    if pattern.flags & re.IGNORECASE:
        found.update([char.lower() for char in found], [char.upper() for char in found], "ıİſK")
    digits = r"\d" in pattern.pattern or any(map(str.isdecimal, found))
    return frozenset({"", "0"} | found if digits else {""} | found)


class Worded:
    """The lines of a pattern that begins, signs aside, with words: it is asked only where one of them may begin."""

    __slots__ = ("begins", "fullmatch")

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.begins = _beginnings(pattern)
        self.fullmatch = pattern.fullmatch

    def matches(self, text: str) -> bool:
        return beginning(text) in self.begins and self.fullmatch(text) is not None


BUTTON = Worded(markers.BUTTON_LINE)
EDITOR = Worded(markers.EDITOR_LINE)
ENDED = Worded(markers.ENDED_LINE)
CREDIT = Worded(markers.CREDIT_LINE)

_NOTICE_SIGN = re.compile(
    r"声明|免责|提示|提醒|说明|须知|版权|代表|仅供|构成|未经|非经|简介|立场|转载|转发|原创|侵权|侵删|风险|授权|众号|首发|供稿|议使用|议采用|佳浏|佳分|©|\((?i:c\))|"
    r"n(?i:otice)|N(?i:otice)|c(?i:opyright)|C(?i:opyright)|a(?i:ll rights)|A(?i:ll rights)|i(?i:cp备)|I(?i:cp备)|网安备|举报"
)
"""What every alternative of NOTICE_LINE needs; see markers.SUSPECT for how it is written."""


def is_notice(text: str) -> bool:
    """A line that is a disclaimer. Its words are looked for first: matching the whole line costs several times that."""
    return _NOTICE_SIGN.search(text) is not None and markers.NOTICE_LINE.fullmatch(text) is not None


PRINT = 3
"""So many different words of the small print make a line behind the text one."""
LONGEST_PRINT = 320


def is_small_print(text: str) -> bool:
    """A line behind the text in which its publisher speaks of copyright, advice and the like, in whatever
    words. A text that tells of such things names who says so, and does not speak of itself.
    """
    if len(text) > LONGEST_PRINT or markers.LEGAL.search(text) is None or markers.REPORTED.search(text):
        return False
    own = markers.OF_THE_PUBLISHER.findall(text)
    words = {*own, *markers.LEGAL.findall(text), *markers.LEGAL_TOO.findall(text)}
    if not own or len(words) < PRINT:
        return False
    first = text.partition("。")[0]  # else the last sentence of the text, and the small print glued to it
    return any(p.search(first) for p in (markers.OF_THE_PUBLISHER, markers.LEGAL, markers.LEGAL_TOO))


_ROLES = (
    "记者|编辑|责编|校对|审[核校定]|主编|监制|摄影|摄像|撰文|作者|译者|统筹|策划|设计|视觉|制图|美编|编审|[终初复一二三]审|实习生|通讯员|"
    "剪辑|后期|文案|海报|配图|值班"
)
_ROLE_SIGN = re.compile(
    "记者|编|审|校对|摄|撰文|作者|译者|监制|统筹|策划|设计|视觉|制图|实习生|通讯员|剪辑|后期|文案|海报|配图|值班"
)
_AROUND_ROLES = " \u3000()（）[]【】"
_NAME = rf"(?!\S{{0,6}}(?:{_ROLES}))[\u4e00-\u9fff·]{{2,4}}(?![\u4e00-\u9fff])"
_ROLE_NAMES = re.compile(
    rf"(?P<role>[\u4e00-\u9fff]{{0,6}}(?:{_ROLES}))(?P<sep>[\s:：/|｜丨]+)"
    rf"(?P<names>(?:{_NAME}|[A-Za-z]{{1,3}}\d{{2,5}}\b)(?:[\s、，]+{_NAME}(?!\s*[:：/|｜丨]))*)[\s、，；;|｜丨]*"
)


def roles(text: str, shown: str | None = None) -> list[tuple[str, str]]:
    """每经记者 张三 每经编辑 李四, 流程编辑：u070 as (role, names): a line that is nothing else, whatever the
    roles' adjectives; else an empty list. The names are those of ``shown``, the line before it was simplified.
    """
    found: list[tuple[str, str]] = []
    if _ROLE_SIGN.search(text) is None:
        return found
    place = len(text) - len(text.lstrip(_AROUND_ROLES))
    end, blank, named = len(text.rstrip(_AROUND_ROLES)), True, False
    while (match := _ROLE_NAMES.match(text, place, end)) is not None:
        place = match.end()
        found.append((match["role"], (shown or text)[slice(*match.span("names"))]))
        blank = blank and match["sep"].isspace()
        named = named or _is_name(match["names"])
    if place != end or (len(found) == 1 and blank):
        return []
    written = len(found) > 1 and any(role.endswith(bywords.WRITES + bywords.EDITS) for role, _ in found)
    return found if named or written else []


def _is_name(text: str) -> bool:
    """A surname's character or an ASCII letter first: 设计：更薄更轻 ("design: thinner, lighter") names nobody."""
    return text[:1] in bywords.SURNAMES or text[:1] in bywords.FREQUENT_SURNAMES or text[:1].isascii()


_PROMOTION_SIGN = re.compile(
    "扫|长按|关注|微信|公众号|微博|点击|戳|下载|打开|更多|相关|欲知|了解|获取|欢迎|浏览器|正文已结束|用手机看新闻|支持|按|热线|爆料|报料|举报|投稿邮箱|返回|合作|加|尽在"
)


_INVITATION_SIGN = re.compile("信箱|邮箱|收件箱|按一下|点我|按我|加入|应用程|线索|报料|爆料|转发|点赞|在看")


def is_promotion(text: str) -> bool:
    """An invitation to scan, follow, download, read on. The pattern is the slowest of all on lines that are none."""
    if _PROMOTION_SIGN.search(text) is not None and (
        markers.PROMOTION_LINE.fullmatch(text)
        or (("官方" in text or "尽在" in text) and markers.OFFICIAL_LINE.fullmatch(text))
    ):
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


_REPORTER_SIGN = re.compile("记者|通讯员|实习生|采访|采写|撰文|责编|编辑|网编|摄影|翻译|核稿|制作|校对")
"""What REPORTERS_LINE needs."""
_BAR = re.compile("[|｜丨/]")
_ENDS_IN_ROLE = re.compile(
    r"[\s(（【\[]*(?:[\u4e00-\u9fff]{2,4} ?){0,3}(?:记者|编辑|责编|作者|撰文|采写|文|图|摄影|视频|校对|审校|审核|主编|监制|制图|统筹|实习生) ?"
)
LONGEST_NAME = 6
_NO_CREDIT = frozenset("，。！？：；,;!?:")


def is_credit(text: str) -> bool:
    """Two reporters, or 每经记者|张三 每经编辑|李四: what stands before each bar ends in a role, and nothing is a
    sentence.
    """
    if _REPORTER_SIGN.search(text) and markers.REPORTERS_LINE.fullmatch(text):
        return True
    if "|" not in text and "｜" not in text and "丨" not in text and "/" not in text:
        return False
    *roles, last = _BAR.split(text)
    return (
        2 <= len(last.strip()) <= 12
        and all(len(name) <= LONGEST_NAME for name in last.split())
        and _NO_CREDIT.isdisjoint(text)
        and all(map(_ENDS_IN_ROLE.fullmatch, roles))
    )


_ARROWS = "▲△▼↑↓▽"
LONGEST_CAPTION = 102
"""No caption is longer, unless it begins with an arrow."""


def is_caption(text: str) -> bool:
    """A picture's caption; the pattern needs one of these signs at either end, and a look at them costs far less."""
    if text[0] not in _ARROWS:
        if len(text) > LONGEST_CAPTION:
            return False
        if text[0] != "图" and text.rstrip(")）")[-1:] not in "▲△▼↑↓图摄" and "图片来源" not in text:
            return False
    return markers.CAPTION_LINE.fullmatch(text) is not None
