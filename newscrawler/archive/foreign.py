"""WARC files that other tools made (wget, Heritrix, browsertrix, warcio, Scrapy): which answers they hold.

A file is gone through once, which gives an Entry for each answer; what it brought is read by its place when
it is wanted. Plain files, and gzip with a member for each record; ARC files as far as warcio reads them.
"""

from __future__ import annotations

import io
import mmap
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin

from warcio.archiveiterator import ArchiveIterator, WARCIterator
from warcio.bufferedreaders import ChunkedDataReader

from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.warc import Answer

_KINDS = frozenset({"response", "revisit", "resource"})

_ONE_STREAM = "non-chunked gzip"
"""In warcio's message for a gzip file without a member for each record."""

_BEGINS = re.compile(rb"\x1f\x8b\x08|(?<=\n)WARC/\d")
"""How a record may begin: a gzip member, or the line with the version."""


class NotAWarc(ArchiveError):
    """A file without a single record, or in a form in which records have no places."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer in a file: where it is, and what its headers say."""

    file: Path
    offset: int
    kind: str
    """``response``, ``revisit`` (its payload is another's) or ``resource`` (no HTTP headers)."""
    url: str
    fetched_at: datetime
    """Aware, UTC, to the second."""
    status: int
    """200 for a resource, 0 for a revisit without HTTP headers."""
    content_type: str | None
    location: str | None
    """Where a redirect leads, absolute."""
    digest: str | None
    """Of the payload, as the file has it."""
    refers_to: str | None
    """Address of the payload of a revisit, if the file says so."""
    is_cut: bool
    """Whether the tool says that it kept only a piece (WARC-Truncated)."""


class _Damaged(Exception):
    """The record that begins at ``offset`` cannot be read."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(why)
        self.offset = offset


def scan(
    path: Path, damage: list[str], progress: Callable[[int], object] = lambda size: None
) -> Iterator[Entry | None]:
    """Each whole record of the file in order: an Entry, or None for one that is no answer.

    Behind a damaged place it goes on with the next whole record; a sentence for each is added to ``damage``.
    ``progress`` is told how many bytes are done. Raises NotAWarc, and OSError when the file cannot be read.
    """
    first, whole = None, 0
    offset: int | None = 0
    while offset is not None:
        before = whole
        try:
            for entry, length in _records(path, offset):
                whole += 1
                progress(length)
                yield entry
            break
        except _Damaged as damaged:
            if _ONE_STREAM in str(damaged):
                raise NotAWarc(
                    f"{path} is one gzip stream, not a member for each record. Make it so, then import that: "
                    f"warcio recompress {path} {path.name.partition('.')[0]}-records.warc.gz"
                ) from None
            if first is None or whole > before:
                first = first or str(damaged)
                damage.append(f"{path} is damaged at {damaged.offset}: {damaged}")
            offset = _next_begin(path, damaged.offset + 1)
    if not whole:
        raise NotAWarc(f"{path} is no WARC file ({first or 'it is empty'}); expected WARC records")


def _records(path: Path, start: int) -> Iterator[tuple[Entry | None, int]]:
    """(the entry of each record from ``start`` on, its length); raises _Damaged."""
    with path.open("rb") as file:
        file.seek(start)
        iterator = _iterator(file)
        while True:
            begin = iterator.offset
            try:
                with redirect_stderr(io.StringIO()):  # where warcio says what it raises, or swallows
                    record = next(iterator, None)
                    if record is None:
                        break
                    entry = _entry(path, begin, record)
                    missing = _drain(record)
                    iterator.read_to_end()
                    if record.length is None:
                        raise ValueError("the record says no length")
            except OSError:
                raise
            except Exception as error:  # warcio raises what its parsers raise
                raise _Damaged(begin, " ".join(str(error).split()) or type(error).__name__) from error
            if missing:
                raise _Damaged(begin, f"the record lacks its last {missing:,} bytes")
            yield entry, iterator.offset - begin
        _check_end(file, begin)


def _iterator(file: BinaryIO) -> Any:
    """warcio's, from where ``file`` stands. It would take any garbage for a record of an ARC file."""
    offset = file.tell()
    file.seek(0)
    begin = file.read(1 << 12)
    file.seek(offset)
    with suppress(zlib.error):
        begin = zlib.decompressobj(wbits=31).decompress(begin)
    return ArchiveIterator(file, arc2warc=True) if begin.startswith(b"filedesc:") else WARCIterator(file)


def _check_end(file: BinaryIO, offset: int) -> None:
    """Behind the last record nothing may stand but padding."""
    file.seek(offset)
    while piece := file.read(1 << 16):
        if piece.strip(b"\0\r\n "):
            raise _Damaged(offset, "what stands there is no record, or the beginning of one")


def _drain(record: Any) -> int:
    """Read the record to its end; how many bytes are missing."""
    while record.raw_stream.read(1 << 16):
        pass
    return int(getattr(record.raw_stream, "limit", 0))


def _next_begin(path: Path, offset: int) -> int | None:
    """Where the next record may begin, from ``offset`` on; None when nothing looks like one."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        found = _BEGINS.search(whole, offset)
        return found.start() if found else None


def _entry(path: Path, offset: int, record: Any) -> Entry | None:
    """What the headers of a record say; None where it is no answer of a web server with a time."""
    head, http = record.rec_headers, record.http_headers
    url = (head.get_header("WARC-Target-URI") or "").strip("<> ")
    kind = str(record.rec_type)
    if kind not in _KINDS or not url.lower().startswith(("http://", "https://")):
        return None
    try:
        fetched_at = datetime.fromisoformat(head.get_header("WARC-Date"))
        status = int(http.get_statuscode()) if http is not None else 200 if kind == "resource" else 0
    except (TypeError, ValueError):
        return None
    return Entry(
        *(path, offset, kind, url),
        fetched_at=_utc(fetched_at),
        status=status,
        content_type=http.get_header("Content-Type") if http is not None else _own_type(kind, head),
        location=_location(url, http) if 300 <= status < 400 else None,
        digest=head.get_header("WARC-Payload-Digest"),
        refers_to=(head.get_header("WARC-Refers-To-Target-URI") or "").strip("<> ") or None,
        is_cut=head.get_header("WARC-Truncated") is not None,
    )


def _location(url: str, http: Any) -> str | None:
    """Where a redirect at ``url`` leads."""
    try:
        return str(urljoin(url, (http.get_header("Location") or "").strip()))
    except ValueError:
        return None


def _utc(moment: datetime) -> datetime:
    """A WARC-Date is UTC, also where a tool left the Z out."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)


def _own_type(kind: str, head: Any) -> str | None:
    return head.get_header("Content-Type") if kind == "resource" else None


def answer(entry: Entry) -> Answer:
    """What ``entry`` brought, without chunks, still compressed if it came so.

    Raises NotAWarc when the file is not what it was.
    """
    try:
        with entry.file.open("rb") as file, redirect_stderr(io.StringIO()):
            file.seek(entry.offset)
            record: Any = next(_iterator(file))
            http, stream = record.http_headers, record.raw_stream
            if http is not None and "chunked" in (http.get_header("Transfer-Encoding") or "").lower():
                stream = ChunkedDataReader(stream)
            payload = stream.read()
    except Exception as error:  # warcio raises what its parsers raise
        raise NotAWarc(f"{entry.file} cannot be read at {entry.offset} any more: {error}") from error
    headers = http.headers if http is not None else [("Content-Type", entry.content_type or "")]
    return Answer(
        url=entry.url,
        status=entry.status or 200,
        headers=[(_as_bytes(name), _as_bytes(value)) for name, value in headers],
        payload=payload,
    )


def _as_bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8")
