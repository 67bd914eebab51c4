"""Lists of proposed places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.places.models import KindValue, PlaceProposal, PlacesRun, SeatValue
from app.rankings.models import RankingRun
from app.students.models import Student
from catalog.models import ServiceAtLocation


def make_places_runs(
    session: Session, students: Sequence[Student], place: ServiceAtLocation, *, now: datetime
) -> tuple[PlacesRun, PlacesRun]:
    """A list of the district with a proposal to decide and an accepted one for each student, and
    what one more place is worth; a list that waits its turn; and a ranking that it could begin from."""
    facts = {"term": "Spring 2027", "created_by": "Lee Poe"}
    counts = dict.fromkeys(
        ("proposals", "students", "without", "apart", "overbooked", "untold"), len(students)
    )
    named = {"untold_at": [str(place.service_id)], "overbooked_at": [str(place.service_id)]}
    made = PlacesRun(
        **facts, state="done", created_at=now, ended_at=now, counts={**counts, **named}
    )
    waiting = PlacesRun(**facts, created_at=now + timedelta(minutes=1))
    ranking = RankingRun(
        top=20,
        ranked_on=now.date(),
        revision=0,
        parameters_version="sample",
        started_at=now,
        ended_at=now,
    )
    session.add_all([made, waiting, ranking])
    session.flush()
    gains = {"urgent": 1, "pressing": 0, "students": 1}
    for student in students:
        for state in ("proposed", "accepted"):
            session.add(
                PlaceProposal(
                    run_id=made.id,
                    student_id=student.id,
                    service_id=place.service_id,
                    service_at_location_id=place.id,
                    category="dental-checkup",
                    urgency=3,
                    score=500_000,
                    state=state,
                    decided_at=None if state == "proposed" else now,
                    decided_by=None if state == "proposed" else "Lee Poe",
                )
            )
        session.add(
            SeatValue(
                run_id=made.id, service_id=place.service_id, seats=1, proposed=1, score=1, **gains
            )
        )
        session.add(
            KindValue(
                run_id=made.id,
                school_id=student.school_id,
                code="dental-checkup",
                waiting=2,
                waiting_urgent=1,
                **gains,
            )
        )
    session.flush()
    return made, waiting
