"""Times as feeds, sitemaps and JSON state them: RFC 822, ISO 8601, Unix seconds, or as a page prints them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from newscrawler.extract import moment

_RFC_822 = re.compile(r"(?:[a-z]{3,9}\s*,?\s*)?\d{1,2}[\s-][a-z]{3}", re.IGNORECASE)
_JAVA = re.compile(
    r"[a-z]{3}\s+(?P<month>[a-z]{3})\s+(?P<day>\d{1,2})\s+(?P<time>\d\d:\d\d:\d\d)\s+(?P<zone>\w+)\s+(?P<year>\d{4})",
    re.IGNORECASE,
)
"""Tue Sep 30 23:57:37 CST 2025, as Java and Unix print it."""
_OWN_CLOCK = re.compile(r"\s+(?:CST|BJT|Asia/Shanghai)$", re.IGNORECASE)
"""Names of the site's own zone; for RFC 822 CST is Chicago's, which no Chinese site means."""
_MONTH = re.compile(
    r"(?:(?:星期|周).\s*[,，]\s*)?(?P<day>\d{1,2})\s+(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])月\s+(?P<year>\d{4})\b"
)
"""周一, 29 9月 2025 (Monday, September): RFC 822 as sites write it whose software speaks Chinese."""
_HAN = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
_RUN = re.compile(r"(20\d\d)(\d\d)(\d\d)([01]\d|2[0-3])([0-5]\d)([0-5]\d)")
"""20250929102000, all in one."""
_UNIX = re.compile(r"(1\d{9})(?:\d{3})?(?:\.\d+)?")
"""Seconds or milliseconds since 1970, from September 2001 on."""
LONGEST = 100
"""Characters; more is no time."""


def stamp(text: str | None, zone: ZoneInfo, now: datetime) -> str | None:
    """``text`` as ISO 8601 in the site's ``zone`` with its offset, or as a day (YYYY-MM-DD) where no more is
    stated; None where it is no time. A time without a zone is the site's own.
    """
    text = " ".join((text or "").split())
    if not text or len(text) > LONGEST:
        return None
    if found := _UNIX.fullmatch(text):
        return _local(datetime.fromtimestamp(int(found[1]), UTC), zone)
    if found := _JAVA.fullmatch(text):
        text = f"{found['day']} {found['month']} {found['year']} {found['time']} {found['zone']}"
    if "月" in text:
        text = _MONTH.sub(_in_english, text, count=1)
    elif len(text) == len("20250929102000"):
        text = _RUN.sub(r"\1-\2-\3 \4:\5:\6", text)
    if _RFC_822.match(text):
        try:
            return _local(parsedate_to_datetime(_OWN_CLOCK.sub("", text)), zone)
        except (ValueError, OverflowError):
            pass
    printed = moment.find(moment.fold(text), zone, now, loose=True) or moment.compact(text, zone)
    return printed.iso if printed else None


def _in_english(match: re.Match[str]) -> str:
    month = match["month"]
    number = _HAN.index(month) + 1 if month in _HAN else int(month)
    return f"{match['day']} {moment.MONTHS[number - 1]} {match['year']}" if 1 <= number <= 12 else match[0]


def _local(time: datetime, zone: ZoneInfo) -> str:
    aware = time.replace(tzinfo=zone) if time.tzinfo is None else time.astimezone(zone)
    return aware.replace(microsecond=0).isoformat()
