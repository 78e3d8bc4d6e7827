"""A command in a process of its own, and what it took: CPU, memory, time, all its children included."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Taken:
    """What a command took."""

    cpu: float
    """Seconds, user and system."""
    seconds: float
    memory: int
    """Bytes resident at the peak, of the largest of its processes."""
    code: int


def environment(**more: str) -> dict[str, str]:
    """The surroundings without proxies and without what the user has set for newscrawler.

    Programs are compiled once, as pip does it: uncompiled, ours alone would pay for its files at each start.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy")
        and not name.startswith(("NEWSCRAWLER_", "SCRAPY_"))
        and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, **more}


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    before: Callable[[], None] | None = None,
) -> Taken:
    """Run ``command`` to its end, its output into ``log``; ``before`` is called in the new process first.

    The peak counts from this process's own size on (the kernel's rule for a child), so keep this one small.
    """
    begun = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdout=output, stderr=output, preexec_fn=before
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 if sys.platform == "darwin" else 1024
    return Taken(
        usage.ru_utime + usage.ru_stime,
        time.monotonic() - begun,
        usage.ru_maxrss * scale,
        process.returncode,
    )
