"""What is wrong with an archive, as facts; newscrawler.report.check puts them in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, however often."""

    kind: str
    """A key of newscrawler.report.check.WORDS."""
    count: int
    example: str | None = None
    """The first of them: an address, a file, or what SQLite says."""


class Found:
    """Gathers problems: how many there are of each kind, and the first as an example."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}

    def add(self, kind: str, example: str) -> None:
        """One more of ``kind``."""
        count, first = self._found.get(kind, (0, example))
        self._found[kind] = count + 1, first

    def problems(self) -> list[Problem]:
        """What was gathered, in the order in which it was first met."""
        return [Problem(kind, count, first) for kind, (count, first) in self._found.items()]
