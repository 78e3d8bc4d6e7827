"""The table: every fault, in the order in which it is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos import network, process, storage, times
from tests.chaos.stage import Stage


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    name: str
    says: str
    fault: Callable[[Stage], str]
    """What it found, in a few words; raises Broken when the line does not hold."""


TABLE = (
    Line("kill", "kill -9 at random moments, then one clean run: equal row by row", process.kill_9),
    Line("signals", "TERM, INT, HUP, once and twice, whatever it waits for: ends in 5 s", process.signals),
    Line("any-moment", "a signal at any moment from the start on: 130", process.signal_at_any_moment),
    Line("many", "many crawls at once on one archive: one runs, the others name it", process.many_at_once),
    Line("disk-full", "the disk fills up: stops, says so, completes when there is room", storage.disk_full),
    Line("file-limit", "a limit on the size of files in mid crawl: likewise", storage.file_limit),
    Line("read-only", "the archive becomes read-only: likewise", storage.read_only),
    Line("folder-gone", "its folder is moved or removed in mid crawl: likewise", storage.folder_gone),
    Line("others", "Datasette, a reader, a write of 20 s: waits, goes on", storage.readers_and_a_writer),
    Line("power-cut", "a power cut, the unsynced end lost or torn: committed stays", storage.power_cut),
    Line("older", "an archive of an older release: a copy, then migrated", storage.older_release),
    Line("answers", "bad answers: tried again by class, then pending, never half", network.bad_answers),
    Line("slots", "a wait for the next try holds no download slot", network.no_slot_is_held),
    Line("sick-host", "one sick host does not hold up the others", network.sick_host),
    Line("no-name", "a name without an address, a port without a server: said", network.no_name),
    Line("zones", "the machine's time zone is not Beijing: times stay right", times.zones),
    Line("clock", "the system clock jumps: times stay right", times.jumps),
)
