"""``scrapy runspider``: Scrapy's own, for spiders that need no archive."""

from __future__ import annotations

from scrapy import Spider
from scrapy.commands.runspider import Command as ScrapyRunspider
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from newscrawler.crawl.articles import ArticleSpider


class Command(ScrapyRunspider):
    """Run a spider from its file."""

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        """UsageError for a spider of ours: only ``scrapy crawl`` opens the archive that it writes to."""
        if isinstance(spidercls, type) and issubclass(spidercls, ArticleSpider):
            raise UsageError(
                f"the spider {spidercls.name!r} needs an archive, which scrapy crawl opens: "
                f"scrapy crawl {spidercls.name}",
                print_help=False,
            )
        return super()._create_crawler(spidercls)
