"""A page to one article: the readers called in order on one shared document per part."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newscrawler import clock, identity
from newscrawler.extract import (
    border,
    box,
    choice,
    entries,
    layout,
    lines,
    published,
    related,
    scripted,
    signature,
    title,
    unfit,
)
from newscrawler.extract.box import Body
from newscrawler.extract.dateline import Dateline
from newscrawler.extract.document import Document
from newscrawler.extract.lines import Paragraph
from newscrawler.extract.related import Group
from newscrawler.extract.title import Title
from newscrawler.items import DEFAULT_ZONE, Article, Image, Page, RelatedItem


@dataclass(slots=True)
class Reading:
    """What was read of one part, with the reasons: what ``explain`` shows."""

    document: Document
    title: Title
    body: Body | None
    dateline: Dateline
    groups: list[Group]
    chosen: Group | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)
    told: str = ""
    """What a script calls the text, where the page does not show it."""


def read_article(page: Page) -> Article:
    """The article of ``page``, all parts joined; ``reason`` is set where the page is judged unfit."""
    return read(page)[0]


def read(page: Page) -> tuple[Article, list[Reading]]:
    """Like read_article, and the readings behind it."""
    zone = ZoneInfo(page.zone or DEFAULT_ZONE)
    now = _fetched(page)
    readings = [
        read_part(Document(part.body, part.url, part.content_type), zone, now, page.hints)
        for part in page.parts
    ]
    article = Article(url=page.url, site=page.site, page=page)
    first = readings[0].document
    article.canonical = first.absolute(first.canonical) if first.canonical else None
    _fill(article, readings)
    unfit.judge(article, readings[0].document)
    return article, readings


def _fetched(page: Page) -> datetime:
    if page.fetched_at:
        try:
            moment = datetime.fromisoformat(page.fetched_at)
        except ValueError:
            return clock.now()
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return clock.now()


def read_part(document: Document, zone: ZoneInfo, now: datetime, hints: dict[str, str]) -> Reading:
    """One response read: headline, box, dateline, related blocks, then the lines of the body."""
    first = title.find(document, None)
    found = box.find(document, first.block)
    told = scripted.read(document, first, found, zone, now)
    if told is not None:
        document, found = told.document, box.find(told.document, first.block)
        if first.block < 0 and told.title:
            first = Title(told.title, -1, first.tail, "script")
    if hints.get("body"):
        found = box.hinted(document, hints["body"]) or found
    headline = first
    if found is not None and first.rule != "script" and not 0 <= first.block < found.first + 3:
        headline = title.find(document, found.first)
        if headline.block < 0 <= first.block:
            headline = first
    small = published.find(document, headline, found, zone, now, told.line if told else None)
    line = small.line
    all_groups = related.groups(document, zone, now, max(headline.block, 0), found.last if found else None)
    reading = Reading(document, headline, found, line, all_groups, told=told.name if told else "")
    if found is not None:
        if not any(choice.is_own(document, g, found.node, found.first, found.last) for g in all_groups):
            shape = choice.by_shape(
                document, max(found.first, headline.block + 1), zone, now, found.node, found.last
            )
            if shape is not None:
                all_groups = reading.groups = [*all_groups, shape]
        inside = [g for g in all_groups if found.first <= g.first < found.last]
        border.judge(
            document,
            found,
            title=headline.text,
            title_block=headline.block,
            small=small.used,
            closing=small.closing,
            groups=inside,
        )
        signature.last_lines(document, found, line, zone, now)
        reading.paragraphs = lines.paragraphs(document, found)
        start, end = (found.kept[0], found.kept[-1] + 1) if found.kept else (found.first, found.last)
        reading.chosen = chosen = choice.choose(reading.groups, document, found.node, start, end)
        if chosen is None:
            above = found.first if headline.block < 0 else min(found.first, headline.block)
            reading.chosen = chosen = choice.before(document, above, zone, now)
        if chosen is not None:
            chosen.items = entries.complete(document, chosen.items, zone, now)
            entries.near(chosen.items, line.moment.day if line.moment is not None else None, now)
    return reading


def _fill(article: Article, readings: list[Reading]) -> None:
    first = readings[0]
    document = first.document
    by = article.found_by
    article.encoding = document.decoded.encoding
    by["encoding"] = document.decoded.why
    article.title, by["title"] = first.title.text, first.title.rule
    article.category, rule = title.category(document, first.title, first.body.first if first.body else None)
    if rule:
        by["category"] = rule
    article.layout = layout.of(document, first.title.block, first.body.node if first.body else -1)
    _dateline(article, readings)
    paragraphs: list[Paragraph] = []
    seen: set[str] = set()
    for reading in readings:
        told = {p.text for p in reading.paragraphs if len(p.text) >= 20}
        if reading is not first and told and told <= seen:
            continue  # the same text again: a page of its comments
        fresh = [p for p in reading.paragraphs if reading is first or p.text not in seen]
        _images(article, reading, len(paragraphs), [p.block for p in fresh])
        paragraphs.extend(fresh)
        seen |= told
    article.body = "\n\n".join(p.text for p in paragraphs)
    article.marks = "".join(p.mark for p in paragraphs)
    if first.body is not None:
        node, nodes = first.body.node, document.nodes
        said = f"most running text: {nodes.tag[node]} {nodes.words[node].strip()}" if node >= 0 else "hint"
        by["body"] = f"in a script: {first.told}" if first.told else said.strip()
    _related(article, readings)


def _dateline(article: Article, readings: list[Reading]) -> None:
    for reading in readings:
        line = reading.dateline
        article.dateline = article.dateline or line.raw or None
        if article.published_at is None and line.moment is not None:
            about = "about " * line.moment.about
            article.published_at, article.published_precision = line.moment.iso, about + line.moment.precision
        for name, value in line.values.items():
            if getattr(article, name) is None:
                setattr(article, name, value)
        for name, rule in line.rules.items():
            article.found_by.setdefault(name, rule)


def _images(article: Article, reading: Reading, before: int, starts: list[int]) -> None:
    """The pictures of one part, each with its place: ``before`` paragraphs stand before this part, whose
    own begin at the blocks ``starts``.
    """
    body, document = reading.body, reading.document
    if body is None or not body.kept:
        return
    known = {image.url for image in article.images}
    for picture in document.pictures:
        if picture.small or not body.kept[0] - 1 <= picture.block <= body.kept[-1] + 1:
            continue
        if not document.nodes.first[body.node] <= picture.block <= document.nodes.last[body.node]:
            continue
        if body.cut.get(picture.block, "").startswith("related") and picture.in_link:
            continue
        url = document.absolute(picture.src)
        if url is None or url in known or unfit.is_icon(url):
            continue
        known.add(url)
        place = before + bisect_left(starts, picture.block)
        article.images.append(Image(url, _caption(article, document, picture.block, picture.alt), place))


def _caption(article: Article, document: Document, block: int, alt: str) -> str | None:
    """The figcaption or the marked line behind a picture, else its alt text where that is no copy of
    the headline.
    """
    if block < len(document.blocks):
        following = document.blocks[block]
        if following.tag == "figcaption" or (len(following.text) <= 80 and lines.is_caption(following)):
            return following.text
    if len(alt) >= 4 and alt not in (article.title or "") and (article.title or "\0") not in alt:
        return alt
    return None


def _related(article: Article, readings: list[Reading]) -> None:
    for reading in readings:
        group = reading.chosen
        if group is None or article.related:
            continue
        article.related_heading = group.heading
        article.found_by["related"] = group.rule
        seen: set[str] = set()
        for item in group.items:
            try:
                url = identity.canonical(item.url)
            except ValueError:
                continue
            if url in seen:
                continue
            seen.add(url)
            article.related.append(
                RelatedItem(len(article.related) + 1, item.title, url, item.summary, item.date)
            )
