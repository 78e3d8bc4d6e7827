"""What stands beside a title or a summary in the lines of an entry, and is neither: days, counts, badges,
labels with their values, the word that says that somebody paid for the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from newscrawler.extract import markers
from newscrawler.extract.document import Block

PARTS, TITLE, NAME = 3, 10, 8
"""So many pieces are the parts of a card, one of so many characters its title, the others no longer than the
last.
"""
LABELS = 29
"""Labels and counts are no longer."""
_DIGIT = re.compile(r"\d")
_ASIDE = re.compile(
    r"\W*(?:\d[\d.,]*\s*[万wkWK]?\s*(?:[张图幅页次人赞P]|条?评论|评|阅读?|浏览|跟[贴帖]|回复|点赞|播放|观看)"
    r"|(?:阅读|浏览|点击|播放|评论|回复)\s*[:：]?\s*\d[\d.,]*\s*[万wkWK]?"
    r"|(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/]\d{1,2}|\d{1,3}\s?(?:分钟|小时|天)前"
    r"|(?:(?:19|20)\d\d[-/.])?(?:\d{1,2}[-/.]\d{1,2})? ?\d{1,2}:\d\d(?::\d\d)?)\W*"
)
"""A day, a time, a video's length; a number of pictures, readers, comments."""
_COUNTS = re.compile(
    r"(?:\W*(?:周.|星期.)?[图共约]?\s*\d[\d.,]*\s*[万wkWK]?\s*(?:[张图幅页人赞P]|[条次]?(?:评论|浏览|阅读|播放|观看|回复)|次))+\W*"
)
_DAY = re.compile(
    r"[\s(（\[【|]+(?:19|20)\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)"
    r"(?: \d{1,2}:\d\d(?::\d\d)?)?[\s)）\]】]*$"
)
"""The day at the end of a title."""
_DAY_ENDS = "0123456789日)）]】"
_EMPTIED = re.compile(r"[\[【(（]\s*[\]】)）]")
_BADGE = re.compile(r".\s*([^\[\]【】()（）]{1,2})\s*[\]】)）]\s*")
_LABELS = re.compile(r"\s*(?:[^\s:：，。]{1,6}\s*[:：]\s*[^\s，。]{0,12}\s*)+")


def peeled(block: Block, text: str) -> tuple[str, list[str]]:
    """A link's ``text`` without the days and counts that stand in elements of their own before and behind the
    title; and these. ``block`` is the link's.
    """
    both = [(piece.strip(), words) for piece, words in block.pieces if piece.strip()]
    pieces = [piece for piece, _ in both]
    longest = max(pieces, key=len, default="")
    if _are_parts(both, longest) and longest in text:
        return longest, [piece for piece in pieces if piece is not longest]
    if len(pieces) < 2 or not _DIGIT.search(pieces[0] + pieces[-1]) or not all(p in text for p in pieces):
        return text, []
    first, last = 0, len(pieces)
    while first < last - 1 and _ASIDE.fullmatch(pieces[first]):
        first += 1
    while first < last - 1 and _ASIDE.fullmatch(pieces[last - 1]):
        last -= 1
    begin = text.find(pieces[first], sum(map(len, pieces[:first])))
    title = text[begin : text.rfind(pieces[last - 1]) + len(pieces[last - 1])].strip()
    return title, [" ".join(some) for some in (pieces[:first], pieces[last:]) if some]


def _are_parts(both: list[tuple[str, str]], longest: str) -> bool:
    """Whether the pieces are a title between a badge, a name, a day, each in an element with a class of its
    own. A word that is marked in a title cuts it into pieces of one class.
    """
    if len(both) < PARTS or len(longest) < TITLE:
        return False
    words = {words for _, words in both}
    return (
        "" not in words
        and len(words) == len(both)
        and all(len(piece) <= NAME for piece, _ in both if piece is not longest)
    )


def day_behind(title: str, least: int) -> tuple[str, str]:
    """``title`` without the day that ends it, and this day; at least so many characters are left."""
    found = _DAY.search(title, least) if title[-1] in _DAY_ENDS and "20" in title else None
    return (title[: found.start()], title[found.start() :]) if found else (title, "")


def without_badge(text: str) -> str:
    """``text`` without the [图] ("picture") that it begins with."""
    found = _BADGE.match(text) if text[:1] in "[【(（" else None
    return text[found.end() :] if found and found[1] in markers.BADGES else text


def without_empty(text: str) -> str:
    """``text`` without what is left of [详细] ("details") when its link is taken out."""
    return _EMPTIED.sub(" ", text)


def are_labels(text: str) -> bool:
    """True for labels and their values alone: 点击：120 好评：14 ("clicks", "liked"), 8 张 · 99 次浏览."""
    return len(text) <= LABELS and (_LABELS.fullmatch(text) or _COUNTS.fullmatch(text)) is not None


def is_bought(url: str, page: str, texts: Iterable[str]) -> bool:
    """Whether the entry at ``url``, that leads from ``page`` to another site, says that it is an
    advertisement: one of its ``texts`` does.
    """
    if not any(text in markers.BOUGHT for text in texts):
        return False
    here, there = (address.split("/", 3)[2].split(".")[-2:] for address in (page, url))
    return here != there
