"""The match command: the same ranking for an operator, as lines or as JSON."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy.orm import Session

from tests.factories import (
    make_eligibility,
    make_service,
    make_service_at_location,
    make_student,
)
from tests.fixtures.client import CheckedRunner
from tests.integration.recommendations.conftest import Someone


@pytest.fixture(autouse=True)
def _catalog(session: Session) -> None:
    """A dentist that fits and says not all, and one that is for the next grade."""
    make_service_at_location(session, name="Good dentist", seats=None)
    later = make_service(session, name="Dentist for fifth grade")
    make_eligibility(session, later, "grade", low=5, high=5)
    make_service_at_location(session, service=later)
    make_service_at_location(session, name="Unlabelled", categories=[])


def test_the_table_tells_rank_score_facts_questions_and_near_misses(
    runner: CheckedRunner, someone: Someone
) -> None:
    done = runner.invoke(args=["match", someone.ana.district_number, "--need", "dental-checkup"])
    assert done.exit_code == 0, done.output
    assert "1 of 2 offers fit" in done.output
    assert "Good dentist" in done.output
    assert "? Ask the partner: is there an open place now?" in done.output
    assert "near  Dentist for fifth grade" in done.output
    assert "Monday to Friday, 3 pm to 6 pm" in done.output


def test_json_has_the_parts(runner: CheckedRunner, someone: Someone) -> None:
    done = runner.invoke(args=["match", str(someone.ana.id), "--k", "1", "--json"])
    assert done.exit_code == 0, done.output
    body = json.loads(done.stdout[done.stdout.index("{\n") :])
    (match,) = body["matches"]
    assert sum(part["points"] for part in match["parts"]) == match["score"]


def test_a_goal_is_asked_for_by_the_id_that_the_whole_plan_lists(
    runner: CheckedRunner, session: Session, someone: Someone
) -> None:
    student = make_student(session, school=someone.school, goals=["Get glasses and wear them"])
    student.plan.goals[0].domain = "health"  # type: ignore[union-attr]
    make_service_at_location(session, name="Optician", categories=["glasses"])
    whole = runner.invoke(args=["match", student.district_number])
    listed = re.search(r"goal  (\S+)  Get glasses and wear them", whole.output)
    assert listed
    done = runner.invoke(args=["match", student.district_number, "--goal", listed[1]])
    assert done.exit_code == 0, done.output
    assert "Get glasses and wear them: 1 of 1 offers fit" in done.output
    assert "asks for glasses" in done.output
    assert "Optician" in done.output


def test_a_goal_that_tells_a_crisis_shows_the_line_alone(
    runner: CheckedRunner, session: Session, someone: Someone
) -> None:
    student = make_student(session, school=someone.school, goals=["Stop wanting to kill myself"])
    goal = student.plan.goals[0].id  # type: ignore[union-attr]
    done = runner.invoke(args=["match", student.district_number, "--goal", str(goal)])
    assert done.exit_code == 0, done.output
    assert "988" in done.output
    assert "dentist" not in done.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody"], "No student has the number 'nobody'"),
        (["{ana}", "--need", "made-up"], "There is no need with the code “made-up”"),
        (["{ana}", "--need", "dental-checkup", "--interest", "lego"], "Ask for one of them"),
        (["{ana}", "--need", "glasses", "--goal", "x"], "Ask for one of them"),
        (["{ana}", "--goal", "x"], "plan has no such goal"),
    ],
)
def test_what_cannot_be_asked_ends_with_1_and_says_why(
    runner: CheckedRunner, someone: Someone, arguments: list[str], says: str
) -> None:
    given = [argument.format(ana=someone.ana.district_number) for argument in arguments]
    done = runner.invoke(args=["match", *given])
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output


def test_doubts_are_listed_by_service(runner: CheckedRunner, someone: Someone) -> None:
    done = runner.invoke(args=["catalog-doubts"])
    assert done.exit_code == 0
    assert "Unlabelled: no need and no interest" in done.output
    assert "3 offers, 1 doubts" in done.output
