"""Sister sites of ITBEAR: what they tell, under which addresses, and what a right crawler finds there.

Simulated like the rest of the replica, under names that nobody can own (``.example``, RFC 2606). The
articles of a sister carry a running number ``n`` from 1 (the oldest); ids and times rise with it, and its
texts depend on (seed, host, n) alone. How its pages look: ``sister_pages``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from . import text, words
from .world import START

PACE = timedelta(minutes=47)
"""Time between two articles of a sister."""

RELATED = 6


@dataclass(frozen=True)
class Sister:
    """One site: its hosts, what it is called, and how it looks."""

    host: str
    title: str
    layout: str
    """``portal`` (/a/20250930/123456.shtml) or ``query`` (/show.php?id=123456)."""
    heading: str
    """Over the block of related items."""
    codec: str = "utf-8"
    first_id: int = 730_000
    channels: tuple[tuple[str, str], ...] = ()
    """(name in addresses, title) of each."""
    mobile: str = ""
    """The mobile twin's host, if there is one."""
    other_ways: bool = False
    """Whether most of its articles are reached by feeds, sitemaps and JSON alone (``ways``)."""

    @property
    def bare(self) -> str:
        """The host without www, which redirects."""
        return self.host.removeprefix("www.")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every name it answers to."""
        return tuple(h for h in (self.host, self.bare, self.mobile) if h)


SISTERS = (
    # 观潮财经 "watching the tide: finance"; 相关阅读 "related reading"
    Sister(
        "www.guanchao.example",
        "观潮财经",
        "portal",
        "相关阅读",
        channels=(("tech", "科技"), ("car", "汽车"), ("money", "财经")),  # technology, cars, finance
        mobile="m.guanchao.example",
    ),
    # 早班车快报 "the early bus: news in brief"; 猜你喜欢 "you may like"
    Sister(
        "www.zaobanche.example",
        "早班车快报",
        "query",
        "猜你喜欢",
        codec="gbk",
        first_id=4_100_000,
        channels=(("1", "要闻"), ("2", "数码")),  # top news, digital
    ),
    # 星途数码 "the way of stars: digital"; 大家都在看 "everybody is reading"
    Sister(
        "www.xingtu.example",
        "星途数码",
        "portal",
        "大家都在看",
        codec="gbk",
        first_id=88_000,
        channels=(("phone", "手机"), ("home", "家电")),  # phones, household
    ),
    # 天脉网 "the pulse of the sky"; 延伸阅读 "further reading". No spider comes with the project: it is the
    # site that docs/adding-a-site.md adds.
    Sister(
        "www.tianmai.example",
        "天脉网",
        "query",
        "延伸阅读",
        first_id=510_000,
        channels=(("3", "人工智能"), ("5", "业界")),  # artificial intelligence, the trade
        mobile="m.tianmai.example",
    ),
    # 阡陌资讯 "the field paths: information"; 相关资讯 "related information". No spider comes with it.
    Sister(
        "www.qianmo.example",
        "阡陌资讯",
        "portal",
        "相关资讯",
        first_id=260_000,
        channels=(("internet", "互联网"), ("energy", "能源")),  # the Internet, energy
        other_ways=True,
    ),
)


def sister_of(host: str) -> Sister | None:
    """The sister site that answers on ``host`` (with or without a port), if any."""
    name = host.partition(":")[0].lower()
    return next((sister for sister in SISTERS if name in sister.hosts), None)


@dataclass(frozen=True)
class Story:
    """One article of a sister."""

    sister: Sister
    seed: int
    n: int
    published: datetime

    @property
    def key(self) -> str:
        """Names the article in the seeds of its texts."""
        return f"{self.sister.host}:{self.n}"

    @property
    def number(self) -> int:
        """The id in its address."""
        return self.sister.first_id + 3 * self.n

    @property
    def path(self) -> str:
        """Its address on the host, with the query that is its identity."""
        if self.sister.layout == "portal":
            return f"/a/{self.published:%Y%m%d}/{self.number}.shtml"
        return f"/show.php?id={self.number}"

    @property
    def channel(self) -> tuple[str, str]:
        """The channel that lists it."""
        return self.sister.channels[self.n % len(self.sister.channels)]

    @property
    def title(self) -> str:
        """The headline."""
        return text.title(self.seed, self.key)

    @property
    def paragraphs(self) -> list[str]:
        """The running text."""
        return text.paragraphs(self.seed, self.key)

    @property
    def teaser(self) -> str:
        """The cut summary of listings and related blocks."""
        return text.summary(self.paragraphs[0], 60)

    @property
    def source(self) -> str:
        """Where it was taken from."""
        return text.rng(self.seed, "byline", self.key).choice(words.SOURCES)

    @property
    def hand(self) -> str:
        """Its editor (portal) or its author (query)."""
        return text.rng(self.seed, "hand", self.key).choice(words.AUTHORS)


class Stories:
    """All articles of one sister at a time; ``count`` of them stand in its listings at START."""

    def __init__(self, sister: Sister, seed: int, count: int) -> None:
        self.sister, self.seed, self.count = sister, seed, count

    def story(self, n: int) -> Story:
        """Article ``n``."""
        jitter = text.rng(self.seed, "time", self.sister.host, n).randrange(PACE // timedelta(minutes=1))
        published = START - (self.count - n) * PACE - timedelta(minutes=jitter)
        return Story(self.sister, self.seed, n, published)

    def listed(self, now: datetime, channel: str | None = None) -> list[Story]:
        """What the listings show by ``now``, newest first."""
        newest = self.count + max(0, (now - START) // PACE + 1)
        stories = (self.story(n) for n in range(newest, 0, -1))
        return [s for s in stories if s.published <= now and channel in (None, s.channel[0])]

    def find(self, now: datetime, path: str, query: str) -> Story | None:
        """The article at an address; the query may carry more than its identity."""
        for story in self.listed(now):
            own, _, wanted = story.path.partition("?")
            if own == path and (not wanted or wanted in query.split("&")):
                return story
        return None

    def related(self, story: Story) -> list[Story]:
        """The older articles that a page promotes."""
        chance = text.rng(self.seed, "related", story.key)
        older = range(max(1, story.n - 40), story.n)
        return [self.story(n) for n in chance.sample(older, min(RELATED, len(older)))]


def truth(stories: Stories, now: datetime, base: str) -> dict[str, Any]:
    """What a right crawler finds under ``base`` (scheme and host, without a slash at the end)."""
    return {
        "now": now.isoformat(),
        "homes": [f"{base}/"],
        "articles": [_article(stories, story, base) for story in stories.listed(now)],
    }


def _article(stories: Stories, story: Story, base: str) -> dict[str, Any]:
    portal = story.sister.layout == "portal"
    return {
        "url": base + story.path,
        "title": story.title,
        "body": "\n\n".join(story.paragraphs),
        "published_at": story.published.isoformat(),
        "source": story.source,
        "editor": story.hand if portal else None,
        "author": None if portal else story.hand,
        "category": story.channel[1],
        "related_heading": story.sister.heading,
        "related": [
            {
                "position": position,
                "title": item.title,
                "url": base + item.path,
                "summary": item.teaser,
                "date": f"{item.published:%Y-%m-%d}",
            }
            for position, item in enumerate(stories.related(story), 1)
        ],
    }
