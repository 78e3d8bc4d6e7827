"""Addresses joined without ``urljoin`` are those that ``urljoin`` makes."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.extract.document import Document

BASES = (
    "http://www.example.com",
    "http://www.example.com/a/1.html",
    "https://www.example.com/a/b/../c/x?y=/q/z",
    "http://www.example.com//a//b;p",
    "http://www.example.com/a/b/#c",
)
PIECES = ("a", "1", "/", ".", "-", "~", "%20", "?", "=", "&", "/a", "x.html", "..")


@pytest.mark.parametrize("base", BASES)
@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=8))
def test_a_relative_address_is_joined_as_urljoin_does(base: str, pieces: list[str]) -> None:
    href = "".join(pieces)
    joined = urljoin(base, href)
    expected = joined if joined.startswith(("http://", "https://")) else None
    assert Document(b"", base).absolute(href) == expected


def test_the_last_base_that_can_be_read_counts() -> None:
    body = b"<base href='/a/'><base href='/b/'><base href='http://[x/'><a href='1.html'>x</a>"
    document = Document(body, "http://www.example.com/c/1.html")
    assert document.absolute("1.html") == "http://www.example.com/b/1.html"
