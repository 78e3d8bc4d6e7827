"""What a crawl knows of each address it met: 64-bit key -> number, in as many bytes as the two take.

A dict of two large numbers takes 105 to 170 bytes an entry, a set of them 70 to 100: 300 an article for the
tables that a crawl keeps, 300 MB for all of a large site. Here an entry is its numbers alone and at most a
sixteenth more. Nothing is ever doubled: a table that is twice as large for a moment stays so in the process.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left

DRAWERS = 64
"""A power of two. Each is a sorted array: of a million entries an insertion moves some 64 KB, in 5 µs."""


class KeyTable:
    """Keys of identity.key64(), which are spread evenly as they are.

    ``kind`` is array's code of the numbers: ``b`` (-128 to 127) or ``q`` (64 bits). Nothing leaves the
    table; 0 says the same as no entry.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._keys = [array("q") for _ in range(DRAWERS)]
        self._values = [array(self._kind) for _ in range(DRAWERS)]

    def get(self, key: int) -> int:
        """The number of ``key``; 0 when it has none."""
        drawer = key & (DRAWERS - 1)
        keys = self._keys[drawer]
        place = bisect_left(keys, key)
        return self._values[drawer][place] if place < len(keys) and keys[place] == key else 0

    def put(self, key: int, value: int) -> None:
        """Give ``key`` a number, or another one."""
        drawer = key & (DRAWERS - 1)
        keys, values = self._keys[drawer], self._values[drawer]
        place = bisect_left(keys, key)
        if place < len(keys) and keys[place] == key:
            values[place] = value
        else:
            keys.insert(place, key)
            values.insert(place, value)
