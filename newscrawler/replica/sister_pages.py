"""The pages of the sister sites: two layouts that share no markup with ITBEAR's, nor with each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from urllib.parse import parse_qs

from . import ways
from .sisters import Stories, Story
from .ways import Drawn

PER_PAGE = 12


def draw(stories: Stories, now: datetime, path: str, query: str) -> Drawn | None:
    """The page at an address of a sister; None where there is none."""
    sister = stories.sister
    story = stories.find(now, path, query)
    html = (
        _ARTICLE[sister.layout](stories, story)
        if story
        else _LISTING[sister.layout](stories, now, path, query)
    )
    if html is None:
        return None
    declared = sister.codec == "utf-8"
    kind = "text/html; charset=utf-8" if declared else "text/html"  # the old ones say it in the page alone
    return Drawn(html.encode(sister.codec, "xmlcharrefreplace"), kind)


def _text(words: str) -> str:
    return escape(words, quote=False)


def _listed(stories: Stories, now: datetime, channel: str, number: int) -> tuple[list[Story], bool]:
    """What page ``number`` of a channel shows (of all, without one), and whether it leads to an older one."""
    found = stories.listed(now, channel or None)
    size = PER_PAGE
    if stories.sister.other_ways:
        found, size = [story for story in found if ways.is_listed(story)], ways.JSON_ENTRIES
    end = number * size
    return found[end - size : end], bool(channel) and end < len(found)


def _head(stories: Stories, title: str) -> str:
    charset = "utf-8" if stories.sister.codec == "utf-8" else "gb2312"
    feeds = ways.HEAD if stories.sister.other_ways else ""
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; '
        f'charset={charset}">\n<title>{_text(title)}</title>\n{feeds}</head>\n'
    )


# --- portal: /a/20250930/123456.shtml, lists and sections, dates as 2025年09月30日 -------------------


def _portal_page(stories: Stories, title: str, inside: str) -> str:
    links = "".join(f'<a href="/{name}/">{shown}</a>' for name, shown in stories.sister.channels)
    foot = f"Copyright 2025 {stories.sister.title} 版权所有"  # all rights reserved
    return (
        f'{_head(stories, title)}<body>\n<nav class="bar"><a href="/">首页</a>{links}'
        f'<a href="/about.shtml">关于我们</a></nav>\n<main>\n{inside}\n</main>\n'
        f"<footer>{foot}</footer>\n</body>\n</html>\n"
    )


def _portal_listing(stories: Stories, now: datetime, path: str, query: str) -> str | None:
    """The home page ``/``, a channel ``/tech/``, its older pages ``/tech/index_2.shtml``."""
    channel, _, name = path.strip("/").partition("/")
    names = dict(stories.sister.channels)
    if channel and channel not in names:
        return None
    number = int(name.removeprefix("index_").removesuffix(".shtml") or 1) if name else 1
    if number > 1 and stories.sister.other_ways:
        return None  # older ones come as JSON
    shown, more = _listed(stories, now, channel, number)
    if not shown:
        return None
    entries = "\n".join(
        f'<li><h3><a href="{s.path}" target="_blank">{_text(s.title)}</a></h3><p>{_text(s.teaser)}</p>'
        f"<time>{s.published:%Y年%m月%d日}</time></li>"
        for s in shown
    )
    older = f'<div class="turn"><a href="/{channel}/index_{number + 1}.shtml">下一页</a></div>'
    pager = (ways.button(channel) if stories.sister.other_ways else older) if more else ""
    title = "_".join(filter(None, (names.get(channel, ""), stories.sister.title)))
    return _portal_page(stories, title, f'<ul class="flow">\n{entries}\n</ul>\n{pager}')


def _portal_article(stories: Stories, story: Story) -> str:
    name, channel = story.channel
    body = "\n".join(f"<p>　　{_text(line)}</p>" for line in story.paragraphs)
    items = "\n".join(
        f'<li><a href="{i.path}">{_text(i.title)}</a><span>{_text(i.teaser)}</span>'
        f"<em>{i.published:%Y年%m月%d日}</em></li>"
        for i in stories.related(story)
    )
    inside = (
        f'<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/{name}/">{channel}</a> &gt; '
        "正文</div>\n"
        f"<article>\n<h1>{_text(story.title)}</h1>\n"
        f'<div class="from"><span>{story.published:%Y年%m月%d日 %H:%M}</span>'
        f"<span>来源：{story.source}</span><span>责任编辑：{story.hand}</span></div>\n<section>\n{body}\n</section>\n</article>\n"
        f'<aside class="about"><h4>{story.sister.heading}</h4>\n<ul>\n{items}\n</ul></aside>'
    )
    return _portal_page(stories, f"{story.title}_{channel}_{story.sister.title}", inside)


# --- query: /show.php?id=123456, tables, dates as 2025/9/30 8:05 -------------------------------------


def _query_page(stories: Stories, title: str, inside: str) -> str:
    links = " | ".join(
        f'<a href="list.php?cid={name}">{shown}</a>' for name, shown in stories.sister.channels
    )
    return (
        f'{_head(stories, title)}<body bgcolor="#ffffff">\n<table width="980"><tr><td>'
        f'<a href="/">网站首页</a> | {links}</td></tr></table>\n{inside}\n'
        f"<center>{stories.sister.title} 版权所有</center>\n</body>\n</html>\n"
    )


def _query_listing(stories: Stories, now: datetime, path: str, query: str) -> str | None:
    """The home page ``/``, a channel ``/list.php?cid=1``, its older pages ``&page=2``."""
    asked = parse_qs(query)
    channel = asked.get("cid", [""])[0] if path == "/list.php" else ""
    names = dict(stories.sister.channels)
    if path not in {"/", "/list.php"} or (path != "/" and channel not in names):
        return None
    number = int(asked.get("page", ["1"])[0])
    shown, more = _listed(stories, now, channel, number)
    if not shown:
        return None
    entries = "\n".join(
        f'<tr><td>·<a href="show.php?id={s.number}&amp;from=list">{_text(s.title)}</a></td>'
        f"<td>{_slashed(s.published)}</td></tr>"
        for s in shown
    )
    pager = (
        f'<p align="center"><a href="list.php?cid={channel}&amp;page={number + 1}">下页</a></p>'
        if more
        else ""
    )
    title = "-".join(filter(None, (names.get(channel, ""), stories.sister.title)))
    return _query_page(stories, title, f'<table class="lb">\n{entries}\n</table>\n{pager}')


def _query_article(stories: Stories, story: Story) -> str:
    channel = story.channel[1]
    body = "<br><br>\n".join(f"　　{_text(line)}" for line in story.paragraphs)
    items = "\n".join(
        f'<tr><td><a href="show.php?id={i.number}">{_text(i.title)}</a><br>{_text(i.teaser)}'
        f"<br>{_slashed(i.published)}</td></tr>"
        for i in stories.related(story)
    )
    inside = (
        f'<table width="980" id="main"><tr><td align="center"><b><font size="5">{_text(story.title)}'
        f'</font></b></td></tr>\n<tr><td align="center">发布时间：{_slashed(story.published)} '
        f"{story.published.hour}:{story.published:%M} | "
        f"文章来源：{story.source} | 作者：{story.hand}</td></tr>\n"
        f"<tr><td>\n{body}\n</td></tr></table>\n"
        f'<table class="like"><tr><th>{story.sister.heading}</th></tr>\n{items}\n</table>'
    )
    return _query_page(stories, f"{story.title}-{channel}-{story.sister.title}", inside)


def _slashed(moment: datetime) -> str:
    return f"{moment.year}/{moment.month}/{moment.day}"


_LISTING: dict[str, Callable[[Stories, datetime, str, str], str | None]] = {
    "portal": _portal_listing,
    "query": _query_listing,
}
_ARTICLE: dict[str, Callable[[Stories, Story], str]] = {"portal": _portal_article, "query": _query_article}
