"""What became another between two texts: sentences first, then the characters of those that changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Mark = Literal["same", "gone", "come"]

_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;]+[”’」』）)]*|[^。！？；!?;\n]+|\n+")
_WORD = re.compile(r"[A-Za-z0-9.]+|.", re.DOTALL)
"""Latin words and numbers are one thing, Chinese is compared by character."""

MOST = 4_000_000
"""Pairs of things that are compared for one text, about half a second; the time grows with their square."""

CHANCE = 0.4
"""Two sentences that share less than this are another sentence, not a changed one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stands in both, only in the old one, or only in the new one."""

    mark: Mark
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """Both texts as pieces in reading order: all but ``come`` is the old one, all but ``gone`` the new."""
    before, after = _SENTENCE.findall(old), _SENTENCE.findall(new)
    return _joined(_compare(before, after))


def _compare(before: list[str], after: list[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in _codes(before, after):
        left, right = before[a:b], after[c:d]
        if kind == "equal":
            yield Piece("same", "".join(left))
        elif len(left) == len(right):  # one sentence for another
            for one, other in zip(left, right, strict=True):
                yield from _characters(one, other)
        else:
            yield from _characters("".join(left), "".join(right))


def _characters(old: str, new: str) -> Iterator[Piece]:
    """Two sentences; one that has little in common with the other is gone as a whole."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    codes = _codes(left, right)
    shared = sum(b - a for kind, a, b, _, _ in codes if kind == "equal")
    if 2 * shared < CHANCE * (len(left) + len(right)):
        codes = [("replace", 0, len(left), 0, len(right))]
    for kind, a, b, c, d in codes:
        if kind == "equal":
            yield Piece("same", "".join(left[a:b]))
        else:
            yield Piece("gone", "".join(left[a:b]))
            yield Piece("come", "".join(right[c:d]))


def _codes(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """difflib's opcodes; one replacement of all by all where comparing would take too long."""
    if len(left) * len(right) > MOST:
        return [("replace", 0, len(left), 0, len(right))]
    return list(SequenceMatcher(None, left, right, autojunk=False).get_opcodes())


def _joined(pieces: Iterator[Piece]) -> list[Piece]:
    """Neighbours of one mark as one piece, what is gone before what came for it."""
    found = [piece for piece in pieces if piece.text]
    made: list[Piece] = []
    gone = come = ""
    for place, piece in enumerate(found):
        if piece.mark == "gone":
            gone += piece.text
        elif piece.mark == "come":
            come += piece.text
        elif (gone or come) and _is_chance(piece.text, found[place + 1 : place + 2]):
            gone, come = gone + piece.text, come + piece.text
        elif made and made[-1].mark == "same" and not (gone or come):
            made[-1] = Piece("same", made[-1].text + piece.text)
        else:
            made += [*_change(gone, come), piece]
            gone = come = ""
    return made + _change(gone, come)


def _is_chance(text: str, following: list[Piece]) -> bool:
    """A single character in common between two changes says nothing."""
    return len(text) == 1 and not text.isspace() and bool(following) and following[0].mark != "same"


def _change(gone: str, come: str) -> list[Piece]:
    marks: tuple[tuple[Mark, str], ...] = (("gone", gone), ("come", come))
    return [Piece(mark, text) for mark, text in marks if text]
