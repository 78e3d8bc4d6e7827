"""``newscrawler search``: what was found, to read and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from shlex import quote

import click

from newscrawler.archive.excerpt import Piece, excerpt, marked, plain
from newscrawler.archive.meant import Meant
from newscrawler.archive.search import Found, FoundItem
from newscrawler.archive.terms import Question
from newscrawler.report.words import count, for_archive, printable


def as_text(found: Iterable[Found | FoundItem], question: Question, columns: int) -> Iterator[str]:
    """Title, where and when, and the place in the text; what was asked for in the colour of a match."""
    for one in found:
        yield _coloured(marked(one.title or one.url, question))
        text = one.body if isinstance(one, Found) else one.summary
        facts = (_when(one), one.source if isinstance(one, Found) else None, one.url)
        yield "  " + "  ".join(printable(fact) for fact in facts if fact)
        if text:
            yield "  " + _coloured(excerpt(text, question, (columns - 4) // 2))


def as_json(found: Iterable[Found | FoundItem], question: Question) -> Iterator[str]:
    """One JSON array, an object a line; for an article its snippet in place of its body."""
    opening = "["
    for one in found:
        values = asdict(one)
        if isinstance(one, Found):
            values["snippet"] = plain(excerpt(values.pop("body"), question))
        yield opening + json.dumps(values, ensure_ascii=False)
        opening = ","
    yield "]" if opening == "," else "[]"


def instead(found: Meant, archive: Path, unusual: str | None) -> Iterator[str]:
    """What a text that no article holds stands for in ``archive``, with the command that shows it."""
    address = quote(found.address or "")
    if found.articles:
        titles = ", ".join(printable(title) for _, title in found.articles)
        yield f"It is the address of: {titles}"
        yield f"  {for_archive(f'newscrawler explain {address}', unusual)}"
    elif found.state:
        yield f"It is a known address without an archived article ({found.state}):"
        yield f"  {for_archive(f'newscrawler ledger --url {address}', unusual)}"
    if found.days:
        first, last = found.days
        when = first if first == last else f"{first} to {last}"
        yield f"{count(found.published, 'article')} of {when}:"
        command = f"newscrawler export --since {first} --until {last} -o articles.csv"
        yield f"  {for_archive(command, unusual)}"
    for kind, _, name in found.names:
        sql = f"select published_at, title from news where {kind} = :name order by id desc limit 20"
        yield f"{printable(name)} is a name ({kind}); its newest articles:"
        yield f'  sqlite-utils {quote(str(archive))} "{sql}" -p name {quote(printable(name))} --table'


def _when(one: Found | FoundItem) -> str | None:
    """The time of publication as the site gives it, to the minute."""
    stored = one.published_at if isinstance(one, Found) else one.date
    return stored and stored[:16].replace("T", " ")


def _coloured(pieces: list[Piece]) -> str:
    """``pieces`` for a terminal; click takes the colours out where nothing can show them."""
    return "".join(
        click.style(printable(piece.text), fg="red", bold=True) if piece.found else printable(piece.text)
        for piece in pieces
    )
