"""`flask catalog resolve`: terms as JSON, a phrase or a file of them, and the lines in a crisis."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from app.exchange.resolve_commands import resolve_words


def run(*arguments: object) -> Result:
    return CliRunner().invoke(resolve_words, [str(one) for one in arguments])


def test_json_is_a_list_best_first() -> None:
    told = json.loads(run("my kid has a toothache", "--json").stdout)
    assert told[0] == {
        "term": "toothache",
        "label": "Toothache or dental emergency",
        "open_eligibility_ids": [1184],
        "confidence": told[0]["confidence"],
    }
    confidences = [one["confidence"] for one in told]
    assert confidences == sorted(confidences, reverse=True)


def test_labels_are_in_the_language_asked_for() -> None:
    told = json.loads(run("no tiene lentes", "--language", "es", "--json").stdout)
    assert told[0]["label"] == "Lentes"


def test_a_crisis_is_no_list() -> None:
    told = json.loads(run("she wants to kill herself", "--json").stdout)
    assert told["crisis"]["kinds"] == ["self-harm"]
    assert told["crisis"]["lines"][0]["phone"] == "988"


def test_a_file_gives_a_list_a_line_and_keeps_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "phrases.txt"
    path.write_text("volleyball\n\nxyzzy\nse quiere matar\n", encoding="utf-8")
    lines = [json.loads(line) for line in run("--file", path).stdout.splitlines()]
    assert lines[0][0]["term"] == "volleyball"
    assert lines[1:3] == [[], []]
    assert lines[3]["crisis"]["kinds"] == ["self-harm"]


def test_people_read_labels_and_what_to_do_about_a_miss() -> None:
    assert "Volleyball" in run("volleyball").stdout
    assert "No term was found" in run("xyzzy").stdout
    assert "school's protocol" in run("she wants to kill herself").stdout


def test_neither_or_both_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "phrases.txt"
    path.write_text("chess\n", encoding="utf-8")
    assert run().exit_code == 2
    assert run("chess", "--file", path).exit_code == 2


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "phrases.bin"
    path.write_bytes(b"\xff\xfe\x00\xff")
    answer = run("--file", path)
    assert answer.exit_code == 1
    assert "UTF-8" in answer.output
