"""The words of by-lines: who wrote, edited and brought an article. Like ``markers``: no rule, only words."""

from __future__ import annotations

import re

from newscrawler.extract.traditional import simplified

ROLES = {
    "source": re.compile(r"source|laiyuan|origin|copyfrom", re.IGNORECASE),
    "author": re.compile(r"author|zuozhe|writer|byline|reporter|jizhe", re.IGNORECASE),
    "editor": re.compile(r"editor(?!ial)|bianji|zebian", re.IGNORECASE),
}
"""Class, itemprop and rel words that say what a value without a label is; the pinyin of source, author,
reporter, editor among them."""
WRITERS_PAGE = re.compile(r"/(?:user|author|writer|people|u|space|zuozhe)s?[/?-]", re.IGNORECASE)
"""In the address of what a site shows of one of its writers."""
CATEGORY = re.compile(r"categor|channel|\btags?\b|lanmu", re.IGNORECASE)
"""Class and rel words of a link to a category (lanmu) or a tag: no medium's name."""
SAYING = re.compile(
    r"(?:显示|表示|指出|认为|透露|宣布|称|说)(?=$|[，,：:])"
)  # "shows", "states", "says": no name ends so
WRITES = ("记者", "作者", "撰文")
EDITS = ("编辑", "责编")
NO_TEXT = ("图片", "视觉", "视频", "美术", "音频")
"""How the roles end whose names are the author's and the editor's; editors of pictures, films, sounds."""
SECOND_ROLE = re.compile(
    r"^[\s\u2003]*[\u4e00-\u9fff·]{2,4}(?:[、,，][\u4e00-\u9fff·]{2,4})*(?=[\s\u2003]+(?:通讯员|实习生|[实见]习记者|摄影|摄像|编辑|校对|审核)(?:报道)?(?:[\s\u2003:：]|$))"
)  # a name, and behind it the correspondent's, trainee's, photographer's, editor's
BYLINE = re.compile(
    r"[(（【\[〔]\s*(?:(?:本报|本网|本刊|实习|见习|特约|首席|全媒体|新华社|央广网|中新社|\S{2,8}?(?:报|网|社|台|新闻|客户端))?(?:记者|文/|文丨|作者|撰文)\s*[:：/]?\s*)"
    r"(?P<names>(?:[\u4e00-\u9fff][ \u3000]+[\u4e00-\u9fff](?![\u4e00-\u9fff])|[\u4e00-\u9fff·]{2,4})"
    r"(?:[\s\u3000、,，]+[\u4e00-\u9fff·]{2,4}){0,4}?)"
    r"(?:\s*(?:整理|整合|综合|报道|摄|编译|采写|通讯员|实习生|实习记者|文并摄|/|／|图)[^)）】\]〕]{0,30})?(?<!摄)\s*[)）】\]〕]"
)
"""（记者 张三） in the lead: the reporter's name(s)."""
DISPATCH = re.compile(
    r"记者(?:(?P<names>[\u4e00-\u9fff·]{2,4}(?:、[\u4e00-\u9fff·]{2,4}){0,3})/[\u4e00-\u9fff·]{2,8}(?:报导|报道|专访|专电|电)"
    r"|(?P<name>[\u4e00-\u9fff·]{2,4}?)(?:台北|新北|桃园|新竹|苗栗|台中|彰化|南投|云林|嘉义|台南|高雄|屏东|宜兰|花莲|台东|澎湖|金门|马祖|基隆|"
    r"北京|上海|香港|澳门|东京|首尔|华盛顿|纽约|洛杉矶|旧金山|伦敦|巴黎|柏林|布鲁塞尔|日内瓦|曼谷|新加坡|吉隆坡|雅加达|河内|新德里)\d{1,2}日[综合外专]{0,4}电)"
)
"""記者張三／台北報導, 記者張三台北30日電: who reports from where, as papers and agencies begin a text."""


SIGNED_DISPATCH = re.compile(
    r"\d日[\u4e00-\u9fff]{0,4}[电讯]\s*[(（](?P<names>[\u4e00-\u9fff·]{2,4}(?:[\s、]+[\u4e00-\u9fff·]{2,4}){0,3})[)）]"
)
"""3月8日电 (张三 李四): an agency's dispatch, its reporters in a bracket without a label."""
PICTURED_BY = re.compile(
    r"[\s(（]*(?:[\u4e00-\u9fff]{1,10}[部处院科办系社网室会局报台馆校站心][\s\u3000]+)?(?P<names>[\u4e00-\u9fff·]{2,4}(?:[\s\u3000、]+[\u4e00-\u9fff·]{2,4}){0,2})"
    r"[\s\u3000]*(?:文/[图摄]|图/文|文并摄)[\s)）。]*"
)
"""（护理部 张三 文/图）: text and pictures by, behind the name and perhaps its office."""
_PARTED = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]) ([\u4e00-\u9fff])(?![\u4e00-\u9fff])")


def names(text: str, match: re.Match[str]) -> str:
    """The group ``names`` of a ``match`` as printed in ``text``; a name set apart (张 三) is joined."""
    return _PARTED.sub(r"\1\2", " ".join(text[slice(*match.span("names"))].split()))


def dispatched_by(text: str) -> str | None:
    """Who reports, of a ``text`` that begins as a dispatch."""
    said = simplified(text[:40])
    sent = DISPATCH.search(said) if "记者" in said else None
    if sent is not None:
        return text[slice(*sent.span("names" if sent["names"] else "name"))]
    signed = SIGNED_DISPATCH.search(said) if "日" in said and ("(" in said or "（" in said) else None
    return names(text, signed) if signed is not None and signed["names"][0] in SURNAMES else None


LABEL = re.compile("发布时间|发布日期|时间|日期|来源|稿源|责任编辑|编辑|责编|作者|记者")
"""Time, day, source, editor, author, reporter: all of a label that stands in a cell of its own."""
LICENCE = re.compile(r"\W*(?:本文|文章|本稿)(?:来自|来源于?|转载自|首发于?|原载于?|由|经|系)")
"""How a line begins that says whose text this is: no dateline, though it has labels."""
LICENSED_AUTHOR = re.compile(
    r"(?:来自|转载自|首发于?|来源)[^。]{0,40}[，,；;\s]作者\s*[:：]\s*(?P<name>[^，。；,;：:\s]{2,20})(?=[，,；;。)）])"
)  # "this text is from the account …, author: …, published by licence"
NAME_PREFIX = re.compile(
    r"^(?:[\u4e00-\u9fffA-Za-z]{1,8}(?:网|报|社|台|新闻|客户端|周刊|杂志)[\s\u2003]+(?=[\u4e00-\u9fff·]{2,4}(?:$|[\s)\]】]))|[^\u2003]{0,16}?(?:见习记者|实习记者|特约记者|首席记者|全媒体记者|记者|专栏作者|特约作者|作者|评论员|撰稿人|通讯员|编辑)[\s\u2003:：/]+(?=[\u4e00-\u9fff]))"
)  # "reporter", "columnist", or the medium before a name
SURNAMES = frozenset(
    "王李张刘陈杨赵周吴徐孙朱胡郭何罗郑梁谢宋唐许韩邓冯曹彭曾肖董潘袁蔡蒋杜叶魏苏吕丁卢姚沈钟姜崔谭陆范汪廖韦贾付邹熊孟秦邱侯尹薛闫段黎史陶贺毛郝顾龚邵覃钱戴严莫"
)
"""Common surnames that begin few other words: two or three characters that begin so are a person's name."""
FREQUENT_SURNAMES = frozenset("林黄程方")
"""Surnames that begin words as well (林业 forestry, 黄金 gold, 程序 program, 方案 plan): three characters
that begin so are a name…"""
NO_GIVEN_NAMES = frozenset("业木区地海金河色牌序度案法便面式向形")
"""…but for those whose second is one of these."""
ROLE_BEHIND = re.compile(r"[ \u2003/]+(?:撰稿|撰文|采写|综合|编译|整理)?(?:报道|报导)?$")
"""撰稿 "written by", 报道 "reports" behind a name."""
ROLE_OF_MEDIUM = re.compile(r"(?<=[报网社台刊])(?:特约|本报)?(?:评论员|记者)$")
"""某报评论员: a commentator of a medium without a name of his own; the medium is the source."""
NO_NAME_ENDS = frozenset("州市区县省镇网报刊社台")
"""Places and media end so (苏州, 周刊)."""
ANYWHERE = frozenset(("互联网", "网络"))
"""The internet, the net: where a text is from of which nobody says more, and the name of a channel, too."""
UNNAMED_SOURCE = re.compile(r"source|media|from|origin|laiyuan|ly\b|site|where|account|name", re.IGNORECASE)
MEDIA_NAME = re.compile(
    r"(?:网|报|社|台|号|新闻|周刊|日报|晚报|传媒|财经|科技|资讯|频道|杂志|在线|之家|Tech|NET)$",
    re.IGNORECASE,
)
MEDIUM = re.compile(r"[\u4e00-\u9fff·]{3,}(?:网|报|社|台|刊|杂志|在线|之家|客户端)$")
"""A medium's full name (都市新报), not a channel's (互联网, 国内新闻)."""
ROLE_WORD = re.compile("记者|通讯员|实习生|摄影|编辑|作者|分类于?|归类于|栏目|标签|发表在")
"""Reporter, correspondent, trainee, photographer, editor, author, category, tag: no medium stands behind."""
_PLACES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|"
    "内蒙古|广西|西藏|宁夏|新疆|香港|澳门|海外|美国|日本|英国"
)  # the provinces and what else is printed beside a post as the place it was sent from
NO_SOURCE = re.compile(
    rf"(?:(?:IP\s?属地|发布于|来自|发表于)?\W*(?:{_PLACES})[省市]?\W*)|(?:IP\s?属地|发布于)\W*[\u4e00-\u9fff]{{2,4}}|(?:进入|打开|下载).*(?:APP|客户端).*|"
    r"(?:登录|注册|时长|我要提问|则?(?:留言|回应|回复)|只看该作者|只看楼主|[倒正]序浏览|电梯直达|阅读模式|楼主|本[站报网刊台]记者|摄影报道|原创|首发|首次|转载|独家|正文|专栏|置顶|推荐|热点|头条|评论|阅读时长|阅读|浏览|分享|收藏|关注|举报|字号|字体|订阅|发表于|发布于|发布|更新|听新闻|企鹅号|网易号|搜狐号|大鱼号|百家号|官方|已认证|作者|编辑|责编|责任编辑|来源|时间|"
    r"小|中|大|(?<![A-Za-z])[A-Z](?![A-Za-z])|语音播报|语音|播报|点赞|喜欢|微博|微信|朋友圈|目录|摘要|速读|发表|发[布表](?:日期|时间)|(?:综合|即时)报[道导]|(?i:hkt|gmt|utc)|(?i:ai(?![a-z]))|分享平台|推特|脸书|面书|复制链接|打印|转发|电邮|(?i:facebook|twitter|whatsapp|telegram|wechat|weibo|linkedin|messenger|threads|instagram|pinterest|e-?mail|line(?![a-z])|print(?![a-z])|share|copy\s?link)|(?:QQ)?空间|添加喜爱|本文由|记者|分类于?|归类于|栏目|标签|通讯员|跟贴|人参与|(?:星期|周)[一二三四五六日天末]|上午|下午|分钟|小时|字数?|(?i:posted|published|updated|written|by|on|at|author|source|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)|约|预计|读完|撰文|采写|编译|[\W\d_]|(?<=\d)[kKwW万])*|https?:.*|.*(?:点击|浏览|阅读|评论|次|人|人看过|围观|人气|热度|点赞|收藏|播放|转发|喜欢|官方[账帐]号|粉丝团|粉丝专页)\W*\d*(?:\.\d+)?[万wWkK]?\+?"
)  # "original", "exclusive", "minutes", "characters" and buttons: no medium's name
