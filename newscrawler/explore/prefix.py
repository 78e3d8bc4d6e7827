"""The setting ``base_url`` behind web servers that hand the prefix on and such that take it away.

Datasette finds its pages either way, but writes the prefix twice into links that it makes of the address
that was asked for, and leaves it out where it redirects. So it gets every address without the prefix, and
redirects get it back.
"""

from __future__ import annotations

from typing import Any

from newscrawler.explore.headers import App, Message, Receive, Scope, Send
from newscrawler.explore.ours import archives_of


def without_prefix(app: App, datasette: Any) -> App:
    """``app``, asked without the prefix of ``base_url``, where an archive of ours is served."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        """The application, asked for the address behind the prefix."""
        prefix = datasette.setting("base_url")
        if prefix == "/" or scope["type"] != "http" or not archives_of(datasette):
            await app(scope, receive, send)
            return

        async def send_with_prefix(message: Message) -> None:
            if message["type"] == "http.response.start" and 300 <= message["status"] < 400:
                headers = [(name, _location(name, value, prefix)) for name, value in message["headers"]]
                message = {**message, "headers": headers}
            await send(message)

        await app(_stripped(scope, prefix), receive, send_with_prefix)

    return wrapped


def _stripped(scope: Scope, prefix: str) -> Scope:
    """``scope`` without ``prefix`` (``/news/``), where its path begins with that."""
    path = scope["path"]
    if not f"{path}/".startswith(prefix):
        return scope
    shorter = {**scope, "path": "/" + path[len(prefix) :]}
    if scope.get("raw_path") is not None:
        shorter["raw_path"] = b"/" + scope["raw_path"][len(prefix.encode()) :]
    return shorter


def _location(name: bytes, value: bytes, prefix: str) -> bytes:
    ours = value.startswith(b"/") and not value.startswith((b"//", prefix.encode()))
    return prefix.encode() + value[1:] if name.lower() == b"location" and ours else value
