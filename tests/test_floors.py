"""Below the floors (Python 3.11, Linux or macOS, SQLite 3.37) there is a sentence, not a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from newscrawler.archive.open import SQLITE_FLOOR
from tests.conftest import ROOT, environment


@pytest.mark.parametrize(
    ("pretend", "said"),
    [
        ("import sys; sys.version_info = (3, 10, 9)", "needs Python 3.11 or newer, this is 3.10"),
        # importlib.metadata first: it could not be loaded itself with such a name.
        ("import importlib.metadata, os; os.name = 'nt'", "runs on Linux and macOS"),
    ],
)
def test_a_floor_is_named(pretend: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{pretend}; import newscrawler"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_floors_are_stated_where_readers_look() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    assert "Python 3.11" in readme
    assert f"SQLite {SQLITE_FLOOR[0]}.{SQLITE_FLOOR[1]}" in readme
    assert f"SQLite {SQLITE_FLOOR[0]}.{SQLITE_FLOOR[1]}" in design
