"""``python -m tests.chaos``: do the harm, and print for every line of the table whether it held."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.chaos.stage import Broken, Stage
from tests.chaos.table import TABLE, Line


def run(line: Line, *, rounds: int, seed: int, short: bool = False) -> str:
    """What ``line`` found, in a few words; raises Broken when it does not hold."""
    with tempfile.TemporaryDirectory(prefix=f"chaos-{line.name}-") as name:
        folder = Path(name) / "a"
        folder.mkdir()
        return line.fault(Stage(folder, rounds, short=short, seed=seed))


def main(given: list[str] | None = None) -> int:
    """0 when every line holds, 1 when one does not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    add = parser.add_argument
    add("--rounds", type=int, default=50, help="how often the crawl is killed (default: 50)")
    add("--seed", type=int, default=1, help="the same seed does the same harm (default: 1)")
    add("--only", action="append", metavar="NAME", help=f"one of {', '.join(line.name for line in TABLE)}")
    add("--short", action="store_true", help="as the test line does: each line once, small sites")
    options = parser.parse_args(given)
    unknown = set(options.only or ()) - {line.name for line in TABLE}
    if unknown or options.rounds < 1:
        parser.error(f"no such line: {', '.join(sorted(unknown))}" if unknown else "--rounds: at least 1")
    chosen = [line for line in TABLE if not options.only or line.name in options.only]
    held = [_tell(line, options) for line in chosen]
    print(f"\n{sum(held)} of {len(held)} lines hold (rounds {options.rounds}, seed {options.seed})")
    return 0 if all(held) else 1


def _tell(line: Line, options: argparse.Namespace) -> bool:
    """Run one line and print it."""
    begun, ok = time.monotonic(), False
    try:
        found, ok = run(line, rounds=options.rounds, seed=options.seed, short=options.short), True
    except Broken as broken:
        found = str(broken)
    except Exception:
        found = traceback.format_exc()
    took = time.monotonic() - begun
    verdict = "holds " if ok else "BROKEN"
    print(f"{verdict} | {line.name:<12} | {line.says:<66} | {took:4.0f} s | {found}", flush=True)
    return ok


if __name__ == "__main__":
    sys.exit(main())
