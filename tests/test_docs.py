"""The documentation against the code: what the READMEs and docs/ promise is there, in both languages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawler.archive import open_archive
from newscrawler.archive.views import VIEWS
from newscrawler.cli import main
from newscrawler.crawl.arguments import HELP
from newscrawler.crawl.outcome import MEANING
from tests.conftest import ROOT

ENGLISH, CHINESE = READMES = ("README.md", "README.zh-CN.md")
REGENERATE = "cog -r README.md README.zh-CN.md"
PAGES = sorted(str(page.relative_to(ROOT)) for page in [*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])


def split(name: str) -> tuple[list[str], list[str]]:
    """The lines of a page inside code fences, and those that a reader sees outside of them."""
    code: list[str] = []
    prose: list[str] = []
    fenced = False
    text = re.sub(r"<!--.*?-->", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
            code.append(line)
        else:
            (code if fenced else prose).append(line)
    assert not fenced, f"{name}: a code fence is not closed"
    return code, prose


def rows(name: str) -> list[list[str]]:
    """The cells of every table row of a page, header and ruler included."""
    return [line.strip("|").split("|") for line in split(name)[1] if line.startswith("|")]


def named(text: str) -> list[str]:
    """What stands in backticks, in order."""
    return re.findall(r"`([^`]+)`", text)


def test_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "--diff", *READMES],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80"},  # click wraps its help to the terminal
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"run: {REGENERATE}\n{done.stdout}{done.stderr}"


def test_both_readmes_have_the_same_code() -> None:
    assert split(CHINESE)[0] == split(ENGLISH)[0]


def test_both_readmes_have_the_same_structure() -> None:
    def shape(name: str) -> list[str]:
        """The level of each heading and the number of columns of each table row, in order."""
        prose = split(name)[1]
        return [
            line.split(" ")[0] if line.startswith("#") else f"{line.count('|')} bars"
            for line in prose
            if line.startswith(("#", "|"))
        ]

    assert shape(CHINESE) == shape(ENGLISH)


def test_what_the_english_readme_names_the_chinese_one_names_too() -> None:
    english, chinese = (set(named("\n".join(split(name)[1]))) for name in READMES)
    assert english <= chinese, f"{CHINESE} lacks {sorted(english - chinese)}"


def test_the_readmes_link_to_each_other() -> None:
    for name, other in (READMES, READMES[::-1]):
        first = next(line for line in split(name)[1] if line and not line.startswith("#"))
        assert f"]({other})" in first, f"{name} should begin with a link to {other}"


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_point_to_files(page: str) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", "\n".join(split(page)[1]))
    files = [t.partition("#")[0] for t in targets if not re.match(r"[a-z][a-z0-9+.-]*:|#", t)]
    missing = [file for file in files if not ((ROOT / page).parent / file).exists()]
    assert not missing, f"{page} links to {missing}, which do not exist"


@pytest.mark.parametrize("name", READMES)
def test_views_and_columns_are_those_of_an_archive(name: str, tmp_path: Path) -> None:
    documented = {view: named(cells[1]) for cells in rows(name) for view in named(cells[0]) if view in VIEWS}
    assert set(documented) == set(VIEWS), f"{name} should have a row for each view"
    with open_archive(tmp_path / "archive.db") as database:
        for view, columns in documented.items():
            shown = [column[0] for column in database.execute(f"select * from {view}").description]
            assert columns == shown, f"{name}: {view}"


@pytest.mark.parametrize("name", READMES)
def test_tables_behind_the_views_exist(name: str, tmp_path: Path) -> None:
    paragraph = next(line for line in "\n".join(split(name)[1]).split("\n\n") if "`quarantine`" in line)
    tables = set(named(paragraph)) - {"last_seen_at"}
    with open_archive(tmp_path / "archive.db") as database:
        assert tables <= set(database.table_names()), name


@pytest.mark.parametrize("name", READMES)
def test_exit_codes_are_those_of_the_crawl(name: str) -> None:
    codes = [int(cells[0]) for cells in rows(name) if cells[0].strip().isdigit()]
    assert sorted(codes) == sorted(MEANING), f"run: {REGENERATE} ({name})"


def test_exit_codes_mean_what_the_crawl_says() -> None:
    documented = {int(c[0]): c[1].strip() for c in rows(ENGLISH) if c[0].strip().isdigit()}
    assert documented == MEANING


@pytest.mark.parametrize("name", READMES)
def test_every_argument_and_command_is_there(name: str) -> None:
    code, _ = split(name)
    first_cells = [cells[0].strip() for cells in rows(name)]
    for entry in HELP:
        assert f"`{entry.name}={entry.example}`" in first_cells, f"run: {REGENERATE} ({name})"
    for command in main.commands:
        assert f"$ newscrawler {command} --help" in code, f"run: {REGENERATE} ({name})"
