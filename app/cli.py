"""The command line: `flask --app wsgi COMMAND`. Each feature brings its commands; this registers them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.extensions import db
from app.migrating import NotMigratedError, require_migrated


def init_app(app: Flask, extra: Iterable[click.Command]) -> None:
    """Register every feature's commands and those from above the app (seeds)."""
    for command in (*feature_commands(), *extra):
        tell_database_errors(command)
        app.cli.add_command(command)


def feature_commands() -> list[click.Command]:
    """The features' own commands."""
    from app.exchange.commands import commands as exchange_commands
    from app.jobs.commands import commands as job_commands
    from app.places.commands import commands as place_commands
    from app.rankings.commands import commands as ranking_commands
    from app.recommendations.commands import commands as recommendation_commands
    from app.reports.commands import commands as report_commands
    from app.security.commands import commands as account_commands

    return [
        *account_commands,
        *exchange_commands,
        *job_commands,
        *place_commands,
        *ranking_commands,
        *recommendation_commands,
        *report_commands,
    ]


def tell_database_errors(command: click.Command) -> None:
    """Let the command, or each one of a group, end with words where the database cannot be used."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            tell_database_errors(one)
        return
    work: Callable[..., Any] | None = command.callback
    if work is None or hasattr(work, "tells_database_errors"):
        return

    @functools.wraps(work)
    def telling(*args: Any, **kwargs: Any) -> Any:
        try:
            return work(*args, **kwargs)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(database_trouble(error)) from None

    telling.tells_database_errors = True  # type: ignore[attr-defined]
    command.callback = telling


def database_trouble(error: OperationalError | ProgrammingError) -> str:
    """What is wrong with the database, and what to do. Never the statement, which holds values."""
    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    try:
        with app.app_context():
            require_migrated(db.engine)
    except NotMigratedError as reason:
        return str(reason)
    except OperationalError as unreachable:
        first_line = str(unreachable.orig).splitlines()[0]
        return f"The database cannot be used: {first_line}. Check DATABASE_URL, and that it runs."
    return (
        f"The database refused ({type(error.orig).__name__}). Nothing was changed. Try again; "
        "look at its own log if this stays."
    )
