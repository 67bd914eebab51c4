"""A goal's words name what could help where its domain allows it; else the domain does."""

from __future__ import annotations

import pytest

from catalog.taxonomy import term
from catalog.taxonomy.goals import goal_domains, terms_of_goal


@pytest.mark.parametrize(
    ("text", "domain", "codes", "is_heard"),
    [
        ("See a dentist this semester", "health", ("dental-checkup",), True),
        ("Get glasses and wear them", "health", ("glasses",), True),
        ("Have a warm coat by winter", "key-resources", ("winter-coat",), True),
        ("Learn an instrument", "enrichment", ("music", "arts-class"), True),
        ("Raise my math grade by one letter", "academics", ("math-tutoring",), True),
        pytest.param(
            "Work out a disagreement with words",
            "relationship-skills",
            ("belonging-group", "social-skills-group", "mentoring"),
            False,
            id="nobody asks for a gym here",
        ),
        (
            "Be on time four days of five",
            "attendance",
            ("attendance-mentoring", "school-ride"),
            False,
        ),
        ("Be kinder", "a domain of another district", (), False),
        ("", "attendance", ("attendance-mentoring", "school-ride"), False),
    ],
)
def test_what_could_help(text: str, domain: str, codes: tuple[str, ...], is_heard: bool) -> None:
    found = terms_of_goal(text, domain)
    assert (found.codes, found.is_heard, found.crisis) == (codes, is_heard, None)


def test_words_of_crisis_ask_for_nothing_else() -> None:
    found = terms_of_goal("I want to kill myself", "self-management")
    assert found.crisis
    assert found.codes == ()


def test_every_domain_stands_with_labels_and_terms_that_exist() -> None:
    for domain in goal_domains().values():
        assert domain.en
        assert domain.es
        assert domain.terms
        assert all(term(code) for code in domain.terms)
