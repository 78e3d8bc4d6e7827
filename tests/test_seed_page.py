"""The page the project started from, in markups of our own: every field exact, not a character of the
block in the body.
"""

from __future__ import annotations

import pytest
import seed_markups as seeds

from newscrawler.extract import read_article
from newscrawler.items import Page

pytestmark = pytest.mark.skipif(not seeds.SEED.exists(), reason=f"the seed text is not at {seeds.SEED}")

NAMES = (
    "outside_div",
    "inside_p_strong",
    "after_ad_list",
    "br_inside",
    "mobile_cards",
    "desktop_pictures",
    "table_layout",
    "shape_only",
    "gbk_undeclared",
    "links_br",
)


@pytest.fixture(scope="module")
def seed() -> seeds.Seed:
    return seeds.load()


@pytest.mark.parametrize("name", NAMES)
def test_seed_page(seed: seeds.Seed, name: str) -> None:
    html = seeds.markups(seed)[name]
    body = (
        html.replace('<meta charset="utf-8">', "").encode("gb18030")
        if name == "gbk_undeclared"
        else html.encode()
    )
    found = read_article(Page(seeds.URL, body, "text/html"))
    assert found.title == seed.title
    assert found.category == "人工智能"
    assert (found.published_at, found.published_precision) == ("2025-09-30T23:57:37+08:00", "second")
    assert (found.source, found.editor, found.author) == ("互联网", "快讯", None)
    assert len(seed.paragraphs) == 10
    assert found.body.split("\n\n") == seed.paragraphs
    assert len(seed.items) == 7
    assert [(r.position, r.title, r.summary, r.date, r.url) for r in found.related] == [
        (n, item.title, item.summary, "2025-09-30", item.url) for n, item in enumerate(seed.items, 1)
    ]
    assert not any(item.title in found.body or item.summary in found.body for item in seed.items)
    assert found.reason is None
