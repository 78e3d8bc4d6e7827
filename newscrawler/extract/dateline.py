"""The small print: one line of text to time, source, editor and author.

A value ends where the next label, a date, a button word or a gap begins; labels are matched with
full- and half-width colons alike, run together or split over elements.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from newscrawler.extract import bywords, markers, moment
from newscrawler.extract.blocks import Block
from newscrawler.extract.moment import Moment
from newscrawler.extract.traditional import simplified

GAP = "\u2003"
"""Stands between two inline elements in a joined line: the eye sees a gap there."""

_OTHER_ROLES = "图|摄影|视频|制图|供图|视觉|设计|排版|校对|审核|监制|统筹|运营|插画|题图|剪辑"
"""Pictures, films, layout, proofs: whose names are neither author nor source."""
_LABELS = "|".join(
    (
        markers.TIME_LABELS,
        markers.SOURCE_LABELS,
        markers.EDITOR_LABELS,
        markers.AUTHOR_LABELS,
        markers.CHANNEL_LABELS,
        markers.OTHER_LABELS,
        "采访|撰|文|作者|记者|实习|见习|来源|稿源|来自|编辑|责编",
        _OTHER_ROLES,
    )
)
_FIRST = "".join(sorted(set(re.findall(r"(?:^|\|)(?:\(\?<!.*?\))?(.)", _LABELS))))
"""The characters that a label begins with, but for a name before 编辑: trying all labels at every place takes
five times as long.
"""
_LABEL = re.compile(
    rf"(?:(?=[{_FIRST}])|(?<=\s)(?=[\u4e00-\u9fff]))(?:"
    rf"(?:(?P<time>{markers.TIME_LABELS})|(?P<source>{markers.SOURCE_LABELS})|(?P<editor>{markers.EDITOR_LABELS})"
    rf"|(?P<author>{markers.AUTHOR_LABELS}))"
    r"[ \u2003]*(?:[:：∶丨](?!\d\d\b)|[:：∶](?=\s?\d{4})|(?<=[a-z])\s)"
    rf"|(?:(?P<channel>{markers.CHANNEL_LABELS})|(?P<other>{markers.OTHER_LABELS}))"
    r"[ \u2003]*(?:[:：∶丨]|(?<=[a-z])\s)"
    rf"|(?P<bare>(?:采访|撰|(?<![\u4e00-\u9fff]))文(?!\s*/\s*[图摄])|(?<!该)作者|(?:[实见]习)?记者)\s*[/|丨]\s*|(?P<origin>来源|稿源|来自)\s*[|丨]\s*|(?P<slash>(?:(?<=[\s\u2003])[\u4e00-\u9fff]{{2,6}})?(?:编辑|责编))\s*[/|丨]\s*|(?P<photo>{_OTHER_ROLES})\s*[/|丨]\s*)",
    re.IGNORECASE,
)
_SPREAD = re.compile(
    r"(?<![\u4e00-\u9fff])([来作编记日时])[ \u3000]{1,4}([源者辑期间])(?=[ \u2003\u3000]*[:：])"
)
"""来　源：, 作　者：: a label of two characters, set apart to be as wide as one of four."""
_TELLING = re.compile(r"[\d前刚今昨:：∶丨/|\s]")
"""What every time and every label has; most lines beside a dateline have none of it."""
_LABEL_SIGNS = re.compile(r"[:：∶丨/|\s]")
"""What ends a label: a line without any of these has none."""
_BARE_LABEL = re.compile(
    r"(?:^|[\s\u2003|(\[【（])(?:本期|值班|网络|本[站报网刊台]|特约|实习|见习)?"
    r"(?P<name>来源于?|责任编辑|责编|编辑|作者|楼主|撰文|记者|来自|稿源|转自|由)"
    r"[ \u2003]+(?=\S)"
)
_BARE_PIECE = re.compile(
    r"(?:^|(?<=\u2003))(?P<name>来源|责任编辑|责编|编辑|作者|撰文|记者)[ |]+"
    r"(?=[^ \u2003]{2,12}(?:\u2003|$))"
)
"""An element of its own that says 编辑 张三, beside others whose labels have colons."""
_AGO_BEHIND = re.compile(
    r"[ \u2003](?:\d{1,3}\s*个?(?:秒|分钟?|小时|天)前|(?:今天|昨天|前天)"
    r"(?=[ \u2003\d]|$)|刚刚(?=[ \u2003]|$))"
)
"""A time without a date that ends the value before it."""
_NEXT_BARE = re.compile(
    r"[\s\u2003](?=(?:校对|责校|审核|编辑|责编|来源|作者|摄影|监制|通讯员|实习生)[\s\u2003])"
)
_POSTED = re.compile(
    r"(?:发表于|发布于|发表|发布时间|发布|时间|日期|posted\s*(?:on|@)?|于)[ \u2003]*$", re.IGNORECASE
)
_POSTED_TAIL = re.compile(
    r"(?:发表于|发布于|更新于|(?<=[ \u2003])(?:发表|发布|于|posted(?:\s+on)?))[ \u2003]*$", re.IGNORECASE
)  # "published on" between a name and the time behind it
_STOP = re.compile(rf"(?:^|[\s\u2003|\[【(])(?:{markers.STOP_WORDS})(?=$|[\s\u2003|\]】)(（\[:：\d])")
_CHANGED_BEHIND = re.compile(r"[ \u2003]*修改(?![\u4e00-\u9fff:：])")
"""已于 … 修改 ("changed on …"): the word stands behind the time."""
_SENTENCE = re.compile(r"[。！？!?]")
_BLANKS = re.compile(r"[ \u2003\t]+")
_EDGE = " \t\u2003\u3000|丨/\\,，;；:：·•-—_>»<《》#"
_PAIRS = {"(": ")", "[": "]", "【": "】", "（": "）", "〔": "〕"}
_NAMES = re.compile(r"[\u4e00-\u9fff·]{2,4}(?:[ 、,，]+[\u4e00-\u9fff·]{2,4})+(?=$|[\s\u2003|(（])")
_ROLE_IN_BRACKET = re.compile(r"\s*(?:本报|见习|实习|特约)?(?:记者|作者|责编|责任编辑|编辑|通讯员|文[/|])")
_JUNK = re.compile(
    r"^(?:\W|_)*$|^(?:null|none|undefined|未知来源|点击|今天|昨天|前天|刚刚|https?://\S*)$", re.IGNORECASE
)
_ROLE_TAIL = re.compile(
    r"[ \u2003]*[/|／][ \u2003]*(?:文|图|摄|编辑|文图|[\u4e00-\u9fff]{0,6}(?:报道|報導|报导|電|电))$"
    r"|(?<=[A-Za-z\d])[ \u2003]+in$"
)  # text, picture, editor, "reporting from Taipei" behind a name; "by … in" a category

PEOPLE = ("editor", "author")
_SPACED_NAME = re.compile(
    r"([\u4e00-\u9fff])[ \u3000]+([\u4e00-\u9fff])(?=$|[\s\u2003|)\]】])"
)  # a name of two characters, set apart to be as wide as three
FIELDS = ("source", "editor", "author")
_NAMES_OF = {"bare": "author", "slash": "editor", "origin": "source"}
_UPDATED = re.compile(
    rf"(?:{markers.MODIFIED_LABELS}|更新|修改)[ \u2003]*[:：于]?[ \u2003]*$", re.IGNORECASE
)  # "updated", "modified" right before a time


@dataclass(slots=True)
class Dateline:
    """What one line said."""

    raw: str = ""
    moment: Moment | None = None
    modified: bool = False
    """The only time in it is labelled as an update."""
    values: dict[str, str] = field(default_factory=dict)
    labels: int = 0
    channel: str | None = None
    """What a label such as 栏目 says; it makes no dateline of a line."""
    timed: bool = False
    """A label for time stands right before the time."""
    rules: dict[str, str] = field(default_factory=dict)
    """Field -> where it was found, when lines are merged."""


def read(text: str, zone: ZoneInfo, now: datetime, *, loose: bool = False) -> Dateline:
    """Read one line; ``text`` as shown, with GAP between inline elements where known."""
    if "：" in text or ":" in text:
        text = _SPREAD.sub(r"\1\2", text)
    plain = moment.fold(text)
    line = Dateline(raw=" ".join(text.split()))
    if _TELLING.search(plain) is None:
        return line
    labels = list(_LABEL.finditer(plain)) if _LABEL_SIGNS.search(plain) else []
    line.moment, line.modified = _time(plain, zone, now, loose)
    for index, match in enumerate(labels):
        name = _NAMES_OF.get(match.lastgroup or "other", match.lastgroup or "other")
        line.labels += name in ("time", *FIELDS)
        end = labels[index + 1].start() if index + 1 < len(labels) else len(plain)
        if name == "channel" and end - match.end() < 20:
            line.channel = line.channel or _value(
                plain[match.end() : end], text[match.end() : end], name, zone, now
            )
        if name not in FIELDS or line.values.get(name):
            continue
        value = _value(plain[match.end() : end], text[match.end() : end], name, zone, now)
        if value:
            line.values[name] = value
    if line.moment is not None:
        start = line.moment.start
        line.timed = any(m["time"] and 0 <= start - m.end() < 4 for m in labels) or bool(
            _POSTED.search(plain[max(0, start - 12) : start])
        )
    if line.values and "author" not in line.values and (byline := bywords.BYLINE.search(plain)):
        line.values["author"] = bywords.names(text, byline)
    _bare(plain, text, line, zone, now, _BARE_PIECE if line.values else _BARE_LABEL)
    return line


def _bare(
    plain: str, text: str, line: Dateline, zone: ZoneInfo, now: datetime, label: re.Pattern[str]
) -> None:
    """Labels without a colon (来源 新华网); where the line holds a value with one, only whole elements."""
    for match in label.finditer(plain):
        kind = {
            "来": "source",
            "稿": "source",
            "转": "source",
            "责": "editor",
            "编": "editor",
        }.get(match["name"][0], "author")
        if kind == "author" and "记者" in plain[: match.start()]:
            continue  # 某报记者 张三 实习记者 李四: the trainee is not the first
        rest = _NEXT_BARE.split(plain[match.end() :], 1)[0]
        value = _value(rest, text[match.end() : match.end() + len(rest)], kind, zone, now)
        if value and len(value) <= 12 and not bywords.NO_SOURCE.fullmatch(simplified(value)):
            line.values.setdefault(kind, value)
            line.labels += 1


def _time(plain: str, zone: ZoneInfo, now: datetime, loose: bool) -> tuple[Moment | None, bool]:
    """The line's published time: one under a published label first, an update only when nothing else is
    there.
    """
    first = moment.find(plain, zone, now, loose=loose)
    if first is None:
        return None, False
    if not _UPDATED.search(plain[: first.start]) and not _CHANGED_BEHIND.match(plain, first.end):
        return first, False
    rest = moment.find(plain[first.end :], zone, now, loose=loose)
    if rest is None:
        return first, True
    return replace(rest, start=rest.start + first.end, end=rest.end + first.end), False


def _value(plain: str, shown: str, kind: str, zone: ZoneInfo, now: datetime) -> str | None:
    """The value at the head of ``plain``: up to a date, a button word, a bracket that closes more than
    it opened, a gap.
    """
    lead = len(plain) - len(plain.lstrip(_EDGE))
    plain, shown = plain[lead:], shown[lead:]
    for _ in range(2):  # a role before the name, and one behind it
        if kind != "source" and (name := bywords.SECOND_ROLE.match(plain)):
            plain, shown = name[0], shown[: name.end()]
        if kind == "author" and (prefix := bywords.NAME_PREFIX.match(plain)):
            plain, shown = plain[prefix.end() :], shown[prefix.end() :]
    end = len(plain)
    if kind in PEOPLE and (spaced := _SPACED_NAME.match(plain)):
        return shown[slice(*spaced.span(1))] + shown[slice(*spaced.span(2))]
    date = moment.find(plain, zone, now)
    if date is not None:
        end = min(end, date.start)
        if (posted := _POSTED_TAIL.search(plain[:end])) is not None:
            end = posted.start()
    elif (ago := _AGO_BEHIND.search(plain)) is not None:
        end = min(end, ago.start())
    stop = _STOP.search(plain)
    if stop is not None and stop.start() > 0:
        end = min(end, stop.start())
    end = min(end, _closing(plain[:end]))
    value = plain[:end]
    gap = _gap(value, kind)
    value, shown = value[:gap], shown[: min(end, gap)]
    value = shown.strip(_EDGE)
    value = _ROLE_TAIL.sub("", value)
    value = " ".join(value.replace(GAP, " ").split())
    limit = 40 if kind == "source" else 30
    if (
        not value
        or len(value) > limit
        or _JUNK.match(value)
        or bywords.SAYING.search(simplified(value))
        or (kind != "source" and _SENTENCE.search(value))
    ):
        return None
    return value


def _closing(text: str) -> int:
    """Where a bracket closes that was opened before the value: （责任编辑：张三） ends at ）."""
    depth: list[str] = []
    for index, char in enumerate(text):
        if char in _PAIRS:
            if index and _ROLE_IN_BRACKET.match(text, index + 1):
                return index
            depth.append(_PAIRS[char])
        elif char in ")]】）〕":
            if not depth:
                return index
            depth.pop()
        elif char in "。！？" or (char == "|" and index):
            return index
    return len(text)


def _gap(value: str, kind: str) -> int:
    """Where a gap ends the value: for names a list of names may go on, for English words a blank is no
    gap.
    """
    if kind != "source":
        names = _NAMES.match(value)
        if names is not None:
            return names.end()
    for match in _BLANKS.finditer(value):
        before, after = value[: match.start()], value[match.end() :]
        if not before.strip(_EDGE):
            continue
        latin = (
            before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalnum()
        )
        medium = kind == "source" and before[-1:].isascii() and bywords.MEDIA_NAME.search(after.rstrip(_EDGE))
        if GAP in match[0] or not (latin or (medium and len(after) <= 8)):
            return match.start()
    return len(value)


def take(result: Dateline, line: Dateline, rule: str) -> None:
    """Take over what ``line`` says and ``result`` does not know yet."""
    if result.moment is None and line.moment is not None and not line.modified:
        result.moment = line.moment
        result.rules["published_at"] = rule
    result.channel = result.channel or line.channel
    for name, value in line.values.items():
        if name not in result.values:
            result.values[name] = value
            result.rules[name] = rule


def joined(block: Block, without: Sequence[str] = ()) -> str:
    """A block's text with a gap where its inline elements meet; without those that say no more than one of
    ``without``.
    """
    pieces = [piece.strip() for piece, _ in block.pieces]
    if len(pieces) < 2:
        return block.text
    pieces = [piece for piece in pieces if piece not in without]
    return " ".join(GAP.join([piece for piece in pieces if piece]).split(" "))


def begins_with_label(text: str) -> bool:
    """True for a text such as 文/李青 or 来源：…: a value with its label, no bare name."""
    return _LABEL.match(moment.fold(text)) is not None


_SIGNS = re.compile(
    r"来源|来 源|编辑|编 辑|作者|作 者|记者|责编|来自|稿源|采写|撰文|撰稿|"
    r"文\s?[/|｜丨]|B(?<=^B)y\b"
)
"""Every alternative begins with a plain character (see markers.SUSPECT); By stands at the beginning."""


def labelled(text: str) -> bool:
    return _SIGNS.search(text) is not None
