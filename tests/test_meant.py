"""What is typed into the search box and is no word: addresses, days and names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from datasette.app import Datasette
from test_explore import SEEN, SITE, article, fill, get, id_of, opened, page

from newscrawler.archive import open_archive
from newscrawler.archive.ledger import Discovery, discover
from newscrawler.archive.meant import Meant, meant
from newscrawler.explore.server import archive_datasette
from tests.conftest import newscrawler as run

SEPTEMBER = ("2025-09-01", "2025-09-30")
WAITING = f"{SITE}/77.html"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three articles, two of September 2025 and one of November 2024, and an address that waits."""
    path = fill(
        tmp_path / "archive.db",
        article(11),
        article(12, published_at="2025-09-01T08:00:00+08:00", source="ITBEAR科技资讯", author="互联网"),
        article(13, published_at="2024-11-30T08:00:00+08:00", category="互联网"),
    )
    with open_archive(path) as database, database.atomic():
        discover(database, [Discovery(WAITING)], site="itbear", crawl_id=None, now=SEEN)
    return path


def ask(archive: Path, text: str) -> Meant:
    with open_archive(archive, create=False, read_only=True) as database:
        return meant(database.conn, text)


@pytest.mark.parametrize(
    "text",
    [
        f"{SITE}/11.html",
        "http://m.itbear.com.cn/html/2025-09/11.html?from=timeline#top",
        "www.itbear.com.cn/html/2025-09/11.html",
        f"固态电池第11号进展 {SITE}/11.html （分享自浏览器）",
        f"  {SITE}/11.html\r\n",
        f"看这里：{SITE}/11.html，很有意思",
    ],
)
def test_an_address_in_any_form_is_that_of_its_article(archive: Path, text: str) -> None:
    found = ask(archive, text)
    assert found.articles == ((id_of(archive, 11), "固态电池第11号进展"),)
    assert (found.state, found.days, found.names) == (None, None, ())


def test_an_address_without_an_article(archive: Path) -> None:
    assert ask(archive, WAITING) == Meant(address=WAITING, state="pending")
    assert ask(archive, f"{SITE}/78.html") == Meant(address=f"{SITE}/78.html")


@pytest.mark.parametrize(
    ("text", "days", "published"),
    [
        ("2025年9月30日", ("2025-09-30", "2025-09-30"), 1),
        ("２０２５年９月１號", ("2025-09-01", "2025-09-01"), 1),
        ("2025 年 9 月", SEPTEMBER, 2),
        ("2025-09", SEPTEMBER, 2),
        ("2025/9/30", ("2025-09-30", "2025-09-30"), 1),
        ("20250930", ("2025-09-30", "2025-09-30"), 1),
        ("9月30日", ("2025-09-30", "2025-09-30"), 1),
        ("9月", SEPTEMBER, 2),
        ("11月30日", ("2024-11-30", "2024-11-30"), 1),
        ("2024年", ("2024-01-01", "2024-12-31"), 1),
        ("2025-09-02", None, 0),
        ("2025-02-30", None, 0),
        ("2025年13月", None, 0),
        ("2025-9/30", None, 0),
        ("0000年1月", None, 0),
        ("2025", None, 0),
    ],
)
def test_days_as_people_write_them(
    archive: Path, text: str, days: tuple[str, str] | None, published: int
) -> None:
    found = ask(archive, text)
    assert (found.days, found.published) == (days, published)


def test_names_whatever_they_name(archive: Path) -> None:
    assert [(kind, name) for kind, _, name in ask(archive, "“互联网”").names] == [
        ("source", "互联网"),
        ("category", "互联网"),
        ("author", "互联网"),
    ]
    assert [name for _, _, name in ask(archive, "itbear科技资讯").names] == ["ITBEAR科技资讯"]


@pytest.mark.parametrize(
    "text", ["", '"', "\0", "🚀", "https://[", "https://a.example:99999/x", "a" * 9000, "\udcff"]
)
def test_any_text_may_stand_for_nothing(archive: Path, text: str) -> None:
    assert ask(archive, text) == Meant()


def test_an_archive_without_articles(tmp_path: Path) -> None:
    assert ask(fill(tmp_path / "empty.db"), "9月30日") == Meant()


@pytest.fixture
def served(archive: Path) -> Iterator[Datasette]:
    with opened(archive_datasette(archive)) as datasette:
        yield datasette


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://m.itbear.com.cn/html/2025-09/11.html", '<a lang="zh" href="/archive/articles/{id}">'),
        (
            WAITING,
            '<a href="/archive/ledger?url=https%3A%2F%2Fwww.itbear.com.cn%2Fhtml%2F2025-09%2F77.html">',
        ),
        ("9月30日", '<a href="/archive/-/day/2025-09-30">1 article of 2025-09-30</a>'),
        ("2025年9月", 'published_date__gte=2025-09-01&amp;published_date__lte=2025-09-30">'),
        ("ITBEAR科技资讯", 'Source: <a lang="zh" href="/archive/articles?source_id=2">ITBEAR科技资讯</a>'),
    ],
)
def test_the_list_leads_on(served: Datasette, archive: Path, text: str, link: str) -> None:
    html = page(served, f"/archive/articles?_search={text}")
    assert link.format(id=id_of(archive, 11)) in html.split('<ul class="note means"')[1]
    assert "means" not in page(served, f"/archive/articles?_search={text}&_next=1").split("<main")[1]


def test_the_rows_behind_the_links_are_those_that_were_meant(served: Datasette) -> None:
    asked = "published_date__gte=2025-09-01&published_date__lte=2025-09-30&_shape=array"
    assert len(get(served, f"/archive/articles.json?{asked}").json()) == 2
    (known,) = get(served, f"/archive/ledger.json?url={WAITING}&_shape=array").json()
    assert known["state"] == "pending"


def test_words_that_stand_for_nothing_get_no_note(served: Datasette) -> None:
    assert '"note means"' not in page(served, "/archive/articles?_search=固态电池")
    assert '"note means"' not in page(served, "/archive/articles")
    assert "a minus only leaves out" in page(served, "/archive/articles?_search=-固态电池")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("https://m.itbear.com.cn/html/2025-09/11.html", f"  newscrawler explain {SITE}/11.html"),
        (WAITING, f"  newscrawler ledger --url {WAITING}"),
        ("9月30日", "  newscrawler export --since 2025-09-30 --until 2025-09-30 -o articles.csv"),
        (
            "ITBEAR科技资讯",
            "where source = :name order by id desc limit 20\" -p name 'ITBEAR科技资讯' --table",
        ),
    ],
)
def test_the_command_that_shows_it(archive: Path, text: str, command: str) -> None:
    done = run("search", text, cwd=archive.parent)
    assert (done.returncode, done.stdout) == (0, "")
    assert command in done.stderr
    elsewhere = run("search", text, "--archive", str(archive), cwd=archive.parent)
    assert str(archive) in elsewhere.stderr
