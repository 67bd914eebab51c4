"""Columns whose headings say nothing are told by the look of their cells, where that is sure."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.cell_shapes import LEAST, SHAPES, SHARE, guess_by_shape
from catalog.importers.csv_tables import SourceTable, read_csv
from catalog.importers.sheet_guess import guess_columns, guess_mapping
from catalog.importers.sheet_mapping import read_mappings, write_mappings

SHEET = """\
Agency,Program,Main line,Online,Inbox,Where,Postal,When,Charge,For whom
Sample House,Tutoring,423-555-0100,https://sample.org,hi@sample.org,1 Main St,37402,Mon-Fri 9-5,$10,6-13
River Club,Rowing,(423) 555-0101,river.org,row@river.org,2 Dock Road,37403,Tue 3-6pm,Free,18+
Bridge,Food,423.555.0102,www.bridge.org,a@bridge.org,3 Hill Ave,37404-1234,Sat 10-12,$5.50 a week,under 5
Last,Chess,call us,http://last.org/x,b@last.org,PO Box 7,37405,by appointment,gratis,ages 5 to 12
More,Chess,4235550104,more.org/x,c@more.org,12 E 4th Street,37405,M-F 9-5,$ 12,12 and up
"""
LOOKS = {
    "phone": ["423-555-0100", "(423) 555-0101 ext. 12", "+1 423.555.0102", "4235550103"],
    "url": ["https://a.org/x?y=1", "www.b.com", "c.org", "sub.d-e.edu/path"],
    "email": ["a@b.org", "first.last@some-house.com", "x+y@z.edu", "info@a.b.c.us"],
    "street": ["1 Main St", "12-14 E 4th Street, Suite 5", "2000 Rossville Blvd.", "P.O. Box 12"],
    "hours": ["Mon-Fri 9-5", "Tue 3-6pm", "2nd Sat 10am-12pm", "24/7", "Lunes a viernes 9-5"],
    "fees": ["$10", "free", "$5.50 a week", "sliding scale"],
    "ages": ["6-13", "18+", "ages 5 to 12", "under 5", "12 and up", "5-12 years"],
}


def table_of(columns: dict[str, list[str]]) -> SourceTable:
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return read_csv("sheet.csv", out.getvalue().encode(), [])


def test_a_sheet_whose_headings_say_little_is_read_by_its_cells() -> None:
    mapping = guess_mapping(read_csv("sheet.csv", SHEET.encode(), []))
    assert mapping is not None
    assert mapping.columns == {
        "Agency": "provider",
        "Program": "service",
        "Main line": "phone",
        "Online": "url",
        "Inbox": "email",
        "Where": "street",
        "Postal": "zip",
        "When": "hours",
        "Charge": "fees",
        "For whom": "ages",
    }
    assert mapping.by_cells["Main line"] == (4, 5)
    assert mapping.by_cells["Online"] == (5, 5)
    assert "Agency" not in mapping.by_cells
    text = write_mappings({"sheet.csv": mapping})
    assert "'Main line' is phone by the look of its cells (4 of 5)" in text
    assert read_mappings(text, ["sheet.csv"]) == {"sheet.csv": mapping}


@pytest.mark.parametrize("field", LOOKS)
def test_a_column_of_one_look_is_that_field(field: str) -> None:
    found = guess_by_shape({"What": LOOKS[field]}, [])
    assert found["What"].field == field
    assert guess_by_shape({"What": LOOKS[field]}, [field]) == {}  # a heading named it already


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Fax", LOOKS["phone"]),
        ("Director's cell", LOOKS["phone"]),
        ("Contact person", LOOKS["email"]),
        ("Facebook", LOOKS["url"]),
        ("Mailing", LOOKS["street"]),
        ("Lead agency", LOOKS["street"]),
        ("Closed", LOOKS["hours"]),
        ("Budget", LOOKS["fees"]),
        ("Group size", LOOKS["ages"]),
        ("Grades", LOOKS["ages"]),
        ("What", LOOKS["phone"][:2]),  # too few
        ("What", [*LOOKS["phone"], "call us", "by the church"]),  # 4 of 6
        ("What", ["free"] * 9),
        ("What", ["$1,200,000", "$45,000", "$9,500.00"]),
        ("What", ["12-3456789"] * 3),  # the tax's number
        ("What", ["1203000253"] * 3),  # no area begins so
        ("What", ["9-5"] * 3),  # on which days?
        ("What", ["37402"] * 3),  # five digits without a street
        ("What", ["food", "rent", "clothes"]),
    ],
)
def test_what_is_not_sure_is_not_guessed(heading: str, cells: list[str]) -> None:
    assert guess_by_shape({heading: cells}, []) == {}


def test_five_digits_are_a_zip_code_beside_a_street_only() -> None:
    columns = {"Where": LOOKS["street"], "Postal": ["37402"] * 4, "ID": ["10001"] * 4}
    assert {name: one.field for name, one in guess_by_shape(columns, []).items()} == {
        "Where": "street",
        "Postal": "zip",
    }


def test_a_heading_goes_before_the_look_of_cells() -> None:
    columns = {
        "Agency": ["A", "B", "C"],
        "Phone": ["ask", "", "ask"],
        "Line": LOOKS["phone"][:3],
        "Notes": LOOKS["email"][:3],
    }
    mapping = guess_columns(table_of(columns))
    assert mapping.columns == {
        "Agency": "provider",
        "Phone": "phone",
        "Line": "extra",
        "Notes": "description",
    }


cells = st.one_of(
    st.sampled_from([cell for look in LOOKS.values() for cell in look]),
    st.text(max_size=20),
)


@given(st.dictionaries(st.text(min_size=1, max_size=10), st.lists(cells, max_size=12), max_size=6))
def test_each_field_is_guessed_once_and_only_for_most_cells(columns: dict[str, list[str]]) -> None:
    found = guess_by_shape(columns, ["phone"])
    fields = [one.field for one in found.values()]
    assert len(fields) == len(set(fields))
    assert "phone" not in fields
    for heading, one in found.items():
        assert one.filled == len(columns[heading]) >= LEAST
        assert one.fitting == sum(map(SHAPES[one.field], columns[heading]))
        assert one.fitting >= SHARE * one.filled


@given(st.dictionaries(st.text(min_size=1, max_size=10), st.lists(cells, max_size=12), max_size=4))
def test_the_order_of_rows_makes_no_difference(columns: dict[str, list[str]]) -> None:
    turned = {heading: list(reversed(listed)) for heading, listed in columns.items()}
    assert guess_by_shape(turned, []) == guess_by_shape(columns, [])
