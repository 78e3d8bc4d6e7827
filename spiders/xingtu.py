"""星途数码 ("the way of stars"), a simulated site: newscrawler/replica/sisters.py."""

from newscrawler.crawl.family import NewsFamily


class XingtuSpider(NewsFamily):
    name = "xingtu"
    home_pages = ("https://www.xingtu.example/",)
