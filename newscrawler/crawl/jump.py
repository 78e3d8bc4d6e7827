"""From the newest page of a long list to the first that matters, by halving its page numbers. Pure.

A backfill wants a listing from some month on downwards; ten thousand newer pages lie above it. Pages above
are those of newer days, and those whose articles are all known: so an interrupted walk goes on where it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SECOND = re.compile(r"(?<!\d)2(?!\d)")

NUMBER = "\0"

MISSING = "missing"
"""Said of a page that there is not, or that lists no article."""

NOTHING_OLDER = "since"
"""The verdict on a walk (paging.py) that has found nothing that was asked for."""


@dataclass(slots=True)
class Jump:
    """The search in one walk; its first page lies above."""

    pattern: str
    """Address of a page, with NUMBER in it."""
    low: int = 1
    """The last page known to lie above."""
    high: int | None = None
    """The first known not to."""
    at: int = 2
    """The page that was asked for."""
    is_done: bool = False
    _is_missing: bool = False
    """There is no page ``high``."""

    @classmethod
    def begin(cls, second: str) -> Jump | None:
        """``second``: the address of the second page; None where it does not show its number."""
        places = list(_SECOND.finditer(second))
        if not places:
            return None
        begin, end = places[-1].span()
        return cls(second[:begin] + NUMBER + second[end:])

    def url(self, number: int) -> str:
        """The address of page ``number``."""
        return self.pattern.replace(NUMBER, str(number))

    def step(self, is_above: bool, verdict: str | None) -> tuple[str | None, str | None]:
        """Take the page in that was asked for: (verdict, None) to end the walk, (None, address) to go on.

        ``verdict`` is what the walk says of the page (paging.py), or MISSING. Once it is done the address is
        that of the first page that matters, to be read with all that follow.
        """
        is_behind = verdict == MISSING or (verdict == "repeats" and is_above and self.high is not None)
        if is_above and verdict in {"end", "repeats"} and not is_behind:
            return NOTHING_OLDER, None  # its last page is newer than what was asked for, or all known
        if is_above and verdict is None:
            self.low = self.at
        else:
            self.high = self.at
            self._is_missing = is_behind
        if self.high is not None and self.high - self.low <= 1:
            self.is_done = True
            return (NOTHING_OLDER, None) if self._is_missing else (None, self.url(self.high))
        self.at = 2 * self.low if self.high is None else (self.low + self.high) // 2
        return None, self.url(self.at)


def lies_above(days: Sequence[str], last: str, all_known: bool) -> bool:
    """Whether a page with entries of these ``days`` is above ``last`` (YYYY-MM-DD), or holds nothing new.

    By the middle one: a list may keep old articles on top.
    """
    ordered = sorted(days)
    return all_known or bool(ordered and ordered[len(ordered) // 2] > last)
