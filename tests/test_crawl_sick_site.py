"""Sites that answer badly: no article is lost by it, no failure is silent, and no walk goes on for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.conftest import crawl, rows

WWW = "www.itbear.com.cn"

Rule = Callable[[View, str, str], Answer | None]


def overrule(site: Replica, rule: Rule) -> None:
    """Have ``site`` answer as ``rule`` says where it says anything, and as always elsewhere."""
    usual = site.answer
    site.answer = lambda view, path, query: rule(view, path, query) or usual(view, path, query)  # type: ignore[method-assign]


def test_what_only_the_mobile_twin_does_not_have_is_not_gone(tmp_path: Path, replica: Replica) -> None:
    archive = tmp_path / "archive.db"
    sick = next(a for a in replica.truth(WWW)["articles"] if a["listed"] and a["outcome"] == "archived")
    path = sick["url"].partition(WWW)[2]
    healthy: list[bool] = []

    def rule(view: View, asked: str, query: str) -> Answer | None:
        if asked != path or healthy:
            return None
        return Answer(404 if view.mobile else 500)

    overrule(replica, rule)
    done = crawl(archive, "-s", "RETRY_TIMES=0", site=replica)
    assert done.returncode == 4, done.stderr
    row = rows(archive, "select state, last_error, detail from ledger where url = ?", sick["url"])[0]
    assert (row["state"], row["last_error"]) == ("pending", "http_5xx")
    assert "404" in row["detail"]
    healthy.append(True)
    assert crawl(archive, site=replica).returncode == 0
    assert rows(archive, "select url from news where url = ?", sick["url"])


def test_a_listing_whose_twin_is_missing_is_a_failure(tmp_path: Path, replica: Replica) -> None:
    """The finance home page answers 500 and its twin 404: the crawl must not end as if all were well."""

    def rule(view: View, asked: str, query: str) -> Answer | None:
        if view.section == WWW or asked != "/":
            return None
        return Answer(404 if view.mobile else 500)

    overrule(replica, rule)
    done = crawl(tmp_path / "archive.db", "-s", "RETRY_TIMES=0", site=replica)
    assert done.returncode == 4, done.stderr
    assert "finance.itbear.com.cn" in done.stderr
