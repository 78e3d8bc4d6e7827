"""The shapes that flow through the house: a Page comes in, an Article with its RelatedItems goes out.

Plain dataclasses, so that itemadapter, the feed exporters and the tests take them as they are.
Times are strings: ``published_at`` as the site prints it with the site's offset
(``2025-09-30T23:57:37+08:00``, or the date alone when only the day is known), everything
else (``fetched_at``) ISO 8601 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DEFAULT_ZONE = "Asia/Shanghai"


@dataclass(slots=True)
class ListingEntry:
    """What a listing page (or a related block) says of one article address."""

    url: str
    title: str = ""
    summary: str | None = None
    date: str | None = None
    """YYYY-MM-DD in the site's zone, or None where the listing prints none."""


@dataclass(slots=True)
class Part:
    """One response that belongs to a page: the first, or a later part of a long article."""

    url: str
    body: bytes
    content_type: str | None = None


@dataclass(slots=True)
class Page:
    """An article page as received, with all its parts in order; what a spider yields."""

    url: str
    """The address of the first part as it was finally answered (after redirects)."""
    body: bytes
    content_type: str | None = None
    """The Content-Type header as received, or None."""
    status: int = 200
    fetched_at: str = ""
    site: str = ""
    """The spider's site id; for unknown hosts ``host:port``."""
    zone: str = DEFAULT_ZONE
    """IANA name of the zone in which the site prints its times."""
    hints: dict[str, str] = field(default_factory=dict)
    """Optional CSS selectors of a known site, by role (``body``): hints, never needed."""
    listed: ListingEntry | None = None
    """What the listing said of it, when it came from one."""
    aliases: list[tuple[str, str]] = field(default_factory=list)
    """Other addresses that led here, each with its reason (mobile, http, query, redirect…)."""
    later_parts: list[Part] = field(default_factory=list)
    etag: str | None = None
    """ETag and Last-Modified of a page in one part, had at its own address: what the site can be asked
    by whether it changed."""
    last_modified: str | None = None

    @property
    def parts(self) -> list[Part]:
        """All parts in reading order, the first included."""
        return [Part(self.url, self.body, self.content_type), *self.later_parts]


@dataclass(slots=True)
class RelatedItem:
    """One entry of the 更多热门内容 ("more popular content") block under an article."""

    position: int
    """1…n in the order shown."""
    title: str
    url: str
    summary: str | None = None
    """As shown, with its ``…``."""
    date: str | None = None
    """YYYY-MM-DD."""


@dataclass(slots=True)
class Image:
    """A picture of the article's body."""

    url: str
    caption: str | None = None
    paragraph: int | None = None
    """How many paragraphs of the body stand before it; None where its place is not known."""


MARKS = {
    "p": "paragraph",
    "h": "heading",
    "l": "list item",
    "q": "quote",
    "t": "table row, its cells joined by ' | '",
    "c": "caption",
    "k": "code",
}
"""What a paragraph of a body is, one letter each: enough to make clean HTML of the plain text."""


@dataclass(slots=True)
class Article:
    """One article: what the extraction read, filled further by the pipelines on its way."""

    url: str
    """As fetched when it leaves the extraction, canonical after ``normalise``."""
    site: str = ""
    title: str | None = None
    body: str = ""
    """Plain text, paragraphs joined by one blank line."""
    marks: str = ""
    """One letter of MARKS for each paragraph of ``body``; empty: all are plain paragraphs."""
    published_at: str | None = None
    published_precision: str | None = None
    """``second``, ``minute`` or ``day``: how precise ``published_at`` is. ``about minute`` and ``about day``:
    counted back from when the page was fetched (25分钟前, "25 minutes ago"; 3小时前, "3 hours ago").
    """
    source: str | None = None
    editor: str | None = None
    author: str | None = None
    category: str | None = None
    dateline: str | None = None
    """The raw line from which time, source, editor and author were read."""
    images: list[Image] = field(default_factory=list)
    related: list[RelatedItem] = field(default_factory=list)
    related_heading: str | None = None
    encoding: str | None = None
    found_by: dict[str, str] = field(default_factory=dict)
    """Field name -> the rule that found it (published_at: dateline, encoding: meta overruled by bytes…)."""
    layout: str = ""
    """The template it came in (``newscrawler.extract.layout``); never exported."""
    confidence: float | None = None
    """How surely the page is an article, 0 … 1 (``newscrawler.extract.unfit.WEIGHTS``); None: not judged."""
    reason: str | None = None
    """Why the page is no article (soft_404, login_wall, empty, not_an_article…); None when it is one."""
    first_seen_at: str | None = None
    revision: int | None = None
    duplicate_of: str | None = None
    canonical: str | None = None
    """The address that the page states as its own (``rel=canonical``), absolute; not believed yet."""
    page: Page | None = field(default=None, repr=False)
    """The page it was read from; never exported."""
