"""Editor, source and author where they stand at the text's end, and the by-line in its lead."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from newscrawler.extract import bywords, dateline, markers, sentence, signs
from newscrawler.extract.box import Body
from newscrawler.extract.dateline import Dateline, joined, labelled, take
from newscrawler.extract.document import Block, Document
from newscrawler.extract.traditional import simplified

_LAST_BRACKET = re.compile(r"[(（【\[〔][^()（）【】\[\]]{2,40}[)）】\]〕]\s*(?:\d{6,8}\s*)?$")
LONGEST_ROLES = 60
SOURCED = 30
"""A source in a bracket at a line's end is no longer."""
LICENCE = 5
"""A licence line stands no further behind the text than so many blocks."""


def last_lines(document: Document, body: Body, result: Dateline, zone: ZoneInfo, now: datetime) -> None:
    """Editor, source and author from the lines at the text's end (责任编辑：张三, （责编：…）) and the
    lead's byline.
    """
    blocks = document.blocks
    if not body.kept:
        return
    end = body.kept[-1]
    behind = list(range(end + 1, min(len(blocks), end + 25)))
    text_end = [end, *reversed([i for i in body.kept if i < end][-4:])]
    signed = [
        i
        for i, why in body.cut.items()
        if i < end and why in ("editor line", "source line", "author line", "credits")
    ]
    places = [*behind, *text_end, *signed[-8:]]
    signed_lines = [blocks[i] for i in places if not blocks[i].hidden and labelled(blocks[i].said)]
    signed_lines.sort(key=lambda block: not _is_labelled_line(block.said))
    for block in signed_lines:  # 责任编辑：… counts before a by-line without a colon
        line = _signature(block, zone, now)
        if line is not None and line.labels:
            line.moment = None
            if "source" in line.values and (
                signs.is_caption(block.said) or _one_of_many(document, body, block)
            ):
                del line.values["source"]
            _correct(result, line)
            take(result, line, "last lines")
    if "author" not in result.values:
        _licensed(
            document, [*behind[:LICENCE], *text_end, *range(body.first, min(body.first + 3, end))], result
        )
    if "author" not in result.values:
        _byline(document, body, result)


def _one_of_many(document: Document, body: Body, block: Block) -> bool:
    """True for an item of a digest, each of whose items names its own source in a bracket."""
    if block.index not in body.kept or block.text[-1] not in ")）":
        return False
    texts = (document.blocks[i].said[-SOURCED:] for i in body.kept if i != block.index)
    return any(text[-1:] in (")", "）") and ("来源" in text or "来自" in text) for text in texts)


def _correct(result: Dateline, line: Dateline) -> None:
    """来源：… under the text goes before a name beside the time that is called nothing, not even a medium."""
    if (
        "source" in line.values
        and result.rules.get("source") == "beside the time, unlabelled"
        and not bywords.MEDIA_NAME.search(result.values["source"])
    ):
        del result.values["source"]


def _signature(block: Block, zone: ZoneInfo, now: datetime) -> Dateline | None:
    """What a line at the text's end says: the whole of it when it is nothing else, else its last bracket."""
    text, said = block.text, block.said
    if len(text) <= LONGEST_ROLES and (found := signs.roles(said, text)):
        return _of_roles(found)
    if len(text) <= 120 and _is_labelled_line(said) and not sentence.runs_on(block):
        return dateline.read(joined(block), zone, now)
    tail = _LAST_BRACKET.search(said)
    if tail is not None and labelled(tail[0]):
        return dateline.read(text[tail.start() :], zone, now)
    if block.marks > 1 or len(text) > 60:
        return None
    return dateline.read(joined(block), zone, now)


def _of_roles(found: list[tuple[str, str]]) -> Dateline:
    """Author and editor of a line that is nothing but roles and names."""
    line = Dateline(labels=len(found))
    for role, names in found:
        if role.endswith(bywords.WRITES):
            line.values.setdefault("author", " ".join(names.split()))
        elif role.endswith(bywords.EDITS) and not role.startswith(bywords.NO_TEXT):
            line.values.setdefault("editor", " ".join(names.split()))
    return line


def _licensed(document: Document, places: list[int], result: Dateline) -> None:
    """The author whom a licence line behind the text names."""
    for index in places:
        block = document.blocks[index]
        match = bywords.LICENSED_AUTHOR.search(block.said[:200]) if "作者" in block.said else None
        if match is not None:
            result.values["author"] = block.text[slice(*match.span("name"))]
            result.rules["author"] = "licence line"
            return


def _byline(document: Document, body: Body, result: Dateline) -> None:
    """（记者 张三） in the lead, or a line that is nothing but a by-line at either end of the text."""
    lead, end = body.kept[:6], body.kept[-3:]
    credits = [i for i, why in body.cut.items() if why == "credits"]
    for place, index in enumerate([*lead, *end, *credits]):
        text = document.blocks[index].text
        said = simplified(text[:120])  # a lone by-line may be all that is traditional on a page
        match = bywords.BYLINE.search(said) if place < 3 else None
        if place < 3 and (sender := bywords.dispatched_by(text)):
            result.values["author"], result.rules["author"] = sender, "byline"
            return
        if match is None and len(text) <= 40:
            match = markers.NAME_LINE.fullmatch(said) or bywords.PICTURED_BY.fullmatch(said)
        if match is not None:
            result.values["author"] = bywords.names(text, match)
            result.rules["author"] = "byline"
            return


def _is_labelled_line(text: str) -> bool:
    return any(p.fullmatch(text) for p in (markers.EDITOR_LINE, markers.SOURCE_LINE, markers.AUTHOR_LINE))
