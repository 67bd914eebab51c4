"""What the engine answers, as people read it: parts that add up, questions, refusals, near misses.

Called by support.py and activities.py. The sentences are matching's own; here they get the names of
the district's codes, and scores are brought to whole points that still add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from babel import Locale

from catalog import vocabulary
from catalog.taxonomy import interests, needs
from matching.explain import criterion_name, sentence, words_of
from matching.types import Exclusion, Match, NearMiss, Part

FULL_SCORE = 1000


@dataclass(frozen=True, slots=True)
class PartRow:
    """One criterion's bar. `points` of `max_points`, whole; all rows' points sum to the score."""

    criterion: str
    label: str
    points: int
    max_points: int
    words: str
    is_known: bool


def part_rows(parts: Sequence[Part], language: str) -> tuple[PartRow, ...]:
    """The parts in the engine's order."""
    return tuple(
        PartRow(
            criterion=part.criterion,
            label=criterion_name(part.criterion, language),
            points=points,
            max_points=part.weight,
            words=sentence(part, language, names=names_of_codes(language)),
            is_known=part.is_known,
        )
        for part, points in zip(parts, whole_points([one.points for one in parts]), strict=True)
    )


def whole_points(of_parts: Sequence[int]) -> list[int]:
    """The engine's points of each part in whole points that sum to `whole_score`: the largest
    remainders round up."""
    whole = [points // FULL_SCORE for points in of_parts]
    missing = whole_score(sum(of_parts)) - sum(whole)
    by_remainder = sorted(range(len(whole)), key=lambda i: (-(of_parts[i] % FULL_SCORE), i))
    for i in by_remainder[:missing]:
        whole[i] += 1
    return whole


def whole_score(score: int) -> int:
    """The engine's score (0 to 1,000,000) in whole points of 1,000, never rounded up."""
    return score // FULL_SCORE


def questions_of(match: Match, language: str) -> tuple[str, ...]:
    """What to ask before referring, each thing once: who is asked where the family lives for the area
    that is served is not asked again for the way there."""
    codes = {reason.code for reason in match.questions}
    return tuple(
        sentence(reason, language, names=names_of_codes(language))
        for reason in match.questions
        if not (reason.code == "home_unknown" and "home_area_unknown" in codes)
    )


def refusals_of(exclusion: Exclusion, language: str) -> tuple[str, ...]:
    """Every rule that says no, in words."""
    return tuple(sentence(r, language, names=names_of_codes(language)) for r in exclusion.reasons)


def near_miss_words(miss: NearMiss, language: str) -> str:
    """Why it does not fit, and the smallest change after which it would."""
    names = names_of_codes(language)
    return (
        f"{sentence(miss.reason, language, names=names)} "
        f"{sentence(miss.change, language, names=names)}"
    )


@cache
def names_of_codes(language: str) -> Mapping[str, str]:
    """Names of the codes in reasons that the engine's own words lack: needs, interests, languages,
    situations. A situation begins small, since it stands inside a sentence.
    """
    names = {str(code): str(name) for code, name in Locale(language).languages.items()}
    for words in (
        vocabulary.SITUATIONS,
        vocabulary.ACCESS_NEEDS,
        vocabulary.GENDERS,
        vocabulary.INSURANCE_KINDS,
    ):
        for code, label in words.items():
            text = label.es if language == "es" else label.en
            names[code] = text if text[:2].isupper() else text[:1].lower() + text[1:]
    for code in words_of(language)["terms"]:
        names.pop(code, None)
    names.update({one.code: one.label(language) for one in (*needs(), *interests())})
    return MappingProxyType(names)
