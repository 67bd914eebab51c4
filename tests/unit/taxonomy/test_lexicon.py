"""The lexicon: large, in both languages for every term, and clear about what it refuses."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.taxonomy import VocabularyError, interests, needs
from catalog.taxonomy.lexicon import (
    Lexicon,
    build_lexicon,
    lexicon,
    phrase_lines,
    read_headed_lines,
)
from catalog.taxonomy.readings import readings
from catalog.taxonomy.spelling import meant_words
from catalog.taxonomy.words import plain, read_words, stem
from tests.unit.taxonomy.resolve_exam import with_harsh_typos

LEAST_PHRASES = {"en": 3_000, "es": 2_000}


@pytest.fixture(params=["en", "es"])
def book(request: pytest.FixtureRequest) -> Lexicon:
    return lexicon(request.param)


def test_every_term_has_lay_words_beside_its_label(book: Lexicon) -> None:
    lay = {
        code
        for codes, text in phrase_lines(book.language)
        for code in codes
        if plain(text) not in {plain(one.label(book.language)) for one in (*needs(), *interests())}
    }
    assert {one.code for one in (*needs(), *interests())} - lay == set()


def test_the_lexicon_is_large(book: Lexicon) -> None:
    assert len(book.phrases) >= LEAST_PHRASES[book.language]


def test_no_phrase_stands_twice_under_one_heading(book: Lexicon) -> None:
    seen: set[tuple[str, str]] = set()
    twice = []
    for codes, text in phrase_lines(book.language):
        for code in codes:
            if (code, plain(text)) in seen:
                twice.append((code, text))
            seen.add((code, plain(text)))
    labels = {one.label(book.language) for one in (*needs(), *interests())}
    assert [one for one in twice if one[1].casefold() not in {plain(x) for x in labels}] == []


def test_it_is_read_quickly(book: Lexicon) -> None:
    def seconds() -> float:
        start = time.process_time()
        lexicon.__wrapped__(book.language)
        return time.process_time() - start

    # Both together take about 0.13 s; each alone has the limit, so that a busy machine is no fault.
    assert min(seconds() for _ in range(4)) < 0.15


def test_a_phrase_under_two_headings_means_both() -> None:
    grammar = lexicon("en").grammar
    book = build_lexicon("en", grammar, [(("chess",), "king me"), (("board-games",), "king me")])
    assert book.phrases[0].codes == ("chess", "board-games")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("tooth hurts", "no \\[term\\] stands above"),
        ("[toothache\ntooth hurts", "lacks its end"),
        ("[]\ntooth hurts", "lacks its end"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(text: str, fault: str) -> None:
    with pytest.raises(VocabularyError, match=fault):
        list(read_headed_lines(text, "en/dental.txt"))


def test_a_heading_that_is_no_term_is_refused() -> None:
    with pytest.raises(VocabularyError, match="tooth-fairy"):
        build_lexicon("en", lexicon("en").grammar, [(("tooth-fairy",), "lost a tooth")])


def test_a_phrase_without_words_is_refused() -> None:
    with pytest.raises(VocabularyError, match="says nothing"):
        build_lexicon("en", lexicon("en").grammar, [(("chess",), "?!")])


def test_a_language_without_a_lexicon_is_refused() -> None:
    with pytest.raises(VocabularyError, match="'fr'"):
        lexicon("fr")


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["glass", "glasses"]),
        ("en", ["cavity", "cavities"]),
        ("en", ["dance", "dancing", "danced", "dances"]),
        ("en", ["run", "running", "runs"]),
        ("es", ["diente", "dientes"]),
        ("es", ["roto", "rota", "rotos", "rotas"]),
        ("es", ["dibujar", "dibujando", "dibujo"]),
        ("es", ["lapiz", "lapices"]),
        ("es", ["revisar", "revisarlo", "revisarle"]),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, forms: list[str]) -> None:
    assert len({stem(form, language) for form in forms}) == 1


def test_words_are_read_plainly_and_by_clause() -> None:
    words = read_words("Mom’s car, DIDN'T start; ¿qué?")
    assert [word.text for word in words] == ["mom", "car", "didnt", "start", "que"]
    assert [word.clause for word in words] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("typed", "right"),
    [("dentsit", "dentist"), ("glases", "glasses"), ("dgo", "dog"), ("vollyeball", "volleyball")],
)
def test_a_typing_error_is_understood(typed: str, right: str) -> None:
    assert meant_words(typed, lexicon("en").words)[0][0] == right


@pytest.mark.parametrize("typed", ["xq", "rx7", "qqqqq", "abc"])
def test_short_and_strange_words_are_left_alone(typed: str) -> None:
    assert meant_words(typed, frozenset({"fox", "bus", "abacus"})) == ()


@given(st.sampled_from(sorted(lexicon("en").words | lexicon("es").words)), st.integers(0, 10_000))
def test_any_slip_in_a_word_of_three_letters_or_more_is_understood(word: str, turn: int) -> None:
    typed = with_harsh_typos(word, turn)
    assume(word.isalpha() and typed != word)
    assert word in dict(meant_words(typed, lexicon("en").words | lexicon("es").words))


def test_the_key_beside_is_likelier_than_one_across_the_board() -> None:
    assert [word for word, _ in meant_words("vake", frozenset({"make", "cake"}))] == [
        "cake",
        "make",
    ]


@pytest.mark.parametrize(
    ("typed", "language", "first"),
    [("adn", "en", "and"), ("wiht", "en", "with"), ("qeu", "es", "que"), ("tooht", "en", "tooth")],
)
def test_the_likeliest_reading_comes_first(typed: str, language: str, first: str) -> None:
    assert readings(typed, language)[0].word == first


@pytest.mark.parametrize(
    ("typed", "language"), [("glasses", "en"), ("ill", "en"), ("kinder", "en"), ("wants", "es")]
)
def test_what_is_spelled_right_is_believed_to_be_another_word_only_beside_others(
    typed: str, language: str
) -> None:
    assert {one.part for one in readings(typed, language) if one.word != typed} <= {0.0}
