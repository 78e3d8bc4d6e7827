"""``newscrawler export``: all that was asked for, in each format, whole or not at all."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newscrawler.archive import export, open_archive
from newscrawler.archive.store import store_article
from newscrawler.cli import main
from newscrawler.items import Article, RelatedItem
from newscrawler.report import export as report
from tests.archives import url
from tests.conftest import rows

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nine articles of nine days, every third about batteries, each with two related items; one undated."""
    monkeypatch.setattr(export, "_STEP", 4)
    path = tmp_path / "archive.db"
    with open_archive(path) as database, database.atomic():
        for number in range(1, 10):
            article = Article(
                url=url(number),
                site="itbear",
                title=f'标题"{number}", 一',
                body=f"第{number}段。\n\n{'固态电池' if number % 3 == 0 else '手机'}。",
                published_at=f"2025-09-0{number}T08:00:00+08:00" if number < 9 else None,
                related=[RelatedItem(n, f"热门{n}", url(50 + n), "摘要…", "2025-09-01") for n in (1, 2)],
            )
            store_article(database, article, seen_at=NOW)
    return path


def run(archive: Path, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["export", "--archive", str(archive), *map(str, arguments)])


def lines(archive: Path, *arguments: object) -> list[dict[str, object]]:
    done = run(archive, *arguments)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def numbers(found: list[dict[str, object]]) -> list[int]:
    return [int(str(article["url"]).split("/")[-1].split(".")[0]) for article in found]


def test_json_lines_are_the_view_with_related_items_nested(archive: Path) -> None:
    found = lines(archive)
    assert numbers(found) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    related = [article.pop("related") for article in found]
    assert found == rows(archive, "select * from news order by id")
    assert related[0] == [
        {"position": n, "title": f"热门{n}", "url": url(50 + n), "summary": "摘要…", "date": "2025-09-01"}
        for n in (1, 2)
    ]


def test_csv_is_the_view(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "news.csv"
    assert run(archive, "-o", target).stdout == ""
    found = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"), newline="")))
    expected = rows(archive, "select * from news order by id")
    assert found == [{k: "" if v is None else str(v) for k, v in row.items()} for row in expected]
    assert run(archive, "--format", "csv").stdout.splitlines()[0] == ",".join(export.COLUMNS)


def test_csv_for_spreadsheets_has_a_mark_and_no_formulas(archive: Path, tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://a.example","固态")'
    with open_archive(archive) as database, database.atomic():
        one = Article(url=url(20), site="itbear", title=formula, body="-1.5\n\n正文。", source="-5")
        store_article(database, one, seen_at=NOW)
    target = tmp_path / "news.csv"
    assert run(archive, "--excel", "-o", target).output == ""
    read = target.read_bytes()
    assert read.startswith(b"\xef\xbb\xbfid,url,")
    printed = run(archive, "--excel").stdout
    assert (printed[0], printed[1:].splitlines()) == ("\ufeff", read.decode("utf-8-sig").splitlines())
    found = list(csv.DictReader(io.StringIO(read.decode("utf-8-sig"), newline="")))
    plain = list(csv.DictReader(io.StringIO(run(archive, "--format", "csv").stdout, newline="")))
    (changed,) = [row for row in found if row["url"] == url(20)]
    assert (changed["title"], changed["body"], changed["source"]) == ("'" + formula, "'-1.5\n\n正文。", "-5")
    assert [row for row in found if row is not changed] == [row for row in plain if row["url"] != url(20)]
    done = run(archive, "--excel", "-o", tmp_path / "news.parquet")
    assert (done.exit_code, "--excel is for CSV, not parquet" in done.output) == (2, True)


def test_what_is_asked_for(archive: Path) -> None:
    assert numbers(lines(archive, "--query", "固态电池")) == [3, 6, 9]
    assert numbers(lines(archive, "--since", "2025-09-05")) == [5, 6, 7, 8, 9]
    assert numbers(lines(archive, "--until", "2025-09-02")) == [1, 2]
    both = ("--since", "2025-09-02", "--until", "2025-09-07")
    assert numbers(lines(archive, *both, "--query", "电池")) == [3, 6]
    assert lines(archive, "--query", "没有的词") == lines(archive, "--query", "") == []


def test_parquet_says_what_it_needs(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run(archive, "-o", tmp_path / "news.parquet")
    assert (done.exit_code, "newscrawler[parquet]" in done.output) == (1, True)
    assert sorted(path.name for path in tmp_path.glob("news*")) == []
    assert run(archive, "--format", "parquet").exit_code == 2


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="pip install 'newscrawler[parquet]'")
def test_parquet_is_the_same(archive: Path, tmp_path: Path) -> None:
    from pyarrow import parquet

    assert run(archive, "-o", tmp_path / "news.parquet").exit_code == 0
    assert parquet.read_table(tmp_path / "news.parquet").to_pylist() == lines(archive)


def test_a_file_is_whole_or_not_there(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "news.jsonl"
    target.write_text("older\n")

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(report.TEXT, "jsonl", broken)
    done = run(archive, "-o", target)
    assert (done.exit_code, "No space left" in done.output) == (1, True)
    assert target.read_text() == "older\n"
    assert not list(tmp_path.glob("*.partial"))


def test_wrong_usage_is_named(archive: Path, tmp_path: Path) -> None:
    done = run(archive, "--until", "yesterday")
    assert (done.exit_code, "--until 'yesterday' is no day" in done.output) == (2, True)
    done = run(archive, "--since", "20250930")  # a day in another form, which no published_at compares with
    assert (done.exit_code, "expected YYYY-MM-DD" in done.output) == (2, True)
    done = run(archive, "--since", "2025-09-30", "--until", "2025-09-01")
    assert (done.exit_code, "nothing lies between" in done.output) == (2, True)
    done = run(archive, "-o", tmp_path / "nowhere" / "a.csv")
    assert (done.exit_code, "mkdir -p" in done.output) == (2, True)
    assert run(tmp_path / "none.db").exit_code == 1


def test_the_columns_are_those_of_the_view(archive: Path) -> None:
    assert tuple(rows(archive, "select * from news limit 1")[0]) == export.COLUMNS
