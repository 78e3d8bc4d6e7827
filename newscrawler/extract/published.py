"""Where the page's own time, source, editor and author stand: under the headline, in the last lines, else in the head."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from newscrawler.extract import dateline, markers, moment
from newscrawler.extract.body import Body
from newscrawler.extract.dateline import FIELDS, GAP, Dateline
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
_SCRIPT_TIME = re.compile(
    r"""["']?\b(?:pub_?time|publish_?(?:time|date|at)|pub_?date|ptime|date_?published|create_?time|ctime|article_?time|pubDate)["']?\s*[:=]\s*"""
    r"""(?:["']([^"'<>]{8,40})["']|(\d{10}(?:\d{3})?)\b)""",
    re.IGNORECASE,
)


def find(
    document: Document, headline: Title, body: Body | None, zone: ZoneInfo, now: datetime
) -> tuple[Dateline, set[int]]:
    """The page's dateline merged from its places, and the blocks that were used up by it."""
    used: set[int] = set()
    result = Dateline()
    best = _best_line(document, headline, body, zone, now)
    if best is not None:
        line, block = best
        result.raw, result.labels = line.raw, line.labels
        if line.moment is not None and not line.modified:
            result.moment = line.moment
            result.rules["published_at"] = "dateline"
        for name, value in line.values.items():
            result.values[name] = value
            result.rules[name] = "dateline"
        used.add(block.index)
        _neighbours(document, block, body, result, used, zone, now)
    if body is not None:
        _last_lines(document, body, result, used, zone, now)
    _head(document, result, zone, now)
    if result.moment is None and best is not None and best[0].moment is not None and not best[0].modified:
        result.moment = best[0].moment
    return result, used


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
        if not any(c.isdigit() for c in block.text) and not _labelled(block.text):
            continue
        line = dateline.read(joined(block), zone, now, loose=True)
        score = _score(document, headline, block, line)
        if score is not None and (best is None or score > best[0]):
            best = (score, line, block)
    return (best[1], best[2]) if best is not None else None


def _labelled(text: str) -> bool:
    return any(sign in text for sign in ("来源", "编辑", "作者", "來源", "记者", "责编", "来自", "稿源"))


def _score(document: Document, headline: Title, block: Block, line: Dateline) -> float | None:
    """How much a line looks like the dateline of this article; None when not at all."""
    if line.moment is None and not line.values:
        return None
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
    if block.link_chars > len(block.text) * 0.6:
        score -= 3.0
    if re.search(r"今天是|现在是|欢迎|农历|Copyright|版权|ICP", block.text):
        score -= 4.0
    if headline.block >= 0:
        distance = block.index - headline.block
        score += 2.0 - 0.12 * distance if distance > 0 else 0.3 + 0.2 * distance
    return score if score > 0.5 else None


def _neighbours(
    document: Document,
    block: Block,
    body: Body | None,
    result: Dateline,
    used: set[int],
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """The rest of a dateline that is split over blocks: short labelled lines right beside it."""
    limit = body.first if body is not None else len(document.blocks)
    for step in (1, -1):
        index = block.index + step
        while 0 <= index < len(document.blocks) and abs(index - block.index) <= 6:
            near = document.blocks[index]
            if len(near.text) > 80 or near.marks > 1 or near.tag in ("h1", "h2"):
                break
            line = dateline.read(joined(near), zone, now)
            if line.values or line.moment is not None:
                for name, value in line.values.items():
                    if result.values.setdefault(name, value) == value:
                        result.rules.setdefault(name, "dateline")
                if result.moment is None and line.moment is not None and not line.modified:
                    result.moment = line.moment
                    result.rules["published_at"] = "dateline"
                used.add(index)
                result.raw = f"{result.raw} {line.raw}" if step > 0 else f"{line.raw} {result.raw}"
            elif index >= limit:
                break
            index += step


def _last_lines(
    document: Document, body: Body, result: Dateline, used: set[int], zone: ZoneInfo, now: datetime
) -> None:
    """Editor, source and author from the lines at the text's end (责任编辑：张三, （责编：…）)."""
    blocks = document.blocks
    end = min(len(blocks), body.last + 12)
    for index in range(end - 1, max(body.first, body.last - 30) - 1, -1):
        block = blocks[index]
        text = block.text
        if block.hidden or index in used or not _labelled(text):
            continue
        if len(text) > 120:
            tail = re.search(r"[(（【\[][^()（）【】\[\]]{2,40}[)）】\]]\s*$", text)
            if tail is None or not _labelled(tail[0]):
                continue
            text = tail[0]
            whole = False
        else:
            whole = True
        if whole and not any(
            p.fullmatch(text) for p in (markers.EDITOR_LINE, markers.SOURCE_LINE, markers.AUTHOR_LINE)
        ):
            tail = re.search(r"[(（【\[][^()（）【】\[\]]{2,40}[)）】\]]\s*$", text)
            if tail is not None and _labelled(tail[0]):
                text = tail[0]
            elif block.marks > 1:
                continue
        line = dateline.read(joined(block) if text == block.text else text, zone, now)
        for name, value in line.values.items():
            if name not in result.values:
                result.values[name] = value
                result.rules[name] = "last lines"


def _head(document: Document, result: Dateline, zone: ZoneInfo, now: datetime) -> None:
    """What the page's head and scripts say, only where the page itself shows nothing (or only the day)."""
    found, rule = _meta_time(document, zone)
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
    for script in document.scripts:
        if "ld+json" in (script.get("type") or "") and script.text and len(script.text) < 200_000:
            found = _json_ld(script.text, zone)
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
    for script in document.scripts:
        text = script.text
        if not text or len(text) > 500_000:
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


__all__ = ["FIELDS", "find", "joined"]
