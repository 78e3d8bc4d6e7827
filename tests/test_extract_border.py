# ruff: noqa: E501  (markup reads better unbroken)
"""Where the article's text begins and ends, on pages whose layout says little about it."""

from __future__ import annotations

import pytest
from extract_pages import TITLE, P, S, page

from newscrawler.extract import read_article
from newscrawler.items import Article, Page

URL = "http://www.example.com/a/1.html"
FETCHED = "2024-05-15T00:00:00+00:00"
DATELINE = '<div class="d">2024-05-13 09:27 来源：海湾网 编辑：周明</div>'
MORE = [
    "另一边，港口的岸电改造也已经动工，预计明年春天投入使用。",
    "参与改造的企业说，成本比三年前低了四成，回收期缩短到五年。",
]
M = "".join(f"<p>{s}</p>" for s in MORE)


def article(inner: str, *, before: str = DATELINE, after: str = "") -> Article:
    html = page(f'<div class="w"><h1>{TITLE}</h1>{before}<div class="n">{inner}</div>{after}</div>')
    return read_article(Page(URL, html.encode(), None, fetched_at=FETCHED))


def paragraphs(inner: str, *, before: str = DATELINE, after: str = "") -> list[str]:
    return article(inner, before=before, after=after).body.split("\n\n")


def test_a_label_before_a_sentence_is_no_dateline() -> None:
    said = "来源：统计局公布的口径显示，2024年3月28日当天的用电量创下新高，编辑部据此整理了图表。"
    for before in (DATELINE, '<div class="d">2024-05-13 09:27</div>'):
        found = article(f"<p>{S[0]}</p><p>{said}</p>{P}", before=before)
        assert found.body.split("\n\n") == [S[0], said, *S]
        assert found.published_at == "2024-05-13T09:27:00+08:00"
        assert found.source == ("海湾网" if before is DATELINE else None)


def test_a_label_before_a_statement_is_no_tag_line() -> None:
    said = "标签：这是年轻人最不愿意被贴上的东西。"
    assert paragraphs(f"{P}<p>{said}</p>{M}") == [*S, said, *MORE]
    assert paragraphs(f"{P}<p>标签：液冷 机柜 电力</p>") == S


@pytest.mark.parametrize(
    "line",
    [
        "<p>风险提示：下面说的是股票。</p>",
        "<p>声明：转载请注明出处。</p>",
        "<p>编辑：周明</p>",
        "<p>校对：吴亮</p>",
        "<p>上一篇：没有了</p>",
        "<p>（完）</p>",
        "<p>版权所有 海湾网</p>",
    ],
)
def test_what_looks_like_a_tail_cuts_only_itself_where_the_text_goes_on(line: str) -> None:
    assert paragraphs(P + line + M) == [*S, *MORE]
    assert paragraphs(P + line + "<p>短短一行</p>") == S


@pytest.mark.parametrize(
    "said",
    [
        "版权所有者可以在三十天内提出异议。",
        "外交部声明：双方将在下周继续谈判，地点尚未确定。",
        "温馨提示：明天有大雨，请市民带好雨具，注意出行安全。",
        "他强调，上述言论是个人看法，不代表公司的立场。",
        "关注我们身边的变化，是这家报纸的传统。",
        "所有新品都将尽在下周的发布会上亮相，届时可以到现场体验。",
        "Copyright 一词在法律上有两种含义，译法也不同。",
        "风险提示不足，是监管部门点名的原因。",
        "方案一|方案二，记者更看好后者。",
        "图/文并茂的说明书",
    ],
)
def test_sentences_about_rights_are_sentences(said: str) -> None:
    assert paragraphs(f"<p>{S[0]}</p><p>{said}</p>{M}") == [S[0], said, *MORE]


def test_a_heading_named_like_a_related_block_heads_the_text_behind_it() -> None:
    assert paragraphs(f"{P}<h3>更多热门内容</h3>{M}") == [*S, "更多热门内容", *MORE]


def test_a_heading_named_like_the_comments_heads_the_text_behind_it() -> None:
    assert paragraphs(f"{P}<h2>读者评论</h2>{M}") == [*S, "读者评论", *MORE]


def test_comments_are_no_body_however_short_the_article() -> None:
    comments = (
        '<section class="u7"><h3>评论(2)</h3><div><b>路人甲</b><p>这个造价我觉得有点贵，等半年再看看吧，反正不急。</p><time>2024-05-14 08:00</time></div>'
        "<div><b>路人乙</b><p>写得不错，支持一下！</p></div></section>"
    )
    assert paragraphs(f"<p>{MORE[0]}</p>", after=comments) == [MORE[0]]


def test_a_related_block_in_the_middle_is_read_and_cut() -> None:
    items = "".join(
        f"<li><a href='/r/{i}.html'>插在中间的第{i}条相关新闻</a><p>这一条的摘要写到一半就断了…</p><span>2024-05-1{i}</span></li>"
        for i in range(1, 4)
    )
    found = article(f"{P}<div><p>相关阅读</p><ul>{items}</ul></div>{M}")
    assert found.body.split("\n\n") == [*S, *MORE]
    assert [item.date for item in found.related] == ["2024-05-11", "2024-05-12", "2024-05-13"]


@pytest.mark.parametrize(
    "glued",
    [
        "（责任编辑：周明）",
        "　　【免责声明】本文仅代表作者本人观点，与本网无关。请读者仅作参考。",
        "【免责声明】本文仅代表作者本人观点，与本网无关。（责任编辑：周明）",
    ],
)
def test_small_print_glued_to_the_last_sentence_goes(glued: str) -> None:
    opened = "".join(f"<p>　　{s}" for s in S)
    found = article(f"{opened}<font>{glued}</font><br>", before='<div class="d">2024-05-13 09:27</div>')
    assert found.body.split("\n\n") == S
    assert found.editor == ("周明" if "周明" in glued else None)


@pytest.mark.parametrize(
    "line",
    [
        "<p>扫描二维码，关注海湾网公众号，获取更多资讯</p>",
        "<p>文章内容举报</p>",
        "<p>特别提醒：如果我们使用了您的图片，请作者与本站联系索取稿酬。</p>",
        "<p>阅读原文</p>",
        "<p>打开微信“扫一扫”，打开网页后点击屏幕右上角分享按钮</p>",
        "<p>注：文中所述为作者独立观点，不代表海湾网立场。</p>",
        "<p>关注我们，获取更多资讯</p>",
        "<p>（图/周明 文/李青）</p>",
        "<p>海量资讯、精准解读，尽在海湾财经APP</p>",
        "<p>微信扫一扫打赏</p>",
        "<p>温馨提示：以上资讯来源网络</p>",
        "<p>发布于：海湾市</p>",
        "<p>平台声明</p>",
        "<p>相关标签</p>",
        "<p>长按识别二维码关注我们</p>",
        "<p>微信扫一扫，关注“海湾网”公众号</p>",
        "<p>投资有风险，入市需谨慎。</p>",
        "<p>举报/反馈</p>",
        "<p>海湾网声明：海湾网登载此文出于传递更多信息之目的，并不意味着赞同其观点或证实其描述。</p>",
        "<p>转载此图目的在于传递更多信息，如有不妥请告知。</p>",
        "<p>分享让更多人看到</p>",
        "<p>记者 张三 通讯员 李四</p>",
        "<p>海经记者|周文 海经编辑|李青</p>",
        "<p>海湾新闻编辑 | 李青</p>",
        "<p>（本文首发于海湾APP，作者｜周文，编辑｜李青）</p>",
        "<p>此内容为海湾财经原创，著作权归海湾财经所有。未经书面授权，不得以任何方式加以使用，包括转载、摘编。</p>",
        "<p>关注 海湾派公众号，解锁全新阅读体验</p>",
        "<p>阅 25.3W</p>",
        "<p>原文链接 分享</p>",
        "<p>（海湾日报记者 李青 通讯员 周明）</p>",
        "<p>文字：李青 摄影：周明</p>",
        "<p>图/李青</p>",
        "<p>本文转自：海湾网</p>",
        "<p>分享、点赞、在看，三连支持一下！</p>",
        "<p>收藏 0 好文点赞</p>",
        "<p>登录后发表评论</p>",
        "<p>已有1203人参与</p>",
        "<p>举报邮箱：jubao@x.example</p>",
        "<p>海湾网版权与免责声明：</p>",
        "<p>廣告</p>",
        "<p>海湾财经网官方微信</p>",
        "<div><p>文章目录</p><ul><li><a href='#a'>一 背景</a></li><li><a href='#b'>二 结论</a></li></ul></div>",
        "<div><div>热点栏目</div><ul><li><a href='/a'>自选股</a></li><li><a href='/b'>行情中心</a></li></ul></div>",
        '<div class="x">广告：限时五折，点击领取优惠券</div>',
    ],
)
def test_more_lines_that_are_no_body(line: str) -> None:
    assert paragraphs(P + line) == S
    assert paragraphs(f"<p>{MORE[0]}</p>{line}{P}")[-5:] == S


def test_a_summary_cut_short_inside_the_text_box_goes() -> None:
    assert paragraphs(f'<div class="q"><b>摘要：</b>{S[0][:20]}…</div>{P}') == S


def test_an_update_is_the_time_where_no_other_is_printed() -> None:
    found = article(P, before='<div class="d">更新时间：2024-05-13 09:27 作者：李青 编辑：周明</div>')
    assert (found.published_at, found.reason) == ("2024-05-13T09:27:00+08:00", None)
    assert "update" in found.found_by["published_at"]
    both = article(P, before='<div class="d">更新时间：2024-05-14 10:00 发布时间：2024-05-13 09:27</div>')
    assert (both.published_at, both.found_by["published_at"]) == ("2024-05-13T09:27:00+08:00", "dateline")


@pytest.mark.parametrize("tag", ["p", "div", "section"])
def test_paragraphs_beside_a_long_one_in_a_box_of_its_own_belong_to_the_text(tag: str) -> None:
    long = "".join(S)
    assert paragraphs(f"<div>{long}</div><{tag}>{MORE[1]}</{tag}>") == [long, MORE[1]]
    notice = "本网站内容均来自网络，不代表本站观点，如有侵权请联系删除。"
    assert paragraphs(f"<div>{long}</div><{tag}>{MORE[1]}</{tag}><{tag}>{notice}</{tag}>") == [long, MORE[1]]


def test_a_lead_in_a_box_before_the_text_is_its_first_paragraph() -> None:
    assert paragraphs(f'<div class="lead"><p>{MORE[1]}</p></div><div class="t">{P}</div>') == [MORE[1], *S]
    assert paragraphs(f'<div class="summary"><p>{MORE[1]}</p></div><div class="t">{P}</div>') == S


def test_another_time_inside_the_text_is_the_text_s() -> None:
    event = ["时间：2024年6月1日 14:00", "地点：海湾会展中心"]
    found = article("".join(f"<p>{line}</p>" for line in event) + P)
    assert found.body.split("\n\n") == [*event, *S]
    assert found.published_at == "2024-05-13T09:27:00+08:00"


def test_users_of_an_app_are_no_promotion() -> None:
    said = "下载APP的用户可以获得三十天会员，这一做法引来不少争议。"
    assert paragraphs(f"<p>{said}</p>{P}") == [said, *S]
    assert paragraphs(f"{P}<p>{said}</p>") == [*S, said]
    assert paragraphs(f"{P}<p>下载海湾新闻客户端</p>") == S


def test_teasers_with_a_button_outweigh_no_text() -> None:
    teaser = (
        "一家公司今天公布了新品的更多细节，量产时间还没有确定，价格要等到发布会上才会公布，分析师看法不一…"
    )
    side = "".join(
        f'<div><p><a href="/a/{n}.html">另一篇文章的第{n}个标题</a></p><p>{teaser}<a href="/a/{n}.html">[详细]</a></p></div>'
        for n in range(9)
    )
    lines = [S[0], "值得注意的是：", S[2]]
    text = "".join(f"<div>{line}</div>" for line in lines)
    html = page(
        f"<h1>{TITLE}</h1><p>2024-05-13 09:27</p><div>{text}</div><div>更多热门内容{side}</div>", side=False
    )
    assert read_article(Page(url=URL, body=html.encode())).body.split("\n\n") == lines


def test_paragraphs_in_boxes_of_their_own_are_one_text() -> None:
    """Each in two boxes; the first is longer than all the others together."""
    lines = ["".join(S[:3]), "一、成本", S[3][:25] + "。"]
    boxes = "".join(f"<div><div>{line}</div></div>" for line in lines)
    head = f"<div>{TITLE}</div><div><div>周明</div><div>·</div><div>2024-05-13 09:27</div></div>"
    html = page(f"<div><div>{head}<div>{boxes}</div></div></div>", side=False)
    assert read_article(Page(url=URL, body=html.encode())).body.split("\n\n") == lines


def test_an_invitation_without_a_stop_goes_also_in_the_middle() -> None:
    halves = P.split("</p>", 1)
    assert paragraphs(f"{halves[0]}</p><div>打开App，阅读体验更佳</div>{halves[1]}") == S
    said = "快点击这里了解一下！"
    assert paragraphs(f"{halves[0]}</p><p>{said}</p>{halves[1]}") == [S[0], said, *S[1:]]


@pytest.mark.parametrize(
    "line",
    [
        "0 条跟贴",
        "缩小字体 放大字体 收藏 微博 微信 分享",
        '<span>共2页</span><a href="1_2.html">第2页</a><a href="1_2.html">下一页</a>',
        '<span>共 3 页</span> <a href="1.html">上一页</a>',
    ],
)
def test_counts_of_replies_and_pages_are_no_text(line: str) -> None:
    assert paragraphs(f"{P}<div>{line}</div>") == S


def test_a_label_goes_with_the_link_that_it_stands_before() -> None:
    shop = '<p><a href="http://shop.example/">云服务器精选特惠</a></p>'
    assert paragraphs(f"<div>访问：{shop}</div>{P}") == S
    assert paragraphs(f"<p>一、背景：</p>{P}") == ["一、背景：", *S]


def test_an_update_printed_inside_the_text_box_is_small_print() -> None:
    found = article(f"<p>最后更新: 2024-05-13 10:30:00</p>{P}")
    assert found.body.split("\n\n") == S
    assert found.published_at == "2024-05-13T09:27:00+08:00"


def test_the_paragraphs_of_a_long_notice_are_no_text_that_goes_on() -> None:
    notice = (
        "<p>免责声明：</p><p>一、本站转载的稿件都会标注作者和来源，请读者自行判断。</p>"
        "<p>二、本站的原创文章，转载时须写明出处，否则我们将追究责任。</p><p>三、作者投稿可能经编辑修改，请谅解。</p>"
    )
    assert paragraphs(P + notice) == S


def test_a_share_bar_between_lead_and_text_ends_nothing() -> None:
    assert paragraphs(f"<p>{MORE[0]}</p><div>评论</div>{P}") == [MORE[0], *S]


def test_a_text_that_a_script_will_show() -> None:
    hidden = f'<div id="js_content" style="visibility: hidden;">{P}</div>'
    late = f'<script>var ct = "1715563653";</script><div class="m"></div>{hidden}'
    html = page(f'<div class="w"><h1>{TITLE}</h1>{late}</div>')
    found = read_article(Page(URL, html.encode(), None, fetched_at=FETCHED))
    assert found.body.split("\n\n") == S
    assert found.published_at == "2024-05-13T09:27:33+08:00"
    assert found.reason is None


def test_what_is_hidden_beside_a_short_text_stays_hidden() -> None:
    note = f'<div class="content" style="display:none">{M}</div>'
    assert paragraphs(f"<p>{S[0]}</p>{note}") == [S[0]]


def test_a_teaser_before_a_wall_is_no_article() -> None:
    wall = "<p>码头……</p><div>登录后可阅读全文 <a href='/in'>立即登录</a></div>"
    assert article(wall).reason == "login_wall"
    assert article("<p>码头……</p>").reason == "no_body"


def test_the_next_article_on_the_page_is_another() -> None:
    following = f'<div class="a"><h2>{{}}</h2><div class="i">2024-05-12 08:00 来源：海湾晚报</div><div>{M}{P}</div></div>'
    for headline in ('<a href="/a/2.html">港口岸电改造动工</a>', "港口岸电改造动工"):
        html = page(
            f'<div><div class="a"><h1>{TITLE}</h1>{DATELINE}<div>{P}{P}</div></div>{following.format(headline)}</div>'
        )
        found = read_article(Page(URL, html.encode(), None, fetched_at=FETCHED))
        assert found.body.split("\n\n") == [*S, *S]
        assert (found.source, found.published_at) == ("海湾网", "2024-05-13T09:27:00+08:00")


def test_an_announcement_ends_with_who_signs_it_and_the_day() -> None:
    signed = ["特此公告。", "海湾市数据中心", "2024年5月12日"]
    assert paragraphs(P + "".join(f'<p align="right">{line}</p>' for line in signed)) == [*S, *signed]
    assert paragraphs(f"{P}<p>2024年5月12日</p>") == S
    assert paragraphs(f"{P}<p>海湾市数据中心</p><p>2024-05-12 10:00</p>")[:5] == S


def test_a_list_of_points_in_a_summary_box_is_no_text() -> None:
    box = f'<div class="summary"><ul><li>{MORE[0]}</li></ul></div>'
    assert paragraphs(f"{box}{P}") == S


def test_a_heading_over_a_dated_sentence_ends_nothing() -> None:
    said = "作者：2024年5月1日动工的那天，他在现场守了一夜。"
    found = paragraphs(f"{P}<h3>一、动工</h3><p>{said}</p>{M}")
    assert found[:6] == [*S, "一、动工"]
    assert found[-2:] == MORE


@pytest.mark.parametrize(
    "words", ["newsletter-box", "author-card", "sharedaddy", "m-paywall", "o-self-promo"]
)
def test_a_small_box_set_into_the_text_goes(words: str) -> None:
    box = f'<div class="{words}"><p>每个工作日早晨六点，最重要的三篇文章。</p></div>'
    assert paragraphs(P + box + M) == [*S, *MORE]
    assert paragraphs(f'<div class="{words}">{P}{M}</div>') == [*S, *MORE]


def test_bare_numbers_before_the_text_go() -> None:
    assert paragraphs(f"<div>213</div><div>4</div>{P}") == S
    table = "<table><tr><td>2024</td><td>31.5</td></tr><tr><td>2023</td><td>28.1</td></tr></table>"
    assert paragraphs(table + P)[-len(S) - 1] == "2023 | 28.1"


def test_an_update_without_a_colon_beside_the_day_is_small_print() -> None:
    before = "<div>2024年5月13日</div><div><time>更新时间 2024年5月14日</time></div>"
    html = page(f'<div class="w"><h1>{TITLE}</h1>{before}{P}</div>')
    found = read_article(Page(URL, html.encode(), None, fetched_at=FETCHED))
    assert (found.published_at, found.body.split("\n\n")) == ("2024-05-13", S)


def test_bare_addresses_are_no_related_articles() -> None:
    links = '<h3>相关链接</h3><p><a href="http://www.b.example">http://www.b.example</a></p>'
    assert article(P, after=f"<div>{links}</div>").related == []


def test_the_site_s_name_in_a_heading_is_no_headline() -> None:
    html = f'<html><head><title>海边笔记: {TITLE}</title></head><body><h1><a href="/">海边笔记</a></h1><div><h3>{TITLE}</h3><p>2024-05-13 09:27</p>{P}</div></body></html>'
    assert read_article(Page(URL, html.encode(), None, fetched_at=FETCHED)).title == TITLE
