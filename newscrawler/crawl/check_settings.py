"""Settings that a crawl cannot run on are refused before it begins, with a sentence that names them.

Read where they are needed, `LISTING_MARGIN=x` would stop a crawl half-way, `ATTEMPTS_MAX=x` would lose
failures, and `DOWNLOAD_DELAY=nan` would be no delay at all.
"""

from __future__ import annotations

import logging
import math
import os
import re
from pathlib import Path

from scrapy.settings import BaseSettings

from newscrawler.alarm.ways import ways_of
from newscrawler.archive import schedule

LEAST = {
    "LISTING_PAGES_FIRST": 1,
    "LISTING_MARGIN": 0,
    "ATTEMPTS_MAX": 1,
    "REVISITS_PER_CRAWL": 0,
    "FOLLOW_RELATED_PER_CRAWL": 0,
    "FOLLOW_RELATED_DAYS": 0,
    "BACKFILL_PER_DAY": 1,
    "RETRY_TIMES": 0,
    "SITEMAP_HOURS": 0,
    "SITEMAP_DAYS": 1,
    "SITEMAP_FILES": 1,
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DEPTH_LIMIT": 0,
    "CLOSESPIDER_PAGECOUNT": 0,
    "CLOSESPIDER_ITEMCOUNT": 0,
    "CLOSESPIDER_ERRORCOUNT": 0,
}
"""Whole numbers, and the least that each may be."""
MOST = {"SITEMAP_HOURS": 1_000_000, "SITEMAP_DAYS": 36_500, "FOLLOW_RELATED_DAYS": 36_500}
"""A century; what is counted on or back so far must still be a date."""
SECONDS = (
    *("DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT", "TIME_BUDGET", "CLOSESPIDER_TIMEOUT"),
    *("CRAWL_DELAY_MAX", "RETRY_AFTER_MAX", "RETRY_BACKOFF", "RETRY_BACKOFF_MAX"),
)
SWITCHES = (
    *("FOLLOW_RELATED", "FOLLOW_FEEDS", "FOLLOW_SITEMAPS"),
    *("ROBOTSTXT_OBEY", "RETRY_ENABLED", "COOKIES_ENABLED", "AUTOTHROTTLE_ENABLED", "HTTPCACHE_ENABLED"),
)


def check(settings: BaseSettings) -> None:
    """ValueError with a sentence for the first that is wrong."""
    for name, least in LEAST.items():
        text = str(settings.get(name)).strip()
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
            raise ValueError(f"{name}={text!r} is no whole number; expected {least} or more")
        if int(text) > MOST.get(name, int(text)):
            raise ValueError(f"{name}={text!r} is too many; expected {MOST[name]} or fewer")
    for name in SECONDS:
        text = str(settings.get(name) or 0).strip()
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"{name}={text!r} is no number of seconds; expected 0 or more")
    for name in SWITCHES:
        _check_switch(settings, name)
    job = settings.get("JOBDIR")
    if job and Path(job).exists() and not Path(job).is_dir():
        raise ValueError(f"JOBDIR={str(job)!r} is no folder; expected one, or a name that is free")
    schedule.spans(settings.getlist("REVISIT_AFTER_HOURS"))
    ways_of(settings)


def check_log(settings: BaseSettings) -> None:
    """The same for what Scrapy opens before there is a crawl: the log; OSError when it cannot be written.

    A line is written to a plain file and taken back: without room it opens all the same.
    """
    _check_switch(settings, "LOG_ENABLED")
    level = str(settings.get("LOG_LEVEL"))
    if level not in logging.getLevelNamesMapping() and not level.isdigit():
        raise ValueError(f"LOG_LEVEL={level!r} is unknown; expected one of DEBUG, INFO, WARNING, ERROR")
    if settings.get("LOG_FILE"):
        with Path(settings["LOG_FILE"]).open("ab", buffering=0) as log:
            if Path(settings["LOG_FILE"]).is_file():
                size = os.fstat(log.fileno()).st_size
                log.write(b"\n")
                log.truncate(size)


def _check_switch(settings: BaseSettings, name: str) -> None:
    try:
        settings.getbool(name)
    except ValueError:
        raise ValueError(f"{name}={settings.get(name)!r} is neither 1 nor 0") from None
