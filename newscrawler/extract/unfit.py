"""When a page is no article, and why. A page that fits nothing is kept apart, never guessed into the
archive.
"""

from __future__ import annotations

import re

from newscrawler.extract import markers
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
NOT_AN_ARTICLE = "not_an_article"
"""Text, but neither headline nor time nor enough of it: a list, a form, a home page."""

REASONS = (EMPTY, SOFT_404, LOGIN_WALL, NO_BODY, NOT_AN_ARTICLE)

SHORT_BODY = 200
"""Below this a phrase such as 页面不存在 in body or title decides; a longer text may well quote it."""
MIN_BODY = 15

_ICON = re.compile(
    r"(?:logo|icon|avatar|loading|blank|spacer|pixel|qrcode|erweima|/ewm|share|btn|button|1x1|grey|placeholder)[^/]*\.\w{3,4}$|^data:",
    re.IGNORECASE,
)


def reason(article: Article, document: Document) -> str | None:
    """Why ``article`` is unfit; None when it is an article."""
    if not document.blocks:
        return EMPTY
    body = article.body
    shown = f"{article.title or ''} {document.head_title} {body}"
    if len(body) < SHORT_BODY:
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
    if len(body) < MIN_BODY and not article.images:
        return NO_BODY
    if article.published_at is None and article.source is None and not _stands_alone(article, document):
        return NOT_AN_ARTICLE
    return None


def _stands_alone(article: Article, document: Document) -> bool:
    """An undated page is still an article when it has a headline and its text outweighs its links."""
    links = sum(block.link_chars for block in document.blocks if not block.hidden)
    sentences = len(re.findall(r"[。！？.!?]", article.body))
    return (
        bool(article.title) and len(article.body) >= 150 and sentences >= 3 and len(article.body) * 2 >= links
    )


def is_icon(url: str) -> bool:
    """True for addresses of icons, logos and tracking pixels."""
    return _ICON.search(url.partition("?")[0]) is not None
