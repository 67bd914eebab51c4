"""`flask --app wsgi demo`: from nothing to a demonstration that one can sign in to; `make run` calls it.

Makes or updates the tables, loads the invented district on the first run, and serves. A second run
finds everything there and only serves.
"""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app.extensions import alembic
from app.serving import ServingError, serve
from seeds.accounts import DEMO_ACCOUNTS
from seeds.commands import DEMO_PASSWORD, load_with_progress
from seeds.load import DemoSizeError

WORKERS = 2


@click.command("demo")
@click.option("--students", type=click.IntRange(100, 99_999), default=1_200, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65_535), default=8_000, show_default=True)
@click.option("--serve/--no-serve", "is_serving", default=True, help="Only prepare, or serve too.")
@with_appcontext
def demo(students: int, host: str, port: int, *, is_serving: bool) -> None:
    """An invented district to try: tables, data, accounts, and the site itself."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if not app.extensions["footbridge"].settings.demo:
        raise click.ClickException(
            "This fills the database with invented people and shows everyone its mail. "
            "If that is what you want, set DEMO=1 and try again."
        )
    alembic.upgrade()
    try:
        load_with_progress(students)
    except DemoSizeError as error:  # what is there is served as it is: nothing is ever lost
        click.echo(f"\n{error}\nServing what is there.")
    if not is_serving:
        return
    try:
        serve(
            app,
            host=host,
            port=port,
            workers=WORKERS,
            with_worker=True,
            on_ready=lambda address: click.echo(welcome(address)),
        )
    except ServingError as error:
        raise click.ClickException(str(error)) from None


def welcome(address: str) -> str:
    """Where to go and how to sign in."""
    lines = [
        "",
        f"Footbridge is ready at {address}",
        "",
        *(
            f"  {account.role.value.replace('_', ' '):<15} {account.email}"
            for account in DEMO_ACCOUNTS
        ),
        f"  {'password':<15} {DEMO_PASSWORD}",
        "",
        f"Its mail lands at {address}/demo/mail. All people and partners are invented.",
        "Ctrl-C stops it; nothing is lost.",
    ]
    return "\n".join(lines)
