"""What stands around every page: head, navigation, side bars, footer, in both templates."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from . import text
from .links import View
from .world import CHANNELS, FINANCE, MOBILE, WWW, Article, World

OTHER_PAGES = {
    "/about.html": "关于我们",
    "/contact.html": "联系我们",
    "/ad.html": "广告服务",
    "/app/": "APP下载",
    "/login.aspx": "登录",
    "/sitemap.html": "网站地图",
    "/search/?q=5G": "搜索",
}
"""Navigation that leads to no listing; /search/ is disallowed by robots.txt."""


def page(
    view: View, title: str, meta: str | None, inside: str, weight: int, side: str = "", mobile: bool = False
) -> str:
    """A whole page: ``inside`` in its frame, about ``weight`` KB heavier; ``meta``: declared charset."""
    charset = {
        None: "",
        "gb2312": '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">\n',
    }.get(meta, f'<meta charset="{meta}">\n')
    if view.mobile or mobile:
        return (
            f"<!DOCTYPE html>\n<html>\n<head>\n{charset}<title>{escape(title, quote=False)}</title>\n"
            f'<meta name="viewport" content="width=device-width,initial-scale=1">\n</head>\n<body>\n'
            f'<div class="logo">ITBEAR科技资讯</div>\n<div class="nav">{_mobile_navigation(view)}</div>\n'
            f"{inside}\n</body>\n</html>\n"
        )
    return (
        f"<!DOCTYPE html>\n<html>\n<head>\n{charset}<title>{escape(title, quote=False)}</title>\n"
        f"{_filler(weight // 2)}</head>\n<body>\n{_header(view)}\n"
        f'<div class="wrap">\n<div class="left">\n{inside}\n</div>\n'
        f'<div class="right">\n{side}\n</div>\n</div>\n'
        f"{_footer(view)}\n{_filler(weight - weight // 2)}</body>\n</html>\n"
    )


@lru_cache(maxsize=8)
def _filler(weight: int) -> str:
    """About ``weight`` KB of style and script, as real pages carry them."""
    rules = "\n".join(
        f".c{n}{{margin:{n % 9}px;padding:{n % 7}px 0;color:#{n % 4096:03x}}}" for n in range(weight * 10)
    )
    code = "\n".join(f"window.stat_{n}=function(a,b){{return a*{n}+b}};" for n in range(weight * 10))
    return f"<style>\n{rules}\n</style>\n<script>\n{code}\n</script>\n" if weight > 0 else ""


@lru_cache(maxsize=64)
def _mobile_navigation(view: View) -> str:
    finance = "" if view.direct else f'<a href="https://{MOBILE[FINANCE]}/">财经资讯</a> '
    home = "/" if view.section == WWW else f"https://{MOBILE[WWW]}/"
    return (
        f'<a href="{home}">网站首页</a> <a href="{home}">科技资讯</a> {finance}'
        f'<a href="javascript:share()">分享好友</a>'
    )


@lru_cache(maxsize=64)
def _header(view: View) -> str:
    entries = ['<a href="/">首页</a>']
    entries += [f'<a href="{c.path}">{c.name}</a>' for c in CHANNELS if c.host == view.section]
    if not view.direct:
        other = FINANCE if view.section == WWW else WWW
        entries.append(f'<a href="//{other}/">{"财经资讯" if other == FINANCE else "科技资讯"}</a>')
    entries += [f'<a href="{path}">{name}</a>' for path, name in OTHER_PAGES.items()]
    inner = "</li><li>".join(entries)
    return f'<div class="top"><a href="/" class="logo">ITBear</a><ul class="nav"><li>{inner}</li></ul></div>'


@lru_cache(maxsize=64)
def _footer(view: View) -> str:
    friends = "".join(
        f'<a href="http://friend{n}.example.invalid/" target="_blank">友站{n}号科技网</a> '
        for n in range(1, 13)
    )
    about = " | ".join(f'<a href="{path}">{name}</a>' for path, name in list(OTHER_PAGES.items())[:3])
    return (
        f'<div class="links"><b>友情链接</b> {friends}</div>\n<div class="footer">{about}<br>'
        f"Copyright 2025 ITBear科技资讯 版权所有 本站内容为自动生成的测试文字</div>"
    )


def hot_list(world: World, view: View, key: str) -> str:
    """The side bar's ten old articles; the same for a page as long as the world keeps its size."""
    count = world.counts[view.section]
    chance = text.rng(world.seed, "hot", key)
    entries = []
    for position in range(min(10, count // 2)):
        article = _fine(world, view.section, -count + chance.randrange(count // 2 or 1))
        title = escape(text.summary(world.title(article), 16), quote=False)
        entries.append(f'<li><i>{position + 1}</i><a href="{view.link(article, position)}">{title}</a></li>')
    return f'<div class="hot"><h3>热门文章</h3><ul>{"".join(entries)}</ul></div>'


def _fine(world: World, host: str, k: int) -> Article:
    """Article ``k``, or an older one when that one is broken."""
    while world.article(host, k).fault is not None:
        k -= 1
    return world.article(host, k)
