"""`flask --app wsgi seed demo`: fills an empty installation with an invented district to try.

wsgi.py hands these commands to create_app. They own their transaction and read the clock.
"""

from __future__ import annotations

import secrets

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_security import hash_password

from app.clock import utcnow
from app.transactions import work_unit
from seeds.accounts import DEMO_ACCOUNTS
from seeds.district import FULL_DISTRICT
from seeds.history import HistoryReport, load_history
from seeds.load import DemoReport, DemoSizeError, RealStudentsError, load_demo

# Known to everyone on purpose, for installations that say DEMO=1 and hold no real student.
DEMO_PASSWORD = "footbridge-demo"  # noqa: S105 - see above


@click.group("seed")
def seed() -> None:
    """Fill the database with invented data."""


@seed.command("demo")
@click.option(
    "--students",
    type=click.IntRange(min=100, max=99_999),
    default=2_000,
    show_default=True,
    help=f"How many invented students; {FULL_DISTRICT:,} is the whole district.",
)
@with_appcontext
def demo(students: int) -> None:
    """Invented partners, students with plans, what happened so far, and accounts to try.

    Safe to run again: what is there stays as it is.

    Run the migrations first (`flask --app wsgi db upgrade`).
    """
    try:
        load_with_progress(students)
    except DemoSizeError as error:
        raise click.ClickException(str(error)) from None


def load_with_progress(students: int) -> None:
    """Load what is missing, showing how far it is, and tell the result.

    Raises DemoSizeError, and ClickException where the database holds real students.
    """
    is_demo = current_app.extensions["footbridge"].settings.demo
    password = DEMO_PASSWORD if is_demo else secrets.token_urlsafe(12)
    now = utcnow()
    try:
        with (
            click.progressbar(length=students, label="Students") as bar,
            work_unit() as session,
        ):
            report = load_demo(
                session,
                students=students,
                now=now,
                password_hash=hash_password(password),
                progress=bar.update,
            )
            history = load_history(session, now=now)
    except RealStudentsError as error:
        raise click.ClickException(str(error)) from None
    for line in told(report, history, password):
        click.echo(line)


def told(report: DemoReport, history: HistoryReport, password: str) -> list[str]:
    """What the command prints. The password is shown once: it is kept only as a hash."""
    added_rows = (report.terms, report.organizations, report.schools, report.students)
    if not any((*added_rows, history.referrals)):
        lines = ["The demonstration was there already; nothing was added."]
    else:
        added = (
            f"{report.organizations} organizations, {report.schools} schools, "
            f"{report.students:,} students with plans, {history.referrals} referrals so far"
        )
        lines = [f"Added {added}."]
    if report.accounts:
        lines.append("Accounts to try (all names and people are invented):")
        lines += [
            f"  {account.role.value.replace('_', ' '):<16} {account.email}"
            for account in DEMO_ACCOUNTS
            if account.email in report.accounts
        ]
        lines.append(f"  password         {password}")
    return lines


commands: list[click.Command] = [seed]
