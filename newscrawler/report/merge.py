"""``newscrawler merge`` in words."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from newscrawler.archive.merge import Merged
from newscrawler.report.words import count


def as_text(done: Merged) -> Iterator[str]:
    """What each archive had, what the union has, and what was left out and why."""
    for archive, number in done.articles.items():
        yield f"{archive}: {count(number, 'article')}"
    yield (
        f"{done.target} is the union: {count(done.united, 'article')} with"
        f" {count(done.revisions, 'earlier text')}, {count(done.pages, 'raw page')} ({done.copied:,} copied)."
    )
    if done.forgotten:
        yield f"{count(done.forgotten, 'article')} left out: one of the archives has forgotten them."
    yield from warnings(done)


def warnings(done: Merged) -> Iterator[str]:
    """What somebody should look at."""
    for archive, number in done.lost.items():
        yield (
            f"{count(number, 'raw page')} of {archive} left out: not there, or not readable where rows say."
            f" Look with: newscrawler check --archive {quote(archive)}"
        )
    if done.unerased:
        yield (
            f"{count(done.unerased, 'forgotten raw page')} not overwritten yet: the file is not there."
            " The next crawl does it as soon as the file is back."
        )
