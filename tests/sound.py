"""What holds of everything that is read, whatever was given: for tests with bytes that are no page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlsplit


class Found(Protocol):
    """An entry of a listing, a feed or a sitemap."""

    @property
    def url(self) -> str: ...


def assert_addresses(entries: Sequence[Found]) -> None:
    """Every entry has an absolute address of the web."""
    for entry in entries:
        parts = urlsplit(entry.url)
        assert parts.scheme in {"http", "https"}, entry
        assert parts.hostname, entry


def assert_each_once(entries: Sequence[Found]) -> None:
    """No two entries have one address."""
    assert len({entry.url for entry in entries}) == len(entries)


def assert_moment(text: str | None) -> None:
    """None, a day, or a time with its offset."""
    if text is None:
        return
    if len(text) == 10:
        date.fromisoformat(text)
    else:
        assert datetime.fromisoformat(text).tzinfo is not None, text
