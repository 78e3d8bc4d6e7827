"""A static server in memory, for machines without nginx: ``python -m benchmarks.memory_server FOLDER LOG``.

It reads a site of site.py, prints its port, answers with what lies ready as gzip, and writes a line for each
request as our nginx.conf does. Requests of a proxy's client (with a whole address) are answered alike.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

_TARGET = re.compile(rb"[A-Z]+ (?:https?://[^/ ]+)?(\S+) HTTP/1\.[01]\r\n")
_HEAD = "HTTP/1.1 {}\r\nServer: memory\r\nContent-Type: {}; charset=utf-8\r\n{}Content-Length: {}\r\n\r\n"


def answers(folder: Path) -> dict[bytes, bytes]:
    """Path with query -> the whole answer."""
    found = {}
    for packed in folder.rglob("*.gz"):
        path = "/" + packed.relative_to(folder).as_posix().removesuffix(".gz").removesuffix("index.html")
        found[path.encode()] = _answer("200 OK", packed.read_bytes(), "text/html", packed=True)
    found[b"/digital/index.html"] = found.get(b"/digital/", b"")
    found[b"/robots.txt"] = _answer("200 OK", (folder / "robots.txt").read_bytes(), "text/plain")
    return found


def _answer(status: str, body: bytes, kind: str, *, packed: bool = False) -> bytes:
    encoding = "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n" if packed else ""
    return _HEAD.format(status, kind, encoding, len(body)).encode() + body


class Connection(asyncio.Protocol):
    """One connection; requests have no bodies and may be pipelined."""

    def __init__(self, answers: dict[bytes, bytes], log: list[bytes]) -> None:
        self.answers, self.log, self.received = answers, log, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self.received = (self.received + data).split(b"\r\n\r\n")
        for request in requests:
            target = _TARGET.match(request + b"\r\n")
            path = target[1] if target else b"?"
            answer = self.answers.get(path, NOT_FOUND)
            self.log.append(b"%s %s\n" % (answer[9:12], path))
            self.transport.write(answer)


NOT_FOUND = _answer("404 Not Found", b"<h1>404</h1>", "text/html")


async def serve(folder: Path, log: Path) -> None:
    """Answer until the process is ended."""
    lines: list[bytes] = []
    ready = answers(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(ready, lines), "127.0.0.1", 0, backlog=128
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    with log.open("ab", buffering=0) as file:
        while True:
            await asyncio.sleep(0.05)
            if lines:
                file.write(b"".join(lines))
                lines.clear()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2])))
