"""The ways by which people are told: a command of theirs, e-mail, a webhook. Read from the settings.

A way has a name that is kept with each notice (``command``, ``email``, ``slack``…) and no secret in it, so
that what could not be delivered waits for the same way, whatever its address is by then.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from newscrawler.alarm import services

EMAIL_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Settings(Protocol):
    """What is asked of the settings of Scrapy."""

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a setting."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way; of command, mail and webhook only what it needs is set."""

    name: str
    command: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    sender: str = ""
    server: SplitResult | None = None
    """The mail server, with user and password."""
    service: str = ""
    """One of newscrawler.alarm.services.SERVICES."""
    url: str = ""


def ways_of(settings: Settings) -> dict[str, Way]:
    """Name -> way; empty when nobody is to be told. ValueError with a sentence that names the setting."""
    ways: dict[str, Way] = {}
    for way in (*_command(settings), *_email(settings), *_webhooks(settings)):
        name, number = way.name, 2
        while name in ways:  # two of one service: slack, slack 2
            name, number = f"{way.name} {number}", number + 1
        ways[name] = way
    return ways


def _command(settings: Settings) -> Iterator[Way]:
    line = _text(settings, "NOTIFY_COMMAND")
    if not line:
        return
    try:
        words = tuple(shlex.split(line))
    except ValueError as error:
        raise ValueError(f"NOTIFY_COMMAND={line!r} is no command line: {error}") from None
    yield Way("command", command=words)


def _email(settings: Settings) -> Iterator[Way]:
    given = _text(settings, "NOTIFY_EMAIL")
    if not given:
        return
    recipients = tuple(address for _, address in getaddresses([given]))
    if not recipients or not all("@" in address for address in recipients):
        raise ValueError(f"NOTIFY_EMAIL={given!r} is no list of addresses; expected such as me@example.org")
    server = urlsplit(_text(settings, "NOTIFY_SMTP") or "smtp://localhost")
    if server.scheme not in EMAIL_SCHEMES or not server.hostname or _port(server) is None:
        raise ValueError(
            "NOTIFY_SMTP is no mail server; expected smtps://user:password@host, smtp+starttls://… or"
            " smtp://host:port, with %40 for an @ in the user's name"
        )
    yield Way("email", recipients=recipients, sender=_text(settings, "NOTIFY_FROM"), server=server)


def _webhooks(settings: Settings) -> Iterator[Way]:
    given = settings.get("NOTIFY_WEBHOOKS") or []
    words = given.split() if isinstance(given, str) else [word for entry in given for word in entry.split()]
    expected = f"expected pairs of a service ({', '.join(services.SERVICES)}) and its address"
    if len(words) % 2:
        raise ValueError(f"NOTIFY_WEBHOOKS has {len(words)} words; {expected}")
    for service, url in zip(words[::2], words[1::2], strict=True):
        if service not in services.SERVICES:
            raise ValueError(f"NOTIFY_WEBHOOKS: unknown service {service!r}; {expected}")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or _port(parts) is None:
            raise ValueError(f"NOTIFY_WEBHOOKS: what follows {service!r} is no http address; {expected}")
        yield Way(service, service=service, url=url)


def _text(settings: Settings, name: str) -> str:
    return str(settings.get(name) or "").strip()


def _port(parts: SplitResult) -> int | None:
    """The port, 0 when none is given; None when it is none."""
    try:
        return parts.port or 0
    except ValueError:
        return None
