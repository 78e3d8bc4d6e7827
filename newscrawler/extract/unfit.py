"""When a page is no article, and why. A page that fits nothing is kept apart, never guessed into the
archive.
"""

from __future__ import annotations

import re
from itertools import islice

from newscrawler.extract import entries, markers
from newscrawler.extract.decode import Decoded
from newscrawler.extract.document import Document
from newscrawler.items import Article

EMPTY = "empty"
"""No text at all."""
SOFT_404 = "soft_404"
"""Says that the page does not exist, whatever the status said."""
LOGIN_WALL = "login_wall"
"""Asks for a log-in instead of showing the text."""
NO_BODY = "no_body"
"""A frame without running text and without pictures."""
NO_DATELINE = "no_dateline"
"""A headline and a sentence of its own, but too little to be sure without a time: it prints none."""
CHARSET = "charset"
"""Its bytes are readable in no encoding: what stands there is not what was written."""
NOT_AN_ARTICLE = "not_an_article"
"""Text, but neither headline nor time nor enough of it: a list, a form, a home page."""


SHORT_BODY = 200
"""Below this a phrase such as 页面不存在 in body or title decides; a longer text may well quote it."""
MIN_BODY = 15
SHORT_NEWS = 8
"""A dated sentence may be as short as this and still be the whole news."""

WEIGHTS = {
    "time": 0.15,
    "time printed": 0.1,
    "byline": 0.15,
    "headline": 0.1,
    "headline agrees": 0.1,
    "a sentence": 0.1,
    "running sentences": 0.15,
    "text outweighs links": 0.15,
}
"""What speaks for an article, and how much; a page that shows all of it is sure. Teasers are no text."""
MIN_CONFIDENCE = 0.4
"""Below this a page is no article. A home page shows links and a headline; an undated article must show
running text that outweighs its links, and a headline.
"""
MIN_SAID = 6
"""Fewer characters outside links are a button (log in, register), no sentence."""
RUNNING = 3
"""So many sentences are running text,"""
LONG_BODY = 150
"""when they are so many characters."""

BUT_FOR_A_TIME = ("headline", "a sentence", "text outweighs links")
"""What a page shows that would pass if it printed a time."""
UNREADABLE, LOST = "\ufffd", "锟斤拷"
"""What bytes become that are no characters; and what two of these become when they are read as GBK."""
GARBLED_AT_LEAST, GARBLED_SHARE = 20, 0.1

_SENTENCE_END = re.compile(r"[。！？.!?]")

_ICON_WORD = re.compile(
    "logo|icon|avatar|loading|blank|spacer|pixel|qrcode|erweima|ewm|share|btn|button|1x1|grey|placeholder"
)
"""What the pattern needs, in small letters."""
_ICON = re.compile(
    r"(?:logo|icon|avatar|loading|blank|spacer|pixel|qrcode|erweima|/ewm|share|btn|button|1x1|grey|placeholder)[^/]*\.\w{3,4}$",
    re.IGNORECASE,
)


def judge(article: Article, document: Document) -> None:
    """Set the article's confidence, and its reason where it is none."""
    shown = evidence(article, document)
    article.confidence = round(sum(weight for name, weight in WEIGHTS.items() if shown[name]), 2)
    article.reason = _reason(article, document, shown)


def evidence(article: Article, document: Document) -> dict[str, bool]:
    """Which of the evidence in WEIGHTS the page shows."""
    by = article.found_by
    whole = article.body
    if "…" in whole or "..." in whole or "。。。" in whole:
        whole = "\n\n".join([p for p in whole.split("\n\n") if not entries.is_cut(p)])
    ended = len(list(islice(_SENTENCE_END.finditer(whole), RUNNING)))
    links = sum([block.link_chars for block in document.blocks if not block.hidden])
    return {
        "time": article.published_at is not None,
        "time printed": article.published_at is not None
        and by.get("published_at", "").startswith("dateline"),
        "byline": any((article.source, article.editor, article.author)),
        "headline": bool(article.title),
        "headline agrees": "agrees" in by.get("title", ""),
        "a sentence": ended >= 1,
        "running sentences": ended >= RUNNING and len(whole) >= LONG_BODY,
        "text outweighs links": len(whole) * 2 >= links,
    }


def _reason(article: Article, document: Document, evident: dict[str, bool]) -> str | None:
    """Why ``article`` is unfit; None when it is an article. ``evident``: what evidence() found."""
    if not document.blocks:
        return EMPTY
    if is_garbled(document.decoded):
        return CHARSET
    body = article.body
    if len(body) < SHORT_BODY:
        shown = f"{article.title or ''} {document.head_title} {body}"
        around = " ".join(
            block.text for block in document.blocks if not block.hidden and not block.link_chars
        )[:1500]
        if markers.SOFT_404.search(shown) or (
            article.published_at is None and markers.SOFT_404.search(around)
        ):
            return SOFT_404
        if markers.LOGIN_WALL.search(shown) or (
            article.published_at is None and markers.LOGIN_WALL.search(around)
        ):
            return LOGIN_WALL
        if markers.OUT_OF_ORDER.search(shown) or (
            article.published_at is None and markers.OUT_OF_ORDER.search(around)
        ):
            return NOT_AN_ARTICLE
    short = article.published_at is not None and _SENTENCE_END.search(body[-2:]) is not None
    if len(body) < (SHORT_NEWS if short else MIN_BODY) and not article.images:
        return LOGIN_WALL if _asks_to_log_in(document) else NO_BODY
    if (article.confidence or 0.0) >= MIN_CONFIDENCE:
        return None
    return (
        NO_DATELINE
        if article.published_at is None and all(map(evident.get, BUT_FOR_A_TIME))
        else (NOT_AN_ARTICLE)
    )


def is_garbled(decoded: Decoded) -> bool:
    """Whether a tenth of the characters outside ASCII could not be read, or were lost before they came."""
    text = decoded.text
    if UNREADABLE not in text and LOST[0] not in text:
        return False  # a single character is looked for in a thirtieth of the time that counting takes
    beyond = (len(decoded.utf8) - len(text)) / 2  # a Han character, and U+FFFD, is three bytes
    lost = text.count(UNREADABLE) + len(LOST) * text.count(LOST)
    return lost >= GARBLED_AT_LEAST and lost > GARBLED_SHARE * beyond


def _asks_to_log_in(document: Document) -> bool:
    """Whether a line of a page without a body says that it can be read behind a log-in or payment."""
    return any(
        not block.hidden and block.plain >= MIN_SAID and markers.LOGIN_TO_READ.search(block.said)
        for block in document.blocks
    )


def is_icon(url: str) -> bool:
    """True for addresses of icons, logos and tracking pixels: what the last part of the path is called."""
    path = url.partition("?")[0]
    name = path[max(0, path.rfind("/")) :]
    if path[:5].lower() == "data:":
        return True
    return _ICON_WORD.search(name.lower()) is not None and _ICON.search(name) is not None
