"""news-please as a user gets it to store anything at all of a Chinese site: jieba added, heuristics off.

With its defaults it fetches the pages and stores none: they have no og:type, and its extractor needs jieba,
which it does not bring. The site is crawled through a proxy, since news-please takes no address with a port.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

HOST = "http://www.itbear.com.cn/"
INSTALL = "python -m venv {0} && {0}/bin/pip install news-please jieba"

_SHOW = "import newsplease, pathlib; print(pathlib.Path(newsplease.__file__).parent)"
_CHANGES = {
    "default": "RecursiveCrawler",
    "enabled_heuristics": "{}",
    "pass_heuristics_condition": '"True"',
    "number_of_parallel_daemons": "0",
    "LOG_LEVEL": "WARNING",
}


def is_there(folder: Path) -> bool:
    """Whether ``folder`` is a virtual environment with news-please."""
    return (folder / "bin/news-please").exists()


def prepare(folder: Path, work: Path) -> list[str]:
    """Write its configuration into ``work``; the command that crawls HOST and stores below ``work``."""
    shown = subprocess.run(
        [folder / "bin/python", "-c", _SHOW], stdout=subprocess.PIPE, text=True, check=True
    )
    text = (Path(shown.stdout.strip()) / "config/config.cfg").read_text(encoding="utf-8")
    for name, value in {**_CHANGES, "working_path": f"{work}/"}.items():
        text = re.sub(rf"^{name} *=.*$", f"{name} = {value}", text, count=1, flags=re.MULTILINE)
    configuration = work / "config"
    configuration.mkdir(parents=True)
    (configuration / "config.cfg").write_text(text, encoding="utf-8")
    sites = {"base_urls": [{"url": HOST, "crawler": "RecursiveCrawler"}]}
    (configuration / "sitelist.hjson").write_text(json.dumps(sites), encoding="utf-8")
    return [str(folder / "bin/news-please"), "-c", str(configuration), "-no-confirm"]


def stored(work: Path) -> int:
    """How many pages it stored."""
    return sum(1 for _ in (work / "data").rglob("*.json"))
