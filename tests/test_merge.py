"""``newscrawler merge``: what a user sees of it, and what it does in every trouble."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newscrawler.archive import channels, forget, ledger, merge, merge_takeover, open_archive, visits, warc
from newscrawler.archive.channels import channel_state, complete_channel, covered_by
from newscrawler.archive.crawls import begin_crawl, finish_crawl
from newscrawler.archive.errors import ArchiveFailed
from newscrawler.archive.history import history_of
from newscrawler.archive.pages import Asked
from newscrawler.archive.session import Session
from newscrawler.archive.store import store_article
from newscrawler.cli import main
from newscrawler.items import Article, Page, RelatedItem
from newscrawler.replica import Replica
from newscrawler.replica import text as generated
from tests.archives import opened, url
from tests.conftest import ROOT, crawl, environment, newscrawler, rows
from tests.merging import assert_same, assert_whole, dump, union

NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXTS = ["\n\n".join(generated.paragraphs(3, f"merge:{number}")) for number in range(3)]


def an_article(number: int, text: int = 0, **fields: object) -> Article:
    article = Article(
        url=url(number),
        site="itbear",
        title=f"标题{number}",
        body=TEXTS[text],
        published_at="2025-09-30T08:00:00+08:00",
        source="互联网",
        related=[RelatedItem(1, "热门", url(number + 1))],
        related_heading="更多热门内容",
        page=Page(url(number), b"", aliases=[(url(number).replace("www.", "m."), "mobile")]),
    )
    for name, value in fields.items():
        setattr(article, name, value)
    return article


def keep(session: Session, article: Article, moment: datetime) -> None:
    """The article with its raw page."""
    answer = warc.Answer(article.url, 200, [], article.body.encode())
    session.pages.append(answer, Asked("article", article.url), moment)
    session.writer.submit(lambda db: store_article(db, article, seen_at=moment)).result()


def archive_of(path: Path, *seen: tuple[Article, datetime]) -> Path:
    with opened(path) as session:
        for article, moment in seen:
            keep(session, article, moment)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def a(tmp_path: Path) -> Path:
    """Article 1 in two texts, and article 2."""
    return archive_of(
        tmp_path / "a.db",
        *((an_article(1), NOW), (an_article(2, 1), NOW)),
        *((an_article(1, 2), NOW + 4 * HOUR), (an_article(1, 2), NOW + 9 * HOUR)),
    )


@pytest.fixture
def b(tmp_path: Path) -> Path:
    """Article 1 in the first of these texts, seen earlier and later, and article 3."""
    return archive_of(
        tmp_path / "b.db",
        *((an_article(1), NOW - HOUR), (an_article(1), NOW + 2 * HOUR), (an_article(3, 1), NOW + HOUR)),
    )


def test_two_archives_become_one(a: Path, b: Path, tmp_path: Path) -> None:
    c = tmp_path / "c.db"
    before = a.read_bytes(), b.read_bytes()
    done = run("merge", a, b, "--into", c)
    assert (done.exit_code, done.stdout) == (
        0,
        f"{a}: 2 articles\n{b}: 2 articles\n"
        f"{c} is the union: 3 articles with 1 earlier text, 7 raw pages (7 copied).\n",
    )
    assert (a.read_bytes(), b.read_bytes()) == before
    assert sorted(path.name for path in tmp_path.glob("c.db*")) == ["c.db", "c.db.lock", "c.db.pages"]
    assert_whole(c)
    with open_archive(c, create=False, read_only=True) as database:
        first, last = history_of(database, url(1)).versions
    moments = [datetime.fromisoformat(at) for v in (first, last) for at in (v.first_seen_at, v.last_seen_at)]
    assert moments == [NOW - HOUR, NOW + 2 * HOUR, NOW + 4 * HOUR, NOW + 9 * HOUR]
    assert (first.body, last.body) == (TEXTS[0], TEXTS[2])
    (news,) = rows(c, "select * from news where url = ?", url(1))
    assert (news["revision"], news["first_seen_at"][:13]) == (2, "2025-10-01T03")
    duplicate = rows(c, "select duplicate_of from news where url = ?", url(3))
    assert duplicate == [{"duplicate_of": url(2)}]
    assert len(rows(c, "select * from related_items where page_url = ?", url(1))) == 1
    links = rows(c, "select url, article_id is not null as known from links order by url")
    assert links == [{"url": url(n), "known": int(n < 4)} for n in (2, 3, 4)]
    assert run("merge", a, b, "--into", tmp_path / "d.db", "--quiet").output == ""
    for command in ("explain", "history"):
        assert run(command, url(1), "--archive", c).exit_code == 0
    found = run("search", TEXTS[1][:6], "--archive", c).output
    assert url(2) in found
    assert url(3) in found


def test_a_text_between_two_sightings_splits_them_whatever_is_merged_first(tmp_path: Path) -> None:
    """Both had seen one text, before and after a third archive saw another: nothing of that is lost."""
    one = archive_of(tmp_path / "1.db", (an_article(1), NOW))
    two = archive_of(tmp_path / "2.db", (an_article(1), NOW + 2 * HOUR), (an_article(1), NOW + 6 * HOUR))
    three = archive_of(tmp_path / "3.db", (an_article(1, 1), NOW + HOUR))
    both = union(one, two, into="12.db")
    assert rows(both, "select revision from news") == [{"revision": 1}]
    assert [row["seen_at"][11:13] for row in rows(both, "select * from moments")] == ["06"]
    merged = union(both, three, into="123.db")
    assert [row["first_seen_at"][11:13] for row in rows(merged, "select * from revisions")] == ["04", "05"]
    assert rows(merged, "select body, revision from news") == [{"body": TEXTS[0], "revision": 3}]
    assert_same(merged, union(one, union(two, three, into="23.db"), into="1-23.db"))


@pytest.mark.parametrize(("hour", "revision"), [(1, 3), (5, 1)])
def test_an_imported_page_parts_a_text_with_its_moments(tmp_path: Path, hour: int, revision: int) -> None:
    one = archive_of(tmp_path / "1.db", (an_article(1), NOW))
    two = archive_of(tmp_path / "2.db", (an_article(1), NOW + 2 * HOUR), (an_article(1), NOW + 6 * HOUR))
    both = union(one, two, into="12.db")
    with open_archive(both) as database:
        store_article(database, an_article(1, 1), seen_at=NOW + hour * HOUR, imported_at=NOW + 9 * HOUR)
    assert rows(both, "select revision, seen_at from moments") == [
        {"revision": revision, "seen_at": "2025-10-01T06:00:00+00:00"}
    ]
    assert rows(both, "select revision from news") == [{"revision": 3}]
    assert_whole(both)


def test_less_on_a_page_is_no_other_text(tmp_path: Path) -> None:
    """As in one archive: a field that is missing, a time that is printed less exactly."""
    full = an_article(1, editor="编辑", published_at="2025-09-30T08:01:30+08:00")
    day = an_article(1, editor=None, published_at="2025-09-30", published_precision="day")
    one = archive_of(tmp_path / "1.db", (full, NOW + HOUR))
    two = archive_of(tmp_path / "2.db", (day, NOW + 2 * HOUR))
    merged = union(two, one, into="12.db")
    (news,) = rows(merged, "select * from news")
    assert (news["revision"], news["editor"], news["published_at"]) == (
        1,
        "编辑",
        "2025-09-30T08:01:30+08:00",
    )
    earlier = archive_of(tmp_path / "3.db", (an_article(1, published_at="2025-09-30"), NOW))
    merged = union(earlier, merged, into="123.db")
    texts = rows(merged, "select published_at from revisions union all select published_at from news")
    assert [text["published_at"] for text in texts] == ["2025-09-30", "2025-09-30T08:01:30+08:00"]


def test_what_was_corrected_is_what_it_was_before(tmp_path: Path) -> None:
    from newscrawler.archive import corrections

    old = archive_of(tmp_path / "old.db", (an_article(1), NOW), (an_article(1), NOW + HOUR))
    new = tmp_path / "new.db"
    shutil.copy(old, new)
    with opened(new) as session:
        keep(session, an_article(1), NOW + 5 * HOUR)
        mended = an_article(1, title="更正")
        change = corrections.Proposal(0, mended, (corrections.Change("title", "标题1", "更正"),))
        session.writer.submit(
            lambda db: corrections.correct(db, change, rules="9", now=NOW + 6 * HOUR)
        ).result()
    merged = union(old, new, into="c.db")
    assert rows(merged, "select title, revision from news") == [{"title": "更正", "revision": 1}]
    assert len(rows(merged, "select * from corrections")) == 1


def test_what_one_has_forgotten_does_not_come_back(a: Path, b: Path, tmp_path: Path) -> None:
    """Neither its text, nor its pages, nor what others showed of it; also where the union had it already."""
    with open_archive(b) as database:
        for address in forget.addresses_of(database, url(1)):
            forget.forget(database, address, now=NOW)
        forget.erase_pages(database, b)
    done = run("merge", a, b, "--into", tmp_path / "c.db")
    assert "1 article left out: one of the archives has forgotten them." in done.stdout
    into_a = union(b, into=a)
    for archive in (tmp_path / "c.db", into_a):
        assert_whole(archive)
        assert [row["url"] for row in rows(archive, "select url from news order by url")] == [url(2), url(3)]
        assert rows(archive, "select * from captures where url = ?", url(1)) == []
        assert rows(archive, "select state, last_error from ledger where url = ?", url(1)) == [
            {"state": "disallowed", "last_error": "forgotten"}
        ]
        for file in Path(f"{archive}.pages").iterdir():
            assert (
                url(1).encode() not in subprocess.run(["zcat", file], capture_output=True, check=True).stdout
            )
    assert_same(tmp_path / "c.db", into_a)


def test_an_alias_that_only_another_archive_knew_is_forgotten_without_a_time(tmp_path: Path) -> None:
    """Whatever the order: the archive that forgot the article first may come last, when no alias is left."""
    mobile = url(1).replace("www.", "m.")
    article = an_article(1)
    article.page = Page(url(1), b"", aliases=[(mobile, "mobile")])
    knows = archive_of(tmp_path / "knows.db", (article, NOW))
    early, late = (archive_of(tmp_path / f"{name}.db", (an_article(2), NOW)) for name in ("early", "late"))
    for archive, moment in ((early, NOW), (late, NOW + HOUR)):
        with open_archive(archive) as database:
            forget.forget(database, url(1), now=moment)
    at_once = union(knows, early, late, into="once.db")
    assert_same(at_once, union(union(knows, late, into="two.db"), early, into="three.db"))
    times = "select url, forgotten_at from tombstones order by url"
    at = "2025-10-01T04:00:00+00:00"
    assert rows(at_once, times) == [
        {"url": mobile, "forgotten_at": ""},
        {"url": url(1), "forgotten_at": at},
    ]
    with open_archive(at_once) as database:
        forget.forget(database, mobile, now=NOW + HOUR)
    assert rows(at_once, times)[0]["forgotten_at"] == "2025-10-01T05:00:00+00:00"


def test_gone_in_one_and_there_in_the_other(tmp_path: Path) -> None:
    gone = archive_of(tmp_path / "gone.db", (an_article(1), NOW))
    with open_archive(gone) as database:
        visits.mark_gone(database, url(1), now=NOW + HOUR)
    later_gone = tmp_path / "later.db"
    shutil.copy(gone, later_gone)
    with open_archive(later_gone) as database:
        database.execute("delete from absences")
        database.execute("update articles set gone_at = null")
        visits.mark_gone(database, url(1), now=NOW + 2 * HOUR)
    both = union(gone, later_gone, into="both.db")
    assert rows(both, "select gone_at from news") == [{"gone_at": "2025-10-01T05:00:00+00:00"}]
    with open_archive(both, create=False, read_only=True) as database:
        assert len(history_of(database, url(1)).absences) == 1
    seen = archive_of(tmp_path / "seen.db", (an_article(1), NOW + 3 * HOUR))
    merged = union(both, seen, into="c.db")
    assert rows(merged, "select gone_at from news") == [{"gone_at": None}]
    assert rows(merged, "select state from ledger where url = ?", url(1)) == [{"state": "archived"}]
    assert_whole(merged)


def a_walk(archive: Path, begin: int, end: int, *, completes: bool) -> None:
    """A crawl that ran from hour ``begin`` to hour ``end``."""
    with open_archive(archive) as database:
        crawl = begin_crawl(database, "itbear", "{}", now=NOW + begin * HOUR, pid=len(archive.name), host="h")
        if completes:
            complete_channel(
                database, "https://www.itbear.com.cn/", crawl, NOW + begin * HOUR, etag=str(begin)
            )
        counts = dict.fromkeys(("requests", "new", "updated", "unchanged", "failed", "quarantined"), 0)
        finish_crawl(database, crawl, reason="finished", exit_code=0, now=NOW + end * HOUR, **counts)


def test_a_channel_is_complete_as_far_as_it_is_in_both(tmp_path: Path) -> None:
    one, two = tmp_path / "one.db", tmp_path / "twos.db"
    a_walk(one, 0, 1, completes=True)
    a_walk(one, 2, 5, completes=True)
    a_walk(two, 1, 4, completes=False)  # it ran while the mark's crawl did
    a_walk(two, 6, 7, completes=True)
    merged = union(one, two, into="c.db")
    with open_archive(merged, create=False, read_only=True) as database:
        state = channel_state(database, "https://www.itbear.com.cn/")
        assert state is not None
        assert (state.etag, state.completed_at) == (None, "2025-10-01T06:00:00+00:00")
        started = {row["id"]: row["started_at"][11:13] for row in database.query("select * from crawl_runs")}
        assert [started[number] for number in sorted(started)] == ["04", "05", "06", "10"]
        assert started[state.last_completed_crawl_id or 0] == "06"
        covered = covered_by(database, state.last_completed_crawl_id)
        assert started[covered or 0] == "05"
        assert covered_by(database, None) is None


def test_other_ways_in_of_both(tmp_path: Path) -> None:
    """Who saw an address first is said; a sitemap is known as far as it is in both, a feed stays one."""
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    home, feed, sitemap = (f"https://www.itbear.com.cn/{name}" for name in ("", "rss.xml", "sitemap.xml"))
    for path, how, where, reached, moment in (
        (one, "listing", home, "2025-09-01", NOW + HOUR),
        (two, "feed", feed, "2025-09-28", NOW),
    ):
        with open_archive(path) as database:
            found = [ledger.Discovery(url(1), how, where)]
            ledger.discover(database, found, site="itbear", crawl_id=None, now=moment)
            channels.note_sitemap(database, sitemap, moment, lastmod="2025-09-30", reached=reached)
            channels.note_menu(database, home, {}, moment, {feed: feed} if how == "feed" else {})
    merged = union(one, two, into="c.db")
    assert_same(merged, union(two, one, into="d.db"))
    with open_archive(merged, create=False, read_only=True) as database:
        row = ledger.lookup(database, [url(1)])[url(1)]
        assert (row.discovered_as, row.discovered_on) == ("listing", home)
        assert (row.first_as, row.first_on) == ("feed", feed)
        state = channel_state(database, sitemap)
        assert state is not None
        assert (state.kind, state.reached_since, state.lastmod) == ("sitemap", "2025-09-28", "2025-09-30")
        assert channels.menu_of(database, home) == [channels.MenuLink(feed, True)]


def test_the_target_takes_part_and_its_readers_read_on(a: Path, b: Path, tmp_path: Path) -> None:
    expected = union(a, b, into="c.db")
    with closing(sqlite3.connect(a)) as reader:
        reader.execute("begin")
        assert reader.execute("select count(*) from news").fetchone() == (2,)
        done = run("merge", b, a, "--into", a)
        assert done.exit_code == 0, done.output
        assert reader.execute("select count(*) from news").fetchone() == (2,)
        reader.execute("rollback")
        assert reader.execute("select count(*) from news").fetchone() == (3,)
    assert_same(expected, a)
    assert_whole(a)
    assert "(0 copied)" in run("merge", b, "--into", a).output


def test_a_target_of_an_older_release_keeps_its_larger_pages(a: Path, b: Path, tmp_path: Path) -> None:
    expected = union(a, b, into="c.db")
    with closing(sqlite3.connect(a, isolation_level=None)) as connection:
        for statement in ("journal_mode = delete", "page_size = 16384"):
            connection.execute(f"pragma {statement}")
        connection.execute("vacuum")
        connection.execute("pragma journal_mode = wal")
    done = run("merge", b, "--into", a)
    assert done.exit_code == 0, done.output
    assert rows(a, "pragma page_size")[0]["page_size"] == 16384
    assert_same(expected, a)
    assert_whole(a)


def test_the_same_archive_twice_and_under_another_name(a: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(a)
    done = run("merge", a, a, tmp_path / "link.db", "--into", tmp_path / "c.db")
    assert done.stdout.count("articles") == 2
    assert_same(a, tmp_path / "c.db")


def test_a_crashed_copy_is_read_with_its_log_and_its_torn_pages(b: Path, tmp_path: Path) -> None:
    """Copied in the middle of a crawl: what was committed is in the log, a page has no row yet."""
    crashed, source = tmp_path / "crashed" / "b.db", b
    crashed.parent.mkdir()
    with opened(source) as session:
        keep(session, an_article(5), NOW + 3 * HOUR)
        answer = warc.Answer(url(6), 200, [], b"<p>no row yet</p>")
        session.pages.append(answer, Asked("article", url(6)), NOW + 3 * HOUR)
        for end in ("", "-wal"):
            shutil.copy(f"{source}{end}", f"{crashed}{end}")
        shutil.copytree(f"{source}.pages", f"{crashed}.pages")
    with next(Path(f"{crashed}.pages").iterdir()).open("ab") as file:
        file.write(b"\x1f\x8b torn")
    merged = union(crashed, into=tmp_path / "c.db")
    assert len(rows(merged, "select * from news where url = ?", url(5))) == 1
    assert len(rows(merged, "select * from captures where url = ?", url(6))) == 1
    assert_whole(merged)


def older(archive: Path) -> None:
    """As an archive of an older release: without the last migration and its tables."""
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("drop table moments")
        connection.execute("drop table block_moments")
        connection.execute("delete from _sqlite_migrations where name = 'm014_moments'")


def test_an_older_archive_is_migrated_in_a_copy(a: Path, b: Path, tmp_path: Path) -> None:
    expected = union(a, b, into="c.db")
    older(a)
    before = a.read_bytes()
    done = run("merge", a, b, "--into", tmp_path / "d.db")
    assert done.exit_code == 0, done.output
    assert a.read_bytes() == before
    assert_same(expected, tmp_path / "d.db")
    assert not list(tmp_path.glob("*before*"))


def damage(archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    for begin in range(4096 * 3, len(data), 4096):
        data[begin] = 0x77
    archive.write_bytes(data)


def newer(archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("update _sqlite_migrations set name = 'm999_later' where name = 'm014_moments'")


def files(folder: Path) -> dict[Path, bytes]:
    """All that is there, but for what tells who holds a lock and what SQLite keeps for readers."""
    beside = (".lock", ".db-wal", ".db-shm")
    found = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(beside)]
    return {path: path.read_bytes() for path in found}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (Path.unlink, "does not exist"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"somebody's notes, no database. " * 40), "not a SQLite database"),
        (damage, "is damaged"),
        (newer, "newer newscrawler"),
    ],
)
@pytest.mark.parametrize("exists", [True, False])
def test_what_is_no_archive_leaves_the_union_as_it_was(
    a: Path, b: Path, tmp_path: Path, harm: Callable[[Path], object], said: str, exists: bool
) -> None:
    harm(b)
    target = a if exists else tmp_path / "c.db"
    before = files(tmp_path)
    done = run("merge", a, b, "--into", target)
    assert done.exit_code == 1
    assert said in done.output
    assert str(b) in done.output
    assert "Traceback" not in done.output
    assert files(tmp_path) == before
    assert not Path(f"{target}.merging").exists()


def test_places_where_no_union_can_be(a: Path, tmp_path: Path) -> None:
    (tmp_path / "foreign.db").write_bytes(b"somebody's notes, no database. " * 40)
    for place, said in (
        (tmp_path / "nowhere" / "c.db", "mkdir -p"),
        (tmp_path / "foreign.db", "not a SQLite database"),
        (tmp_path, "is a folder"),
    ):
        done = run("merge", a, "--into", place)
        assert (done.exit_code, said in done.output) == (1, True), done.output
    assert run("merge", "--into", a).exit_code == 2
    assert run("merge", a).exit_code == 2


def test_an_archive_that_is_crawled_may_be_read_but_not_written(a: Path, b: Path, tmp_path: Path) -> None:
    with opened(a) as session:
        keep(session, an_article(9), NOW)
        assert run("merge", a, b, "--into", tmp_path / "c.db").exit_code == 0
        held = run("merge", b, "--into", a)
    assert held.exit_code == 75
    assert "in use by process" in held.output
    assert len(rows(tmp_path / "c.db", "select * from news where url = ?", url(9))) == 1


def test_another_program_that_writes_to_the_union_is_waited_for_but_not_for_ever(
    a: Path, b: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(a)
    monkeypatch.setattr(merge_takeover, "PATIENCE", 0.1)
    with closing(sqlite3.connect(a, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = run("merge", b, "--into", a)
        other.execute("ROLLBACK")
    assert done.exit_code == 1
    assert "locked by another program" in done.output
    assert dump(a) == before
    assert not Path(f"{a}.merging").exists()
    assert run("merge", b, "--into", a).exit_code == 0


@pytest.mark.parametrize("step", ["_derive", "opened"])
def test_no_room_is_said_and_the_union_is_as_it_was(
    a: Path, b: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object, **__: object) -> None:
        error = OSError(28, "No space left on device")
        if step == "opened":
            raise ArchiveFailed(
                "No room left to write a.db.merging/input.db; start the crawl again"
            ) from error
        raise error

    before = dump(a)
    with monkeypatch.context() as patch:
        patch.setattr(merge, step, full)
        done = run("merge", b, "--into", a)
    assert done.exit_code == 1
    assert "No room" in done.output
    assert "df -h" in done.output
    assert "crawl" not in done.output
    assert dump(a) == before
    assert not Path(f"{a}.merging").exists()


def test_a_missing_file_of_raw_pages_is_said_and_no_row_points_to_it(
    a: Path, b: Path, tmp_path: Path
) -> None:
    bare = shutil.copy(b, tmp_path / "a copy.db")
    done = run("merge", a, bare, "--into", tmp_path / "c.db", "--quiet")
    assert done.exit_code == 1
    assert f"3 raw pages of {bare} left out" in done.stderr
    assert f"newscrawler check --archive '{bare}'" in done.stderr
    assert_whole(tmp_path / "c.db")


def test_raw_pages_that_one_has_lost_come_from_the_other(b: Path, tmp_path: Path) -> None:
    shutil.copy(b, tmp_path / "bare.db")
    done = run("merge", tmp_path / "bare.db", b, "--into", tmp_path / "c.db")
    assert (done.exit_code, "left out" in done.output) == (0, False)
    assert_same(b, tmp_path / "c.db")


@pytest.mark.parametrize("step", ["_derive", "put_pages", "take_over", "erase_forgotten"])
def test_killed_at_any_step_the_union_is_whole_and_the_next_one_completes_it(
    a: Path, b: Path, tmp_path: Path, step: str
) -> None:
    expected = union(a, b, into="c.db")
    program = (
        "import os, sys\nfrom newscrawler.archive import merge\nfrom newscrawler.cli import main\n"
        f"merge.{step} = lambda *_: os.kill(os.getpid(), 9)\nmain(sys.argv[1:])"
    )
    command = [sys.executable, "-c", program, "merge", str(b), "--into", str(a)]
    killed = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    with opened(a):  # as the next crawl opens it
        pass
    assert_whole(a)
    assert len(rows(a, "select * from news")) == (3 if step == "erase_forgotten" else 2)
    again = run("merge", b, "--into", a)
    assert again.exit_code == 0
    assert_whole(a)
    assert_same(expected, a)
    assert not Path(f"{a}.merging").exists()


def test_raw_pages_that_lie_there_before_the_union_stand_in_it_once(a: Path, b: Path, tmp_path: Path) -> None:
    """A merge that is killed puts them there before the archive; somebody may remove an archive alone."""
    expected = union(a, b, into="c.db")
    shutil.copytree(f"{expected}.pages", tmp_path / "d.db.pages")
    assert_same(expected, union(a, b, into="d.db"))
    assert_whole(tmp_path / "d.db")


def test_a_place_to_work_that_cannot_be_made_is_said(a: Path, tmp_path: Path) -> None:
    (tmp_path / "c.db.merging").write_text("somebody's file")
    done = run("merge", a, "--into", tmp_path / "c.db")
    assert (done.exit_code, "Traceback" in done.output) == (1, False), done.output
    assert "c.db.merging" in done.output
    assert (tmp_path / "c.db.merging").read_text() == "somebody's file"


def test_killed_by_the_clock(a: Path, b: Path, tmp_path: Path) -> None:
    """Wherever it is by then."""
    expected = union(a, b, into="c.db")
    for wait in (0.5, 0.7, 0.9):
        command = [sys.executable, "-m", "newscrawler.cli", "merge", str(b), "--into", str(a)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
        time.sleep(wait)
        process.kill()
        process.wait()
        with opened(a):
            pass
        assert_whole(a)
    run("merge", b, "--into", a)
    assert_same(expected, a)


def test_every_table_has_its_way_into_the_union(a: Path) -> None:
    with closing(sqlite3.connect(a)) as connection:
        tables = {
            name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
        }
    own = {
        name for name in tables if not name.startswith(("_sqlite", "sqlite_", "articles_fts_", "links_fts_"))
    }
    assert own == merge.JOINED | merge.DERIVED | merge.LEFT


def test_two_machines_that_crawl_one_site(tmp_path: Path) -> None:
    """At different times; then a crawl into the union fetches no article that one of them has."""
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    later = "2025-10-02T09:00:00+08:00"
    with Replica(articles=60, seed=3, faults=False, weight=2) as site:
        assert crawl(one, site=site).returncode == 0
        site.set_clock(datetime.fromisoformat(later))
        assert crawl(two, site=site, NEWSCRAWLER_NOW=later).returncode == 0
        merged, turned = union(one, two, into="c.db"), union(two, one, into="d.db")
        assert_same(merged, turned)
        assert_whole(merged)
        counts = "select count(*) as n from news"
        assert rows(merged, counts)[0]["n"] >= max(rows(one, counts)[0]["n"], rows(two, counts)[0]["n"])
        site.reset_log()
        assert crawl(merged, "-s", "REVISITS_PER_CRAWL=0", site=site, NEWSCRAWLER_NOW=later).returncode == 0
        known = {row["url"] for row in rows(two, "select url from news")}
        asked = {row["url"] for row in rows(merged, "select url from captures where crawl_id = 3")}
        assert asked
        assert not asked & known
        assert_whole(merged)
    assert newscrawler("status", "--archive", "c.db", cwd=tmp_path, NEWSCRAWLER_NOW=later).returncode == 0
