"""The benchmarks run end to end in a tiny form, and their rows find their place; no figure is judged here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import __main__ as programme
from benchmarks import large, report, site, starting
from benchmarks.figures import FIGURES, Measured
from benchmarks.report import Report
from benchmarks.setting import Setting
from benchmarks.site import file_of
from tests.conftest import ROOT

DOCUMENT = f"# Before\n\n{report.BEGIN}\n{report.END}\n\n## After\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "figures.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


def tiny(folder: Path) -> Setting:
    return Setting(folder, rounds=1, articles=60, few=60, many=80, stored=20, filled=30, times=2)


# --- the document


def test_rows_are_replaced_by_name_and_the_others_stay(document: Path) -> None:
    first = [Measured("store", [1.2, 1.4, 1.3], "0.2 against 0.1"), Measured("cpu", [1.5])]
    report.update(document, "some", Report(first, notes=["a note."]), "2026-01-01, 0.1")
    report.update(document, "crawl", Report([Measured("cpu", [0.9])], notes=["old."]), "2026-02-01, 0.2")
    report.update(document, "crawl", Report([Measured("cpu", [0.9])], notes=["new."]), "2026-02-02, 0.2")
    text = document.read_text(encoding="utf-8")
    rows = report.rows_of(text, report.HEAD)
    assert [row[0] for row in rows] == [FIGURES["cpu"].what, FIGURES["store"].what]
    assert rows[0][1:] == ["≤ 1", "0.90", "yes", "crawl", "2026-02-02, 0.2"]
    assert rows[1][2:4] == ["1.30 [1.20..1.40]; 0.2 against 0.1", "yes"]
    assert text.startswith("# Before\n")
    assert text.endswith("\n\n## After\n")
    assert re.findall("^- .*", text, re.MULTILINE) == ["- some: a note.", "- crawl: new."]


@pytest.mark.parametrize(
    ("name", "value", "kept"), [("cpu", 1.0, True), ("cpu", 1.1, False), ("speed", 1.1, False)]
)
def test_whether_a_promise_is_kept(name: str, value: float, kept: bool) -> None:
    assert Measured(name, [value, value - 1, value + 1]).kept is kept


def test_a_document_without_a_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Nothing here\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.md has no place"):
        report.update(tmp_path / "a.md", "crawl", Report(), "")


def test_the_document_has_a_row_for_every_promise() -> None:
    rows = report.rows_of((ROOT / "docs/benchmarks.md").read_text(encoding="utf-8"), report.HEAD)
    assert [row[0] for row in rows] == [figure.what for figure in FIGURES.values()]


# --- the site


def test_the_site_is_what_it_says(tmp_path: Path) -> None:
    site.build(tmp_path, 60)
    pages = list(tmp_path.rglob("*.gz"))
    sizes = [path.with_suffix("").stat().st_size for path in pages]
    assert len(pages) > 60
    assert min(sizes) >= site.SMALLEST
    assert max(sizes) < site.LARGEST + 500
    home = (tmp_path / "index.html").read_text(encoding="utf-8")
    linked = re.findall(r'href="(/(?:html|n\d)[^"]+)"', home)
    assert linked
    assert all((tmp_path / file_of(path)).exists() for path in linked)


# --- whole parts, with the server in memory


def test_the_programme_measures_crawls_and_writes_its_rows(
    tmp_path: Path, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programme, "QUICK", {"rounds": 1, "articles": 60})
    programme.main(
        ["--quick", "--nginx", "", "--only", "crawl", "kept", "news-please", "--document", str(document)]
    )
    text = document.read_text(encoding="utf-8")
    names = [row[0] for row in report.rows_of(text, report.HEAD)]
    wanted = ["cpu", "cpu-warc", "speed", "same-settings", "idiomatic", "bytes", "bytes-warc"]
    assert set(names) >= {FIGURES[name].what for name in wanted}
    assert len(report.rows_of(text, report.LINES)) == 5
    assert "- crawl: Server: benchmarks.memory_server" in text
    assert "- news-please: no virtual environment" in text


def test_starts_are_measured_until_the_first_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "TIMES", 1)
    (start,) = starting.starts(tiny(tmp_path)).measured
    assert start.median > 0


def test_crawls_into_a_large_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "SMALL", (20, 1))
    names = [measured.name for measured in large.large(tiny(tmp_path)).measured]
    assert names == ["large", "commit", "known"]
