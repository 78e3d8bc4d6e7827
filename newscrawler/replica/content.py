"""An article's body as pieces, from which both the page and the truth about it are made."""

from __future__ import annotations

from dataclasses import dataclass

from . import text, words
from .world import Article, World

AD_TEXT = "【广告】点击领取新用户专享礼包，限时三天"
SHARE_TEXT = "分享到：微信 微博 QQ空间"
SCRIPT_TEXT = 'var slot_no = "article-inline-banner";'


@dataclass(frozen=True)
class Piece:
    """One block of a body.

    ``kind``: ``text`` (a paragraph), ``bare_picture``, ``figure`` and ``picture`` (caption as lines),
    ``table`` (rows of cells), ``list``, ``quote``, ``subhead``, ``signed`` (the editor's line), or noise:
    ``ad``, ``script``, ``share``.
    """

    kind: str
    lines: tuple[str, ...] = ()
    src: str = ""


NOISE = {"ad": AD_TEXT, "script": SCRIPT_TEXT, "share": SHARE_TEXT}
APART = frozenset({*NOISE, "signed"})
"""Pieces that are no part of the body; the signed line names the editor."""
RUNNING = frozenset({"text", "bare_picture", *APART})
"""Pieces that leave no doubt about the plain text: with these alone the body is known exactly."""


def pieces(world: World, article: Article) -> list[Piece]:
    """The body of ``article`` by now, in reading order."""
    paragraphs = world.paragraphs(article)
    body = [Piece("text", (line,)) for line in paragraphs]
    image = f"/upload/{article.published:%Y-%m}/{abs(article.k) % 997 + 100}"
    line = text.sentence(world.seed, article.key + ":extra").rstrip("。")
    match article.shape.body:
        case "table":
            body.insert(3, Piece("table", _cells(world, article)))
            body.insert(2, Piece("bare_picture", src=f"{image}.jpg"))
        case "list":
            body.insert(4, Piece("list", tuple(_facts(world, article))))
            body.insert(4, Piece("subhead", ("主要参数一览",)))
        case "quote":
            body.insert(3, Piece("quote", (line,)))
        case "figure":
            body.insert(1, Piece("figure", (f"图为{line[:18]}",), f"{image}.jpg"))
            body.insert(5, Piece("figure", (f"资料图：{line[-18:]}",), f"{image}b.png"))
        case "picture":
            body.insert(1, Piece("picture", (f"▲{line[:20]}",), f"{image}.jpg"))
        case "noisy":
            body[2:2] = [Piece("script"), Piece("ad")]
            body.insert(-1, Piece("ad"))
            body.append(Piece("share"))
            body.insert(1, Piece("bare_picture", src=f"{image}.png"))
        case "mention":
            brand = text.rng(world.seed, "mention", article.key).choice(words.BRANDS)
            mention = f"{brand}官网首页的“更多热门内容”一栏，{line}，这里讲的正是新闻本身。"
            body.insert(len(body) // 2, Piece("text", (mention,)))
        case "signed":
            body.append(Piece("signed", (f"（责任编辑：{world.byline(article)['editor']}）",)))
    return body


def _cells(world: World, article: Article) -> tuple[str, ...]:
    """The cells of a table of three columns, row by row, the head first."""
    chance = text.rng(world.seed, "table", article.key)
    cells = ["指标", text.model_name(chance), text.model_name(chance)]
    for metric in chance.sample(words.METRICS, 4):
        cells += [metric, f"{chance.randint(20, 900)}", f"{chance.randint(11, 989) / 10}%"]
    return tuple(cells)


def _facts(world: World, article: Article) -> list[str]:
    chance = text.rng(world.seed, "facts", article.key)
    return [
        text.fill(chance, "{part}：{adj}工艺，由{place}{brand}供应，{metric}为{pct}")
        for _ in range(chance.randint(4, 6))
    ]


def lines_of(body: list[Piece]) -> list[str]:
    """Every text that belongs to the body, noise and the editor's line left out."""
    return [line for piece in body if piece.kind not in APART for line in piece.lines]


def in_parts(body: list[Piece], parts: int) -> list[list[Piece]]:
    """``body`` spread over ``parts`` pages."""
    size = -(-len(body) // parts)
    return [body[start : start + size] for start in range(0, len(body), size)][:parts]
