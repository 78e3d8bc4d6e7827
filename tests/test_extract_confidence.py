# ruff: noqa: E501  (markup reads better unbroken)
"""How sure a page is to be an article, and what happens below the stated confidence."""

from __future__ import annotations

import pytest
from extract_pages import FOOT, PAGES, TITLE, P, S, menu, page

from newscrawler.extract import explain, read, read_article
from newscrawler.extract.unfit import MIN_CONFIDENCE, WEIGHTS
from newscrawler.items import Article, Page

URL = "http://www.example.com/a/1.html"
DATELINE = '<div class="d">2024-05-13 09:27 来源：海湾网 编辑：周明</div>'


def article(html: str) -> Article:
    return read_article(Page(URL, html.encode(), None, fetched_at="2024-05-15T00:00:00+00:00"))


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)
    assert 0 < MIN_CONFIDENCE < 1


@pytest.mark.parametrize("name", [name for name in PAGES if name != "old_table"])
def test_every_template_is_sure_enough(name: str) -> None:
    assert (article(PAGES[name].html).confidence or 0.0) >= MIN_CONFIDENCE + 0.2


def test_a_full_article_is_sure_and_explain_says_so() -> None:
    html = page(f'<h1>{TITLE}</h1>{DATELINE}<div class="n">{P}</div>')
    found, readings = read(Page(URL, html.encode()))
    assert (found.confidence, found.reason) == (1.0, None)
    assert "confidence   1.00" in explain(found, readings)


def test_a_list_of_teasers_is_no_article() -> None:
    teasers = "".join(
        f"<div><a href='/{i}.html'><h4>列表里的第{i}条新闻标题</h4></a><p>这是第{i}条的摘要，说了一半，后面的话要点开才能看到。再说一句，还是没有说完…</p></div>"
        for i in range(12)
    )
    found = article(
        f"<html><title>科技频道_海湾网</title><body>{menu()}<h1>科技频道</h1>{teasers}{FOOT}</body></html>"
    )
    assert found.reason is not None
    assert (found.confidence or 0.0) < MIN_CONFIDENCE


def test_a_dated_sentence_is_news_however_short() -> None:
    found = article(page(f'<h1>{TITLE}</h1>{DATELINE}<div class="n"><p>二期机房昨日封顶。</p></div>'))
    assert (found.body, found.reason) == ("二期机房昨日封顶。", None)
    undated = article(page(f"<h1>{TITLE}</h1><div class='n'><p>二期机房昨日封顶。</p></div>"))
    assert undated.reason == "no_body"


def test_an_undated_article_shows_running_text_instead() -> None:
    found = article(page(f"<h1>{TITLE}</h1><div class='n'>{P}</div>", side=False))
    assert found.published_at is None
    assert found.reason is None


def test_a_sentence_that_is_mostly_a_link_is_body() -> None:
    linked = f'<p><a href="http://b.example/report">{S[0][:-1]}，报告全文见此</a>。</p>'
    found = article(page(f'<h1>{TITLE}</h1>{DATELINE}<div class="n">{P}{linked}</div>'))
    assert found.body.split("\n\n") == [*S, f"{S[0][:-1]}，报告全文见此。"]
