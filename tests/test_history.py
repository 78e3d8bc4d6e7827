"""``newscrawler history``: revisions with a diff that reads, absences, any form of the address."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.archive import open_archive
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.store import store_article
from newscrawler.archive.visits import mark_gone
from newscrawler.cli import main
from newscrawler.items import Article, Page
from newscrawler.report.diff import Piece, differences

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://www.itbear.com.cn/html/2025-09/960596.html"
MOBILE = "https://m.itbear.com.cn/html/2025-09/960596.html"
LONG = "业内人士认为，这会改变市场。" * 8
BODY = f"新品将于下月上市。售价为1999元。\n\n{LONG}"


def an_article(**changes: str) -> Article:
    fields = {"title": "新品发布", "body": BODY, "source": "互联网", **changes}
    page = Page(URL, b"", aliases=[(MOBILE, "mobile"), ("https://short.example/a", "redirect")])
    return Article(url=URL, site="itbear", published_at="2025-09-30T08:00:00+08:00", page=page, **fields)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An article that changed its price, was gone for a day, and came back under another title."""
    path = tmp_path / "archive.db"
    dearer = BODY.replace("1999", "2099")
    with open_archive(path) as database:
        store_article(database, an_article(), seen_at=NOW)
        store_article(database, an_article(), seen_at=NOW + DAY)
        store_article(database, an_article(body=dearer), seen_at=NOW + 2 * DAY)
        mark_gone(database, URL, now=NOW + 3 * DAY)
        renamed = an_article(body=dearer, title="新品正式发布\x1b[2J")
        store_article(database, renamed, seen_at=NOW + 4 * DAY)
        discover(database, [Discovery("https://b.example/1")], site="b", crawl_id=None, now=NOW)
    return path


def run(archive: Path, *arguments: str, **env: str) -> Result:
    return CliRunner().invoke(main, ["history", "--archive", str(archive), *arguments], env=env)


@pytest.mark.parametrize(
    "form", [URL, MOBILE, f"{URL}?from=x#top", URL.replace("https", "http"), "https://short.example/a"]
)
def test_any_form_of_the_address_shows_it(archive: Path, form: str) -> None:
    done = run(archive, form)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        URL,
        "3 revisions, first seen 2025-10-01 12:00",
        "Gone 2025-10-04 12:00, back 2025-10-05 12:00",
        "",
        "Revision 1, seen 2025-10-01 12:00 to 2025-10-02 12:00",
        "  title: 新品发布",
        "  published_at: 2025-09-30T08:00:00+08:00",
        "  source: 互联网",
        f"  body: {len(BODY)} characters",
        "",
        "Revision 2, seen 2025-10-03 12:00 to 2025-10-03 12:00",
        f"  body: {len(BODY)} -> {len(BODY)} characters",
        "    新品将于下月上市。售价为[-1999-]{+2099+}元。",
        f"    {LONG[:20]}…",
        "",
        "Revision 3, seen 2025-10-05 12:00 to 2025-10-05 12:00",
        "  title: 新品{+正式+}发布{+[2J+}",
    ]


def test_json_has_everything(archive: Path) -> None:
    (one,) = json.loads(run(archive, URL, "--json").stdout)
    assert one["url"] == URL
    assert [version["revision"] for version in one["versions"]] == [1, 2, 3]
    assert one["versions"][0]["body"] == BODY
    assert one["absences"] == [
        {"gone_at": "2025-10-04T04:00:00+00:00", "back_at": "2025-10-05T04:00:00+00:00"}
    ]


def test_colours_are_for_terminals_that_want_them(archive: Path) -> None:
    runner = CliRunner()
    arguments = ["history", "--archive", str(archive), URL]
    assert "\x1b[31m[-1999-]\x1b[0m" in runner.invoke(main, arguments, color=True).stdout
    assert "\x1b" not in runner.invoke(main, arguments, color=True, env={"NO_COLOR": "1"}).stdout
    assert "\x1b" not in runner.invoke(main, arguments).stdout


def test_what_is_not_there_is_said(archive: Path) -> None:
    done = run(archive, "https://b.example/1")
    assert (done.exit_code, "it is pending" in done.output) == (1, True)
    done = run(archive, "https://b.example/2")
    assert (done.exit_code, "does not know it" in done.output) == (1, True)
    assert run(archive, "960596").exit_code == 2


TEXTS = st.text(alphabet="的一是不了。！\n，ab12 ", max_size=60)


@given(old=TEXTS, new=TEXTS)
def test_the_pieces_make_both_texts(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.mark != "come") == old
    assert "".join(piece.text for piece in pieces if piece.mark != "gone") == new
    assert all(piece.text for piece in pieces)
    if old == new:
        assert {piece.mark for piece in pieces} <= {"same"}


def test_a_sentence_that_is_another_is_shown_whole() -> None:
    assert differences("天气很好。公司发布新品。", "天气很好。股价因此大涨！") == [
        Piece("same", "天气很好。"),
        Piece("gone", "公司发布新品。"),
        Piece("come", "股价因此大涨！"),
    ]


def test_books_are_compared_in_a_moment() -> None:
    old, new = "一二三四。" * 3000, "五六七八。" * 3000
    assert [piece.mark for piece in differences(old, new)] == ["gone", "come"]
