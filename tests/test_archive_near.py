"""Near-duplicates: what is linked, to what, and that the order of arrival tells nothing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from benchmarks.rewrites import TEMPLATES, fill, heaped, mixed, other_facts, vocabulary
from newscrawler.archive import alike, near, near_index, open_archive, phrases
from newscrawler.archive.alike import Text
from newscrawler.archive.clusters import clusters, connected
from newscrawler.archive.store import store_article
from newscrawler.items import Article
from newscrawler.replica import text as generated
from tests.archives import url

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TEXTS = ["\n\n".join(generated.paragraphs(3, f"near:{number}")) for number in range(12)]
WORDS = vocabulary(TEXTS)


def rewrite(text: str, share: float = 0.2, seed: int = 1) -> str:
    return mixed(random.Random(seed), text, share, WORDS)


def an_article(number: int, body: str, minute: int | None = None, **fields: Any) -> Article:
    """Article ``number``, published ``minute`` minutes after midnight (its number, if not given)."""
    minute = number if minute is None else minute
    published_at = f"2025-09-30T{minute // 60:02}:{minute % 60:02}:00+08:00"
    return Article(url=url(number), title=f"标题{number}", body=body, published_at=published_at, **fields)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    with open_archive(tmp_path / "archive.db") as database, database.atomic():
        yield database
        assert list(database.query("PRAGMA foreign_key_check")) == []


def store(archive: Database, articles: Iterable[Article], seen_at: datetime = NOW) -> None:
    for article in articles:
        store_article(archive, article, seen_at=seen_at)


def near_duplicates(archive: Database) -> dict[int, tuple[int, float]]:
    """The view, with article numbers for addresses."""
    number = {url(n): n for n in range(100)}
    return {
        number[row["url"]]: (number[row["first_url"]], row["similarity"])
        for row in archive.query("SELECT * FROM near_duplicates")
    }


def firsts(archive: Database) -> dict[int, int]:
    return {number: first for number, (first, _) in near_duplicates(archive).items()}


def tables(archive: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All that is kept of near-duplicates, as far as it holds no ids that depend on a clash."""
    return {
        sql: sorted(archive.execute(sql).fetchall())
        for sql in (
            f"SELECT p.phrase, t.text_key, t.marks FROM {near_index.EVERYWHERE} p"
            " LEFT JOIN near_texts t ON t.id = p.text_id",
            "SELECT text_key, marks FROM near_texts",
            "SELECT * FROM near_pairs",
            "SELECT * FROM near_duplicate_links",
            "SELECT * FROM near_duplicates",
        )
    }


def test_a_rewrite_is_linked_to_the_earlier_text_and_unrelated_ones_are_not(archive: Database) -> None:
    store(archive, [an_article(1, TEXTS[0]), an_article(2, rewrite(TEXTS[0])), an_article(3, TEXTS[1])])
    ((number, (first, similarity)),) = near_duplicates(archive).items()
    assert (number, first) == (2, 1)
    assert 0.6 < similarity < 0.9


def test_more_change_is_less_similar() -> None:
    measured = [
        alike.similarity(Text(TEXTS[0]), Text(rewrite(TEXTS[0], s))) for s in (0.0, 0.1, 0.2, 0.3, 0.5)
    ]
    assert measured[0] == 1.0
    assert measured == sorted(measured, reverse=True)
    assert measured[-1] > 0.2


_CHARACTERS = st.sampled_from("甲乙丙丁戊己庚辛ab12,。\uac00\uac01\uf900\ue000😀😁𠮷")


@given(*[st.text(_CHARACTERS, max_size=30)] * 2)
def test_similarity_is_of_four_characters_that_begin_with_an_even_one(one: str, other: str) -> None:
    def pieces(text: str) -> set[str]:
        begins = [at for at in range(len(text) - 3) if ord(text[at]) < 0xA000 and ord(text[at]) % 2 == 0]
        return {text[at : at + 4] for at in begins}

    a, b = pieces(Text(one).normal), pieces(Text(other).normal)
    wanted = round(2 * len(a & b) / (len(a) + len(b)), 4) if a or b else 0.0
    assert alike.similarity(Text(one), Text(other)) == wanted


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_texts_of_one_template_that_tell_other_facts_are_not_linked(archive: Database, name: str) -> None:
    dice = random.Random(5)
    store(archive, [an_article(number, fill(dice, TEMPLATES[name])) for number in range(20)])
    assert near_duplicates(archive) == {}


def test_the_same_sentences_with_other_numbers_are_not_linked(archive: Database) -> None:
    store(archive, [an_article(1, TEXTS[0]), an_article(2, other_facts(random.Random(1), TEXTS[0], WORDS))])
    assert near_duplicates(archive) == {}


def test_other_names_alone_are_other_facts() -> None:
    of_one = Text("Novelux发布Atlas手机，Novelux称Atlas更轻")
    of_other = Text("Quorvia发布Pulse手机，Quorvia称Pulse更轻")
    assert not alike.tell_the_same(of_one.facts, of_other.facts)
    assert alike.tell_the_same(of_one.facts, Text("novelux发布Atlas手机").facts)
    assert alike.tell_the_same(of_one.facts, Text("手机发布").facts)  # nothing to compare


def test_numbers_are_compared_where_they_stand_in_the_same_place() -> None:
    a = Text("售价为99元，足金999报价500元，足金999报价502元，续航30天")
    b = Text("售价为98元，足金999报价500元，足金999报价507元，重量40克")
    assert alike.compare_numbers(a.facts, b.facts) == (
        4,
        2,
    )  # 售价为, 足金 once, 报价 twice; neither 续航 nor 重量
    assert alike.compare_numbers(b.facts, a.facts) == (4, 2)
    assert Text("7月").facts.numbers == Text("第7").facts.numbers == frozenset()


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_first_is_the_earliest_in_whatever_order_they_come(
    archive: Database, order: tuple[int, ...]
) -> None:
    articles = [an_article(n + 1, rewrite(TEXTS[0], 0.2, n) if n else TEXTS[0], 10 - n) for n in range(4)]
    store(archive, [articles[n] for n in order])
    assert firsts(archive) == {1: 4, 2: 4, 3: 4}


def test_two_rewrites_of_one_original_are_one_story_also_when_it_came_last(archive: Database) -> None:
    """The rewrites alone are too unlike to be linked; the original, though the latest, joins them."""
    one, other = (heaped(random.Random(seed), TEXTS[0], 0.32, WORDS) for seed in (1, 2))
    assert alike.similarity(Text(one), Text(other)) < alike.ALIKE
    store(archive, [an_article(1, one), an_article(2, other)])
    assert near_duplicates(archive) == {}
    store(archive, [an_article(3, TEXTS[0])])
    assert firsts(archive) == {2: 1, 3: 1}


def test_a_series_in_which_each_resembles_the_next_is_not_one_story(archive: Database) -> None:
    text, series = TEXTS[0], []
    for number in range(1, 9):
        series.append(an_article(number, text))
        text = rewrite(text, 0.35, number)
    store(archive, series)
    found = near_duplicates(archive)
    assert set(found.values())
    assert all(similarity >= alike.KIN for _, similarity in found.values())
    assert firsts(archive)[2] == 1
    assert firsts(archive).get(8) != 1


def test_exact_copies_share_the_place_of_their_head(archive: Database) -> None:
    other = rewrite(TEXTS[0])
    store(archive, [an_article(3, TEXTS[0]), an_article(4, TEXTS[0]), an_article(5, other)])
    store(archive, [an_article(6, other + " \n")])
    assert firsts(archive) == {5: 3, 6: 3}  # 4 is the same text as the first: duplicate_of says it
    before = near_duplicates(archive)[5][1]
    store(archive, [an_article(2, other)])  # a copy of the rewrite, earlier than all
    assert near_duplicates(archive) == {3: (2, before), 4: (2, before)}


def test_a_revision_places_the_article_anew(archive: Database) -> None:
    store(archive, [an_article(1, TEXTS[0]), an_article(2, rewrite(TEXTS[0])), an_article(3, TEXTS[1])])
    before = tables(archive)
    store(archive, [an_article(2, rewrite(TEXTS[1]))], LATER)
    assert firsts(archive) == {3: 2}
    store(archive, [an_article(2, rewrite(TEXTS[0]))], LATER)
    assert tables(archive) == before


def test_the_first_of_a_cluster_is_revised(archive: Database) -> None:
    bodies = [TEXTS[0], *(rewrite(TEXTS[0], 0.1, seed) for seed in (1, 2, 3))]
    store(archive, [an_article(number, body) for number, body in enumerate(bodies)])
    assert firsts(archive) == {1: 0, 2: 0, 3: 0}
    store(archive, [an_article(0, TEXTS[1])], LATER)
    assert firsts(archive) == {2: 1, 3: 1}
    store(archive, [an_article(0, rewrite(TEXTS[0], 0.1, 9))], LATER)
    found = near_duplicates(archive)
    assert {number: first for number, (first, _) in found.items()} == {1: 0, 2: 0, 3: 0}
    assert found[1][1] == alike.similarity(*(Text(rewrite(TEXTS[0], 0.1, seed)) for seed in (9, 1)))


def test_a_copy_that_is_revised_leaves_the_text_to_the_others(archive: Database) -> None:
    other = rewrite(TEXTS[0])
    store(archive, [an_article(1, TEXTS[0]), an_article(2, other), an_article(3, other)])
    store(archive, [an_article(2, TEXTS[1])], LATER)
    assert firsts(archive) == {3: 1}
    store(archive, [an_article(3, TEXTS[2])], LATER)
    assert near_duplicates(archive) == {}
    assert archive.execute("SELECT count(*) FROM near_pairs").fetchone() == (0,)
    assert archive.execute("SELECT count(*) FROM near_texts").fetchone() == (3,)


def test_a_time_that_turns_out_different_changes_the_first(archive: Database) -> None:
    store(archive, [an_article(1, TEXTS[0], 5), an_article(2, rewrite(TEXTS[0]), 6)])
    assert firsts(archive) == {2: 1}
    store(archive, [an_article(1, TEXTS[0], 7)], LATER)
    assert firsts(archive) == {1: 2}


def test_a_time_read_more_exactly_changes_the_first(archive: Database) -> None:
    coarse = an_article(1, TEXTS[0])
    coarse.published_at, coarse.published_precision = "2025-09-30", "day"
    exact = an_article(1, TEXTS[0], 9, published_precision="second")
    store(archive, [coarse, an_article(2, rewrite(TEXTS[0]), 6)])
    assert firsts(archive) == {2: 1}
    store(archive, [exact], LATER)
    assert firsts(archive) == {1: 2}


def test_short_and_wordless_texts_are_left_alone(archive: Database) -> None:
    store(archive, [an_article(1, "如图。"), an_article(2, "如图！"), an_article(3, "")])
    store(archive, [an_article(n, "Only words in English, and more of them. " * 9 + str(n)) for n in (4, 5)])
    assert near_duplicates(archive) == {}
    assert archive.execute("SELECT count(*) FROM near_texts").fetchone() == (0,)


def test_what_a_new_article_costs_is_bounded(archive: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many look-alikes none is read; where the index does not say what they tell, COMPARED of them are."""
    dice = random.Random(1)
    store(archive, [an_article(n, fill(dice, TEMPLATES["gold"])) for n in range(90)])
    read: list[int] = []
    monkeypatch.setattr(near, "_read", lambda _, key: read.append(key) or Text("别的"))
    store(archive, [an_article(91, fill(dice, TEMPLATES["gold"]))])
    assert read == []
    archive.execute("UPDATE near_texts SET facts = NULL")
    store(archive, [an_article(92, fill(dice, TEMPLATES["gold"]))])
    assert 0 < len(read) <= near.COMPARED
    assert count(archive, "near_texts WHERE facts IS NOT NULL") == len(read) + 1


def test_the_rarest_phrases_say_whose_marks_are_looked_at(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_index, "LOOKED_AT", 1)
    text = Text(TEXTS[0])
    marks = alike.written(text.marks)
    near_index.enter(archive.conn, 100, text.sketch[:1], marks, b"")
    for key in range(9):  # later, and with more phrases in common, but such as stand everywhere
        near_index.enter(archive.conn, key, text.sketch[1:4], marks, b"")
    (known,) = near_index.in_common(archive.conn, text)
    assert (known.text_key, known.common) == (100, alike.MARKS)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of the latest texts is emptied as quickly as it is filled."""
    monkeypatch.setattr(near_index, "EVERY", 1)
    monkeypatch.setattr(near_index, "STRETCHES", 4)
    monkeypatch.setattr(near_index, "_WIDTH", 2**30)


def count(archive: Database, table: str) -> int:
    return int(archive.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_texts_are_found_and_taken_out_wherever_their_phrases_stand(archive: Database, fast: None) -> None:
    store(archive, [an_article(n, TEXTS[n]) for n in range(12)])
    older, recent = count(archive, "near_phrases"), count(archive, "near_recent")
    assert older > recent > 0
    assert older + recent == 12 * alike.SKETCH
    store(archive, [an_article(20 + n, rewrite(TEXTS[n])) for n in range(12)])
    assert firsts(archive) == {20 + n: n for n in range(12)}
    store(archive, [an_article(n, "如图。", 5) for n in (*range(12), *range(20, 32))], LATER)
    assert [count(archive, table) for table in ("near_texts", "near_phrases", "near_recent")] == [0, 0, 0]
    assert firsts(archive) == {}


def test_near_duplicates_do_not_make_the_search_index_write(archive: Database, fast: None) -> None:
    """A savepoint between two articles would: the words of each were then a segment of their own."""
    store(archive, [an_article(n, TEXTS[n]) for n in range(12)])
    store(archive, [an_article(20 + n, rewrite(TEXTS[n])) for n in range(12)])
    assert count(archive, "near_texts WHERE facts IS NOT NULL") > 12  # of look-alikes noted later, too
    archive.conn.execute("COMMIT")
    segments = archive.execute("SELECT count(DISTINCT segid) FROM articles_fts_idx").fetchone()
    archive.conn.execute("BEGIN")
    assert segments == (1,)


def test_an_older_index_is_taken_over_without_reading_texts(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as database, database.atomic():
        store(database, [an_article(n, TEXTS[n]) for n in range(3)])
        rows = database.execute(
            f"SELECT p.phrase, t.text_key, t.marks FROM {near_index.EVERYWHERE} p"
            " JOIN near_texts t ON t.id = p.text_id"
        ).fetchall()
        for table in ("near_texts", "near_phrases", "near_recent"):
            database.execute(f"DROP TABLE {table}")
        database.execute(
            "CREATE TABLE near_phrases (phrase INTEGER NOT NULL, text_key INTEGER NOT NULL,"
            " marks BLOB NOT NULL, PRIMARY KEY (phrase, text_key)) STRICT, WITHOUT ROWID"
        )
        dice = random.Random(1)
        database.conn.executemany(
            "INSERT INTO near_phrases VALUES (?, ?, ?)",
            [((phrase << 32) + dice.getrandbits(32), *rest) for phrase, *rest in rows],
        )
        database.execute("DELETE FROM _sqlite_migrations WHERE name = 'm010_near_index'")
        database.execute("UPDATE bodies SET body = '没有' WHERE article_id = (SELECT min(id) FROM articles)")
    with open_archive(path) as database, database.atomic():
        taken_over = database.execute(
            "SELECT p.phrase, t.text_key, t.marks FROM near_phrases p"
            " LEFT JOIN near_texts t ON t.id = p.text_id"
        )
        assert sorted(taken_over) == sorted(rows)
        keys = database.execute(
            "SELECT t.text_key = a.content_key, t.facts FROM near_texts t JOIN (SELECT content_key,"
            " row_number() OVER (ORDER BY id) AS number FROM articles) a ON a.number = t.id"
        )
        assert keys.fetchall() == [(1, None)] * 3
        store(database, [an_article(9, rewrite(TEXTS[1]))])
        assert firsts(database) == {9: 1}


@given(st.text("ab阿本1２3.,，年月", max_size=60))
def test_facts_are_read_as_they_were_written(body: str) -> None:
    facts, normal = Text(body).facts, Text(body).normal
    found = [(m.start(), m[0]) for m in re.finditer(r"\d+(?:\.\d+)?", normal)]
    numbers = {(normal[at - 2 : at], number) for at, number in found if at > 1}
    assert len(facts.places) == len(facts.numbers) == len(numbers)
    assert len(facts.names) == len({name.lower() for name in re.findall("[A-Za-z]{2,}", normal)})
    assert alike.Facts.read(facts.written) == facts


_RARE_AND_FREQUENT = st.text("的一是不了锂镁钽铌硅的一是不了锂镁，。a1😀", max_size=12)


@pytest.mark.parametrize("long", [0, 10**6])
@given(st.lists(_RARE_AND_FREQUENT, max_size=20), st.integers(1, 30))
def test_the_phrases_looked_for_are_those_with_the_smallest_crcs(
    long: int, parts: list[str], count: int
) -> None:
    text = "".join(parts)
    found = re.findall("[^\x00-\u4dff\ua000-\U0010ffff的一是不了](?=([\u4e00-\u9fff]{5}))", text)
    wanted = sorted((crc32(phrase.encode()), phrase) for phrase in set(found))[:count]
    with patch.object(phrases, "LONG", long):
        assert list(phrases.smallest(text, count).items()) == wanted


def test_of_long_texts_the_same_phrases_are_found_by_either_way() -> None:
    for text in [Text(text * 3).normal for text in TEXTS]:
        assert len(text) > phrases.LONG
        with patch.object(phrases, "LONG", 10**6):
            one_by_one = phrases.smallest(text, alike.MARKS)
        assert list(phrases.smallest(text, alike.MARKS).items()) == list(one_by_one.items())
        assert len(one_by_one) == alike.MARKS


def test_a_text_leaves_no_pair_behind_however_many_it_had(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(archive, [an_article(n, rewrite(TEXTS[0], 0.1, n)) for n in range(5)])
    monkeypatch.setattr(near, "CONNECTED", 2)
    store(archive, [an_article(2, TEXTS[1])], LATER)
    gone = "NOT IN (SELECT content_key FROM articles)"
    found = archive.execute(f"SELECT * FROM near_pairs WHERE text_key {gone} OR other_key {gone}")
    assert found.fetchall() == []


FAMILY = [
    TEXTS[0],
    rewrite(TEXTS[0], 0.1),
    rewrite(TEXTS[0], 0.3, 2),
    rewrite(TEXTS[0], 0.4, 3),
    rewrite(rewrite(TEXTS[0], 0.3, 2), 0.3, 4),
    other_facts(random.Random(1), TEXTS[0], WORDS),
    TEXTS[1],
    rewrite(TEXTS[1], 0.3),
    TEXTS[0],  # an exact copy
    rewrite(TEXTS[0], 0.3, 2),  # and one of a rewrite
]


@settings(deadline=None, max_examples=8)
@given(order=st.permutations(range(len(FAMILY))), minutes=st.permutations(range(len(FAMILY))), data=st.data())
def test_the_order_of_arrival_tells_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], minutes: list[int], data: st.DataObject
) -> None:
    """Also not when some came with another text at first."""
    kept = []
    for arrival in (range(len(FAMILY)), order):
        with open_archive(tmp_path_factory.mktemp("order") / "archive.db") as archive, archive.atomic():
            for number in arrival:
                if arrival is order and data.draw(st.booleans()):
                    early = FAMILY[data.draw(st.integers(0, len(FAMILY) - 1))]
                    store(archive, [an_article(number, early, minutes[number])])
                store(archive, [an_article(number, FAMILY[number], minutes[number])], LATER)
            kept.append(tables(archive))
    assert kept[0] == kept[1]


@given(
    st.dictionaries(
        st.integers(0, 9), st.tuples(st.just(False), st.integers(0, 3), st.text("ab", max_size=2))
    )
    .filter(bool)
    .flatmap(
        lambda ranks: st.tuples(
            st.just(ranks),
            st.lists(st.tuples(st.sampled_from(sorted(ranks)), st.sampled_from(sorted(ranks)))),
        )
    ),
    st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9))),
)
def test_clusters_are_stars_around_their_earliest(
    drawn: tuple[dict[int, tuple[bool, int, str]], list[tuple[int, int]]], kin: set[tuple[int, int]]
) -> None:
    ranks, edges = drawn
    ranks = {text: (*rank[:2], f"{rank[2]}{text}") for text, rank in ranks.items()}
    pairs: dict[int, dict[int, float]] = {text: {} for text in ranks}
    for a, b in edges:
        if a != b:
            pairs[a][b] = pairs[b][a] = 0.5

    def kinship(first: int, other: int) -> float | None:
        return 0.2 if (min(first, other), max(first, other)) in kin else None

    found = clusters(ranks, pairs, kinship)
    assert min(ranks, key=ranks.__getitem__) not in found
    for text, (first, similarity) in found.items():
        assert first not in found
        assert ranks[first] < ranks[text]
        assert text in connected(first, pairs, set(ranks))
        assert similarity == pairs[first].get(text, kinship(first, text))
    turned = dict(reversed(ranks.items()))
    assert clusters(turned, {t: dict(reversed(pairs[t].items())) for t in turned}, kinship) == found
