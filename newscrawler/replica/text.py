"""Generated Chinese tech news: titles and paragraphs, decided by (seed, key) alone.

Sentences are clauses whose words nearly all come from lists, so that two articles share
little more than their grammar and a search for near duplicates does not take one for the
other. ``random.Random`` seeded with a string is stable over processes and Python versions.
"""

from __future__ import annotations

import random
import string
from functools import cache, lru_cache

from . import words

RARE = "\U0001f43b\U0001f680 𠮷野家联名款、镕金版与㛃字号限定色"
"""An emoji and characters outside GB2312 (two of them need four bytes in GB18030)."""

_SLOTS: dict[str, tuple[str, ...]] = {
    "brand": words.BRANDS,
    "field": words.FIELDS,
    "thing": words.THINGS,
    "verb": words.VERBS,
    "adv": words.ADVERBS,
    "adj": words.ADJECTIVES,
    "time": words.TIMES,
    "place": words.PLACES,
    "who": words.WATCHERS,
    "says": words.ATTITUDES,
    "effect": words.EFFECTS,
    "but": words.CONNECTORS,
    "part": words.PARTS,
    "metric": words.METRICS,
    "name": words.PEOPLE,
    "role": words.ROLES,
}

_SENTENCES = (
    "{time}，{brand}在{place}{adv}{verb}{adj}{field}{thing}，{effect}。",
    "{brand}{role}{name}{says}，{adj}{thing}的{metric}已达{pct}，{effect}。",
    "{who}{says}，{field}{thing}与{part}的{verb}周期约为{n}天，{effect}。",
    "{but}，{place}的{who}{says}，{model}的{part}比上一代{adj}方案轻了{n}克。",
    "{time}，{metric}从{pct}变为{pct2}，{brand}{adv}{verb}了{n}套{thing}。",
    "“{field}不等于{thing}，”{name}{says}，“先{verb}{part}，再谈{metric}。”",
    "{model}搭载{adj}{part}，官方标称{metric}提升{pct}，{who}{says}{effect}。",
    "{place}工厂{time}{adv}{verb}{part}生产线，规划年产{n}万件，{effect}。",
    "{but}，{brand}与{brand2}{adv}{verb}{field}{thing}，双方各出资{money}元。",
    "{who}拆解后{says}：{part}采用{adj}工艺，{thing}则由{place}团队{verb}。",
    "截至{time}，{adj}{field}{thing}覆盖{n}座城市，{metric}环比增长{pct}。",
    "{name}曾任{brand2}{role}，{time}{adv}加入{brand}，负责{verb}{field}{thing}。",
    "{but}，{effect}，{who}{says}{brand}还要{verb}{adj}{part}。",
    "按{who}的算法，每{verb}一套{thing}需要{n}枚{part}，总额约{money}元，{effect}。",
    "{place}、{place2}两地的{adj}{thing}{time}{adv}{verb}，{metric}最高相差{pct}。",
    "有{who}{says}，{brand}把{field}预算砍掉{pct}，{adv}转投{adj}{part}。",
    "{model}起售价{price}元，{place}首批{n}台{time}售罄，{effect}。",
    "为了{verb}{part}，{brand}{adv}租下{place}{n}平方米厂房，{role}{name}驻场半年。",
    "{field}正在改变{thing}的分工：{who}{verb}{part}，{brand}{verb2}{metric}。",
    "{but}，{adj}路线并非没有代价，{part}的{metric}一度跌到{pct2}，{effect}。",
)

_TITLES = (
    "{brand}{adv}{verb}{field}{thing}：{metric}提升{pct}，{effect}",
    "{model}{adv}{verb}，{adj}{part}加持，起售价{price}元",
    "从{part}到{thing}：{brand}的{field}账本里还差{n}天",
    "{place}{field}{thing}{adv}{verb}，{brand}与{brand2}各取所需",
    "{brand}{name}：{field}不缺{thing}，缺的是{adj}{part}",
    "{model}拆解：{adj}{part}之外，{metric}为何只有{pct}？",
    "{who}{says}：{brand}{verb}{thing}，{place}项目{time}见分晓",
    "{n}天{verb}{n2}套{thing}，{brand}{field}业务迎来新变量",
)


def rng(seed: int, *key: object) -> random.Random:
    """A generator of its own for ``key``, the same in every process."""
    return random.Random(":".join(map(str, (seed, *key))))


def model_name(chance: random.Random) -> str:
    """A made-up product name such as ``Vega 58 Pro``."""
    name = f"{chance.choice(words.MODELS)} {chance.randint(2, 99)}"
    return f"{name} {chance.choice(words.SUFFIXES)}" if chance.random() < 0.6 else name


def _slot(chance: random.Random, name: str) -> str:
    bare = name.rstrip("2")
    if bare in _SLOTS:
        return chance.choice(_SLOTS[bare])
    match bare:
        case "pct":
            return f"{chance.randint(11, 989) / 10}%"
        case "money":
            return f"{chance.randint(2, 980) / 10}亿"
        case "price":
            return str(chance.randint(7, 199) * 100 - 1)
        case "n":
            return str(chance.randint(3, 960))
        case "model":
            return model_name(chance)
    raise KeyError(name)


@cache
def _parsed(template: str) -> tuple[tuple[str, str], ...]:
    return tuple((before, name or "") for before, name, _, _ in string.Formatter().parse(template))


def fill(chance: random.Random, template: str) -> str:
    """``template`` with every slot filled by ``chance``."""
    return "".join(before + (_slot(chance, name) if name else "") for before, name in _parsed(template))


@lru_cache(maxsize=8192)
def title(seed: int, key: str) -> str:
    """The headline of article ``key``."""
    chance = rng(seed, "title", key)
    return fill(chance, chance.choice(_TITLES))


def sentence(seed: int, key: str) -> str:
    """One sentence."""
    chance = rng(seed, "sentence", key)
    return fill(chance, chance.choice(_SENTENCES))


@lru_cache(maxsize=8192)
def paragraph(seed: int, key: str, number: int) -> str:
    """Paragraph ``number`` of article ``key``: two to four sentences of different shapes."""
    chance = rng(seed, "paragraph", key, number)
    return "".join(fill(chance, shape) for shape in chance.sample(_SENTENCES, chance.randint(2, 4)))


def paragraph_count(seed: int, key: str) -> int:
    """How many paragraphs article ``key`` has: 8 to 14."""
    return rng(seed, "count", key).randint(8, 14)


def paragraphs(seed: int, key: str) -> list[str]:
    """The running text of article ``key``."""
    return [paragraph(seed, key, number) for number in range(paragraph_count(seed, key))]


def summary(text: str, length: int = 96) -> str:
    """``text`` cut as the site cuts it, with ``…`` when something was cut."""
    return text if len(text) <= length else text[:length] + "…"
