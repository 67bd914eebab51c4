"""What people say is understood: in two languages, with typing errors, with "no" and "not"."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.taxonomy import resolve, term
from catalog.taxonomy.lexicon import lexicon, phrase_stems
from catalog.taxonomy.words import read_words
from tests.unit.taxonomy.resolve_exam import Case, cases, with_harsh_typos, with_typos

LEAST = {"en": 0.90, "es": 0.85}
LEAST_MISTYPED = 0.85
PARTS = ("tuning", "held_out")
HARSH_TURNS = range(5)


def share(chosen: list[Case], *, is_mistyped: bool = False) -> float:
    texts = [with_typos(case.text) if is_mistyped else case.text for case in chosen]
    return sum(map(Case.is_answered, chosen, texts)) / len(chosen)


def share_harshly_mistyped(chosen: list[Case]) -> float:
    texts = [(case, with_harsh_typos(case.text, turn)) for case in chosen for turn in HARSH_TURNS]
    return sum(case.is_answered(text) for case, text in texts) / len(texts)


def found(text: str, language: str | None = None) -> list[str]:
    return [one.code for one in resolve(text, language).candidates]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_right_term_is_among_the_first_three(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = [case for case in cases() if case.language == language]
    parts = {part: [case for case in chosen if case.part == part] for part in PARTS}
    for name, some in {"all": chosen, **parts}.items():
        clean, mistyped = share(some), share(some, is_mistyped=True)
        harshly = share_harshly_mistyped(some)
        with capsys.disabled():
            sys.stdout.write(
                f"\nresolve {language} {name}: right term in the first three for {clean:.1%} of "
                f"{len(some)} phrases, {mistyped:.1%} with a typo in each longer word, {harshly:.1%} "
                f"with a harsh typist; the lexicon has {len(lexicon(language).phrases)} phrases"
            )
        assert clean >= LEAST[language]
        assert mistyped >= LEAST_MISTYPED
        assert harshly >= LEAST_MISTYPED


def test_the_exam_is_large_enough_and_in_no_lexicon() -> None:
    exam = list(cases())
    assert len(exam) >= 300
    assert sum(case.language == "es" for case in exam) >= 120
    assert sum(case.part == "held_out" for case in exam) >= 100
    for case in exam:
        book = lexicon(case.language)
        said = [word.text for word in read_words(case.text)]
        stems = phrase_stems(said, case.language, book.grammar)
        assert stems not in {phrase.stems for phrase in book.phrases}, case.text


def test_a_high_confidence_is_right_more_often_than_a_low_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    right: dict[bool, list[bool]] = {True: [], False: []}
    for case in cases():
        if case.part == "tuning" and (best := resolve(case.text).candidates):
            right[best[0].confidence >= 0.8].append(best[0].code in case.wanted)
    high, low = (sum(marks) / len(marks) for marks in (right[True], right[False]))
    with capsys.disabled():
        sys.stdout.write(
            f"\nresolve: the first term is right for {high:.0%} of {len(right[True])} answers with "
            f"confidence 0.8 and more, for {low:.0%} of {len(right[False])} below"
        )
    assert high >= 0.8
    assert high > low


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("my kid has a toothache", "toothache"),
        ("no tiene lentes", "glasses"),
        ("volleyball", "volleyball"),
        ("legos", "lego"),
        ("the lights got cut off", "utility-help"),
        ("needs cleats", "shoes"),
        ("se mudaron con la tía", "housing"),
        ("doubled up", "housing"),
        ("TOOTH ACHE!!!", "toothache"),
        ("food-pantry", "food-pantry"),
        ("vivienda", "housing"),
        ("fútbol", "soccer"),
        ("futbol", "soccer"),
    ],
)
def test_the_phrases_of_the_brief_come_first(text: str, code: str) -> None:
    assert found(text)[0] == code


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("food, not housing", "food", "housing"),
        ("not housing, just food", "food", "housing"),
        ("food but not clothes", "food", "clothing"),
        ("doesn't need food, needs shoes", "shoes", "food"),
        ("doesn't need food, clothes or a coat, only a dentist", "dental-checkup", "winter-coat"),
        ("he is not interested in soccer but loves chess", "chess", "soccer"),
        ("already has glasses, needs an eye exam", "eye-exam", "glasses"),
        ("we don't need rent help and we need diapers", "baby-supplies", "rent-help"),
        ("no necesita ropa, necesita zapatos", "shoes", "clothing"),
        ("no le gusta el fútbol, le gusta el ajedrez", "chess", "soccer"),
        ("comida, pero no ropa", "food", "clothing"),
        ("we are not homeless, we need a dentist", "dental-checkup", "housing"),
        ("ya tiene lentes, le falta mochila", "school-supplies", "glasses"),
    ],
)
def test_what_is_not_wanted_is_not_offered(text: str, wanted: str, unwanted: str) -> None:
    codes = found(text)
    assert wanted in codes[:3]
    assert unwanted not in codes


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("fod, nto housing", "food", "housing"),
        ("doesnt ned food, nedes shoes", "shoes", "food"),
        ("no neceista ropa, necesita zapatos", "shoes", "clothing"),
        ("food adn a coat", "winter-coat", "biology"),
        ("help with the light ill", "utility-help", "dental"),
    ],
)
def test_a_typing_error_in_a_little_word_changes_nothing(
    text: str, wanted: str, unwanted: str
) -> None:
    codes = found(text)
    assert wanted in codes[:3]
    assert unwanted not in codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no food", "food"),
        ("has no coat", "winter-coat"),
        ("is not reading yet", "reading-tutoring"),
        ("can't see the board", "eye-exam"),
        ("doesn't have a bed", "furniture-beds"),
        ("without insurance", "health-insurance-help"),
        ("no hay luz", "utility-help"),
        ("no oye", "hearing-care"),
        ("sin zapatos", "shoes"),
    ],
)
def test_a_lack_is_a_need(text: str, code: str) -> None:
    assert code in found(text)[:3]


def test_only_a_denial_is_no_miss() -> None:
    answer = resolve("not housing")
    assert answer.candidates == ()
    assert not answer.is_miss


def test_a_denial_leaves_the_rest_of_a_list_alone() -> None:
    assert {"winter-coat", "food"} <= set(found("food and a coat but not housing")[:3])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my son needs glasses", "en"),
        ("mi hijo necesita lentes", "es"),
        ("le duele un diente", "es"),
        ("tooth pain", "en"),
        ("necesito ayuda con la renta", "es"),
    ],
)
def test_the_language_is_guessed(text: str, language: str) -> None:
    assert resolve(text).language == language


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("text", ["soccer", "fútbol"])
def test_a_word_of_the_other_language_is_understood(text: str, language: str) -> None:
    answer = resolve(text, language)
    assert answer.candidates[0].code == "soccer"
    assert answer.candidates[0].label == term("soccer").label(language)


def test_every_open_eligibility_id_of_the_term_is_told() -> None:
    best = resolve("needs counseling").candidates[0]
    assert (best.code, best.open_eligibility_ids) == ("counseling", (1220, 1304))


def test_a_miss_tells_words_but_no_names_and_no_figures() -> None:
    answer = resolve("Maricarmen Quispe wants zumbroggle 4235551234")
    assert answer.is_miss
    assert answer.unknown_words == ("zumbroggle",)


@pytest.mark.parametrize("text", ["", "   ", "?!", "\n\n"])
def test_a_text_without_words_is_no_miss(text: str) -> None:
    answer = resolve(text)
    assert answer.candidates == ()
    assert not answer.is_miss


def test_a_language_that_we_do_not_speak_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        resolve("dentiste", "fr")


@given(st.text(max_size=400))
def test_any_text_is_answered_in_order_and_within_bounds(text: str) -> None:
    confidences = [one.confidence for one in resolve(text).candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < one < 1 for one in confidences)


def test_a_very_long_text_takes_no_longer_than_its_beginning() -> None:
    start = time.perf_counter()
    resolve("needs glasses " * 100_000)
    assert time.perf_counter() - start < 1


def test_a_phrase_takes_two_milliseconds(capsys: pytest.CaptureFixture[str]) -> None:
    texts = [case.text for case in cases()]
    texts += [with_typos(text) for text in texts]
    resolve("warm up the lexicon")
    start = time.process_time()
    for text in texts:
        resolve(text)
    each = (time.process_time() - start) / len(texts)
    with capsys.disabled():
        sys.stdout.write(f"\nresolve: {each * 1000:.2f} ms a phrase, half of them mistyped")
    assert each < 0.002
