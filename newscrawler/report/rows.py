"""Rows of a report for programs: tab-separated values, JSON. One dataclass a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any


def as_tsv(found: Iterable[Any], kind: type[Any]) -> Iterator[str]:
    """A line of column names, the fields of ``kind``, then a line a row; nothing for None."""
    yield "\t".join(field.name for field in fields(kind))
    for row in found:
        yield "\t".join(
            "" if value is None else " ".join(str(value).split()) for value in asdict(row).values()
        )


def as_json(found: Iterable[Any]) -> Iterator[str]:
    """One JSON array, an object a line, so that a long list need not fit into memory."""
    opening = "["
    for row in found:
        yield opening + json.dumps(asdict(row), ensure_ascii=False)
        opening = ","
    yield "]" if opening == "," else "[]"
