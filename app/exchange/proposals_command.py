"""`flask --app wsgi catalog propose`: needs for services that have none, to be accepted in bulk.

Write the proposals to a sheet, delete the rows that are wrong, and give the sheet back. Registered
by app/exchange/commands.py.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.transactions import work_unit
from catalog.errors import CatalogError
from catalog.proposals import accept_needs, propose_needs, read_chosen, to_csv


@click.command("propose")
@click.option("--json", "is_json", is_flag=True, help="Print the proposals as JSON.")
@click.option(
    "--csv",
    "sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write them to this sheet.",
)
@click.option(
    "--accept",
    "accepted",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Accept every row that is left in this sheet.",
)
@with_appcontext
def propose_terms(*, is_json: bool, sheet: Path | None, accepted: Path | None) -> None:
    """Needs for services that no plan finds yet, as heard in their labels, names and descriptions."""
    if accepted is not None:
        accept(accepted)
        return
    with work_unit() as session:
        proposals = list(propose_needs(session))
    if is_json:
        rows = [{**asdict(one), "service_id": str(one.service_id)} for one in proposals]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if sheet is not None:
        try:
            sheet.write_text(to_csv(proposals), encoding="utf-8-sig", newline="")
        except OSError as error:
            raise click.ClickException(
                f"The sheet cannot be written to {sheet}: {error.strerror}. Name another place."
            ) from error
    else:
        for one in proposals:
            click.echo(f"{one.confidence:.2f}  {one.need:<28}  {one.service}  ({one.heard_in})")
    services = len({one.service_id for one in proposals})
    click.echo(f"{len(proposals):,} proposals for {services:,} services. Nothing was changed.")


def accept(path: Path) -> None:
    """Accept what is left of a sheet, all or nothing."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        with work_unit(name="Command line") as session:
            number = accept_needs(session, read_chosen(text))
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path} cannot be read as text in UTF-8.") from error
    except CatalogError as error:
        raise click.ClickException(f"{error} Nothing was changed.") from error
    click.echo(f"{number:,} needs were named. Plans find these services now.")
