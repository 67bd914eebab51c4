"""The command line: `flask --app wsgi COMMAND`. Each feature brings its commands; this registers them."""

from __future__ import annotations

from collections.abc import Iterable

import click
from flask import Flask


def init_app(app: Flask, extra: Iterable[click.Command]) -> None:
    """Register every feature's commands and those from above the app (seeds)."""
    for command in (*feature_commands(), *extra):
        app.cli.add_command(command)


def feature_commands() -> list[click.Command]:
    """The features' own commands."""
    from app.exchange.commands import commands as exchange_commands
    from app.jobs.commands import commands as job_commands
    from app.recommendations.commands import commands as recommendation_commands
    from app.security.commands import commands as account_commands

    return [*account_commands, *exchange_commands, *job_commands, *recommendation_commands]
