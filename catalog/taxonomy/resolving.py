"""What people say, turned into terms: "no tiene lentes" → glasses. The door is `resolve`.

Called by search boxes, the command line and the import of directories without our terms. Reads
only the vocabulary and the lexicon; keeps nothing and logs nothing. Words of crisis are a rule that
comes first (crisis.py): then nothing is ranked.

How a confidence comes about, in three steps (figures in docs/words.md):
1. Each lexicon phrase of which enough is said counts by the part that is said, weighted by how
   rare its words are; longer phrases count more than the short ones inside them.
2. Each word adds what it means on its own: the part of the phrases with it that mean a term.
3. Both are joined as independent evidence, 1 − (1 − a)(1 − b).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalog.taxonomy.crisis import Crisis, crisis_words, find_crisis
from catalog.taxonomy.lexicon import LACK, Lexicon, lexicon
from catalog.taxonomy.negation import unwanted
from catalog.taxonomy.readings import as_read, foreign_words, likelihoods, readings
from catalog.taxonomy.spelling import joined
from catalog.taxonomy.terms import LANGUAGES, term
from catalog.taxonomy.words import Word, plain, read_words

LONGEST_TEXT = 1000  # letters; what is longer is no phrase, and only its beginning is read
MOST_CANDIDATES = 8
LEAST_CONFIDENCE = 0.3

# Set by the exam's "tuning" phrases; the result hardly moves with any of them.
_ENOUGH_OF_A_PHRASE = 0.5
_OTHER_LANGUAGE = 0.7
_POWER = 1.5  # how much a phrase said in part is worth less
_BASE, _SPAN = 0.6, 0.35  # a phrase of the commonest words, and what the rarest add
_SINGLE = 0.6  # what is left of a phrase of one word that means many other things too
_NOTHING_ELSE_SAID = 0.9  # the text is the phrase
_UNTOLD = 0.4  # a phrase without the word that says most for the term
_ALONE = 0.5  # how far single words are trusted
_AGAINST_THE_MOOD = 0.75
_INSIDE_ANOTHER = 0.6
_DOUBTFUL = 0.6  # the least that a misspelt word counts in a phrase, which the others confirm
_ONLY_CONFIRMED = 0.4  # and what a word counts that is spelled right, and may yet be a slip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term that the text may mean; `confidence` from 0 to 1."""

    code: str
    label: str  # in the language of the resolution
    open_eligibility_ids: tuple[int, ...]  # all that mean the term; empty for interests
    confidence: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text means: the crisis, or the candidates best first.

    `is_miss` says that somebody asked for something and no term was found: worth a line in a log,
    so that the lexicon can grow. Log only `unknown_words`, never the text: they are single words
    without order, without figures and without any word written with a capital letter, where names
    stand. A name in small letters can still be among them, so show a word only when several
    people used it.
    """

    language: str
    candidates: tuple[Candidate, ...] = ()
    crisis: Crisis | None = None
    is_miss: bool = False
    unknown_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Heard:
    """One stem that a position of the text may stand for."""

    at: int
    clause: int
    stem: str
    part: float  # see Reading
    is_little: bool

    @property
    def trust(self) -> float:
        """How far a phrase with this stem counts as said: the rest of the phrase speaks for it too."""
        return _DOUBTFUL + (1 - _DOUBTFUL) * self.part if self.part else _ONLY_CONFIRMED


def resolve(text: str, language: str | None = None) -> Resolution:
    """The needs and interests that a text speaks of, in English, Spanish or a mix.

    `language` is that of the labels and the likelier one of the text; None guesses it. A text
    without words gives a Resolution without candidates that is no miss.
    """
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"The language {language!r} is none of {', '.join(LANGUAGES)}.")
    text = text[:LONGEST_TEXT]
    words = read_words(text)
    likelihood = likelihoods(words)
    told = language or max(LANGUAGES, key=lambda one: likelihood[one])
    if not words:
        return Resolution(told)
    if crisis := find_crisis(words, told):
        return Resolution(told, crisis=crisis)
    other = next(one for one in LANGUAGES if one != told)
    scores = _scores(words, lexicon(told))
    if likelihood[other] >= likelihood[told] - 0.35 or max(scores.values(), default=0) < 0.4:
        for code, score in _scores(foreign_words(words, told), lexicon(other)).items():
            share = 1.0 if likelihood[other] > likelihood[told] else _OTHER_LANGUAGE
            scores[code] = max(scores.get(code, 0.0), score * share)
    candidates = _candidates(scores, told)
    is_denial = len(unwanted(words, lexicon(told).grammar)) > 0
    return Resolution(
        told,
        candidates,
        is_miss=not candidates and not is_denial,
        unknown_words=() if candidates else _unknown_words(text, words),
    )


def _candidates(scores: Mapping[str, float], language: str) -> tuple[Candidate, ...]:
    best = sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:MOST_CANDIDATES]
    return tuple(
        Candidate(
            code,
            term(code).label(language),
            term(code).open_eligibility,
            round(min(confidence, 0.99), 2),
        )
        for code, confidence in best
        if confidence >= LEAST_CONFIDENCE
    )


def _unknown_words(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    capitals = {plain(word) for word in text.split() if any(one.isupper() for one in word)}
    names = {word.text for one in capitals for word in read_words(one)}
    known = lexicon("en").words | lexicon("es").words | crisis_words()
    return tuple(
        sorted(
            {word.text for word in words if word.text.isalpha() and len(word.text) > 2}
            - names
            - known
        )
    )


def _hear(words: Sequence[Word], read: Sequence[Word], book: Lexicon) -> list[_Heard]:
    """Every stem that is said, or may be meant; `read` are the words as their likeliest readings."""
    out = unwanted(read, book.grammar)
    heard = [
        _Heard(at, word.clause, one.stem, one.part, one.word in book.grammar.little)
        for at, word in enumerate(words)
        if at not in out
        for one in readings(word.text, book.language)
        if one.stem in book.weights
    ]
    texts = [word.text for word in words]
    for at, both in enumerate(joined(pairwise(texts), book.words)):
        if both and at not in out and (stem := book.stem(both)) in book.weights:
            heard.append(_Heard(at, words[at].clause, stem, 1.0, is_little=False))
    return heard


def _scores(words: Sequence[Word], book: Lexicon) -> dict[str, float]:
    """Term → confidence, by this language's lexicon."""
    read = as_read(words, book.language)
    heard = _hear(words, read, book)
    moods = _moods(read, book)
    heard_at = {one.at for one in heard}
    is_all_heard = all(
        at in heard_at or word.text in book.grammar.little for at, word in enumerate(read)
    )
    phrases = _phrase_scores(heard, book, moods, is_all_heard=is_all_heard)
    alone = _word_scores(heard, book, moods)
    return {
        code: 1 - (1 - phrases.get(code, 0.0)) * (1 - _ALONE * alone.get(code, 0.0))
        for code in phrases.keys() | alone.keys()
    }


def _moods(words: Sequence[Word], book: Lexicon) -> dict[int, str]:
    """Clause → the vocabulary that its words ask for: "loves chess" is no need."""
    likes = {word.clause for word in words if word.text in book.grammar.likes}
    struggles = {word.clause for word in words if word.text in book.grammar.struggles}
    return dict.fromkeys(likes - struggles, "interests") | dict.fromkeys(struggles - likes, "needs")


def _mood_factor(code: str, mood: str | None) -> float:
    return 1.0 if mood is None or term(code).vocabulary == mood else _AGAINST_THE_MOOD


def _phrase_scores(
    heard: Sequence[_Heard], book: Lexicon, moods: Mapping[int, str], *, is_all_heard: bool
) -> dict[str, float]:
    """Term → the best of its phrases."""
    said: defaultdict[int, dict[str, _Heard]] = defaultdict(dict)
    for one in heard:
        for number in book.by_stem[one.stem]:
            parts = said[number]
            if one.stem not in parts or parts[one.stem].trust < one.trust:
                parts[one.stem] = one
    whole = frozenset(one.stem for one in heard if one.part and not one.is_little)
    best: dict[str, tuple[float, frozenset[int], float]] = {}
    for number, parts in said.items():
        phrase = book.phrases[number]
        weight = sum(book.weights[stem] * one.trust for stem, one in parts.items())
        covered = weight / phrase.weight
        enough = 0.99 if phrase.is_all_little else _ENOUGH_OF_A_PHRASE
        is_sure = any(one.part for one in parts.values())
        if covered < enough or parts.keys() == {LACK} or not is_sure:
            continue
        places = [one.at for one in parts.values()]
        is_far = max(places) - min(places) > 2 * len(places) + 3
        score = covered**_POWER * (_BASE + _SPAN * min(1.0, weight / 2)) * (0.8 if is_far else 1.0)
        mood = moods.get(min(parts.values(), key=lambda one: one.at).clause)
        for code, telling in zip(phrase.codes, phrase.telling, strict=True):
            value = score * _mood_factor(code, mood) * (1.0 if telling in parts else _UNTOLD)
            if is_all_heard and phrase.stems == whole:
                value = max(value, _NOTHING_ELSE_SAID * covered)
            elif len(phrase.stems) == 1:
                value *= _SINGLE + (1 - _SINGLE) * book.shares[next(iter(phrase.stems))][code]
            if code not in best or best[code][0] < value:
                best[code] = (value, frozenset(places), covered)
    return {
        code: value * (_INSIDE_ANOTHER if _is_inside(places, code, best) else 1.0)
        for code, (value, places, _) in best.items()
    }


def _is_inside(
    places: frozenset[int], code: str, best: Mapping[str, tuple[float, frozenset[int], float]]
) -> bool:
    """Whether a longer phrase of another term, said as a whole, holds these words and more."""
    return any(
        other != code and covered > 0.9 and places < longer
        for other, (_, longer, covered) in best.items()
    )


def _word_scores(
    heard: Sequence[_Heard], book: Lexicon, moods: Mapping[int, str]
) -> dict[str, float]:
    """Term → what the single words say for it, 0 to 1."""
    doubt: defaultdict[str, float] = defaultdict(lambda: 1.0)
    for one in heard:
        if one.is_little or one.stem == LACK:
            continue
        weight = book.weights[one.stem] * one.part
        for code, share in book.shares[one.stem].items():
            doubt[code] *= 1 - weight * share * _mood_factor(code, moods.get(one.clause)) * 0.9
    return {code: 1 - left for code, left in doubt.items()}
