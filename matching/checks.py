"""What no student and no program can be: values that would make every later comparison nonsense.

`check_profile` is called by the engine on each question and raises, because a caller can correct a
profile. `contradiction` is called by the listing rule and the columns and raises nothing, because
one bad listing must not stop a catalog: the offer is left out, and says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from matching.errors import ProfileError
from matching.types import Hours, Offer, Point, Profile, Range, Residence
from matching.week import DAY_MINUTES

MODES = ("place", "virtual", "school")
HIGHEST_FIGURE = 1_000_000_000  # no fee, ceiling or count is above; columns hold 64 bits
WAYS_OF_TRAVEL = ("foot", "bus", "car")  # from the shortest reach to the longest


# The fields of a profile, as people know them.
_FIELD_WORDS = {
    "home": "home's point on the map",
    "school_point": "school's point on the map",
    "income_percent": "household income",
    "travel": "way of travel",
    "free_hours": "free hours",
}


def check_profile(profile: Profile) -> None:
    """Raise ProfileError for the first field that no student can have. Tells no value."""
    if profile.age is not None and not 0 <= profile.age <= 130:
        raise _refused("age", "must be between 0 and 130 years")
    if profile.grade is not None and not -2 <= profile.grade <= 20:
        raise _refused("grade", "must be a school grade, with kindergarten 0")
    for name, point in (("home", profile.home), ("school_point", profile.school_point)):
        if point is not None and not is_on_globe(point):
            raise _refused(name, "must be a latitude and a longitude in degrees")
    if profile.county is not None and not all(map(str.strip, profile.county.rpartition(", "))):
        raise _refused("county", 'must name its state, as in "Hamilton, TN"')
    if _is_out_of_bounds(profile.income_percent):
        raise _refused("income_percent", "must be a share of the poverty level, in per cent")
    if profile.travel is not None and profile.travel not in WAYS_OF_TRAVEL:
        raise _refused("travel", f"must be one of {', '.join(WAYS_OF_TRAVEL)}")
    if profile.free_hours is not None and not all(map(is_hours, profile.free_hours)):
        raise _refused("free_hours", "must be weekdays 0 to 6 with opens before closes")
    if any(need.urgency not in (1, 2, 3) for need in profile.needs):
        raise _refused("needs", "must have an urgency of 1, 2 or 3")
    if any(interest.strength not in (1, 2, 3) for interest in profile.interests):
        raise _refused("interests", "must have a strength of 1, 2 or 3")


def _refused(field: str, why: str) -> ProfileError:
    where = "plan" if field in {"needs", "interests"} else "record"
    return ProfileError(
        f"Nothing can be matched to this student: the {_FIELD_WORDS.get(field, field)} {why}. "
        f"Correct it in the student's {where}.",
        field,
    )


def contradiction(offer: Offer) -> str | None:
    """The first field of the listing that contradicts itself, or None where none does."""
    record, openings = offer.track_record, offer.openings
    faults = (
        ("mode", offer.mode not in MODES),
        ("point", offer.point is not None and not is_on_globe(offer.point)),
        ("point_within", not 0 <= offer.point_within <= HIGHEST_FIGURE),
        ("season", _ends_before_it_begins(offer)),
        ("ages", _has_bad_range(offer.ages)),
        ("grades", _has_bad_range(offer.grades)),
        ("residence", offer.residence is not None and _is_bad_residence(offer.residence)),
        ("income_ceiling", _is_out_of_bounds(offer.income_ceiling)),
        (
            "situations",
            bool(offer.situations_required)
            and offer.situations_required <= offer.situations_barred,
        ),
        ("hours", offer.hours is not None and not all(map(is_hours, offer.hours))),
        ("fee", _is_out_of_bounds(offer.fee_cents)),
        ("openings", _is_out_of_bounds(openings.available) or _is_out_of_bounds(openings.maximum)),
        ("referral_cap", _is_out_of_bounds(offer.referral_cap)),
        ("track_record", not 0 <= record.connected <= record.closed <= HIGHEST_FIGURE),
    )
    return next((name for name, is_wrong in faults if is_wrong), None)


def is_on_globe(point: Point) -> bool:
    """Whether the degrees are a place (NaN is none)."""
    return -90 <= point.latitude <= 90 and -180 <= point.longitude <= 180


def is_hours(hours: Hours) -> bool:
    """Whether the hours are a stretch of one weekday."""
    return 0 <= hours.weekday <= 6 and 0 <= hours.opens < hours.closes <= DAY_MINUTES


def _is_out_of_bounds(value: int | None) -> bool:
    return value is not None and not 0 <= value <= HIGHEST_FIGURE


def _ends_before_it_begins(offer: Offer) -> bool:
    first, last = offer.season or (None, None)
    return first is not None and last is not None and last < first


def _has_bad_range(ranges: Iterable[Range] | None) -> bool:
    for bounds in ranges or ():
        low = -math.inf if bounds.low is None else bounds.low
        high = math.inf if bounds.high is None else bounds.high
        if not low <= high:  # also true of NaN
            return True
    return False


def _is_bad_residence(residence: Residence) -> bool:
    corners = residence.polygon
    if (residence.centre is None) != (residence.radius_metres is None):
        return True
    if residence.radius_metres is not None and not residence.radius_metres > 0:
        return True
    if residence.centre is not None and not is_on_globe(residence.centre):
        return True
    return 0 < len(corners) < 3 or not all(map(is_on_globe, corners))
