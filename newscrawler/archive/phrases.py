"""The phrases of a text by which it is looked for: those with the smallest CRC-32. Pure.

A phrase is the five characters behind a rare one: rare are all but the 280 most frequent of Chinese. So it
holds a name or a term more often than 的情况下 does, and is found in fewer unrelated texts: it is these that
make the lists of an index long. Punctuation ends it: moved sentences keep their phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from zlib import crc32

_FREQUENT = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员"
    "解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件"
    "计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书"
)
_PHRASE = re.compile(f"[^\x00-\u4dff\ua000-\U0010ffff{_FREQUENT}](?=([\u4e00-\u9fff]{{5}}))")

_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")

LONG = 1000
"""Characters from which on it pays to ask first which phrases may have a small CRC."""


def smallest(text: str, count: int) -> dict[int, str]:
    """The phrases with the ``count`` smallest CRCs, by these, smallest first; all where there are fewer."""
    found = _by_crc(_PHRASE.findall(text)) if len(text) < LONG else _likely(text, count)
    return {crc: found[crc] for crc in sorted(found)[:count]}


def _by_crc(phrases: Iterable[str]) -> dict[int, str]:
    return {crc32(phrase.encode()): phrase for phrase in phrases}


def _likely(text: str, count: int) -> dict[int, str]:
    """The phrases with the smallest CRCs, by these: ``count`` at least if there are so many.

    The first byte of the CRC tells which may be among them. A CRC is linear: this byte is the exclusive or of
    what each byte of UTF-16 adds to it. So it is had of all places at once, in numbers of a byte for each.
    """
    both = units(text)
    low, high = both[::2], both[1::2]
    first = 0
    for at, (of_low, of_high) in enumerate(_tables()):
        first ^= (_number(low.translate(of_low)) ^ _number(high.translate(of_high))) >> 8 * at
    firsts = (first >> 8).to_bytes(len(text), "little")  # of the phrase behind each character
    pairs = _number(high.translate(_CHINESE))
    pairs &= pairs >> 8
    sixes = pairs & pairs >> 16 & pairs >> 32
    wanted = 4 * count  # two in three may stand behind a frequent character
    while True:
        limit = min(256, 256 * wanted // max(1, sixes.bit_count() // 8))
        small = sixes & _number(firsts.translate(b"\xff" * limit + b"\0" * (256 - limit)))
        places = [found.start() for found in _SET.finditer(small.to_bytes(len(text), "little"))]
        found = _by_crc([text[at + 1 : at + 6] for at in places if text[at] not in _FREQUENT])
        if len(found) >= count or limit == 256:
            return found
        wanted *= 2


_CHINESE = bytes(255 if 0x4E <= high < 0xA0 else 0 for high in range(256))
_SET = re.compile(b"\xff")


@cache
def _tables() -> list[tuple[bytes, bytes]]:
    """What the low and the high byte of each of a phrase's characters add to the first byte of its CRC."""

    def first_byte(at: int, character: int) -> int:
        return crc32(("一" * at + chr(character) + "一" * (4 - at)).encode()) >> 24

    begun, tables = first_byte(0, 0x4E00), []
    for at in range(5):
        low = bytes(first_byte(at, 0x4E00 + low) ^ (begun if at else 0) for low in range(256))
        high = bytes(first_byte(at, high << 8) ^ begun if _CHINESE[high] else 0 for high in range(256))
        tables.append((low, high))
    return tables


def _number(bytes_: bytes) -> int:
    return int.from_bytes(bytes_, "little")


def units(text: str) -> bytes:
    """UTF-16, two bytes for each character: a private one in place of one beyond 16 bits (an emoji)."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) > 2 * len(text):
        units = _BEYOND_16_BITS.sub(lambda m: chr(0xE000 + ord(m[0]) % 0x1000), text).encode("utf-16-le")
    return units
