"""Content-Encodings undone: gzip, which we ask for, and what other tools' WARC files hold."""

from __future__ import annotations

import importlib
import zlib
from contextlib import suppress


def decoded(body: bytes, encoding: str | None) -> bytes:
    """``body`` without its Content-Encoding, as the header states it.

    Some tools keep the page decoded and the header as it was: what is no such stream but begins as a page
    does is taken as it is. Raises zlib.error or EOFError for a broken stream, ValueError for an encoding
    that cannot be undone here (br needs the package brotli).
    """
    for name in reversed([part.strip().lower() for part in (encoding or "").split(",") if part.strip()]):
        if name == "identity":
            continue
        try:
            body = _undone(body, name)
        except (zlib.error, EOFError, ValueError):
            if not _is_page(body):
                raise
    return body


def _is_page(body: bytes) -> bool:
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _undone(body: bytes, name: str) -> bytes:
    if name in {"gzip", "x-gzip"}:
        return _gunzip(body)
    if name == "deflate":
        return _inflate(body)
    if name == "br":
        with suppress(ImportError):
            return _unbrotli(body)
        raise ValueError("Content-Encoding 'br': pip install brotli")
    raise ValueError(f"Content-Encoding {name!r}")


def _gunzip(body: bytes) -> bytes:
    """Every member of a gzip stream; what follows is garbage of the server's. EOFError without an end."""
    pieces = []
    while body[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(wbits=31)
        pieces.append(stream.decompress(body))
        if not stream.eof:
            raise EOFError("the gzip stream has no end")
        body = stream.unused_data
    return b"".join(pieces) if pieces else body


def _inflate(body: bytes) -> bytes:
    """With or without zlib's frame: servers send both under this name."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        return zlib.decompress(body, wbits=-15)


def _unbrotli(body: bytes) -> bytes:
    brotli = importlib.import_module("brotli")
    try:
        return bytes(brotli.decompress(body))
    except brotli.error as error:
        raise ValueError(f"Content-Encoding 'br': {error}") from error
