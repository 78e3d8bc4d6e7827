"""Notices reach people by the ways they use, within some seconds, or wait; tried against local servers."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from newscrawler.alarm import services
from newscrawler.alarm.deliver import deliver
from newscrawler.alarm.send import NotDelivered, send
from newscrawler.alarm.ways import Way, ways_of
from newscrawler.archive.troubles import Notice
from newscrawler.replica.certificate import write_certificate
from tests.conftest import newscrawler as run

SUBJECT, TEXT = "itbear: the site has changed", "  NEW   pages without an editor\n        look: 看看"


class Service(ThreadingHTTPServer):
    """Answers every POST with ``answer`` and keeps what came."""

    daemon_threads = True

    def __init__(self, answer: bytes = b"{}", status: int = 200, delay: float = 0.0) -> None:
        self.came: list[tuple[str, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.append((self.path, json.loads(body)))
                time.sleep(delay)
                with contextlib.suppress(OSError):
                    self.send_response(status)
                    self.end_headers()
                    self.wfile.write(answer)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"


class Mail(socketserver.ThreadingTCPServer):
    """A mail server of a few words; with a certificate it speaks TLS from the start, or after STARTTLS."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, certificate: Path | None = None, key: Path | None = None, *, at_once: bool = False
    ) -> None:
        self.came: list[str] = []
        self.logins: list[str] = []
        context = None
        if certificate is not None and key is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
                    self.talk(stack)

            def talk(self, stack: contextlib.ExitStack) -> None:
                stream = self.request
                if context is not None and at_once:
                    stream = stack.enter_context(context.wrap_socket(stream, server_side=True))
                lines = stream.makefile("rb")
                stream.sendall(b"220 here\r\n")
                while line := lines.readline():
                    word = line.strip().upper().split(b" ")[0]
                    if word == b"EHLO":
                        stream.sendall(b"250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
                    elif word == b"STARTTLS" and context is not None:
                        stream.sendall(b"220 go\r\n")
                        stream = stack.enter_context(context.wrap_socket(stream, server_side=True))
                        lines = stream.makefile("rb")
                    elif word == b"AUTH":
                        outer.logins.append(base64.b64decode(line.split()[2]).decode())
                        stream.sendall(b"235 in\r\n")
                    elif word == b"DATA":
                        stream.sendall(b"354 go\r\n")
                        data = b"".join(iter(lines.readline, b".\r\n"))
                        outer.came.append(data.decode())
                        stream.sendall(b"250 taken\r\n")
                    elif word == b"QUIT":
                        stream.sendall(b"221 bye\r\n")
                        return
                    else:
                        stream.sendall(b"250 ok\r\n")

        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]


@contextlib.contextmanager
def serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def way(**settings: str) -> Way:
    (found,) = ways_of(settings).values()
    return found


OK = {
    "slack": b"ok",
    "telegram": b'{"ok": true}',
    "wecom": b'{"errcode": 0, "errmsg": "ok"}',
    "dingtalk": b'{"errcode": 0, "errmsg": "ok"}',
    "feishu": b'{"code": 0, "msg": "success"}',
}
REFUSED = {
    "telegram": b'{"ok": false, "description": "chat not found"}',
    "wecom": b'{"errcode": 93000, "errmsg": "invalid webhook url"}',
    "dingtalk": b'{"errcode": 310000, "errmsg": "keywords not in content"}',
    "feishu": b'{"code": 19021, "msg": "sign match fail"}',
}


def text_of(service: str, body: dict[str, Any]) -> str:
    """Where each service looks for the text."""
    inside = {"wecom": body.get("text"), "dingtalk": body.get("text"), "feishu": body.get("content")}
    found = inside.get(service)
    if isinstance(found, dict):
        assert body["msg_type" if service == "feishu" else "msgtype"] == "text"
        return str(found["text" if service == "feishu" else "content"])
    return str(body["text"])


@pytest.mark.parametrize("service", services.SERVICES)
def test_each_service_gets_what_it_wants(service: str) -> None:
    with serving(Service(OK[service])) as server:
        address = server.url + ("?chat_id=-100&x=1" if service == "telegram" else "?key=k")
        send(way(NOTIFY_WEBHOOKS=f"{service} {address}"), SUBJECT, TEXT)
    ((path, body),) = server.came
    assert text_of(service, body) == f"{SUBJECT}\n\n{TEXT}"
    if service == "telegram":
        assert (body["chat_id"], path) == ("-100", "/hook?x=1")
    else:
        assert path == "/hook?key=k"


@pytest.mark.parametrize("service", REFUSED)
def test_a_service_that_refuses_with_status_200_did_not_take_it(service: str) -> None:
    with serving(Service(REFUSED[service])) as server, pytest.raises(NotDelivered, match=r"refused it: \S"):
        send(way(NOTIFY_WEBHOOKS=f"{service} {server.url}?chat_id=1"), SUBJECT, TEXT)


def test_signatures_of_the_services_that_want_them() -> None:
    wanted = services.post("dingtalk", "https://a.example/send?access_token=t&secret=SECx", "x", seconds=1)
    fields = {name: values[0] for name, values in parse_qs(urlsplit(wanted.url).query).items()}
    digest = hmac.new(b"SECx", b"1000\nSECx", hashlib.sha256).digest()
    assert fields == {"access_token": "t", "timestamp": "1000", "sign": base64.b64encode(digest).decode()}
    wanted = services.post("feishu", "https://a.example/hook/1?secret=s", "x", seconds=1)
    assert wanted.url == "https://a.example/hook/1"
    digest = hmac.new(b"1\ns", b"", hashlib.sha256).digest()
    assert (wanted.body["timestamp"], wanted.body["sign"]) == ("1", base64.b64encode(digest).decode())


def test_long_texts_are_cut_between_characters() -> None:
    body = services.post("wecom", "https://a.example/", "字" * 5000, seconds=1).body
    content = body["text"]["content"]
    assert content.endswith("字…")
    assert 2040 < len(content.encode()) <= 2048


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("tls"), ["localhost"])


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls", "smtps"])
def test_mail(scheme: str, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    server = Mail(*(pair if scheme != "smtp" else (None, None)), at_once=scheme == "smtps")
    with serving(server):
        smtp = f"{scheme}://me%40here.example:pass%3Aword@localhost:{server.port}"
        send(way(NOTIFY_EMAIL="a@b.example, Zhang <c@d.example>", NOTIFY_SMTP=smtp), SUBJECT, TEXT)
    (message,) = server.came
    assert "To: a@b.example, c@d.example" in message
    assert "From: me@here.example" in message
    assert f"Subject: {SUBJECT}" in message
    assert server.logins == ["\0me@here.example\0pass:word"]


def test_mail_to_a_server_with_another_certificate_is_not_sent(pair: tuple[Path, Path]) -> None:
    with serving(Mail(*pair, at_once=True)) as server, pytest.raises(NotDelivered, match=r"(?i)certificate"):
        send(way(NOTIFY_EMAIL="a@b.example", NOTIFY_SMTP=f"smtps://localhost:{server.port}"), SUBJECT, TEXT)
    assert server.came == []


def test_a_command_gets_the_report_on_its_input(tmp_path: Path) -> None:
    program = (
        "import os, sys; print(os.environ['NEWSCRAWLER_SUBJECT'], sys.stdin.read(), file=open('got', 'w'))"
    )
    script = tmp_path / "tell.py"
    script.write_text(f"import os; os.chdir({str(tmp_path)!r}); {program}")
    send(way(NOTIFY_COMMAND=f"{sys.executable} {script}"), SUBJECT, TEXT)
    assert (tmp_path / "got").read_text().strip() == f"{SUBJECT} {TEXT}"
    failing = f"{sys.executable} -c \"import sys; print('no luck', file=sys.stderr); sys.exit(3)\""
    with pytest.raises(NotDelivered, match="ended with 3: no luck"):
        send(way(NOTIFY_COMMAND=failing), SUBJECT, TEXT)
    with pytest.raises(NotDelivered, match="not done within"):
        send(way(NOTIFY_COMMAND="sleep 30"), SUBJECT, TEXT, patience=0.2)
    with pytest.raises(NotDelivered, match="no-such"):
        send(way(NOTIFY_COMMAND="no-such-program"), SUBJECT, TEXT)


def test_what_a_command_prints_may_be_in_any_encoding(tmp_path: Path) -> None:
    """Taken is taken: else the same notice would come with each crawl."""
    taken = tmp_path / "taken"
    program = f"import os; os.write(1, b'\\xd6\\xd0'); open('{taken}', 'w')"
    send(way(NOTIFY_COMMAND=f'{sys.executable} -c "{program}"'), SUBJECT, TEXT)
    assert taken.exists()


def test_a_server_that_speaks_something_else_is_a_failure() -> None:
    class Babble(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(b"220 who are you?\r\n")

    with serving(socketserver.TCPServer(("127.0.0.1", 0), Babble)) as server:
        port = server.server_address[1]
        with pytest.raises(NotDelivered, match="BadStatusLine"):
            send(way(NOTIFY_WEBHOOKS=f"slack http://127.0.0.1:{port}/"), SUBJECT, TEXT)


def test_no_secret_is_in_what_is_said_of_a_failure() -> None:
    with serving(Service(status=404)) as server, pytest.raises(NotDelivered) as failure:
        send(way(NOTIFY_WEBHOOKS=f"slack {server.url}/T0/B0/SECRET"), SUBJECT, TEXT)
    assert str(failure.value) == "HTTP 404 from 127.0.0.1"
    with pytest.raises(NotDelivered) as failure:
        send(way(NOTIFY_WEBHOOKS="slack http://127.0.0.1:1/SECRET"), SUBJECT, TEXT)
    assert "SECRET" not in str(failure.value)


def test_a_dead_server_holds_neither_the_others_nor_the_end() -> None:
    notices = [Notice(n, name, SUBJECT, TEXT, 0) for n, name in enumerate(["slack", "slack", "feishu"], 1)]
    with serving(Service(delay=20)) as dead, serving(Service(OK["feishu"])) as alive:
        ways = ways_of({"NOTIFY_WEBHOOKS": f"slack {dead.url} feishu {alive.url}"})
        tried = list(deliver(notices, ways, patience=1.0))
        assert [(t.notice.id, t.error) for t in tried] == [(3, None)]
        asked: list[int] = []
        assert (
            list(deliver(notices[:1], ways, patience=60, is_ended=lambda: bool(asked) or asked.append(1)))
            == []
        )  # type: ignore[func-returns-value]


def test_a_way_that_fails_is_not_asked_again_at_once() -> None:
    notices = [Notice(n, "slack", SUBJECT, TEXT, 0) for n in (1, 2, 3)]
    with serving(Service(status=500)) as server:
        tried = list(deliver(notices, ways_of({"NOTIFY_WEBHOOKS": f"slack {server.url}"})))
    assert [(t.notice.id, t.error) for t in tried] == [(1, "HTTP 500 from 127.0.0.1")]
    assert len(server.came) == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"NOTIFY_COMMAND": "echo 'x"}, "NOTIFY_COMMAND"),
        ({"NOTIFY_EMAIL": "nobody"}, "NOTIFY_EMAIL"),
        ({"NOTIFY_EMAIL": "a@b.example", "NOTIFY_SMTP": "mail.example"}, "NOTIFY_SMTP"),
        ({"NOTIFY_EMAIL": "a@b.example", "NOTIFY_SMTP": "smtp://h:x"}, "NOTIFY_SMTP"),
        ({"NOTIFY_WEBHOOKS": "slack"}, "NOTIFY_WEBHOOKS has 1"),
        ({"NOTIFY_WEBHOOKS": "irc https://a.example/"}, "unknown service 'irc'"),
        ({"NOTIFY_WEBHOOKS": "slack a.example"}, "no http address"),
    ],
)
def test_a_way_that_is_none_is_said(settings: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ways_of(settings)


def test_two_webhooks_of_one_service() -> None:
    assert list(ways_of({"NOTIFY_WEBHOOKS": ["slack http://a.example/1", "slack http://a.example/2"]})) == [
        "slack",
        "slack 2",
    ]


def test_a_try_message(tmp_path: Path) -> None:
    with serving(Service(b"ok")) as server:
        done = run(
            "notify", cwd=tmp_path, NEWSCRAWLER_NOTIFY_WEBHOOKS=f"slack {server.url} wecom {server.url}"
        )
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "slack: delivered"), done.stderr
    assert done.stdout.splitlines()[1].startswith("wecom: not delivered: 127.0.0.1 refused it")
    assert run("notify", cwd=tmp_path).returncode == 2
