"""Values beside the time that carry no label: told by their element's class, itemprop or rel words, else
by looking like a medium's name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newscrawler.extract import bywords, dateline, markers, moment
from newscrawler.extract.box import Body
from newscrawler.extract.dateline import FIELDS, Dateline
from newscrawler.extract.document import Block, Document
from newscrawler.extract.title import Title
from newscrawler.extract.traditional import simplified

NEAR = 5
"""So many blocks from the time's on belong to it, while they are short."""
SHORT = 12
PERSON = 3
"""A Chinese name has no more characters, as a rule."""
LONGEST = 20
"""A longer text is neither a medium nor a person."""
_ANY_ZONE = ZoneInfo("UTC")
"""Only where a time stands is asked here."""
_PARTS = re.compile(r"\s{2,}|[\u3000|]|\s·|·\s|^·|·$|\s(?=\D)")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_NO_NAME = re.compile(r"[。！？：:]|^[/／]|^月")
"""Sentences, labels, what stands behind a name (／台北報導), the rest of a day (13 5 月, 2024)."""


def fill(document: Document, block: Block, headline: Title, body: Body | None, line: Dateline) -> None:
    """Source, author and editor that stand beside the time in ``block`` without any label."""
    _apart(document, block, headline, body, line)
    if " in " in block.text and "by " in block.text:
        return  # "posted by … in …": what stands behind is a category
    names = _names(document, block, headline, body, line)
    rest: list[tuple[str, str]] = []
    for name, words in names:
        if sender := bywords.dispatched_by(name):
            line.values.setdefault("author", sender)
            line.rules.setdefault("author", "beside the time, a dispatch")
            continue
        role = _role(name, words)
        if role is None:
            if not bywords.CATEGORY.search(words):
                rest.append((name, words))
        elif role not in line.values:
            line.values[role] = name
            line.rules[role] = "beside the time, named by its class"
    if not rest:
        return
    media = [n for n, _ in rest if bywords.MEDIA_NAME.search(simplified(n))]
    person = next((n for n, _ in rest if _is_person(n)), None)
    named = [n for n, words in rest if n != person and bywords.UNNAMED_SOURCE.search(words)]
    if person is not None and "author" not in line.values:
        line.values["author"] = person
        line.rules["author"] = "beside the time, a person's name"
    if "source" in line.values:
        return
    value = named[0] if named else media[0] if media else rest[0][0] if len(block.text) <= 60 else None
    if value and value != person:
        line.values["source"] = bywords.ROLE_OF_MEDIUM.sub("", value)
        line.rules["source"] = "beside the time, unlabelled"


def _apart(document: Document, block: Block, headline: Title, body: Body | None, line: Dateline) -> None:
    """Who stands in a box of their own between the headline and the time, or behind a headline under the
    time: told by the box's class, by 记者 ("reporter") or by a link to the person's page, by nothing less.
    """
    first = headline.block + 1
    if first <= 0:
        return
    last = block.index if block.index >= first else first + NEAR
    if body is not None and body.first >= first:
        last = min(last, body.first)
    for near in document.blocks[first:last]:
        text, said = near.text, near.said
        if near.hidden or near.marks or not 2 <= len(text) <= LONGEST or bywords.NO_SOURCE.fullmatch(said):
            continue
        if len(near.pieces) > 1 and bywords.ROLES["author"].search(document.nodes.words[near.node]):
            _author_among(near, line)
            continue
        written = markers.NAME_LINE.fullmatch(said)
        if written is not None:
            role: str | None = "author"
            text = bywords.names(text, written)
        elif _NO_NAME.search(text):
            continue
        else:
            words = near.pieces[0][1] if len(near.pieces) == 1 else ""
            words = words or document.nodes.words[near.node]
            role = _role(text, words)
            if role is None and near.index == block.index - 1 and _names_somebody(words):
                role = "author" if _is_person(text) else "source"
            if role is None and any(bywords.WRITERS_PAGE.search(link.href) for link in near.links):
                named = len(near.links) == 1 and _HAN_NAME.fullmatch(text)
                role = "author" if named and not bywords.MEDIA_NAME.search(said) else None
        if role is not None and role not in line.values:
            line.values[role] = text[: _name_end(text)] if role in dateline.PEOPLE else text
            line.rules[role] = "beside the time, named so"


def _author_among(near: Block, line: Dateline) -> None:
    """The person in a box for the author that holds more than the name (张三 · 某报)."""
    names = [piece.strip(" ·|/") for piece, _ in near.pieces]
    names = [name for name in names if len(name) > 1 and not bywords.NO_SOURCE.fullmatch(simplified(name))]
    found = names if len(names) == 1 else [name for name in names if _is_person(name)]
    if found and "author" not in line.values:
        line.values["author"], line.rules["author"] = " ".join(found), "beside the time, named so"


def _name_end(text: str) -> int:
    found = bywords.ROLE_BEHIND.search(simplified(text))
    return found.start() if found is not None and found.start() > 1 else len(text)


def _role(name: str, words: str) -> str | None:
    """What the words say a value is; a medium in the author's place is a source all the same."""
    role = next((role for role in FIELDS if words and bywords.ROLES[role].search(words)), None)
    return None if role == "author" and bywords.MEDIA_NAME.search(simplified(name)) else role


def _names(
    document: Document, block: Block, headline: Title, body: Body | None, line: Dateline
) -> list[tuple[str, str]]:
    """What could be a name in the time's block and the short ones behind it, with its element's words."""
    split: list[tuple[str, str]] = []
    for piece, words in _pieces(document, block, body):
        plain = moment.fold(piece)
        time = moment.find(plain, _ANY_ZONE, datetime.now(UTC), loose=True)
        parts = [piece[: time.start], piece[time.end :]] if time is not None else [piece]
        split.extend((part.strip(" |·-—\u3000\xa0"), words) for text in parts for part in _PARTS.split(text))
    split = [
        pair
        for place, pair in enumerate(split)
        if not place or not bywords.ROLE_WORD.fullmatch(simplified(split[place - 1][0]))
    ]
    channel = headline.tail.rpartition("-")[0] or headline.tail.rpartition("_")[0]
    above = bisect_left(document.links, block.index, key=lambda link: link.block)
    menu = {link.text for link in document.links[:above]}
    menu.update(link.text for link in block.links if not bywords.MEDIUM.fullmatch(simplified(link.text)))
    if sum(name not in menu for name, _ in split if len(name) > 1):
        menu -= bywords.ANYWHERE
        split = [(n, w) for n, w in split if n not in menu or _is_person(n) or (w and _names_somebody(w))]
    known = set(line.values.values())
    return [
        (name, words)
        for name, words in split
        if 2 <= len(name) <= LONGEST
        and (name not in channel or (words and bywords.ROLES["source"].search(words)))
        and name not in known
        and name != headline.text
        and not bywords.NO_SOURCE.fullmatch(simplified(name))
        and not _NO_NAME.search(name)
        and not dateline.begins_with_label(name)
    ]


def _is_person(name: str) -> bool:
    """Whether ``name`` looks like a Chinese person's: no place, no medium."""
    said = simplified(name)
    if not 2 <= len(said) <= PERSON or said[-1] in bywords.NO_NAME_ENDS:
        return False
    frequent = said[0] in bywords.FREQUENT_SURNAMES and said[1] not in bywords.NO_GIVEN_NAMES
    return said[0] in bywords.SURNAMES or (frequent and len(said) == PERSON)


def _names_somebody(words: str) -> bool:
    return bool(bywords.UNNAMED_SOURCE.search(words)) or any(r.search(words) for r in bywords.ROLES.values())


def _pieces(document: Document, block: Block, body: Body | None) -> list[tuple[str, str]]:
    pieces = [(piece.strip(), words) for piece, words in block.pieces or [(block.text, "")] if piece.strip()]
    limit = body.first if body is not None else block.index + NEAR - 1
    for near in document.blocks[block.index + 1 : min(block.index + NEAR, limit)]:
        if len(near.text) > SHORT or near.tag in ("h1", "h2") or near.hidden:
            break
        if near.links and near.links[0].href.startswith("#"):
            break  # a table of contents
        if dateline.begins_with_label(near.text):
            if near.text[-1] in "：:":
                break  # what follows is its value
            continue
        words = near.pieces[0][1] if len(near.pieces) == 1 else ""
        pieces.append((near.text, words or document.nodes.words[near.node]))
    return pieces
