"""``newscrawler explain``: each thing that is known of an article is said, in words and as JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from newscrawler import identity
from newscrawler.archive import corrections, open_archive, warc
from newscrawler.archive.corrections import Change, Proposal
from newscrawler.archive.crawls import begin_crawl
from newscrawler.archive.pages import Asked
from newscrawler.archive.session import Session
from newscrawler.archive.store import quarantine_page, store_article
from newscrawler.cli import main
from newscrawler.items import Article, Page, RelatedItem
from newscrawler.replica import text as generated
from newscrawler.report.explain import REASONS
from tests.archives import url
from tests.conftest import ROOT

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
TEXT = "\n\n".join(generated.paragraphs(3, "explain"))
REWRITE = "\n\n".join(TEXT.split("\n\n")[::-1])


def an_article(number: int, body: str, **changes: object) -> Article:
    article = Article(
        url=url(number),
        site="itbear",
        title=f"标题{number}",
        body=body,
        published_at=f"2025-09-30T08:{number:02}:00+08:00",
        dateline="时间：2025-09-30 来源：互联网",
        found_by={"title": "h1", "body": "most running text", "encoding": "meta"},
        page=Page(url(number), b"", aliases=[(url(number).replace("www.", "m."), "mobile")]),
    )
    for name, value in changes.items():
        setattr(article, name, value)
    return article


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Article 2: a rewrite of 1, copied by 3, promoted by 1, changed and corrected once."""
    path = tmp_path_factory.mktemp("explain") / "archive.db"
    session = Session(path)
    promoted = [RelatedItem(4, "促销标题", url(2))]
    for article in (
        *(an_article(1, TEXT, related=promoted), an_article(2, REWRITE), an_article(3, REWRITE)),
        an_article(2, REWRITE, title="新标题2"),
    ):
        for _ in range(2):
            answer = warc.Answer(article.url, 200, [], article.body.encode())
            session.pages.append(answer, Asked("article", article.url), NOW)
        session.writer.submit(
            lambda db, a=article: store_article(db, a, seen_at=NOW, revisit_after=[timedelta(days=1)])
        ).result()
    corrected = Proposal(0, an_article(2, REWRITE, author="记者"), (Change("author", None, "记者"),))
    session.writer.submit(lambda db: corrections.correct(db, corrected, rules="9.9+abc", now=NOW)).result()
    bad = Page(url(2), b"<p>404</p>")
    session.writer.submit(lambda db: quarantine_page(db, bad, "soft_404", seen_at=NOW)).result()
    session.close()
    return path


def run(archive: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["explain", "--archive", str(archive), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_it_says_all_that_is_known(archive: Path) -> None:
    said = run(archive, url(2).replace("www.", "m.")).splitlines()
    assert said[:2] == ["新标题2", url(2)]
    assert said[2].startswith("id ")
    for line in (
        f"  {url(2)} (canonical)",
        f"  {url(2).replace('www.', 'm.')} (the mobile site's form; since 2025-10-01 12:00)",
        "  title: 新标题2 (found by h1; rules of an unknown version)",
        f"  body: {len(REWRITE):,} characters (found by most running text; rules of an unknown version)",
        "  encoding: by meta; rules of an unknown version",
        "  author: 记者 (found by an unnamed rule; rules 9.9+abc)",
        "  author: corrected 2025-10-01 12:00 by the rules 9.9+abc",
        "  2: seen 2025-10-01 12:00 to 2025-10-01 12:00, read by rules of an unknown version",
        f"  what changed: newscrawler history {url(2)}",
        f"  copied exactly by {url(3)}",
        f"  {url(1)} (the first) 标题1",
        f"  2025-10-01 12:00 to 2025-10-01 12:00, place 1: {url(1)} as 促销标题",
        f"  in quarantine since 2025-10-01 12:00: soft_404 ({url(2)})",
    ):
        assert line in said
    assert sum("the same again" in line for line in said) == 3
    assert sum(" like the first of these" in line for line in said) == 1
    assert any(line.startswith("  archived since 2025-10-01 12:00; next visit ") for line in said)


def test_a_copy_names_its_original(archive: Path) -> None:
    said = run(archive, url(3))
    assert f"an exact copy of {url(2)}" in said
    assert f"{url(1)} (the first)" in said
    assert "  no article" in said


def test_json_has_everything(archive: Path) -> None:
    (one,) = json.loads(run(archive, url(2), "--json"))
    assert one["history"]["id"] >> identity.ID_SHIFT
    assert len(one["captures"]) == 4
    assert one["corrections"][0]["rules"] == "9.9+abc"
    assert one["copies"] == [url(3)]
    assert 0.5 < one["similarity"] <= 1
    assert one["alike"][0]["is_first"] == 1
    assert one["promoted_by"] == len(one["promoters"]) == 1
    assert one["ledger"]["state"] == "archived"


def test_every_field_names_the_version_of_its_rules(tmp_path: Path) -> None:
    """Of the crawl that found the text; of a correction, until the text changes again."""
    path, day = tmp_path / "archive.db", timedelta(days=1)

    def visit(database: Any, number: int, title: str) -> None:
        now, rules = NOW + number * day, f"1.{number}+aa"
        crawl = begin_crawl(database, "itbear", "{}", now=now, pid=1, host="here", rules=rules)
        article = an_article(
            1, "正文" * 60, title=title, found_by={"title": "h1", "body": "most running text"}
        )
        store_article(database, article, seen_at=NOW + number * day, crawl_id=crawl)

    with open_archive(path) as database:
        visit(database, 1, "旧题")
        visit(database, 2, "新题")
        visit(database, 3, "新题")  # unchanged: it was read by the rules of the second
        better = Proposal(0, an_article(1, "正文" * 60, title="好题"), (Change("title", "新题", "好题"),))
        corrections.correct(database, better, rules="2.0+bb", now=NOW + 4 * day)
    (known,) = json.loads(run(path, url(1), "--json"))
    assert [version["rules"] for version in known["history"]["versions"]] == ["1.1+aa", "1.2+aa"]
    assert known["fields"]["title"] == {"rule": "h1", "rules": "2.0+bb"}
    assert known["fields"]["body"]["rules"] == "1.2+aa"
    assert "1: seen 2025-10-02 12:00 to 2025-10-02 12:00, read by rules 1.1+aa" in run(path, url(1))
    with open_archive(path) as database:
        visit(database, 5, "又一题")
    assert "title: 又一题 (found by h1; rules 1.5+aa)" in run(path, url(1))


def test_every_reason_of_an_address_has_words() -> None:
    code = (ROOT / "newscrawler/identity.py").read_text(encoding="utf-8")
    given = re.findall(r'reasons\.append\("(\w+)"', code)
    assert len(given) > 4
    assert set(given) <= set(REASONS)
