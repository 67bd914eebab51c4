"""`allocate`: the same lists for an operator, as lines or as JSON, without a name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.places import work
from app.places.models import PlacesRun
from app.rankings.models import StudentRanking
from app.rankings.work import alone
from app.students.models import School, Student
from tests.factories import make_school, make_service_at_location, make_student
from tests.fixtures.client import CheckedRunner
from tests.integration.places.conftest import Scene, newest_run, proposals_of


def test_json_tells_proposals_and_what_one_more_would_give(
    runner: CheckedRunner, session: Session, scene: Scene
) -> None:
    done = runner.invoke(
        args=["allocate", "--school", scene.school.code, "--term", "Spring 2027", "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout[done.stdout.index("{\n") :])
    run = newest_run(session)
    assert (told["run"], run.state, run.created_by) == (str(run.id), "done", "Footbridge (command)")
    assert {(one["student"], one["service"]) for one in told["proposals"]} == {
        (str(one.student_id), str(one.service_id)) for one in proposals_of(session, run)
    }
    assert str(scene.urgent.id) in {one["student"] for one in told["proposals"]}
    assert (told["students"], told["without_a_place"]) == (3, 1)
    assert {one["service"]: one["more_students"] for one in told["value_of_a_seat"]} == {
        str(one.service_id): 1 for one in scene.dentists
    }
    (kind,) = told["value_of_a_place_of_a_kind"]
    assert (kind["school"], kind["kind"]) == (scene.school.code, "dental-checkup")
    assert (kind["waiting"], kind["more_students"], kind["more_urgent"]) == (1, 1, 0)
    assert "Zephyrsample" not in done.output


def test_lines_tell_the_same_in_short_for_the_district(
    runner: CheckedRunner, session: Session, scene: Scene
) -> None:
    done = runner.invoke(args=["allocate", "--term", "Spring 2027"])
    assert done.exit_code == 0, done.output
    assert (
        "2 places proposed, 1 of them for urgent needs; 2 of 3 students get at least one."
        in done.output
    )
    for dentist in scene.dentists:
        assert f"  1 at {dentist.service.name} ({dentist.service.organization.name})" in done.output
    assert "1 services" not in done.output
    assert "Zephyrsample" not in done.output
    assert (
        "one more place for dental-checkup at Sample Elementary would help: 1 wait" in done.output
    )
    assert newest_run(session).school_id is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--school", "nowhere", "--term", "x"], "No school has the state number 'nowhere'"),
        (["--school", "", "--term", "x"], "No school has the state number ''"),
        (["--term", " "], "Say which term"),
    ],
)
def test_what_cannot_be_asked_ends_with_1_and_says_why(
    runner: CheckedRunner, arguments: list[str], says: str
) -> None:
    done = runner.invoke(args=["allocate", *arguments])
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output


def test_a_school_without_students_gets_an_empty_list(
    runner: CheckedRunner, session: Session
) -> None:
    school = make_school(session)
    session.commit()
    done = runner.invoke(args=["allocate", "--school", school.code, "--term", "x"])
    assert done.exit_code == 0, done.output
    assert "0 places proposed" in done.output


def test_while_others_rank_it_waits_and_then_says_so(
    app_context: None,
    runner: CheckedRunner,
    session: Session,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "PATIENCE_S", 0)
    with alone():
        done = runner.invoke(args=["allocate", "--term", "Spring 2027"])
    assert done.exit_code == 1
    assert "Rankings are being made just now" in done.output
    run = session.get(PlacesRun, newest_run(session).id)
    assert run is not None
    assert run.state == "failed"
    assert "Rankings are being made just now" in (run.problem or "")


def allocated(runner: CheckedRunner, *arguments: str) -> dict[str, Any]:
    """What the command answers as JSON."""
    done = runner.invoke(args=["allocate", "--term", "Spring 2027", "--json", *arguments])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{\n") :])
    return found


@pytest.fixture
def elsewhere(session: Session, scene: Scene) -> tuple[School, Student]:
    """A second school, with a student who could wait for a dentist."""
    school = make_school(session, name="Other Elementary")
    student = make_student(session, school=school, needs=[("dental-checkup", 1)], interests=[])
    session.commit()
    return school, student


def test_of_a_school_it_shares_out_among_its_own_students_only(
    runner: CheckedRunner, session: Session, scene: Scene, elsewhere: tuple[School, Student]
) -> None:
    school, student = elsewhere
    told = allocated(runner, "--school", school.code)
    assert [one["student"] for one in told["proposals"]] == [str(student.id)]
    assert told["students"] == 1
    assert {one["school"] for one in told["value_of_a_place_of_a_kind"]} <= {school.code}
    assert session.scalars(select(StudentRanking.student_id)).all() == [student.id]


def test_those_of_other_schools_are_left_out_though_they_are_ranked(
    runner: CheckedRunner, scene: Scene, elsewhere: tuple[School, Student]
) -> None:
    ranked = runner.invoke(args=["match-district", "--processes", "1"])
    assert ranked.exit_code == 0, ranked.output
    told = allocated(runner, "--school", scene.school.code)
    assert told["students"] == 3
    assert str(elsewhere[1].id) not in {one["student"] for one in told["proposals"]}
    assert {one["waiting"] for one in told["value_of_a_place_of_a_kind"]} == {1}


def test_a_place_of_a_kind_is_worth_what_it_gives_at_that_school(
    runner: CheckedRunner, session: Session, scene: Scene, elsewhere: tuple[School, Student]
) -> None:
    for dentist in scene.dentists:
        dentist.service.capacities[0].available = 0
    session.commit()
    kinds = allocated(runner)["value_of_a_place_of_a_kind"]
    assert {one["school"]: (one["waiting"], one["more_urgent"]) for one in kinds} == {
        scene.school.code: (3, 1),
        elsewhere[0].code: (1, 0),
    }


@pytest.mark.parametrize(("arguments", "places"), [([], 1), (["--at-most", "2"], 2)])
def test_at_most_so_many_places_are_proposed_to_a_student(
    runner: CheckedRunner, session: Session, scene: Scene, arguments: list[str], places: int
) -> None:
    make_service_at_location(session, name="Eyes", categories=["eye-exam"], seats=9)
    both = make_student(
        session, school=scene.school, needs=[("dental-checkup", 3), ("eye-exam", 2)], interests=[]
    )
    session.commit()
    proposals = allocated(runner, *arguments)["proposals"]
    assert [one["student"] for one in proposals].count(str(both.id)) == places


@pytest.mark.parametrize("together", [False, True])
def test_brothers_and_sisters_are_together_only_when_asked(
    runner: CheckedRunner, session: Session, scene: Scene, *, together: bool
) -> None:
    """Both would rather go apart: each of the dentists with one seat is better than the dear one."""
    first, second = scene.others
    second.guardians = first.guardians
    make_service_at_location(session, name="Dr. Dear", seats=2, fee_cents=50_000)
    session.delete(scene.urgent)
    session.commit()
    proposals = allocated(runner, *(["--together"] if together else []))["proposals"]
    given = {one["student"]: one["service"] for one in proposals}
    assert (given[str(first.id)] == given[str(second.id)]) is together


def test_a_family_reaches_over_every_guardian_that_two_of_them_share(
    runner: CheckedRunner, session: Session, scene: Scene
) -> None:
    """The first and the last share nobody; the one in the middle lives with both."""
    middle, (first, last) = scene.urgent, scene.others
    middle.plan.needs[0].urgency = 2  # type: ignore[union-attr]
    middle.guardians = [*first.guardians, *last.guardians]
    make_service_at_location(session, name="Dr. Dear", seats=3, fee_cents=50_000)
    session.commit()
    proposals = allocated(runner, "--together")["proposals"]
    assert len({one["service"] for one in proposals}) == 1
    assert len(proposals) == 3
