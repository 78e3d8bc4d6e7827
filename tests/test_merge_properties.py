"""``newscrawler merge`` by property: archives that clash in every way are one union, whatever the order.

What is compared is all that an archive says, by address (tests/merging.py); of ids that of an article alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from newscrawler import identity
from newscrawler.archive import channels, corrections, forget, ledger, open_archive, visits, warc
from newscrawler.archive.absent import mark_absent
from newscrawler.archive.corrections import Change, Proposal
from newscrawler.archive.crawls import begin_crawl, finish_crawl, heartbeat
from newscrawler.archive.pages import Asked, PageStore
from newscrawler.archive.quarantine import quarantine_page
from newscrawler.archive.revisits import record_unmodified
from newscrawler.archive.store import record_sightings, store_article
from newscrawler.archive.tombstones import is_forgotten
from newscrawler.items import Article, Image, Page, RelatedItem
from newscrawler.replica import text as generated
from tests.archives import url
from tests.merging import assert_same, assert_whole, union

QUIETLY = settings(
    deadline=None,
    derandomize=True,  # random, and the same ones each time
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
START = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)
PLAIN = "\n\n".join(generated.paragraphs(3, "merge"))
TEXTS = [PLAIN, "\n\n".join(PLAIN.split("\n\n")[::-1]), "\n\n".join(generated.paragraphs(2, "other")), "短文"]
TIMES = [
    ("2025-09-30T08:01:30+08:00", "second"),
    ("2025-09-30T08:01:00+08:00", "minute"),
    ("2025-09-30", "day"),
    ("2025-09-30T08:04:00+08:00", "about minute"),
    ("2025-10-01", "about day"),
]
CHANNEL = "https://www.itbear.com.cn/list/1.html"


def clashing() -> list[str]:
    """Two addresses whose articles want the same id when they were published in the same second."""
    seen: dict[int, str] = {}
    for number in range(100_000):
        address = url(number)
        bits = identity.key64(address) & ((1 << identity.ID_SHIFT) - 1)
        if bits in seen:
            return [seen[bits], address]
        seen[bits] = address
    raise AssertionError("no two addresses clash")


URLS = [*clashing(), url(7)]

Event = tuple[str, int, int, int]
"""What happened, to which of URLS, and two numbers that say how."""
Crawl = tuple[int, bool, list[Event]]
"""Minutes since the crawl before, whether it came to its end, what happened a minute after the other."""

KINDS = (
    *("store", "store", "store", "store", "unmodified", "gone", "discover", "fail", "quarantine", "sighted"),
    *("guess", "absent", "complete", "since", "rest", "menu", "page", "correct", "forget"),
)
events = st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 3), st.integers(0, 4))
crawls = st.tuples(st.integers(0, 4), st.booleans(), st.lists(events, max_size=5))
archives = st.lists(crawls, min_size=1, max_size=3)


def an_article(event: Event) -> Article:
    """With the text and the time that the event names; a text has its title, pictures and related block."""
    _, number, text, time = event
    published_at, precision = TIMES[time]
    canonical = URLS[number]
    aliases = [(canonical.replace("www.", "m."), "mobile"), (URLS[(number + 1) % 3], "redirect")]
    return Article(
        url=canonical,
        site="itbear",
        title=f"标题{text // 2}",
        body=TEXTS[text],
        marks="" if text else "phq"[: PLAIN.count("\n\n") + 1],
        published_at=published_at,
        published_precision=precision,
        source="互联网",
        editor="编辑" if text % 2 else None,
        images=[Image("https://img.itbear.com.cn/1.jpg", str(text))],
        related=[
            RelatedItem(1, "热门", URLS[(number + text) % 3]),
            RelatedItem(2, f"别的{text // 2}", url(99)),
        ],
        related_heading="更多热门内容",
        page=Page(canonical, b"", aliases=aliases[: text % 3], etag=f"e{text}"),
    )


def happen(database: Database, pages: PageStore, event: Event, crawl: int, now: datetime) -> None:
    kind, number, first, second = event
    address = URLS[number]
    if is_forgotten(database.conn, address):
        return  # no crawl asks for it
    match kind:
        case "store":
            store_article(
                database, an_article(event), seen_at=now, crawl_id=crawl, revisit_after=[timedelta(minutes=5)]
            )
        case "unmodified":
            record_unmodified(database, address, seen_at=now, after=[timedelta(hours=1)], crawl_id=crawl)
        case "gone":
            visits.mark_gone(database, address, now=now, crawl_id=crawl)
        case "discover":
            how = ("listing", "related", "start")[second % 3]
            title = ("标题…", "标题一二三…", "标题一二三四", None)[first]
            linked = address.replace("https", "http") if first % 2 else None
            found = ledger.Discovery(address, how, f"{CHANNEL}?{first}", title, None, "2025-09-30", linked)
            ledger.discover(database, [found], site="itbear", crawl_id=crawl, now=now)
        case "guess":
            found = ledger.Discovery(address, "guessed")
            ledger.discover(database, [found], site="itbear", crawl_id=crawl, now=now)
        case "absent":
            mark_absent(database, address, crawl_id=crawl)
        case "fail":
            visits.fail(database, address, error=f"http_{first}", detail="", now=now, crawl_id=crawl, most=2)
        case "quarantine":
            page = Page(address, f"<p>{first}</p>".encode())
            quarantine_page(database, page, f"reason{second}", None, seen_at=now, crawl_id=crawl)
        case "sighted":
            record_sightings(database, URLS, now)
        case "complete":
            channels.complete_channel(database, CHANNEL, crawl, now, etag=f"e{first}")
        case "since":
            channels.reach_since(database, CHANNEL, f"2025-09-0{first + 1}", crawl, now)
        case "rest":
            channels.rest(database, CHANNEL, "refused", now, now + timedelta(days=first))
        case "menu":
            channels.note_menu(database, CHANNEL, {CHANNEL: f"{CHANNEL}?{first}"}, now)
        case "page":
            payload = f"<p>{number} {first}</p>".encode()
            pages.append(
                warc.Answer(address, 200, [], payload), Asked("article", address, crawl_id=crawl), now
            )
            pages.before_commit(database)
        case "correct":
            article = an_article(("store", number, 0, 0))
            article.title = f"更正{first}"
            old = database.execute("SELECT title FROM articles WHERE url = ?", [address]).fetchone()
            if old:
                changes = (Change("title", old[0], article.title),)
                corrections.correct(database, Proposal(0, article, changes), rules="9", now=now)
        case "forget" if first == 0:
            for one in forget.addresses_of(database, address):
                forget.forget(database, one, now=now)


def fill(path: Path, history: list[Crawl], pid: int) -> None:
    """An archive at ``path`` as these crawls leave it; ``pid`` tells its crawls from another's."""
    with open_archive(path) as database:
        database.execute("PRAGMA synchronous = OFF")
        pages = PageStore(path, database)
        now = START
        for pause, ended, happened in history:
            now += timedelta(minutes=pause)
            crawl = begin_crawl(database, "itbear", "{}", now=now, pid=pid, host="here")
            for event in happened:
                happen(database, pages, event, crawl, now)
                now += timedelta(minutes=event[3] % 2)
                heartbeat(database, crawl, now=now)
            if ended:
                figures = dict.fromkeys(("new", "updated", "unchanged", "failed", "quarantined"), 0)
                finish_crawl(database, crawl, reason="finished", requests=1, exit_code=0, now=now, **figures)
        pages.end(None)  # type: ignore[arg-type]
        forget.erase_pages(database, path)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without anything, to be copied."""
    path = tmp_path_factory.mktemp("merge") / "empty.db"
    open_archive(path).close()
    return path


@contextmanager
def made(empty: Path, *histories: list[Crawl]) -> Iterator[list[Path]]:
    """An archive of each history."""
    with TemporaryDirectory() as folder:
        paths = []
        for number, history in enumerate(histories):
            path = Path(folder) / f"{number}.db"
            shutil.copy(empty, path)
            fill(path, history, number)
            paths.append(path)
        yield paths


@settings(QUIETLY, max_examples=12)  # ten unions each
@given(archives, archives, archives)
def test_the_order_and_the_number_of_merges_make_no_difference(
    empty: Path, one: list[Crawl], two: list[Crawl], three: list[Crawl]
) -> None:
    with made(empty, one, two, three) as (a, b, c):
        at_once = union(a, b, c, into="abc.db")
        assert_whole(at_once)
        assert_same(at_once, union(c, a, b, into="cab.db"))  # commutative
        assert_same(at_once, union(union(a, b, into="ab.db"), c, into="ab-c.db"))  # associative
        assert_same(at_once, union(a, union(b, c, into="bc.db"), into="a-bc.db"))
        assert_same(at_once, union(b, union(c, a, into="ca.db"), into="b-ca.db"))
        assert_same(at_once, union(at_once, b, at_once, into="again.db"))  # idempotent
        into = union(b, into="into.db")
        union(c, a, into=into)
        assert_same(at_once, into)  # what the target holds takes part
        assert_whole(into)


calm = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.booleans(),
        st.lists(
            st.tuples(st.sampled_from(KINDS), st.sampled_from((0, 2)), st.integers(0, 3), st.integers(0, 2))
        ),
    ),
    max_size=3,
)
"""Without addresses that want the same id: such a pair is put in the order of its addresses."""


@settings(QUIETLY, max_examples=60)
@given(calm)
def test_an_archive_merged_with_itself_is_itself(empty: Path, history: list[Crawl]) -> None:
    with made(empty, history) as (archive,):
        copy = archive.with_name("copy.db")
        shutil.copy(archive, copy)
        if Path(f"{archive}.pages").exists():
            shutil.copytree(f"{archive}.pages", f"{copy}.pages")
        assert_same(archive, union(archive, copy, into="union.db"))
