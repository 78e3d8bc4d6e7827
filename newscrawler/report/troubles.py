"""``newscrawler troubles`` in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newscrawler.archive.troubles import Trouble
from newscrawler.report.words import count, for_archive, local, printable


def as_text(
    found: Sequence[Trouble], undelivered: int, *, every: bool, archive: str | None = None
) -> Iterator[str]:
    """Some lines a trouble; times of the site. ``every``: those that are over are among them.

    ``archive``: what the commands must name to mean this one.
    """
    for trouble in found:
        yield f"{trouble.id}  {trouble.series.split()[0]}: {printable(trouble.sentence)}"
        until = f", over since {local(trouble.ended_at)}" if trouble.ended_at else ""
        until = f", accepted {local(trouble.accepted_at)}" if trouble.accepted_at else until
        yield f"   since {local(trouble.began_at)}, found {local(trouble.found_at)}{until}"
        yield from (f"   {printable(url)}" for url in trouble.examples if url != trouble.subject)
        if not trouble.ended_at:
            yield f"   look:   {for_archive(printable(trouble.command), archive)}"
            yield f"   accept: {for_archive(f'newscrawler troubles --accept {trouble.id}', archive)}"
    if not found:
        yield "No trouble was ever found." if every else "The sites are as they were."
    if undelivered:
        yield (
            f"{count(undelivered, 'notice')} could not be delivered yet; the next crawl tries again"
            " (newscrawler notify sends a try message)."
        )


def accepted(done: Sequence[Trouble]) -> Iterator[str]:
    """What was accepted, and what follows of it."""
    for trouble in done:
        yield f"{trouble.id}  {printable(trouble.sentence)}: accepted; history begins anew with it."
