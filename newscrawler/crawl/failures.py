"""Every failure has a class: what went wrong with a request, in words that can be counted and retried by."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet import error as net
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

GONE_STATUSES = frozenset({404, 410})

INTERRUPTED = "interrupted"
"""Class of what never left because the crawl ends: no failure."""


class HostUnavailable(IgnoreRequest):
    """A host that asked for quiet (429, 503 with a long Retry-After) or whose robots.txt cannot be had.

    ``seconds`` is how long to leave it alone; ``kind`` the failure class.
    """

    def __init__(self, message: str, *, kind: str, seconds: float) -> None:
        super().__init__(message)
        self.kind = kind
        self.seconds = seconds


class Interrupted(IgnoreRequest):
    """The crawl was told to stop before the request left; its address is still pending."""


class RobotsForbidden(IgnoreRequest):
    """robots.txt disallows the address."""


_BY_TYPE: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (CannotResolveHostError, "dns"),
    (net.DNSLookupError, "dns"),
    (DownloadConnectionRefusedError, "connect"),
    (DownloadTimeoutError, "timeout"),
    (net.TimeoutError, "timeout"),
    (ResponseDataLossError, "short_body"),
    (DownloadCancelledError, "too_large"),
    ((net.ConnectionRefusedError, net.NoRouteError, net.ConnectError), "connect"),
    (net.SSLError, "tls"),
    ((net.ConnectionLost, net.ConnectionDone), "reset"),
    (TunnelError, "connect"),
)


def status_kind(status: int) -> str | None:
    """The failure class of an HTTP status, None for one that is no failure."""
    if status in {429, 503}:
        return "throttled"
    if status == 408:
        return "timeout"
    return f"http_{status // 100}xx" if status >= 400 else None


def classify(failure: Failure) -> tuple[str, str]:
    """The class and a one-line detail of a failed request."""
    assert failure.value is not None
    return kind_of(failure.value)


def kind_of(error: BaseException) -> tuple[str, str]:
    """The class and a one-line detail of what ended a request."""
    detail = " ".join(str(error).split())[:300] or type(error).__name__
    if isinstance(error, HttpError):
        status = error.response.status
        return status_kind(status) or f"http_{status // 100}xx", f"HTTP {status}"
    if isinstance(error, HostUnavailable):
        return error.kind, detail
    if isinstance(error, Interrupted):
        return INTERRUPTED, detail
    if isinstance(error, RobotsForbidden):
        return "robots", detail
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in detail:
        return "too_large", detail  # it was small until it was decompressed
    if isinstance(error, IgnoreRequest):
        return ("redirect", detail) if "redirection" in detail else ("ignored", detail)
    if isinstance(error, (DownloadFailedError, ResponseFailed)):
        return _inside(detail), detail
    for types, kind in _BY_TYPE:
        if isinstance(error, types):
            return kind, detail
    return "other", f"{type(error).__name__}: {detail}"


def _inside(detail: str) -> str:
    """Scrapy folds several causes into DownloadFailedError; its text still names them."""
    lowered = detail.lower()
    if "certificate" in lowered or "openssl" in lowered or "ssl" in lowered:
        return "tls"
    if "dataloss" in lowered:
        return "short_body"
    return "reset"
