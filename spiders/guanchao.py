"""观潮财经 ("watching the tide"), a simulated site: newscrawler/replica/sisters.py."""

from newscrawler.crawl.family import NewsFamily


class GuanchaoSpider(NewsFamily):
    name = "guanchao"
    home_pages = ("https://www.guanchao.example/",)
