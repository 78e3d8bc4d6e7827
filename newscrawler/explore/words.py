"""The words of our pages in two languages: English is the key and the gloss, Chinese stands beside it.

The one place with Chinese for the reader. ``{n}`` and the like are filled in by the caller. What a site
said is never translated; the archive's own states, classes and reasons are. A test holds that every word
of the pages is here, and no other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Speak = Callable[..., str]

LANGUAGES = ("en", "zh")

CODES = {"en": "en", "zh": "zh-Hans"}
"""For the ``lang`` of a page."""

CHINESE = {
    # signs
    ", ": "，",
    ": ": "：",
    "; ": "；",
    ".": "。",
    # the frame
    "News archive": "新闻存档",
    "Archive": "存档",
    "Articles": "文章",
    "Days": "按日",
    "Queries": "查询",
    "Charts": "图表",
    "Skip to the text": "跳到正文",
    "Log out": "退出",
    "Kept by newscrawler, shown by": "由 newscrawler 保存，展示工具：",
    "Feed": "订阅",
    "Search": "搜索",
    "Find": "查找",
    "Show": "显示",
    "Day": "日期",
    # home
    "{n} articles": "{n} 篇文章",
    "articles": "文章",
    "published": "发布时间",
    "to {day}": "至 {day}",
    "sources": "来源",
    "promoted items": "推荐条目",
    "1 article of {day}": "{day} 的 1 篇文章",
    "{n} articles of {day}": "{day} 的 {n} 篇文章",
    "Last crawl": "最近一次抓取",
    "after {time}": "用时 {time}",
    "{n} new": "新增 {n}",
    "{n} updated": "更新 {n}",
    "{n} unchanged": "未变 {n}",
    "{n} failed": "失败 {n}",
    "All crawls": "全部抓取记录",
    "A crawl of {spider} runs since": "{spider} 正在抓取，开始于",
    "last sign of life": "最近活动",
    "No crawl has been recorded yet. Start one:": "还没有抓取记录。开始一次：",
    "finished": "正常结束",
    "died before its end": "中途中断",
    "interrupted": "被打断",
    "ended by its time budget": "到达时限",
    "ended by its page budget": "到达页数上限",
    "Newest": "最新",
    "All articles, newest first": "全部文章（最新在前）",
    "No articles yet.": "还没有文章。",
    "Latest days": "最近几天",
    "All days": "全部日期",
    "Sources lately": "近期来源",
    "All sources": "全部来源",
    "Look further": "更多",
    "Sources": "来源",
    "Categories": "栏目",
    "Editors": "编辑",
    "Sites": "站点",
    "Ledger of addresses": "网址台账",
    "Quarantine": "隔离页面",
    "Crawls": "抓取记录",
    "Listing channels": "列表频道",
    "Ready queries": "现成查询",
    "All queries": "全部查询",
    "For programs": "供程序使用",
    "Tables and SQL": "数据表与 SQL",
    "Atom feed of changes": "改稿 Atom 订阅",
    "Atom feed of new articles": "新文章 Atom 订阅",
    "undated": "无日期",
    # list
    "1 article": "1 篇文章",
    "More than {n} articles": "超过 {n} 篇文章",
    "Filters in force": "当前筛选",
    "Remove the filter {filter}": "取消筛选：{filter}",
    "Newest first": "最新在前",
    "newest first": "最新在前",
    "oldest first": "最早在前",
    "By {column}": "按 {column}",
    "Narrow down": "缩小范围",
    "Nothing fits.": "没有符合条件的文章。",
    "What stands between spaces must all be there: fewer or shorter words find more.": (
        "用空格分开的词必须全部出现；词少一些、短一些，能找到更多。"
    ),
    "There is no word in it that is to be found; a minus only leaves out.": (
        "其中没有要找的词；减号只用来排除。"
    ),
    "What this may stand for": "可能所指",
    "Archived from this address:": "此网址已存档：",
    "No article is archived from this address; what is known of it: {state}": (
        "此网址没有存档的文章；台账中的状态：{state}"
    ),
    "No article is archived from this address.": "此网址没有存档的文章。",
    "{n} articles of {first} to {last}": "{first} 至 {last} 的 {n} 篇文章",
    "The same search without filters": "取消筛选，只搜索",
    "Next page": "下一页",
    "Show all": "显示全部",
    "more…": "更多…",
    "Too many to count here.": "数量太多，此处不统计。",
    "Count by": "分类统计",
    "These articles as": "导出这些文章",
    "a table with all columns and filters": "完整表格（全部列与筛选）",
    "a feed": "订阅源",
    "CSV for Excel": "CSV（Excel 用）",
    "CSV: the first 1,000. All of them: newscrawler export": (
        "CSV 只含前 1,000 篇；要全部，用 newscrawler export"
    ),
    "Source": "来源",
    "Category": "栏目",
    "Editor": "编辑",
    "Author": "作者",
    "Site": "站点",
    "Title": "标题",
    "Time": "时间",
    "is not": "不是",
    "contains": "包含",
    "begins with": "开头是",
    "ends with": "结尾是",
    "from": "不早于",
    "until": "不晚于",
    "after": "晚于",
    "before": "早于",
    "is unknown": "未知",
    "is known": "已知",
    "on": "在",
    # what is wrong
    "There is nothing at this address.": "此网址没有页面。",
    "This is no SQL that can be run.": "这条 SQL 无法执行。",
    "This takes longer than a query may.": "查询超过了时限。",
    "This cannot be shown as it was asked for.": "无法按此要求显示。",
    "There is no such article": "没有这篇文章",
    "There is no such revision": "没有这一版",
    "There is no such day": "没有这一天",
    "There is no such chart": "没有这张图表",
    "There is no archive here": "这里没有存档",
    # article
    "An exact copy of": "与以下更早的文章完全相同：",
    "Gone from the site since {time}. This is what it said.": "自 {time} 起已从网站消失，以下是存档内容。",
    "Changed after it was published: this is revision {n}, first seen {time}.": (
        "发布后有改动：这是第 {n} 版，首次见于 {time}。"
    ),
    "What changed": "改了什么",
    "This is what revision {n} said, seen {first} to {last}.": (
        "这是第 {n} 版的内容，见于 {first} 至 {last}。"
    ),
    "What it says now": "现在的内容",
    "Picture:": "图片：",
    "Pictures": "图片",
    "The page has no text.": "页面没有正文。",
    "At the site:": "原文：",
    "archived": "已存档",
    "not archived": "未存档",
    "at the site": "原文",
    "Related items": "推荐条目",
    "The related items under the article, seen {first}.": "文章下方的推荐条目，见于 {first}。",
    "The related items under the article, seen {first} to {last}.": (
        "文章下方的推荐条目，见于 {first} 至 {last}。"
    ),
    "Before: seen {first}": "此前：见于 {first}",
    "Before: seen {first} to {last}": "此前：见于 {first} 至 {last}",
    "Promoted by": "被以下文章推荐",
    "Too many articles to list.": "文章太多，无法列出。",
    "at position {n}": "第 {n} 位",
    "seen {first}": "见于 {first}",
    "seen {first} to {last}": "见于 {first} 至 {last}",
    "The latest {n}.": "最近 {n} 篇。",
    "All": "全部",
    "No archived article had it among its related items.": "没有已存档的文章推荐过它。",
    "When it was promoted": "何时被推荐",
    "Exact copies": "完全相同的文章",
    "The same story told by others": "同一新闻的其他版本",
    "{n} % alike": "相似度 {n}%",
    "Other addresses": "其他网址",
    "Record": "存档记录",
    "First seen": "首次见到",
    "crawl {n}": "第 {n} 次抓取",
    "Last seen": "最近见到",
    "Revision": "版本",
    "Raw pages": "原始网页",
    "{file}, from byte {n}": "{file}，起始字节 {n}",
    "Dateline": "题注",
    "Encoding": "编码",
    "Number": "编号",
    "Neighbouring articles": "相邻文章",
    "Newer": "较新",
    "Older": "较旧",
    # what changed
    "What changed in “{title}”": "“{title}”改了什么",
    "Back to the article": "返回文章",
    "It has not changed since it was first seen.": "自首次见到以来没有改动。",
    "Revision {new}, first seen {time}": "第 {new} 版，首次见于 {time}",
    "Revision {n} in full": "第 {n} 版全文",
    "The text before was last seen {time}.": "此前的内容最后见于 {time}。",
    "was": "原为",
    "is": "现为",
    "unknown": "未知",
    "Text": "正文",
    "{n} paragraphs unchanged": "{n} 段未变",
    "1 paragraph unchanged": "1 段未变",
    "Removed words are struck through, added ones underlined.": "删除的文字带删除线，新增的文字带下划线。",
    # days
    "{n} published": "发布 {n} 篇",
    "Published": "发布",
    "Promoted on this day": "当天被推荐",
    "Nothing was published.": "当天没有发布文章。",
    "Nothing was seen promoted.": "当天没有见到推荐。",
    "{n} times": "{n} 次",
    "The first {n}.": "前 {n} 篇。",
    "All of this day": "当天全部文章",
    "Earlier day": "前一天",
    "Later day": "后一天",
    "Neighbouring days": "相邻日期",
    "Articles by day": "各日文章数",
    "Earlier": "更早",
    # names
    "{n} names": "共 {n} 个",
    "The {n} with the most articles.": "文章最多的 {n} 个。",
    # queries and charts
    "Queries ready to use": "现成查询",
    "Charts of the archive": "存档图表",
    "Every query can be had as a table, JSON and CSV; empty fields take what the sentence says.": (
        "每个查询都可导出为表格、JSON 与 CSV；留空的字段按说明取值。"
    ),
    "Run": "运行",
    "{n} rows": "{n} 行",
    "Rows {first} to {last}": "第 {first} 至 {last} 行",
    "Previous page": "上一页",
    "1 row": "1 行",
    "The first {n} rows.": "前 {n} 行。",
    "Nothing found.": "没有结果。",
    "The query behind it": "查询语句",
    "Change it": "修改查询",
    "As a chart": "看图表",
    "As a table": "看表格",
    "Today": "今日",
    "What was published on a day, the latest first. Empty: the newest day.": (
        "某一天发布的文章，最新在前。留空：最新一天。"
    ),
    "Most promoted this week": "本周推荐最多",
    "What the site pushed most in the week up to a day. Empty: up to the newest crawl. At most the 20,000"
    " latest blocks are counted.": (
        "截至某日一周内网站推荐最多的条目。留空：截至最近一次抓取。最多统计最近 2 万个推荐区块。"
    ),
    "Promoted on a day": "某日推荐",
    "What stood among the related items on a day, by how many articles, from when to when. Empty: the"
    " newest day. At most the 20,000 blocks of the month before are counted.": (
        "某一天的推荐条目：由多少篇文章、从何时到何时推荐。留空：最新一天。最多统计此前一个月的 2 万个区块。"
    ),
    "Promoted under another title": "换题推荐",
    "Titles of related items that the article itself never had, in the month up to a day. Empty: the"
    " newest. At most the 5,000 blocks seen last are looked at.": (
        "截至某日一个月内推荐时显示、而文章本身从未用过的标题。留空：最新一天。最多查看最近 5 千个区块。"
    ),
    "Promoted but never listed": "被推荐但未列出",
    "Related items that no listing has shown, in the month up to a day. Empty: the newest. At most the"
    " 3,000 most promoted of 5,000 blocks are looked at.": (
        "截至某日一个月内被推荐、但没有任何列表页显示过的条目。留空：最新一天。最多查看推荐最多的 3 千条。"
    ),
    "Promoted but never archived": "被推荐但未存档",
    "Related items that led to no archived article, the latest first; at most 200.": (
        "从未存档的推荐条目，最新在前，最多 200 条。"
    ),
    "Silent edits": "悄悄改稿",
    "The text changed, the printed time did not. The latest change first.": (
        "正文改了，页面上的时间没有变；最近的改动在前。"
    ),
    "Vanished": "已消失",
    "Articles that the site took away, the latest first. The archive keeps what they said.": (
        "网站撤下的文章，最近的在前；存档保留了内容。"
    ),
    "Near-duplicate clusters": "近似重复",
    "Stories told more than once, the newest first.": "多次出现的同一新闻，最新在前。",
    "Sources over time": "各来源变化",
    "Articles of a source by month. Empty: the twelve largest sources in the last year.": (
        "某来源每月的文章数。留空：最大的十二个来源最近一年的情况。"
    ),
    "Titles that changed": "改过的标题",
    "What a headline said before, the latest change first.": "标题原来怎么写，最近的改动在前。",
    "Crawl health": "抓取健康状况",
    "The last hundred crawls: how they ended and what they brought.": "最近一百次抓取：如何结束、带回多少。",
    "Completeness by month": "各月完整度",
    "What became of the ids between the first and the last known one of each month; an id that nobody has"
    " asked for may be an article or nothing.": (
        "每月首末两个已知编号之间各编号的下落；从未询问过的，可能是文章，也可能什么都没有。"
    ),
    "What became of the ids of the last sixty months: archived, without an article, still to be had,"
    " never asked for.": "最近六十个月各编号的下落：已存档、没有文章、尚待取得、从未询问。",
    "No article": "没有文章",
    "Pending or failed": "待抓取或失败",
    "Pending and failures": "待抓取与失败",
    "Addresses that are not archived, and why.": "没有存档的网址及原因。",
    "Articles per day and source": "每日各来源文章数",
    "How many articles of the last sixty days there are, and of which sources.": "最近六十天各来源的文章数。",
    "Hour of the day": "一天中的时段",
    "At which hour the articles of the last ninety days were published, at most the newest 50,000.": (
        "最近九十天文章的发布时刻，最多统计最新的 5 万篇。"
    ),
    "New, updated and failed pages of the last sixty crawls.": "最近六十次抓取新增、更新与失败的页面。",
    "Promotion life lines": "推荐生命线",
    "From when to when the most promoted items of the last week were shown.": (
        "最近一周推荐最多的条目从何时展示到何时。"
    ),
    "Pages that promoted it, by the day on which they were seen.": "推荐它的页面数（按见到的日期）。",
    "others": "其他",
    # columns of the queries
    "Address": "网址",
    "Host": "主机",
    "First id": "首个编号",
    "Last id": "末个编号",
    "Archived": "已存档",
    "Gone": "已消失",
    "Pending": "待抓取",
    "Set apart": "另存",
    "No page": "无此页面",
    "Untried": "未询问",
    "Times": "次数",
    "Pages": "页面数",
    "Best position": "最佳位置",
    "Articles that promoted it": "推荐它的文章数",
    "Title shown": "显示的标题",
    "First seen promoted": "首次被推荐",
    "Last seen promoted": "最近被推荐",
    "Vanished on": "消失于",
    "Changed on": "改动于",
    "Title before": "原标题",
    "Copies": "篇数",
    "Least alike": "最低相似度",
    "Month": "月份",
    "Started": "开始",
    "Ended": "结束",
    "Spider": "爬虫",
    "Ending": "结局",
    "New": "新增",
    "Updated": "更新",
    "Unchanged": "未变",
    "Failed": "失败",
    "Requests": "请求数",
    "State": "状态",
    "Attempts": "尝试次数",
    "Error": "错误",
    "Detail": "详情",
    "Due": "下次时间",
    "Discovered": "发现于",
    "Date shown": "显示日期",
    "Hour": "时",
    "Changed": "改动项",
    "Code": "代码",
    # states of addresses
    "pending": "待抓取",
    "failed": "失败",
    "gone": "已消失",
    "quarantined": "已隔离",
    "disallowed": "不允许抓取",
    # classes of failures
    "dns": "域名无法解析",
    "connect": "无法连接",
    "tls": "证书或加密被拒",
    "timeout": "超时",
    "reset": "连接中断",
    "short_body": "页面不完整",
    "too_large": "页面过大",
    "throttled": "被限流",
    "http_3xx": "无效跳转",
    "http_4xx": "网站拒绝（4xx）",
    "http_5xx": "服务器出错（5xx）",
    "redirect": "跳转",
    "robots": "robots.txt 不允许",
    "offsite": "站外网址",
    "ignored": "未发出",
    "empty_listing": "列表为空",
    "not_a_feed": "不是订阅源",
    "not_a_sitemap": "不是站点地图",
    "site_rule": "程序出错",
    "archive": "存档写入失败",
    "other": "其他原因",
    "before_since": "早于指定日期",
    "forgotten": "已移除",
    "soft_404": "页面不存在",
    "login_wall": "需要登录",
    "empty": "没有内容",
    "no_body": "没有正文",
    "no_dateline": "没有日期行",
    "charset": "编码错误",
    "not_html": "不是网页",
    "not_an_article": "不是文章",
    "redirected_home": "跳转到首页",
    # reasons of other addresses
    "http": "http 网址",
    "mobile": "手机版网址",
    "twin": "取自手机版",
    "bare_host": "不带 www",
    "query": "带多余参数",
    "fragment": "带页内位置",
    "part": "后续分页",
    "zeros": "带前导零",
    "form": "写法不同",
    "canonical": "页面自称的网址",
}


def speaker(language: str) -> Speak:
    """A function that says a word of CHINESE's keys in ``language`` and fills in what it is given."""

    def speak(word: str, **values: Any) -> str:
        said = CHINESE.get(word, word) if language == "zh" else word
        return said.format(**values) if values else said

    return speak


def language_of(datasette: Any, request: Any) -> str:
    """The language of a page: the plugin's setting, else the first the browser wants and we have."""
    wanted = (datasette.plugin_config("newscrawler") or {}).get("language")
    if wanted in LANGUAGES:
        return str(wanted)
    accepted = request.headers.get("accept-language", "") if request is not None else ""
    return next(
        (found for part in accepted.split(",") if (found := part.strip()[:2].lower()) in LANGUAGES), "en"
    )
