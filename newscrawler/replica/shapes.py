"""The axes along which the articles of the replica differ, and how each article gets its place on them.

The lengths of the main axes are pairwise coprime and an article takes entry ``j % length`` of
each, so that any sixty neighbours show every combination of place, heading tag and markup of
the related block, and any thirteen every dateline.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dateline:
    """One spelling of the line under the headline.

    ``line`` has the slots ``second minute slash cn day source editor author``; what it does
    not print is unknown to a reader. With ``tagged`` every field stands in a span of its own.
    """

    name: str
    line: str
    precision: str
    tagged: bool = False

    def prints(self, field: str) -> bool:
        """Whether ``field`` (source, editor, author) stands in the line."""
        return "{" + field + "}" in self.line


DATELINES = (
    Dateline("full", "时间：{second} 来源：{source} 编辑：{editor}", "second"),
    Dateline("run_together", "时间:{second}来源:{source}编辑:{editor}", "second"),
    Dateline("half_width", "时间:{second} 来源:{source} 编辑:{editor}", "second"),
    Dateline("chinese_date", "发布时间：{cn} 来源：{source} 编辑：{editor}", "minute"),
    Dateline("no_source", "时间：{second} 编辑：{editor}", "second"),
    Dateline("no_editor", "时间：{second} 来源：{source}", "second"),
    Dateline("responsible", "发布时间：{second}　来源：{source}　责任编辑：{editor}", "second"),
    Dateline("author", "时间：{second} 来源：{source} 作者：{author}", "second"),
    Dateline("minute", "时间：{minute} 来源：{source} 编辑：{editor}", "minute"),
    Dateline("day", "时间：{day} 来源：{source} 编辑：{editor}", "day"),
    Dateline("bare_time", "{slash} 来源: {source} 作者: {author}", "second"),
    Dateline("tagged", "时间：{second}|来源：{source}|编辑：{editor}", "second", tagged=True),
    Dateline("reversed", "来源：{source} | 作者：{author} | {minute} | 编辑：{editor}", "minute"),
)
NO_DATELINE = Dateline("none", "", "none")


@dataclass(frozen=True)
class Encoding:
    """How a page is encoded, and what its header and its meta tag say about that."""

    name: str
    codec: str
    header: str | None = None
    meta: str | None = None
    rare: bool = False
    """Whether the text has characters outside GB2312 in it."""


ENCODINGS = (
    Encoding("utf8_right", "utf-8", "utf-8", "utf-8"),
    Encoding("gbk_right", "gbk", "gbk", "gbk"),
    Encoding("utf8_meta_only", "utf-8", None, "utf-8"),
    Encoding("gb2312_meta_only", "gb2312", None, "gb2312"),
    Encoding("gb18030_header_only", "gb18030", "gb18030", None, rare=True),
    Encoding("gbk_undeclared", "gbk"),
    Encoding("utf8_undeclared", "utf-8"),
    Encoding("gbk_header_says_utf8", "gbk", "utf-8", None),
    Encoding("utf8_meta_says_gb2312", "utf-8", None, "gb2312"),
    Encoding("utf8_header_says_latin1", "utf-8", "iso-8859-1", "utf-8"),
    Encoding("gbk_header_says_latin1", "gbk", "iso-8859-1", None),
    Encoding("gb18030_says_gb2312", "gb18030", "gb2312", "gb2312", rare=True),
    Encoding("utf8_bom_undeclared", "utf-8-sig"),
    Encoding("gbk_meta_says_utf8", "gbk", "gbk", "utf-8"),
    Encoding("utf8_rare", "utf-8", "utf-8", "utf-8", rare=True),
    Encoding("gb2312_right", "gb2312", "gb2312", "gb2312"),
    Encoding("utf8_header_only", "utf-8", "utf-8", None),
)

BODIES = ("p", "br", "div", "table", "list", "quote", "figure", "picture", "noisy", "mention", "signed")
"""``mention``: a sentence names the related block; ``signed``: an editor's line ends the body."""

PLACES = ("inside", "outside", "inside_after_ad", "outside_after_ad")
HEADS = ("h2", "div", "strong", "font", "h3")
MARKUPS = ("links", "list", "pictures")
HEADINGS = ("更多热门内容", "相关阅读", "推荐阅读", "更多热门内容", "猜你喜欢", "热门推荐", "大家都在看")


@dataclass(frozen=True)
class Shape:
    """Where one article stands on every axis."""

    dateline: Dateline
    encoding: Encoding
    body: str
    place: str
    head: str
    markup: str
    heading: str
    template: str
    """What the desktop host serves it in: ``desktop``, or ``mobile`` for three in nineteen."""
    parts: int
    suffix: str
    """The site's name at the end of the page's <title>."""
    summaries: bool
    """Whether its related items show a summary."""


PLAIN = Shape(
    DATELINES[0],
    ENCODINGS[0],
    "p",
    "inside",
    "h2",
    "list",
    HEADINGS[0],
    "desktop",
    1,
    "ITBear科技资讯",
    True,
)
"""The shape of articles that stand for one fault or one speciality: nothing else is odd about them."""


def shape_of(j: int) -> Shape:
    """The shape of the article with running number ``j``."""
    markup = MARKUPS[j % 3]
    return Shape(
        dateline=DATELINES[j % 13],
        encoding=ENCODINGS[j % 17],
        body=BODIES[j % 11],
        place=PLACES[j % 4],
        head=HEADS[j % 5],
        markup=markup,
        heading=HEADINGS[j % 7],
        template="mobile" if j % 19 in {5, 11, 17} else "desktop",
        parts={4: 2, 17: 3}.get(j % 23, 1),
        suffix="ITBear比尔科技" if j % 5 == 3 else "ITBear科技资讯",
        summaries=not (markup == "links" and j % 2),
    )
