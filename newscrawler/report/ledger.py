"""``newscrawler ledger`` and ``retry`` in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from newscrawler.archive.ledger_list import ERROR_CLASSES, Entry
from newscrawler.archive.retry import Retry
from newscrawler.report.words import count, cut, for_archive, local


def as_text(found: Iterable[Entry], *, now: str, columns: int) -> Iterator[str]:
    """Some lines an address, for a terminal of ``columns`` columns; times in the site's zone."""
    for entry in found:
        yield entry.url
        yield f"  {cut(f'{_became(entry)}; {_due(entry, now)}', columns - 2)}"
        if entry.detail:
            yield f"  {cut(entry.detail, columns - 2)}"
        where = f" on {entry.first_seen_on}" if entry.first_seen_on else ""
        how = f" ({entry.first_seen_as})" if entry.first_seen_as else ""
        yield f"  {cut(f'found {local(entry.discovered_at)}{where}{how}', columns - 2)}"
        if entry.title:
            yield f"  {cut(entry.title, columns - 2)}"


def counted(counts: Mapping[str, int], shown: int) -> str:
    """The last line: how many there are in each state, and that there are more than are shown."""
    total = sum(counts.values())
    states = ", ".join(f"{state} {number:,}" for state, number in counts.items())
    more = f"; {shown:,} shown, --limit 0 shows all" if shown < total else ""
    return f"{count(total, 'address', 'addresses')}{': ' + states if states else ''}{more}"


def retried(done: Retry, *, archive: str | None, dry_run: bool) -> Iterator[str]:
    """What a retry came to, by class, and the command that fetches it; ``archive``: not the usual one."""
    for kind in done.kinds:
        name = kind.error or kind.state
        meaning = ERROR_CLASSES.get(name, "")
        was = "" if kind.error is None else f" ({kind.state})"
        yield f"{kind.addresses:>8,}  {name}{was}" + (f": {meaning}" if meaning else "")
    if not done.addresses:
        yield "Nothing to do: none of these is waiting for anything; what is pending is due already."
        return
    total = count(done.addresses, "address", "addresses")
    revisits = sum(kind.revisits for kind in done.kinds)
    archived = f" ({revisits:,} archived already: looked at again, their text stays)" if revisits else ""
    if dry_run:
        yield f"{total} would be due at once{archived}. Nothing was written."
        return
    yield f"{total} {'is' if done.addresses == 1 else 'are'} due at once{archived}. To fetch them:"
    for spider in done.spiders or ["itbear"]:
        yield f"  {for_archive(f'scrapy crawl {spider}', archive)}"


def _became(entry: Entry) -> str:
    failed = f", {count(entry.attempts, 'failure')}" if entry.attempts else ""
    why = f": {entry.last_error}" if entry.last_error else ""
    return f"{entry.state}{failed}{why}"


def _due(entry: Entry, now: str) -> str:
    if entry.due_at is None:
        return "due at once" if entry.state == "pending" else f"since {local(entry.changed_at)}"
    return "due at once" if entry.due_at <= now else f"due {local(entry.due_at)}"
