"""Which permission is in force. Asked before anything about a student is shown outside the school."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.consents.models import Consent


def in_force(on: date) -> ColumnElement[bool]:
    """Signed, not run out and not taken back on the day `on`."""
    return (Consent.signed_on <= on) & (Consent.expires_on >= on) & Consent.revoked_at.is_(None)


def consent_covering(
    session: Session, *, student_id: uuid.UUID, organization_id: uuid.UUID, on: date
) -> Consent | None:
    """The permission in force that covers the most for this partner, or None."""
    found = session.scalars(
        select(Consent).where(
            Consent.student_id == student_id,
            in_force(on),
            or_(Consent.organization_id == organization_id, Consent.organization_id.is_(None)),
        )
    ).all()
    return max(found, key=lambda c: (len(c.elements), c.signed_on, str(c.id)), default=None)


def partners_covered(
    session: Session, student_ids: Collection[uuid.UUID], *, on: date
) -> set[tuple[uuid.UUID, uuid.UUID | None]]:
    """(student, organization) for which a permission is in force; None: for every partner."""
    rows = session.execute(
        select(Consent.student_id, Consent.organization_id).where(
            Consent.student_id.in_(student_ids), in_force(on)
        )
    )
    return {(row.student_id, row.organization_id) for row in rows}


def elements_covered_now(
    session: Session,
    *,
    student_id: uuid.UUID,
    organization_id: uuid.UUID,
    frozen: Sequence[str],
    on: date,
) -> tuple[list[str], Consent | None]:
    """Of what was agreed when the referral was sent, what a permission still covers today."""
    consent = consent_covering(
        session, student_id=student_id, organization_id=organization_id, on=on
    )
    allowed = set(consent.elements) if consent else set()
    return [code for code in frozen if code in allowed], consent


def consents_of(session: Session, student_id: uuid.UUID) -> Sequence[Consent]:
    """Every permission of the student, newest first."""
    return session.scalars(
        select(Consent)
        .where(Consent.student_id == student_id)
        .order_by(Consent.signed_on.desc(), Consent.id)
    ).all()
