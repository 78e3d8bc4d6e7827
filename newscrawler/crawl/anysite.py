"""A site that nobody has described, named by its listing pages: everything is learnt from them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from newscrawler import extract
from newscrawler.crawl.family import NewsFamily
from newscrawler.extract.sitemap import SitemapEntry


class AnySite(NewsFamily):
    """Listing pages given by the user, read by the rules alone, whatever is known of their hosts."""

    def __init__(self, *args: Any, **arguments: Any) -> None:
        super().__init__(*args, **arguments)
        # Who names www.x may be sent to x, and who names m.x to either, also by what a page says of itself.
        self.allowed_domains = sorted({name for host in self.allowed_domains for name in _doors(host)})

    def _may_learn(self, url: str) -> bool:
        """Other addresses than ITBEAR's may be articles beside some of that shape."""
        return True

    def _is_listed(self, url: str, listing: extract.Listing) -> bool:
        """A feed lists articles and nothing else, whatever their addresses look like."""
        if listing.kind == "feed" and self._allowed(url) and urlsplit(url).path not in {"", "/"}:
            return True
        return super()._is_listed(url, listing)

    def _is_in_sitemap(self, entry: SitemapEntry) -> bool:
        """What a news sitemap lists is news."""
        news = entry.published is not None and self._allowed(entry.url)
        return news or super()._is_in_sitemap(entry)


def _doors(host: str) -> set[str]:
    """``host``, and the names under which readers at a desk reach the same site."""
    bare = host
    for beginning in ("www.", "m.", "wap."):
        bare = bare.removeprefix(beginning) if bare == host else bare
    return {host, bare, f"www.{bare}"}
