"""Whose clock a printed time is by: 格林尼治标准时间10:41, 09:40 (东京时间), 10:41 GMT, UTC+8."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ZONES = {
    "格林": "UTC", "世界": "UTC", "协调": "UTC", "UTC": "UTC", "GMT": "UTC",
    "北京": "Asia/Shanghai", "CST": "Asia/Shanghai", "BJT": "Asia/Shanghai",
    "香港": "Asia/Hong_Kong", "HKT": "Asia/Hong_Kong", "澳门": "Asia/Macau",
    "台北": "Asia/Taipei", "台湾": "Asia/Taipei",
    "新加": "Asia/Singapore", "SGT": "Asia/Singapore",
    "吉隆": "Asia/Kuala_Lumpur", "马来": "Asia/Kuala_Lumpur", "大马": "Asia/Kuala_Lumpur",
    "东京": "Asia/Tokyo", "日本": "Asia/Tokyo", "JST": "Asia/Tokyo",
    "首尔": "Asia/Seoul", "韩国": "Asia/Seoul", "KST": "Asia/Seoul",
    "美东": "America/New_York", "美国": "America/New_York", "纽约": "America/New_York",
    "ET": "America/New_York", "EDT": "America/New_York",
    "伦敦": "Europe/London", "巴黎": "Europe/Paris", "柏林": "Europe/Berlin",
}  # fmt: skip
"""The beginning of a name -> its zone: Greenwich, world, coordinated; Beijing, Hong Kong, Macau, Taipei …"""
NAMES = (
    r"格林(?:尼治|威治)(?:标准)?时间|(?:协调世界|世界协调)时间?|世界标准时间|美国东部(?:夏令|标准)?时间|美东(?:夏令|标准)?时间|"
    r"(?:北京|香港|澳门|台北|台湾|新加坡|吉隆坡|马来西亚|大马|东京|日本|首尔|韩国|纽约|伦敦|巴黎|柏林)(?:标准)?时间|"
    r"(?:UTC|GMT)(?:\s?[+-]\s?\d\d?(?::?[0-5]\d)?)?(?![A-Za-z\d])|(?:CST|BJT|HKT|SGT|JST|KST|EDT|EST|ET|[MP][SD]?T)(?![A-Za-z])"
)
"""What stands before or behind a clock time and says whose it is."""
_OFFSET = re.compile(r"([+-])\s?(\d\d?):?(\d\d)?$")


def moved(local: datetime, name: str, site: ZoneInfo) -> datetime | None:
    """``local`` (naive) by the clock ``name``, in the site's zone. None where that clock is not known, or
    shows this time twice (the hour in which summer time ends): then only the day is sure.
    """
    offset = _OFFSET.search(name)
    if offset is not None:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if ahead >= timedelta(hours=15):
            return None
        zone: tzinfo = timezone(ahead if offset[1] == "+" else -ahead)
    else:
        key = name.upper() if name.isascii() else name[:2]
        try:
            zone = ZoneInfo(_ZONES[key])
        except (KeyError, ZoneInfoNotFoundError):
            return None
    there = local.replace(tzinfo=zone)
    return there.astimezone(site) if there.utcoffset() == there.replace(fold=1).utcoffset() else None
