"""Crawls of several archives as those of one, with what failed in each."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence

from newscrawler.archive.crawls import INTERRUPTED
from newscrawler.archive.merge_forgotten import Forgotten
from newscrawler.archive.merge_inputs import Input
from newscrawler.identity import key64

_KEY = ("started_at", "spider", "host", "pid", "arguments")
"""By this a crawl is known again in a copy of its archive, with a number where several are alike."""

Key = tuple[str, ...]


def join_crawls(connection: sqlite3.Connection, inputs: Sequence[Input]) -> None:
    """Write every crawl once, in the order in which they began, and tell ``inputs`` their new ids.

    Of a crawl that was still running in an older copy, what is known of its end is taken.
    """
    columns = [row[1] for row in connection.execute("PRAGMA table_info(crawl_runs)") if row[1] != "id"]
    best: dict[Key, tuple[Key, Input, int]] = {}
    ids: list[tuple[Input, int, Key]] = []
    for one in inputs:
        alike: Counter[Key] = Counter()
        for number, *values in one.connection.execute(
            f"SELECT id, {', '.join(columns)} FROM crawl_runs ORDER BY id"
        ):
            row: dict[str, object] = dict(zip(columns, values, strict=True))
            key: Key = tuple(str(row[name] or "") for name in _KEY)
            alike[key] += 1
            key = (*key, f"{alike[key]:06}")
            ids.append((one, number, key))
            rank = _rank(row, values)
            if key not in best or rank > best[key][0]:
                best[key] = rank, one, number
    new = {key: number for number, key in enumerate(sorted(best), 1)}
    for one, number, key in ids:
        one.crawls[number] = new[key]
    marks = ", ".join("?" * (len(columns) + 1))
    insert = f"INSERT INTO crawl_runs(id, {', '.join(columns)}) VALUES ({marks})"
    for key, number in new.items():
        _, one, old = best[key]
        (kept,) = one.rows(f"SELECT {', '.join(columns)} FROM crawl_runs WHERE id = ?", (old,))
        connection.execute(insert, (number, *kept))


def _rank(row: dict[str, object], values: Sequence[object]) -> Key:
    """Of two rows of one crawl the greater knows more: that it ended, how, when it was last alive."""
    ended = row["finished_at"] is not None
    regularly = ended and row["reason"] != INTERRUPTED
    times = (str(row[name] or "") for name in ("finished_at", "alive_at"))
    return str(int(ended) + int(regularly)), *times, str(key64(repr(values)))


def join_failures(connection: sqlite3.Connection, inputs: Sequence[Input], forgotten: Forgotten) -> None:
    """What failed in each crawl, with what was said last."""
    for one in inputs:
        rows = one.connection.execute("SELECT crawl_id, class, url, kind, detail, failed_at FROM failures")
        connection.executemany(
            "INSERT INTO failures(crawl_id, class, url, kind, detail, failed_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET kind = min(kind, excluded.kind), failed_at = excluded.failed_at,"
            " detail = excluded.detail WHERE (excluded.failed_at, ifnull(excluded.detail, ''))"
            " > (failed_at, ifnull(detail, ''))",
            ((one.crawl(crawl), *row) for crawl, *row in rows if key64(row[1]) not in forgotten),
        )
