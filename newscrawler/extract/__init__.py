"""Bytes to an Article with its RelatedItems, and to listing entries: pure functions, no Scrapy, no SQL."""

from newscrawler.extract.article import read, read_article
from newscrawler.extract.decode import Decoded, decode
from newscrawler.extract.listing import Listing, read_listing
from newscrawler.extract.report import as_json, explain, listing_as_json

__all__ = [
    "Decoded",
    "Listing",
    "as_json",
    "decode",
    "explain",
    "listing_as_json",
    "read",
    "read_article",
    "read_listing",
]
