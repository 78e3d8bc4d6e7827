"""The way on from a listing page: an explicit link, else what the pager or a counter such as 1/57 implies."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from newscrawler.extract import markers
from newscrawler.extract.document import Block, Document, Link

_COUNTER = re.compile(r"(?:第\s*)?(?<![\d/.-])(\d{1,5})\s*(?:页)?\s*/\s*(?:共\s*)?(\d{1,5})(?![\d/.-])\s*页?")
_CLOCK = re.compile(r"\s*\d{1,2}:\d\d")
_COUNTER_WORDS = re.compile(
    r"第\s*(\d{1,5})\s*页\D{0,6}共\s*(\d{1,5})\s*页|共\s*(?P<all>\d{1,5})\s*页\D{0,8}第\s*(?P<here>\d{1,5})\s*页|当前\D{0,4}(\d{1,5})\s*/\s*(\d{1,5})"
)
_MORE = re.compile(rf"上一页|(?P<alone>^\W*更多\W*$)|{markers.LOAD_MORE.pattern}", re.IGNORECASE)
"""更多 ("more") alone leads to a channel, unless it leads to the next number of this very address."""
PAGE_PARAMETER = re.compile(
    r"^(?:page|p|pn|pg|(?:page|pg)_?(?:no|num|index|idx)|(?:cur|current|now)_?page|current|paged|pageid|pno)$",
    re.IGNORECASE,
)
_PAGE_PATH = re.compile(
    r"(?P<stem>.*?(?:index|list|page|p|default|node|\d+)?[_/-])(?P<number>\d{1,5})(?P<end>(?:\.s?html?|/)?)$",
    re.IGNORECASE,
)
_WRITER = "createPageHTML"
_CALLED = re.compile(
    _WRITER + r"\(\s*(?:[\"'][\w-]+[\"']\s*,\s*)?(?P<count>\d{1,5})\s*,\s*(?P<here>\d{1,5})\s*,"
    r"\s*[\"'](?P<name>[\w./-]+)[\"']\s*,\s*[\"'](?P<end>\w{3,5})[\"']"
)
"""The pager of TRS, which many government sites are made with."""


def counter(document: Document) -> tuple[int, int] | None:
    """``1/57``, 第1页/共57页: this page and how many there are; None where no counter stands."""
    days: set[tuple[str, str]] | None = None
    for block in reversed(document.blocks):
        text = block.text
        if len(text) > 120 or not any(map(str.isdigit, text)) or ("/" not in text and "页" not in text):
            continue
        match = _COUNTER_WORDS.search(text)
        if match is not None:
            numbers = [int(g) for g in match.groups() if g]
            if match["all"]:
                numbers.reverse()
        else:
            match = _COUNTER.search(text)
            if match is None or len(text) - len(match[0]) > 60 or (block.marks > 1):
                continue
            if not ("页" in text or len(text) - len(match[0]) < 25):
                continue
            if "页" not in text:
                days = _days(document) if days is None else days
                if _box(document, block) in days or match[1][0] == "0" or _CLOCK.match(text, match.end()):
                    continue  # 09/28 is a day
            numbers = [int(match[1]), int(match[2])]
            if numbers[0] == numbers[1] and any(_bare(link.text) == match[1] for link in block.links):
                continue  # 1 2 … 200 / 200 页: a link to the last page, beside how many there are
        if len(numbers) == 2 and 1 <= numbers[0] <= numbers[1]:
            return numbers[0], numbers[1]
    return None


def _days(document: Document) -> set[tuple[str, str]]:
    """The boxes (tag, class words) of which several say other pairs of numbers: days of a list's entries."""
    said: dict[tuple[str, str], set[str]] = {}
    for block in document.blocks:
        if "/" in block.text and (pair := _COUNTER.search(block.text)):
            said.setdefault(_box(document, block), set()).add(pair[0])
    return {box for box, pairs in said.items() if len(pairs) > 1}


def _box(document: Document, block: Block) -> tuple[str, str]:
    return block.tag, document.nodes.words[block.node] if block.node >= 0 else ""


def page_number(url: str) -> int | None:
    """The page number that an address states (``?page=3``, ``index_3.html``, ``/page/3/``); None when
    it states none.
    """
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query)
    place = page_parameter(pairs)
    if place is not None:
        return int(pairs[place][1])
    match = _PAGE_PATH.search(parts.path[-80:])
    return int(match["number"]) if match else None


def page_parameter(pairs: list[tuple[str, str]]) -> int | None:
    """Which of the parameters of an address states the page; pageid may also be a channel's, beside page."""
    named = [
        (name.lower() == "pageid", place)
        for place, (name, value) in enumerate(pairs)
        if PAGE_PARAMETER.match(name) and value.isdecimal() and len(value) <= 5
    ]
    return min(named)[1] if named else None


def next_page(document: Document, url: str, count: tuple[int, int] | None) -> str | None:
    """The address of the next older page; None at the end."""
    if document.next_href and (found := _other(document, document.next_href, url)):
        return found
    if count is not None and count[0] >= count[1]:
        return None
    shown = {
        picture.block for picture in document.pictures if picture.in_link and markers.is_next(picture.alt)
    }
    for link in document.links:
        text = link.text or link.title
        if not text and link.has_image and link.block in shown:
            text = _picture(document, link)
        if link.rel == "next" or markers.is_next(text):
            found = _other(document, link.href, url)
            if found and (not _backwards(url, found) or _counts_down(document, found)):
                return found
    return (
        _numbered(document, url, count)
        or _more(document, url, count)
        or _called(document, url)
        or _derived(url, count)
    )


def _picture(document: Document, link: Link) -> str:
    """What the picture of a link without text says, where one stands for each such link beside it."""
    links = [other for other in document.links if other.block == link.block and other.has_image]
    shown = [picture for picture in document.pictures if picture.block == link.block and picture.in_link]
    return shown[links.index(link)].alt if len(links) == len(shown) else ""


def _backwards(url: str, target: str) -> bool:
    """True when ``target`` is ``url`` with a number that is not higher (a pager's 下一页 on the last
    page).
    """
    here, there = page_number(url), page_number(target)
    if here is None or there is None:
        return False
    return url.replace(str(here), "", 1) == target.replace(str(there), "", 1) and there <= here


def _counts_down(document: Document, target: str) -> bool:
    """Whether the pager calls ``target`` by another number than its address: pages that keep their address
    when newer ones come are counted from the oldest (page 3 of 110 is 108.htm).
    """
    number = str(page_number(target))
    return any(
        shown.isdecimal() and shown != number and document.absolute(link.href) == target
        for link in document.links
        if (shown := _bare(link.text))
    )


def _other(document: Document, href: str, url: str) -> str | None:
    found = document.absolute(href)
    return found if found and found.partition("#")[0] != url.partition("#")[0] else None


def _numbered(document: Document, url: str, count: tuple[int, int] | None) -> str | None:
    """The pager link whose text is the next number and whose address differs from ours by a number alone."""
    stated = page_number(url)
    here = count[0] if count else stated or 1
    path = urlsplit(url).path.rpartition("/")[0].removesuffix(f"/{here}")  # /tech/page/2/
    for link in document.links:
        if _bare(link.text) == str(here + 1):
            found = _other(document, link.href, url)
            if (
                found
                and urlsplit(found).path.startswith(path)
                and (here != stated or _is_sibling(url, found))
                and _is_pager(document, link)
            ):
                return found
    return None


def _is_sibling(url: str, other: str) -> bool:
    """Whether two addresses are as deep: in /2025/9/ the link 10 to /2025/9/10/ is a day of a calendar."""
    return urlsplit(url).path.rstrip("/").count("/") >= urlsplit(other).path.rstrip("/").count("/")


def _called(document: Document, url: str) -> str | None:
    """The next page of a pager that a script writes: how many pages, which of them this is (from 0), the name
    and the ending of the first. The others are called NAME_1.html, NAME_2.html.
    """
    for _, script in document.scripts:
        call = _CALLED.search(script) if _WRITER in script else None
        if call is not None and int(call["here"]) + 1 < int(call["count"]):
            return _other(document, f"{call['name']}_{int(call['here']) + 1}.{call['end']}", url)
    return None


def _more(document: Document, url: str, count: tuple[int, int] | None) -> str | None:
    """A button 查看更多 ("see more") that is a link, or 上一页 ("previous page") where that means older: to
    the next number, since others of these names lead to channels and back.
    """
    here = count[0] if count else page_number(url) or 1
    for link in document.links:
        text = link.text
        more = _MORE.search(text) if len(text) <= markers.BUTTON else None
        if more is not None:
            found = _other(document, link.href, url)
            if more["alone"] and urlsplit(found or "").path != urlsplit(url).path:
                continue
            if found and page_number(found) == here + 1 and urlsplit(found).netloc == urlsplit(url).netloc:
                return found
    return None


def _is_pager(document: Document, link: Link) -> bool:
    """A bare number is a pager link when another bare number or a pager word stands beside it."""
    near = document.links
    place = near.index(link)
    beside = [other.text for other in near[max(0, place - 3) : place + 4] if other is not link]
    number = page_number(document.absolute(link.href) or "")
    shown = _bare(link.text)
    return (number is not None and str(number) in (shown, str(int(shown) - 1))) or any(
        _bare(text).isdigit() for text in beside
    )


def _bare(text: str) -> str:
    """A pager link's text without what stands around the number: [2], 第2页 ("page 2")."""
    return text.strip(" .…[]()·第页")


def _derived(url: str, count: tuple[int, int] | None) -> str | None:
    """With a counter and no link: the form that the address itself shows, else ``?page=N``."""
    if count is None:
        return None
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    place = page_parameter(pairs)
    if place is not None:
        pairs[place] = (pairs[place][0], str(count[0] + 1))
        return urlunsplit(parts._replace(query=urlencode(pairs), fragment=""))
    match = re.search(r"^(.*/(?:index|list)_)(\d{1,5})(\.s?html?)$", parts.path)
    if match is not None:
        return urlunsplit(parts._replace(path=f"{match[1]}{count[0] + 1}{match[3]}", fragment=""))
    query = urlencode([*pairs, ("page", str(count[0] + 1))])
    return urlunsplit(parts._replace(query=query, fragment=""))
