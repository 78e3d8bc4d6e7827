"""Text that stands in a script alone: what the page's own script would show in an empty frame.

Sites built with React or Vue may send a frame without text; the article waits in the JSON beside it. Of
the objects there that are this page's article, by their title or their number, the longest text is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape
from itertools import chain
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newscrawler.extract import bywords, headtime, jsonlist, markers, moment, state
from newscrawler.extract.box import Body
from newscrawler.extract.dateline import FIELDS, Dateline
from newscrawler.extract.document import Block, Document
from newscrawler.extract.feed import plain
from newscrawler.extract.title import Title, key

SHOWN = 40
"""A page that shows no more characters of running text than these shows none."""
SHORTEST = 60
"""Characters; a shorter text in a script is no article."""
MOST_VALUES = 50_000
_TEXT_NAME = re.compile(r"content|body|text|html|detail", re.IGNORECASE)
_ASIDE = re.compile(
    r"comment|reply|related|recommend|seo|meta|share|summary|abstract|desc|privacy|agree|templ|policy|protocol|"
    r"rule|about|foot|popup|banner|advert|^ads?$|notice|copyright|login|vip|tips?$",
    re.IGNORECASE,
)
"""Names of what is not the article's own text."""
_NUMBER_NAME = re.compile(r"(?:\w*id|slug|code|no)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w-])(?!(?:19|20)\d\d(?![\w-]))[\w-]{4,}")
"""What names one article in an address: no year."""
_LITERAL = re.compile(
    r"""\b(?P<name>\w*(?:content|body|html)\w*)["']?\s*[:=]\s*(?P<text>"(?:[^"\\\n]|\\.){60,}")""",
    re.IGNORECASE,
)
"""A text in an object that is no JSON."""
_PIECE = re.compile(r""""(?:[^"\\\n]|\\.)*"|[{}\[\]]""")
_NAMED = re.compile(r"""(\w+)["']?\s*[:=]\s*$""")
"""What stands before an object's first brace."""
_TITLED = re.compile(r"""\b\w*(?:title|headline|subject)["']?\s*:""", re.IGNORECASE)
_TIME_NAME = re.compile(r"time|date|publish", re.IGNORECASE)
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})")
_MEDIUM = re.compile(r"media_?name", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:p|br|div|section|span|img|strong|h\d|article)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


@dataclass(slots=True)
class Told:
    """What a script tells of the page's article."""

    document: Document
    """The page, with the text behind what it shows by itself."""
    line: Dateline
    title: str | None
    name: str
    """What the script calls the text."""


def read(
    document: Document, headline: Title, body: Body | None, zone: ZoneInfo, now: datetime
) -> Told | None:
    """The article that a script of ``document`` holds; None where the page shows text in ``body``, or no
    script holds one that is surely this page's.
    """
    if body is not None and _shows_text(document.blocks[body.first : body.last]):
        return None
    best: tuple[int, str, str, dict[str, Any]] | None = None
    this = _This.of(document, headline)
    for said in chain(_objects(document), _literals(document, headline)):
        for name, value in said.items():
            if _TEXT_NAME.search(name) and not _ASIDE.search(name):
                markup = _markup(value)
                size = _size(markup)
                if size >= SHORTEST and (best is None or size > best[0]) and this.is_told_by(said):
                    best = (size, name, markup, said)
    if best is None:
        return None
    _, name, markup, said = best
    utf8 = document.decoded.utf8 + f'<div class="article-content">{markup}</div>'.encode(errors="replace")
    shown = Document(utf8, document.url, "text/html; charset=utf-8")
    shown.decoded = replace(document.decoded, utf8=utf8)
    return Told(shown, _line(document, said, zone, now), jsonlist.named(said, jsonlist.TITLES), name)


def _shows_text(blocks: list[Block]) -> bool:
    shown = 0
    for block in blocks:
        if block.marks and not block.hidden and not markers.FOOTER_TEXT.search(block.text):
            shown += block.plain
            if shown > SHOWN:
                return True
    return False


def _objects(document: Document) -> Iterator[dict[str, Any]]:
    """The objects of all scripts; one without a title has that of the object around it."""
    todo: list[tuple[Any, str | None]] = [(value, None) for value in state.values(document)]
    for _ in range(MOST_VALUES):
        if not todo:
            break
        value, over = todo.pop()
        if isinstance(value, list):
            todo.extend((inner, None) for inner in value if isinstance(inner, dict | list))
        elif isinstance(value, dict):
            title = jsonlist.named(value, jsonlist.TITLES) or over
            yield {"title": title, **value} if title else value
            todo.extend(
                (inner, title if isinstance(inner, dict) else None)
                for name, inner in value.items()
                if isinstance(inner, dict | list) and not _ASIDE.search(name)
            )


def _literals(document: Document, headline: Title) -> Iterator[dict[str, Any]]:
    """Texts in objects that are no JSON, of scripts that hold the headline."""
    title = headline.text or ""
    if len(title) < 6:
        return
    for kind, text in document.scripts:
        if "json" in kind or not state.SHORTEST <= len(text) <= state.LONGEST:
            continue
        if title not in text and json.dumps(title)[1:-1] not in text.lower():
            continue
        begins = {match.start("text"): match["name"] for match in _LITERAL.finditer(text)}
        for begin, end in _titled(text, begins) if begins else ():
            try:
                value = json.loads(_HEX.sub(r"\\u00\1", text[begin:end]).replace("\\'", "'"), strict=False)
            except ValueError:
                continue
            yield {"title": title, begins[begin]: value}


def _titled(text: str, begins: Container[int]) -> Iterator[tuple[int, int]]:
    """Of the string literals that begin at ``begins`` those whose own object has a title as well, and
    neither it nor one around it is called like what is not the article.
    """
    around: list[tuple[int, bool, list[tuple[int, int]]]] = []
    for piece in _PIECE.finditer(text):
        begin, end = piece.span()
        if piece[0] in "{[":
            called = _NAMED.search(text, max(0, begin - 40), begin)
            aside = bool(called and _ASIDE.search(called[1]))
            around.append((begin, aside or bool(around and around[-1][1]), []))
        elif piece[0] in "}]":
            first, aside, held = around.pop() if around else (0, True, [])
            if held and not aside and _TITLED.search(text, first, end):
                yield from held
        elif begin in begins and around:
            around[-1][2].append((begin, end))


@dataclass(slots=True)
class _This:
    """By what this page's article is known."""

    shown: str
    """The headline, as title.key() makes it…"""
    heads: tuple[str, ...]
    """…and what the page's head calls it, likewise."""
    numbers: set[str]
    """What may be its number in the address."""
    is_printed: bool
    """Whether the page itself prints the headline."""

    @classmethod
    def of(cls, document: Document, headline: Title) -> _This:
        """What ``document`` says of its article."""
        shown, address = key(headline.text or ""), urlsplit(document.url)
        return cls(
            shown,
            (key(document.head_title), key(document.meta.get("og:title", "")), shown),
            set(_NUMBER.findall(f"{address.path} {address.query}")),
            headline.block >= 0,
        )

    def is_told_by(self, said: dict[str, Any]) -> bool:
        """Whether an object is this page's article: by its title, else by its number in the address; one
        without either, where the page itself prints a headline.
        """
        title = jsonlist.named(said, jsonlist.TITLES)
        if title is not None:
            own = key(plain(title) or "")
            if len(own) >= 4 and any(own in head for head in self.heads):
                return True
            if len(own) >= 4 and len(self.shown) >= 8 and self.shown in own:
                return True
        if any(str(value) in self.numbers for name, value in said.items() if _NUMBER_NAME.fullmatch(name)):
            return True
        return title is None and self.is_printed and "content" in said and _is_bare(said)


def _is_bare(said: dict[str, Any]) -> bool:
    """Whether beside ``content`` an object has times, names, numbers and addresses alone: one that says of
    which kind it is may as well be an advertisement.
    """
    return all(
        not isinstance(value, str)
        or not value
        or name == "content"
        or value.startswith(("http", "/"))
        or value.isdigit()
        or _TIME_NAME.search(name)
        or any(role.search(name) for role in bywords.ROLES.values())
        for name, value in said.items()
    )


def _markup(value: Any) -> str:
    """A text, or a list of paragraphs, as markup."""
    if isinstance(value, list):
        return "".join(_markup(inner) for inner in value)
    if isinstance(value, dict):
        return "".join(_markup(inner) for name, inner in value.items() if _TEXT_NAME.search(name))
    if not isinstance(value, str) or value.startswith(("http://", "https://")):
        return ""
    text: str = unescape(value) if "&lt;" in value and "<" not in value else value
    if _MARKUP.search(text):
        return text
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


def _size(markup: str) -> int:
    """Characters of text; 0 for what holds no sentence."""
    text = _TAG.sub("", markup)
    return len(text) if any(mark in text for mark in "。！？") or ". " in text else 0


def _line(document: Document, said: dict[str, Any], zone: ZoneInfo, now: datetime) -> Dateline:
    """Time, source, author and editor beside the text."""
    line = Dateline()
    time = jsonlist.time_of(said, zone, now)
    if time is not None:
        line.moment = moment.find(time, zone, now)
    for role in FIELDS:
        for name, value in said.items():
            named = bywords.ROLES[role].search(name) or (role == "source" and _MEDIUM.search(name))
            if role not in line.values and named:
                person = value[0] if isinstance(value, list) and value else value
                shown = person.get("name") if isinstance(person, dict) else person
                if isinstance(shown, str) and headtime.is_name(role, shown.strip(), document):
                    line.values[role] = shown.strip()
    return line
