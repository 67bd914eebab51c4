"""A family's permission: recorded, in force, run out, taken back."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.consents.elements import ELEMENTS, disclosable
from app.consents.models import Consent
from app.consents.queries import consent_covering
from tests.factories import (
    make_consent,
    make_organization,
    make_school,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient

TODAY = date(2026, 10, 13)


@pytest.mark.parametrize(
    ("facts", "covers"),
    [
        ({}, True),
        ({"signed_on": TODAY, "expires_on": TODAY}, True),
        ({"expires_on": date(2026, 10, 12)}, False),
        ({"signed_on": date(2026, 10, 14)}, False),
        ({"revoked_at": datetime.fromisoformat("2026-10-01T12:00:00+00:00")}, False),
    ],
)
def test_when_a_permission_is_in_force(
    session: Session, facts: dict[str, object], covers: bool
) -> None:
    student = make_student(session)
    partner = make_organization(session)
    make_consent(session, student, **facts)
    found = consent_covering(session, student_id=student.id, organization_id=partner.id, on=TODAY)
    assert (found is not None) is covers


def test_a_permission_for_one_partner_covers_no_other(session: Session) -> None:
    student = make_student(session)
    one, other = make_organization(session), make_organization(session)
    make_consent(session, student, organization=one)
    for partner, covered in ((one, True), (other, False)):
        found = consent_covering(
            session, student_id=student.id, organization_id=partner.id, on=TODAY
        )
        assert (found is not None) is covered


def test_a_permission_of_one_student_covers_no_other(session: Session) -> None:
    make_consent(session, make_student(session))
    other = make_student(session)
    partner = make_organization(session)
    assert (
        consent_covering(session, student_id=other.id, organization_id=partner.id, on=TODAY) is None
    )


@pytest.mark.parametrize("element", list(ELEMENTS))
def test_each_element_shows_only_itself(session: Session, app_context: None, element: str) -> None:
    student = make_student(session, insurance="tenncare", languages=["es"])
    always = {"need", "band", "language"}
    shown = disclosable(
        student, category="dental-checkup", message="Hello", elements=[element], language="en"
    )
    # The exact grade stands in place of its band.
    expected = always - {"band"} if element == "grade" else always
    assert {fact.code for fact in shown} == expected | {element}
    nothing = disclosable(
        student, category="dental-checkup", message="Hello", elements=[], language="en"
    )
    assert {fact.code for fact in nothing} == always
    for fact in nothing:
        assert student.given_name not in fact.value
        assert student.family_name not in fact.value


def test_a_plan_manager_records_one_and_takes_it_back(
    client: CheckedClient, session: Session
) -> None:
    school = make_school(session)
    student = make_student(session, school=school)
    client.sign_in(make_user(session, "plan_manager", schools=[school]))
    path = f"/students/{student.id}/permissions"
    page = client.get(path)
    saved = client.submit(page, path, {"elements": ["name", "grade"]}, follow_redirects=True)
    assert "The permission is recorded" in saved.text
    kept = session.scalars(select(Consent)).one()
    assert (kept.elements, kept.purpose != "") == (["name", "grade"], True)
    listed = client.get(path)
    assert "In force" in listed.text
    client.submit(listed, "/revoke")
    session.expire_all()
    assert session.scalars(select(Consent)).one().revoked_at is not None
    assert "Taken back" in client.get(path).text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"elements": []}, "must name the records"),
        ({"elements": ["name"], "expires_on": "2020-01-01"}, "run out before it was signed"),
        (
            {"elements": ["name"], "signed_on": "2026-12-24", "expires_on": "2027-12-24"},
            "signed in the future",
        ),
        ({"elements": ["name"], "signed_by": ""}, "This field is required"),
        ({"elements": ["name"], "signed_on": "yesterday"}, "Not a valid date"),
    ],
)
def test_a_wrong_form_is_refused_and_nothing_is_kept(
    client: CheckedClient, session: Session, data: dict[str, object], words: str
) -> None:
    school = make_school(session)
    student = make_student(session, school=school)
    client.sign_in(make_user(session, "plan_manager", schools=[school]))
    path = f"/students/{student.id}/permissions"
    page = client.get(path)
    box = re.search(r'<input[^>]*name="elements"[^>]*>', page.text)
    assert box
    assert "required" not in box[0], "one box is enough"
    assert "(optional)" not in page.text
    answer = client.submit(page, path, data)
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(Consent)).all() == []


def test_a_permission_of_another_student_cannot_be_taken_back(
    client: CheckedClient, session: Session
) -> None:
    school = make_school(session)
    mine = make_student(session, school=school)
    foreign = make_consent(session, make_student(session))
    client.sign_in(make_user(session, "plan_manager", schools=[school]))
    answer = client.post(
        f"/students/{mine.id}/permissions/{foreign.id}/revoke",
        data={"csrf_token": client.csrf_token()},
    )
    assert answer.status_code == 404
    session.expire_all()
    assert session.scalars(select(Consent)).one().revoked_at is None
