"""Cleaning of cells: no words are lost, nothing harmful passes as an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.hsds_facts import read_cents, tidy_postal_code
from catalog.importers.hsds_phones import split_extension
from catalog.importers.report import spreadsheet_text
from catalog.importers.text import clean_line, clean_text, find_emails, slug, web_address


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("they&rsquo;re", "they’re"),
        ("Reaching\nOut ", "Reaching Out"),
        ("Health  Care", "Health Care"),
        (r"Sample\'s Office", "Sample's Office"),
        ("a\u00a0b", "a b"),
        ("a\x00b", "ab"),
        ("null", ""),
    ],
)
def test_lines(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean


def test_text_keeps_its_lines() -> None:
    assert clean_text(" one \r\n\r\ntwo ") == "one\n\ntwo"


@given(st.text())
def test_a_line_is_one_line_and_cleaning_twice_trims_no_further(raw: str) -> None:
    line = clean_line(raw)
    assert "\n" not in line
    assert line == line.strip()


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("https://sample.org/a", "https://sample.org/a"),
        ("sample.org/help", "http://sample.org/help"),
        ("sample.org/student-\nsupport", "http://sample.org/student-support"),
        ("sample.org:8080", "http://sample.org:8080"),
        ("javascript:alert(1)", None),
        ("ftp://sample.org", None),
        ("sample, edu/x", None),
        ("https://", None),
        ("call us", None),
        ("", None),
    ],
)
def test_web_addresses(raw: str, address: str | None) -> None:
    assert web_address(raw) == address


def test_emails_in_a_cell_of_several() -> None:
    assert find_emails("a@sample.org; b.c@sample.co.uk") == ["a@sample.org", "b.c@sample.co.uk"]
    assert find_emails("at sample dot org") == []
    assert find_emails("sample.org/rides/Rides@sample.org") == []


def test_signs_without_width_are_left_out() -> None:
    assert clean_line("\u200b\u200binfo@sample.org\ufeff") == "info@sample.org"


@pytest.mark.parametrize(
    ("number", "extension", "expected"),
    [
        ("(423) 555-0100 ext 12", "", ("(423) 555-0100", "12")),
        ("423-555-0100 x7", "", ("423-555-0100", "7")),
        ("423-555-0100", "9", ("423-555-0100", "9")),
        ("211", "", ("211", "")),
    ],
)
def test_extensions(number: str, extension: str, expected: tuple[str, str]) -> None:
    assert split_extension(number, extension) == expected


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("12.50", 1250), ("$1,000", 100000), ("0", 0), ("free", None), ("-1", None), ("NaN", None)],
)
def test_money_is_whole_cents(amount: str, cents: int | None) -> None:
    assert read_cents(amount) == cents


def test_postal_codes() -> None:
    assert tidy_postal_code("20018-3262") == "20018-3262"
    assert tidy_postal_code("20010`") == "20010"
    assert tidy_postal_code("K1A 0B1") == "K1A 0B1"


def test_a_reported_cell_cannot_run_as_a_formula() -> None:
    assert spreadsheet_text("=HYPERLINK()") == "'=HYPERLINK()"
    assert spreadsheet_text("plain") == "plain"


def test_slugs_are_plain() -> None:
    assert slug("Niños & Families, Inc.") == "ninos-families-inc"
