"""The border of the article: which lines of the box are text.

The lines are judged one by one, by whole-line patterns together with the place they stand in, never
by the prefix of a sentence; then the end is looked for, which is what goes wrong everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from newscrawler.extract import entries, markers, sentence, signs, tail
from newscrawler.extract.box import Body
from newscrawler.extract.document import Block, Document
from newscrawler.extract.lines import row_of
from newscrawler.extract.related import Group

LONGEST_LINE, LONGEST_NOTICE = 120, 420
"""A longer line is none of the small print; a longer one is no notice either."""
VALUES, LONGEST_VALUE = 6, 30
"""So many cells before the text may hold what the labels beside them ask for; none is longer."""
_NUMBER = re.compile(r"\W{0,2}(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.．]")
SHORT_HEADING = 8
"""A longer line over links may be a sentence."""


def judge(
    document: Document,
    body: Body,
    *,
    title: str | None,
    title_block: int,
    small: set[int],
    closing: int | None,
    groups: list[Group],
) -> None:
    """Decide line by line what of the box is body; fills ``kept`` and ``cut``."""
    first = body.first
    if body.first <= title_block < body.last:
        body.cut.update(dict.fromkeys(range(first, title_block), "before the headline"))
        body.cut[title_block] = "headline"
        first = title_block + 1
    taken = {i: f"related block ({g.heading or g.rule})" for g in groups for i in range(g.first, g.last)}
    taken.update(_inserted(document, body))
    lines: list[int] = []
    for index in range(first, body.last):
        block = document.blocks[index]
        reason = taken.get(index) or ("dateline" if index in small else _line(document, block, title))
        if (
            reason == "button"
            and lines
            and block.text[-2:-1].isdigit()
            and row_of(document, block) is not None
        ):
            reason = None  # 224.22万 in a table
        if reason is None and block.hidden:
            reason = "hidden"
        if reason is None:
            lines.append(index)
        else:
            body.cut[index] = reason
    _restore(document, body, lines)
    _head(document, body, lines, small - {closing})
    _summary(document, body, lines)
    while lines and _is_scrap(document, document.blocks[lines[0]]):
        body.cut[lines.pop(0)] = "scrap"
    tail.cut(document, body, lines, closing)
    _headings(document, body, lines)
    body.kept = lines


INSERT = 0.2
"""No larger a part of a text stands in a box that is set into it."""


def _inserted(document: Document, body: Body) -> dict[int, str]:
    """The blocks of small boxes in the text that are called newsletter, author card and the like."""
    nodes, found = document.nodes, {}
    total = 0
    for node in range(bisect_left(nodes.first, body.first), len(nodes.tag)):
        first, last, words = nodes.first[node], nodes.last[node], nodes.words[node]
        if first >= body.last:
            break
        if not words or first == last or last > body.last or not markers.is_insert(words):
            continue
        total = total or sum(block.plain for block in document.blocks[body.first : body.last])
        if sum(block.plain for block in document.blocks[first:last]) <= INSERT * total:
            found.update(dict.fromkeys(range(first, last), "inserted box"))
    return found


def _headings(document: Document, body: Body, lines: list[int]) -> None:
    """A short line right over links that were cut (a table of contents, a box of tools) heads them."""
    cut = body.cut
    for place in range(len(lines) - 1, -1, -1):
        index = lines[place]
        if cut.get(index + 1) == cut.get(index + 2) == "link":
            block = document.blocks[index]
            if not block.marks and not block.links and len(block.text) <= SHORT_HEADING:
                cut[index] = "heading of links"
                del lines[place]


def _restore(document: Document, body: Body, lines: list[int]) -> None:
    """A promotion in mid text, without a link, is the author's own sentence (快点击这里了解一下！)."""
    total = sum(document.blocks[i].plain for i in lines)
    for index, why in list(body.cut.items()):
        if why != "promotion" or document.blocks[index].links or not document.blocks[index].marks:
            continue
        if document.blocks[index].text.rstrip(sentence.CLOSING)[-1:] not in (*sentence.ENDS,):
            continue  # 打开App，阅读体验更佳 ("open the app, it reads better there")
        behind = sum(document.blocks[i].plain for i in lines if i > index)
        if 0.15 * total < behind < 0.97 * total:
            del body.cut[index]
            lines.append(index)
    lines.sort()


def _line(document: Document, block: Block, title: str | None) -> str | None:
    """Why a line is no body, by itself; None when it may be."""
    text = block.said
    size = len(text)
    linked = block.link_chars * 2 > size
    if not linked and size > LONGEST_LINE:
        said = size <= LONGEST_NOTICE and signs.is_notice(text)
        return "notice" if said and (markers.SUSPECT.search(text) or block.text == title) else None
    if not linked and not markers.SUSPECT.search(text) and block.text != title:
        return "button" if size <= 16 and not block.marks and _is_button(text) else None
    begin = signs.beginning(text)
    if size <= 60:
        if begin in signs.ENDED.begins and signs.ENDED.fullmatch(text):
            return "end mark"
        if begin in signs.EDITOR.begins and signs.EDITOR.fullmatch(text):
            return "editor line"
        if (
            (begin in signs.CREDIT.begins and signs.CREDIT.fullmatch(text))
            or signs.is_credit(text)
            or (not block.marks and signs.roles(text))
        ):
            return "credits"
        if begin in signs.BUTTON.begins and _is_button(text):
            return "button"
    if linked and _is_in_links(block):
        return _links(document, block)
    if linked and not block.marks and _is_under_heading(block):
        return "link"
    if size > LONGEST_NOTICE:
        return None
    if size <= 60 and markers.BREADCRUMB_HERE.search(text) and block.marks <= 1:
        return "breadcrumb"
    if linked and markers.TAG_LINE.match(text) and size <= 80:
        return "tags"
    if size <= LONGEST_LINE:
        for reason, matches in _BY_BEGINNING.get(begin, _ANY_BEGINNING):
            if matches(text):
                return None if _is_said(block, reason) else reason
        if title and size <= len(title) + 6 and block.text == title:
            return "headline repeated"
    if signs.is_notice(text):
        return "notice"
    return None


def _is_button(text: str) -> bool:
    return signs.BUTTON.matches(text) and any(map(str.isalpha, text))


def _is_in_links(block: Block) -> bool:
    """True for a line whose letters and digits all but stand in links."""
    return block.link_chars >= 0.8 * len(block.text) or block.link_chars >= 0.8 * sum(
        map(str.isalnum, block.said)
    )


def _is_said(block: Block, reason: str) -> bool:
    """True where a label is followed by a sentence instead of a name or a list of tags."""
    if reason == "source line":
        return sentence.runs_on(block)
    return reason == "tags" and not block.links and block.text[-1] in sentence.ENDS


_SHORT_LINES: tuple[tuple[str, signs.Worded | Callable[[str], object]], ...] = (
    ("editor line", signs.EDITOR),
    ("source line", signs.Worded(markers.SOURCE_LINE)),
    ("author line", signs.Worded(markers.AUTHOR_LINE)),
    ("original headline", signs.Worded(markers.ORIGINAL_TITLE_LINE)),
    ("advertisement", signs.Worded(markers.ADVERTISEMENT_LINE)),
    ("tags", signs.Worded(markers.TAG_LINE)),
    ("previous or next", signs.Worded(markers.NAVIGATION_LINE)),
    ("player", markers.PLAYER_LINE.fullmatch),
    ("counter", signs.Worded(markers.COUNT_LINE)),
    ("issue", signs.is_issue),
    ("change", signs.is_change),
    ("end mark", signs.ENDED),
    ("log-in wall", signs.is_wall),
    ("promotion", signs.is_promotion),
)


def _asked(begin: str | None) -> list[tuple[str, Callable[[str], object]]]:
    """What a short line that begins so is asked, in order; None: that begins as none of these lines do."""
    return [
        (reason, line.fullmatch if isinstance(line, signs.Worded) else line)
        for reason, line in _SHORT_LINES
        if not isinstance(line, signs.Worded) or begin in line.begins
    ]


_ANY_BEGINNING = _asked(None)
_BY_BEGINNING = {
    begin: _asked(begin)
    for _, line in _SHORT_LINES
    if isinstance(line, signs.Worded)
    for begin in line.begins
}


def _links(document: Document, block: Block) -> str | None:
    """A line that is a link: body only where it is a whole sentence or an intermediate heading between
    text.
    """
    if block.marks >= 2 or len(block.text) > 60:
        return None
    if len(block.text) >= sentence.RUNS_ON and block.text[-1] in sentence.ENDS and not block.hidden:
        said = block.links[-1].text
        if said[-1:] not in sentence.ENDS and not block.text[:-1].endswith((">", "…")):
            return None  # the full stop behind the link ends a sentence of the text
    return None if _heads_item(document, block) else "link"


def _heads_item(document: Document, block: Block) -> bool:
    """The headline of an item of a digest: a link behind a number, and a paragraph of text under it."""
    number = _NUMBER.match(block.text)
    if number is None or block.tag == "li" or block.text.startswith(block.links[0].text):
        return False
    if block.index + 1 == len(document.blocks):
        return False
    under = document.blocks[block.index + 1]
    said = under.marks and under.plain >= sentence.PARAGRAPH and not under.hidden
    return bool(said) and not entries.is_cut(under.text)


def _is_under_heading(block: Block) -> bool:
    """相关阅读 and a link in one line."""
    before = block.said[: len(block.text.partition(block.links[0].text)[0])].strip()
    return 0 < len(before) <= SHORT_HEADING and markers.RELATED_HEADING.fullmatch(before) is not None


def _head(document: Document, body: Body, lines: list[int], dateline: set[int]) -> None:
    """Short unpunctuated lines before the first running text go, when they stand before the dateline or
    are link-dense.
    """
    last_small = max((i for i in dateline if body.first <= i < body.last), default=-1)
    text_after = sum(document.blocks[i].plain for i in lines if i > last_small)
    text_before = sum(document.blocks[i].plain for i in lines if i < last_small)
    if last_small >= 0 and text_before < text_after * 0.3:
        place = bisect_left(lines, last_small)
        body.cut.update((index, "before the dateline") for index in lines[:place])
        del lines[:place]
    for index in lines[:VALUES]:
        block = document.blocks[index]
        if block.marks or len(block.text) > LONGEST_VALUE:
            break
        if index - 1 in body.cut and document.blocks[index - 1].text[-1] in "：:":
            body.cut[index] = "value of a label"
            lines.remove(index)
    first = document.blocks[lines[0]] if lines else None
    if first is None or first.marks or first.text[-1] not in "：:" or len(first.text) > SHORT_HEADING:
        return
    if body.cut.get(first.index + 1) == "link":  # 访问： ("visit:") and the name of a shop
        body.cut[lines.pop(0)] = "label of a link"


def _is_scrap(document: Document, block: Block) -> bool:
    """A bare number before the text: claps, shares, the size of a picture."""
    return len(block.text) < 12 and not any(map(str.isalpha, block.text)) and row_of(document, block) is None


def _summary(document: Document, body: Body, lines: list[int]) -> None:
    """A summary box before the text: named so by its class, or by its label in a box of its own,
    or by its label where it is cut short or repeated by the text.
    """
    if len(lines) < 3:
        return
    block, following = document.blocks[lines[0]], document.blocks[lines[1]]
    nodes = document.nodes
    apart = nodes.parent[block.node] != nodes.parent[following.node] and block.node != following.node
    label = markers.SUMMARY_HEAD.match(block.said)
    if label is not None and not apart:
        said = block.text[label.end() :].strip()
        apart = entries.is_cut(said) or (len(said) >= 20 and said[:20] in following.text)
    around = set(document.ancestors(following.node))
    boxes = [n for n in document.ancestors(block.node, 3) if n not in around]
    if apart and (label is not None or any(markers.SUMMARY_WORDS.search(nodes.words[n]) for n in boxes)):
        body.cut[lines.pop(0)] = "summary box"
