"""Writing the record of disclosures."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.models import Disclosure
from app.security.policy import Actor


def record_disclosure(
    session: Session,
    *,
    student_id: uuid.UUID,
    referral_id: uuid.UUID | None,
    party: str,
    interest: str,
    elements: Sequence[str],
    consent_id: uuid.UUID | None,
    by: Actor,
    now: datetime,
) -> None:
    """Note that `party` was shown `elements` about the student, and why (34 CFR 99.32)."""
    session.add(
        Disclosure(
            student_id=student_id,
            referral_id=referral_id,
            at=now,
            party=party,
            interest=interest,
            elements=list(elements),
            basis="consent" if consent_id else "none",
            consent_id=consent_id,
            by_name=by.name,
        )
    )
