"""What a right crawler must find, as plain data for JSON."""

from __future__ import annotations

from typing import Any

from . import bodies, content, listings
from .faults import FOREIGN, LISTING_FAULT, PDF
from .links import View
from .world import CHANNELS, FINANCE, WWW, Article, Channel, World


def truth(world: World, view: View) -> dict[str, Any]:
    """The whole truth by now, under the addresses of ``view`` (in direct mode www alone)."""
    sections = [WWW] if view.direct else [WWW, FINANCE]
    articles = [article for section in sections for article in world.all(section)]
    return {
        "now": world.now.isoformat(),
        "seed": world.seed,
        "homes": [view.home(section) for section in sections],
        "channels": [_channel(world, view, c) for c in CHANNELS if c.host in sections],
        "articles": [article_truth(world, view, article) for article in articles],
        "related_only": [view.canonical(article) for article in articles if not article.listed],
        "copies": _pairs(world, view, articles, {"copy", "finance_copy"}),
        "near_copies": _pairs(world, view, articles, {"near_copy"}),
        "edits": [
            {"at": edit.at.isoformat(), "kind": edit.kind, "url": view.canonical(edit.article)}
            for edit in world.edits()
        ],
        "faults": _faults(world, view, articles),
    }


def article_truth(world: World, view: View, article: Article) -> dict[str, Any]:
    """What a right crawler archives of ``article``, and what is odd about it."""
    found = content.pieces(world, article)
    lines = content.lines_of(found)
    shape, line = article.shape, article.shape.dateline
    said = {field: value if line.prints(field) else None for field, value in world.byline(article).items()}
    if shape.body == "signed":
        said["editor"] = world.byline(article)["editor"]
    edit = world.edit_of(article)
    related = [_item(world, view, article, n, item) for n, item in enumerate(world.related(article), 1)]
    return {
        "url": view.canonical(article),
        "title": world.title(article),
        "body": "\n\n".join(lines) if all(piece.kind in content.RUNNING for piece in found) else None,
        "body_contains": lines,
        "body_lacks": [item["title"] for item in related]
        + [*content.NOISE.values(), "友情链接", "版权所有", "当前位置", "（责任编辑"],
        "published_at": _published_at(article),
        "precision": line.precision,
        **said,
        "category": article.channels[0].name,
        "images": [view.image(article, piece.src) for piece in found if piece.src],
        "related_heading": shape.heading if related else None,
        "related": related,
        "parts": shape.parts,
        "listed": article.listed,
        "gone": edit is not None and edit.kind == "vanished",
        "edit": edit.kind if edit else None,
        "channels": [channel.name for channel in article.channels],
        "dateline": line.name,
        "body_form": shape.body,
        "encoding": shape.encoding.name,
        "block": {"place": shape.place, "head": shape.head, "markup": shape.markup},
        "template": shape.template,
        "speciality": article.speciality or None,
        "fault": article.fault.kind if article.fault else None,
        "outcome": article.fault.outcome_under(view.direct) if article.fault else "archived",
    }


def _published_at(article: Article) -> str | None:
    match article.shape.dateline.precision:
        case "second":
            return article.published.isoformat()
        case "minute":
            return article.published.replace(second=0).isoformat()
        case "day":
            return f"{article.published:%Y-%m-%d}"
    return None


def _item(world: World, view: View, article: Article, position: int, item: Article) -> dict[str, Any]:
    return {
        "position": position,
        "title": world.title(item),
        "url": view.canonical(item),
        "summary": world.teaser(item) if article.shape.summaries else None,
        "date": bodies.related_date(item),
    }


def _channel(world: World, view: View, channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "url": view.listing(channel),
        "style": channel.style,
        "codec": channel.codec or "utf-8",
        "sticky": [view.canonical(article) for article in world.sticky(channel)],
        "endless": channel.endless,
        "pages": listings.pages(world, channel),
        "articles": [view.canonical(article) for article in world.in_channel(channel)],
    }


def _pairs(world: World, view: View, articles: list[Article], kinds: set[str]) -> list[list[str]]:
    """[original, copy] addresses, where both stand under this view."""
    return [
        [view.canonical(world.original(article)), view.canonical(article)]
        for article in articles
        if article.speciality in kinds and world.original(article) in articles
    ]


def _faults(world: World, view: View, articles: list[Article]) -> list[dict[str, Any]]:
    """Every misbehaviour with its address, and what is to come of it."""
    if not world.with_faults:
        return []
    found = [
        {
            "kind": article.fault.kind,
            "url": view.canonical(article),
            "outcome": article.fault.outcome_under(view.direct),
            "note": article.fault.note,
        }
        for article in articles
        if article.fault
    ]
    second = listings.page_path(CHANNELS[1], 2)
    base = view.home(WWW)
    if listings.pages(world, CHANNELS[1]) > 1:
        found.append(_other(LISTING_FAULT.kind, base + second[1:], LISTING_FAULT.outcome, LISTING_FAULT.note))
    found.append(_other(PDF.kind, base + listings.PDF_PATH[1:], PDF.outcome, PDF.note))
    found.append(_other(FOREIGN.kind, listings.FOREIGN_URL, FOREIGN.outcome, FOREIGN.note))
    return found


def _other(kind: str, url: str, outcome: str, note: str) -> dict[str, Any]:
    return {"kind": kind, "url": url, "outcome": outcome, "note": note}
