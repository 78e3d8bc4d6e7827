"""The JSON in a page's scripts (``__NEXT_DATA__``, ``window.__INITIAL_STATE__ = …``, JSON-LD): found and
read, nothing is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from newscrawler.extract.document import Document

SHORTEST, LONGEST = 60, 4 * 2**20
"""Characters: a shorter script holds no text and no list, a longer one is not read."""
_BEGIN = re.compile(r"""(?:=|\breturn)\s*(?=\{\s*"|\[\s*[\[{"])|JSON\.parse\(\s*(?=")""")
"""Where JSON begins in a script: behind an assignment; as a text in a call."""
_FLIGHT = "__next_f.push("
_PUSH = re.compile(r"__next_f\.push\(\[1,\s*(?=\")")
_ROW = re.compile(r"^\w{1,6}:(?=[\[{])", re.MULTILINE)
"""Next.js sends what a page is made of as pieces of one text, whose rows are a number and JSON."""
_RECORD = re.compile(
    r"<record>\s*<!\[CDATA\[((?:[^\]<]++|<(?!record>)|\](?!\]>))*+)\]\]>\s*</record>", re.IGNORECASE
)
"""No record reaches into the next: else a page of beginnings alone would be read through from each."""
_DECODER = json.JSONDecoder(strict=False)


def values(document: Document) -> Iterator[Any]:
    """What the scripts of ``document`` hold as JSON, in page order; what cannot be read is passed over."""
    flight = ""
    for kind, text in document.scripts:
        if SHORTEST <= len(text) <= LONGEST:
            if _FLIGHT in text:
                flight += "".join(_pushed(text))
            begins = [0] if "json" in kind else [match.end() for match in _BEGIN.finditer(text)]
            yield from _read(text, begins)
    if flight:
        yield from _read(flight, [row.end() for row in _ROW.finditer(flight)])


def _pushed(text: str) -> Iterator[str]:
    for push in _PUSH.finditer(text):
        with suppress(ValueError):
            yield _DECODER.raw_decode(text, push.end())[0]


def markup(document: Document) -> str | None:
    """The records of a list that a script is to put into the page, as jpage of many government sites has
    them: ``<record><![CDATA[<li>…`` in a script of XML.
    """
    for kind, text in document.scripts:
        if "xml" in kind and (records := _RECORD.findall(text)):
            return "<ul>" + "".join(records) + "</ul>"
    return None


def _read(text: str, begins: list[int]) -> Iterator[Any]:
    done = 0
    for begin in begins:
        if begin < done:
            continue  # inside what was read
        try:
            value, done = _DECODER.raw_decode(text, begin + (not begin and len(text) - len(text.lstrip())))
            if isinstance(value, str):
                value = _DECODER.decode(value)
        except (ValueError, RecursionError):
            continue
        yield _resolved(value) if isinstance(value, list) else value


def _resolved(value: list[Any]) -> Any:
    """Nuxt sends one flat list in which the numbers in an object are the places of what is meant."""
    if not any(isinstance(one, dict) for one in value) or not any(isinstance(one, str) for one in value):
        return value
    return [
        {name: value[inner] if _is_place(inner, value) else inner for name, inner in one.items()}
        for one in value
        if isinstance(one, dict)
    ]


def _is_place(inner: Any, value: list[Any]) -> bool:
    return type(inner) is int and 0 <= inner < len(value) and not isinstance(value[inner], dict | list)
