"""The markup of an article: headline's dateline, body pieces, related block. Strings in, HTML out."""

from __future__ import annotations

from html import escape

from .content import NOISE, Piece
from .links import View
from .shapes import Dateline
from .world import Article, World


def dateline(world: World, article: Article) -> str:
    """The line under the headline as HTML, without its container."""
    shape: Dateline = article.shape.dateline
    moment = article.published
    values = {
        "second": f"{moment:%Y-%m-%d %H:%M:%S}",
        "minute": f"{moment:%Y-%m-%d %H:%M}",
        "slash": f"{moment:%Y/%m/%d %H:%M:%S}",
        "cn": f"{moment:%Y}年{moment:%m}月{moment:%d}日 {moment:%H:%M}",
        "day": f"{moment:%Y-%m-%d}",
        **world.byline(article),
    }
    line = shape.line.format(**values)
    if shape.tagged:
        return "".join(f"<span>{field}</span>\n" for field in line.split("|"))
    return line


def body(view: View, article: Article, found: list[Piece]) -> str:
    """The pieces as HTML, paragraphs in the way of this article."""
    return "\n".join(_piece(view, article, piece) for piece in found)


def _piece(view: View, article: Article, piece: Piece) -> str:
    lines = [escape(line, quote=False) for line in piece.lines]
    image = f'<img src="{_picture(view, piece.src)}" alt="">' if piece.src else ""
    match piece.kind:
        case "text" if article.shape.body == "br":
            return f"　　{lines[0]}<br><br>"
        case "text" if article.shape.body == "div":
            return f'<div class="para"><span style="font-size:16px">{lines[0]}</span></div>'
        case "text":
            return f"<p>{lines[0]}</p>"
        case "bare_picture":
            return f'<p style="text-align:center">{image}</p>'
        case "figure":
            return f"<figure>{image}<figcaption>{lines[0]}</figcaption></figure>"
        case "picture":
            return f'<p align="center">{image}</p>\n<p align="center">{lines[0]}</p>'
        case "table":
            return _table(lines)
        case "list":
            return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
        case "quote":
            return f"<blockquote><p>{lines[0]}</p></blockquote>"
        case "subhead":
            return f"<h3>{lines[0]}</h3>"
        case "signed":
            return f'<p class="editor">{lines[0]}</p>'
        case "script":
            return f"<script>{NOISE['script']} document.title;</script>"
        case "ad":
            return f'<div class="ad-box"><a href="https://ads.example.invalid/c?id=7">{NOISE["ad"]}</a></div>'
        case "share":
            return f'<div class="bdsharebuttonbox">{NOISE["share"]}</div>'
    raise ValueError(piece.kind)


def _picture(view: View, path: str) -> str:
    """Pictures are written relative to the root, or without a scheme."""
    return path if view.direct or path.endswith("b.png") or view.mobile else f"//{view.section}{path}"


def _table(cells: list[str]) -> str:
    rows = [cells[start : start + 3] for start in range(0, len(cells), 3)]
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    rest = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows[1:])
    return f'<table border="1"><tr>{head}</tr>\n{rest}</table>'


def related_date(article: Article) -> str:
    """The day of ``article`` as related blocks print it."""
    return f"{article.published:%Y-%m-%d}"


def related_block(world: World, view: View, article: Article) -> str:
    """The block of promotions under (or in) the body; empty where the article has none."""
    items = world.related(article)
    if not items:
        return ""
    shape = article.shape
    markup = "links" if view.mobile or shape.template == "mobile" else shape.markup
    word = shape.heading
    head = {
        "strong": f"<p><strong>{word}</strong></p>",
        "font": f'<font size="4" color="#c00">{word}</font><br>',
        "div": f'<div class="tit">{word}</div>',
    }.get(shape.head, f"<{shape.head}>{word}</{shape.head}>")
    drawn = []
    for position, item in enumerate(items, 1):
        href = view.link(item, position + abs(article.k))
        title = escape(world.title(item), quote=False)
        summary = escape(world.teaser(item), quote=False) if shape.summaries else ""
        drawn.append(
            _ITEMS[markup](
                href, title, summary, related_date(item), f"/upload/{related_date(item)[:7]}/t{position}.jpg"
            )
        )
    inner = "\n".join(drawn)
    if markup == "list":
        inner = f"<ul>\n{inner}\n</ul>"
    frame = _FRAMES[abs(article.k) % len(_FRAMES)]
    return f'<div class="{frame}">\n{head}\n{inner}\n</div>' if frame else f"{head}\n{inner}\n"


_FRAMES = ("more-hot", "c-box12", "", "news_tj", "", "box")
"""The class of the element around the block, which says nothing; empty: there is none."""


def _as_link(href: str, title: str, summary: str, date: str, image: str) -> str:
    middle = f"{summary}<br>\n" if summary else ""
    return f'<a href="{href}">{title}</a><br>\n{middle}{date}<br><br>'


def _as_list(href: str, title: str, summary: str, date: str, image: str) -> str:
    middle = f"<p>{summary}</p>" if summary else ""
    return f'<li><a href="{href}" target="_blank">{title}</a>{middle}<span>{date}</span></li>'


def _as_picture(href: str, title: str, summary: str, date: str, image: str) -> str:
    middle = f'<p class="intro">{summary}</p>' if summary else ""
    return (
        f'<div class="item"><a class="pic" href="{href}"><img src="{image}" alt=""></a>'
        f'<div class="txt"><h4><a href="{href}">{title}</a></h4>{middle}<em>{date}</em></div></div>'
    )


_ITEMS = {"links": _as_link, "list": _as_list, "pictures": _as_picture}
