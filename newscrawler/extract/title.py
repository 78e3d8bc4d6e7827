"""The headline: where the page's heading and its ``<title>`` agree; the category from the tail or the
breadcrumb.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from newscrawler.extract import markers, signs
from newscrawler.extract.document import HEADING_TAGS, Block, Document

_SPLIT = re.compile(r"\s*(?:--+|——|[_|–｜丨»«]|(?<=[^A-Za-z0-9])-|-(?=[^A-Za-z0-9])|\s-\s|\s—\s|\s·\s)\s*")
_CUT_SHORT = re.compile(r"(?P<begin>.{6,}?)(?:…+|\.{3,})(?P<tail>\s*[-_|–—｜丨].*)$")
_BADGE = re.compile(r"[【\[（(](\w{1,6})[】\]）)]\s*")
_UNSEEN = re.compile(r"[\s\"'“”‘’＂＇]")
_CRUMB_SPLIT = re.compile(r"\s*(?:>+|&gt;|»|›|＞|→|/|\||｜|\\|·|-->|::|：：|—)\s*")

SURE = 8.0
"""A heading that agrees with ``<title>`` from its first character; no better one is looked for far
behind it.
"""


CHANNEL = 8
"""A channel's or a site's name is no longer than this, a headline hardly shorter."""
TAIL_PARTS = 3
"""A tail of unknown names has no more parts than these: two channels and the site."""


@dataclass(slots=True)
class Title:
    """The headline, the block it stands in (-1: only in the head), the tail cut from ``<title>``, and
    the rule.
    """

    text: str | None
    block: int
    tail: str
    rule: str


def key(text: str) -> str:
    """``text`` for comparison: NFKC, without white space and quotes."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def find(document: Document, body_first: int | None) -> Title:
    """The headline of the page; ``body_first`` is the first block of the body where it is known."""
    head = document.head_title
    head_key = key(head)
    limit = len(document.blocks) if body_first is None else min(len(document.blocks), body_first + 3)
    best: tuple[float, Block, str] | None = None
    shared = document.meta.get("og:title", "") or document.meta.get("title", "")
    meta = key(shared)
    head_begin = head[:6] if len(head) >= 6 else ""
    for block in document.blocks[:limit]:
        if best is not None and best[0] >= SURE and block.index > best[1].index + 40:
            break
        text = block.text
        if block.hidden or not 4 <= len(text) <= 120:
            continue
        begin = text[:4]  # a cheap look before the careful one: most lines are no headline at first sight
        told = begin in head or begin in shared or text[-4:] in head or (head_begin and head_begin in text)
        if not told and not _is_set_apart(document, block):
            continue
        if block.links and _leads_home(document, block):
            continue
        found = _score(document, block, head_key, meta, limit)
        if found is not None and (best is None or found[0] > best[0]):
            best = (found[0], block, found[1])
    if best is not None:
        _, block, rule = best
        text = _without_badges(block, head)
        return Title(_without_site(document, text, head), block.index, _tail(head, text), rule)
    parts = [p for p in _SPLIT.split(head) if p]
    if body_first is not None and len(parts) <= 1:
        above = _line_above(document, body_first) if not parts or _is_site(head) else None
        if above is not None:
            return Title(above.text, above.index, "", "line above the text")
    if not parts:
        return Title(None, -1, "", "none")
    text = head if len(parts) == 1 else _longest_head(document, head)
    return Title(text, -1, _tail(head, text), "title element")


def _is_site(head: str) -> bool:
    """Whether all that a page's title element says is whose page it is."""
    return len(head) <= 6 or bool(markers.SITE_WORDS.search(head) or markers.INSTITUTION.search(head))


def _is_set_apart(document: Document, block: Block) -> bool:
    """A line in a heading, or in a box named for one."""
    nodes, words = document.nodes, document.nodes.words[block.node]
    parent = nodes.parent[block.node]
    return (
        nodes.tag[block.node] in HEADING_TAGS
        or "title" in words
        or "headline" in words
        or (parent >= 0 and nodes.tag[parent] in HEADING_TAGS)
    )


def _leads_home(document: Document, block: Block) -> bool:
    """True for a line that is one link to the site's front page: the site's name, whatever its tag."""
    if len(block.links) > 1 or block.links[0].text != block.text:
        return False
    url = document.absolute(block.links[0].href)
    return url is not None and urlsplit(url)[2:] in (("", "", ""), ("/", "", ""))


def _line_above(document: Document, body_first: int) -> Block | None:
    """Where ``<title>`` says nothing: the line above the text that looks most like a headline."""
    best: tuple[float, Block] | None = None
    for block in document.blocks[max(0, body_first - 10) : body_first + 3]:
        size = len(block.text)
        if block.index >= body_first and block.marks >= 2 and block.plain >= 40:
            break  # the text has begun
        if block.hidden or not 5 <= size <= 60 or block.text[-1] in "。：:；，":
            continue
        if block.link_chars * 2 > size and block.tag not in HEADING_TAGS:
            continue
        if markers.BREADCRUMB_HERE.search(block.said) or signs.BUTTON.matches(block.said):
            continue
        if re.search(r"\d{4}[-年/]\d", block.text) or markers.LABELLED.match(block.said):
            continue
        score = 2.0 * (block.tag in HEADING_TAGS) + 1.0 * block.strong
        score += 0.05 * min(size, 30) - 0.1 * abs(body_first - block.index)
        if best is None or score > best[0]:
            best = (score, block)
    return best[1] if best is not None else None


def _score(
    document: Document, block: Block, head_key: str, meta: str, limit: int
) -> tuple[float, str] | None:
    """How much a block looks like the headline; None when not at all."""
    text_key = key(block.text)
    if len(text_key) < 4 or (block.link_chars > len(block.text) * 0.8 and block.tag not in HEADING_TAGS):
        return None
    agrees = len(text_key) >= 4 and (text_key in head_key or (len(head_key) >= 6 and head_key in text_key))
    score, rule = 0.0, ""
    if agrees:
        share = min(len(text_key), len(head_key)) / max(len(text_key), len(head_key), 1)
        starts = head_key.startswith(text_key)
        score += 2 + 4 * share + (1.5 if starts else 0.0)
        rule = "agrees with the title element"
    if meta and text_key == meta:
        score += 3
        rule = rule or "agrees with og:title"
    tags = {document.nodes.tag[n] for n in document.ancestors(block.node, 2)}
    if "h1" in tags:
        score += 3.0
        rule = f"h1, {rule}" if rule else "h1"
    elif tags & HEADING_TAGS:
        score += 1.5
        rule = f"heading, {rule}" if rule else "heading"
    words = document.nodes.words[block.node]
    if "title" in words or "headline" in words or "biaoti" in words:
        score += 1.0
        rule = rule or "title class"
    elif agrees and not tags & HEADING_TAGS and _is_piece(document.head_title, block.text):
        return None
    if markers.is_bad_box(words):
        score -= 1.5
    if score < 3.5 and not (score >= 3.0 and "h1" in tags and len(text_key) >= 8):
        return None
    return score - 0.3 * (limit - block.index) / (limit + 1), rule


def _is_piece(head: str, text: str) -> bool:
    """True where ``text`` begins ``head`` and ends inside it: a name that the headline speaks of."""
    size = len(text)
    return 2 * size < len(head) and head.startswith(text) and head[size].isalpha() and text[-1].isalpha()


def _without_badges(block: Block, head: str) -> str:
    """The heading without what ``<title>`` does not show of it: other elements beside the one that begins
    it, badges at either end (原创, 图, 视频).
    """
    text = block.text
    for piece in (piece.strip() for piece, _ in block.pieces):
        whole = len(piece) == len(head) or _SPLIT.match(head, len(piece))
        if len(piece) >= CHANNEL and piece != text and head.startswith(piece) and whole:
            return piece
    marked = _BADGE.match(text)
    if marked is not None and head.startswith(text[marked.end() :]):
        return text[marked.end() :]
    for piece, at_start in ((p, s) for s in (True, False) for p, _ in block.pieces):
        badge = piece.strip()
        if badge.strip("[]【】()（）·|｜ ") not in markers.BADGES:
            continue
        if at_start and text.startswith(badge) and not head.startswith(badge):
            text = text[len(badge) :].lstrip()
        elif not at_start and text.endswith(badge) and (text not in head):
            text = text[: -len(badge)].rstrip()
    return text


def _without_site(document: Document, text: str, head: str) -> str:
    """A heading that itself carries the site's tail loses it; a headline with dashes of its own keeps
    them.
    """
    if key(text) != key(head):
        return text
    parts = [p for p in _SPLIT.split(head) if p]
    if len(parts) > 1 and markers.SITE_WORDS.search(parts[-1]):
        return _longest_head(document, text)
    return text


def _longest_head(document: Document, head: str) -> str:
    """``head`` without its tail: from the right, what names a site or a channel.

    A part that nothing else tells from a piece of the headline has to be short, free of sentence marks,
    and set off by the same separator as the last one: a headline may hold dashes and bars of its own.
    """
    cuts = [m for m in _SPLIT.finditer(head) if m.start() > 0 and m.end() < len(head)]
    if not cuts:
        return head
    last = cuts[-1][0].strip()
    long = cuts[0].start() >= CHANNEL
    names: set[str] | None = None
    end = len(head)
    for place, cut in enumerate(reversed(cuts)):
        part = head[cut.end() : end].strip()
        if not markers.SITE_WORDS.search(part):
            if names is None:
                names = {link.text for link in document.links}
            own = cut[0].strip() == last and place < TAIL_PARTS and part[-1:] not in "？！。?!…"
            if not (part in names or own) or len(part) > CHANNEL or not long:
                break
        end = cut.start()
    return head[:end].rstrip(" -_|–—｜丨»«") or head


def _tail(head: str, title: str) -> str:
    """What follows the headline in ``<title>``: 栏目-ITBear科技资讯."""
    cut = _CUT_SHORT.match(head)
    if cut is not None and key(title).startswith(key(cut["begin"])):
        return cut["tail"].strip(" -_|–—｜丨»«·")
    if title and head.startswith(title) and key(title[-1]):
        return head[len(title) :].strip(" -_|–—｜丨»«·")
    wanted = key(title)
    folded = ""
    for index, char in enumerate(head):
        folded += key(char)
        if not wanted.startswith(folded):
            break
        if len(folded) == len(wanted):
            return head[index + 1 :].strip(" -_|–—｜丨»«·")
    return ""


def category(document: Document, title: Title, body_first: int | None) -> tuple[str | None, str]:
    """The category: from the title's tail (标题-栏目-站名), else the last breadcrumb element that is
    not the title.
    """
    parts = [p.strip() for p in _SPLIT.split(title.tail) if p.strip()]
    if len(parts) >= 2 and 2 <= len(parts[0]) <= 10 and not markers.SITE_WORDS.search(parts[0]):
        return parts[0], "title tail"
    found = _breadcrumb(document, title, body_first)
    if found is not None:
        return found, "breadcrumb"
    section = document.meta.get("article:section") or document.meta.get("og:article:section")
    if section and len(section) <= 20:
        return section, "meta"
    found = _channel_beside(document, title)
    return (found, "a channel's link beside the headline") if found else (None, "")


BESIDE = 3
"""So many blocks behind the headline stand beside it."""
CHANNEL_NAME = 6


def _channel_beside(document: Document, title: Title) -> str | None:
    """The channel of the menu to which the one link beside the headline leads that leads to any."""
    if title.block < 1 or not document.links:
        return None
    behind = document.blocks[title.block + 1 : title.block + 1 + BESIDE]
    last = next((block.index for block in behind if block.marks), title.block + 1 + len(behind))
    alone = len(document.blocks[title.block - 1].links) == 1  # else it may be the menu itself
    near = range(title.block - alone, last)
    menu = {
        (link.text, link.href)
        for link in document.links
        if link.block < near.start and 2 <= len(link.text) <= CHANNEL_NAME
    }
    found = {link.text for link in document.links if link.block in near and (link.text, link.href) in menu}
    return found.pop() if len(found) == 1 and not found & markers.BREADCRUMB_WORDS else None


def _breadcrumb(document: Document, title: Title, body_first: int | None) -> str | None:
    limit = title.block if title.block >= 0 else (body_first or len(document.blocks))
    for block in document.blocks[max(0, limit - 40) : limit]:
        words = document.nodes.words[block.node]
        here = markers.BREADCRUMB_HERE.search(block.said)
        crumb = "crumb" in words or "position" in words or "weizhi" in words or "location" in words
        if not here and not crumb:
            continue
        text = document_line(document, block) if len(_CRUMB_SPLIT.split(block.text)) < 3 else block.text
        text = re.sub(r"^.{0,12}?(?:位置|所在)[^:：>]{0,4}[:：>]?", "", text)
        elements = [p.strip(" :：>»›") for p in _CRUMB_SPLIT.split(text)]
        wanted = key(title.text or "")
        named = [p for p in elements if _names_channel(p, wanted)]
        if named:
            return named[-1]
    return None


def _names_channel(element: str, headline: str) -> bool:
    """A breadcrumb element that is neither the headline (or a piece of it) nor 首页, 正文."""
    if not 2 <= len(element) <= 14 or element in markers.BREADCRUMB_WORDS:
        return False
    own = key(element)
    return not (headline and ((own in headline and len(element) > 6) or headline in own))


def document_line(document: Document, block: Block) -> str:
    """A breadcrumb whose elements are blocks of their own, joined (ul > li)."""
    parent = document.nodes.parent[block.node]
    if parent < 0:
        return block.text
    first, last = document.nodes.first[parent], document.nodes.last[parent]
    if last - first > 8:
        return block.text
    return " > ".join(b.text for b in document.blocks[first:last])
