"""Article pages in both templates, and what some addresses show instead of one."""

from __future__ import annotations

from html import escape

from . import bodies, chrome, content, text
from .links import View
from .world import CHANNELS, Article, World

HUGE = 5_000_000


def article_page(world: World, view: View, article: Article, part: int, weight: int) -> str | None:
    """Part ``part`` of ``article`` under ``view``; None where there is no such part."""
    kind = article.fault.kind if article.fault else ""
    if kind == "empty":
        return ""
    if kind == "soft_404":
        return plain_page(view, "页面不存在", "抱歉，您访问的页面不存在或已被删除，3秒后返回首页。")
    if kind == "login_wall":
        return plain_page(view, "请登录", "登录后阅读全文。" + _LOGIN)
    if not 1 <= part <= article.shape.parts:
        return None
    mobile = view.mobile or article.shape.template == "mobile"
    inside = _gallery(view, article) if kind == "gallery" else _article(world, view, article, part, mobile)
    title = f"{world.title(article)}-{article.channels[0].name}-{article.shape.suffix}"
    side = "" if mobile else chrome.hot_list(world, view, article.key)
    html = chrome.page(view, title, article.shape.encoding.meta, inside, weight, side, mobile)
    if kind == "huge_page":
        junk = "var page_stat_cache = '" + "0123456789abcdef" * (HUGE // 32) + "';"
        html = html.replace("</head>", f"<script>{junk}</script></head>").replace(
            "</body>", f"<!-- {junk} --></body>"
        )
    return html


def encoded(html: str, article: Article) -> bytes:
    """``html`` in the bytes of ``article``; what its codec lacks becomes character references."""
    return html.encode(article.shape.encoding.codec, "xmlcharrefreplace")


def content_type(article: Article) -> str:
    """The Content-Type header of ``article``'s page."""
    charset = article.shape.encoding.header
    return f"text/html; charset={charset}" if charset else "text/html"


def plain_page(view: View, title: str, sentence: str) -> str:
    """A page that is no article and no listing."""
    inside = f'<div class="notice"><h2>{title}</h2><p>{sentence}</p><a href="/">返回首页</a></div>'
    return chrome.page(view, f"{title}-ITBear科技资讯", "utf-8", inside, 2)


def other_page(view: View, path: str) -> str | None:
    """The navigation's pages that list nothing, such as 关于我们; None for an unknown path."""
    names = {address.partition("?")[0]: name for address, name in chrome.OTHER_PAGES.items()}
    if path not in names:
        return None
    sentence = f"这里是{names[path]}页面，没有新闻。"
    if path == "/sitemap.html":
        sentence += " ".join(f'<a href="{c.path}">{c.name}</a>' for c in CHANNELS if c.host == view.section)
    return plain_page(view, names[path], sentence + (_LOGIN if path == "/login.aspx" else ""))


_LOGIN = (
    '<form action="/login.aspx"><input name="user"><input name="password" type="password">'
    "<button>登录</button></form>"
)


def _gallery(view: View, article: Article) -> str:
    pictures = "".join(
        f'<li><img src="/upload/2025-09/g{n}.jpg" alt=""><p>图{n}</p></li>' for n in range(1, 13)
    )
    return f'<div class="gallery"><ul>{pictures}</ul><span>1/12</span></div>'


def _article(world: World, view: View, article: Article, part: int, mobile: bool) -> str:
    title = escape(world.title(article), quote=False)
    found = content.in_parts(content.pieces(world, article), article.shape.parts)[part - 1]
    line, inner = bodies.dateline(world, article), bodies.body(view, article, found)
    block, ad = bodies.related_block(world, view, article), _advertisement(world, article)
    place = article.shape.place
    after = f"{ad if place.endswith('ad') else ''}\n{block}" if place.startswith("inside") else ""
    below = f"{ad if place.endswith('ad') else ''}\n{block}" if place.startswith("outside") else ""
    pager = _part_pager(article, part)
    if mobile:
        return (
            f"<h1>{title}</h1>\n<div>{line}</div>\n"
            f'<div id="content">\n{inner}\n{after}\n</div>\n{pager}\n{below}'
        )
    channel = article.channels[0]
    home = "/" if view.direct or view.section == article.host else f"https://{article.host}/"
    return (
        f'<div class="crumb">当前位置：<a href="{home}">首页</a> &gt; '
        f'<a href="{escape(channel.path)}">{channel.name}</a> &gt; 正文</div>\n'
        f'<div class="article">\n<h1>{title}</h1>\n<div class="info">{line}</div>\n'
        f'<div class="counter">阅读 {_views(world, article)} 次 <a href="#comments">评论</a></div>\n'
        f'<div id="content">\n{inner}\n{after}\n</div>\n{pager}\n'
        f'<div class="share">分享 <a href="javascript:;">微信</a> <a href="javascript:;">微博</a></div>\n'
        f"</div>\n{below}"
    )


def _part_pager(article: Article, part: int) -> str:
    if article.shape.parts == 1:
        return ""
    links = [
        f"<b>{n}</b>" if n == part else f'<a href="{article.part_path(n)}">{n}</a>'
        for n in range(1, article.shape.parts + 1)
    ]
    if part > 1:
        links.insert(0, f'<a href="{article.part_path(part - 1)}">上一页</a>')
    if part < article.shape.parts:
        links.append(f'<a href="{article.part_path(part + 1)}">下一页</a>')
    return f'<div class="pages">{" ".join(links)}</div>'


def _recount(world: World, article: Article) -> bool:
    edit = world.edit_of(article)
    return edit is not None and edit.kind == "counter"


def _views(world: World, article: Article) -> int:
    return text.rng(world.seed, "views", article.key, _recount(world, article)).randint(100, 90000)


def _advertisement(world: World, article: Article) -> str:
    number = 9 if _recount(world, article) else 3
    return f'<div class="gg"><a href="https://ads.example.invalid/c?id={number}">{content.AD_TEXT}</a></div>'
