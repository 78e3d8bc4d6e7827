"""Bytes become an article and its related items."""

from __future__ import annotations

from itemadapter import ItemAdapter
from scrapy.crawler import Crawler

from newscrawler import extract
from newscrawler.items import Article, Page

HTML_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


class Separate:
    """Decision: what on the page is the article, and what is the related block."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Separate:
        return cls(crawler)

    def process_item(self, item: object) -> object:
        """A Page goes in, an Article comes out; any other item passes as it is."""
        if not ItemAdapter.is_item(item) or not isinstance(item, Page):
            return item
        if is_html(item):
            article = extract.read_article(item)
        else:
            article = Article(url=item.url, reason="not_html", page=item)
        self.crawler.stats.inc_value(
            f"newscrawler/separate/{'with' if article.related else 'without'}_related"
        )
        return article


def is_html(page: Page) -> bool:
    """Whether the answer says it is a page; no header at all is taken for one, unless its bytes say PDF."""
    kind = (page.content_type or "text/html").split(";")[0].strip().lower()
    return kind.startswith(HTML_TYPES) and not page.body.startswith(
        (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
    )
