"""``newscrawler check``: each damage is found and named; what can be made anew is, the rest is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newscrawler.archive import check_texts, near, warc
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.pages import Asked
from newscrawler.archive.repair import REPAIRED
from newscrawler.archive.session import Session
from newscrawler.archive.store import store_article
from newscrawler.cli import main
from newscrawler.items import Article, Image, Page, RelatedItem
from newscrawler.replica import text as generated
from newscrawler.report.check import REPAIR, WORDS
from tests.archives import copy_of, url

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
TEXT = "\n\n".join(generated.paragraphs(3, "check"))
OTHER = "\n\n".join(generated.paragraphs(3, "other"))
REWRITE = "\n\n".join(TEXT.split("\n\n")[::-1])
DAY = "2025-10-01.warc.gz"


def an_article(number: int, body: str) -> Article:
    """Published as many minutes after eight as its number says; with an alias and related items."""
    return Article(
        url=url(number),
        site="itbear",
        title=f"标题{number}",
        body=body,
        published_at=f"2025-09-30T08:{number:02}:00+08:00",
        source="互联网",
        images=[Image("https://img.itbear.com.cn/1.jpg")],
        related=[RelatedItem(1, "热门", url(number + 1)), RelatedItem(2, "别的", url(99))],
        page=Page(url(number), b"", aliases=[(url(number).replace("www.", "m."), "mobile")]),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article in two revisions, its copy, its rewrite and another one, with a raw page each."""
    archive = tmp_path_factory.mktemp("check") / "archive.db"
    session = Session(archive)
    articles = [an_article(1, TEXT), an_article(2, TEXT), an_article(3, REWRITE), an_article(4, OTHER)]
    for article in articles:
        payload = f"<p>{article.body}</p>".encode()
        for _ in range(2):  # the second time a revisit
            session.pages.append(
                warc.Answer(article.url, 200, [], payload), Asked("article", article.url), NOW
            )
        session.writer.submit(lambda db, a=article: store_article(db, a, seen_at=NOW)).result()
    changed = an_article(4, OTHER)
    changed.title = "新标题"
    session.writer.submit(lambda db: store_article(db, changed, seen_at=NOW + timedelta(days=1))).result()
    pending = [Discovery(url(50))]
    session.writer.submit(lambda db: discover(db, pending, site="itbear", crawl_id=None, now=NOW)).result()
    session.close()
    return archive


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    return copy_of(made, tmp_path)


def run(archive: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "--archive", str(archive), *arguments])


def page(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.pages") / DAY


def test_a_whole_archive_is_whole(archive: Path) -> None:
    before = archive.read_bytes()
    done = run(archive)
    assert (done.exit_code, done.stdout) == (
        0,
        f"{archive}: 4 articles and 8 raw pages looked at; all is as it should be.\n",
    )
    assert archive.read_bytes() == before


SQL: dict[str, str] = {
    "foreign_keys": "UPDATE aliases SET article_id = 7 WHERE id = 1",
    "keys": "UPDATE ledger SET url_key = 7 WHERE state = 'pending'",
    "no_body": "DELETE FROM bodies WHERE article_id = (SELECT max(id) FROM articles)",
    "no_sighting": "DELETE FROM sightings",
    "revisions": "DELETE FROM revisions",
    "images": "UPDATE images SET revision = 9 WHERE article_id = (SELECT min(id) FROM articles)",
    "moments": "INSERT INTO moments(article_id, revision, seen_at) SELECT min(id), 9, '' FROM articles",
    "absences": "INSERT INTO absences(article_id, gone_at) SELECT min(id), '2025-10-01' FROM articles",
    "aliases": "UPDATE aliases SET url_key = (SELECT url_key FROM articles a WHERE a.id = article_id)"
    " WHERE id = 1",
    "links": "UPDATE links SET article_id = NULL",
    "ledger_missing": "DELETE FROM ledger WHERE state = 'archived'",
    "ledger_lost": "UPDATE ledger SET state = 'archived' WHERE state = 'pending'",
    "counts": "DELETE FROM counts_by_day",
    "search": "INSERT INTO articles_fts(rowid, title, body) VALUES (7, ' a ', ' b ')",
    "fingerprints": "UPDATE articles SET content_key = 7, duplicate_of = NULL WHERE title = '标题2'",
    "copies": "UPDATE articles SET duplicate_of = NULL",
    "erasures": "INSERT INTO erasures(file, offset, length) VALUES ('2025-10-01.warc.gz', 99999999, 300)",
    "near_texts": "DELETE FROM near_recent WHERE phrase = (SELECT min(phrase) FROM near_recent)",
    "near_pairs": "UPDATE near_pairs SET similarity = 0.3",
    "near_links": "DELETE FROM near_duplicate_links",
    "page_rowless": "DELETE FROM captures WHERE id = 2",
    "page_orphans": "DELETE FROM captures WHERE id = 8",
    "page_records": "UPDATE captures SET offset = offset + 1 WHERE id = 3",
    "page_rows": "UPDATE captures SET status = 404 WHERE id = 3",
    "page_revisits": "UPDATE captures SET refers_to = 5 WHERE id = 4",
}
"""Kind of problem -> what brings it about, alone or among others."""


def test_links_of_a_family_of_which_a_part_is_looked_at_are_not_to_be_mended(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They depend on where the part began: made anew they are no better."""
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("DELETE FROM near_duplicate_links")
    assert "near-duplicates are not linked" in run(archive).stdout
    monkeypatch.setattr(near, "CONNECTED", 2)  # texts: as many as are connected here
    assert run(archive).exit_code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM near_texts WHERE id = 1",
        "UPDATE near_texts SET marks = x'00'",
        "UPDATE near_texts SET facts = x'0000'",
        "INSERT INTO near_texts(text_key, marks) VALUES (7, x'00')",
        "INSERT INTO near_phrases(phrase, text_id) VALUES (7, 1)",
    ],
)
def test_the_index_of_near_duplicates_is_compared_with_the_texts(archive: Path, statement: str) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute(statement)
    assert WORDS["near_texts"][0] in run(archive).stdout
    assert run(archive, "--repair").exit_code == 0
    assert run(archive).exit_code == 0


@pytest.mark.parametrize("kind", SQL)
def test_what_a_foreign_program_does_to_the_tables_is_found_and_mended(archive: Path, kind: str) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute(SQL[kind])
    done = run(archive)
    assert done.exit_code == 1
    assert f"{archive}: " in done.stdout.splitlines()[-1]
    said = "nowhere else" if kind == "search" else WORDS[kind][0]
    assert said in done.stdout
    assert f"-> {WORDS[kind][1]}" in done.stdout
    again = run(archive, "--repair")
    if kind in {*REPAIRED, "page_orphans", "erasures"}:
        assert again.exit_code == 0, again.stdout
        assert run(archive).exit_code == 0
    else:
        assert again.exit_code == 1
        assert said in run(archive).stdout


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes() + path.read_bytes()[:40])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("harm", "kind"), [(Path.unlink, "page_files"), (cut_off, "page_tails"), (flip, "page_records")]
)
def test_damaged_files_of_raw_pages_are_found(archive: Path, harm: Callable[[Path], None], kind: str) -> None:
    harm(page(archive))
    done = run(archive)
    assert done.exit_code == 1
    assert WORDS[kind][0] in done.stdout
    assert run(archive, "--repair").exit_code == (0 if kind == "page_tails" else 1)


def test_another_payload_under_the_same_row_is_found(archive: Path) -> None:
    data = page(archive).read_bytes()
    with closing(sqlite3.connect(archive)) as connection, connection:
        offset, digest = connection.execute("SELECT offset, digest FROM captures WHERE id = 7").fetchone()
        record = warc.response(warc.Answer(url(4), 200, [], b"<p>other</p>"), NOW, digest)
        page(archive).write_bytes(data[:offset] + record)
        connection.execute("UPDATE captures SET length = ? WHERE id = 7", (len(record),))
        connection.execute("DELETE FROM captures WHERE id = 8")
    done = run(archive)
    assert WORDS["page_payloads"][0] in done.stdout


def test_a_damaged_file_is_named_and_never_repaired(archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    for begin in range(4096 * 3, len(data), 4096):  # the header of each page from the fourth on
        data[begin] = 0x77
    archive.write_bytes(data)
    for arguments in ((), ("--repair",)):
        done = run(archive, *arguments)
        assert done.exit_code == 1
        assert "damaged" in done.output
    assert archive.read_bytes() == bytes(data)


def test_it_reads_beside_a_crawl_and_repairs_only_without_one(archive: Path) -> None:
    session = Session(archive)
    try:
        session.pages.append(warc.Answer(url(5), 200, [], b"<p></p>"), Asked("article", url(5)), NOW)
        assert run(archive).exit_code == 0  # its row is not committed yet
        assert run(archive, "--repair").exit_code == 75
    finally:
        session.close()
    assert run(archive).exit_code == 0


def test_interrupted_it_leaves_the_archive_as_it_was(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("DELETE FROM near_pairs")

    def interrupted(*_: object) -> list[str]:
        raise KeyboardInterrupt

    before = run(archive).stdout
    with monkeypatch.context() as patch:
        patch.setattr(check_texts, "wrong_copies", interrupted)
        assert run(archive, "--repair").exit_code == 130
    assert run(archive).stdout == before


def test_every_kind_has_words_and_what_is_repaired_says_so() -> None:
    assert set(SQL) | {"integrity", "page_files", "page_payloads", "page_gaps", "page_tails"} == set(WORDS)
    for kind in REPAIRED:
        assert WORDS[kind][1] == REPAIR


def test_no_archive_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path / "none.db")
    assert done.exit_code == 1
    assert "does not exist" in done.output
