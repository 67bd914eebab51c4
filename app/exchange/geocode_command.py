"""`flask --app wsgi catalog geocode`: find the points of places now, rather than a batch a minute."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields

import click
from flask.cli import with_appcontext

from app.clock import utcnow
from app.exchange.bars import rows_bar
from app.extensions import db
from app.geocoding.work import BATCH, Report, find_places, geocoders_of, names_of
from app.jobs.locks import exclusive
from app.transactions import work_unit
from app.web.shell import settings
from catalog.geocoding.queue import count_waiting
from catalog.vocabulary import GEOCODERS

JOB_LOCK = "job-find_places"  # the worker's job and this command never ask at once


@click.command("geocode")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    help="At most so many questions over the network; 0 looks up without it.",
)
@click.option("--json", "is_json", is_flag=True, help="Print what was done as JSON.")
@with_appcontext
def find_points(*, limit: int, is_json: bool) -> None:
    """Look up the addresses of places that nobody placed on the map.

    By the parcels of Hamilton County (extra [hamilton]), by ZIP area, then by the geocoders of
    GEOCODERS. Confidential places are never looked up.
    """
    chosen = settings()
    with exclusive(JOB_LOCK, engine=db.engine, instance_dir=chosen.instance_dir) as held:
        if held is None:
            raise click.ClickException("The worker is looking places up just now. Try again.")
        report = find_all(limit)
    waiting = still_waiting()
    if is_json:
        told = {**vars_of(report), "waiting": waiting}
        click.echo(json.dumps(told, indent=2))
        return
    for name, label in GEOCODERS.items():
        if report.found[name]:
            click.echo(f"{report.found[name]:>7,}  {label.en}")
    click.echo(f"{report.not_found:>7,}  not found: set a pin on the page Places on the map")
    click.echo(f"{report.moved:>7,}  of them moved on the map; {report.asked:,} questions asked")
    for name, problem in report.failed.items():
        click.echo(f"{GEOCODERS[name].en} failed ({problem}) and rests for a while.", err=True)
    if waiting:
        click.echo(f"{waiting:,} places wait for another run.")


def vars_of(report: Report) -> dict[str, object]:
    """The report as JSON has it."""
    return {one.name: getattr(report, one.name) for one in fields(report)}


def find_all(limit: int) -> Report:
    """Batch after batch, each written as it ends, until nothing is due or `limit` is reached."""
    geocoders = geocoders_of(settings())
    begun, total = utcnow(), Report()
    due = still_waiting()
    with rows_bar(due, "Places") as bar:
        for _ in range(-(-due // BATCH)):
            one = find_places(
                work_unit, geocoders, now=begun, budget=limit - total.asked, batch=BATCH
            )
            total = added(total, one)
            bar.update(one.looked_up)
    return total


def added(total: Report, one: Report) -> Report:
    """Two runs as one."""
    return Report(
        looked_up=total.looked_up + one.looked_up,
        found=Counter(total.found) + Counter(one.found),
        not_found=total.not_found + one.not_found,
        moved=total.moved + one.moved,
        asked=total.asked + one.asked,
        failed=total.failed | one.failed,
    )


def still_waiting() -> int:
    """How many places wait now."""
    with db.sessionmaker() as session:
        names = names_of(geocoders_of(settings()))
        return count_waiting(session, geocoders=names, now=utcnow())
