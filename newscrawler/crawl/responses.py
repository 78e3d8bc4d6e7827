"""What the family needs to know of a response beside its page."""

from __future__ import annotations

import re

from scrapy.http import Response

from newscrawler import clock, identity
from newscrawler.crawl.conditional import validators_of
from newscrawler.extract.kind import kind_of
from newscrawler.extract.sitemap import GZIP
from newscrawler.items import DEFAULT_ZONE, Page


def content_type(response: Response) -> str | None:
    """The Content-Type header as received, or None."""
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None


_ENDS = {
    "page": re.compile(rb"</html", re.IGNORECASE),
    "feed": re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE),
    "sitemap": re.compile(rb"</(?:\w+:)?(?:urlset|sitemapindex)\b", re.IGNORECASE),
    "json": re.compile(rb"[\]}]\s*\)?\s*;?\s*$"),
}
"""By what each kind of answer is seen to be whole."""


def ends_early(response: Response) -> bool:
    """An answer without a length whose connection closed ("partial") and whose page does not close either.

    What is packed (a sitemap's .xml.gz) says of itself whether it is whole.
    """
    if "partial" not in response.flags or response.body.startswith(GZIP):
        return False
    return _ENDS[kind_of(response.body)].search(response.body[-2048:]) is None


def aliases_of(response: Response, linked: str) -> list[tuple[str, str]]:
    """Addresses that led to this response, each with its reason."""
    assert response.request is not None
    aliases = [(url, "redirect") for url in response.meta.get("redirect_urls", [])]
    twin = "twin_for" in response.meta
    for url in (linked, response.url):
        reasons = identity.address(url).reasons
        aliases.extend((url, "twin" if twin and reason == "mobile" else reason) for reason in reasons[:1])
    return list(dict.fromkeys(aliases))


def page_of(response: Response, *, linked: str, zone: str = DEFAULT_ZONE) -> Page:
    """The page of an answer, its first part only; ``linked`` is the address under which it was found."""
    validators = validators_of(response)
    return Page(
        url=response.url,
        body=response.body,
        content_type=content_type(response),
        status=response.status,
        fetched_at=clock.iso(clock.now()),
        site=identity.site_of(response.url),
        zone=zone,
        aliases=aliases_of(response, linked),
        etag=validators.etag,
        last_modified=validators.last_modified,
    )
