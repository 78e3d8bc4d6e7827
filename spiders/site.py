"""Any listing page, by the rules alone: scrapy crawl site -a start_urls=https://news.example/tech/"""

from newscrawler.crawl.anysite import AnySite


class SiteSpider(AnySite):
    name = "site"
