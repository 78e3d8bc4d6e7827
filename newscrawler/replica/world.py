"""The world the replica shows: articles, channels, the clock and what it changes. No HTML here.

Articles of a host carry a running number ``k``: -1 is the newest at START, 0 the first one to
appear when the clock moves on, and those below ``-count`` stand in no listing but are linked
from related blocks. Ids and times rise with ``k``. Texts depend on (seed, host, k) alone, so a
larger world holds a smaller one; only what time changes needs the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property, lru_cache

from . import text, words
from .faults import ARTICLE_FAULTS, Fault
from .shapes import NO_DATELINE, PLAIN, Shape, shape_of

BEIJING = timezone(timedelta(hours=8))
START = datetime(2025, 10, 1, tzinfo=BEIJING)
WWW, FINANCE = "www.itbear.com.cn", "finance.itbear.com.cn"
MOBILE = {WWW: "m.itbear.com.cn", FINANCE: "m.finance.itbear.com.cn"}
BARE = "itbear.com.cn"
HOSTS = [WWW, BARE, MOBILE[WWW], FINANCE, MOBILE[FINANCE]]
_DAY = timedelta(days=1)
_PACE = {WWW: timedelta(minutes=42), FINANCE: timedelta(hours=4)}
_FIRST_ID = {WWW: 960900, FINANCE: 186400}
_ARTICLE_PATH = re.compile(
    r"/html/\d{4}-\d\d/(?P<id>\d+)(?:_(?P<part>\d+))?\.html|/n(?P<old>\d+)\.aspx", re.ASCII
)


@dataclass(frozen=True)
class Channel:
    """One listing: where it lies, in which style, and its quirks."""

    host: str
    name: str
    path: str
    style: str
    """``blocks`` with ``?page=N``; ``table`` and ``terms`` with ``index_2.html``."""
    codec: str | None = None
    """None: UTF-8, declared; else the codec, undeclared."""
    sticky: str = "none"
    """``first`` page or ``every`` page shows three old articles on top."""
    endless: bool = False
    """No 下一页 link, and every number beyond the last answers the last page."""


CHANNELS = (
    Channel(WWW, "人工智能", "/ai/", "blocks"),
    Channel(WWW, "移动互联", "/mobile/", "blocks", sticky="first"),
    Channel(WWW, "数字家电", "/digital/index.html", "table"),
    Channel(WWW, "智能汽车", "/channel/auto.html", "blocks", endless=True),
    Channel(WWW, "芯片硬件", "/list/12/", "terms", codec="gbk", sticky="every"),
    Channel(WWW, "互联网络", "/column.aspx?id=7", "blocks"),
    Channel(FINANCE, "股市观察", "/stock/", "terms"),
    Channel(FINANCE, "公司深读", "/company/", "table"),
)

SPECIALITIES = (
    "markup_title",
    "sql_title",
    "emoji",
    "no_dateline",
    "copy",
    "near_copy",
    "finance_copy",
    "no_related",
)
"""Articles of their own kind that are no faults; they take the even places beside the faults."""

EDITS = ("body", "title", "counter", "related", "vanished")
"""What befalls one old article each, a day; ``counter`` and ``related`` are no change of the article."""


@dataclass(frozen=True)
class Article:
    """One article as it is born; what edits make of it is asked of the World."""

    host: str
    k: int
    path: str
    channels: tuple[Channel, ...]
    published: datetime
    shape: Shape
    speciality: str
    fault: Fault | None
    listed: bool

    @property
    def key(self) -> str:
        """Names the article in the seeds of its texts."""
        return f"{self.host}:{self.k}"

    def part_path(self, part: int) -> str:
        """The path of part ``part``; 1 is the article's own."""
        return self.path if part == 1 else self.path.replace(".html", f"_{part}.html")


@dataclass(frozen=True)
class Edit:
    """Something that happened to an article at a time."""

    at: datetime
    kind: str
    article: Article


class World:
    """All articles at the clock's time; ``articles`` counts those www lists at START.

    ``per_day``: how many www publishes a day, finance a sixth of it besides; None: 34 and 6. Another pace
    is another world. ``shared``: whether every ninth article stands in two channels.
    """

    def __init__(
        self,
        articles: int = 500,
        seed: int = 1,
        faults: bool = True,
        per_page: int = 20,
        *,
        per_day: int | None = None,
        shared: bool = True,
    ) -> None:
        self.seed, self.with_faults, self.now = seed, faults, START
        self.shared = shared
        self._pace = _PACE if per_day is None else {WWW: _DAY / per_day, FINANCE: _DAY / max(1, per_day // 6)}
        self.per_page = per_page
        self.counts = {WWW: articles, FINANCE: max(12, articles // 6)}
        self.hidden = {host: max(8, count // 20) for host, count in self.counts.items()}
        self._channels = {host: tuple(c for c in CHANNELS if c.host == host) for host in (WWW, FINANCE)}
        self._listings: dict[Channel, list[Article]] = {}
        self.article = lru_cache(maxsize=None)(self._article)

    def _published(self, host: str, k: int) -> datetime:
        pace = self._pace[host]
        jitter = text.rng(self.seed, "time", host, k).randrange(int(pace.total_seconds()))
        return START + k * pace + timedelta(seconds=jitter)

    def _article(self, host: str, k: int) -> Article:
        chance = text.rng(self.seed, "place", host, k)
        published = self._published(host, k)
        number = _FIRST_ID[host] + 3 * k + chance.randrange(3)
        listed = k >= -self.counts[host]
        speciality, fault = self._role(host, k)
        j = -k if k < 0 else 1000 + k
        shape = PLAIN if speciality or fault else shape_of(j)
        if speciality == "no_dateline":
            shape = replace(shape, dateline=NO_DATELINE)
        if fault is not None and fault.kind.startswith("part_"):
            shape = replace(shape, parts=2)
        old = host == WWW and listed and not (speciality or fault) and k <= 3 - self.counts[host]
        if old:
            shape = replace(shape, parts=1)
        own = self._channels[host]
        channels = [own[j % len(own)]]
        if self.shared and j % 9 == 4:
            channels.append(own[(j + 1) % len(own)])
        path = f"/n{10_000_000 + number}.aspx" if old else f"/html/{published:%Y-%m}/{number}.html"
        return Article(host, k, path, tuple(channels), published, shape, speciality, fault, listed)

    def _role(self, host: str, k: int) -> tuple[str, Fault | None]:
        """The speciality or the fault that article ``k`` stands for, if any."""
        if host != WWW or not -self.counts[host] <= k <= -3:
            return "", None
        place, odd = divmod(-k - 3, 2)
        if not odd:
            return "", ARTICLE_FAULTS[place] if self.with_faults and place < len(ARTICLE_FAULTS) else None
        return (SPECIALITIES[place] if place < len(SPECIALITIES) else ""), None

    # --- what the clock decides

    def newest(self, host: str) -> int:
        """The number of the newest article of ``host`` by now."""
        k = (self.now - START) // self._pace[host]
        return k if self._published(host, k) <= self.now else k - 1

    def listed(self, host: str) -> Iterator[Article]:
        """The articles that listings of ``host`` show, newest first."""
        gone = {edit.article.key for edit in self.edits() if edit.kind == "vanished"}
        for k in range(self.newest(host), -self.counts[host] - 1, -1):
            article = self.article(host, k)
            if article.key not in gone:
                yield article

    def all(self, host: str) -> Iterator[Article]:
        """Every article of ``host`` that exists by now, newest first, vanished ones too."""
        for k in range(self.newest(host), -self.counts[host] - self.hidden[host] - 1, -1):
            yield self.article(host, k)

    def in_channel(self, channel: Channel) -> list[Article]:
        """The articles of ``channel``, newest first, sticky ones only in their place."""
        if channel not in self._listings:
            self._listings[channel] = [a for a in self.listed(channel.host) if channel in a.channels]
        return self._listings[channel]

    def sticky(self, channel: Channel) -> list[Article]:
        """Three old articles that ``channel`` keeps on top, or none."""
        if channel.sticky == "none":
            return []
        return self.in_channel(channel)[-4:-1]

    def edits(self) -> list[Edit]:
        """What has happened by now: five edits a day, the first at 06:00 of the first day."""
        done: list[Edit] = []
        for number in range(self.counts[WWW]):
            day, kind = divmod(number, len(EDITS))
            at = START + timedelta(days=day, hours=6 + kind)
            k = -(24 + 2 * number)
            if at > self.now or k < -self.counts[WWW] + 8:
                break
            done.append(Edit(at, EDITS[kind], self.article(WWW, k)))
        return done

    @cached_property
    def _edited(self) -> dict[str, Edit]:
        return {edit.article.key: edit for edit in self.edits()}

    def edit_of(self, article: Article) -> Edit | None:
        """The edit that has befallen ``article``, if any (no article is edited twice)."""
        return self._edited.get(article.key)

    def set_clock(self, moment: datetime) -> None:
        """Move the clock; backwards too."""
        self.now = moment.astimezone(BEIJING)
        self._listings.clear()
        self.__dict__.pop("_edited", None)

    # --- what an article says

    def _salt(self, article: Article, kind: str) -> str:
        edit = self.edit_of(article)
        return ":edited" if edit is not None and edit.kind == kind else ""

    def title(self, article: Article) -> str:
        """The headline by now."""
        match article.speciality:
            case "markup_title":
                return '<b>粗体</b> & "引号"：' + text.title(self.seed, article.key)
            case "sql_title":
                return "Robert'); DROP TABLE articles;--" + text.title(self.seed, article.key)
            case "emoji":
                return "\U0001f43b" + text.title(self.seed, article.key) + "𠮷"
        return text.title(self.seed, article.key + self._salt(article, "title"))

    def paragraphs(self, article: Article) -> list[str]:
        """The running text by now."""
        match article.speciality:
            case "copy" | "finance_copy":
                return self.paragraphs(self.original(article))
            case "near_copy":
                found = self.paragraphs(self.original(article))
                found[1] = text.paragraph(self.seed, article.key, 1)
                found[-1] += text.sentence(self.seed, article.key)
                return found
        found = text.paragraphs(self.seed, article.key)
        if self._salt(article, "body"):
            found[2] = text.paragraph(self.seed, article.key + ":edited", 2)
        if article.shape.encoding.rare or article.speciality == "emoji":
            found[0] += f"首批用户收到的是{text.RARE}。"
        return found

    def find(self, host: str, path: str) -> tuple[Article, int] | None:
        """The article of ``host`` at ``path`` and the part it names, if it exists by now."""
        named = _ARTICLE_PATH.fullmatch(path)
        if named is None:
            return None
        number = int(named["id"] or 0) or int(named["old"]) - 10_000_000
        k = (number - _FIRST_ID[host]) // 3
        if not -self.counts[host] - self.hidden[host] <= k <= self.newest(host):
            return None
        article, part = self.article(host, k), int(named["part"] or 1)
        return (article, part) if article.part_path(part) == path else None

    def original(self, article: Article) -> Article:
        """The article that ``article``, a copy or near copy, was taken from: one of running text alone."""
        if article.speciality == "finance_copy":
            return self.article(FINANCE, -11)
        return self.article(WWW, article.k - 43)

    def byline(self, article: Article) -> dict[str, str]:
        """Source, editor and author, whether the page prints them or not."""
        chance = text.rng(self.seed, "byline", article.key)
        return {
            "source": chance.choice(words.SOURCES),
            "editor": chance.choice(words.EDITORS),
            "author": chance.choice(words.AUTHORS),
        }

    def teaser(self, article: Article, length: int = 96) -> str:
        """The cut summary that listings and related blocks show."""
        if article.speciality in {"copy", "near_copy", "finance_copy"}:
            return text.summary(self.paragraphs(article)[1], length)
        return text.summary(text.paragraph(self.seed, article.key, 1), length)

    def related(self, article: Article) -> list[Article]:
        """The seven older articles that the page promotes; one of them stands in no listing."""
        if article.speciality == "no_related":
            return []
        chance = text.rng(self.seed, "related", article.key + self._salt(article, "related"))
        oldest = -self.counts[article.host] - self.hidden[article.host]
        older = range(max(oldest, article.k - 400), article.k)
        pool = [k for k in older if self.article(article.host, k).fault is None]
        chosen = [self.article(article.host, k) for k in chance.sample(pool, min(7, len(pool)))]
        secret = self.article(article.host, oldest + article.k % self.hidden[article.host])
        if article.listed and secret not in chosen:
            chosen[2] = secret
        return chosen
