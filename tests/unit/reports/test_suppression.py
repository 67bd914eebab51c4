"""Small numbers are kept back so that nobody can work them out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.suppression import LEAST, withheld

columns = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 60), min_size=1)


@pytest.mark.parametrize(
    ("column", "groups", "total"),
    [
        ({"a": 40, "b": 30}, "", False),
        ({"a": 40, "b": 9, "c": 30}, "bc", False),  # c too, else b = total - a - c
        ({"a": 40, "b": 9, "c": 8}, "bc", False),  # two, seventeen together
        ({"a": 40, "b": 3, "c": 4}, "abc", False),  # seven together: a as well
        ({"a": 40, "b": 3}, "ab", False),
        ({"a": 3}, "a", True),  # there is no other: the total would be the figure
        ({"a": 0, "b": 40}, "ab", False),
        ({"a": 3, "b": 2}, "ab", True),  # all of them are five
        ({}, "", True),
    ],
)
def test_what_is_kept_back(column: dict[str, int], groups: str, total: bool) -> None:
    assert withheld(column) == (frozenset(groups), total)


@given(columns)
def test_no_small_figure_is_told_and_none_follows_from_the_others(column: dict[str, int]) -> None:
    groups, hides_total = withheld(column)
    assert all(figure >= LEAST for group, figure in column.items() if group not in groups)
    hidden = [column[group] for group in groups]
    if hides_total:
        return
    assert sum(column.values()) >= LEAST
    # What a reader can work out is the sum of what is kept back: of two figures at least, and ten.
    assert not hidden or (len(hidden) >= 2 and sum(hidden) >= LEAST)


@given(columns)
def test_nothing_is_kept_back_without_need(column: dict[str, int]) -> None:
    if all(figure >= LEAST for figure in column.values()):
        assert withheld(column) == (frozenset(), False)
