"""Catalog rows become offers: a table of what each row means, and dirt that never stops it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from app.recommendations.eligibility import Eligibility, eligibility_of
from app.recommendations.hours import hours_of, season_of
from app.recommendations.offers import OfferList, offers_of
from catalog.models import (
    Accessibility,
    Attribute,
    CostOption,
    EligibilityRule,
    Language,
    Location,
    Organization,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceIntake,
    TaxonomyTerm,
)
from matching.types import Hours, Offer, Openings, Point, Range, Residence

ON = date(2026, 10, 13)
AFTERNOON = {"opens_at": time(15), "closes_at": time(17)}


def rule(kind: str, effect: str = "require", **facts: Any) -> EligibilityRule:
    return EligibilityRule(id=uuid.uuid4(), kind=kind, effect=effect, facts=facts)


def service(**facts: Any) -> Service:
    """A service of an active partner, labelled with nothing."""
    return Service(
        **{
            "id": uuid.uuid4(),
            "name": "A service",
            "status": "active",
            "organization_id": uuid.uuid4(),
            "organization": Organization(name="A partner", is_active=True),
            **facts,
        }
    )


def at(one: Service, **location: Any) -> ServiceAtLocation:
    """The service at one more place."""
    place = Location(**{"location_type": "physical", "is_confidential": False, **location})
    return ServiceAtLocation(
        id=uuid.uuid4(), service_id=one.id, service=one, location=place, is_listed=True
    )


def offer_of(one: Service, **location: Any) -> Offer:
    at(one, **location)
    (offer,) = offers_of([one], on=ON).offers
    return offer


def label(one: Service, *codes: str | None) -> Service:
    one.__dict__["attributes"] = [
        Attribute(
            link_id=one.id, link_entity="service", taxonomy_term=TaxonomyTerm(code=code, name="x")
        )
        for code in codes
    ]
    return one


TRIANGLE = ((35.0, -85.0), (35.1, -85.0), (35.0, -85.1))
ELIGIBILITY: list[tuple[list[EligibilityRule], dict[str, Any]]] = [
    ([], {}),
    ([rule("age", low=6, high=8), rule("age", low=12)], {"ages": {Range(6, 8), Range(12, None)}}),
    ([rule("anyone", axis="age")], {"ages": set()}),
    ([rule("grade", low=0, high=5)], {"grades": {Range(0, 5)}}),
    ([rule("anyone", axis="grade")], {"grades": set()}),
    (
        [rule("residence", zips=["37404"]), rule("residence", counties=["Hamilton, TN"])],
        {
            "residence": Residence(
                zip_codes=frozenset({"37404"}), counties=frozenset({"Hamilton, TN"})
            )
        },
    ),
    ([rule("residence", statewide="TN")], {"residence": Residence(statewide="TN")}),
    (
        [rule("residence", centre=[35.0, -85.0], radius_metres=5000)],
        {"residence": Residence(centre=Point(35.0, -85.0), radius_metres=5000)},
    ),
    (
        [rule("residence", polygon=[list(corner) for corner in TRIANGLE])],
        {"residence": Residence(polygon=tuple(Point(*corner) for corner in TRIANGLE))},
    ),
    ([rule("anyone", axis="residence")], {"residence": Residence()}),
    ([rule("school", schools=["1", "2"])], {"schools": {"1", "2"}}),
    (
        [rule("insurance", accepted=["tenncare"]), rule("insurance", accepted=["none"])],
        {"insurance": {"tenncare", "none"}},
    ),
    ([rule("anyone", axis="insurance")], {"insurance": set()}),
    ([rule("income", ceiling_percent=200)], {"income_ceiling": 200}),
    ([rule("situation", any_of=["homeless"])], {"situations_required": {"homeless"}}),
    ([rule("situation", "bar", any_of=["foster"])], {"situations_barred": {"foster"}}),
    ([rule("gender", only="female")], {"gender": "female"}),
]


@pytest.mark.parametrize(("rules", "expected"), ELIGIBILITY)
def test_each_rule_fills_its_field_and_no_other(
    rules: list[EligibilityRule], expected: dict[str, Any]
) -> None:
    doubts: list[str] = []
    read = eligibility_of(service(eligibility_rules=rules), doubts)
    told = {
        name: set(value) if isinstance(value, tuple | frozenset) else value
        for name in Eligibility.__slots__
        if (value := getattr(read, name)) not in (None, frozenset()) or name in expected
    }
    assert told == expected
    assert doubts == []


DIRTY: list[tuple[list[EligibilityRule], str]] = [
    ([rule("age", low=12, high=6)], "age"),
    ([rule("age", nonsense=1)], "age"),
    ([EligibilityRule(id=uuid.uuid4(), kind="age", effect="require", facts=None)], "age"),
    ([rule("residence", statewide="TN"), rule("residence", statewide="GA")], "residence"),
    ([rule("gender", only="female"), rule("gender", only="male")], "gender"),
    ([rule("age", "bar", low=0, high=5)], "age"),
    ([rule("grade", low=1, high=2), rule("anyone", axis="grade")], "grade"),
]


@pytest.mark.parametrize(("rules", "axis"), DIRTY)
def test_contradictory_rules_are_told_and_never_stop_it(
    rules: list[EligibilityRule], axis: str
) -> None:
    doubts: list[str] = []
    eligibility_of(service(eligibility_rules=rules), doubts)
    assert [doubt.partition(":")[0] for doubt in doubts] == [axis]


def test_a_rule_that_cannot_be_read_says_what_is_wrong_with_it() -> None:
    doubts: list[str] = []
    read = eligibility_of(service(eligibility_rules=[rule("grade", low=9, high=3)]), doubts)
    assert read.grades is None
    (doubt,) = doubts
    assert doubt.startswith("grade: the rule cannot be read")
    assert doubt.endswith(" The grade range 9 to 3 is the wrong way round.")


def test_hsds_ages_count_only_where_no_rule_speaks_of_age() -> None:
    plain = service(minimum_age=6, maximum_age=None)
    assert eligibility_of(plain, []).ages == (Range(6, None),)
    ruled = service(minimum_age=6, eligibility_rules=[rule("age", low=8, high=9)])
    assert eligibility_of(ruled, []).ages == (Range(8, 9),)
    unreadable = service(minimum_age=6, eligibility_rules=[rule("age", low=9, high=8)])
    assert eligibility_of(unreadable, []).ages is None, "what the rule meant must be asked"


EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"
SCHEDULES: list[tuple[list[dict[str, Any]], tuple[Hours, ...] | None]] = [
    ([], None),
    (
        [{"freq": "WEEKLY", "byday": "TU,TH", **AFTERNOON}],
        (Hours(1, 900, 1020), Hours(3, 900, 1020)),
    ),
    ([{"byday": "mo, we", **AFTERNOON}], (Hours(0, 900, 1020), Hours(2, 900, 1020))),
    ([{"byday": "SA", "opens_at": time(18), "closes_at": time(0)}], (Hours(5, 1080, 1440),)),
    ([{"byday": "SA", "opens_at": time(18), "closes_at": time(23, 59)}], (Hours(5, 1080, 1440),)),
    (
        [{"byday": EVERY_DAY, "opens_at": time(0), "closes_at": time(23, 59, 59)}],
        tuple(Hours(day, 0, 1440) for day in range(7)),
    ),
    (
        [{"byday": "SU", "opens_at": time(20), "closes_at": time(6)}],
        (Hours(0, 0, 360), Hours(6, 1200, 1440)),
    ),
    (
        [
            {"byday": "MO", "opens_at": time(9), "closes_at": time(12)},
            {"byday": "MO", "opens_at": time(11), "closes_at": time(13)},
        ],
        (Hours(0, 540, 780),),
    ),
    ([{"freq": "MONTHLY", "byday": "1MO", **AFTERNOON}], None),
    ([{"byday": "1MO", **AFTERNOON}], None),
    ([{"byday": "MO", "interval": 2, **AFTERNOON}], None),
    ([{"byday": "MO"}], None),
    ([{**AFTERNOON}], None),
    ([{"byday": "MO", "opens_at": time(9), "closes_at": time(9)}], None),
    ([{"byday": "MO", "opens_at": time(18), "closes_at": time(16)}], None),  # a slip
    (
        [{"byday": "MO", "opens_at": time(16), "closes_at": time(8)}],
        (Hours(0, 960, 1440), Hours(1, 0, 480)),
    ),
    ([{"byday": "MO", **AFTERNOON}, {"description": "By appointment"}], None),
]


@pytest.mark.parametrize(("rows", "hours"), SCHEDULES)
def test_schedules_are_a_week_or_unknown(
    rows: list[dict[str, Any]], hours: tuple[Hours, ...] | None
) -> None:
    assert hours_of([Schedule(**row) for row in rows], []) == hours


def test_a_season_needs_both_ends_of_every_row() -> None:
    june, july = date(2027, 6, 1), date(2027, 7, 31)
    summer = Schedule(byday="MO", valid_from=june, valid_to=july, **AFTERNOON)
    open_end = Schedule(byday="TU", valid_from=june, **AFTERNOON)
    assert season_of([summer]) == (june, july)
    assert season_of([summer, open_end]) == (june, None)
    assert season_of([Schedule(byday="MO")]) is None


def test_hours_that_can_only_be_a_slip_are_told() -> None:
    doubts: list[str] = []
    slip = Schedule(byday="MO", opens_at=time(18), closes_at=time(16))
    assert hours_of([slip], doubts) is None
    assert doubts == [
        "schedule: 18:00 to 16:00 would be open nearly round the clock, so the hours are asked"
    ]


def test_a_season_that_is_over_does_not_hide_the_next() -> None:
    one = service()
    place = at(one)
    place.schedules = [
        Schedule(byday="MO", valid_from=date(2026, 6, 1), valid_to=date(2026, 7, 31), **AFTERNOON),
        Schedule(byday="TU", valid_from=date(2027, 6, 1), valid_to=date(2027, 7, 31), **AFTERNOON),
    ]
    (offer,) = offers_of([one], on=ON).offers
    assert offer.season == (date(2027, 6, 1), date(2027, 7, 31))
    assert offer.hours == (Hours(1, 900, 1020),)


def test_an_empty_listing_says_nothing_and_is_offered_all_the_same() -> None:
    offer = offer_of(service())
    unsaid = ("ages", "grades", "residence", "insurance", "languages", "has_interpreter", "access")
    assert {getattr(offer, name) for name in (*unsaid, "hours", "fee_cents", "point")} == {None}
    assert offer.openings == Openings()
    assert offer.mode == "place"


def test_a_full_listing_arrives_whole() -> None:
    updated = datetime(2026, 10, 1, 12, tzinfo=UTC)
    one = label(
        service(
            assured_date=date(2026, 9, 1),
            interpretation_services="Spanish by phone",
            languages=[Language(code="ES "), Language(name="no code")],
            cost_options=[
                CostOption(amount_cents=2500),
                CostOption(amount_cents=500),
                CostOption(amount_cents=0, valid_to=date(2026, 1, 1)),
                CostOption(amount_cents=0, option="For families who ask"),
                CostOption(amount_description="sliding scale"),
            ],
            required_documents=[RequiredDocument(document="Proof of address")],
            capacities=[
                ServiceCapacity(unit_id=uuid.uuid4(), available=3, maximum=9, updated=updated)
            ],
            intake=ServiceIntake(
                referral_cap=4,
                has_waitlist=True,
                next_intake=date(2027, 1, 5),
                provides_transport=True,
                delivered_at_schools=[],
            ),
        ),
        "dental-checkup",
        "lego",
        "a-directory's-own",
        None,
    )
    offer = offer_of(
        one,
        latitude=35.0,
        longitude=-85.0,
        accessibility=[Accessibility(description="wheelchair"), Accessibility(description="ramp")],
    )
    assert (offer.categories, offer.interests) == (("dental-checkup",), ("lego",))
    assert offer.languages == {"es"}
    assert offer.has_interpreter is True
    assert offer.fee_cents == 500
    assert offer.documents == ("Proof of address",)
    assert offer.access == {"wheelchair"}
    assert offer.openings == Openings(
        3, 9, date(2026, 10, 1), has_waitlist=True, next_intake=date(2027, 1, 5)
    )
    assert offer.referral_cap == 4
    assert offer.provides_transport
    assert offer.point == Point(35.0, -85.0)
    assert offer.confirmed == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("said", "has_interpreter"),
    [(None, None), ("", None), ("No", False), ("none.", False), ("By phone", True)],
)
def test_interpreters(said: str | None, has_interpreter: bool | None) -> None:
    assert offer_of(service(interpretation_services=said)).has_interpreter is has_interpreter


def test_a_service_that_comes_to_schools_is_for_their_students() -> None:
    intake = ServiceIntake(delivered_at_schools=["1", "2"])
    offer = offer_of(service(intake=intake))
    assert (offer.mode, offer.schools) == ("school", {"1", "2"})
    both = service(
        intake=ServiceIntake(delivered_at_schools=["1", "2"]),
        eligibility_rules=[rule("school", schools=["2", "3"])],
    )
    assert offer_of(both).schools == {"2"}


def test_modes_and_places() -> None:
    assert offer_of(service(), location_type="virtual").mode == "virtual"
    hidden = offer_of(service(), is_confidential=True, latitude=35.0, longitude=-85.0)
    assert hidden.point is None, "a distance would tell where a shelter is"
    many = service()
    places = [at(many), at(many)]
    places[1].is_listed = False
    (offer,) = offers_of([many], on=ON).offers
    assert offer.key == str(places[0].id)


@pytest.mark.parametrize(
    ("status", "partner_is_active", "is_active"),
    [("active", True, True), ("inactive", True, False), ("active", False, False)],
)
def test_an_offer_is_active_with_its_partner(
    status: str, partner_is_active: bool, is_active: bool
) -> None:
    partner = Organization(name="A partner", is_active=partner_is_active)
    assert offer_of(service(status=status, organization=partner)).is_active is is_active


def test_places_of_one_unit_are_added_and_of_several_the_latest_counts() -> None:
    unit, other = uuid.uuid4(), uuid.uuid4()
    old, new = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    same = [
        ServiceCapacity(unit_id=unit, available=2, updated=old),
        ServiceCapacity(unit_id=unit, available=3, updated=new),
    ]
    assert offer_of(service(capacities=same)).openings == Openings(5, None, old.date())
    mixed = [same[0], ServiceCapacity(unit_id=other, available=7, updated=new)]
    assert offer_of(service(capacities=mixed)).openings == Openings(7, None, new.date())


def test_what_cannot_be_recommended_is_named() -> None:
    nowhere = service(name="Nowhere")
    unlabelled = service(name="Unlabelled")
    at(unlabelled)
    read: OfferList = offers_of([nowhere, unlabelled], on=ON)
    assert len(read.offers) == 1
    assert {(doubt.name, doubt.service_id) for doubt in read.doubts} == {
        ("Nowhere", nowhere.id),
        ("Unlabelled", unlabelled.id),
    }
