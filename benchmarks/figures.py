"""The figures that are promised, and what was measured of one."""

from __future__ import annotations

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One promise."""

    what: str
    limit: float
    at_least: bool = False
    unit: str = ""
    digits: int = 2

    @property
    def wanted(self) -> str:
        """The promise in words."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{self.unit}"

    def is_kept(self, value: float) -> bool:
        """Whether ``value`` is within it."""
        return value >= self.limit if self.at_least else value <= self.limit

    def written(self, value: float) -> str:
        """``value`` with its unit."""
        return f"{value:.{self.digits}f}{self.unit}"


FIGURES = {
    "cpu": Figure("CPU a page, against bare Scrapy that only follows the links", 1.0),
    "cpu-warc": Figure("the same, raw pages kept", 1.15),
    "speed": Figure("pages a second, same pair", 1.2, at_least=True),
    "same-settings": Figure("CPU a page, against bare Scrapy with our settings", 2.2),
    "idiomatic": Figure("CPU a page, against Scrapy, parsel and an upsert an item", 0.45),
    "news-please": Figure("pages a second, against news-please", 20, at_least=True, digits=1),
    "store": Figure("storing without search index, against raw `executemany`", 1.3),
    "store-all": Figure("with search index and near-duplicates", 8),
    "large": Figure("CPU a page crawling into 1,000,000 articles, against 10,000", 1.15),
    "commit": Figure("one new article committed into 1,000,000, p95", 2, unit=" ms"),
    "known": Figure("which of 20 addresses are known there, p99", 1, unit=" ms"),
    "memory": Figure("peak memory, 5,250 pages", 180, unit=" MB", digits=0),
    "memory-many": Figure("peak memory, 50,000 pages against 5,250", 1.1),
    "bytes": Figure("bytes an article in the database, against 6 KB + 2.6 × its text", 1.0),
    "bytes-warc": Figure("bytes a page in WARC, against its gzip", 1.1),
    "nothing-new": Figure("requests a channel, nothing new", 3),
    "a-day": Figure("requests a new article, a day of 1,900", 1.06, digits=4),
    "cores": Figure("re-extraction, pages a second, two cores against one", 1.7, at_least=True),
    "start": Figure("CPU from the start to the first request, against a bare spider", 1.3),
}


@dataclass(frozen=True)
class Measured:
    """What was measured of the figure ``name``: a value for each round."""

    name: str
    values: list[float]
    detail: str = ""
    """What the ratio is made of, in a few words."""

    @property
    def figure(self) -> Figure:
        """What was promised."""
        return FIGURES[self.name]

    @property
    def median(self) -> float:
        """The value that counts."""
        return statistics.median(self.values)

    @property
    def kept(self) -> bool:
        """Whether the median is within what was promised."""
        return self.figure.is_kept(self.median)

    def written(self) -> str:
        """The median with the least and the greatest, and the detail."""
        text = self.figure.written(self.median)
        if len(self.values) > 1:
            text += f" [{self.figure.written(min(self.values))}..{self.figure.written(max(self.values))}]"
        return f"{text}; {self.detail}" if self.detail else text


def ratios(values: list[float], base: list[float]) -> list[float]:
    """Value by value: what each round says."""
    return [value / other for value, other in zip(values, base, strict=True)]


def median(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)
