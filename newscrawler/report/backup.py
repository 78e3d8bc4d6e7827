"""``newscrawler backup`` in words."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawler.archive.backup import Backup
from newscrawler.report.words import count, size


def as_text(archive: str, done: Backup) -> Iterator[str]:
    """What was copied, and what was not there to be copied."""
    yield f"{archive} copied to {done.target}: {size(done.size)}."
    if done.files:
        there = done.files - len(done.missing)
        how = [f"{done.kept:,} there already"] if done.kept else []
        how += [f"{done.linked:,} as hard links"] if done.linked else []
        aside = f" ({', '.join(how)})" if how else ""
        yield f"{count(there, 'file')} of raw pages with it{aside}."
    if done.missing:
        yield (
            f"{count(len(done.missing), 'file')} of raw pages not there, or shorter than the archive says: "
            f"{', '.join(done.missing[:3])}. Look with: newscrawler check"
        )
