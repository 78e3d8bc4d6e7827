"""What a page is made of once it is walked: blocks of text in nodes, links, pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

_ZERO_WIDTH = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\ue000-\uf8ff]+")
_MARKS = re.compile(r"[，。！？；,;!?](?:[^，。！？；,;!?]*+([，。！？；,;!?]))?")
"""One mark, and the next one if there is one."""
_FULL_STOP = re.compile(r"\.(?= |$)")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_LAZY = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-echo",
    "data-url",
    "original",
    "_src",
    "file",
    "src",
)
"""Where a picture's address stands when scripts load it late; ``src`` then shows a placeholder."""
_LATE = frozenset(_LAZY) - {"src"}
SMALL_PICTURE = 60
CUT = "\0"
"""No page has this character in its text: decoding takes it out."""


@dataclass(slots=True, eq=False)
class Link:
    """An ``a href`` of the page; it may span several blocks."""

    href: str
    title: str
    block: int
    rel: str = ""
    text: str = ""
    """Its whole text, white space folded; complete once the walk has left it."""
    has_image: bool = False


@dataclass(slots=True, eq=False)
class Picture:
    """An ``img`` and the block before which it stands."""

    src: str
    alt: str
    block: int
    node: int
    small: bool
    in_link: bool


class Nodes:
    """The block elements: a list for each of their features, since a page has hundreds of them and asks
    few; an object for each would be what the garbage collector counts.
    """

    __slots__ = ("first", "last", "parent", "tag", "words")

    def __init__(self) -> None:
        self.tag: list[str] = []
        self.words: list[str] = []
        """Class and id words in lower case."""
        self.parent: list[int] = []
        self.first: list[int] = []
        """The first block that a node covers."""
        self.last: list[int] = []
        """One past the last."""


@dataclass(slots=True, eq=False)
class Block:
    """A run of text without a border inside."""

    index: int
    text: str
    said: str
    """The same text in simplified characters, as long: what patterns of words are asked."""
    node: int
    tag: str
    plain: int
    """Characters outside links."""
    link_chars: int
    links: Sequence[Link]
    cut: str
    """The text as its inline elements cut it, each piece followed by that element's class words, with CUT
    between them. Kept for short texts only, and as one text: the garbage collector counts containers.
    """
    marks: int
    """Sentence punctuation outside links (an estimate: all of it where under half is link text): 0, 1, or
    2 for more.
    """
    hidden: bool
    strong: bool
    """No character of it stands outside bold, headings and links."""

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """(text, class words) of each piece."""
        both = self.cut.split(CUT) if self.cut else ()
        return list(zip(both[::2], both[1::2], strict=True))


def clean(text: str) -> str:
    """``text`` with white space folded and invisible characters out; a line break inside Han text is no
    space.
    """
    text = text.strip()
    if text.isprintable() and "  " not in text:
        return text  # nothing to fold: of all white space only a blank is printable
    text = _unwrapped(text) if "\n" in text else " ".join(text.split())
    if not text.isprintable():
        text = _ZERO_WIDTH.sub("", text).strip()
    return text


def _is_han(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef"


def _unwrapped(text: str) -> str:
    """Line by line: a pattern that looks behind for Han at every character took a twentieth of the walk."""
    out, wrapped = "", False
    for line in text.split("\n"):
        folded = " ".join(line.split())
        if not folded:
            continue
        out += folded if not out or (wrapped and _is_han(folded[0])) else " " + folded
        # Behind the last character only blanks: an ideographic or hard space there is meant.
        wrapped = _is_han(folded[-1]) and line.removesuffix("\r").rstrip(" \t")[-1:] == folded[-1]
    return out


def sentence_marks(text: str) -> int:
    """How many marks of sentence punctuation stand in ``text``: none, one, or 2 for more. Two patterns: a
    set of characters alone is searched for three times as fast as a choice between a set and a full stop.
    """
    found = _MARKS.search(text)
    marks = 0 if found is None else 2 if found.lastindex else 1
    return min(2, marks + len(_FULL_STOP.findall(text))) if "." in text else marks


def hides(style: str) -> bool:
    """True for a ``style`` that shows nothing. Its words are looked for first, in a tenth of the time."""
    lower = style.lower()
    said = ("display" in lower and "none" in lower) or "visibility" in lower
    return said and _HIDDEN_STYLE.search(lower) is not None


def picture(attrib: Mapping[str, str], block: int, node: int, in_link: bool) -> Picture:
    """The picture of an ``img`` element."""
    get = attrib.get
    if _LATE.isdisjoint(attrib):
        source = get("src") or ""
    else:
        source = next((value for name in _LAZY if (value := get(name))), "")
    small = _is_small(get("width")) or _is_small(get("height"))
    return Picture(source, (get("alt") or get("title") or "").strip(), block, node, small, in_link)


def _is_small(size: str | None) -> bool:
    return size is not None and size.isdecimal() and len(size) < 6 and int(size) < SMALL_PICTURE
