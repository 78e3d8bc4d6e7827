"""``newscrawler failures`` in words: what failed in which crawl."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newscrawler.archive.failures import Counted, Failed
from newscrawler.archive.ledger_list import ERROR_CLASSES
from newscrawler.report.words import cut, local


def as_text(found: Sequence[Counted | Failed], limit: int | None, columns: int) -> Iterator[str]:
    """For a terminal of ``columns`` columns: a line a class, or two an address; times in the site's zone."""
    for row in found:
        if isinstance(row, Counted):
            why = f"{row.error}: {ERROR_CLASSES.get(row.error, '')}"
            yield cut(f"crawl {row.crawl}, {local(row.started_at)} {row.addresses:>6,}  {why}", columns)
        else:
            yield row.url
            said = f"{row.error} ({row.kind}), crawl {row.crawl}, {local(row.failed_at)}"
            yield f"  {cut(f'{said}: {row.detail}' if row.detail else said, columns - 2)}"
    if not found:
        yield "No failure in the crawls of the last 90 days."
    elif len(found) == limit:
        yield f"The newest {limit:,}; --limit 0 shows all."
