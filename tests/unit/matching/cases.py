"""The policy of every rule and criterion as tables: what the offer says, what is known, what follows.

Imported by the tests of rules, scorers and words. Each row is (facts of the offer, facts of the
profile, the code that must come out); None is YES. Every code stands in a row at least once: a test
compares the tables with the codes that rules and scorers declare.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from matching.types import (
    Hours,
    Interest,
    Need,
    Offer,
    Openings,
    Point,
    Profile,
    Range,
    Residence,
    TrackRecord,
)
from tests.unit.matching.strategies import POLYGON, TODAY

Row = tuple[dict[str, Any], dict[str, Any], str | None]

HERE = Point(35.05, -85.30)
NEXT_DOOR = Point(35.051, -85.30)  # 111 m
TWO_MILES = Point(35.08, -85.30)  # 3.3 km
TEN_MILES = Point(35.20, -85.30)  # 16.7 km
NASHVILLE = Point(36.16, -86.78)
SIX_TO_TWELVE = (Range(6, 12),)
MIDDLE_SCHOOL = (Range(6, 8),)
TUESDAY_AFTERNOON = (Hours(1, 930, 1020),)
TUESDAY_MORNING = (Hours(1, 540, 600),)
FRESH, STALE = TODAY - timedelta(days=3), TODAY - timedelta(days=43)


def told(available: int | None, as_of: date | None = FRESH, **more: Any) -> dict[str, Any]:
    return {"openings": Openings(available=available, as_of=as_of, **more)}


RULE_CASES: dict[str, list[Row]] = {
    "listing": [({}, {}, None), ({"ages": (Range(12, 8),)}, {}, "contradictory")],
    "active": [({}, {}, None), ({"is_active": False}, {}, "inactive")],
    "season": [
        ({"season": None}, {}, None),
        ({"season": (TODAY, TODAY)}, {}, None),
        ({"season": (TODAY + timedelta(days=1), None)}, {}, "before_season"),
        ({"season": (None, TODAY - timedelta(days=1))}, {}, "after_season"),
    ],
    "age": [
        ({"ages": SIX_TO_TWELVE}, {"age": 6.0}, None),
        ({"ages": SIX_TO_TWELVE}, {"age": 12.99}, None),  # until the 13th birthday
        ({"ages": SIX_TO_TWELVE}, {"age": 13.0}, "too_old"),
        ({"ages": SIX_TO_TWELVE}, {"age": 5.99}, "too_young"),
        ({"ages": (Range(3, 5.5),)}, {"age": 5.5}, None),
        ({"ages": (Range(3, 5.5),)}, {"age": 5.51}, "too_old"),
        ({"ages": (Range(3, 5), Range(8, 12))}, {"age": 7.0}, "between_ages"),
        ({"ages": (Range(3, 5), Range(8, 12))}, {"age": 9.0}, None),
        ({"ages": (Range(6, None),)}, {"age": 40.0}, None),
        ({"ages": SIX_TO_TWELVE}, {}, "age_unknown"),
        ({"ages": (Range(),)}, {}, None),  # all ages
        ({"ages": ()}, {}, None),  # no restriction, says the partner
        ({"ages": None}, {"age": 9.0}, "ages_not_stated"),
        ({"ages": None, "grades": MIDDLE_SCHOOL}, {"age": 9.0}, None),  # grades say as much
    ],
    "grade": [
        ({"grades": MIDDLE_SCHOOL}, {"grade": 6}, None),
        ({"grades": MIDDLE_SCHOOL}, {"grade": 8}, None),
        ({"grades": MIDDLE_SCHOOL}, {"grade": 9}, "above_grades"),
        ({"grades": MIDDLE_SCHOOL}, {"grade": 5}, "below_grades"),
        ({"grades": (Range(0, 2), Range(6, 8))}, {"grade": 4}, "between_grades"),
        ({"grades": (Range(-1, 0),)}, {"grade": -1}, None),
        ({"grades": MIDDLE_SCHOOL}, {}, "grade_unknown"),
        ({"grades": None}, {}, None),
        ({"grades": ()}, {}, None),
    ],
    "residence": [
        ({"residence": None}, {}, "area_not_stated"),
        ({"residence": None, "mode": "school"}, {}, None),
        ({"residence": None, "schools": frozenset({"daisy"})}, {}, None),
        ({"residence": Residence()}, {}, None),  # anyone
        ({"residence": Residence(zip_codes=frozenset({"37402"}))}, {"zip_code": "37402"}, None),
        (
            {"residence": Residence(zip_codes=frozenset({"37402"}))},
            {"zip_code": "30741"},
            "outside_area",
        ),
        ({"residence": Residence(zip_codes=frozenset({"37402"}))}, {}, "home_area_unknown"),
        (
            {"residence": Residence(counties=frozenset({"Hamilton, TN"}))},
            {"county": "Hamilton, TN"},
            None,
        ),
        (  # a county is nothing without its state
            {"residence": Residence(counties=frozenset({"Hamilton, TN"}))},
            {"county": "Hamilton, OH"},
            "outside_area",
        ),
        ({"residence": Residence(statewide="TN")}, {"county": "Rhea, TN"}, None),
        ({"residence": Residence(statewide="TN")}, {"county": "Dade, GA"}, "outside_area"),
        ({"residence": Residence(centre=HERE, radius_metres=4000.0)}, {"home": TWO_MILES}, None),
        (
            {"residence": Residence(centre=HERE, radius_metres=3000.0)},
            {"home": TWO_MILES},
            "outside_area",
        ),
        ({"residence": Residence(polygon=POLYGON)}, {"home": HERE}, None),
        ({"residence": Residence(polygon=POLYGON)}, {"home": NASHVILLE}, "outside_area"),
        (  # any one part is enough
            {"residence": Residence(zip_codes=frozenset({"37402"}), statewide="TN")},
            {"zip_code": "30741", "county": "Rhea, TN"},
            None,
        ),
        (  # and one that is not known keeps the door open
            {"residence": Residence(zip_codes=frozenset({"37402"}), statewide="TN")},
            {"zip_code": "30741"},
            "home_area_unknown",
        ),
        (  # a student without a home is not refused for where it stands
            {"residence": Residence(zip_codes=frozenset({"37402"}))},
            {"zip_code": "30741", "situations": frozenset({"homeless"})},
            "area_if_homeless",
        ),
        (  # nor asked where that is
            {"residence": Residence(zip_codes=frozenset({"37402"}))},
            {"situations": frozenset({"homeless"})},
            "area_if_homeless",
        ),
    ],
    "school": [
        ({"schools": None}, {}, None),
        ({"schools": frozenset()}, {}, None),
        ({"schools": frozenset({"daisy"})}, {"school": "daisy"}, None),
        ({"schools": frozenset({"daisy"})}, {"school": "east-ridge"}, "other_school"),
        ({"schools": frozenset({"daisy"})}, {}, "school_unknown"),
    ],
    "insurance": [
        ({"insurance": None}, {}, None),
        ({"insurance": frozenset()}, {"insurance": "private"}, None),
        ({"insurance": frozenset({"tenncare"})}, {"insurance": "tenncare"}, None),
        (
            {"insurance": frozenset({"tenncare"})},
            {"insurance": "private"},
            "insurance_not_taken",
        ),
        ({"insurance": frozenset({"tenncare"})}, {"insurance": "none"}, "uninsured_not_taken"),
        ({"insurance": frozenset({"tenncare", "none"})}, {"insurance": "none"}, None),
        ({"insurance": frozenset({"tenncare"})}, {}, "insurance_unknown"),
    ],
    "income": [
        ({"income_ceiling": None}, {}, None),
        ({"income_ceiling": 200}, {"income_percent": 200}, None),
        ({"income_ceiling": 200}, {"income_percent": 201}, "income_above"),
        ({"income_ceiling": 200}, {}, "income_unknown"),
    ],
    "language": [
        ({"languages": frozenset({"en", "es"})}, {"languages": ("es",)}, None),
        ({"languages": frozenset({"en"})}, {"languages": ("es", "en")}, None),
        (
            {"languages": frozenset({"en"}), "has_interpreter": True},
            {"languages": ("es",)},
            None,
        ),
        (
            {"languages": frozenset({"en"}), "has_interpreter": False},
            {"languages": ("es",)},
            "language_not_served",
        ),
        ({"languages": frozenset({"en"})}, {"languages": ("es",)}, "interpreter_not_stated"),
        ({"languages": None}, {"languages": ("es",)}, "languages_not_stated"),
        ({"languages": None}, {"languages": ("en",)}, None),  # partners here serve in English
        ({"languages": frozenset()}, {"languages": ("es",)}, None),
        ({"languages": frozenset({"en"}), "has_interpreter": False}, {}, "language_unknown"),
        ({"languages": frozenset({"en"})}, {}, None),
    ],
    "situation_required": [
        ({}, {}, None),
        (
            {"situations_required": frozenset({"foster", "refugee"})},
            {"situations": frozenset({"foster"})},
            None,
        ),
        (
            {"situations_required": frozenset({"foster"})},
            {"situations": frozenset()},
            "situation_missing",
        ),
        ({"situations_required": frozenset({"foster"})}, {}, "situation_unknown"),
    ],
    "situation_barred": [
        ({}, {}, None),
        ({"situations_barred": frozenset({"foster"})}, {"situations": frozenset()}, None),
        (
            {"situations_barred": frozenset({"foster"})},
            {"situations": frozenset({"foster"})},
            "in_barred_situation",
        ),
        ({"situations_barred": frozenset({"foster"})}, {}, "barred_situation_unknown"),
    ],
    "gender": [
        ({}, {}, None),
        ({"gender": "female"}, {"gender": "female"}, None),
        ({"gender": "female"}, {"gender": "male"}, "other_gender"),
        ({"gender": "female"}, {}, "gender_unknown"),
    ],
    "access": [
        ({"access": None}, {}, None),
        (
            {"access": frozenset({"wheelchair", "hearing"})},
            {"access_needs": frozenset({"wheelchair"})},
            None,
        ),
        (
            {"access": frozenset({"hearing"})},
            {"access_needs": frozenset({"wheelchair", "hearing"})},
            "access_missing",
        ),
        ({"access": None}, {"access_needs": frozenset({"wheelchair"})}, "access_not_stated"),
        (
            {"access": frozenset()},
            {"access_needs": frozenset({"wheelchair"})},
            "access_not_stated",
        ),
        (  # at home before a screen the partner's stairs don't matter
            {"access": frozenset({"hearing"}), "mode": "virtual"},
            {"access_needs": frozenset({"wheelchair"})},
            "access_not_stated",
        ),
    ],
    "openings": [
        (told(3), {}, None),
        (told(3, TODAY + timedelta(days=2)), {}, None),
        (told(0, has_waitlist=True), {}, None),
        (told(None, None, has_waitlist=True), {}, None),
        (told(0, None, maximum=9, has_waitlist=True), {}, None),
        (told(0, None, has_waitlist=False), {}, "openings_undated"),
        (told(0, has_waitlist=False), {}, "full"),
        (told(0), {}, "waitlist_not_stated"),
        (told(None), {}, "openings_not_stated"),
        (told(3, None), {}, "openings_undated"),
        (told(3, STALE), {}, "openings_stale"),
        (told(0, STALE, has_waitlist=False), {}, "openings_stale"),
        (told(0, has_waitlist=False, next_intake=TODAY), {}, "intake_begun"),
        (told(0, has_waitlist=False, next_intake=TODAY + timedelta(days=1)), {}, "full"),
    ],
    "free_time": [
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": TUESDAY_AFTERNOON}, None),
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": (Hours(1, 930, 990),)}, None),
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": (Hours(1, 930, 989),)}, "too_little_time"),
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": (Hours(2, 930, 1020),)}, "too_little_time"),
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": ()}, "too_little_time"),
        (  # a short session that fits whole is enough
            {"hours": (Hours(1, 930, 950),)},
            {"free_hours": (Hours(1, 930, 950),)},
            None,
        ),
        ({"hours": None}, {"free_hours": TUESDAY_AFTERNOON}, "hours_not_stated"),
        ({"hours": ()}, {"free_hours": ()}, None),  # any time
        ({"hours": TUESDAY_MORNING, "mode": "school"}, {"free_hours": ()}, None),
        ({"hours": TUESDAY_AFTERNOON}, {}, None),  # after school, as students usually are free
        ({"hours": TUESDAY_MORNING}, {}, "free_hours_unknown"),
        ({"hours": None}, {}, None),
    ],
    "reach": [
        ({"point": NEXT_DOOR}, {"home": HERE}, None),
        ({"point": TWO_MILES}, {"home": HERE, "travel": "foot"}, "too_far_by_foot"),
        ({"point": TWO_MILES}, {"home": HERE, "travel": "bus"}, None),
        ({"point": TEN_MILES}, {"home": HERE, "travel": "bus"}, "too_far_by_bus"),
        ({"point": TEN_MILES}, {"home": HERE, "travel": "car"}, None),
        ({"point": NASHVILLE}, {"home": HERE, "travel": "car"}, "too_far_by_car"),
        ({"point": NASHVILLE}, {"home": HERE}, "too_far"),
        ({"point": TEN_MILES}, {"home": HERE}, "travel_unknown"),
        # Only the ZIP area is known: it may be nearer, it may be farther, it is too far in any case.
        ({"point": NEXT_DOOR, "point_within": 500}, {"home": HERE, "travel": "bus"}, None),
        (
            {"point": TWO_MILES, "point_within": 2_000},
            {"home": HERE, "travel": "foot"},
            "place_rough",
        ),
        (
            {"point": TEN_MILES, "point_within": 2_000},
            {"home": HERE, "travel": "foot"},
            "too_far_by_foot",
        ),
        ({"point": TWO_MILES, "point_within": 2_000}, {"home": HERE}, "place_rough"),
        ({"point": TEN_MILES, "point_within": 2_000}, {"home": HERE}, "travel_unknown"),
        ({"point": NASHVILLE, "mode": "virtual"}, {"home": HERE}, None),
        ({"point": NASHVILLE, "mode": "school"}, {"home": HERE}, None),
        ({"point": NASHVILLE, "provides_transport": True}, {"home": HERE}, None),
        (  # the nearer of home and school
            {"point": TEN_MILES},
            {"home": HERE, "school_point": TEN_MILES, "travel": "foot"},
            None,
        ),
        ({"point": TEN_MILES}, {"school_point": HERE, "travel": "foot"}, "home_unknown"),
        ({"point": NEXT_DOOR}, {"school_point": HERE}, None),
        ({"point": NEXT_DOOR}, {}, "home_unknown"),
        ({"point": NEXT_DOOR}, {"situations": frozenset({"foster"})}, "home_unknown"),
        ({"point": NEXT_DOOR}, {"situations": frozenset({"homeless"})}, "way_if_homeless"),
        (
            {"point": TEN_MILES},
            {"school_point": HERE, "situations": frozenset({"homeless"})},
            "way_if_homeless",
        ),
        ({"point": NEXT_DOOR}, {"home": HERE, "situations": frozenset({"homeless"})}, None),
        ({"point": None}, {"home": HERE}, "place_not_stated"),
    ],
    "cap": [
        ({"referral_cap": None}, {}, None),
        ({"referral_cap": 3}, {}, None),  # two are open in the test
        ({"referral_cap": 2}, {}, "at_cap"),
        ({"referral_cap": 0}, {}, "at_cap"),
    ],
    "referred": [
        ({}, {"referred": frozenset({"another"})}, None),
        ({}, {"referred": frozenset({"service"})}, "already_referred"),
    ],
    "declined": [
        ({}, {"declined": {"service": TODAY}}, None),
        ({}, {"declined": {"service": TODAY + timedelta(days=1)}}, "declined_lately"),
        ({}, {"declined": {"another": TODAY + timedelta(days=1)}}, None),
    ],
}

# (facts of the offer, facts of the profile, the code of the change, or None where nothing would do)
CHANGE_CASES: dict[str, list[Row]] = {
    "season": [
        ({"season": (date(2027, 3, 3), None)}, {}, "season_begins"),
        ({"season": (date(2029, 3, 3), None)}, {}, None),  # too long to plan for
        ({"season": (None, date(2026, 3, 3))}, {}, None),
    ],
    "age": [
        ({"ages": SIX_TO_TWELVE}, {"age": 5.9}, "old_enough"),
        ({"ages": SIX_TO_TWELVE}, {"age": 3.0}, None),
        ({"ages": SIX_TO_TWELVE}, {"age": 14.0}, None),
        ({"ages": (Range(3, 5), Range(7, 12))}, {"age": 6.9}, "old_enough"),
    ],
    "grade": [
        ({"grades": MIDDLE_SCHOOL}, {"grade": 5}, "in_grade"),
        ({"grades": MIDDLE_SCHOOL}, {"grade": 4}, None),
        ({"grades": MIDDLE_SCHOOL}, {"grade": 9}, None),
    ],
    "insurance": [
        ({"insurance": frozenset({"tenncare"})}, {"insurance": "none"}, "get_insured"),
        ({"insurance": frozenset({"tenncare"})}, {"insurance": "private"}, None),
    ],
    "income": [({"income_ceiling": 200}, {"income_percent": 215}, "income_at_ceiling")],
    "language": [
        (
            {"languages": frozenset({"en"}), "has_interpreter": False},
            {"languages": ("es",)},
            "bring_interpreter",
        )
    ],
    "openings": [
        (
            told(0, has_waitlist=False, next_intake=TODAY + timedelta(days=9)),
            {},
            "next_intake",
        ),
        (  # before that, what it told is too old to be believed
            told(0, has_waitlist=False, next_intake=date(2027, 3, 3)),
            {},
            "ask_again",
        ),
        (told(0, has_waitlist=False), {}, "place_opens"),
        (
            told(0, FRESH, has_waitlist=False, next_intake=FRESH),
            {},
            "place_opens",
        ),  # it was full then
    ],
    "free_time": [
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": (Hours(1, 975, 1020),)}, "free_then"),
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": ()}, "free_then"),
        (  # the least missing lies across midnight: the least of one day is told
            {"hours": (Hours(1, 1320, 1440), Hours(2, 0, 120))},
            {"free_hours": (Hours(1, 1390, 1420), Hours(2, 20, 50))},
            "free_then",
        ),
    ],
    "reach": [
        ({"point": TWO_MILES}, {"home": HERE, "travel": "foot"}, "ride_by_bus"),
        ({"point": TEN_MILES}, {"home": HERE, "travel": "foot"}, "ride_by_car"),
        ({"point": TEN_MILES}, {"home": HERE, "travel": "bus"}, "ride_by_car"),
        (  # by bus it may be reached: asked first
            {"point": TEN_MILES, "point_within": 12_000},
            {"home": HERE, "travel": "foot"},
            "ride_by_bus",
        ),
        ({"point": NASHVILLE}, {"home": HERE, "travel": "car"}, None),
        ({"point": NASHVILLE}, {"home": HERE}, None),
    ],
    "cap": [({"referral_cap": 2}, {}, "one_more")],
    "declined": [({}, {"declined": {"service": date(2027, 1, 15)}}, "try_again")],
}

BRACES, VOLLEYBALL = (Need("braces", 3),), (Interest("volleyball", 3),)

# (facts of the offer, facts of the profile, code, value in the balanced preset)
SCORER_CASES: dict[str, list[tuple[dict[str, Any], dict[str, Any], str, int]]] = {
    "need": [
        ({"categories": ("braces",)}, {"needs": BRACES}, "need_exact", 1000),
        ({"categories": ("braces",)}, {"needs": (Need("braces", 1),)}, "need_exact", 600),
        ({"categories": ("braces",)}, {"needs": (Need("health", 3),)}, "need_narrower", 850),
        ({"categories": ("dental",)}, {"needs": BRACES}, "need_broader", 550),
        ({"categories": ("vision",)}, {"needs": (Need("dental", 3),)}, "need_not_served", 0),
        ({"categories": ("dental", "braces")}, {"needs": BRACES}, "need_exact", 1000),
    ],
    "interest": [
        ({"interests": ("volleyball",)}, {"interests": VOLLEYBALL}, "interest_exact", 1000),
        (
            {"interests": ("volleyball",)},
            {"interests": (Interest("sports", 2),)},
            "interest_narrower",
            680,
        ),
        ({"interests": ("ball",)}, {"interests": VOLLEYBALL}, "interest_broader", 550),
        ({"interests": ("basketball",)}, {"interests": VOLLEYBALL}, "interest_family", 350),
        ({"interests": ("chess",)}, {"interests": VOLLEYBALL}, "interest_not_served", 0),
    ],
    "closeness": [
        ({"point": HERE}, {"home": HERE, "travel": "foot"}, "distance", 1000),
        ({"point": TEN_MILES}, {"home": HERE, "travel": "car"}, "distance", 236),
        ({"point": TEN_MILES}, {"home": HERE, "school_point": TEN_MILES}, "distance", 1000),
        (
            {"point": TEN_MILES, "point_within": 4_000},
            {"home": HERE, "travel": "car"},
            "distance_rough",
            236,
        ),
        ({"mode": "school"}, {}, "comes_to_school", 1000),
        ({"mode": "virtual"}, {}, "virtual", 800),
        ({"provides_transport": True}, {}, "transport", 700),
        (
            {"provides_transport": True, "point": NASHVILLE},
            {"home": HERE},
            "transport_from",
            700,
        ),
        ({"provides_transport": True, "point": HERE}, {"home": HERE}, "distance", 1000),
        ({"point": HERE}, {"school_point": HERE}, "distance_school", 1000),
        (
            {"point": HERE, "point_within": 4_000},
            {"school_point": HERE},
            "distance_rough_school",
            1000,
        ),
        (
            {"provides_transport": True, "point": NASHVILLE},
            {"school_point": HERE},
            "transport_from_school",
            700,
        ),
        ({"point": HERE}, {}, "distance_unknown", 400),
        ({"point": None}, {"home": HERE}, "distance_unknown", 400),
    ],
    "hours": [
        ({"mode": "school"}, {}, "in_school_hours", 1000),
        ({"hours": ()}, {}, "any_time", 1000),
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": (Hours(1, 930, 975),)}, "free_hours", 500),
        ({"hours": TUESDAY_AFTERNOON}, {"free_hours": ()}, "free_hours", 0),
        (  # of a clinic open all day, four hours a week are choice enough
            {"hours": tuple(Hours(day, 480, 1020) for day in range(5))},
            {"free_hours": tuple(Hours(day, 930, 1020) for day in range(5))},
            "free_hours",
            1000,
        ),
        ({"hours": TUESDAY_AFTERNOON}, {}, "hours_unknown", 500),
        ({"hours": None}, {"free_hours": ()}, "hours_unknown", 500),
    ],
    "cost": [
        ({"fee_cents": 0}, {}, "free", 1000),
        ({"fee_cents": 2500}, {}, "fee", 500),
        ({"fee_cents": 100_000_000}, {}, "fee", 0),
        ({"fee_cents": None}, {}, "fee_unknown", 400),
    ],
    "openings": [
        (told(2, TODAY), {}, "places_free", 1000),
        (told(2, TODAY - timedelta(days=21)), {}, "places_free", 725),
        (told(0, TODAY), {}, "no_places", 0),
        (told(0, TODAY - timedelta(days=21)), {}, "no_places", 225),
        (told(0, TODAY, has_waitlist=True), {}, "waitlist", 250),
        # Without a date no better than one told today.
        (told(None, None, has_waitlist=True), {}, "waitlist_undated", 250),
        (told(0, None, maximum=9, has_waitlist=True), {}, "waitlist_undated", 250),
        (told(2, None, has_waitlist=True), {}, "waitlist_undated", 250),
        (told(2, None), {}, "openings_unknown", 450),
        (told(0, None, has_waitlist=False), {}, "openings_unknown", 450),
        (told(None), {}, "openings_unknown", 450),
    ],
    "language": [
        ({"languages": frozenset({"es"})}, {"languages": ("es", "en")}, "staff_speak", 1000),
        ({"languages": frozenset({"en"})}, {"languages": ("es", "en")}, "staff_speak", 850),
        ({"languages": None}, {"languages": ("en",)}, "staff_speak", 1000),
        (
            {"languages": frozenset({"en"}), "has_interpreter": True},
            {"languages": ("es",)},
            "interpreter",
            600,
        ),
        ({"languages": frozenset()}, {"languages": ("es",)}, "any_language", 1000),
        ({"languages": None}, {"languages": ("es",)}, "languages_unknown", 500),
        ({"languages": frozenset({"en"})}, {"languages": ("es",)}, "languages_unknown", 500),
        (
            {"languages": frozenset({"en"}), "has_interpreter": False},
            {"languages": ("es",)},
            "language_missing",
            0,
        ),
        ({}, {}, "language_of_family_unknown", 500),
    ],
    "track_record": [
        ({"track_record": TrackRecord(9, 9)}, {}, "record_too_short", 500),
        ({"track_record": TrackRecord(10, 5)}, {}, "record", 500),
        ({"track_record": TrackRecord(10, 10)}, {}, "record", 1000),  # alone in its category
    ],
}


def offer_with(facts: dict[str, Any]) -> Offer:
    return Offer(**{"key": "offer", "service": "service", "organization": "partner"} | facts)


def profile_with(facts: dict[str, Any]) -> Profile:
    return Profile(**{"key": "student"} | facts)
