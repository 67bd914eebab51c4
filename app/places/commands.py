"""`allocate`: who could get which open place, for operators; the proposals are kept like a page's.

Whoever may run it can read the database anyway, so no account is asked for. It prints ids, no names
of students.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import with_appcontext

from app.clock import utcnow
from app.errors import DomainError
from app.extensions import db
from app.places import queries, services, work
from app.recommendations.seats import SeatPlan
from app.security.policy import Actor, Role
from app.students.models import School
from app.students.queries import school_by_code, schools_by_id
from catalog.models import Service

OPERATOR = Actor(role=Role.DISTRICT_ADMIN, name="Footbridge (command)")
ROWS_TOLD = 10
SERVICES_TOLD = 20


@click.command("allocate")
@click.option("--school", help="The school's state number; without it: the whole district.")
@click.option("--term", required=True, help='What the places are for: "Spring 2027".')
@click.option(
    "--at-most",
    type=click.IntRange(1, services.MOST_PLACES),
    default=1,
    show_default=True,
    help="How many places to propose for a student.",
)
@click.option(
    "--together", is_flag=True, help="Brothers and sisters at one service, where it goes."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, every proposal and every value.")
@with_appcontext
def allocate(school: str | None, term: str, at_most: int, *, together: bool, as_json: bool) -> None:
    """Propose who could get which open place. Nothing is sent: plan managers decide, one by one."""
    try:
        school_id = None if school is None else school_by_code(db.session, school).id
        db.session.rollback()
        run_id, plan = work.make_now(
            school_id=school_id,
            term=term,
            at_most=at_most,
            together=together,
            by=OPERATOR,
            now=utcnow(),
        )
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    told = as_plain(run_id, school, term, plan, schools_by_id(db.session))
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    proposed = Counter(one["service"] for one in told["proposals"])
    most = dict(proposed.most_common(SERVICES_TOLD))
    click.echo("\n".join(as_lines(told, most, queries.services_named(db.session, most.keys()))))


def as_plain(
    run_id: uuid.UUID,
    school: str | None,
    term: str,
    plan: SeatPlan,
    schools: Mapping[uuid.UUID, School],
) -> dict[str, Any]:
    """The result as plain values."""
    return {
        "run": str(run_id),
        "school": school,
        "term": term,
        "catalog_revision": plan.revision,
        "parameters": plan.parameters_version,
        "students": plan.wishers,
        "without_a_place": plan.without,
        "families_apart": plan.apart,
        "services_overbooked": [str(one) for one in plan.overbooked],
        "services_without_a_figure": [str(one) for one in plan.untold],
        "total_score": plan.total_score,
        "bound": plan.bound,
        "proposals": [
            {
                "student": str(one.student_id),
                "service": str(one.service_id),
                "service_at_location": str(one.service_at_location_id),
                "for": one.category,
                "urgency": one.urgency,
                "score": one.score,
            }
            for one in plan.seats
        ],
        "value_of_a_seat": [
            {
                "service": str(one.service_id),
                "seats": one.seats,
                "proposed": one.proposed,
                **gain_of(one.gain),
            }
            for one in plan.next_seats
        ],
        "value_of_a_place_of_a_kind": [
            {
                "school": schools[one.school_id].code,
                "name": schools[one.school_id].name,
                "kind": one.code,
                "waiting": one.waiting,
                "waiting_urgent": one.waiting_urgent,
                **gain_of(one.gain),
            }
            for one in plan.next_of_kinds
        ],
    }


def gain_of(gain: Any) -> dict[str, int]:
    """What one more would give."""
    return {
        "more_urgent": gain.urgent,
        "more_pressing": gain.pressing,
        "more_students": gain.students,
        "more_score": gain.score,
    }


def as_lines(
    told: dict[str, Any], most: Mapping[str, int], services_by_id: Mapping[str, Service]
) -> list[str]:
    """The same for a terminal, in short; `most`: the services with most proposals, and how many."""
    proposals, kinds = told["proposals"], told["value_of_a_place_of_a_kind"]
    helping = [one for one in kinds if one["more_students"] or one["more_urgent"]]
    helping.sort(key=lambda one: (-one["more_urgent"], -one["waiting"], one["kind"]))
    urgent = sum(one["urgency"] == services.URGENT for one in proposals)
    students, untold = told["students"], len(told["services_without_a_figure"])
    served = f"{students - told['without_a_place']:,} of {students:,} students get at least one"
    others = len(proposals) - sum(most.values())
    return [
        f"{len(proposals):,} places proposed, {urgent:,} of them for urgent needs; {served}.",
        *(
            f"  {number:,} at {service_words(services_by_id.get(service_id))}"
            for service_id, number in most.items()
        ),
        *([f"  {others:,} at other services: --json tells all"] if others else []),
        f"Services that would fit, but tell no open places, or old ones: {untold:,}.",
        *(
            f"  one more place for {one['kind']} at {one['name']} would help: {one['waiting']:,} wait"
            for one in helping[:ROWS_TOLD]
        ),
        f"Kept as {told['run']}: plan managers decide on the page Places.",
    ]


def service_words(service: Service | None) -> str:
    """What it is called and whose it is; it may be gone by now."""
    if service is None:
        return "a service that is not there any more"
    owner = service.organization
    return f"{service.name} ({owner.name})" if owner else service.name


commands: tuple[click.Command, ...] = (allocate,)
