"""What befalls the process: it is killed, told to stop, or started twice."""

from __future__ import annotations

import signal
import socketserver
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from newscrawler.replica import Replica
from tests.chaos.stage import Crawl, Stage, ask, check, differences, hold, stored

STOPS_WITHIN = 5.0
"""Seconds from a signal to the end of the process."""


def kill_9(stage: Stage) -> str:
    """Killed at random moments, then one clean run: the archive of a crawl that nobody disturbed.

    By the count of answers, not by the clock: a kill then falls into the work on a slow machine too.
    A crawl that survives to its end is checked like the last one, and the next begins a new archive.
    """
    calm, kills, ends, interrupted = stage.path("calm.db"), 0, 0, 0
    with stage.site() as site:
        stage.crawl(calm, site)
        whole, archive = len(site.requests), stage.path("killed-0.db")
        while kills < stage.rounds:
            site.reset_faults()
            before, more = (
                len(site.requests),
                stage.chance.randint(0, whole // stage.chance.choice([3, 8, 20])),
            )
            crawl = stage.start(archive, site)
            crawl.when(lambda before=before, more=more: len(site.requests) - before >= more)  # type: ignore[misc]
            time.sleep(stage.chance.uniform(0.0, 0.05 if more else 1.0))
            survived = crawl.process.poll() is not None
            crawl.kill()
            lost = crawl.acknowledged() - stored(archive)
            hold(not lost, f"acknowledged and missing after a kill: {sorted(lost)[:3]}")
            kills += not survived
            if survived or kills == stage.rounds:
                interrupted += _as_if_undisturbed(stage, site, calm, archive)
                ends, archive = ends + 1, stage.path(f"killed-{ends + 1}.db")
    return (
        f"{kills} kills in mid run, {interrupted} rows closed as interrupted, "
        f"{ends} archives of {len(stored(calm))} articles equal after one clean run"
    )


def _as_if_undisturbed(stage: Stage, site: Replica, calm: Path, archive: Path) -> int:
    """One clean run makes ``archive`` equal to ``calm``; how many of its crawls had died."""
    site.reset_faults()
    code, said = stage.crawl(archive, site)
    hold(code in {0, 4}, f"the clean run ended with {code}: {said}")
    hold(not (found := differences(calm, archive)), found)
    check(archive)
    unended = ask(archive, "select count(*) from crawls where finished_at is null or reason is null")[0][0]
    hold(unended == 0, f"{unended} crawls without an end")
    return int(ask(archive, "select count(*) from crawls where reason = 'interrupted'")[0][0])


# --- signals -------------------------------------------------------------------------------------


@contextmanager
def _silent_server(answer: bytes = b"") -> Iterator[tuple[str, threading.Event]]:
    """A server that takes requests, sends ``answer`` and then nothing: its address, and that it was asked."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(answer)
            asked.set()
            over.wait(60)

    asked, over = threading.Event(), threading.Event()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/", asked
        finally:
            over.set()
            server.shutdown()


@contextmanager
def _in_full_swing(stage: Stage, archive: Path) -> Iterator[Crawl]:
    with stage.site(faults=False, delay=0.05) as site:
        yield stage.start(archive, site).when(lambda: len(site.requests) >= 20)


@contextmanager
def _while_it_waits_for_the_database(stage: Stage, archive: Path) -> Iterator[Crawl]:
    with (
        _in_full_swing(stage, archive) as crawl,
        closing(sqlite3.connect(archive, isolation_level=None)) as other,
    ):
        other.execute("pragma busy_timeout = 10000")
        other.execute("begin immediate")
        time.sleep(0.5)
        yield crawl


@contextmanager
def _while_an_answer_is_slow(stage: Stage, archive: Path) -> Iterator[Crawl]:
    with stage.site(faults=False, delay=0.02) as site:
        crawl = stage.start(archive, site).when(lambda: len(site.requests) >= 20)
        site.delay = 30.0
        time.sleep(0.3)
        yield crawl


@contextmanager
def _while_robots_txt_hangs(stage: Stage, archive: Path) -> Iterator[Crawl]:
    with _silent_server() as (url, asked):
        yield stage.start(archive, None, "-a", f"start_urls={url}").when(asked.is_set)


@contextmanager
def _while_a_body_trickles(stage: Stage, archive: Path) -> Iterator[Crawl]:
    with _silent_server(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<html>") as (url, asked):
        arguments = ("-a", f"start_urls={url}", "-s", "ROBOTSTXT_OBEY=0")
        yield stage.start(archive, None, *arguments).when(asked.is_set)


@contextmanager
def _during_a_look_up(stage: Stage, archive: Path) -> Iterator[Crawl]:
    """A name server that does not answer: getaddrinfo and its kin block for a minute."""
    folder = stage.path("slow_names")
    asked = folder / "asked"
    folder.mkdir(exist_ok=True)
    asked.unlink(missing_ok=True)
    (folder / "sitecustomize.py").write_text(
        "import pathlib, socket, time\n"
        f"def slow(*name): pathlib.Path({str(asked)!r}).touch(); time.sleep(60); raise OSError('no answer')\n"
        "socket.gethostbyname = slow\n"
    )
    start = ("-a", "start_urls=http://slow.invalid/")
    yield stage.start(archive, None, *start, PYTHONPATH=str(folder)).when(asked.exists)


@contextmanager
def _during_a_long_crawl_delay(stage: Stage, archive: Path) -> Iterator[Crawl]:
    with stage.site(faults=False, crawl_delay=30) as site:
        crawl = stage.start(archive, site).when(lambda: len(site.requests) >= 2)
        time.sleep(0.5)
        yield crawl


@contextmanager
def _in_back_off(stage: Stage, archive: Path) -> Iterator[Crawl]:
    with stage.site() as site:
        crawl = stage.start(archive, site, "-s", "RETRY_BACKOFF=60")
        crawl.when(lambda: any(request.status == 500 for request in site.requests))
        time.sleep(1.0)
        yield crawl


MOMENTS: dict[str, Callable[[Stage, Path], AbstractContextManager[Crawl]]] = {
    "in full swing": _in_full_swing,
    "waiting for the database": _while_it_waits_for_the_database,
    "slow answer": _while_an_answer_is_slow,
    "robots.txt hangs": _while_robots_txt_hangs,
    "body trickles": _while_a_body_trickles,
    "name look-up": _during_a_look_up,
    "Crawl-delay of 30 s": _during_a_long_crawl_delay,
    "back-off of 60 s": _in_back_off,
}


def signals(stage: Stage) -> str:
    """TERM, INT and HUP, once and twice, in full swing; one of them likewise at every other moment."""
    kinds = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    cases = [
        (moment, kind, times)
        for moment in MOMENTS
        for kind in (kinds if moment == "in full swing" else [stage.chance.choice(kinds)])
        for times in (1, 2)
    ]
    if stage.short:
        cases = [("slow answer", signal.SIGHUP, 1), ("waiting for the database", signal.SIGINT, 2)]
    slowest = 0.0
    for moment, kind, times in cases:
        name = f"{moment}, {kind.name} x {times}"
        archive = stage.path(f"{moment}-{kind.name}-{times}.db".replace(" ", "-"))
        with MOMENTS[moment](stage, archive) as crawl:
            hold(crawl.process.poll() is None, f"{name}: it had ended: {crawl.process.stderr}")
            begun = time.monotonic()
            for _ in range(times):
                crawl.signal(kind)
                time.sleep(0.3 if times > 1 else 0)
            code, said = crawl.end(30)
            took = time.monotonic() - begun
        hold(code == 130, f"{name}: code {code}: {said}")
        hold(took < STOPS_WITHIN, f"{name}: took {took:.1f} s")
        slowest = max(slowest, took)
        _held_together(archive, crawl, name)
    return f"{len(cases)} signals, the slowest end after {slowest:.1f} s, code 130, nothing lost"


def _held_together(archive: Path, crawl: Crawl, name: str) -> None:
    """What is in flight is stored or pending, no attempt is counted, and the row is closed (or will be)."""
    check(archive)
    lost = crawl.acknowledged() - stored(archive)
    hold(not lost, f"{name}: acknowledged and missing: {sorted(lost)[:3]}")
    states = {state for (state,) in ask(archive, "select distinct state from ledger")}
    hold(states <= {"pending", "archived", "gone", "quarantined"}, f"{name}: {states}")
    rows = ask(archive, "select reason from crawls")
    locked = "database" in name
    hold(locked or all(reason in {"shutdown", "interrupted"} for (reason,) in rows), f"{name}: {rows}")


def signal_at_any_moment(stage: Stage) -> str:
    """A signal at a random moment, from the opening of the archive on: 130, or 0 at the very end."""
    codes: Counter[int] = Counter()
    with stage.site(30, faults=False, delay=0.1) as site:  # no crawl is over before its signal
        for number in range(2 if stage.short else max(10, stage.rounds // 4)):
            archive = stage.path(f"moment-{number}.db" if number % 2 else "moments.db")
            lock = archive.with_name(f"{archive.name}.lock")
            lock.unlink(missing_ok=True)
            crawl = stage.start(archive, site).when(lock.exists)  # before, Python itself is only starting
            time.sleep(stage.chance.uniform(0.0, 1.5))
            kind = stage.chance.choice([signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
            crawl.signal(kind)
            code, said = crawl.end(STOPS_WITHIN + 1)
            hold(code in {0, 130}, f"{kind.name}: code {code}: {said}")
            hold("Traceback" not in said, said)
            codes[code] += 1
            if stored(archive):
                check(archive)
    hold(codes[130] > codes[0], f"most were over before the signal: {dict(codes)}")
    return ", ".join(f"{count} ended with {code}" for code, count in sorted(codes.items()))


# --- two at once ---------------------------------------------------------------------------------


def many_at_once(stage: Stage) -> str:
    """Ten (in the short form three) crawls on one archive: one runs, the others say who."""
    archive, many = stage.path(), 3 if stage.short else 10
    with stage.site(30, faults=False, delay=0.05 if stage.short else 0.2) as site:
        crawls = [stage.start(archive, site) for _ in range(many)]
        ends = [crawl.end() for crawl in crawls]
        ran = [n for n, (code, _) in enumerate(ends) if code != 75]
        hold(len(ran) == 1, f"{len(ran)} ran: {ends}")
        holder = str(crawls[ran[0]].process.pid)
        for code, said in ends:
            named = "in use by" in said and holder in said
            hold(code != 75 or named, f"75 without the holder {holder}: {said}")
        hold(ends[ran[0]][0] == 0, ends[ran[0]])
        holding = stage.start(archive, site, "-a", "full=1").when(lambda: _is_held(archive))
        holding.kill()
        site.delay = 0
        code, said = stage.crawl(archive, site)
        hold(code == 0, f"after the holder was killed: {code}: {said}")
    check(archive)
    return f"{many} at once: 1 ran, {many - 1} left with 75 and its name; freed by kill -9"


def _is_held(archive: Path) -> bool:
    return bool(ask(archive, "select 1 from crawls where finished_at is null"))
