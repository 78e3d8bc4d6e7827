"""What an article's address looks like on a site of which nobody has said it, learnt from its lists."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any

from scrapy.http import Response

from newscrawler import extract, identity
from newscrawler.archive import frontier
from newscrawler.archive.session import is_registered
from newscrawler.crawl.listings import ListingSpider
from newscrawler.crawl.responses import content_type
from newscrawler.extract.shapes import article_shapes, is_headline, shape
from newscrawler.extract.sitemap import SitemapEntry


class LearningSpider(ListingSpider):
    """Listings of such sites are read twice: without a notion of what an article's address looks like,
    which gives the list that the page's markup repeats, then with the shapes learnt from that list, so that
    no link to an article is missed. Pages that are no articles nevertheless are for ``judge``.
    """

    def __init__(self, *args: Any, **arguments: Any) -> None:
        super().__init__(*args, **arguments)
        self._shapes: set[str] = set()
        self._own_found = False
        """A listing linked to an address as the spider knows them: such are this site's, and no others."""
        self._looked_up: set[str] = set()
        """Sites whose newest article in the archive was looked at."""

    def is_article(self, url: str) -> bool:
        """Whether ``url`` is shaped as one of the family's articles, or as those of the listings so far."""
        try:
            return super().is_article(url) or (self._allowed(url) and shape(url) in self._shapes)
        except ValueError:
            return False

    def _may_learn(self, url: str) -> bool:
        """Whether article addresses are learnt from ``url``: where no site's file says what they look like,
        as long as neither a listing nor the archive has the address of an article as the spider knows them.
        """
        site = identity.site_of(url)
        if self._own_found or identity.is_described(site):
            return False
        is_first = site not in self._looked_up
        self._looked_up.add(site)
        if is_first and identity.hosts_of(site) and is_registered(self.crawler):
            # Else a page that is out of order would teach other addresses.
            newest = islice(frontier.known_articles(self._session.reader, site, 1), 1)
            self._own_found = any(map(super().is_article, newest))
        return not self._own_found

    def _read_listing(self, response: Response, now: datetime) -> extract.Listing:
        if self._may_learn(response.url):
            unaided = extract.read_listing(
                response.body, response.url, content_type(response), fetched_at=now, zone=self.zone
            )
            self._own_found = self._own_found or any(map(super().is_article, unaided.links))
            if self._may_learn(response.url):
                told = {e.url for e in unaided.entries if e.date and is_headline(e.title)}
                self._shapes |= article_shapes(filter(self._allowed, (e.url for e in unaided.entries)), told)
        return super()._read_listing(response, now)

    def _learn(self, entries: list[SitemapEntry]) -> None:
        """Where no listing has shown what an article's address looks like, a sitemap may."""
        urls = [entry.url for entry in entries if self._allowed(entry.url)]
        self._own_found = self._own_found or any(map(super().is_article, urls))
        if urls and not self._shapes and self._may_learn(urls[0]):
            self._shapes |= article_shapes(urls)
