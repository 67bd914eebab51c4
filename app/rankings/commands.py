"""`match-district`: the services for every student, ranked and kept, for operators.

Whoever may run it can read the database anyway, so no account is asked for. It prints no name.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from typing import Any

import click
from flask.cli import with_appcontext

from app.clock import utcnow
from app.errors import DomainError
from app.extensions import db
from app.rankings import queries, work
from app.rankings.hands import processors
from app.rankings.queries import Standing

DEEPEST = 200
PROBLEMS_TOLD = 20


@click.command("match-district")
@click.option(
    "--top",
    type=click.IntRange(1, DEEPEST),
    default=work.TOP,
    show_default=True,
    help="How many offers to keep for each student.",
)
@click.option("--anew", is_flag=True, help="Begin from the first student, whatever is done.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="How many to rank with.  [default: one for each processor]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="The result as JSON; the progress goes apart."
)
@with_appcontext
def match_district(top: int, processes: int | None, *, anew: bool, as_json: bool) -> None:
    """Rank the services for every student and keep it; stopped, it resumes where it was."""
    begun = time.perf_counter()
    now = utcnow()
    try:
        with work.alone():
            ranking = work.prepared(top=top, now=now)
            run, is_resumed = work.begin(ranking.wanted, anew=anew, now=now)
            with db.sessionmaker() as session:
                total = queries.number_due(session, None)
                left = queries.number_due(session, run.id)
            if is_resumed:
                click.echo(f"Resuming: {total - left:,} of {total:,} are ranked.", err=True)
            with progress_bar(total, done=total - left) as bar:
                work.rank_due(
                    ranking,
                    run.id,
                    processes=processes or processors(),
                    on_progress=bar.update,
                )
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    with db.sessionmaker() as session:
        standing = queries.standing_of_latest(session)
        problems = queries.problems(session, limit=PROBLEMS_TOLD)
    assert standing is not None  # noqa: S101 - it was begun above
    seconds = {**ranking.watch.seconds, "all": time.perf_counter() - begun}
    told = result(standing, problems, ranked=left, seconds=seconds)
    click.echo(json.dumps(told, indent=2) if as_json else "\n".join(as_lines(told)))


def progress_bar(total: int, *, done: int) -> Any:
    """The bar, on the error stream, so that the result can be piped on."""
    bar: Any = click.progressbar(length=total, label="Students", show_pos=True, file=sys.stderr)
    bar.update(done)
    return bar


def result(
    standing: Standing,
    problems: list[tuple[uuid.UUID, str]],
    *,
    ranked: int,
    seconds: dict[str, float],
) -> dict[str, Any]:
    """What was done, as plain values."""
    run = standing.run
    return {
        "run": str(run.id),
        "day": run.ranked_on.isoformat(),
        "catalog_revision": run.revision,
        "parameters": run.parameters_version,
        "top": run.top,
        "students": standing.students,
        "ranked_now": ranked,
        "ranked_before": standing.ranked - ranked,
        "without_any_offer": standing.without,
        "not_rankable": standing.problems,
        "problems": [{"student": str(one), "problem": why} for one, why in problems],
        "seconds": {what: round(spent, 2) for what, spent in seconds.items()},
    }


def as_lines(told: dict[str, Any]) -> list[str]:
    """The same for a terminal."""
    seconds = ", ".join(f"{what} {spent}" for what, spent in told["seconds"].items())
    ranked = f"{told['ranked_now']:,} students ranked, {told['ranked_before']:,} were already"
    made = f"catalog revision {told['catalog_revision']}, {told['parameters']}, {told['day']}"
    lines = [
        f"{ranked} (the {told['top']} best of each; {made}).",
        f"{told['without_any_offer']:,} have no offer that fits.",
        f"Seconds: {seconds}.",
    ]
    if told["not_rankable"]:
        lines.insert(2, f"{told['not_rankable']:,} records could not be ranked, among them:")
        lines[3:3] = [f"  student {one['student']}: {one['problem']}" for one in told["problems"]]
    return lines


commands: tuple[click.Command, ...] = (match_district,)
