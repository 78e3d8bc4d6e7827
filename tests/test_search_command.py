"""``newscrawler search``, as its reader tries it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawler.archive import open_archive
from newscrawler.archive.store import store_article
from newscrawler.items import Article, RelatedItem
from newscrawler.replica import Replica
from tests.conftest import crawl, environment
from tests.conftest import newscrawler as run

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
RED, PLAIN = "\x1b[31m\x1b[1m", "\x1b[0m"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working directory with an archive of 25 articles; the higher its number, the newer an article."""
    with open_archive(tmp_path / "archive.db") as database, database.atomic():
        for number in range(25):
            article = Article(
                url=f"https://www.itbear.com.cn/html/2025-09/{number}.html",
                site="itbear",
                title=f"小米SU{number}上市",
                body=f"{'车市回暖。' * 60}\n\n第{number}款，固態電池量产\x1b[2J。"
                + "小米" * (number == 7) * 20,
                published_at=f"2025-09-{1 + number:02}T08:00:00+08:00",
                source="互联网" if number else None,
                related=[RelatedItem(1, f"固态电池{number}", "https://a.example/", "摘要…", "2025-09-30")],
            )
            store_article(database, article, seen_at=NOW)
    return tmp_path


def found(folder: Path, *arguments: str) -> list[dict[str, object]]:
    done = run("search", "--json", *arguments, cwd=folder)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, list)
    return answer


def test_a_minus_needs_no_quotes(folder: Path) -> None:
    assert [one["title"] for one in found(folder, "SU2", "-SU24", "--limit", "2")] == [
        "小米SU23上市",
        "小米SU22上市",
    ]
    assert [one["title"] for one in found(folder, "-小米SU23", "SU23")] == []
    assert "--jsn" in run("search", "--jsn", "SU2", cwd=folder).stderr
    assert "--limit" in run("search", "--limit", "-1", "SU2", cwd=folder).stderr


def test_json_is_the_contract(folder: Path) -> None:
    (one,) = found(folder, "SU24")
    assert list(one) == ["id", "url", "title", "published_at", "source", "snippet"]
    assert one["url"] == "https://www.itbear.com.cn/html/2025-09/24.html"
    assert (one["title"], one["source"]) == ("小米SU24上市", "互联网")
    assert one["published_at"] == "2025-09-25T08:00:00+08:00"
    assert str(one["snippet"]).startswith("车市回暖。")
    everything = found(folder, "固态电池")
    assert [hit["title"] for hit in everything] == [f"小米SU{n}上市" for n in reversed(range(25))]
    assert everything[-1]["source"] is None
    assert "固態電池量产" in str(everything[0]["snippet"])
    assert [hit["title"] for hit in found(folder, "固态电池", "--limit", "2")] == [
        "小米SU24上市",
        "小米SU23上市",
    ]
    assert found(folder, "小米 -SU") == found(folder, "没有的词") == found(folder, "！") == []


def test_words_beside_each_other_need_no_quotes(folder: Path) -> None:
    assert found(folder, "固态电池", "SU24") == found(folder, "固态电池 SU24") != []


def test_best_first_and_related_items(folder: Path) -> None:
    assert found(folder, "小米", "--best", "--limit", "1")[0]["title"] == "小米SU7上市"
    items = found(folder, "固态电池", "--related")
    assert len(items) == 25
    assert list(items[0]) == ["id", "url", "title", "summary", "date", "article_id"]
    assert items[0]["title"] == "固态电池24"


def test_text_without_a_terminal_is_plain(folder: Path) -> None:
    done = run("search", "固态电池", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 75
    assert lines[0] == "小米SU24上市"
    assert lines[1] == "  2025-09-25 08:00  互联网  https://www.itbear.com.cn/html/2025-09/24.html"
    assert "固態電池量产" in lines[2]
    assert "\x1b" not in done.stdout
    assert "固态电池24\n  2025-09-30" in run("search", "固态电池", "--related", cwd=folder).stdout


def test_nothing_found_is_said_and_no_error(folder: Path) -> None:
    done = run("search", "没有的词", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert "没有的词" in done.stderr
    assert "no word" in run("search", "--", "-小米", cwd=folder).stderr


def at_terminal(folder: Path, *arguments: str, **env: str) -> str:
    """What the command prints at a terminal."""
    try:
        master, slave = pty.openpty()
    except OSError as none:
        pytest.skip(f"this machine gives no pseudo-terminal: {none}")
    command = [sys.executable, "-m", "newscrawler.cli", "search", *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment(**env), stdout=slave, stderr=slave) as process:
        os.close(slave)
        shown = b""
        try:
            while block := os.read(master, 4096):
                shown += block
        except OSError:  # the end of a terminal on Linux
            pass
    os.close(master)
    assert process.returncode == 0
    return shown.decode()


def test_a_terminal_gets_twenty_with_the_places_marked(folder: Path) -> None:
    shown = at_terminal(folder, "小米 固态电池", COLUMNS="80")
    assert f"{RED}小米{PLAIN}SU24上市" in shown
    assert f"{RED}固態電池{PLAIN}量产" in shown
    assert shown.count("https://") == 20
    assert "The first 20; --limit 0 shows all." in shown
    assert "\x1b[2J" not in shown, "a stored text steers no terminal"
    assert at_terminal(folder, "小米", "--limit", "0").count("https://") == 25
    assert "\x1b" not in at_terminal(folder, "小米", NO_COLOR="1")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "TEXT"),
        (("小米", "--limit", "-1"), 2, "--limit"),
        (("小米", "--limit", "many"), 2, "--limit"),
        (("小米", "--nothing"), 2, "--nothing"),
        (("小米", "--best", "--related"), 2, "--related"),
        (("小米", "--archive", "none.db"), 1, "scrapy crawl itbear"),
    ],
)
def test_wrong_usage_gets_a_sentence(folder: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = run("search", *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_crawl_stored_is_found_at_once(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    assert crawl(archive, "-a", f"start_urls={replica.url}").returncode in {0, 4}
    for article in replica.truth()["articles"][:10]:
        if article["title"] and article["body"]:
            asked = f'"{article["title"]}"'
            assert article["url"] in [hit["url"] for hit in found(tmp_path, asked)], asked
