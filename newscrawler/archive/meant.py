"""What a reader's text stands for beside its words: an address, a day, a month, a year, a name. Read only.

Neither addresses nor dates nor the names of sources are in the full-text index, yet they are what people
have at hand and type into the only box there is.
"""

from __future__ import annotations

import calendar
import re
import sqlite3
import unicodedata
from dataclasses import dataclass

from newscrawler import identity

NAMES = {
    "source": "sources",
    "category": "categories",
    "editor": "editors",
    "author": "authors",
    "site": "sites",
}
"""What an article has a name of, and the table of these names; its column in ``articles`` ends with _id."""

_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)
"""An address wherever in the text: what a phone shares is often a headline and an address."""
_BARE_ADDRESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/[!-~]+", re.IGNORECASE)
"""The same as browsers show it, without its scheme."""

_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号號]?)?",  # 2025年9月30日: a day
        r"(?P<year>\d{4})年",  # the year alone
        r"(?P<year>\d{4})(?P<between>[-/.])(?P<month>\d{1,2})(?:(?P=between)(?P<day>\d{1,2}))?",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    )
)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a text stands for in an archive; nothing: all of it empty."""

    address: str | None = None
    """The canonical form of the address in the text."""
    articles: tuple[tuple[int, str], ...] = ()
    """The articles to which the address leads or led: id, title (else address)."""
    state: str | None = None
    """What the ledger says of the address where no article is archived."""
    days: tuple[str, str] | None = None
    """First and last day (YYYY-MM-DD) of a day, month or year on which something was published."""
    published: int = 0
    """How many articles these days have."""
    names: tuple[tuple[str, int, str], ...] = ()
    """Names that the text is: what of (a key of NAMES), id, name."""


def meant(connection: sqlite3.Connection, text: str) -> Meant:
    """What ``text``, as a reader typed it, stands for; any text will do."""
    text = text.encode("utf-8", "replace").decode()  # a shell hands on bytes that are no text
    given = unicodedata.normalize("NFKC", text).strip().strip("\"'“”").strip()
    address = _address(text.strip())  # as typed: a comma of Chinese width ends it, an ordinary one may not
    if address is not None:
        return _at(connection, *address)
    days, published = _days(connection, "".join(given.split()))
    return Meant(days=days, published=published, names=_names(connection, text.strip(), given))


def _address(text: str) -> tuple[str, str] | None:
    """The address in ``text`` as it is typed and in its canonical form, if there is one."""
    found = _ADDRESS.search(text)
    bare = None if found else _BARE_ADDRESS.fullmatch(text)
    typed = found[0] if found else f"https://{bare[0]}" if bare else ""
    try:
        return (typed, identity.canonical(typed)) if typed else None
    except ValueError:
        return None


def _at(connection: sqlite3.Connection, typed: str, canonical: str) -> Meant:
    keys = (identity.key64(canonical), identity.key64(typed))
    articles = connection.execute(
        "SELECT id, coalesce(title, url) FROM articles WHERE url_key IN (?1, ?2) UNION"
        " SELECT a.id, coalesce(a.title, a.url) FROM aliases l JOIN articles a ON a.id = l.article_id"
        " WHERE l.url_key IN (?1, ?2) ORDER BY 1",
        keys,
    ).fetchall()
    state = connection.execute("SELECT state FROM ledger WHERE url_key = ?", keys[:1]).fetchone()
    known = state[0] if state and not articles else None
    return Meant(address=canonical, articles=tuple((row[0], row[1]) for row in articles), state=known)


def _days(connection: sqlite3.Connection, text: str) -> tuple[tuple[str, str] | None, int]:
    """The days that ``text`` writes and how many articles they have; without a year the latest such days."""
    date = next(filter(None, (pattern.fullmatch(text) for pattern in _DATES)), None)
    if date is None:
        return None, 0
    parts = {name: int(value) for name, value in date.groupdict().items() if value and value.isdigit()}
    years = [parts["year"]] if "year" in parts else _years(connection)
    for year in years:
        days = _stretch(year, parts.get("month"), parts.get("day"))
        count = (
            days
            and connection.execute(
                "SELECT sum(articles) FROM counts_by_day WHERE published_date BETWEEN ? AND ?", days
            ).fetchone()
        )
        if days and count and count[0]:
            return days, int(count[0])
    return None, 0


def _years(connection: sqlite3.Connection) -> list[int]:
    """The last year of the archive and the one before."""
    last = connection.execute("SELECT max(substr(published_date, 1, 4)) FROM counts_by_day").fetchone()[0]
    return [int(last), int(last) - 1] if last and last.isdigit() else []


def _stretch(year: int, month: int | None, day: int | None) -> tuple[str, str] | None:
    """The first and the last day of a year, month or day; None where the calendar has none."""
    if month is None:
        return f"{year:04}-01-01", f"{year:04}-12-31"
    if not 1 <= month <= 12 or year == 0:
        return None
    longest = calendar.monthrange(year, month)[1]
    if day is None:
        return f"{year:04}-{month:02}-01", f"{year:04}-{month:02}-{longest:02}"
    return (f"{year:04}-{month:02}-{day:02}",) * 2 if 1 <= day <= longest else None


def _names(connection: sqlite3.Connection, *forms: str) -> tuple[tuple[str, int, str], ...]:
    """The names of articles that one of ``forms`` is, whatever the case of Latin letters."""
    marks = ", ".join("?" * len(forms))
    return tuple(
        (kind, row[0], row[1])
        for kind, table in NAMES.items()
        for row in connection.execute(
            f"SELECT id, name FROM {table} n WHERE name COLLATE NOCASE IN ({marks})"
            f" AND EXISTS (SELECT 1 FROM articles WHERE {kind}_id = n.id) ORDER BY id LIMIT 5",
            forms,
        )
    )
