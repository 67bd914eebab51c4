"""What is asked of the engine for a student: one need, one interest, one goal, or the whole plan.

The query string of the page, the API and the command line all come through `parse_ask`, so that
a made-up code meets the same clear refusal everywhere. Knows no database.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext

from app.errors import Invalid
from catalog.taxonomy import Crisis, Term, UnknownTermError, label, term
from catalog.taxonomy.goals import terms_of_goal
from matching.types import Profile

URGENT = 3
NO_SUCH_CODE = "Not a code of the district's vocabulary."


@dataclass(frozen=True, slots=True)
class Ask:
    """One need, or one interest, or one goal, or (all None) the whole plan.

    Of a goal the address holds the id alone; `for_goal` fills in its words, the terms that could
    help with it, and the crisis that its words tell.
    """

    need: str | None = None
    interest: str | None = None
    goal: uuid.UUID | None = None
    goal_text: str = ""
    terms: tuple[str, ...] = ()
    crisis: Crisis | None = None

    @property
    def code(self) -> str | None:
        """The need's or interest's code; None for a goal and for the whole plan."""
        return self.need or self.interest

    @property
    def is_whole_plan(self) -> bool:
        """Whether nothing was singled out."""
        return self.code is None and self.goal is None

    def words(self, language: str = "en") -> str:
        """What people call it."""
        if self.goal:
            return self.goal_text
        return label(self.code, language) if self.code else "Whole plan"

    def preset(self, profile: Profile) -> str:
        """The parameter preset: urgent needs go by place and openings, interests by liking."""
        if self.interest is not None or (self.terms and all(map(is_interest, self.terms))):
            return "enrichment"
        if any(n.category == self.need and n.urgency >= URGENT for n in profile.needs):
            return "urgent"
        return "balanced"


WHOLE_PLAN = Ask()


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of the student's own plan."""

    id: uuid.UUID
    domain: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be asked, as the page's chooser shows it. `kind`: need, interest, goal (the
    code is its id), plan.
    """

    kind: str
    code: str | None
    label: str
    urgency: int | None
    is_chosen: bool


def parse_ask(need: str | None, interest: str | None, goal: str | None = None) -> Ask:
    """The Ask of what a person or a program sent; "" counts as not sent. Raises Invalid."""
    need, interest = (need or "").strip() or None, (interest or "").strip() or None
    goal = (goal or "").strip() or None
    if need and interest:
        raise Invalid(
            "A need and an interest were asked for at once. Ask for one of them.",
            {"interest": "Leave this out, or leave out the need."},
        )
    if goal:
        if need or interest:
            raise Invalid(
                "A goal was asked for together with something else. Ask for one of them.",
                {"goal": "Leave this out, or leave out the others."},
            )
        try:
            return Ask(goal=uuid.UUID(goal))
        except ValueError:
            raise no_such_goal() from None
    if need:
        checked_term(need, "needs")
    if interest:
        checked_term(interest, "interests")
    return Ask(need=need, interest=interest)


def chosen_ask(arguments: Mapping[str, str]) -> Ask | None:
    """The Ask of an address or a form; None where it chooses nothing. Raises Invalid."""
    if arguments.get("plan"):
        return WHOLE_PLAN
    ask = parse_ask(arguments.get("need"), arguments.get("interest"), arguments.get("goal"))
    return None if ask == WHOLE_PLAN else ask


def for_goal(ask: Ask, goals: Sequence[Goal]) -> Ask:
    """The Ask of a goal with what its words ask for. Raises Invalid where the plan has no such goal."""
    goal = next((one for one in goals if one.id == ask.goal), None)
    if goal is None:
        raise no_such_goal()
    found = terms_of_goal(goal.text, goal.domain)
    return replace(ask, goal_text=goal.text, terms=found.codes, crisis=found.crisis)


def no_such_goal() -> Invalid:
    """The plan may have been changed since the page was loaded."""
    return Invalid(
        "The student's plan has no such goal. Open “Find support” again and choose from there.",
        {"goal": "Not a goal of this student's plan."},
    )


def is_interest(code: str) -> bool:
    """Whether the code is an interest's; else it is a need's."""
    return term(code).vocabulary == "interests"


def checked_term(code: str, vocabulary: str) -> Term:
    """The term of a code, or Invalid where that vocabulary does not hold it."""
    try:
        found = term(code)
    except UnknownTermError:
        found = None
    if found is not None and found.vocabulary == vocabulary:
        return found
    quoted = code[:40] if code.isprintable() else "…"
    if vocabulary == "needs":
        raise Invalid(
            gettext(
                "There is no need with the code “%(code)s”. Choose one of those in the student's plan.",
                code=quoted,
            ),
            {"need": NO_SUCH_CODE},
        )
    raise Invalid(
        gettext(
            "There is no interest with the code “%(code)s”. Choose one of those in the student's plan.",
            code=quoted,
        ),
        {"interest": NO_SUCH_CODE},
    )


def first_ask(profile: Profile) -> Ask:
    """What to show when nothing was chosen: the most urgent need, else the whole plan."""
    most_urgent = max(profile.needs, key=lambda need: need.urgency, default=None)
    return Ask(need=most_urgent.category) if most_urgent else WHOLE_PLAN


def choices(profile: Profile, chosen: Ask, goals: Sequence[Goal] = ()) -> tuple[Choice, ...]:
    """Each need, interest and goal, and the whole plan; also what was asked for beyond the plan."""
    needs = {need.category: need.urgency for need in profile.needs}
    interests = {interest.term for interest in profile.interests}
    rows = [
        Choice("need", code, known_label(code), urgency, chosen.need == code)
        for code, urgency in needs.items()
    ]
    rows += [
        Choice("interest", i.term, known_label(i.term), None, chosen.interest == i.term)
        for i in profile.interests
    ]
    if chosen.need and chosen.need not in needs:
        rows.append(Choice("need", chosen.need, label(chosen.need), None, is_chosen=True))
    if chosen.interest and chosen.interest not in interests:
        rows.append(
            Choice("interest", chosen.interest, label(chosen.interest), None, is_chosen=True)
        )
    rows += [
        Choice("goal", str(goal.id), goal.text, None, chosen.goal == goal.id) for goal in goals
    ]
    if needs or interests:
        rows.append(Choice("plan", None, "Whole plan", None, chosen.is_whole_plan))
    return tuple(rows)


def known_label(code: str, language: str = "en") -> str:
    """The label of a code in a plan; the code itself where the vocabulary has since lost it."""
    try:
        return label(code, language)
    except UnknownTermError:
        return code
