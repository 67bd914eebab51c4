"""Seats: as good as plain enumeration and as HiGHS say, never worse than greedy, promises kept."""

from __future__ import annotations

from itertools import combinations, product
from random import Random

import highspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocation import Allocation, Candidate, MoreSeats, allocate
from matching.errors import AllocationError

Worth = tuple[int, int, int, int]  # places of urgency 3, of urgency 2, students with any, score
STUDENTS, OFFERS = "abcd", "xyz"


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Candidate], dict[str, int], int]:
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(STUDENTS), st.sampled_from(OFFERS)), max_size=9, unique=True
        )
    )
    candidates = [
        Candidate(
            *pair,
            draw(st.sampled_from([0, 1, 5, 999_999])),
            draw(st.integers(1, 3)),
            draw(st.sampled_from([None, "glasses", "dental-checkup"])),
        )
        for pair in pairs
    ]
    seats = {offer: draw(st.integers(0, 2)) for offer in OFFERS}
    return candidates, seats, draw(st.integers(0, 2))


def worth(chosen: list[Candidate]) -> Worth:
    return (
        sum(one.urgency == 3 for one in chosen),
        sum(one.urgency == 2 for one in chosen),
        len({one.student for one in chosen}),
        sum(one.score for one in chosen),
    )


def chosen_of(result: Allocation, candidates: list[Candidate]) -> list[Candidate]:
    by_place = {(one.student, one.offer): one for one in candidates}
    return [by_place[one.student, one.offer] for one in result.places if not one.is_promised]


def is_allowed(chosen: list[Candidate], seats: dict[str, int], at_most: int) -> bool:
    offers = [one.offer for one in chosen]
    students = [one.student for one in chosen]
    needs = [(one.student, one.need) for one in chosen if one.need is not None]
    return (
        len(set(needs)) == len(needs)
        and all(offers.count(offer) <= seats[offer] for offer in offers)
        and all(students.count(student) <= at_most for student in students)
    )


def best_by_enumeration(candidates: list[Candidate], seats: dict[str, int], at_most: int) -> Worth:
    return max(
        worth(list(some))
        for size in range(len(candidates) + 1)
        for some in combinations(candidates, size)
        if is_allowed(list(some), seats, at_most)
    )


@given(cases())
@settings(max_examples=100, deadline=None)
def test_it_is_the_best_of_all_there_are(case: tuple[list[Candidate], dict[str, int], int]) -> None:
    candidates, seats, at_most = case
    result = allocate(candidates, seats, at_most=at_most)
    chosen = chosen_of(result, candidates)
    assert is_allowed(chosen, seats, at_most)
    assert worth(chosen) == best_by_enumeration(candidates, seats, at_most)
    assert result.total_score == result.bound == worth(chosen)[3]
    with_place = {one.student for one in chosen}
    assert set(result.without) == {one.student for one in candidates} - with_place
    assert result == allocate(candidates[::-1], seats, at_most=at_most), "told in any order"


@given(cases())
@settings(max_examples=60, deadline=None)
def test_the_value_of_a_seat_is_what_one_more_gains(
    case: tuple[list[Candidate], dict[str, int], int],
) -> None:
    candidates, seats, at_most = case
    result = allocate(candidates, seats, at_most=at_most)
    before = best_by_enumeration(candidates, seats, at_most)
    for offer, more in result.value_of_a_seat.items():
        after = best_by_enumeration(candidates, {**seats, offer: seats[offer] + 1}, at_most)
        gained = tuple(one - other for one, other in zip(after, before, strict=True))
        assert (more.urgent, more.pressing, more.students, more.score) == gained


def random_case(seed: int, students: int, offers: int) -> tuple[list[Candidate], dict[str, int]]:
    chance = Random(seed)  # noqa: S311 - the same case every time
    keys = [f"offer-{number}" for number in range(offers)]
    candidates = [
        Candidate(
            f"student-{student}",
            offer,
            chance.randrange(1_000_001),
            chance.randrange(1, 4),
            chance.choice((None, "glasses", "dental-checkup", "tutoring")),
        )
        for student in range(students)
        for offer in chance.sample(keys, min(offers, 8))
    ]
    return candidates, {key: chance.choice((0, 1, 2, 4)) for key in keys}


def best_by_highs(candidates: list[Candidate], seats: dict[str, int], at_most: int) -> Worth:
    """The same as linear programs, one a level, each held to the best of those before."""
    solver = highspy.Highs()
    solver.silent()
    places = [solver.addVariable(0, 1) for _ in candidates]
    students = sorted({one.student for one in candidates})
    with_any = {student: solver.addVariable(0, 1) for student in students}
    for student in students:
        own = [x for x, one in zip(places, candidates, strict=True) if one.student == student]
        solver.addConstr(sum(own) <= at_most)
        solver.addConstr(with_any[student] <= sum(own))
        for need in {one.need for one in candidates} - {None}:
            same = [x for x, one in zip(places, candidates, strict=True)
                    if (one.student, one.need) == (student, need)]  # fmt: skip
            if same:
                solver.addConstr(sum(same) <= 1)
    for offer, count in seats.items():
        taken = [x for x, one in zip(places, candidates, strict=True) if one.offer == offer]
        if taken:
            solver.addConstr(sum(taken) <= count)

    def total(weights: list[int]) -> object:
        return sum(w * x for w, x in zip(weights, places, strict=True) if w)

    found = []
    for level in (
        total([int(one.urgency == 3) for one in candidates]),
        total([int(one.urgency == 2) for one in candidates]),
        sum(with_any.values()),
        total([one.score for one in candidates]),
    ):
        solver.maximize(level)
        best = round(solver.getObjectiveValue())
        found.append(best)
        solver.addConstr(level >= best)
    return found[0], found[1], found[2], found[3]


@pytest.mark.parametrize(("seed", "at_most"), list(product(range(4), (1, 2))))
def test_it_is_the_optimum_of_the_linear_program(seed: int, at_most: int) -> None:
    candidates, seats = random_case(seed, students=60, offers=25)
    chosen = chosen_of(allocate(candidates, seats, at_most=at_most), candidates)
    assert worth(chosen) == best_by_highs(candidates, seats, at_most)


@pytest.mark.parametrize(("seed", "to_one", "at_most"), list(product(range(3), (0, 1, 8), (1, 2))))
def test_weighing_goals_together_decides_nothing_without_its_proof(
    monkeypatch: pytest.MonkeyPatch, seed: int, to_one: int, at_most: int
) -> None:
    """Weighed so that scores outdo urgency, the proof fails, and goals are solved one by one."""
    candidates, seats = random_case(seed, students=80, offers=25)
    monkeypatch.setattr("matching.flow._TO_ONE", (to_one,))
    promised = [("student-1", "offer-1"), ("student-2", "offer-2")]
    told = allocate(candidates, seats, at_most=at_most, promised=promised)
    monkeypatch.setattr("matching.flow._TO_ONE", ())
    plain = allocate(candidates, seats, at_most=at_most, promised=promised)
    assert worth(chosen_of(told, candidates)) == worth(chosen_of(plain, candidates))
    assert told.value_of_a_seat == plain.value_of_a_seat


def greedy(candidates: list[Candidate], seats: dict[str, int], at_most: int) -> list[Candidate]:
    chosen: list[Candidate] = []
    for one in sorted(candidates, key=lambda one: (-one.urgency, -one.score)):
        if is_allowed([*chosen, one], seats, at_most):
            chosen.append(one)
    return chosen


@pytest.mark.parametrize(("seed", "at_most"), list(product(range(5), (1, 3))))
def test_it_is_never_worse_than_greedy(seed: int, at_most: int) -> None:
    candidates, seats = random_case(seed, students=50, offers=20)
    chosen = chosen_of(allocate(candidates, seats, at_most=at_most), candidates)
    assert worth(chosen) >= worth(greedy(candidates, seats, at_most))


def test_no_need_of_a_student_gets_two_places_a_promised_one_counted() -> None:
    candidates = [
        Candidate("s", "x", 900_000, 3, "glasses"),
        Candidate("s", "y", 500_000, 3, "glasses"),
        Candidate("t", "x", 100_000, 3, "glasses"),
        Candidate("t", "z", 300_000, 3, "dental-checkup"),
    ]
    seats = {"x": 1, "y": 1, "z": 1}
    result = allocate(candidates, seats, at_most=2)
    assert {(one.student, one.offer) for one in result.places} == {
        ("s", "y"),
        ("t", "x"),
        ("t", "z"),
    }
    assert set(result.value_of_a_seat.values()) == {
        MoreSeats(0, 0, 0, 400_000),
        MoreSeats(0, 0, 0, 0),
    }, "another seat at x is better for s; no need is left that has none"
    kept = allocate(candidates, seats, at_most=2, promised=[("s", "y")])
    assert [one.offer for one in kept.places if one.student == "s"] == ["y"]


def test_promised_seats_are_kept_and_take_their_seat_and_place() -> None:
    candidates = [Candidate("a", "x", 900), Candidate("b", "x", 500), Candidate("a", "y", 10)]
    result = allocate(candidates, {"x": 1, "y": 1}, promised=[("b", "x")])
    assert [(one.student, one.offer, one.is_promised) for one in result.places] == [
        ("b", "x", True),
        ("a", "y", False),
    ]
    overbooked = allocate(candidates, {"x": 0, "y": 0}, promised=[("b", "x")])
    assert (overbooked.overbooked, overbooked.without) == (("x",), ("a",))
    assert [one.student for one in overbooked.places] == ["b"]


def test_a_promise_to_a_student_or_an_offer_that_nobody_asks_for_is_kept_too() -> None:
    result = allocate([Candidate("a", "x", 5)], {"x": 2}, promised=[("gone", "x"), ("a", "z")])
    assert len(result.places) == 2, "a's one place is promised, and elsewhere"


def test_brothers_and_sisters_are_together_where_there_are_seats_for_all() -> None:
    candidates = [
        *(Candidate(student, "x", 900) for student in "abc"),
        *(Candidate(student, "y", 600) for student in "abc"),
    ]
    result = allocate(candidates, {"x": 1, "y": 2}, families=[("a", "b")])
    places = {one.student: one.offer for one in result.places}
    assert places == {"a": "y", "b": "y", "c": "x"}
    assert (result.apart, result.total_score, result.bound) == ((), 2100, 2100)
    small = allocate(candidates, {"x": 1, "y": 1}, families=[("a", "b")])
    assert small.apart == (("a", "b"),)
    assert len(small.places) == 2, "placed like others"


def test_being_together_takes_no_seat_from_a_more_urgent_need() -> None:
    candidates = [
        *(Candidate(student, "x", 500_000, 1) for student in "ab"),
        *(Candidate(student, "x", 900_000, 3) for student in "cd"),
    ]
    result = allocate(candidates, {"x": 2}, families=[("a", "b")])
    assert {one.student for one in result.places} == {"c", "d"}
    assert result.apart == (("a", "b"),)
    elsewhere = [*candidates, *(Candidate(student, "y", 1, 3) for student in "cd")]
    moved = allocate(elsewhere, {"x": 2, "y": 2}, families=[("a", "b")])
    assert {one.student: one.offer for one in moved.places} == {
        "a": "x",
        "b": "x",
        "c": "y",
        "d": "y",
    }


def test_being_together_leaves_nobody_without_a_place_for_who_has_a_promised_one() -> None:
    candidates = [Candidate(student, "x", 500) for student in "abc"]
    result = allocate(
        candidates,
        {"x": 2, "p": 2},
        at_most=2,
        promised=[("a", "p"), ("b", "p")],
        families=[("a", "b")],
    )
    assert (result.without, result.apart) == ((), (("a", "b"),))


@given(cases(), st.sampled_from([[("a", "b")], [("a", "b"), ("c", "d")], [("b", "c", "d")]]))
@settings(max_examples=200, deadline=None)
def test_being_together_costs_score_at_most(
    case: tuple[list[Candidate], dict[str, int], int], families: list[tuple[str, ...]]
) -> None:
    candidates, seats, at_most = case
    result = allocate(candidates, seats, at_most=at_most, families=families)
    chosen = chosen_of(result, candidates)
    assert is_allowed(chosen, seats, at_most)
    alone = chosen_of(allocate(candidates, seats, at_most=at_most), candidates)
    assert worth(chosen)[:3] == worth(alone)[:3]
    for family in families:
        if family not in result.apart:
            offers = [{one.offer for one in chosen if one.student == member} for member in family]
            assert set.intersection(*offers), "one offer with a seat for each"


@pytest.mark.parametrize(("seed", "at_most"), list(product(range(4), (1, 2))))
def test_many_families_cost_no_place(seed: int, at_most: int) -> None:
    candidates, seats = random_case(seed, students=60, offers=12)
    given_before = {f"student-{at}" for at in range(0, 60, 7)}
    families = [(f"student-{at}", f"student-{at + 1}") for at in range(0, 40, 2)]
    promised = [(student, f"offer-{at}") for at, student in enumerate(sorted(given_before))]
    told = allocate(candidates, seats, at_most=at_most, promised=promised, families=families)
    alone = allocate(candidates, seats, at_most=at_most, promised=promised)
    assert worth(chosen_of(told, candidates))[:2] == worth(chosen_of(alone, candidates))[:2]
    assert len({one.student for one in told.places}) == len({one.student for one in alone.places})
    assert 0 < len(told.apart) < len(families)
    assert told.total_score <= told.bound == alone.total_score


def test_the_price_of_togetherness_is_told() -> None:
    candidates = [
        Candidate("a", "x", 900),
        Candidate("b", "y", 900),
        *(Candidate(student, "z", 100) for student in "ab"),
    ]
    result = allocate(candidates, {"x": 1, "y": 1, "z": 2}, families=[("a", "b")])
    assert (result.total_score, result.bound) == (200, 1800)


def test_a_seat_too_many_is_worth_nothing() -> None:
    result = allocate([Candidate("a", "x", 5)], {"x": 1, "y": 3})
    assert set(result.value_of_a_seat.values()) == {MoreSeats(0, 0, 0, 0)}
    assert allocate([], {}).places == ()


@pytest.mark.parametrize(
    ("candidates", "seats", "more", "says"),
    [
        ([Candidate("a", "x", 1)], {}, {}, "'x'"),
        ([Candidate("a", "x", 1)], {"x": -1}, {}, "negative"),
        ([Candidate("a", "x", 1)], {"x": 1}, {"at_most": -1}, "negative"),
        ([Candidate("a", "x", 1), Candidate("a", "x", 2)], {"x": 1}, {}, "twice"),
        ([Candidate("a", "x", -1)], {"x": 1}, {}, "score"),
        ([Candidate("a", "x", 1, 4)], {"x": 1}, {}, "urgency"),
        ([], {}, {"families": [("a", "b"), ("b", "c")]}, "two families"),
    ],
)
def test_a_case_that_cannot_be_is_refused(
    candidates: list[Candidate], seats: dict[str, int], more: dict, says: str
) -> None:
    with pytest.raises(AllocationError, match=says):
        allocate(candidates, seats, **more)
