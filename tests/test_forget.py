"""``newscrawler forget``: nothing of an article is left, nothing else is touched, and it never comes back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.archive import corrections, erase, open_archive, warc
from newscrawler.archive import forget as takedown
from newscrawler.archive.corrections import Change, Proposal
from newscrawler.archive.dayfile import Tail, members
from newscrawler.archive.ledger import Discovery, discover, lookup
from newscrawler.archive.ledger_list import Wanted
from newscrawler.archive.pages import Asked
from newscrawler.archive.retry import retry
from newscrawler.archive.session import Session
from newscrawler.archive.store import quarantine_page, store_article
from newscrawler.archive.tombstones import ForgottenAddressError
from newscrawler.cli import main
from newscrawler.items import Article, Image, Page, RelatedItem
from newscrawler.replica import Replica
from newscrawler.replica import text as generated
from tests.archives import copy_of, url
from tests.conftest import crawl, rows

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
WORD = "zqxwtakedown"
"""Stands in everything that is of the article, in any case of letters, and nowhere else."""
TEXT = "\n\n".join(generated.paragraphs(3, "forget"))
DAY = "2025-10-01.warc.gz"


def an_article(number: int, body: str, **changes: object) -> Article:
    """The secret one is number 2; the others promote it."""
    secret = WORD if number == 2 else ""
    article = Article(
        url=url(number),
        site="itbear",
        title=f"标题{number}{secret}",
        body=body + secret,
        author=f"记者{secret}" if secret else "记者",
        source="互联网",
        dateline=secret or None,
        published_at=f"2025-09-30T08:{number:02}:00+08:00",
        images=[Image("https://img.itbear.com.cn/1.jpg", secret or None)],
        related=[
            RelatedItem(1, f"热门{number}{secret}", url(90 + number)),
            *([] if secret else [RelatedItem(2, f"{WORD} 热门", url(2), f"{WORD}…")]),
        ],
        page=Page(url(number), b"", aliases=[(url(number).replace("www.", "m."), "mobile")]),
    )
    for name, value in changes.items():
        setattr(article, name, value)
    return article


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four articles that are near-duplicates or copies of the secret one, with two raw pages each."""
    archive = tmp_path_factory.mktemp("forget") / "archive.db"
    session = Session(archive)
    turned = "\n\n".join(TEXT.split("\n\n")[::-1])
    discovered = [Discovery(url(2), title=WORD, summary=WORD, found_on="https://www.itbear.com.cn/")]
    session.writer.submit(lambda db: discover(db, discovered, site="itbear", crawl_id=None, now=NOW)).result()
    for article in (
        *(an_article(1, turned), an_article(2, TEXT), an_article(3, TEXT + WORD[:4])),
        *(an_article(4, TEXT), an_article(2, TEXT, title=f"新标题{WORD}")),
    ):
        for moment in (NOW, NOW + timedelta(days=1)):
            payload = (article.body * 3).encode()
            answer = warc.Answer(article.url, 200, [], payload)
            session.pages.append(answer, Asked("article", article.url), moment)
        session.writer.submit(lambda db, a=article: store_article(db, a, seen_at=NOW)).result()
    corrected = Proposal(0, an_article(2, TEXT), (Change("author", WORD, f"记者{WORD}"),))
    session.writer.submit(lambda db: corrections.correct(db, corrected, rules="9", now=NOW)).result()
    bad = Page(url(2), f"<p>{WORD}</p>".encode())
    session.writer.submit(lambda db: quarantine_page(db, bad, "soft_404", WORD, seen_at=NOW)).result()
    session.close()
    return archive


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    return copy_of(made, tmp_path)


def run(archive: Path, *arguments: str) -> Result:
    command, *rest = arguments
    return CliRunner().invoke(main, [command, "--archive", str(archive), *rest])


def everything(archive: Path) -> bytes:
    """The archive's file with its log, and all raw pages unpacked."""
    found = b"".join(path.read_bytes() for path in archive.parent.glob("archive.db*") if path.is_file())
    for path in sorted(Path(f"{archive}.pages").iterdir()):
        found += b"".join(warc_text(member.data) for member in members(path, Tail(0)))
    return found.lower()


def warc_text(member: bytes) -> bytes:
    record = warc.read(member)
    return f"{record.kind} {record.url}".encode() + record.payload


def test_nothing_of_it_is_left_and_nothing_else_is_touched(archive: Path) -> None:
    assert WORD.encode() in everything(archive)
    others = "select * from news where url <> ? order by id"
    before = [{**row, "duplicate_of": None} for row in rows(archive, others, url(2))]
    done = run(archive, "forget", "--yes", url(2).replace("www.", "m."))
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[:2] == [url(2), f"  新标题{WORD}"]
    assert lines[2] == (
        "  with 4 raw pages, 1 page in quarantine, 1 related item that showed it, 1 earlier revision, 1 alias"
    )
    assert lines[3] == "1 address forgotten: removed, and never fetched again."
    assert WORD.encode() not in everything(archive)
    assert WORD[4:].encode() not in everything(archive)  # the index keeps what is behind a common beginning
    assert [{**row, "duplicate_of": None} for row in rows(archive, others, url(2))] == before
    assert rows(archive, "select * from news where url = ?", url(2)) == []
    checked = run(archive, "check")
    assert checked.exit_code == 0, checked.stdout
    assert rows(archive, "pragma foreign_key_check") == []
    assert {row["url"] for row in rows(archive, "select url from tombstones")} == {
        *(url(2), url(2).replace("www.", "m.")),
    }


def test_the_same_again_finishes_what_was_interrupted(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(takedown, "erase_pages", interrupted)
        assert run(archive, "forget", "--yes", url(2)).exit_code == 130
    assert rows(archive, "select * from erasures") != []
    done = run(archive, "forget", "--yes", url(2))
    assert (done.exit_code, "no article of the archive" in done.stdout) == (0, True)
    assert rows(archive, "select * from erasures") == []
    assert WORD.encode() not in everything(archive)


def test_copies_and_relatives_are_grouped_anew(archive: Path) -> None:
    first = "select url, first_url from near_duplicates order by url"
    assert url(1) in {row["first_url"] for row in rows(archive, first)}
    run(archive, "forget", "--yes", url(1))
    assert url(1) not in {row["first_url"] for row in rows(archive, first)}
    assert rows(archive, first)
    assert run(archive, "check").exit_code == 0


def test_it_never_comes_back(archive: Path) -> None:
    run(archive, "forget", "--yes", url(2))
    with open_archive(archive) as database:
        with pytest.raises(ForgottenAddressError):
            store_article(database, an_article(2, TEXT), seen_at=NOW)
        shown = [Discovery(url(2), title=WORD, summary=WORD)]
        assert discover(database, shown, site="itbear", crawl_id=None, now=NOW) == set()
        row = lookup(database, [url(2)])[url(2)]
        assert (row.state, row.last_error, row.due_at, row.title) == ("disallowed", "forgotten", None, None)
        retry(database, Wanted(states=["disallowed"]), now=NOW)
        assert lookup(database, [url(2)])[url(2)].state == "disallowed"
        again = an_article(1, TEXT)
        again.related = [RelatedItem(1, "新热门", url(95)), *again.related]
        store_article(database, again, seen_at=NOW + timedelta(days=2))
        assert rows(archive, "select position, item_url from related_items where item_url = ?", url(2)) == []
    assert WORD.encode() not in everything(archive)


@pytest.mark.parametrize("step", ["nothing", "half", "all"])
def test_a_crash_before_the_pages_are_overwritten_is_made_up_for(archive: Path, step: str) -> None:
    with open_archive(archive) as database:
        takedown.forget(database, url(2), now=NOW)
        places = erase.pending(database)
        assert len(places) == 4
        path = Path(f"{archive}.pages/{places[0].file}")
        if step == "half":
            data = bytearray(path.read_bytes())
            data[places[0].offset : places[0].offset + 30] = erase.filler(places[0].length)[:30]
            path.write_bytes(data)
        elif step == "all":
            erase.overwrite(path.parent, places)
    assert "4 × forgotten raw pages are not overwritten yet" in run(archive, "check").stdout
    Session(archive).close()  # as the next crawl opens it
    assert rows(archive, "select * from erasures") == []
    assert run(archive, "check").exit_code == 0
    assert not any(WORD.encode() in warc_text(m.data) for m in members(path, Tail(0)))
    assert rows(archive, "select * from captures where url = ?", url(2)) == []


def test_a_page_at_the_end_of_its_file_does_not_get_a_row_again(archive: Path) -> None:
    last = rows(archive, "select url from captures order by file desc, offset desc limit 1")[0]["url"]
    assert last == url(2)
    with open_archive(archive) as database:
        takedown.forget(database, url(2), now=NOW)
    Session(archive).close()
    assert rows(archive, "select * from captures where url = ?", url(2)) == []
    assert run(archive, "check").exit_code == 0


def test_a_file_that_is_not_there_is_erased_when_it_is_back(archive: Path) -> None:
    path = Path(f"{archive}.pages/{DAY}")
    path.rename(archive.with_name("away"))
    done = run(archive, "forget", "--yes", url(2))
    assert done.exit_code == 1
    assert f"{DAY} is not there" in done.stdout
    archive.with_name("away").rename(path)
    run(archive, "check", "--repair")
    assert run(archive, "check").exit_code == 0
    assert WORD.encode() not in everything(archive)


def test_other_tools_read_the_files_to_their_end(archive: Path) -> None:
    run(archive, "forget", "--yes", url(2))
    with Path(f"{archive}.pages/{DAY}").open("rb") as file:
        kinds = [record.headers["WARC-Type"] for record in ArchiveIterator(file)]
    assert kinds.count("metadata") == 2
    assert kinds.count("response") + kinds.count("revisit") == 3


@given(st.integers(250, 1000) | st.integers(65_000, 66_500) | st.integers(130_000, 400_000))
def test_a_filler_is_a_record_of_any_length(length: int) -> None:
    member = erase.filler(length)
    assert len(member) == length
    record = warc.read(member)
    assert (record.kind, record.payload.strip()) == ("metadata", b"")


def test_readers_keep_the_log_and_it_is_said(archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        done = run(archive, "forget", "--yes", url(2))
    assert done.exit_code == 1
    assert "wal_checkpoint(TRUNCATE)" in done.stdout


def test_it_asks_first_and_waits_for_no_crawl(archive: Path) -> None:
    before = rows(archive, "select * from news")
    done = run(archive, "forget", url(2))
    assert (done.exit_code, "--yes" in done.output) == (2, True)
    session = Session(archive)
    assert run(archive, "forget", "--yes", url(2)).exit_code == 75
    session.close()
    assert run(archive, "forget", "--yes", "960596").exit_code == 2
    assert rows(archive, "select * from news") == before


def test_an_address_without_an_article_is_never_fetched_either(archive: Path) -> None:
    done = run(archive, "forget", "--yes", url(77))
    assert (done.exit_code, "no article of the archive" in done.stdout) == (0, True)
    (row,) = rows(archive, "select state, last_error from ledger where url = ?", url(77))
    assert row == {"state": "disallowed", "last_error": "forgotten"}


def test_a_full_crawl_does_not_fetch_it(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Replica(articles=30, seed=3, faults=False, weight=2) as site:
        assert crawl(archive, site=site).returncode == 0
        (one,) = rows(archive, "select url from news where duplicate_of is null order by id desc limit 1")
        assert run(archive, "forget", "--yes", one["url"]).exit_code == 0
        number = rows(archive, "select count(*) as n from captures")[0]["n"]
        assert crawl(archive, "-a", "full=1", site=site).returncode == 0
    assert rows(archive, "select count(*) as n from captures")[0]["n"] > number
    assert rows(archive, "select * from captures where url = ?", one["url"]) == []
    assert rows(archive, "select * from news where url = ?", one["url"]) == []
    assert rows(archive, "select * from related_items where item_url = ?", one["url"]) == []
    checked = run(archive, "check")
    assert checked.exit_code == 0, checked.stdout
