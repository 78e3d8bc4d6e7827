"""How often Python looks for garbage in a process that reads pages."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Look after 20,000 new objects, not after 700, and never at those that are here already.

    A page is a thousand small objects that die together: collections were a tenth of it.
    """
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
