"""The one place that reads the host's clock. Views, jobs and commands call it and pass the time on.

Services and queries never do: they take `now`, so that a test can say what time it is.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app


def utcnow() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def district_zone() -> ZoneInfo:
    """The zone in which the district's pages tell the time."""
    return ZoneInfo(current_app.extensions["footbridge"].settings.timezone)


def district_date(moment: datetime) -> date:
    """The calendar day in the district at `moment`: what people there call today. Reads no clock."""
    return moment.astimezone(district_zone()).date()
