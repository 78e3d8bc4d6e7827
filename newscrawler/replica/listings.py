"""The pages that list articles: home pages and channels, each style with its own pager and dates."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from . import chrome, text
from .links import View
from .world import CHANNELS, Article, Channel, World

PDF_PATH = "/upload/2025-09/whitepaper.pdf"
FOREIGN_URL = "https://news.example.invalid/html/2025-09/55512345.html"
ON_HOME = 15


def page_path(channel: Channel, number: int) -> str:
    """The address of page ``number`` of ``channel`` on its host."""
    if number == 1:
        return channel.path
    if channel.style == "blocks":
        return f"{channel.path}{'&' if '?' in channel.path else '?'}page={number}"
    return f"{channel.path.removesuffix('index.html')}index_{number}.html"


def page_of(section: str, path: str, query: str) -> tuple[Channel, int] | None:
    """Which channel and page an address of ``section`` names, if any."""
    fields = dict(pair.partition("=")[::2] for pair in query.split("&") if pair)
    number = fields.pop("page", "1")
    if not number.isdigit():
        return None
    rest = "&".join(f"{name}={value}" for name, value in fields.items())
    for channel in CHANNELS:
        if channel.host != section:
            continue
        if channel.style == "blocks":
            if channel.path in {f"{path}?{rest}", path}:
                return channel, int(number)
            continue
        folder = channel.path.removesuffix("index.html")
        if path in {folder, f"{folder}index.html"}:
            return channel, 1
        inner = path.removeprefix(f"{folder}index_").removesuffix(".html")
        if path.startswith(folder) and inner.isdigit():
            return channel, int(inner)
    return None


def pages(world: World, channel: Channel) -> int:
    """How many pages ``channel`` has by now."""
    return max(1, -(-len(world.in_channel(channel)) // world.per_page))


def listing(world: World, view: View, channel: Channel, number: int) -> str | None:
    """Page ``number`` of ``channel`` as HTML, or None where there is none."""
    entries = world.in_channel(channel)
    last = pages(world, channel)
    if channel.endless:
        number = min(number, last)
    if not 1 <= number <= last:
        return None
    shown = entries[(number - 1) * world.per_page : number * world.per_page]
    on_top = world.sticky(channel) if channel.sticky == "every" or number == 1 else []
    draw = _STYLES[channel.style]
    rows = [draw(world, view, channel, article, "【置顶】") for article in on_top]
    rows += [draw(world, view, channel, article, "") for article in shown]
    if channel == CHANNELS[0] and number == 1:
        rows[2:2] = _strangers(world)
    opening, closing = {"blocks": ('<div class="list">', "</div>"), "table": ("<table>", "</table>")}.get(
        channel.style, ("<div>", "</div>")
    )
    inside = (
        f'<div class="crumb"><a href="/">首页</a> &gt; {channel.name}</div>\n'
        f"{opening}\n{chr(10).join(rows)}\n{closing}\n{_pager(channel, number, last)}"
    )
    title = f"{channel.name}-ITBear科技资讯"
    side = chrome.hot_list(world, view, channel.path)
    return chrome.page(view, title, None if channel.codec else "utf-8", inside, 8, side)


def home(world: World, view: View) -> str:
    """The home page of the view's section: the newest articles, a hot list, the navigation."""
    newest = [article for article, _ in zip(world.listed(view.section), range(ON_HOME), strict=False)]
    rows = [_block(world, view, article.channels[0], article, "") for article in newest]
    inside = f'<div class="list">\n{chr(10).join(rows)}\n</div>'
    if view.mobile:
        names = " ".join(f'<a href="{c.path}">{c.name}</a>' for c in CHANNELS if c.host == view.section)
        inside = f'<div class="channels">{names}</div>\n{inside}'
    return chrome.page(view, "ITBear科技资讯", "utf-8", inside, 10, chrome.hot_list(world, view, "home"))


def date_text(world: World, channel: Channel, article: Article) -> str:
    """The date of an entry in the spelling of ``channel``."""
    moment = article.published
    age = world.now - moment
    match CHANNELS.index(channel):
        case 0 if age < timedelta(hours=1):
            return f"{age // timedelta(minutes=1)}分钟前"
        case 0 if age < timedelta(hours=24):
            return f"{age // timedelta(hours=1)}小时前"
        case 1:
            return f"{moment:%Y-%m-%d %H:%M}"
        case 2:
            return f"{moment.year}/{moment.month}/{moment.day}"
        case 3 | 6:
            return f"{moment:%m-%d}"
        case 4:
            return f"[{moment:%m-%d %H:%M}]"
        case 5:
            return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment:%Y-%m-%d}"


def _strangers(world: World) -> list[str]:
    """Entries that lead to no article of the site."""
    rows = [
        f'<div class="item"><h3><a href="{FOREIGN_URL}">友站专稿：外站的一条消息</a></h3>'
        f'<p>这条消息在别的网站上。</p><span class="time">2025-09-30</span></div>'
    ]
    if world.with_faults:
        rows.append(
            f'<div class="item"><h3><a href="{PDF_PATH}">年度白皮书下载（PDF）</a></h3>'
            f'<p>完整版请下载附件。</p><span class="time">2025-09-30</span></div>'
        )
    return rows


def _title(world: World, article: Article, length: int) -> str:
    return escape(text.summary(world.title(article), length), quote=False)


def _block(world: World, view: View, channel: Channel, article: Article, mark: str) -> str:
    href = view.link(article, abs(article.k) // 6)
    title = _title(world, article, 18 if abs(article.k) // 6 % 3 == 0 else 99)
    image = f'<img src="/upload/{article.published:%Y-%m}/s.jpg" alt="">'
    return (
        f'<div class="item"><a class="pic" href="{href}">{image}</a>'
        f'<h3>{mark}<a href="{href}" target="_blank">{title}</a></h3>'
        f"<p>{escape(world.teaser(article, 60), quote=False)}</p>"
        f'<span class="time">{date_text(world, channel, article)}</span></div>'
    )


def _row(world: World, view: View, channel: Channel, article: Article, mark: str) -> str:
    href = view.link(article, abs(article.k) // 6)
    return (
        f'<tr><td>{mark}<a href="{href}">{_title(world, article, 22)}</a></td>'
        f"<td>{date_text(world, channel, article)}</td></tr>"
    )


def _term(world: World, view: View, channel: Channel, article: Article, mark: str) -> str:
    href = view.link(article, abs(article.k) // 6)
    date = date_text(world, channel, article)
    return (
        f'<dl><dt>{mark}<a href="{href}">{_title(world, article, 99)}</a><em>{date}</em></dt>'
        f"<dd>{escape(world.teaser(article, 48), quote=False)}</dd></dl>"
    )


_STYLES = {"blocks": _block, "table": _row, "terms": _term}


def _pager(channel: Channel, number: int, last: int) -> str:
    near = range(max(1, number - 2), min(last, number + 2) + 1)
    numbers = " ".join(
        f"<b>{n}</b>" if n == number else f'<a href="{escape(page_path(channel, n))}">{n}</a>' for n in near
    )
    counter = f"<span>{number}/{last}</span>"
    if channel.endless:
        return f'<div class="pager">{counter} {numbers}</div>'
    before = f'<a href="{escape(page_path(channel, number - 1))}">上一页</a>' if number > 1 else ""
    after = f'<a href="{escape(page_path(channel, number + 1))}">下一页</a>' if number < last else ""
    if channel.style == "blocks":
        return f'<div class="pager">{before} {numbers} {counter} {after}</div>'
    return f'<div class="page">{before} {after}</div>'
