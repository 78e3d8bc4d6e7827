"""From an address to an answer: routing, robots.txt, and the faults of how a page is answered."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from hashlib import blake2b

from . import listings, pages
from .faults import CONTENT_FAULTS, LISTING_FAULT, Attempts
from .links import View
from .world import CHANNELS, MOBILE, Article, Channel, World

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """One response before it meets the wire."""

    status: int
    body: bytes = b""
    content_type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    trick: str = ""
    """``reset``, ``short`` or ``cut``: what the server does to the body on its way."""
    modified: datetime | None = None
    """When the page last changed; None: it has no validators, and is always sent whole."""

    @cached_property
    def etag(self) -> str:
        """The opaque part of the page's tag: equal for equal bytes."""
        return f'"{blake2b(self.body, digest_size=8).hexdigest()}"'

    @cached_property
    def gzipped(self) -> bytes:
        """The body as a gzip stream, the same bytes every time."""
        return gzip.compress(self.body, 6, mtime=0)


@dataclass(frozen=True)
class Options:
    """What a site can be told besides its world."""

    weight: int = 20
    """KB of styles and scripts in a desktop page."""
    robots: str = "ok"
    """``ok``, ``deny``, ``404`` or ``503``."""
    crawl_delay: float | None = None
    validators: bool = True
    """Whether pages have an ETag and a Last-Modified; those of one channel (BARE_CHANNEL) never do."""


BARE_CHANNEL = CHANNELS[3]
"""Its listing says neither ETag nor Last-Modified."""


class Answers:
    """Answers for one world; remembers pages until the clock moves."""

    def __init__(self, world: World, options: Options) -> None:
        self.world, self.options, self.attempts = world, options, Attempts()
        self._kept: dict[tuple[View, str, str], Answer] = {}

    def forget(self) -> None:
        """Drop remembered pages, after the clock has moved or faults were set anew."""
        self._kept.clear()

    def answer(self, view: View, path: str, query: str) -> Answer:
        """The answer to a GET of ``path`` with ``query`` under ``view``."""
        found = self._kept.get((view, path, query))
        if found is not None:
            return found
        if path == "/robots.txt":
            return self.robots()
        article = self.world.find(view.section, path)
        if article is not None:
            found = self._misbehave(view, *article, query) or self._article(view, *article)
        else:
            found = self._other(view, path, query)
        if not self.options.validators:
            found = replace(found, modified=None)
        if not article or not article[0].fault:
            self._keep((view, path, query), found)
        return found

    def _keep(self, key: tuple[View, str, str], found: Answer) -> None:
        if found.status == 200 and len(found.body) < 1_000_000:
            if len(self._kept) >= 1000:
                self._kept.clear()
            self._kept[key] = found

    def robots(self) -> Answer:
        """robots.txt, the same for all hosts."""
        match self.options.robots:
            case "404" | "503" as status:
                return Answer(int(status), b"no robots.txt", "text/plain")
            case "deny":
                return Answer(200, b"User-agent: *\nDisallow: /\n", "text/plain")
        lines = ["User-agent: *", "Disallow: /search/", "Disallow: /admin/"]
        if self.options.crawl_delay is not None:
            lines.append(f"Crawl-delay: {self.options.crawl_delay:g}")
        return Answer(200, ("\n".join(lines) + "\n").encode(), "text/plain")

    def _misbehave(self, view: View, article: Article, part: int, query: str) -> Answer | None:
        """What the article's fault makes of this request; None when it is answered as usual."""
        fault = article.fault
        if fault is None or fault.kind in CONTENT_FAULTS or part > article.shape.parts:
            return None
        if fault.kind == "twin_only":
            return None if view.mobile else _error(500)
        if fault.kind == "twin_redirect":
            if view.mobile or (view.direct and query):
                return None
            twin = f"https://{MOBILE[view.section]}{article.path}"
            return _redirect(f"{article.path}?from=www" if view.direct else twin)
        if fault.kind == "redirect_loop":
            return _redirect(f"/jump{article.path}")
        if fault.kind.startswith("part_") and part == 1:
            return None
        if not self.attempts.strikes(fault, article.path):
            return None
        match fault.kind:
            case "not_found":
                return _not_found(view)
            case "error_then_fine" | "part_error_then_fine":
                return _error(500)
            case "too_many_requests":
                return _error(429, {"Retry-After": "1"})
            case "unavailable":
                return _error(503, {"Retry-After": "1"})
        whole = self._article(view, article, 1)
        trick = {"r": "reset", "s": "short", "c": "cut"}[fault.kind[0]]
        return Answer(200, whole.body, whole.content_type, trick=trick)

    def _article(self, view: View, article: Article, part: int) -> Answer:
        edit = self.world.edit_of(article)
        if edit is not None and edit.kind == "vanished":
            return _not_found(view)
        html = pages.article_page(self.world, view, article, part, self.options.weight)
        if html is None:
            return _not_found(view)
        modified = edit.at if edit else article.published
        return Answer(200, pages.encoded(html, article), pages.content_type(article), modified=modified)

    def _other(self, view: View, path: str, query: str) -> Answer:
        if path in {"/", "/index.html"}:
            return Answer(200, listings.home(self.world, view).encode(), modified=self.world.now)
        if path.startswith("/jump/"):
            return _redirect(path.removeprefix("/jump"))
        if path.startswith("/upload/"):
            return _upload(path)
        found = listings.page_of(view.section, path, query)
        if found is not None:
            return self._listing(view, *found)
        html = pages.other_page(view, path)
        return Answer(200, html.encode()) if html else _not_found(view)

    def _listing(self, view: View, channel: Channel, number: int) -> Answer:
        if self.world.with_faults and channel == CHANNELS[1] and number == 2:
            path = listings.page_path(channel, number)
            if self.attempts.strikes(LISTING_FAULT, path):
                return _error(500)
        html = listings.listing(self.world, view, channel, number)
        if html is None:
            return _not_found(view)
        modified = None if channel == BARE_CHANNEL else self.world.now
        if channel.codec is None:
            return Answer(200, html.encode(), modified=modified)
        return Answer(200, html.encode(channel.codec, "xmlcharrefreplace"), "text/html", modified=modified)


def _error(status: int, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, f"<html><body><h1>{status}</h1></body></html>".encode(), headers=headers or {})


def _redirect(target: str) -> Answer:
    return Answer(302, b"<html><body>moved</body></html>", headers={"Location": target})


def _not_found(view: View) -> Answer:
    return Answer(404, pages.plain_page(view, "404", "您访问的页面不存在。").encode())


def _upload(path: str) -> Answer:
    """A tiny valid file for every picture, and the one PDF."""
    if path == listings.PDF_PATH:
        return Answer(200, _PDF, "application/pdf")
    if path.endswith(".png"):
        return Answer(200, _PNG, "image/png")
    return Answer(200, _JPEG, "image/jpeg") if path.endswith(".jpg") else _error(404)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x80"))
    + _chunk(b"IEND", b"")
)
_HUFFMAN = bytes([1]) + bytes(15) + b"\x00"  # one code of one bit for symbol 0
_JPEG = (
    b"\xff\xd8\xff\xdb\x00\x43\x00"
    + b"\x01" * 64
    + b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    + b"\xff\xc4\x00\x14\x00"
    + _HUFFMAN
    + b"\xff\xc4\x00\x14\x10"
    + _HUFFMAN
    + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x3f\xff\xd9"
)
"""One grey pixel: both blocks of code are a single zero bit, padded with ones."""
_PDF = (
    b"%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
