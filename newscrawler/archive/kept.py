"""Raw pages read again: the record of a row, its decoded body, and the whole page of an article."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    database: Database,
    archive: str | Path,
    url: str,
    *,
    zone: str = DEFAULT_ZONE,
    hints: dict[str, str],
    is_whole: Callable[[Page], bool] = lambda page: True,
) -> KeptPage | None:
    """The page from which the article at the canonical address ``url`` was last read; None if it is not kept.

    With all parts, and with what the listing said. ``zone`` and ``hints`` are the spider's. What was fetched
    after the article was last seen is not of it (the page was gone, or no article any more), nor is what a
    crawl that was killed has of it: ``is_whole`` says whether no part is missing. Where the page that
    brought the present text or related block is not kept, an older one is no stand-in. Raises PageMissing.
    """
    row = database.conn.execute(
        "SELECT a.revision, s.last_fetched_at, max("
        " coalesce((SELECT r.last_seen_at FROM revisions r"
        "  WHERE r.article_id = a.id AND r.revision = a.revision - 1), ''),"
        " coalesce((SELECT b.last_seen_at FROM blocks b WHERE b.article_id = a.id"
        "  ORDER BY b.last_seen_at DESC, b.id DESC LIMIT 1 OFFSET 1), ''))"
        " FROM articles a JOIN sightings s ON s.article_id = a.id WHERE a.url_key = ?",
        (identity.key64(url),),
    ).fetchone()
    fetched = [
        capture
        for capture in captures.captures_of(database, url)
        if capture.status == 200 and row is not None and capture.fetched_at <= row[1]
    ]
    seen_as = {"zone": zone, "hints": dict(hints), "listed": listed(database, url)}
    present = [capture for capture in fetched if capture.fetched_at > row[2]]
    pages = (_page(database, archive, parts, **seen_as) for parts in _fetches(present))
    page = next(filter(is_whole, pages), None)
    if page is None:
        return None
    digests = {(capture.part, capture.digest) for capture in fetched}
    return KeptPage(page, alone=row[0] == 1 and len(digests) == len(page.parts))


def _page(database: Database, archive: str | Path, parts: Sequence[Capture], **seen_as: Any) -> Page:
    """The page that ``parts`` make."""
    first, *later = [Part(part.url, payload_of(archive, database, part), part.content_type) for part in parts]
    return Page(
        url=first.url,
        body=first.body,
        content_type=first.content_type,
        status=200,
        fetched_at=parts[0].fetched_at,
        site=identity.site_of(first.url),
        later_parts=later,
        **seen_as,
    )


def _fetches(fetched: Sequence[Capture]) -> Iterator[list[Capture]]:
    """Part 1, 2… of each fetch, the newest first. ``fetched``: in the order of being kept.

    The parts of a fetch follow its first one, were asked for the same address, and came in the same crawl.
    What was imported may be older than what was kept before it.
    """
    starts = [number for number, capture in enumerate(fetched) if capture.part == 1]
    for start in sorted(starts, key=lambda number: (fetched[number].fetched_at, number), reverse=True):
        first = fetched[start]
        found = {1: first}
        for capture in fetched[start + 1 :]:
            if (capture.article_key, capture.crawl_id) == (first.article_key, first.crawl_id):
                if capture.part == 1:
                    break  # another fetch that the same import brought
                found[capture.part] = capture
        yield [found[number] for number in range(1, len(found) + 1) if number in found]


def listed(database: Database, url: str) -> ListingEntry | None:
    """What the ledger remembers a listing to have said of the article."""
    row = ledger.lookup(database, [url]).get(url)
    if row is None or not (row.title or row.summary or row.date):
        return None
    return ListingEntry((row.linked or row.url).split("\n")[0], row.title or "", row.summary, row.date)
