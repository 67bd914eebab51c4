"""A run of rankings: what makes it another one, and what who waits at the command sees of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.rankings import queries, work
from app.recommendations import engines
from app.students.models import Student
from tests.factories import make_school, make_service_at_location, make_student
from tests.fixtures.client import CheckedRunner
from tests.fixtures.database import MakeApp

REACH = '[reach.foot]\nvalue = 1200\nunit = "metres, straight line"\nsource = "here, today"\n'


@pytest.fixture
def students(session: Session) -> list[Student]:
    """Five, of two schools, who need a dentist."""
    schools = [make_school(session) for _ in range(2)]
    made = [make_student(session, school=schools[number % 2]) for number in range(5)]
    make_service_at_location(session)
    session.commit()
    return made


def test_a_run_that_was_begun_with_other_figures_is_not_taken_up(
    app_context: None,
    make_app: MakeApp,
    session: Session,
    students: list[Student],
    now: datetime,
    tmp_path: Path,
) -> None:
    before = work.prepared(top=work.TOP, now=now)
    run, _ = work.begin(before.wanted, anew=False, now=now)
    work.rank_all(before, [one.id for one in students], run_id=run.id)
    assert work.begin(before.wanted, anew=False, now=now)[1]
    (tmp_path / "eligibility.toml").write_text(REACH, encoding="utf-8")
    other = make_app(matching_parameters=str(tmp_path))
    engines._shelves.clear()
    with other.app_context():
        after = work.prepared(top=work.TOP, now=now)
        another, is_resumed = work.begin(after.wanted, anew=False, now=now)
        due = queries.students_out_of_date(session, after.wanted, school_id=None)
    engines._shelves.clear()
    same = replace(after.wanted, parameters_version=before.wanted.parameters_version)
    assert same == before.wanted, "nothing else differs"
    assert not is_resumed
    assert another.id != run.id
    assert set(due) == {one.id for one in students}


def test_only_the_schools_own_students_are_brought_up_to_date(
    app_context: None, session: Session, students: list[Student], now: datetime
) -> None:
    school_id = students[0].school_id
    own = {one.id for one in students if one.school_id == school_id}
    session.commit()
    assert work.bring_up_to_date(school_id=school_id, now=now) == len(own)
    assert queries.rankings_of(session, [one.id for one in students]).keys() == own
    session.commit()
    assert work.bring_up_to_date(school_id=None, now=now) == len(students) - len(own)


@pytest.mark.parametrize("done_before", [0, 2])
def test_the_bar_begins_where_the_run_was_and_moves_to_the_end(
    app_context: None,
    runner: CheckedRunner,
    session: Session,
    students: list[Student],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    done_before: int,
) -> None:
    monkeypatch.setattr("click._termui_impl.isatty", lambda _stream: True)  # as in a terminal
    monkeypatch.setattr(work, "CHUNK", 1)
    ranking = work.prepared(top=work.TOP, now=now)
    run, _ = work.begin(ranking.wanted, anew=False, now=now)
    work.rank_all(ranking, [one.id for one in students[:done_before]], run_id=run.id)
    done = runner.invoke(args=["match-district", "--processes", "1"])
    assert done.exit_code == 0, done.output
    seen = [int(number) for number in re.findall(r"(\d)/5", done.stderr)]
    assert list(dict.fromkeys(seen)) == list(range(done_before, 6))
