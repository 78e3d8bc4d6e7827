"""Several archives become one in which nothing of any is lost (docs/design.md, Merging).

The union is made beside the target, from nothing but the archives as they are; then the target takes it over
in one step. Whatever happens before, the target is as it was.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from errno import EDQUOT, ENOSPC
from pathlib import Path

from sqlite_utils import Database

from newscrawler.archive import counts, dayfile, duplicates, near, numbers, search
from newscrawler.archive.copying import sync
from newscrawler.archive.errors import (
    ArchiveCorrupt,
    ArchiveError,
    ArchiveFailed,
    explain,
    primary_code,
)
from newscrawler.archive.lock import ArchiveLock
from newscrawler.archive.merge_articles import Articles
from newscrawler.archive.merge_channels import join_channels, join_menus, join_quarantine
from newscrawler.archive.merge_crawls import join_crawls, join_failures
from newscrawler.archive.merge_forgotten import Forgotten
from newscrawler.archive.merge_ids import assign
from newscrawler.archive.merge_inputs import Input, opened, refuse
from newscrawler.archive.merge_ledger import join_absent, join_ledgers
from newscrawler.archive.merge_pages import Pages
from newscrawler.archive.merge_takeover import erase_forgotten, put_pages, take_over
from newscrawler.archive.open import open_archive, refuse_foreign
from newscrawler.archive.pages import folder_of
from newscrawler.archive.recovery import recover
from newscrawler.archive.repair import recover_pages
from newscrawler.archive.writer import Writer

Progress = Callable[[int], object]
Bar = Callable[[str, int, str], AbstractContextManager[Progress]]

DERIVED = frozenset(
    {
        *(
            "counts_by_day",
            "counts_by_name",
            "near_texts",
            "near_phrases",
            "near_recent",
            "near_pairs",
            "near_duplicate_links",
        ),
        *("articles_fts", "links_fts"),
    }
)
"""Tables that are made anew from the others."""

LEFT = frozenset(
    {
        *("reextractions", "proposals"),
        *("series", "layouts", "readings", "yields", "channel_hours", "troubles", "notices"),
    }
)
"""Tables of work that was under way in one archive, and of what its own crawls brought one after another.

They say nothing of the union, whose alarms begin with a history of its own.
"""

JOINED = frozenset(
    {
        *("sites", "sources", "editors", "authors", "categories", "crawl_runs", "articles", "bodies"),
        *("revisions", "images", "aliases", "sightings", "absences", "moments", "links", "blocks"),
        *("block_items", "block_moments", "ledger", "channels", "menus", "quarantine", "quarantine_parts"),
        *("captures", "corrections", "tombstones", "erasures", "failures", "sequences", "absent"),
    }
)
"""Tables whose rows the modules merge_*.py join; a test holds that there is no other."""


@dataclass(slots=True)
class Merged:
    """What became of it."""

    target: Path
    articles: dict[str, int] = field(default_factory=dict)
    """Archive -> how many articles it had."""
    united: int = 0
    """…and the union has."""
    revisions: int = 0
    """Texts that articles had before their present one."""
    pages: int = 0
    """Raw pages of the union."""
    copied: int = 0
    """Those of them whose record was copied."""
    forgotten: int = 0
    """Articles that were left out, since one of the archives has forgotten them."""
    lost: dict[str, int] = field(default_factory=dict)
    """Archive -> raw pages that are not where its rows say."""
    unerased: int = 0
    """Forgotten raw pages whose file is not there to be overwritten."""


def merge(archives: Sequence[Path], target: Path, bar: Bar) -> Merged:
    """Make ``target`` the union of ``archives`` and of what it holds itself, if it is there.

    Raises ArchiveError, or LockHeld for the target's lock, with the target as it was.
    """
    inputs = _distinct(archives, target)
    for path in inputs:
        refuse(path)
    refuse_foreign(target)
    if target.is_dir():
        raise ArchiveError(f"{target} is a folder; name the file: {target / 'archive.db'}")
    with ArchiveLock(target):
        try:
            with _workspace(target) as work:
                return _merge(inputs, target, work, bar)
        except (OSError, sqlite3.Error) as error:
            raise _failure(error, target) from error
        except ArchiveFailed as error:
            if _is_full(error.__cause__):  # it names a file in the place to work, and speaks of crawls
                raise _no_room(error.__cause__, target) from error
            raise


def _distinct(archives: Sequence[Path], target: Path) -> list[Path]:
    """Each file once; the target takes part by itself."""
    found: list[Path] = []
    for path in archives:
        known = [*found, target] if target.exists() else found
        if not (path.exists() and any(path.samefile(other) for other in known)):
            found.append(path)
    return found


@contextmanager
def _workspace(target: Path) -> Iterator[Path]:
    """A folder beside ``target`` for what is made; one that a crash left is emptied first."""
    work = target.with_name(f"{target.name}.merging")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _merge(paths: Sequence[Path], target: Path, work: Path, bar: Bar) -> Merged:
    with ExitStack() as stack:
        has_target = target.is_file() and target.stat().st_size > 0
        inputs = [
            stack.enter_context(_closing(one))
            for one in (*_target(target, work, has_target=has_target), *_others(paths, work))
        ]
        union = work / "union.db"
        merged, files = _make(union, inputs, target, work, bar)
        sync(union)
    put_pages(files, folder_of(target))
    if has_target:
        take_over(union, target, bar)
    else:
        union.replace(target)
        sync(target.parent)
    merged.unerased = erase_forgotten(target)
    return merged


def _target(target: Path, work: Path, *, has_target: bool) -> Iterator[Input]:
    """``target`` as an input; of one that is not there, the raw pages that lie beside it all the same.

    A merge that was killed has put them there, or the archive alone was removed: they are adopted as a
    crawl's start would, else each of them would stand in the union's files twice.
    """
    if has_target:
        with open_archive(target, create=False) as database:
            recover_pages(target, database)
        yield opened(0, target, work, is_target=True)
    elif dayfile.names_in(folder_of(target)):
        path = work / "left.db"
        with open_archive(path) as database, Writer(path) as writer:
            recover(folder_of(target), database, writer)
        yield replace(opened(0, path, work, is_target=True), path=target)


def _others(paths: Sequence[Path], work: Path) -> Iterator[Input]:
    return (opened(number, path, work) for number, path in enumerate(paths, 1))


@contextmanager
def _closing(one: Input) -> Iterator[Input]:
    with closing(one.connection):
        yield one


def _make(
    path: Path, inputs: Sequence[Input], target: Path, work: Path, bar: Bar
) -> tuple[Merged, list[Path]]:
    """Make the union of ``inputs`` at ``path``; returns also the files of raw pages that ``target`` lacks."""
    merged = Merged(target)
    database = open_archive(path)
    with closing(database.conn) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF"):
            connection.execute(f"PRAGMA {pragma}")  # what fails here is thrown away
        connection.execute("ATTACH ? AS scratch", (str(work / "scratch.db"),))
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):
            connection.execute(f"PRAGMA scratch.{pragma}")
        connection.execute("BEGIN")
        forgotten = Forgotten(inputs)
        for one in inputs:
            (number,) = one.rows("SELECT count(*) FROM articles")[0]
            merged.articles[str(one.path)] = number
        forgotten.write(connection)
        join_crawls(connection, inputs)
        join_failures(connection, inputs, forgotten)
        merged.united = assign(connection, inputs, forgotten)
        merged.forgotten = _left_out(inputs, forgotten)
        with bar("uniting articles", merged.united, "article") as progress:
            Articles(connection, inputs, forgotten).write(progress)
        with bar("uniting ledgers", _count(inputs, "ledger"), "address") as progress:
            join_ledgers(connection, inputs, forgotten, progress)
        join_channels(connection, inputs)
        join_menus(connection, inputs)
        join_quarantine(connection, inputs, forgotten)
        for one in inputs:
            if one.is_target:
                left = one.rows("SELECT file, offset, length FROM erasures")
                connection.executemany("INSERT INTO erasures(file, offset, length) VALUES (?, ?, ?)", left)
        with bar("copying raw pages", _count(inputs, "captures"), "page") as progress:
            joined = Pages(connection, inputs, forgotten, folder_of(target), work / "pages").write(progress)
        connection.execute("COMMIT")
        _derive(database, inputs, bar)
        merged.revisions = connection.execute("SELECT count(*) FROM revisions").fetchone()[0]
        merged.pages = connection.execute("SELECT count(*) FROM captures").fetchone()[0]
        connection.execute("DETACH scratch")
        connection.execute("PRAGMA analysis_limit = 1000")
        connection.execute("PRAGMA optimize")
    merged.copied, merged.lost = joined.copied, joined.lost
    return merged, joined.files


def _count(inputs: Sequence[Input], table: str) -> int:
    return sum(one.rows(f"SELECT count(*) FROM {table}")[0][0] for one in inputs)


def _left_out(inputs: Sequence[Input], forgotten: Forgotten) -> int:
    """How many articles are in none of the archives that have forgotten them."""
    return sum(
        any(one.rows("SELECT 1 FROM articles WHERE url_key = ?", (key,)) for one in inputs)
        for key in forgotten.at
    )


def _derive(database: Database, inputs: Sequence[Input], bar: Bar) -> None:
    """Make anew what an archive holds twice."""
    connection = database.conn
    with bar("numbering addresses", database.table("ledger").count, "address") as progress:
        numbers.fill(database, progress)
    connection.execute("BEGIN")
    join_absent(connection, inputs)
    for (key,) in connection.execute(
        "SELECT content_key FROM articles WHERE content_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    ).fetchall():
        duplicates.regroup(connection, key)
    sql = "SELECT count(*) FROM articles WHERE duplicate_of IS NULL AND content_key IS NOT NULL"
    with bar("comparing texts", connection.execute(sql).fetchone()[0], "text") as progress:
        near.rebuild(connection, progress)
    connection.execute("COMMIT")
    counts.rebuild_counts(database)
    texts = database.table("articles").count + database.table("links").count
    with bar("making the search index", texts, "text") as progress:
        search.rebuild(database, progress)


def _is_full(error: BaseException | None) -> bool:
    if isinstance(error, OSError):
        return error.errno in {ENOSPC, EDQUOT}
    return isinstance(error, sqlite3.Error) and primary_code(error) == sqlite3.SQLITE_FULL


def _no_room(error: BaseException | None, target: Path) -> ArchiveError:
    return ArchiveFailed(
        f"No room in {target.parent} to make the union ({error}). It needs as much as all the archives"
        f" together, and twice that where {target.name} is there already. {target} is as it was. Make"
        f" space: df -h {target.parent}"
    )


def _failure(error: OSError | sqlite3.Error, target: Path) -> ArchiveError:
    """The sentence for a union that could not be made."""
    if _is_full(error):
        return _no_room(error, target)
    if primary_code(error) == sqlite3.SQLITE_CORRUPT:
        return ArchiveCorrupt(
            f"One of the archives is damaged ({error}); {target} is as it was. This says which:"
            " newscrawler check --archive FILE"
        )
    if isinstance(error, sqlite3.Error):
        return explain(error, str(target))
    return ArchiveFailed(f"The union could not be made ({error}); {target} is as it was.")
