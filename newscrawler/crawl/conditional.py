"""Conditional requests: what an answer says it can be asked by, and the question whether it changed.

A 304 is an answer like any other here, and only where it was asked for; Scrapy would make it an error.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from scrapy import Request
from scrapy.http import Response

NOT_MODIFIED = 304

_HEADERS = ("If-None-Match", "If-Modified-Since")

LONGEST = 1000
"""Characters; a longer ETag is none that a site would want back."""


class Validators(NamedTuple):
    """ETag and Last-Modified of an answer, as received; None where it has none to rely on."""

    etag: str | None = None
    last_modified: str | None = None


def validators_of(response: Response) -> Validators:
    """By what the page can be asked for again; nothing for a page of another address (twin, redirect).

    A Last-Modified alone is only good when it is older than the answer by more than its own
    precision, one second: the page may have changed again within it (RFC 9110, 8.8.2.2).
    """
    if response.status != 200 or "twin_for" in response.meta or response.meta.get("redirect_urls"):
        return Validators()
    etag, modified = _header(response, "ETag"), _header(response, "Last-Modified")
    if etag is None and modified is not None and not _is_settled(modified, _header(response, "Date")):
        modified = None
    return Validators(etag, modified)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    text = value.decode("latin-1").strip() if value else ""
    return text if 0 < len(text) <= LONGEST else None


def _is_settled(modified: str, date: str | None) -> bool:
    try:
        age = parsedate_to_datetime(date or "") - parsedate_to_datetime(modified)
    except (TypeError, ValueError):  # no date, or one with and one without a zone
        return False
    return age > timedelta(seconds=1)


def ask_if_changed(request: Request, known: Validators) -> Request:
    """Make ``request`` conditional, where anything is ``known`` to ask by; returns it."""
    for name, value in zip(_HEADERS, known, strict=True):
        if value:
            request.headers[name] = value.encode("latin-1", "replace")
    if any(known):
        request.meta["handle_httpstatus_list"] = [NOT_MODIFIED]
    return request


def without_conditions(request: Request) -> Request:
    """A copy that asks for the whole page."""
    headers = request.headers.copy()
    for name in _HEADERS:
        headers.pop(name, None)
    meta = {name: value for name, value in request.meta.items() if name != "handle_httpstatus_list"}
    return request.replace(headers=headers, meta=meta, dont_filter=True)


def whole_page_instead(response: Response) -> Request | None:
    """For a 304 of the page that a redirect led to, the request for that page; None for any other answer.

    We asked by what is known of the first address; it says nothing of another one, perhaps never had.
    """
    if is_unmodified(response) and response.meta.get("redirect_urls") and response.request is not None:
        return without_conditions(response.request)
    return None


def is_unmodified(response: Response) -> bool:
    """Whether the site says that we have the page already."""
    return response.status == NOT_MODIFIED
