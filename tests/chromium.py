"""A headless Chromium for tests, driven through its own pipe (DevTools protocol): no driver to install.

Debian: ``apt-get install chromium fonts-noto-cjk``. Tests that need it skip without it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"),
    *("--no-first-run", "--hide-scrollbars", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--remote-debugging-pipe"),
)
PATIENCE = 60.0
"""Seconds for one answer: the machine may be busy."""
DESKTOP = (1280, 900)
PHONE = (390, 844)


class Chromium:
    """One browser with one page; ``troubles`` gathers complaints of its console, of policies too."""

    def __init__(self, folder: Path) -> None:
        program = next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            pytest.skip("no Chromium here; on Debian: apt-get install chromium fonts-noto-cjk")
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        # The browser reads its commands from descriptor 3 and writes to 4; the first pipe has the lower
        # numbers, so moving them in this order overwrites none that is still needed.
        shell = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        command = [program, *QUIET, f"--user-data-dir={folder}", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", shell, *command],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._number = 0
        self._unread = b""
        self._loaded = False
        self.troubles: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = ""
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session = ""
        with contextlib.suppress(OSError, RuntimeError):
            self.ask("Browser.close")
        os.close(self._out)
        os.close(self._in)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._number += 1
        number = self._number  # a dialog that opens meanwhile takes the next one
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if getattr(self, "_session", ""):
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self._read()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return dict(answer["result"])
        raise RuntimeError(f"{method}: no answer")

    def _read(self) -> dict[str, Any]:
        """The next message; events are noted on the way."""
        while b"\0" not in self._unread:
            read = os.read(self._in, 1 << 20)
            if not read:
                raise RuntimeError("Chromium has ended")
            self._unread += read
        raw, self._unread = self._unread.split(b"\0", 1)
        message: dict[str, Any] = json.loads(raw)
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Log.entryAdded":
                self.troubles.append(message["params"]["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.troubles.append(message["params"]["exceptionDetails"]["text"])
            case "Page.javascriptDialogOpening":
                self.troubles.append("a dialog: " + message["params"]["message"])
                self._number += 1
                answer = {
                    "id": self._number,
                    "method": "Page.handleJavaScriptDialog",
                    "params": {"accept": True},
                }
                os.write(self._out, json.dumps({**answer, "sessionId": self._session}).encode() + b"\0")
        return message

    def go(self, address: str) -> None:
        """Open ``address`` and wait until it is loaded, pictures too."""
        self._loaded = False
        self.ask("Page.navigate", url=address)
        self._wait()

    def press(self, name: str, code: int) -> None:
        """Press a key that leads to another page, and wait for it."""
        self._loaded = False
        self.key(name, code)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self._loaded:
            if time.monotonic() > until:
                raise RuntimeError("the page did not load")
            self._read()

    def run(self, script: str) -> Any:
        """The value of ``script`` in the page."""
        result = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def follow(self, script: str) -> None:
        """Do ``script`` (a click, a submitted form) and wait for the page it leads to."""
        self._loaded = False
        self.run(script + "; 0")
        self._wait()

    def key(self, name: str, code: int) -> None:
        """Press a key such as Tab (9) or Enter (13)."""
        text = {"Enter": "\r"}.get(name, "")
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if text and kind == "keyDown" else {}
            self.ask(
                "Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **extra
            )

    def size(self, width: int, height: int) -> None:
        """Make the window so large; below 600 it is a phone."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def scripts(self, on: bool) -> None:
        """Allow or forbid JavaScript in pages loaded from now on."""
        self.ask("Emulation.setScriptExecutionDisabled", value=not on)

    def picture(self, file: Path) -> Path:
        """A screenshot of the window."""
        data = self.ask("Page.captureScreenshot", format="png")["data"]
        file.write_bytes(base64.b64decode(data))
        return file


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[Chromium]:
    """A browser with a profile of its own in ``folder``."""
    with Chromium(folder / "profile") as browser:
        yield browser
