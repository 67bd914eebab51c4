"""What geocoders of the network said before, and which of them rest after a failure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.geocoding.answers import Answer, Point
from catalog.models import GeocoderAnswer, GeocoderRest

KEPT = timedelta(days=365)  # a house stays where it is; a street may be renamed
NOT_KNOWN_KEPT = timedelta(days=30)
FIRST_REST = timedelta(minutes=1)  # doubled with each failure in a row
LONGEST_REST = timedelta(hours=6)
REFUSED_REST = timedelta(hours=24)  # an account that is not accepted: a person must look


def kept_answers(
    session: Session, keys: Collection[str], *, now: datetime
) -> dict[tuple[str, str], Answer]:
    """Answers that still hold, by geocoder and address key (1 statement)."""
    rows = session.scalars(
        select(GeocoderAnswer).where(
            GeocoderAnswer.address_key.in_(keys), GeocoderAnswer.expires_at > now
        )
    )
    return {(row.geocoder, row.address_key): answer_of(row) for row in rows}


def answer_of(row: GeocoderAnswer) -> Answer:
    """A kept answer as it was given."""
    if row.latitude is None or row.longitude is None:
        return Answer(row.geocoder)
    return Answer(row.geocoder, Point(row.latitude, row.longitude), "address")


def keep_answer(session: Session, key: str, answer: Answer, *, now: datetime) -> None:
    """Keep what a geocoder said; it works, so it needs no rest."""
    session.merge(
        GeocoderAnswer(
            geocoder=answer.geocoder,
            address_key=key,
            latitude=answer.point.latitude if answer.point else None,
            longitude=answer.point.longitude if answer.point else None,
            asked_at=now,
            expires_at=now + (KEPT if answer.point else NOT_KNOWN_KEPT),
        )
    )
    session.execute(delete(GeocoderRest).where(GeocoderRest.geocoder == answer.geocoder))


def resting(session: Session, *, now: datetime) -> dict[str, GeocoderRest]:
    """The geocoders that are left alone just now (1 statement)."""
    rows = session.scalars(select(GeocoderRest).where(GeocoderRest.until > now))
    return {row.geocoder: row for row in rows}


def let_rest(
    session: Session,
    geocoder: str,
    *,
    problem: str,
    retry_after: int | None = None,
    is_refused: bool = False,
    now: datetime,
) -> datetime:
    """Leave a geocoder alone after a failure; returns until when."""
    row = session.get(GeocoderRest, geocoder) or GeocoderRest(geocoder=geocoder, failures=0)
    row.failures += 1
    doubled = min(FIRST_REST * 2 ** min(row.failures - 1, 20), LONGEST_REST)
    asked_for = timedelta(seconds=min(max(retry_after or 0, 0), 86_400))
    row.until = now + (REFUSED_REST if is_refused else max(doubled, asked_for))
    row.problem = problem
    session.add(row)
    return row.until


def purge_answers(session: Session, *, now: datetime) -> int:
    """Delete answers that hold no longer."""
    gone = session.execute(delete(GeocoderAnswer).where(GeocoderAnswer.expires_at <= now))
    return int(gone.rowcount)  # type: ignore[attr-defined]
