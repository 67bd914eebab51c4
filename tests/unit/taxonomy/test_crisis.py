"""Words of crisis show the lines and rank nothing; what only sounds like them is answered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.taxonomy import VocabularyError, resolve
from catalog.taxonomy.crisis import find_crisis, read_rule
from catalog.taxonomy.lexicon import lexicon
from catalog.taxonomy.words import read_words
from tests.unit.taxonomy.resolve_exam import with_typos

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("crisis_cases.yaml").read_text(encoding="utf-8")
)
CRISES = [(kind, text) for kind, texts in CASES["crisis"].items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), CRISES)
def test_words_of_crisis_show_the_lines_and_rank_nothing(kind: str, text: str) -> None:
    answer = resolve(text)
    assert answer.crisis is not None
    assert kind in answer.crisis.kinds
    assert answer.candidates == ()
    assert [line.code for line in answer.crisis.lines][:2] == ["988", "911"]


def test_mistyped_words_of_crisis_are_heard_too(capsys: pytest.CaptureFixture[str]) -> None:
    heard = [resolve(with_typos(text)).crisis is not None for _, text in CRISES]
    with capsys.disabled():
        sys.stdout.write(
            f"\ncrisis: {sum(heard)} of {len(heard)} heard with a typo in each longer word"
        )
    assert sum(heard) / len(heard) >= 0.85


@pytest.mark.parametrize("text", CASES["harmless"])
def test_what_only_sounds_like_a_crisis_is_none(text: str) -> None:
    assert resolve(text).crisis is None


@pytest.mark.parametrize("text", ["Le pega su papá", "her dad beats her"])
@pytest.mark.parametrize(("language", "words"), [("en", "call or text 988"), ("es", "oprima 2")])
def test_the_lines_are_in_the_language_asked_for(text: str, language: str, words: str) -> None:
    crisis = resolve(text, language).crisis
    assert crisis is not None
    assert words in crisis.lines[0].text


def test_a_need_in_the_same_sentence_is_not_ranked() -> None:
    answer = resolve("she needs shoes and she wants to kill herself")
    assert answer.crisis is not None
    assert answer.candidates == ()


def test_a_harmless_phrase_does_not_hide_a_crisis_beside_it() -> None:
    assert resolve("killing it in math but wants to kill herself").crisis is not None


def test_a_negation_does_not_hide_a_crisis() -> None:
    assert resolve("she is not suicidal, I think").crisis is not None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("she is being abused", "childhelp"),
        ("domestic violence", "domestic-violence"),
        ("she ran away", "runaway"),
        ("sex trafficking", "trafficking"),
    ],
)
def test_each_kind_has_its_own_line_and_a_source(text: str, line: str) -> None:
    crisis = resolve(text).crisis
    assert crisis is not None
    assert line in [one.code for one in crisis.lines]
    assert all(one.source.startswith("https://") for one in crisis.lines)


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_phrase_of_the_lexicon_is_swallowed_by_a_rule(language: str) -> None:
    swallowed = [
        phrase.text
        for phrase in lexicon(language).phrases
        if find_crisis(read_words(phrase.text), language)
    ]
    assert swallowed == []


@pytest.mark.parametrize("line", ["Kill", "don't", "*", "maybe?", ""])
def test_a_rule_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(VocabularyError, match=r"crisis\.yaml"):
        read_rule(line)
