"""Recording and taking back a family's permission."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.clock import day_there
from app.consents.elements import ELEMENTS
from app.consents.models import Consent
from app.errors import Invalid, NotFound
from app.security.policy import Actor
from app.students import queries as students


def record_consent(
    session: Session,
    student_id: uuid.UUID,
    *,
    elements: Sequence[str],
    purpose: str,
    signed_by: str,
    relation: str,
    signed_on: date,
    expires_on: date,
    method: str,
    by: Actor,
    now: datetime,
) -> Consent:
    """Keep a permission that was signed on paper or in person. Invalid: names nothing, or no dates."""
    student = students.student_for(session, by, student_id, action="consents.record")
    unknown = [code for code in elements if code not in ELEMENTS]
    if not elements or unknown:
        raise Invalid(
            "A permission must name the records that it covers.", {"elements": "Pick some."}
        )
    if expires_on < signed_on:
        raise Invalid(
            "The permission would run out before it was signed.", {"expires_on": "A later day."}
        )
    if signed_on > day_there(session, now):
        raise Invalid("The permission is signed in the future.", {"signed_on": "Today or before."})
    consent = Consent(
        student_id=student.id,
        elements=[code for code in ELEMENTS if code in elements],
        purpose=purpose,
        signed_by=signed_by,
        relation=relation,
        signed_on=signed_on,
        expires_on=expires_on,
        method=method,
        recorded_by=by.user_id,
        recorded_at=now,
    )
    session.add(consent)
    session.flush()
    return consent


def revoke_consent(
    session: Session, student_id: uuid.UUID, consent_id: uuid.UUID, *, by: Actor, now: datetime
) -> Consent:
    """Take a permission back: from now on no partner sees what only it covered."""
    students.student_for(session, by, student_id, action="consents.record")
    consent = session.get(Consent, consent_id)
    if consent is None or consent.student_id != student_id:
        raise NotFound("There is no such permission of this student.")
    if consent.revoked_at is None:
        consent.revoked_at = now
    session.flush()
    return consent
