"""早班车快报 ("the early bus"), a simulated site: newscrawler/replica/sisters.py."""

from newscrawler.crawl.family import NewsFamily


class ZaobancheSpider(NewsFamily):
    name = "zaobanche"
    home_pages = ("https://www.zaobanche.example/",)
