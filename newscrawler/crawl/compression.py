"""Compressed bodies, whole or not at all.

Scrapy's gunzip returns what it got when a gzip stream was cut, without a word, and half an
article would be archived as a whole one. Here a stream without its end is retried, then failed.
"""

from __future__ import annotations

import zlib

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Response

from newscrawler.crawl.retry import Retry


def gzip_is_complete(body: bytes) -> bool:
    """Whether every member of a gzip stream is there to its last byte (trailing garbage is allowed)."""
    rest = body
    while rest[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(wbits=31)
        try:
            stream.decompress(rest)
        except zlib.error:
            return rest is not body  # garbage after a whole member
        if not stream.eof:
            return False
        rest = stream.unused_data
    return rest is not body or not body


def _looks_complete(compressed: bytes, decoded: bytes) -> bool:
    """The last four bytes of a one-member stream are its length: the cheap test nearly always decides."""
    return int.from_bytes(compressed[-4:], "little") == len(decoded) & 0xFFFFFFFF


class CompleteCompression(HttpCompressionMiddleware):
    """Decompresses, and treats a cut gzip stream as the network error it is."""

    def __init__(self, *, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self.crawler = crawler

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The answer decompressed; a retry when its gzip stream has no end.

        Raises ResponseDataLossError when the retries are used up.
        """
        encodings = response.headers.getlist("Content-Encoding")
        compressed = response.body
        try:
            result: Request | Response = super().process_response(request, response)
        except (EOFError, OSError, zlib.error) as error:
            return self._again(request, f"{type(error).__name__}: {error}")
        if (
            isinstance(result, Request)
            or encodings not in ([b"gzip"], [b"x-gzip"])
            or request.method == "HEAD"
        ):
            return result
        if compressed and not _looks_complete(compressed, result.body) and not gzip_is_complete(compressed):
            return self._again(request, "the gzip stream ends before its end")
        return result

    def _again(self, request: Request, why: str) -> Request:
        middleware = self.crawler.get_downloader_middleware(Retry)
        retry = middleware.again(request, "short_body", why) if middleware else None
        if retry is None:
            raise ResponseDataLossError(why)
        return retry
