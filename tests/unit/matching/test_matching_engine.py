"""The engine's answers equal a plain-Python oracle made of the scalar definitions, ties included."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching.engine import Engine
from matching.errors import CatalogError, MatchingError, ProfileError, UnknownOfferError
from matching.question import Question
from matching.rules import RULES, apply_change, judge_all, refusals
from matching.scorers import interest, need, parts_of
from matching.types import (
    Exclusion,
    Hours,
    Interest,
    Match,
    Need,
    Offer,
    Point,
    Profile,
    Range,
    Verdict,
)
from tests.unit.matching.strategies import (
    BROADER,
    PARAMETERS,
    TODAY,
    catalogs,
    engine,
    faulty_offers,
    loads,
    presets,
    profiles,
    question,
    ranges,
)

LAW = settings(max_examples=100, deadline=None)
Plain = list[tuple[str, int, int]]


def is_considered(offer: Offer, asked: Question) -> bool:
    return any(scorer.CRITERION.value(offer, asked).value > 0 for scorer in (need, interest))


def plain_ranking(catalog: list[Offer], asked: Question) -> Plain:
    """Key, score and number of questions of every offer that fits, best first."""
    fitting = []
    for offer in catalog:
        reasons = judge_all(offer, asked)
        if is_considered(offer, asked) and not refusals(reasons):
            score = sum(part.weight * part.value for part in parts_of(offer, asked))
            fitting.append((offer.key, score, len(reasons)))
    return sorted(fitting, key=lambda row: (-row[1], row[2], row[0]))


def told(matches: tuple[Match, ...]) -> Plain:
    return [(match.offer.key, match.score, len(match.questions)) for match in matches]


@given(catalogs(max_size=8), profiles, loads, presets, st.integers(0, 9))
@LAW
def test_a_ranking_is_what_the_definitions_say(
    catalog: list[Offer], profile: Profile, load: dict[str, int], preset: str, k: int
) -> None:
    asked = question(profile, catalog, load=load, preset=preset)
    expected = plain_ranking(catalog, asked)
    considered = [offer for offer in catalog if is_considered(offer, asked)]
    ranking = engine(catalog, preset).rank(profile, k, on=TODAY, load=load)
    assert told(ranking.matches) == expected[:k]
    assert [match.rank for match in ranking.matches] == list(range(1, len(ranking.matches) + 1))
    assert (ranking.considered, ranking.excluded) == (
        len(considered),
        len(considered) - len(expected),
    )
    assert ranking.parameters_version == PARAMETERS[preset].version


@given(catalogs(), profiles, loads)
@LAW
def test_the_parts_of_a_match_add_up_to_its_score(
    catalog: list[Offer], profile: Profile, load: dict[str, int]
) -> None:
    for match in engine(catalog).rank(profile, 10, on=TODAY, load=load).matches:
        assert match.score == sum(part.points for part in match.parts)
        assert sum(part.weight for part in match.parts) == 1000
        assert all(0 <= part.value <= 1000 for part in match.parts)
        assert all(part.points == part.weight * part.value for part in match.parts)


@given(catalogs(), profiles, loads)
@LAW
def test_every_considered_offer_is_ranked_or_excluded_with_a_reason(
    catalog: list[Offer], profile: Profile, load: dict[str, int]
) -> None:
    built = engine(catalog)
    ranking = built.rank(profile, 10, on=TODAY, load=load)
    exclusions = built.exclusions(profile, on=TODAY, load=load)
    assert len(exclusions) == ranking.excluded
    assert built.exclusions(profile, on=TODAY, load=load, limit=2) == exclusions[:2]
    for match in ranking.matches:
        assert all(one.verdict is Verdict.UNKNOWN for one in match.questions)
        assert built.explain_absence(profile, match.offer.key, on=TODAY, load=load) == match
    for exclusion in exclusions:
        assert exclusion.reasons
        assert all(one.verdict is Verdict.NO for one in exclusion.reasons)
        absence = built.explain_absence(profile, exclusion.offer.key, on=TODAY, load=load)
        assert absence == exclusion
    ranked = {match.offer.key for match in ranking.matches}
    refused = {exclusion.offer.key for exclusion in exclusions}
    for offer in catalog:
        if offer.key not in ranked | refused:
            absence = built.explain_absence(profile, offer.key, on=TODAY, load=load)
            assert isinstance(absence, Exclusion)
            assert absence.reasons[0].code == "not_asked_for"


@given(catalogs(max_size=8), profiles, loads)
@LAW
def test_with_the_change_of_a_near_miss_applied_it_matches(
    catalog: list[Offer], profile: Profile, load: dict[str, int]
) -> None:
    built = engine(catalog)
    excluded = built.exclusions(profile, on=TODAY, load=load)
    reasons = {one.offer.key: one.reasons for one in excluded}
    for miss in built.near_misses(profile, on=TODAY, load=load):
        assert reasons[miss.offer.key] == (miss.reason,), "one rule only refuses it"
        changed, offer, on = apply_change(profile, miss.offer, TODAY, miss.change)
        after = [offer if one.key == offer.key else one for one in catalog]
        matches = engine(after).rank(changed, 10, on=on, load=load).matches
        assert offer.key in {match.offer.key for match in matches}


@given(
    age=st.floats(4, 18),
    grade=st.integers(-1, 12),
    ages=ranges,
    grades=st.none() | ranges,
    on=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
)
@example(age=5.9, grade=5, ages=(Range(6, 12),), grades=None, on=TODAY)
@example(age=11.0, grade=5, ages=(), grades=(Range(6, 8),), on=date(2026, 8, 1))
@example(age=11.0, grade=5, ages=(), grades=(Range(6, 8),), on=date(2026, 7, 31))
@settings(max_examples=200, deadline=None)
def test_waiting_is_told_for_the_first_day_that_matches(
    age: float,
    grade: int,
    ages: tuple[Range, ...],
    grades: tuple[Range, ...] | None,
    on: date,
) -> None:
    offer = Offer("a", "s", "o", categories=("dental",), ages=ages, grades=grades)
    profile = Profile("p", age=age, grade=grade, needs=(Need("dental"),))
    built = engine([offer])
    for miss in built.near_misses(profile, on=on):
        later, _, day = apply_change(profile, offer, on, miss.change)
        assert later.age is not None
        assert day == miss.change.facts["on"]
        assert built.rank(later, 1, on=day).matches
        school_year_begins = later.grade != grade and (day.month, day.day) == (8, 1)
        eve = replace(
            later,
            age=max(age, later.age - 1 / 365.2425),
            grade=grade if miss.reason.rule == "grade" else later.grade,
        )
        assert miss.reason.rule != "grade" or school_year_begins
        assert not built.rank(eve, 1, on=day - timedelta(days=1)).matches


@given(catalogs(), profiles, loads)
@LAW
def test_rank_many_is_rank_for_each(
    catalog: list[Offer], profile: Profile, load: dict[str, int]
) -> None:
    built = engine(catalog)
    others = [profile, replace(profile, needs=(Need("dental"),)), replace(profile, travel=None)]
    many = built.rank_many(others, 3, on=TODAY, load=load)
    assert many == [built.rank(one, 3, on=TODAY, load=load) for one in others]


@given(catalogs(), profiles, st.sampled_from(["female", "male", None]))
@LAW
def test_gender_moves_no_rank_where_no_program_restricts_by_it(
    catalog: list[Offer], profile: Profile, gender: str | None
) -> None:
    built = engine([replace(offer, gender=None) for offer in catalog])
    one = built.rank(profile, 10, on=TODAY)
    other = built.rank(replace(profile, gender=gender), 10, on=TODAY)
    assert one == other


@given(catalogs(), profiles)
@LAW
def test_access_needs_and_situations_move_no_score(catalog: list[Offer], profile: Profile) -> None:
    """They may ask or exclude where a program says so, and never make a match worth less."""
    built = engine(catalog)
    plain = replace(profile, access_needs=frozenset(), situations=frozenset())
    scores = {one.offer.key: one.score for one in built.rank(plain, 10, on=TODAY).matches}
    for match in built.rank(profile, 10, on=TODAY).matches:
        assert scores.get(match.offer.key, match.score) == match.score


def test_a_profile_has_no_protected_attribute_but_those_a_program_may_restrict_by() -> None:
    protected = {"race", "ethnicity", "religion", "disability", "immigration", "sex", "name"}
    assert protected.isdisjoint(Profile.__slots__)


@given(profiles)
@LAW
def test_a_fact_that_is_not_known_never_excludes(profile: Profile) -> None:
    """An offer of which nothing is stated is asked about, never refused."""
    bare = Offer("a", "unreferred", "partner", categories=("dental",))
    asked = replace(profile, needs=(Need("dental"),))
    assert [m.offer.key for m in engine([bare]).rank(asked, 1, on=TODAY).matches] == ["a"]


@given(catalogs())
@LAW
def test_a_profile_of_which_nothing_is_known_is_refused_only_for_the_offer(
    catalog: list[Offer],
) -> None:
    profile = Profile("student", needs=(Need("dental"), Need("food")))
    allowed = {"listing", "active", "season", "openings", "cap"}
    for exclusion in engine(catalog).exclusions(profile, on=TODAY):
        assert {reason.rule for reason in exclusion.reasons} <= allowed


@given(st.lists(faulty_offers(), max_size=1), profiles)
@LAW
def test_a_contradictory_listing_is_left_out_with_only_that_reason(
    catalog: list[Offer], profile: Profile
) -> None:
    built = engine(catalog)
    assert built.rank(profile, 5, on=TODAY).matches == ()
    assert built.near_misses(profile, on=TODAY) == []
    for exclusion in built.exclusions(profile, on=TODAY):
        assert [reason.code for reason in exclusion.reasons] == ["contradictory"]


def test_a_plan_that_asks_nothing_ranks_nothing() -> None:
    ranking = engine([Offer("a", "s", "o", categories=("dental",))]).rank(
        Profile("student"), 5, on=TODAY
    )
    assert (ranking.matches, ranking.considered) == ((), 0)


def test_the_same_match_with_a_doubt_stands_below_the_one_without() -> None:
    sure = Offer("b", "s", "o", categories=("dental",), ages=(), languages=frozenset())
    doubtful = replace(sure, key="a", ages=None)
    profile = Profile("student", needs=(Need("dental"),), age=9)
    matches = engine([doubtful, sure]).rank(profile, 2, on=TODAY).matches
    assert [match.offer.key for match in matches] == ["b", "a"]
    assert matches[0].score == matches[1].score


def test_equal_offers_stand_in_the_order_of_their_keys() -> None:
    catalog = [Offer(key, "s", "o", categories=("dental",)) for key in ("c", "a", "b")]
    matches = engine(catalog).rank(Profile("p", needs=(Need("dental"),)), 2, on=TODAY).matches
    assert [match.offer.key for match in matches] == ["a", "b"]


def test_only_what_was_asked_has_a_part() -> None:
    built = engine([Offer("a", "s", "o", categories=("dental",), interests=("chess",))])
    both = PARAMETERS["balanced"].weights["need"] + PARAMETERS["balanced"].weights["interest"]
    for profile, criterion in (
        (Profile("p", needs=(Need("dental"),)), "need"),
        (Profile("p", interests=(Interest("chess"),)), "interest"),
    ):
        (match,) = built.rank(profile, 1, on=TODAY).matches
        asked = [part for part in match.parts if part.criterion in {"need", "interest"}]
        assert [(part.criterion, part.weight) for part in asked] == [(criterion, both)]


def test_a_change_that_another_rule_would_refuse_is_no_near_miss() -> None:
    """In a year the student is old enough, and the program has ended."""
    offer = Offer("a", "s", "o", categories=("dental",), ages=(Range(10, 12),))
    profile = Profile("p", age=9.5, needs=(Need("dental"),))
    ending = replace(offer, season=(None, TODAY))
    assert len(engine([offer]).near_misses(profile, on=TODAY)) == 1
    assert engine([ending]).near_misses(profile, on=TODAY) == []


def test_an_offer_that_two_rules_refuse_is_no_near_miss_though_one_wait_turns_both() -> None:
    soon = TODAY + timedelta(days=30)
    offer = Offer("a", "s", "o", categories=("dental",), season=(soon, None))
    profile = Profile("p", needs=(Need("dental"),), declined={"s": soon})
    assert engine([offer]).near_misses(profile, on=TODAY) == []
    assert len(engine([offer]).near_misses(replace(profile, declined={}), on=TODAY)) == 1


def test_near_misses_come_best_first_and_no_more_than_asked() -> None:
    catalog = [
        Offer(key, "s", "o", categories=("dental",), ages=(Range(10, 12),), fee_cents=fee)
        for key, fee in (("a", 5000), ("b", 0), ("c", 100))
    ]
    misses = engine(catalog).near_misses(
        Profile("p", age=9.5, needs=(Need("dental"),)), on=TODAY, limit=2
    )
    assert [miss.offer.key for miss in misses] == ["b", "c"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("age", -1.0),
        ("age", float("nan")),
        ("grade", 99),
        ("home", Point(float("nan"), 0)),
        ("school_point", Point(91, 0)),
        ("county", "Hamilton"),
        ("county", "Hamilton, "),
        ("income_percent", -5),
        ("travel", "rocket"),
        ("free_hours", (Hours(7, 0, 10),)),
        ("free_hours", (Hours(1, 60, 60),)),
        ("needs", (Need("dental", 4),)),
        ("interests", (Interest("chess", 0),)),
    ],
)
def test_a_profile_that_no_student_can_have_is_refused_by_field(field: str, value: object) -> None:
    profile = replace(Profile("student"), **{field: value})
    with pytest.raises(ProfileError, match=r"^Nothing can be matched .* Correct it in") as refused:
        engine([]).rank(profile, 3, on=TODAY)
    assert refused.value.field == field
    assert "_" not in str(refused.value), "people read it"
    assert "rocket" not in str(refused.value), "a message tells no student's data"


def test_errors_say_what_is_wrong() -> None:
    profile = Profile("student")
    with pytest.raises(UnknownOfferError, match="'gone'"):
        engine([]).explain_absence(profile, "gone", on=TODAY)
    with pytest.raises(MatchingError, match="-1"):
        engine([]).rank(profile, -1, on=TODAY)
    twice = [Offer("a", "s", "o"), Offer("a", "t", "o")]
    with pytest.raises(CatalogError, match="'a'"):
        engine(twice)
    with pytest.raises(CatalogError, match="own ancestor"):
        Engine([], PARAMETERS["balanced"], {**BROADER, "health": "braces"})


def test_the_listing_rule_is_asked_first() -> None:
    assert RULES[0].name == "listing", "the columns of a contradictory listing are empty"
    assert len(RULES) < 64, "the order of a ranking keeps the number of questions in six bits"
