"""What a crawl knows of each address it met: 64-bit key -> number, in a third of a dict's memory at most.

A dict of two large numbers takes 105 to 170 bytes an entry, a set of them 70 to 100: 300 an article for the
three tables that a crawl keeps, 300 MB for all of a large site. Here an entry is its numbers alone, one and a
half times to three times for the slots that are free.
"""

from __future__ import annotations

from array import array

SLOTS = 1024
"""At the beginning; a power of two, as the mask needs."""


class KeyTable:
    """Keys of identity.key64(), which are spread evenly as they are: the next free slot is near.

    ``kind`` is array's code of the numbers: ``b`` (-128 to 127) or ``q`` (64 bits). Nothing leaves the
    table; 0 says the same as no entry.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._used = 0
        self._keys = array("q", bytes(8 * SLOTS))
        self._values = array(self._kind, [0]) * SLOTS

    def get(self, key: int) -> int:
        """The number of ``key``; 0 when it has none."""
        return self._values[self._slot(key)]

    def put(self, key: int, value: int) -> None:
        """Give ``key`` a number, or another one."""
        slot = self._slot(key)
        if not self._keys[slot]:
            if 3 * self._used >= 2 * len(self._keys):
                self._grow()
                slot = self._slot(key)
            self._used += 1
            self._keys[slot] = key or 1
        self._values[slot] = value

    def _slot(self, key: int) -> int:
        """Where ``key`` is, or the free slot where it belongs."""
        keys, mask = self._keys, len(self._keys) - 1
        key = key or 1  # 0 is a free slot
        slot = key & mask
        while keys[slot] and keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        """Twice the slots: 0.3 s at a million entries."""
        keys, values = self._keys, self._values
        self._keys = array("q", bytes(16 * len(keys)))
        self._values = array(self._kind, [0]) * (2 * len(keys))
        for key, value in zip(keys, values, strict=True):
            if key:
                slot = self._slot(key)
                self._keys[slot], self._values[slot] = key, value
