"""What people say is understood: in two languages, with typing errors, with "no" and "not"."""

from __future__ import annotations

import sys

import pytest

from catalog.taxonomy import resolve
from tests.unit.taxonomy.resolve_exam import Case, cases, with_typos


def share(chosen: list[Case], *, is_mistyped: bool = False) -> float:
    right = [
        case
        for case in chosen
        if case.is_answered(with_typos(case.text) if is_mistyped else case.text)
    ]
    return len(right) / len(chosen)


def found(text: str, language: str | None = None) -> list[str]:
    return [one.code for one in resolve(text, language).candidates]


@pytest.mark.parametrize(("language", "least"), [("en", 0.90), ("es", 0.85)])
@pytest.mark.parametrize("part", ["tuning"])
def test_the_right_term_is_among_the_first_three(
    language: str, least: float, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = [case for case in cases() if case.language == language and case.part == part]
    clean, mistyped = share(chosen), share(chosen, is_mistyped=True)
    with capsys.disabled():
        sys.stdout.write(
            f"\nresolve {language} {part}: right term in the first three for {clean:.1%} "
            f"of {len(chosen)} phrases, {mistyped:.1%} with a typo in each word\n"
        )
    assert clean >= least
    assert mistyped >= 0.85
