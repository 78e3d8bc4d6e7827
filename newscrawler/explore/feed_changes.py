"""What was changed after it was published, for feed readers: an entry for every revision, as Atom."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

from newscrawler.explore.feed import ATOM, NEVER, NEWEST, Body, add, begun, identity, when, written
from newscrawler.explore.reading import Row, rows
from newscrawler.explore.show import FIELDS, fields
from newscrawler.explore.words import Speak


async def changes(database: Any) -> list[Row]:
    """The latest changes: of which article, to which revision, what, and its title before."""
    return await rows(
        database,
        "select r.article_id as id, r.revision + 1 as revision, r.replaced_at, r.changed, a.title, a.url,"
        " r.title as title_before, so.name as source from revisions r join articles a on a.id = r.article_id"
        " left join sources so on so.id = a.source_id order by r.id desc limit :limit",
        {"limit": NEWEST},
    )


def as_atom(found: list[Row], speak: Speak, *, home: str, here: str) -> Body:
    """The changes as an Atom feed; ``home`` and ``here`` are as for new articles."""
    latest = max((when(change["replaced_at"]) or NEVER for change in found), default=NEVER)
    title = f"{speak('News archive')}{speak(': ')}{speak('What changed')}"
    feed = begun(title, latest, home=home, here=here)
    for change in found:
        entry = Xml.SubElement(feed, f"{{{ATOM}}}entry")
        add(entry, "title", change["title"] or change["url"])
        add(entry, "id", f"{identity(change, home)}#revision-{change['revision']}")
        where = f"{home}/-/changes/{change['id']}#revision-{change['revision']}"
        add(entry, "link", rel="alternate", href=where, type="text/html")
        add(entry, "updated", when(change["replaced_at"]) or NEVER)
        add(Xml.SubElement(entry, f"{{{ATOM}}}author"), "name", change["source"] or "–")
        add(entry, "summary", _said(change, speak))
    return written(feed)


def _said(change: Row, speak: Speak) -> str:
    """Which fields changed, and the headline before where that is one of them."""
    changed = fields(change["changed"])
    what = speak(", ").join(speak(word) for word in changed)
    if FIELDS["title"] in changed and change["title_before"]:
        return f"{what}{speak('; ')}{speak('Title before')}{speak(': ')}{change['title_before']}"
    return what
