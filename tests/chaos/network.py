"""What befalls an answer: refused, late, broken off, sent in circles; and what a sick host does to others."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from newscrawler.replica import Replica
from newscrawler.replica.answers import Answer
from newscrawler.replica.links import View
from tests.chaos.stage import Stage, ask, check, hold
from tests.test_crawl_sick_site import article, listing

DAY = "2025-09-30"
FINANCE = "finance.itbear.com.cn"


class Wire(BaseHTTPRequestHandler):
    """A site with one article for each way to answer badly."""

    asked: list[tuple[float, str]]
    over: threading.Event

    def do_GET(self) -> None:
        self.asked.append((time.monotonic(), self.path))
        name = self.path.rpartition("/")[2].removesuffix(".html")
        times = sum(path == self.path for _, path in self.asked)
        if self.path == "/list.html":
            self.whole(listing([int(number) for number in WAYS], day=DAY))
        elif name in WAYS:
            WAYS[name](self, times)
        else:
            self.status(404)

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def page(self) -> bytes:
        """The article that is asked for."""
        return article(int(self.path.rpartition("/")[2].removesuffix(".html")), DAY)

    def whole(self, body: bytes) -> None:
        """A good answer."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def status(self, status: int, **headers: str) -> None:
        """An answer without a page."""
        self.send_response(status)
        for name, value in {**headers, "Content_Length": "0"}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()


def _fine(wire: Wire, times: int) -> None:
    wire.whole(wire.page())


def _throttled(wire: Wire, times: int) -> None:
    wire.status(429, Retry_After="1") if times == 1 else wire.whole(wire.page())


def _unavailable(wire: Wire, times: int) -> None:
    wire.status(503) if times == 1 else wire.whole(wire.page())


def _error(wire: Wire, times: int) -> None:
    wire.status(500)


def _reset(wire: Wire, times: int) -> None:
    wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + wire.page()[:500])
    wire.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.connection.close()


def _slow_loris(wire: Wire, times: int) -> None:
    wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    with contextlib.suppress(OSError):
        while not wire.over.wait(0.1):
            wire.wfile.write(b"x")


def _slow_headers(wire: Wire, times: int) -> None:
    wire.wfile.write(b"HTTP/1.1 200 OK\r\n")
    with contextlib.suppress(OSError):
        while not wire.over.wait(0.1):
            wire.wfile.write(b"X-More: 1\r\n")


def _wrong_length(wire: Wire, times: int) -> None:
    wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + wire.page())
    wire.close_connection = True


def _cut_chunks(wire: Wire, times: int) -> None:
    body = wire.page()[:900]
    wire.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body))
    wire.close_connection = True


def _cut_without_length(wire: Wire, times: int) -> None:
    wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + wire.page()[:900])
    wire.close_connection = True


def _cut_gzip(wire: Wire, times: int) -> None:
    body = gzip.compress(wire.page())
    body = body[: len(body) // 2]
    wire.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )


def _loop(wire: Wire, times: int) -> None:
    wire.status(302, Location=wire.path)


WAYS: dict[str, Callable[[Wire, int], None]] = {
    str(900001 + number): way
    for number, way in enumerate(
        (
            *(_fine, _throttled, _unavailable, _error, _reset, _slow_loris, _slow_headers, _wrong_length),
            *(_cut_chunks, _cut_without_length, _cut_gzip, _loop, _fine),
        )
    )
}
CLASSES = {
    **{_error: "http_5xx", _reset: "short_body", _slow_loris: "timeout", _slow_headers: "timeout"},
    **{_wrong_length: "short_body", _cut_chunks: "short_body", _cut_without_length: "short_body"},
    **{_cut_gzip: "short_body", _loop: "redirect"},
}
"""The class with which each stays pending; what is not here is stored."""

TRIES = 3


@contextmanager
def _served() -> Iterator[tuple[str, list[tuple[float, str]]]]:
    """The site of WAYS: its address, and (when, path) of what was asked for."""
    asked: list[tuple[float, str]] = []
    over = threading.Event()
    handler = type("Handler", (Wire,), {"asked": asked, "over": over})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            over.set()
            server.shutdown()


def bad_answers(stage: Stage) -> str:
    """Every way to answer badly, in one crawl: tried again by class, then pending with its reason."""
    archive = stage.path()
    limits = ("-s", "DOWNLOAD_TIMEOUT=2", "-s", f"RETRY_TIMES={TRIES - 1}", "-s", "RETRY_BACKOFF=0.3")
    with _served() as (url, asked):
        code, said = stage.crawl(archive, None, "-a", f"start_urls={url}/list.html", *limits)
    hold(code == 4, f"code {code}: {said}")
    rows = {url: row for url, *row in ask(archive, "select url, state, last_error, attempts from ledger")}
    for name, way in WAYS.items():
        path = f"/html/2025-09/{name}.html"
        state, kind, attempts = rows[url + path]
        times = [at for at, other in asked if other == path]
        if way not in CLASSES:
            hold(state == "archived", f"{way.__name__}: {state}, {kind}")
            continue
        hold((state, kind, attempts) == ("pending", CLASSES[way], 1), f"{way.__name__}: {state}, {kind}")
        if kind != "redirect":
            hold(len(times) == TRIES, f"{way.__name__}: asked for {len(times)} times")
            hold(times[1] - times[0] > 0.2 and times[2] - times[1] > 0.4, f"{way.__name__}: {times}")
    whole = ask(archive, "select min(length(body)), max(length(body)), count(*) from news")[0]
    hold(whole[0] == whole[1], f"bodies of {whole[0]} to {whole[1]} characters: not all are whole")
    check(archive)
    classes = sorted(set(CLASSES.values()))
    return f"{len(WAYS)} ways, {whole[2]} stored whole, {len(CLASSES)} pending as {', '.join(classes)}"


def no_slot_is_held(stage: Stage) -> str:
    """While an address waits for its next try, others are asked for, even with one request at a time."""
    archive = stage.path()
    with stage.site(60, faults=False) as site:
        usual = site.answer
        pages: list[str] = []

        def answer(view: View, asked: str, query: str) -> Answer:
            if asked.startswith("/html/"):
                pages.append(asked)
            return Answer(500) if len(pages) > 4 and asked == pages[4] else usual(view, asked, query)

        site.answer = answer  # type: ignore[method-assign]
        settings = ("-s", "CONCURRENT_REQUESTS=1", "-s", "RETRY_BACKOFF=2", "-s", "RETRY_TIMES=1")
        code, said = stage.direct(archive, site, *settings).end()
        hold(code == 4, f"code {code}: {said}")
        places = [n for n, request in enumerate(site.requests) if request.path == pages[4]]
        hold(len(places) == 2, f"asked for {len(places)} times")
        waited = site.requests[places[1]].at - site.requests[places[0]].at
        hold(waited >= 1.4, f"waited {waited:.1f} s")
        between = places[1] - places[0] - 1
        hold(between >= 5, f"{between} others meanwhile")
    return f"{between} others were asked for in the {waited:.1f} s until its second try"


def sick_host(stage: Stage) -> str:
    """A host that refuses, or does not even send its robots.txt, does not hold up another."""
    told = []
    for name in ("503 for all", "robots.txt hangs")[: 1 if stage.short else 2]:
        archive = stage.path(f"{name.partition(' ')[0]}.db")
        with stage.site(60, faults=False) as site:
            sick = _make_finance_sick(site, hang=name.endswith("hangs"))
            settings = ("-s", "RETRY_BACKOFF=1.5", "-s", "RETRY_TIMES=2", "-s", "DOWNLOAD_TIMEOUT=3")
            code, said = stage.crawl(archive, site, *settings)
            hold(code == 4, f"{name}: code {code}: {said}")
            healthy = [r.at for r in site.requests if r.host.startswith("www.")]
            everything = {a["url"] for a in site.truth("www.itbear.com.cn")["articles"] if a["listed"]}
        got = {url for (url,) in ask(archive, "select url from news")}
        missing = {url for url in everything if "www." in url} - got
        hold(not missing, f"{name}: {len(missing)} of the healthy host are missing")
        meanwhile = sum(min(sick) < at < max(sick) for at in healthy)
        hold(meanwhile >= 10, f"{name}: {meanwhile} requests of the healthy host meanwhile")
        told.append(f"{name}: {len(got)} articles of the other host, {meanwhile} requests meanwhile")
    return "; ".join(told)


def _make_finance_sick(site: Replica, *, hang: bool) -> list[float]:
    """Finance refuses every page, or never answers at all; the times at which it was asked for something."""
    usual = site.answer
    asked: list[float] = []

    def answer(view: View, path: str, query: str) -> Answer:
        if view.section != FINANCE:
            return usual(view, path, query)
        asked.append(time.monotonic())
        if hang:
            time.sleep(10)
            raise OSError("never answered")
        return usual(view, path, query) if path == "/robots.txt" else Answer(503)

    site.answer = answer  # type: ignore[method-assign]
    return asked


def no_name(stage: Stage) -> str:
    """A name that does not resolve, and a port where nobody listens: said with its class."""
    for url, kind in (("http://nowhere.invalid/", "dns"), ("http://127.0.0.1:9/", "connect")):
        code, said = stage.crawl(stage.path(f"{kind}.db"), None, "-a", f"start_urls={url}")
        hold(code == 5 and kind in said, f"{url}: {code}: {said}")
    return "5, with dns and connect in the line"
