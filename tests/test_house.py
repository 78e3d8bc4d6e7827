"""Who may import whom, and the small laws of the house (docs/design.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.settings import Settings, default_settings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.test import get_crawler

from newscrawler import settings
from newscrawler.crawl.cookies import Cookies
from newscrawler.sitefile import BROKEN_SITES, SITES

ROOT = Path(__file__).resolve().parent.parent
OPEN = {"items", "identity", "clock"}
"""Rooms that are open to all."""
ROOMS: dict[str, set[str]] = {
    "items": set(),
    "identity": {"sitefile"},
    "sitefile": set(),
    "clock": set(),
    "extract": OPEN,
    "archive": OPEN,
    "cases": OPEN | {"extract"},
    "alarm": OPEN | {"archive"},
    "crawl": OPEN | {"sitefile", "archive", "extract", "alarm"},
    "explore": OPEN | {"archive"},
    "replica": set(),
    "settings": set(),
    "doctor": OPEN | {"archive"},
    "demo": OPEN | {"archive", "replica"},
    "report": OPEN | {"archive"},
    "commands": OPEN
    | {"archive", "cases", "extract", "crawl", "explore", "replica", "doctor", "demo", "report", "alarm"},
    "cli": {"commands"},
    "pipelines": OPEN | {"archive", "extract"},
    "spiders": {"crawl"},
}
# The version is a string of the package itself, not of a room.
EVERYWHERE = {"__version__"}


def files() -> list[Path]:
    found = [
        *(ROOT / "newscrawler").rglob("*.py"),
        *(ROOT / "pipelines").glob("*.py"),
        *(ROOT / "spiders").glob("*.py"),
    ]
    return sorted(f for f in found if f != ROOT / "newscrawler" / "__init__.py")


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if parts[0] != "newscrawler" else Path(parts[1]).stem


def imported_rooms(path: Path) -> set[str]:
    """The rooms a file imports, wherever in the file it does."""
    rooms: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level == 1 and path.parent.parent.name == "newscrawler":
                continue  # a neighbour in the same room
            assert node.level == 0, f"{path}: a relative import hides which room it enters"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] in {"spiders", "pipelines"}:
                rooms.add(parts[0])
            elif parts[0] == "newscrawler" and len(parts) > 1 and parts[1] not in EVERYWHERE:
                rooms.add(parts[1])
    return rooms


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    room = room_of(path)
    assert room in ROOMS, f"{path} is in no room of docs/design.md; add the room there and here"
    foreign = imported_rooms(path) - ROOMS[room] - {room}
    assert not foreign, (
        f"{path.relative_to(ROOT)} ({room}) may not import {sorted(foreign)}; see docs/design.md"
    )


def test_only_the_archive_speaks_sql() -> None:
    allowed = {"archive", "explore", "demo", "doctor"}  # the last three read, through open_archive()
    speakers = {
        room_of(f) for f in files() for line in f.read_text(encoding="utf-8").splitlines()
        if ".execute(" in line or "sqlite3.connect" in line
    }  # fmt: skip
    assert speakers <= allowed


def test_what_listens_is_not_even_imported() -> None:
    """Scrapy imports every extension that its settings name, also one that is set to None."""
    named = set(Settings(vars(settings)).getdict("EXTENSIONS_BASE"))
    left_out = set(default_settings.EXTENSIONS_BASE) - named
    assert {name.rpartition(".")[2] for name in left_out} == {"TelnetConsole", "RemoteControl"}
    assert not settings.TELNETCONSOLE_ENABLED
    assert not settings.REMOTE_CONTROL_ENABLED


def test_a_start_loads_only_what_the_first_request_needs() -> None:
    """Reading pages has 300 patterns to compile, Scrapy's cookies bring tldextract and requests along."""
    code = """
import sys
from scrapy.crawler import CrawlerProcess
from scrapy.utils.misc import load_object
from scrapy.utils.project import get_project_settings
settings = get_project_settings()
process = CrawlerProcess(settings)
for kind in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS"):
    for name in settings.get_component_priority_dict_with_base(kind):
        load_object(name)
for name in settings.getdict("ITEM_PIPELINES"):
    load_object(name)
load_object("newscrawler.crawl.commands.crawl.Command")
assert process.spider_loader.list()
early = {"newscrawler.extract.article", "newscrawler.extract.listing", "tldextract"}
print(*sorted(early & set(sys.modules)))
"""
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == [], "loaded before the first request"


def test_cookies_are_scrapys_where_they_are_on() -> None:
    crawler = get_crawler(settings_dict={"COOKIES_ENABLED": True})
    assert type(Cookies.from_crawler(crawler)) is CookiesMiddleware
    with pytest.raises(NotConfigured):
        Cookies.from_crawler(get_crawler(settings_dict={"COOKIES_ENABLED": False}))
    assert settings.DOWNLOADER_MIDDLEWARES["newscrawler.crawl.cookies.Cookies"] == 700


def test_extract_and_archive_know_no_scrapy() -> None:
    for path in files():
        if room_of(path) in {"extract", "archive", "explore", "replica"}:
            assert "scrapy" not in {
                name.split(".")[0]
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                for name in (
                    [a.name for a in node.names] if isinstance(node, ast.Import)
                    else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                )
            }, path  # fmt: skip


def test_a_site_is_small() -> None:
    """Its spider with its addresses: 15 lines, 60 where its layout needs code of its own."""
    for path in (ROOT / "spiders").glob("[a-z]*.py"):
        source = path.read_text(encoding="utf-8")
        addresses = ROOT / "newscrawler" / "sites" / f"{path.stem}.toml"
        data = addresses.read_text(encoding="utf-8") if addresses.exists() else ""
        lines = [line for line in (source + data).splitlines() if line.strip()]
        own_code = any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(source)))
        most = 60 if own_code else 15
        assert len(lines) <= most, (
            f"{path.stem} has {len(lines)} lines, its addresses included; at most {most}"
        )


def test_every_spider_has_its_name_and_its_addresses() -> None:
    assert not BROKEN_SITES
    spiders = {path.stem for path in (ROOT / "spiders").glob("[a-z]*.py")}
    assert {site.id for site in SITES} == spiders - {"site"}  # which knows no site
    settings = Settings()
    settings.setmodule("newscrawler.settings")
    loader = SpiderLoader.from_settings(settings)
    assert {loader.load(name).__module__ for name in loader.list()} == {f"spiders.{name}" for name in spiders}
    assert set(loader.list()) == spiders


def test_a_pipeline_is_one_short_file() -> None:
    for path in (ROOT / "pipelines").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 100, path.name


def test_what_remembers_pieces_of_pages_forgets_the_oldest() -> None:
    """A crawl may last for weeks, and no two pages are alike."""
    modules = [
        f"newscrawler.extract.{file.stem}" for file in (ROOT / "newscrawler" / "extract").glob("[!_]*.py")
    ]
    remembering = {
        f"{name}.{function.__name__}": function.cache_parameters()["maxsize"]
        for name in ["newscrawler.identity", *modules]
        for function in vars(import_module(name)).values()
        if hasattr(function, "cache_parameters")
    }
    assert remembering
    assert all(most is not None and most <= 4096 for most in remembering.values()), remembering
