"""Mapping files of flat sheets: written, read back the same, and refused where they cannot be."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import BrokenFileError, CatalogError, CatalogValueError
from catalog.importers.csv_tables import read_csv
from catalog.importers.package import read_package
from catalog.importers.sheet_guess import age_band, guess_mapping, guess_without_heading
from catalog.importers.sheet_mapping import (
    FIELDS,
    Mark,
    SheetMapping,
    read_mappings,
    write_mappings,
)

MARKED = """Agency Name,Program Name,Strategy,Site Address,Site Phone,'6-13,14-17,Spanish,Parent
Sample House,"Arts, Music",Tutoring,1 Main St,423-555-0100,X,,x,X
River Club,Rowing,Sports,2 Dock Rd,423-555-0101,X,X,,
"""


def guessed(tmp_path: Path, text: str) -> SheetMapping | None:
    path = tmp_path / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    return guess_mapping(read_package(path).tables["sheet"])


def test_columns_of_marks_are_guessed(tmp_path: Path) -> None:
    mapping = guessed(tmp_path, MARKED)
    assert mapping is not None
    assert mapping.columns == {
        "Agency Name": "provider",
        "Program Name": "service",
        "Strategy": "category",
        "Site Address": "street",
        "Site Phone": "phone",
        "6-13": Mark("age", [6, 13]),
        "14-17": Mark("age", [14, 17]),
        "Spanish": Mark("language", "Spanish"),
        "Parent": Mark("label", "Parent"),
    }
    assert mapping.splits == {}  # the name of a program may hold a comma


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Service offered", "service"),
        ("Hrs", "hours"),
        ("Servicio", "service"),
        ("Dirección", "street"),
        ("Ciudad", "city"),
        ("Código postal", "zip"),
        ("Teléfono", "phone"),
        ("Correo", "email"),
        ("Correo electrónico", "email"),
        ("Sitio web", "url"),
        ("Horario", "hours"),
        ("Descripción", "description"),
        ("Edades", "ages"),
        ("Costo", "fees"),
        ("Idiomas", "languages"),
    ],
)
@pytest.mark.parametrize("provider", ["Agency", "Organización", "Nombre"])
def test_headings_in_both_languages(
    tmp_path: Path, provider: str, heading: str, field: str
) -> None:
    mapping = guessed(tmp_path, f"{provider},Web,{heading}\n")
    if field == "url":
        mapping = guessed(tmp_path, f"{provider},Phone,{heading}\n")
    assert mapping is not None
    assert mapping.columns[provider] == "provider"
    assert mapping.columns[heading] == field
    assert mapping.by_cells == {}


@pytest.mark.parametrize(("name", "owner"), [("Name", "Organization"), ("Nombre", "Agencia")])
def test_a_bare_name_gives_way_to_whose_name_it_is(tmp_path: Path, name: str, owner: str) -> None:
    mapping = guessed(tmp_path, f"{name},{owner},Phone\n")
    assert mapping is not None
    assert mapping.columns == {name: "extra", owner: "provider", "Phone": "phone"}


def test_a_list_of_services_in_one_cell_is_split(tmp_path: Path) -> None:
    mapping = guessed(tmp_path, 'Provider,Service\nSample House,"Food, Rent"\n')
    assert mapping is not None
    assert mapping.splits == {"service": ",;"}


def test_a_sheet_without_a_heading_is_known_by_words_that_recur(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    rows = [
        f"House {'abcdefghijkl'[n]};Program {'mnopqrstuvwx'[n]};Sports;Music" for n in range(12)
    ]
    path.write_text("\n".join(rows) + "\n")
    content = path.read_bytes()
    mapping = guess_without_heading(read_csv("tags.csv", content, [], has_heading=False))
    assert mapping is not None
    assert mapping.has_heading is False
    assert list(mapping.columns.values()) == ["provider", "service", "category", "category"]


@pytest.mark.parametrize(
    ("heading", "band"),
    [
        ("6-13", [6, 13]),
        ("ages 6 to 13", [6, 13]),
        ("18+", [18, None]),
        ("under 5", [0, 4]),
        ("13-6", None),
        ("phone", None),
    ],
)
def test_age_bands(heading: str, band: list[int | None] | None) -> None:
    assert age_band(heading) == band


marks = st.one_of(
    st.tuples(st.integers(0, 20), st.integers(20, 99)).map(lambda b: Mark("age", list(b))),
    st.sampled_from(["Spanish", "Vietnamese"]).map(lambda word: Mark("language", word)),
    st.text(min_size=1).filter(str.strip).map(lambda word: Mark("label", word.strip())),
)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)
mappings = st.builds(
    SheetMapping,
    st.dictionaries(names, st.one_of(st.sampled_from([*FIELDS, "extra"]), marks)).map(
        lambda columns: {**columns, "Provider": "provider"}
    ),
    st.dictionaries(st.sampled_from(FIELDS), names),
    st.dictionaries(st.sampled_from(FIELDS), st.sampled_from([",", ";", ",;", "/"])),
    st.sampled_from([None, ";", "\t"]),
    st.booleans(),
)


@given(mappings, st.booleans())
def test_what_is_written_reads_back(mapping: SheetMapping, is_several: bool) -> None:
    written = {"a.csv": mapping, **({"b.csv": mapping} if is_several else {})}
    assert read_mappings(write_mappings(written), list(written)) == written


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"columns": {"A": "provider", "B": "colour"}}, "colour"),
        ({"columns": {"A": "service"}}, "provider"),
        ({"columns": {"A": "provider", "B": {"age": [9, 3]}}}, "age"),
        ({"columns": {"A": "provider", "B": {"age": [None, None]}}}, "age"),
        ({"columns": {"A": "provider"}, "constants": {"colour": "red"}}, "colour"),
        ({"columns": {"A": "provider"}, "delimiter": "ab"}, "delimiter"),
        ({"columns": {"A": "provider"}, "heading": "no"}, "heading"),
        ({"columns": {"A": "provider"}, "colums": {}}, "colums"),
        ({}, "columns"),
        ([1], "columns"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused_with_words(told: Any, word: str) -> None:
    with pytest.raises(CatalogValueError, match=word):
        read_mappings(yaml.safe_dump(told), ["a.csv"])


@pytest.mark.parametrize("text", ["{", "a: b: c", "!!python/object/apply:os.system [x]"])
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(BrokenFileError):
        read_mappings(text, ["a.csv"])


@given(st.text(max_size=200))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    refusal = ""
    found: dict[str, SheetMapping] = {}
    try:
        found = read_mappings(text, ["a.csv"])
    except CatalogError as refused:
        refusal = str(refused)
    assert found or refusal
