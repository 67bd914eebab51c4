"""Ages and grades on one line: what is written is read again, and what is no range is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.editing.spans import AGES, GRADE_SCALE, Scale, check_spans, read_spans, write_spans
from catalog.models import Service

ENDS = {"age": st.integers(0, 130), "grade": st.integers(-1, 12)}


def rules_of(service: Service) -> list[tuple[str, dict[str, object]]]:
    return [
        (rule.kind, {key: value for key, value in rule.facts.items() if value is not None})
        for rule in service.eligibility_rules
    ]


@pytest.mark.parametrize("scale", [AGES, GRADE_SCALE])
@settings(deadline=None)  # the first service maps every table of the catalog
@given(data=st.data())
def test_any_ranges_come_back_as_they_were_written(scale: Scale, data: st.DataObject) -> None:
    end = ENDS[scale.kind]
    drawn = data.draw(st.sets(st.tuples(end, st.none() | end), max_size=4))
    spans = {(a, b) if b is None else (min(a, b), max(a, b)) for a, b in drawn}
    service = Service(name="Club")
    write_spans(scale)(service, sorted(spans, key=str))
    text = read_spans(scale)(service)
    assert set(check_spans(scale)(text)) == spans
    before = rules_of(service)
    write_spans(scale)(service, check_spans(scale)(text))
    assert rules_of(service) == before


@pytest.mark.parametrize(
    ("scale", "written", "read"),
    [
        (AGES, "5 to 12", "5-12"),
        (AGES, "16+, 0.5–3", "0.5-3, 16+"),
        (AGES, "5 a 12", "5-12"),
        (AGES, "7", "7"),
        (AGES, "", ""),
        (GRADE_SCALE, "k-5", "K-5"),
        (GRADE_SCALE, "pk; 9 - 12", "PK, 9-12"),
    ],
)
def test_it_is_written_as_people_write(scale: Scale, written: str, read: str) -> None:
    service = Service(name="Club")
    write_spans(scale)(service, check_spans(scale)(written))
    assert read_spans(scale)(service) == read


def test_every_age_is_no_restriction_and_a_range_takes_its_place() -> None:
    service = Service(name="Club")
    write_spans(AGES)(service, check_spans(AGES)("0+"))
    assert rules_of(service) == [("anyone", {"axis": "age"})]
    assert read_spans(AGES)(service) == "0+"
    write_spans(AGES)(service, check_spans(AGES)("5-12"))
    assert rules_of(service) == [("age", {"low": 5, "high": 12})]
