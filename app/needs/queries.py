"""Reads of proposed needs, by service: what waits, and what was decided."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFound
from app.security import policy
from app.security.policy import Actor
from catalog.models import NeedProposal, Service
from catalog.proposed_needs import labels_of
from catalog.taxonomy.terms import needs

LEAST = (0, 40, 50, 60, 70, 80, 90)  # percent, as the page offers them


@dataclass(frozen=True, slots=True)
class Asked:
    """Which proposals: of an area (its code, "" for all), of at least so many percent; `until`:
    only those that were found by then."""

    area: str = ""
    least: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many services and proposals wait and are asked for; when the newest was found."""

    services: int
    proposals: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A service with what is proposed for it, the surest first, and the labels that it has."""

    service: Service
    proposals: list[NeedProposal]
    labels: list[str]


def areas() -> list[str]:
    """The areas of needs, as the vocabulary has them."""
    return [one.code for one in needs() if one.parent is None]


def waiting(actor: Actor, asked: Asked) -> ColumnElement[bool]:
    """The condition of what waits and is asked for."""
    condition = policy.rows(actor, "catalog.name_needs") & (NeedProposal.state == "waiting")
    if asked.least:
        condition &= NeedProposal.confidence >= asked.least
    if asked.until:
        condition &= NeedProposal.found_at <= asked.until
    if asked.area:
        codes = [one.code for one in needs() if one.area == asked.area]
        condition &= NeedProposal.code.in_(codes)
    return condition


def services_with_proposals(
    session: Session, actor: Actor, asked: Asked, *, limit: int, offset: int
) -> tuple[list[Proposed], Counts]:
    """One page of services, those with the surest proposal first, and the counts of all. Five
    statements."""
    condition = waiting(actor, asked)
    counts = session.execute(
        select(
            func.count(NeedProposal.service_id.distinct()),
            func.count(),
            func.max(NeedProposal.found_at),
        ).where(condition)
    ).one()
    ids = session.scalars(
        select(NeedProposal.service_id)
        .where(condition)
        .group_by(NeedProposal.service_id)
        .order_by(func.max(NeedProposal.confidence).desc(), NeedProposal.service_id)
        .limit(limit)
        .offset(offset)
    ).all()
    found = session.scalars(
        select(NeedProposal)
        .where(condition, NeedProposal.service_id.in_(ids))
        .order_by(NeedProposal.confidence.desc(), NeedProposal.code)
    ).all()
    by_service: dict[uuid.UUID, list[NeedProposal]] = defaultdict(list)
    for one in found:
        by_service[one.service_id].append(one)
    rows = {
        row.id: row
        for row in session.scalars(
            select(Service).where(Service.id.in_(ids)).options(joinedload(Service.organization))
        )
    }
    labels = labels_of(session, ids)
    listed = [Proposed(rows[id_], by_service[id_], labels[id_]) for id_ in ids]
    return listed, Counts(*counts)


def proposals_of(
    session: Session, actor: Actor, asked: Asked, *, only: Sequence[uuid.UUID] | None = None
) -> Sequence[NeedProposal]:
    """What waits and is asked for; `only`: of these ids, whatever became of them."""
    condition = (
        waiting(actor, asked)
        if only is None
        else policy.rows(actor, "catalog.name_needs") & NeedProposal.id.in_(only)
    )
    return session.scalars(select(NeedProposal).where(condition).order_by(NeedProposal.id)).all()


def proposals_decided(
    session: Session, actor: Actor, *, limit: int, offset: int
) -> tuple[Sequence[NeedProposal], int]:
    """What was accepted or refused, newest first, and how many in all."""
    condition = policy.rows(actor, "catalog.name_needs") & (NeedProposal.state != "waiting")
    total = session.scalar(select(func.count()).select_from(NeedProposal).where(condition))
    found = session.scalars(
        select(NeedProposal)
        .where(condition)
        .order_by(NeedProposal.decided_at.desc(), NeedProposal.id)
        .limit(limit)
        .offset(offset)
        .options(joinedload(NeedProposal.service))
    ).all()
    return found, total or 0


def proposal_for(session: Session, actor: Actor, proposal_id: uuid.UUID) -> NeedProposal:
    """One proposal, or NotFound."""
    found = session.scalar(
        select(NeedProposal).where(
            NeedProposal.id == proposal_id, policy.rows(actor, "catalog.name_needs")
        )
    )
    if found is None:
        raise NotFound("There is no such proposal.")
    return found
