# ruff: noqa: E501  (markup reads better unbroken)
"""What each paragraph of a body is, where its pictures stand, and code that keeps its lines."""

from __future__ import annotations

import pytest
from extract_pages import PAGES, TITLE, P, S, page

from newscrawler.extract import read_article
from newscrawler.items import MARKS, Article, Page, Part

URL = "http://www.example.com/a/1.html"
FETCHED = "2024-05-15T00:00:00+00:00"


def html(inner: str) -> bytes:
    return page(
        f'<h1>{TITLE}</h1><div class="d">2024-05-13 09:27 来源：海湾网</div><div class="n">{inner}</div>'
    ).encode()


def article(inner: str, *later: str) -> Article:
    parts = [Part(f"{URL}?{n}", html(text)) for n, text in enumerate(later, 2)]
    return read_article(Page(URL, html(inner), None, fetched_at=FETCHED, later_parts=parts))


def marked(found: Article) -> list[tuple[str, str]]:
    return list(zip(found.marks, found.body.split("\n\n"), strict=True))


MIXED = (
    f"<p>{S[0]}</p><h2>封顶</h2><p>{S[1]}</p><ul><li>第一点，省电</li><li>第二点，省水</li></ul>"
    '<blockquote><p>省下的都是赚到的。</p></blockquote><figure><img src="/u/1.jpg"><figcaption>封顶现场</figcaption></figure>'
    "<table><tr><th>型号</th><th>功率</th></tr><tr><td>甲型</td><td>40</td></tr></table>"
    f"<p><strong>电力</strong></p><p><strong>{S[2]}</strong></p><pre><code>pip install x\nx --run</code></pre><p>{S[3]}</p>"
)


def test_every_kind_of_paragraph_is_marked() -> None:
    assert marked(article(MIXED)) == [
        ("p", S[0]),
        ("h", "封顶"),
        ("p", S[1]),
        ("l", "第一点，省电"),
        ("l", "第二点，省水"),
        ("q", "省下的都是赚到的。"),
        ("c", "封顶现场"),
        ("t", "型号 | 功率"),
        ("t", "甲型 | 40"),
        ("h", "电力"),
        ("p", S[2]),
        ("k", "pip install x\nx --run"),
        ("p", S[3]),
    ]
    assert set(article(MIXED).marks) == set(MARKS)


@pytest.mark.parametrize("name", list(PAGES))
def test_marks_are_as_long_as_the_body(name: str) -> None:
    codec = "gb18030" if name == "old_table" else "utf-8"
    found = read_article(Page(URL, PAGES[name].html.encode(codec), None, fetched_at=FETCHED))
    assert len(found.marks) == len(found.body.split("\n\n"))


def test_an_empty_body_has_no_marks() -> None:
    found = read_article(Page(URL, b""))
    assert (found.body, found.marks) == ("", "")


def test_parts_bring_their_marks_and_pictures_along() -> None:
    found = article(
        f'<p>{S[0]}</p><img src="/u/1.jpg"><p>{S[1]}</p>',
        f'<p>{S[1]}</p><h3>电力</h3><p>{S[2]}</p><img src="/u/2.jpg"><p>{S[3]}</p>',
    )
    assert marked(found) == [("p", S[0]), ("p", S[1]), ("h", "电力"), ("p", S[2]), ("p", S[3])]
    assert [(image.url[-5:], image.paragraph) for image in found.images] == [("1.jpg", 1), ("2.jpg", 4)]


def test_a_picture_before_all_text_and_behind_it() -> None:
    found = article(f'<p><img src="/u/1.jpg"></p>{P}<p><img src="/u/2.jpg"></p>')
    assert [image.paragraph for image in found.images] == [0, len(S)]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "<pre>def f(x):\n    if x:\n\n        return 1\n    return 2\n</pre>",
            "def f(x):\n    if x:\n        return 1\n    return 2",
        ),
        (
            "<pre><code><span>import</span> os\n\n<span>print</span>(os)  <i># 打印</i></code></pre>",
            "import os\nprint(os)  # 打印",
        ),
        ("<pre>a = 1<br>b = 2<br><br>c = 3</pre>", "a = 1\nb = 2\nc = 3"),
        ("<pre><div>x = [1,</div><div>     2]</div></pre>", "x = [1,\n2]"),
    ],
)
def test_code_keeps_its_lines_in_one_paragraph(markup: str, text: str) -> None:
    found = article(P + markup + P.replace("<p>", "<p>再说一遍，"))
    assert ("k", text) in marked(found)
    assert len(marked(found)) == 2 * len(S) + 1


def test_prose_wrapped_by_hand_is_no_code() -> None:
    wrapped = "\n".join(f"　　{s[:20]}\n{s[20:]}\n" for s in S)
    found = article(f"<pre>{wrapped}</pre>")
    assert marked(found) == [("p", s) for s in S]


def test_the_line_numbers_beside_a_listing_are_no_body() -> None:
    listing = (
        "<table><tr><td><pre>1\n2\n3\n</pre></td><td><pre>import os\n\nos.exit()\n</pre></td></tr></table>"
    )
    assert marked(article(P + listing + f"<p>{S[0]}</p><p>{S[1]}</p>"))[len(S) :] == [
        ("k", "import os\nos.exit()"),
        ("p", S[0]),
        ("p", S[1]),
    ]
