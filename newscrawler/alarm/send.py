"""One notice by one way, within some seconds."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import subprocess
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.client import HTTPException
from urllib.parse import unquote, urlsplit

from newscrawler import clock
from newscrawler.alarm import services
from newscrawler.alarm.ways import EMAIL_SCHEMES, Way

PATIENCE = 8.0
"""Seconds for one delivery, or for one step of it."""


FAILURES = (OSError, ValueError, HTTPException, smtplib.SMTPException, subprocess.SubprocessError)
"""HTTPException: a server that answers, and not in HTTP."""


class NotDelivered(Exception):
    """A notice did not arrive; the message says why and holds no secret."""


def send(way: Way, subject: str, text: str, *, patience: float = PATIENCE) -> None:
    """Deliver it; NotDelivered when it was not. Blocks for about ``patience`` seconds at most."""
    try:
        if way.command:
            _run(way, subject, text, patience)
        elif way.server is not None:
            _mail(way, subject, text, patience)
        else:
            _post(way, subject, text, patience)
    except NotDelivered:
        raise
    except FAILURES as error:
        raise NotDelivered(_why(error)) from None


def _run(way: Way, subject: str, text: str, patience: float) -> None:
    """The user's command gets the report on its input and the subject in NEWSCRAWLER_SUBJECT."""
    done = subprocess.run(
        way.command,
        input=f"{text}\n",
        env={**os.environ, "NEWSCRAWLER_SUBJECT": subject},
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # what it prints may be anything, and is no failure
        timeout=patience,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise NotDelivered(f"{way.command[0]} ended with {done.returncode}{f': {said[0]}' if said else ''}")


def _mail(way: Way, subject: str, text: str, patience: float) -> None:
    server = way.server
    assert server is not None
    assert server.hostname is not None
    user, port = unquote(server.username or ""), server.port or EMAIL_SCHEMES[server.scheme]
    message = EmailMessage()
    message["Subject"], message["To"] = subject, ", ".join(way.recipients)
    message["From"] = way.sender or (user if "@" in user else way.recipients[0])
    message["Date"], message["Message-ID"] = formatdate(clock.now().timestamp()), make_msgid("newscrawler")
    message.set_content(text)
    trusted = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(server.hostname, port, timeout=patience, context=trusted)
        if server.scheme == "smtps"
        else smtplib.SMTP(server.hostname, port, timeout=patience)
    ) as connection:
        if server.scheme == "smtp+starttls":
            connection.starttls(context=trusted)
        if user:
            connection.login(user, unquote(server.password or ""))
        connection.send_message(message)


def _post(way: Way, subject: str, text: str, patience: float) -> None:
    wanted = services.post(way.service, way.url, f"{subject}\n\n{text}", seconds=int(clock.now().timestamp()))
    request = urllib.request.Request(
        wanted.url,
        json.dumps(wanted.body, ensure_ascii=False).encode(),
        {"Content-Type": "application/json; charset=utf-8"},
    )
    host = urlsplit(way.url).hostname
    try:
        with urllib.request.urlopen(request, timeout=patience) as answer:
            said = answer.read(10_000).decode(errors="replace")
    except urllib.error.HTTPError as error:
        raise NotDelivered(f"HTTP {error.code} from {host}") from None
    try:
        parsed = json.loads(said)
    except ValueError:
        parsed = {}
    refused = services.refusal(way.service, parsed if isinstance(parsed, dict) else {})
    if refused is not None:
        raise NotDelivered(f"{host} refused it: {refused}")


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"{error.cmd[0]} was not done within {error.timeout:.0f} seconds"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server said {error.smtp_code}"
    if isinstance(error, urllib.error.URLError):
        return f"{error.reason}"
    return f"{type(error).__name__}: {error}"
