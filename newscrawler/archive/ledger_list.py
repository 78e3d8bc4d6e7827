"""Reading the ledger for people and programs: filters, counts, and the classes of failures in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from sqlite_utils import Database

from newscrawler import clock, identity
from newscrawler.archive.ledger import BEFORE_SINCE, State
from newscrawler.archive.tombstones import FORGOTTEN

STATES: tuple[str, ...] = get_args(State)
"""Every state an address can be in."""

ERROR_CLASSES: dict[str, str] = {
    "dns": "the host's name could not be resolved",
    "connect": "no connection: refused, or no way there",
    "tls": "the certificate or the encryption was refused",
    "timeout": "no answer in time",
    "reset": "the connection broke off",
    "short_body": "the page ended early; half an article is never archived",
    "too_large": "larger than DOWNLOAD_MAXSIZE",
    "throttled": "the site asked for quiet (429, 503)",
    "http_3xx": "a redirection that leads nowhere",
    "http_4xx": "the site refused the page (400 to 499, not 404, 410, 429)",
    "http_5xx": "the site's server failed (500 to 599, not 503)",
    "redirect": "redirected in a circle, or too often",
    "robots": "robots.txt disallows it, or could not be had",
    "offsite": "leads to another site, which is not crawled",
    "ignored": "turned away before it left",
    "empty_listing": "a listing without articles where there were some",
    "not_a_feed": "no feed at an address that was announced as one",
    "not_a_sitemap": "no sitemap at an address that was named as one",
    "site_rule": "our own code failed on the page",
    "archive": "the archive could not be written",
    "other": "anything else; the detail says what",
    BEFORE_SINCE: "older than a crawl with since=… asked for; no failure",
    FORGOTTEN: "removed for good by newscrawler forget; never fetched again",
    "soft_404": "no article: says that the page does not exist",
    "login_wall": "no article: asks for a log-in",
    "empty": "no article: no text at all",
    "no_body": "no article: a frame without running text",
    "no_dateline": "no article: sentences and a headline, but too little besides without a time",
    "charset": "no article: bytes that no encoding makes readable",
    "not_html": "no article: a file of another kind",
    "not_an_article": "no article: a list, a form, a home page",
    "redirected_home": "no article: led to the home page",
}
"""Class of ``last_error`` -> what it means. A test holds it against the code that gives the classes."""

_MOST = frozenset({"archived", "unchanged"})
"""States of nearly all rows: an index on the state would only take a longer way to them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the ledger are meant; what is left empty restricts nothing."""

    states: Sequence[str] = ()
    errors: Sequence[str] = ()
    sites: Sequence[str] = ()
    text: str | None = None
    """A part of the address, or a whole address in any form that leads to the same page."""
    due_at: datetime | None = None
    """Only what is due at this time (aware): a crawl of then would fetch it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An address and what is known of it; times ISO 8601 UTC."""

    url: str
    site: str
    state: str
    attempts: int
    """Failures since the last success."""
    last_error: str | None
    detail: str | None
    due_at: str | None
    """Not before; None: at once when pending, never otherwise."""
    discovered_at: str
    discovered_as: str | None
    discovered_on: str | None
    changed_at: str
    """When the state last changed."""
    date: str | None
    """YYYY-MM-DD as the listing printed it."""
    title: str | None
    first_seen_as: str | None
    """How it was first seen: ``discovered_as`` is ``listing`` as soon as a listing shows it…"""
    first_seen_on: str | None
    """…and on which page, feed or sitemap."""


def entries(database: Database, wanted: Wanted, limit: int | None = None) -> Iterator[Entry]:
    """The rows that are meant, the last discovered first, at most ``limit``; read as they are asked for."""
    where, values = condition(database, wanted)
    rows = database.conn.execute(
        "SELECT l.url, s.name, l.state, l.attempts, l.last_error, l.detail, l.due_at, l.discovered_at,"
        " l.discovered_as, l.discovered_on, l.changed_at, l.date, l.title,"
        " coalesce(l.first_as, l.discovered_as),"
        " CASE WHEN l.first_as IS NULL THEN l.discovered_on ELSE l.first_on END"
        f" FROM ledger l JOIN sites s ON s.id = l.site_id{where} ORDER BY l.id DESC LIMIT ?",
        [*values, -1 if limit is None else limit],
    )
    return (Entry(*row) for row in rows)


def count_by_state(database: Database, wanted: Wanted) -> dict[str, int]:
    """State -> how many of the rows that are meant are in it, in the order of STATES; no state with 0."""
    where, values = condition(database, wanted)
    found: dict[str, int] = dict(
        database.conn.execute(f"SELECT l.state, count(*) FROM ledger l{where} GROUP BY l.state", values)
    )
    return {state: found[state] for state in STATES if state in found}


def error_counts(database: Database) -> dict[str, int]:
    """Every class that the ledger holds now -> how many addresses, the most first."""
    return dict(
        database.conn.execute(
            "SELECT last_error, count(*) FROM ledger WHERE last_error IS NOT NULL"
            " GROUP BY last_error ORDER BY count(*) DESC, last_error"
        )
    )


def site_names(database: Database) -> list[str]:
    """The sites that the archive knows."""
    return [name for (name,) in database.conn.execute("SELECT name FROM sites ORDER BY name")]


def unknown_words(database: Database, *, errors: Sequence[str], sites: Sequence[str]) -> str | None:
    """A sentence that names the first class or site that there is not, and those there are; else None."""
    here = error_counts(database)
    for error in errors:
        if error not in here and error not in ERROR_CLASSES:
            there = "in this archive: " + ", ".join(f"{name} ({n})" for name, n in here.items())
            known = "known: " + ", ".join(ERROR_CLASSES)
            return f"unknown class {error!r}; {there if here else known}"
    known_sites = site_names(database)
    for site in sites:
        if site not in known_sites:
            return f"unknown site {site!r}; known: {', '.join(known_sites) or 'none yet'}"
    return None


def condition(database: Database, wanted: Wanted) -> tuple[str, list[object]]:
    """`` WHERE …`` over ``ledger l`` for the rows that are meant (empty for all), and its values."""
    parts: list[str] = []
    values: list[object] = []

    def one_of(column: str, given: Sequence[str], inside: str = "{}") -> None:
        if given:
            parts.append(f"{column} IN ({inside.format(','.join('?' * len(given)))})")
            values.extend(given)

    one_of("+l.state" if _MOST.intersection(wanted.states) else "l.state", wanted.states)
    one_of("l.last_error", wanted.errors)
    one_of("l.site_id", wanted.sites, "SELECT id FROM sites WHERE name IN ({})")
    if wanted.text:
        key = key_of(database, wanted.text)
        parts.append("instr(l.url, ?) > 0" if key is None else "l.url_key = ?")
        values.append(wanted.text if key is None else key)
    if wanted.due_at is not None:
        parts.append("(l.due_at <= ? OR (l.state = 'pending' AND l.due_at IS NULL))")
        values.append(clock.iso(wanted.due_at))
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def key_of(database: Database, text: str) -> int | None:
    """The key of ``text`` when it is an address, in any form, that the ledger has; else None."""
    if not text.lower().startswith(("http://", "https://")):
        return None
    try:
        key = identity.key64(identity.canonical(text))
    except ValueError:
        return None
    found = database.conn.execute("SELECT 1 FROM ledger WHERE url_key = ?", (key,)).fetchone()
    return key if found else None
