"""The quality gate on the labelled pages: figures may rise, never fall unseen.

python -m tests.labelled_gate                      show the figures beside the floors
python -m tests.labelled_gate --update             raise the floors to today's figures
python -m tests.labelled_gate --update --allow-regression   also lower them, visibly in the diff
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from pathlib import Path

from newscrawler.extract.files import extract_files

SHARED = Path(os.environ.get("NEWSCRAWLER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
PAGES = SHARED / "data" / "zh-pages"
FLOORS = Path(__file__).with_name("labelled_floors.json")
LOWER_IS_BETTER = {"wrong_day"}


def predictions() -> str:
    """One line of JSON for each labelled page, as ``newscrawler extract`` gives it."""
    out = io.StringIO()
    for line in (PAGES / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        path = PAGES / "pages" / f"{label['id']}.html"
        extract_files(
            [path],
            listing=label["kind"] == "listing",
            url=None,
            content_type=label.get("content_type"),
            out=out,
            err=sys.stderr,
        )
    return out.getvalue()


def figures(folder: Path) -> dict[str, float]:
    """The scorer's figures; ``folder`` takes the predictions."""
    path = folder / "predictions.jsonl"
    path.write_text(predictions(), encoding="utf-8")
    command = [sys.executable, str(PAGES / "score.py"), str(PAGES / "labels.jsonl"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    scores: dict[str, float] = {k: v for k, v in json.loads(done.stdout).items() if k != "pages"}
    return scores


def fallen(scores: dict[str, float], floors: dict[str, float]) -> dict[str, tuple[float, float]]:
    """The figures that are worse than their floor, as (floor, figure); a missing figure is worse."""
    worse = {}
    for name, floor in floors.items():
        got = scores.get(name, 1.0 if name in LOWER_IS_BETTER else 0.0)
        if got > floor if name in LOWER_IS_BETTER else got < floor:
            worse[name] = (floor, got)
    return worse


def main(given: list[str] | None = None) -> int:
    """Show or update the floors; 1 when a figure has fallen."""
    import tempfile

    parser = argparse.ArgumentParser(
        prog="python -m tests.labelled_gate", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as folder:
        scores = figures(Path(folder))
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    worse = fallen(scores, floors)
    for name, got in sorted(scores.items()):
        print(f"{name:<16} {got:.4f}   floor {floors.get(name, '-')}{'   FALLEN' if name in worse else ''}")
    if options.update and (not worse or options.allow_regression):
        FLOORS.write_text(json.dumps(scores, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    if options.update:
        print("not updated: a floor would be lowered; see --allow-regression", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
