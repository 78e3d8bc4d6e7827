"""The ``newscrawler`` command, each as its reader would try it: in a process of its own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click import ClickException
from click.testing import CliRunner
from sqlite_utils import Database

from newscrawler.archive.open import open_archive
from newscrawler.cli import main
from newscrawler.commands import surroundings
from newscrawler.commands.common import for_reading, for_writing
from newscrawler.replica import Replica
from tests.conftest import ROOT, rows
from tests.conftest import newscrawler as run

KEYS = {"id", "url", "title", "published_at", "source", "author", "editor", "category", "body", "related"}
PAGE = """<html><head><title>折叠屏手机价格再降-数字家电-ITBear科技资讯</title></head><body>
<h1>折叠屏手机价格再降</h1><div>时间：2025-09-30 08:01:02 来源：测试报 编辑：小王</div>
<div id="content"><p>多家厂商在本周下调了折叠屏手机的售价，最低的一款已经不到四千元，销量随之上升。</p>
<p>分析人士认为，铰链和柔性屏的良率提高之后，成本还会继续下降，明年的价格战会更加激烈。</p></div>
<div>更多热门内容</div><ul><li><a href="/html/2025-09/1.html">平板电脑出货量三连增的原因</a><p>机构公布的数据显示，教育需求仍是主要动力，…</p><span>2025-09-29</span></li>
<li><a href="/html/2025-09/2.html">新能源车充电桩数量突破千万</a><p>其中公共充电桩占比约三成，分布仍不均衡，…</p><span>2025-09-29</span></li>
<li><a href="/html/2025-09/3.html">国产操作系统发布年度更新版本</a><p>这次更新主要改进了多设备协同的体验，…</p><span>2025-09-28</span></li></ul>
</body></html>"""  # noqa: E501


def test_every_command_has_help_with_an_example_and_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in main.commands:
        shown = CliRunner().invoke(main, [name, "--help"])
        assert shown.exit_code == 0
        assert "Example:" in shown.output, name
        assert f"$ newscrawler {name} --help" in readme, f"run: cog -r README.md README.zh-CN.md ({name})"


@pytest.mark.parametrize("moment", ["garbage", "0001-01-01T00:00:00+08:00"])
@pytest.mark.parametrize("command", [["status"], ["ledger"], ["retry", "timeout"], ["reextract"]])
def test_a_clock_that_is_none_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], moment: str
) -> None:
    open_archive(tmp_path / "archive.db", create=True).conn.close()
    monkeypatch.setenv("NEWSCRAWLER_NOW", moment)
    done = CliRunner().invoke(main, [*command, "--archive", str(tmp_path / "archive.db")])
    assert (done.exit_code, type(done.exception)) == (2, SystemExit)
    assert f"NEWSCRAWLER_NOW={moment!r} is not a time" in done.output


@pytest.mark.parametrize("url", ["news.example", "ftp://news.example/", "http://127.0.0.1:99999/"])
def test_try_of_what_is_no_address_is_wrong_usage(url: str) -> None:
    done = CliRunner().invoke(main, ["try", url])
    assert (done.exit_code, f"{url!r} is not an address" in done.output) == (2, True)


@pytest.mark.parametrize("opened", [for_reading, lambda archive: for_writing(archive, "a test")])
@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_FULL, "No room left"),
        (sqlite3.SQLITE_CORRUPT, ".recover"),
        (sqlite3.SQLITE_IOERR, "df -h"),
        (0, "is damaged (Could not decode to UTF-8 column 'body'). "),
    ],
)
def test_what_sqlite_meets_in_the_middle_of_a_command_is_a_sentence(
    tmp_path: Path, opened: Callable[[Path], AbstractContextManager[Database]], code: int, said: str
) -> None:
    archive = tmp_path / "archive.db"
    open_archive(archive, create=True).conn.close()
    python = "Could not decode to UTF-8 column 'body' with text '\ufffd'"  # its own, and without a code
    problem = sqlite3.OperationalError("what SQLite says" if code else python)
    if code:
        problem.sqlite_errorcode = code
    with pytest.raises(ClickException) as shown, opened(archive):
        raise problem
    assert str(archive) in shown.value.message
    assert said in shown.value.message


def test_status_of_a_damaged_archive_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "archive.db"
    open_archive(archive, create=True).conn.close()

    def damaged(*_: object, **__: object) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    monkeypatch.setattr("newscrawler.report.look.gather", damaged)
    done = CliRunner().invoke(main, ["status", "--archive", str(archive)])
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert ".recover" in done.output


def test_extract_prints_the_contract_for_raw_bytes(tmp_path: Path) -> None:
    (tmp_path / "utf.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "gbk.html").write_text(PAGE, encoding="gb18030")
    done = run("extract", "utf.html", "gbk.html", "--url", "http://a.example/x/", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert set(first) == KEYS
    assert (first["id"], second["id"]) == ("utf", "gbk")
    assert {k: v for k, v in first.items() if k != "id"} == {k: v for k, v in second.items() if k != "id"}
    assert first["title"] == "折叠屏手机价格再降"
    assert first["published_at"] == "2025-09-30T08:01:02+08:00"
    assert (first["source"], first["editor"], first["category"]) == ("测试报", "小王", "数字家电")
    assert len(first["body"].split("\n\n")) == 2
    assert [item["url"] for item in first["related"]] == [
        f"http://a.example/html/2025-09/{n}.html" for n in (1, 2, 3)
    ]
    assert first["related"][0]["date"] == "2025-09-29"


def test_extract_reads_what_it_can_and_names_what_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(PAGE, encoding="utf-8")
    done = run("extract", "missing.html", "good.html", cwd=tmp_path)
    assert done.returncode == 1
    assert "missing.html" in done.stderr
    assert json.loads(done.stdout)["id"] == "good"


def test_extract_of_a_listing(tmp_path: Path, replica: Replica) -> None:
    from urllib.request import urlopen

    with urlopen(replica.url + "ai/") as answer:
        (tmp_path / "list.html").write_bytes(answer.read())
    done = run("extract", "--listing", "--url", replica.url + "ai/", "list.html", cwd=tmp_path)
    row = json.loads(done.stdout)
    assert set(row) == {"id", "entries", "next"}
    assert set(row["entries"][0]) == {"title", "url", "date", "summary"}


def test_try_shows_a_page_and_stores_nothing(tmp_path: Path, replica: Replica) -> None:
    article = next(a for a in replica.truth()["articles"] if a["body"] and a["related"])
    shown = run("try", article["url"], cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert article["title"] in shown.stdout
    assert article["body"].split("\n\n")[0] in shown.stdout
    assert article["related"][-1]["url"] in shown.stdout
    explained = run("try", "--explain", article["url"], cwd=tmp_path)
    assert explained.returncode == 0
    assert article["title"] in explained.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("url", "code", "named"),
    [
        ("www.itbear.com.cn", 2, "www.itbear.com.cn"),
        ("http://127.0.0.1:9/x.html", 1, "http://127.0.0.1:9/x.html"),
    ],
)
def test_try_says_what_went_wrong(tmp_path: Path, url: str, code: int, named: str) -> None:
    done = run("try", url, cwd=tmp_path)
    assert done.returncode == code
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_offline_is_content_and_notes_the_missing_contact(tmp_path: Path) -> None:
    done = run("doctor", "--offline", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "NEWSCRAWLER_CONTACT" in done.stdout
    assert "FTS5" in done.stdout
    assert "contact in the user agent: a@b.example" in run(
        "doctor", "--offline", cwd=tmp_path, NEWSCRAWLER_CONTACT="a@b.example"
    ).stdout  # fmt: skip


def test_doctor_finds_a_missing_folder_and_a_foreign_file(tmp_path: Path) -> None:
    done = run("doctor", "--offline", "--archive", "nowhere/archive.db", cwd=tmp_path)
    assert done.returncode == 1
    assert "mkdir -p" in done.stdout
    (tmp_path / "archive.db").write_text("this is no database, whatever its name says" * 20)
    assert run("doctor", "--offline", cwd=tmp_path).returncode == 1


def test_doctor_asks_the_sites_for_robots_txt(tmp_path: Path) -> None:
    with Replica(articles=30, faults=False, weight=1, crawl_delay=2) as site:
        good = run("doctor", cwd=tmp_path, **site.environment())
        assert good.stdout.count("robots.txt allows us, Crawl-delay 2 s") == 2, good.stdout
    with Replica(articles=30, faults=False, weight=1, robots="503") as site:
        bad = run("doctor", cwd=tmp_path, **site.environment())
        assert bad.returncode == 1
        assert "503" in bad.stdout


def test_demo_fills_a_fresh_archive_and_never_an_old_one(tmp_path: Path) -> None:
    for name in ("demo.db", "demo-2.db"):
        done = run("demo", "--articles", "60", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"newscrawler serve --archive {name}" in done.stdout
        count = rows(tmp_path / name, "select count(*) as n from news")[0]["n"]
        assert count > 40
        assert f"{count:,}" in done.stdout
    refused = run("demo", "--archive", "demo.db", cwd=tmp_path)
    assert refused.returncode == 2
    assert "demo.db" in refused.stderr


def test_the_demo_says_how_to_call_it_where_no_environment_is_active(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", [".venv/bin/newscrawler", "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert surroundings.as_called() == ".venv/bin/newscrawler"
    (tmp_path / "newscrawler").touch(mode=0o755)
    assert surroundings.as_called() == "newscrawler"


def test_ctrl_c_ends_a_command_with_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "archive.db"
    with open_archive(archive):
        pass

    def look(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("newscrawler.archive.check.check", look)
    done = CliRunner().invoke(main, ["check", "--archive", str(archive)])
    assert (done.exit_code, done.stderr) == (130, "newscrawler: interrupted\n")
