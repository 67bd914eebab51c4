"""The filter of "My students". Read from the address, so that a view can be kept and shared."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from app.errors import Invalid
from app.students.queries import StudentFilter
from catalog.taxonomy import needs

# A grade as the address says it: -1 for PK, 0 for K, to 12.
GRADES = tuple(str(grade) for grade in range(-1, 13))


def student_filter(args: Mapping[str, str], *, today: date) -> StudentFilter:
    """The filter that the address asks for. Invalid: a value that names nothing."""
    try:
        school_id = uuid.UUID(args["school"]) if args.get("school") else None
        grade = GRADES.index(args["grade"]) - 1 if args.get("grade") else None
    except ValueError:
        raise Invalid("The school or the grade in the address is not one we know.") from None
    need = args.get("need") or None
    if need is not None and need not in {term.code for term in needs()}:
        raise Invalid("The need in the address is not one we know. Pick one from the list.")
    return StudentFilter(
        search=args.get("q", "")[:80],
        school_id=school_id,
        grade=grade,
        need=need,
        only_mine=args.get("mine") == "1",
        review_due_by=today if args.get("due") == "1" else None,
    )
