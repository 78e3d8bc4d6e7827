"""The headline and the category, from what pages show and what their title element says."""

from __future__ import annotations

import pytest
from extract_pages import TITLE, P, page

from newscrawler.extract import read_article
from newscrawler.items import Page


def read(head: str, heading: str = "", before: str = "") -> tuple[str | None, str | None]:
    dateline = '<div class="d">2024-05-13 09:27 来源：海湾网</div>'
    html = page(f'{before}{heading}{dateline}<div class="n">{P}</div>', title=head)
    found = read_article(Page("http://www.example.com/a/1.html", html.encode()))
    return found.title, found.category


DASHES = "GPT-6 与 iPhone_18 对比 | 谁更省-更稳？"


@pytest.mark.parametrize(
    ("head", "want"),
    [
        (f"{DASHES}-液冷-海湾极客", (DASHES, "液冷")),
        (f"{TITLE}_液冷_海湾网", (TITLE, "液冷")),
        (f"{TITLE} - 互联网 - 海湾网", (TITLE, "互联网")),
        (f"{TITLE} | 液冷 | 海湾极客", (TITLE, "液冷")),
        (
            f"{TITLE} - 科技|海湾在线",
            (TITLE, "科技"),
        ),  # 科技 is a link of the menu: a channel with any separator
        (f"{TITLE} - 海湾极客", (TITLE, None)),
        (f"{TITLE} · 海湾极客", (TITLE, None)),
        (f"{TITLE}——谁来买单？", (f"{TITLE}——谁来买单？", None)),
    ],
)
def test_without_a_heading_only_the_tail_is_cut(head: str, want: tuple[str, str | None]) -> None:
    assert read(head) == want


@pytest.mark.parametrize(
    "heading",
    [
        f"<h1><span>原创</span>{TITLE}</h1>",
        f"<h1>{TITLE} <i class='v'>视频</i></h1>",
        f"<h1><em>[组图]</em>{TITLE}</h1>",
        f"<h1>【原创】{TITLE}</h1>",
        f"<h1>{TITLE}<small>作者：李青</small></h1>",
        f"<h1><a href='/lc/'>液冷</a> <b>{TITLE}</b></h1>",
    ],
)
def test_badges_are_no_part_of_the_headline(heading: str) -> None:
    assert read(f"{TITLE}-液冷-海湾网", heading) == (TITLE, "液冷")


def test_a_word_that_the_title_element_shows_too_is_no_badge() -> None:
    told = f"图{TITLE}"
    assert read(f"{told}-液冷-海湾网", f"<h1><b>图</b>{TITLE}</h1>") == (told, "液冷")


@pytest.mark.parametrize("dots", ["…", "..."])
def test_a_title_element_that_was_cut_still_tells_the_category(dots: str) -> None:
    assert read(f"{TITLE[:12]}{dots}-液冷-海湾网", f"<h1>{TITLE}</h1>") == (TITLE, "液冷")
