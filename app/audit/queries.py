"""Reading the record of disclosures."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import Disclosure


def disclosures_of(session: Session, student_id: uuid.UUID) -> Sequence[Disclosure]:
    """Every disclosure about the student, newest first."""
    return session.scalars(
        select(Disclosure)
        .where(Disclosure.student_id == student_id)
        .order_by(Disclosure.at.desc(), Disclosure.id)
    ).all()
