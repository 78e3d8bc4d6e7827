"""Where the page's own time, source, editor and author stand: under the headline, in the last lines,
else in the head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newscrawler.extract import bywords, dateline, headtime, markers, sentence, timetag, unnamed
from newscrawler.extract.box import Body
from newscrawler.extract.dateline import Dateline, joined, labelled, take
from newscrawler.extract.document import Block, Document
from newscrawler.extract.entries import is_date
from newscrawler.extract.moment import Moment
from newscrawler.extract.title import Title

MIN_TEXT = 20
"""Fewer characters are no running text behind which a date is looked for."""
MIN_READ = 40
"""So many characters of text between headline and date say that the date may sign the text."""
BARE_TIME = 16
"""A text no longer than this may be a time without a year (09-30 23:57, 3小时前) and nothing else."""
BEFORE, AFTER = 8, 14
"""How many blocks before and behind the headline a dateline is looked for."""

LONGEST_LABEL, LONGEST_VALUE = 8, 30
"""Characters of a label and a value that stand in boxes of their own."""

_DIGIT = re.compile(r"\d")
_NO_DATELINE = re.compile(r"今天是|现在是|欢迎|农历|Copyright|版权|ICP")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?")


@dataclass(slots=True)
class Found:
    """The page's dateline, merged from its places."""

    line: Dateline
    used: set[int]
    """The blocks it was read from."""
    closing: int | None = None
    """The block of a dateline that stands behind the text (发表于 … under a blog post): the article
    ends there.
    """


def find(
    document: Document,
    headline: Title,
    body: Body | None,
    zone: ZoneInfo,
    now: datetime,
    told: Dateline | None = None,
) -> Found:
    """The dateline under (or over) the headline, else behind the text, else what the head and the
    scripts say; ``told`` is what the script says in which the text was found.
    """
    found = Found(Dateline(), set())
    best = _best_line(document, headline, body, zone, now)
    if best is not None:
        line, block = best
        take(found.line, line, "dateline")
        found.line.raw, found.line.labels = line.raw, line.labels
        found.used.add(block.index)
        _neighbours(document, block, headline, body, found, zone, now)
        if body is not None and _stands_behind(document, body, block):
            found.closing = block.index
        if line.moment is not None:
            unnamed.fill(document, block, headline, body, found.line)
        else:
            _dated(document, headline, body, found, zone, now)
        if found.line.moment is not None:
            found.line.moment = timetag.refine(
                document, found.line.moment, found.line.raw, found.used, zone, now
            )
    if found.line.moment is None and body is not None:
        _closing(document, body, found, zone, now)
    if told is not None:
        take(found.line, told, "script")
    headtime.fill(document, found.line, zone, now)
    if found.line.moment is None:
        _stated(document, headline, body, found, zone, now)
    if found.line.moment is None and body is not None:
        _date_line(document, body, found, zone, now)
    if found.line.channel and len(found.line.channel) <= 10:
        found.line.values["category"] = found.line.channel
        found.line.rules["category"] = "dateline"
    if found.line.moment is None:
        _updated(document, found, zone, now)
    return found


def _dated(
    document: Document, headline: Title, body: Body | None, found: Found, zone: ZoneInfo, now: datetime
) -> None:
    """The time in another line than the names, as over a headline whose by-line stands under the text."""
    best = _best_line(document, headline, body, zone, now, dated=True)
    if best is not None:
        take(found.line, best[0], "dateline")
        found.used.add(best[1].index)


def _stated(
    document: Document, headline: Title, body: Body | None, found: Found, zone: ZoneInfo, now: datetime
) -> None:
    """What a ``time`` element beside the headline states, where its text says no time that can be read."""
    stated = timetag.first(document, _window(document, headline, body), zone, now)
    if stated is None:
        return
    found.line.moment, index = stated
    found.line.rules["published_at"] = "dateline, a time element"
    found.used.add(index)
    unnamed.fill(document, document.blocks[index], headline, body, found.line)


def _updated(document: Document, found: Found, zone: ZoneInfo, now: datetime) -> None:
    """The time of an update, where the page prints no other: such sites call every time so."""
    for index in sorted(found.used):
        line = dateline.read(joined(document.blocks[index]), zone, now, loose=True)
        if line.modified and line.moment is not None:
            found.line.moment = line.moment
            found.line.rules["published_at"] = "dateline, a time of update: the page prints no other"
            return


def _stands_behind(document: Document, body: Body, block: Block) -> bool:
    """True when the dateline follows the text: running text before it, comments or little else behind it."""
    if not body.first < block.index < body.last:
        return False
    before = sum(b.plain for b in document.blocks[body.first : block.index] if b.marks)
    if before < 60:
        return False
    behind = 0
    for other in document.blocks[block.index + 1 : body.last]:
        if markers.COMMENTS.fullmatch(other.said):
            break
        behind += other.plain if other.marks else 0
    return before >= 0.5 * behind


def _closing(document: Document, body: Body, found: Found, zone: ZoneInfo, now: datetime) -> None:
    """A labelled time behind the text."""
    seen = 0
    for block in document.blocks[body.first : min(len(document.blocks), body.last + 15)]:
        if block.marks and block.index < body.last:
            seen += block.plain
        if seen < 40 or len(block.text) > 100 or block.hidden or not _DIGIT.search(block.text):
            continue
        line = dateline.read(joined(block), zone, now)
        if line.moment is not None and line.timed and not line.modified and line.moment.kind == "full":
            take(found.line, line, "dateline behind the text")
            found.line.raw = line.raw
            found.used.add(block.index)
            found.closing = block.index
            return


def _date_line(document: Document, body: Body, found: Found, zone: ZoneInfo, now: datetime) -> None:
    """A line right behind the last running text that is nothing but a full date."""
    text: Block | None = None
    last: Block | None = None
    for block in document.blocks[body.first : min(len(document.blocks), body.last + 2)]:
        if block.hidden:
            continue
        if text is not None and is_date(block):
            last = block
        elif block.marks >= 2 and block.index < body.last:
            last = None  # the text goes on
        text = block if block.marks and block.plain >= MIN_TEXT and not block.links else None
    if last is not None:
        take(found.line, dateline.read(last.text, zone, now), "a date line behind the text")


def _window(document: Document, headline: Title, body: Body | None) -> range:
    total = len(document.blocks)
    if headline.block >= 0:
        low, high = max(0, headline.block - BEFORE), min(total, headline.block + AFTER)
        if body is not None and body.first > headline.block:
            high = min(total, max(min(body.first + 4, headline.block + 40), headline.block + 3))
        return range(low, high)
    if body is not None:
        return range(max(0, body.first - AFTER), min(total, body.first + 8))
    return range(0, min(total, 60))


def _best_line(
    document: Document,
    headline: Title,
    body: Body | None,
    zone: ZoneInfo,
    now: datetime,
    *,
    dated: bool = False,
) -> tuple[Dateline, Block] | None:
    best: tuple[float, Dateline, Block] | None = None
    read = 0
    for index in _window(document, headline, body):
        block = document.blocks[index]
        if block.marks and index > headline.block >= 0:
            read += block.plain
        if index == headline.block or block.hidden or len(block.text) > 200 or len(block.text) < 2:
            continue
        if len(block.text) > 60 and block.marks >= 2 and not _COLON_LABEL.search(block.said):
            continue
        if not _TIME_SIGNS.search(block.said) and (dated or not labelled(block.said)):
            continue
        if sentence.runs_on(block):
            continue  # 来源：… before a whole sentence, a day that the text speaks of
        text = _with_label(document, block)
        if _YEAR.fullmatch(text) and index + 2 < len(
            document.blocks
        ):  # year, day and time in boxes of their own
            text = " ".join(
                [text, *(joined(b) for b in document.blocks[index + 1 : index + 3] if len(b.text) <= 14)]
            )
        line = dateline.read(text, zone, now, loose=True)
        if dated and line.moment is None:
            continue
        if line.moment is not None and _of_event(block):
            continue  # 升级时间：2024年6月15日00:30至05:30
        score = _score(document, headline, block, line)
        if score is not None and line.moment is None and bywords.LICENCE.match(block.said):
            score -= 4.0
        if score is not None and read >= MIN_READ and not line.labels:
            score -= 2.0  # the day that a notice is signed with
        if score is not None and (best is None or score > best[0]):
            best = (score, line, block)
    return (best[1], best[2]) if best is not None else None


def _with_label(document: Document, block: Block) -> str:
    """A block's text; behind the label in the cell before it, as tables print it."""
    text = joined(block)
    if not block.index or block.marks or len(text) > LONGEST_VALUE:
        return text
    before = document.blocks[block.index - 1]
    if not _is_label(before):
        return text
    if text[0].isdigit() and not _TIME_SIGNS.search(text):
        return text  # behind an empty 编辑： comes 5人评论 ("5 people commented")
    return before.text.rstrip("：:") + "：" + text


def _is_label(block: Block) -> bool:
    """A box that holds a label alone; in a cell or as a term it needs no colon."""
    if len(block.text) > LONGEST_LABEL or block.links:
        return False
    if block.text[-1] in "：:":
        return True
    return block.tag in ("dt", "th", "td") and bywords.LABEL.fullmatch(block.said) is not None


_RANGE = re.compile(
    r"[日\d]\s*[至到~～]\s*(?:20\d\d年|\d{1,2}[月日:：时])|\d[:：]\d\d\s*[-—–]+\s*\d{1,2}[:：]\d\d"
)
"""From when to when: no time of publication."""
_TIME_OF = re.compile(r"(?:时间|日期)\s*[:：]")
_HAN_BEFORE = re.compile("[\u4e00-\u9fff]{1,4}$")


def _of_event(block: Block) -> bool:
    """True for a line that says when something takes place (升级时间：…) and nothing of a publication."""
    said = block.said
    labels = [_HAN_BEFORE.search(said, 0, match.start()) for match in _TIME_OF.finditer(said)]
    if labels:
        return all(label is not None and not label[0].endswith(markers.PUBLISHING) for label in labels)
    return _RANGE.search(said) is not None and _COLON_LABEL.search(said) is None


_COLON_LABEL = re.compile(r"(?:时间|日期|来源|稿源|编辑|作者|来自|责编|Source)\s*[:：]")
_TIME_SIGNS = re.compile(r"\d[-/.:年月：]\s?\d|前|昨|今|刚|20\d\d")


def _score(document: Document, headline: Title, block: Block, line: Dateline) -> float | None:
    """How much a line looks like the dateline of this article; None when not at all."""
    if line.moment is None and not line.values:
        return None
    if line.moment is not None and not line.labels:
        sentence = block.marks >= 2 and len(block.text) > 40 and not _is_time_alone(block, line.moment)
        if sentence or (
            line.moment.kind in ("short", "relative") and (block.marks > 1 or len(block.text) > 40)
        ):
            return None  # a day that a sentence speaks of
    score = 1.5 * line.labels
    if line.moment is not None:
        score += {"second": 3.0, "minute": 3.0, "day": 1.5}[line.moment.precision]
        score -= {"short": 1.0, "relative": 1.0}.get(line.moment.kind, 0.0)
        rest = len(block.text) - (line.moment.end - line.moment.start)
        score -= 0.02 * max(0, rest - 30 * (1 + line.labels))
        if rest > 60 and not line.labels:
            score -= 2.0
        if line.modified:
            score -= 1.5
    words = document.nodes.words[block.node]
    if markers.META_WORDS.search(words) or any(markers.META_WORDS.search(w) for _, w in block.pieces if w):
        score += 1.0
    if block.link_chars > len(block.text) * 0.6 and not _outside_links(block, line):
        score -= 3.0
    if _NO_DATELINE.search(block.said):
        score -= 4.0
    if headline.block >= 0:
        distance = block.index - headline.block
        score += 2.0 - 0.12 * distance if distance > 0 else 0.3 + 0.2 * distance
    return score if score > 0.5 else None


_SENTENCE_MARKS = frozenset("，。！？；")


def _is_time_alone(block: Block, time: Moment) -> bool:
    """True for a clock time that begins a line without any Chinese mark (2025年9月30日, 14:05 (更新: …))."""
    return time.start < 4 and time.precision != "day" and _SENTENCE_MARKS.isdisjoint(block.text)


def _outside_links(block: Block, line: Dateline) -> bool:
    """True when the time itself is no link's text (a date beside a row of links)."""
    if line.moment is None:
        return False
    year = line.moment.day[:4]
    return not any(year in link.text for link in block.links)


def _is_another_day(line: Dateline, result: Dateline) -> bool:
    """True for a labelled time the text speaks of (时间：… 地点：…): no update, not the dateline's day."""
    return (
        not line.values
        and not line.modified
        and line.moment is not None
        and result.moment is not None
        and line.moment.day != result.moment.day
    )


def _neighbours(
    document: Document,
    block: Block,
    headline: Title,
    body: Body | None,
    found: Found,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """The rest of a dateline that is split over blocks: short labelled lines right beside it."""
    limit = body.first if body is not None else len(document.blocks)
    result = found.line
    for step in (1, -1):
        index = block.index + step
        while 0 <= index < len(document.blocks) and abs(index - block.index) <= 6:
            near = document.blocks[index]
            if index == headline.block:
                index += step
                continue
            if len(near.text) > 80 or near.marks > 1 or near.tag in ("h1", "h2"):
                break
            line = dateline.read(_with_label(document, near), zone, now, loose=len(near.text) <= BARE_TIME)
            result.channel = result.channel or line.channel
            if (line.labels and line.values) or (
                line.moment is not None and (result.moment is None or line.labels or line.modified)
            ):
                bare = result.moment is None and abs(index - block.index) == 1 and is_date(near)
                own = line.labels or line.modified
                if index >= limit and not bare and (not own or _is_another_day(line, result)):
                    break
                take(result, line, "dateline")
                found.used.add(index)
                result.raw = f"{result.raw} {line.raw}" if step > 0 else f"{line.raw} {result.raw}"
            elif index >= limit and not _is_label(near):
                break
            index += step
