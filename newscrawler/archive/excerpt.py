"""Where in a text stands what a question found, and a few words around it. Pure.

The index keeps no text, so the place is looked for in the text itself, by a pattern made of the question.
It knows the usual forms (upper and lower case, full width, traditional); what folds in a rarer way
(㎏ for kg) is found and not marked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from newscrawler.archive.terms import STOP, STOPS, Phrase, Question
from newscrawler.archive.variants import SIMPLIFIED

LENGTH = 110
"""Characters of an excerpt."""

_ASCII = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_BETWEEN = rf"(?:[^\w{STOPS}]|_){{0,8}}"
"""What may stand between two words of a phrase: SU 7, SU-7, “小米”汽车."""


class Piece(NamedTuple):
    """A part of an excerpt."""

    text: str
    found: bool
    """True: this is what was asked for."""


def _forms() -> dict[str, str]:
    """Simplified character -> its traditional ones; ASCII letter or digit -> its full-width form."""
    forms: dict[str, str] = {}
    for traditional, simplified in SIMPLIFIED.items():
        forms[simplified] = forms.get(simplified, "") + traditional
    for code in (*range(0x30, 0x3A), *range(0x61, 0x7B)):
        forms[chr(code)] = chr(code + 0xFEE0)
    return {**forms, STOP: STOPS}


_FORMS = _forms()


def _of_phrase(phrase: Phrase) -> str:
    """A pattern for ``phrase``; its words hold letters and digits alone."""
    words = ["".join(f"[{one}{_FORMS.get(one, '')}]" for one in word) for word in phrase.words]
    start = f"(?<![{_ASCII}])" if phrase.words[0].isascii() else ""
    end = f"(?![{_ASCII}])" if phrase.whole and phrase.words[-1].isascii() else ""
    return start + _BETWEEN.join(words) + end


@lru_cache(maxsize=32)
def places(question: Question) -> re.Pattern[str]:
    """Finds in a text what is wanted; never matches when nothing is."""
    longest_first = sorted(question.wanted, key=lambda phrase: -len(phrase.words))
    return re.compile("|".join(map(_of_phrase, longest_first)) or r"(?!)", re.IGNORECASE)


def marked(text: str, question: Question) -> list[Piece]:
    """The whole of ``text`` in pieces."""
    pieces = []
    at = 0
    for place in places(question).finditer(text):
        pieces += [Piece(text[at : place.start()], False), Piece(place[0], True)]
        at = place.end()
    return [piece for piece in (*pieces, Piece(text[at:], False)) if piece.text]


def excerpt(text: str | None, question: Question, length: int = LENGTH) -> list[Piece]:
    """``length`` characters of ``text`` on one line around the first place, else from its beginning."""
    line = " ".join((text or "").split())
    place = places(question).search(line)
    start = max(0, place.start() - length // 4) if place else 0
    start = max(0, min(start, len(line) - length))
    pieces = marked(line[start : start + length], question)
    before = [Piece("…", False)] if start else []
    after = [Piece("…", False)] if start + length < len(line) else []
    return [*before, *pieces, *after]


def plain(pieces: list[Piece]) -> str:
    """The text of ``pieces`` without marks."""
    return "".join(piece.text for piece in pieces)
