# ruff: noqa: E501  (markup reads better unbroken)
"""The seed page's text, and six and more markups around it; the text itself is never kept in this repository."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

SHARED = Path(os.environ.get("NEWSCRAWLER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
SEED = SHARED / "seed" / "itbear-article.txt"
URL = "https://www.itbear.com.cn/html/2025-09/960596.html"


@dataclass
class Item:
    title: str
    summary: str
    date: str
    url: str


@dataclass
class Seed:
    title: str
    dateline: str
    paragraphs: list[str]
    items: list[Item]


def load() -> Seed:
    """The seed text taken apart by its lines."""
    lines = [line.strip() for line in SEED.read_text(encoding="utf-8").splitlines() if line.strip()]
    at = next(i for i, line in enumerate(lines) if re.match(r"时间[:：]", line))
    heading = lines.index("更多热门内容")
    rest = lines[heading + 1 :]
    items = [
        Item(*rest[i : i + 3], url=f"https://www.itbear.com.cn/html/2025-09/{960500 + i}.html")
        for i in range(0, len(rest), 3)
    ]
    return Seed(lines[at - 1], lines[at], lines[at + 1 : heading], items)


def _page(seed: Seed, inner: str, *, mobile: bool = False, head: str = "") -> str:
    menu = "".join(
        f'<li><a href="/{n}/">{t}</a></li>'
        for n, t in enumerate(["网站首页", "科技资讯", "财经资讯", "分享好友"])
    )
    side = "".join(
        f'<li><a href="/html/2025-09/{970000 + n}.html">侧栏里的第{n}条热点新闻标题</a></li>'
        for n in range(8)
    )
    width = '<meta name="viewport" content="width=device-width">' if mobile else ""
    aside = "" if mobile else f'<div class="r"><h3>本周排行</h3><ul>{side}</ul></div>'
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{width}<title>{escape(seed.title)}-人工智能-ITBear科技资讯</title>{head}</head>'
        f"<body><div class='top'><ul>{menu}</ul></div>{inner}{aside}"
        "<div class='foot'><p>Copyright © 2025 ITBear科技资讯 版权所有 京ICP备00000000号</p></div></body></html>"
    )


def _items(seed: Seed, form: str) -> str:
    out = []
    for item in seed.items:
        link = f'<a href="{item.url.removeprefix("https://www.itbear.com.cn")}">{escape(item.title)}</a>'
        summary = escape(item.summary)
        out.append(
            {
                "div": f'<div class="it"><h3>{link}</h3><p>{summary}</p><span>{item.date}</span></div>',
                "li": f"<li>{link}<p>{summary}</p><em>{item.date}</em></li>",
                "picture": f'<li><a href="{item.url}"><img src="/upload/2025-09/a.jpg" width="160" height="100"></a>'
                f'<div><a href="{item.url}" title="{escape(item.title)}">{escape(item.title)}</a><p>{summary}</p><i>{item.date}</i></div></li>',
                "br": f"{link}<br>{summary}<br>{item.date}<br><br>",
                "p": f"<p>{link}</p><p>{summary}</p><p>{item.date}</p>",
                "card": f'<a href="{item.url}"><div><h4>{escape(item.title)}</h4><p>{summary}</p><div>{item.date}</div></div></a>',
            }[form]
        )
    return "".join(out)


def markups(seed: Seed) -> dict[str, str]:
    """Named pages around the seed text."""
    p = "".join(f"<p>{escape(x)}</p>" for x in seed.paragraphs)
    div = "".join(f"<div>{escape(x)}</div>" for x in seed.paragraphs)
    br = "<br><br>".join("　　" + escape(x) for x in seed.paragraphs)
    h1 = f"<h1>{escape(seed.title)}</h1>"
    line = f'<div class="info">{escape(seed.dateline)}</div>'
    full = (
        seed.dateline.replace(":互", "：互")
        .replace("源:", "源：")
        .replace("辑:", "辑：")
        .replace("时间:", "时间：")
    )
    split = '<div class="msg"><span>时间：2025-09-30 23:57:37</span><span>来源：互联网</span> <span>编辑：快讯</span></div>'
    ad = '<div class="ad"><a href="http://ad.example.com/1"><img src="http://ad.example.com/1.gif"></a></div><script>var a="<p>广告</p>";</script>'
    return {
        "outside_div": _page(
            seed,
            f'<div class="w">{h1}{line}<div id="content">{p}</div><div class="x"><h2>更多热门内容</h2>{_items(seed, "div")}</div></div>',
        ),
        "inside_p_strong": _page(
            seed,
            f'<div class="w">{h1}<p>{escape(full)}</p><div id="content">{p}<p><strong>更多热门内容</strong></p>{_items(seed, "p")}</div></div>',
        ),
        "after_ad_list": _page(
            seed,
            f'<div class="w">{h1}{split}<div id="content">{p}{ad}<div><font>更多热门内容</font><ul>{_items(seed, "li")}</ul></div></div></div>',
        ),
        "br_inside": _page(
            seed,
            f'<div class="w">{h1}{line}<div id="content">{br}<br><br><b>更多热门内容</b><br><br>{_items(seed, "br")}</div></div>',
        ),
        "mobile_cards": _page(
            seed,
            f'<article>{h1}{line}<section id="content">{div}</section></article><section><div>更多热门内容</div>{_items(seed, "card")}</section>',
            mobile=True,
        ),
        "desktop_pictures": _page(
            seed,
            f'<div class="l"><div>当前位置：<a href="/">首页</a> &gt; <a href="/ai/">人工智能</a> &gt; 正文</div>{h1}{split}<div id="content">{p}</div>{ad}<h2>更多热门内容</h2><ul>{_items(seed, "picture")}</ul></div>',
        ),
        "table_layout": _page(
            seed,
            f"<table><tr><td>{h1}{line}</td></tr><tr><td>{br}</td></tr><tr><td><font color=red>更多热门内容</font></td></tr><tr><td>{_items(seed, 'br')}</td></tr></table>",
        ),
        "gbk_undeclared": _page(
            seed,
            f'<div class="w">{h1}{line}<div id="content">{p}<h2>更多热门内容</h2><ul>{_items(seed, "li")}</ul></div></div>',
        ),
        "links_br": _page(
            seed,
            f'<div class="w">{h1}{line}<div id="content">{div}</div>{ad}<div class="tit">更多热门内容</div>{_items(seed, "br")}</div>',
            mobile=True,
        ),
        "shape_only": _page(
            seed,
            f'<div class="w">{h1}{line}<div id="content">{p}</div><ul class="x">{_items(seed, "li")}</ul></div>',
        ),
    }
