"""Bytes to text, once, at the door: header, byte order mark, meta and content weighed.

Chinese pages lie about their charset more often than others: a tool that believes the
declaration loses about a tenth of them. The bytes decide here: what is valid UTF-8 is UTF-8
(nothing else is by chance, unless it is tiny), the rest is gb18030 (a superset of gb2312
and gbk) unless the frequency of characters speaks for Big5 or for what is declared.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from newscrawler.extract.markers import FREQUENT_HAN

_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\r") + b"\x7f"
# No trail byte of UTF-8, gb18030 or Big5 lies in this range, so the cut is safe before decoding.

_META_CHARSET = re.compile(
    rb"""<meta\b[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE
)
_XML_CHARSET = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_ASCII = bytes(range(128))
_FREQUENT_RUN = re.compile(f"[{''.join(sorted(FREQUENT_HAN))}]+")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")

META_WINDOW = 8192
"""How far into a page a declaration is looked for (browsers look at 1024 bytes; templates grew)."""
SAMPLE = 1000
"""So many Han characters are looked at for their frequency."""
STRETCH = 16_000
"""The text is looked through in stretches of this length until the sample is full."""
CLEAR = 0.45
"""Running Chinese text decoded rightly has a larger share of frequent characters; decoded wrongly under
a fifth.
"""
SMALL_EVIDENCE = 40
"""Below this many bytes outside ASCII, valid UTF-8 may be chance and the declaration is asked too."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FAMILY = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030", "hz": "hz",
    "big5": "big5hkscs", "big5hkscs": "big5hkscs", "cp950": "big5hkscs",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page and how it was got."""

    text: str
    encoding: str
    """``utf-8``, ``gb18030``, ``big5``… as used."""
    why: str
    """Which evidence decided, in words."""
    utf8: bytes
    """The same text as UTF-8 bytes, what the parser takes."""


def _family(name: str | None) -> str | None:
    """The codec that really serves pages declared as ``name``; None when Python knows none of that name."""
    if not name:
        return None
    try:
        known = codecs.lookup(name).name
        "".encode(known)
    except (LookupError, ValueError):
        return None
    return _FAMILY.get(known, known)


def _cut(data: bytes, encoding: str) -> tuple[str, int]:
    """``data`` decoded without ever raising, half a character at the end left out; and how many bytes
    were bad.
    """
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data)
    return text, text.count("\ufffd") if "\ufffd" in text else 0  # looking takes a tenth of counting


def _commonness(text: str) -> float:
    """The share of frequent Han characters among the first Han characters of ``text``.

    Without its ASCII first (on bytes, where that is one pass in C): a quarter of a millisecond less on
    a page whose text stands behind styles and scripts.
    """
    rest = ""
    for start in range(0, len(text), STRETCH):
        if len(rest) >= 2 * SAMPLE:
            break
        stretch = text[start : start + STRETCH].encode("utf-8", "replace")
        rest += stretch.translate(None, _ASCII).decode("utf-8")
    han = "".join(_HAN_RUN.findall(rest[: 2 * SAMPLE]))[:SAMPLE]
    return sum(map(len, _FREQUENT_RUN.findall(han))) / len(han) if han else 0.0


def declared(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    """What header and meta say, in this order, as (codec, where it stood); unknown names left out."""
    found: list[tuple[str, str]] = []
    header = _HEADER_CHARSET.search(content_type or "")
    codec = _family(header[1]) if header else None
    if codec:
        found.append((codec, "header"))
    head = body[:META_WINDOW]
    for pattern in (_META_CHARSET, _XML_CHARSET):
        match = pattern.search(head)
        codec = _family(match[1].decode("ascii")) if match else None
        if codec and not codec.startswith("utf-16"):  # readable as ASCII: it is not UTF-16
            found.append((codec, "meta"))
            break
    return found


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of ``body``. Never raises: half characters at a cut are left out, bad ones become U+FFFD."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            text = _cut(body[len(bom) :], encoding)[0]
            return _decoded(text, encoding, "byte order mark", None)
    if body[:400].count(0) * 3 > len(body[:400]):
        encoding = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
        return _decoded(_cut(body, encoding)[0], encoding, "every second byte is zero", None)

    # Each of them is looked for by itself: even so, thirty times, that takes less than a copy without them.
    data = body.translate(None, _CONTROL) if any(map(body.__contains__, _CONTROL)) else body
    said = declared(data, content_type)
    named = " and ".join(f"{where} says {codec}" for codec, where in said) or "nothing is declared"
    try:
        text = data.decode("utf-8")
        bad = 0
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 3 and error.reason == "unexpected end of data":
            text, bad = _cut(data, "utf-8")
            data = text.encode()
        else:
            bad = -1
    if bad == 0:
        small = len(data) - len(text) < SMALL_EVIDENCE and len(data) != len(text)
        other = next((codec for codec, _ in said if codec != "utf-8"), None)
        if small and other:
            rival, errors = _cut(data, other)
            if not errors and _commonness(rival) > _commonness(text) + 0.2:
                return _decoded(rival, other, f"{named}; valid UTF-8 by chance only", None)
        overruled = "" if all(codec in ("utf-8", "ascii") for codec, _ in said) else f", {named}: overruled"
        return _decoded(text, "utf-8", f"valid UTF-8{overruled}", data)
    return _weigh(data, said, named)


def _weigh(data: bytes, said: list[tuple[str, str]], named: str) -> Decoded:
    """What is not valid UTF-8: each candidate is decoded and judged by bad bytes and by frequent
    characters.
    """
    candidates = list(
        dict.fromkeys([codec for codec, _ in said if codec != "ascii"] + ["gb18030", "big5hkscs", "utf-8"])
    )
    best: tuple[float, str, str] | None = None
    for encoding in sorted(candidates, key=lambda name: name != "gb18030"):
        text, bad = _cut(data, encoding)
        score = _commonness(text) - 20.0 * bad / max(len(text), 1)
        if encoding == "gb18030":
            score += 0.05  # by far the most frequent: the others must show evidence
        if any(codec == encoding for codec, _ in said):
            score += 0.03
        if encoding not in ("gb18030", "big5hkscs", "utf-8") and not _HAN_RUN.search(text):
            score += 0.02 if not bad else 0.0
        if best is None or score > best[0]:
            best = (score, encoding, text)
        if (
            encoding == "gb18030"
            and not bad
            and score > CLEAR
            and all(codec != "big5hkscs" for codec, _ in said)
        ):
            break  # clear enough: the others need not be tried
    assert best is not None
    _, encoding, text = best
    agrees = any(codec == encoding for codec, _ in said)
    why = f"not UTF-8; {named}" + (
        "" if agrees else "; the characters speak for it" + (": overruled" if said else "")
    )
    return _decoded(text, encoding, why, None)


def _decoded(text: str, encoding: str, why: str, utf8: bytes | None) -> Decoded:
    if utf8 is None:
        if "\0" in text:
            text = text.replace("\0", "")
        utf8 = text.encode("utf-8", "replace")
    return Decoded(text, {"big5hkscs": "big5"}.get(encoding, encoding), why, utf8)
