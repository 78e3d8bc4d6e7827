"""Saved pages to lines of JSON: the work behind ``newscrawler extract``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from newscrawler.extract.article import read_article
from newscrawler.extract.listing import read_listing
from newscrawler.extract.report import as_json, listing_as_json
from newscrawler.items import Page

UNKNOWN_URL = "http://localhost/"
"""Relative addresses are made absolute against this when no address is given."""


def extract_files(
    paths: Sequence[str | Path],
    *,
    listing: bool,
    url: str | None,
    content_type: str | None,
    out: TextIO,
    err: TextIO,
) -> int:
    """One JSON object a line for each file; an unreadable file goes to ``err``, the rest is done.
    Returns 0 or 1.
    """
    code = 0
    for path in map(Path, paths):
        try:
            body = path.read_bytes()
        except OSError as error:
            err.write(f"{path}: cannot be read: {error.strerror or error}\n")
            code = 1
            continue
        address = url or UNKNOWN_URL
        if listing:
            row = listing_as_json(read_listing(body, address, content_type), path.stem)
        else:
            article = read_article(Page(address, body, content_type))
            row = as_json(article, path.stem)
            row["url"] = url
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return code
