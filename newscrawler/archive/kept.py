"""Raw pages read again: the record of a row, its decoded body, and the whole page of an article."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive import captures, ledger, warc
from newscrawler.archive.captures import Capture
from newscrawler.archive.encodings import decoded
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.pages import folder_of
from newscrawler.items import DEFAULT_ZONE, ListingEntry, Page, Part


class PageMissing(ArchiveError):
    """A kept page cannot be read: its file is gone, shorter, or holds something else there."""


def read_capture(archive: str | Path, capture: Capture) -> warc.Record:
    """The record of ``capture``, its own: a revisit has headers alone. Raises PageMissing."""
    path = folder_of(archive) / capture.file
    try:
        with path.open("rb") as file:
            file.seek(capture.offset)
            record = warc.read(file.read(capture.length))
    except (OSError, warc.NoRecord) as error:
        raise PageMissing(
            f"The raw page of {capture.url} from {capture.fetched_at} cannot be read at {capture.offset} of "
            f"{path} ({error}). Put the file back from a copy, or fetch the page again."
        ) from error
    if record.url != capture.url:
        raise PageMissing(
            f"{path} holds {record.url} at {capture.offset}, expected {capture.url}; was it replaced? "
            "Put the right file back from a copy."
        )
    return record


def payload_of(archive: str | Path, database: Database, capture: Capture) -> bytes:
    """What ``capture`` brought, decompressed, also when it repeats an earlier one. Raises PageMissing."""
    record = read_capture(archive, capture)
    if capture.refers_to is not None:
        original = captures.at(database, *capture.refers_to)
        if original is None:
            raise PageMissing(
                f"The raw page of {capture.url} from {capture.fetched_at} repeats one that is gone."
            )
        body = read_capture(archive, original).payload
    else:
        body = record.payload
    try:
        return decoded(body, record.header("Content-Encoding"))
    except (zlib.error, EOFError, ValueError) as error:
        raise PageMissing(
            f"The raw page of {capture.url} from {capture.fetched_at} cannot be decoded: {error}"
        ) from error


@dataclass(frozen=True, slots=True)
class KeptPage:
    """The page of an archived article as it was fetched last."""

    page: Page
    alone: bool
    """Whether it is the only text that was ever had of the article: nothing archived is from elsewhere."""


def newest_page(
    database: Database, archive: str | Path, url: str, *, zone: str = DEFAULT_ZONE, hints: dict[str, str]
) -> KeptPage | None:
    """The page from which the article at the canonical address ``url`` was last read; None if it is not kept.

    With all parts, and with what the listing said. ``zone`` and ``hints`` are the spider's. What was fetched
    after the article was last seen is not of it (the page was gone, or no article any more).
    Raises PageMissing.
    """
    row = database.conn.execute(
        "SELECT a.revision, s.last_fetched_at FROM articles a JOIN sightings s ON s.article_id = a.id"
        " WHERE a.url_key = ?",
        (identity.key64(url),),
    ).fetchone()
    fetched = [
        capture
        for capture in captures.captures_of(database, url)
        if capture.status == 200 and row is not None and capture.fetched_at <= row[1]
    ]
    parts = _newest_parts(fetched)
    if not parts:
        return None
    bodies = [payload_of(archive, database, part) for part in parts]
    first, *later = [
        Part(part.url, body, part.content_type) for part, body in zip(parts, bodies, strict=True)
    ]
    page = Page(
        url=first.url,
        body=first.body,
        content_type=first.content_type,
        status=200,
        fetched_at=parts[0].fetched_at,
        site=identity.site_of(first.url),
        zone=zone,
        hints=dict(hints),
        listed=listed(database, url),
        later_parts=later,
    )
    digests = {(capture.part, capture.digest) for capture in fetched}
    return KeptPage(page, alone=row[0] == 1 and len(digests) == len(parts))


def _newest_parts(fetched: Sequence[Capture]) -> list[Capture]:
    """Part 1, 2… of the newest fetch; empty without a first part. ``fetched``: in the order of being kept.

    The parts of a fetch follow its first one, were asked for the same address, and came in the same crawl.
    What was imported may be older than what was kept before it.
    """
    starts = [number for number, capture in enumerate(fetched) if capture.part == 1]
    if not starts:
        return []
    newest = max(starts, key=lambda number: (fetched[number].fetched_at, number))
    first = fetched[newest]
    found = {1: first}
    for capture in fetched[newest + 1 :]:
        if (capture.article_key, capture.crawl_id) == (first.article_key, first.crawl_id):
            if capture.part == 1:
                break  # another fetch that the same import brought
            found[capture.part] = capture
    return [found[number] for number in range(1, len(found) + 1) if number in found]


def listed(database: Database, url: str) -> ListingEntry | None:
    """What the ledger remembers a listing to have said of the article."""
    row = ledger.lookup(database, [url]).get(url)
    if row is None or not (row.title or row.summary or row.date):
        return None
    return ListingEntry((row.linked or row.url).split("\n")[0], row.title or "", row.summary, row.date)
