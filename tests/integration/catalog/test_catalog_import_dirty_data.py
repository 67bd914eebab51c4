"""Each thing that real directories get wrong: what becomes of it, and the line that says so.

One table, a row a treatment: the file, what stands in the catalog afterwards, the report's code.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.importers import ImportReport
from catalog.models import (
    Address,
    Attribute,
    EligibilityRule,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceArea,
)
from catalog.search_entries import read_entries
from tests.integration.catalog.packages import (
    Tables,
    bring_in,
    sample_tables,
    schedule,
    service,
    write_package,
)

Change = Callable[[Tables], None]
Look = Callable[[Session], object]


def change(table: str, row: int, **cells: str) -> Change:
    """Write cells into one row of the sample directory."""

    def write(tables: Tables) -> None:
        for other in tables[table]:
            other.update(dict.fromkeys(cells.keys() - other.keys(), ""))
        tables[table][row] |= cells

    return write


def house(column: str) -> Look:
    return lambda session: getattr(
        session.scalars(select(Organization).where(Organization.source_id == "10")).one(), column
    )


def tutoring(column: str) -> Look:
    return lambda session: getattr(
        session.scalars(select(Service).where(Service.source_id == "100")).one(), column
    )


def main_place(session: Session) -> tuple[float | None, float | None, object]:
    place = session.scalars(select(Location).where(Location.source_id == "200")).one()
    return place.latitude, place.longitude, place.extra.get("latitude")


def times(session: Session) -> list[tuple[str | None, str | None, str, str]]:
    """The schedule rows of Tutoring: how they recur, on which days, from when to when."""
    return [
        (row.freq, row.byday, f"{row.opens_at:%H:%M}", f"{row.closes_at:%H:%M}")
        for row in schedules(session)
        if row.opens_at and row.closes_at
    ]


def schedules(session: Session) -> list[Schedule]:
    found = session.scalars(select(Schedule).where(Schedule.source_id.startswith("500")))
    return sorted(found, key=lambda row: str(row.opens_at))


def words(session: Session) -> list[tuple[object, str | None]]:
    """What stays in words: no hours, so they are not known."""
    return [(row.opens_at, row.description) for row in schedules(session)]


def hours(**cells: str) -> Change:
    """Tutoring's only schedule."""

    def write(tables: Tables) -> None:
        tables["schedules"] = [
            schedule("500", "100", **{"description": "", **cells}),
            schedule("501", "102", byday="saturday", description=""),
        ]

    return write


LONG = "word " * 20_000
WEEK = "MO,TU,WE,TH,FR"

TREATMENTS: dict[str, tuple[Change, Look, object, str]] = {
    # letters
    "entities": (
        change("organizations", 0, description="Mothers &amp;amp; children&rsquo;s"),
        house("description"),
        "Mothers & children’s",
        "escapes_undone",
    ),
    "line ends as two letters": (
        change("organizations", 0, description=r"One\nTwo\r\nThree"),
        house("description"),
        "One\nTwo\nThree",
        "escapes_undone",
    ),
    "letters read in the wrong encoding": (
        change("organizations", 0, name="Childrenâ€™s House"),
        house("name"),
        "Children’s House",
        "letters_mended",
    ),
    "a cell of 100 kilobytes": (
        change("organizations", 0, description=LONG),
        house("description"),
        LONG.strip(),
        "cell_long",
    ),
    "a cell that quotes a formula": (
        change("organizations", 0, description="'=1+1"),
        house("description"),
        "=1+1",
        "formulas_unescaped",
    ),
    "a column that the standard does not have": (
        change("organizations", 0, rating="five"),
        house("extra"),
        {"rating": "five"},
        "",
    ),
    # references and ids
    "a reference to nothing": (
        change("services_at_location", 0, location_id="999"),
        lambda session: len(tutoring("service_at_locations")(session)),  # type: ignore[arg-type]
        0,
        "not_in_package",
    ),
    "an id that stands twice": (
        lambda tables: tables["services"].append(service("100", "10", "Again")),
        tutoring("name"),
        "Tutoring",
        "id_repeated",
    ),
    # ages
    "an age of 999": (
        change("services", 2, minimum_age="6", maximum_age="999"),
        lambda session: [
            (one.minimum_age, one.maximum_age, one.extra)
            for one in session.scalars(select(Service).where(Service.source_id == "102"))
        ],
        [(6, None, {"maximum_age": "999"})],
        "age_impossible",
    ),
    # points
    "a point at 0, 0": (
        change("locations", 0, latitude="0", longitude="0"), main_place, (None, None, "0"),
        "point_impossible",
    ),
    "a point with its numbers exchanged": (
        change("locations", 0, latitude="-85.30", longitude="35.05"), main_place,
        (35.05, -85.30, None), "point_swapped",
    ),
    # places
    "a post box": (
        change("physical_addresses", 0, address_1="PO Box 12"),
        lambda session: session.scalars(
            select(Address.address_type).where(Address.address_1 == "PO Box 12")
        ).all(),
        ["postal"],
        "post_box",
    ),
    # opening hours
    "times where dates should stand": (
        hours(weekday="Mon - Thur", dtstart="9:00AM", until="5:00PM"), times,
        [("WEEKLY", "MO,TU,WE,TH", "09:00", "17:00")], "hours_read",
    ),
    "hours in one cell": (
        hours(byday="Mon - Thur 9-5"), times, [("WEEKLY", "MO,TU,WE,TH", "09:00", "17:00")],
        "hours_read",
    ),
    "weeks of the month": (
        hours(byday="2nd & 4th Tuesday 10:00AM-12:00PM"), times,
        [("MONTHLY", "2TU,4TU", "10:00", "12:00")], "hours_read",
    ),
    "round the clock": (
        hours(weekday="Monday - Friday", dtstart="24 hours"), times,
        [("WEEKLY", WEEK, "00:00", "23:59")], "hours_read",
    ),
    "a gap at lunch": (
        hours(weekday="Mon-Fri", dtstart="9-12, 1-5"), times,
        [("WEEKLY", WEEK, "09:00", "12:00"), ("WEEKLY", WEEK, "13:00", "17:00")], "hours_read",
    ),
    "a season with its years": (
        hours(description="June 1, 2026 - August 15, 2026: Mon-Fri 9-5"),
        lambda session: [(row.valid_from, row.valid_to) for row in schedules(session)],
        [(date(2026, 6, 1), date(2026, 8, 15))], "hours_read",
    ),
    "a season without its years": (
        hours(description="Mon-Fri 9-5 (June - August)"), words,
        [(None, "Mon-Fri 9-5 (June - August)")], "hours_in_words",
    ),
    "by appointment": (
        hours(byday="By appointment"), words, [(None, "By appointment")], "days_unclear",
    ),
    "by appointment, in the description": (
        hours(description="By appointment"), words, [(None, "By appointment")], "hours_in_words",
    ),
    "a time that is none": (
        hours(weekday="Monday", dtstart="early"), words, [(None, "Monday early")], "time_unclear",
    ),
    "days without hours": (
        hours(weekday="Monday - Friday"),
        lambda session: [(row.byday, row.opens_at, row.notes) for row in schedules(session)],
        [(WEEK, None, "hours not stated")], "hours_not_stated",
    ),
    "an end before the beginning": (
        hours(weekday="Monday", dtstart="5:00PM", until="4:00PM"), words,
        [(None, "Monday 5:00PM - 4:00PM")], "hours_reversed",
    ),
    "no closing time": (
        hours(weekday="Monday", dtstart="5:00PM"),
        lambda session: [(row.opens_at, row.closes_at) for row in schedules(session)],
        [(time(17), None)], "no_closing_time",
    ),
}  # fmt: skip


def line_of(report: ImportReport, code: str) -> tuple[str, int | None, str]:
    found = [line for line in report.lines if line.code == code]
    assert found, f"no line {code} among {sorted({line.code for line in report.lines})}"
    return found[0].file, found[0].row, found[0].reason


@pytest.mark.parametrize("what", TREATMENTS)
def test_what_is_dirty_is_treated_as_defined_and_has_its_line(
    what: str, session: Session, tmp_path: Path, now: datetime
) -> None:
    change_tables, look, expected, code = TREATMENTS[what]
    tables = sample_tables()
    change_tables(tables)
    folder = write_package(tmp_path / "sample", tables)
    report = bring_in(session, folder, now)
    assert look(session) == expected
    if not code:  # nothing is wrong with it
        return
    file, row, reason = line_of(report, code)
    listed = list(csv.DictReader(io.StringIO(report.to_csv())))
    assert {(one["file"], one["code"]) for one in listed} >= {(file, code)}
    assert reason.endswith((".", "right.")), "a line is a sentence"
    again = bring_in(session, folder, now)
    assert not again.has_changes
    assert row is None or row > 1


@pytest.mark.parametrize(
    "what", ["by appointment", "a season without its years", "days without hours"]
)
def test_hours_that_cannot_be_read_count_as_not_known_never_as_closed(
    what: str, session: Session, tmp_path: Path, now: datetime
) -> None:
    tables = sample_tables()
    TREATMENTS[what][0](tables)
    bring_in(session, write_package(tmp_path / "sample", tables), now, status="active")
    found = {entry.name: entry for entry in read_entries(session, on=now.date())}
    assert [place.hours for place in found["Tutoring"].places] == [None]


def test_a_sheet_of_every_encoding_with_a_mark_and_odd_headings(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    """Windows letters, a byte-order mark, an apostrophe before a heading, ragged rows."""
    path = tmp_path / "partners.csv"
    path.write_bytes(
        b"\xef\xbb\xbfProvider,Service,'6-13,Notes\r\n"
        b"Ni\xf1os House,Food,X\r\n"
        b"Plain House,Food,,a note,beyond\r\n"
    )
    report = bring_in(session, path, now)
    names = {one.name for one in session.scalars(select(Organization))}
    assert names == {"Niños House", "Plain House"}
    rule = session.scalars(select(EligibilityRule)).one()
    assert (rule.kind, rule.facts) == ("age", {"low": 6, "high": 13})
    assert "beyond" in str([one.extra for one in session.scalars(select(Organization))])
    codes = {line.code for line in report.lines}
    assert {
        "encoding_guessed", "byte_order_mark", "heading_apostrophe", "row_ragged",
    } <= codes  # fmt: skip
    assert not bring_in(session, path, now).has_changes


def test_a_county_without_its_state_is_figured_or_kept_as_words(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "partners.csv"
    path.write_text(
        'Provider,Service,Counties Served\nA House,Food,Hamilton\nB House,Food,"Catoosa, Polk"\n'
        "C House,Food,Narnia\n"
    )
    report = bring_in(session, path, now)
    codes = {line.code for line in report.lines}
    assert "county_unclear" in codes
    kept = str([one.extra for one in session.scalars(select(ServiceArea))]) + str(
        [one.name for one in session.scalars(select(ServiceArea))]
    )
    assert "Narnia" in kept
    assert session.scalars(select(Attribute)).all()
    assert not bring_in(session, path, now).has_changes
