"""Pairs of rows that may be one thing: what counts, that the points add up, and the same order always."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.duplicates import THRESHOLD, find_pairs, pairs_to_compare
from catalog.likeness import (
    MOST,
    NAME_FLOOR,
    POINTS,
    Record,
    compare,
    name_percent,
    score_of,
    weigh_words,
)
from catalog.plain_forms import phone_digits, place_of, site_of, words_of

names = st.text(alphabet="abcdefgh .'-12ÁÑé", max_size=30)


def record(id_: str, name: str, **facts: Any) -> Record:
    """A row to compare; its words weigh the same as in a catalog of many."""
    return Record(id=id_, name=name, words=words_of(name), weights={}, **facts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Mary's Center, Inc.", "The St Marys Centre"),
        ("D.C. Greens", "DC Greens"),
        ("Clínica del Pueblo", "CLINICA DEL PUEBLO"),
        ("After-School Program", "After School Programs"),
        ("Food & Friends", "Food and Friends"),
    ],
)
def test_a_name_in_another_spelling_is_the_same(one: str, other: str) -> None:
    assert name_percent(words_of(one), words_of(other), {}) == 100


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("Woodley House", "Woodley Houe", 90),
        ("DC Shelter Hotline", "Hotline, DC Shelter", 95),
        ("Nineteenth Street Baptist Church", "Nineteenth Baptist Church", 80),
    ],
)
def test_a_slip_leaves_a_name_alike(one: str, other: str, least: int) -> None:
    assert least <= name_percent(words_of(one), words_of(other), {})


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [
        ("Ward 7 Food Pantry", "Ward 8 Food Pantry", "other_numbers"),
        ("Men's Recovery House", "Women's Recovery House", "other_words"),
        ("Youth Group Therapy", "Adult Group Therapy", "other_words"),
    ],
)
def test_services_of_one_house_that_differ_in_one_word_are_no_pair(
    one: str, other: str, part: str
) -> None:
    same = {"phones": frozenset({"4235550100"}), "owner": "o"}
    left, right = record("1", one, **same), record("2", other, **same)
    assert part in {found.code for found in compare("service", left, right)}
    assert find_pairs("service", [left, right]) == []


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("(423) 555-0100", "4235550100"),
        ("+1 423.555.0100", "4235550100"),
        ("1-423-555-0100 x5", "4235550100"),
        ("211", "211"),
        ("", ""),
        (None, ""),
        ("call us", ""),
    ],
)
def test_phone_digits(text: str | None, digits: str) -> None:
    assert phone_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("https://www.Example.org/Help/?from=mail", ("example.org", "/help")),
        ("example.org", ("example.org", "")),
        ("http://[broken", None),
        ("none", None),
        ("", None),
    ],
)
def test_sites(text: str, site: tuple[str, str] | None) -> None:
    assert site_of(text) == site


def test_a_suite_may_stand_on_either_line() -> None:
    one = place_of("1525 7th Street NW, Suite 200", None, "20001-1234")
    other = place_of("1525 7th St. N.W.", "Ste 200", "20001")
    assert one == other
    assert one is not None
    assert one.unit == "200"
    assert place_of("PO Box 12", None, "37401") is None


@pytest.mark.parametrize("kind", POINTS)
def test_what_agrees_adds_up_to_all_points(kind: str) -> None:
    best = {"name", "same_phone", "same_url", "same_email", "same_address", "same_identifier"}
    best |= {"same_organization", "near_point"}
    assert sum(points for code, points in POINTS[kind].items() if code in best) == MOST


@given(one=names, other=names)
def test_likeness_is_a_per_cent_and_goes_both_ways(one: str, other: str) -> None:
    a, b = words_of(one), words_of(other)
    assert 0 <= name_percent(a, b, weigh_words([a, b])) <= 100
    assert name_percent(a, a, {}) == (100 if a else 0)


@given(st.lists(st.sampled_from(["Food Pantry", "Food Pantri", "Fod Pantry", "Legal Aid"])))
def test_each_pair_once_whatever_the_order(called: list[str]) -> None:
    records = [record(f"{number:03}", name) for number, name in enumerate(called)]
    shuffled = records.copy()
    Random(1).shuffle(shuffled)  # noqa: S311 - any other order will do
    pairs = find_pairs("organization", records)
    assert pairs == find_pairs("organization", shuffled)
    assert len({(pair.first_id, pair.second_id) for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert pair.first_id < pair.second_id
        assert THRESHOLD <= pair.score == score_of(pair.parts) <= MOST
        assert pair.parts[0].code == "name"
        assert (pair.parts[0].percent or 0) >= NAME_FLOOR


def test_a_block_that_everybody_is_in_stays_small() -> None:
    many = [record(f"{n:05}", "Head Start", owner="o") for n in range(3000)]
    assert len(pairs_to_compare(many)) < 20 * len(many)


def test_one_address_and_one_name_of_two_houses_is_no_pair() -> None:
    one, two = place_of("10 Main St", None, "37403"), place_of("900 Oak Ave", None, "37403")
    assert one
    assert two
    left = record("1", "Main Office", places=(one,), owner="o")
    assert (
        find_pairs("location", [left, record("2", "Main Office", places=(two,), owner="o")]) == []
    )
    assert find_pairs("location", [left, record("2", "Main Offce", places=(one,), owner="o")])
