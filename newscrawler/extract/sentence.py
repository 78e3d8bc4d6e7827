"""What is a sentence, whatever it begins with.

A label before a colon (来源：, 时间：) makes a dateline only of what a label stands for: a name, a time.
Where a whole sentence follows, the line is running text.
"""

from __future__ import annotations

from newscrawler.extract.document import Block

ENDS = "。！？!?"
"""A sentence ends in one of these, possibly inside a quotation or a bracket."""
CLOSING = "”’\"'」』）)】…"
RUNS_ON = 30
"""A shorter line behind a label may be a list of names with a full stop."""
PARAGRAPH = 15
"""Fewer characters outside links are no paragraph that shows the text going on."""


def ends(text: str) -> bool:
    """True for a text that ends as a sentence does."""
    return text.rstrip(CLOSING)[-1:] in (*ENDS, ":", "：") or text.endswith("”")


def runs_on(block: Block) -> bool:
    """True for a line that is a sentence in spite of the label it begins with: long, punctuated, ended."""
    return block.marks >= 2 and len(block.text) >= RUNS_ON and block.text.rstrip(CLOSING)[-1:] in (*ENDS,)


def is_paragraph(block: Block) -> bool:
    """A paragraph of running text without a link."""
    return (
        not block.links
        and not block.hidden
        and block.marks >= 1
        and len(block.text) >= PARAGRAPH
        and ends(block.text)
    )
