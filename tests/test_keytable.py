"""The table of keys says what a dict would say."""

from __future__ import annotations

import pickle
import sys

from hypothesis import given
from hypothesis import strategies as st

from newscrawler.archive.keytable import DRAWERS, KeyTable

SOME = st.integers(-40, 40)
KEYS = st.integers(-(2**63), 2**63 - 1) | SOME | SOME.map(lambda number: number * DRAWERS)  # in one drawer


@given(st.lists(st.tuples(KEYS, st.integers(0, 2**62)), max_size=200))
def test_it_says_what_a_dict_says(pairs: list[tuple[int, int]]) -> None:
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


def test_an_entry_takes_its_numbers_and_little_more() -> None:
    table = KeyTable("q")
    for number in range(40_000):
        table.put(number * 0x9E3779B97F4A7C15 % 2**64 - 2**63, number)
    taken = sum(map(sys.getsizeof, [*table._keys, *table._values]))
    assert taken / 40_000 < 16 * 17 / 16 + 1
