"""People at the same moment, on connections of their own: nothing breaks, and nothing is doubled."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.families import services as families
from app.families.models import FamilyResponse, Suggestion
from app.referrals import services as referrals
from app.referrals.models import Referral
from app.security.models import AccessLink
from app.security.policy import Actor, Role
from app.transactions import work_unit
from tests.factories import (
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)

NOW = datetime(2026, 10, 13, 14, 0, tzinfo=UTC)
AT_ONCE = 6


@dataclass
class Scene:
    """Ids of what everybody reaches for, and who they are."""

    student: uuid.UUID
    place: uuid.UUID
    referral: uuid.UUID
    manager: Actor
    partner: Actor
    family: Actor


@pytest.fixture
def scene(concurrent_app: Flask) -> Scene:
    with concurrent_app.app_context(), work_unit() as session:
        school = make_school(session)
        student = make_student(session, school=school)
        place = make_service_at_location(session, categories=["soccer"])
        referral = make_referral(session, student=student, state="sent")
        user = make_user(session, "plan_manager", schools=[school])
        return Scene(
            student.id,
            place.id,
            referral.id,
            Actor(
                role=Role.PLAN_MANAGER,
                name="Pat",
                user_id=user.id,
                school_ids=frozenset({school.id}),
            ),
            Actor(role=Role.PARTNER_LINK, name="Partner", subject_id=referral.id),
            Actor(role=Role.FAMILY_LINK, name="Family", subject_id=student.id),
        )


def all_at_once(app: Flask, *works: Callable[..., object]) -> Counter[str]:
    """How each work, in a thread and a transaction of its own, ended: done, or its error's name."""
    gate = threading.Barrier(len(works))
    ends: list[str] = []

    def run(work: Callable[..., object]) -> None:
        gate.wait()
        try:
            with app.app_context(), work_unit() as session:
                work(session)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            ends.append(type(error).__name__)
        else:
            ends.append("done")

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(ends)


def count(app: Flask, *conditions: Any, of: type) -> int:
    with app.app_context(), work_unit() as session:
        return int(session.scalar(select(func.count()).select_from(of).where(*conditions)) or 0)


def test_a_family_that_answers_twice_at_once(concurrent_app: Flask, scene: Scene) -> None:
    answers = ("interested", "later", "need_help", "not_for_us", "interested", "later")
    ends = all_at_once(
        concurrent_app,
        *(
            lambda session, answer=answer: families.record_answer(
                session, scene.student, scene.place, answer, by=scene.family, now=NOW
            )
            for answer in answers
        ),
    )
    assert ends == {"done": len(answers)}
    assert count(concurrent_app, of=FamilyResponse) == 1


def test_a_suggestion_made_twice_at_once(concurrent_app: Flask, scene: Scene) -> None:
    def suggest(session: Session) -> None:
        families.suggest_to_family(
            session,
            scene.student,
            scene.place,
            by=scene.manager,
            now=NOW,
        )

    assert all_at_once(concurrent_app, *[suggest] * AT_ONCE) == {"done": AT_ONCE}
    assert count(concurrent_app, of=Suggestion) == 1


def test_of_links_made_at_once_one_works(concurrent_app: Flask, scene: Scene) -> None:
    ends = all_at_once(
        concurrent_app,
        *[
            lambda session: referrals.reissue_link(
                session, scene.referral, by=scene.manager, now=NOW
            ),
            lambda session: families.invite_family(
                session, scene.student, by=scene.manager, now=NOW
            ),
        ]
        * 4,
    )
    assert ends == {"done": 8}
    for kind in ("referral", "family"):
        live = (AccessLink.kind == kind, AccessLink.revoked_at.is_(None))
        assert count(concurrent_app, *live, of=AccessLink) == 1


def test_a_draft_begun_twice_at_once_is_one(concurrent_app: Flask, scene: Scene) -> None:
    def begin(session: Session) -> None:
        referrals.create_draft(
            session,
            student_id=scene.student,
            service_at_location_id=scene.place,
            category="soccer",
            ranking={},
            by=scene.manager,
            now=NOW,
        )

    assert all_at_once(concurrent_app, *[begin] * AT_ONCE) == {"done": AT_ONCE}
    assert count(concurrent_app, Referral.state == "draft", of=Referral) == 1


def test_opened_by_two_at_once_is_opened_once_and_seen_twice(
    concurrent_app: Flask, scene: Scene
) -> None:
    def look(session: Session) -> None:
        referrals.open_as_partner(session, scene.referral, by=scene.partner, now=NOW)

    assert all_at_once(concurrent_app, look, look) == {"done": 2}


def test_accepted_and_declined_at_once_only_one_holds(concurrent_app: Flask, scene: Scene) -> None:
    with concurrent_app.app_context(), work_unit() as session:
        opened = referrals.open_as_partner(session, scene.referral, by=scene.partner, now=NOW)
        version = opened.version

    def answer(action: str, **facts: str) -> Callable[..., object]:
        return lambda session: referrals.answer_as_partner(
            session,
            scene.referral,
            action,
            version=version,
            by=scene.partner,
            now=NOW,
            **facts,
        )

    ends = all_at_once(
        concurrent_app,
        *[answer("accept"), answer("decline", reason="no_capacity")] * 3,
    )
    assert ends == {"done": 1, Conflict.__name__: 5}
