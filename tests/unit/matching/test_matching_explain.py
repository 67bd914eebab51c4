"""Every code has words in English and Spanish, and facts come out as people write them."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given, settings

from matching import together
from matching.checks import contradiction
from matching.errors import MatchingError
from matching.explain import LANGUAGES, criterion_name, rule_name, sentence, words_of
from matching.phrasing import PHRASE_OF
from matching.rule import no
from matching.rules import RULE_OF, RULES, judge_all, smallest_change
from matching.scorers import CRITERIA, parts_of
from matching.types import Hours, Offer, Part, Point, Profile, Range, Reason, Residence, Verdict
from tests.unit.matching.cases import (
    CHANGE_CASES,
    HERE,
    RULE_CASES,
    SCORER_CASES,
    offer_with,
    profile_with,
)
from tests.unit.matching.strategies import (
    TODAY,
    catalogs,
    engine,
    faulty_offers,
    profiles,
    question,
)

RAW = re.compile(r"[{}_\[\]]|None|frozenset|Range|Hours\(|datetime|\d\.\d{2,}|  ")


def said_in_the_tables() -> list[Reason | Part]:
    """Every reason, change and part that the tables of cases bring out."""
    said: list[Reason | Part] = [no("purpose", "not_asked_for")]
    for rule, rows in [*RULE_CASES.items(), *CHANGE_CASES.items()]:
        for offer_facts, facts, _ in rows:
            offer, profile = offer_with(offer_facts), profile_with(facts)
            asked = question(profile, [offer], load={"service": 2})
            reason = RULE_OF[rule].judge(offer, asked)
            if reason is not None:
                said.append(reason)
                change = smallest_change(offer, reason, asked)
                said += [change] if change and reason.verdict is Verdict.NO else []
    for name, scored in SCORER_CASES.items():
        for offer_facts, facts, _, _ in scored:
            offer, profile = offer_with(offer_facts), profile_with(facts)
            criterion = next(one for one in CRITERIA if one.name == name)
            value = criterion.value(offer, question(profile, [offer]))
            said.append(Part(name, 0, value.value, 0, value.is_known, value.code, value.facts))
    return said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_and_every_word_a_code(language: str) -> None:
    words = words_of(language)
    codes = {code for rule in RULES for code in rule.codes}
    assert set(words["no"]) | set(words["ask"]) == codes | {"not_asked_for"}
    assert set(words["no"]).isdisjoint(words["ask"])
    assert set(words["change"]) == {code for rule in RULES for code in rule.change_codes}
    assert set(words["part"]) == {code for criterion in CRITERIA for code in criterion.codes}
    assert set(words["together"]) == set(together.CODES)
    assert set(words["rules"]) == {*RULE_OF, "purpose"}
    assert set(words["criteria"]) == {criterion.name for criterion in CRITERIA}


def test_both_languages_say_the_same_things_with_the_same_facts() -> None:
    english, spanish = words_of("en"), words_of("es")
    for table in (
        "no",
        "ask",
        "change",
        "part",
        "together",
        "rules",
        "criteria",
        "fields",
        "forms",
        "terms",
    ):
        assert set(english[table]) == set(spanish[table]), table
    for table in ("no", "ask", "change", "part", "together", "forms"):
        for code, text in english[table].items():
            assert placeholders(text) == placeholders(spanish[table][code]), code


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_in_the_tables_is_told_in_whole_plain_sentences(language: str) -> None:
    for one in said_in_the_tables():
        text = sentence(one, language)
        assert not RAW.search(text), text
        assert text[0].isupper() or text[0].isdigit() or text[0] in "$¿", text
        assert text.endswith((".", "?")), text


@given(catalogs(), profiles)
@settings(max_examples=60, deadline=None)
def test_whatever_the_engine_says_can_be_told(catalog: list[Offer], profile: Profile) -> None:
    built = engine(catalog)
    said: list[Reason | Part] = []
    for match in built.rank(profile, 10, on=TODAY).matches:
        said += [*match.parts, *match.questions]
    for exclusion in built.exclusions(profile, on=TODAY):
        said += exclusion.reasons
    for miss in built.near_misses(profile, on=TODAY):
        said += [miss.reason, miss.change]
    for one in said:
        for language in LANGUAGES:
            assert not RAW.search(sentence(one, language)), one


@given(faulty_offers())
@settings(max_examples=60, deadline=None)
def test_every_field_that_can_contradict_itself_has_a_name(offer: Offer) -> None:
    wrong = contradiction(offer)
    assert wrong in words_of("en")["fields"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_say_whom_to_ask(language: str) -> None:
    begin = {"en": "Ask the ", "es": "Pregunte a la "}[language]
    for text in words_of(language)["ask"].values():
        assert text.startswith(begin)
        assert "?" in text


def test_every_placeholder_has_a_phrase() -> None:
    words = words_of("en")
    for table in ("no", "ask", "change", "part", "together"):
        for text in words[table].values():
            assert placeholders(text) <= {*PHRASE_OF, "area"}, text


@pytest.mark.parametrize(
    ("rule", "offer_facts", "facts", "english", "spanish"),
    [
        (
            "age",
            {"ages": (Range(6, 12), Range(15, None))},
            {"age": 5.9},
            "It takes ages 6 to 12 or 15 and up. The student is 5: not old enough yet.",
            "Recibe estas edades: 6 a 12 o 15 o más. El estudiante tiene 5: todavía es muy joven.",
        ),
        (
            "grade",
            {"grades": (Range(6, 8),)},
            {"grade": 0},
            "It takes grades 6 to 8. The student is in kindergarten.",
            "Recibe: grados 6 a 8. El estudiante está en kínder.",
        ),
        (
            "reach",
            {"point": Point(35.08, -85.30)},
            {"home": Point(35.05, -85.30), "travel": "foot"},
            "It is 2.1 miles away, 0.6 miles past walking reach.",
            "Está a 2.1 millas, 0.6 millas más de lo que se puede caminar.",
        ),
        (
            "free_time",
            {"hours": (Hours(1, 930, 1020), Hours(3, 930, 1020), Hours(5, 540, 720))},
            {"free_hours": ()},
            (
                "It is open Tuesday and Thursday, 3:30 pm to 5 pm; Saturday, 9 am to 12 pm."
                " The student is free then for 0 minutes. It takes 1 hour."
            ),
            None,
        ),
        (
            "language",
            {"languages": frozenset({"en"}), "has_interpreter": False},
            {"languages": ("es", "vi")},
            (
                "Staff speak English, and there is no interpreter."
                " The family speaks Spanish and Vietnamese."
            ),
            "El personal habla inglés y no hay intérprete. La familia habla español y vietnamita.",
        ),
    ],
)
def test_facts_come_out_as_people_write_them(
    rule: str,
    offer_facts: dict[str, Any],
    facts: dict[str, Any],
    english: str,
    spanish: str | None,
) -> None:
    offer, profile = offer_with(offer_facts), profile_with(facts)
    reason = RULE_OF[rule].judge(offer, question(profile, [offer]))
    assert reason is not None
    assert sentence(reason) == english
    assert spanish is None or sentence(reason, "es") == spanish


def test_spanish_joins_by_sound() -> None:
    reason = Reason(
        "language",
        Verdict.NO,
        "language_not_served",
        {"languages": ("es", "en"), "spoken": ("fr",)},
    )
    assert "español e inglés" in sentence(reason, "es")


def test_a_county_is_told_with_its_state_and_what_is_no_county_as_it_stands() -> None:
    counties = ("Hamilton, TN", "Orleans, LA", "Carson City, NV")
    reason = Reason("residence", Verdict.NO, "outside_area", {"counties": counties})
    assert "only Hamilton County, TN, Orleans, LA or Carson City, NV." in sentence(reason)
    assert "el condado de Hamilton, TN," in sentence(reason, "es")


def test_a_student_without_a_home_is_not_asked_where_it_is() -> None:
    """Neither for the area served nor for the way, in either language."""
    homeless = profile_with({"situations": frozenset({"homeless"})})
    offer = offer_with(
        {"point": HERE, "residence": Residence(counties=frozenset({"Hamilton, TN"}))}
    )
    reasons = judge_all(offer, question(homeless, [offer]))
    told = [sentence(one, language) for one in reasons for language in ("en", "es")]
    assert "Ask the family: how would the student get there? A ride may be needed." in told
    assert not [one for one in told if "where do you live" in one or "dónde viven" in one]


def test_a_long_list_is_cut_and_counted() -> None:
    zips = tuple(str(37400 + number) for number in range(20))
    reason = Reason("residence", Verdict.NO, "outside_area", {"zip_codes": zips})
    assert sentence(reason) == (
        "It serves only ZIP codes 37400, 37401, 37402, 37403, 37404 and 15 more."
        " The family lives outside it."
    )


def test_the_callers_names_are_used() -> None:
    offer = offer_with({"categories": ("braces",)})
    profile = profile_with(SCORER_CASES["need"][0][1])
    part = parts_of(offer, question(profile, [offer]))[0]
    assert sentence(part, names={"braces": "Braces for teeth"}) == (
        "Serves exactly this need: Braces for teeth (urgent)."
    )


def test_names_of_rules_and_criteria() -> None:
    assert (criterion_name("closeness"), criterion_name("closeness", "es")) == (
        "Closeness",
        "Cercanía",
    )
    assert (rule_name("reach"), rule_name("reach", "es")) == ("Distance", "Distancia")


def test_a_language_without_words_is_an_error() -> None:
    with pytest.raises(MatchingError, match="'fr'"):
        sentence(no("purpose", "not_asked_for"), "fr")
