"""CSV as spreadsheet programs want it. Pure.

Without a byte order mark Excel reads UTF-8 as the machine's own encoding, and Chinese is lost. A cell that
begins like a formula is run as one, whoever printed it on a page: OWASP's list of such beginnings.
"""

from __future__ import annotations

import re
from typing import Any

BOM = "\ufeff"

_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""The last four are the first four in full width (＝＋－＠), which a Chinese Excel reads alike."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def cell(value: Any) -> Any:
    """``value``, a text that a spreadsheet would take for a formula with an apostrophe before it."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value
