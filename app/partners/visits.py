"""Which referrals this browser has been let see, and until when. Called by app/partners/pages.py.

Seeing one is a step with a record (FERPA, 34 CFR 99.32: each disclosure), so every visit begins with
the press on "Open the referral". Without this, once a referral was opened each GET would show the
child's data again unrecorded, also to a scanner or to whom the message was passed on. The cookie holds
ids and times only, and is bound to the account or the link it was opened by.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask import session

VISIT = timedelta(hours=12)
MOST_VISITS = 12  # a cookie holds 4 kB
KEY = "visits"


def begin_visit(referral_id: uuid.UUID, *, way: uuid.UUID, now: datetime) -> None:
    """Let this browser see the referral for a while. `way`: the account's or the link's id."""
    kept: dict[str, int] = {**session.get(KEY, {}), name_of(referral_id, way): int(now.timestamp())}
    session[KEY] = dict(sorted(kept.items(), key=lambda visit: visit[1])[-MOST_VISITS:])


def is_visiting(referral_id: uuid.UUID, *, way: uuid.UUID, now: datetime) -> bool:
    """Whether this browser opened the referral, this way, not long ago."""
    began = session.get(KEY, {}).get(name_of(referral_id, way), 0)
    return bool(0 <= now.timestamp() - began < VISIT.total_seconds())


def name_of(referral_id: uuid.UUID, way: uuid.UUID) -> str:
    """What the cookie calls a visit: what was opened, and by which account or link."""
    return f"{way.hex}{referral_id.hex}"
