"""``newscrawler doctor``: look at the surroundings, say what is wrong and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from protego import Protego

from newscrawler import clock
from newscrawler.archive.errors import ArchiveError
from newscrawler.archive.filesystem import beside
from newscrawler.archive.lock import ArchiveLock
from newscrawler.archive.open import SQLITE_FLOOR, open_archive

PYTHON_FLOOR = (3, 11)
DISK_FLOOR = 2 * 2**30
"""Bytes; a year of ITBEAR is some ten times this, but a crawl of a day fits."""
CLOCK_TOLERANCE = 120
"""Seconds that our clock may differ from a server's Date header."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: ``level`` is ``ok``, ``note`` (works, but think of it) or ``bad``."""

    level: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        mark = {"ok": "ok  ", "note": "note", "bad": "BAD "}[self.level]
        return f"{mark}  {self.what}" + (f"\n      -> {self.advice}" if self.advice else "")


def examine(
    archive: Path, homes: Iterable[str], *, contact: str, user_agent: str, offline: bool
) -> Iterator[Finding]:
    """Every finding, cheap ones first; ``homes`` are the sites' home pages, whose robots.txt is asked for."""
    yield from _python()
    yield from _sqlite()
    yield from _zone()
    yield from _folder(archive)
    yield from _archive(archive)
    yield _contact(contact)
    if not offline:
        for home in homes:
            yield from _site(home, user_agent)


def _python() -> Iterator[Finding]:
    version = platform.python_version()
    if sys.version_info >= PYTHON_FLOOR:
        yield Finding("ok", f"Python {version} on {platform.system()}")
    else:
        yield Finding(
            "bad",
            f"Python {version}; 3.11 or newer is needed",
            "install python3.11 and make the venv with it",
        )
    if os.name != "posix":
        yield Finding("bad", f"{platform.system()} is not supported", "run it on Linux or macOS")


def _sqlite() -> Iterator[Finding]:
    floor = ".".join(map(str, SQLITE_FLOOR))
    if sqlite3.sqlite_version_info >= SQLITE_FLOOR:
        yield Finding("ok", f"SQLite {sqlite3.sqlite_version}")
    else:
        yield Finding(
            "bad", f"SQLite {sqlite3.sqlite_version}; {floor} or newer is needed", "use a newer Python build"
        )
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute("create virtual table t using fts5(x)")
        yield Finding("ok", "SQLite has FTS5 (full-text search)")
    except sqlite3.Error:
        yield Finding("bad", "this SQLite has no FTS5", "use a Python whose SQLite has FTS5 (Debian's has)")
    finally:
        memory.close()


def _zone() -> Iterator[Finding]:
    try:
        ZoneInfo("Asia/Shanghai")
        yield Finding("ok", "time zone data is there (Asia/Shanghai)")
    except ZoneInfoNotFoundError:
        yield Finding("bad", "no time zone data", "pip install tzdata")
    try:
        now = clock.now()
    except ValueError as error:
        yield Finding("bad", str(error), f"unset {clock.ENVIRONMENT_VARIABLE}")
        return
    if os.environ.get(clock.ENVIRONMENT_VARIABLE):
        yield Finding(
            "note",
            f"{clock.ENVIRONMENT_VARIABLE} replaces the clock: {clock.iso(now)}",
            "unset it for real crawls",
        )
    elif now.year < 2026:
        yield Finding(
            "bad", f"the clock says {clock.iso(now)}", "set the machine's clock (timedatectl set-ntp true)"
        )
    else:
        yield Finding("ok", f"the clock says {clock.iso(now)}")


def _folder(archive: Path) -> Iterator[Finding]:
    folder = beside(archive.absolute(), "").parent
    if not folder.is_dir():
        yield Finding("bad", f"the archive's folder {folder} does not exist", f"mkdir -p {folder}")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(
            "bad", f"the folder {folder} cannot be written", "choose another with NEWSCRAWLER_ARCHIVE=FILE"
        )
    free = shutil.disk_usage(folder).free
    if free < DISK_FLOOR:
        yield Finding(
            "bad",
            f"{free / 2**30:.1f} GiB free in {folder}",
            f"make room: {DISK_FLOOR / 2**30:.0f} GiB at least",
        )
    else:
        yield Finding("ok", f"{free / 2**30:.0f} GiB free in {folder}")


def _archive(archive: Path) -> Iterator[Finding]:
    if not archive.exists() or archive.stat().st_size == 0:
        yield Finding("ok", f"no archive yet; the first crawl makes {archive}")
        return
    try:
        db = open_archive(archive, create=False, read_only=True)
    except ArchiveError as error:
        yield Finding("bad", str(error))
        return
    try:
        count = db.execute("select count(*) from articles").fetchone()[0]
        yield Finding("ok", f"archive {archive}: {count} articles")
    finally:
        db.conn.close()
    holder = ArchiveLock(archive).holder()
    if holder:
        yield Finding("note", f"a crawl is running on it: {holder}")


def _contact(contact: str) -> Finding:
    if contact:
        return Finding("ok", f"contact in the user agent: {contact}")
    return Finding(
        "note",
        "no contact in the user agent",
        "export NEWSCRAWLER_CONTACT=you@example.org so that a site's owner can reach you",
    )


def _site(home: str, user_agent: str) -> Iterator[Finding]:
    address = home.rstrip("/") + "/robots.txt"
    # As Scrapy sends it: a contact in Chinese is UTF-8 on the wire.
    request = urllib.request.Request(address, headers={"User-Agent": user_agent.encode().decode("latin-1")})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            body, date = answer.read(500_000), answer.headers.get("Date")
    except urllib.error.HTTPError as error:
        if error.code < 500 and error.code != 429:
            yield Finding("ok", f"{address}: HTTP {error.code}, so everything is allowed")
        else:
            yield Finding(
                "bad", f"{address}: HTTP {error.code}; the host is not crawled meanwhile", "try again later"
            )
        error.close()
        return
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        yield Finding(
            "bad",
            f"{address} cannot be reached: {reason}",
            "check the network, or http_proxy and https_proxy",
        )
        return
    rules = Protego.parse(body.decode("utf-8", "replace"))
    if rules.can_fetch(home, "newscrawler"):
        delay = rules.crawl_delay("newscrawler")
        yield Finding("ok", f"{address} allows us" + (f", Crawl-delay {delay:g} s" if delay else ""))
    else:
        yield Finding(
            "bad", f"{address} does not allow us", "the site does not want to be crawled; ask its owner"
        )
    yield from _clock_against(address, date)


def _clock_against(address: str, date: str | None) -> Iterator[Finding]:
    if not date or os.environ.get(clock.ENVIRONMENT_VARIABLE):
        return
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return
    apart = abs((datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds())
    if apart > CLOCK_TOLERANCE:
        yield Finding(
            "bad", f"our clock and that of {address} differ by {apart:.0f} s", "timedatectl set-ntp true"
        )
