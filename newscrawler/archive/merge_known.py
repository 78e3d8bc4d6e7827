"""What each archive knows of an article, and what that is together: the least that holds all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from newscrawler.archive import merge_runs
from newscrawler.archive.merge_inputs import Input
from newscrawler.archive.merge_runs import Block, Correction, Lesser, Reading, Version
from newscrawler.archive.rows import as_json

_READING = (
    "{0}.title, {1}.body, {0}.published_at, {0}.published_precision, so.name, e.name, au.name, c.name,"
    " {0}.content_key, {1}.marks, {1}.dateline, {1}.encoding, {1}.found_by"
)
_JOINS = (
    " LEFT JOIN sources so ON so.id = {0}.source_id LEFT JOIN editors e ON e.id = {0}.editor_id"
    " LEFT JOIN authors au ON au.id = {0}.author_id LEFT JOIN categories c ON c.id = {0}.category_id"
)
_CURRENT = (
    "SELECT a.id, a.url, st.name, a.revision, coalesce(a.revised_at, a.first_seen_at), a.first_seen_at,"
    f" a.first_crawl_id, s.last_seen_at, s.last_fetched_at, s.last_crawl_id, {_READING.format('a', 'b')}"
    " FROM articles a JOIN sites st ON st.id = a.site_id LEFT JOIN bodies b ON b.article_id = a.id"
    f" LEFT JOIN sightings s ON s.article_id = a.id{_JOINS.format('a')} WHERE a.url_key = ?"
)
_EARLIER = (
    f"SELECT r.revision, r.first_seen_at, r.last_seen_at, r.crawl_id, r.changed, {_READING.format('r', 'r')}"
    f" FROM revisions r{_JOINS.format('r')} WHERE r.article_id = ? ORDER BY r.revision"
)


@dataclass(slots=True)
class Known:
    """What one archive, or the union, knows of an article; crawls by their ids in the union."""

    url: str
    site: str
    first_crawl_id: int | None
    first_seen_at: str
    last_seen_at: str
    last_fetched_at: str
    last_crawl_id: int | None
    versions: list[Version]
    changed: list[str | None]
    """JSON of the fields in which each version differs from the one before; None for the first."""
    blocks: list[Block] = field(default_factory=list)
    shown: dict[int, tuple[str | None, dict[int, int]]] = field(default_factory=dict)
    """Fingerprint of a block -> its heading, and position -> key of what it shows there."""
    aliases: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)
    """Key and address of an alias -> when it was first seen, the reason."""
    absences: set[tuple[str, str | None]] = field(default_factory=set)
    corrections: set[Correction] = field(default_factory=set)


def read(one: Input, key: int) -> Known | None:
    """What the archive ``one`` knows of the article whose address has this key; None: nothing."""
    row = one.connection.execute(_CURRENT, (key,)).fetchone()
    if row is None:
        return None
    (
        number,
        url,
        site,
        revision,
        revised_at,
        first_seen_at,
        first_crawl,
        last_seen,
        fetched,
        crawl,
        *reading,
    ) = row
    fetched, last_seen = fetched or revised_at, last_seen or fetched or revised_at
    images = _images(one, number)
    moments = _moments(one, number)
    versions: list[Version] = []
    changed: list[str | None] = [None]
    found_by = one.crawl(first_crawl)  # a row of `revisions` names the crawl that found the next text
    for earlier, begin, end, replaced_by, fields, *values in one.rows(_EARLIER, (number,)):
        text = _reading(values, images.get(earlier, []))
        versions.append(Version(text, begin, max(begin, end), found_by, moments.get(earlier, ())))
        found_by = one.crawl(replaced_by)
        changed.append(fields)
    text = _reading(reading, images.get(revision, []))
    versions.append(Version(text, revised_at, max(revised_at, fetched), found_by, moments.get(revision, ())))
    known = Known(
        *(url, site, one.crawl(first_crawl), first_seen_at, last_seen, fetched, one.crawl(crawl)),
        *(versions, changed),
    )
    _read_blocks(one, number, known)
    for alias, form, reason, seen_at in one.rows(
        "SELECT url_key, url, reason, first_seen_at FROM aliases WHERE article_id = ?", (number,)
    ):
        known.aliases[alias, form] = seen_at, reason
    known.absences = set(one.rows("SELECT gone_at, back_at FROM absences WHERE article_id = ?", (number,)))
    asked = "SELECT corrected_at, field, old, new, rules FROM corrections WHERE article_id = ?"
    known.corrections = {Correction(*row) for row in one.rows(asked, (number,))}
    return known


def _images(one: Input, number: int) -> dict[int, list[tuple[Any, ...]]]:
    images: dict[int, list[tuple[Any, ...]]] = {}
    for revision, *image in one.rows(
        "SELECT revision, url, caption, paragraph FROM images WHERE article_id = ?"
        " ORDER BY revision, position",
        (number,),
    ):
        images.setdefault(revision, []).append(tuple(image))
    return images


def _moments(one: Input, number: int) -> dict[int, tuple[Lesser, ...]]:
    moments: dict[int, tuple[Lesser, ...]] = {}
    for revision, seen_at, published_at, precision, lacks, crawl in one.rows(
        "SELECT revision, seen_at, published_at, published_precision, lacks, crawl_id FROM moments"
        " WHERE article_id = ? ORDER BY id",
        (number,),
    ):
        fields = tuple(json.loads(lacks)) if lacks else ()
        moment = Lesser(seen_at, published_at, precision, fields, one.crawl(crawl))
        moments[revision] = (*moments.get(revision, ()), moment)
    return moments


def _read_blocks(one: Input, number: int, known: Known) -> None:
    for block, fingerprint, seen_at, last_seen_at, heading, crawl in one.rows(
        "SELECT id, fingerprint, seen_at, last_seen_at, heading, crawl_id FROM blocks"
        " WHERE article_id = ? ORDER BY id",
        (number,),
    ):
        moments = one.rows(
            "SELECT seen_at, crawl_id FROM block_moments WHERE block_id = ? ORDER BY id", (block,)
        )
        told = tuple((at, one.crawl(by)) for at, by in moments)
        last = max(seen_at, last_seen_at)
        known.blocks.append(Block(fingerprint, seen_at, last, one.crawl(crawl), told))
        items = one.rows(
            "SELECT i.position, l.text_key FROM block_items i JOIN links l ON l.id = i.link_id"
            " WHERE i.block_id = ? ORDER BY i.position",
            (block,),
        )
        before = known.shown.get(fingerprint, (None, {}))
        known.shown[fingerprint] = _first(before[0], heading), {**dict(items), **before[1]}


def _reading(values: Sequence[Any], images: list[tuple[Any, ...]]) -> Reading:
    title, body, *rest = values
    fields: list[Any] = [title, body or "", *rest, tuple(images)]
    return Reading(*fields)


def joined(found: Sequence[Known]) -> Known:
    """What ``found`` know together: for each kind of knowledge the least that holds all of it."""
    first = found[0]
    if len(found) == 1:
        return first
    known = Known(
        first.url,
        min(one.site for one in found),
        None,
        min(one.first_seen_at for one in found),
        max(one.last_seen_at for one in found),
        max(one.last_fetched_at for one in found),
        max((one.last_crawl_id for one in found if one.last_crawl_id is not None), default=None),
        first.versions,
        first.changed,
        first.blocks,
    )
    known.corrections = set().union(*(one.corrections for one in found))
    if any(one.versions != first.versions for one in found):
        points = [
            point for one in found for version in one.versions for point in merge_runs.points_of(version)
        ]
        known.versions = merge_runs.versions(points, known.corrections)
        pairs = pairwise(version.reading for version in known.versions)
        known.changed = [None, *(as_json(merge_runs.changed(old, new)) for old, new in pairs)]
    known.first_crawl_id = known.versions[0].crawl_id
    if any(one.blocks != first.blocks for one in found):
        known.blocks = merge_runs.blocks(block for one in found for block in one.blocks)
    for one in found:
        for fingerprint, (heading, items) in one.shown.items():
            before = known.shown.get(fingerprint, (None, {}))
            known.shown[fingerprint] = _first(before[0], heading), {**items, **before[1]}
        for alias, seen in one.aliases.items():
            known.aliases[alias] = min(seen, known.aliases.get(alias, seen))
        known.absences |= one.absences
    return known


def _first(*texts: str | None) -> str | None:
    """The same of several, whatever their order."""
    return min((text for text in texts if text is not None), default=None)


def absences(known: Known) -> list[tuple[str, str | None]]:
    """When the article was found gone, and when it was there again: the first time anybody saw it after."""
    there = {at for version in known.versions for at in (version.first_seen_at, version.last_seen_at)}
    there |= {moment.seen_at for version in known.versions for moment in version.moments}
    backs = {back for _, back in known.absences if back is not None}
    found = []
    for gone_at in sorted({gone_at for gone_at, _ in known.absences}):
        own = {back for at, back in known.absences if at == gone_at and back is not None}
        after = {at for at in there | backs if at > gone_at} | own
        found.append((gone_at, min(after, default=None)))
    return found
