"""The one place that reads the host's clock. Views, jobs and commands call it and pass the time on.

Services and queries never do: they take `now`, so that a test can say what time it is.
"""

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

ZONE = "district_zone"  # in Session.info; create_app puts it there


def utcnow() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def district_zone() -> ZoneInfo:
    """The zone in which the district's pages tell the time."""
    return ZoneInfo(current_app.extensions["footbridge"].settings.timezone)


def district_date(moment: datetime) -> date:
    """The calendar day in the district at `moment`: what people there call today. For views."""
    return moment.astimezone(district_zone()).date()


def begin_of_day(session: Session, day: date) -> datetime:
    """The first moment of a calendar day in the district."""
    zone: tzinfo = session.info.get(ZONE, UTC)
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def day_there(session: Session, moment: datetime) -> date:
    """The same for services and queries, which know no app: the session carries the zone."""
    zone: tzinfo = session.info.get(ZONE, UTC)
    return moment.astimezone(zone).date()
