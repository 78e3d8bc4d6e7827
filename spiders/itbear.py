"""ITBEAR科技资讯: www and its finance channel (财经资讯)."""

from newscrawler.crawl.family import NewsFamily


class ItbearSpider(NewsFamily):
    name = "itbear"
    home_pages = ("https://www.itbear.com.cn/", "https://finance.itbear.com.cn/")
