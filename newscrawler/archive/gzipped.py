"""Gzip members with blocks that are stored, not deflated (RFC 1951, 3.2.4), of which we choose the length."""

from __future__ import annotations

import struct
import zlib

HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
"""How a member begins."""

BLOCK = 0xFFFF
"""Most bytes of a stored block."""

BLOCK_HEAD = 5
"""What a stored block costs beside its bytes."""

END = 8
"""What stands behind the blocks: checksum and size."""


def stored(data: bytes) -> bytes:
    """``data`` as the last blocks of a member."""
    pieces = []
    for start in range(0, len(data), BLOCK):
        piece = data[start : start + BLOCK]
        is_last = start + BLOCK >= len(data)
        pieces += [struct.pack("<BHH", is_last, len(piece), len(piece) ^ 0xFFFF), piece]
    return b"".join(pieces)


def end(*texts: bytes) -> bytes:
    """What ends a member that holds ``texts``, one behind the other."""
    checksum = size = 0
    for text in texts:
        checksum, size = zlib.crc32(text, checksum), size + len(text)
    return struct.pack("<II", checksum, size & 0xFFFFFFFF)
