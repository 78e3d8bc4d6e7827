"""The full-text index: what is found by what is typed, and that every way of writing keeps it right."""

from __future__ import annotations

import contextlib
import os
import random
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import seed_markups
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from newscrawler.archive import corrections, open_archive, search
from newscrawler.archive.excerpt import LENGTH, excerpt, marked, plain
from newscrawler.archive.store import store_article
from newscrawler.archive.terms import STOP, parse, spaced
from newscrawler.archive.variants import SIMPLIFIED
from newscrawler.items import Article, RelatedItem
from newscrawler.replica import Replica

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
EXAMPLES = int(os.environ.get("NEWSCRAWLER_FUZZ") or 300)

TEXTS = {
    "小米SU7": "小米SU7 Ultra今日上市，小米汽车门店排起长队。",
    "车与芯": "公司发布了AI 芯片，雷军在演讲中提到小米的SU7与YU7。",
    "演讲": "雷军 演讲：十年造芯。",
    "繁體": "雷軍發佈會上談固態電池，後續還有臺灣廠商。",
    "全角": "ＡＩ芯片与ＳＵ７Ｕｌｔｒａ，价格２１.５万元，ｉＰｈｏｎｅ １７。",
    "Latin": "OpenAI's GPT-4o and the MacBook Air; C++ 2025.",
    "断开": "个头小，“米”字旗。\n\n固态\n\n电池",
    "假名": "任天堂のゲーム機「ﾊﾞｲﾄ」、㎏と①",
}


def url(number: int) -> str:
    return f"https://www.itbear.com.cn/html/2025-09/{960000 + number}.html"


def an_article(number: int, title: str | None, body: str, *related: str) -> Article:
    """The later the higher its number."""
    return Article(
        url=url(number),
        site="itbear",
        title=title,
        body=body,
        published_at=(NOW - timedelta(days=1) + timedelta(minutes=number)).isoformat(),
        published_precision="second",
        source="互联网",
        related=[RelatedItem(n, text, url(900 + 10 * number + n)) for n, text in enumerate(related, 1)],
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    """The articles of TEXTS, the last the newest; whatever a test does, the index is right at its end."""
    with open_archive(tmp_path / "archive.db") as database:
        with database.atomic():
            for number, (title, body) in enumerate(TEXTS.items()):
                store_article(database, an_article(number, title, body), seen_at=NOW)
        yield database
        assert search.check(database) == []


def titles(database: Database, text: str, **options: Any) -> list[str | None]:
    return [found.title for found in search.articles(database, parse(text), **options)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("小米", "车与芯 小米SU7"),
        ("米", "断开 车与芯 小米SU7"),
        ("米字旗。", "断开"),
        ("小，米", "断开"),
        ("小米字旗", ""),
        ("固态电池", "繁體"),
        ("SU7", "全角 车与芯 小米SU7"),
        ("su7", "全角 车与芯 小米SU7"),
        ("ＳＵ７", "全角 车与芯 小米SU7"),
        ("SU", "全角 车与芯 小米SU7"),
        ("U7", ""),
        ("小米SU7", "小米SU7"),
        ("小米 SU7", "车与芯 小米SU7"),
        ("AI芯片", "全角 车与芯"),
        ("AI", "Latin 全角 车与芯"),
        ('"AI"', "全角 车与芯"),
        ("OpenAI", "Latin"),
        ("雷军 演讲", "演讲 车与芯"),
        ('"雷军 演讲"', "演讲"),
        ("“雷军 演讲”", "演讲"),
        ('"雷军 演讲', "演讲"),
        ("小米 -SU7", ""),
        ("雷军 -演讲", "繁體"),
        ('雷军 -"雷军 演讲"', "繁體 车与芯"),
        ("雷军　－固态", "演讲 车与芯"),
        ("雷軍", "繁體 演讲 车与芯"),
        ("台湾厂商", "繁體"),
        ("发布会", "繁體"),
        ("21.5万", "全角"),
        ("iphone17", ""),
        ("iPhone 1", ""),
        ("iPhone 17", "全角"),
        ("小米S", ""),
        ("GPT-4o", "Latin"),
        ("gpt 4", ""),
        ("gpt 4o", "Latin"),
        ("C++", "Latin"),
        ("バイト", "假名"),
        ("ゲーム", "假名"),
        ("kg", "假名"),
        ("AND", "Latin"),
        ("NOT", ""),
        ("-小米", ""),
        ("", ""),
        ("！？", ""),
        ('"', ""),
        ("-", ""),
        ("*", ""),
        ("title:小米", ""),
        ("NEAR(小米 SU7)", ""),
        ("小米 - SU7", "车与芯 小米SU7"),
        ("\0小\ud800米", "车与芯 小米SU7"),
    ],
)
def test_what_is_found_newest_first(archive: Database, text: str, found: str) -> None:
    assert titles(archive, text) == found.split()


def test_a_limit_and_the_best_first(archive: Database) -> None:
    assert titles(archive, "小米", limit=1) == ["车与芯"]
    assert titles(archive, "小米", best_first=True) == ["小米SU7", "车与芯"]


def test_newest_first_reads_no_more_than_it_shows(archive: Database) -> None:
    statements: list[str] = []
    archive.conn.set_trace_callback(statements.append)
    titles(archive, "小米", limit=20)
    archive.conn.set_trace_callback(None)
    (statement,) = [text for text in statements if "MATCH" in text and not text.startswith("--")]
    plan = [row[3] for row in archive.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert not any("TEMP B-TREE" in step for step in plan), plan
    assert "VIRTUAL TABLE" in plan[0]


def test_what_was_found_carries_what_is_shown(archive: Database) -> None:
    (found,) = search.articles(archive, parse("十年造芯"))
    assert (found.url, found.title, found.source) == (url(2), "演讲", "互联网")
    assert found.published_at == "2025-09-30T04:02:00+00:00"
    assert found.body == TEXTS["演讲"]


# Every way of writing


def test_a_revision_is_found_by_its_new_text_alone(archive: Database) -> None:
    store_article(archive, an_article(2, "改题", TEXTS["演讲"]), seen_at=NOW)
    assert titles(archive, "改题") == titles(archive, "十年造芯") == ["改题"]
    store_article(archive, an_article(2, None, "全文改写。"), seen_at=NOW)
    assert titles(archive, "改写") == ["改题"]
    assert titles(archive, "十年造芯") == []
    assert search.check(archive) == []


def test_a_correction_in_place_is_found_by_its_new_text_alone(archive: Database) -> None:
    shown = ("固态电池量产", "旧热门")
    store_article(archive, an_article(60, "错题", "错文。", *shown), seen_at=NOW)
    read_better = an_article(60, "正题", "改正之文。", "新热门", shown[0])
    proposal = corrections.differences(archive, read_better, alone=True)
    assert proposal is not None
    assert corrections.correct(archive, proposal, rules="2", now=NOW)
    assert titles(archive, "改正") == ["正题"]
    assert titles(archive, "错文") == titles(archive, "错题") == []
    found = [item.title for item in search.related_items(archive, parse("热门"))]
    assert found == ["新热门"]


def test_articles_without_title_or_body(archive: Database) -> None:
    store_article(archive, an_article(30, None, ""), seen_at=NOW)
    store_article(archive, an_article(30, "有了标题", ""), seen_at=NOW)
    assert titles(archive, "标题") == ["有了标题"]


def test_what_is_rolled_back_is_not_found(archive: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), archive.atomic():
        store_article(archive, an_article(40, "回滚", "不应留下。"), seen_at=NOW)
        raise ZeroDivisionError
    assert titles(archive, "回滚") == []


def test_a_transaction_writes_its_words_once(tmp_path: Path) -> None:
    """Savepoints, and statements for which SQLite takes one, would make FTS5 write after every article."""
    with open_archive(tmp_path / "archive.db") as database, database.atomic():
        store_article(database, an_article(0, "第一", "正文。", *map(str, range(7))), seen_at=NOW)
        for number in range(1, 30):
            store_article(database, an_article(number, "题", "正文。" * 50, str(number)), seen_at=NOW)
        assert database.execute("SELECT count(*) FROM articles_fts_data").fetchone()[0] < 6


def test_taking_an_article_out_twice_harms_nothing(archive: Database) -> None:
    (found,) = search.articles(archive, parse("十年造芯"))
    with archive.atomic():
        search.remove(archive.conn, found.id)
        search.remove(archive.conn, found.id)
        assert titles(archive, "十年造芯") == []
        search.add(archive.conn, found.id)
    assert titles(archive, "十年造芯") == ["演讲"]


def test_titles_of_related_items(archive: Database) -> None:
    shown = ("固態電池量产", "人形机器人SU7", "固态电池量产")
    for number in (50, 51):
        store_article(archive, an_article(50, f"载体{number}", "正文。", *shown), seen_at=NOW)
    found = [item.title for item in search.related_items(archive, parse("固态电池"))]
    assert found == ["固态电池量产", "固態電池量产"]
    assert [item.url for item in search.related_items(archive, parse("机器人su"), limit=1)] == [url(1402)]
    assert list(search.related_items(archive, parse("载体"))) == []
    with archive.atomic():
        (link,) = search.related_items(archive, parse("机器人"))
        search.remove_link(archive.conn, link.id, link.title)
        assert list(search.related_items(archive, parse("机器人"))) == []
        search.add_link(archive.conn, link.id, link.title)


def test_check_sees_what_a_foreign_program_wrote_and_rebuild_mends_it(archive: Database) -> None:
    number = archive.execute("SELECT id FROM articles WHERE title = '演讲'").fetchone()[0]
    for sql, words in (
        (
            "UPDATE bodies SET body = '短' WHERE article_id = ?",
            "1 article in the search index with another text",
        ),
        ("UPDATE bodies SET body = '造芯：十年。雷军 演讲' WHERE article_id = ?", "places of"),
        ("DELETE FROM articles_fts_docsize WHERE id = ?", "1 article not in the search index"),
        ("UPDATE articles SET title = '讲演' WHERE id = ?", "places of"),
    ):
        archive.execute(sql, [number])
        assert words in " ".join(search.check(archive)), sql
        done: list[int] = []
        search.rebuild(archive, done.append)
        assert sum(done) == len(TEXTS)
        assert search.check(archive) == []
    with archive.atomic():
        archive.execute("INSERT INTO articles_fts(rowid, title) VALUES (7, 'x')")
        assert search.check(archive) == [
            "1 article in the search index and nowhere else, the first is 7.",
            "The search index of articles has places of 1 words that no text has there, one is 'x'.",
        ]
        archive.execute("INSERT INTO articles_fts(articles_fts, rowid, title) VALUES ('delete', 7, 'x')")


def test_check_leaves_nothing_behind_and_needs_no_write(archive: Database, tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db", read_only=True) as reader:
        assert search.check(reader) == search.check(reader) == []
        assert not reader.conn.in_transaction


def test_an_archive_without_an_index_gets_one_when_it_is_opened(archive: Database, tmp_path: Path) -> None:
    for table in ("articles_fts", "links_fts"):
        archive.execute(f"DROP TABLE {table}")
    archive.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '%search%'")
    with open_archive(tmp_path / "archive.db") as reopened:
        assert titles(reopened, "小米") == ["车与芯", "小米SU7"]
    archive.execute("INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')")  # sqlite-utils migrate
    open_archive(tmp_path / "archive.db").close()
    assert titles(archive, "小米") == ["车与芯", "小米SU7"]


def test_a_program_without_our_functions_reads_and_copies_the_file(archive: Database, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "archive.db")) as plain_sqlite:
        for (table,) in plain_sqlite.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            plain_sqlite.execute(f'SELECT * FROM "{table}"').fetchall()
        plain_sqlite.execute("VACUUM INTO ?", [str(tmp_path / "copy.db")])
    with open_archive(tmp_path / "copy.db") as copy:
        assert titles(copy, "雷军") == ["繁體", "演讲", "车与芯"]


# Recall: everything that a plain scan finds


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def scan(corpus: dict[int, tuple[str, str]], asked: str) -> set[int]:
    """The plain scan: every term of ``asked`` in title or body, Latin words from their beginning.

    A single Latin letter or digit at its end is a whole word.
    """
    found = set(corpus)
    for term in folded(asked).split():
        start = r"(?<![0-9a-z])" if re.match(r"[0-9a-z]", term) else ""
        end = r"(?![0-9a-z])" if re.search(r"(?<![0-9a-z])[0-9a-z]$", term) else ""
        pattern = re.compile(start + re.escape(term) + end)
        found &= {number for number, texts in corpus.items() if any(map(pattern.search, texts))}
    return found


def questions(corpus: dict[int, tuple[str, str]], count: int) -> list[str]:
    """Pieces of the texts: 1 to 6 characters, Latin words and their beginnings, and what is around them."""
    dice = random.Random(1)
    texts = [text for pair in corpus.values() for text in pair if text]
    made = set()
    for _ in range(count):
        text = dice.choice(texts)
        at = dice.randrange(len(text))
        made.add(text[at : at + dice.randint(1, 6)])
        if word := re.search(r"[0-9a-z]+", text[at:]):
            made.add(word[0][: dice.randint(1, 8)])
            begin, end = at + word.start(), at + word.end()
            made.update({word[0], text[max(0, begin - 2) : end], text[begin : end + 2]})
    meaning = re.compile(r'["“”„«»「」『』]|(?:^|\s)-')
    return sorted(
        piece
        for piece in made
        if all(parse(term).wanted for term in piece.split())
        and piece.split()
        and not meaning.search(folded(piece))
    )


def compare(database: Database, corpus: dict[int, tuple[str, str]], asked: list[str]) -> None:
    """Hold that each question finds all that the scan finds, and one of letters alone nothing else."""
    letters = {
        n: tuple(re.sub(r"[^\w，。、！？；,!?;\n]|_", "", text) for text in pair)
        for n, pair in corpus.items()
    }
    for piece in asked:
        found = {hit.id for hit in search.articles(database, parse(piece))}
        expected = scan(corpus, piece)
        assert expected <= found, (piece, expected - found)
        if piece.isalpha() and not re.search("[0-9a-z]", piece):
            assert found == scan(letters, piece), piece


def of_archive(database: Database) -> dict[int, tuple[str, str]]:
    sql = "SELECT a.id, a.title, b.body FROM articles a JOIN bodies b ON b.article_id = a.id"
    return {number: (folded(title or ""), folded(body)) for number, title, body in database.execute(sql)}


def test_recall_over_the_replica(tmp_path: Path) -> None:
    with Replica(articles=120, seed=5, faults=False, weight=1) as site:
        truth = site.truth()["articles"]
    with open_archive(tmp_path / "archive.db") as database:
        with database.atomic():
            for number, one in enumerate(truth):
                store_article(database, an_article(number, one["title"], one["body"] or ""), seen_at=NOW)
        corpus = of_archive(database)
        asked = questions(corpus, 1500)
        assert len(asked) > 2000
        compare(database, corpus, asked)
        assert search.check(database) == []


@pytest.mark.skipif(not seed_markups.SEED.exists(), reason=f"the seed text is not at {seed_markups.SEED}")
def test_recall_over_the_seed(tmp_path: Path) -> None:
    seed = seed_markups.load()
    with open_archive(tmp_path / "archive.db") as database:
        shown = [item.title for item in seed.items]
        article = an_article(1, seed.title, "\n\n".join(seed.paragraphs), *shown)
        store_article(database, article, seen_at=NOW)
        for number, paragraph in enumerate(seed.paragraphs, 2):
            store_article(database, an_article(number, None, paragraph), seen_at=NOW)
        corpus = of_archive(database)
        compare(database, corpus, questions(corpus, 600))
        for title in shown:
            assert title in [item.title for item in search.related_items(database, parse(f'"{title}"'))]


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_archive(tmp_path_factory.mktemp("search") / "archive.db") as database:
        for number, (title, body) in enumerate(TEXTS.items()):
            store_article(database, an_article(number, title, body, title), seen_at=NOW)
        yield database


ODD = st.text(
    st.sampled_from("小米雷軍军SU7 \"'-*()^:{}+~,.“”「」　－＂\0\n\\%_АéẞㅏﾊﾞÅ´ﬁ½①㍿𠮷🚀\u200b\u0301"),
    max_size=30,
)


@given(st.one_of(st.text(max_size=60), ODD))
@example('"' * 500)
@example(" ".join(f"w{n} -v{n}" for n in range(3000)))
@example("小" * 50_000)
@example('"' + "a b " * 20_000)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_is_an_error(some: Database, text: str) -> None:
    question = parse(text)
    for found in search.articles(some, question):
        assert len(plain(excerpt(found.body, question))) <= LENGTH + 2
        assert plain(marked(found.title or "", question)) == found.title
    list(search.related_items(some, question))
    list(search.articles(some, question, best_first=True))


@given(ODD)
@settings(max_examples=EXAMPLES, deadline=None)
def test_folding_a_character_at_a_time_is_folding_the_text(text: str) -> None:
    words = spaced(text).split()
    assert words == spaced(unicodedata.normalize("NFKC", text)).split()
    assert words == spaced(" ".join(words)).split(), "what is folded folds to itself"
    assert all(word.isalnum() or word == STOP for word in words)


def test_the_table_of_variants() -> None:
    assert SIMPLIFIED["軍"] == "军"
    assert SIMPLIFIED["後"] == "后"
    assert len(SIMPLIFIED) > 2900
    assert not set(SIMPLIFIED) & set(SIMPLIFIED.values()), "a character folds in one step"
    assert all(spaced(one).strip() == two for one, two in SIMPLIFIED.items())


# Excerpts


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("小米SU7 Ultra上市", "su7", "小米[SU7] Ultra上市"),
        ("小米 SU7Ultra", "小米SU7", "[小米 SU7]Ultra"),
        ("小米 SU7Ultra", '"小米SU7"', "小米 SU7Ultra"),
        ("雷軍談ＡＩ芯片", "雷军 AI芯片", "[雷軍]談[ＡＩ芯片]"),
        ("OpenAI与AI", "AI", "OpenAI与[AI]"),
        ("第一段。\n\n第二段", "第二", "第一段。 [第二]段"),
        ("正文", "-正文", "正文"),
        ("", "小米", ""),
        (None, "小米", ""),
    ],
)
def test_excerpts_mark_what_was_found(text: str | None, asked: str, shown: str) -> None:
    pieces = excerpt(text, parse(asked))
    assert "".join(f"[{piece.text}]" if piece.found else piece.text for piece in pieces) == shown


def test_an_excerpt_is_short_and_around_the_first_place() -> None:
    text = "前文。" * 200 + "固态电池" + "后文。" * 200
    shown = plain(excerpt(text, parse("固态电池")))
    assert len(shown) == LENGTH + 2
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert shown.index("固态电池") < 40
    assert plain(excerpt(text, parse("没有"))).startswith("前文。前文。")
    assert plain(excerpt(text[:-600] + "量产", parse("量产"))).endswith("量产")
