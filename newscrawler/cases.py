"""Frozen pages: the bytes and headers of a page as they came, and what is to be read from them.

A case is a folder ``SITE/CASE``:

    page.html        the bytes of the page, and page_2.html … those of its later parts
    page.json        address, time of fetching, zone, and the headers of each part
    expected.json    every field that is to be read, and whether a person has looked at it ("reviewed")

Bytes are kept, not text: how they are decoded is a part of what is tried. The spider's hints are not kept;
they are the site's as it is described today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newscrawler import identity
from newscrawler.extract import read_article
from newscrawler.items import Article, Page, Part

USUAL_FOLDER = Path(__file__).resolve().parent.parent / "tests" / "cases"
"""Where the cases of the sites that come with the project stand."""

FIELDS = (
    "url", "title", "published_at", "source", "author", "editor", "category", "body", "images",
    "related_heading", "related", "reason",
)  # fmt: skip
"""What every case says of its page; null or empty where the page has none."""

Headers = Sequence[Sequence[tuple[str, str]]]
"""For each part its headers as received, in their order."""


@dataclass(frozen=True)
class Case:
    """One frozen page."""

    site: str
    name: str
    folder: Path

    @property
    def expected(self) -> dict[str, Any]:
        """What ``expected.json`` says: ``reviewed`` and FIELDS."""
        found: dict[str, Any] = json.loads((self.folder / "expected.json").read_text(encoding="utf-8"))
        return found


def cases(folder: Path) -> list[Case]:
    """Every case under ``folder``, in order."""
    return sorted(_cases(folder), key=lambda case: (case.site, case.name))


def _cases(folder: Path) -> Iterator[Case]:
    for described in folder.glob("*/*/page.json"):
        case = described.parent
        yield Case(case.parent.name, case.name, case)


def freeze(case: Case, page: Page, headers: Headers) -> None:
    """Write ``page`` as a case, and a draft of what is expected of it, which nobody has reviewed."""
    case.folder.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(page.parts, 1):
        (case.folder / _name(number)).write_bytes(part.body)
    described = {
        "url": page.url,
        "fetched_at": page.fetched_at,
        "zone": page.zone,
        "parts": [
            {"url": part.url, "content_type": part.content_type, "headers": [list(h) for h in sent]}
            for part, sent in zip(page.parts, headers, strict=True)
        ],
    }
    _write(case.folder / "page.json", described)
    _write(case.folder / "expected.json", {"reviewed": False, **fields(read_article(page))})


def load(case: Case, hints: Mapping[str, str] | None = None) -> Page:
    """The page of a case; ``hints``: the spider's ``page_hints``."""
    described = json.loads((case.folder / "page.json").read_text(encoding="utf-8"))
    first, *later = [
        Part(part["url"], (case.folder / _name(number)).read_bytes(), part["content_type"])
        for number, part in enumerate(described["parts"], 1)
    ]
    return Page(
        url=described["url"],
        body=first.body,
        content_type=first.content_type,
        fetched_at=described["fetched_at"],
        site=identity.site_of(described["url"]),
        zone=described["zone"],
        hints=dict(hints or {}),
        later_parts=later,
    )


def fields(article: Article) -> dict[str, Any]:
    """FIELDS of an article, its address in the canonical form."""
    found = {name: getattr(article, name) for name in FIELDS}
    found["url"] = identity.canonical(article.url)
    found["images"] = [asdict(image) for image in article.images]
    found["related"] = [asdict(item) for item in article.related]
    return found


def _name(number: int) -> str:
    return "page.html" if number == 1 else f"page_{number}.html"


def _write(file: Path, data: object) -> None:
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
