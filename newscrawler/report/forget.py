"""``newscrawler forget`` in words: what would go, what went, and what it does not reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from newscrawler.archive.erase import Place
from newscrawler.archive.forget import Removed
from newscrawler.report.words import count, printable

_NAMES = {
    "revisions": ("earlier revision", None),
    "aliases": ("alias", "aliases"),
    "links": ("related item that showed it", "related items that showed it"),
    "captures": ("raw page", None),
    "quarantine": ("page in quarantine", "pages in quarantine"),
}


def removed(found: Removed) -> Iterator[str]:
    """One address: what it is, and what goes with it."""
    yield found.url
    yield f"  {printable(found.title or '(no title)') if found.is_article else 'no article of the archive'}"
    parts = [count(number, *_NAMES[table]) for table, number in found.rows.items() if number]
    yield f"  with {', '.join(parts)}" if parts else "  nothing else is kept of it"


def done(archive: Path, number: int, left: Sequence[Place], *, emptied: bool) -> Iterator[str]:
    """What was done, and what is left to do by hand."""
    yield f"{count(number, 'address', 'addresses')} forgotten: removed, and never fetched again."
    if left:
        yield (
            f"{count(len(left), 'raw page')} could not be overwritten: {left[0].file} is not there. "
            "When it is back: newscrawler check --repair"
        )
    if not emptied:
        yield (
            f"Somebody reads the archive, so {archive}-wal still holds old pages of the file. "
            f"When nobody does: sqlite3 {archive} 'PRAGMA wal_checkpoint(TRUNCATE)'"
        )
    copies = sorted(path.name for path in archive.parent.glob(f"{archive.name}.before-*"))
    if copies:
        yield f"An older copy lies beside the archive and still has it: {', '.join(copies)}"
    yield (
        "Not reached: your copies, and the raw pages of listings and of other articles, which may name it "
        "in a line."
    )
