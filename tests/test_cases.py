"""Frozen pages of every site: what is read from them today is what a person has found on them.

``newscrawler freeze URL CASE`` makes a case. One test a field, so that a failure names what has changed.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from newscrawler import cases
from newscrawler.extract import read_article
from newscrawler.replica import Replica
from tests.conftest import REPLICA_START, newscrawler

CASES = cases.cases(cases.USUAL_FOLDER)


def spiders() -> SpiderLoader:
    settings = Settings()
    settings.setmodule("newscrawler.settings")
    return SpiderLoader.from_settings(settings)


def check_reviewed(case: cases.Case) -> None:
    assert case.expected["reviewed"] is True, (
        f"nobody has reviewed {case.folder / 'expected.json'}: compare it with page.html beside it, in a "
        'browser, correct what is wrong, and set "reviewed" to true'
    )


@lru_cache(maxsize=1)
def read(case: cases.Case) -> dict[str, Any]:
    hints = getattr(spiders().load(case.site), "page_hints", {})
    return cases.fields(read_article(cases.load(case, hints)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.site}-{case.name}-reviewed")
def test_a_person_has_reviewed_it(case: cases.Case) -> None:
    check_reviewed(case)


@pytest.mark.parametrize(
    ("case", "field"),
    [pytest.param(c, field, id=f"{c.site}-{c.name}-{field}") for c in CASES for field in cases.FIELDS],
)
def test_field(case: cases.Case, field: str) -> None:
    assert field in case.expected, (
        f"{case.folder / 'expected.json'} lacks {field!r}; null where there is none"
    )
    assert read(case)[field] == case.expected[field]


@pytest.mark.parametrize("spider", sorted(spiders().list()))
def test_every_site_has_a_case(spider: str) -> None:
    assert any(case.site == spider for case in CASES), (
        f"no frozen page of {spider!r}; run: newscrawler freeze URL CASE --spider {spider}"
    )


def test_every_case_belongs_to_a_spider() -> None:
    assert {case.site for case in CASES} <= set(spiders().list())


# --- the command ------------------------------------------------------------------------------------


def test_freeze_keeps_bytes_and_headers_and_a_draft_that_fails(tmp_path: Path) -> None:
    host = "www.itbear.com.cn"
    with Replica(articles=140, seed=3, weight=2) as site:
        article = next(
            a for a in site.truth(host)["articles"] if a["parts"] == 3 and a["outcome"] == "archived"
        )

        def freeze(*more: str) -> Any:
            return newscrawler(
                *("freeze", article["url"], "parts", "--into", str(tmp_path), *more),
                cwd=tmp_path,
                **site.environment(),
                NEWSCRAWLER_NOW=REPLICA_START,
            )

        done = freeze()
        assert done.returncode == 0, done.stderr
        assert 'set "reviewed" to true' in done.stdout
        twice = freeze()
        assert twice.returncode == 2
        assert "--force" in twice.stderr
    [case] = cases.cases(tmp_path)
    assert (case.site, case.name) == ("itbear", "parts")
    page = cases.load(case)
    described = json.loads((case.folder / "page.json").read_text(encoding="utf-8"))
    assert len(page.parts) == len(described["parts"]) == 3
    assert dict(map(tuple, described["parts"][0]["headers"]))["Server"] == "replica"
    draft = case.expected
    assert set(draft) == {"reviewed", *cases.FIELDS}
    assert draft["title"] == article["title"]
    assert len(draft["related"]) == 7
    with pytest.raises(AssertionError, match=r"nobody has reviewed .*: compare it with page.html"):
        check_reviewed(case)


def test_the_bytes_of_an_old_encoding_stay_as_they_are(tmp_path: Path) -> None:
    with Replica(articles=60, seed=3, bare="www.zaobanche.example") as site:
        article = site.truth()["articles"][0]
        done = newscrawler(
            *("freeze", article["url"], "plain", "--into", str(tmp_path), "--spider", "site"),
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stderr
    [case] = cases.cases(tmp_path)
    assert article["title"].encode("gbk") in (case.folder / "page.html").read_bytes()
    assert case.expected["title"] == article["title"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["www.itbear.com.cn", "plain"], "is not an address"),
        (["https://www.itbear.com.cn:99999/", "plain"], "is not an address"),
        (["https://www.itbear.com.cn/", "Two words"], "cannot name a case"),
        (["https://nobody.example/1.html", "plain"], "no spider 'nobody.example'"),
    ],
)
def test_what_cannot_be_frozen_is_said(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = newscrawler("freeze", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
