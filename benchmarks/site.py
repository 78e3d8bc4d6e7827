"""A news site as files, for a static server: the replica's pages in the weight of real ones.

    python -m benchmarks.site FOLDER [--articles 5000] [--seed 1]

5,000 articles and 250 listings of 20: pages of 46 to 50 KB (about 14 KB as gzip, which lies beside each), in
UTF-8, 2,000 characters of text, seven related items under 更多热门内容 (more hot content) and the like, a
navigation, a side bar, friend links; both layouts, as the replica mixes them. Articles have one part and one
channel, so that every crawler has the same pages to ask for. Links are relative: it may stand at any address.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from newscrawler.replica import listings, text
from newscrawler.replica.answers import Answers, Options
from newscrawler.replica.links import View
from newscrawler.replica.shapes import ENCODINGS
from newscrawler.replica.world import CHANNELS, START, WWW, Article, World

NOW = START.isoformat()
"""The time of the site: what NEWSCRAWLER_NOW is to be for a crawl of it."""

SMALLEST, LARGEST = 46_000, 50_000
"""Bytes of a page."""

PARAGRAPHS = 1.5
"""So many times the replica's own: about 2,000 characters."""


class Site(World):
    """The replica's world without what makes crawlers ask for different pages."""

    def _article(self, host: str, k: int) -> Article:
        article = super()._article(host, k)
        return replace(article, shape=replace(article.shape, parts=1, encoding=ENCODINGS[0]))

    def paragraphs(self, article: Article) -> list[str]:
        """Longer texts than the replica's."""
        found = super().paragraphs(article)
        own = article if article.speciality not in {"copy", "near_copy"} else self.original(article)
        more = range(len(found), int(PARAGRAPHS * len(found)))
        return found + [text.paragraph(self.seed, own.key, number) for number in more]


@dataclass(frozen=True)
class Relative(View):
    """Every link without a host."""

    def link(self, article: Article, form: int) -> str:
        """The path, whatever the form."""
        return article.path


def paths(world: World) -> Iterator[str]:
    """Every address of the site, robots.txt apart."""
    yield "/"
    for channel in (c for c in CHANNELS if c.host == WWW):
        yield from (listings.page_path(channel, n + 1) for n in range(listings.pages(world, channel)))
    yield from (article.path for article in world.all(WWW))


def file_of(path: str) -> str:
    """The file that a static server finds for ``path`` (with its query), relative to the folder."""
    return path.lstrip("/") + ("index.html" if path.endswith("/") else "")


def build(folder: Path, articles: int, seed: int = 1) -> None:
    """Write the site into ``folder``; in /robots.txt nothing of it is disallowed."""
    world = Site(articles, seed, faults=False, shared=False)
    view = Relative("127.0.0.1", WWW, mobile=False, direct=True)
    answers = Answers(world, Options(weight=0))
    head, foot = _around(seed)
    for path in paths(world):
        bare, _, query = path.partition("?")
        answer = answers.answer(view, bare, query)
        assert answer.status == 200, path
        charset = "gbk" if answer.content_type == "text/html" else "utf-8"
        page = _heavy(answer.body.decode(charset), path, head, foot)
        file = folder / file_of(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page)
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(page, 6, mtime=0))
    (folder / "robots.txt").write_bytes(answers.robots().body)


def _around(seed: int) -> tuple[str, str]:
    """What stands at the top and at the bottom of every page: links to elsewhere."""
    names = [text.title(seed, f"friend {number}")[:6] for number in range(100)]
    links = [f'<a href="http://n{n}.example.invalid/">{name}</a>' for n, name in enumerate(names)]
    items = "".join(f"<li>{link}</li>" for link in links[:60])
    return f'<ul class="sites">{items}</ul>\n', f'<div class="friends">{" ".join(links[60:])}</div>\n'


def _heavy(html: str, path: str, head: str, foot: str) -> bytes:
    """``html`` in UTF-8 with navigation, friends, styles and scripts, as long as a page of a real site."""
    html = html.replace("<body>\n", f"<body>\n{head}", 1).replace("</body>", f"{foot}</body>", 1)
    chance = random.Random(path)
    missing = chance.randint(SMALLEST, LARGEST) - len(html.encode())
    styles, scripts = _styles(chance, missing // 2), _scripts(chance, missing - missing // 2)
    charset = "" if "charset=" in html[:300] else '<meta charset="utf-8">\n'
    html = html.replace("</head>", f"{charset}<style>{styles}</style>\n</head>", 1)
    return html.replace("</body>", f"<script>{scripts}</script>\n</body>", 1).encode()


def _styles(chance: random.Random, size: int) -> str:
    """About ``size`` characters of CSS."""
    line = ".c{0}{{margin:{1}px {2}px;padding:{3}px;color:#{4:06x};line-height:{5}px}}\n"
    rules = (line.format(n, *(chance.randrange(m) for m in (30, 30, 20, 1 << 24, 40))) for n in range(10**6))
    return _as_long_as(rules, size)


def _scripts(chance: random.Random, size: int) -> str:
    """About ``size`` characters of JavaScript."""
    line = "window.stat_{0}=function(a,b){{return a*{1}+b*{2}-{3}}};\n"
    calls = (line.format(n, *(chance.randrange(10**5) for _ in range(3))) for n in range(10**6))
    return _as_long_as(calls, size)


def _as_long_as(lines: Iterator[str], size: int) -> str:
    taken: list[str] = []
    while size > 0:
        taken.append(next(lines))
        size -= len(taken[-1])
    return "".join(taken)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    build(given.folder, given.articles, given.seed)


if __name__ == "__main__":
    main()
