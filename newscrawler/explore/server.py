"""``newscrawler serve``: Datasette on one archive, at /archive, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import escape_sqlite

from newscrawler.archive.open import open_archive
from newscrawler.explore.ours import read_only_uri

DATABASE_NAME = "archive"

SETTINGS = {
    "suggest_facets": False,  # the dearest part of a table page: 1.3 to 1.7 s at 300,000 articles
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1000,
    "default_page_size": 50,
    "default_facet_size": 12,
    "truncate_cells_html": 300,  # the body column of the view `news`
    "allow_download": False,
    "num_sql_threads": 3,
    "max_returned_rows": 1000,
}

LARGEST_VALUE = 64 * 1024 * 1024
"""Bytes of one value that a query may make: ``randomblob(1e9)`` would take the memory before the time
limit of SQL is looked at."""

CACHE_KIB = 32768
"""Page cache of each reading connection; SQLite's default of 2 MB thrashes on a large archive's indexes."""

MANY = 10_000
"""More rows than this are "many rows" on Datasette's page of all tables."""

BUSY_MS = 5000
"""How long a read waits for the moment in which a crawl restarts or closes its write-ahead log."""


OPEN_TO_ALL = (
    "Whoever can reach this machine can read the archive;"
    " docs/exploring.md says how to put a password in front"
)


class ServeError(click.ClickException):
    """The server could not start; the message says what to type instead."""


class ArchiveDatabase(Database):  # type: ignore[misc]  # Datasette comes without types
    """An archive for reading only, also where its path holds ``?``, ``#`` or ``%``."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection for one of Datasette's threads. Never immutable: a crawl may be writing."""
        if write:
            raise RuntimeError("the archive is served for reading only")
        connection = sqlite3.connect(
            read_only_uri(self.path), uri=True, check_same_thread=False, timeout=BUSY_MS / 1000
        )
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._all_file_connections.append(connection)
        return connection

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """The rows of each table, None for many: Datasette would start to count them all, for seconds."""
        tables = await self.table_names()
        counts = await self.execute_fn(lambda connection: [_few(connection, table) for table in tables])
        return dict(zip(tables, counts, strict=True))


def _few(connection: sqlite3.Connection, table: str) -> int | None:
    """How many rows ``table`` has, None where it is more than MANY."""
    sql = f"select count(*) from (select 1 from {escape_sqlite(table)} limit {MANY + 1})"
    rows = int(connection.execute(sql).fetchone()[0])
    return rows if rows <= MANY else None


def archive_datasette(archive: Path, *, language: str | None = None, **settings: Any) -> Datasette:
    """A Datasette that shows ``archive`` under the name ``archive`` and nothing else.

    ``language`` (zh, en) is that of the pages; None: the one that the browser asks for.
    """
    datasette = Datasette(
        settings={**SETTINGS, **settings},
        secret=os.environ.get("DATASETTE_SECRET"),
        metadata={"plugins": {"newscrawler": {"language": language}}} if language else {},
    )
    datasette.remove_database("_memory")  # comes unasked when no file is given
    datasette.add_database(ArchiveDatabase(datasette, path=str(archive.absolute())), name=DATABASE_NAME)
    return datasette


def serve_archive(
    archive: Path,
    *,
    host: str,
    port: int,
    language: str | None = None,
    base_url: str = "/",
    sql: bool = True,
) -> None:
    """Serve ``archive`` at http://host:port/archive until told to stop; port 0 takes a free one.

    ``base_url`` (``/news/``) goes before every address. ``sql=False`` takes no SQL of visitors; the ready
    queries still run.
    Returns after SIGTERM, exits with 130 after Ctrl-C. Raises an ArchiveError when ``archive`` is not
    one that can be read, ServeError when the address cannot be had.
    """
    open_archive(archive, create=False, read_only=True).conn.close()
    with _listen(host, port) as listener:
        address = _address(host, listener.getsockname()[1])
        print(f"Reading {archive.name} at {address}{base_url}{DATABASE_NAME}  (Ctrl-C ends it)", flush=True)
        if not _is_loopback(host):
            print(OPEN_TO_ALL, file=sys.stderr, flush=True)
        datasette = archive_datasette(archive, language=language, base_url=base_url, default_allow_sql=sql)
        received = asyncio.run(_serve(datasette, listener))
    if received == signal.SIGINT:
        sys.exit(130)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; bound here rather than by uvicorn, whose refusal is a log line and a traceback."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise ServeError(f"{host!r} is no address of this machine; the default is --host 127.0.0.1") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServeError(_why_not(error, host, port)) from None
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. Take a free one with --port 0, or name another"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This user may not listen on port {port}. Name one above 1023 (--port 8001) or take --port 0"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine; the default is --host 127.0.0.1"
    return f"Cannot listen on {host} port {port}: {error.strerror}"


def _address(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``; a name other than localhost may be anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Server(uvicorn.Server):
    """uvicorn without its signals: it raises them again at the end, which looks like an accident."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to us."""
        yield


async def _serve(datasette: Datasette, listener: socket.socket) -> signal.Signals | None:
    """Serve on ``listener`` until a signal comes, and return it."""
    config = uvicorn.Config(
        datasette.app(), log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=5
    )
    server = _Server(config)
    received: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        server.force_exit = bool(received)  # asked twice: at once
        received.append(number)
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    try:
        await server.serve(sockets=[listener])
    finally:
        if datasette.executor is not None:
            datasette.executor.shutdown(cancel_futures=True)
        for database in datasette.databases.values():
            database.close()
    return received[0] if received else None
