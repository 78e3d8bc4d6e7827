"""Which of the databases that a Datasette serves are archives of ours."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from newscrawler.archive.migrations import APPLICATION_ID

_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def read_only_uri(path: str | Path, mode: str = "mode=ro") -> str:
    """``path`` as a URI for sqlite3.connect(); Datasette's own breaks at ``?``, ``#`` and ``%``."""
    return f"file:{quote(str(Path(path).absolute()))}?{mode}"


def is_archive(database: Any) -> bool:
    """True when ``database`` (of Datasette) is an archive; asked once for each, since hooks ask all the time.

    SQLite is asked rather than the file's header: while a first crawl runs, our mark may still be
    in the -wal file alone.
    """
    if database not in _known:
        _known[database] = _has_our_mark(database)
    return _known[database]


def _has_our_mark(database: Any) -> bool:
    if database.is_memory or not database.path:
        return False
    mode = "mode=ro" if database.is_mutable else "immutable=1"
    try:
        with contextlib.closing(sqlite3.connect(read_only_uri(database.path, mode), uri=True)) as connection:
            return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
    except sqlite3.Error:
        return False  # Datasette itself will say what is wrong with the file


def archives_of(datasette: Any) -> list[Any]:
    """The archives among the databases of ``datasette``."""
    return [database for database in datasette.databases.values() if is_archive(database)]


def archive_named(datasette: Any, name: str | None) -> Any | None:
    """The database called ``name`` when it is an archive, else None."""
    database = datasette.databases.get(name) if name is not None else None
    return database if database is not None and is_archive(database) else None


def only_archive(datasette: Any) -> Any | None:
    """The archive when it is the only database on show (then the home page is its page), else None."""
    shown = [
        database for name, database in datasette.databases.items() if name not in {"_internal", "_memory"}
    ]
    return shown[0] if len(shown) == 1 and is_archive(shown[0]) else None
