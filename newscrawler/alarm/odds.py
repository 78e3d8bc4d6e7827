"""How likely it is that what was seen is ordinary. Pure; every function has its formula in its docstring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, lgamma, log

TRUST = 200.0
"""A share is never held for better known than by so many pages: sites waver more than coins do."""
LEAST_TRUST = 4.0
STEADY = 20


def share(events: int, of: int) -> float:
    """The share of pages that show something, by history: never 0 nor 1 (Jeffreys: half a page more)."""
    return (events + 0.5) / (of + 1.0)


def trust(chunks: Sequence[tuple[int, int]]) -> float:
    """How well a share is known: the weight a + b of the beta distribution from which stretches draw theirs.

    ``chunks``: (events, pages) of successive stretches of the history. Where the shares of the stretches
    differ more than chance alone makes them, by Pearson's statistic, the weight is smaller (by moments:
    a + b = (n - φ) / (φ - 1), n the mean length of a stretch). Few stretches say little of that: φ is taken
    together with STEADY stretches in which it is 1.
    """
    events, pages = sum(k for k, _ in chunks), sum(n for _, n in chunks)
    most = min(TRUST, pages + 1.0)
    if events in {0, pages}:
        return most
    p = events / pages
    seen = sum((k - n * p) ** 2 / (n * p * (1 - p)) for k, n in chunks)
    spread = (seen + STEADY) / (len(chunks) - 1 + STEADY)
    if spread <= 1.0:
        return most
    return min(most, max(LEAST_TRUST, (pages / len(chunks) - spread) / (spread - 1.0)))


def at_least(k: int, n: int, p: float, weight: float) -> float:
    """P(X >= k), X beta-binomial: k or more of n pages, when stretches draw their share from
    Beta(weight · p, weight · (1 - p)).
    """
    if k <= 0:
        return 1.0
    a, b = weight * p, weight * (1.0 - p)
    whole = _log_beta(a, b)
    return min(1.0, sum(_binomial(n, i, _log_beta(i + a, n - i + b) - whole) for i in range(k, n + 1)))


def binomial_at_least(k: int, n: int, p: float) -> float:
    """P(X >= k), X binomial."""
    if k <= 0:
        return 1.0
    return min(1.0, sum(_binomial(n, i, i * log(p) + (n - i) * log(1.0 - p)) for i in range(k, n + 1)))


def poisson_at_most(k: int, mean: float) -> float:
    """P(X <= k), X Poisson with this mean."""
    if mean <= 0.0:
        return 1.0
    return min(1.0, sum(exp(i * log(mean) - mean - lgamma(i + 1)) for i in range(k + 1)))


def quantile(values: Iterable[int], q: float) -> int:
    """The value below which a share ``q`` of ``values`` (at least one) stands."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def _binomial(n: int, k: int, log_weight: float) -> float:
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + log_weight)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
