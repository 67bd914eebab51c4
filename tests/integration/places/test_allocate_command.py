"""`allocate`: the same lists for an operator, as lines or as JSON, without a name."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.orm import Session

from app.places import work
from app.places.models import PlacesRun
from app.rankings.work import alone
from tests.factories import make_school
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
