"""Where the button 加载更多 ("load more") of a listing fetches older articles from, as far as its page says.

Looked for on the button itself and around it (``data-url``, ``hx-get``), then in the page's scripts. These
are read, not run: an address that is put together from more than a page number is not found, and one that
is only asked for by POST is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from newscrawler.extract.document import Document
from newscrawler.extract.markers import LOAD_MORE
from newscrawler.extract.pager import PAGE_PARAMETER, page_number, page_parameter

SECOND = "2"
"""What a page number begins with: the page itself shows the first."""
AROUND = 3
"""So many boxes around the button are looked at: the list's own box often holds the address."""
LONGEST = 500
"""Characters of an address."""
_LABEL = 24
"""Characters of a button; more is running text."""
_CLASS = re.compile(r"\b(?:js-)?(?:load|get|show)[_-]?more|more[_-]?(?:btn|button)", re.IGNORECASE)
_ADDRESS_NAME = re.compile(
    r"(?:data-)?hx-get|up-href|data-(?:[\w-]*-)?(?:url|api|href|next|ajax|load|more|path|link|action)(?:-[\w-]+)?"
)
_NUMBER_NAME = re.compile(r"data-(?:next|(?:next-?)?page(?:-?(?:no|num|index))?|current(?:-?page)?)")
_ADDRESS = re.compile(r"(?:(?:https?:)?//|/|\./|\?|[\w-]+(?:/[\w.-]+)*\?)[^\s<>\"'\\]+|[\w-]+(?:/[\w.-]+)+")
_PLACE = re.compile(r"\$?\{+\s*[\w.$+ ]*\s*\}+|__page__|%page%|\[page\]|:page\b|%7Bpage%7D", re.IGNORECASE)
"""Where a page number is to be put into an address."""
_NAMES = r"page|p|pn|pg|pageno|page_?num|page_?index|curpage|paged"
_LITERAL = re.compile(
    rf"[\"'`](?P<url>[^\"'`\s<>]{{0,300}}[?&](?:{_NAMES})="
    r"(?:\d{0,5}|\$\{[\w.+ ]{1,40}\})(?:&[^\"'`\s<>]{0,200})?)[\"'`]"
    rf"|[\"'`](?P<path>/[^\"'`\s<>?]{{0,300}}/(?:page|list|index)[/_-])[\"'`]\s*\+",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"(?:\burl\s*:\s*|\$\.get(?:JSON)?\(\s*)[\"'](?P<url>[^\"'\s<>]{1,300})[\"']\s*,"
    r"(?P<between>[^{}]{0,200})\{(?P<data>[^{}]{0,300})\}",
    re.IGNORECASE,
)
_PAIR = re.compile(r"[\"']?(?P<name>\w+)[\"']?\s*:\s*(?P<value>\"[^\"]*\"|'[^']*'|[\w.+ ]+)")
_PATH_NUMBER = re.compile(r"^(?P<stem>.*[_/-])(?P<number>\d{1,5})(?P<end>(?:\.\w{1,5}|/)?)$")
_OFFSET = re.compile(r"offset|start|skip", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


def load_more(document: Document) -> str | None:
    """The absolute address that the button of ``document`` asks first; None where nothing says so."""
    if not LOAD_MORE.search(document.decoded.text):
        return None
    for address in _candidates(document):
        found = document.absolute(address)
        if found and len(found) <= LONGEST and found.partition("#")[0] != document.url.partition("#")[0]:
            return found
    return None


def following(url: str, entries: int) -> str | None:
    """``url`` of a page of so many ``entries`` with its page number or offset moved on; None without one."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    place, step = page_parameter(pairs), 1
    if place is None:
        offsets = (n for n, (k, v) in enumerate(pairs) if _OFFSET.fullmatch(k) and _NUMBER.fullmatch(v))
        place, step = next(offsets, None), entries
    if place is not None:
        pairs[place] = (pairs[place][0], str(int(pairs[place][1]) + step))
        return urlunsplit(parts._replace(query=urlencode(pairs), fragment=""))
    numbered = _PATH_NUMBER.match(parts.path)
    if numbered is None:
        return None
    path = f"{numbered['stem']}{int(numbered['number']) + 1}{numbered['end']}"
    return urlunsplit(parts._replace(path=path, fragment=""))


def _candidates(document: Document) -> Iterator[str]:
    tree = document.tree()
    if tree is not None:
        for element in tree.iter(etree.Element):
            if _is_button(element):
                for near in (element, *_parents(element), *element.iterdescendants(etree.Element)):
                    yield from _of_attributes(near, element)
    for kind, script in document.scripts:
        if "json" not in kind.lower() and "template" not in kind.lower():
            yield from _of_script(script)


def _is_button(element: etree._Element) -> bool:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if _CLASS.search(named):
        return True
    text = (element.text or element.get("value") or "").strip()
    return 0 < len(text) <= _LABEL and LOAD_MORE.search(text) is not None


def _parents(element: etree._Element) -> Iterator[etree._Element]:
    for _, box in zip(range(AROUND), element.iterancestors(), strict=False):
        if box.tag not in {"body", "html"}:
            yield box


def _of_attributes(element: etree._Element, button: etree._Element) -> Iterator[str]:
    for name, value in _said(element):
        if _ADDRESS_NAME.fullmatch(name) and _ADDRESS.fullmatch(_PLACE.sub("1", value)):
            yield _numbered(value, _number(element) or _number(button))
        elif name == "onclick":
            yield from _of_script(value, r"[\"'](?P<url>/[^\"'\s<>]{1,300})[\"']")


def _said(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(name), str(value).strip()) for name, value in element.items()]


def _number(element: etree._Element) -> str | None:
    """The next page as ``data-next-page`` or ``data-page`` state it: the latter may mean the first still."""
    for name, value in _said(element):
        if _NUMBER_NAME.fullmatch(name) and value.isdecimal():
            return str(max(int(value), int(SECOND)))
    return None


def _numbered(address: str, number: str | None) -> str:
    """``address`` with the page number in its place, if it has one that is open."""
    filled = _PLACE.sub(number or SECOND, address)
    if filled.endswith("="):
        return filled + (number or SECOND)
    if number is None or filled != address or page_number(filled) is not None:
        return filled
    return f"{filled}{'&' if '?' in filled else '?'}page={number}"


def _of_script(script: str, literal: str = "") -> Iterator[str]:
    for match in re.finditer(literal, script) if literal else ():
        yield match["url"]
    for match in _CALL.finditer(script):
        around = script[max(0, match.start() - 200) : match.end() + 200]
        if not re.search(r"[\"']post[\"']|\.post\(", around, re.IGNORECASE):
            query = _query(match["data"])
            if query:
                yield f"{match['url']}{'&' if '?' in match['url'] else '?'}{query}"
    for match in _LITERAL.finditer(script):
        if match["path"]:
            yield match["path"] + SECOND
        else:
            yield re.sub(rf"(?<=[?&])({_NAMES})=(?=&|$)", rf"\1={SECOND}", _PLACE.sub(SECOND, match["url"]))


def _query(data: str) -> str | None:
    """The parameters of a call as a query; None where one is unknown that is no page number, or none is."""
    pairs, paged = [], False
    for match in _PAIR.finditer(data):
        name, value = match["name"], match["value"].strip()
        literal = value.strip("\"'") if value[:1] in "\"'" or value.isdecimal() else None
        if PAGE_PARAMETER.match(name):
            paged = True
            literal = literal or SECOND
        if literal is None:
            return None
        pairs.append((name, literal))
    return urlencode(pairs) if paged else None
