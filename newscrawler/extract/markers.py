# ruff: noqa: E501  (patterns and words read better unbroken)
"""Every Chinese literal the extraction knows, each with its English gloss (those of by-lines: ``bywords.py``).

No rule stands here, only words; those in patterns in simplified characters alone (see ``traditional``).

Patterns named ``*_LINE`` are matched against whole short lines, never against the prefix of a sentence:
前往 ("go to", of app advertisements) as a prefix once cut real bodies at 前往日本 ("travels to Japan").
"""

from __future__ import annotations

import re
from functools import lru_cache

from newscrawler.extract.traditional import simplified

FREQUENT_HAN = frozenset(
    # The most frequent characters of modern Chinese, simplified and traditional: evidence for a decoding.
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后"
    "多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合"
    "还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只"
    "没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边"
    "流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处网科技信息讯闻报市场司"
    "這個為時來們對會發動過說產種後學經進著當還從應開關間樣與線點變條沒結問無軍體電裡實現機業華國際報導聞記總統資"
    "訊員將長圖見計設備運農區強戰則處網買賣開門頭東車萬"
)

# ------------------------------------------------------------------ dateline labels
TIME_LABELS = (
    "发布时间|发表时间|发布日期|发表日期|更新时间|更新日期|修改时间|最后更新|最后修改|刊发时间|上传时间|创建时间|更改时间|出版|刊登日期|"
    "时间|日期|发布于|发表于|发表|发布|更新于|Date|Time"
)  # publication time, date, "published on", "updated on"
PUBLISHING = (
    "发布", "发表", "发稿", "发文", "发帖", "发送", "更新", "修改", "更改", "刊发", "刊登", "登载", "上传", "创建", "出版", "添加", "录入", "编辑", "文章",
    "新闻", "稿件", "信息", "公布", "公告", "公开", "印发", "签发", "入库", "加入", "提交", "撰写", "制作", "生成", "成文", "播出", "整理", "推送", "转载",
    "上线", "北京", "当地", "采集", "审核", "本文", "最后",
)  # fmt: skip
"""What stands before 时间 ("time of …") where it is the text's own: publishing, updating, uploading; all else is
the time of something that takes place."""
MODIFIED_LABELS = (
    "更改时间|更新时间|更新日期|修改时间|最后更新|最后修改|更新于|Updated|Modified"  # "updated", "modified"
)
SOURCE_LABELS = (
    "文章来源|信息来源|新闻来源|稿件来源|资料来源|内容来源|本文来源|消息来源|来源网站|来源媒体|来源于|(?<![图片材据])来源|(?<!图)来自|转自|转载自|"
    "摘自|稿源|出处|文章出处|供稿单位|发布机构|发布单位|发文机关|发文单位|Source|From"
)  # source, "comes from", "reposted from", "origin of the manuscript"
EDITOR_LABELS = (
    "责任编辑|执行编辑|本文编辑|网络编辑|值班编辑|见习编辑|新闻编辑|文章编辑|本期编辑|责编|编辑|编审|录入者?|文章录入|上传者?|"
    "Editor"
)  # (responsible, duty, trainee) editor, "entered by"
AUTHOR_LABELS = "文章作者|本文作者|作者|本报记者|实习记者|见习记者|记者|撰文|撰稿人|撰稿|采写|(?<![\u4e00-\u9fff])报[道导]|通讯员|发布者|发布人|发帖人|博主|(?<![\u4e00-\u9fff])文|Author|By|编者"  # author, reporter, "written by", correspondent, poster, text
OTHER_LABELS = (
    "点击数?|点击次数|点击率|点阅数?|阅读时[间长]|阅读数?|阅读次数|阅读量|浏览数?|浏览次数|浏览量|访问量|访问次数|评论数?|评论|字号|字体大?小?|责任校对|校对|审核|审稿|"
    "审校|摄影|图|图片|题图|题图来自|题图来源|头图来自|头图来源|分享到?|栏目|所属栏目|分类|标签|关键词|关键字|人气|打印|关注|热度|次数|编号|访问|版次|版面|视力保护色|背景色|"
    "大小|进入论坛|论坛|热度|收藏|点赞|转发|回复|监制|主编|总编|制作|设计|查看|索引号|文号|作者单位|单位|公司|声明|推荐|我要评论|微信|微博|原标题|标题|主题|摘要|导语|IP属地"
)  # clicks, reads, comments, font size, proofreader, photo, share, column, tags, heat, print … end a value
STOP_WORDS = (
    "我要评论|评论|参与|打印|字号|关闭|收藏|分享|分享到|复制|推荐|投稿|纠错|举报|订阅|关注|点击|阅读|浏览|大|中|小|人参与|我要投稿|进入贴吧|发表评论"
    "|微博|微信|手机|用手机看|扫描|查看评论|论坛|网友评论|条评论|返回|已有|热度|转载|跟贴|跟帖|评|原创|正文|次|"
    "手机看新闻|保存到博客|大字|小字|中字|默认|繁体|简体|加入收藏|版权声明|免责声明|转发"
)  # buttons that stand beside a source without a label of their own
CHANNEL_LABELS = "所属栏目|所属频道|所属分类|栏目|频道|分类|类别"  # column, channel, category
BADGES = frozenset(
    ("原创", "图", "视频", "组图", "图文", "图集", "独家", "直播", "专题", "置顶", "头条", "推荐", "荐", "热", "新", "顶", "精", "转载", "快讯", "深度")
)  # fmt: skip  # original, picture, video, pictures, exclusive, live, special, pinned, top, hot, new: badges beside a headline

LABELLED = re.compile(
    rf"\W*(?:{TIME_LABELS}|{SOURCE_LABELS}|{EDITOR_LABELS}|{AUTHOR_LABELS}|{OTHER_LABELS})\s*[:：]",
    re.IGNORECASE,
)

# ------------------------------------------------------------------ title and category
BREADCRUMB_HERE = re.compile(
    r"当前位置|所在位置|您的位置|你的位置|现在位置|您现在的位置|位置[:：]|您所在|首页\s*[>»›＞/-]"
)
BREADCRUMB_WORDS = frozenset(
    ("首页", "网站首页", "主页", "正文", "文章正文", "新闻正文", "内容", "详情", "文章", "查看", "浏览", "详细内容", "返回首页",
     "资讯正文", "正 文", "文章内容", "内容页", "当前位置", "阅读", "Home", "home", "Index")
)  # fmt: skip  # home page, body text, content, details: no category
SITE_WORDS = re.compile(
    r"(?<!联)网$|网站|门户|频道$|论坛$|社区$|资讯$|新闻$|日报$|晚报$|在线$|中心$|博客|之家$|\.(?:com|cn|net)\b|NET$|官网|ITBear|比尔科技|订阅$|号$|官方",
    re.IGNORECASE,
)  # …net (but 互联网, 物联网, names of channels), portal, channel, forum, news, daily, online, blog, home of…

# ------------------------------------------------------------------ related blocks
RELATED_HEADING = re.compile(
    r"[【\[《<>〉»・·•◆■▲▼★☆●○◎|｜=\-—_+＋#\s]*"
    r"(?:更多热门内容|更多热门|更多精彩内容|更多精彩|更多内容推荐|更多相关(?:内容|新闻|文章|资讯|报[道导]|阅读)?|更多(?:新闻|资讯|文章|阅读|报道|推荐|猛料|快讯|视频)|"
    r"(?:为[您你]|热门|精彩|相关|编辑|今日|本站|内容|文章|新闻|更多|猜你喜欢|小编|延伸|本文|随机|图文|最新|站内|同类|延伸[·・]?)?推荐(?:阅读|文章|新闻|内容|资讯|给[您你])?|"
    r"(?:精彩|热门|热点|相关|延伸|扩展|拓展|关联|推荐|更多|继续|其他|其它|热文|深度|往期|新闻|资料)阅读|延伸[·・]推荐|"
    r"新闻链接|相关(?:的)?(?:阅读|新闻|文章|资讯|报[道导]|内容|链接|推荐|专题|稿件|信息|帖子|主题|话题|评论|热点|图文|博文|日志|博客|视频|新闻稿|快讯|图集)|"
    r"(?:热门|热点|最热|热搜|热文|24小时热|本周热|今日热|精彩)(?:内容|新闻|文章|资讯|排行|推荐|点击|图文|榜|专题|评论|话题|关注|视频|图集)?(?:排行榜?|榜)?|"
    r"(?:相关|热门|热点|精彩)(?:文章|新闻|内容|资讯)推荐|精选推荐|阅读推荐|下一篇推荐|看了又看|(?:大家|网友|他们)(?:都在|还在|也在|正在|还)看了?|你可能错过的?(?:文章|内容|新闻)?|大家感兴趣的?(?:文章|内容)?|其[他它]文章|"
    r"大家都在看|大家都在搜|大家还看了|大家正在看|看过(?:本文|此文|该文章)的人?还看(?:过|了)|还看过|读过本文的人还读过|猜你喜欢|猜您喜欢|[您你]?可能[还也]?会?(?:[感有]兴趣|喜欢|想看)(?:的)?(?:文章|内容)?|同场加映|[延更][伸多]报导|看更多|接[着著]看|感兴趣的?(?:文章|内容)?|"
    r"往期(?:回顾|精彩|精选|推荐|文章)|精彩(?:推荐|回顾|图集|图片|内容|文章)|其他新闻|其它新闻|新闻排行榜?|点击排行榜?|阅读排行榜?|排行榜|热评文章|最新(?:文章|新闻|资讯|报道|内容|推荐|更新)|"
    r"同类(?:文章|新闻)|本类(?:最新|推荐|热门|文章)|栏目(?:热门|推荐|最新)|编辑精选|今日(?:头条|热点|热门|要闻|焦点)|热点(?:推荐|新闻|聚焦|专题)|"
    r"更多|推荐|延伸|相关|热门|下一步阅读|接下来看|更多关于.{1,16}|推荐阅读相关主题|相关推荐阅读|相关的?主题文章|推荐主题|深度推荐|"
    r"more\s*(?:stories|news|articles)|related\s*(?:\w{3,12})?|read\s*more|read\s*next|recommended\s*(?:\w{3,12})?|you\s*(?:may|might)\s*(?:also\s*)?like)"
    r"\s*(?:[:：>》】\]〉»▼↓|｜…\-—=.+#]|更多|换一[换批组]|more|RELATED|HOT|NEWS)*\s*",
    re.IGNORECASE,
)  # "more hot content", "related reading", "recommended", "everybody reads", "you may like", "extended reading" …
SIDE_HEADING = re.compile(
    r"\W*(?:(?:24小时|48小时|本周|今日|本月|一周|周|日|月|新闻|点击|阅读|热门|热点|最新|人气|评论)*(?:排行榜?|热榜|榜单|榜)|(?:热门|热点|最新|最热|热评|站内|随机|精彩)(?:文章|新闻|资讯|内容|专题|话题|图文|图片|图集|视频|点击|评论|发布|更新)|"
    r"(?:24小时|48小时|本周|今日|昨日|本月|一周|实时|近期|本站|全站)?(?:热文|热搜|热点|热门|热帖|热议)|最近(?:更新|文章|发布|新闻)|最新动态|图片新闻|TOP|今日(?:头条|要闻|热点|焦点)|编辑精选|往期(?:回顾|精彩|精选|文章)?|最新(?:文章|新闻|资讯|报道|内容|推荐|更新))(?:TOP\s*\d*|\d+)?\W*",
    re.IGNORECASE,
)  # rankings, hot and newest articles: side bars are called so; a related block only beside the text or with teasers
WEAK_HEADINGS = frozenset(("更多", "推荐", "延伸", "相关", "热门", "更多>>"))
OTHER_SECTION = re.compile(
    r"\W{0,3}(?:网友评论|最新评论|热门评论|全部评论|精彩评论|评论列表|发表评论|我要评论|我来说两句|评论区?|用户评论|跟[贴帖]|友情链接|网站地图|关于我们|联系我们|"
    r"广告服务|版权声明|专题推荐|添加评论|网友跟帖|网友留言|发表留言|读者评论|最热评论|全部跟[帖贴]|热门跟[帖贴]|最新跟[帖贴]|视频推荐|图片推荐|热门标签|热门专题|标签云?|文章分类|最近评论|站长推荐|合作伙伴|合作媒体|上一篇|下一篇|小编最近文章|作者最近文章|最近文章|TA的文章|作者其他文章)\s*\d*\s*[条个]?\W{0,3}"
)  # comments, friend links, about us, tag cloud, previous/next: another section begins

COMMENTS = re.compile(
    r"\W{0,3}(?:(?:网友|最新|热门|全部|精彩|发表|我要|用户|添加|读者|最热|查看|所有|文章|本文)?(?:评论|跟[贴帖]|留言|回复|点评)(?:列表|区|专区)?|我来说两句|网友讨论)\s*[(（\[]?\s*\d*\s*[条个]?[)）\]]?\W{0,3}"
)  # comments, replies

FLOOR = re.compile(
    r"\W{0,3}(?:沙发|板凳|地板|\d{1,4}\s*[楼#]|#\s*\d{1,4})(?!\d).{0,40}(?:发表|回复|发布|回覆)于?\W{0,4}(?:19|20)?\d\d[-/.年]\d"
)  # "sofa", "bench", "3rd floor": who answered to a post, and when

# ------------------------------------------------------------------ lines that are no body
_END = r"[\s。.!！)）】\]〕>》；;|]*"
_ROLE = (
    rf"(?:本文|文章|新闻|网络|责任|执行|值班|见习|实习|本期|频道)?(?:{EDITOR_LABELS}|校对|审核|审校|主编|监制|网编|核稿|译者|翻译|值班主任|值班总编|统筹|制作|"
    r"终审|初审|复审|编务|美编|编制|排版|责校|签发|栏目主编|文字编辑|图片编辑|题图来源|素材来源|实习生?|编译|二审|三审|一审)"
)
_FIRST_OF_ROLE = "".join(sorted({*"我要纠", *re.findall(r"[|(:?)](\w)", _ROLE)}))
EDITOR_LINE = re.compile(
    rf"[\s(（【\[〔<＜*■●]*(?=[{_FIRST_OF_ROLE}])(?:我?要?纠错[\s(（【\[〕】\])）]*)?{_ROLE}\s*[:：/|丨]\s*[^，。！？:：]{{0,40}}(?:[:：/|丨][^，。！？]{{0,60}})?"
    + _END
)
"""责任编辑：张三 (responsible editor), possibly several roles in one line, in brackets."""
ISSUE_LINE = re.compile(
    r"《?[^《》，。]{2,14}》?\s*[（(]\s*(?:19|20)\d\d年\d{1,2}月\d{1,2}日\s*第?\s*\w{1,4}\s*版[^）)]{0,14}[）)]"
)
"""《某报》（2014年11月02日 06 版): the issue and the page of a paper."""
CHANGED_LINE = re.compile(r"\W*本[帖贴文]最后由.{1,40}编辑\W*")
"""本帖最后由 … 于 … 编辑: who changed a post last, and when."""
CREDIT_LINE = re.compile(
    r"[\s(（【\[]*(?:(?:责任|值班|见习|实习|文字|图片|视觉|本期)?(?:编辑|责编|校对|审核|美编|监制|主编)\s*[\s/|丨｜]\s*[\u4e00-\u9fff·_A-Za-z]{2,8}[\s、|；;]*){1,5}"
    + _END
    + r"|[(（]\s*(?:(?:图|文|摄影|摄|视频|编辑|图文|文图)\s*[/／丨|][\s]*[^\s()（）/，。]{1,10}[\s、，；;]*){1,4}[)）]"
    + r"|[(（]?(?:(?:文字|文案|摄影|摄像|剪辑|海报|配图|供稿|供图|图片|图文|文|图|审核|校对|编辑|撰稿)\s*[:：]\s*[\u4e00-\u9fff·]{2,10}(?:[\s、]+[\u4e00-\u9fff·]{2,4}(?!\s*[:：])){0,4}[\s；;|]*){1,5}[)）]?"
)  # editor and proofreader without a colon; （图/… 文/…), picture and text by
REPORTERS_LINE = re.compile(
    r"[(（]?(?:[\u4e00-\u9fff·]{0,12}(?:记者|通讯员|实习生)\s+[\u4e00-\u9fff·]{2,4}[\s、，；;]*){2,4}[)）]?"
    + r"|[(（]?(?:[\u4e00-\u9fff·]{2,24}\s+)?(?:(?:记者|采访|采写|撰文|责编|责任编辑|网编|编辑|摄影|翻译|核稿|制作|校对)\s*[:：/]\s*[\u4e00-\u9fff·]{2,4}(?:[\s、]+[\u4e00-\u9fff·]{2,4}(?!\s*[:：/]))*[\s、|；;]*){2,6}[)）]?"
)  # reporter and correspondent without a colon; reporter and editor with one, who may follow another text
NAME_LINE = re.compile(
    r"[\s(（【\[■●▲]*(?:[《【]?[\u4e00-\u9fffA-Za-z0-9·]{0,12}[》】]?\s*)?(?:记者|作者|撰文|文|采写|撰稿|评论员)[\s/|丨｜:：]+(?P<names>[\u4e00-\u9fff·]{2,4}(?:[\s、,，]+(?!通讯员|实习|见习|摄影)[\u4e00-\u9fff·]{2,4}){0,3})(?:\s*(?:文|通讯员.{0,12}|摄影报道|摄影|摄|图|报道|实习生?.{0,6}|文/图|发自.{1,6}|整理|编译))?"
    + _END
)
"""A line that is a by-line: 新京报记者 张三, 《某刊》作者 李四."""
SOURCE_LINE = re.compile(
    rf"[\s(（【\[〔<＜*■●]*(?:本文)?(?:{SOURCE_LABELS}|原文链接|原文地址|文章链接|本文链接|本文地址|链接)\s*[:：]\s*[^。！？]{{0,90}}"
    + _END
)
"""来源：… (source), 本文来源, 本文链接 (address of this article)."""
AUTHOR_LINE = re.compile(
    r"[\s(（【\[〔<＜*■●]*(?:文章作者|本文作者|作者|撰文|撰稿人?|采写|文)\s*[:：/|丨]\s*[^，。！？]{0,40}"
    + _END
)
ADVERTISEMENT_LINE = re.compile(r"[\s\W]*(?:广告|推广|赞助)\s*[:：|｜]\s*[^。！？]{1,60}")  # advertisement: …
SMALL_PRINT = re.compile(
    r"本站|本网|本平台|本公众号|转载|版权|侵权|侵害|免责|投稿|投资建议|风险自担|自行承担|立场|真实性"
)  # this site, repost, copyright, at your own risk: the paragraphs of a notice speak so
OF_THE_PUBLISHER = re.compile(
    r"本[站网报刊号]|本平台|本公众号|本[账帐]号|本译?文|以上(?:内容|信息)|(?:内容|图片|素材)来源(?:于|[:：]|网|互联)|请与|请勿|请联系|联系我们|联系删除|请注明|必究"
)
"""What speaks of the publisher, or to the reader for it: "this site", "the above content", "please contact"."""
LEGAL = re.compile(r"转载|侵权|版权|著作权|立场|投资建议|稿酬|真实性|准确性|镜像|必究|CC BY")
"""Repost, infringement, copyright, opinion, advice, fees, accuracy: one of these stands in such a line…"""
LEGAL_TOO = re.compile(
    r"如需|如[您有遇]|若有|违者|严禁|敬请|我们将|未经|授权|删除|谨慎|算法|协议|许可|网络|生成|核实|后果|参考|风险"
)
"""…and these count beside it: "should you", licence, removal, care, algorithm, consequences, risk."""
REPORTED = re.compile(
    r"(?:说|称|表示|认为|指出|介绍|强调|透露)[，,：:]|提醒，|”|表示|法院|律师|专家|消费者|用户|市民|网友|原告|被告|新规|规定|记者|商家|卖家|买家|企业"
)
"""Who says so, or whom it is about: a line of the text that tells of copyright or risks."""
GLUED_NOTICE = re.compile(
    r"\s*[【\[（(](?:免责|版权|特别|郑重|风险)?(?:声明|提示|提醒)[】\]）)][:：]?.{10,400}"
)
"""【免责声明】… behind the last sentence, without a break before it."""
GLUED_EDITOR = re.compile(r"\s*[(（【\[〔][^()（）【】\[\]〔〕。]{4,40}[)）】\]〕]\s*")
"""（责任编辑：…） behind the last sentence, without a break before it; what it says is asked of EDITOR_LINE."""
ORIGINAL_TITLE_LINE = re.compile(
    r"[\s(（【\[]*(?:原标题|原题|原文标题|文章标题|标题)\s*[:：].{0,120}"
)  # original headline


def _firsts(alternatives: str) -> str:
    """The letters and characters with which one of these alternatives may begin."""
    return "".join(sorted(set(re.findall(r"[|(:?*\[](\w)", f"|{alternatives}"))))


_BUTTONS = (
    r"分享(?:到|至|给好友|本文|此文|文章|按钮)?|微信|微博|新浪微博|腾讯微博|朋友圈|微信好友|QQ空间|QQ好友|QQ|空间|人人网|豆瓣|复制链接|复制网址|打印(?:本页|本文)?|打印|关闭(?:窗口|本页)?|反馈|分享让更多人看到|"
    r"收藏(?:本文|本页)?|加入收藏|在看|好文点赞|(?:一键)?三连(?:支持)?(?:一下)?|推荐(?:给朋友)?|点赞|赞|顶|踩|鲜花|握手|雷人|路过|鸡蛋|酷毙|(?:打赏|赞赏)(?:激励|支持)?(?:一下|作者)?|此篇文章很值|写评论|生成海报|支持|反对|重新播放|重播|[上下]一?图集|直播间?|聊天室|(?:广告|下滑)后?继续阅读|(?:文章|内容)*举报(?:文章问题)?|我要反馈|意见反馈|投诉|纠错|我要纠错|纠错|转发|评论|发表评论|我要评论|我来说两句|查看评论|返回(?:顶部|列表|首页|上一页|频道首页)?|"
    r"字号|字体|大|中|小|大字|小字|繁体|简体|默认|责任编辑|更多|展开全文|展开|收起|余下全文|阅读全文|查看全文|查看原文|阅读原文|原文链接|廣告|(?:发布于|IP属地)\s*[:：]\s*[\u4e00-\u9fff]{2,4}|点击查看(?:更多|全文|原图|大图)?|点击图片进入下一页|上一页|下一页|上一篇|下一篇|上页|下页|首页|尾页|末页|"
    r"手机看新闻|用手机看|客户端|下载APP|打开APP(?:查看更多)?|打开\S{2,6}APP.{0,12}|关注|已关注|订阅|正文|正文已结束|本文完|全文完|完|end|the end|广告|推广|Advertisement|AD|"
    r"第?\d+页?/共?\d+页?|[共第]\s?\d+\s?页|条?跟[贴帖]|资料图|进入(?:论坛|社区|专题)|(?:请先?)?登录(?:后(?:即?可)?(?:发表|参与)?评论)?|注册|投稿|爆料|(?:您有)?未读新闻.{0,10}|编辑|来源|作者|时间|标签|阅读|浏览|点击|热门|本文已被浏览|人气|评分|"
    r"(?:阅|已有)(?=\W*\d)|(?:我要)?留言|继续阅读|分钟(?:阅读)?|min read|[按给]赞|赞好|字级|加大|放大|缩小|(?:友善)?列印|追踪|电邮|复制连结|分享平台|媒体播放器|您的设备不支持播放|\d+(?:\.\d+)?[万wWkK](?![A-Za-z\u4e00-\u9fff])|\d++|[T+-]|次|人|条|条评论|人参与|个赞|扫一扫|扫描二维码|二维码|微信扫一扫|用微信扫[描码]二维码|分享至好友和朋友圈|微信公众号|小程序|Facebook|Twitter|WhatsApp|Telegram|LINE|Threads|LinkedIn|Email|share|print|下载|保存|导出|语音播报|听新闻|播报|朗读|收听(?:本文|全文)?|听(?:文章|全文)|时长\s*\d+\s*分钟?|视频简介|小号|中号|大号|视力保护色"
)
_FIRST_OF_BUTTON = _firsts(_BUTTONS)
BUTTON_LINE = re.compile(rf"[\s\W]*(?:(?=[{_FIRST_OF_BUTTON}\d+-])(?:{_BUTTONS})[\s\W]*)+", re.IGNORECASE)
"""Buttons: share, print, close, favourite, tip the author, how Discuz lets readers applaud (a flower, an egg), font size, comment, report an error, back, more,
"3 pages in all", page 2, replies, read all, log in; the province from which a post was sent.
"""
NOTICE_LINE = re.compile(
    r"[\s\W]*(?:(?:(?:特别|免责|版权|郑重|重要|本站|本网|网站|平台|广告|相关|法律|侵权|转载|原创)*(?:声明|免责)|(?:风险|投资|免责|版权|侵权|转载|法律)(?:提示|提醒|说明|须知))\s*[:：】\]].{0,400}"
    r"|(?:(?:免责|版权|特别|平台|网站|相关)?声明|版权说明|风险提示(?:[及与和]免责(?:条款|声明))?|免责条款|版权所有)\W{0,3}"
    r"|(?:特别|温馨|友情)(?:提示|提醒)\s*[:：][^。]{0,60}(?:稿酬|来源网络|来自网络|转载|版权|侵权|仅供参考|本站|本网).{0,200}"
    r"|(?:(?:注|注明|PS)\s*[:：]\s*)?(?:文中|以上|本文|该文|此文|文章)[^。]{0,40}不代表[^。]{0,16}(?:立场|观点).{0,60}"
    r"|(?:以上(?:内容|文章|观点|图文|信息)|本文|本篇|本稿|文章|该文|此文|文中|本平台|本站|本网|凡)[^。]{0,60}(?:立场与[^。]{0,12}无关|仅代表作者|不代表本|仅供参考|不构成.{0,6}建议|(?:版|著作)权归|未经.{0,12}(?:许可|授权|允许)|不得转载|转载请|转载须|谢绝转载|禁止转载|原创文章|侵权.{0,8}(?:删除|联系)).{0,300}"
    r"|(?:作者|译者)简介\s*[:：].{0,200}|.{0,30}(?:[未非]经(?:正式|本[站网报刊社])?(?:许可|授权|允许|书面|同意)[^。]{0,30}(?:转载|复制|使用|镜像)|转[载发]请(?:注明|联系|保留|务必)|(?:版|著作)权归[^。]{0,20}所有|如有侵权|不代表本(?:网|站|平台|报|刊)|仅代表(?:作者|其)个?人?|仅供(?:网友|用户)?[^。]{0,12}(?:参考|表达个人)|侵删).{0,250}"
    r"|[\u4e00-\u9fff]{1,8}(?:网|报|社|电视台|网站|频道)(?:特别|免责|版权(?:[与及和]免责)?)?声明\s*[:：].{0,400}"
    r"|.{0,60}(?:(?:出于|目的在于|旨在)传[递播]更多信息|不意味着(?:本[站网])?赞同).{0,200}"
    r"|(?:股市|投资|市场|理财|基金)有风险[，,]?[^。]{0,8}[需须]?谨慎(?:.{0,20}|.{0,60}(?:不构成|仅供|不作为).{0,200})"
    r"|请务必在总结开头.{0,300}"
    r"|(?:本文|文章)(?:来自|转载自|首发于?|系|由|经)[^。]{0,40}(?:授权|公众号|原创|首发|供稿|转载)[^。]{0,60}[。\s]*"
    r"|[（(](?:本文|文章)(?:来自|转载自|首发于?|原载于?)[^。]{0,100}[）)]"
    r"|(?:Notice\s*[:：]|Copyright\W{0,4}(?=\d{4}|\(C\)|by\b|All\b|©|[\u4e00-\u9fff]{0,12}$)|©|\(C\)|All Rights Reserved).{0,400}"
    r"|.{0,40}(?:Copyright\W{0,4}(?:\d{4}|\(C\)|by\b|All\b|©)|©|All Rights Reserved|版权所有(?![者权人的])).{0,200}"
    r"|.{0,60}(?:建议使用|建议采用|最佳浏览|最佳分辨)[^。]{0,40}(?:浏览|分辨率|像素).{0,80}"
    r"|.{0,30}(?:ICP备|京公网安备|公网安备|违法和不良信息举报).{0,200})",
    re.IGNORECASE | re.DOTALL,
)
"""Disclaimers: "for reference only", "does not represent this site", "repost only with", copyright, ICP
numbers.
"""
_PROMOTIONS = (
    r"扫(?:一扫|描|码|二维码).{0,30}(?:二维码|关注|下载|阅读|看|客户端|APP|微信|公众号|向|分享|上)(?:我们|本[站网报刊]|.{0,16}公众号)?(?:[，,][^。，]{0,24})?|长按.{0,12}(?:二维码|识别|关注)(?:我们|本[站网报刊]|.{0,16}公众号)?(?:[，,][^。，]{0,24})?|关注.{0,20}(?:公众号|微信|微博|官方|订阅号)(?:[，,][^。，]{0,24})?|"
    r"(?:微信|公众号|微信号|微博)[^。]{0,6}(?:搜索|ID|号)?\s*[:：].{0,40}|(?:点击|戳|猛戳)[^，。]{0,12}(?:阅读原文|原文链接|下载|关注|进入|这里|此处|查看更多|专题).{0,40}|下载.{0,12}(?:客户端|APP)(?!的).{0,30}|"
    r"打开.{0,10}(?:客户端|APP).{0,24}|打开微信.{0,30}分享.{0,10}|请?关注我们(?:[，,！!][^。]{0,20})?|(?:更多|相关|欲知|了解|获取)[^。]{0,30}(?:敬请|欢迎|尽在|请(?:点击|关注|追踪|订阅|访问|查看|咨询|搜索|移步|下载))[^。]{0,40}|(?:更多|相关)[^。，]{0,20}(?:关注|点击|访问|查看|搜索)\s*[:：].{0,40}|欢迎(?:关注|扫码|添加|加入|订阅)[^。]{0,50}|"
    r"您?的?浏览器.{0,20}(?:不支持|无法|版本过低).{0,40}|正文已结束.{0,40}|用手机看新闻.{0,10}|支持键盘.{0,20}|按.{0,4}(?:alt|键盘).{0,30}|(?:新闻)?(?:热线|爆料|报料|举报)[^。]{0,8}[:：].{0,60}|投稿邮箱.{0,60}|"
    r"(?:请)?支持独立网站.{0,40}|返回.{0,12}(?:首页|查看更多|顶部|列表)[^\u4e00-\u9fff]{0,6}|"
    r"(?:商务|广告)合作(?:\W{0,3}(?:请|联系|电话|热线|咨询|邮箱|微信|加|[\dA-Za-z]).{0,40})?|"
    r"加(?:群|微信|QQ)(?:[^。]{0,8}[:：\dA-Za-z].{0,30}|(?:领取|获取|交流|咨询|进群).{0,20})"
)
_FIRST_OF_PROMOTION = _firsts(_PROMOTIONS)
PROMOTION_LINE = re.compile(
    rf"[\s\W]*.{{0,24}}(?=[{_FIRST_OF_PROMOTION}])(?:{_PROMOTIONS}){_END}", re.IGNORECASE
)
"""QR codes, "follow our account", "download the app", "click to read the original", "your browser cannot"."""
OFFICIAL_LINE = re.compile(
    r"[\s\W]*.{0,24}(?:[^。，]{0,16}官方(?:微信|微博|公众号|抖音号)(?:公众号)?|[^。]{0,30}尽在[^。]{0,12}(?:客户端|APP|公众号))"
    + _END,
    re.IGNORECASE,
)
"""A name and "official account"; "all of it in the app"."""
INVITATION_LINE = re.compile(
    r"[\s\W]*(?:[^。]{0,54}(?:进入|寄到|送到|送达)[您你]的?[^。]{0,6}(?:信箱|邮箱|收件箱)|.{0,24}按一下[^。]{0,6}分享.{0,30}|[^。]{0,64}[点按]我(?:看|下载|订阅|追踪)[^。]{0,24}|.{0,24}加入(?![了过])[^。]{0,16}(?:好友|社群)(?:[，,][^。]{0,16})?|[^。]{0,36}(?<![无不][需须用必])(?:下载|安装)[^。]{0,10}应用程[序式][^。]{0,16}|"
    r"(?:(?:如果?[您你]?|[您你])有[^。]{0,16}线索|有[^。]{0,16}线索(?=[^。]{0,60}(?:请|欢迎|可(?:以|向|拨|致)|[报爆]料|热线))).{0,120}|欢迎[^。]{0,10}提供[^。]{0,10}线索(?=[^。]{0,80}(?:料|本[报台网站]|我们|热线|记者|微信|公众号|邮箱|采纳|报酬))[^。]{0,80}|下载[^。]{0,16}[报爆]料[^。]{0,20}|(?:如果)?(?:喜欢|觉得)(?=[^。]{0,24}(?:请|欢迎|记得|别忘|就|给|点个|帮忙|不妨|麻烦|的(?:话|朋友|读者|小伙伴)))[^。]{0,24}(?:转发|点赞|在看)[^。]{0,16})"
    + _END,
    re.IGNORECASE,
)
"""A letter to the reader's mailbox, "tap to share", "tap me", "join as a friend", "install the application",
"if you have news for us", "if you like it, pass it on"."""
WALL_LINE = re.compile(
    r"\W*(?:您?需要?|请先?)*(?:登录|登陆|注册)(?:后|才)(?:即可|才?可以?|才?能|方可|获取)[^。]{0,12}"
    r"(?:阅读|全文|评论|留言|回[复帖贴]|发[表言帖贴]|参与(?:讨论|互动|话题)|查看(?:更多|全部|完整|剩余|详情)|解锁|继续|权限|订阅|浏览|收藏|点赞)[^。]{0,18}"
    + _END
)  # "log in to read on, to comment, to see all of it": the article's text ends there; what else one may do
# after logging in is told by the text
PLAYER_LINE = re.compile(
    r"\W*(?:[^。]{0,24}启用\s?JavaScript.{0,60}|跳过.{0,16}继续阅读|end of .{1,16}|(?:您的)?设备不支持.{0,20})\W*",
    re.IGNORECASE,
)  # "enable JavaScript to watch", "skip … and read on", "end of …", "your device does not support"
TAG_LINE = re.compile(
    r"[\s\W]*(?:标签|关键词|关键字|Tags?|TAG|文章标签|相关标签|热词|本文标签|分类|所属栏目|栏目|话题|关注话题|相关专题|专题)\s*(?:[:：].{0,120}|\S{0,4})",
    re.IGNORECASE,
)  # tags, keywords, category
NAVIGATION_LINE = re.compile(
    r"[\s\W]*(?:上一?[篇条页则个]|下一?[篇条页则个]|前一[篇条页]|后一[篇条页]|上篇|下篇|上一新闻|下一新闻|上一篇文章|下一篇文章)(?:文章|新闻)?\s*[】\])）]?\s*(?:[:：<>«»].{0,120})?"
    + _END
)  # previous / next article
COUNT_LINE = re.compile(
    r"[\s\W]*(?:已有|共有?|当前|本文|该文|文章|有)?\s*[\d,]*\s*(?:人|次|条)?\s*(?:浏览次数|阅读次数|点击次数|浏览量|阅读量|点击量|点击数|阅读数|浏览|阅读|点击|评论|条评论|人参与|看过|围观|跟帖|跟贴|人气|热度|访问量)(?:次数|量|数)?\s*[:：]?\s*[\d,]*\s*(?:次|条|人)?\W*"
)
_DAY = r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}"
DATED_LINE = re.compile(rf"{_DAY}.*(?:来源|作者|编辑)\s*[:：]|(?:来源|作者|发布时间)\s*[:：].*{_DAY}")
"""A day together with a source or an author: no line of a text."""
SIGNING_DAY = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日")
POSTED = ("发表于", "发布于", "回复于")  # "posted on", "answered on", and a time behind it
ENDED_LINE = re.compile(
    r"[\s\W]*(?:完|全文完|本文完|正文完|未完待续|END|The End|正文已结束.{0,40})[\s\W]*", re.IGNORECASE
)
CAPTION_LINE = re.compile(
    r"[▲△▼↑↓▽]\s*\S.{0,120}|.{0,60}[▲△▼↑↓]|(?:图|图片)(?:\d{1,2}|[一二三四五六七八九十])?[:：/].{0,60}|图为.{0,100}|.{0,60}(?:资料图|供图|摄|图片来源.{0,20})[)）]?"
)


# ------------------------------------------------------------------ class and id words (soft evidence only)
BAD_WORDS = re.compile(
    r"comment|reply|footer|foot\b|copyright|sidebar|side\b|aside|\bnav|menu|breadcrumb|crumb|related|relate|recommend|\brec[_-]|hot[-_]?|rank|share|tags?\b|"
    r"login|disclaim|statement|friend|pager|pagination|prev|next|advert|\bads?\b|ad[-_]|gg\b|qrcode|ewm|erweima|tool|pinglun|tuijian|xiangguan|liuyan|guestbook|post[-_]?list|toplist"
)
GOOD_WORDS = re.compile(
    r"article|content|\bbody|text|\bpost\b|entry|main|detail|neirong|zhengwen|story|news|con\b|artical|endtext|show|view|wenzhang|editor|trs"
)
INSERT_WORDS = re.compile(
    r"newsletter|subscri|paywall|cookie|(?:about[-_]?)?author[-_]?(?:box|card|bio|info|profile)|\bbio\b|sharedaddy|social|donat|promo\b|app[-_]?(?:download|promo)|qr(?:code)?\b|kaihu|(?:car|product|goods|shop|stock)[-_]?(?:card|box|item)"
)  # boxes set into a text that are none of it
SUMMARY_WORDS = re.compile(r"summary|abstract|zhaiyao|daodu|digest|\bdesc|description|intro\b")
SUMMARY_HEAD = re.compile(
    r"[\s\W]*(?:摘要|内容摘要|导读|导语|核心提示|内容提要|提要|编者按|内容导读|简介|概要)\s*[:：】\]]"
)  # abstract, lead-in, key points
SIDE_WORDS = re.compile(r"sidebar|side\b|side[-_]|aside|right|\brank|fr\b|col[-_]?r")
META_WORDS = re.compile(
    r"time|date|info|source|meta|author|origin|from|byline|pub|post|laiyuan|shijian|subtitle|about|desc|data|mark|tips|titbar|ep-|msg|bar|other"
)
COMMENT_WORDS = re.compile(r"comment|reply|pinglun|liuyan|guestbook|gentie|tie-")

# ------------------------------------------------------------------ unfit pages
SOFT_404 = re.compile(
    r"(?:页面|网页|文章|内容|文件|信息|新闻|地址|链接|帖子|主题)[^，。]{0,10}(?:不存在|找不到|没有找到|未找到|已被?删除|已经?删除|已下线|已失效|飞走|走丢|丢失|无法访问|不见了)|"
    r"(?:找不到|没有找到|未找到|无法找到)[^，。]{0,10}(?:页面|网页|文章|内容|文件|资源)|404\s*(?:Not Found|错误|页面|-)|Not Found|"
    r"(?:您|你)(?:访问|要找|查找|请求|浏览)的[^，。]{0,10}(?:不存在|已|被|找不到|出错|不见)|参数错误",
    re.IGNORECASE,
)  # "the page does not exist", "has been deleted", "cannot be found", "wrong parameter"
OUT_OF_ORDER = re.compile(
    "该页无法显示|系统繁忙|服务器.{0,4}错误"
)  # "cannot be shown", "busy", "server error"
LOGIN_WALL = re.compile(
    r"(?:请|需|须|必须)(?:您|你)?(?:先|要)?(?:登录|登陆|注册|付费|订阅|购买)|(?:登录|登陆|注册|订阅|付费)(?:后|会员)(?:可|才能|方可|即可|继续|查看|阅读)|您(?:还)?(?:未|没有)登[录陆]|会员(?:专享|登录)|验证码"
)  # "please log in", "log in to read on", "you are not logged in", "captcha"
LOGIN_TO_READ = re.compile(
    r"(?:登录|登陆|注册|订阅|付费|登入)(?:会员)?[^，。]{0,4}(?:阅读|查看|看全文|解锁)"
)  # "log in (subscribe, pay) to read, to see, to unlock"

# ------------------------------------------------------------------ listing
NEXT_TEXT = re.compile(
    r"\W*(?:(?:查看|翻到|转到)?下一?[页组]|下\s*\d{1,3}\s*[条篇]|后一?页|下页|后页|[前上]一[天日]|next(?: page)?|(?:点击|点此|上拉|点我)?(?:加载|载入)更多(?:新闻|资讯|文章|内容)?|older(?: posts| entries| articles)?|(?:更早|较早|较旧|更旧|早期)(?:文章|新闻|内容|的[\u4e00-\u9fff]{0,4})?)\W*(?:\d+\s*/\s*\d+\W*|\(\d{1,5}\))?|[>›»→]{1,2}",
    re.IGNORECASE,
)
LOAD_MORE = re.compile(
    r"(?:加载|載入|载入|查看|浏览|显示|展开|获取)更多|点击加载|更多(?:新闻|资讯|文章|内容|新聞|資訊|內容)|load[\s_-]?more",
    re.IGNORECASE,
)  # "load more", "see more", "more news"
READ_MORE = re.compile(
    r"\W*(?:阅读全文|查看全文|全文|详细|详情|查看详情|详细内容|更多|查看更多|继续阅读|read more|more|阅读更多|点击查看|\d*条?评论|\d*\s*跟[贴帖]\s*\d*|评论|\d+)\W*"
    r"|\W*(?:(?:[继繼][续續][阅閱][读讀](?:全文)?|[阅閱][读讀](?:全文|更多))\s*[“\"「『《]|continue reading\b|read more (?:about|of)\b).*",
    re.IGNORECASE,
)


BOUGHT = frozenset(("广告", "廣告", "推广", "推廣", "赞助", "贊助", "[广告]", "AD", "Ad", "Sponsored"))
"""Advertisement, promotion, sponsored: a line of an entry that somebody paid for."""

BUTTON = 12
"""The longest text of a button that leads on; links are many, and nearly all of them titles."""


@lru_cache(maxsize=4096)
def _is_read_more(text: str) -> bool:
    return READ_MORE.fullmatch(simplified(text) if len(text) <= BUTTON else text) is not None


def is_read_more(text: str) -> bool:
    """A button such as 阅读全文 (read all), a number of comments. One link is asked about up to five times."""
    return _is_read_more(text) if len(text) < 60 else READ_MORE.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def is_next(text: str) -> bool:
    """A link's text that leads to the next older page."""
    return NEXT_TEXT.fullmatch(simplified(text) if len(text) <= BUTTON else text) is not None


FOOTER_TEXT = re.compile(
    r"c(?i:opyright)\W{0,4}(?:\d{4}|\((?i:c)\)|©)|C(?i:opyright)\W{0,4}(?:\d{4}|\((?i:c)\)|©)|©\s*\d{4}|a(?i:ll rights reserved)|A(?i:ll rights reserved)|i(?i:cp)[备证]|I(?i:cp)[备证]|公网安备|违法和不良信息举报"
)  # copyright, licence numbers, where to report unlawful content: the foot of a page
RANKING = re.compile(
    r"热|排行|榜|点击|人气|推荐|往期|喜欢|在看|(?:相关|延伸)(?:阅读|新闻|文章|报[道导]|链接|资讯)"
)  # hot, ranking, clicks, recommended, past, liked, related: over a side list, or under each entry
INSTITUTION = re.compile(
    r"(?:公司|集团|大学|学院|学校|中学|小学|医院|政府|委员会|协会|学会|研究[院所]|[局厅处站馆]|法院|检察院|信息网)$"
)
"""How the names of companies, schools, offices end, which many of their pages have for their only title."""
NO_CHANNEL = re.compile(
    r"首页|主页|关于|联系|登录|登陆|注册|招聘|广告|合作|投稿|声明|隐私|协议|帮助|下载|APP|客户端|手机版|电脑版|微信|微博|RSS|地图|友情|链接|收藏|搜索|标签|English|退出|分享|好友|"
    r"版权|服务|反馈|举报|会员|论坛|返回|顶部|繁体|设为|全文|详情|详细|继续阅读",
    re.IGNORECASE,
)  # home, about, contact, log in, jobs, advertise, download, app, mobile version, tags, read all … : no channels


@lru_cache(maxsize=1024)
def is_comment_box(words: str) -> bool:
    """Class and id words that name the readers' comments."""
    return COMMENT_WORDS.search(words) is not None


@lru_cache(maxsize=1024)
def is_insert(words: str) -> bool:
    """Class and id words that name what is set into a text: a newsletter, an author's card, share buttons."""
    return INSERT_WORDS.search(words) is not None


@lru_cache(maxsize=1024)
def is_bad_box(words: str) -> bool:
    """Class and id words that name anything but an article's text."""
    return BAD_WORDS.search(words) is not None


@lru_cache(maxsize=1024)
def is_good_box(words: str) -> bool:
    """Class and id words that name an article's text."""
    return GOOD_WORDS.search(words) is not None


@lru_cache(maxsize=1024)
def is_side_box(words: str) -> bool:
    """Class and id words that name a side bar."""
    return SIDE_WORDS.search(words) is not None


SUSPECT = re.compile(
    r":|：|/|\||©|丨|（|\(|【|\[|编辑|责编|校对|来源|记者|声明|转载|版权|扫|关注|下载|点击|更多|相关|上一|下一|前一|后一|标签|浏览|阅读|评论|完|e(?i:nd)|E(?i:nd)|打开|返回|欢迎|"
    r"微信|公众号|浏览器|责任|免责|侵权|侵删|仅供|仅代表|未经|备案|I(?i:cp)|i(?i:cp)|合作|投稿|热线|分享|长按|戳|键盘|传递更多|传播更多|意味着|有风险|广告|反馈|推广|通讯员|用手机|登录|登陆|注册|加群|尽在|信箱|邮箱|收件箱|分钟|点我|按我|跳过|加入|J(?i:avascript)|应用程|非经|简介|立场|记者|字级|列印|留言|支持独立|原标题|正文",
)
"""What any of the line patterns above needs: a line without one of these is not looked at further.

Every alternative begins with a plain character and no flag is set: only then does ``re`` look for these
characters alone, in a quarter of the time.
"""
