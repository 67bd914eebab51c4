"""The invented partners are whole, plainly invented, reach nobody real, and serve what plans name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from catalog.eligibility import check_facts
from catalog.taxonomy import needs, term
from catalog.vocabulary import ACCESS_NEEDS, ELIGIBILITY_EFFECTS, SERVICE_STATUSES, WEEKDAYS
from seeds import files
from seeds.partners import LANGUAGE_NAMES, demo_organizations, season_dates
from seeds.places import places, schools

# Hamilton County's box, in degrees: south, north, west, east.
SOUTH, NORTH, WEST, EAST = 34.98, 35.46, -85.48, -84.93

FICTIONAL_PHONE = re.compile(r"423-555-01\d\d")
FICTIONAL_DOMAIN = re.compile(r"(?:@|https://)[a-z0-9-]+\.example\.org$")

ORGANIZATIONS = list(demo_organizations())


def services() -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for organization in ORGANIZATIONS:
        for service in organization["services"]:
            yield organization, service


def serving(code: str) -> list[str]:
    return [
        service["name"]
        for _, service in services()
        if code in (*service["needs"], *service.get("interests", ()))
    ]


def test_there_are_enough_to_choose_from() -> None:
    assert len(ORGANIZATIONS) >= 60
    assert sum(1 for _ in services()) >= 150


@pytest.mark.parametrize("field", ["organization", "slug", "phone", "email"])
def test_no_two_organizations_are_the_same(field: str) -> None:
    values = [organization[field].casefold() for organization in ORGANIZATIONS]
    assert [value for value, count in Counter(values).items() if count > 1] == []


def test_each_says_that_it_is_a_sample() -> None:
    for organization in ORGANIZATIONS:
        assert organization["description"].endswith("Sample data.")
    for _, service in services():
        assert service["description"].endswith("Sample data.")
        assert service["description_es"].endswith("Datos de muestra.")


def test_telephone_numbers_are_those_kept_for_fiction() -> None:
    for organization in ORGANIZATIONS:
        assert FICTIONAL_PHONE.fullmatch(organization["phone"])
    for name in ("featured.yaml", *files.names_below("partners")):
        numbers = re.findall(r"\d{3}-\d{3}-\d{4}", str(files.read(name)))
        assert [number for number in numbers if not FICTIONAL_PHONE.fullmatch(number)] == []


def test_mail_and_web_addresses_are_those_kept_for_examples() -> None:
    for organization, service in services():
        for address in (organization["email"], organization["website"], service["referral_email"]):
            assert FICTIONAL_DOMAIN.search(address), address


def test_every_code_is_a_term_of_the_vocabulary_that_it_is_used_from() -> None:
    for _, service in services():
        assert service["needs"], service["name"]
        for code in service["needs"]:
            assert term(code).vocabulary == "needs", (service["name"], code)
        for code in service.get("interests", ()):
            assert term(code).vocabulary == "interests", (service["name"], code)


def test_every_area_of_need_has_partners() -> None:
    served = {term(code).area for _, service in services() for code in service["needs"]}
    assert {one.code for one in needs() if one.parent is None} == served


@pytest.mark.parametrize("code", ["toothache", "glasses", "volleyball", "lego"])
def test_the_principals_words_can_come_true(code: str) -> None:
    assert serving(code)


def test_daisy_has_its_lego_club() -> None:
    assert any(
        "lego" in service.get("interests", ()) and "03300050" in service.get("schools", ())
        for _, service in services()
    )


def test_eligibility_rules_are_ones_that_the_catalog_takes() -> None:
    for _, service in services():
        for rule in service["eligibility"]:
            assert check_facts(rule["kind"], rule["facts"])
            assert rule.get("effect", "require") in ELIGIBILITY_EFFECTS


def test_places_lie_in_the_county_and_shelters_have_no_street() -> None:
    for organization in ORGANIZATIONS:
        for place in organization["places"]:
            assert place["zip"] in places()
            assert set(place.get("access", ())) <= set(ACCESS_NEEDS)
            if place.get("is_confidential"):
                assert "street" not in place
                assert "point" not in place
            else:
                latitude, longitude = place["point"]
                assert SOUTH < latitude < NORTH
                assert WEST < longitude < EAST


def test_every_service_is_somewhere_or_online_and_open_some_time() -> None:
    for organization, service in services():
        spots = service.get("places", [])
        assert bool(spots) != service.get("is_virtual", False), service["name"]
        assert all(spot < len(organization["places"]) for spot in spots), service["name"]
        assert service["hours"], service["name"]
        for hours in service["hours"]:
            assert set(hours["days"]) <= set(WEEKDAYS)
            assert hours["opens"] < hours["closes"], service["name"]


def test_the_remaining_words_are_the_catalogs() -> None:
    school_codes = {school.code for school in schools()}
    for organization, service in services():
        assert set(organization["languages"]) <= set(LANGUAGE_NAMES)
        assert set(service.get("schools", ())) <= school_codes
        assert service.get("status", "active") in SERVICE_STATUSES


def test_openings_show_every_kind_that_a_plan_manager_meets() -> None:
    """Free, full, stale, not told, and a waitlist: so that the demonstration shows them all."""
    told = [service["capacity"] for _, service in services() if "capacity" in service]
    assert any(one["available"] > 0 and one["days_ago"] < 21 for one in told)
    assert any(one["available"] == 0 for one in told)
    assert any(one["days_ago"] > 60 for one in told)
    assert all(one["available"] <= one["maximum"] for one in told)
    assert any("capacity" not in service for _, service in services())
    assert any(service.get("has_waitlist") for _, service in services())


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 5, 1), (date(2026, 6, 1), date(2026, 8, 10))),
        (date(2026, 8, 10), (date(2026, 6, 1), date(2026, 8, 10))),
        (date(2026, 8, 11), (date(2027, 6, 1), date(2027, 8, 10))),
    ],
)
def test_a_season_is_this_one_or_the_next(today: date, expected: tuple[date, date]) -> None:
    assert season_dates({"from": "06-01", "to": "08-10"}, today) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 12, 24), (date(2026, 11, 1), date(2027, 3, 31))),
        (date(2027, 1, 5), (date(2026, 11, 1), date(2027, 3, 31))),
        (date(2027, 4, 1), (date(2027, 11, 1), date(2028, 3, 31))),
    ],
)
def test_a_winter_season_runs_over_the_new_year(today: date, expected: tuple[date, date]) -> None:
    assert season_dates({"from": "11-01", "to": "03-31"}, today) == expected
