"""Bare Scrapy that follows the links and looks at no article: ``scrapy runspider bare.py -a home=URL``.

Scrapy's defaults, but for two that are in its favour: INFO instead of DEBUG, and as many requests at a time
to the one host as in all. BARE_AS_OURS in the environment gives it our settings instead.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.http import Response

ARTICLE = re.compile(r"/html/\d{4}-\d\d/\d+\.html|/n\d+\.aspx")
LISTING = re.compile(r"/(ai|mobile|digital|channel|list)/|/column\.aspx")

AS_OURS = os.environ.get("BARE_AS_OURS") == "1"
DEFAULTS = {"LOG_LEVEL": "INFO", "DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
OURS = {
    "LOG_LEVEL": "WARNING",
    "CONCURRENT_ITEMS": 4,
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
        "Accept-Encoding": "gzip",
    },
}


class Bare(scrapy.Spider):
    """From the home page to the channels, their pages and all articles."""

    name = "bare"
    custom_settings = DEFAULTS | (OURS if AS_OURS else {})

    def __init__(self, home: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.start_urls = [home]
        if AS_OURS:
            gc.freeze()
            gc.set_threshold(20_000, 10, 10)

    def parse(self, response: Response) -> Iterator[scrapy.Request]:
        """A listing, or the home page."""
        for href in response.css("a::attr(href)").getall():
            if ARTICLE.fullmatch(href):
                yield response.follow(href, self.parse_article)
            elif LISTING.match(href):
                yield response.follow(href)

    def parse_article(self, response: Response) -> Any:
        """Nothing is looked at."""
