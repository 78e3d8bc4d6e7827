"""What is said of a trouble, and the report of a crawl. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from shlex import quote
from zoneinfo import ZoneInfo

from newscrawler.alarm.pages import ALL, QUARANTINE, Found
from newscrawler.alarm.traits import FIELDS
from newscrawler.archive.troubles import Trouble
from newscrawler.items import DEFAULT_ZONE

EXAMPLES = 3

WORDS = {
    **{("field", name): f"pages without {words}" for name, words in FIELDS.items()},
    ("field", "images"): "pages without pictures",
    ("field", "related"): "pages without related items",
    ("length", "short"): "short bodies",
    ("length", "long"): "overlong bodies",
    ("length", "related"): "fewer related items than ever",
    QUARANTINE: "pages that are no article",
}
"""Kind and subject -> what is more than before."""


def of_pages(
    found: Found, began: Callable[[int], str], kept_apart: Callable[[int, int], Sequence[str]]
) -> Trouble:
    """The trouble that ``found`` is.

    ``began``: crawl -> when it began; ``kept_apart``: (crawl, how many) -> addresses in quarantine since.
    """
    kind, subject = found.trait
    first = min(row.crawl_id for row in found.rows)
    examples = [row.url for row in found.rows if row.url][:EXAMPLES]
    command = f"newscrawler try --explain {quote(examples[0]) if examples else 'URL'}"
    if found.trait == QUARANTINE:
        examples = list(kept_apart(first, EXAMPLES))
        reasons = Counter(row.reason for row in found.rows if row.reason)
        command = f"newscrawler ledger --state quarantined --error {reasons.most_common(1)[0][0]}"
    return Trouble(
        *(kind, subject, _sentence(found), began(first), first, found.stretch),
        place=found.layout if kind != "layout" else ALL,
        examples=tuple(examples),
        command=command,
    )


def _sentence(found: Found) -> str:
    kind, subject = found.trait
    if kind == "layout":
        template = subject or "without headline and text"
        return f"{found.lacking} of {found.pages} pages came in a template that was never seen: {template}"
    where = f" in the template {found.layout}" if found.layout else ""
    now = f"{found.lacking} of {found.pages}{where}"
    before = f"before {_percent(1 - found.before)} of {found.of:,}"
    if kind == "rule":
        field, _, rule = subject.partition(": ")
        return f"{field} is found by another rule than {rule!r}: {now}, {before}"
    reasons = Counter(row.reason for row in found.rows if row.reason)
    why = f" ({', '.join(f'{reason} {n}' for reason, n in reasons.most_common(3))})" if reasons else ""
    return f"{WORDS[found.trait]}: {now}, {before}{why}"


def of_silence(url: str, last: datetime, first_crawl_id: int) -> Trouble:
    """The listing at ``url`` has shown nothing new since ``last``."""
    return Trouble(
        *("silence", url, f"a listing shows nothing new since {_local(last.isoformat())}: {url}"),
        *(last.isoformat(), first_crawl_id, 0),
        examples=(url,),
        command="newscrawler doctor",
    )


def of_scarcity(span: timedelta, came: float, usual: float, now: datetime, first_crawl_id: int) -> Trouble:
    """The whole site brought ``came`` articles in the last ``span``, usually ``usual``."""
    days = "24 hours" if span.days == 1 else f"{span.days} days"
    return Trouble(
        *("scarce", "site", f"{came:.0f} new articles in {days}, usually {usual:.0f}"),
        *((now - span).isoformat(), first_crawl_id, 0),
        command="newscrawler doctor",
    )


def report(
    series: str,
    begun: Sequence[Trouble],
    over: Sequence[Trouble],
    lasting: Sequence[Trouble],
    *,
    archive: str,
    at: str,
) -> Iterator[str]:
    """The report of one crawl, line by line; times of the site."""
    yield f"{headline(series, begun, over)} ({_local(at)}, {archive})"
    for trouble in begun:
        yield f"  NEW   {trouble.sentence}"
        yield f"        since {_local(trouble.began_at)}"
        yield from (f"        {url}" for url in trouble.examples if url != trouble.subject)
        yield f"        look:   {trouble.command}"
        yield f"        accept: newscrawler troubles --accept {trouble.id}"
    for trouble in over:
        yield f"  OVER  {trouble.sentence}"
        yield f"        from {_local(trouble.began_at)} to {_local(trouble.ended_at or at)}"
    for trouble in lasting:
        yield f"  LASTS {trouble.sentence} (since {_local(trouble.began_at)})"


def headline(series: str, begun: Sequence[Trouble], over: Sequence[Trouble]) -> str:
    """One line: ``itbear: the site has changed: pages without an editor``."""
    name = series.split()[0]
    if begun:
        return f"{name}: the site has changed: {', '.join(map(short, begun))}"
    return f"{name}: over: {', '.join(map(short, over))}"


def short(trouble: Trouble) -> str:
    """A trouble in some words."""
    if trouble.kind == "layout":
        return "a new template"
    if trouble.kind == "rule":
        return f"{trouble.subject.partition(':')[0]} found otherwise"
    if trouble.kind == "silence":
        return "a silent listing"
    return "too few articles" if trouble.kind == "scarce" else WORDS.get(trouble.key, trouble.subject)


def _percent(share: float) -> str:
    return "none" if share < 0.0005 else f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def _local(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(DEFAULT_ZONE)):%Y-%m-%d %H:%M}"
