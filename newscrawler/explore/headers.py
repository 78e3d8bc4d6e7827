"""Security headers, where an archive of ours is served.

Stored text is escaped wherever it is shown; the headers are the second wall. Our own pages have no
scripts and no inline styles, so theirs is strict. Datasette's pages (tables, SQL) are built on both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from newscrawler.explore.ours import archives_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)

FOR_DATASETTE = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self';"
    " script-src 'self' 'unsafe-inline'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)

ALWAYS = {b"x-content-type-options": b"nosniff", b"referrer-policy": b"same-origin"}

_NOTE = "newscrawler.page"


def mark_as_ours(request: Any) -> None:
    """The answer to ``request`` is one of our own pages: the strict policy holds for it.

    Datasette copies the scope on its way to a view, so the note is an object that every copy shares.
    """
    note = request.scope.get(_NOTE) if request is not None else None
    if note is not None:
        note.append("ours")


def with_security_headers(app: App, datasette: Any) -> App:
    """``app`` with the headers on every answer; one that a view or plugin set itself stays."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        """The application, its answers with our headers where an archive of ours is served."""
        # Asked per request: databases may be added after the wrapper was made.
        if scope["type"] != "http" or not archives_of(datasette):
            await app(scope, receive, send)
            return
        note: list[str] = []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                present = {name.lower() for name, _ in headers}
                policy = STRICT if note else FOR_DATASETTE
                wanted = {b"content-security-policy": policy.encode(), **ALWAYS}
                headers += [(name, value) for name, value in wanted.items() if name not in present]
                message = {**message, "headers": headers}
            await send(message)

        await app({**scope, _NOTE: note}, receive, send_with_headers)

    return wrapped
