"""Raw pages read again: the record of a row."""

from __future__ import annotations

from pathlib import Path

from newscrawler.archive import warc
from newscrawler.archive.captures import Capture
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.pages import folder_of


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
