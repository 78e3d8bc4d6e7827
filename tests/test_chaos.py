"""The short form of ``python -m tests.chaos``: the lines that no other test holds, a round or two each."""

from __future__ import annotations

import pytest

from tests.chaos.__main__ import main, run
from tests.chaos.table import TABLE

SHORT = ("kill", "signals", "many", "power-cut", "answers", "slots", "sick-host")
LINES = {line.name: line for line in TABLE}


@pytest.mark.parametrize("name", SHORT)
def test_a_line_of_the_table_holds(name: str) -> None:
    assert run(LINES[name], rounds=2, seed=1, short=True)


def test_an_unknown_line_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--only", "earthquake"])
    assert left.value.code == 2
    assert "no such line: earthquake" in capsys.readouterr().err
