"""The pages in a real browser: walked by mouse and keyboard, at desktop and phone width, with every payload.

Screenshots go to the folder that NEWSCRAWLER_SCREENSHOTS names, else to one of pytest's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from chromium import DESKTOP, PHONE, Chromium, chromium
from conftest import environment
from test_explore import SEEN, SITE, article, fill, id_of, related
from test_explore_pages import PAGES

from newscrawler.archive import open_archive
from newscrawler.archive.store import store_article
from newscrawler.explore import charts
from newscrawler.items import Article, Image, Page

PAYLOADS = (
    "<script>alert('ran')</script>",
    "\"'><script>alert('ran')</script>",
    "</title></style></textarea><script>alert('ran')</script>",
    "<img src=x onerror=\"alert('ran')\">",
    "'><img src=x onerror=alert('ran')>",
    "<svg onload=\"alert('ran')\"><animate onbegin=alert('ran') attributeName=x dur=1s>",
    "<svg><script>alert('ran')</script></svg>",
    "<iframe srcdoc=\"<script>parent.alert('ran')</script>\"></iframe>",
    "<a href=\"javascript:alert('ran')\" autofocus onfocus=\"alert('ran')\">x</a>",
    "javascript:alert('ran')",
    "{{ 7*7 }}${7*7}<%= 7*7 %>",
    "]]></content><script xmlns='http://www.w3.org/1999/xhtml'>alert('ran')</script>",
)
"""What a hostile page may print; each goes into every text field."""


@contextmanager
def serving(archive: Path, *options: str) -> Iterator[str]:
    """``newscrawler serve`` in a process of its own; gives its address."""
    command = [sys.executable, "-m", "newscrawler.cli", "serve", "--archive", str(archive), "--port", "0"]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, text=True, env=environment(), cwd=archive.parent
    ) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://[^/\s]+", server.stdout.readline())
            assert found is not None
            yield found[0]
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("chromium")) as one:
        yield one


@pytest.fixture
def page(browser: Chromium) -> Chromium:
    """The browser as a visitor's: desktop, scripts allowed, policies kept, nothing complained of yet."""
    browser.size(*DESKTOP)
    browser.scripts(True)
    browser.ask("Page.setBypassCSP", enabled=False)
    browser.go("about:blank")
    browser.troubles.clear()
    return browser


@pytest.fixture(scope="module")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("NEWSCRAWLER_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty articles of two days that promote each other; one was changed later, one is of all kinds."""
    kinds = Article(
        url=f"{SITE}/700.html", site="itbear", title="一篇什么都有的文章：标题、列表、表格、引文与代码",
        body="\n\n".join([
            "第一段说的是固态电池与人形机器人。" * 6, "小标题", "第一项", "第二项", "型号 | 价格 | 续航",
            "小米SU7 | 21.59 万元 | 700 公里", "有人这样说：量产比发布更难。", "print('你好')" + "x" * 300,
        ]),
        marks="phllttqk", published_at="2025-09-30T23:59:00+08:00", published_precision="second",
        source="互联网", editor="快讯", category="人工智能",
        images=[Image("https://img.itbear.com.cn/1.jpg", "样品", 1)],
        page=Page(url=f"{SITE}/700.html", body=b"", aliases=[("https://m.itbear.com.cn/700.html", "mobile")]),
        related=[related(number, place) for place, number in enumerate(range(600, 607), 1)],
        related_heading="更多热门内容",
    )  # fmt: skip
    sources = ("互联网", "极光报道", "新华社", "证券时报")
    stories = ("小米SU7交付创新高", "固态电池量产再提速", "人形机器人走进工厂")
    articles = [
        article(
            600 + number,
            title=f"第{number}号新闻：{stories[number % 3]}",
            published_at=f"2025-09-{29 + number % 2}T{number % 24:02}:{number:02}:00+08:00",
            source=sources[number % 4],
            category=("汽车", "数字家电", "人工智能")[number % 3],
            related=[related(600 + (number * 3 + step) % 40, step + 1) for step in range(7)],
        )
        for number in range(40)
    ]
    path = fill(tmp_path_factory.mktemp("archive") / "archive.db", *articles, kinds)
    with open_archive(path) as database:
        text = article(605).body.replace("量产", "交付") + "文末加了一句。"
        changed = article(605, title="第5号新闻：标题后来改过", body=text, source=None, category=None)
        changed.published_at = None
        store_article(database, changed, seen_at=SEEN + timedelta(days=1))
    return path


@pytest.fixture(scope="module")
def address(archive: Path) -> Iterator[str]:
    with serving(archive) as one:
        yield f"{one}/archive"


def text(page: Chromium) -> str:
    return str(page.run("document.querySelector('main').innerText"))


def click(page: Chromium, words: str) -> None:
    """Click the first link that reads ``words``."""
    links = f"[...document.querySelectorAll('main a')].find(a => a.textContent.trim() === {words!r})"
    page.follow(f"{links}.click()")


def test_a_visit(page: Chromium, address: str, archive: Path, screenshots: Path) -> None:
    page.go(address)
    assert "41" in text(page)
    page.picture(screenshots / "home.png")

    page.run("document.querySelector('#search').focus()")
    page.ask("Input.insertText", text="固态电池")
    page.press("Enter", 13)
    assert page.run("document.querySelector('#search').value") == "固态电池"
    assert page.run("document.querySelectorAll('.stories li').length") > 10
    page.picture(screenshots / "search.png")

    page.go(f"{address}/articles")
    click(page, "极光报道")
    assert page.run("document.querySelector('h1').textContent").startswith("10 ")
    assert "Source: 极光报道" in text(page)
    page.picture(screenshots / "facet.png")

    page.follow("document.querySelector('.stories h3 a').click()")
    assert page.run("document.querySelectorAll('article .body p').length") == 2
    page.go(f"{address}/articles/{id_of(archive, 700)}")
    for element in ("h2", "ul li", "table td", "blockquote", "pre", ".picture a"):
        assert page.run(f"!!document.querySelector('article .body {element}')"), element
    page.picture(screenshots / "article.png")

    page.go(f"{address}/articles/{id_of(archive, 605)}")
    click(page, "What changed")
    assert page.run("document.querySelector('.body ins').textContent") == "交付"
    page.picture(screenshots / "changes.png")

    page.go(f"{address}/-/charts")
    page.run("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    widths = page.run(
        "Promise.all([...document.images].map(async i => {await i.decode(); return i.naturalWidth}))"
    )
    assert len(widths) == len(charts.CHARTS)
    assert all(width > 0 for width in widths)
    page.picture(screenshots / "charts.png")

    for name in ("most_promoted", "-/day/2025-09-30", "-/days", "-/queries", "-/sources"):
        page.go(f"{address}/{name}")
        page.picture(screenshots / f"{name.replace('/', '_').strip('-_')}.png")
    assert page.troubles == [], "nothing that a page needs is forbidden by its policy"


def test_a_shared_address_leads_to_its_article(page: Chromium, address: str, archive: Path) -> None:
    page.go(address)
    page.run("document.querySelector('#search').focus()")
    page.ask(
        "Input.insertText", text="一篇什么都有的文章\nhttps://m.itbear.com.cn/html/2025-09/605.html?from=wx"
    )
    page.press("Enter", 13)
    page.follow("document.querySelector('.means a').click()")
    assert page.run("location.pathname").endswith(f"/articles/{id_of(archive, 605)}")
    assert page.troubles == []


def test_a_feed_and_a_chart_opened_by_themselves(page: Chromium, address: str, screenshots: Path) -> None:
    page.go(f"{address}/-/chart/sources.svg")
    assert page.run("document.contentType") == "image/svg+xml"
    assert page.run("document.querySelectorAll('rect').length") > 20
    assert "极光报道" in page.run("document.documentElement.textContent")
    page.picture(screenshots / "chart.png")
    page.go(f"{address}/-/feed.atom")
    # Chromium has no reader of its own for feeds: it shows the text, which must be one that readers take.
    entries = page.run(
        "new DOMParser().parseFromString(document.body.innerText, 'application/xml')"
        ".querySelectorAll('entry').length"
    )
    assert entries == 41
    page.picture(screenshots / "feed.png")
    assert page.troubles == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_fits_the_window(
    page: Chromium, address: str, archive: Path, screenshots: Path, size: tuple[int, int]
) -> None:
    page.size(*size)
    own = [f"/archive/articles/{id_of(archive, n)}" for n in (700, 605)]
    own.append(f"/archive/articles/{id_of(archive, 605)}?revision=1")
    own += [f"/archive/-/changes/{id_of(archive, 605)}", "/archive/articles?source_id=1&_search=小米"]
    for path in [*PAGES, *own]:
        page.go(address.removesuffix("/archive") + path)
        wide = page.run("document.documentElement.scrollWidth")
        assert wide <= size[0], f"{path} is {wide} wide"
        if size == PHONE:
            seen = "[...document.querySelectorAll('thead')].every(head => head.offsetWidth <= 1)"
            assert page.run(seen), f"{path}: the headings of the table lie over its cards"
            page.picture(screenshots / f"phone_{re.sub(r'[^a-z0-9]+', '_', path)}.png")
    assert page.troubles == []


def test_every_page_can_be_read_aloud(page: Chromium, address: str, archive: Path) -> None:
    for path in [*PAGES, f"/archive/articles/{id_of(archive, 700)}"]:
        page.go(address.removesuffix("/archive") + path)
        assert page.run("document.documentElement.lang") in {"en", "zh-Hans"}, path
        assert page.run("document.querySelectorAll('h1').length") == 1, path
        assert page.run("document.querySelectorAll('main').length") == 1, path
        nameless = page.run(
            "[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]"
            ".filter(field => !field.labels.length).map(field => field.outerHTML)"
        )
        assert nameless == [], path
        assert page.run("[...document.images].every(image => image.alt)"), path
        assert page.run("[...document.links].every(a => (a.textContent + (a.ariaLabel || '')).trim() || a.querySelector('img[alt]'))"), path  # noqa: E501  # fmt: skip
        levels = page.run("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert all(after - before <= 1 for before, after in pairwise(levels)), path


FAINT = """
(() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const linear = v => v <= 0.04 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = numbers(colour).map(value => linear(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if (numbers(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = {};
  for (const element of document.body.querySelectorAll('*')) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const both = [light(getComputedStyle(element).color), light(behind(element))];
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (ratio < 4.5) faint[element.outerHTML.slice(0, 80)] = ratio;
  }
  return faint;
})()
"""
"""Elements with text of their own whose contrast is below 4.5 (WCAG 2.2, 1.4.3), and their contrast."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(
    page: Chromium, address: str, archive: Path, screenshots: Path, scheme: str
) -> None:
    page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    try:
        own = [f"/archive/articles/{id_of(archive, n)}" for n in (700, 605)]
        own.append(f"/archive/articles/{id_of(archive, 605)}?revision=1")
        own += [f"/archive/-/changes/{id_of(archive, 605)}", "/archive/articles?source_id=1&_search=小米"]
        for path in [*PAGES, *own, "/archive/nothing"]:
            page.go(address.removesuffix("/archive") + path)
            assert page.run(FAINT) == {}, path
            dark = page.run("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
            assert dark == (scheme == "dark"), path
            page.picture(screenshots / f"{scheme}_{re.sub(r'[^a-z0-9]+', '_', path)}.png")
    finally:
        page.ask("Emulation.setEmulatedMedia", features=[])


def test_paper_gets_the_text_and_no_controls(page: Chromium, address: str, archive: Path) -> None:
    page.ask("Emulation.setEmulatedMedia", media="print")
    try:
        for path in ("/articles?_search=小米", "/today", "", f"/articles/{id_of(archive, 700)}"):
            page.go(address + path)
            seen = (
                "[...document.querySelectorAll('form, nav, aside, footer.site')].filter(e => e.offsetHeight)"
            )
            assert page.run(f"{seen}.map(e => e.outerHTML)") == [], path
            text = "document.querySelector('.stories, table.results, article').offsetWidth"
            assert page.run(f"{text} >= 0.9 * document.querySelector('main').clientWidth"), path
    finally:
        page.ask("Emulation.setEmulatedMedia", media="")


def test_the_keyboard_reaches_the_text(page: Chromium, address: str) -> None:
    page.go(address)
    page.key("Tab", 9)
    assert page.run("document.activeElement.className") == "skip"
    assert page.run("document.activeElement.getBoundingClientRect().left") >= 0
    page.key("Enter", 13)
    assert page.run("location.hash") == "#main"
    page.key("Tab", 9)
    assert page.run("document.querySelector('main').contains(document.activeElement)")


def test_pages_work_without_scripts(page: Chromium, address: str) -> None:
    page.go(f"{address}/articles")
    with_scripts = text(page)
    page.scripts(False)
    page.go(f"{address}/articles")
    assert text(page) == with_scripts
    click(page, "极光报道")
    assert "Source: 极光报道" in text(page)
    page.go(f"{address}/most_promoted")
    assert page.run("document.querySelectorAll('table.results tbody tr').length") > 10


# What is stored never runs


def hostile() -> Iterator[Article]:
    """For each payload an article that has it in every text field, and one whose address it is."""
    for number, bad in enumerate(PAYLOADS, 800):
        url = f"{SITE}/{number}.html"
        names = ("title", "body", "source", "editor", "author", "category", "dateline", "encoding")
        fields: dict[str, Any] = dict.fromkeys(names, bad)
        items = [
            related(number, title=bad, summary=bad, date=bad, url=bad),
            related(900 + number, 2, title=bad, url=f"https://a.example/{bad}"),
        ]
        yield article(
            number, **fields, site=bad, published_at=bad, related=items, related_heading=bad,
            images=[Image(bad, bad, 0), Image(f"https://a.example/{bad}", bad)],
            page=Page(url=url, body=b"", aliases=[(bad, bad)]), found_by={"title": bad},
        )  # fmt: skip
        yield article(number, url=f"javascript:alert('ran')//{number}", title=None, page=None)


@pytest.fixture(scope="module")
def hostile_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = fill(tmp_path_factory.mktemp("hostile") / "archive.db", *hostile())
    with open_archive(path) as database:
        for one in list(hostile())[::2]:
            one.title, one.body = f"{one.title}!", f"{one.body}！又一句\n\n{one.body}"
            store_article(database, one, seen_at=SEEN + timedelta(days=1))
        bad = PAYLOADS[1]
        database.execute("update articles set gone_at = ? where id % 2", [bad])
        database.execute(
            "update ledger set state = 'pending', last_error = ?, detail = ?, title = ?", [bad] * 3
        )
        database.execute("update crawl_runs set spider = ?, reason = ?", [bad, bad])
    return path


def test_a_payload_would_run_if_it_could(page: Chromium) -> None:
    """The test of the test: written into a page as it is, each of the first kinds is noticed."""
    for bad in (PAYLOADS[0], PAYLOADS[3], PAYLOADS[5]):
        page.troubles.clear()
        page.go(f"data:text/html,<title>x</title>{bad.replace(chr(34), '%22')}")
        page.run("new Promise(done => setTimeout(done, 300))")
        assert "a dialog: ran" in page.troubles, bad
    page.troubles.clear()


@pytest.mark.parametrize("policy", ["with its policy", "without it"])
def test_nothing_stored_runs(page: Chromium, hostile_archive: Path, policy: str) -> None:
    """On pages of ours and of Datasette; escaping alone must hold, and the policy is a second wall."""
    with open_archive(hostile_archive) as database:
        ids = [row[0] for row in database.execute("select id from articles order by id desc limit 12")]
    paths = [*PAGES, "/archive/articles?_search=alert", "/archive/articles?title__contains=" + PAYLOADS[1]]
    paths += [f"/archive/articles/{number}" for number in ids] + [f"/archive/-/changes/{n}" for n in ids[:6]]
    paths += [f"/archive/-/chart/{name}.svg" for name in charts.CHARTS]
    tables = (
        "news",
        "related_items",
        "crawls",
        "revisions",
        "ledger",
        "aliases",
        "images",
        "sources",
        "crawl_runs",
    )
    paths += [f"/archive/{table}" for table in tables] + [
        "/archive/articles?_view=table",
        "/archive?_view=tables",
    ]
    paths += ["/archive?sql=select+*+from+news+limit+20", f"/archive/today?day={PAYLOADS[1]}"]
    page.ask("Page.setBypassCSP", enabled=policy == "without it")
    with serving(hostile_archive) as address:
        for path in paths:
            page.go(address + path)
            page.run("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert [trouble for trouble in page.troubles if "dialog" in trouble] == [], path
            assert page.run("[...document.querySelectorAll('a[href]')].every(a => !/^(javascript|data|vbscript):/i.test(a.getAttribute('href')))"), path  # noqa: E501  # fmt: skip
            if path.startswith("/archive/-/") or path.startswith("/archive/articles/"):
                assert page.run("document.scripts.length") == 0, path
    page.troubles.clear()
