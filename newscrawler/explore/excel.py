"""``?_excel=1``: CSV of an archive as spreadsheet programs want it (newscrawler/archive/spreadsheet.py)."""

from __future__ import annotations

import csv
import io
import sys
from urllib.parse import parse_qs

from newscrawler.archive.spreadsheet import BOM, cell
from newscrawler.explore.headers import App, Message, Receive, Scope, Send
from newscrawler.explore.ours import archives_of

csv.field_size_limit(sys.maxsize)  # a body may be longer than the 128 KB that a cell has by default


def for_excel(app: App, datasette: object) -> App:
    """``app``, whose CSV of an archive begins with a byte order mark and has no formulas, where asked for."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        """The application; a row of CSV is one message of its answer."""
        if not _asked(scope) or not archives_of(datasette):
            await app(scope, receive, send)
            return
        rewritten = begun = False

        async def send_for_excel(message: Message) -> None:
            nonlocal rewritten, begun
            if message["type"] == "http.response.start":
                rewritten = message["status"] == 200
            elif rewritten and message.get("body"):
                text = _without_formulas(message["body"].decode("utf-8", "replace"))
                message = {**message, "body": (text if begun else BOM + text).encode()}
                begun = True
            await send(message)

        await app(scope, receive, send_for_excel)

    return wrapped


def _asked(scope: Scope) -> bool:
    query = scope.get("query_string", b"").decode("latin-1")
    return scope["type"] == "http" and scope["path"].endswith(".csv") and "_excel" in parse_qs(query)


def _without_formulas(rows: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [cell(value) for value in row] for row in csv.reader(io.StringIO(rows, newline=""))
    )
    return out.getvalue()
