# ruff: noqa: E501  (markup reads better unbroken)
"""Whole pages in the manners of common Chinese news templates, each with what must be read from it.

The sentences are our own; only the markup habits are those of the web. ``PAGES`` maps a name to a Case.
"""

from __future__ import annotations

from dataclasses import dataclass, field

S = [
    "海湾市数据中心二期工程昨日完成主体封顶，项目负责人表示，全部机柜将在年底前交付使用。",
    "据介绍，该中心采用液冷方案，单机柜功率达到四十千瓦，整体能耗比上一代下降约三成，运维人员也减少了一半。",
    "“我们不追求最大，只追求最省。”工程师在现场说，过去两年里，团队先后更换了三种冷却液，最后选中了价格最低的一种。",
    "业内人士认为，随着大模型训练需求的增长，类似的改造会在沿海城市陆续出现，但电力指标仍是最紧的约束。",
    "记者在园区看到，新建的变电站已经通电，旁边的储能电站还在调试，预计下个月并网。",
]
TITLE = "海湾市数据中心二期封顶：液冷机柜年底前全部交付"
P = "".join(f"<p>　　{s}</p>" for s in S)
BR = "<br><br>".join(f"　　{s}" for s in S)


def menu(n: int = 12) -> str:
    names = ["首页", "新闻", "财经", "科技", "体育", "娱乐", "汽车", "房产", "教育", "健康", "旅游", "视频"]
    return (
        '<div class="nav"><ul>'
        + "".join(f'<li><a href="/c{i}/">{t}</a></li>' for i, t in enumerate(names[:n]))
        + "</ul></div>"
    )


def hot(n: int = 8, head: str = "热门排行") -> str:
    items = "".join(
        f'<li><a href="/hot/{i}.html">侧栏里第{i}条毫不相干的热门新闻标题</a></li>' for i in range(n)
    )
    return f'<div class="sidebar"><h3>{head}</h3><ul>{items}</ul></div>'


FOOT = (
    '<div class="footer"><a href="/about">关于我们</a> | <a href="/contact">联系我们</a><p>海湾网版权所有，未经书面授权禁止使用。'
    "Copyright © 2012-2024 All Rights Reserved 海ICP备00000001号</p></div>"
)


@dataclass
class Case:
    html: str
    title: str | None = TITLE
    published: str | None = "2024-05-13T09:27:00+08:00"
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    body: list[str] = field(default_factory=lambda: list(S))
    lacks: list[str] = field(default_factory=list)
    related: list[str] | None = None
    category: str | None = None
    check: tuple[str, ...] = ("title", "published", "source", "author", "editor", "body")


def page(inner: str, title: str = f"{TITLE}_科技频道_海湾网", head: str = "", side: bool = True) -> str:
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{menu()}{inner}'
        f"{hot() if side else ''}{FOOT}</body></html>"
    )


PAGES: dict[str, Case] = {}

PAGES["portal_spans"] = Case(
    page(
        f'<h1 class="main-title">{TITLE}</h1><div class="top-bar"><div class="date-source"><span class="date">2024年05月13日 09:27</span>'
        '<a class="source" href="http://a.example/">海湾财经</a></div><div class="page-tools"><span class="txt-weixin">微信</span>'
        f'<span>缩小字体</span><span>放大字体</span><a href="#">收藏</a></div></div><div class="article" id="artibody">{P}'
        '<p class="show_author">责任编辑：周明 </p></div><div class="article-bottom"><div class="keywords">关键词 : <a href="/t/1">数据中心</a>'
        '<a href="/t/2">液冷</a></div><p>海量资讯、精准解读，尽在海湾财经APP</p><h3>相关新闻</h3><ul>'
        '<li><a href="/r/1.html">液冷技术为何突然走红</a></li><li><a href="/r/2.html">沿海城市争抢算力项目</a></li>'
        '<li><a href="/r/3.html">储能电站并网时间表出炉</a></li></ul></div>'
    ),
    source="海湾财经",
    editor="周明",
    related=["液冷技术为何突然走红", "沿海城市争抢算力项目", "储能电站并网时间表出炉"],
)
PAGES["self_media"] = Case(
    page(
        f'<div class="text"><div class="text-title"><h1>{TITLE}<span class="tag"></span></h1><div class="article-info"><span class="time" id="news-time" data-val="1715563620000">'
        '2024-05-13 09:27</span><span data-role="original-link">来源:<a href="http://b.example/">海湾晚报</a></span></div></div>'
        f'<article class="article" id="mp-editor"><p>原标题：封顶了！液冷机柜年底交付</p>{P}<p><a href="//www.example.com/" id="back">返回海湾，查看更多</a></p>'
        '<p data-role="editor-name">责任编辑：<span></span></p></article><div class="statement">平台声明：该文观点仅代表作者本人，海湾号系信息发布平台，海湾仅提供信息存储空间服务。</div>'
        '<div class="bottom-relate"><h3>我来说两句</h3><p>写得真好啊，这个项目我关注了很久，希望早日交付，给附近居民便宜的暖气，大家说是不是？</p><h3>推荐阅读</h3>'
        '<ul><li><a href="/a/1">推荐的第一篇无关文章标题</a></li><li><a href="/a/2">推荐的第二篇无关文章标题</a></li></ul></div></div>',
        title=f"{TITLE}_机柜",
    ),
    source="海湾晚报",
    related=["推荐的第一篇无关文章标题", "推荐的第二篇无关文章标题"],
)
PAGES["state_media"] = Case(
    page(
        '<div class="path">海湾网>><a href="/">首页</a>>><a href="/it/">科技</a></div>'
        f'<h1>{TITLE}</h1><div class="col">2024年05月13日09:27 | 来源：<a href="http://c.example/">海湾日报</a></div><div class="fx"><a>小字号</a></div>'
        f'<div class="rm_txt"><div class="pic"><img src="/NMediaFile/1.jpg" alt=""></div>{P}<div class="edit">(责编：周明、吴亮)</div></div>'
        '<h4>分享让更多人看到</h4><div class="tj"><h3>推荐阅读</h3><ul><li><strong><a href="/n1/1.html">古镇修缮完成</a></strong>  修缮工程历时三年，保留了沿街的木结构门面，游客可以免费参观……'
        '<a href="/n1/1.html">【详细】</a></li><li><strong><a href="/n1/2.html">新茶上市价格平稳</a></strong>  今年春茶产量与去年持平，茶农表示收购价没有大的变化……<a href="/n1/2.html">【详细】</a></li></ul></div>',
        title=f"{TITLE}--科技--海湾网",
    ),
    source="海湾日报",
    editor="周明、吴亮",
    category="科技",
    related=["古镇修缮完成", "新茶上市价格平稳"],
)
PAGES["split_year"] = Case(
    page(
        '<div class="header"><div class="header-time left"><span class="year"><em>2024</em></span> <span class="day"><em>05</em>/<em>13</em></span> <span class="time">09:27:33</span></div>'
        f'<div class="source">来源：海湾社</div><h1><span class="title">{TITLE}</span></h1></div><div class="share"><span>字体：</span><a>小</a><a>中</a><a>大</a><span>分享到：</span></div>'
        f'<div class="main"><div id="detail">{P}</div><div id="articleEdit"><span><a href="#">【纠错】</a></span> <span class="editor">【责任编辑:周明】</span></div></div>',
        title=f"{TITLE}-海湾社",
    ),
    published="2024-05-13T09:27:33+08:00",
    source="海湾社",
    editor="周明",
)
PAGES["digital_news"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="info"><span id="pubtime_baidu">2024/5/13 9:27:33</span><span id="source_baidu">来源：<a href="/">机房之家</a></span>'
        f'<span id="author_baidu">作者：<strong>南山</strong></span><span id="editor_baidu">责编：<strong>北海</strong></span>评论：<em id="commentcount">12</em></div><div class="post_content" id="paragraph">{P}'
        '<p class="ad-tips">广告声明：文内含有的对外跳转链接（包括不限于超链接、二维码、口令等形式），用于传递更多信息，节省甄选时间，结果仅供参考，机房之家所有文章均包含本声明。</p></div>'
        '<div class="related_post"><span>相关文章</span><ul><li><a href="/0/1.htm">某型冷却液通过认证</a></li><li><a href="/0/2.htm">机柜标准征求意见</a></li></ul></div>'
        '<div class="comment"><p>一楼：这价格还是太贵了，能便宜一点就好了，先等等再说，反正也不急。</p><p>二楼：已经用上了，效果不错，比以前安静很多，推荐给大家看看。</p></div>',
        title=f"{TITLE} - 机房之家",
    ),
    published="2024-05-13T09:27:33+08:00",
    source="机房之家",
    author="南山",
    editor="北海",
    related=["某型冷却液通过认证", "机柜标准征求意见"],
)
PAGES["aggregator"] = Case(
    page(
        f'<header class="title"><h1>{TITLE}</h1><div class="meta"><span>2024年05月13日 09:27</span><span class="source">稿源：<a href="http://d.example/"><span>海湾科技报</span></a></span><span>0 条评论</span></div></header>'
        '<div class="article-summary"><p>感谢读者的投递：</p></div>'
        f'<div class="article-content" id="artibody">{P}</div><p class="article-author"> [责任编辑：ugm]</p><div class="article-share">对文章打分 <b>封顶</b> 1 (50%) 已有 2 条意见</div>'
        '<ul class="rel"><li><a href="/articles/1.htm">上一篇：某处的旧闻一条</a></li></ul>',
        title=f"{TITLE} - 科技 - 湾报.COM",
    ),
    source="海湾科技报",
    editor="ugm",
    category="科技",
)
PAGES["cms_small"] = Case(
    page(
        '<div class="place"><strong>当前位置:</strong> <a href="/">主页</a> > <a href="/it/">业界动态</a> > </div><div class="viewbox"><div class="title">'
        f'<h2>{TITLE}</h2></div><div class="info"><small>时间:</small>2024-05-13 09:27<small>来源:</small>海湾在线 <small>作者:</small>李青 <small>点击:</small><script src="/count.php"></script>次</div>'
        f'<div class="content"><table width="100%"><tr><td>{P}</td></tr></table></div><div class="dede_pages"><ul class="pagelist"></ul></div>'
        '<div class="handle"><div class="digg"><span>顶一下</span><span>(0)</span><span>0%</span><span>踩一下</span></div></div><div class="boxoff"><strong>------分隔线----------------------------</strong></div>'
        '<div class="context"><ul><li>上一篇：<a href="/1.html">前一条旧新闻的标题</a></li><li>下一篇：没有了</li></ul></div></div>'
        '<dl class="tbox"><dt><strong>推荐内容</strong></dt><dd><ul><li><a href="/2.html">推荐的旧闻标题一则</a><p>这条旧闻的摘要只有半句，后面被截断了...</p></li><li><a href="/3.html">推荐的旧闻标题二则</a><p>另一条旧闻的摘要也只有半句...</p></li></ul></dd></dl>',
        title=f"{TITLE}_业界动态_海湾在线",
    ),
    source="海湾在线",
    author="李青",
    category="业界动态",
    related=["推荐的旧闻标题一则", "推荐的旧闻标题二则"],
)
PAGES["blog"] = Case(
    page(
        f'<article class="post hentry"><header><h1 class="entry-title">{TITLE}</h1><div class="entry-meta"><time class="entry-date published" datetime="2024-05-13T09:27:33+08:00">2024年5月13日</time>'
        f'<span class="byline"> 作者: <a href="/author/lq">李青</a></span></div></header><div class="entry-content">{P}<p>本文链接：http://blog.example/?p=12</p></div><footer class="entry-footer">'
        '<span class="tags-links">标签：<a href="/tag/a">液冷</a>、<a href="/tag/b">机柜</a></span></footer></article><nav><a href="/p/1" rel="prev">上一篇 旧博文</a></nav>'
        '<div id="comments" class="comments-area"><h2>3 条评论</h2><ol class="comment-list">'
        + "".join(
            f'<li class="comment"><cite>读者{i}</cite><time datetime="2024-06-0{i}T08:00:00+08:00">2024年6月{i}日 08:00</time><p>这篇文章写得很长，我读了两遍，有些地方还不太明白，尤其是冷却液的价格，希望作者再写一篇，谢谢！另外图表很清楚，数据也齐，值得收藏，已经转给同事看了，他们都说好。</p></li>'
            for i in range(1, 7)
        )
        + "</ol></div>",
        title=f"{TITLE} | 李青的机房笔记",
    ),
    published="2024-05-13",
    author="李青",
    lacks=["这篇文章写得很长", "本文链接"],
    check=("title", "author", "editor", "body", "source"),
)
PAGES["old_table"] = Case(
    "<html><head><title>海湾网</title><meta http-equiv='Content-Type' content='text/html; charset=gb2312'></head><body bgcolor=#ffffff><table width=760><tr>"
    + "".join(f'<td><a href="/{i}/">频道{i}</a></td>' for i in range(8))
    + f"</tr></table><table width=760><tr><td width=500><p align=center><font size=5 color=red><b>{TITLE}</b></font></p><p align=center>2024年05月13日09:27 　海湾晚报</p><hr>"
    f"<font size=3>{BR}</font><p align=right>（责任编辑：周明）</p><p>相关报道：</p>"
    + "".join(
        f'<font color=#333>·</font><a href="/x/{i}.html">旧表格里的相关新闻标题第{i}号</a>(05-1{i} 08:00)<br>'
        for i in range(1, 4)
    )
    + "</td><td width=260 valign=top>"
    + "".join(f'<a href="/y/{i}.html">右栏新闻标题很短第{i}条</a><br>' for i in range(12))
    + "</td></tr></table><center>版权所有 海湾网</center></body></html>",
    source="海湾晚报",
    editor="周明",
    related=[f"旧表格里的相关新闻标题第{i}号" for i in range(1, 4)],
)
PAGES["all_in_one_div"] = Case(
    page(
        f'<div id="main"><h1>{TITLE}</h1>时间：2024-05-13 09:27 来源：海湾网 编辑：周明<br><br>{BR}<br><br>更多热门内容<br>'
        + "".join(
            f'<a href="/html/2024-05/{i}.html">同一容器里的推荐标题第{i}条</a><br>这一条推荐的摘要写到一半就被截断了，后面还有很多字没有显示出来…<br>2024-05-1{i}<br>'
            for i in range(1, 6)
        )
        + "</div>"
    ),
    source="海湾网",
    editor="周明",
    related=[f"同一容器里的推荐标题第{i}条" for i in range(1, 6)],
)
PAGES["short_news_long_notice"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="meta">发布时间：2024-05-13 09:27　来源：海湾网</div><div class="con"><p>{S[0]}</p></div><div class="notice"><p>免责声明：本网站所刊载的内容，其版权归原作者所有，'
        "转载目的在于传递更多信息，并不代表本网赞同其观点和对其真实性负责，如涉及作品内容、版权和其它问题，请在三十日内与本网联系，我们将在第一时间删除内容，感谢您的理解与支持，谢谢。</p></div>"
    ),
    source="海湾网",
    body=[S[0]],
)
PAGES["mention_in_text"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="i">2024-05-13 09:27:00 来源：海湾网</div><div class="c">{P}<p>更多热门内容这一栏目自上线以来点击量翻了三倍，编辑：这个岗位也因此增加了两人，前往日本采访的记者下周回国。</p></div>'
    ),
    source="海湾网",
    body=[
        *S,
        "更多热门内容这一栏目自上线以来点击量翻了三倍，编辑：这个岗位也因此增加了两人，前往日本采访的记者下周回国。",
    ],
)
PAGES["sections"] = Case(
    page(
        f'<h1>{TITLE}</h1><p class="time">2024-05-13 09:27</p><div class="doc"><section><h2>封顶</h2><p>{S[0]}</p><p>{S[1]}</p></section><section><h2>省电</h2><p>{S[2]}</p></section>'
        f"<section><h2>电力</h2><p>{S[3]}</p><p>{S[4]}</p></section></div>"
    ),
    body=["封顶", S[0], S[1], "省电", S[2], "电力", S[3], S[4]],
)
PAGES["side_dates"] = Case(
    page(
        '<div class="side"><div class="t">最新快讯</div><ul>'
        + "".join(
            f"<li><span>2024-05-14 1{i}:00</span><a href='/k/{i}'>快讯里的第{i}条标题文字</a></li>"
            for i in range(8)
        )
        + f'</ul></div><div class="main"><h1>{TITLE}</h1><div class="d">2024-05-13 09:27 来源: 海湾网</div><div class="n">{P}</div></div>',
        side=False,
    ),
    source="海湾网",
    related=[],
)
PAGES["relative_day"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="d"><span>05-13 09:27</span> <span>来源：海湾网</span></div><div class="n">{P}</div>'
    ),
    source="海湾网",
)
PAGES["modified_only"] = Case(
    page(f'<h1>{TITLE}</h1><div class="d">更新时间：2024-05-13 09:27</div><div class="n">{P}</div>'),
    published="2024-05-13T09:27:00+08:00",
)
PAGES["json_ld"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="n">{P}</div>',
        head='<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-05-13T01:27:00Z","dateModified":"2024-05-20T01:27:00Z"}</script>',
    )
)
PAGES["span_paragraphs"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="d">2024-05-13 09:27 来源：海湾网 作者：李青 王岚</div><div class="n">'
        + "".join(f'<span class="l">{s}</span><br/>' for s in S)
        + "</div>"
    ),
    source="海湾网",
    author="李青 王岚",
)
PAGES["english_labels"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="d">[2024.05.13 09:27] (Source: Harbour Daily)</div><div class="n">{P}</div>'
    ),
    source="Harbour Daily",
)
PAGES["inline_recommendation"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="d">2024-05-13 09:27 来源：海湾网</div><div class="n"><p>{S[0]}</p><p>{S[1]}</p><p>{S[2]}</p><div class="in"><p><strong>延伸阅读</strong></p><p><a href="/e/1.html">插在中间的延伸阅读标题一</a></p>'
        f'<p><a href="/e/2.html">插在中间的延伸阅读标题二</a></p></div><p>{S[3]}</p><p>{S[4]}</p><p>{S[1]}</p></div>'
    ),
    source="海湾网",
    body=[*S, S[1]],
    lacks=["插在中间"],
)
PAGES["mobile"] = Case(
    f'<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{TITLE}</title></head><body><div class="hd"><a href="/">首页</a><a href="/kx">快讯</a></div>'
    f'<div class="art"><div class="tt">{TITLE}</div><div class="dt"><em>海湾快报</em><i>2024-05-13 09:27</i></div><div class="cc">'
    + "".join(f"<div>{s}</div>" for s in S)
    + '</div></div><div class="open">打开海湾APP，阅读全文</div><div class="lst"><div class="h">大家都在看</div>'
    + "".join(
        f'<a href="/m/{i}"><div class="c"><div class="l"><div class="x">移动端卡片式推荐的第{i}个标题</div><div class="y">海湾快报 3小时前</div></div><img src="/i{i}.jpg"></div></a>'
        for i in range(4)
    )
    + "</div></body></html>",
    source="海湾快报",
    related=[f"移动端卡片式推荐的第{i}个标题" for i in range(4)],
)
PAGES["summary_box"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="d">2024-05-13 09:27 来源：海湾网</div><div class="summary">摘要：{S[0]}</div><div class="n">{P}</div>'
    ),
    source="海湾网",
)
PAGES["licensed"] = Case(
    page(
        f'<h1>{TITLE}</h1><div class="t"><a href="/u/1">海湾视界</a><span><i>·</i>2024-05-13 09:27</span></div><div class="n">{P}'
        "<p>本文来自微信公众号“海湾视界”，作者：李青，本站经授权发布。</p></div><div>该文观点仅代表作者本人，平台仅提供信息存储空间服务。</div>"
    ),
    source="海湾视界",
    author="李青",
)
PAGES["list_dateline"] = Case(
    page(
        f'<h1>{TITLE}</h1><ul class="info"><li>发布时间：2024-05-13 09:27</li><li>来源：海湾网</li><li>作者：李青</li><li>浏览：33</li></ul><div class="n">{P}</div>'
    ),
    source="海湾网",
    author="李青",
)
