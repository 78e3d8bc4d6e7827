"""The border of the article: which box holds the text, and which of its lines are text.

The box is nearly always found; what goes wrong is its end. So the lines are judged one by one,
by whole-line patterns together with the place they stand in, never by the prefix of a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from parsel import Selector

from newscrawler.extract import entries, markers, related
from newscrawler.extract.document import HEADING_TAGS, Block, Document
from newscrawler.extract.related import Group

TRANSPARENT = frozenset(
    [
        "p",
        "li",
        "ul",
        "ol",
        "dl",
        "dd",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "center",
        "pre",
        "tbody",
        "tr",
        "figure",
        "figcaption",
        "hr",
        "address",
    ]
)
"""Elements that group lines within a body and are not its box."""


@dataclass(slots=True)
class Body:
    """The article's text: the kept blocks, the range they were taken from, and what was cut and why."""

    first: int
    last: int
    kept: list[int] = field(default_factory=list)
    cut: dict[int, str] = field(default_factory=dict)
    node: int = -1
    prose: int = 0


def prose(document: Document, block: Block) -> float:
    """How much running text a block holds: characters outside links, where sentence punctuation stands."""
    if block.hidden or block.plain < 10 or block.link_chars * 2 > len(block.text):
        return 0.0
    if len(block.text) < 250 and entries.is_cut(block.text):
        return 0.0  # a teaser of another article
    if block.marks == 0:
        return 0.3 * block.plain if block.plain >= 20 else 0.0
    return float(block.plain)


def find(document: Document, title_block: int = -1) -> Body | None:
    """The box with the most running text, each block's text counted for the boxes around it, less with distance."""
    nodes = document.nodes
    weights = [prose(document, block) for block in document.blocks]
    scores: dict[int, float] = {}
    soft: dict[int, float] = {}
    for block, weight in zip(document.blocks, weights, strict=True):
        if weight <= 0:
            continue
        node, share = block.node, 1.0
        while node >= 0 and nodes[node].tag in TRANSPARENT:
            node = nodes[node].parent
        steps = 0
        while node >= 0 and steps < 4:
            if node not in soft:
                soft[node] = _soft(document, node)
            scores[node] = scores.get(node, 0.0) + weight * share * soft[node]
            node = nodes[node].parent
            while node >= 0 and nodes[node].tag in TRANSPARENT:
                node = nodes[node].parent
            share *= 0.65
            steps += 1
    if not scores:
        return None
    top = max(
        scores,
        key=lambda n: (
            scores[n] * (1.0 if nodes[n].first > title_block or nodes[n].last > title_block else 0.5)
        ),
    )
    first, last = _grow(document, top, weights)
    return Body(first, last, node=top, prose=int(sum(weights[first:last])))


def _soft(document: Document, node: int) -> float:
    """Class and id words as soft evidence."""
    words = document.nodes[node].words
    tag = document.nodes[node].tag
    if tag in ("footer", "aside", "nav", "form"):
        return 0.3 if tag != "form" else 0.8
    if markers.COMMENT_WORDS.search(words):
        return 0.25
    if markers.GOOD_WORDS.search(words):
        return 1.1
    if len(words) > 1 and markers.BAD_WORDS.search(words):
        return 0.5
    return 1.2 if tag == "article" else 1.0


def _grow(document: Document, top: int, weights: list[float]) -> tuple[int, int]:
    """The box's range, carried on over what follows (or precedes) it in its parents as long as that is text too.

    A body spread over sibling boxes, or a table behind the text, belongs to the article; comments,
    related links and notices end it.
    """
    nodes, blocks = document.nodes, document.blocks
    first, last = nodes[top].first, nodes[top].last
    own = sum(weights[first:last])
    parent = nodes[top].parent
    while parent >= 0 and nodes[parent].tag not in ("html",):
        end = _text_end(document, last, nodes[parent].last)
        gain = sum(blocks[i].plain for i in range(last, end))
        links = sum(blocks[i].link_chars for i in range(last, end))
        if gain >= max(own * 0.2, 60) and links <= gain * 0.15:
            last = end
        begin = _text_begin(document, nodes[parent].first, first)
        gain = sum(weights[begin:first])
        if gain >= max(own * 0.05, 40):
            first = begin
        if nodes[parent].tag == "body":
            break
        parent = nodes[parent].parent
    return first, last


def _ends(document: Document, block: Block) -> bool:
    """True for a line at which text outside the box ends for good."""
    text = block.text
    if related.is_heading(block) or related.is_other_section(block) or markers.COMMENTS.fullmatch(text):
        return True
    if len(text) < 300 and any(
        pattern.fullmatch(text)
        for pattern in (
            markers.EDITOR_LINE,
            markers.NOTICE_LINE,
            markers.TAG_LINE,
            markers.NAVIGATION_LINE,
            markers.COUNT_LINE,
        )
    ):
        return True
    words = " ".join(document.nodes[n].words for n in document.ancestors(block.node)[:3])
    return bool(words.strip()) and markers.BAD_WORDS.search(words) is not None


def _text_end(document: Document, start: int, limit: int) -> int:
    """How far plain text goes on from ``start``: to a line that ends it, or to three linked lines."""
    linked, end = 0, start
    for block in document.blocks[start:limit]:
        if block.hidden:
            continue
        if _ends(document, block):
            break
        linked = linked + 1 if block.link_chars * 2 > len(block.text) else 0
        if linked >= 3:
            break
        if not linked:
            end = block.index + 1
    return end


def _text_begin(document: Document, limit: int, end: int) -> int:
    """How far running text reaches back from ``end``: to a headline, a line with a date, or a linked line."""
    begin = end
    for index in range(end - 1, limit - 1, -1):
        block = document.blocks[index]
        if (
            block.hidden
            or block.tag in HEADING_TAGS
            or block.link_chars * 2 > len(block.text)
            or _ends(document, block)
        ):
            break
        if block.marks >= 2 and block.plain >= 40:
            if markers.SUMMARY_WORDS.search(document.nodes[block.node].words) or markers.SUMMARY_HEAD.match(
                block.text
            ):
                break
            begin = index
        elif block.plain > 30 or entries.is_date(block) or "：" in block.text:
            break
    return begin


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
    lines: list[int] = []
    for index in range(first, body.last):
        block = document.blocks[index]
        reason = taken.get(index) or ("dateline" if index in small else _line(document, block, title))
        if reason is None and block.hidden:
            reason = "hidden"
        if reason is None:
            lines.append(index)
        else:
            body.cut[index] = reason
    _restore(document, body, lines)
    _head(document, body, lines, small - {closing})
    _tail(document, body, lines, closing)
    body.kept = lines


def _restore(document: Document, body: Body, lines: list[int]) -> None:
    """A promotion in mid text, without a link, is the author's own sentence (快点击这里了解一下！)."""
    total = sum(document.blocks[i].plain for i in lines)
    for index, why in list(body.cut.items()):
        if why != "promotion" or document.blocks[index].links or not document.blocks[index].marks:
            continue
        behind = sum(document.blocks[i].plain for i in lines if i > index)
        if 0.15 * total < behind < 0.97 * total:
            del body.cut[index]
            lines.append(index)
    lines.sort()


def _line(document: Document, block: Block, title: str | None) -> str | None:
    """Why a line is no body, by itself; None when it may be."""
    text = block.text
    size = len(text)
    if size <= 60 and markers.EDITOR_LINE.fullmatch(text):
        return "editor line"
    if size <= 60 and markers.CREDIT_LINE.fullmatch(text):
        return "credits"
    if size <= 60 and markers.BUTTON_LINE.fullmatch(text) and any(c.isalpha() for c in text):
        return "button"
    if block.link_chars and block.link_chars >= size * 0.8:
        return _links(document, block)
    if size > 420:
        return None
    if size <= 60 and markers.BREADCRUMB_HERE.search(text) and block.marks <= 1:
        return "breadcrumb"
    if block.link_chars > size * 0.5 and markers.TAG_LINE.match(text) and size <= 80:
        return "tags"
    if size <= 120:
        for reason, pattern in _SHORT_LINES:
            if pattern.fullmatch(text):
                return reason
        if title and size <= len(title) + 6 and text == title:
            return "headline repeated"
    if markers.NOTICE_LINE.fullmatch(text):
        return "notice"
    return None


_SHORT_LINES = (
    ("editor line", markers.EDITOR_LINE),
    ("source line", markers.SOURCE_LINE),
    ("author line", markers.AUTHOR_LINE),
    ("original headline", markers.ORIGINAL_TITLE_LINE),
    ("tags", markers.TAG_LINE),
    ("previous or next", markers.NAVIGATION_LINE),
    ("counter", markers.COUNT_LINE),
    ("end mark", markers.ENDED_LINE),
    ("promotion", markers.PROMOTION_LINE),
)


def _links(document: Document, block: Block) -> str | None:
    """A line that is a link: body only where it is a whole sentence or an intermediate heading between text."""
    if block.marks >= 2 or len(block.text) > 60:
        return None
    return "link"


def _head(document: Document, body: Body, lines: list[int], dateline: set[int]) -> None:
    """Short unpunctuated lines before the first running text go, when they stand before the dateline or are link-dense."""
    last_small = max((i for i in dateline if body.first <= i < body.last), default=-1)
    text_after = sum(document.blocks[i].plain for i in lines if i > last_small)
    text_before = sum(document.blocks[i].plain for i in lines if i < last_small)
    if last_small >= 0 and text_before < text_after * 0.3:
        for index in [i for i in lines if i < last_small]:
            body.cut[index] = "before the dateline"
            lines.remove(index)


_TERMINAL = frozenset(("editor line", "notice", "previous or next", "end mark"))
"""What stands at an article's end: behind it comes no more text of the article."""
RESUMED = 120
"""So much running text behind a block of links says that the article goes on after it."""


def _tail(document: Document, body: Body, lines: list[int], closing: int | None) -> None:
    """The end: what stands behind comments, a section heading, an editor line or a notice goes; then trailing scraps."""
    blocks = document.blocks
    stop = _first_foreign(document, body, lines, closing)
    if stop is not None:
        _cut_from(body, lines, *stop)
    total = sum(blocks[i].plain for i in lines if blocks[i].marks)
    kept = set(lines)
    seen = 0
    for index in range(body.first, stop[0] if stop else body.last):
        block = blocks[index]
        if index in kept and block.marks:
            seen += block.plain
        if seen < max(60, total * 0.5):
            continue
        why = body.cut.get(index, "")
        links = why.startswith("related block") or (not why and _section(document, block))
        if why in _TERMINAL or (links and total - seen < RESUMED):
            _cut_from(body, lines, index, why or f"behind {block.text[:12]}")
            break
        if links and not why:
            body.cut[index] = "heading of links"
            lines.remove(index)
    while lines:
        block = blocks[lines[-1]]
        scrap = (
            not any(c.isalpha() for c in block.text)
            and len(block.text) < 12
            and block.tag not in ("td", "th")
        )
        if scrap or (block.marks == 0 and (_section(document, block) or entries.is_date(block))):
            body.cut[lines.pop()] = "tail"
            continue
        break


def _first_foreign(
    document: Document, body: Body, lines: list[int], closing: int | None
) -> tuple[int, str] | None:
    """Where the page stops being the article's: a dateline behind the text, or the readers' comments."""
    kept, seen = set(lines), 0
    for index in range(body.first, body.last):
        block = document.blocks[index]
        if index == closing:
            return index, "dateline behind the text"
        if seen >= 60 and _is_comments(document, block):
            return index, "comments"
        if index in kept and block.marks:
            seen += block.plain
    return None


def _cut_from(body: Body, lines: list[int], start: int, why: str) -> None:
    for index in [i for i in lines if i >= start]:
        body.cut[index] = f"behind: {why}"
        lines.remove(index)


def _section(document: Document, block: Block) -> bool:
    """A heading of another section of the page."""
    return related.is_heading(block) or related.is_other_section(block)


def _is_comments(document: Document, block: Block) -> bool:
    """The heading of the readers' comments, or a line inside a box that is named so."""
    if len(block.text) <= 16 and markers.COMMENTS.fullmatch(block.text) and block.plain:
        return True
    words = " ".join(document.nodes[n].words for n in document.ancestors(block.node)[:3])
    return markers.COMMENT_WORDS.search(words) is not None


def paragraphs(document: Document, body: Body) -> list[str]:
    """The kept lines as paragraphs; the rows of a real table as one line each, cells joined by `` | ``."""
    out: list[str] = []
    row_of: int | None = None
    for index in body.kept:
        block = document.blocks[index]
        row = _row(document, block)
        text = _without_button(block)
        if row is not None and row == row_of:
            out[-1] += " | " + text
        elif text:
            out.append(text)
        row_of = row
    return out


def _without_button(block: Block) -> str:
    """A paragraph without the button that hangs at its end (返回首页>>, 查看原文)."""
    text = block.text
    if block.links and block.marks:
        last = block.links[-1].text
        if (
            2 <= len(last) <= 16
            and text.endswith(last)
            and (markers.BUTTON_LINE.fullmatch(last) or markers.PROMOTION_LINE.fullmatch(last))
        ):
            return text[: -len(last)].rstrip(" [【(（>")
    return text


def _row(document: Document, block: Block) -> int | None:
    """The table row of a cell in a real table: several short cells; None in layout tables and outside."""
    if len(block.text) > 80:
        return None
    for node in document.ancestors(block.node)[:4]:
        if document.nodes[node].tag == "tr":
            row = document.nodes[node]
            if (
                2 <= row.last - row.first <= 30
                and max(len(b.text) for b in document.blocks[row.first : row.last]) <= 80
            ):
                return node
            return None
    return None


def is_caption(block: Block) -> bool:
    """True for a line that is marked as a picture's caption (▲…, 图：…, …摄)."""
    return block.tag not in HEADING_TAGS and markers.CAPTION_LINE.fullmatch(block.text) is not None


def hinted(document: Document, selector: str) -> Body | None:
    """The box that a site's CSS hint names; None when it names nothing with text."""
    if document.root is None:
        return None
    found = Selector(root=document.root, type="html").css(selector)
    for match in found:
        node = document.node_of(match.root)
        if node is not None and node.last > node.first:
            return Body(node.first, node.last, node=document.nodes.index(node))
    return None
