# ruff: noqa: E501  (markup reads better unbroken)
"""The small print on whole pages: roles told by class words, time elements, bare dates, licence lines."""

from __future__ import annotations

import json

import pytest
from extract_pages import TITLE, P, page

from newscrawler.extract import as_json, read_article
from newscrawler.items import Article, Page

URL = "http://www.example.com/a/1.html"
FETCHED = "2024-05-15T04:00:00+00:00"


def article(dateline: str, body: str = P, url: str = URL, **more: str) -> Article:
    html = page(f'<h1>{TITLE}</h1><div class="d">{dateline}</div><div class="n">{body}</div>', **more)
    return read_article(Page(url, html.encode(), None, fetched_at=FETCHED))


def small(dateline: str, body: str = P) -> tuple[str | None, str | None, str | None]:
    found = article(dateline, body)
    return found.source, found.editor, found.author


@pytest.mark.parametrize(
    ("dateline", "want"),
    [
        ('<span class="source">海湾网</span><span class="author">周文</span>', ("海湾网", None, "周文")),
        ('<span class="author">周文</span><span>阅读 300</span>', (None, None, "周文")),
        ('<i class="laiyuan">Harbour</i><i class="zuozhe">李青</i><i id="bianji">周明</i>', ("Harbour", "周明", "李青")),
        ('<a href="/u/1" rel="author">李青</a><span itemprop="editor">周明</span>', (None, "周明", "李青")),
        ('<span class="author">海湾日报</span>', ("海湾日报", None, None)),
        ('文/李青 <a href="#c">评论(<em>4</em>)</a>', (None, None, "李青")),
        ('作者：李青 <a href="#c">评论(<em>4</em>)</a> <span>字体：<a>大</a><a>小</a></span>', (None, None, "李青")),
        ("海湾晚报", ("海湾晚报", None, None)),
        ("Posted by Lee", (None, None, "Lee")),
        ("<a>微博</a> <a>微信</a> <a>空间</a> <a>添加喜爱</a>", (None, None, None)),
        ("记者 李青 通讯员 周明", (None, None, "李青")),
        ("· 阅读 5 分钟", (None, None, None)),
        ('<span>发布于：海湾</span><span class="source">浙江省</span>', (None, None, None)),
        ('<em>北京</em>', (None, None, None)),
        ('<span>语音播报字号</span>', (None, None, None)),
        ('<span>23点赞</span>', (None, None, None)),
        ('<p>2024年5月12日 10:41</p><ul><li class="facebook"><a href="http://f.example/">Facebook</a></li><li><a href="http://t.example/">Twitter</a></li></ul>', (None, None, None)),
        ('2024年5月12日 10:41 <span>LINE</span> <span>Email</span>', (None, None, None)),
        ('<i>2024-05-13 10:38</i><ul><li><a href="/u/1">林晓枫</a></li></ul>', (None, None, "林晓枫")),
        ('<i>2024-05-13 10:38</i><p>林业局</p>', ("林业局", None, None)),
        ('<table><tr><td><b>作者</b> <a>李青</a> | <b>发布日期</b> <b>2024 年 05 月 13 日 8:30</b></td></tr></table>', (None, None, "李青")),
        ('<i>周文青 李明</i> / 综合报导 <i>发布时间：2024-05-13 19:45</i>', (None, None, "周文青")),
        ('<i>2024-05-13</i>发表 <a>按讚加入海灣網粉絲團</a>', (None, None, None)),
        ('<div class="byline">周文强 撰稿</div><div>2024-05-13 10:38</div>', (None, None, "周文强")),
        ('2024-05-13 10:38 <h4>AI 摘要</h4>', (None, None, None)),
        ('2024-05-13 10:38 <p>本页内容</p><ul><li><a href="#a">薄外套</a></li><li><a href="#b">离线地图</a></li></ul>', ("本页内容", None, None)),
        ('<a>记者 周文青</a>／海湾报导 <i>2024-05-13 10:38</i>', (None, None, "周文青")),
        ('<p>分类: <a href="/category/default/">默认分类</a></p>', (None, None, None)),
        ('<b>分类于</b> <a href="/x/">随笔</a> <b>本文字数：</b>2.1k <b>阅读时长 ≈</b>4 分钟', (None, None, None)),
        ('<span class="author"><a href="/c">海灣報</a>／ 記者<a href="/r">周文青</a>／台北即時報導</span>', ("海灣報", None, "周文青")),
        ("郑州", ("郑州", None, None)),
        ("周刊", ("周刊", None, None)),
        ('Mon, 周一', (None, None, None)),
        ('<a href="/u/1">李青</a> · 约 5 分钟读完', (None, None, "李青")),
        ('編輯／周明 圖／李青', (None, "周明", None)),
        ('撰文 李青 编辑 周明', (None, "周明", "李青")),
        ('作者：本报记者 李青 通讯员 周明', (None, None, "李青")),
        ('BBC', ("BBC", None, None)),
        ('来源于 <a href="/">海湾网</a>', ("海湾网", None, None)),
        ('<a href="/u/1"><b class="nickname">周文青</b></a>', (None, None, "周文青")),
        ('<a href="/edit">编辑</a> <a>收藏</a> <a>举报</a>', (None, None, None)),
        ('<span class="author vcard"><a href="/u/1">李青</a></span> <a href="/c/1" rel="category tag">新能源</a>', (None, None, "李青")),
    ],
)  # fmt: skip
def test_values_without_a_label(dateline: str, want: tuple[str | None, str | None, str | None]) -> None:
    assert small(f"<time>2024-05-13 09:27</time>{dateline}") == want


@pytest.mark.parametrize(
    ("stated", "shown", "want"),
    [
        ("2024-05-13T09:27:33+08:00", "2024年05月13日 09:27", "2024-05-13T09:27:33+08:00"),
        ("2024-05-13T01:27:33Z", "2024年05月13日", "2024-05-13T09:27:33+08:00"),
        ("2024-05-13T01:27:33Z", "2天前", "2024-05-13T09:27:33+08:00"),
        ("2024-05-13T00:00:00+08:00", "2024-05-13", "2024-05-13"),
        ("2024-05-13T08:00:00+08:00", "2024-05-13 09:27", "2024-05-13T09:27:00+08:00"),
        ("2024-05-12T09:27:33+08:00", "2024-05-13", "2024-05-13"),
        ("2022-05-13T09:27:33+08:00", "05-13", "2022-05-13T09:27:33+08:00"),
        ("2022-05-13", "5月13日 09:27", "2024-05-13T09:27:00+08:00"),
        ("gestern", "2024-05-13 09:27", "2024-05-13T09:27:00+08:00"),
    ],
)
def test_a_time_element_adds_what_agrees(stated: str, shown: str, want: str) -> None:
    assert article(f'<time datetime="{stated}">{shown}</time> 来源：海湾网').published_at == want


def test_of_two_time_elements_the_published_one() -> None:
    dateline = '最后更新 <time datetime="2024-05-14T08:00:00+08:00">2024-05-14 08:00</time> · 发布 <time datetime="2024-05-13T09:27:33+08:00">2024-05-13 09:27</time>'
    assert article(dateline).published_at == "2024-05-13T09:27:33+08:00"


@pytest.mark.parametrize(
    ("shown", "want", "precision"),
    [
        ("刚刚", "2024-05-15T12:00:00+08:00", "about minute"),
        ("8分钟前", "2024-05-15T11:52:00+08:00", "about minute"),
        ("3小时前", "2024-05-15", "about day"),
        ("昨天 23:57", "2024-05-14T23:57:00+08:00", "minute"),
    ],
)
def test_relative_times_in_a_box_of_their_own(shown: str, want: str, precision: str) -> None:
    found = article(
        f"<div><em>{shown}</em></div><div><i>来源</i><b>海湾网</b></div><div>编辑：<b>周明</b></div>"
    )
    assert (found.published_at, found.source, found.editor) == (want, "海湾网", "周明")
    assert found.published_precision == precision


def test_a_date_line_behind_the_text() -> None:
    found = article("来源：海湾网", P + "<p>2024-05-13 09:27:33</p>")
    assert found.published_at == "2024-05-13T09:27:33+08:00"
    assert "2024" not in found.body


def test_a_readers_date_is_no_date_line() -> None:
    comments = "<h3>评论</h3><div><b>读者</b><p>写得不错，值得一读！</p><time>2024-05-14 08:00</time></div>"
    assert article("来源：海湾网", P + comments).published_at is None


def test_a_licence_line_names_the_author() -> None:
    line = "<p>本文来自微信公众号“海湾视界”，作者：李青，本站经授权发布。</p>"
    assert small("2024-05-13 09:27 来源：海湾网", P + line) == ("海湾网", None, "李青")


@pytest.mark.parametrize(
    "line",
    [
        "文 | 李青",
        "文｜李青",
        "文/李青",
        "（作者：李青）",
        "记者 李青 通讯员 周明",
        "（海湾日报记者 李青 通讯员 周明）",
    ],
)
def test_the_author_signs_behind_the_text(line: str) -> None:
    assert small("2024-05-13 09:27 来源：海湾网", f"{P}<p>{line}</p>") == ("海湾网", None, "李青")


def test_a_label_in_the_dateline_gives_the_category() -> None:
    dateline = "2024-05-13 09:27 栏目：<a href='/lc/'>液冷</a> 来源：海湾网"
    assert article(dateline, title=TITLE).category == "液冷"


def test_json_gives_the_canonical_address() -> None:
    found = article("2024-05-13 09:27", url=f"{URL}?from=timeline#top")
    assert as_json(found, "x")["url"] == URL


@pytest.mark.parametrize(
    ("dateline", "want"),
    [
        ("作者：李青 发表于 2024-05-13 09:27", (None, None, "李青")),
        ("作者：李青发布于2024-05-13 09:27", (None, None, "李青")),
        ("發布時間：2024-05-13 09:27　記者：李青／台北報導", (None, None, "李青")),
        ("2024-05-13 09:27　记者：李青/综合报道", (None, None, "李青")),
    ],
)
def test_what_stands_behind_a_name_is_no_part_of_it(
    dateline: str, want: tuple[str | None, str | None, str | None]
) -> None:
    assert small(dateline) == want
    assert article(dateline).published_at == "2024-05-13T09:27:00+08:00"


def test_a_bare_date_beside_a_by_line_within_the_text_box() -> None:
    html = page(f"<article><h1>{TITLE}</h1><p>文 | 李青　编辑 | 周明</p><p>2024-05-13 09:27</p>{P}</article>")
    found = read_article(Page(URL, html.encode(), None, fetched_at=FETCHED))
    assert (found.published_at, found.author, found.editor) == ("2024-05-13T09:27:00+08:00", "李青", "周明")
    assert "2024" not in found.body


def test_an_english_by_line_over_chinese_text() -> None:
    found = article('By <a href="/u/1">李青</a>', head='<meta name="pubdate" content="2024-05-13 09:27">')
    assert (found.author, found.published_at) == ("李青", "2024-05-13T09:27:00+08:00")


@pytest.mark.parametrize("credit", ["*题图来源：视觉公司", "图片来源：视觉公司", "数据来源：统计公司"])
def test_where_a_picture_is_from_is_not_where_the_article_is_from(credit: str) -> None:
    assert article("2024-05-13 09:27", f"{P}<p>{credit}</p>").source is None


@pytest.mark.parametrize(
    ("above", "want"),
    [
        ('<a class="source"><b>海湾晚报</b></a>', ("海湾晚报", None, None)),
        ('<div class="author">周文</div>', (None, None, "周文")),
        ("<div>本报记者　周文</div>", (None, None, "周文")),
        ("<div>海湾新闻记者 周文</div>", (None, None, "周文")),
        ("<div>——来自海湾的调查</div><div>新能源</div>", (None, None, None)),
        ('<div class="author">浙江</div>', (None, None, None)),
    ],
)
def test_who_stands_between_headline_and_time(
    above: str, want: tuple[str | None, str | None, str | None]
) -> None:
    assert small(f'{above}<p class="t">2024-05-13 09:27</p>') == want


def test_a_name_behind_a_headline_under_the_time() -> None:
    html = page(
        f'<p>2024-05-13 09:27</p><h1>{TITLE}</h1><p class="card_author__name">周文</p><div class="n">{P}</div>'
    )
    found = read_article(Page(URL, html.encode(), None, fetched_at=FETCHED))
    assert (found.published_at, found.author) == ("2024-05-13T09:27:00+08:00", "周文")


@pytest.mark.parametrize(
    "before",
    [
        '<div><a href="/user/7">周远</a></div><div>·</div>',
        '<div><a href="/author/7">慕容白水</a></div>',
        '<div><a href="/u/7">海湾科技</a></div>',
    ],
)
def test_a_link_to_a_writers_page_names_the_author(before: str) -> None:
    html = page(f"<h1>{TITLE}</h1>{before}<div>2024-05-13 09:27</div>{P}")
    found = read_article(Page(url=URL, body=html.encode()))
    name = {"周": "周远", "慕": "慕容白水"}.get(before.partition('">')[2][0])
    assert (found.author, found.published_at) == (name, "2024-05-13T09:27:00+08:00")


@pytest.mark.parametrize(("name", "author"), [("程亦安", "程亦安"), ("程序", None), ("方法论坛", None)])
def test_a_name_before_the_time_and_a_labelled_source(name: str, author: str | None) -> None:
    found = article(f"{name} 发表于 2024-05-13 09:27 来源于：海湾网 | 1200阅读")
    assert (found.author, found.source) == (author, "海湾网")


@pytest.mark.parametrize("channel", ["互联网", "网络"])
def test_the_internet_is_a_source_also_where_a_channel_is_called_so(channel: str) -> None:
    menu = f'<nav><a href="/net/">{channel}</a><a href="/ai/">人工智能</a></nav>'
    line = f"<div><span>{channel}</span><span>2024-05-13 09:27</span><span>责编 / 周明</span><span>阅读 7</span></div>"
    html = f"<title>{TITLE}-人工智能-海湾网</title>{menu}<h1>{TITLE}</h1>{line}{P}"
    found = read_article(Page(URL, html.encode()))
    assert (found.source, found.editor) == (channel, "周明")


def test_a_channels_link_beside_the_headline_is_the_category() -> None:
    menu = (
        "<nav>"
        + "".join(f'<a href="/{n}/">{name}</a>' for n, name in enumerate(("快讯", "评测", "深度")))
        + "</nav>"
    )
    link = '<a href="/1/">评测</a>'
    for html in (
        f"{menu}<div>{link}</div><h1>{TITLE}</h1>",
        f"{menu}<h1>{TITLE}</h1><p>2024-05-13 09:27 · {link}</p>",
    ):
        assert read_article(Page(URL, f"<title>{TITLE}</title>{html}{P}".encode())).category == "评测"
    both = f"{menu}<h1>{TITLE}</h1><p>2024-05-13 09:27 {link} <a href='/2/'>深度</a></p>"
    assert read_article(Page(URL, f"<title>{TITLE}</title>{both}{P}".encode())).category is None


def test_a_licence_line_over_the_text_is_no_dateline() -> None:
    licence = "<p>本文来自微信公众号：<a href='/m'>海湾商业（ID：hw）</a>，作者：李青，编辑：周明，题图来自：视觉公司</p>"
    lead = "<div>这是编辑写的一句导语，说的是数据中心，也说到了电力。</div>"
    found = article("海湾公园·2024年05月13日 09:27", f"{lead}{licence}{P}")
    assert found.published_at == "2024-05-13T09:27:00+08:00"
    assert (found.source, found.author) == ("海湾公园", "李青")


@pytest.mark.parametrize(
    ("dateline", "want"),
    [
        ("已于 2024-05-14 10:12:00 修改<p>于 2024-05-13 09:27:00 首次发布</p>", "2024-05-13T09:27:00+08:00"),
        ("2024-05-13 09:27更新", "2024-05-13T09:27:00+08:00"),
        ("05 月 13 日 09:27", "2024-05-13T09:27:00+08:00"),
        ("2024-05-13 HKT 09:27", "2024-05-13T09:27:00+08:00"),
        ("发布/2024年5月13日 09:27 更新/2024年5月13日 10:01", "2024-05-13T09:27:00+08:00"),
    ],
)
def test_what_a_time_says_of_itself(dateline: str, want: str) -> None:
    assert article(dateline).published_at == want


def test_posted_at_behind_the_text() -> None:
    posted = 'posted @ <span>2024-05-13 09:27</span>&nbsp;<a href="/me">海波</a>&nbsp;阅读(<b>120</b>)&nbsp;评论(1)'
    assert article("", f"{P}<div>{posted}</div>").published_at == "2024-05-13T09:27:00+08:00"


def test_a_credit_with_bars_names_both() -> None:
    assert small("2024-05-13 09:27 来源：海湾网", "<p>海经记者|周文 海经编辑|李青</p>" + P) == (
        "海湾网",
        "李青",
        "周文",
    )


def test_a_traditional_byline_opens_the_lead() -> None:
    found = article(
        "2024-05-13 09:27", f"<p>〔記者周文青／台北報導〕海灣市數據中心昨日封頂，機櫃年底前交付。</p>{P}"
    )
    assert found.author == "周文青"


def test_the_editor_of_the_issue_signs() -> None:
    assert small("2024-05-13 09:27 来源：海湾网", f"{P}<p>本期编辑 周明</p>") == ("海湾网", "周明", None)


@pytest.mark.parametrize(
    ("author", "want"),
    [
        ({"@type": "Person", "name": "李青"}, "李青"),
        ([{"@type": "Person", "name": "\u674e\u9752"}], "李青"),
        ({"@type": "Organization", "name": "海湾编辑部"}, None),
        ({"@type": "Person", "name": "海湾网"}, None),
    ],
)
def test_a_person_in_json_ld_is_the_author(author: object, want: str | None) -> None:
    data = json.dumps({"@type": "NewsArticle", "author": author, "publisher": {"name": "海湾网"}})
    found = article("2024-05-13 09:27", head=f'<script type="application/ld+json">{data}</script>')
    assert found.author == want


def test_an_only_time_of_update_by_another_clock_is_the_publication() -> None:
    bar = '<div class="bookmarks"><h3>分享</h3><ul><li class="facebook"><a href="http://f.example/">Facebook</a></li></ul></div>'
    found = article(f"<div><span>更新时间</span> 2024年5月12日, 格林尼治标准时间10:41</div>{bar}")
    assert (found.published_at, found.source) == ("2024-05-12T18:41:00+08:00", None)


@pytest.mark.parametrize(
    ("dateline", "head", "want"),
    [
        (
            '<time datetime="2024-05-13T11:00:00+02:00">13/05/2024 - 11:00</time>',
            "",
            "2024-05-13T17:00:00+08:00",
        ),
        (
            '<time datetime="2024-05-13T11:00:00+08:00">2024-05-13 11:00</time>',
            "",
            "2024-05-13T11:00:00+08:00",
        ),
        (
            "2024-05-13 11:00",
            '<meta property="article:published_time" content="2024-05-13T11:00:00+02:00">',
            "2024-05-13T17:00:00+08:00",
        ),
        (
            "2024-05-13 11:00",
            '<meta property="article:published_time" content="2024-05-13T11:00:00Z">',
            "2024-05-13T11:00:00+08:00",
        ),
        (
            "2024-05-13",
            '<meta property="article:published_time" content="2024-05-13T20:00:00-04:00">',
            "2024-05-14T08:00:00+08:00",
        ),
        (
            "2024-05-12",
            '<meta property="article:published_time" content="2024-05-12T00:00:00+09:00">',
            "2024-05-12",
        ),
        ('<time datetime="2024-05-13T09:27:00+08:00">13 5 月, 2024</time>', "", "2024-05-13T09:27:00+08:00"),
        (
            '<time datetime="2024-05-13T09:27:00+08:00">13 5 月, 2024</time> <time datetime="2024-05-14T09:00:00+08:00">14 5 月, 2024</time>',
            "",
            "2024-05-13T09:27:00+08:00",
        ),
        ('<span class="ago" title="2024-05-13 08:15:22">2天前</span>', "", "2024-05-13T08:15:22+08:00"),
        (
            '<i title="2024-05-11">4天前</i><span class="ago" title="2024-05-13 08:15:22">2天前</span>',
            "",
            "2024-05-11",
        ),
    ],
)
def test_times_by_the_clock_they_were_stated_in(dateline: str, head: str, want: str) -> None:
    assert article(dateline, head=head).published_at == want


def test_commas_between_day_and_clock_make_no_sentence() -> None:
    found = article(
        '<a href="/a/1.html">2024年5月13日, 14:05</a> <span>(更新: 2024年5月13日, 16:20 北京时间)</span>'
    )
    assert found.published_at == "2024-05-13T14:05:00+08:00"


def test_a_byline_under_a_headline_that_the_time_stands_over() -> None:
    html = page(
        f"<div><p>发布: 8:30am 13/05/2024</p><h1>{TITLE}</h1><p>报道：周文青　摄影：李明</p>{P}</div>"
    )
    found = read_article(Page(URL, html.encode(), None, fetched_at=FETCHED))
    assert (found.published_at, found.author) == ("2024-05-13T08:30:00+08:00", "周文青")
