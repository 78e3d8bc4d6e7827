"""The labelled half of real pages against pinned floors (``python -m tests.labelled_gate --update``
raises them).
"""

from __future__ import annotations

import json

import labelled_gate
import pytest

FLOORS: dict[str, float] = json.loads(labelled_gate.FLOORS.read_text(encoding="utf-8"))
WANTED = {
    "body_f1": 0.975,
    "body_clean": 0.90,
    "day": 0.97,
    "minute": 0.95,
    "title": 0.97,
    "source": 0.90,
    "editor": 0.90,
    "author": 0.80,
    "related_recall": 1.0,
    "listing_f1": 0.90,
}


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    if not labelled_gate.PAGES.exists():
        pytest.skip(f"the labelled pages are not at {labelled_gate.PAGES}")
    return labelled_gate.figures(tmp_path_factory.mktemp("labelled"))


@pytest.mark.parametrize("figure", sorted(FLOORS))
def test_no_figure_falls(scores: dict[str, float], figure: str) -> None:
    assert labelled_gate.fallen(scores, {figure: FLOORS[figure]}) == {}


def test_the_floors_are_what_is_wanted() -> None:
    assert {name: FLOORS[name] for name, wanted in WANTED.items() if FLOORS[name] < wanted} == {}
    assert FLOORS["wrong_day"] <= 0.01


def test_an_update_never_lowers_a_floor() -> None:
    assert labelled_gate.fallen({"day": 0.9, "wrong_day": 0.0}, {"day": 0.95, "wrong_day": 0.01}) == {
        "day": (0.95, 0.9)
    }
    assert labelled_gate.fallen({"wrong_day": 0.02}, {"wrong_day": 0.01}) == {"wrong_day": (0.01, 0.02)}
    assert labelled_gate.fallen({}, {"title": 0.9}) == {"title": (0.9, 0.0)}
