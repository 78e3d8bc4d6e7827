"""What the full-text index is made of: a text as words, and a reader's words as a question to it. Pure.

Chinese is written without spaces, so every Han character is a word of its own and a Chinese word is a
phrase of them: found whole, whatever dictionary would cut it otherwise. Latin words and numbers are words.
Both sides fold alike (full and half width, upper and lower case, traditional and simplified). Where a
clause ends a mark is kept, so that 发现 is not found in 首发，现在; all else separates and is not searched.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from newscrawler.archive.variants import SIMPLIFIED

MOST_PHRASES = 64
"""Phrases of a question that are looked at; SQLite refuses expressions of some hundreds."""

MOST_WORDS = 256
"""Words of a phrase that are looked at; a longer one is found by its beginning."""

_APART = frozenset({"Lo", "Lm", "Nl"})
"""Categories of letters without upper and lower case, Han and kana among them: each is a word."""

_UNSEEN = frozenset({"Mn", "Mc", "Me", "Cf"})
"""Accents left over after composing, joiners, soft hyphens: dropped, so they separate nothing."""

STOP = "。"
"""Stands for the end of a clause, a word of its own."""

STOPS = "。，、！？；,!?;"
"""What ends a clause, beside the end of a line. Not the full stop and the colon: they stand in numbers."""

_AGAIN = "\0"
"""Stands for an accent or a part of a Hangul syllable, which may join what is before it; see spaced()."""

_QUOTES = str.maketrans(dict.fromkeys("“”„«»「」『』", '"'))
"""What an input method for Chinese types for a quotation mark."""

_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))')


def _fold(character: str) -> str:
    """One character in the form in which it is indexed: NFKC, case-folded, simplified."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    return "".join(SIMPLIFIED.get(one, one) for one in folded)


def _as_words(folded: str) -> str:
    """A folded character with what makes it a word: spaces around it, or none."""
    made = []
    for one in folded:
        category = unicodedata.category(one)
        if category in _APART:
            made.append(f" {one} ")
        elif one.isalnum():
            made.append(one)
        elif one in STOPS or one == "\n":
            made.append(f" {STOP} ")
        elif category not in _UNSEEN:
            made.append(" ")
    return "".join(made)


class _Folding(dict[int, str]):
    """Code point -> its words, for str.translate(); worked out when a character is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = _fold(character)
        joins = folded and (unicodedata.combining(folded[0]) or "\u1160" <= folded[0] <= "\u11ff")
        self[code] = _AGAIN if joins else _as_words(folded)
        return self[code]


_FOLDING = _Folding()


def spaced(text: str) -> str:
    """``text`` as the index holds it: folded words between spaces, "AI芯片" as " ai 芯  片 ".

    The same text gives the same words for ever: what is in an index can only be taken out of it by them
    (Unicode never changes the folding of a character that it has).
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFKC", text)
    words = text.translate(_FOLDING)
    if _AGAIN in words:  # half-width ﾊﾞ: two characters that fold to one; what then joins nothing is dropped
        words = unicodedata.normalize("NFKC", text).translate(_FOLDING).replace(_AGAIN, "")
    return words


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after another."""

    words: tuple[str, ...]
    whole: bool
    """True: the last word is whole. False: it may go on, where it is a Latin one or a number (SU: SU7)."""

    @property
    def goes_on(self) -> bool:
        """Whether the last word is also found as the beginning of a longer one.

        A single Latin letter or digit is not: so many words begin so that finding them takes a second.
        """
        last = self.words[-1]
        single = len(last) == 1 and last.isascii()
        return not self.whole and not single and unicodedata.category(last[0]) not in _APART


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader asked for: all of ``wanted``, none of ``unwanted``."""

    wanted: tuple[Phrase, ...]
    unwanted: tuple[Phrase, ...]

    def match(self) -> str:
        """The question in the language of FTS5; without anything wanted it finds nothing."""
        if not self.wanted:
            return '""'
        wanted = " AND ".join(map(_in_fts5, self.wanted))
        if not self.unwanted:
            return wanted
        return f"({wanted}) NOT ({' OR '.join(map(_in_fts5, self.unwanted))})"


def _in_fts5(phrase: Phrase) -> str:
    """Words are letters and digits (and STOP), so nothing in them needs escaping."""
    return f'"{" ".join(phrase.words)}"{" *" if phrase.goes_on else ""}'


def parse(text: str) -> Question:
    """What ``text`` asks for; any text is a question, there are no errors.

    White space separates what must all be found: 小米 SU7. Quotation marks hold words together, whole:
    "雷军 演讲". A minus before either excludes it: 小米 -SU7. Nothing else has a meaning.
    """
    wanted: dict[Phrase, None] = {}  # a set that keeps the order
    unwanted: dict[Phrase, None] = {}
    for term in _TERM.finditer(unicodedata.normalize("NFKC", text).translate(_QUOTES)):
        words = spaced(term["quoted"] or term["bare"] or "").strip(f" {STOP}").split()[:MOST_WORDS]
        if words and len(wanted) + len(unwanted) < MOST_PHRASES:
            phrase = Phrase(tuple(words), whole=term["quoted"] is not None)
            (unwanted if term["minus"] else wanted)[phrase] = None
    return Question(tuple(wanted), tuple(unwanted))


def match(text: str) -> str:
    """A reader's words as an FTS5 expression that is never a syntax error."""
    return parse(text).match()
