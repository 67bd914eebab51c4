"""`flask --app wsgi accounts …`: who may sign in. A password is asked for, never an argument, so that
it stays out of the shell's history.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext
from flask_security import hash_password
from sqlalchemy import select

from app.errors import DomainError
from app.security import accounts
from app.security.models import User
from app.security.policy import Role
from app.students.queries import school_by_code
from app.transactions import work_unit
from catalog.errors import CatalogError
from catalog.queries import organization_named

SHORTEST_PASSWORD = 12


@click.group("accounts")
def accounts_group() -> None:
    """Who may sign in, in which role, for which schools or organization."""


@accounts_group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As others see it.")
@click.option(
    "--role", required=True, type=click.Choice([str(role) for role in accounts.ACCOUNT_ROLES])
)
@click.option("--school", "schools", multiple=True, help="A school's state number; again for more.")
@click.option("--organization", help="The partner's name in the catalog, or its id.")
@click.password_option(help="Asked for when not given.")
@with_appcontext
def add(
    email: str,
    name: str,
    role: str,
    schools: tuple[str, ...],
    organization: str | None,
    password: str,
) -> None:
    """Make an account."""
    with told(), work_unit() as session:
        user = accounts.add_account(
            session,
            email=checked_address(email),
            name=name.strip(),
            role=Role(role),
            password_hash=hash_password(checked_password(password)),
            school_ids=[school_by_code(session, code).id for code in schools],
            organization_id=organization_named(session, organization).id if organization else None,
        )
        click.echo(f"{user.email} may sign in.")


@accounts_group.command("list")
@with_appcontext
def list_accounts() -> None:
    """Every account, with its role."""
    with work_unit() as session:
        for user in session.scalars(select(User).order_by(User.email)):
            roles = ", ".join(role.name for role in user.roles) or "no role"
            click.echo(f"{user.email}  {roles}  {'' if user.active else 'closed'}".rstrip())


@accounts_group.command("password")
@click.argument("email")
@click.password_option(help="Asked for when not given.")
@with_appcontext
def password(email: str, password: str) -> None:
    """Set a new password; whoever is signed in with the old one is signed out."""
    with told(), work_unit() as session:
        accounts.set_password(session, email, hash_password(checked_password(password)))
        click.echo("The new password is set.")


@accounts_group.command("close")
@click.argument("email")
@with_appcontext
def close(email: str) -> None:
    """Nobody signs in with the account any more; what it did stays on record."""
    with told(), work_unit() as session:
        accounts.close_account(session, email)
        click.echo("The account is closed.")


@contextmanager
def told() -> Iterator[None]:
    """A refusal as a sentence and exit code 1."""
    try:
        yield
    except (DomainError, CatalogError) as error:
        raise click.ClickException(str(error)) from None


def checked_address(email: str) -> str:
    """The address as it is kept; ClickException for what is none."""
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} is no e-mail address: {error}") from None


def checked_password(text: str) -> str:
    """The password, if it is long enough."""
    if len(text) < SHORTEST_PASSWORD:
        raise click.ClickException(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    return text


commands: list[click.Command] = [accounts_group]
