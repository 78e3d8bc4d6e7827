"""The wire: an HTTP/1.1 server that is also an HTTP and HTTPS proxy for its own hosts, on the loopback.

It never opens a connection to anywhere: a host it does not know gets 502.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import struct
import sys
import time
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zlib import crc32

from .answers import Answer
from .links import view_of
from .sisters import sister_of
from .world import BARE, HOSTS, WWW

if TYPE_CHECKING:
    from . import Replica

_PLAIN_KINDS = ("text/", "application/json")


class Server(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1; a thread per connection, all of them ended by ``stop``."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, replica: Replica, tls: ssl.SSLContext) -> None:
        self.replica, self.tls = replica, tls
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def stop(self) -> None:
        """Stop listening, end every connection and wait until their threads have let go of them."""
        self.shutdown()
        self.server_close()
        deadline = time.monotonic() + 3
        while self.connections and time.monotonic() < deadline:
            for connection in list(self.connections):
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            time.sleep(0.005)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no news; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection: plain, or inside a CONNECT tunnel after the handshake."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: Server
    tunnel = ""

    def setup(self) -> None:
        """Keep book of the open connections."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Close what the server would not: the socket inside a tunnel."""
        with contextlib.suppress(OSError):
            super().finish()
        self.server.connections.discard(self.connection)
        if self.tunnel:
            self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing; ``Replica.requests`` has it all."""

    def do_CONNECT(self) -> None:
        """Open a tunnel to one of our own hosts: ourselves, with TLS."""
        host = self.path.partition(":")[0].lower()
        if host not in HOSTS and view_of(self.path) is None and sister_of(host) is None:
            self._send(Answer(502, f"unknown host {host}\n".encode(), "text/plain"))
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()
        self.server.connections.discard(self.connection)
        outer = self.rfile, self.wfile
        try:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        except OSError:  # the client does not trust us; wrap_socket has closed the connection
            self.close_connection = True
            return
        for file in outer:
            file.close()
        self.tunnel = host
        self.setup()
        self.close_connection = False

    def do_GET(self) -> None:
        """Answer a request in origin form, or in absolute form as a proxy."""
        arrived = time.monotonic()
        target = urlsplit(self.path)
        host = target.netloc or self.headers.get("Host", "")
        path, query = target.path or "/", target.query
        length = self.headers.get("Content-Length", "0")
        if length.isdigit():
            self.rfile.read(int(length))
        if path.startswith("/-/"):
            view = view_of(host) or view_of(WWW)
            assert view is not None
            self._send(self.server.replica.control(view, path, query))
            return
        if self.command == "POST":
            self._send(Answer(405, b"only /-/clock takes POST\n", "text/plain"))
            return
        shown = f"{path}?{query}" if query else path
        answer = self._answer(host, path, query, shown)
        if self.server.replica.delay:
            time.sleep(self.server.replica.delay)
        status = self._send(answer, path)
        self.server.replica.log(arrived, self.command, host, shown, status)

    do_HEAD = do_POST = do_GET

    def _answer(self, host: str, path: str, query: str, shown: str) -> Answer:
        name = host.partition(":")[0].lower()
        if name == BARE:
            return Answer(301, b"moved", headers={"Location": f"https://{WWW}{shown}"})
        sister = self.server.replica.sister_for(host)
        if sister is not None:
            if name == sister.bare:
                return Answer(301, b"moved", headers={"Location": f"https://{sister.host}{shown}"})
            return self.server.replica.answer_sister(sister, host, path, query)
        view = view_of(host if name not in HOSTS else name)
        if view is None:
            return Answer(502, f"unknown host {name}\n".encode(), "text/plain")
        return self.server.replica.answer(view, path, query)

    def _send(self, answer: Answer, path: str = "") -> int:
        """Put ``answer`` on the wire, tricks included; the status that went out."""
        body, status = answer.body, answer.status
        headers = {"Server": "replica", "Date": self.date_time_string(), **answer.headers}
        if status == 200 and answer.modified is not None:
            headers["ETag"] = answer.etag if _is_strong(path) else f"W/{answer.etag}"
            headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
        if status == 200 and self._unchanged(answer):
            status, body = 304, b""
        else:
            headers["Content-Type"] = answer.content_type
            if answer.content_type.startswith(_PLAIN_KINDS):
                headers["Vary"] = "Accept-Encoding"
            if answer.trick == "cut":
                body = answer.gzipped[: len(answer.gzipped) // 2]
                headers["Content-Encoding"] = "gzip"
            elif self._may_gzip(answer, path):
                body = answer.gzipped
                headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(body) + (1000 if answer.trick == "short" else 0))
        if self.headers.get("Connection", "").lower() == "close" or answer.trick in {"reset", "short"}:
            self.close_connection = True
            headers["Connection"] = "close" if not answer.trick else "keep-alive"
        phrase = HTTPStatus(status).phrase
        head = (
            f"HTTP/1.1 {status} {phrase}\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items()) + "\r\n"
        )
        if self.command == "HEAD":
            body = b""
        elif answer.trick == "reset":
            self._reset(head.encode() + body[: len(body) // 2])
            return status
        self.wfile.write(head.encode("latin-1") + body)
        return status

    def _may_gzip(self, answer: Answer, path: str) -> bool:
        """Half of the pages come compressed to those who accept it."""
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        kind = answer.content_type.startswith(_PLAIN_KINDS)
        return accepted and kind and not answer.trick and answer.status == 200 and not _is_strong(path)

    def _unchanged(self, answer: Answer) -> bool:
        """Whether a conditional request already has this page."""
        if answer.modified is None or answer.trick:
            return False
        tags = self.headers.get("If-None-Match")
        if tags is not None:  # goes before a date, which may not even be looked at then
            given = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
            return answer.etag in given or given == ["*"]
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        with contextlib.suppress(ValueError):
            return answer.modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        return False

    def _reset(self, sent: bytes) -> None:
        """Send ``sent``, let it arrive, then break the connection with a RST."""
        self.wfile.write(sent)
        self.wfile.flush()
        time.sleep(0.05)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())
        self.close_connection = True


def _is_strong(path: str) -> bool:
    """Half of the pages have a strong tag: those that are never compressed, so that it names their bytes."""
    return crc32(path.encode()) % 2 == 1
