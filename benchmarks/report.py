"""What a part of the benchmarks found, and the generated part of docs/benchmarks.md.

Rows are known by their first cell. Those that were not measured this time stay as they are, with their dates.
"""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.figures import FIGURES, Measured, median

BEGIN, END = "<!-- python -m benchmarks writes from here -->", "<!-- … to here -->"
HEAD = ("figure", "wanted", "measured: median [least..greatest]; of what", "kept", "by", "when, load")
LINES = ("crawl", "CPU-ms a page", "pages a second", "peak MB", "when, load")
PACKAGES = ("scrapy", "twisted", "lxml", "parsel", "sqlite-utils")


@dataclass(frozen=True)
class Line:
    """What one crawler took, a value for each round."""

    name: str
    cpu: list[float]
    speed: list[float]
    memory: list[float]


@dataclass
class Report:
    """What was found."""

    measured: list[Measured] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


Row = list[str]


def figure_rows(measured: Iterable[Measured], part: str, when: str) -> list[Row]:
    """The rows of the first table; ``part`` is what --only is to be given to measure them."""
    return [
        [
            found.figure.what,
            found.figure.wanted,
            found.written(),
            "yes" if found.kept else "**no**",
            part,
            when,
        ]
        for found in measured
    ]


def line_rows(lines: Iterable[Line], when: str) -> list[Row]:
    """The rows of the second table."""
    return [
        [
            line.name,
            _spread(line.cpu, 2),
            _spread(line.speed, 0 if median(line.speed) > 9 else 1),
            f"{median(line.memory):.0f}",
            when,
        ]
        for line in lines
    ]


def _spread(values: list[float], digits: int) -> str:
    text = f"{median(values):.{digits}f}"
    if len(values) == 1:
        return text
    return f"{text} [{min(values):.{digits}f}..{max(values):.{digits}f}]"


def when() -> str:
    """Today, and how much else the machine has to do."""
    return f"{date.today().isoformat()}, {os.getloadavg()[0]:.1f}"


def machine() -> str:
    """On what this runs."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if "model name" in line]
    kib = [int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    hardware = f"{os.cpu_count()} cores ({names[0] if names else platform.machine()})"
    memory = f", {kib[0] / 2**20:.0f} GiB" if kib else ""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    software = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}"
    return f"{hardware}{memory}, {platform.system()} {platform.release().split('-')[0]}; {software}."


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def table(head: Iterable[str], rows: Iterable[Row]) -> str:
    """A table in Markdown."""
    lines = [list(head), *rows]
    lines[1:1] = [["---"] * len(lines[0])]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def rows_of(text: str, head: Iterable[str]) -> list[Row]:
    """The rows of the table with this head in ``text``; none where there is no such table."""
    first = re.escape(f"| {' | '.join(head)} |")
    found = re.search(rf"^{first}\n\|[-| ]+\|\n((?:\|.*\|\n?)*)", text, re.MULTILINE)
    return [line.strip("| ").split(" | ") for line in found[1].splitlines()] if found else []


def merged(old: Iterable[Row], new: Iterable[Row], order: Iterable[str] = ()) -> list[Row]:
    """The rows by their first cell, the new ones instead of old ones, in ``order`` as far as it goes."""
    rows = {row[0]: row for row in [*old, *new]}
    names = [name for name in order if name in rows]
    return [rows[name] for name in [*names, *(n for n in rows if n not in names)]]


def update(document: Path, part: str, found: Report, when: str) -> None:
    """Write what ``part`` found into ``document``; ValueError where its two marks are missing."""
    text = document.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    between, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document} has no place for the figures: the lines {BEGIN} and {END}")
    order = [figure.what for figure in FIGURES.values()]
    figures = merged(rows_of(between, HEAD), figure_rows(found.measured, part, when), order)
    lines = merged(rows_of(between, LINES), line_rows(found.lines, when))
    notes = [
        note for note in re.findall(r"^- .*$", between, re.MULTILINE) if not note.startswith(f"- {part}: ")
    ]
    notes += [f"- {part}: {note}" for note in found.notes]
    parts = [machine(), table(HEAD, figures), table(LINES, lines), "\n".join(notes)]
    made = "\n\n".join(parts).rstrip()
    document.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
