"""The settings of a crawl under test: ours, quick, and a note of every item that is said to be durable."""

from newscrawler.settings import *  # noqa: F403
from newscrawler.settings import EXTENSIONS as OURS

DOWNLOAD_DELAY = 0
RETRY_BACKOFF = 0.02
EXTENSIONS = {**OURS, "tests.chaos.witness.Witness": 900}
