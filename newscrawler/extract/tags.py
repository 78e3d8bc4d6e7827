"""What each element means to the walk."""

from __future__ import annotations

_BLOCKS = """
html body div p section article main header footer aside nav ul ol li dl dt dd table tbody thead tfoot tr td
th caption h1 h2 h3 h4 h5 h6 blockquote pre figure figcaption form fieldset address center hr details summary
hgroup menu dir marquee
"""
_SKIPPED = """
script style noscript iframe object embed svg select button textarea template canvas video audio map applet
datalist noframes math title
"""
BLOCK_TAGS = frozenset(_BLOCKS.split())
SKIPPED_TAGS = frozenset(_SKIPPED.split())
LEAKY_TAGS = frozenset(
    ("select", "button", "map", "object", "video", "audio", "canvas", "noscript", "template", "svg")
)
"""Skipped elements that broken pages forget to close."""
BLOCK, HEADED, PRE, SKIP, BREAK, LINK, IMAGE, STRONG, BASE, SPAN, META, TIME = range(12)
"""Up to PRE block elements, HEADED those whose text counts as strong."""


class _Kinds(dict[str, int]):
    """The kind of each element; what is not known is as good as a span."""

    def __missing__(self, tag: str) -> int:
        return SPAN


KIND = _Kinds(
    dict.fromkeys(BLOCK_TAGS, BLOCK)
    | dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), HEADED)
    | dict.fromkeys(SKIPPED_TAGS, SKIP)
    | dict.fromkeys(("b", "strong"), STRONG)
    | dict.fromkeys(("span", "i", "em", "label"), SPAN)
    | {
        "br": BREAK,
        "a": LINK,
        "img": IMAGE,
        "pre": PRE,
        "base": BASE,
        "meta": META,
        "link": META,
        "time": TIME,
    }
)
SPANS = frozenset(("span", "i", "em", "label"))
"""Inline elements whose style may hide them."""
