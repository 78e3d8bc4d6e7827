"""Texts for the benchmark of near-duplicates: rewrites of a text, and look-alikes of a template.

``consistent`` is another hand than the other rewriters: it has a book of words and adds sentences.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

SENTENCE = re.compile(r"[^。！？\n]*[。！？]+[”』」]?|[^。！？\n]+|\n+")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
LATIN = re.compile(r"[A-Za-z]{2,}")
HAN_PAIR = re.compile(r"[一-鿿]{2}")

Rewriter = Callable[[random.Random, str, float, Sequence[str]], str]
"""(dice, text, share, words to put in) -> the rewrite."""


def vocabulary(texts: Sequence[str]) -> list[str]:
    """Two-character words of ``texts``, as often as they stand there."""
    return [pair for text in texts for pair in HAN_PAIR.findall(text)]


def drop_sentences(dice: random.Random, text: str, share: float) -> str:
    """``text`` without ``share`` of its sentences."""
    sentences = SENTENCE.findall(text)
    real = [number for number, sentence in enumerate(sentences) if sentence.strip()]
    gone = set(dice.sample(real, round(share * len(real)))) if len(real) > 1 else set()
    return "".join(sentence for number, sentence in enumerate(sentences) if number not in gone)


def move_sentences(dice: random.Random, text: str, share: float) -> str:
    """``text`` with ``share`` of its sentences standing elsewhere."""
    sentences = SENTENCE.findall(text)
    real = [number for number, sentence in enumerate(sentences) if sentence.strip()]
    moved = dice.sample(real, round(share * len(real)))
    target = moved[:]
    dice.shuffle(target)
    order = dict(zip(moved, target, strict=True))
    return "".join(sentences[order.get(number, number)] for number in range(len(sentences)))


def swap_words(dice: random.Random, text: str, share: float, words: Sequence[str]) -> str:
    """``text`` with ``share`` of its two-character words replaced, each time by another."""
    return HAN_PAIR.sub(lambda found: dice.choice(words) if dice.random() < share else found[0], text)


def change_numbers(dice: random.Random, text: str, share: float) -> str:
    """``text`` with ``share`` of its numbers replaced by others of the same length."""
    return NUMBER.sub(lambda found: _digits(dice, found[0]) if dice.random() < share else found[0], text)


def _digits(dice: random.Random, number: str) -> str:
    while True:
        made = "".join(c if c == "." else str(dice.randint(not at, 9)) for at, c in enumerate(number))
        if made != number:
            return made


def mixed(dice: random.Random, text: str, share: float, words: Sequence[str]) -> str:
    """Half of ``share`` in sentences cut, half in words replaced, ``share`` moved, of the numbers half."""
    text = move_sentences(dice, drop_sentences(dice, text, share / 2), share)
    return change_numbers(dice, swap_words(dice, text, share / 2, words), share / 2)


def heaped(dice: random.Random, text: str, share: float, words: Sequence[str]) -> str:
    """The whole ``share`` of each at once: at 30 % about half of the text is left as it was."""
    text = move_sentences(dice, drop_sentences(dice, text, share), share)
    return change_numbers(dice, swap_words(dice, text, share, words), share)


def consistent(dice: random.Random, text: str, share: float, words: Sequence[str]) -> str:
    """Another hand: each word changed is the same word everywhere; sentences rewritten, some added.

    A third of ``share`` is sentences made anew, a third is words, a third is cut; a new lead stands before.
    """
    text = drop_sentences(dice, text, share / 3)
    book: dict[str, str] = {}

    def swap(found: re.Match[str]) -> str:
        word = found[0]
        if word not in book:
            book[word] = dice.choice(words) if dice.random() < share / 3 else word
        return book[word]

    sentences = []
    for sentence in SENTENCE.findall(text):
        if sentence.strip() and dice.random() < share / 3:
            sentence = "".join(dice.choices(words, k=max(2, len(sentence) // 2))) + "。"
        sentences.append(sentence)
    lead = f"【{''.join(dice.choices(words, k=2))}】{dice.randint(1, 12)}月{dice.randint(1, 28)}日消息，"
    return lead + re.sub(r"[一-鿿]{1,3}", swap, change_numbers(dice, "".join(sentences), share / 3))


REWRITERS: dict[str, Rewriter] = {
    "cut": lambda dice, text, share, words: drop_sentences(dice, text, share),
    "moved": lambda dice, text, share, words: move_sentences(dice, text, share),
    "words": swap_words,
    "numbers": lambda dice, text, share, words: change_numbers(dice, text, share),
    "mixed": mixed,
    "heaped": heaped,
    "consistent": consistent,
}


# Look-alikes: templates in which <1-9> is any number between and <a|b> any of the words.

_DAY = "<1-12>月<1-28>日"
_MONEY = "<1-480>.<10-99>亿元"
_RATE = "<增长|下降><1-98>.<10-99>%"
_INDEX = "<涨|跌><0-4>.<10-99>%，报<900-13900>.<10-99>点"
_FIRM = "<星禾科技|云岭智能|蓝鲸半导体|拓野汽车|青柚网络|极昼动力|海棠电子|白泽机器人|鹿鸣数据|远山光电>"
_BRAND = "<Novelux|Quorvia|Zentara|Arkenfall|Tamborix|Velloria|Orbinet|Luminaq|Draymore|Kestrelon>"
_CITY = "<北京|上海|广州|深圳|成都|武汉|西安|杭州|南京|重庆|天津|苏州|长沙|郑州|青岛>"
_HOUSES = ("周大福", "周生生", "老凤祥", "六福珠宝", "周六福", "潮宏基", "老庙黄金", "菜百首饰")

_GOLD = (
    f"{_DAY}，国内黄金饰品价格<继续上涨|小幅回落|保持平稳>。国际现货黄金报<3100-4300>.<10-99>美元/盎司，"
    "日内变动<1-3>.<10-99>%。\n\n"
    + "\n\n".join(
        f"{house}足金999饰品今日报价<760-1290>元/克，较前一日<上调|下调><1-19>元，铂金950报价<380-640>元/克，"
        "18K金报价<560-980>元/克。"
        for house in _HOUSES
    )
    + "\n\n业内人士提醒消费者，各品牌门店的工费并不相同，购买前请向柜台询问，以门店当日实际挂牌价格为准，"
    "投资金条与饰品金的价格亦有差异。本文仅供参考，不构成投资建议，市场有风险，投资需谨慎。"
)
_RESULTS = (
    f"{_FIRM}（<300001-688999>）{_DAY}晚间披露2025年第三季度报告。公告显示，公司前三季度实现营业收入{_MONEY}，"
    f"同比{_RATE}；归属于上市公司股东的净利润{_MONEY}，同比{_RATE}；扣除非经常性损益后的净利润{_MONEY}，"
    f"同比{_RATE}；基本每股收益<0-3>.<10-99>元。\n\n"
    f"其中第三季度单季，公司实现营业收入{_MONEY}，同比{_RATE}，归母净利润{_MONEY}，同比{_RATE}。截至报告期末，"
    f"公司总资产{_MONEY}，较上年末{_RATE}；经营活动产生的现金流量净额为{_MONEY}，同比{_RATE}。\n\n"
    "公告称，业绩变动主要系报告期内公司持续推进产品结构优化，加大研发投入，积极拓展海外市场所致。报告期内公司"
    f"研发费用{_MONEY}，同比{_RATE}，毛利率为<10-68>.<10-99>%。截至三季度末，公司股东户数为<10000-99999>户，"
    "前十大流通股东合计持股<20-79>.<10-99>%。投资者可登录巨潮资讯网查阅公告全文。"
)
_LAUNCH = (
    f"{_BRAND}今日正式发布新一代旗舰手机<Nova|Pulse|Atlas|Orion|Vega> <2-99>。外观方面，该机采用直屏设计，"
    "配备一块<5-6>.<10-99>英寸OLED屏幕，分辨率为<1080-1440>×<2340-3200>，支持<90|120|144|165>Hz高刷新率，"
    "峰值亮度达到<12-60>00尼特。\n\n"
    "性能方面，新机搭载<骁龙|天玑|麒麟><7000-9999>处理器，配备<8|12|16|24>GB内存和<128|256|512>GB存储，"
    "安兔兔跑分超过<110-420>万分。续航方面，内置<45-80>00mAh大容量电池，支持<33-150>W有线快充与<15-80>W无线充电。"
    "\n\n影像方面，后置<50|64|108|200>MP主摄、<8|12|13|48>MP超广角与<8|10|32|50>MP长焦镜头，前置摄像头为"
    "<16|20|32>MP。机身厚度<6-9>.<1-99>毫米，重<165-235>克，支持IP<64|65|68|69>级防尘防水。\n\n"
    "价格方面，起售价为<15-89>99元，顶配版本<40-129>99元，"
    f"将于{_DAY}上午<9-12>点在各大电商平台和线下门店同步开启预售，首批用户可享受分期免息以及以旧换新补贴。"
)
_WEATHER = (
    f"{_CITY}市气象台{_DAY}<5-18>时发布天气预报：今天白天<多云转晴|阴有小雨|晴间多云>，<东南|西北|偏北>风"
    "<1-4>级，最高气温<12-34>℃，最低气温<-8-22>℃，相对湿度<30-95>%。今天夜间风力<1-5>级，空气质量指数为"
    "<20-190>，紫外线指数<1-9>级。\n\n"
    "预计明天最高气温<12-34>℃，后天最高气温<12-34>℃，降水概率为<0-95>%，累计雨量<0-60>.<0-9>毫米。"
    "早晚温差较大，请市民朋友注意及时增减衣物，出行请携带雨具，驾车注意保持安全车距，老人和儿童减少户外活动时间。"
)
_MARKET = (
    f"{_DAY}收盘，上证指数{_INDEX}，深证成指{_INDEX}，创业板指{_INDEX}，科创50指数{_INDEX}。沪深两市全天成交额"
    "<8-31><100-999>亿元，较上一交易日<放量|缩量><100-4999>亿元，全市场超<9-49>00只个股<上涨|下跌>，"
    "涨停<20-140>只，跌停<1-60>只。\n\n"
    f"板块方面，半导体、机器人、消费电子等板块涨跌互现，{_FIRM}涨<2-19>.<10-99>%，{_FIRM}跌<2-19>.<10-99>%。"
    "北向资金方面，沪股通成交<300-1900>.<10-99>亿元，深股通成交<300-1900>.<10-99>亿元。"
    "融资余额报<9000-25000>.<10-99>亿元。\n\n"
    "消息面上，分析人士认为，短期市场或维持震荡整理格局，投资者应控制仓位，关注业绩确定性较强的方向。"
)

TEMPLATES = {"gold": _GOLD, "results": _RESULTS, "launch": _LAUNCH, "weather": _WEATHER, "market": _MARKET}


def fill(dice: random.Random, template: str) -> str:
    """One more text of the family."""

    def number(found: re.Match[str]) -> str:
        return str(dice.randint(int(found[1]), int(found[2])))

    text = re.sub(r"<(-?\d+)-(\d+)>", number, template)
    return re.sub(r"<([^>]*)>", lambda found: dice.choice(found[1].split("|")), text)


def other_facts(dice: random.Random, text: str, words: Sequence[str], *, names: bool = False) -> str:
    """The worst look-alike: the same sentences, every number another, a twentieth of the words too.

    ``names``: Latin names are others as well, each the same one throughout.
    """
    text = change_numbers(dice, swap_words(dice, text, 0.05, words), 1.0)
    if names:
        book: dict[str, str] = {}
        text = LATIN.sub(
            lambda found: book.setdefault(
                found[0], "".join(dice.choices("abcdefghijklmnoprstuvwy", k=len(found[0]))).capitalize()
            ),
            text,
        )
    return text


def other_words(dice: random.Random, text: str, words: Sequence[str]) -> str:
    """A looser look-alike: a quarter of the words and every number are others."""
    return change_numbers(dice, swap_words(dice, text, 0.25, words), 1.0)
