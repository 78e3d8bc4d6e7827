"""What a page's head and scripts say of time, source and author: a fallback only."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newscrawler.extract import markers, moment, timetag
from newscrawler.extract.dateline import Dateline
from newscrawler.extract.document import Document
from newscrawler.extract.moment import Moment

_META_TIMES = (
    "article:published_time",
    "og:release_date",
    "publishdate",
    "pubdate",
    "publish_date",
    "publishtime",
    "publish_time",
    "dc.date",
    "dc.date.issued",
    "datepublished",
    "weibo:article:create_at",
    "apub:time",
    "release_date",
    "og:time",
    "article:create_at",
    "date",
    "_pubtime",
    "pubtime",
    "firstpublished",
    "bytedance:published_time",
    "parsely-pub-date",
    "sailthru.date",
)
_META_SOURCES = ("contentsource", "source", "mediaid", "article:source", "og:source")
_META_AUTHORS = ("author", "article:author", "og:article:author", "byl")
_META_EDITORS = ("editor", "responsibleeditor", "contenteditor")
_LD_AUTHOR = re.compile(r'"author"\s*:\s*\[?\s*\{[^{}]{0,400}\}')
_LD_NAME = re.compile(r'"name"\s*:\s*("(?:[^"\\]|\\.){1,60}")')
_SCRIPT_TIME = re.compile(
    r"""[AaCcDdPp](?<!\w.)(?i:(?<=a)rticle_?time|(?<=c)(?:reate_?time|_?t(?:ime)?)|(?<=d)ate_?published"""
    r"""|(?<=p)(?:ub_?(?:time|date)|ublish_?(?:time|date|at)|time))["']?\s*[:=]\s*"""
    r"""(?:["']([^"'<>]{8,40})["']|(\d{10}(?:\d{3})?)\b)"""
)
"""articleTime, create_time, c_t, datePublished, pubdate, publish_at, ptime …: written so that ``re`` looks
for the first letters alone (see markers.SUSPECT).
"""
_WEEKDAY = re.compile("(?:星期|周)[一二三四五六日天]")
_DAY_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/_]?(?P<month>1[0-2]|0[1-9])(?:[-/_]?(?P<day>3[01]|[12]\d|0[1-9]))?(?!\d)"
)
"""/2025/09/30/, /20250930/, /2025-09/."""


def fill(document: Document, result: Dateline, zone: ZoneInfo, now: datetime) -> None:
    """What the page's head and scripts say, only where the page itself shows nothing (or only the day)."""
    found, rule = _meta_time(document, zone)
    if found is not None and result.moment is None:
        _settle(document, result, found, zone)
    if found is None and result.moment is None:
        found, rule = _script_time(document, zone)
    if found is not None and (
        result.moment is None
        or (result.moment.precision == "day" and found.precision != "day" and found.day == result.moment.day)
        or timetag.by_own_clock(result.moment, found)
        or _is_todays(result, found)
    ):
        result.moment = found
        result.rules["published_at"] = rule
    if result.moment is not None and result.moment.kind == "short":
        _settle_year(document, result, found or _script_time(document, zone)[0], zone)
    for name, keys in (("source", _META_SOURCES), ("author", _META_AUTHORS), ("editor", _META_EDITORS)):
        if name in result.values:
            continue
        for key in keys:
            value = document.meta.get(key, "").strip()
            if is_name(name, value, document):
                result.values[name] = value
                result.rules[name] = f"meta {key}"
                break
    if (
        "author" not in result.values
        and (person := _ld_person(document))
        and is_name("author", person, document)
    ):
        result.values["author"], result.rules["author"] = person, "JSON-LD"


def _is_todays(result: Dateline, stated: Moment) -> bool:
    """True for a day with its weekday and no label (2025年9月30日 星期二), later than the day that the head
    states: the day on which the page is looked at, as many sites show it over every page.
    """
    shown = result.moment
    return (
        shown is not None
        and shown.precision == "day"
        and not result.labels
        and _WEEKDAY.search(result.raw) is not None
        and stated.day < shown.day
    )


def _settle(document: Document, result: Dateline, known: Moment, zone: ZoneInfo) -> None:
    """06/02/2022 may be February or June: the day that the head states decides, and the page's clock
    time is taken.
    """
    for block in document.blocks:
        if len(block.text) > 80 or block.text.count("/") < 2:
            continue
        for found in moment.slashed(moment.fold(block.text), zone):
            if found.day == known.day and found.precision != "day":
                result.moment = found
                result.raw = result.raw or block.text
                result.rules["published_at"] = "dateline, its day settled by the head"
                return


def _settle_year(document: Document, result: Dateline, known: Moment | None, zone: ZoneInfo) -> None:
    """A page prints 08-21 15:36: the year is that of the same day in the head, in a script or in the
    address, whose day may be missing.
    """
    short = result.moment
    if short is None:
        return
    years = [known.day[:4]] if known is not None and known.day[5:] == short.day[5:] else []
    for match in _DAY_IN_ADDRESS.finditer(urlsplit(document.url).path):
        if match["month"] == short.day[5:7] and match["day"] in (None, short.day[8:]):
            years.append(match["year"])
    if not years or years[0] == short.day[:4]:
        return
    try:
        then = datetime.fromisoformat(years[0] + short.iso[4:])
    except ValueError:
        return  # the 29th of February
    iso = then.replace(tzinfo=zone).isoformat(timespec="seconds") if then.tzinfo else then.date().isoformat()
    result.moment = replace(short, iso=iso)


def is_name(name: str, value: str, document: Document) -> bool:
    """Whether ``value`` is a name; an author that is the site itself is none."""
    if not 2 <= len(value) <= 20 or value.startswith("http") or re.search(r"[@,，/\d]", value):
        return False
    if name != "author":
        return True
    return value not in document.head_title and not markers.SITE_WORDS.search(value) and not value.isascii()


def _meta_time(document: Document, zone: ZoneInfo) -> tuple[Moment | None, str]:
    for key in _META_TIMES:
        value = document.meta.get(key) or (":" in key and document.meta.get(key.replace(":", ": ", 1)))
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


def _ld_person(document: Document) -> str | None:
    """The first author in JSON-LD that is said to be a person."""
    for kind, text in document.scripts:
        if "ld+json" not in kind or "author" not in text:
            continue
        author = _LD_AUTHOR.search(text)
        name = _LD_NAME.search(author[0]) if author is not None and "Person" in author[0] else None
        if name is not None:
            try:
                return str(json.loads(name[1])).strip()
            except ValueError:
                return None
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
