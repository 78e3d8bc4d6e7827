"""Which near-duplicates form one story: pure, so that it depends on nothing but what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from newscrawler.archive.duplicates import Rank

Pairs = Mapping[int, Mapping[int, float]]
"""Text -> every text that is a near-duplicate of it, with the similarity; the same in both directions."""


def clusters(
    ranks: Mapping[int, Rank], pairs: Pairs, kinship: Callable[[int, int], float | None]
) -> dict[int, tuple[int, float]]:
    """For each text that is not the first of its cluster: the first, and the similarity to it.

    The earliest text is a first. With it go the texts that are connected to it by pairs, through
    however many others, as long as each is kin to the first itself: a near-duplicate of it, or recognisably
    of it (``kinship`` gives their similarity, None: no kin). So two rewrites of one original are one
    story, also when the worse rewrite was published first, but a series in which each text resembles
    the next does not become one. What was refused forms clusters of its own in the same way.
    """
    left = set(ranks)
    found: dict[int, tuple[int, float]] = {}
    for first in sorted(ranks, key=ranks.__getitem__):
        if first not in left:
            continue
        left.discard(first)
        for text in connected(first, pairs, left):
            similarity = pairs[first].get(text) if first in pairs else None
            if similarity is None:
                similarity = kinship(first, text)
            if similarity is not None:
                found[text] = (first, similarity)
                left.discard(text)
    return found


def connected(start: int, pairs: Pairs, among: set[int]) -> list[int]:
    """The texts of ``among`` that pairs connect with ``start``, nearest first, without it."""
    reached: dict[int, None] = {}
    edge = [start]
    while edge:
        beyond = [other for text in edge for other in pairs.get(text, ())]
        edge = []
        for other in beyond:
            if other in among and other not in reached:
                reached[other] = None
                edge.append(other)
    return list(reached)
