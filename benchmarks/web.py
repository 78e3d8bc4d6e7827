"""The server of the static site: nginx (Debian: ``apt install nginx-light``), else one of ours in memory.

It runs in a process of its own and must not be the limit: its CPU for each answer stands beside the figures.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_CONFIGURATION = """
daemon off; master_process off; pid {run}/nginx.pid; error_log {run}/error.log;
events {{ worker_connections 512; }}
http {{
  default_type text/html; charset utf-8; types {{ text/plain txt; }}
  log_format short '$status $request_uri'; access_log {run}/access.log short;
  sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=100000;
  client_body_temp_path {run}; proxy_temp_path {run}; fastcgi_temp_path {run}; uwsgi_temp_path {run};
  scgi_temp_path {run};
  server {{
    listen 127.0.0.1:{port}; root "{folder}"; gzip_static on;
    location / {{ try_files "$uri$is_args$args" "${{uri}}index.html" =404; }}
  }}
}}
"""
"""A file for each address with its query; see file_of() in site.py."""


class Web:
    """A running server of one folder."""

    def __init__(self, name: str, port: int, process: subprocess.Popen[str], log: Path) -> None:
        self.name, self.port, self._process, self._log = name, port, process, log
        self.url = f"http://127.0.0.1:{port}/"
        self._read = 0

    def asked(self) -> Counter[str]:
        """What was asked for since the last call: "STATUS PATH" -> how often."""
        time.sleep(0.1)  # the log may be a moment late
        with self._log.open("rb") as file:
            file.seek(self._read)
            lines = file.read()
        self._read += len(lines)
        return Counter(lines.decode("latin-1").splitlines())

    def cpu(self) -> float:
        """CPU seconds of the server so far; 0 where the system does not say."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def nginx() -> str | None:
    """The program, if it is there."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def served(folder: Path, run: Path, *, program: str | None) -> Iterator[Web]:
    """Serve ``folder``; ``run`` is for the server's own files, ``program`` is nginx or None."""
    run.mkdir(parents=True, exist_ok=True)
    log = run / "access.log"
    log.write_bytes(b"")
    if program is None:
        command = [sys.executable, "-m", "benchmarks.memory_server", str(folder), str(log)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        name, port = "benchmarks.memory_server", int(process.stdout.readline())
    else:
        port = _free_port()
        (run / "nginx.conf").write_text(_CONFIGURATION.format(run=run, port=port, folder=folder))
        shown = subprocess.run([program, "-v"], stderr=subprocess.PIPE, text=True, check=True).stderr
        name = re.sub(r".*: nginx/", "nginx ", shown.strip())
        process = subprocess.Popen(
            [program, "-c", str(run / "nginx.conf"), "-p", str(run), "-e", str(run / "error.log")], text=True
        )
    try:
        _wait_for(port, process)
        yield Web(name, port, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit(f"the static server ended with code {process.returncode}")
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the static server does not answer")
