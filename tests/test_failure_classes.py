"""Every failure has a class: it is counted in its crawl, listed with its address, and can be retried.

The table of classes stands in docs/operating.md.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from newscrawler.archive import open_archive
from newscrawler.archive.ledger_list import ERROR_CLASSES
from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import ROOT, crawl, rows
from tests.conftest import newscrawler as run
from tests.test_crawl_archive_trouble import a_disk_that_fails, crawl_after
from tests.test_crawl_sick_site import overrule


def page(inside: str, title: str = "标题") -> bytes:
    head = f'<meta charset="utf-8"><title>{title}</title>'
    return f"<html><head>{head}</head><body>{inside}</body></html>".encode()


SENTENCES = "<p>据了解，该公司今天发布了一款新的产品，价格没有公布。业内人士认为这很重要</p>"


def _hang_up() -> Answer:
    raise ConnectionResetError


SICK: dict[str, Callable[[], Answer]] = {
    "timeout": lambda: time.sleep(4) or Answer(200),
    "reset": lambda: _hang_up(),
    "short_body": lambda: Answer(200, page(SENTENCES * 50), trick="short"),
    "too_large": lambda: Answer(200, page(SENTENCES * 9000)),
    "http_4xx": lambda: Answer(403),
    "http_5xx": lambda: Answer(500),
    "redirect": lambda: Answer(302, headers={"Location": "/html/2025-09/999999.html?again"}),
    "charset": lambda: Answer(200, b"<title>x</title><h1>x</h1><p>" + b"\xff\x80\xfe\x81" * 400),
    "not_html": lambda: Answer(200, b"%PDF-1.7 ...", "application/pdf"),
    "no_dateline": lambda: Answer(200, page(f"<h1>一个完全不同的大标题文字</h1>{SENTENCES}", "网站首页")),
    "no_body": lambda: Answer(200, page("<h1>标题</h1><p>短</p>")),
    "login_wall": lambda: Answer(200, page("<h1>请登录</h1><p>登录后阅读全文。</p>")),
    "soft_404": lambda: Answer(200, page("<p>抱歉，您访问的页面不存在或已被删除。</p>")),
    "empty": lambda: Answer(200, b""),
    "not_an_article": lambda: Answer(200, page("<p>" + "欢迎填写联系方式，我们会尽快回复，" * 9 + "</p>")),
}
"""Class -> what an article's address answers."""
OF_THE_ISSUE = (
    *("dns", "connect", "tls", "timeout", "reset", "short_body", "http_4xx", "http_5xx", "throttled"),
    *("robots", "redirect", "charset", "not_an_article", "no_dateline", "no_body", "login_wall"),
    *("soft_404", "too_large", "not_html", "site_rule", "archive"),
)
RULE_ERROR = (
    "from pipelines.separate import Separate\n"
    "usual = Separate.process_item\n"
    "def broken(self, item):\n"
    "    if item.url.endswith(BROKEN): raise RuntimeError('a rule of ours')\n"
    "    return usual(self, item)\n"
    "Separate.process_item = broken\n"
)


def counted(archive: Path, *arguments: str) -> dict[str, int]:
    """Class -> addresses, as ``newscrawler failures --count`` says."""
    done = run(
        "failures", "--count", "--last", "--json", *arguments, "--archive", str(archive), cwd=archive.parent
    )
    assert done.returncode == 0, done.stderr
    return {row["error"]: row["addresses"] for row in json.loads(done.stdout)}


def test_what_an_article_may_answer_has_its_class(tmp_path: Path) -> None:
    """One crawl in which every page is sick in another way, and the next in which all are well."""
    archive = tmp_path / "archive.db"
    with Replica(articles=40, seed=3, faults=False, weight=1) as site:
        articles = [a["url"] for a in site.truth()["articles"] if a["listed"] and a["outcome"] == "archived"]
        sick = dict(zip(articles, [*SICK, "site_rule", "robots"], strict=False))
        assert len(sick) == len(SICK) + 2
        by_path = {"/" + url.split("/", 3)[3]: kind for url, kind in sick.items()}
        robots, broken = (next(p for p in by_path if by_path[p] == kind) for kind in ("robots", "site_rule"))
        well: list[bool] = []

        def rule(view: View, path: str, query: str) -> Answer | None:
            if path == "/robots.txt":
                lines = f"User-agent: *\nDisallow: {robots}\n" if not well else ""
                return Answer(200, lines.encode(), "text/plain")
            kind = by_path.get(path) or ("redirect" if "999999" in path else None)
            if well or kind not in SICK:
                return None
            answer = SICK[kind]()
            return Answer(302, headers={"Location": path}) if kind == "redirect" else answer

        overrule(site, rule)
        settings = ("-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_TIMEOUT=2", "-s", "DOWNLOAD_MAXSIZE=1000000")
        program = RULE_ERROR.replace("BROKEN", repr(broken)) + f"sys.argv += {list(settings)!r}\n"
        done = crawl_after(archive, site, program)
        assert done.returncode == 4, done.stderr
        of_crawl = {row["url"]: row["class"] for row in rows(archive, "select url, class from failures")}
        in_ledger = {
            row["url"]: row["last_error"]
            for row in rows(archive, "select url, last_error from ledger where last_error is not null")
        }
        assert of_crawl == sick
        assert in_ledger == sick
        assert counted(archive) == dict.fromkeys(sick.values(), 1)
        assert set(counted(archive, "charset", "robots")) == {"charset", "robots"}
        listed = run("ledger", "--error", "no_dateline", cwd=tmp_path).stdout
        assert next(url for url in sick if sick[url] == "no_dateline") in listed

        well.append(True)
        again = run("retry", *sick.values(), cwd=tmp_path)
        assert f"{len(sick)} addresses are due at once" in again.stdout, again.stdout + again.stderr
        done = crawl(archive, "-a", f"start_urls={site.url}")
    assert done.returncode == 0, done.stderr
    assert counted(archive) == {}
    assert {url for url in sick if rows(archive, "select 1 from news where url = ?", url)} == set(sick)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:1/", "connect"),
        ("http://no-such-host.invalid/", "dns"),
        ("https://m.itbear.com.cn/", "tls"),
    ],
)
def test_a_listing_that_cannot_be_reached_has_its_class(tmp_path: Path, address: str, expected: str) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=3, seed=3, faults=False, weight=1) as site:
        env = {"https_proxy": site.url, "no_proxy": ""} if expected == "tls" else {}
        done = crawl(archive, "-a", f"start_urls={address}", "-s", "RETRY_TIMES=0", **env)
    assert done.returncode == 5, done.stderr
    found = rows(archive, "select class, kind, url from failures")
    assert found == [{"class": expected, "kind": "listing", "url": address}]


def test_a_site_that_asks_for_quiet_has_its_class(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    overrule(
        replica,
        lambda view, path, query: (
            Answer(429, headers={"Retry-After": "3600"}) if path.startswith("/html/") else None
        ),
    )
    assert crawl(archive, "-a", f"start_urls={replica.url}").returncode == 4
    assert set(counted(archive)) == {"throttled"}
    assert run("retry", "throttled", "--dry-run", cwd=tmp_path).stdout.endswith("Nothing was written.\n")


def test_what_could_not_be_stored_has_its_class(tmp_path: Path, replica: Replica) -> None:
    """The disk fails once; when it is well again, the address, its class and the crawl's end are noted."""
    archive = tmp_path / "archive.db"
    program = "import pipelines.archive as p\n" + a_disk_that_fails("p.store_article")
    done = crawl_after(archive, replica, program)
    assert done.returncode == 3, done.stderr
    lost = rows(archive, "select url, detail from failures where class = 'archive'")
    assert lost
    assert "disk I/O error" in lost[0]["detail"]
    assert rows(archive, "select reason, exit_code from crawl_runs") == [
        {"reason": "archive_error", "exit_code": 3}
    ]
    known = rows(archive, "select state, last_error from ledger where url = ?", lost[0]["url"])
    assert known == [{"state": "pending", "last_error": "archive"}]
    assert run("retry", "archive", cwd=tmp_path).returncode == 0
    assert crawl(archive, "-a", f"start_urls={replica.url}").returncode == 0
    assert rows(archive, "select 1 from news where url = ?", lost[0]["url"])


def test_every_class_of_the_issue_has_words_and_a_row_in_the_table() -> None:
    assert set(OF_THE_ISSUE) <= set(ERROR_CLASSES)
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    described = set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in text.splitlines() if line[:3] == "| `"))
    )
    assert set(OF_THE_ISSUE) <= described


def test_old_rows_go_and_those_of_what_is_forgotten(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    from newscrawler.archive import crawls, failures

    begun = datetime(2025, 10, 1, tzinfo=UTC)
    with (
        closing(open_archive(tmp_path / "archive.db").conn) as _,
        open_archive(tmp_path / "archive.db") as database,
    ):
        for days in (0, 50, 100):
            now = begun + timedelta(days=days)
            number = crawls.begin_crawl(database, "itbear", "{}", now=now, pid=1, host="h")
            for url in ("https://a.example/1", "https://a.example/2"):
                failures.note_listing(database, number, "timeout", url, "slow", now=now)
        assert [row.crawl for row in failures.failed(database)] == [3, 3, 2, 2]
        failures.forget(database.conn, ["https://a.example/1"])
        assert {row.url for row in failures.failed(database)} == {"https://a.example/2"}
