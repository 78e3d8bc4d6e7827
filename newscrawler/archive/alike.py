"""Are two texts the same story? Pure: texts in, figures out, no archive.

Three questions, each of the cheapest that answers it:

1. ``Text.sketch`` and ``in_common``: could they be? Some of the text's distinctive phrases, chosen by hash.
   Two rewrites of a story keep some of the same, whatever was cut, moved or replaced around them.
2. ``similarity``: how much do they share? The share of four-character pieces that both have.
3. ``tell_the_same``: the same facts? Two notes made from one template share most of their pieces. What
   differs is what stands in the template's places: numbers, and names in Latin letters.

Changing anything here changes what the archive's index holds: it then needs a migration that fills the
index anew.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Set
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, compress, islice
from typing import NamedTuple
from zlib import crc32

from newscrawler.archive import phrases
from newscrawler.identity import key64, normal_form

SKETCH = 8
"""Phrases under which a text stands in the index."""

MARKS = 24
"""Phrases of which the index holds a mark, so that two texts can be judged without a look at the other."""

IN_COMMON = 8
"""Texts are compared when they have one in so many marks in common, and two at least: one phrase in common is
a turn of speech too often."""

READ = 8000
"""Characters of a text that count: a book costs no more than a long article."""

ALIKE = 0.25
"""The least similarity of a near-duplicate. Three words in ten replaced leave 0.42; unrelated texts of one
generated grammar share up to 0.18, unrelated real ones hardly ever 0.05."""

KIN = 0.12
"""The least similarity to a cluster's first text of one that is linked through another text."""

SAME_FACTS = 0.4
"""The least share of equal numbers among those in the same place. Rewrites that change a third of their
numbers leave two thirds, look-alikes a tenth."""

KIN_FACTS, FORGIVEN = 0.2, 1
"""The same for a text that is linked through another one, and how many others are forgiven: what two rewrites
both left of an original is often a number or two."""

SAME_NAMES = 0.5
"""The least share of the Latin names of the poorer text that the other has too, where it has two or more."""

# Every second piece is enough to measure by: those that begin with a character of an even number below A000.
# In UTF-16 its low byte tells the one, its high byte the other.
_EVEN = bytes([1, 0] * 128)
_BELOW_A000 = bytes([1] * 0xA0 + [0] * 0x60)

# A number and its place. The first character stands alone: re then looks for it in a loop of its own, half
# again as fast.
_NUMBER = re.compile(r"(\d(?<=(..).)\d*(?:\.\d+)?)")
# Of bytes: Latin letters as small ones, all else as spaces.
_LETTERS = bytes(ord(chr(c).lower()) if chr(c).isascii() and chr(c).isalpha() else 32 for c in range(256))


@dataclass(frozen=True)
class Text:
    """The body of an article and what is measured of it, each when it is first asked for."""

    body: str

    @cached_property
    def normal(self) -> str:
        """The normal form, of which all below is taken: exact copies measure the same."""
        return normal_form(self.body)[:READ]

    @cached_property
    def phrases(self) -> dict[int, str]:
        """The phrases by which it is looked for, by their CRC: those with the smallest, smallest first."""
        return phrases.smallest(self.normal, MARKS)

    @cached_property
    def sketch(self) -> list[int]:
        """What it stands under in the index: signed 32-bit keys of the first phrases.

        Not the CRC that chose them: it is small for all, so that its bits hardly tell them apart. Among a
        few million these meet by chance once in a thousand times, and then the marks say so.
        """
        return [key64(phrase) >> 32 for phrase in islice(self.phrases.values(), SKETCH)]

    @cached_property
    def marks(self) -> frozenset[int]:
        """16 bits of each phrase: enough to count what two texts have in common."""
        return frozenset(crc & 0xFFFF for crc in self.phrases)

    @cached_property
    def pieces(self) -> frozenset[int]:
        """The four-character pieces by which similarity is measured, as numbers of four times 16 bits.

        A pattern that finds them as strings takes half as long again.
        """
        units = phrases.units(self.normal)
        chosen = _both(units[::2].translate(_EVEN), units[1::2].translate(_BELOW_A000))
        fourths = [units[2 * at :] for at in range(4)]
        whole = [memoryview(fourth)[: len(fourth) // 8 * 8].cast("Q") for fourth in fourths]
        return frozenset(chain(*[compress(whole[at], chosen[at::4]) for at in range(4)]))

    @cached_property
    def facts(self) -> Facts:
        """Numbers and names. A number has a place, the two characters before it; one that begins has none."""
        # Two spaces before, which a normal form has not: the place of a number that begins the text.
        numbers = _NUMBER.findall("  " + self.normal)
        pairs = {
            (_short(place.encode()), _short(number.encode())) for number, place in numbers if place[0] != " "
        }
        words = self.normal.encode("ascii", "replace").translate(_LETTERS).split()
        return Facts.of({_short(word) for word in words if len(word) > 1}, pairs)


class Facts(NamedTuple):
    """Numbers and names of a text, 16 bits each: they tell most look-alikes, so few texts are read."""

    written: bytes
    """As the index keeps them: how many names there are, the names, then places and numbers by turns."""
    names: frozenset[int]
    """The words in Latin letters."""
    places: tuple[int, ...]
    """The place of each number."""
    numbers: frozenset[int]
    """The numbers, each above its place: 32 bits."""

    @classmethod
    def read(cls, written: bytes) -> Facts:
        """The facts that were ``written``."""
        values = _format("H", len(written) // 2).unpack(written)
        begins = 1 + values[0]
        numbers = _format("I", (len(values) - begins) // 2).unpack_from(written, 2 * begins)
        return cls(written, frozenset(values[1:begins]), values[begins::2], frozenset(numbers))

    @classmethod
    def of(cls, names: Set[int], numbers: Set[tuple[int, int]]) -> Facts:
        """The facts of names, and of places with their numbers."""
        values = [len(names), *sorted(names), *chain(*sorted(numbers))]
        return cls.read(_format("H", len(values)).pack(*values))


def _both(a: bytes, b: bytes) -> bytes:
    """``a`` and ``b``, of one length, bit for bit."""
    return (int.from_bytes(a, "little") & int.from_bytes(b, "little")).to_bytes(len(a), "little")


@cache
def _format(kind: str, number: int) -> struct.Struct:
    return struct.Struct(f"<{number}{kind}")


def _short(word: bytes) -> int:
    return crc32(word) & 0xFFFF


def written(marks: frozenset[int]) -> bytes:
    """Marks as the index keeps them."""
    return _format("H", len(marks)).pack(*sorted(marks))


def in_common(marks: frozenset[int], others: bytes) -> int:
    """How many marks two texts have in common (``others`` as kept); 0 when too few to compare the two."""
    number = len(others) // 2
    common = len(marks.intersection(_format("H", number).unpack(others)))
    return common if common >= max(2, min(len(marks), number) // IN_COMMON) else 0


def likeness(a: Text, b: Text) -> float | None:
    """The similarity of two near-duplicates, None when they are none; the same either way round."""
    found = similarity(a, b)
    return found if found >= ALIKE and tell_the_same(a.facts, b.facts) else None


def kinship(first: Text, other: Text) -> float | None:
    """The similarity of two texts that others connect, None when they are no kin."""
    found = similarity(first, other)
    return found if found >= KIN and tell_the_same(first.facts, other.facts, KIN_FACTS, FORGIVEN) else None


def similarity(a: Text, b: Text) -> float:
    """How many of the pieces of two texts stand in both, 0…1 (Dice); 0 where there are none."""
    pieces = len(a.pieces) + len(b.pieces)
    return round(2 * len(a.pieces & b.pieces) / pieces, 4) if pieces else 0.0


def compare_numbers(a: Facts, b: Facts) -> tuple[int, int]:
    """How many numbers stand in places that both texts have, and how many of these are the same.

    Only places in common count: a rewrite words many anew, but those it keeps have their numbers.
    Each number counts once per place, or what never changes (足金999, 24小时) would outvote the rest.
    """
    is_in_both = set(a.places).intersection(b.places).__contains__
    compared = min(sum(map(is_in_both, a.places)), sum(map(is_in_both, b.places)))
    return compared, len(a.numbers & b.numbers)


def tell_the_same(a: Facts, b: Facts, share: float = SAME_FACTS, forgiven: int = 0) -> bool:
    """Whether numbers and names of two texts agree well enough; True where there are none to compare."""
    names = min(len(a.names), len(b.names))
    if names > 1 and len(a.names & b.names) < SAME_NAMES * names:
        return False
    compared, same = compare_numbers(a, b)
    return same + forgiven >= share * compared
