"""Which template a page came from: the boxes around its headline, by tag and class, numbers left out.

No rule reads by it. It groups the pages of a site, so that what one template loses does not drown in the
others, and so that a template that was never seen is told from the known ones. The headline's place hangs
less on an article's content than that of the box with the most text.
"""

from __future__ import annotations

import re

from newscrawler.extract.document import Document

DEPTH = 5
"""Boxes around the headline that are looked at; those further out are the same for the whole site."""

_NUMBERS = re.compile(r"[\W_]*\d[\w-]*")


def of(document: Document, headline: int, body: int) -> str:
    """The template of a page, by its headline (a block), else by its text (a node); -1 for what there is not.

    Empty where there is neither. Such as ``h1 < div article < body``.
    """
    node = document.blocks[headline].node if headline >= 0 else body
    nodes = document.nodes
    return " < ".join(
        f"{nodes.tag[n]} {without_numbers(nodes.words[n])}".strip()
        for n in document.ancestors(node, DEPTH)
        if nodes.tag[n] != "html"
    )


def without_numbers(words: str) -> str:
    """Class words without those parts that number a page or a build: ``post-1234`` is ``post``."""
    return " ".join(dict.fromkeys(_NUMBERS.sub("", word) for word in words.split())).strip()
