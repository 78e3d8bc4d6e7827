"""Articles as CSV, JSON Lines or Parquet, each written down before the next is read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from newscrawler.archive.export import COLUMNS
from newscrawler.archive.spreadsheet import BOM, cell

Article = dict[str, Any]

_ROW_GROUP = 5000
"""Articles in one row group of a Parquet file: some ten megabytes in memory."""

_NUMBERS = frozenset({"id", "revision"})


class NoParquet(Exception):
    """pyarrow is not installed."""


def as_csv(articles: Iterable[Article], out: TextIO) -> None:
    """A line of names, then an article a line; nothing for what is unknown."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([article[name] for name in COLUMNS] for article in articles)


def as_csv_for_excel(articles: Iterable[Article], out: TextIO) -> None:
    """The same as spreadsheet programs want it (newscrawler/archive/spreadsheet.py)."""
    out.write(BOM)
    as_csv(({name: cell(value) for name, value in article.items()} for article in articles), out)


def as_jsonl(articles: Iterable[Article], out: TextIO) -> None:
    """An object a line, related items nested."""
    for article in articles:
        out.write(json.dumps(article, ensure_ascii=False) + "\n")


TEXT: dict[str, Callable[[Iterable[Article], TextIO], None]] = {"csv": as_csv, "jsonl": as_jsonl}
"""Formats that are text, and may go to standard output."""


def as_parquet(articles: Iterator[Article], path: Path) -> None:
    """A Parquet file (zstd), related items as a list of structs. NoParquet without pyarrow."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise NoParquet(
            "Parquet needs pyarrow, which is not installed: pip install 'newscrawler[parquet]' "
            "(in this clone: pip install -e '.[parquet]'). CSV and JSON Lines need nothing."
        ) from None
    text, number = pyarrow.string(), pyarrow.int64()
    fields = [(name, number if name in _NUMBERS else text) for name in COLUMNS]
    item = [("position", number), *((name, text) for name in ("title", "url", "summary", "date"))]
    schema = pyarrow.schema([*fields, ("related", pyarrow.list_(pyarrow.struct(item)))])
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(articles, _ROW_GROUP)):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))


@contextmanager
def provisional(path: Path) -> Iterator[Path]:
    """A file that becomes ``path`` when the block ends well, and goes away when it does not."""
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
