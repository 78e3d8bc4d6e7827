"""The settings of a crawl under test: ours, quick, and a note of every item that is said to be durable."""

import os
import random
from datetime import timedelta

from newscrawler import clock
from newscrawler.settings import *  # noqa: F403
from newscrawler.settings import EXTENSIONS as OURS

DOWNLOAD_DELAY = 0
RETRY_BACKOFF = 0.02
EXTENSIONS = {**OURS, "tests.chaos.witness.Witness": 900}

if hours := os.environ.get("CHAOS_JUMPS"):
    usual, chance = clock.now, random.Random(1)
    # As if somebody set the clock at every look: by a quarter of an hour to and fro, all of it hours off.
    clock.now = lambda: usual() + timedelta(hours=int(hours), minutes=chance.randint(-15, 15))
