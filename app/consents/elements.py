"""The records about a student that a permission can cover, and how each is told to a partner.

This is the one place that turns a student into what a partner may see. `ALWAYS` identifies nobody
and needs no permission; everything else is shown only if a permission in force covers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from babel import Locale
from flask_babel import format_date, get_locale, gettext, lazy_gettext

from app.students.models import Student
from app.web.formats import phone
from catalog.taxonomy import label
from catalog.vocabulary import INSURANCE_KINDS

ELEMENTS: dict[str, object] = {
    "name": lazy_gettext("Student's name"),
    "age": lazy_gettext("Date of birth"),
    "grade": lazy_gettext("Grade"),
    "school": lazy_gettext("School"),
    "guardian": lazy_gettext("Parent or guardian, and how to reach them"),
    "insurance": lazy_gettext("Health insurance"),
    "message": lazy_gettext("The plan manager's message"),
}

BANDS = ((-1, 0, "PK–K"), (1, 2, "1–2"), (3, 5, "3–5"), (6, 8, "6–8"), (9, 12, "9–12"))


@dataclass(frozen=True, slots=True)
class Fact:
    """One line that a partner sees."""

    code: str
    label: str
    value: str


def disclosable(
    student: Student, *, category: str, message: str, elements: Iterable[str], language: str
) -> list[Fact]:
    """What the partner may see under a permission for `elements`; empty values are left out."""
    covered = set(elements)
    facts = [
        Fact("need", gettext("Looking for"), label(category, language)),
        Fact("band", gettext("Grades"), "" if "grade" in covered else grade_band(student.grade)),
        Fact("language", gettext("Family's language"), language_name(student)),
    ]
    for code, tell in TELL.items():
        if code in covered:
            facts.append(Fact(code, str(ELEMENTS[code]), tell(student)))
    if "message" in covered:
        facts.append(Fact("message", str(ELEMENTS["message"]), message))
    return [fact for fact in facts if fact.value]


def grade_band(grade: int) -> str:
    """The band of grades, wide enough to point at nobody."""
    return next(text for low, high, text in BANDS if low <= grade <= high)


def language_name(student: Student) -> str:
    """The language the family speaks best, in words."""
    if not student.languages:
        return ""
    code = student.languages[0]
    return str(page_locale().languages.get(code, code))


def insurance_name(code: str | None) -> str:
    """A kind of insurance in the page's language."""
    words = INSURANCE_KINDS.get(code) if code else None
    return (words.es if page_locale().language == "es" else words.en) if words else code or ""


def page_locale() -> Locale:
    """The language of the page; English outside a request."""
    return get_locale() or Locale("en")


def tell_guardian(student: Student) -> str:
    """Each guardian with relation, telephone and address for mail."""
    return "; ".join(
        ", ".join(
            part
            for part in (f"{g.name} ({g.relation})", g.phone and phone(g.phone), g.email)
            if part
        )
        for g in student.guardians
    )


TELL: dict[str, Callable[[Student], str]] = {
    "name": lambda s: s.full_name,
    "age": lambda s: format_date(s.birth_date, "long") if s.birth_date else "",
    "grade": lambda s: {-1: "PK", 0: "K"}.get(s.grade, str(s.grade)),
    "school": lambda s: s.school.name,
    "guardian": tell_guardian,
    "insurance": lambda s: insurance_name(s.insurance),
}
