"""Times, sizes and numbers as these reports print them; pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from shlex import quote
from zoneinfo import ZoneInfo

from newscrawler.items import DEFAULT_ZONE

ZONE = ZoneInfo(DEFAULT_ZONE)
"""The site's time zone: its days are the days of a report, wherever the machine stands."""


def local(stored: str | None) -> str:
    """A stored time (ISO 8601 UTC) to the minute in the site's zone: ``2025-09-30 23:57``; "-" for none."""
    if not stored:
        return "-"
    try:
        return f"{datetime.fromisoformat(stored).astimezone(ZONE):%Y-%m-%d %H:%M}"
    except ValueError:
        return stored


def span(seconds: float) -> str:
    """A length of time in at most two units: ``45 s``, ``12 min``, ``3 h 20 min``, ``5 days``."""
    whole = max(0, int(seconds))
    if whole < 120:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(hours / 24)} days"


def size(octets: float) -> str:
    """Bytes in binary units: ``512 B``, ``16.4 KiB``, ``2.1 GiB``."""
    amount = float(octets)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 address``, ``2,400 addresses``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def width(text: str) -> int:
    """Columns that ``text`` takes at a terminal; Han characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def cut(text: str, columns: int) -> str:
    """``text`` on one line, white space as single spaces, within so many columns; see fit()."""
    return fit(" ".join(text.split()), columns)


def fit(line: str, columns: int) -> str:
    """``line`` within so many columns, with ``…`` at its end where something was cut."""
    if width(line) <= columns:
        return line
    kept = ""
    for letter in line:
        if width(kept + letter) > columns - 1:
            break
        kept += letter
    return kept.rstrip() + "…"


_NOTE = "   # "
"""Between a command and what is said of it, often another command."""

_OF_AN_ARCHIVE = re.compile(r"\bnewscrawler (?:doctor|explain|export|failures|ledger|retry|troubles)\b")


def for_archive(command: str, archive: str | None) -> str:
    """``command``, and those in its notes, so that it means ``archive``; None: the usual one, as it is."""
    if archive is None:
        return command
    return _NOTE.join(_for_archive(part, quote(archive)) for part in command.split(_NOTE))


def _for_archive(command: str, archive: str) -> str:
    if _OF_AN_ARCHIVE.search(command):
        return f"{command} --archive {archive}"
    return f"{command} -s ARCHIVE_PATH={archive}" if "scrapy crawl " in command else command


def printable(text: str, line_end: str = " ") -> str:
    """``text`` without characters that could steer a terminal; its line ends as ``line_end``."""
    return "".join(line_end if c == "\n" else c for c in text if c == "\n" or c.isprintable())
