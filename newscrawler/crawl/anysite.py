"""A site that nobody has described: its article addresses are learnt from its listing pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Response

from newscrawler import extract
from newscrawler.crawl.family import NewsFamily
from newscrawler.crawl.responses import content_type
from newscrawler.extract.shapes import article_shapes, shape
from newscrawler.extract.sitemap import SitemapEntry


class AnySite(NewsFamily):
    """Listing pages given by the user, read by the rules alone.

    Each listing page is read twice: without a notion of what an article's address looks like, which gives
    the list that its markup repeats, then with the shapes learnt from that list, so that no link to an
    article is missed. Pages that are no articles nevertheless are for ``judge``.
    """

    def __init__(self, *args: Any, **arguments: Any) -> None:
        super().__init__(*args, **arguments)
        self._shapes: set[str] = set()
        # Who names www.x may be sent to x, and who names m.x to either, also by what a page says of itself.
        self.allowed_domains = sorted({name for host in self.allowed_domains for name in _doors(host)})

    def is_article(self, url: str) -> bool:
        """Whether ``url`` is shaped as one of the family's articles, or as those of the listings so far."""
        try:
            return super().is_article(url) or (self._allowed(url) and shape(url) in self._shapes)
        except ValueError:
            return False

    def _is_listed(self, url: str, listing: extract.Listing) -> bool:
        """A feed lists articles and nothing else, whatever their addresses look like."""
        if listing.kind == "feed" and self._allowed(url) and urlsplit(url).path not in {"", "/"}:
            return True
        return super()._is_listed(url, listing)

    def _learn(self, entries: list[SitemapEntry]) -> None:
        """Where no listing has shown what an article's address looks like, a sitemap may."""
        if not self._shapes:
            self._shapes |= article_shapes(entry.url for entry in entries if self._allowed(entry.url))

    def _is_in_sitemap(self, entry: SitemapEntry) -> bool:
        """What a news sitemap lists is news."""
        news = entry.published is not None and self._allowed(entry.url)
        return news or super()._is_in_sitemap(entry)

    def _read_listing(self, response: Response, now: datetime) -> extract.Listing:
        unaided = extract.read_listing(
            response.body, response.url, content_type(response), fetched_at=now, zone=self.zone
        )
        self._shapes |= article_shapes(entry.url for entry in unaided.entries if self._allowed(entry.url))
        return super()._read_listing(response, now)


def _doors(host: str) -> set[str]:
    """``host``, and the names under which readers at a desk reach the same site."""
    bare = host
    for beginning in ("www.", "m.", "wap."):
        bare = bare.removeprefix(beginning) if bare == host else bare
    return {host, bare, f"www.{bare}"}
