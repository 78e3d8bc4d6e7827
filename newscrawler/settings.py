"""The whole configuration of the crawler, in the order in which a page meets it.

Every value can be overruled for one run with ``scrapy crawl itbear -s NAME=VALUE``.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from scrapy.settings import default_settings as _default_settings

from newscrawler import __version__

ROOT = Path(__file__).resolve().parent.parent


def _guard(root: Path) -> None:
    """Refuse to run on a foreign ``spiders`` or ``pipelines``.

    Scrapy appends the project's folder to sys.path, so any installed distribution with such a
    top-level package would win, and `scrapy list` would print nothing and exit with 0.
    """
    for name in ("spiders", "pipelines"):
        spec = find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parent.parent != root:
            where = spec.origin if spec else None
            raise ImportError(
                f"the package {name!r} resolves to {where}, expected {root / name}; "
                "install newscrawler with 'pip install -e .' in a virtual environment of its own"
            )


_guard(ROOT)

# --- what runs -------------------------------------------------------------------------------
BOT_NAME = "newscrawler"
# One entry a file: a site file that cannot be imported then stops only itself.
SPIDER_MODULES = [
    f"spiders.{f.stem}" for f in sorted((ROOT / "spiders").glob("*.py")) if not f.stem.startswith("_")
]
SPIDER_LOADER_WARN_ONLY = True
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "newscrawler.crawl.commands"
ADDONS: dict[str, int] = {}

# --- where it is kept ------------------------------------------------------------------------
ARCHIVE_PATH = os.environ.get("NEWSCRAWLER_ARCHIVE") or "archive.db"
# Answers as they came, in WARC files in <archive>.pages: "all", "articles" (only pages of articles
# that were there), "none".
KEEP_PAGES = "all"
KEEP_PAGES_DAYS = 0  # days after which raw pages are removed; 0: never

# --- the flow: a Page enters at the top, an Article is durable at the bottom -------------------
ITEM_PIPELINES = {
    "pipelines.separate.Separate": 100,  # bytes -> article and related items
    "pipelines.normalise.Normalise": 200,  # canonical address, clean texts
    "pipelines.judge.Judge": 300,  # is it an article at all? else quarantine
    "pipelines.dedupe.Dedupe": 400,  # the same article met twice in this crawl
    "pipelines.archive.Archive": 500,  # one transaction; returns after the commit
}
# Scrapy starts this many tasks for every response, whatever it yields; 4 instead of 100 takes a
# third off the CPU of a whole crawl.
CONCURRENT_ITEMS = 4
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"  # every drop is a count and a ledger row already

EXTENSIONS = {
    "newscrawler.crawl.recorder.Recorder": 0,
    "newscrawler.crawl.politeness.Politeness": 10,
    "newscrawler.crawl.budget.TimeBudget": 15,
    "newscrawler.crawl.progress.Progress": 20,
}
# Two that are off anyhow (below). Scrapy imports also what EXTENSIONS sets to None, and the servers that
# these bring along (aiohttp, conch) are a fifth of the start of a crawl and 12 MB.
EXTENSIONS_BASE = {
    name: order
    for name, order in _default_settings.EXTENSIONS_BASE.items()
    if not name.endswith((".TelnetConsole", ".RemoteControl"))
}
# Likewise; ours below makes Scrapy's own where cookies are on.
DOWNLOADER_MIDDLEWARES_BASE = {
    name: order
    for name, order in _default_settings.DOWNLOADER_MIDDLEWARES_BASE.items()
    if not name.endswith(".CookiesMiddleware")
}
DOWNLOADER_MIDDLEWARES = {
    "newscrawler.crawl.budget.OutOfTime": 80,
    # Hosts of the site only, and only while they want to be asked.
    "newscrawler.crawl.politeness.OpenHosts": 90,
    # robots.txt that cannot be had makes a host wait; Scrapy's own takes it for permission.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawler.crawl.robots.Robots": 100,
    # What may pass is tried again after a wait that holds nothing; Scrapy's own tries again at once.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "newscrawler.crawl.retry.Retry": 550,
    # A gzip stream that was cut is an error here; Scrapy's own returns half a page without a word.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newscrawler.crawl.compression.CompleteCompression": 590,
    # Scrapy's own goes round in a circle until REDIRECT_MAX_TIMES.
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "newscrawler.crawl.redirects.Redirects": 600,
    "newscrawler.crawl.cookies.Cookies": 700,
    # Next to the downloader: the raw page is on the disk before anything decodes, retries or redirects.
    "newscrawler.crawl.captures.Captures": 890,
}
# Requests wait in the scheduler, not among those that run: for a retry, for a host that wants quiet.
SCHEDULER = "newscrawler.crawl.scheduler.PatientScheduler"
SCHEDULER_PRIORITY_QUEUE = "newscrawler.crawl.scheduler.HostQueues"
# Downloads and look-ups of names end when the crawl is told to.
DOWNLOAD_HANDLERS = {
    "http": "newscrawler.crawl.download.Download",
    "https": "newscrawler.crawl.download.Download",
}
TWISTED_DNS_RESOLVER = "newscrawler.crawl.download.Resolver"

# --- politeness --------------------------------------------------------------------------------
CONTACT = os.environ.get("NEWSCRAWLER_CONTACT", "").strip()
USER_AGENT = f"newscrawler/{__version__} (news archive; contact: {CONTACT or 'not given'})"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "newscrawler"
DOWNLOAD_DELAY = 1.0  # seconds between the starts of two requests to one host
DOWNLOAD_DELAY_JITTER = 0  # a delay is a promise: never shorter
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CRAWL_DELAY_MAX = 30.0  # seconds of robots.txt's Crawl-delay that are honoured
RETRY_AFTER_MAX = 60.0  # longer waits leave the address pending until then
RETRY_TIMES = 3  # more tries after the first, of what may pass: see TRANSIENT in newscrawler/crawl/retry.py
RETRY_BACKOFF = 1.0  # seconds before the second try, about; twice that before the third, and so on …
RETRY_BACKOFF_MAX = 60.0  # … up to this
DOWNLOAD_TIMEOUT = 60  # seconds for a whole answer, from the connection to the last byte
DOWNLOAD_MAXSIZE = 32 * 2**20
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 8
METAREFRESH_ENABLED = False
COOKIES_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    # Only what can be checked for completeness (see newscrawler.crawl.compression).
    "Accept-Encoding": "gzip",
}

# --- listings ----------------------------------------------------------------------------------
LISTING_PAGES_FIRST = 20  # listing pages a channel on its first walk; then it counts as complete
LISTING_MARGIN = 2  # pages of nothing but known addresses after which a completed channel stops

# --- other ways in -----------------------------------------------------------------------------
FOLLOW_FEEDS = True  # ask for the feeds that home pages and listings announce, once in each crawl
FOLLOW_SITEMAPS = True  # read the sitemaps that robots.txt names, when a crawl starts at a home page
SITEMAP_HOURS = 6  # hours after which a sitemap is read again
SITEMAP_DAYS = 2  # of a sitemap only what is not older than this, or than the last time it was read
SITEMAP_FILES = 5  # files of a sitemap index that are read at a time, the newest first

# --- what is asked for again, and what else ---------------------------------------------------------
ATTEMPTS_MAX = 14  # failures in a row (about five weeks) after which an address is given up
REVISIT_AFTER_HOURS = [1, 24, 168, 720]  # hours after publication; []: no revisits
REVISITS_PER_CRAWL = 200  # due revisits that one crawl takes, after all new articles
FOLLOW_RELATED = False  # fetch related items that no listing showed
FOLLOW_RELATED_PER_CRAWL = 100  # at most so many in one crawl, after what the listings showed
FOLLOW_RELATED_DAYS = 30  # only items not older than this
BACKFILL_PER_DAY = 20_000  # addresses that crawls with -a backfill=… ask for in a day: a quarter of it at 1 s
TIME_BUDGET = 0  # seconds after which a crawl ends cleanly, the rest stays pending; 0: none

# --- who is told when a site changes --------------------------------------------------------------
# From the environment, since they hold secrets; docs/operating.md says how each is written.
NOTIFY_COMMAND = os.environ.get("NEWSCRAWLER_NOTIFY_COMMAND", "")  # gets the report on its input
NOTIFY_EMAIL = os.environ.get("NEWSCRAWLER_NOTIFY_EMAIL", "")  # recipients, separated by commas
NOTIFY_FROM = os.environ.get("NEWSCRAWLER_NOTIFY_FROM", "")  # else the user of the mail server
NOTIFY_SMTP = os.environ.get("NEWSCRAWLER_NOTIFY_SMTP", "")  # smtps://user:password@host; else localhost
NOTIFY_WEBHOOKS = os.environ.get("NEWSCRAWLER_NOTIFY_WEBHOOKS", "")  # pairs such as "slack https://…"

# --- nothing that listens or surprises -----------------------------------------------------------
TELNETCONSOLE_ENABLED = False  # see EXTENSIONS_BASE
REMOTE_CONTROL_ENABLED = False
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORT_FIELDS = [
    "url", "site", "title", "published_at", "source", "editor", "author", "category", "body",
    "images", "related", "first_seen_at", "revision", "duplicate_of",
]  # fmt: skip
LOG_LEVEL = "WARNING"
