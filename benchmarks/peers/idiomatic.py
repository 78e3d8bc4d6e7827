"""What a good tutorial ends with: Scrapy, parsel's CSS selectors, one sqlite-utils upsert and commit an item.

    scrapy runspider idiomatic.py -a home=URL -s DATABASE=FILE

Scrapy's defaults as in bare.py; sqlite-utils as it comes. No search, no ledger, no revisions, no raw pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, Self

from bare import ARTICLE, DEFAULTS, Bare
from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlite_utils import Database

FIELDS = re.compile(
    r"时间\s*[:：]\s*(?P<time>[\d: /-]+\d)|来源\s*[:：]\s*(?P<source>[^\s编作]+)"
    r"|编辑\s*[:：]\s*(?P<editor>\S+)"
)
"""Time, source and editor in the line under the headline."""

HEADINGS = frozenset(["更多热门内容", "相关阅读", "推荐阅读", "猜你喜欢", "热门推荐", "大家都在看"])
"""What stands over the related items: more hot content, related reading, …"""


class Store:
    """An upsert and a commit for each item."""

    def __init__(self, path: str) -> None:
        self.database = Database(path)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings["DATABASE"])

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Articles and related items into two flat tables."""
        related = item.pop("related")
        self.database["articles"].upsert(item, pk="url")  # type: ignore[union-attr]
        self.database["related_items"].upsert_all(  # type: ignore[union-attr]
            [{"article": item["url"], "position": n, **row} for n, row in enumerate(related)],
            pk=("article", "position"),
        )
        return item

    def close_spider(self) -> None:
        """The database file is complete."""
        self.database.close()


class Idiomatic(Bare):
    """Reads every article with selectors made for this site, in both layouts."""

    name = "idiomatic"
    custom_settings = DEFAULTS | {"ITEM_PIPELINES": {Store: 100}}

    def parse_article(self, response: Response) -> Iterator[dict[str, Any]]:
        """An article with its related items."""
        line = " ".join(response.css("h1 + div ::text").getall())
        found = {n: v for match in FIELDS.finditer(line) for n, v in match.groupdict().items() if v}
        texts = (text.strip() for text in response.css("#content ::text").getall())
        yield {
            "url": response.url,
            "title": response.css("h1::text").get("").strip(),
            "published_at": found.get("time"),
            "source": found.get("source"),
            "editor": found.get("editor"),
            "body": "\n".join(takewhile(lambda text: text not in HEADINGS, filter(None, texts))),
            "related": self.related(response),
        }

    def related(self, response: Response) -> list[dict[str, str]]:
        """The links to articles that do not stand in the side bar, with what is printed beside them."""
        beside = set(response.css(".hot a::attr(href)").getall())
        found: dict[str, dict[str, str]] = {}
        for link in response.css("a[href$='.html'], a[href$='.aspx']"):
            path, title = link.attrib["href"], link.css("::text").get("").strip()
            if ARTICLE.fullmatch(path) and title and path not in beside:
                found[path] = {
                    "url": response.urljoin(path),
                    "title": title,
                    "summary": link.xpath("string((following-sibling::p | ../following-sibling::p)[1])").get(
                        ""
                    ),
                    "date": link.xpath("string((following::span | following::em)[1])").get(""),
                }
        return list(found.values())
