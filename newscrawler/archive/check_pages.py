"""Rows of raw pages against the WARC files that they point into; reads only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from newscrawler.archive import captures, dayfile, warc
from newscrawler.archive.captures import Capture
from newscrawler.archive.kept import PageMissing, read_capture
from newscrawler.archive.lock import ArchiveLock
from newscrawler.archive.pages import folder_of
from newscrawler.archive.problems import Found, Problem

_PAGES = frozenset({"response", "revisit"})
"""Kinds of records that have rows."""


def check(database: Database, archive: Path, progress: Callable[[int], object]) -> list[Problem]:
    """Read every record that a row points to, and look at what no row points to."""
    found, folder = Found(), folder_of(archive)
    there = dayfile.names_in(folder)
    for name in sorted(there | set(captures.files(database))):
        if name not in there:
            found.add("page_files", str(folder / name))
            continue
        end = 0
        for capture in captures.in_file(database, name):
            _check_record(database, archive, capture, found)
            if capture.offset > end:
                _check_gap(folder / name, end, capture.offset, found)
            end = max(end, capture.end)
            progress(1)
        _check_tail(database, archive, name, found)
    return found.problems()


def _check_record(database: Database, archive: Path, capture: Capture, found: Found) -> None:
    """Whether the row's place holds its record, and the record its payload."""
    try:
        record = read_capture(archive, capture)
    except PageMissing as missing:
        found.add("page_records", str(missing))
        return
    where = f"{capture.url} at {capture.offset} of {capture.file}"
    if (record.kind, record.status, record.digest) != (capture.record, capture.status, capture.digest):
        found.add("page_rows", where)
    elif record.kind == "response" and (
        warc.payload_digest(record.payload) != capture.digest or len(record.payload) != capture.size
    ):
        found.add("page_payloads", where)
    elif capture.record == "revisit" and capture.digest is not None:
        original = captures.at(database, *capture.refers_to) if capture.refers_to else None
        if original is None or original.digest != capture.digest:
            found.add("page_revisits", where)


def _check_gap(path: Path, begin: int, end: int, found: Found) -> None:
    """What stands between two rows: warcinfo records do, pages and garbage do not."""
    tail = dayfile.Tail(begin)
    for member in dayfile.members(path, tail):
        if tail.end <= end and _is_page(member.data):
            found.add("page_rowless", f"{path} behind {begin}")
        if tail.end >= end:
            break
    if tail.torn or tail.end > end:
        found.add("page_gaps", f"{path} at {begin}")


def _is_page(member: bytes) -> bool:
    try:
        return warc.read(member).kind in _PAGES
    except warc.NoRecord:
        return False


def _check_tail(database: Database, archive: Path, name: str, found: Found) -> None:
    """What stands behind the last row. A crawl that runs appends there before its rows are committed."""
    path = folder_of(archive) / name
    tail = dayfile.Tail(captures.end_of(database, name))
    orphans = [member.offset for member in dayfile.members(path, tail) if _is_page(member.data)]
    if ArchiveLock(archive).holder() is not None:
        return
    for offset in orphans:
        found.add("page_orphans", f"{path} at {offset}")
    if tail.torn:
        found.add("page_tails", f"{path} at {tail.end}")
