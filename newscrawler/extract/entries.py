"""A range of blocks taken apart into entries: title link, summary, date. Listings and related blocks
share it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from newscrawler.extract import beside, markers, moment, signs, timetag
from newscrawler.extract.blocks import CUT
from newscrawler.extract.dateline import joined
from newscrawler.extract.document import HEADING_TAGS, Block, Document, Link
from newscrawler.extract.signs import Worded

MIN_TITLE = 4
"""Fewer characters are a menu word or a tag, not a headline."""
SENTENCE = 16
"""A shorter text is a summary only with a mark of a sentence: 海政发〔2025〕30号 is none."""
BUTTON = 16
"""A longer text is no row of buttons."""

_DATE_ONLY = Worded(
    re.compile(
        r"[\W_]*(?:发布|发表|时间|日期|更新|于|[\d\s年月日号时分秒点:：/\-.,()（）\[\]T+|〇一二三四五六七八九十]|星期.|周.|前|小时|分钟|天|昨天|前天|今天|刚刚)+[\W_]*"
    )
)
_LEAF_PARTS = re.compile(
    r"\d{1,2}日? (?:19|20)\d\d[-/.年]\d{1,2}月?|(?:19|20)\d\d[-/.年]\d{1,2}月? \d{1,2}日?"
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w")
_TIMELY = re.compile(r"[\d前刚今昨]")
"""What each day or time has, 刚刚 ("just now") too."""
_GLUED = re.compile(r"[\d月](?:(?<=月)\d{3}|(?<=\d)(?:[-/.:：]\d{3}|\d{4}[-/.年]|[A-Z][a-z]{2,8}\d{4}))")
"""A date that runs into the count beside it (2024-03-19 and 12), or whose parts run together (29 Sep 2025),
each an element of its own.
"""
_NUMBER = re.compile(r"(?:\W*\d[\d.,:]*+\s*+[万亿wkWK]?)+\W*")
_DOTTED = re.compile(r"(?:0[1-9]|1[0-2])\.(?:0[1-9]|[12]\d|3[01])")
"""09.28, alone in its element."""
_HAN = re.compile("[\u4e00-\u9fff]")
_SENTENCE = re.compile("[,，。！？;；]")
_TOLD = re.compile(r"[，。！？；…!?]|\.(?=\.|\s|$)")
_YEARLESS = re.compile(r"\d{1,2}[-/.月]\d{1,2}(?![-/.月\d])")
_ENDED = " \u2003….。!?)]"
"""Behind one of these a time without a year is no part of a summary."""
_CUT = re.compile(r"(?:…+|\.{3,}|。。。|\[…\]|\[\.\.\.\])\W*$")


@dataclass(slots=True)
class Entry:
    """One entry of a list of links."""

    url: str
    link: Link
    first: int
    last: int = 0
    title: str = ""
    summary: str | None = None
    date: str | None = None
    exact: bool = False
    """The date was shown in full, with its year."""
    read: bool = False
    yearless: bool = False
    """The date was printed without its year."""

    @property
    def rich(self) -> bool:
        """A summary that was cut, or a date: the mark of a teaser."""
        return bool(self.date or is_cut(self.summary))


def candidate(document: Document, link: Link) -> str | None:
    """The absolute address of a link that could be an entry's; None for buttons and what leads nowhere."""
    text = link.text
    if not text and not link.has_image:
        return None
    if text and len(text) < MIN_TITLE and not link.has_image:
        return None
    return document.absolute(link.href)


def split(
    document: Document,
    first: int,
    last: int,
    zone: ZoneInfo,
    now: datetime,
    *,
    limit: int = 2000,
    only: set[str] | None = None,
    without: Collection[str] = (),
    read: int | None = None,
) -> list[Entry]:
    """The entries among the blocks ``first`` … ``last`` (exclusive), one per run of links to one address.

    With ``only`` links to other addresses are no entries (tags, comment counts, section names), nor are
    links to those ``without``.
    With ``read`` only so many entries are read now; ``complete`` reads the others, should they be wanted.
    """
    found: list[Entry] = []
    at: dict[str, Entry] = {}
    for block in document.blocks[first:last]:
        for link in block.links:
            url = candidate(document, link)
            if url is None or url in without or (only is not None and url not in only):
                continue
            if found and (found[-1].url == url or url.partition("#")[0] == found[-1].url):
                found[-1].last = block.index + 1
                shown = found[-1].link.text
                if markers.is_read_more(shown) or not any(map(str.isalpha, shown)):  # 01:20 on a video
                    found[-1].link = link
                continue
            if url in at and markers.is_read_more(link.text or "更多"):
                continue
            if link.text and (markers.is_read_more(link.text) or markers.is_next(link.text)):
                continue
            if found and not found[-1].link.text:
                found.pop()  # a picture's link that no title followed
            entry = Entry(url, link, block.index, block.index + 1)
            found.append(entry)
            at[url] = entry
        if len(found) >= limit:
            break
    found = [entry for entry in found if entry.link.text]
    _extend(document, found, first, last)
    if len(found) == 1 and len(found[0].link.text) < MIN_TITLE:
        return []
    for entry in found[:read]:
        fill(document, entry, zone, now)
    if read is not None:
        for entry in found[read:]:
            entry.title = entry.link.text
    return [entry for entry in found if entry.title]


def complete(document: Document, found: list[Entry], zone: ZoneInfo, now: datetime) -> list[Entry]:
    """Read those of ``found`` that have not been read yet."""
    for entry in found:
        if not entry.read:
            entry.title = ""
            fill(document, entry, zone, now)
    return [entry for entry in found if entry.title]


def is_titled(document: Document, entry: Entry) -> bool:
    """True where reading ``entry`` is sure to find a title: its link's text, shown whole in one block."""
    text, block = entry.link.text, document.blocks[entry.link.block]
    return _is_title(text) and not block.hidden and text in block.text


def _is_title(text: str) -> bool:
    return len(text) >= MIN_TITLE and not (
        markers.is_read_more(text) or _DATE_ONLY.matches(text) or _NUMBER.fullmatch(text)
    )


def _extend(document: Document, entries: list[Entry], first: int, last: int) -> None:
    """Each entry's range: from its own box's begin to the next entry's begin; the last one no longer
    than the others.
    """
    starts = [entry.first for entry in entries]
    ends = [entry.last for entry in entries]
    longest = 1
    boxes: list[int] = []
    apart = len(entries) > 1
    for index, entry in enumerate(entries):
        low = ends[index - 1] if index else first
        high = starts[index + 1] if index + 1 < len(entries) else last
        node, box = document.blocks[entry.first].node, -1
        while node >= 0 and low <= document.nodes.first[node] and document.nodes.last[node] <= high:
            box, node = node, document.nodes.parent[node]
        boxes.append(box)
        entry.first = document.nodes.first[box] if box >= 0 else entry.first
        # Where rows without a link stand behind each title's row, they are the item's as well.
        if index + 1 < len(entries):
            apart = apart and box >= 0 and document.nodes.last[box] < high
    for index, entry in enumerate(entries):
        if index + 1 < len(entries):
            entry.last = max(entry.last, entries[index + 1].first)
            box = boxes[index]
            if box >= 0 and not apart and document.nodes.tag[box] in ("li", "tr", "dd", "article"):
                entry.last = document.nodes.last[box]
            longest = max(longest, min(entry.last - entry.first, 12))
        else:
            box = boxes[index]
            own = document.nodes.last[box] if box >= 0 else entry.last
            entry.last = max(
                entry.last, min(last, max(own if len(entries) > 1 else entry.last, entry.first + longest))
            )
            if len(entries) == 1:
                entry.last = max(entry.last, min(own if box >= 0 else last, entry.last + 4))


def fill(document: Document, entry: Entry, zone: ZoneInfo, now: datetime) -> None:
    """Title, unless it is known, summary and date from the entry's blocks."""
    entry.read = True
    linked: list[tuple[str, bool]] = [(entry.title, True)] if entry.title else []
    rest: list[str] = []
    for block in document.blocks[entry.first : entry.last]:
        if block.hidden or (not block.links and markers.FOOTER_TEXT.search(block.text)):
            continue
        text, numbers = block.text, [link.text for link in block.links if link.text.isdecimal()]
        if block.cut and (numbers or (block.cut.count(CUT) > 1 and _GLUED.search(text))):
            text = joined(block, without=numbers)
        if not block.links:
            rest.append(" ".join(text.split()))
            continue
        mine = [link for link in block.links if document.absolute(link.href) == entry.url]
        heading = (
            block.tag in HEADING_TAGS or document.nodes.tag[document.nodes.parent[block.node]] in HEADING_TAGS
        )
        if mine and len(block.links) == 1 and block.link_chars >= len(block.text) - 1:
            own = mine[0].text
            own = own if 0 < len(own) <= len(text) else text
            if block.cut and not heading:
                own, aside = beside.peeled(block, own)
                rest.extend(aside)
            linked.append((own, heading))
            continue
        for link in block.links:
            if link.text and not (block.cut and link.text in numbers):
                text = text.replace(link.text, " ", 1)
        text = beside.without_empty(text)
        linked.extend([(link.text, heading) for link in mine if link.text])
        if mine or len(text) > 10 or _TIMELY.search(text):
            rest.append(" ".join(text.split()))
    _title(entry, linked)
    if entry.title and beside.is_bought(entry.url, document.url, [*rest, *(text for text, _ in linked)]):
        entry.title = ""
        return
    for text in _leaves([t for t, _ in linked if not _repeats(t, entry.title)] + rest):
        _rest(entry, text, zone, now)
    if not entry.exact:
        stated = timetag.only(document, entry.first, entry.last, zone, now)
        if stated is not None:
            entry.date, entry.exact, entry.yearless = stated.day, True, False


def _leaves(texts: list[str]) -> list[str]:
    """``texts``, a day and its month put together where each has a line of its own (30, 2025-09)."""
    for place, (one, two) in enumerate(pairwise(texts)):
        if len(one) + len(two) < moment.LEAF and _LEAF_PARTS.fullmatch(f"{one} {two}"):
            return [*texts[:place], f"{one} {two}", *texts[place + 2 :]]
    return texts


def _repeats(text: str, title: str) -> bool:
    """The title again, possibly cut short."""
    return text == title or (is_cut(text) and title.startswith(_CUT.sub("", text).rstrip()))


def near(found: list[Entry], day: str | None, now: datetime) -> None:
    """Dates printed without a year are read near the article's own ``day``, none of them after ``now``."""
    if day is None:
        return
    own = date.fromisoformat(day[:10])
    for entry in found:
        if not entry.yearless or entry.date is None:
            continue
        shown = date.fromisoformat(entry.date)
        years = [own.year - 1, own.year, own.year + 1]
        days = [_on(shown, year) for year in years if _on(shown, year) <= max(now.date(), own)]
        entry.date = min(days, key=lambda other: abs(other - own)).isoformat()


def _on(shown: date, year: int) -> date:
    leap = (shown.month, shown.day) == (2, 29)
    return shown.replace(year=year, day=28) if leap else shown.replace(year=year)


def _title(entry: Entry, linked: list[tuple[str, bool]]) -> None:
    fitting = [(text, heading) for text, heading in linked if _is_title(text)]
    if not fitting:
        return
    title = next((text for text, heading in fitting if heading), fitting[0][0])
    if is_cut(title):
        stem = _CUT.sub("", title).rstrip()
        for longer in [text for text, _ in fitting] + [entry.link.title.strip()]:
            if len(longer) > len(stem) and longer.startswith(stem) and not is_cut(longer):
                title = longer
                break
    title, day = beside.day_behind(title, MIN_TITLE)
    if day:
        linked.append((day, False))
    entry.title = title.rstrip(",，、;； ") or title


def _rest(entry: Entry, text: str, zone: ZoneInfo, now: datetime) -> None:
    """What is neither title nor button: a date, a summary."""
    text = text.strip(" |·•-—")
    text = beside.without_badge(text)
    if len(text) > len(entry.title) + MIN_TITLE and text.startswith(entry.title):
        text = text[len(entry.title) :].lstrip(" |·•-—:：。")  # one link around headline and summary
    if not text or markers.is_read_more(text) or text == entry.title:
        return
    if markers.FOOTER_TEXT.search(text):
        return
    if entry.date is None:
        left = _date_beside(entry, text, zone, now) if len(text) <= 60 else None
        text = _date_behind(entry, text, zone, now) if left is None else left
        if left is not None and not is_cut(text) and (len(text) < 16 or beside.are_labels(text)):
            return
    if (
        (len(text) >= SENTENCE or (len(text) >= 8 and _TOLD.search(text)))
        and not _DATE_ONLY.matches(text)
        and (entry.summary is None or len(text) > 2 * len(entry.summary))
        and not beside.are_labels(text)
        and not (len(text) <= BUTTON and signs.BUTTON.matches(text))
    ):
        entry.summary = text


def _date_beside(entry: Entry, text: str, zone: ZoneInfo, now: datetime) -> str | None:
    """Takes the date of a short ``text``; the text without it, None when there is none or more than it."""
    plain = moment.fold(text)
    if len(plain) == len("09.28") and _DOTTED.fullmatch(plain):
        plain = plain.replace(".", "-")
    found = moment.find(plain, zone, now, loose=True) or moment.compact(plain, zone)
    if found is None or len(text) - (found.end - found.start) >= 30 or _is_told(plain, found):
        return None
    entry.date, entry.exact = found.day, found.kind in ("full", "compact", "english")
    entry.yearless = _YEARLESS.match(plain, found.start, found.end) is not None
    return (text[: found.start] + " " + text[found.end :]).strip(" |·•-—()（）[]【】/,，:：")


def _is_told(plain: str, found: moment.Moment) -> bool:
    """Whether a sentence tells of the day (他于2002年2月23日在北京…): text on both sides, a comma or stop."""
    before, behind = plain[: found.start][-1:], plain[found.end :][:1]
    return bool(_HAN.match(before) and _HAN.match(behind) and _SENTENCE.search(plain))


def _date_behind(entry: Entry, text: str, zone: ZoneInfo, now: datetime) -> str:
    """Takes the date at the end of a summary; the summary without it."""
    tail = moment.fold(text[-30:])
    found = moment.find(tail, zone, now, loose=True)
    if found is None or found.end < len(tail.rstrip(" )）]】")) - 1 or is_cut(tail[found.end :]):
        return text  # 2002年2月2… is where the summary was cut
    loose = found.kind in ("short", "relative")
    if loose and tail[found.start - 1] not in _ENDED:
        return text  # 3小时前 is what the summary's last sentence says
    entry.date, entry.exact = found.day, not loose
    entry.yearless = found.kind == "short"
    return text[: len(text) - len(tail) + found.start].strip(" |·•-—([（【:：")


def is_cut(text: str | None) -> bool:
    """True for a text that ends in an ellipsis: none of its letters stands behind the last one."""
    if not text or text[-1].isalnum() or (text[-1] != "…" and text[-2:-1].isalnum()):
        return False
    last = max(text.rfind("…"), text.rfind("..."), text.rfind("。。。"))
    return last >= 0 and _WORD.search(text, last) is None


def is_date(block: Block) -> bool:
    """True for a block that is nothing but a date."""
    text = block.text
    return len(text) <= 30 and _DATE_ONLY.matches(text) and _DIGIT.search(text) is not None


def position(starts: list[int], index: int) -> int:
    """Where ``index`` falls in the sorted list ``starts``."""
    return bisect_left(starts, index)
