"""What goes wrong on the replica, where, and what a right crawler makes of it.

Outcomes: ``archived`` (the article is in the archive in the end, whole), ``quarantined`` (fetched,
but no article), ``failed`` (never fetched; counted and named), ``ignored`` (not even asked for).
Every "then fine" counts the requests of one path over all hosts, so that a crawl, or
a second one, sees the page in the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Fault:
    """One kind of misbehaviour. ``times``: how many requests see it; None: all of them."""

    kind: str
    outcome: str
    times: int | None = None
    note: str = ""
    direct_outcome: str | None = None
    """The outcome in direct mode, where there is no mobile twin, if another."""

    def outcome_under(self, direct: bool) -> str:
        """The outcome for a crawl in direct mode, or through the proxy."""
        return self.direct_outcome if direct and self.direct_outcome else self.outcome


ARTICLE_FAULTS = (
    Fault("not_found", "failed", note="404 on every host; a listing still links to it"),
    Fault("soft_404", "quarantined", note="200 with 页面不存在"),
    Fault("error_then_fine", "archived", times=2, note="500 twice"),
    Fault("too_many_requests", "archived", times=1, note="429 with Retry-After: 1"),
    Fault("unavailable", "archived", times=1, note="503 with Retry-After: 1"),
    Fault("reset_then_fine", "archived", times=1, note="connection reset in mid body"),
    Fault("cut_gzip_then_fine", "archived", times=1, note="half a gzip stream with a fitting Content-Length"),
    Fault("twin_redirect", "archived", note="302 to the mobile twin; in direct mode to itself with a query"),
    Fault("redirect_loop", "failed", note="two addresses that redirect to each other"),
    Fault("huge_page", "archived", note="a fitting article in a page of 5 MB"),
    Fault("twin_only", "archived", note="500 for ever on www, fine on m", direct_outcome="failed"),
    Fault("gallery", "quarantined", note="pictures with captions, no text"),
    Fault("login_wall", "quarantined", note="200 with a login form instead of the body"),
    Fault("empty", "quarantined", note="200 without a single byte"),
    Fault("reset_always", "failed", note="connection reset in mid body, every time, on every host"),
    Fault("short_body", "failed", note="Content-Length is longer than the body, every time"),
    Fault("cut_gzip_always", "failed", note="half a gzip stream, every time"),
    Fault("part_error_then_fine", "archived", times=1, note="500 for the second of two parts"),
)
"""Each befalls one article, in this order from the newest: small worlds lack the last ones."""

LISTING_FAULT = Fault("listing_error_then_fine", "archived", times=1, note="500 on page 2 of a channel")
PDF = Fault("pdf", "ignored", note="a listing entry that leads to a PDF")
FOREIGN = Fault("foreign_host", "ignored", note="a listing entry that leads to another site")

CONTENT_FAULTS = frozenset({"soft_404", "gallery", "login_wall", "empty", "huge_page"})
"""Faults of what the page holds; all others are faults of how it is answered."""


class Attempts:
    """Counts the requests of each path, thread-safe."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def strikes(self, fault: Fault, path: str) -> bool:
        """Whether this request of ``path`` meets ``fault``; counts it."""
        with self._lock:
            self._counts[path] += 1
            return fault.times is None or self._counts[path] <= fault.times

    def clear(self) -> None:
        """Forget all requests: every fault strikes again from the start."""
        with self._lock:
            self._counts.clear()
