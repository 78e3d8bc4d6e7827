"""Preformatted text: prose laid out with line breaks, or code whose lines mean something."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from newscrawler.extract.blocks import Link, clean

_HAN = re.compile("[\u4e00-\u9fff]")
PROSE = 0.3
"""From this share of Han characters on, preformatted text is prose that was wrapped by hand."""


def is_code(text: str) -> bool:
    """True for text that is mostly no Chinese: commands, listings, tables of figures."""
    shown = "".join(text.split())
    return len(_HAN.findall(shown)) < PROSE * len(shown)


def paragraphs(raw: str, links: Sequence[Link]) -> Iterator[tuple[str, Sequence[Link], int]]:
    """The paragraphs of a ``pre``, each with its links and their characters.

    Code is one paragraph, its line breaks kept and its blank lines left out (a blank line would end the
    paragraph). Prose begins a paragraph at a blank line or an indent.
    """
    if is_code(raw):
        lines = [line.rstrip() for line in raw.splitlines() if line.strip()]
        text = textwrap.dedent("\n".join(lines))
        yield text, links, sum(len(link.text) for link in links)
        return
    waiting = list(reversed(links))
    for text in _prose(raw):
        own: list[Link] = []
        while waiting and " ".join(waiting[-1].text.split()) in text:
            own.append(waiting.pop())
        yield text, own, sum(len(link.text.strip()) for link in own)


def _prose(raw: str) -> Iterator[str]:
    lines: list[str] = []
    for line in raw.split("\n"):
        if lines and (not line.strip() or line[0] in " \u3000\t"):
            yield clean("\n".join(lines))
            lines = []
        lines.append(line)
    yield clean("\n".join(lines))
