"""Parameter files: right ones load, wrong ones are refused with the file, the key and the line."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from matching import parameters
from matching.errors import ParameterError
from matching.parameters import CRITERIA, PRESETS, load

SHIPPED = Path(parameters.__file__).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoilt."""
    for path in SHIPPED.glob("*.toml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("preset", PRESETS)
def test_shipped_presets_load_and_their_weights_sum_to_1000(preset: str) -> None:
    loaded = load(preset)
    assert tuple(loaded.weights) == CRITERIA
    assert sum(loaded.weights.values()) == 1000
    assert loaded.weights["track_record"] <= 150
    assert loaded.version.startswith(f"{preset}-")


def test_presets_differ_as_they_promise() -> None:
    balanced, urgent, enrichment = (load(preset).weights for preset in PRESETS)
    assert urgent["closeness"] > balanced["closeness"]
    assert urgent["openings"] > balanced["openings"]
    assert enrichment["interest"] > balanced["interest"]
    assert enrichment["hours"] > balanced["hours"]


def test_the_version_changes_with_a_value_and_not_with_a_comment(folder: Path) -> None:
    before = load("balanced", folder).version
    assert before == load("balanced").version
    path = folder / "eligibility.toml"
    path.write_text("# a remark\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load("balanced", folder).version == before
    change(path, "value = 2400", "value = 2401")
    assert load("balanced", folder).version != before
    assert load("balanced", folder).reach_foot == 2401


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("eligibility.toml", "2400", '"far"', r"eligibility\.toml, line 4: \[reach\.foot\].*whole"),
        ("eligibility.toml", "2400", "-1", r"line 4: \[reach\.foot\] is -1"),
        ("eligibility.toml", "2400", "true", r"\[reach\.foot\] is True"),
        ("eligibility.toml", "[reach.foot]", "[reach.boat]", r"line 4: \[reach\.boat\] is not"),
        ("eligibility.toml", 'unit = "metres, straight line"\n', "", r"\[reach\.foot\] must have"),
        (
            "eligibility.toml",
            "[reach.foot]",
            "[reach.foot",
            r"eligibility\.toml: is not valid TOML",
        ),
        ("eligibility.toml", 'value = "en"', "value = 5", r"\[language\.local\].*language code"),
        (
            "eligibility.toml",
            "13_000",
            "1000",
            r"reach_bus \(line \d+\) is 1000 .* below reach_foot \(line 4\), 2400",
        ),
        ("scoring.toml", "value = 1000", "value = 1001", r"\[need\.exact\] is 1001.*0 to 1000"),
        ("scoring.toml", 'unit = "per mille"', 'unit = ""', r"\[need\.exact\] must say its unit"),
        ("balanced.toml", "value = 300", "value = 301", r"sum to 1001.*: need 301 \(line \d+\), "),
    ],
)
def test_a_wrong_file_is_refused_by_name_key_and_line(
    folder: Path, file: str, old: str, new: str, message: str
) -> None:
    change(folder / file, old, new)
    with pytest.raises(ParameterError, match=message):
        load("balanced", folder)


def test_a_missing_key_is_named(folder: Path) -> None:
    path = folder / "eligibility.toml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("[reach.foot]"), text.index("[reach.bus]")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    with pytest.raises(ParameterError, match=r"eligibility\.toml: \[reach_foot\] is missing"):
        load("balanced", folder)


def test_a_track_record_may_not_shut_new_partners_out(folder: Path) -> None:
    path = folder / "balanced.toml"
    change(path, "value = 300", "value = 200")
    text = path.read_text(encoding="utf-8")
    head, tail = text.split("[weight.track_record]")
    path.write_text(head + "[weight.track_record]" + tail.replace("60", "160", 1), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"\[weight\.track_record\] is 160.*at most 150"):
        load("balanced", folder)


def test_a_missing_file_and_an_unknown_preset_are_named(folder: Path) -> None:
    (folder / "scoring.toml").unlink()
    with pytest.raises(ParameterError, match=r"scoring\.toml: cannot be read"):
        load("balanced", folder)
    with pytest.raises(ParameterError, match="'fast'"):
        load("fast")


REACH = '[reach.foot]\nvalue = 1200\nunit = "metres, straight line"\nsource = "here, today"\n'
WEIGHT = '[weight.{}]\nvalue = {}\nunit = "per mille"\nsource = "here, today"\n'


def test_a_district_changes_one_figure_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "eligibility.toml").write_text(REACH, encoding="utf-8")
    shipped, own = load("balanced"), load("balanced", overrides=tmp_path)
    assert own.reach_foot == 1200
    assert own.version != shipped.version
    assert replace(own, reach_foot=shipped.reach_foot, version=shipped.version) == shipped


def test_an_empty_folder_of_a_district_changes_nothing(tmp_path: Path) -> None:
    assert load("urgent", overrides=tmp_path) == load("urgent")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("eligibility.toml", REACH.replace("1200", "-5"), r"line 1: \[reach\.foot\] is -5"),
        ("eligibility.toml", REACH.replace("foot", "boat"), r"line 1: \[reach\.boat\] is not"),
        ("eligibility.toml", REACH.replace("1200", "99_000"), r"reach_bus .* below reach_foot"),
        ("eligibility.toml", REACH.replace('source = "here, today"\n', ""), "exactly the keys"),
        (
            "balanced.toml",
            WEIGHT.format("need", 999),
            r"the weights sum to .* need 999 \(line 1 of the district's\), interest \d+ \(line \d+\)",
        ),
        (
            "eligibility.toml",
            REACH.replace("[reach.foot]", "\n[ reach.foot ]  # ours").replace("1200", "-5"),
            r"line 2: \[reach\.foot\] is -5",
        ),
        (
            "eligibility.toml",
            '[reach]\nfoot = { value = -5, unit = "m", source = "x" }\n',
            r"line 2: \[reach\.foot\] is -5",
        ),
        (
            "eligibility.toml",
            'reach.foot = { value = -5, unit = "m", source = "x" }\n',
            r"line 1: \[reach\.foot\] is -5",
        ),
        (
            "eligibility.toml",
            REACH.replace("1200", "99_000"),
            r"reach_bus \(line \d+\) is .* reach_foot \(line 1 of the district's\)",
        ),
        (
            "eligibility.toml",
            REACH + REACH.replace("reach.foot", "reach_foot"),
            r"line 1: \[reach\.foot\] stands there again as \[reach_foot\]; keep one",
        ),
        (
            "eligibility.toml",
            '[language.local]\nvalue = "English"\nunit = "code"\nsource = "x"\n',
            r"line 1: \[language\.local\] must be a language code",
        ),
        ("eligibilty.toml", REACH, r"eligibilty\.toml: no parameter file has this name"),
    ],
)
def test_a_wrong_figure_of_a_district_is_refused(
    tmp_path: Path, file: str, text: str, message: str
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=message):
        load("balanced", overrides=tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="nowhere is not a folder"):
        load("balanced", overrides=tmp_path / "nowhere")
