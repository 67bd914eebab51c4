"""`match STUDENT` and `catalog-doubts`: rankings and their raw material, for operators.

Whoever may run it can read the database anyway, so no account is asked for.
"""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from app.clock import district_date, utcnow
from app.errors import DomainError
from app.extensions import db
from app.recommendations import queries
from app.recommendations.asks import parse_ask
from app.recommendations.engines import read_offers
from app.recommendations.schemas import MOST_MATCHES, MatchesSchema
from app.recommendations.support import SupportPage
from app.students.queries import student_by_number

CRISIS = (
    "The words of this goal may tell of a crisis, so nothing is ranked. Call now, and follow the "
    "school's protocol:"
)


@click.command("match")
@click.argument("student")
@click.option("--need", help="Code of a need; without it, --interest and --goal: the whole plan.")
@click.option("--interest", help="Code of an interest.")
@click.option("--goal", help="Id of a goal of the plan, as the whole plan's answer lists them.")
@click.option(
    "--k",
    "k",
    type=click.IntRange(1, MOST_MATCHES),
    default=queries.PAGE_SIZE,
    show_default=True,
    help="How many matches at most.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the parts of each score.")
@with_appcontext
def match(
    student: str, need: str | None, interest: str | None, goal: str | None, k: int, *, as_json: bool
) -> None:
    """Show which services fit STUDENT (the district's number, or the id), and why."""
    try:
        support = queries.support_for(
            db.session,
            student_by_number(db.session, student),
            ask=parse_ask(need, interest, goal),
            now=utcnow(),
            k=k,
        )
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(MatchesSchema().dump(support), ensure_ascii=False, indent=2))
    else:
        click.echo(table(support))


def table(support: SupportPage) -> str:
    """The ranking as lines for a terminal."""
    if support.ask.crisis:
        return "\n".join([CRISIS, *(f"  {line.text}" for line in support.crisis_lines)])
    versions = f"catalog revision {support.catalog_revision}, {support.parameters_version}"
    fitting = f"{support.fitting} of {support.considered} offers fit"
    lines = [f"{support.ask_words}: {fitting} ({versions})"]
    if support.ask.goal:
        lines.append(f"  asks for {', '.join(support.ask.terms)}")
    for row in support.matches:
        facts = [row.distance, row.when, row.cost, row.openings]
        lines += [
            f"{row.rank:>3}  {row.score:>4}  {row.name} · {row.organization}",
            f"           {' | '.join(fact for fact in facts if fact)}",
            *(f"           ? {question}" for question in row.questions),
        ]
    lines[1:1] = [f"   open  {one.sentence}" for one in support.on_the_way]
    if not support.matches:
        lines.append(nothing_fits(support))
    lines += [f"   near  {miss.name}: {miss.words}" for miss in support.near_misses]
    lines += [f"   out   {one.name}: {one.words}" for one in support.ruled_out]
    if support.ask.is_whole_plan:
        goals = [choice for choice in support.choices if choice.kind == "goal"]
        lines += [f"   goal  {goal.code}  {goal.label}" for goal in goals]
    return "\n".join(lines)


def nothing_fits(support: SupportPage) -> str:
    """What there is to do where the list is empty."""
    if not support.choices:
        if not support.student.has_plan:
            return "The student has no plan, so there is nothing to look for."
        return "The plan names no need, no interest and no goal, so there is nothing to look for."
    else_ = "else " if support.on_the_way else ""
    if support.near_misses:
        return f"Nothing {else_}fits. The near misses, which one thing could change:"
    if support.ask.is_whole_plan or support.ruled_out:
        return f"Nothing {else_}fits."
    return f"Nothing {else_}fits. Without --need, --interest and --goal the whole plan is asked."


@click.command("catalog-doubts")
@with_appcontext
def catalog_doubts() -> None:
    """List what the matching could not use in the listings as they stand, by service."""
    found = read_offers(db.session, district_date(utcnow()))
    for doubt in found.doubts:
        click.echo(f"{doubt.service_id}  {doubt.name}: {doubt.what}")
    click.echo(f"{len(found.offers)} offers, {len(found.doubts)} doubts")


commands: tuple[click.Command, ...] = (match, catalog_doubts)
