"""What changed between the revisions of an article, down to the word."""

from __future__ import annotations

import asyncio
import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from newscrawler.explore.reading import Row, row, rows
from newscrawler.explore.show import FIELDS

REVISIONS = 20
"""How many of the latest changes a page shows."""

PATIENCE = 10_000_000
"""Pairs of words (or of paragraphs) that are compared for one page, about a second at worst: the time grows
with the square of a text. What goes beyond is shown as gone and come as a whole."""

_TOKEN = re.compile(r"[A-Za-z0-9]+|.", re.DOTALL)
"""What is compared: Latin words and numbers as a whole, Chinese by character."""

_TEXTS = "{0}.revision, {0}.title, {1}.body, {0}.published_at, so.name as source, e.name as editor,"
_JOINS = (
    " left join sources so on so.id = {0}.source_id left join editors e on e.id = {0}.editor_id"
    " left join authors au on au.id = {0}.author_id left join categories c on c.id = {0}.category_id"
)


async def changes_page(database: Any, article_id: int) -> Row | None:
    """The article's changes, the latest first; None when there is no such article."""
    now = await row(
        database,
        f"select a.id, a.url, {_TEXTS.format('a', 'b')} au.name as author, c.name as category,"
        " coalesce(a.revised_at, a.first_seen_at) as first_seen_at, null as last_seen_at from articles a"
        f" left join bodies b on b.article_id = a.id{_JOINS.format('a')} where a.id = :id",
        {"id": article_id},
    )
    if now is None:
        return None
    before = await rows(
        database,
        f"select {_TEXTS.format('r', 'r')} au.name as author, c.name as category, r.first_seen_at,"
        f" r.last_seen_at from revisions r{_JOINS.format('r')} where r.article_id = :id"
        " order by r.revision desc limit :limit",
        {"id": article_id, "limit": REVISIONS},
    )
    versions = [now, *before]
    patience = Patience()
    # Comparing long texts takes tens of milliseconds: not in the loop that answers everybody.
    steps = await asyncio.to_thread(lambda: [step(old, new, patience) for new, old in pairwise(versions)])
    return {"article": now, "steps": steps}


class Patience:
    """How much may still be compared."""

    def __init__(self, pairs: int = PATIENCE) -> None:
        self.pairs = pairs

    def allows(self, left: int, right: int) -> bool:
        """Take a comparison of so many with so many off; False, and nothing taken, when it is too much."""
        if left * right > self.pairs:
            return False
        self.pairs -= left * right
        return True


def step(old: Row, new: Row, patience: Patience) -> Row:
    """What the page says of one change: the fields before and after, and the text with its marks."""
    fields = [
        {"name": word, "parts": pieces(str(old[field] or ""), str(new[field] or ""), patience)}
        for field, word in FIELDS.items()
        if field != "body" and old[field] != new[field]
    ]
    body = (
        compare(str(old["body"] or ""), str(new["body"] or ""), patience)
        if old["body"] != new["body"]
        else []
    )
    return {
        **{"revision": new["revision"], "before": old["revision"], "first_seen_at": new["first_seen_at"]},
        **{"last_seen_at": old["last_seen_at"], "fields": fields, "body": body},
    }


def compare(old: str, new: str, patience: Patience) -> list[Row]:
    """The paragraphs of both: ``same`` (how many), or ``parts``, pieces marked same, del or ins."""
    before, after = old.split("\n\n"), new.split("\n\n")
    codes: list[tuple[str, int, int, int, int]] = [("replace", 0, len(before), 0, len(after))]
    if patience.allows(len(before), len(after)):
        codes = list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
    shown: list[Row] = []
    for kind, a, b, c, d in codes:
        if kind == "equal":
            shown.append({"same": b - a})
            continue
        gone, come = before[a:b], after[c:d]
        for left, right in zip(gone, come, strict=False):
            shown.append({"parts": pieces(left, right, patience)})
        shown += [{"parts": [("del", text)]} for text in gone[len(come) :]]
        shown += [{"parts": [("ins", text)]} for text in come[len(gone) :]]
    return shown


def pieces(old: str, new: str, patience: Patience) -> list[tuple[str, str]]:
    """One paragraph or value beside another; what they share in single characters only counts as changed."""
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    if not patience.allows(len(left), len(right)):
        return [(mark, text) for mark, text in (("del", old), ("ins", new)) if text]
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    made: list[tuple[str, str]] = []
    gone = come = ""
    for place, (kind, a, b, c, d) in enumerate(codes):
        inside = 0 < place < len(codes) - 1
        if kind == "equal" and not (inside and len("".join(left[a:b])) < 2):
            made += [(mark, text) for mark, text in (("del", gone), ("ins", come)) if text]
            gone = come = ""
            made.append(("same", "".join(left[a:b])))
        else:
            gone += "".join(left[a:b])
            come += "".join(right[c:d])
    return made + [(mark, text) for mark, text in (("del", gone), ("ins", come)) if text]
