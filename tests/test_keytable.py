"""The table of keys says what a dict would say."""

from __future__ import annotations

import pickle
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.archive import keytable
from newscrawler.archive.keytable import KeyTable

KEYS = st.integers(-(2**63), 2**63 - 1) | st.integers(-40, 40)  # small ones meet in one slot


@given(st.lists(st.tuples(KEYS.filter(bool), st.integers(0, 2**62)), max_size=200))
def test_it_says_what_a_dict_says(pairs: list[tuple[int, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keytable, "SLOTS", 8)  # so that it grows
        table, known = KeyTable("q"), dict[int, int]()
        for key, value in pairs:
            assert table.get(key) == known.get(key, 0)
            table.put(key, value)
            known[key] = value
        again: KeyTable = pickle.loads(pickle.dumps(table))  # as JOBDIR keeps it
        assert all(again.get(key) == value for key, value in known.items())


def test_it_can_be_emptied_and_has_room_for_every_key() -> None:
    table = KeyTable("b")
    for key in (0, -1, -(2**63), 2**63 - 1):
        assert table.get(key) == 0
        table.put(key, 1)
        assert table.get(key) == 1
    table.clear()
    assert table.get(-1) == 0


def test_an_entry_takes_a_third_of_a_dicts() -> None:
    table, known = KeyTable("q"), dict[int, int]()
    for number in range(40_000):
        key, value = (number * 0x9E3779B97F4A7C15) % 2**63, number * 2**40
        table.put(key, value)
        known[key] = value
    each = (len(table._keys) * 16) / len(known)
    dict_each = sys.getsizeof(known) / len(known) + 2 * sys.getsizeof(2**60)
    assert each < dict_each / 3
