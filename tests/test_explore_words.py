"""The words of the pages: every one has its Chinese, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from newscrawler.archive.ledger_list import ERROR_CLASSES
from newscrawler.explore import calendar, charts, home, listing, metadata, queries, show, words, wrong
from newscrawler.report.explain import REASONS

TEMPLATES = Path(words.__file__).parent / "plugin" / "templates"


def used() -> set[str]:
    """Every word that a page may say."""
    said: set[str] = set()
    for template in TEMPLATES.glob("*.html"):
        said.update(re.findall(r'\b_\("([^"]*)"', template.read_text(encoding="utf-8")))
    for module in (charts, calendar):
        said.update(re.findall(r'speak\("([^"]*)"', Path(module.__file__).read_text(encoding="utf-8")))
    for query in queries.QUERIES:
        said |= {query.title, query.about}
    for chart in charts.CHARTS.values():
        said |= {chart.title, chart.about}
    said |= {"New", "Updated", "Failed"}  # series of the chart of crawls
    said |= set(charts.BECAME)
    said |= set(wrong.HEADLINES.values())
    for file in Path(wrong.__file__).parent.glob("*.py"):
        said.update(re.findall(r'NotFound\("([^"]*)"', file.read_text(encoding="utf-8")))
    said |= {*queries.COLUMNS.values(), *queries.PARAMS.values(), *show.FIELDS.values()}
    said |= {*home.ENDINGS.values(), *metadata.FACETS.values(), *listing.COLUMNS.values()}
    said |= set(listing.OPERATORS.values()) - {"is"}
    said |= {*queries.CHOICES["state"], *ERROR_CLASSES, *REASONS}
    said |= {table.capitalize() for table in ("sources", "categories", "editors", "sites")}
    return said


def test_every_word_has_its_chinese_and_none_is_left_over() -> None:
    assert used() - set(words.CHINESE) == set()
    assert set(words.CHINESE) - used() == set()


@pytest.mark.parametrize("word", sorted(words.CHINESE))
def test_a_word_and_its_chinese_take_the_same_values(word: str) -> None:
    chinese = words.CHINESE[word]
    assert set(re.findall(r"\{(\w+)\}", word)) == set(re.findall(r"\{(\w+)\}", chinese))
    assert re.search(r"[\u4e00-\u9fff]|^[，：；。]$", chinese)


def test_chinese_stands_in_one_place() -> None:
    """Apart from what is stored: a page must not have Chinese of its own."""
    for file in [*TEMPLATES.glob("*.html"), *(TEMPLATES.parent.parent).glob("*.py")]:
        if file.name not in {"words.py", "listing.py"}:  # listing.py: an example of a name in a comment
            assert not re.search(r"[\u4e00-\u9fff]", file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize(
    ("setting", "header", "language"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr-FR, zh;q=0.5", "zh"),
        (None, "de", "en"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
        ("fr", "zh", "zh"),
    ],
)
def test_language(setting: str | None, header: str, language: str) -> None:
    config = {"language": setting} if setting else None
    datasette = SimpleNamespace(plugin_config=lambda name: config)
    request = SimpleNamespace(headers={"accept-language": header})
    assert words.language_of(datasette, request) == language
