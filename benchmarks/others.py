"""Figures that benchmarks of their own measure: storing (store.py) and requests (requests.py)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

from benchmarks import requests, store
from benchmarks.figures import Measured, median, ratios
from benchmarks.report import Report
from benchmarks.setting import Setting
from newscrawler.archive import near, search
from newscrawler.items import Article

RAW, ALL, WITHOUT = "raw executemany, flat", "store_article", "store_article without indexes"


def without_indexes(path: Path, articles: list[Article]) -> None:
    """store_article() in batches, nothing taken into the search index or into that of near-duplicates."""

    def nothing(*given: object) -> None:
        """In the place of what is not measured."""

    with patch.multiple(search, add=nothing, add_link=nothing), patch.object(near, "add", nothing):
        store.store(path, articles)


def storing(setting: Setting) -> Report:
    """What an article costs the archive, against raw executemany; no crawl, one transaction for 75."""
    store.VARIANTS.setdefault(WITHOUT, without_indexes)
    taken = store.measure(store.generate(setting.stored), setting.rounds)
    report = Report()
    for name, figure in ((WITHOUT, "store"), (ALL, "store-all")):
        detail = f"{median(taken[name]):.3f} against {median(taken[RAW]):.3f} CPU-ms an article"
        report.measured.append(Measured(figure, ratios(taken[name], taken[RAW]), detail))
    return report


def asking(setting: Setting) -> Report:
    """Requests of two crawls; they are counted by the site, so once is enough."""
    with tempfile.TemporaryDirectory(dir=setting.work) as name:
        folder = Path(name)
        quiet = [requests.nothing_new(folder, setting.few, validators) for validators in (True, False)]
        day = requests.a_day(folder, "www", 1900, setting.few, direct=True, shared=False)
    each = [cost.counted / cost.channels for cost in quiet]
    return Report(
        [
            Measured("nothing-new", [max(each)], f"{min(each):.2f} where the site has validators"),
            Measured("a-day", [day.counted / day.new], f"{day.counted:,} for {day.new:,}"),
        ]
    )
