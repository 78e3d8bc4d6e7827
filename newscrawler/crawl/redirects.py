"""Redirects are followed until one leads back: the same question gets the same answer."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class Redirects(RedirectMiddleware):
    """Scrapy's own, which goes round in a circle until REDIRECT_MAX_TIMES. A cookie may lead out of one."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """The next request of a redirect, else the answer; IgnoreRequest where it was asked before."""
        found = super().process_response(request, response)
        if not isinstance(found, Request) or self.crawler.settings.getbool("COOKIES_ENABLED"):
            return found
        if found.url in found.meta["redirect_urls"]:
            raise IgnoreRequest(f"redirection in a circle, back to {found.url}")
        return found
