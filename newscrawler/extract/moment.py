"""Times as Chinese pages print them: to a local date and time with the precision that was really given."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from newscrawler.extract import clocks, traditional

_CLOCK = (
    r"(?:[\sT,，|]*(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?\s*(?:\(?(?P<before{0}>"
    + clocks.NAMES
    + r")\)?)?\s*(?P<half{0}>上午|下午|晚上|晚间|早上|凌晨|中午|傍晚|AM|PM)?[\s:]*"
    r"(?P<hour{0}>[01]?\d|2[0-4])\s*[:时点]\s*(?P<minute{0}>[0-5]\d)(?:\s*[:分]\s*(?P<second{0}>[0-5]\d))?分?(?:\.\d+)?"
    r"\s*(?P<half2{0}>AM|PM)?(?P<zone{0}>Z|\+\d\d:?\d\d|(?(second{0})-\d\d:?\d\d|(?!)))?(?:\s*\(?(?P<behind{0}>"
    + clocks.NAMES
    + r")\)?)?)?"
)
_FULL = re.compile(
    r"(?<![\d.])(?<!\d/)(?P<year>(?:19|20)\d\d)\s*(?:[-/._]|年|\s-\s|(?=\s\d\d\s?[-/]\s?\d\d))\s*(?P<month>1[0-2]|0?[1-9])\s*(?:[-/._]|月)\s*"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?![\d])\s*[日号]?" + _CLOCK.format("1"),
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>1[0-2]|0[1-9])(?P<day>3[01]|[12]\d|0[1-9])(?!\d)")
_SHORT = re.compile(
    r"(?<![\d/.\-])(?P<month>1[0-2]|0?[1-9])\s*(?:[-/]|月)\s*(?P<day>3[01]|[12]\d|0?[1-9])(?![\d/%-])(?:\s*日)?"
    + _CLOCK.format("2")
)
_TWO_DIGIT = re.compile(
    r"(?<![\d/.\-])(?P<year>[012]\d)-(?P<month>1[0-2]|0?[1-9])-(?P<day>3[01]|[12]\d|0?[1-9])(?![\d-])"
    + _CLOCK.format("4")
)
LEAF = 12
"""The longest text of a calendar's leaf."""
_LEAF = re.compile(
    r"\s*(?:(?P<first>\d{1,2})日?\s*)?(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*(?:月|(?=\s|$|\d\d\D?\s*$))"
    r"\s*(?(first)|(?P<last>\d{1,2})日?)\s*"
)
"""A day in a box of its own over or under its month (30, 2025-09), as many lists print it."""
_SLASHED = re.compile(
    r"(?<![\d/])(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>(?:19|20)\d\d)(?!\d)(?:\s*-\s*(?=\d))?"
    + _CLOCK.format("5"),
    re.IGNORECASE,
)
_MINGUO = re.compile(
    r"(?<![\d/.-])(?:民国\s*(?P<named>\d{2,3})|(?P<bare>1[0-4]\d))\s*(?:年|[-/](?=\d\d[-/]\d\d(?!\d)))\s*"
    r"(?P<month>1[0-2]|0?[1-9])\s*[月/-]\s*(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s*日?" + _CLOCK.format("7")
)
"""民國114年9月30日, 114/09/30: the year as Taiwan's offices count it, from 1912 as the first."""
_CLOCK_BEFORE = re.compile(
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?\s*(?P<half>AM|PM)?[\s,，]+$",
    re.IGNORECASE,
)
"""8:30am 30/09/2025: the clock before the day."""
_AGO = re.compile(r"(?P<count>\d{1,3}|半)\s*个?(?P<unit>秒|分钟?|小时|天|日|周|星期|月)(?:之?前|以前)")
_DAY_WORD = re.compile(r"(?P<word>今天|今日|昨天|昨日|前天)(?!的|就|也)" + _CLOCK.format("3"))
_NOW = re.compile(r"(?:^|[\s|(:：·])刚刚(?=$|[\s|)])")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH = re.compile(
    r"\b(?:(?P<d1>\d{1,2})\s+)?(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<year>20\d\d)\b(?:\s+at\b)?"
    + _CLOCK.format("6"),
    re.IGNORECASE,
)
_SECONDS = {"秒": 1, "分": 60, "分钟": 60, "小时": 3600}
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30}


@dataclass(slots=True)
class Moment:
    """A printed time: ISO text with the zone's offset (or the day alone), its precision, and where it
    stood.
    """

    iso: str
    precision: str
    start: int
    end: int
    kind: str
    """``full``, ``short`` (no year), ``relative``, ``compact``, ``english``."""
    printed: str = ""
    """ISO text by the clock it was stated in, where that is named and another than UTC and the site's:
    a page may show its own (2025-09-30T11:00+02:00 as 11:00). Many a page calls its own clock UTC.
    """
    about: bool = False
    """Counted back from when the page was fetched (25分钟前): as exact as what was counted, and no more."""

    @property
    def day(self) -> str:
        """YYYY-MM-DD."""
        return self.iso[:10]


def fold(text: str) -> str:
    """``text`` with full-width forms made plain and traditional characters simplified, one character for one
    (so positions keep).
    """
    if text.isascii():
        return text
    return traditional.simplified(_FOLDABLE.sub(_fold1, text))


_FOLDABLE = re.compile("[\u2000-\u2002\u2004-\u2011\u2024\u2028-\u3000\u3012-\u4dff\ua000-\U0010ffff]")
"""Neither Latin nor Han, nor the wide blank (U+2003) that stands for a gap between two elements, nor dashes,
quotes and Chinese stops, which are plain already.
"""


@lru_cache(maxsize=1024)
def _plain(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _fold1(match: re.Match[str]) -> str:
    return _plain(match[0])


def find(text: str, zone: ZoneInfo, now: datetime, *, loose: bool = False) -> Moment | None:
    """The first time in ``text`` (folded). ``loose`` also takes forms without a year (09-30 23:57,
    3小时前, 昨天).
    """
    dated = "20" in text or "19" in text
    found = _with_year(text, zone) if dated else None
    if found is None and ("1" in text or "民" in text) and (match := _MINGUO.search(text)):
        year = 1911 + int(match["named"] or match["bare"])
        found = _absolute(match, year, "7", zone, "full") if year <= now.year + 1 else None
    if found is not None and found.precision == "day" and found.kind == "full" and ":" in text:
        found = _clocked(text, found, zone)
    if found is None and loose:
        found = (_leaf(text) if dated and len(text) <= LEAF else None) or _loose(text, zone, now)
    return found


def _clocked(text: str, day: Moment, zone: ZoneInfo) -> Moment:
    """``day`` with the clock time that stands right before it."""
    clock = _CLOCK_BEFORE.search(text, 0, day.start)
    if clock is None:
        return day
    hours = int(clock["hour"]) % (12 if clock["half"] else 24)
    hours += 12 * (clock["half"] is not None and clock["half"].upper() == "PM")
    local = datetime.fromisoformat(day.iso).replace(
        hour=hours, minute=int(clock["minute"]), second=int(clock["second"] or 0), tzinfo=zone
    )
    precision = "second" if clock["second"] else "minute"
    return Moment(local.isoformat(timespec="seconds"), precision, clock.start(), day.end, "full")


def _with_year(text: str, zone: ZoneInfo) -> Moment | None:
    for match in _FULL.finditer(text):
        found = _absolute(match, int(match["year"]), "1", zone, "full")
        if found is not None:
            return found
    if text.count("/") > 1:
        sure = {found.day: found for found in slashed(text, zone)}
        if len(sure) == 1:
            return next(iter(sure.values()))
    for match in _ENGLISH.finditer(text):
        day = int(match["d1"] or match["d2"] or 0)
        found = _moment(
            match, int(match["year"]), MONTHS.index(match["name"].lower()) + 1, day, "6", zone, "english"
        )
        if found is not None:
            return found
    return None


def _leaf(text: str) -> Moment | None:
    match = _LEAF.fullmatch(text)
    if match is None:
        return None
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["first"] or match["last"]))
    except ValueError:
        return None
    return Moment(day.isoformat(), "day", 0, len(text), "full")


_LOOSE_SIGNS = re.compile("[前刚今昨月/-]")
"""What each form without a year needs."""


def _loose(text: str, zone: ZoneInfo, now: datetime) -> Moment | None:
    if _LOOSE_SIGNS.search(text) is None:
        return None
    local = now.astimezone(zone)
    if match := _AGO.search(text):
        # An hour is no minute: 3小时前 covers sixty of them, and would name another one at every visit.
        # The day is what it says for sure, but for the hour around midnight.
        half, unit = match["count"] == "半", match["unit"]
        count = 0.5 if half else int(match["count"])
        if unit in _SECONDS:
            then = local - timedelta(seconds=count * _SECONDS[unit])
            minute = unit != "小时"
            iso = then.replace(second=0).isoformat(timespec="seconds") if minute else then.date().isoformat()
            precision = "minute" if minute else "day"
            return Moment(iso, precision, match.start(), match.end(), "relative", about=True)
        then = local - timedelta(days=count * _DAYS[unit])
        return Moment(then.date().isoformat(), "day", match.start(), match.end(), "relative", about=True)
    if match := _NOW.search(text):
        return Moment(
            local.replace(second=0).isoformat(timespec="seconds"),
            "minute",
            match.start(),
            match.end(),
            "relative",
            about=True,
        )
    if match := _DAY_WORD.search(text):
        then = local - timedelta(days={"今": 0, "昨": 1, "前": 2}[match["word"][0]])
        return _moment(match, then.year, then.month, then.day, "3", zone, "relative")
    if match := _TWO_DIGIT.search(text):
        found = _absolute(match, 2000 + int(match["year"]), "4", zone, "short")
        if found is not None:
            return found
    for match in _SHORT.finditer(text):
        found = _absolute(match, local.year, "2", zone, "short")
        if found is not None and found.day > (local + timedelta(days=1)).date().isoformat():
            found = _absolute(
                match, local.year - 1, "2", zone, "short"
            )  # the last one that is not in the future
        if found is not None:
            return found
    return None


def slashed(text: str, zone: ZoneInfo) -> list[Moment]:
    """Every reading of a time such as 06/02/2022 - 13:48: day first, and month first."""
    match = _SLASHED.search(text)
    if match is None:
        return []
    one, two = int(match["one"]), int(match["two"])
    readings = [
        _moment(match, int(match["year"]), m, d, "5", zone, "full")
        for d, m in ((one, two), (two, one))
        if m <= 12
    ]
    return [reading for reading in readings if reading is not None]


def compact(text: str, zone: ZoneInfo) -> Moment | None:
    """A day run together (20250930), as some listings and addresses print it."""
    match = _COMPACT.search(text) if "20" in text else None
    return _absolute(match, int(match["year"]), None, zone, "compact") if match else None


def _absolute(match: re.Match[str], year: int, group: str | None, zone: ZoneInfo, kind: str) -> Moment | None:
    return _moment(match, year, int(match["month"]), int(match["day"]), group, zone, kind)


_PARTS = {
    group: [
        f"{part}{group}" for part in ("hour", "minute", "second", "half", "half2", "zone", "before", "behind")
    ]
    for group in "1234567"
}
"""The names of a clock's parts in each pattern, asked for at once."""


def _moment(
    match: re.Match[str], year: int, month: int, day: int, group: str | None, zone: ZoneInfo, kind: str
) -> Moment | None:
    try:
        only = date(year, month, day)
    except ValueError:
        return None
    if group is None or match[f"hour{group}"] is None:
        return Moment(only.isoformat(), "day", match.start(), match.end(), kind)
    hour, minute, second, half, half2, offset, before, behind = match.group(*_PARTS[group])
    half = (half or half2 or "").upper()
    hours = int(hour) % 24
    if half in ("下午", "晚上", "晚间", "傍晚", "PM") and hours < 12:
        hours += 12
    local = datetime(year, month, day, hours, int(minute), int(second or 0), tzinfo=zone)
    printed = ""
    if offset:
        offset = "+00:00" if offset in "Zz" else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
        try:
            own = datetime.fromisoformat(local.replace(tzinfo=None).isoformat() + offset)
        except ValueError:
            return None
        local = own.astimezone(zone)
        if own.utcoffset() and own.utcoffset() != local.utcoffset():
            printed = own.replace(tzinfo=None).isoformat(timespec="seconds")
    elif clock := before or behind:
        moved = clocks.moved(local.replace(tzinfo=None), clock, zone)
        if moved is None:
            return Moment(only.isoformat(), "day", match.start(), match.end(), kind)
        local = moved
    return Moment(
        local.isoformat(timespec="seconds"),
        "second" if second else "minute",
        match.start(),
        match.end(),
        kind,
        printed,
    )
