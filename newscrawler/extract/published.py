"""Where the page's own time, source, editor and author stand: under the headline, in the last lines, else in the head."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from newscrawler.extract import dateline, markers, moment
from newscrawler.extract.box import Body
from newscrawler.extract.dateline import GAP, Dateline
from newscrawler.extract.document import Block, Document
from newscrawler.extract.moment import Moment
from newscrawler.extract.title import Title

BEFORE, AFTER = 8, 14
"""How many blocks before and behind the headline a dateline is looked for."""

_META_TIMES = (
    "article:published_time", "og:release_date", "publishdate", "pubdate", "publish_date", "publishtime", "publish_time", "dc.date",
    "dc.date.issued", "datepublished", "weibo: article:create_at", "weibo:article:create_at", "apub:time", "release_date", "og:time",
    "article:create_at", "date", "_pubtime", "pubtime", "firstpublished", "bytedance:published_time", "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_META_SOURCES = ("contentsource", "source", "mediaid", "article:source", "og:source")
_META_AUTHORS = ("author", "article:author", "og:article:author", "byl")
_META_EDITORS = ("editor", "responsibleeditor", "contenteditor")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?")
_SCRIPT_TIME = re.compile(
    r"""["']?\b(?:pub_?time|publish_?(?:time|date|at)|pub_?date|ptime|date_?published|create_?time|ctime|article_?time|pubDate)["']?\s*[:=]\s*"""
    r"""(?:["']([^"'<>]{8,40})["']|(\d{10}(?:\d{3})?)\b)""",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Found:
    """The page's dateline, merged from its places."""

    line: Dateline
    used: set[int]
    """The blocks it was read from."""
    closing: int | None = None
    """The block of a dateline that stands behind the text (发表于 … under a blog post): the article ends there."""


def find(document: Document, headline: Title, body: Body | None, zone: ZoneInfo, now: datetime) -> Found:
    """The dateline under (or over) the headline, else behind the text, else what the head and the scripts say."""
    found = Found(Dateline(), set())
    best = _best_line(document, headline, body, zone, now)
    if best is not None:
        line, block = best
        _take(found.line, line, "dateline")
        found.line.raw, found.line.labels = line.raw, line.labels
        found.used.add(block.index)
        _neighbours(document, block, body, found, zone, now)
        if body is not None and _stands_behind(document, body, block):
            found.closing = block.index
        if "source" not in found.line.values and line.moment is not None:
            _unnamed(document, block, headline, body, found)
    if found.line.moment is None and body is not None:
        _closing(document, body, found, zone, now)
    _head(document, found.line, zone, now)
    return found


def _take(result: Dateline, line: Dateline, rule: str) -> None:
    """Take over what ``line`` says and ``result`` does not know yet."""
    if result.moment is None and line.moment is not None and not line.modified:
        result.moment = line.moment
        result.rules["published_at"] = rule
    for name, value in line.values.items():
        if name not in result.values:
            result.values[name] = value
            result.rules[name] = rule


def _stands_behind(document: Document, body: Body, block: Block) -> bool:
    """True when the dateline follows the text: running text before it, comments or little else behind it."""
    if not body.first < block.index < body.last:
        return False
    before = sum(b.plain for b in document.blocks[body.first : block.index] if b.marks)
    if before < 60:
        return False
    behind = 0
    for other in document.blocks[block.index + 1 : body.last]:
        if markers.COMMENTS.fullmatch(other.text):
            break
        behind += other.plain if other.marks else 0
    return before >= 0.5 * behind


def _closing(document: Document, body: Body, found: Found, zone: ZoneInfo, now: datetime) -> None:
    """A labelled time behind the text."""
    seen = 0
    for block in document.blocks[body.first : min(len(document.blocks), body.last + 15)]:
        if block.marks and block.index < body.last:
            seen += block.plain
        if seen < 40 or len(block.text) > 100 or block.hidden or not any(c.isdigit() for c in block.text):
            continue
        line = dateline.read(joined(block), zone, now)
        if line.moment is not None and line.timed and not line.modified and line.moment.kind == "full":
            _take(found.line, line, "dateline behind the text")
            found.line.raw = line.raw
            found.used.add(block.index)
            found.closing = block.index
            return


def _unnamed(document: Document, block: Block, headline: Title, body: Body | None, found: Found) -> None:
    """A medium's name beside the time without any label (2019-09-26 10:56 证券时报网)."""
    pieces = [(piece.strip(), words) for piece, words in block.pieces or [(block.text, "")] if piece.strip()]
    limit = body.first if body is not None else block.index + 4
    for near in document.blocks[block.index + 1 : min(block.index + 5, limit)]:
        if len(near.text) > 12 or near.tag in ("h1", "h2") or near.hidden:
            break
        pieces.append((near.text, document.nodes[near.node].words))
    split: list[tuple[str, str, int]] = []
    for place, (piece, words) in enumerate(pieces):
        plain = moment.fold(piece)
        time = moment.find(plain, ZoneInfo("UTC"), datetime.now(UTC))
        parts = [piece[: time.start], piece[time.end :]] if time is not None else [piece]
        split.extend(
            (part.strip(" |·-—\u3000\xa0"), words, place)
            for text in parts
            for part in re.split(r"\s{2,}|[\u3000|·]|\s(?=\D)", text)
        )
    channel = headline.tail.rpartition("-")[0] or headline.tail.rpartition("_")[0]
    menu = {link.text for link in document.links if link.block <= block.index}
    if sum(name not in menu for name, _, _ in split if len(name) > 1):
        split = [
            part
            for part in split
            if part[0] not in menu or part[1] and markers.UNNAMED_SOURCE.search(part[1])
        ]
    names = [
        (name, words, place) for name, words, place in split
        if 2 <= len(name) <= 20 and not markers.NO_SOURCE.fullmatch(name) and name not in channel and name != headline.text
        and not re.search(r"[。！？：:]", name)
    ]  # fmt: skip
    if not names:
        return
    named = [n for n, words, _ in names if markers.UNNAMED_SOURCE.search(words)]
    media = [n for n, _, _ in names if markers.MEDIA_NAME.search(n)]
    value = named[0] if named else media[0] if media else names[0][0] if len(block.text) <= 60 else None
    if value:
        found.line.values["source"] = value
        found.line.rules["source"] = "beside the time, unlabelled"


def joined(block: Block) -> str:
    """A block's text with a gap where its inline elements meet."""
    if len(block.pieces) < 2:
        return block.text
    return " ".join(GAP.join(piece.strip() for piece, _ in block.pieces if piece.strip()).split(" "))


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
    document: Document, headline: Title, body: Body | None, zone: ZoneInfo, now: datetime
) -> tuple[Dateline, Block] | None:
    best: tuple[float, Dateline, Block] | None = None
    for index in _window(document, headline, body):
        block = document.blocks[index]
        if index == headline.block or block.hidden or len(block.text) > 200 or len(block.text) < 4:
            continue
        if len(block.text) > 60 and block.marks >= 2 and not _COLON_LABEL.search(block.text):
            continue
        if not _TIME_SIGNS.search(block.text) and not _labelled(block.text):
            continue
        text = joined(block)
        if _YEAR.fullmatch(text) and index + 2 < len(
            document.blocks
        ):  # year, day and time in boxes of their own
            text = " ".join(
                [text, *(joined(b) for b in document.blocks[index + 1 : index + 3] if len(b.text) <= 14)]
            )
        line = dateline.read(text, zone, now, loose=True)
        score = _score(document, headline, block, line)
        if score is not None and (best is None or score > best[0]):
            best = (score, line, block)
    return (best[1], best[2]) if best is not None else None


_SIGNS = re.compile("来源|编辑|作者|來源|记者|责编|来自|稿源|采写|撰文|文/|文丨|編輯")
_COLON_LABEL = re.compile(r"(?:时间|日期|来源|稿源|编辑|作者|来自|责编|Source|來源|時間)\s*[:：]")
_TIME_SIGNS = re.compile(r"\d[-/.:年月：]\s?\d|前|昨|今|刚|20\d\d")


def _labelled(text: str) -> bool:
    return _SIGNS.search(text) is not None


def _score(document: Document, headline: Title, block: Block, line: Dateline) -> float | None:
    """How much a line looks like the dateline of this article; None when not at all."""
    if line.moment is None and not line.values:
        return None
    if line.moment is not None and not line.labels:
        sentence = block.marks >= 2 and len(block.text) > 40
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
    words = document.nodes[block.node].words
    if markers.META_WORDS.search(words) or any(markers.META_WORDS.search(w) for _, w in block.pieces if w):
        score += 1.0
    if block.link_chars > len(block.text) * 0.6 and not _outside_links(block, line):
        score -= 3.0
    if re.search(r"今天是|现在是|欢迎|农历|Copyright|版权|ICP", block.text):
        score -= 4.0
    if headline.block >= 0:
        distance = block.index - headline.block
        score += 2.0 - 0.12 * distance if distance > 0 else 0.3 + 0.2 * distance
    return score if score > 0.5 else None


def _outside_links(block: Block, line: Dateline) -> bool:
    """True when the time itself is no link's text (a date beside a row of links)."""
    if line.moment is None:
        return False
    year = line.moment.day[:4]
    return not any(year in link.text for link in block.links)


def _neighbours(
    document: Document, block: Block, body: Body | None, found: Found, zone: ZoneInfo, now: datetime
) -> None:
    """The rest of a dateline that is split over blocks: short labelled lines right beside it."""
    limit = body.first if body is not None else len(document.blocks)
    result = found.line
    for step in (1, -1):
        index = block.index + step
        while 0 <= index < len(document.blocks) and abs(index - block.index) <= 6:
            near = document.blocks[index]
            if len(near.text) > 80 or near.marks > 1 or near.tag in ("h1", "h2"):
                break
            line = dateline.read(joined(near), zone, now)
            if (
                line.labels
                and line.values
                or (line.moment is not None and (result.moment is None or line.labels))
            ):
                if index >= limit and not line.labels:
                    break
                _take(result, line, "dateline")
                found.used.add(index)
                result.raw = f"{result.raw} {line.raw}" if step > 0 else f"{line.raw} {result.raw}"
            elif index >= limit:
                break
            index += step


_LAST_BRACKET = re.compile(r"[(（【\[〔][^()（）【】\[\]]{2,40}[)）】\]〕]\s*$")


def last_lines(document: Document, body: Body, result: Dateline, zone: ZoneInfo, now: datetime) -> None:
    """Editor, source and author from the lines at the text's end (责任编辑：张三, （责编：…）) and the lead's byline."""
    blocks = document.blocks
    if not body.kept:
        return
    end = body.kept[-1]
    behind = list(range(end + 1, min(len(blocks), end + 25)))
    text_end = [end, *reversed([i for i in body.kept if i < end][-4:])]
    signed = [
        i
        for i, why in body.cut.items()
        if i < end and why in ("editor line", "source line", "author line", "credits")
    ]
    places = [*behind, *text_end, *signed[-8:]]
    for colons in (True, False):  # 责任编辑：… counts before a by-line without a colon
        for index in places:
            text = blocks[index].text
            if blocks[index].hidden or not _labelled(text) or _is_labelled_line(text) != colons:
                continue
            line = _signature(blocks[index], zone, now)
            if line is not None and line.labels:
                line.moment = None
                _take(result, line, "last lines")
    if "author" not in result.values:
        _byline(document, body, result)


def _signature(block: Block, zone: ZoneInfo, now: datetime) -> Dateline | None:
    """What a line at the text's end says: the whole of it when it is nothing else, else its last bracket."""
    text = block.text
    if len(text) <= 120 and _is_labelled_line(text):
        return dateline.read(joined(block), zone, now)
    tail = _LAST_BRACKET.search(text)
    if tail is not None and _labelled(tail[0]):
        return dateline.read(tail[0], zone, now)
    if block.marks > 1 or len(text) > 60:
        return None
    return dateline.read(joined(block), zone, now)


def _byline(document: Document, body: Body, result: Dateline) -> None:
    """（记者 张三） in the lead, or a line that is nothing but a by-line at either end of the text."""
    lead, end = body.kept[:6], body.kept[-3:]
    for place, index in enumerate([*lead, *end]):
        text = document.blocks[index].text
        match = markers.BYLINE.search(text[:120]) if place < 3 else None
        if match is None and len(text) <= 40:
            match = markers.NAME_LINE.fullmatch(text)
        if match is not None:
            result.values["author"] = " ".join(match["names"].split())
            result.rules["author"] = "byline"
            return


def _is_labelled_line(text: str) -> bool:
    return any(p.fullmatch(text) for p in (markers.EDITOR_LINE, markers.SOURCE_LINE, markers.AUTHOR_LINE))


def _head(document: Document, result: Dateline, zone: ZoneInfo, now: datetime) -> None:
    """What the page's head and scripts say, only where the page itself shows nothing (or only the day)."""
    found, rule = _meta_time(document, zone)
    if found is not None and result.moment is None:
        _settle(document, result, found, zone)
    if found is None and result.moment is None:
        found, rule = _script_time(document, zone)
    if found is not None and (
        result.moment is None
        or (result.moment.precision == "day" and found.precision != "day" and found.day == result.moment.day)
    ):
        result.moment = found
        result.rules["published_at"] = rule
    for name, keys in (("source", _META_SOURCES), ("author", _META_AUTHORS), ("editor", _META_EDITORS)):
        if name in result.values:
            continue
        for key in keys:
            value = document.meta.get(key, "").strip()
            if (
                2 <= len(value) <= 20
                and not value.startswith("http")
                and not re.search(r"[@,，/\d]", value)
                and _is_name(name, value, document)
            ):
                result.values[name] = value
                result.rules[name] = f"meta {key}"
                break


def _settle(document: Document, result: Dateline, known: Moment, zone: ZoneInfo) -> None:
    """06/02/2022 may be February or June: the day that the head states decides, and the page's clock time is taken."""
    for block in document.blocks:
        if len(block.text) > 80 or block.text.count("/") < 2:
            continue
        for found in moment.slashed(moment.fold(block.text), zone):
            if found.day == known.day and found.precision != "day":
                result.moment = found
                result.raw = result.raw or block.text
                result.rules["published_at"] = "dateline, its day settled by the head"
                return


def _is_name(name: str, value: str, document: Document) -> bool:
    """A meta author that is the site itself is no author."""
    if name != "author":
        return True
    return value not in document.head_title and not markers.SITE_WORDS.search(value) and not value.isascii()


def _meta_time(document: Document, zone: ZoneInfo) -> tuple[Moment | None, str]:
    for key in _META_TIMES:
        value = document.meta.get(key)
        if value:
            found = moment.find(value, zone, datetime.now(UTC)) or _epoch(value, zone)
            if found is not None:
                return found, f"meta {key}"
    for kind, text in document.scripts:
        if "ld+json" in kind and len(text) < 200_000:
            found = _json_ld(text, zone)
            if found is not None:
                return found, "JSON-LD"
    return None, ""


def _json_ld(text: str, zone: ZoneInfo) -> Moment | None:
    try:
        data: Any = json.loads(text.strip())
    except (ValueError, RecursionError):
        match = re.search(r'"(?:datePublished|pubDate)"\s*:\s*"([^"]{8,40})"', text)
        return moment.find(match[1], zone, datetime.now(UTC)) if match else None
    todo = [data]
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo.extend(item[:20])
        elif isinstance(item, dict):
            value = item.get("datePublished") or item.get("pubDate")
            if isinstance(value, str):
                found = moment.find(value, zone, datetime.now(UTC))
                if found is not None:
                    return found
            todo.extend(v for v in item.values() if isinstance(v, (dict, list)))
    return None


def _script_time(document: Document, zone: ZoneInfo) -> tuple[Moment | None, str]:
    for _, text in document.scripts:
        if len(text) > 500_000:
            continue
        for match in _SCRIPT_TIME.finditer(text):
            found = moment.find(match[1], zone, datetime.now(UTC)) if match[1] else None
            found = found or _epoch(match[1] or match[2], zone)
            if found is not None:
                return found, "script"
    return None, ""


def _epoch(value: str, zone: ZoneInfo) -> Moment | None:
    if not re.fullmatch(r"1\d{9}(?:\d{3})?", value):
        return None
    local = datetime.fromtimestamp(int(value[:10]), zone)
    return Moment(local.isoformat(timespec="seconds"), "second", 0, len(value), "full")
